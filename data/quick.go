package data

import (
	"context"
	"fmt"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// quick is the form of Verify that every opening can afford (quality.md): the
// accounts sum to zero (I1), no wallet is below its floor (I3), the schema's own
// guards are all there (I7). It reads the accounts, never their movements.
func (o *Office) quick(ctx context.Context) error {
	var found []string
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		found = nil
		var sum, below int64
		if err := tx.QueryRow(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN kind = 'wallet' AND (floor IS NULL OR balance < floor) THEN 1 ELSE 0 END), 0) AS BIGINT) FROM account`).Scan(&sum, &below); err != nil {
			return err
		}
		if sum != 0 {
			found = append(found, fmt.Sprintf("la somme des comptes vaut %d centimes au lieu de 0", sum))
		}
		if below > 0 {
			found = append(found, fmt.Sprintf("porte-monnaie sous leur plancher : %d", below))
		}
		missing, err := store.MissingGuards(tx)
		if len(missing) > 0 {
			found = append(found, "protections absentes de la base : "+strings.Join(missing, ", "))
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fault.New(fault.Conflict, "Cette base n’est plus juste : %s. Elle n’a pas été ouverte, rien n’y a été changé. « ardoisectl verify » dit tout, « ardoisectl restore » remet une sauvegarde.", strings.Join(found, " ; "))
	}
	return nil
}

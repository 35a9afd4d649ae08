package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// VoidReceipt enters the contra-entry of money that did not come in after all (a
// cheque returned, a typing error): what the receipt put into the wallet leaves
// it, today. The receipt stays, with its number, and is listed as annulled. A
// wallet that has spent the money is an Insufficient refusal.
func (s *Service) VoidReceipt(ctx context.Context, key string, receiptID int64, reason string) error {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.New(fault.Invalid, "Le motif de l’annulation est obligatoire : chèque impayé, erreur de saisie…")
	}
	digest, err := ledger.Digest([]any{"void", receiptID, reason})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return voidIn(tx, key, receiptID, reason, digest) })
}

func voidIn(tx *store.Tx, key string, receiptID int64, reason, digest string) error {
	if _, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		return err
	}
	var r ledger.Receipt
	err := tx.QueryRow(`SELECT r.year, r.number, r.transfer_id, r.family_id, r.amount, v.on_day
		FROM receipt r LEFT JOIN transfer v ON v.reverses_id = r.transfer_id WHERE r.id = $1`, receiptID).
		Scan(&r.Year, &r.Serial, &r.Transfer, &r.FamilyID, &r.Amount, &r.VoidedOn)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "Cette quittance n’existe pas.")
	case err != nil:
		return err
	case !r.VoidedOn.IsZero():
		return fault.New(fault.Conflict, "La quittance %s est déjà annulée, le %s.", r.Number(), r.VoidedOn.Short())
	}
	family, err := livingFamily(tx, r.FamilyID)
	if err != nil {
		return err
	}
	wallet, err := ledger.WalletOf(tx, family)
	if err != nil {
		return err
	}
	if missing := wallet.Missing(r.Amount); missing > 0 {
		return spent(r, wallet.Balance, missing)
	}
	label := "Annulation de la quittance " + r.Number()
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "void", FamilyID: family, Reason: reason, Label: label})
	if err != nil {
		return err
	}
	if _, err := ledger.VoidMany(tx, op, []int64{r.Transfer}, label); err != nil {
		return err
	}
	tx.Publish(Topic, family)
	return staff.Audit(tx, "cash.void", fmt.Sprintf("receipt:%d", receiptID), fmt.Sprintf("%s, %s, le %s"+nbsp+": %s", label, r.Amount, calendar.DateOf(tx.Now()).Short(), reason))
}

// spent says what to undo first.
func spent(r ledger.Receipt, balance, missing money.Cents) error {
	return fault.New(fault.Insufficient, "Les %s de la quittance %s ont déjà servi : il reste %s sur le porte-monnaie, il manque %s. Annulez d’abord un paiement de facture ou des repas réservés, ou accordez un découvert à la famille.",
		r.Amount, r.Number(), balance, missing)
}

// livingFamily follows the merges of a family to the one that lives on.
func livingFamily(tx *store.Tx, id int64) (int64, error) {
	into, err := mergedInto(tx)
	return heirOf(into, id), err
}

// mergedInto says of each merged family into which one. There are few.
func mergedInto(tx *store.Tx) (map[int64]int64, error) {
	out := map[int64]int64{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var from, to int64
		err := r.Scan(&from, &to)
		out[from] = to
		return err
	}, `SELECT id, merged_into FROM family WHERE state = 'merged'`)
}

func heirOf(into map[int64]int64, id int64) int64 {
	for range len(into) {
		next, ok := into[id]
		if !ok {
			break
		}
		id = next
	}
	return id
}

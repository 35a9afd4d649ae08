package booking

import (
	"fmt"

	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/store"
)

// lowNotice writes to the payers whose wallet this commit has brought under
// their notice; who was already under it has been written to before.
func lowNotice(tx *store.Tx, p *Plan, op int64) error {
	families := make([]int64, len(p.Families))
	for i, t := range p.Families {
		families[i] = t.FamilyID
	}
	low, err := ledger.LowBelow(tx, families)
	if err != nil {
		return err
	}
	who, err := letter.Correspondents(tx, families)
	if err != nil {
		return err
	}
	for _, t := range p.Families { // one, two for separated parents
		limit := low[t.FamilyID]
		if t.Before < limit || t.After >= limit {
			continue
		}
		l, err := who[t.FamilyID].Compose("wallet.low", letter.Facts{"famille": t.Name, "solde": t.After.String(), "seuil": limit.String()})
		if err != nil {
			return err
		}
		if err := letter.Post(tx, t.FamilyID, l, "wallet.low", fmt.Sprintf("family:%d", t.FamilyID), fmt.Sprintf("wallet.low:%d:%d", t.FamilyID, op)); err != nil {
			return err
		}
	}
	return nil
}

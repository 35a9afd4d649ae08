package ledger

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// heirs names, for each merged family, those its money may have gone to: the
// family it was merged into, and on where that one was merged too. The text is
// the head of a question; where narrows the families it starts from.
func heirs(where string) string {
	return `WITH RECURSIVE heir (family_id, heir_id) AS (
		SELECT id, merged_into FROM family WHERE merged_into IS NOT NULL` + where + `
		UNION ALL SELECT h.family_id, f.merged_into FROM heir h JOIN family f ON f.id = h.heir_id WHERE f.merged_into IS NOT NULL) `
}

// survivors gives the family that lives on for those of families that were
// merged; the others are not in the map.
func survivors(tx *store.Tx, families []int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var merged, heir int64
		err := r.Scan(&merged, &heir)
		out[merged] = heir
		return err
	}, heirs(` AND id = ANY($1)`)+`SELECT h.family_id, h.heir_id FROM heir h JOIN family f ON f.id = h.heir_id WHERE f.merged_into IS NULL`, families)
}

// refuseMerged keeps money off the wallet of a family that was merged or whose names
// are gone: nobody
// looks there any more.
func refuseMerged(tx *store.Tx, families []int64) error {
	merged, err := survivors(tx, families)
	if err != nil {
		return err
	}
	var nameless int64
	if err := tx.QueryRow(`SELECT COALESCE(MIN(id), 0) FROM family WHERE id = ANY($1) AND anonymised_on <> ''`, families).Scan(&nameless); err != nil {
		return err
	}
	if nameless != 0 {
		return fault.New(fault.Conflict, "Le dossier F-%04d a été anonymisé"+nbsp+": il ne sert plus qu’aux comptes passés. Créez un nouveau dossier.", nameless)
	}
	for _, f := range slices.Sorted(maps.Keys(merged)) {
		return fault.New(fault.Conflict, "La famille F-%04d a été réunie dans F-%04d"+nbsp+": ouvrez ce dossier-là.", f, merged[f])
	}
	return nil
}

// toSurvivors sends what comes back to a merged family's wallet, or is taken out
// of it, to the family that lives on. families are those of the debited and the
// credited wallets, 0 where an account is none.
func toSurvivors(tx *store.Tx, list []Transfer, families [][2]int64) error {
	var all []int64
	for _, f := range families {
		all = append(all, f[0], f[1])
	}
	merged, err := survivors(tx, all)
	if err != nil || len(merged) == 0 {
		return err
	}
	wallets, err := WalletsOf(tx, slices.Collect(maps.Values(merged)))
	if err != nil {
		return err
	}
	for i := range list {
		if heir, ok := merged[families[i][0]]; ok {
			list[i].Debit = wallets[heir].ID
		}
		if heir, ok := merged[families[i][1]]; ok {
			list[i].Credit = wallets[heir].ID
		}
	}
	return nil
}

// MoveMoney moves the whole balance of one family to another, when the two are
// merged; the floor of the first goes back to 0. It is the hook the family room
// calls inside the merge's transaction.
func MoveMoney(tx *store.Tx, from, to int64) error {
	wallets, err := WalletsOf(tx, []int64{from, to})
	if err != nil {
		return err
	}
	a, b := wallets[from], wallets[to]
	if a.Balance == 0 {
		return staff.Audit(tx, "wallet.merge", object(to), fmt.Sprintf("Fusion avec F-%04d"+nbsp+": aucun solde à reprendre", from))
	}
	content, err := Digest([]int64{from, to})
	if err != nil {
		return err
	}
	op, replay, err := Operation(tx, Op{Key: fmt.Sprintf("merge:%d:%d", from, to), Digest: content, Kind: "merge", FamilyID: to, Label: "Fusion de dossiers"})
	if err != nil || replay {
		return err
	}
	t := Transfer{Op: op, Debit: a.ID, Credit: b.ID, Amount: a.Balance, Kind: "merge", Label: fmt.Sprintf("Solde repris du dossier F-%04d", from)}
	if a.Balance < 0 {
		t.Debit, t.Credit, t.Amount = b.ID, a.ID, -a.Balance
		t.Label = fmt.Sprintf("Débit repris du dossier F-%04d", from)
	}
	if _, err := Post(tx, t); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE account SET floor = 0 WHERE id = $1`, a.ID); err != nil {
		return err
	}
	return staff.Audit(tx, "wallet.merge", object(to), t.Label+nbsp+": "+a.Balance.String())
}

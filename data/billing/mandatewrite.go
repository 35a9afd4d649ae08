package billing

import (
	"database/sql"
	"errors"
	"fmt"

	"ardoise/data/bank"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/vault"
)

// writeMandates gives references, seals and writes; ids come back in the list.
func writeMandates(tx *store.Tx, key *vault.Key, list []drafted) error {
	if len(list) == 0 {
		return nil
	}
	if err := giveUMRs(tx, list); err != nil {
		return err
	}
	rows, place := make([][]any, len(list)), make(map[string]int, len(list))
	for i, d := range list {
		sealed, err := key.Seal([]byte(d.iban), mandateSeal(d.umr))
		if err != nil {
			return err
		}
		seq := seqFirst
		if d.kind == MandateOneOff {
			seq = seqOneOff
		}
		rows[i] = []any{
			d.family, d.umr, d.kind, MandateActive, d.holder, sealed, bank.Mask(d.iban), d.bic, d.signed.String(), d.validTo.String(), orNull(d.document), seq,
			store.Instant(tx.Now()),
		}
		place[d.umr] = i
	}
	err := bulk.InsertReturning(tx, `INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, bic, signed_on, valid_to, document_id, next_sequence, created_at)`,
		rows, `RETURNING id, umr`, func(r *sql.Rows) error {
			var id int64
			var umr string
			err := r.Scan(&id, &umr)
			list[place[umr]].id = id
			return err
		})
	if err != nil {
		return mandateTaken(err)
	}
	notes, families := make([]note, len(list)), make([]int64, len(list))
	for i, d := range list {
		notes[i] = note{d.id, mandateSigned, fmt.Sprintf("Mandat signé le %s, compte %s, valable jusqu’au %s", d.signed.Short(), bank.Mask(d.iban), d.validTo.Short())}
		families[i] = d.family
	}
	if err := noteMandates(tx, notes); err != nil {
		return err
	}
	tx.Publish(Topic, families...)
	if len(list) == 1 {
		return trail(tx, "mandate.add", mandateObject(list[0].id), "Mandat "+list[0].umr+" créé pour la famille "+list[0].name)
	}
	return trail(tx, "mandate.add", "mandate:accepted", fmt.Sprintf("%d mandats créés à partir des demandes acceptées", len(list)))
}

// mandateTaken gives the two unique rules of mandates their sentences.
func mandateTaken(err error) error {
	switch name, _ := store.Unique(err); name {
	case "mandate_umr":
		return fault.Wrap(fault.Conflict, err, "Cette référence de mandat (RUM) est déjà prise : choisissez-en une autre.")
	case "mandate_live":
		return fault.Wrap(fault.Conflict, err, "La famille a déjà un mandat en vigueur : modifiez-le, ou révoquez-le d’abord.")
	}
	return err
}

// umrTries is how many serials are looked at when a reference is taken (typed by
// hand, or brought along by a family that was merged).
const umrTries = 50

// giveUMRs makes the references that were not typed and refuses those taken.
func giveUMRs(tx *store.Tx, list []drafted) error {
	set, err := settings(tx)
	if err != nil {
		return err
	}
	candidates := make([][]string, len(list))
	var all []string
	for i, d := range list {
		if d.umr != "" {
			candidates[i] = []string{d.umr}
		}
		for n := d.serial; d.umr == "" && n < d.serial+umrTries; n++ {
			umr, err := bank.MakeUMR(set.UMRPrefix, family.Number(d.family), n)
			if err != nil {
				return err
			}
			candidates[i] = append(candidates[i], umr)
		}
		all = append(all, candidates[i]...)
	}
	taken := map[string]bool{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var umr string
		err := r.Scan(&umr)
		taken[umr] = true
		return err
	}, `SELECT umr FROM mandate WHERE umr = ANY($1)`, all); err != nil {
		return err
	}
	for i := range list {
		free := ""
		for _, umr := range candidates[i] {
			if !taken[umr] {
				free = umr
				break
			}
		}
		if free == "" && list[i].umr != "" {
			return fault.New(fault.Conflict, "La référence de mandat (RUM) « %s » est déjà prise : choisissez-en une autre.", list[i].umr)
		}
		if free == "" {
			return errors.New("billing: no mandate reference is free for a family")
		}
		list[i].umr, taken[free] = free, true
	}
	return nil
}

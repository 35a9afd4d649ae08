package catalog

import (
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// What of a service is named by bookings: its sittings and its tariffs. One that
// is named is not taken away, and a price that was charged is not written over.

func scanID(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err }

// tariffsUsed refuses to take away, or to change in place, a tariff that priced
// bookings: they keep its number, and invoices explain them by it.
func (l *loader) tariffsUsed(list []*incoming) error {
	var ids []int64
	for _, in := range list {
		for _, o := range in.old.Tariffs {
			if i := in.draft.tariffAt(o.ID); i < 0 || hardened(o, in.draft.Tariffs[i]) {
				ids = append(ids, o.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	used, err := store.Collect(l.tx, scanID, `SELECT id FROM tariff t WHERE id = ANY($1)
		AND EXISTS (SELECT 1 FROM booking b WHERE b.tariff_id = t.id AND b.service_id = t.service_id)`, ids)
	if err != nil {
		return err
	}
	advice := "donnez-lui une date de fin et ajoutez le nouveau à la suite"
	if l.r != nil {
		advice = "gardez-le dans le fichier avec une date de fin (valid_to) et ajoutez le nouveau à la suite"
	}
	for _, in := range list {
		for _, o := range in.old.Tariffs {
			if !slices.Contains(used, o.ID) {
				continue
			}
			text := "le tarif « " + o.Label + " » a déjà servi à des réservations, qui gardent leur prix" + nbsp + ": "
			if i := in.draft.tariffAt(o.ID); i >= 0 {
				in.bad(field("tariffs", i), text+"son prix, sa tranche et son début ne changent plus, "+advice)
			} else {
				in.bad("tariffs", text+advice)
			}
		}
	}
	return nil
}

func (d *Draft) tariffAt(id int64) int {
	return slices.IndexFunc(d.Tariffs, func(t Tariff) bool { return t.ID == id })
}

// sittingsUsed finds the sittings that go, and refuses it to those that somebody
// has eaten at or will.
func (l *loader) sittingsUsed(list []*incoming) error {
	var gone []int64
	for _, in := range list {
		in.removed = nil
		for _, o := range in.old.Sittings {
			if !slices.ContainsFunc(in.draft.Sittings, func(t Sitting) bool { return t.ID == o.ID }) {
				in.removed = append(in.removed, o.ID)
			}
		}
		gone = append(gone, in.removed...)
	}
	if len(gone) == 0 {
		return nil
	}
	used, err := store.Collect(l.tx, scanID, `SELECT id FROM sitting t WHERE id = ANY($1)
		AND EXISTS (SELECT 1 FROM booking b WHERE b.service_id = t.service_id AND b.sitting_id = t.id)`, gone)
	if err != nil {
		return err
	}
	for _, in := range list {
		for _, o := range in.old.Sittings {
			if slices.Contains(used, o.ID) {
				in.bad("sittings", "le tour « "+o.Name+" » a des réservations"+nbsp+": gardez-le, avec 0 place si plus personne ne doit y manger")
			}
		}
	}
	return nil
}

// writeSittings brings the sittings to what is said; those that go are dropped
// once nothing hangs on them.
func (l *loader) writeSittings(list []*incoming) error {
	var fresh, changed [][]any
	var moving []int64 // those whose name is free for another
	for _, in := range list {
		moving = append(moving, in.removed...)
		for _, t := range in.draft.Sittings {
			if t.ID == 0 {
				l.sum.count("Tour de service", t.Name, true, false)
				fresh = append(fresh, []any{in.draft.Info.ID, t.Name, nullInt(t.Capacity)})
				continue
			}
			o := in.old.Sittings[slices.IndexFunc(in.old.Sittings, func(o Sitting) bool { return o.ID == t.ID })]
			if what := changes(sittingFacts(o), sittingFacts(t)); len(what) > 0 {
				l.sum.count("Tour de service", t.Name, false, true, what...)
				changed = append(changed, []any{t.ID, in.draft.Info.ID, t.Name, nullInt(t.Capacity)})
				moving = append(moving, t.ID)
			}
		}
	}
	if len(moving) > 0 {
		if _, err := l.tx.Exec(`UPDATE sitting SET name = '~' || CAST(id AS TEXT) WHERE id = ANY($1)`, moving); err != nil {
			return err
		}
	}
	if err := insertRows(l.tx, `INSERT INTO sitting (id, service_id, name, capacity)`, changed,
		`ON CONFLICT (id) DO UPDATE SET name = excluded.name, capacity = excluded.capacity`); err != nil {
		return err
	}
	return bulk.InsertReturning(l.tx, `INSERT INTO sitting (service_id, name, capacity)`, fresh, `RETURNING id, service_id, name`, func(r *sql.Rows) error {
		var id, service int64
		var name string
		if err := r.Scan(&id, &service, &name); err != nil {
			return err
		}
		for _, in := range list {
			if t := in.draft.sittingNamed(name); in.draft.Info.ID == service && t != nil {
				t.ID = id
			}
		}
		return nil
	})
}

func (l *loader) dropSittings(list []*incoming) error {
	var ids []int64
	for _, in := range list {
		ids = append(ids, in.removed...)
		for _, o := range in.old.Sittings {
			if slices.Contains(in.removed, o.ID) {
				l.sum.removed("Tour de service", o.Name)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := l.tx.Exec(`DELETE FROM sitting WHERE id = ANY($1)`, ids)
	return err
}

func tariffRow(t Tariff) []any {
	return []any{
		t.ServiceID, t.ValidFrom.String(), t.ValidTo.String(), t.Label, t.Kind, t.QuotientMin, t.QuotientMax, nullBool(t.Resident),
		t.AgeGroup, t.SiblingRank, int64(t.Meal), int64(t.Care),
	}
}

const tariffWritten = `service_id, valid_from, valid_to, label, kind, quotient_min, quotient_max, resident, age_group, sibling_rank, meal, care)`

// writeTariffs brings the tariffs of each service to what is said.
func (l *loader) writeTariffs(list []*incoming) error {
	var fresh, changed [][]any
	var gone []int64
	for _, in := range list {
		for _, t := range in.draft.Tariffs {
			t.ServiceID = in.draft.Info.ID
			name := in.draft.Info.Short + " " + t.Label
			if t.ID == 0 {
				l.sum.count("Tarif", name, true, false)
				fresh = append(fresh, tariffRow(t))
				continue
			}
			what := changes(tariffFacts(in.old.Tariffs[in.old.tariffAt(t.ID)]), tariffFacts(t))
			l.sum.count("Tarif", name, false, len(what) > 0, what...)
			if len(what) > 0 {
				changed = append(changed, append([]any{t.ID}, tariffRow(t)...))
			}
		}
		for _, o := range in.old.Tariffs {
			if in.draft.tariffAt(o.ID) < 0 {
				l.sum.removed("Tarif", in.draft.Info.Short+" "+o.Label)
				gone = append(gone, o.ID)
			}
		}
	}
	if len(gone) > 0 {
		_, err := l.tx.Exec(`DELETE FROM tariff WHERE id = ANY($1)`, gone)
		if store.ForeignKey(err) {
			return fault.Wrap(fault.Conflict, err, "Un tarif à retirer vient de servir à une réservation"+nbsp+": relisez les tarifs. Rien n’a été modifié.")
		}
		if err != nil {
			return err
		}
	}
	if err := insertRows(l.tx, `INSERT INTO tariff (id, `+tariffWritten, changed,
		`ON CONFLICT (id) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to, label = excluded.label, kind = excluded.kind,
		quotient_min = excluded.quotient_min, quotient_max = excluded.quotient_max, resident = excluded.resident, age_group = excluded.age_group,
		sibling_rank = excluded.sibling_rank, meal = excluded.meal, care = excluded.care`); err != nil {
		return err
	}
	return insertRows(l.tx, `INSERT INTO tariff (`+tariffWritten, fresh, ``)
}

// tariffKey is what makes two tariffs the same one.
func tariffKey(t Tariff) string {
	resident := "-"
	if t.Resident != nil {
		resident = map[bool]string{true: "1", false: "0"}[*t.Resident]
	}
	return strings.Join([]string{pairText(t.ServiceID, int64(t.ValidFrom)), t.Kind, pairText(int64(t.QuotientMin), int64(t.QuotientMax)), resident, t.AgeGroup, pairText(int64(t.SiblingRank), 0)}, "|")
}

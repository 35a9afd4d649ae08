package catalog

import (
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

func insertRows(tx *store.Tx, head string, rows [][]any, tail string) error {
	return bulk.Insert(tx, head, rows, tail)
}

// services applies every service of the file; a catalog has a handful of them.
func (l *loader) services(c content) (err error) {
	if l.offers, err = ServicesTx(l.tx); err != nil {
		return err
	}
	var rows [][]any
	for _, e := range c.services {
		p, ok := l.commune(e.path+".commune", e.commune)
		if !ok {
			continue
		}
		e.info.CommuneID, e.info.Commune = p.ID, p.Name
		i := slices.IndexFunc(l.offers, func(s ServiceInfo) bool { return s.Code == e.info.Code })
		if i >= 0 && sameService(l.offers[i], e.info) {
			l.sum.count("Service", e.info.Name, false, false)
			continue
		}
		l.sum.count("Service", e.info.Name, i < 0, i >= 0)
		rows = append(rows, serviceRow(e.info))
	}
	if l.r.refusal() != nil {
		return nil
	}
	if err := insertRows(l.tx, `INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, in_holidays,
		starts_at, book_cutoff, cancel_cutoff, capacity, pay, waiting_days, proof_hours, low_balance, active)`, rows,
		`ON CONFLICT (code) DO UPDATE SET commune_id = excluded.commune_id, name = excluded.name, short = excluded.short, kind = excluded.kind,
		product = excluded.product, weekdays = excluded.weekdays, region = excluded.region, zone = excluded.zone, in_holidays = excluded.in_holidays,
		starts_at = excluded.starts_at, book_cutoff = excluded.book_cutoff, cancel_cutoff = excluded.cancel_cutoff, capacity = excluded.capacity,
		pay = excluded.pay, waiting_days = excluded.waiting_days, proof_hours = excluded.proof_hours, low_balance = excluded.low_balance, active = excluded.active`); err != nil {
		return err
	}
	ids, err := serviceIDs(l.tx)
	if err != nil {
		return err
	}
	for i := range c.services {
		c.services[i].info.ID = ids[c.services[i].info.Code]
	}
	for _, step := range []func([]serviceEntry) error{l.sittings, l.taken, l.turns, l.required, l.tariffs} {
		if err := step(c.services); err != nil {
			return err
		}
	}
	l.offers, err = ServicesTx(l.tx)
	return err
}

func serviceRow(s ServiceInfo) []any {
	return []any{
		s.CommuneID, s.Code, s.Name, s.Short, s.Kind, s.Product, weekdayDigits(s.Weekdays), string(s.Region), string(s.Zone), s.InHolidays,
		s.StartsAt.String(), s.Book.String(), s.Cancel.String(), nullInt(s.Capacity), strings.Join(s.Pay, ","), s.WaitingDays, s.ProofHours, int64(s.LowBalance), s.Active,
	}
}

func sameService(a, b ServiceInfo) bool { return slices.EqualFunc(serviceRow(a), serviceRow(b), same) }

func same(a, b any) bool { return a == b }

func serviceIDs(tx *store.Tx) (map[string]int64, error) {
	ids := map[string]int64{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var code string
		if err := r.Scan(&id, &code); err != nil {
			return err
		}
		ids[code] = id
		return nil
	}, `SELECT id, code FROM service`)
	return ids, err
}

func entryIDs(list []serviceEntry) []int64 {
	ids := make([]int64, len(list))
	for i, e := range list {
		ids[i] = e.info.ID
	}
	return ids
}

// replace makes the rows of a small table that hang on services say what the
// file says: nothing is touched where they already do.
func (l *loader) replace(what string, list []serviceEntry, have, want map[int64][]string, del, head, tail string, rows [][]any) error {
	changed := false
	for _, e := range list {
		id := e.info.ID
		slices.Sort(have[id])
		slices.Sort(want[id])
		if !slices.Equal(have[id], want[id]) {
			changed = true
			l.sum.count(what, e.info.Name, false, true)
		}
	}
	if !changed {
		return nil
	}
	if _, err := l.tx.Exec(del, entryIDs(list)); err != nil {
		return err
	}
	return insertRows(l.tx, head, rows, tail)
}

func (l *loader) sittings(list []serviceEntry) error {
	infos := make([]ServiceInfo, len(list))
	for i, e := range list {
		infos[i].ID = e.info.ID
	}
	if err := fillServices(l.tx, infos); err != nil {
		return err
	}
	var rows [][]any
	for i, e := range list {
		for _, t := range e.info.Sittings {
			j := slices.IndexFunc(infos[i].Sittings, func(s Sitting) bool { return s.Name == t.Name })
			changed := j >= 0 && nullInt(infos[i].Sittings[j].Capacity) != nullInt(t.Capacity)
			if j < 0 || changed {
				l.sum.count("Tour de service", t.Name, j < 0, changed)
				rows = append(rows, []any{e.info.ID, t.Name, nullInt(t.Capacity)})
			}
		}
	}
	return insertRows(l.tx, `INSERT INTO sitting (service_id, name, capacity)`, rows, `ON CONFLICT (service_id, name) DO UPDATE SET capacity = excluded.capacity`)
}

// sittingIDs gives the sittings of the services by name, as they now are.
func (l *loader) sittingIDs(list []serviceEntry) (map[int64]map[string]int64, error) {
	infos := make([]ServiceInfo, len(list))
	for i, e := range list {
		infos[i].ID = e.info.ID
	}
	if err := fillServices(l.tx, infos); err != nil {
		return nil, err
	}
	out := map[int64]map[string]int64{}
	for _, s := range infos {
		out[s.ID] = map[string]int64{}
		for _, t := range s.Sittings {
			out[s.ID][t.Name] = t.ID
		}
	}
	return out, nil
}

func (l *loader) taken(list []serviceEntry) error {
	turns, err := l.sittingIDs(list)
	if err != nil {
		return err
	}
	have, err := pairs(l.tx, `SELECT service_id, school_id, COALESCE(sitting_id, 0) FROM service_school WHERE service_id = ANY($1)`, entryIDs(list))
	if err != nil {
		return err
	}
	want := map[int64][]string{}
	var rows [][]any
	for _, e := range list {
		for _, t := range e.schools {
			s, ok := l.school(t.path+".name", t.commune, t.school)
			if !ok {
				continue
			}
			sitting := turns[e.info.ID][t.sitting]
			rows = append(rows, []any{e.info.ID, s.ID, nullID(sitting)})
			want[e.info.ID] = append(want[e.info.ID], pairText(s.ID, sitting))
		}
	}
	if l.r.refusal() != nil {
		return nil
	}
	return l.replace("Écoles de", list, have, want, `DELETE FROM service_school WHERE service_id = ANY($1)`,
		`INSERT INTO service_school (service_id, school_id, sitting_id)`, `ON CONFLICT (service_id, school_id) DO NOTHING`, rows)
}

// school finds a school by name, in the commune when it is given.
func (l *loader) school(path, commune, name string) (School, bool) {
	var in int64
	if commune != "" {
		c, ok := l.commune(path, commune)
		if !ok {
			return School{}, false
		}
		in = c.ID
	}
	s, ok := FindSchool(l.houses, in, name)
	if !ok {
		names := make([]string, len(l.houses))
		for i, h := range l.houses {
			names[i] = h.Name
		}
		l.r.bad(path, "l’école « %s » n’existe pas (ou plusieurs portent ce nom"+nbsp+": ajoutez commune). Écoles connues"+nbsp+": %s", name, strings.Join(names, ", "))
	}
	return s, ok
}

func (l *loader) turns(list []serviceEntry) error {
	ids, err := l.sittingIDs(list)
	if err != nil {
		return err
	}
	classes, err := allClasses(l.tx)
	if err != nil {
		return err
	}
	have, err := pairs(l.tx, `SELECT service_id, class_id, sitting_id FROM class_sitting WHERE service_id = ANY($1)`, entryIDs(list))
	if err != nil {
		return err
	}
	want := map[int64][]string{}
	var rows [][]any
	for _, e := range list {
		for _, t := range e.classes {
			s, ok := l.school(t.path+".school", "", t.school)
			if !ok {
				continue
			}
			k, ok := classes[classKey(s.ID, int64(t.year), t.name)]
			if !ok {
				l.r.bad(t.path+".name", "la classe « %s » n’existe pas dans « %s » en %s", t.name, s.Name, t.year)
				continue
			}
			sitting := ids[e.info.ID][t.sitting]
			rows = append(rows, []any{k.ID, e.info.ID, sitting})
			want[e.info.ID] = append(want[e.info.ID], pairText(k.ID, sitting))
		}
	}
	if l.r.refusal() != nil {
		return nil
	}
	return l.replace("Tours des classes de", list, have, want, `DELETE FROM class_sitting WHERE service_id = ANY($1)`,
		`INSERT INTO class_sitting (class_id, service_id, sitting_id)`, `ON CONFLICT (class_id, service_id) DO NOTHING`, rows)
}

func (l *loader) required(list []serviceEntry) error {
	all, err := RequiredAllTx(l.tx)
	if err != nil {
		return err
	}
	have, want := map[int64][]string{}, map[int64][]string{}
	var rows [][]any
	text := func(rank int, d RequiredDocument) string {
		return strings.Join([]string{d.Kind, d.Label, pairText(int64(d.Months), int64(rank))}, "|") + map[bool]string{true: "|debit"}[d.DebitOnly]
	}
	for _, e := range list {
		for i, d := range all[e.info.ID] {
			have[e.info.ID] = append(have[e.info.ID], text(i, d))
		}
		for i, d := range e.documents {
			want[e.info.ID] = append(want[e.info.ID], text(i, d))
			rows = append(rows, []any{e.info.ID, d.Kind, d.Label, d.Months, d.DebitOnly, i})
		}
	}
	return l.replace("Pièces demandées par", list, have, want, `DELETE FROM required_document WHERE service_id = ANY($1)`,
		`INSERT INTO required_document (service_id, kind, label, months, debit_only, rank)`, ``, rows)
}

// tariffs brings the tariffs of each service to what the file says. One that the
// file has no more is deleted, unless bookings were priced by it.
func (l *loader) tariffs(list []serviceEntry) error {
	have, err := TariffsTx(l.tx, entryIDs(list)...)
	if err != nil || len(list) == 0 {
		return err
	}
	old := map[string]Tariff{}
	for _, t := range have {
		old[tariffKey(t)] = t
	}
	var rows, updates [][]any
	for _, e := range list {
		for _, t := range e.tariffs {
			t.ServiceID = e.info.ID
			key := tariffKey(t)
			o, ok := old[key]
			delete(old, key)
			changed := ok && (o.Label != t.Label || o.ValidTo != t.ValidTo || o.Meal != t.Meal || o.Care != t.Care)
			l.sum.count("Tarif", e.info.Short+" "+t.Label, !ok, changed)
			row := []any{t.ServiceID, t.ValidFrom.String(), t.ValidTo.String(), t.Label, t.Kind, t.QuotientMin, t.QuotientMax, nullBool(t.Resident), t.AgeGroup, t.SiblingRank, int64(t.Meal), int64(t.Care)}
			switch {
			case !ok:
				rows = append(rows, row)
			case changed:
				updates = append(updates, append([]any{o.ID}, row...))
			}
		}
	}
	if err := l.dropTariffs(old); err != nil {
		return err
	}
	const columns = `service_id, valid_from, valid_to, label, kind, quotient_min, quotient_max, resident, age_group, sibling_rank, meal, care)`
	if err := insertRows(l.tx, `INSERT INTO tariff (id, `+columns, updates,
		`ON CONFLICT (id) DO UPDATE SET label = excluded.label, valid_to = excluded.valid_to, meal = excluded.meal, care = excluded.care`); err != nil {
		return err
	}
	return insertRows(l.tx, `INSERT INTO tariff (`+columns, rows, ``)
}

func (l *loader) dropTariffs(gone map[string]Tariff) error {
	if len(gone) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(gone))
	labels := map[int64]string{}
	for _, t := range gone {
		ids = append(ids, t.ID)
		labels[t.ID] = t.Label
	}
	slices.Sort(ids)
	used, err := store.Collect(l.tx, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err },
		`SELECT id FROM tariff t WHERE id = ANY($1) AND EXISTS (SELECT 1 FROM booking b WHERE b.tariff_id = t.id AND b.service_id = t.service_id)`, ids)
	if err != nil {
		return err
	}
	if len(used) > 0 {
		return fault.New(fault.Conflict, "Le tarif « %s » a déjà servi à des réservations"+nbsp+": gardez-le dans le fichier avec une date de fin (valid_to) et ajoutez le nouveau à la suite.", labels[used[0]])
	}
	for _, id := range ids {
		l.sum.Lines = append(l.sum.Lines, "Tarif « "+labels[id]+" »"+nbsp+": retrait")
	}
	l.sum.Removed += len(ids)
	_, err = l.tx.Exec(`DELETE FROM tariff WHERE id = ANY($1)`, ids)
	return err
}

// tariffKey is what makes two tariffs the same one.
func tariffKey(t Tariff) string {
	resident := "-"
	if t.Resident != nil {
		resident = map[bool]string{true: "1", false: "0"}[*t.Resident]
	}
	return strings.Join([]string{pairText(t.ServiceID, int64(t.ValidFrom)), t.Kind, pairText(int64(t.QuotientMin), int64(t.QuotientMax)), resident, t.AgeGroup, pairText(int64(t.SiblingRank), 0)}, "|")
}

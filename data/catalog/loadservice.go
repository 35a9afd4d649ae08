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

// incoming is one service on its way into the database: checked, with numbers
// in the place of names. bad says in the words of where it was typed what the
// database has against a field.
type incoming struct {
	draft   Draft
	old     Draft // zero for a new service
	bad     func(field, text string)
	flaws   []Flaw  // of a draft; a file gathers its own
	removed []int64 // sittings taken away
}

func (in *incoming) isNew() bool { return in.old.Info.ID == 0 }

// services applies every service of the file: names become numbers, then it is
// a draft like any other.
func (l *loader) services(c content) error {
	if err := l.readServices(); err != nil {
		return err
	}
	list := make([]*incoming, len(c.services))
	for i := range c.services {
		list[i] = l.resolve(&c.services[i])
	}
	if l.r.refusal() != nil {
		return nil
	}
	return l.apply(list)
}

// resolve finds what the names of a file mean.
func (l *loader) resolve(e *serviceEntry) *incoming {
	in := &incoming{draft: e.draft, bad: func(field, text string) { l.r.bad(e.path+"."+fileField(field), "%s", text) }}
	d := &in.draft
	if p, ok := l.commune(e.path+".commune", e.commune); ok {
		d.Info.CommuneID = p.ID
	}
	for _, o := range l.offers {
		if o.Code == d.Info.Code {
			d.Info.ID = o.ID
		}
	}
	for i, t := range e.schools {
		if s, ok := l.school(t.path+".name", t.commune, t.school); ok {
			d.Schools[i].SchoolID = s.ID
		}
	}
	for i, t := range e.classes {
		s, ok := l.school(t.path+".school", "", t.school)
		if !ok {
			continue
		}
		k, ok := l.classed[classKey(s.ID, int64(t.year), t.name)]
		if !ok {
			l.r.bad(t.path+".name", "la classe « %s » n’existe pas dans « %s » en %s", t.name, s.Name, t.year)
		}
		d.Classes[i].ClassID = k.ID
	}
	return in
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

// refusal is what the database has against what comes in.
func (l *loader) refusal(list []*incoming) error {
	if l.r != nil {
		return l.r.refusal()
	}
	var flaws []Flaw
	for _, in := range list {
		flaws = append(flaws, in.flaws...)
	}
	return refuse(fault.Conflict, flaws)
}

// apply makes the database say what the services say; a catalog has a handful.
func (l *loader) apply(list []*incoming) error {
	for _, in := range list {
		in.old = l.old[in.draft.Info.ID]
		l.refer(in)
		in.adopt()
	}
	for _, step := range []func([]*incoming) error{l.tariffsUsed, l.sittingsUsed} {
		if err := step(list); err != nil {
			return err
		}
	}
	if err := l.refusal(list); err != nil {
		return err
	}
	for _, step := range []func([]*incoming) error{l.writeServices, l.writeSittings, l.writeSchools, l.writeClasses, l.dropSittings, l.writeDocuments, l.writeTariffs, l.notices} {
		if err := step(list); err != nil {
			return err
		}
	}
	var err error
	l.offers, err = ServicesTx(l.tx)
	return err
}

// refer refuses what names something that is not there.
func (l *loader) refer(in *incoming) {
	d := &in.draft
	s := &d.Info
	if i := slices.IndexFunc(l.places, func(c Commune) bool { return c.ID == s.CommuneID }); i >= 0 {
		s.Commune = l.places[i].Name
	} else {
		in.bad("commune", "cette commune n’existe plus"+nbsp+": choisissez-en une autre")
	}
	if !in.isNew() && s.Code == "" {
		s.Code = in.old.Info.Code
	}
	if !in.isNew() && s.Code != in.old.Info.Code {
		in.bad("code", "le code d’un service ne change pas, les fichiers s’y reportent"+nbsp+": gardez « "+in.old.Info.Code+" » et changez le nom")
	}
	for _, o := range l.offers {
		if o.Code == s.Code && o.ID != s.ID {
			in.bad("code", "le code « "+s.Code+" » est déjà celui de « "+o.Name+" »"+nbsp+": donnez-en un autre")
		}
	}
	for i, t := range d.Schools {
		if !slices.ContainsFunc(l.houses, func(h School) bool { return h.ID == t.SchoolID }) {
			in.bad(field("schools", i), "cette école n’existe plus"+nbsp+": retirez-la du service")
		}
	}
	classes := map[int64]bool{}
	for _, k := range l.classed {
		classes[k.ID] = true
	}
	for i, t := range d.Classes {
		if !classes[t.ClassID] {
			in.bad(field("classes", i), "cette classe n’existe plus"+nbsp+": retirez-la du service")
		}
	}
	for i, t := range d.Sittings {
		if t.ID != 0 && !slices.ContainsFunc(in.old.Sittings, func(o Sitting) bool { return o.ID == t.ID }) {
			in.bad(field("sittings", i), "ce tour n’existe plus"+nbsp+": relisez le service")
		}
	}
	for i, t := range d.Tariffs {
		if t.ID != 0 && !slices.ContainsFunc(in.old.Tariffs, func(o Tariff) bool { return o.ID == t.ID }) {
			in.bad(field("tariffs", i), "ce tarif n’existe plus"+nbsp+": relisez le service")
		}
	}
}

func field(list string, i int) string { return list + "[" + itoa(int64(i)) + "]" }

// adopt gives the sittings and tariffs without number that of the same thing
// already there: a sitting by its name, a tariff by whom it is for and since when.
func (in *incoming) adopt() {
	d := &in.draft
	for i := range d.Sittings {
		t := &d.Sittings[i]
		if o := in.old.sittingNamed(t.Name); t.ID == 0 && o != nil && !slices.ContainsFunc(d.Sittings, func(v Sitting) bool { return v.ID == o.ID }) {
			t.ID = o.ID
		}
	}
	in.renamed()
	taken := map[int64]bool{}
	byKey := map[string]int64{}
	for i := range d.Tariffs {
		d.Tariffs[i].ServiceID = d.Info.ID
		taken[d.Tariffs[i].ID] = true
	}
	for _, o := range in.old.Tariffs {
		if !taken[o.ID] {
			byKey[tariffKey(o)] = o.ID
		}
	}
	for i := range d.Tariffs {
		t := &d.Tariffs[i]
		if key := tariffKey(*t); t.ID == 0 && byKey[key] != 0 {
			t.ID = byKey[key]
			delete(byKey, key)
		}
	}
}

// renamed gives what was there the new names of its sittings: a sitting that
// only changes its name is the same one.
func (in *incoming) renamed() {
	names := map[string]string{}
	for _, o := range in.old.Sittings {
		for _, t := range in.draft.Sittings {
			if t.ID == o.ID {
				names[o.Name] = t.Name
			}
		}
	}
	now := func(name string) string {
		if n, ok := names[name]; ok {
			return n
		}
		return name
	}
	in.old.Schools, in.old.Classes = slices.Clone(in.old.Schools), slices.Clone(in.old.Classes)
	for i := range in.old.Schools {
		in.old.Schools[i].Sitting = now(in.old.Schools[i].Sitting)
	}
	for i := range in.old.Classes {
		in.old.Classes[i].Sitting = now(in.old.Classes[i].Sitting)
	}
}

func serviceRow(s ServiceInfo) []any {
	return []any{
		s.CommuneID, s.Code, s.Name, s.Short, s.Kind, s.Product, weekdayDigits(s.Weekdays), string(s.Region), string(s.Zone), s.InHolidays,
		s.StartsAt.String(), s.Book.String(), s.Cancel.String(), nullInt(s.Capacity), strings.Join(s.Pay, ","), s.WaitingDays, s.ProofHours, int64(s.LowBalance), s.Active,
	}
}

func same(a, b any) bool { return a == b }

const serviceColumns = `commune_id, code, name, short, kind, product, weekdays, region, zone, in_holidays,
	starts_at, book_cutoff, cancel_cutoff, capacity, pay, waiting_days, proof_hours, low_balance, active)`

func (l *loader) writeServices(list []*incoming) error {
	var fresh, changed [][]any
	for _, in := range list {
		s := in.draft.Info
		other := !in.isNew() && !slices.EqualFunc(serviceRow(in.old.Info), serviceRow(s), same)
		l.sum.count("Service", s.Name, in.isNew(), other, changes(serviceFacts(in.old.Info), serviceFacts(s))...)
		switch {
		case in.isNew():
			fresh = append(fresh, serviceRow(s))
		case other:
			changed = append(changed, append([]any{s.ID}, serviceRow(s)...))
		}
	}
	if err := insertRows(l.tx, `INSERT INTO service (id, `+serviceColumns, changed,
		`ON CONFLICT (id) DO UPDATE SET commune_id = excluded.commune_id, name = excluded.name, short = excluded.short, kind = excluded.kind,
		product = excluded.product, weekdays = excluded.weekdays, region = excluded.region, zone = excluded.zone, in_holidays = excluded.in_holidays,
		starts_at = excluded.starts_at, book_cutoff = excluded.book_cutoff, cancel_cutoff = excluded.cancel_cutoff, capacity = excluded.capacity,
		pay = excluded.pay, waiting_days = excluded.waiting_days, proof_hours = excluded.proof_hours, low_balance = excluded.low_balance, active = excluded.active`); err != nil {
		return err
	}
	return bulk.InsertReturning(l.tx, `INSERT INTO service (`+serviceColumns, fresh, `RETURNING id, code`, func(r *sql.Rows) error {
		var id int64
		var code string
		if err := r.Scan(&id, &code); err != nil {
			return err
		}
		for _, in := range list {
			if in.draft.Info.Code == code {
				in.draft.Info.ID = id
			}
		}
		return nil
	})
}

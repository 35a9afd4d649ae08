package catalog

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// maxFile bounds a catalog file, in bytes: every school of France would fit.
const maxFile = 8 << 20

// Load reads a catalog file and makes the database say the same, all or
// nothing; name is what errors call the file. What the file does not mention
// stays. Loading the same file again changes nothing.
func (s *Service) Load(ctx context.Context, r io.Reader, name string) (Summary, error) {
	return s.loadWith(ctx, r, name, s.db.Write)
}

// PlanLoad says line by line what Load would change, and writes nothing.
func (s *Service) PlanLoad(ctx context.Context, r io.Reader, name string) (Summary, error) {
	return s.loadWith(ctx, r, name, s.rehearse)
}

func (s *Service) loadWith(ctx context.Context, r io.Reader, name string, run func(context.Context, func(*store.Tx) error) error) (Summary, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return Summary{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Summary{}, fault.Wrap(fault.Unavailable, err, "Le fichier %s n’a pas pu être lu.", name)
	}
	if len(data) > maxFile {
		return Summary{}, fault.New(fault.Invalid, "%s est trop gros pour un catalogue (8 Mo au plus).", name)
	}
	var sum Summary
	err = run(ctx, func(tx *store.Tx) error {
		sum, err = LoadTx(tx, data, name)
		return err
	})
	return sum, err
}

// LoadTx is Load inside a transaction.
func LoadTx(tx *store.Tx, data []byte, name string) (Summary, error) {
	f, r, err := parseFile(data, name)
	if err != nil {
		return Summary{}, err
	}
	c, err := r.check(f)
	if err != nil {
		return Summary{}, err
	}
	l := &loader{tx: tx, r: r}
	for _, step := range []func(content) error{l.creditor, l.communes, l.schools, l.services, l.closures} {
		if err := step(c); err != nil {
			return Summary{}, err
		}
		if err := r.refusal(); err != nil {
			return Summary{}, err
		}
	}
	if !l.sum.changes() {
		return l.sum, nil
	}
	tx.Publish(Topic)
	return l.sum, staff.Audit(tx, "catalog.load", "catalog:"+name, l.sum.trail())
}

// loader applies what a checked file or a checked draft says; it keeps what it
// has read of the database.
type loader struct {
	tx      *store.Tx
	r       *reader // nil: no file
	sum     Summary
	places  []Commune
	houses  []School
	classed map[string]Class // by classKey
	offers  []ServiceInfo
	old     map[int64]Draft // the services as they were
}

// read reads what services hang on.
func (l *loader) read() (err error) {
	if l.places, err = communesTx(l.tx); err != nil {
		return err
	}
	if l.houses, err = SchoolsTx(l.tx); err != nil {
		return err
	}
	return l.readServices()
}

func (l *loader) readServices() (err error) {
	if l.classed, err = allClasses(l.tx); err != nil {
		return err
	}
	if l.offers, err = ServicesTx(l.tx); err != nil {
		return err
	}
	l.old, err = drafts(l.tx, l.offers)
	return err
}

func (l *loader) creditor(c content) error {
	if c.creditor == nil {
		return nil
	}
	changed := false
	for _, name := range sortedKeys(c.creditor) {
		old, err := SettingTx(l.tx, name, "")
		if err != nil {
			return err
		}
		if old == c.creditor[name] {
			continue
		}
		changed = true
		if err := SetSettingTx(l.tx, name, c.creditor[name]); err != nil {
			return err
		}
	}
	l.sum.count("Créancier", c.creditor["creditor.name"], false, changed)
	return nil
}

func (l *loader) communes(c content) (err error) {
	if l.places, err = communesTx(l.tx); err != nil {
		return err
	}
	have := map[string]Commune{}
	for _, p := range l.places {
		have[p.INSEE] = p
	}
	var rows [][]any
	for _, p := range c.communes {
		old, ok := have[p.INSEE]
		p.ID = old.ID
		l.sum.count("Commune", p.Name, !ok, p != old, changes(communeFacts(old), communeFacts(p))...)
		if p != old {
			rows = append(rows, []any{p.INSEE, p.Name, p.Postal, Fold(p.Name)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := insertRows(l.tx, `INSERT INTO commune (insee, name, postal, fold)`, rows,
		`ON CONFLICT (insee) DO UPDATE SET name = excluded.name, postal = excluded.postal, fold = excluded.fold`); err != nil {
		return err
	}
	l.places, err = communesTx(l.tx)
	return err
}

func (l *loader) commune(path, name string) (Commune, bool) {
	c, ok := FindCommune(l.places, name, "")
	if !ok {
		l.r.bad(path, "la commune « %s » n’est ni dans ce fichier ni au catalogue. Attendu"+nbsp+": son nom ou son code INSEE", name)
	}
	return c, ok
}

func (l *loader) schools(c content) (err error) {
	if l.houses, err = SchoolsTx(l.tx); err != nil {
		return err
	}
	var rows [][]any
	for _, e := range c.schools {
		p, ok := l.commune(e.path+".commune", e.commune)
		if !ok {
			continue
		}
		_, known := FindSchool(l.houses, p.ID, e.name)
		l.sum.count("École", e.name, !known, false)
		if !known {
			rows = append(rows, []any{p.ID, e.name})
		}
	}
	if len(rows) > 0 {
		if err := insertRows(l.tx, `INSERT INTO school (commune_id, name)`, rows, `ON CONFLICT (commune_id, name) DO NOTHING`); err != nil {
			return err
		}
		if l.houses, err = SchoolsTx(l.tx); err != nil {
			return err
		}
	}
	return l.classes(c)
}

func (l *loader) classes(c content) error {
	have, err := allClasses(l.tx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, e := range c.schools {
		p, ok := FindCommune(l.places, e.commune, "")
		if !ok {
			continue
		}
		s, ok := FindSchool(l.houses, p.ID, e.name)
		if !ok {
			continue
		}
		for _, k := range e.classes {
			old, ok := have[classKey(s.ID, int64(k.Year), k.Name)]
			l.sum.count("Classe", k.Name, !ok, ok && old.Rank != k.Rank, fmt.Sprintf("rang %d au lieu de %d", k.Rank, old.Rank))
			if !ok || old.Rank != k.Rank {
				rows = append(rows, []any{s.ID, int64(k.Year), k.Name, k.Rank})
			}
		}
	}
	return insertRows(l.tx, `INSERT INTO class (school_id, school_year, name, rank)`, rows,
		`ON CONFLICT (school_id, school_year, name) DO UPDATE SET rank = excluded.rank`)
}

func allClasses(tx *store.Tx) (map[string]Class, error) {
	list, err := store.Collect(tx, scanClass, classSelect)
	out := make(map[string]Class, len(list))
	for _, k := range list {
		out[classKey(k.SchoolID, int64(k.Year), k.Name)] = k
	}
	return out, err
}

func classKey(school, year int64, name string) string {
	return fmt.Sprint(school, "/", year, "/", name)
}

func (l *loader) closures(c content) error {
	have, err := closures(l.tx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, e := range c.closures {
		k := e.closure
		if e.service != "" {
			i := slices.IndexFunc(l.offers, func(s ServiceInfo) bool { return s.Code == e.service })
			if i < 0 {
				l.r.bad(e.path+".service", "le service « %s » n’existe pas. Attendu"+nbsp+": %s, ou rien pour tous", e.service, serviceCodes(l.offers))
				continue
			}
			k.ServiceID = l.offers[i].ID
		}
		known := slices.ContainsFunc(have, func(h Closure) bool { h.ID = 0; return h == k })
		l.sum.count("Fermeture", k.Reason, !known, false)
		if !known {
			rows = append(rows, []any{nullID(k.ServiceID), k.First.String(), k.Last.String(), k.Reason})
		}
	}
	return insertRows(l.tx, `INSERT INTO closure (service_id, first_day, last_day, reason)`, rows, ``)
}

func serviceCodes(list []ServiceInfo) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Code
	}
	return strings.Join(out, ", ")
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func nullInt(n *int) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

func nullBool(b *bool) any {
	if b == nil {
		return nil
	}
	return *b
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package retention

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Plan is what a purge would take away on a day, rule by rule, and what it leaves.
type Plan struct {
	Day   calendar.Date
	Rules []RulePlan

	digest string
	todo   map[string][]item
}

// RulePlan is one rule of a plan.
type RulePlan struct {
	ID, Label string
	Period    string        // « 12 mois après la fin de leur validité »
	Before    calendar.Date // what is older is due
	Count     int
	What      string // « 12 pièces effacées »
	Goes      string // French: what is taken away
	Stays     string // French: what remains
	Who       []Who
	Kept      []Kept
}

// Who is a family a rule concerns; its name is for the screen, never for the trail.
type Who struct {
	FamilyID     int64
	Name, Number string
	Count        int
	Detail       string
}

// Kept is a family that is held back, and why.
type Kept struct {
	FamilyID     int64
	Name, Number string
	Count        int
	Why          string
}

// Count is how many things are due in all.
func (p Plan) Count() (n int) {
	for _, r := range p.Rules {
		n += r.Count
	}
	return n
}

// Held is how many families are held back by some rule.
func (p Plan) Held() int {
	ids := map[int64]bool{}
	for _, r := range p.Rules {
		for _, k := range r.Kept {
			ids[k.FamilyID] = true
		}
	}
	return len(ids)
}

// item is one thing that is due.
type item struct {
	kind   string // where a rule finds several kinds
	id     int64
	family int64 // 0: of none
	child  int64
	n      int // how many it stands for; 0 is one
	detail string
	why    string // why it has to wait; "": it is due
}

// facts are what the rules judge by.
type facts struct {
	settings Settings
	day      calendar.Date
	hold     map[int64]string // families that must not be purged
	children map[int64]string // and their children
}

// PlanPurge shows what is due, rule by rule.
func (s *Service) PlanPurge(ctx context.Context) (Plan, error) {
	return read(ctx, s, planTx)
}

// Due counts what a purge would take away: for Accueil and the tab.
func (s *Service) Due(ctx context.Context) (int, error) {
	return read(ctx, s, func(tx *store.Tx) (int, error) {
		p, err := planTx(tx)
		return p.Count(), err
	})
}

func planTx(tx *store.Tx) (p Plan, err error) {
	f := facts{day: today(tx)}
	if f.settings, err = SettingsTx(tx); err != nil {
		return p, err
	}
	if err := f.holds(tx); err != nil {
		return p, err
	}
	p.Day, p.todo = f.day, map[string][]item{}
	fields := map[string]Field{}
	for _, x := range f.settings.Fields() {
		fields[x.Name] = x
	}
	found := make([][]item, len(rules))
	for i, r := range rules { // a fixed list, not a list of data
		if found[i], err = r.find(tx, f); err != nil {
			return p, fmt.Errorf("retention: %s: %w", r.id, err)
		}
	}
	reasons, err := moneyReasons(tx, rulesWithMoney(found))
	if err != nil {
		return p, err
	}
	names, err := familyNames(tx, found)
	if err != nil {
		return p, err
	}
	for i, r := range rules {
		field := fields[r.field]
		rp := RulePlan{
			ID: r.id, Label: cmp.Or(r.label, field.Label), Period: field.Period(), Before: cut(f.day, *field.At),
			Goes: r.goes, Stays: r.stays,
		}
		rp.sort(&p, r, found[i], f, reasons, names)
		p.Rules = append(p.Rules, rp)
	}
	p.digest, err = p.sum()
	return p, err
}

// sort puts each thing found with those that go or with those that wait.
func (rp *RulePlan) sort(p *Plan, r rule, found []item, f facts, reasons map[int64]string, names map[int64]string) {
	who, kept := map[int64]*Who{}, map[string]*Kept{}
	for _, it := range found {
		n := max(1, it.n)
		why := cmp.Or(f.hold[it.family], f.children[it.child], it.why)
		if why == "" && r.money {
			why = reasons[it.family]
		}
		number := ""
		if it.family != 0 {
			number = family.Number(it.family)
		}
		if why != "" {
			key := fmt.Sprint(it.family, why)
			if kept[key] == nil {
				kept[key] = &Kept{FamilyID: it.family, Name: names[it.family], Number: number, Why: why}
			}
			kept[key].Count += n
			continue
		}
		rp.Count += n
		p.todo[r.id] = append(p.todo[r.id], it)
		if it.family == 0 {
			continue
		}
		w := who[it.family]
		if w == nil {
			w = &Who{FamilyID: it.family, Name: names[it.family], Number: number}
			who[it.family] = w
		}
		w.Count += n
		if it.detail != "" && !strings.Contains(w.Detail, it.detail) {
			w.Detail = strings.TrimPrefix(w.Detail+", "+it.detail, ", ")
		}
	}
	rp.What = countText(rp.Count, r.one, r.many)
	for _, w := range who {
		rp.Who = append(rp.Who, *w)
	}
	for _, k := range kept {
		rp.Kept = append(rp.Kept, *k)
	}
	slices.SortFunc(rp.Who, func(a, b Who) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.FamilyID, b.FamilyID)) })
	slices.SortFunc(rp.Kept, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.FamilyID, b.FamilyID), cmp.Compare(a.Why, b.Why))
	})
}

func countText(n int, one, many string) string {
	if n == 0 {
		return "rien"
	}
	if n == 1 {
		return "1" + nbsp + one
	}
	return fmt.Sprintf("%d"+nbsp+"%s", n, many)
}

// sum tells two plans apart: what is shown, and the very things that would go.
func (p Plan) sum() (string, error) {
	type thing struct {
		Kind string
		ID   int64
		N    int
	}
	all := map[string][]thing{}
	for id, list := range p.todo {
		for _, it := range list {
			all[id] = append(all[id], thing{it.kind, it.id, it.n})
		}
		slices.SortFunc(all[id], func(a, b thing) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	}
	text, err := json.Marshal(struct {
		Rules []RulePlan
		All   map[string][]thing
	}{p.Rules, all})
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:]), nil
}

// holds reads the families that must not be purged, and their children.
func (f *facts) holds(tx *store.Tx) error {
	f.hold, f.children = map[int64]string{}, map[int64]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var why string
		err := r.Scan(&id, &why)
		f.hold[id] = "Ne pas purger" + nbsp + ": " + why
		return err
	}, `WITH RECURSIVE held (id, why) AS (SELECT id, hold FROM family WHERE hold <> ''
		UNION SELECT m.id, h.why FROM family m JOIN held h ON m.merged_into = h.id) SELECT id, why FROM held`)
	if err != nil || len(f.hold) == 0 {
		return err
	}
	ids := slices.Sorted(maps.Keys(f.hold))
	return store.Each(tx, func(r *sql.Rows) error {
		var child, id int64
		err := r.Scan(&child, &id)
		f.children[child] = f.hold[id]
		return err
	}, `SELECT id, family_id FROM child WHERE family_id = ANY($1) UNION SELECT child_id, family_id FROM child_family WHERE family_id = ANY($1)`, ids)
}

func rulesWithMoney(found [][]item) (ids []int64) {
	for i, r := range rules {
		if r.money {
			for _, it := range found[i] {
				ids = append(ids, it.family)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func familyNames(tx *store.Tx, found [][]item) (map[int64]string, error) {
	var ids []int64
	for _, list := range found {
		for _, it := range list {
			ids = append(ids, it.family)
		}
	}
	slices.Sort(ids)
	out := map[int64]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		out[id] = name
		return err
	}, `SELECT id, name FROM family WHERE id = ANY($1)`, slices.Compact(ids))
	return out, err
}

// History is the purges that were made, the newest first.
func (s *Service) History(ctx context.Context) ([]Done, error) {
	return read(ctx, s, func(tx *store.Tx) ([]Done, error) {
		return store.Collect(tx, func(r *sql.Rows) (d Done, err error) {
			var at, counts string
			if err = r.Scan(&at, &d.Agent, &counts); err != nil {
				return d, err
			}
			if d.At, err = store.ParseInstant(at); err != nil {
				return d, err
			}
			return d, json.Unmarshal([]byte(counts), &d.Counts)
		}, `SELECT p.at, COALESCE(a.name, 'Ardoise'), p.counts FROM purge p LEFT JOIN agent a ON a.id = p.agent_id ORDER BY p.id DESC LIMIT 50`)
	})
}

// SetHold marks a family « ne pas purger », with the reason; an empty one lifts it.
func (s *Service) SetHold(ctx context.Context, familyID int64, reason string) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		f, err := family.GetTx(tx, familyID)
		if err != nil {
			return err
		}
		if f.State == family.Merged || f.AnonymisedOn != 0 {
			return fault.New(fault.Conflict, "Ce dossier est fusionné ou anonymisé"+nbsp+": la marque ne s’y pose pas.")
		}
		reason = strings.TrimSpace(reason)
		if reason == f.Hold {
			return nil
		}
		if _, err := tx.Exec(`UPDATE family SET hold = $1, version = version + 1 WHERE id = $2`, reason, familyID); err != nil {
			return err
		}
		tx.Publish(family.Topic, familyID)
		tx.Publish(Topic)
		detail := "Marque « ne pas purger » retirée"
		if reason != "" {
			detail = "À ne pas purger" + nbsp + ": " + reason
		}
		return staff.Audit(tx, "family.hold", fmt.Sprintf("family:%d", familyID), detail)
	})
}

package retention_test

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/retention"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// plain is a family of one guardian and one child, with nothing else.
func (w *town) plain(name string) int64 {
	w.t.Helper()
	f, err := w.o.Family.Create(w.ctx, family.Draft{
		Guardians: []family.Guardian{{Last: name, First: "Élodie", Email: strings.ToLower(name) + "@exemple.fr"}},
		Children:  []family.Child{{Last: name, First: "Léa", Birth: calendar.MustISO("2018-05-01"), Level: "CE1"}},
	})
	w.must(err)
	return f.ID
}

func (w *town) anonymise(id int64) {
	w.t.Helper()
	p, err := w.o.Retention.PlanAnonymise(w.ctx, id)
	w.must(err)
	w.must(w.o.Retention.Anonymise(w.ctx, p))
}

func (w *town) plan() retention.Plan {
	w.t.Helper()
	p, err := w.o.Retention.PlanPurge(w.ctx)
	w.must(err)
	return p
}

func ruleOf(p retention.Plan, id string) retention.RulePlan {
	return p.Rules[slices.IndexFunc(p.Rules, func(r retention.RulePlan) bool { return r.ID == id })]
}

func (w *town) number(query string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

// TestPeriods: each rule finds nothing on the last day it must be kept, and what it
// must on the day after.
func TestPeriods(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		id, child := w.berthet()
		w.at(start.AddDate(0, 0, 18))
		w.invoice(id)
		w.at(start.AddDate(0, 3, 0))
		w.settle(id)
		w.must(w.o.Family.Leave(w.ctx, child, true))
		w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE child SET left_on = '2027-02-16' WHERE id = $1`, child)
			return err
		}))
		var valid string // the first document that lapses
		w.must(w.db.Read(w.ctx, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT MIN(valid_to) FROM document WHERE purged_on = ''`).Scan(&valid)
		}))
		lapsed := calendar.MustISO(valid).AddMonths(12)
		day := func(text string) { w.at(calendar.MustISO(text).At(9, 0)) }
		for _, c := range []struct{ rule, last, due string }{
			{"health", "2028-02-16", "2028-02-17"},
			{"documents", lapsed.String(), lapsed.Add(1).String()},
			{"messages", "2027-11-16", "2027-11-17"},
			{"sheets", "2029-11-17", "2029-11-18"},
			{"debits", "2028-02-04", "2028-02-05"}, // collected on 4 January 2027
			{"trail", "2031-11-16", "2031-11-17"},
			{"accounts", "2036-11-16", "2036-11-17"},
		} {
			day(c.last)
			if got := ruleOf(w.plan(), c.rule); got.Count+len(got.Kept) != 0 {
				t.Errorf("%s on %s: %s %+v", c.rule, c.last, got.What, got.Kept)
			}
			day(c.due)
			if got := ruleOf(w.plan(), c.rule); got.Count == 0 {
				t.Errorf("%s on %s: nothing; kept %+v", c.rule, c.due, got.Kept)
			}
		}
	})
}

// TestHeldBack: money, a mark and what waits keep a family; the plan says why, and a
// purge leaves it whole.
func TestHeldBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		rich, held, free := w.plain("Favier"), w.plain("Guillot"), w.plain("Perret")
		_, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: rich, Amount: 12_40, Means: "cash"})
		w.must(err)
		w.must(w.o.Retention.SetHold(w.ctx, held, "recours au tribunal"))
		w.at(start.AddDate(3, 0, 0))
		p := w.plan()
		r := ruleOf(p, "families")
		if r.Count != 1 || r.Who[0].FamilyID != free || len(r.Kept) != 2 {
			t.Fatalf("%+v", r)
		}
		for _, k := range r.Kept {
			want := map[int64]string{rich: "12,40", held: "recours au tribunal"}[k.FamilyID]
			if !strings.Contains(k.Why, want) {
				t.Errorf("%s: %s", k.Name, k.Why)
			}
		}
		_, err = w.o.Retention.Purge(w.ctx, p)
		w.must(err)
		for id, gone := range map[int64]bool{rich: false, held: false, free: true} {
			f, err := w.o.Family.Get(w.ctx, id)
			w.must(err)
			if (f.AnonymisedOn != 0) != gone {
				t.Errorf("%d: %+v", id, f)
			}
		}
		for _, id := range []int64{rich, held} {
			a, err := w.o.Retention.PlanAnonymise(w.ctx, id)
			w.must(err)
			if err := w.o.Retention.Anonymise(w.ctx, a); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%d was anonymised: %v", id, err)
			}
		}
		w.must(w.o.Retention.SetHold(w.ctx, held, ""))
		w.anonymise(held)
		done, err := w.o.Retention.History(w.ctx)
		w.must(err)
		if len(done) != 1 || done[0].Counts["families"] != 1 {
			t.Errorf("%+v", done)
		}
		w.sound("after")
	})
}

// TestStale: what changed since it was shown is not purged, nor anonymised.
func TestStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		id, other := w.plain("Favier"), w.plain("Guillot")
		w.at(start.AddDate(3, 0, 0))
		p := w.plan()
		a, err := w.o.Retention.PlanAnonymise(w.ctx, id)
		w.must(err)
		w.must(w.o.Retention.SetHold(w.ctx, id, "litige"))
		w.must(w.o.Retention.SetHold(w.ctx, id, ""))
		if err := w.o.Retention.Anonymise(w.ctx, a); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale plan of a family: %v", err)
		}
		w.must(w.o.Retention.SetHold(w.ctx, other, "litige"))
		if _, err := w.o.Retention.Purge(w.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale plan: %v", err)
		}
		if n := w.number(`SELECT COUNT(*) FROM family WHERE anonymised_on <> ''`); n != 0 {
			t.Errorf("%d families gone", n)
		}
		w.anonymise(id)
		for what, try := range map[string]func() error{
			"updated":  func() error { f, err := w.o.Family.Get(w.ctx, id); w.must(err); return w.o.Family.Update(w.ctx, f) },
			"restored": func() error { return w.o.Family.Restore(w.ctx, id) },
			"merged":   func() error { _, err := w.o.Family.MergePlan(w.ctx, other, id); return err },
			"given a child": func() error {
				_, err := w.o.Family.AddChild(w.ctx, id, family.Child{Last: "Favier", First: "Tom", Birth: calendar.MustISO("2018-05-01")})
				return err
			},
			"given money": func() error {
				_, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: id, Amount: 5_00, Means: "cash"})
				return err
			},
			"anonymised again": func() error { _, err := w.o.Retention.PlanAnonymise(w.ctx, id); return err },
		} {
			if err := try(); fault.KindOf(err) != fault.Conflict {
				t.Errorf("a nameless family was %s: %v", what, err)
			}
		}
	})
}

// TestSeparated: a child another family still has goes to it, whole; one of another
// family is no longer seen, and untouched.
func TestSeparated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		mother, father := w.plain("Favier"), w.plain("Guillot")
		f, err := w.o.Family.Get(w.ctx, mother)
		w.must(err)
		g, err := w.o.Family.Get(w.ctx, father)
		w.must(err)
		hers, his := f.Children[0].ID, g.Children[0].ID
		w.must(w.o.Family.SetHealth(w.ctx, family.Health{ChildID: hers, Allergies: "arachides"}))
		w.must(w.o.Family.Share(w.ctx, hers, father, 1))
		w.must(w.o.Family.Share(w.ctx, his, mother, 2))
		p, err := w.o.Retention.PlanAnonymise(w.ctx, mother)
		w.must(err)
		if len(p.Children) != 0 || len(p.Moved) != 1 || len(p.Guests) != 1 {
			t.Fatalf("%+v", p)
		}
		w.must(w.o.Retention.Anonymise(w.ctx, p))
		for _, id := range []int64{hers, his} {
			c, err := w.o.Family.Child(w.ctx, id)
			w.must(err)
			if c.Anonymous || c.FamilyID != father || len(c.Families) != 0 || c.First != "Léa" {
				t.Errorf("%+v", c)
			}
		}
		if h, err := w.o.Family.Health(w.ctx, hers); err != nil || h.Allergies != "arachides" {
			t.Errorf("%+v, %v", h, err)
		}
		w.sound("after")
	})
}

// TestMerged: the files merged into a family go with it; on its own none can.
func TestMerged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		a, b := w.plain("Favier"), w.plain("zqxnom")
		p, err := w.o.Family.MergePlan(w.ctx, a, b)
		w.must(err)
		w.must(w.o.Family.Merge(w.ctx, p))
		if _, err := w.o.Retention.PlanAnonymise(w.ctx, b); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a merged file on its own: %v", err)
		}
		w.anonymise(a)
		if got := w.leftIn([]string{"zqxnom", "favier"}); len(got) > 0 {
			t.Errorf("left in %v", got)
		}
		w.sound("after")
	})
}

// TestSettings: what is typed out of its ends is refused with the reason, and nothing
// is kept; the trail says what changed.
func TestSettings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		s, err := w.o.Retention.Settings(w.ctx)
		w.must(err)
		if s != retention.Default() {
			t.Errorf("%+v", s)
		}
		bad := s
		bad.Mandates, bad.Health = 12, 6
		if err := w.o.Retention.SetSettings(w.ctx, bad); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "contester") {
			t.Errorf("twelve months for a mandate: %v", err)
		}
		s.Health = 6
		w.must(w.o.Retention.SetSettings(w.ctx, s))
		got, err := w.o.Retention.Settings(w.ctx)
		w.must(err)
		if got != s {
			t.Errorf("%+v", got)
		}
		for _, f := range s.Fields() {
			if f.Check(f.Low) != nil || f.Check(f.High) != nil || f.Check(f.Low-1) == nil || f.Check(f.High+1) == nil || f.Check(f.Default) != nil || f.Source == "" {
				t.Errorf("%+v", f)
			}
		}
	})
}

package schoolyear_test

import (
	"fmt"
	"testing"
	"time"

	"ardoise/data/ledger"
	"ardoise/data/schoolyear"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// crowd adds families with two children each, their accesses of the year that
// ends, a document in four, a wallet each; one in eight is in CM2.
func (w *world) crowd(families int) {
	w.t.Helper()
	levels := []struct{ class, level, birth string }{
		{"PS/MS Mme Brun", "PS", "2023-03-01"},
		{"GS M. Roux", "GS", "2021-03-01"},
		{"CP Mme Petit", "CP", "2020-03-01"},
		{"CE1 Mme Rey", "CE1", "2019-03-01"},
		{"CE2 M. Blanc", "CE2", "2018-03-01"},
		{"CM1 Mme Noir", "CM1", "2017-03-01"},
		{"CM2 M. Gris", "CM2", "2016-03-01"},
		{"CE2-CM2", "CM1", "2017-04-01"},
	}
	w.write(func(tx *store.Tx) error {
		for i := range families {
			name := fmt.Sprintf("Foule%04d", i)
			for k := range 2 {
				l := levels[(i+k)%len(levels)]
				w.child(tx, 1000+2*i+k, name, fmt.Sprintf("%s-%d", name, k), l.class, l.level, l.birth)
			}
			op, _, err := ledger.Operation(tx, ledger.Op{Key: "fund-" + name, Digest: "x", Kind: "topup", FamilyID: w.families[name]})
			if err != nil {
				return err
			}
			if _, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: w.families[name], Amount: 20_00, Means: "cheque", Reference: "1"}); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO document (family_id, child_id, kind, name, media, size, digest, sealed, received_on, valid_to, created_at)
			SELECT family_id, id, 'health_form', 'fiche.pdf', 'application/pdf', 1, $1, $1, '2026-09-01', '2027-12-31', '2026-09-01T00:00:00Z' FROM child WHERE id % 4 = 0`, []byte{1})
		return err
	})
	w.sql(`ANALYZE`)
}

// TestAThousandFamilies goes through every step with 1,000 families and prints
// what each took. The bounds are wide: what they catch is a question asked a
// family, which on PostgreSQL takes seconds.
func TestAThousandFamilies(t *testing.T) {
	if testing.Short() {
		t.Skip("the figures of a town are not wanted")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.crowd(1000)
		took := func(what string, most time.Duration, do func()) {
			t.Helper()
			start := time.Now()
			do()
			d := time.Since(start)
			t.Logf("%-24s %v", what, d.Round(time.Millisecond))
			if d > most {
				t.Errorf("%s took %v, more than %v", what, d, most)
			}
		}
		var classes schoolyear.ClassPlan
		var requests schoolyear.RequestPlan
		took("open", time.Second, w.open)
		took("plan classes", time.Second, func() { classes = w.planned(schoolyear.ClassAsk{}) })
		took("commit classes", 4*time.Second, func() { must[schoolyear.ClassPlan](t)(w.s.CommitClasses(w.ctx, classes)) })
		took("plan requests", 2*time.Second, func() {
			requests = must[schoolyear.RequestPlan](t)(w.s.PlanRequests(w.ctx, schoolyear.RequestAsk{Year: next}))
		})
		if requests.ToWrite < 850 || requests.New < 1600 {
			t.Errorf("%d letters, %d requests", requests.ToWrite, requests.New)
		}
		took("commit requests", 6*time.Second, func() { must[schoolyear.RequestPlan](t)(w.s.CommitRequests(w.ctx, requests)) })
		took("overview", time.Second, func() { must[schoolyear.Overview](t)(w.s.Overview(w.ctx, next)) })
		w.clock.Set(at("2027-08-01T07:00:00+02:00"))
		took("turn", 6*time.Second, func() {
			if _, _, err := w.s.Turn(w.ctx, next); err != nil {
				t.Fatal(err)
			}
		})
		took("leavers", time.Second, func() {
			if n := len(w.leavers()); n < 200 {
				t.Errorf("%d families with a leaver", n)
			}
		})
		w.sound()
	})
}

package mailbox

import (
	"testing"

	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestMergedMeanwhile: two entries of one family, with one child entered twice,
// become one. What was done for a message before is taken back whole after it, never
// said to be taken back without being so; a message still open is decided for the
// family that lives on.
func TestMergedMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-30")
		done := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		open := w.arrives("2026-11-23 06:30:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-30"))
		w.apply(w.decision(done))
		stale := w.plan(w.decision(open))

		var other, twin int64
		w.write(func(tx *store.Tx) error {
			other = w.id(tx, `INSERT INTO family (name, fold, sort_key, created_at) VALUES ('LEGRAND', 'legrand', $1, $2) RETURNING id`, []byte("legrand"), tx.Now())
			w.exec(tx, `INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'MME', 'LEGRAND', 'Delphine', 'd2@example.org', 'legrand')`, other)
			twin = w.id(tx, `INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at, class_id)
				SELECT $1, last, first, birth, age_group, fold || ' ', sort_key, created_at, class_id FROM child WHERE id = $2 RETURNING id`, other, w.hugo)
			return nil
		})
		ctx := stafftest.Session(t, db, staff.Roles...)
		families := family.New(db)
		families.MoveMoneyBy(ledger.MoveMoney)
		families.OnMerge(MergeLines, Merge)
		p, err := families.MergePlan(ctx, other, w.family) // the entry that messages and meals hang on goes away
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Same) != 1 || len(p.Refusals) > 0 {
			t.Fatalf("%+v, %v", p.Same, p.Refusals)
		}
		if err := families.Merge(ctx, p); err != nil {
			t.Fatal(err)
		}
		w.clean()
		if _, err := w.s.Apply(w.ctx, stale); err == nil {
			t.Error("a plan shown before the merge went through after it")
		}
		w.clean()
		if m := w.get(open); m.FamilyID != other {
			t.Errorf("the open message is of family %d", m.FamilyID)
		}
		if _, err := w.s.Undo(w.ctx, done, w.key()); err != nil {
			t.Errorf("not taken back: %v", err)
		} else if !w.live(twin, "2026-11-26") {
			t.Error("said to be taken back, and the meal is not there")
		}
		w.clean()
	})
}

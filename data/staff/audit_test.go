package staff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func note(db *store.DB, ctx context.Context, object, detail string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return staff.Audit(tx, "test.note", object, detail) })
}

// withoutGuard takes the append-only triggers of the trail away.
func withoutGuard(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(bg, func(tx *store.Tx) error {
		if tx.Engine() == store.Postgres {
			_, err := tx.Exec(`ALTER TABLE audit DISABLE TRIGGER USER`)
			return err
		}
		names, err := store.Collect(tx, func(r rows) (n string, err error) { return n, r.Scan(&n) }, `SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'`)
		if err == nil && len(names) == 0 {
			err = errors.New("the trail has no trigger")
		}
		for _, n := range names {
			if err == nil {
				_, err = tx.Exec(`DROP TRIGGER "` + n + `"`)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTrailOnlyGrows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		for _, q := range []string{`UPDATE audit SET detail = 'x'`, `DELETE FROM audit`} {
			err := db.Write(bg, func(tx *store.Tx) error { _, err := tx.Exec(q); return err })
			if err == nil {
				t.Errorf("%s went through", q)
			}
		}
		if err := note(db, bg, "x:1", "x"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("an entry without a session: %v", err)
		}
		r.must(db.Read(bg, staff.VerifyChain))
	})
}

// Each planted fault is done to a fresh trail; the clean trail verifies first.
func TestVerifyNotices(t *testing.T) {
	for _, fault := range []struct {
		name, sql string
		headOnly  bool // the chain alone cannot see it
	}{
		{"a detail changed", `UPDATE audit SET detail = 'rien' WHERE object = 'x:3'`, false},
		{"another agent named", `UPDATE audit SET agent_id = 99 WHERE object = 'x:3'`, false},
		{"an instant changed", `UPDATE audit SET at = '2026-01-01T00:00:00Z' WHERE object = 'x:3'`, false},
		{"a hash changed", `UPDATE audit SET hash = (SELECT hash FROM audit WHERE object = 'x:1') WHERE object = 'x:3'`, false},
		{"one taken out of the middle", `DELETE FROM audit WHERE object = 'x:3'`, false},
		{"the first taken out", `DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)`, false},
		{"one put in", `INSERT INTO audit (at, agent_id, agent, action, object, detail, hash) SELECT at, agent_id, agent, action, object, detail, hash FROM audit WHERE object = 'x:3'`, false},
		{"two exchanged", `UPDATE audit SET id = CASE object WHEN 'x:3' THEN 1000 ELSE 1001 END WHERE object IN ('x:3', 'x:4')`, false},
		{"the last taken out", `DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)`, true},
		{"everything taken out", `DELETE FROM audit`, true},
	} {
		t.Run(fault.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				heads := staff.HeadFile{Path: filepath.Join(t.TempDir(), "h.audit")}
				s := staff.New(db, heads, staff.WithCost(stafftest.Fast), staff.WithLog(storetest.Quiet))
				ctx := stafftest.Session(t, db, staff.Admin)
				for i := range 6 {
					if err := note(db, ctx, fmt.Sprintf("x:%d", i), "ligne"); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.Close(); err != nil { // the head is kept
					t.Fatal(err)
				}
				if err := s.Verify(ctx); err != nil {
					t.Fatal("clean trail: ", err)
				}
				withoutGuard(t, db)
				if err := db.Write(bg, func(tx *store.Tx) error {
					n, err := tx.Exec(fault.sql)
					if err == nil && n == 0 {
						err = errors.New("nothing was planted")
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if err := s.Verify(ctx); err == nil || !strings.Contains(err.Error(), "en dehors du programme") {
					t.Errorf("not noticed: %v", err)
				}
				if err := db.Read(bg, staff.VerifyChain); (err == nil) != fault.headOnly {
					t.Errorf("the chain alone: %v", err)
				}
			})
		})
	}
}

// After the end was cut off and the trail went on, the witness stays as it was.
func TestHeadIsNotLaundered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		heads := staff.HeadFile{Path: filepath.Join(t.TempDir(), "h.audit")}
		ctx := stafftest.Session(t, db, staff.Admin)
		for i := range 3 {
			if err := note(db, ctx, fmt.Sprintf("x:%d", i), ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := staff.New(db, heads).Close(); err != nil {
			t.Fatal(err)
		}
		withoutGuard(t, db)
		if err := db.Write(bg, func(tx *store.Tx) error { _, err := tx.Exec(`DELETE FROM audit WHERE object = 'x:2'`); return err }); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := note(db, ctx, "x:9", ""); err != nil {
				t.Fatal(err)
			}
		}
		s := staff.New(db, heads, staff.WithLog(storetest.Quiet))
		if err := s.Close(); err == nil {
			t.Error("the witness was replaced")
		}
		if err := s.Verify(ctx); err == nil {
			t.Error("not noticed")
		}
		if err := s.AcceptHead(ctx, ""); err == nil {
			t.Error("accepted without a reason")
		}
		if err := s.AcceptHead(ctx, "sauvegarde du 23 novembre restaurée"); err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(ctx); err != nil {
			t.Error(err)
		}
	})
}

// A workstation whose witness does not know of a restore made on another one reads
// what is written of it and what to do; a restore of long ago explains nothing.
func TestAnotherWorkstationRestored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		here := staff.HeadFile{Path: filepath.Join(t.TempDir(), "here.audit")}
		there := staff.HeadFile{Path: filepath.Join(t.TempDir(), "there.audit")}
		ctx := stafftest.Session(t, db, staff.Admin)
		if err := note(db, ctx, "x:1", ""); err != nil {
			t.Fatal(err)
		}
		if err := here.Save(staff.Head{ID: 4000, Hash: bytes.Repeat([]byte{7}, 32)}); err != nil {
			t.Fatal(err)
		}
		verify := func() string {
			t.Helper()
			s := staff.New(db, here, staff.WithLog(storetest.Quiet))
			err := s.Verify(ctx)
			if fault.KindOf(err) != fault.Conflict || s.Close() == nil {
				t.Fatalf("not noticed: %v", err)
			}
			return strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
		}
		if said := verify(); strings.Contains(said, "admin accept") {
			t.Error("nothing explains it, and it says:", said)
		}
		other := staff.New(db, there)
		if err := other.AcceptHead(ctx, "sauvegarde « mairie » restaurée"); err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if said := verify(); !strings.Contains(said, "admin accept") || !strings.Contains(said, "sauvegarde « mairie » restaurée") {
			t.Error(said)
		}
		storetest.ClockOf(db).Add(32 * 24 * time.Hour)
		if err := note(db, ctx, "x:2", ""); err != nil {
			t.Fatal(err)
		}
		if said := verify(); strings.Contains(said, "admin accept") {
			t.Error("a restore of long ago excuses it:", said)
		}
	})
}

// The file may be behind the trail; it follows by itself after commits.
func TestHeadFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		heads := staff.HeadStoreFor(db, t.TempDir())
		if p := db.Path(); p != "" && heads != (staff.HeadFile{Path: p + ".audit"}) {
			t.Fatalf("head kept at %v", heads)
		}
		s := staff.New(db, heads, staff.WithLog(storetest.Quiet))
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		ctx := stafftest.Session(t, db, staff.Admin)
		if err := note(db, ctx, "x:1", ""); err != nil {
			t.Fatal(err)
		}
		var h staff.Head
		for range 300 {
			var err error
			if h, err = heads.Load(); err != nil {
				t.Fatal(err)
			}
			if !h.IsZero() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if h.IsZero() {
			t.Fatal("no head was written")
		}
		if err := s.Verify(ctx); err != nil {
			t.Error(err)
		}
	})
}

// Many at once: every entry is there and the chain holds.
func TestChainUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := stafftest.Session(t, db, staff.Accueil)
		const clients, each = 8, 10
		var wg sync.WaitGroup
		errs := make(chan error, clients*each)
		for c := range clients {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range each {
					errs <- note(db, ctx, fmt.Sprintf("x:%d", c*each+i), "")
				}
			}()
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		var n int
		err := db.Read(bg, func(tx *store.Tx) error {
			if err := tx.QueryRow(`SELECT count(DISTINCT object) FROM audit WHERE action = 'test.note'`).Scan(&n); err != nil {
				return err
			}
			return staff.VerifyChain(tx)
		})
		if err != nil || n != clients*each {
			t.Errorf("%d entries, %v", n, err)
		}
	})
}

func TestTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		_, ctx := r.signIn(marie, pass)
		start := db.Now()
		for i := range 5 {
			r.clock.Add(time.Minute)
			r.must(note(db, ctx, fmt.Sprintf("family:%d", i), fmt.Sprintf("Dossier 100%% n° %d FR7630006000011234567890189", i)))
		}
		for name, c := range map[string]struct {
			f staff.TrailFilter
			n int
		}{
			"everything":      {staff.TrailFilter{}, 7}, // with the first agent and the sign-in
			"action begin":    {staff.TrailFilter{Action: "test."}, 5},
			"like is literal": {staff.TrailFilter{Action: "test%"}, 0},
			"object":          {staff.TrailFilter{Object: "family:3"}, 1},
			"text":            {staff.TrailFilter{Text: "dossier 100% N"}, 5},
			"text absent":     {staff.TrailFilter{Text: "100_"}, 0},
			"agent":           {staff.TrailFilter{Text: "marie"}, 7},
			"from":            {staff.TrailFilter{From: start.Add(3 * time.Minute)}, 3},
			"to":              {staff.TrailFilter{From: start.Add(time.Minute), To: start.Add(3 * time.Minute)}, 2},
			"nobody":          {staff.TrailFilter{AgentID: 4711}, 0},
			"limit":           {staff.TrailFilter{Limit: 2}, 2},
		} {
			got, err := r.s.Trail(ctx, c.f)
			if err != nil || len(got) != c.n {
				t.Errorf("%s: %d, %v", name, len(got), err)
			}
		}
		var all []staff.Entry
		for before := int64(0); ; before = all[len(all)-1].ID {
			page, err := r.s.Trail(ctx, staff.TrailFilter{Before: before, Limit: 3})
			r.must(err)
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
		}
		if len(all) != 7 || all[0].Object != "family:4" || all[0].Agent != "Marie Roux" || !all[0].At.Equal(db.Now()) || strings.Contains(all[0].Detail, "30006") {
			t.Errorf("pages: %d, %+v", len(all), all[0])
		}
	})
}

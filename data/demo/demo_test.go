package demo_test

import (
	"context"
	"os"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/access"
	"ardoise/data/demo"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func office(t testing.TB, db *store.DB) *data.Office {
	t.Helper()
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func verify(t *testing.T, o *data.Office) {
	t.Helper()
	checks, err := o.Verify(staff.System(context.Background()))
	if err != nil {
		t.Fatal(err)
	}
	if len(checks) < 10 {
		t.Errorf("only %d checks", len(checks))
	}
	for _, c := range checks {
		if !c.OK {
			t.Errorf("%s: %s", c.ID, c.Detail)
		}
	}
}

func TestDemonstrationIsSound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := office(t, db)
		ctx := context.Background()
		start := db.Now()
		res, err := demo.Create(ctx, o, demo.Size{Families: 60, Seed: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.Families != 60 || res.Children < 60 || res.Bookings < 1000 {
			t.Errorf("made %+v", res)
		}
		if !db.Now().Equal(start) {
			t.Errorf("the clock was not put back: %v", db.Now())
		}
		verify(t, o)
		s, err := o.Staff.SignInDemo(ctx, staff.Roles...)
		if err != nil {
			t.Fatal(err)
		}
		_, counts, err := o.Access.Queue(staff.With(ctx, s), access.Filter{}, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range []access.State{access.Draft, access.Submitted, access.Incomplete, access.Accepted, access.Refused, access.Suspended} {
			if counts[st] == 0 {
				t.Errorf("no request is %s: %v", st, counts)
			}
		}
		if _, err := demo.Create(ctx, o, demo.Default, nil); fault.KindOf(err) != fault.Conflict {
			t.Errorf("made twice: %v", err)
		}
	})
}

func TestSetUpOnly(t *testing.T) {
	o := office(t, storetest.OpenSQLite(t))
	res, err := demo.Create(context.Background(), o, demo.Size{}, nil)
	if err != nil || res != (demo.Result{}) {
		t.Fatal(res, err)
	}
	communes, err := o.Catalog.Communes(staff.System(context.Background()))
	if err != nil || len(communes) != 36 {
		t.Errorf("%d communes, %v", len(communes), err)
	}
}

// TestEveryDayOfTheYear makes a small demonstration on awkward days.
func TestEveryDayOfTheYear(t *testing.T) {
	for _, day := range []string{"2026-08-01T09:00:00+02:00", "2026-09-01T00:00:01+02:00", "2026-10-25T02:30:00+01:00", "2026-12-25T12:00:00+01:00", "2027-07-31T23:59:59+02:00"} {
		now, err := time.Parse(time.RFC3339, day)
		if err != nil {
			t.Fatal(err)
		}
		db := storetest.OpenSQLite(t)
		storetest.ClockOf(db).Set(now)
		o := office(t, db)
		if _, err := demo.Create(context.Background(), o, demo.Size{Families: 40, Seed: 3}, nil); err != nil {
			t.Errorf("%s: %v", day, err)
		}
		verify(t, o)
	}
}

// BenchmarkPeersSize makes the database of the peers' table; ARDOISE_KEEP names
// a file to keep it in.
func BenchmarkPeersSize(b *testing.B) {
	for b.Loop() {
		path := os.Getenv("ARDOISE_KEEP")
		if path == "" {
			path = b.TempDir() + "/bench.db"
		}
		o, err := data.Open(context.Background(), path, data.Options{Clock: func() time.Time { return storetest.Start }, Log: storetest.Quiet})
		if err != nil {
			b.Fatal(err)
		}
		res, err := demo.Create(context.Background(), o, demo.Size{Families: 1000, Days: 144, Seed: 1}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(res.Bookings), "bookings")
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

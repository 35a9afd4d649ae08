package staff_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// atHour opens a file with the machine's own clock, as the program does, at a
// chosen hour.
func atHour(t *testing.T, path string, hour time.Time) (*store.DB, *staff.Service) {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{Clock: func() time.Time { return hour }, Log: storetest.Quiet, RealClock: true})
	if err != nil {
		t.Fatal(err)
	}
	s := staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, s
}

// TestAClockThatIsBehind: one may come in and look; nothing is written, and
// nothing of the change that was under way, until the clock is right or an
// administrator says that it is.
func TestAClockThatIsBehind(t *testing.T) {
	path := t.TempDir() + "/x.db"
	noon := storetest.Start
	_, s := atHour(t, path, noon)
	if _, err := s.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin); err != nil {
		t.Fatal(err)
	}
	change := func(s *staff.Service) error {
		se, err := s.SignIn(t.Context(), "nperret", stafftest.Password)
		if err != nil {
			t.Fatal("one may come in:", err)
		}
		return s.Rename(staff.With(t.Context(), se), se.AgentID, "nperret", "Nadia P. "+rand.Text()[:6])
	}
	name := func(s *staff.Service) string {
		list, err := s.Agents(stafftest.Session(t, nil, staff.Admin))
		if err != nil {
			t.Fatal("one may look:", err)
		}
		return list[0].Name
	}
	for _, c := range []struct {
		off time.Duration
		ok  bool
	}{{-time.Minute, true}, {-3 * time.Hour, false}, {-24 * 365 * time.Hour, false}, {time.Minute, true}, {-time.Minute, true}, {-3*time.Minute - time.Second, false}} {
		_, late := atHour(t, path, noon.Add(c.off))
		before := name(late)
		err := change(late)
		if (err == nil) != c.ok {
			t.Errorf("%s off: %v", c.off, err)
		}
		if err == nil {
			continue
		}
		said := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(said, "L’horloge de ce poste retarde") || !strings.Contains(said, "rien n’est perdu") {
			t.Error(said)
		}
		if name(late) != before {
			t.Errorf("%s off: the change was kept", c.off)
		}
	}
	_, late := atHour(t, path, noon.Add(-3*time.Hour))
	se, err := late.SignIn(t.Context(), "nperret", stafftest.Password)
	if err != nil {
		t.Fatal(err)
	}
	ctx := staff.With(t.Context(), se)
	if err := late.AcceptClock(ctx, ""); fault.KindOf(err) != fault.Invalid {
		t.Error("without a reason:", err)
	}
	if err := late.AcceptClock(ctx, "l’horloge avançait ce matin"); err != nil {
		t.Fatal(err)
	}
	if err := change(late); err != nil {
		t.Error("accepted, and refused:", err)
	}
	if err := late.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// TestADemonstrationChoosesItsHour: its clock is not judged.
func TestADemonstrationChoosesItsHour(t *testing.T) {
	path := t.TempDir() + "/demo.db"
	_, s := atHour(t, path, storetest.Start)
	if _, err := s.SetUpDemo(staff.System(t.Context())); err != nil {
		t.Fatal(err)
	}
	db, late := atHour(t, path, storetest.Start.Add(-1000*time.Hour))
	se, err := late.SignInDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(staff.With(t.Context(), se), func(tx *store.Tx) error { return staff.Audit(tx, "booking.commit", "x:1", "") }); err != nil {
		t.Error(err)
	}
	if at, err := late.LastInstant(t.Context()); err != nil || !at.IsZero() {
		t.Error(at, err)
	}
}

package staff_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// two programs on one base: the first agent at one desk, a colleague at another.
type twoDesks struct {
	t           *testing.T
	clock       *storetest.Clock
	one, two    *staff.Service
	boss, guest *staff.Session
}

func sitDown(t *testing.T, db *store.DB) *twoDesks {
	t.Helper()
	address := db.Path()
	if address == "" {
		address = db.URL()
	}
	other := storetest.Open(t, address)
	d := &twoDesks{t: t, clock: storetest.ClockOf(db)}
	other.SetClock(d.clock.Now)
	d.one = staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast), staff.At("MAIRIE-1", "Ardoise 9"))
	d.two = staff.New(other, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast), staff.At("ACCUEIL-2", "Ardoise 9"))
	t.Cleanup(func() {
		if err := d.two.Close(); err != nil {
			t.Error(err)
		}
		if err := d.one.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := d.one.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.boss, err = d.one.SignIn(t.Context(), "nperret", stafftest.Password); err != nil {
		t.Fatal(err)
	}
	if _, err := d.one.CreateAgent(staff.With(t.Context(), d.boss), staff.NewAgent{Login: "lgros", Name: "Léa Gros", Password: "Etang.calme.2026", Roles: []staff.Role{staff.Accueil}}); err != nil {
		t.Fatal(err)
	}
	if d.guest, err = d.two.SignIn(t.Context(), "lgros", "Etang.calme.2026"); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *twoDesks) here(s *staff.Service, se *staff.Session) error {
	return s.Here(staff.With(d.t.Context(), se))
}

func (d *twoDesks) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *twoDesks) list() string {
	d.t.Helper()
	list, err := d.one.Present(staff.With(d.t.Context(), d.boss))
	d.must(err)
	var out []string
	for _, p := range list {
		text := p.Name + " " + p.Machine + " " + p.Since.Format("15:04")
		if p.Locked {
			text += " locked"
		}
		if p.Here {
			text += " here"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (d *twoDesks) want(text string) {
	d.t.Helper()
	if got := d.list(); got != text {
		d.t.Errorf("%q, want %q", got, text)
	}
}

func TestWhoIsWhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := sitDown(t, db)
		d.want("")
		d.must(d.here(d.one, d.boss))
		d.clock.Add(time.Minute)
		d.must(d.here(d.two, d.guest))
		d.must(d.here(d.one, d.boss))
		d.want("Nadia Perret MAIRIE-1 12:46 here, Léa Gros ACCUEIL-2 12:47")
		d.two.Lock(d.guest)
		d.must(d.here(d.two, d.guest)) // a locked session is there too
		d.want("Nadia Perret MAIRIE-1 12:46 here, Léa Gros ACCUEIL-2 12:47 locked")
		d.clock.Add(3*time.Minute + time.Second)
		d.must(d.here(d.one, d.boss))
		d.want("Nadia Perret MAIRIE-1 12:46 here") // the other said nothing for three minutes
		d.must(d.here(d.two, d.guest))             // and is back as she was
		d.want("Nadia Perret MAIRIE-1 12:46 here, Léa Gros ACCUEIL-2 12:47 locked")
		d.must(d.two.SignOut(staff.With(t.Context(), d.guest)))
		d.want("Nadia Perret MAIRIE-1 12:46 here")
		if err := d.here(d.two, d.guest); fault.KindOf(err) != fault.Forbidden {
			t.Error("who signed out is still there:", err)
		}
	})
}

// TestEndedElsewhere: an administrator ends a session at another desk; that desk
// is told why, may do nothing more, and it stays in the trail.
func TestEndedElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := sitDown(t, db)
		d.must(d.here(d.one, d.boss))
		d.must(d.here(d.two, d.guest))
		boss := staff.With(t.Context(), d.boss)
		list, err := d.one.Present(boss)
		d.must(err)
		for _, p := range list {
			if err := d.one.EndSession(boss, p.ID); (err == nil) == p.Here {
				t.Errorf("%+v: %v", p, err)
			}
		}
		d.want("Nadia Perret MAIRIE-1 12:46 here")
		err = d.two.StillHere(staff.With(t.Context(), d.guest))
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Sentence(err), "Un administrateur a fermé votre session") {
			t.Error(err)
		}
		if !d.guest.Ended() || staff.Require(staff.With(t.Context(), d.guest), staff.Accueil) == nil {
			t.Error("the session goes on")
		}
		if err := d.one.EndSession(boss, list[1].ID); fault.KindOf(err) != fault.Conflict {
			t.Error("twice:", err)
		}
		trail, err := d.one.Trail(boss, staff.TrailFilter{Action: "session.end"})
		if err != nil || len(trail) != 1 || !strings.Contains(trail[0].Detail, "Léa Gros sur ACCUEIL-2") {
			t.Errorf("%+v %v", trail, err)
		}
		again, err := d.two.SignIn(t.Context(), "lgros", "Etang.calme.2026")
		d.must(err)
		d.must(d.here(d.two, again))
		d.want("Nadia Perret MAIRIE-1 12:46 here, Léa Gros ACCUEIL-2 12:46")
	})
}

// TestEndedIsHeard: on a server the other program hears of it by itself.
func TestEndedIsHeard(t *testing.T) {
	db := storetest.OpenPostgres(t)
	d := sitDown(t, db)
	d.must(d.here(d.one, d.boss))
	d.must(d.here(d.two, d.guest))
	boss := staff.With(t.Context(), d.boss)
	list, err := d.one.Present(boss)
	d.must(err)
	d.must(d.one.EndSession(boss, list[1].ID))
	for end := time.Now().Add(10 * time.Second); !d.guest.Ended(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not heard")
		}
	}
}

// TestAPlaceUnknownIsTakenAgain: after a restored backup the row is not there.
func TestAPlaceUnknownIsTakenAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := sitDown(t, db)
		d.must(d.here(d.one, d.boss))
		d.must(db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`DELETE FROM workstation`)
			return err
		}))
		d.want("")
		d.must(d.here(d.one, d.boss))
		d.want("Nadia Perret MAIRIE-1 12:46 here")
		d.must(d.one.Close()) // its sessions are gone with it
		d.one = staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
		d.want("")
	})
}

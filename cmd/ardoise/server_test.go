package main

import (
	"context"
	"crypto/sha256"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/staff"
	"ardoise/data/store/storetest"
)

// onServer opens the demonstration of one PostgreSQL base in a window on a
// display of its own.
func onServer(t *testing.T, first *desktop, url string) *desktop {
	t.Helper()
	home := t.TempDir()
	d := &desktop{t: t, dir: filepath.Join(home, "out"), db: url}
	program := ""
	if first == nil {
		t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // the witness of the trail
		program = buildProgram(t, home)
		d.openOffice()
		if _, err := demo.Create(context.Background(), d.office, demo.Size{Families: 40, Seed: 5}, nil); err != nil {
			t.Fatal(err)
		}
	} else {
		program, d.office, d.ctx = first.program, first.office, first.ctx
	}
	d.program = program
	d.display(home)
	d.run(home, program, "--db", d.db)
	d.window("^Ardoise.*monstration")
	d.keys("Return") // the demonstration's door: role accueil
	time.Sleep(2 * time.Second)
	return d
}

// month goes to a family's month of bookings, three months ahead.
func (d *desktop) month(name string) {
	d.keys("alt+r")
	time.Sleep(time.Second)
	d.typeText(name)
	d.keys("Return")
	time.Sleep(time.Second)
	d.keys("Next", "Next", "Next")
	time.Sleep(2 * time.Second)
}

// part gives a print of a part of the screen: geometry as ImageMagick writes it.
func (d *desktop) part(geometry string) [32]byte {
	d.t.Helper()
	cmd := exec.Command("import", "-window", "root", "-crop", geometry, "rgb:-")
	cmd.Env = d.env
	out, err := cmd.Output()
	if err != nil || len(out) < 1000 {
		d.t.Fatalf("picture: %v (%d bytes)", err, len(out))
	}
	return sha256.Sum256(out)
}

const (
	gridPart = "880x560+236+200" // the month's days: nothing there moves by itself
	footPart = "600x26+220+873"  // what the base is, at the foot
)

// still waits until a part of the screen has stopped changing.
func (d *desktop) still(geometry string) [32]byte {
	d.t.Helper()
	last, same := d.part(geometry), 0
	d.until("the picture to rest", func() bool {
		now := d.part(geometry)
		if now == last {
			same++
		} else {
			last, same = now, 0
		}
		return same >= 3
	})
	return last
}

// seen waits for a part of the screen to change and says how long after an instant
// the picture that shows it was begun, and how long it took to be taken.
func (d *desktop) seen(geometry string, before [32]byte, since time.Time) (took, looked time.Duration) {
	d.t.Helper()
	for range 300 {
		begun := time.Now()
		if d.part(geometry) != before {
			return begun.Sub(since).Round(time.Millisecond), time.Since(begun).Round(time.Millisecond)
		}
	}
	d.shot("failed")
	d.t.Fatal("the other window does not show it")
	return 0, 0
}

// peers of every test with windows on a server.
func peers(t *testing.T) {
	if testing.Short() {
		t.Skip("real windows take a minute")
	}
	peer(t, "Xvfb", "openbox", "xdotool", "import")
}

// TestTwoWindowsOnOneServer: what is booked in one window is seen in the other.
// The delay is told, not judged.
func TestTwoWindowsOnOneServer(t *testing.T) {
	peers(t)
	url := storetest.PostgresURL(t)
	one := onServer(t, nil, url)
	name, id := one.familyWithRoom()
	two := onServer(t, one, url)
	one.month(name)
	two.month(name)
	february := calendar.MustISO("2027-02-01")
	booked := one.bookedIn(id, february)
	two.shot("server-2-before")
	before := two.still(gridPart)
	one.keys("space", "Right", "space", "Right", "space")
	one.keys("F9")
	time.Sleep(time.Second)
	if two.part(gridPart) != before {
		t.Error("the other window changed before anything was recorded")
	}
	if out, err := one.command("xdotool", "key", "Return"); err != nil { // the family's consent
		t.Fatal(out, err)
	}
	for one.bookedIn(id, february) == booked {
		time.Sleep(5 * time.Millisecond)
	}
	recorded := time.Now()
	took, looked := two.seen(gridPart, before, recorded)
	t.Logf("recorded in one window, on the screen of the other after %s at the most (a picture takes %s)", took, looked)
	two.still(gridPart)
	one.shot("server-1-booked")
	two.shot("server-2-after")

	// and the other way round: given back in the second, seen in the first
	before = one.still(gridPart)
	two.keys("space")
	two.keys("F9")
	time.Sleep(time.Second)
	two.keys("Return")
	one.until("the first window to show it", func() bool { return one.part(gridPart) != before })
	one.shot("server-1-after")
	endsElsewhere(t, one, two)
}

// endsElsewhere ends the second window's session as an administrator does from
// the list of agents: it goes back to the door and says why, the first stays.
func endsElsewhere(t *testing.T, one, two *desktop) {
	se, err := one.office.Staff.SignInDemo(t.Context(), staff.Admin)
	if err != nil {
		t.Fatal(err)
	}
	ctx := staff.With(t.Context(), se)
	there, err := one.office.Staff.Present(ctx)
	if err != nil || len(there) != 2 || there[0].Program != "Ardoise "+metadata().Version {
		t.Fatalf("who is there: %+v %v", there, err)
	}
	slices.SortFunc(there, func(a, b staff.Presence) int { return int(a.ID - b.ID) }) // each window's clock began anew
	first, second := one.still(gridPart), two.still(gridPart)
	if err := one.office.Staff.EndSession(ctx, there[1].ID); err != nil {
		t.Fatal(err)
	}
	two.until("the second window to go back to the door", func() bool { return two.part(gridPart) != second })
	two.still(gridPart)
	two.shot("server-2-ended")
	if one.part(gridPart) != first {
		t.Error("the first window moved too")
	}
	if there, err = one.office.Staff.Present(ctx); err != nil || len(there) != 1 {
		t.Errorf("%+v %v", there, err)
	}
}

// TestServerGoesAway: the server stops while a basket is on the screen; the foot
// says so, nothing is recorded, what was chosen is kept; it comes back and the
// basket is recorded, once.
func TestServerGoesAway(t *testing.T) {
	peers(t)
	url := storetest.PostgresURL(t)
	d := onServer(t, nil, url)
	name, id := d.familyWithRoom()
	february := calendar.MustISO("2027-02-01")
	booked := d.bookedIn(id, february)
	d.month(name)
	foot := d.still(footPart)
	d.keys("space", "Right", "space")
	start := storetest.StopServer(t)
	d.until("the foot to say that the server is away", func() bool { return d.part(footPart) != foot })
	d.shot("away-1-stopped")
	d.keys("F9")
	time.Sleep(time.Second)
	d.keys("Return")
	time.Sleep(4 * time.Second)
	d.shot("away-2-refused")
	d.keys("Escape")
	time.Sleep(time.Second)
	d.shot("away-3-kept")
	start()
	d.until("the foot to say that the server is back", func() bool { return d.part(footPart) == foot })
	time.Sleep(2 * time.Second)
	d.shot("away-4-back")
	if n := d.bookedIn(id, february); n != booked {
		t.Fatalf("%d booked while the server was away", n-booked)
	}
	d.keys("F9")
	time.Sleep(time.Second)
	d.shot("away-5-again")
	d.keys("Return")
	d.until("the basket to be recorded", func() bool { return d.bookedIn(id, february) == booked+2 })
	d.shot("away-6-recorded")
	checks, err := d.office.Verify(d.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Errorf("%s: %s", c.ID, c.Detail)
		}
	}
}

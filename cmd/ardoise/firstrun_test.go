package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
)

// firstRun is a new user at a window, with a watch.
type firstRun struct {
	*desktop
	begun time.Time
}

// step says what was reached, and when.
func (r *firstRun) step(what string) {
	r.t.Logf("%3.0f s  %s", time.Since(r.begun).Seconds(), what)
}

// TestFirstRunToTheFirstKitchenSheet goes from an empty home to the first sheet in
// the kitchen's hands as a person does, with keys and a mouse, reading nothing but
// the window; ten minutes are enough.
func TestFirstRunToTheFirstKitchenSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("a real window takes a minute")
	}
	peer(t, "zenity", "pdftotext")
	onde := filepath.Join(sharedFolder(t), "onde", "baneins")
	if _, err := os.Stat(onde); err != nil {
		t.Skipf("skipped: the example lists of ONDE are not here: %v", err)
	}
	d, home, program := newDesktop(t)
	d.db = filepath.Join(home, "data", "ardoise", "ardoise.db")
	d.display(home)
	r := &firstRun{desktop: d, begun: time.Now()}
	d.run(home, program)
	d.window("^Ardoise — Bienvenue")
	r.wizard(home)
	r.importSchool(onde)
	r.acceptOne(home)
	r.bookOne()
	r.sendSheet()
	if took := time.Since(r.begun); took > 10*time.Minute {
		t.Errorf("it took %v", took)
	}
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

// sharedFolder is where the examples lie that are not kept here.
func sharedFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared")
	}
	dir, err := filepath.Abs(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// The agent that the test makes.
const (
	firstLogin    = "nathalie.perret"
	firstPassword = "Marronnier-48-bleu"
)

// reach waits until the window's title says where one is.
func (r *firstRun) reach(page string) {
	r.t.Helper()
	r.until("the page « "+page+" »", func() bool {
		out, err := r.command("xdotool", "search", "--onlyvisible", "--name", "^Ardoise — "+page)
		return err == nil && strings.TrimSpace(out) != ""
	})
	time.Sleep(300 * time.Millisecond)
}

func (r *firstRun) wizard(home string) {
	r.shot("f0-choice")
	r.keys("Return") // a new town
	r.reach("Votre commune")
	r.typeText("bane")
	r.shot("f1-commune")
	r.keys("Return") // Baneins, with its codes and a school
	r.keys("Return", "Return")
	r.reach("Année scolaire")
	r.step("the commune and its school")
	r.shot("f2-year")
	r.keys("ctrl+Return") // the year and zone that are proposed
	r.reach("Votre cantine")
	r.typeText("4,20") // the price of a meal; the rest is the usual canteen
	r.shot("f3-canteen")
	r.keys("ctrl+Return")
	r.reach("Premier administrateur")
	r.step("the canteen")
	r.typeText("Nathalie Perret")
	r.keys("Return", "Return") // the login is proposed
	r.typeText(firstPassword)
	r.keys("Return")
	r.typeText(firstPassword)
	r.shot("f4-agent")
	r.keys("Return")
	r.reach("Votre phrase de secours")
	r.shot("f5-phrase")
	r.keys("Tab", "Return") // the sheet, kept as a file
	sheet := filepath.Join(r.dir, "phrase-de-secours.pdf")
	r.until("the sheet with the phrase", func() bool { _, err := os.Stat(sheet); return err == nil })
	text, err := r.command("pdftotext", "-layout", sheet, "-")
	if err != nil {
		r.t.Fatal(err)
	}
	phrase := strings.Join(regexp.MustCompile(`[0-9A-Z]{4}(?:\s*[–-]\s*[0-9A-Z]{4}){2,}`).FindAllString(text, -1), "-")
	if len(regexp.MustCompile(`[0-9A-Z]{4}`).FindAllString(phrase, -1)) != 7 {
		r.t.Fatalf("no phrase on the sheet: %q", text)
	}
	r.keys("ctrl+Return")
	r.reach("Relisez la feuille")
	r.keys("ctrl+Return") // cannot be skipped
	r.shot("f6-asked")
	if _, err := os.Stat(r.db); err == nil {
		r.t.Fatal("a base before the plan was agreed to")
	}
	r.typeText(strings.ToLower(strings.NewReplacer("–", " ", "-", " ").Replace(phrase)))
	r.keys("Return")
	r.reach("Messagerie")
	r.step("the recovery phrase, typed back")
	r.keys("ctrl+Return") // the post can wait
	r.reach("Tout est prêt")
	r.shot("f7-plan")
	r.keys("Return") // « Créer la base »
	r.until("the base", func() bool { _, err := os.Stat(r.db); return err == nil })
	time.Sleep(3 * time.Second)
	r.openOffice()
	r.until("the town", func() bool {
		services, err := r.office.Catalog.Services(r.ctx)
		return err == nil && len(services) == 1 && services[0].Name == "Service cantine, Baneins"
	})
	r.shot("f8-home")
	r.step("the town is made, and its agent is in")
}

// pick gives a path to the system's file dialog, which shows a field as soon as
// one types "/".
func (r *firstRun) pick(path string) {
	time.Sleep(2500 * time.Millisecond)
	r.typeText("/")
	r.typeText(strings.TrimPrefix(path, "/"))
	r.keys("Return")
	time.Sleep(1500 * time.Millisecond)
}

func (r *firstRun) importSchool(onde string) {
	r.keys("Return") // the first line of « Pour commencer »
	time.Sleep(1500 * time.Millisecond)
	r.keys("Tab", "Return") // the only school is chosen
	r.pick(filepath.Join(onde, "eleves.csv"))
	r.keys("Tab", "Return")
	r.pick(filepath.Join(onde, "responsables.csv"))
	r.keys("ctrl+Return")
	time.Sleep(2 * time.Second)
	r.shot("f9-import")
	r.keys("ctrl+Return")
	r.until("the families", func() bool {
		f, err := r.office.Figures(r.ctx)
		return err == nil && f.Children == 82
	})
	r.step("the lists of ONDE")
}

func (r *firstRun) acceptOne(home string) {
	paper := filepath.Join(home, "fiche.png")
	icon, err := os.ReadFile(filepath.Join(root, "assets", "icon.png"))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(paper, icon, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.keys("alt+a")
	time.Sleep(1500 * time.Millisecond)
	r.keys("Return") // « Ouvrir les demandes »
	time.Sleep(1500 * time.Millisecond)
	r.keys("ctrl+n")
	time.Sleep(time.Second)
	r.typeText("barbier ma")
	time.Sleep(time.Second)
	r.keys("Return", "ctrl+Return")
	r.until("the request", func() bool { return len(r.queue()) == 1 })
	time.Sleep(1500 * time.Millisecond)
	r.keys("Tab", "Tab", "Return") // the health form
	r.pick(paper)
	r.until("the health form", func() bool { q := r.queue(); return len(q) == 1 && len(q[0].Missing) == 0 })
	time.Sleep(1500 * time.Millisecond)
	r.shot("f10-request")
	r.keys("ctrl+Return")
	r.until("the request to be accepted", func() bool {
		q, err := r.office.Access.Get(r.ctx, r.queue()[0].ID)
		return err == nil && q.State == access.Accepted
	})
	r.step("a request accepted")
}

// bookedOn counts the meals of a day of the only canteen.
func (r *firstRun) bookedOn(day calendar.Date) (total, version int) {
	services, err := r.office.Catalog.Services(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	h, err := r.office.Booking.Headcount(r.ctx, services[0].ID, day)
	if err != nil {
		r.t.Fatal(err)
	}
	return h.Total, h.Version
}

// theDay is the first one that may still be booked: the cut-off is a Thursday.
var theDay = calendar.MustISO("2026-11-30")

func (r *firstRun) bookOne() {
	r.keys("alt+a")
	time.Sleep(1500 * time.Millisecond)
	r.keys("Return") // « Ouvrir les réservations »
	time.Sleep(2 * time.Second)
	r.typeText("barb")
	time.Sleep(time.Second)
	r.keys("Return")
	time.Sleep(1500 * time.Millisecond)
	r.keys("space")        // the first day that may be booked
	r.click("1180", "531") // paid in cash
	r.shot("f11-basket")
	r.keys("F9")
	time.Sleep(time.Second)
	r.keys("Return") // the family's consent
	r.until("a meal on "+theDay.Long(), func() bool { total, _ := r.bookedOn(theDay); return total == 1 })
	r.step("a meal booked and paid")
}

func (r *firstRun) click(x, y string) {
	r.t.Helper()
	if out, err := r.command("xdotool", "mousemove", x, y, "click", "1"); err != nil {
		r.t.Fatalf("xdotool click: %v %s", err, out)
	}
	time.Sleep(500 * time.Millisecond)
}

func (r *firstRun) sendSheet() {
	r.keys("alt+a")
	time.Sleep(1500 * time.Millisecond)
	r.keys("Return") // « Ouvrir la cuisine »
	time.Sleep(2 * time.Second)
	r.keys("Next", "Next", "Next") // Thursday, Friday, Monday
	time.Sleep(time.Second)
	r.keys("F9")
	r.until("the sheet to be sent", func() bool { _, version := r.bookedOn(theDay); return version == 1 })
	time.Sleep(time.Second)
	r.keys("ctrl+e")
	path := filepath.Join(r.dir, "effectifs-"+theDay.String()+".xlsx")
	r.until("the kitchen's workbook", func() bool { _, err := os.Stat(path); return err == nil })
	r.compare(path, theDay)
	r.shot("f12-kitchen")
	r.keys("alt+a")
	time.Sleep(1500 * time.Millisecond)
	r.shot("f13-home")
	r.step("the first kitchen sheet")
}

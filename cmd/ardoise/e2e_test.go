package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ardoise/data"
	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/demo"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
)

// atCounter is the instant of the test's day at the desk.
const atCounter = "2026-11-24T10:00:00+01:00"

// desktop is a real window on a virtual display, driven as a person would.
type desktop struct {
	t      *testing.T
	env    []string
	dir    string // where the program saves
	db     string
	office *data.Office // a second program on the same database
	ctx    context.Context
}

// peer finds a program the test needs, or skips with a word.
func peer(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
				t.Fatalf("%s is missing: run .ci/setup test", n)
			}
			t.Skipf("%s is not installed here: run .ci/setup test", n)
		}
	}
}

// startDesktop builds the program, makes a demonstration and opens it.
func startDesktop(t *testing.T) *desktop {
	d, home, program := newDesktop(t)
	d.openOffice()
	if _, err := demo.Create(context.Background(), d.office, demo.Size{Families: 40, Seed: 5}, nil); err != nil {
		d.t.Fatal(err)
	}
	d.display(home)
	d.run(home, program, "--db", d.db)
	d.window("^Ardoise.*monstration")
	return d
}

// newDesktop builds the program into a home of its own, where nothing is yet.
func newDesktop(t *testing.T) (d *desktop, home, program string) {
	peer(t, "Xvfb", "openbox", "xdotool", "import")
	home = t.TempDir()
	d = &desktop{t: t, dir: filepath.Join(home, "out"), db: filepath.Join(home, "demo.db")}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(home, "ardoise")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return d, home, program
}

func (d *desktop) openOffice() {
	now, err := time.Parse(time.RFC3339, atCounter)
	if err != nil {
		d.t.Fatal(err)
	}
	d.office, err = data.Open(context.Background(), d.db, data.Options{Clock: func() time.Time { return now }})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		if err := d.office.Close(); err != nil {
			d.t.Error(err)
		}
	})
	d.ctx = staff.System(context.Background())
}

// display starts a display of its own number and a window manager.
func (d *desktop) display(home string) {
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	xvfb := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp")
	xvfb.ExtraFiles = []*os.File{w}
	d.start(xvfb)
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		d.t.Fatalf("the virtual display did not start: %v", err)
	}
	d.env = append(os.Environ(), "DISPLAY=:"+strings.TrimSpace(number), "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=C.UTF-8", "TZ=Europe/Paris",
		"HOME="+home, "XDG_DATA_HOME="+home+"/data", "XDG_CONFIG_HOME="+home+"/config", "XDG_CACHE_HOME="+home+"/cache")
	rc := filepath.Join(home, "openbox.xml")
	const maximised = `<?xml version="1.0" encoding="UTF-8"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*"><decor>no</decor><maximized>yes</maximized><focus>yes</focus></application></applications></openbox_config>`
	if err := os.WriteFile(rc, []byte(maximised), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.start(exec.Command("openbox", "--config-file", rc))
}

func (d *desktop) run(home, program string, args ...string) {
	cmd := exec.Command(program, append(args, "--now", atCounter, "--save-to", d.dir)...)
	log, err := os.Create(filepath.Join(home, "ardoise.out"))
	if err != nil {
		d.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	d.start(cmd)
}

// start runs a program until the test's end.
func (d *desktop) start(cmd *exec.Cmd) {
	if cmd.Env == nil {
		cmd.Env = d.env
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatalf("%s: %v", cmd.Path, err)
	}
	d.t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			d.t.Logf("%s: %v", cmd.Path, err)
		}
		_ = cmd.Wait() // it was killed: its status says only that
	})
}

func (d *desktop) command(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// window waits until the program shows its window.
func (d *desktop) window(name string) {
	d.until("the window", func() bool {
		out, err := d.command("xdotool", "search", "--onlyvisible", "--name", name)
		return err == nil && strings.TrimSpace(out) != ""
	})
	time.Sleep(2 * time.Second) // the door draws itself
}

// until waits for something to become true, looking often; after a minute the
// picture is kept and the test fails.
func (d *desktop) until(what string, ok func() bool) {
	d.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ok() {
			return
		}
	}
	d.shot("failed")
	d.t.Fatalf("waited a minute for %s", what)
}

// keys types keys as a person does, and gives the window time to answer.
func (d *desktop) keys(keys ...string) {
	d.t.Helper()
	if out, err := d.command("xdotool", append([]string{"key", "--delay", "120"}, keys...)...); err != nil {
		d.t.Fatalf("xdotool key %v: %v %s", keys, err, out)
	}
	time.Sleep(400 * time.Millisecond)
}

func (d *desktop) typeText(text string) {
	d.t.Helper()
	if out, err := d.command("xdotool", "type", "--delay", "60", text); err != nil {
		d.t.Fatalf("xdotool type: %v %s", err, out)
	}
	time.Sleep(600 * time.Millisecond)
}

// shot keeps a picture of the screen in out/e2e.
func (d *desktop) shot(name string) {
	dir := filepath.Join(root, "out", "e2e")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		d.t.Fatal(err)
	}
	if out, err := d.command("import", "-window", "root", filepath.Join(dir, name+".png")); err != nil {
		d.t.Logf("picture %s: %v %s", name, err, out)
	}
}

// TestDeskDayInAWindow is the main job done by hand: sign in, accept a request,
// book a week with the keyboard, export the headcount, find the numbers in it, do
// what a family wrote.
func TestDeskDayInAWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("a real window takes a minute")
	}
	d := startDesktop(t)
	d.keys("Return") // the demonstration's door: role accueil
	time.Sleep(2 * time.Second)
	d.acceptARequest()
	d.bookAWeek()
	d.exportHeadcount()
	d.treatAMessage()
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

func (d *desktop) queue() []access.Request {
	d.t.Helper()
	list, _, err := d.office.Access.Queue(d.ctx, access.Filter{}, 0, 50)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d *desktop) acceptARequest() {
	list := d.queue()
	at := -1
	for i, q := range list {
		if q.State == access.Submitted && len(q.Missing) == 0 {
			at = i
			break
		}
	}
	if at < 0 {
		d.t.Fatal("the demonstration has no request to accept")
	}
	d.keys("alt+d")
	time.Sleep(time.Second)
	for range at {
		d.keys("Down")
	}
	time.Sleep(time.Second)
	d.shot("1-request")
	d.keys("ctrl+Return")
	d.until("the request to be accepted", func() bool {
		q, err := d.office.Access.Get(d.ctx, list[at].ID)
		return err == nil && q.State == access.Accepted
	})
}

// bookAWeek books with the keyboard the free days of a family's canteen.
func (d *desktop) bookAWeek() {
	name, id := d.familyWithRoom()
	d.keys("alt+r")
	time.Sleep(time.Second)
	d.typeText(name)
	d.keys("Return")
	time.Sleep(time.Second)
	d.keys("Next", "Next", "Next") // months ahead: nothing is booked yet
	time.Sleep(time.Second)
	month := calendar.MustISO("2027-02-01")
	before := d.bookedIn(id, month)
	d.keys("space", "Right", "space", "Right", "space", "Right", "space")
	time.Sleep(time.Second)
	d.shot("2-basket")
	d.keys("F9")
	time.Sleep(time.Second)
	d.keys("Return") // the family's consent, by telephone
	d.until("four more bookings in "+month.MonthYear(), func() bool { return d.bookedIn(id, month) == before+4 })
	d.shot("3-booked")
}

// familyWithRoom is a prepaid family with an open access, whose name no other
// has; it is given money.
func (d *desktop) familyWithRoom() (name string, id int64) {
	hits, _, err := d.office.Family.Search(d.ctx, "", family.Filter{}, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	count := map[string]int{}
	for _, h := range hits {
		count[h.Name]++
	}
	for _, h := range hits {
		if count[h.Name] > 1 || len(h.Children) == 0 {
			continue
		}
		g, err := d.office.Booking.Month(d.ctx, h.ID, 2027, time.February)
		if err != nil {
			d.t.Fatal(err)
		}
		if len(g.Children) > 0 && len(g.Children[0].Services) > 0 && g.Children[0].Services[0].Gate == "" && g.Children[0].Services[0].Pay == booking.Prepaid {
			_, err := d.office.Ledger.TopUp(d.ctx, ledger.TopUp{Key: "e2e", FamilyID: h.ID, Amount: 5000, Means: "cash"})
			if err != nil {
				d.t.Fatal(err)
			}
			return h.Name, h.ID
		}
	}
	d.t.Fatal("the demonstration has no prepaid family with access")
	return "", 0
}

func (d *desktop) bookedIn(family int64, month calendar.Date) (n int) {
	g, err := d.office.Booking.Month(d.ctx, family, month.Year(), month.Month())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range g.Children {
		for _, s := range c.Services {
			n += s.Booked
		}
	}
	return n
}

// exportHeadcount asks the kitchen's screen for its workbook and reads it back.
func (d *desktop) exportHeadcount() {
	d.keys("alt+c")
	time.Sleep(2 * time.Second)
	d.shot("4-kitchen")
	d.keys("ctrl+e")
	var path string
	d.until("the workbook", func() bool {
		list, err := filepath.Glob(filepath.Join(d.dir, "effectifs-*.xlsx"))
		if err != nil || len(list) == 0 {
			return false
		}
		path = list[0]
		_, err = excelize.OpenFile(path)
		return err == nil
	})
	day := calendar.MustISO(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "effectifs-"), ".xlsx"))
	d.compare(path, day)
}

// compare finds in the workbook the total that the booking room counts.
func (d *desktop) compare(path string, day calendar.Date) {
	book, err := excelize.OpenFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		d.t.Fatal(err)
	}
	var services []catalog.ServiceInfo
	if services, err = d.office.Catalog.Services(d.ctx); err != nil {
		d.t.Fatal(err)
	}
	for _, s := range services {
		if s.Kind != catalog.Canteen {
			continue
		}
		h, err := d.office.Booking.Headcount(d.ctx, s.ID, day)
		if err != nil {
			d.t.Fatal(err)
		}
		if h.Total > 0 && hasTotal(rows, h.Total) {
			d.t.Logf("%s, %s: %d meals, found in the workbook", s.Name, day, h.Total)
			return
		}
	}
	d.t.Errorf("no canteen's total of %s is in the workbook: %v", day, rows)
}

// hasTotal looks for a number in a row of totals.
// treatAMessage does what the Faviers wrote, with one key: the meal is given back,
// the paper filed, the answer waits, the next message is shown.
func (d *desktop) treatAMessage() {
	se, err := d.office.Staff.SignInDemo(context.Background(), staff.Accueil)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx := staff.With(context.Background(), se)
	first := func() mailbox.Item {
		list, _, err := d.office.Mailbox.List(ctx, mailbox.Filter{Limit: 1})
		if err != nil || len(list) == 0 {
			d.t.Fatal("no message: ", err)
		}
		return list[0]
	}
	wrote := first()
	m, err := d.office.Mailbox.Get(ctx, wrote.ID)
	if err != nil || wrote.State != mailbox.Todo || m.Family != "Favier" {
		d.t.Fatalf("%+v %v", wrote, err)
	}
	d.keys("alt+o")
	time.Sleep(2 * time.Second)
	d.shot("4-mail")
	d.keys("ctrl+Return")
	d.until("the message to be treated", func() bool { return first().State == mailbox.Applied })
	d.shot("5-mail-next")
	if m, err = d.office.Mailbox.Get(ctx, wrote.ID); err != nil || len(m.Actions) == 0 {
		d.t.Errorf("nothing was done: %+v %v", m, err)
	}
}

func hasTotal(rows [][]string, total int) bool {
	for _, r := range rows {
		if strings.Contains(strings.ToLower(strings.Join(r, " ")), "total") && slices.Contains(r, strconv.Itoa(total)) {
			return true
		}
	}
	return false
}

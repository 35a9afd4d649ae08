package bookings

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// tuesday is the day of every test: 24 November 2026, 13 h 46.
var tuesday = calendar.MustISO("2026-11-24")

// world is a whole demonstration on a real database, and the screen over it.
type world struct {
	t     testing.TB
	o     *data.Office
	db    *store.DB
	clock *storetest.Clock
	deps  Deps
	files *fakeFiles
	sh    *kit.FakeShell
	win   fyne.Window
	p     *page
	paper []*booking.WeekGrid // asked of the printer
}

type fakeFiles struct{ viewed string }

func (f *fakeFiles) Open(context.Context, string, ...string) (string, error) { return "", nil }
func (f *fakeFiles) Save(context.Context, string, string) (string, error)    { return "", nil }
func (f *fakeFiles) View(path string) error                                  { f.viewed = path; return nil }

func dress(t testing.TB, look theme.Look, percent int) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(look, percent))
}

func newWorld(t testing.TB, families int) *world {
	t.Helper()
	db := storetest.OpenSQLite(t)
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.Create(context.Background(), o, demo.Size{Families: families, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, o: o, db: db, clock: storetest.ClockOf(db), files: &fakeFiles{}}
	w.deps = Deps{Booking: o.Booking, Catalog: o.Catalog, Search: w.search, Contact: w.contact, PrintWeek: func(_ context.Context, g *booking.WeekGrid) (string, error) {
		w.paper = append(w.paper, g)
		return "/tmp/pointage.pdf", nil
	}}
	return w
}

func (w *world) search(ctx context.Context, text string) (out []Family, err error) {
	hits, _, err := w.o.Family.Search(ctx, text, family.Filter{}, 0)
	for _, h := range hits {
		names := make([]string, len(h.Children))
		for i, c := range h.Children {
			names[i] = c.First
		}
		out = append(out, Family{ID: h.ID, Name: h.Name, Children: strings.Join(names, ", "), Number: h.Number()})
	}
	return out, err
}

func (w *world) contact(ctx context.Context, id int64) (name, guardian, email string, err error) {
	f, err := w.o.Family.Get(ctx, id)
	if err != nil {
		return "", "", "", err
	}
	if len(f.Guardians) > 0 {
		guardian = f.Guardians[0].Name()
	}
	return f.Name, guardian, f.Email(), nil
}

// show opens the screen for an agent with roles.
func (w *world) show(roles ...staff.Role) *page {
	w.t.Helper()
	s, err := w.o.Staff.SignInDemo(context.Background(), roles...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.win = test.NewWindow(container.NewStack())
	w.t.Cleanup(w.win.Close)
	w.win.SetPadded(false)
	w.sh = kit.NewFakeShell(w.win.Canvas(), w.db.Now())
	w.sh.Context, w.sh.Chooser = staff.With(context.Background(), s), w.files
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	w.sh.Agent = kit.User{Name: "Nathalie Perret", Roles: names, Ctx: w.sh.Context}
	w.p = Section(w.deps).New(w.sh).(*page)
	w.win.SetContent(w.p.Content())
	w.win.Resize(fyne.NewSize(1224, 808))
	w.p.Focus()
	return w.p
}

// week turns the page to the class grid.
func (w *world) week(roles ...staff.Role) *weekView {
	w.t.Helper()
	p := w.show(roles...)
	p.NextTab(1)
	return p.week
}

// dialog is the one on top.
func (w *world) dialog() *widgets.Dialog {
	w.t.Helper()
	d := widgets.TopDialog(w.win.Canvas())
	if d == nil {
		w.t.Fatal("no dialog is open")
	}
	return d
}

// settle lets the pause after the last key pass.
func (w *world) settle() { w.sh.Run.Fire(sendPause) }

// shoot writes the screen to out/shots (git-ignored).
func (w *world) shoot(name string) {
	w.t.Helper()
	size := w.win.Canvas().Size()
	w.win.Resize(size.AddWidthHeight(1, 1))
	w.win.Resize(size)
	dir := filepath.Join("..", "..", "out", "shots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, w.win.Canvas().Capture()), f.Close()); err != nil {
		w.t.Fatal(err)
	}
}

package families

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/demo"
	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const homes = 60

// town is a demonstration made once a process and copied for each test.
var town = sync.OnceValues(func() (body []byte, err error) {
	dir, err := os.MkdirTemp("", "ardoise-town-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "t.db")
	ctx := context.Background()
	o, err := data.Open(ctx, path, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		return nil, err
	}
	_, err = demo.Create(ctx, o, demo.Size{Families: homes, Seed: 1}, nil)
	if err = errors.Join(err, o.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// files is a chooser that answers what the test wants.
type files struct {
	open  []string // answers of Open, one after the other
	save  string
	asked []string
}

func (f *files) Open(_ context.Context, title string, _ ...string) (string, error) {
	f.asked = append(f.asked, title)
	if len(f.open) == 0 {
		return "", nil
	}
	p := f.open[0]
	f.open = f.open[1:]
	return p, nil
}

func (f *files) Save(_ context.Context, _, name string) (string, error) {
	f.asked = append(f.asked, name)
	return f.save, nil
}
func (f *files) View(string) error { return nil }

type world struct {
	t     *testing.T
	o     *data.Office
	deps  Deps
	files *files
	win   fyne.Window
	sh    *kit.FakeShell
	p     *page
}

// newWorld opens a copy of the town; empty opens a base with nothing in it.
func newWorld(t *testing.T, empty bool) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.db")
	if empty {
		if err := storetest.CopySQLite(path); err != nil {
			t.Fatal(err)
		}
	} else {
		body, err := town()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := storetest.Open(t, path)
	w := &world{t: t, o: data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast)), files: &files{}}
	t.Cleanup(func() {
		w.o.Family.Close()
		if err := w.o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	w.deps = Deps{Family: w.o.Family, Catalog: w.o.Catalog, Access: w.o.Access, Ledger: w.o.Ledger, Booking: w.o.Booking, Staff: w.o.Staff, Import: w.o.Importer, Billing: w.o.Billing, Retention: w.o.Retention}
	return w
}

func (w *world) ctx(roles ...staff.Role) context.Context {
	w.t.Helper()
	if ok, err := w.o.Staff.IsDemo(context.Background()); err != nil || !ok {
		return stafftest.Session(w.t, w.o.Store, roles...)
	}
	s, err := w.o.Staff.SignInDemo(context.Background(), roles...)
	if err != nil {
		w.t.Fatal(err)
	}
	return staff.With(context.Background(), s)
}

func (w *world) show(roles ...staff.Role) *page {
	w.t.Helper()
	ctx := w.ctx(roles...)
	w.win = test.NewWindow(container.NewStack())
	w.t.Cleanup(w.win.Close)
	w.win.SetPadded(false)
	w.sh = kit.NewFakeShell(w.win.Canvas(), storetest.Start)
	w.sh.Context, w.sh.Chooser = ctx, w.files
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	w.sh.Agent = kit.User{Name: "Hélène Borel", Roles: names, Ctx: ctx}
	w.p = Section(w.deps).New(w.sh).(*page)
	w.win.SetContent(w.p.Content())
	w.win.Resize(fyne.NewSize(1224, 808))
	w.p.Focus()
	return w.p
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

// get reads a family as it now is.
func (w *world) get(id int64) family.Family {
	w.t.Helper()
	f, err := w.o.Family.Get(w.sh.Context, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) clean() {
	w.t.Helper()
	for _, err := range w.sh.Refusals {
		w.t.Errorf("refused: %v", err)
	}
}

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

// dress puts the house theme on and gives the test's application back after.
func dress(t *testing.T, look theme.Look, percent int) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(look, percent))
}

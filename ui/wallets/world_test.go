package wallets

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/demo"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// world is a demonstration town hall on a real database, and the screen over it.
type world struct {
	t     *testing.T
	db    *store.DB
	o     *data.Office
	ctx   context.Context
	files *fakeFiles
	sh    *kit.FakeShell
	win   fyne.Window
	p     *page
	keys  int
}

// fakeFiles remembers what was opened in the viewer.
type fakeFiles struct{ viewed []string }

func (f *fakeFiles) Open(context.Context, string, ...string) (string, error) { return "", nil }
func (f *fakeFiles) Save(context.Context, string, string) (string, error)    { return "", nil }
func (f *fakeFiles) View(path string) error                                  { f.viewed = append(f.viewed, path); return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.OpenSQLite(t)
	w := &world{t: t, db: db, files: &fakeFiles{}}
	w.o = data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := w.o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.Create(context.Background(), w.o, demo.Size{Families: 12, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	w.ctx = stafftest.Session(t, db, staff.Accueil, staff.Regie)
	return w
}

// show opens the screen for an agent with roles.
func (w *world) show(roles ...staff.Role) *page {
	w.t.Helper()
	ctx := stafftest.Session(w.t, w.db, roles...)
	w.win = test.NewWindow(container.NewStack())
	w.t.Cleanup(w.win.Close)
	w.win.SetPadded(false)
	w.sh = kit.NewFakeShell(w.win.Canvas(), w.db.Now())
	w.sh.Context, w.sh.Chooser = ctx, w.files
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	w.sh.Agent = kit.User{Name: "Nathalie Perret", Roles: names, Ctx: ctx}
	d := Deps{Ledger: w.o.Ledger, Family: w.o.Family, Catalog: w.o.Catalog, Key: func() string { w.keys++; return fmt.Sprint("key-", w.keys) }}
	w.p = Section(d).New(w.sh).(*page)
	w.win.SetContent(w.p.Content())
	w.win.Resize(fyne.NewSize(1224, 808))
	w.p.Focus()
	return w.p
}

func (w *world) dialog() *widgets.Dialog {
	w.t.Helper()
	d := widgets.TopDialog(w.win.Canvas())
	if d == nil {
		w.t.Fatal("no dialog is open")
	}
	return d
}

func (w *world) balance(id int64) money.Cents {
	w.t.Helper()
	v, err := w.o.Ledger.Wallet(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Balance
}

// rich is the family with the longest statement.
func (w *world) rich() (best int64) {
	w.t.Helper()
	most := -1
	for id := int64(1); id <= 12; id++ {
		st, err := w.o.Ledger.Statement(w.ctx, id, 0, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(st.Lines) > most {
			best, most = id, len(st.Lines)
		}
	}
	return best
}

func (w *world) receipts(id int64) []ledger.Receipt {
	w.t.Helper()
	list, _, err := w.o.Ledger.Receipts(w.ctx, ledger.ReceiptFilter{FamilyID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

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

// dress puts the house theme on and gives the test's application back after.
func dress(t *testing.T, look theme.Look, percent int) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(look, percent))
}

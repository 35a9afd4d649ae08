package settings

import (
	"context"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/reports/desk"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const (
	login = "helene.borel"
	pass  = "marronnier-48-ardoise-bleue"
	other = "quatre-vents-71-lune"
)

// files is a chooser that answers what the test set.
type files struct {
	open, save, folder string
	viewed             []string
}

func (f *files) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *files) Save(context.Context, string, string) (string, error)    { return f.save, nil }
func (f *files) Folder(context.Context, string) (string, error)          { return f.folder, nil }
func (f *files) View(path string) error                                  { f.viewed = append(f.viewed, path); return nil }

type room struct {
	restored *backup.Opened
	*testing.T
	app   fyne.App
	w     fyne.Window
	o     *data.Office
	db    *store.DB
	sh    *kit.FakeShell
	files *files
	p     *page
	last  string
	mail  *fakeMail
	urls  []string
}

func newRoom(t *testing.T) *room {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	db := storetest.OpenSQLite(t)
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &room{T: t, app: app, o: o, db: db, files: &files{}, mail: &fakeMail{}}
	r.w = test.NewWindow(container.NewStack())
	r.w.SetPadded(false)
	t.Cleanup(r.w.Close)
	return r
}

// real is a database with a first agent; made is a demonstration's office.
func (r *room) real() *room {
	r.Helper()
	_, err := r.o.Staff.Bootstrap(r.Context(), login, "Hélène Borel", pass)
	r.must(err)
	se, err := r.o.Staff.SignIn(r.Context(), login, pass)
	r.must(err)
	r.enter(se)
	return r
}

func (r *room) made(roles ...staff.Role) *room {
	r.Helper()
	_, err := demo.Create(r.Context(), r.o, demo.Size{Families: 12, Seed: 1}, nil)
	r.must(err)
	se, err := r.o.Staff.SignInDemo(r.Context(), roles...)
	r.must(err)
	r.enter(se)
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) enter(se *staff.Session) {
	r.Helper()
	r.sh = kit.NewFakeShell(r.w.Canvas(), r.db.Now())
	r.sh.Context = staff.With(r.Context(), se)
	r.sh.Agent = kit.User{Name: se.Name, Initials: "HB", RolesText: "Administration", Ctx: r.sh.Context}
	for _, role := range se.Roles {
		r.sh.Agent.Roles = append(r.sh.Agent.Roles, string(role))
	}
	r.sh.Chooser, r.sh.IsDemo = r.files, se.Demo
	r.show()
}

func (r *room) show() {
	if r.last == "" {
		r.last = tabAgents
	}
	r.p = newPage(r.sh, Deps{
		Staff: r.o.Staff, Catalog: r.o.Catalog, Billing: r.o.Billing, Letter: r.o.Letter, Mail: r.mail, Retention: r.o.Retention, Year: r.o.Year, Importer: r.o.Importer,
		YearLetters: func(ctx context.Context, w io.Writer, p schoolyear.RequestPlan, progress func(int, int)) error {
			return desk.RequestLettersPDF(ctx, r.o, w, p, progress)
		},
		YearLeavers: func(ctx context.Context, w io.Writer, y calendar.SchoolYear, list []schoolyear.LeavingFamily) error {
			return desk.LeaversWorkbook(ctx, r.o, w, y, list)
		},
		OpenURL: func(u string) error { r.urls = append(r.urls, u); return nil }, Backup: r.o.Backup, Verify: r.o.Verify, Database: "saint-marcel.db (SQLite)", Version: "1.0.0", Restore: func(o *backup.Opened) { r.restored = o },
	}, &r.last)
	bg := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise50})
	})
	r.w.SetContent(container.NewStack(bg, r.p.Content()))
	r.w.Resize(fyne.NewSize(1224, 808))
	r.p.Focus()
}

func (r *room) shoot(name string) {
	r.Helper()
	r.w.Resize(fyne.NewSize(1225, 809))
	r.w.Resize(fyne.NewSize(1224, 808))
	dir := filepath.Join("..", "..", "out", "gallery")
	r.must(os.MkdirAll(dir, 0o755))
	f, err := os.Create(filepath.Join(dir, name+".png"))
	r.must(err)
	r.must(png.Encode(f, r.w.Canvas().Capture()))
	r.must(f.Close())
}

func (r *room) dialog() *widgets.Dialog {
	r.Helper()
	d := widgets.TopDialog(r.w.Canvas())
	if d == nil {
		r.Fatal("no dialog is open; refused: ", r.sh.Refusals)
	}
	return d
}

func (r *room) typeHere(text string) { test.Type(r.w.Canvas().Focused(), text) }
func (r *room) tabKey()              { r.w.Canvas().FocusNext() }

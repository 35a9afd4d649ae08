package signin

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const (
	login = "helene.borel"
	pass  = "marronnier-48-ardoise-bleue"
)

// files is a chooser that answers what the test set.
type files struct {
	open, save string
	viewed     []string
}

func (f *files) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *files) Save(context.Context, string, string) (string, error)    { return f.save, nil }
func (f *files) View(path string) error                                  { f.viewed = append(f.viewed, path); return nil }

type door struct {
	*testing.T
	app     fyne.App
	w       fyne.Window
	db      *store.DB
	svc     *staff.Service
	files   *files
	d       Deps
	s       *Screen
	entered []*staff.Session
	reset   int
	opened  []string
}

func newDoor(t *testing.T) *door {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	db := storetest.OpenSQLite(t)
	r := &door{T: t, app: app, db: db, files: &files{}}
	r.svc = staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := r.svc.Close(); err != nil {
			t.Error(err)
		}
	})
	r.w = test.NewWindow(container.NewStack())
	r.w.SetPadded(false)
	r.w.Resize(fyne.NewSize(1440, 900))
	t.Cleanup(r.w.Close)
	r.d = Deps{
		Staff: r.svc, Runner: &kit.Sync{}, Canvas: r.w.Canvas(), Files: r.files, Clock: db.Now,
		Place: "Cantine et accueils de Saint-Marcel", Database: "saint-marcel.db — ce poste (SQLite)", Version: "1.0.0",
		Reset:        func(context.Context, func(int, int, string)) error { r.reset++; return nil },
		OpenDatabase: func(p string) { r.opened = append(r.opened, p) },
		Log:          func(err error) { t.Log("logged:", err) },
	}
	return r
}

func (r *door) open() {
	r.Helper()
	r.s = New(r.d, func(se *staff.Session) { r.entered = append(r.entered, se) })
	bg := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise100})
	})
	r.w.SetContent(container.NewStack(bg, r.s))
	r.w.Resize(fyne.NewSize(1440, 900))
	r.s.Focus()
}

func (r *door) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *door) want(m mode) {
	r.Helper()
	if r.s.mode != m {
		r.Fatalf("door %d is shown, want %d", r.s.mode, m)
	}
}

// shoot writes what is seen to out/gallery, for the eye.
func (r *door) shoot(name string) {
	r.Helper()
	r.w.Resize(fyne.NewSize(1441, 901))
	r.w.Resize(fyne.NewSize(1440, 900))
	dir := filepath.Join("..", "..", "out", "gallery")
	r.must(os.MkdirAll(dir, 0o755))
	f, err := os.Create(filepath.Join(dir, name+".png"))
	r.must(err)
	r.must(png.Encode(f, r.w.Canvas().Capture()))
	r.must(f.Close())
}

func (r *door) focused() fyne.Focusable { return r.w.Canvas().Focused() }

func (r *door) typeHere(text string) { test.Type(r.focused(), text) }

func (r *door) key(name fyne.KeyName) { r.focused().TypedKey(&fyne.KeyEvent{Name: name}) }

func (r *door) bootstrap() string {
	r.Helper()
	phrase, err := r.svc.Bootstrap(r.Context(), login, "Hélène Borel", pass)
	r.must(err)
	return phrase
}

func TestPasswordDoor(t *testing.T) {
	r := newDoor(t)
	r.bootstrap()
	r.open()
	r.want(askLogin)
	r.typeHere(login)
	r.key(fyne.KeyReturn)
	if r.focused() != r.s.password.FocusTarget() {
		t.Fatal("Enter in the login goes on to the password")
	}
	r.typeHere("mauvais-mot-de-passe-1!")
	r.key(fyne.KeyReturn)
	if !strings.Contains(r.s.alert.text(), "Mot de passe refusé") && !strings.Contains(r.s.alert.text(), "essai") {
		t.Errorf("the refusal says %q", r.s.alert.text())
	}
	if len(r.entered) != 0 || r.s.password.Text() == "" {
		t.Error("a refusal lets nobody in and keeps what was typed")
	}
	r.shoot("signin-refus")
	storetest.ClockOf(r.db).Add(5 * time.Minute)
	r.typeHere(pass)
	test.Tap(r.s.action)
	if len(r.entered) != 1 || r.entered[0].Name != "Hélène Borel" {
		t.Fatalf("entered: %v, alert %q", r.entered, r.s.alert.text())
	}
	if u := User(t.Context(), r.entered[0]); u.Initials != "HB" || !u.Has("sante") || u.RolesText != "Tous les rôles" || staff.From(u.Ctx) != r.entered[0] {
		t.Errorf("user: %+v", u)
	}
}

func TestPasswordDoorAsksForWhatIsMissing(t *testing.T) {
	r := newDoor(t)
	r.bootstrap()
	r.open()
	test.Tap(r.s.action)
	if !strings.Contains(r.s.alert.text(), "identifiant") || r.focused() != r.s.login.FocusTarget() {
		t.Errorf("nothing typed: %q", r.s.alert.text())
	}
	r.typeHere(login)
	test.Tap(r.s.action)
	if !strings.Contains(r.s.alert.text(), "mot de passe") || r.focused() != r.s.password.FocusTarget() {
		t.Errorf("no password: %q", r.s.alert.text())
	}
	if r.s.password.Toggle(); !r.s.password.Shown() {
		t.Error("the password can be shown")
	}
}

func TestDemoDoor(t *testing.T) {
	r := newDoor(t)
	_, err := r.svc.SetUpDemo(staff.System(t.Context()))
	r.must(err)
	r.open()
	r.want(askRole)
	r.shoot("signin-demo")
	r.key(fyne.KeyDown)
	r.key(fyne.KeyDown)
	r.key(fyne.KeyReturn)
	if len(r.entered) != 1 || len(r.entered[0].Roles) != 1 || !r.entered[0].Has(staff.Sante) {
		t.Fatalf("two arrows down and Enter: %+v", r.entered)
	}
	r.open()
	r.key(fyne.KeyDown) // Régie follows the cursor
	r.key(fyne.KeySpace)
	r.key(fyne.KeyDown)
	r.key(fyne.KeySpace)
	test.Tap(r.s.action)
	if se := r.entered[1]; len(se.Roles) != 2 || !se.Has(staff.Regie) || !se.Has(staff.Sante) {
		t.Errorf("several roles: %v", se.Roles)
	}
}

func TestDemoCanBeReset(t *testing.T) {
	r := newDoor(t)
	_, err := r.svc.SetUpDemo(staff.System(t.Context()))
	r.must(err)
	r.open()
	r.s.askReset()
	if d := widgets.TopDialog(r.w.Canvas()); d == nil || r.reset != 0 {
		t.Fatal("it asks first")
	} else {
		d.Main.Press()
	}
	if r.reset != 1 {
		t.Error("the demonstration was not made anew")
	}
	r.want(askRole)
	r.files.open = "/tmp/mairie.db"
	r.s.choose()
	if len(r.opened) != 1 || r.opened[0] != "/tmp/mairie.db" {
		t.Errorf("opened: %v", r.opened)
	}
}

func TestRecovery(t *testing.T) {
	r := newDoor(t)
	phrase := r.bootstrap()
	r.open()
	r.s.show(recovering)
	r.shoot("signin-secours")
	r.s.phrase.SetText(phrase[:len(phrase)-1] + "#")
	r.s.login.SetText(login)
	r.s.password.SetText("nouvel-horizon-59-quai")
	r.s.again.SetText("nouvel-horizon-59-quai")
	test.Tap(r.s.action)
	if r.s.form.Summary() == "" || len(r.entered) != 0 {
		t.Fatal("a wrong phrase is refused")
	}
	r.s.phrase.SetText(strings.ToLower(phrase))
	test.Tap(r.s.action)
	if len(r.entered) != 1 {
		t.Fatalf("not let in: %q", r.s.form.Summary())
	}
}

func TestLocked(t *testing.T) {
	r := newDoor(t)
	r.bootstrap()
	se, err := r.svc.SignIn(t.Context(), login, pass)
	r.must(err)
	r.svc.Lock(se)
	r.d.Locked = se
	r.open()
	r.want(locked)
	r.shoot("signin-verrou")
	r.typeHere("mauvais-mot-de-passe-1!")
	r.key(fyne.KeyReturn)
	if r.s.alert.text() == "" || !se.Locked() {
		t.Fatal("a wrong password opens nothing")
	}
	storetest.ClockOf(r.db).Add(5 * time.Minute)
	r.s.password.SetText(pass)
	test.Tap(r.s.action)
	if len(r.entered) != 1 || r.entered[0] != se || se.Locked() {
		t.Fatalf("the same session goes on: %v %q", r.entered, r.s.alert.text())
	}
	r.svc.Lock(se)
	r.open()
	r.s.change()
	r.want(askLogin)
}

func TestLargeTextAndDark(t *testing.T) {
	r := newDoor(t)
	_, err := r.svc.SetUpDemo(staff.System(t.Context()))
	r.must(err)
	r.app.Settings().SetTheme(theme.New(theme.Dark, 150))
	r.open()
	r.shoot("signin-demo-150")
}

package setup

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
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/importer"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const password = "marronnier-48-ardoise-bleue"

// secret is the phrase every test draws.
var secret = staff.NewPhrase()

// groups are some of its groups, from 0, as a person types them.
func groups(list ...int) string {
	all := strings.Split(secret, "-")
	var out []string
	for _, i := range list {
		out = append(out, strings.ToLower(all[i]))
	}
	return strings.Join(out, " ")
}

// inn is a house that makes real bases in a folder, and notes where one goes.
type inn struct {
	path     string
	clock    func() time.Time
	created  []data.Town
	urls     []string
	opened   []string
	entry    *Entry
	demo     int
	restored []string
	fail     error
	found    data.Found
	probed   []string
}

func (h *inn) options() data.Options { return data.Options{Clock: h.clock, Cost: &stafftest.Fast} }

func (h *inn) Create(ctx context.Context, url string, t data.Town) error {
	if h.fail != nil {
		return h.fail
	}
	h.created, h.urls = append(h.created, t), append(h.urls, url)
	o, err := data.Open(ctx, h.path, h.options())
	if err != nil {
		return err
	}
	if err := o.SetUp(ctx, t); err != nil {
		return err
	}
	return o.Close()
}

func (h *inn) Probe(_ context.Context, url string) (data.Found, error) {
	h.probed = append(h.probed, url)
	return h.found, h.fail
}

func (h *inn) TakeOver(ctx context.Context, t data.Town, in importer.Noethys) (*data.TakeOver, error) {
	return data.PrepareTakeOver(ctx, h.path, h.options(), t, in)
}

func (h *inn) OpenCopy(ctx context.Context, path string, s backup.Secret) (*backup.Opened, backup.Preview, error) {
	o, err := backup.Open(ctx, path, s, filepath.Dir(h.path))
	if err != nil {
		return nil, backup.Preview{}, err
	}
	v, err := o.Preview(ctx, nil)
	return o, v, err
}

func (h *inn) Restore(o *backup.Opened) {
	h.restored = append(h.restored, o.Path)
	if err := o.Close(); err != nil {
		h.fail = err
	}
}
func (h *inn) Open(url string, e *Entry) { h.opened, h.entry = append(h.opened, url), e }
func (h *inn) Demo()                     { h.demo++ }

// chooser answers what the test set.
type chooser struct {
	open, save string
	viewed     []string
}

func (f *chooser) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *chooser) Save(context.Context, string, string) (string, error)    { return f.save, nil }
func (f *chooser) View(path string) error                                  { f.viewed = append(f.viewed, path); return nil }

type world struct {
	*testing.T
	w     fyne.Window
	inn   *inn
	files *chooser
	d     Deps
	s     *Screen
}

func newWorld(t *testing.T, look theme.Look, percent int) *world {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(look, percent))
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.Paris)
	clock := func() time.Time { return now }
	r := &world{T: t, files: &chooser{}, inn: &inn{path: filepath.Join(t.TempDir(), "ardoise.db"), clock: clock}}
	r.w = test.NewWindow(container.NewStack())
	r.w.SetPadded(false)
	r.w.Resize(fyne.NewSize(1440, 900))
	t.Cleanup(r.w.Close)
	known, err := catalog.CommunesOf(assets.Dombes)
	if err != nil || len(known) != 36 {
		t.Fatal(len(known), err)
	}
	r.d = Deps{
		House: r.inn, Runner: &kit.Sync{}, Canvas: r.w.Canvas(), Files: r.files, Clock: clock, Version: "1.0.0", Known: known, Place: "fichier /home/nathalie/ardoise.db",
		Phrase: func() string { return secret }, Ask: func() []int { return []int{1, 4, 6} },
	}
	return r
}

func (r *world) open() {
	r.Helper()
	r.s = New(r.d)
	ground := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise100})
	})
	r.w.SetContent(container.NewStack(ground, r.s))
	r.w.Resize(fyne.NewSize(1440, 900))
	r.s.Focus()
	r.Cleanup(r.s.Close)
}

func (r *world) key(names ...fyne.KeyName) {
	r.Helper()
	for _, n := range names {
		if f := r.w.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: n})
		} else {
			r.w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: n})
		}
	}
}

// on is Ctrl+Enter.
func (r *world) on() {
	widgets.Press(r.w.Canvas(), &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
}

func (r *world) typeHere(text string) {
	r.Helper()
	f := r.w.Canvas().Focused()
	if f == nil {
		r.Fatal("nothing has the keyboard")
	}
	test.Type(f, text)
}

func (r *world) at(id stepID) {
	r.Helper()
	if r.s.id() != id {
		r.Fatalf("at %q, want %q; said: %q", r.s.id(), id, r.said())
	}
}

func (r *world) said() string {
	if !r.s.alert.Visible() {
		return ""
	}
	return plain(r.s.alert.Text())
}

func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

// shoot writes what is seen to out/shots, for the eye.
func (r *world) shoot(name string) {
	r.Helper()
	r.w.Resize(fyne.NewSize(1441, 901))
	r.w.Resize(fyne.NewSize(1440, 900))
	dir := filepath.Join("..", "..", "out", "shots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "setup-"+name+".png"))
	if err != nil {
		r.Fatal(err)
	}
	if err := png.Encode(f, r.w.Canvas().Capture()); err != nil {
		r.Fatal(err)
	}
	if err := f.Close(); err != nil {
		r.Fatal(err)
	}
}

// toAgent goes to the agent's page as a person in a hurry does.
func (r *world) toAgent() {
	r.Helper()
	r.at(atCommune)
	r.typeHere("bane")
	r.key(fyne.KeyReturn, fyne.KeyReturn, fyne.KeyReturn)
	r.at(atYear)
	r.on()
	r.at(atCanteen)
	r.typeHere("4,20")
	r.on()
	r.at(atAgent)
}

// toPlan goes to the last page.
func (r *world) toPhrase() {
	r.Helper()
	r.toAgent()
	r.typeHere("Nathalie Perret")
	r.key(fyne.KeyReturn, fyne.KeyReturn)
	r.typeHere(password)
	r.key(fyne.KeyReturn)
	r.typeHere(password)
	r.key(fyne.KeyReturn)
	r.at(atPhrase)
}

func (r *world) throughPhrase() {
	r.Helper()
	r.toPhrase()
	r.on()
	r.typeHere(groups(1, 4, 6))
	r.key(fyne.KeyReturn)
}

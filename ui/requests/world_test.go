package requests

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"

// world is a small town hall on a real database, and the screen over it.
type world struct {
	t        *testing.T
	db       *store.DB
	clock    *storetest.Clock
	access   *access.Service
	deps     Deps
	ctx      context.Context
	canteen  int64
	evening  int64
	children map[string]int64
	requests map[string]int64
	families map[string]int64
	files    *fakeFiles
	sh       *kit.FakeShell
	win      fyne.Window
	p        *page
	drawn    []int // pages asked of the preview
}

// fakeFiles answers the paths a test sets.
type fakeFiles struct{ open, save, viewed string }

func (f *fakeFiles) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *fakeFiles) Save(_ context.Context, _, name string) (string, error) {
	if f.save == "" {
		return "", nil
	}
	return filepath.Join(f.save, name), nil
}
func (f *fakeFiles) View(path string) error { f.viewed = path; return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.OpenSQLite(t)
	w := &world{
		t: t, db: db, clock: storetest.ClockOf(db), access: access.New(db), children: map[string]int64{}, requests: map[string]int64{},
		families: map[string]int64{}, files: &fakeFiles{},
	}
	w.ctx = stafftest.Session(t, db, staff.Accueil, staff.Sante, staff.Regie)
	w.write(func(tx *store.Tx) error {
		var commune int64
		if err := tx.QueryRow(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`).Scan(&commune); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO school (commune_id, name) VALUES ($1, 'Élémentaire Les Étangs')`, commune); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO class (school_id, school_year, name, rank) SELECT id, 2026, 'CE2', 8 FROM school`); err != nil {
			return err
		}
		for _, s := range []struct {
			code, name, kind string
			id               *int64
		}{{"cantine", "Cantine", "canteen", &w.canteen}, {"soir", "Périscolaire soir", "evening", &w.evening}} {
			if err := tx.QueryRow(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
				VALUES ($1, $2, $3, $3, $4, '', '1245', 'metropole', 'A', '12:00', 'J-2 16:00 ouvrés', 'J-2 16:00 ouvrés', 'wallet,monthly') RETURNING id`, commune, s.code, s.name, s.kind).Scan(s.id); err != nil {
				return err
			}
		}
		for i, d := range []string{"health_form:Fiche de renseignements santé:0", "insurance:Attestation d’assurance scolaire:0", "income:Attestation de quotient familial:0", "exit:Autorisation de sortie:0", "iban:Coordonnées bancaires (IBAN):1"} {
			part := strings.Split(d, ":")
			if _, err := tx.Exec(`INSERT INTO required_document (service_id, kind, label, debit_only, rank) VALUES ($1, $2, $3, $4, $5)`, w.canteen, part[0], part[1], part[2] == "1", i); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO required_document (service_id, kind, label, rank) VALUES ($1, 'insurance', 'Attestation d’assurance scolaire', 1)`, w.evening)
		return err
	})
	w.deps = Deps{Access: w.access, Catalog: catalog.New(db), Search: w.search, Preview: func(_ context.Context, pdf []byte, page, _ int) (image.Image, int, error) {
		if !strings.HasPrefix(string(pdf), "%PDF") {
			return nil, 0, errors.New("not a PDF")
		}
		w.drawn = append(w.drawn, page)
		return paper(), 2, nil
	}}
	return w
}

// paper is a white page with some lines.
func paper() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 620, 877))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	for y := 60; y < 800; y += 24 {
		draw.Draw(m, image.Rect(60, y, 560-(y*7)%200, y+8), image.NewUniform(color.Gray{180}), image.Point{}, draw.Src)
	}
	return m
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) search(_ context.Context, text string) (hits []Hit, err error) {
	for name, id := range w.children {
		if strings.Contains(strings.ToLower(name), strings.ToLower(text)) {
			hits = append(hits, Hit{ChildID: id, Child: name, Class: "CE2", Family: strings.Fields(name)[1]})
		}
	}
	return hits, nil
}

// child writes a family of one guardian and one child.
func (w *world) child(first, last string) int64 {
	w.t.Helper()
	var id int64
	w.write(func(tx *store.Tx) error {
		var family int64
		fold := catalog.Fold(first + " " + last)
		if err := tx.QueryRow(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ($1, $2, $3, $4) RETURNING id`, last, fold, []byte{1}, tx.Now()).Scan(&family); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'MME', $2, 'Camille', $3, '')`, family, last, "camille."+strings.ToLower(last)+"@example.org"); err != nil {
			return err
		}
		w.families[first] = family
		var class int64
		if err := tx.QueryRow(`SELECT id FROM class`).Scan(&class); err != nil {
			return err
		}
		return tx.QueryRow(`INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at, class_id) VALUES ($1, $2, $3, '2018-06-09', 'elementaire', $4, $5, $6, $7) RETURNING id`,
			family, last, first, fold, []byte{1}, tx.Now(), class).Scan(&id)
	})
	w.children[first+" "+last] = id
	return id
}

// request submits one for a new child; when is days before the clock's Start.
func (w *world) request(first, last string, service int64, daysAgo int, channel string) int64 {
	w.t.Helper()
	child := w.child(first, last)
	w.clock.Set(storetest.Start.Add(-time.Duration(daysAgo) * 24 * time.Hour))
	q, err := w.access.Submit(w.ctx, access.Asked{ChildID: child, ServiceID: service, Channel: channel, StartOn: calendar.MustISO("2026-11-30"), Weekdays: "124"})
	w.clock.Set(storetest.Start)
	if err != nil {
		w.t.Fatal(err)
	}
	w.requests[first] = q.ID
	return q.ID
}

func (w *world) attach(request int64, kind string) access.Document {
	w.t.Helper()
	d, err := w.access.Attach(w.ctx, access.Attachment{RequestID: request, Kind: kind, Name: kind + ".pdf", Content: strings.NewReader(smallPDF)})
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// full hands in everything the canteen asks for.
func (w *world) full(request int64) {
	for _, k := range []string{"health_form", "insurance", "income", "exit"} {
		w.attach(request, k)
	}
}

// show opens the screen for an agent with roles.
func (w *world) show(roles ...staff.Role) *page {
	w.t.Helper()
	ctx := stafftest.Session(w.t, w.db, roles...)
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

func (w *world) state(request int64) access.State {
	w.t.Helper()
	q, err := w.access.Get(w.ctx, request)
	if err != nil {
		w.t.Fatal(err)
	}
	return q.State
}

// audits counts the trail's lines of an action.
func (w *world) audits(action string) (n int) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit WHERE action = $1`, action).Scan(&n)
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
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

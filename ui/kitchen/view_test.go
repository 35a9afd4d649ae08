package kitchen

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// files is a chooser that answers what the test set.
type files struct {
	open   string
	save   string
	viewed []string
}

func (f *files) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *files) Save(context.Context, string, string) (string, error)    { return f.save, nil }
func (f *files) View(path string) error                                  { f.viewed = append(f.viewed, path); return nil }

type room struct {
	*testing.T
	app   fyne.App
	w     fyne.Window
	o     *data.Office
	db    *store.DB
	sh    *kit.FakeShell
	files *files
	p     *page
}

// newRoom opens a small demonstration; one is made for a whole test.
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
	if _, err := demo.Create(t.Context(), o, demo.Size{Families: 30, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	r := &room{T: t, app: app, o: o, db: db, files: &files{}}
	r.w = test.NewWindow(container.NewStack())
	r.w.SetPadded(false)
	t.Cleanup(r.w.Close)
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// enter opens the page for an agent with some roles.
func (r *room) enter(roles ...staff.Role) {
	r.Helper()
	se, err := r.o.Staff.SignInDemo(r.Context(), roles...)
	r.must(err)
	r.sh = kit.NewFakeShell(r.w.Canvas(), r.db.Now())
	r.sh.Context = staff.With(r.Context(), se)
	r.sh.Agent = kit.User{Name: se.Name, Ctx: r.sh.Context}
	for _, role := range roles {
		r.sh.Agent.Roles = append(r.sh.Agent.Roles, string(role))
	}
	r.sh.Chooser = r.files
	r.p = newPage(r.sh, Deps{Booking: r.o.Booking, Catalog: r.o.Catalog, Menu: r.o.Menu, Import: r.o.Importer, Care: r.o.Family.KitchenInstructions})
	bg := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise50})
	})
	r.w.SetContent(container.NewStack(bg, r.p.Content()))
	r.w.Resize(fyne.NewSize(1224, 808))
	if len(r.sh.Refusals) > 0 {
		r.Fatal(r.sh.Refusals)
	}
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
		r.Fatal("no dialog is open")
	}
	return d
}

// run does what a key of the page does.
func (r *room) run(hint string) string {
	r.Helper()
	for _, s := range r.p.Shortcuts() {
		if s.Hint != hint {
			continue
		}
		if s.Off != nil {
			if why := s.Off(); why != "" {
				return why
			}
		}
		s.Run()
		return ""
	}
	r.Fatalf("no key %s", hint)
	return ""
}

func TestCookSeesTheDayAndSendsIt(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Cuisine)
	h := r.p.sheet.h
	if h == nil || h.Children == 0 || h.Version == 0 {
		t.Fatalf("the demonstration's next day: %+v", h)
	}
	if open, why := r.p.sheet.plan.IsOpen(r.p.day); !open {
		t.Errorf("it opens on a day of service, not on %s (%s)", r.p.day, why)
	}
	heroes := r.p.sheet.heroes()
	sum := 0
	for _, x := range heroes[1:] {
		sum += x.n
	}
	if heroes[0].n != h.Children || sum != h.Children {
		t.Errorf("heroes %d, schools %d, headcount %d", heroes[0].n, sum, h.Children)
	}
	_, foot := r.p.sheet.diets()
	if foot.total() != h.Total || foot.by[2] != h.Adults {
		t.Errorf("the table sums to %d (%d adults), the headcount to %d (%d)", foot.total(), foot.by[2], h.Total, h.Adults)
	}
	r.shoot("kitchen-cuisine")
	version := h.Version
	test.Tap(r.p.send)
	if r.p.sheet.h.Version != version+1 || len(r.sh.Dones) != 1 || !strings.Contains(r.sh.Dones[0], "transmise") {
		t.Fatalf("version %d, %v, %v", r.p.sheet.h.Version, r.sh.Dones, r.sh.Refusals)
	}
	if spec := r.p.badge.Spec(); spec.Tone != widgets.Success {
		t.Errorf("the badge says %q after sending", spec.Text)
	}
	r.shoot("kitchen-transmise")
	if len(h.Changes) > 0 && len(r.sh.Confirmed) != 0 {
		t.Error("sending changes asks nothing")
	}
	r.run("F9")
	if len(r.sh.Confirmed) != 1 {
		t.Error("sending the same again asks first")
	}
	day := r.p.day
	r.run("Page suiv.")
	if r.p.day <= day {
		t.Errorf("next: %s after %s", r.p.day, day)
	}
	r.run("Page préc.")
	if r.p.day != day {
		t.Errorf("back on %s, not %s", r.p.day, day)
	}
}

func TestMenuMakesAlerts(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Cuisine)
	list := r.p.sheet.carePlans()
	if len(list) == 0 {
		t.Fatal("the demonstration has children to mind")
	}
	var code string
	for _, p := range list {
		if k := r.p.sheet.care[p.name.ChildID]; len(k.Allergens) > 0 {
			code = k.Allergens[0]
		}
	}
	r.run("F3")
	r.shoot("kitchen-menu")
	line := lineOf(r.p.typing, menu.Main)
	line.name.SetText("Plat")
	line.allergens.Set(code)
	line.vegetarian.Set(false)
	line.say()
	if text := line.warning.Text(); !strings.Contains(text, "concerné") {
		t.Errorf("the dish is typed without a warning: %q", text)
	}
	r.dialog().Main.Press()
	if got := r.p.sheet.h.Menu; !slices.ContainsFunc(got.Dishes, func(d menu.Dish) bool { return d.Name == "Plat" && slices.Equal(d.Allergens, []string{code}) }) {
		t.Fatalf("menu kept: %+v %v", got, r.sh.Refusals)
	}
	if alerts(r.p.sheet.carePlans()) == 0 {
		t.Error("a menu with the child's allergen raises no alert")
	}
	for _, p := range r.p.sheet.carePlans() {
		if len([]rune(p.name.Last)) != 2 || !strings.HasSuffix(p.child, p.name.Last) { // "Élise R."
			t.Errorf("the kitchen reads the family name in %q (%q)", p.child, p.name.Last)
		}
	}
}

func TestAdults(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Cuisine)
	before := r.p.sheet.h.Adults
	r.run("F4")
	d := r.dialog()
	r.shoot("kitchen-adultes")
	d.First.(interface{ TypedRune(rune) }).TypedRune('9')
	d.Main.Press()
	if got := r.p.sheet.h.Adults; got == before || got > before+9 || len(r.sh.Dones) != 1 { // 9 in place of what was there
		t.Errorf("adults %d then %d, %v", before, r.p.sheet.h.Adults, r.sh.Dones)
	}
}

func TestPapers(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Cuisine)
	r.files.save = filepath.Join(t.TempDir(), "effectifs.xlsx")
	r.run("Ctrl+E")
	if st, err := os.Stat(r.files.save); err != nil || st.Size() < 4000 || len(r.sh.Dones) != 1 {
		t.Errorf("workbook: %v, %v, %v", err, r.sh.Dones, r.sh.Refusals)
	}
	r.run("Ctrl+P")
	r.p.attendance()
	r.p.exportMonth(r.p.day.FirstOfMonth(), true)
	if len(r.files.viewed) != 3 {
		t.Fatalf("shown: %v, refused %v", r.files.viewed, r.sh.Refusals)
	}
	for _, path := range r.files.viewed {
		head, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(head), "%PDF") {
			t.Errorf("%s: %v", path, err)
		}
		r.must(os.RemoveAll(filepath.Dir(path)))
	}
	r.files.save = filepath.Join(t.TempDir(), "mois.xlsx")
	r.p.askMonth()
	r.dialog().Main.Press()
	if _, err := os.Stat(r.files.save); err != nil {
		t.Error(err)
	}
	r.files.save = ""
	n := len(r.sh.Dones)
	r.run("Ctrl+E")
	if len(r.sh.Dones) != n || len(r.sh.Refusals) != 0 {
		t.Error("giving the file up does nothing")
	}
}

func TestCareIsMaskedAndDesk(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Accueil)
	if r.p.sheet.care != nil || r.p.sheet.carePlans() != nil {
		t.Fatal("care plans read without Cuisine or Santé")
	}
	rows, _ := r.p.sheet.diets()
	for _, row := range rows {
		if strings.Contains(row.label, "PAI") {
			t.Errorf("the table says %q", row.label)
		}
	}
	r.shoot("kitchen-accueil")
	r.enter(staff.Regie)
	if why := r.run("F9"); !strings.Contains(why, "Cuisine ou Accueil") {
		t.Errorf("F9 by the cash office: %q", why)
	}
	if !r.p.send.Disabled() || !r.p.adults.Disabled() || !r.p.menu.Disabled() {
		t.Error("the cash office looks, and changes nothing")
	}
}

func TestDaysAndEvents(t *testing.T) {
	r := newRoom(t)
	r.enter(staff.Cuisine)
	r.p.Open(kit.OpenDay{ServiceID: r.p.service, Day: calendar.MustISO("2026-12-25")})
	if spec := r.p.badge.Spec(); spec.Text != "Pas de service" || !r.p.send.Disabled() {
		t.Errorf("Christmas Day: %q", spec.Text)
	}
	r.shoot("kitchen-ferme")
	r.run("Ctrl+D")
	r.dialog().Main.Press()
	r.run("Page préc.")
	before := r.p.sheet.h
	r.p.OnEvent(kit.Event{Topic: "headcount"})
	r.p.OnEvent(kit.Event{Topic: "family"})
	if r.p.sheet.h != before {
		t.Error("events wait for the end of the burst")
	}
	r.sh.Run.Fire(calmDelay)
	if r.p.sheet.h == before {
		t.Error("the event was not followed")
	}
}

func TestLargeText(t *testing.T) {
	r := newRoom(t)
	r.app.Settings().SetTheme(theme.New(theme.Contrast, 150))
	r.enter(staff.Cuisine)
	r.shoot("kitchen-150")
}

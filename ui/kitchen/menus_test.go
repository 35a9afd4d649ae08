package kitchen

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func lineOf(m *dayMenu, course string) *dishLine {
	for _, l := range m.lines {
		if l.course == course {
			return l
		}
	}
	return nil
}

// menus opens the half of the menus, at a text size.
func (r *room) menus(percent int, roles ...staff.Role) *menusPage {
	r.Helper()
	r.app.Settings().SetTheme(theme.New(theme.Light, percent))
	r.enter(roles...)
	s := newScreen(r.sh, Deps{Booking: r.o.Booking, Catalog: r.o.Catalog, Menu: r.o.Menu, Import: r.o.Importer, Care: r.o.Family.KitchenInstructions})
	bg := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise50})
	})
	r.w.SetContent(container.NewStack(bg, s.Content()))
	r.w.Resize(fyne.NewSize(1224, 808))
	s.Open(Menus)
	if len(r.sh.Refusals) > 0 {
		r.Fatal(r.sh.Refusals)
	}
	return s.menus
}

func key(p *menusPage, name fyne.KeyName) { p.grid.TypedKey(&fyne.KeyEvent{Name: name}) }

func (r *room) readings() (n int) {
	r.Helper()
	r.must(r.db.Read(r.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM audit WHERE action = 'health.kitchen'`).Scan(&n)
	}))
	return n
}

func TestMenusByKeyboard(t *testing.T) {
	r := newRoom(t)
	p := r.menus(100, staff.Cuisine)
	if c := p.got.m.Count(); c.Typed == 0 || c.Served == 0 {
		t.Fatalf("the demonstration has menus: %+v", c)
	}
	day, ok := p.current()
	if !ok || day.Day != r.p.day {
		t.Errorf("it opens on %s, not on the day of the headcount", day.Day)
	}
	key(p, fyne.KeyRight)
	if next, _ := p.current(); next.Day <= day.Day {
		t.Errorf("right goes to %s", next.Day)
	}
	// the grid's cursor, Enter, a dish already served brings its allergens, saved
	key(p, fyne.KeyReturn)
	r.dialog()
	main := lineOf(p.typing, menu.Main)
	main.name.SetText("")
	main.allergens.Set()
	main.name.SetText("Hachis")
	if len(main.found) == 0 || !main.key(&fyne.KeyEvent{Name: fyne.KeyDown}) {
		t.Fatalf("nothing proposed among %d known dishes", len(p.typing.known))
	}
	if d := main.dish(); d.Name != "Hachis parmentier" || !slices.Equal(d.Allergens, []string{"lait"}) {
		t.Errorf("brought: %+v", d)
	}
	r.dialog().Main.Press()
	if got, _ := p.current(); !slices.ContainsFunc(got.Dishes, func(d menu.Dish) bool { return d.Name == "Hachis parmentier" }) || len(r.sh.Dones) != 1 {
		t.Fatalf("%+v %v", got, r.sh.Refusals)
	}
	r.sh.Undos[0]()
	if got, _ := p.current(); slices.ContainsFunc(got.Dishes, func(d menu.Dish) bool { return d.Name == "Hachis parmentier" }) {
		t.Error("undo leaves the menu")
	}
	month := p.month
	key(p, fyne.KeyPageDown)
	if p.month != month.Add(1) || p.got.m.Month != p.month {
		t.Errorf("next month: %s", p.got.m.Month)
	}
}

// Care plans are opened once, however often the month is looked at.
func TestReadingsAreLoggedOnce(t *testing.T) {
	r := newRoom(t)
	r.menus(100, staff.Cuisine) // the half of the day reads too
	before := r.readings()
	p := r.menus(100, staff.Cuisine)
	opened := r.readings() - before
	if p.got.care == nil || opened != 3 { // two days, as the test makes them, and the month
		t.Fatalf("%d readings to open the screen", opened)
	}
	before = r.readings()
	for range 3 {
		p.OnEvent(kit.Event{Topic: menu.Topic})
		r.sh.Run.Fire(calmDelay)
		key(p, fyne.KeyRight)
		key(p, fyne.KeyLeft)
	}
	if n := r.readings() - before; n != 0 {
		t.Errorf("%d readings for looking at the same children", n)
	}
	p.OnEvent(kit.Event{Topic: "child"})
	r.sh.Run.Fire(calmDelay)
	if p.memory.care == nil {
		t.Error("a child that changed is not read again")
	}
}

// alertDay finds a day whose menu meets a care plan.
func alertDay(p *menusPage) (menu.Day, bool) {
	for _, w := range p.got.m.Weeks {
		for _, d := range w.Days {
			if alerts, _, _ := p.got.counts(d); alerts > 0 {
				return d, true
			}
		}
	}
	return menu.Day{}, false
}

func TestMenusShowWhoIsConcerned(t *testing.T) {
	r := newRoom(t)
	p := r.menus(100, staff.Cuisine)
	d, ok := alertDay(p)
	if !ok {
		t.Fatal("the demonstration has a dish that meets a care plan")
	}
	basket := false
	r.must(r.db.Write(r.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE child SET diet = 'pai_panier' WHERE id = (SELECT min(c.id) FROM child c JOIN booking b ON b.child_id = c.id AND b.state = 'booked' AND b.service_id = $1 WHERE c.diet = 'standard')`, p.service)
		return err
	}))
	p.OnEvent(kit.Event{Topic: "child"})
	r.sh.Run.Fire(calmDelay)
	for _, m := range p.got.minders(d) {
		if m.alert() && (m.dishes == "" || m.without == "" || m.basket) {
			t.Errorf("%+v", m)
		}
	}
	for _, x := range p.got.m.Days() {
		for _, m := range p.got.minders(x) {
			if m.basket && (m.alert() || m.badge().Text != "Panier-repas") {
				t.Errorf("a basket is said otherwise: %+v", m)
			}
			basket = basket || m.basket
		}
	}
	if !basket {
		t.Error("nobody brings a basket: the demonstration should show one")
	}
	marks := p.got.marks(d)
	if !slices.ContainsFunc(marks, func(b widgets.BadgeSpec) bool { return strings.HasPrefix(b.Text, "!") && b.Tone == widgets.Failure }) {
		t.Errorf("%+v", marks)
	}
	text, bad := p.got.concerned(d.Day, d.Allergens())
	if !bad || !strings.Contains(text, "Ce plat contient") {
		t.Errorf("%q", text)
	}
}

// Nothing of a care plan is in what the other roles are given: no allergen as a
// child's, no first name, no instruction; only how many meals to look at.
func TestMenusTellTheOthersNumbersOnly(t *testing.T) {
	r := newRoom(t)
	cook := r.menus(100, staff.Cuisine)
	d, ok := alertDay(cook)
	if !ok {
		t.Fatal("no day to look at")
	}
	var secrets []string
	for _, m := range cook.got.minders(d) {
		secrets = append(secrets, m.child, m.instruction)
	}
	before := r.readings()
	for _, role := range []staff.Role{staff.Accueil, staff.Regie, staff.Admin} {
		p := r.menus(100, role)
		if p.got.care != nil || p.got.meals.Children != nil || p.got.minders(d) != nil {
			t.Fatalf("%s reads care plans", role)
		}
		text, bad := p.got.concerned(d.Day, []string{"lait", "poissons", "gluten"})
		none, _ := p.got.concerned(d.Day, nil)
		if bad || text != none || !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), "à vérifier") {
			t.Errorf("%s: %q for a dish with allergens, %q for one without", role, text, none)
		}
		shown := text + test.RenderObjectToMarkup(p.root)
		for _, s := range secrets {
			if s != "" && strings.Contains(shown, s) {
				t.Errorf("%s reads %q", role, s)
			}
		}
	}
	if n := r.readings() - before; n != 0 {
		t.Errorf("%d readings by those who may not", n)
	}
	p := r.menus(100, staff.Regie)
	key(p, fyne.KeyReturn)
	if widgets.TopDialog(r.w.Canvas()) != nil || len(r.sh.Toasts) == 0 {
		t.Error("the cash office writes menus")
	}
}

func TestCopyImportAndPapers(t *testing.T) {
	r := newRoom(t)
	p := r.menus(100, staff.Cuisine)
	p.begin(p.service, calendar.MustISO("2026-12-17"))
	r.must(r.o.Menu.Set(r.sh.Context, p.service, menu.Entry{Day: calendar.MustISO("2026-12-17")}))
	p.askCopy()
	r.dialog().Main.Press() // which week
	r.shoot("menus-copie")
	r.dialog().Main.Press() // what it does
	if d, ok := p.current(); !ok || d.Day.Monday() != calendar.MustISO("2026-12-14") || len(d.Dishes) == 0 {
		t.Errorf("%+v %v", d, r.sh.Refusals)
	}
	file := filepath.Join(t.TempDir(), "menus.csv")
	r.must(os.WriteFile(file, []byte("Date;Entrée;Plat;Allergènes;Prix\n11/12/2026;Betteraves;Colin (poisson);;3\n12/12/2026;;Poulet;;3\n18/12/2026;;Dahl;kiwi;3\n"), 0o600))
	r.files.open = file
	p.askImport()
	r.shoot("menus-import")
	r.dialog().Main.Press()
	if d, err := r.o.Menu.Day(r.sh.Context, p.service, calendar.MustISO("2026-12-11")); err != nil || d.Text() != "Betteraves, colin" {
		t.Errorf("%v %+v", err, d)
	}
	if d, err := r.o.Menu.Day(r.sh.Context, p.service, calendar.MustISO("2026-12-18")); err != nil || strings.Contains(d.Text(), "Dahl") {
		t.Errorf("a refused day: %v %+v", err, d)
	}
	for _, internal := range []bool{false, true} {
		p.print(0, internal)
		p.print(calendar.MustISO("2026-12-07"), internal)
	}
	p.askPrint()
	r.shoot("menus-imprimer")
	r.dialog().Close()
	if len(r.files.viewed) != 4 {
		t.Fatal(r.files.viewed, r.sh.Refusals)
	}
	for _, path := range r.files.viewed {
		r.must(os.RemoveAll(filepath.Dir(path)))
	}
	r.files.save = filepath.Join(t.TempDir(), "menus.xlsx")
	p.export()
	if st, err := os.Stat(r.files.save); err != nil || st.Size() < 3000 {
		t.Error(err)
	}
}

func TestMenusShots(t *testing.T) {
	r := newRoom(t)
	for _, percent := range []int{100, 150} {
		name := map[int]string{100: "", 150: "-150"}[percent]
		p := r.menus(percent, staff.Cuisine)
		if d, ok := alertDay(p); ok {
			p.begin(p.service, d.Day)
		}
		r.shoot("menus" + name)
		p.editDay()
		r.shoot("menus-saisie" + name)
		r.dialog().Close()
		long := strings.Repeat("Parmentier de lentilles corail et patates douces ", 3)
		d, _ := p.current()
		r.must(r.o.Menu.Set(r.sh.Context, p.service, menu.Entry{Day: d.Day, Dishes: append(slices.Clone(d.Dishes), menu.Dish{Course: menu.Main, Name: long})}))
		p.load()
		r.shoot("menus-longs" + name)
		p.begin(p.service, calendar.MustISO("2027-03-10"))
		r.shoot("menus-vide" + name)
		p.begin(p.service, calendar.MustISO("2026-07-20"))
		r.shoot("menus-ete" + name)
		r.must(r.o.Menu.Set(r.sh.Context, p.service, menu.Entry{Day: d.Day, Dishes: d.Dishes}))
		r.menus(percent, staff.Accueil)
		r.shoot("menus-accueil" + name)
	}
}

package kitchen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/menu"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// dayMenu is the dialog of one day's menu: a line a dish; the line one is in is
// open and shows the fourteen allergens to tick, the others say theirs in words.
type dayMenu struct {
	sh        kit.Shell
	known     []menu.Dish
	concerned func(allergens []string) (text string, bad bool)
	form      *widgets.Form
	lines     []*dishLine
	box       *fyne.Container
	dialog    *widgets.Dialog
	now       *dishLine
}

// dishLine is one dish being typed.
type dishLine struct {
	of         *dayMenu
	course     string
	name       *widgets.TextField
	allergens  *widgets.Choice
	vegetarian *widgets.Check
	summary    *widgets.Label
	warning    *widgets.Label
	more       *fyne.Container
	box        fyne.CanvasObject
	brought    string // the known dish whose allergens were brought
	touched    bool   // allergens were ticked by hand
	found      []menu.Dish
}

// commonCourses have a line from the start.
var commonCourses = []string{menu.Starter, menu.Main, menu.Side, menu.Dairy, menu.Dessert}

func newDayMenu(sh kit.Shell, dishes, known []menu.Dish, concerned func([]string) (string, bool)) *dayMenu {
	m := &dayMenu{sh: sh, known: known, concerned: concerned, form: widgets.NewForm(), box: widgets.VBox(6)}
	for _, c := range menu.Courses {
		any := false
		for _, d := range dishes {
			if d.Course == c.Code {
				m.add(c.Code).put(d)
				any = true
			}
		}
		if !any && slices.Contains(commonCourses, c.Code) {
			m.add(c.Code)
		}
	}
	m.form.Line(m.box)
	m.form.Line(m.adder())
	m.open(m.lines[0])
	return m
}

// adder adds a second main dish, a snack…
func (m *dayMenu) adder() fyne.CanvasObject {
	options := make([]widgets.Option, len(menu.Courses))
	for i, c := range menu.Courses {
		options[i] = widgets.Option{ID: c.Code, Label: c.Label}
	}
	course := widgets.NewSelect(nil, options...).Compact()
	course.Set(menu.Main)
	more := widgets.NewButton("Ajouter un plat", widgets.Secondary, func() {
		l := m.add(course.Value())
		m.box.Refresh()
		m.open(l)
		m.dialog.Reflow()
		l.name.Focus()
	}).Icon("plus").Compact()
	return widgets.HFlex(8, []float32{0, 0, 1}, course, more, widgets.Spacer())
}

func (m *dayMenu) add(course string) *dishLine {
	l := &dishLine{of: m, course: course, name: widgets.NewTextField().Compact()}
	options := make([]widgets.Option, len(family.Allergens))
	for i, a := range family.Allergens {
		options[i] = widgets.Option{ID: a.Code, Label: fmt.Sprintf("%d"+nbsp+"%s", i+1, allergenWord(a.Code))}
	}
	l.allergens = widgets.NewMultiChoice(func([]string) { l.touched = true; l.say() }, options...).Wrap()
	l.vegetarian = widgets.NewCheck("Plat végétarien (ni viande, ni poisson)", func(bool) { l.touched = true; l.say() })
	l.summary, l.warning = widgets.NewLabel("", widgets.Small), widgets.NewParagraph("", widgets.SmallBold.With(theme.Erreur))
	l.name.OnFocus = func(on bool) {
		if on {
			m.open(l)
		}
	}
	l.name.OnChanged = func(string) { l.typed() }
	l.name.OnKey = l.key
	indent := func(o fyne.CanvasObject) *fyne.Container {
		return widgets.HFlex(12, []float32{-92, 1}, widgets.Spacer(), o)
	}
	l.more = indent(widgets.VBox(8, l.allergens, l.vegetarian, l.warning))
	l.more.Hide()
	head := widgets.HFlex(12, []float32{-92, 1}, widgets.NewLabel(menu.CourseLabel(course), widgets.BodyBold), l.name)
	l.box = widgets.VBox(4, head, indent(l.summary), l.more)
	m.lines = append(m.lines, l)
	m.box.Objects = append(m.box.Objects, l.box)
	return l
}

// open shows the allergens of one line and puts those of the others away.
func (m *dayMenu) open(l *dishLine) {
	if m.now == l {
		return
	}
	if m.now != nil {
		m.now.more.Hide()
		m.now.say()
	}
	m.now = l
	l.more.Show()
	l.say()
	m.box.Refresh()
	if m.dialog != nil {
		m.dialog.Reflow()
	}
}

// put fills a line with a dish.
func (l *dishLine) put(d menu.Dish) {
	l.name.SetText(d.Name)
	l.allergens.Set(d.Allergens...)
	l.vegetarian.Set(d.Vegetarian)
	l.touched, l.brought = true, ""
	l.found = nil
	l.say()
}

// dish reads the line.
func (l *dishLine) dish() menu.Dish {
	return menu.Dish{Course: l.course, Name: strings.TrimSpace(l.name.Text()), Allergens: l.allergens.Values(), Vegetarian: l.vegetarian.Checked()}
}

// maxFound is how many known dishes are proposed at once.
const maxFound = 3

// typed looks for dishes already served: the same name brings its allergens,
// unless they were ticked by hand.
func (l *dishLine) typed() {
	key := catalog.Fold(l.name.Text())
	l.found = nil
	if key != "" {
		for _, pass := range []func(string) bool{func(n string) bool { return strings.HasPrefix(n, key) }, func(n string) bool { return strings.Contains(n, " "+key) }} {
			for _, d := range l.of.known {
				n := catalog.Fold(d.Name)
				twice := slices.ContainsFunc(l.found, func(f menu.Dish) bool { return f.Name == d.Name })
				if d.Course == l.course && n != key && !twice && pass(n) && len(l.found) < maxFound {
					l.found = append(l.found, d)
				}
			}
		}
	}
	if key == "" {
		l.touched = false
	}
	same := slices.IndexFunc(l.of.known, func(d menu.Dish) bool { return d.Course == l.course && catalog.Fold(d.Name) == key })
	switch {
	case same >= 0 && !l.touched:
		l.bring(l.of.known[same])
	case same < 0 && l.brought != "" && !l.touched: // another dish now
		l.brought = ""
		l.allergens.Set()
		l.vegetarian.Set(false)
	}
	l.say()
}

func (l *dishLine) bring(d menu.Dish) {
	l.brought = d.Name
	l.allergens.Set(d.Allergens...)
	l.vegetarian.Set(d.Vegetarian)
}

// key takes Down: the first dish proposed; Enter: the allergens.
func (l *dishLine) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown:
		if len(l.found) == 0 {
			return false
		}
		d := l.found[0]
		l.touched = false
		l.name.SetText(d.Name)
		l.bring(d)
		l.found = nil
		l.say()
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		if c := l.of.sh.Canvas(); c != nil {
			c.Focus(l.allergens)
		}
		return true
	}
	return false
}

// say writes what is known of the dish under its name.
func (l *dishLine) say() {
	d := l.dish()
	switch {
	case l == l.of.now && len(l.found) > 0:
		names := make([]string, len(l.found))
		for i, f := range l.found {
			names[i] = f.Name
		}
		l.summary.Set("Flèche bas" + nbsp + ": " + strings.Join(names, " · "))
	case d.Name == "" && len(d.Allergens) == 0:
		l.summary.Set("")
	case l.brought != "" && !l.touched:
		l.summary.Set("Déjà servi, ses allergènes sont repris" + nbsp + ": " + orNone(d))
	default:
		l.summary.Set(orNone(d))
	}
	text, bad := l.of.concerned(d.Allergens)
	l.warning.SetStyle(widgets.SmallBold.With(map[bool]theme.Token{true: theme.Erreur, false: theme.Ardoise600}[bad]))
	l.warning.Set(text)
}

func orNone(d menu.Dish) string {
	text := "aucun allergène coché"
	if len(d.Allergens) > 0 {
		text = allergenWords(d.Allergens)
	}
	if d.Vegetarian {
		text += ", végétarien"
	}
	return text
}

func (m *dayMenu) dishes() (out []menu.Dish) {
	for _, l := range m.lines {
		if d := l.dish(); d.Name != "" || len(d.Allergens) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// showMenuDialog opens the dialog of a day; done is called once it is kept.
func showMenuDialog(sh kit.Shell, d Deps, service int64, day menu.Day, known []menu.Dish, concerned func([]string) (string, bool), done func()) *dayMenu {
	m := newDayMenu(sh, day.Dishes, known, concerned)
	busy, version := false, day.Version()
	m.dialog = widgets.NewDialog("Menu du "+day.Day.LongNoYear(), "Tab ou Entrée\u00a0: les allergènes du plat (flèches, Espace), puis le plat suivant. Tout vide\u00a0: le menu est retiré.", m.form.Content(), "Enregistrer", widgets.Primary, func() {
		if busy {
			return
		}
		busy = true
		entry := menu.Entry{Day: day.Day, Dishes: m.dishes(), Seen: version}
		sh.Runner().Go(sh.Ctx(), func(ctx context.Context) error { return d.Menu.Set(ctx, service, entry) }, func(err error) {
			busy = false
			if err != nil {
				m.form.Refuse(err)
				return
			}
			m.dialog.Close()
			sh.Done("Menu du "+day.Day.Medium()+" enregistré", undoMenu(sh, d, service, day, entry, done))
			done()
		})
	})
	m.dialog.Width = 860
	m.dialog.First = m.lines[0].name.FocusTarget()
	sh.Show(m.dialog)
	return m
}

// undoMenu puts the menu back as it was, unless somebody changed it again.
func undoMenu(sh kit.Shell, d Deps, service int64, was menu.Day, now menu.Entry, done func()) func() {
	return func() {
		sh.Runner().Go(sh.Ctx(), func(ctx context.Context) error {
			kept, err := d.Menu.Day(ctx, service, was.Day)
			if err != nil {
				return err
			}
			return d.Menu.Set(ctx, service, menu.Entry{Day: now.Day, Dishes: was.Dishes, Seen: kept.Version()})
		}, func(err error) {
			if err != nil {
				sh.Refused(err)
				return
			}
			done()
		})
	}
}

// editDay opens the day of the cursor.
func (p *menusPage) editDay() {
	day, ok := p.current()
	if why := p.got.editRefusal(day, ok); why != "" {
		p.sh.Toast(why)
		return
	}
	service, got := p.service, p.got
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) ([]menu.Dish, error) {
		if p.known != nil {
			return p.known, nil
		}
		return p.d.Menu.Known(ctx, service)
	}, func(known []menu.Dish, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.known = known
		p.typing = showMenuDialog(p.sh, p.d, service, day, known, func(a []string) (string, bool) { return got.concerned(day.Day, a) }, p.load)
	})
}

// askMenu opens the menu of the day shown, from the headcount.
func (p *page) askMenu() {
	service, day, s := p.service, p.day, p.sheet
	shown := s.h.Menu
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) ([]menu.Dish, error) { return p.d.Menu.Known(ctx, service) }, func(known []menu.Dish, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		shown.Day = day
		p.typing = showMenuDialog(p.sh, p.d, service, shown, known, s.concerned, p.load)
	})
}

// concerned is monthSheet.concerned for the day of a headcount.
func (s sheet) concerned(allergens []string) (string, bool) {
	one := monthSheet{plans: s.plans, care: s.care}
	one.meals.Counts = map[calendar.Date]int{s.h.Day: s.adapted()}
	for _, n := range s.h.Names {
		if _, ok := s.care[n.ChildID]; ok {
			one.meals.Children = append(one.meals.Children, booking.Adapted{
				ChildID: n.ChildID, First: n.First, Last: n.Last, School: n.School, Class: n.Class, Diet: n.Diet, Days: map[calendar.Date]booking.Presence{s.h.Day: booking.IsBooked},
			})
		}
	}
	return one.concerned(s.h.Day, allergens)
}

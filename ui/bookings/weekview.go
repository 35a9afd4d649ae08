package bookings

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// weekView is the classes' week: who ate. What is typed is shown at once and
// kept in the background a moment later.
type weekView struct {
	p  *page
	sh kit.Shell
	m  *weekModel

	school, class, service *widgets.Select
	when                   *widgets.Painting
	print                  *widgets.Button
	grid                   *widgets.WeekGrid
	empty                  *widgets.EmptyState
	side                   *weekSide
	body                   fyne.CanvasObject

	loading, listing kit.Latest
	asked            kit.OpenDay // what Navigate wants, until it is shown
	placed           bool        // the cursor has had its first place
	stop             func()      // the pause before sending
	since            time.Time   // of the oldest mark that waits
	sent             chan struct{}
	underWay         int    // sendings not answered yet
	leaving          func() // once they are
}

// The pause after the last key before marks are sent, and the longest they wait
// while somebody types on.
const (
	sendPause = 300 * time.Millisecond
	sendLimit = time.Second
)

func newWeekView(p *page) *weekView {
	v := &weekView{p: p, sh: p.sh, m: newWeekModel(p.sh.Today(), p.sh.User().Has(string(staff.Accueil)))}
	v.build()
	v.load()
	return v
}

func (v *weekView) title() string              { return "Pointage par classe" }
func (v *weekView) content() fyne.CanvasObject { return v.body }

func (v *weekView) focus() {
	if v.grid.Visible() {
		v.p.focus(v.grid)
		return
	}
	v.p.focus(v.school.FocusTarget())
}

func (v *weekView) build() {
	v.school = widgets.NewSelect(v.pickSchool).Compact().Icon("school").Bold().PlaceHolder("École").Width(192)
	v.class = widgets.NewSelect(v.pickClass).Compact().Width(152)
	v.service = widgets.NewSelect(v.pickService).Compact().PlaceHolder("Service").Width(116)
	v.when = widgets.NewPainting(132, 32, v.paintWhen)
	prev := widgets.NewIconButton("chevron-left", "Semaine précédente (Page préc.)", func() { v.turn(-1) })
	next := widgets.NewIconButton("chevron-right", "Semaine suivante (Page suiv.)", func() { v.turn(1) })
	v.print = widgets.NewButton("Imprimer", widgets.Secondary, v.printSheet).Icon("print").Hint("La feuille de pointage de la semaine, en PDF (Ctrl+P)").Compact()
	head := container.New(&twoRows{gap: 8, split: 3}, v.school, v.class, v.service, prev, v.when, next, v.print)

	v.grid = widgets.NewWeekGrid("Enfant", "Régime", v.m.at)
	v.grid.OnLetter = v.letter
	v.grid.OnReset = func(row, col int) { v.mark(row, col, booking.NoMark) }
	v.grid.OnToggle = v.toggle
	v.grid.OnPage = v.turn
	v.grid.OnMove = func(int, int) { v.side.show() }
	v.empty = widgets.NewEmptyState("hourglass", "Chargement de la semaine…", "", nil)
	v.grid.Hide()
	card := widgets.NewPanel("", widgets.Pad(16, 10, widgets.VFlex(8, []float32{0, 1}, head, container.NewStack(v.grid, v.empty)))).Flush()
	v.side = newWeekSide(v)
	v.body = kit.Frame(widgets.HFlex(16, []float32{1, -304}, card, v.side.box))
}

func (v *weekView) paintWhen(g *widgets.Gfx, size fyne.Size) {
	days, week := v.m.weekRange()
	g.Text(0, 0, size.Width, size.Height/2+2, days, widgets.BodyBold.Center())
	g.Text(0, size.Height/2, size.Width, size.Height/2, week, widgets.Small.Center())
}

// load asks for the choices of the week's school year, then for the week.
func (v *weekView) load() {
	year := calendar.SchoolYearOf(v.m.monday)
	if v.m.lists.services != nil && v.m.lists.year == year {
		v.loadWeek()
		return
	}
	l := weekLists{year: year}
	c, start := v.p.d.Catalog, v.p.d.Start
	v.listing.Go(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (err error) {
		if l.services, err = c.Services(ctx); err != nil {
			return err
		}
		if l.schools, err = c.Schools(ctx); err != nil {
			return err
		}
		if start != nil {
			l.start = start(ctx)
		}
		l.classes, err = c.Classes(ctx, year)
		return err
	}, func(err error) {
		if err != nil {
			v.failed(err)
			return
		}
		if l.services == nil {
			l.services = []catalog.ServiceInfo{}
		}
		v.m.takeLists(l)
		v.m.classes = slices.DeleteFunc(slices.Clone(v.m.classes), func(id int64) bool { return v.m.className(id) == "" })
		v.settleAsked()
		v.loadWeek()
	})
}

func (v *weekView) loadWeek() {
	v.showChoices()
	if v.m.service == 0 {
		v.m.take(nil)
		v.say("settings", "Aucun service", "Créez les services de la commune dans les réglages.", nil)
		return
	}
	service, filter, monday := v.m.service, v.m.filter(), v.m.monday
	var g *booking.WeekGrid
	v.loading.Go(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (err error) {
		g, err = v.p.d.Booking.Week(ctx, service, filter, monday)
		return err
	}, func(err error) {
		if err != nil {
			v.failed(err)
			return
		}
		v.show(g)
	})
	v.side.load()
}

func (v *weekView) failed(err error) {
	v.m.take(nil)
	v.say("circle-alert", "Impossible d’afficher la semaine", fault.Sentence(err), widgets.NewButton("Réessayer", widgets.Secondary, v.load).Compact())
}

// say shows a sentence instead of the grid.
func (v *weekView) say(icon, head, text string, action *widgets.Button) {
	v.empty.Set(icon, head, text, action)
	v.empty.Show()
	v.grid.Hide()
	v.when.Refresh()
	v.side.show()
}

// show draws a loaded week; the cursor stays on its child.
func (v *weekView) show(g *booking.WeekGrid) {
	row, col := v.grid.Cell()
	child, _, _ := v.m.child(row)
	had := v.grid.Visible()
	v.m.take(g)
	v.when.Refresh()
	switch {
	case len(g.Days) == 0:
		v.say("calendar-x", "Pas de service cette semaine", fault.French(v.m.closedWhy()), nil)
		return
	case len(v.m.lines) == 0 && v.m.only != nil:
		v.say("filter", "Aucun des enfants choisis n’est ici", "Échap montre de nouveau toute la classe.", nil)
		return
	case len(v.m.lines) == 0:
		v.say("child", "Aucun enfant dans ces classes", "Les enfants sont inscrits dans leur classe depuis la fiche de leur famille.", nil)
		return
	}
	v.empty.Hide()
	v.grid.Show()
	v.grid.Set(v.m.heads, v.m.rows, v.m.foot)
	if at := v.m.rowOf(child.ChildID); at >= 0 && v.placed && v.asked.Day.IsZero() {
		v.grid.MoveTo(at, col)
	} else {
		row, col = v.m.start(v.asked.Day)
		for _, id := range v.asked.Children {
			if at := v.m.rowOf(id); at >= 0 {
				row = at
				break
			}
		}
		v.grid.MoveTo(row, col)
	}
	v.placed, v.asked = true, kit.OpenDay{}
	v.side.show()
	if !had && v.p.now == half(v) {
		v.focus()
	}
}

// changed draws what a key did: its cell, the heads and the foot.
func (v *weekView) changed() {
	if v.m.grid == nil || len(v.m.lines) == 0 {
		return
	}
	if v.m.count() {
		v.grid.SetTotals(v.m.foot)
	}
	v.grid.Refresh()
	v.side.show()
}

func (v *weekView) showChoices() {
	v.service.SetOptions(v.m.serviceOptions()...)
	v.service.Set(id64(v.m.service))
	v.school.SetOptions(v.m.schoolOptions()...)
	v.school.Set(id64(v.m.school))
	v.class.SetOptions(v.m.classOptions()...)
	v.class.Set(v.m.classValue())
	off := ""
	if v.p.d.PrintWeek == nil {
		off = "L’impression n’est pas disponible dans cette fenêtre."
	}
	v.print.SetEnabled(off == "", off)
}

func (v *weekView) pickService(id string) {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		v.flush()
		v.m.setService(n)
		v.load()
	}
}

func (v *weekView) pickSchool(id string) {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		v.flush()
		v.m.setSchool(n)
		v.load()
	}
}

func (v *weekView) pickClass(id string) {
	if id == several {
		v.class.Set(v.m.classValue())
		v.askClasses()
		return
	}
	var ids []int64
	for _, s := range strings.Split(id, ",") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	v.setClasses(ids)
}

func (v *weekView) setClasses(ids []int64) {
	v.flush()
	v.m.classes = ids
	v.load()
}

// askClasses offers several classes at once.
func (v *weekView) askClasses() {
	var opts []widgets.Option
	for _, k := range v.m.schoolClasses() {
		opts = append(opts, widgets.Option{ID: id64(k.ID), Label: k.Name})
	}
	pick := widgets.NewMultiChoice(nil, opts...).Wrap()
	pick.Set(strings.Split(v.m.classValue(), ",")...)
	field := widgets.NewField("Classes", "Aucune : toutes les classes de l’école.", pick)
	var d *widgets.Dialog
	d = widgets.NewDialog("Classes à pointer", "", field, "Afficher", widgets.Primary, func() {
		d.Close()
		v.pickClass(strings.Join(pick.Values(), ","))
	})
	d.First = pick.FocusTarget()
	v.sh.Show(d)
}

// turn goes to another week.
func (v *weekView) turn(step int) {
	v.flush()
	v.m.monday = v.m.monday.Add(7 * step)
	v.when.Refresh()
	v.load()
}

// open shows the day asked for by another screen.
func (v *weekView) open(o kit.OpenDay) {
	v.flush()
	v.asked = o
	if o.Day.IsZero() {
		v.asked.Day = v.sh.Today()
	}
	v.m.monday = v.asked.Day.Monday()
	v.m.only = nil
	if len(o.Children) > 0 {
		v.m.only = map[int64]bool{}
		for _, id := range o.Children {
			v.m.only[id] = true
		}
	}
	v.settleAsked()
	v.load()
}

// settleAsked turns the choices to what is asked, once the lists are there.
func (v *weekView) settleAsked() {
	if v.asked.Day.IsZero() || v.m.lists.services == nil {
		return
	}
	if v.asked.ServiceID != 0 {
		v.m.setService(v.asked.ServiceID)
	}
	for _, k := range v.m.lists.classes {
		if k.ID == v.asked.Class {
			v.m.school, v.m.classes = k.SchoolID, []int64{k.ID}
		}
	}
	if v.asked.Class == 0 && v.m.only != nil { // wherever they are
		v.m.setSchool(0)
	}
}

// printSheet makes the attendance sheet of what is shown and opens it.
func (v *weekView) printSheet() {
	if v.m.grid == nil || v.p.d.PrintWeek == nil {
		return
	}
	v.flush()
	g := v.m.snapshot()
	v.print.SetEnabled(false, "La feuille se prépare…")
	kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (string, error) { return v.p.d.PrintWeek(ctx, g) }, func(path string, err error) {
		v.print.SetEnabled(true, "")
		if err == nil {
			err = v.sh.Files().View(path)
		}
		if err != nil {
			v.sh.Refused(err)
		}
	})
}

func (v *weekView) onEvent(e kit.Event) {
	switch e.Topic {
	case "catalog", "*":
		v.m.lists.year = 0
		v.load()
	case booking.Topic, "family", "child", "request", "wallet":
		v.loadWeek()
	}
}

// escape shows the whole class again.
func (v *weekView) escape() bool {
	if v.m.only == nil {
		return false
	}
	v.m.only = nil
	v.loadWeek()
	return true
}

func (v *weekView) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyP, Mod: fyne.KeyModifierControl, Hint: "Ctrl+P", Label: "Imprimer la feuille de pointage", Run: v.printSheet},
	}
}

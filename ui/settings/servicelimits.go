package settings

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// limitForm is where the limits to book, or to cancel, are chosen: one rule for
// all days, and those of the weekdays that have their own.
type limitForm struct {
	t      *servicesTab
	path   string // "book", "cancel"
	set    func(*catalog.Draft) *calendar.CutoffSet
	day    *time.Weekday // the weekday whose rule is shown; nil: all of them
	filled bool          // the fields are being filled

	which *widgets.Choice
	own   *widgets.Check
	way   *widgets.Select
	days  *widgets.TextField
	count *widgets.Select
	wday  *widgets.Select
	weeks *widgets.Select
	hours *widgets.TextField
	start *widgets.TextField
	at    *widgets.TextField
	skip  *widgets.Check
	parts map[string]*widgets.Field // by the name limit.cutoff gives a wrong one
	lines map[string]fyne.CanvasObject
	words *widgets.Label
	flaw  *widgets.Label
	box   *fyne.Container
}

func newLimitForm(t *servicesTab, path string, set func(*catalog.Draft) *calendar.CutoffSet) *limitForm {
	f := &limitForm{t: t, path: path, set: set}
	f.which = widgets.NewChoice(widgets.Chips, func(string) { f.turn() }, widgets.Option{ID: "", Label: "Tous les jours"}).Wrap()
	f.own = widgets.NewCheck("Ce jour a sa propre limite", f.toggle)
	f.way = widgets.NewSelect(func(string) { f.typed() }, limitWays...)
	f.count = widgets.NewSelect(func(string) { f.typed() }, limitCounts...)
	f.wday = widgets.NewSelect(func(string) { f.typed() }, weekdayOptions()...)
	f.weeks = widgets.NewSelect(func(string) { f.typed() }, limitWeeks...)
	text := func() *widgets.TextField {
		in := widgets.NewTextField()
		in.OnChanged = func(string) { f.typed() }
		return in
	}
	f.days, f.hours, f.start, f.at = text(), text(), text(), text()
	f.skip = widgets.NewCheck("Avancer une limite qui tombe un jour fermé", func(bool) { f.typed() })
	f.parts = map[string]*widgets.Field{
		"days": widgets.NewField("Nombre de jours", "", f.days), "hours": widgets.NewField("Nombre d’heures", "", f.hours),
		"start": widgets.NewField("Début du service", "", f.start), "at": widgets.NewField("Heure limite", "", f.at),
	}
	count := widgets.NewField("Comptés en jours", "", f.count)
	f.lines = map[string]fyne.CanvasObject{
		"count": count,
		"days":  f.parts["days"],
		"week":  widgets.HFlex(12, []float32{4, 5}, widgets.NewField("Jour", "", f.wday), widgets.NewField("Semaine", "", f.weeks)),
		"hours": widgets.HFlex(12, []float32{1, 1}, f.parts["hours"], f.parts["start"]),
		"at":    f.parts["at"],
	}
	f.words = widgets.NewParagraph("", widgets.Small)
	f.flaw = widgets.NewParagraph("", widgets.Small.With(theme.Erreur))
	f.flaw.Hide()
	counted := widgets.HFlex(12, []float32{1, 1}, f.lines["days"], count)
	clock := widgets.HFlex(12, []float32{1, 1}, f.lines["at"], widgets.Spacer())
	f.lines["counted"], f.lines["clock"] = counted, clock
	f.box = widgets.VBox(10, f.words, f.which, f.own, widgets.NewField("La limite tombe", "", f.way), counted, f.lines["week"], f.lines["hours"], clock, f.skip, f.flaw)
	return f
}

// cutoff is the rule that is shown.
func (f *limitForm) cutoff() calendar.Cutoff {
	s := *f.set(&f.t.ed.draft)
	if f.day != nil {
		return s.For(*f.day)
	}
	return s.Default
}

func (f *limitForm) hasOwn() bool {
	if f.day == nil {
		return true
	}
	_, ok := f.set(&f.t.ed.draft).ByWeekday[*f.day]
	return ok
}

// show fills the form from the draft; a weekday that is no day of service any
// more is not shown.
func (f *limitForm) show() {
	if f.t.ed == nil {
		return
	}
	d := f.t.ed.draft
	if f.day != nil && !d.Info.Weekdays.Has(*f.day) {
		f.day = nil
	}
	f.fill(limitOf(f.cutoff(), d.Info.StartsAt))
}

func (f *limitForm) fill(l limit) {
	f.filled = true
	f.way.Set(l.way)
	f.days.SetText(l.days)
	f.count.Set(l.count)
	f.wday.Set(l.weekday)
	f.weeks.Set(l.weeks)
	f.hours.SetText(l.hours)
	f.start.SetText(l.start)
	f.at.SetText(l.at)
	f.skip.Set(l.skip)
	f.filled = false
	f.arrange()
}

func (f *limitForm) limit() limit {
	return limit{way: f.way.Value(), days: f.days.Text(), count: f.count.Value(), weekday: f.wday.Value(), weeks: f.weeks.Value(), hours: f.hours.Text(), at: f.at.Text(), start: f.start.Text(), skip: f.skip.Checked()}
}

// key is the path of the rule shown: "book", "book.lundi".
func (f *limitForm) key() string {
	if f.day == nil {
		return f.path
	}
	return f.path + "." + calendar.WeekdayName(*f.day)
}

// typed reads the fields into the draft; the one that is wrong says so.
func (f *limitForm) typed() {
	if f.filled || f.t.ed == nil || !f.hasOwn() {
		return
	}
	c, field, err := f.limit().cutoff()
	for name, part := range f.parts {
		part.SetError("")
		if name == field && err != nil {
			part.SetError(fault.Sentence(err))
		}
	}
	f.t.typed(f.key(), func(d *catalog.Draft) error {
		if err != nil {
			return err
		}
		*f.set(d) = setFor(*f.set(d), f.day, &c)
		return nil
	})
	f.arrange()
}

// turn shows the rule of another weekday; a rule that cannot be read is gone back to first.
func (f *limitForm) turn() {
	if f.t.ed == nil {
		return
	}
	if f.t.ed.wrong[f.key()] != "" {
		f.choose()
		f.t.sh.Toast("Corrigez d’abord la limite affichée.")
		return
	}
	f.day = nil
	if n, err := strconv.Atoi(f.which.Value()); err == nil {
		w := time.Weekday(n)
		f.day = &w
	}
	f.show()
	f.t.moved()
}

// toggle gives a weekday its own limit, or that of all days back.
func (f *limitForm) toggle(on bool) {
	if f.filled || f.t.ed == nil || f.day == nil {
		return
	}
	for _, part := range f.parts {
		part.SetError("")
	}
	f.t.typed(f.key(), func(d *catalog.Draft) error {
		s := f.set(d)
		var own *calendar.Cutoff
		if on {
			c := s.Default
			own = &c
		}
		*s = setFor(*s, f.day, own)
		return nil
	})
	f.show()
}

// choose puts the chips where the rule shown is; a dot marks the weekdays that
// have their own.
func (f *limitForm) choose() {
	d := f.t.ed.draft
	s := f.set(&d)
	options := []widgets.Option{{ID: "", Label: "Tous les jours"}}
	at := ""
	for _, w := range week {
		if !d.Info.Weekdays.Has(w) {
			continue
		}
		label := capital(calendar.WeekdayShort(w))
		if _, own := s.ByWeekday[w]; own {
			label += " •"
		}
		id := strconv.Itoa(int(w))
		options = append(options, widgets.Option{ID: id, Label: label})
		if f.day != nil && *f.day == w {
			at = id
		}
	}
	f.which.SetOptions(options...)
	f.which.Set(at)
}

// arrange shows the fields that the way of counting asks for.
func (f *limitForm) arrange() {
	own, way := f.hasOwn(), f.way.Value()
	f.choose()
	f.filled = true
	f.own.Set(own)
	f.filled = false
	f.own.Hidden = f.day == nil
	for _, in := range []interface{ SetReadOnly(bool) }{f.days, f.hours, f.start, f.at} {
		in.SetReadOnly(!own)
	}
	for _, in := range []fyne.Disableable{f.way, f.count, f.wday, f.weeks, f.skip} {
		if own {
			in.Enable()
		} else {
			in.Disable()
		}
	}
	f.lines["days"].(*widgets.Field).Hidden = way != wayDays
	f.lines["counted"].(*fyne.Container).Hidden = way != wayDays && way != wayEve
	f.lines["week"].(*fyne.Container).Hidden = way != wayWeek
	f.lines["hours"].(*fyne.Container).Hidden = way != wayHours
	f.lines["clock"].(*fyne.Container).Hidden = way == wayHours
	f.say()
}

// say writes the whole set in words, and what is wrong with it as a whole.
func (f *limitForm) say() {
	f.words.Set(capital(strings.Join(f.set(&f.t.ed.draft).Rules(), "\n")))
	text := ""
	shown := f.t.ed.shown()
	for _, path := range slices.Sorted(maps.Keys(shown)) {
		if head(path) == f.path && f.t.ed.wrong[path] == "" && text == "" {
			text = shown[path]
		}
	}
	f.flaw.Set(text)
	f.flaw.Hidden = text == ""
	f.box.Refresh()
}

// limitsPart is the two rules, and the deadlines of a real week under them.
type limitsPart struct {
	t      *servicesTab
	book   *limitForm
	cancel *limitForm
	monday calendar.Date
	rows   []limitRow
	day    *widgets.DateField
	week   *widgets.Painting
	wrong  string // why the week cannot be worked out
	forms  *fyne.Container
	scroll fyne.CanvasObject
	all    fyne.CanvasObject
}

func newLimitsPart(t *servicesTab) *limitsPart {
	p := &limitsPart{t: t, monday: t.sh.Today().Monday()}
	p.book = newLimitForm(t, "book", func(d *catalog.Draft) *calendar.CutoffSet { return &d.Info.Book })
	p.cancel = newLimitForm(t, "cancel", func(d *catalog.Draft) *calendar.CutoffSet { return &d.Info.Cancel })
	p.day = widgets.NewDateField(t.sh.Today).Small()
	p.day.Set(t.sh.Today())
	p.day.OnDate = func(d calendar.Date) {
		if !d.IsZero() {
			p.monday = d.Monday()
			p.preview()
		}
	}
	step := func(icon, name string, days int) *widgets.Button {
		return widgets.NewIconButton(icon, name, func() {
			p.monday = p.monday.Add(days)
			p.day.Set(p.monday)
			p.preview()
		}).Compact()
	}
	p.week = linesBox(p.lines)
	p.forms = sideBySide(250, widgets.NewPanel("Réserver", p.book.box).Icon("calendar-plus").Line(), widgets.NewPanel("Annuler", p.cancel.box).Icon("calendar-x").Line())
	p.scroll = scrolled(widgets.Pad(10, 8, p.forms))
	bar := widgets.HFlex(8, []float32{1, 0, -150, 0}, widgets.NewLabel("Dans une vraie semaine", widgets.SmallBold), step("chevron-left", "Semaine d’avant", -7), p.day, step("chevron-right", "Semaine d’après", 7))
	p.all = widgets.VFlex(0, []float32{1, 0, 0}, p.scroll, widgets.NewDivider(), widgets.Pad(16, 10, widgets.VBox(6, bar, p.week)))
	return p
}

func (p *limitsPart) content() fyne.CanvasObject { return p.all }
func (p *limitsPart) first() fyne.Focusable      { return p.book.way }
func (p *limitsPart) add() (string, func())      { return "", nil }
func (p *limitsPart) goTo(path string) {
	f := p.book
	if head(path) == "cancel" {
		f = p.cancel
	}
	focusOn(p.t.sh, f.way)
}

func (p *limitsPart) show() {
	p.book.show()
	p.cancel.show()
	p.preview()
}

// live follows what is typed.
func (p *limitsPart) live(bool) {
	p.book.say()
	p.cancel.say()
	p.preview()
	p.forms.Refresh()
	p.scroll.Refresh()
}

// preview works the week out from the draft.
func (p *limitsPart) preview() {
	if p.t.ed == nil {
		return
	}
	p.rows, p.wrong = nil, ""
	plan, err := p.t.known.plan(p.t.ed.draft)
	if err != nil {
		p.wrong = fault.Sentence(err)
	} else {
		p.rows = limitRows(p.t.ed.draft, plan, p.monday)
	}
	p.week.Refresh()
	p.all.Refresh()
}

// text is a day of the week in one sentence.
func (r limitRow) text() string {
	out := r.Line
	if r.moved != "" {
		out += " (" + strings.ReplaceAll(strings.TrimSuffix(r.moved, ")"), " (", nbsp+": ") + ")"
	}
	return out
}

func (p *limitsPart) lines() (out []string) {
	for _, r := range p.rows {
		out = append(out, r.text())
	}
	if p.wrong != "" {
		out = append(out, p.wrong)
	}
	return out
}

package widgets

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
)

// DateField understands what people type (5/9, 050926, auj, +3), writes it out
// in full when it is left, and moves by days with + and -. Down opens a month.
type DateField struct {
	TextField
	today    func() calendar.Date
	required bool
	// OnDate is called when a whole date was typed or chosen (zero: emptied).
	OnDate func(calendar.Date)
	last   calendar.Date
}

// NewDateField returns an empty field; today is what words and missing years
// are relative to (civil day).
func NewDateField(today func() calendar.Date) *DateField {
	d := &DateField{today: today}
	d.setup(d, false)
	d.Icon("calendar")
	d.width = 132
	d.PlaceHolder("jj/mm/aaaa")
	d.onIcon = func() { d.OpenMonth() }
	d.OnKey = d.key
	d.OnRune = d.rune
	d.OnSubmit = func() {
		d.settle()
		PassKey(d, &fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	d.OnFocus = func(on bool) {
		if !on {
			d.settle()
		}
	}
	return d
}

// Required refuses an empty date. Returns the field.
func (d *DateField) Required() *DateField { d.required = true; return d }

// Small makes the field 32 px high. Returns the field.
func (d *DateField) Small() *DateField { d.height = 32; return d }

// Value reads the date; an empty optional field gives the zero date.
func (d *DateField) Value() (calendar.Date, error) {
	text := strings.TrimSpace(d.Text())
	if text == "" {
		if d.required {
			return 0, fault.New(fault.Invalid, "Indiquez une date.")
		}
		return 0, nil
	}
	return calendar.ParseTyped(text, d.today())
}

// Set writes a date; the zero date empties the field.
func (d *DateField) Set(day calendar.Date) {
	d.last = day
	if day.IsZero() {
		d.SetText("")
		return
	}
	d.SetText(frenchDate(day))
}

func frenchDate(d calendar.Date) string {
	return fmt.Sprintf("%02d/%02d/%04d", d.Day(), int(d.Month()), d.Year())
}

// settle writes the date out in full and tells of it; what cannot be read stays
// as it was typed, in red.
func (d *DateField) settle() {
	day, err := d.Value()
	if err != nil {
		d.SetError(strings.TrimSpace(d.Text()) != "")
		return
	}
	if !day.IsZero() {
		d.SetText(frenchDate(day))
	}
	if day != d.last {
		d.last = day
		if d.OnDate != nil {
			d.OnDate(day)
		}
	}
}

func (d *DateField) shift(days int) bool {
	day, err := d.Value()
	if err != nil || day.IsZero() || len(strings.TrimSpace(d.Text())) < 8 {
		return false // « +3 » being typed, or half a date
	}
	d.SetText(frenchDate(day.Add(days)))
	d.settle()
	return true
}

func (d *DateField) rune(r rune) bool {
	switch r {
	case '+':
		return d.shift(1)
	case '-':
		if d.entry.SelectedText() == "" {
			return d.shift(-1)
		}
	}
	return false
}

func (d *DateField) key(ev *fyne.KeyEvent) bool {
	if ev.Name == fyne.KeyDown {
		d.OpenMonth()
		return true
	}
	return false
}

// OpenMonth shows the month to choose in.
func (d *DateField) OpenMonth() *MonthView {
	c := d.onCanvas()
	if c == nil || d.readOnly {
		return nil
	}
	at, err := d.Value()
	if err != nil || at.IsZero() {
		at = d.today()
	}
	var p *Popup
	m := NewMonthView(at, d.today(), func(day calendar.Date) {
		p.Close()
		d.SetText(frenchDate(day))
		d.settle()
	})
	m.onEscape = func() { p.Close() }
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(d)
	p = OpenPopup(c, Pad(8, 8, m), pos.AddXY(0, d.Size().Height+2), m.MinSize().AddWidthHeight(16, 16), nil)
	c.Focus(m)
	return m
}

// MoneyField reads an amount in euros; the value is in cents.
type MoneyField struct {
	TextField
	// OnAmount is called while a readable amount is typed (cents).
	OnAmount func(money.Cents)
}

// NewMoneyField returns an empty field with the € unit.
func NewMoneyField() *MoneyField {
	m := &MoneyField{}
	m.setup(m, false)
	m.Suffix("€")
	m.PlaceHolder("0,00")
	m.OnChanged = func(string) {
		if c, err := m.Value(); err == nil && m.OnAmount != nil {
			m.OnAmount(c)
		}
	}
	m.OnFocus = func(on bool) {
		if c, err := m.Value(); !on && err == nil {
			m.SetText(c.Number())
		}
	}
	return m
}

// Value reads the amount in cents.
func (m *MoneyField) Value() (money.Cents, error) {
	if strings.TrimSpace(m.Text()) == "" {
		return 0, fault.New(fault.Invalid, "Indiquez un montant.")
	}
	return money.Parse(m.Text())
}

// Set writes an amount.
func (m *MoneyField) Set(c money.Cents) { m.SetText(c.Number()) }

// PasswordField hides what is typed, with an eye to show it. Pasting is allowed.
type PasswordField struct {
	TextField
	eye *Button
}

// NewPasswordField returns an empty field.
func NewPasswordField() *PasswordField {
	p := &PasswordField{}
	p.setup(p, false)
	p.entry.Password = true
	p.Icon("key")
	p.eye = NewIconButton("eye", "Montrer le mot de passe", nil)
	p.eye.kind = Flat
	p.eye.SetAction(p.Toggle)
	p.entry.ActionItem = p.eye // else the toolkit adds its own
	return p
}

// Toggle shows or hides what is typed.
func (p *PasswordField) Toggle() {
	p.entry.Password = !p.entry.Password
	p.entry.Refresh()
	if p.entry.Password {
		p.eye.icon, p.eye.hint = "eye", "Montrer le mot de passe"
	} else {
		p.eye.icon, p.eye.hint = "eye-off", "Cacher le mot de passe"
	}
	p.eye.Refresh()
}

// Shown reports whether the password can be read.
func (p *PasswordField) Shown() bool { return !p.entry.Password }

// MonthView is a month to choose a day in: arrows by days and weeks, Page keys
// by months (from the 31st too), Enter chooses.
type MonthView struct {
	focusBase
	day, today calendar.Date
	pick       func(calendar.Date)
	onEscape   func()
}

// NewMonthView shows the month of day.
func NewMonthView(day, today calendar.Date, pick func(calendar.Date)) *MonthView {
	m := &MonthView{day: day, today: today, pick: pick}
	m.init(m)
	return m
}

// Day returns the day of the cursor.
func (m *MonthView) Day() calendar.Date { return m.day }

// TypedKey moves by days, weeks and months.
func (m *MonthView) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		m.day = m.day.Add(-1)
	case fyne.KeyRight:
		m.day = m.day.Add(1)
	case fyne.KeyUp:
		m.day = m.day.Add(-7)
	case fyne.KeyDown:
		m.day = m.day.Add(7)
	case fyne.KeyPageUp:
		m.day = m.day.AddMonths(-1)
	case fyne.KeyPageDown:
		m.day = m.day.AddMonths(1)
	case fyne.KeyHome:
		m.day = m.day.FirstOfMonth()
	case fyne.KeyEnd:
		m.day = m.day.LastOfMonth()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.pick(m.day)
		return
	case fyne.KeyEscape:
		if m.onEscape != nil {
			m.onEscape()
		}
		return
	default:
		return
	}
	m.Refresh()
}

// Tapped chooses the day under the pointer, or turns the page.
func (m *MonthView) Tapped(ev *fyne.PointEvent) {
	h, ok := m.g.hitAt(ev.Position)
	if !ok {
		return
	}
	switch h.ID {
	case "before":
		m.day = m.day.AddMonths(-1)
		m.Refresh()
	case "after":
		m.day = m.day.AddMonths(1)
		m.Refresh()
	default:
		m.day = calendar.Date(h.Row)
		m.pick(m.day)
	}
}

func (m *MonthView) cell() float32 { return theme.Px(32) }

func (m *MonthView) min() fyne.Size {
	return fyne.NewSize(7*m.cell(), theme.Px(32)+theme.Px(20)+6*m.cell())
}

func (m *MonthView) paint(g *Gfx, _ fyne.Size) {
	c := m.cell()
	ic := theme.Px(16)
	w := 7 * c
	g.Icon((c-ic)/2, (c-ic)/2, ic, "chevron-left", theme.Ardoise600)
	g.Zone(0, 0, c, c, "before", 0)
	g.Icon(w-c+(c-ic)/2, (c-ic)/2, ic, "chevron-right", theme.Ardoise600)
	g.Zone(w-c, 0, c, c, "after", 0)
	g.Text(c, 0, w-2*c, c, m.day.MonthYear(), BodyBold.Center())
	first := m.day.FirstOfMonth().Monday()
	for i := range 7 {
		g.Text(float32(i)*c, c, c, theme.Px(20), calendar.WeekdayInitial(first.Add(i).Weekday()), Small.Center())
	}
	for i := range 42 {
		d := first.Add(i)
		x, y := float32(i%7)*c, c+theme.Px(20)+float32(i/7)*c
		m.paintDay(g, d, x, y, c)
	}
}

func (m *MonthView) paintDay(g *Gfx, d calendar.Date, x, y, c float32) {
	st := Body.Center()
	switch {
	case d == m.day:
		g.Rect(x+1, y+1, c-2, c-2, Shape{Fill: theme.Accent, Radius: 4})
		st = BodyBold.With(theme.SurAccent).Center()
	case d == m.today:
		g.Rect(x+1, y+1, c-2, c-2, Shape{Stroke: theme.Accent, Radius: 4})
	case d.Month() != m.day.Month():
		st.Ink = theme.Ardoise500
	}
	g.Text(x, y, c, c, fmt.Sprint(d.Day()), st)
	g.Zone(x, y, c, c, "day", int(d))
}

package widgets

import (
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
)

// DayMark is how a YearView shows one day.
type DayMark struct {
	Fill, Stroke, Ink theme.Token
	Bold              bool
	Tip               string // told under the pointer; the page tells it of the cursor's day
}

// YearView shows many months at a glance, as wall calendars do. Arrows move by
// days and weeks, the Page keys by months, Home and End to the ends; Enter and
// a tap choose the day. It draws on as many columns as its width holds.
type YearView struct {
	focusBase
	first, last calendar.Date // of the first and of the last month
	day, today  calendar.Date
	mark        func(calendar.Date) DayMark
	width       float32 // as last painted: the height follows

	// OnMove tells the day of the cursor; OnPick the one that was chosen.
	OnMove func(calendar.Date)
	OnPick func(calendar.Date)
}

// NewYearView shows the months from that of first to that of last.
func NewYearView(first, last, today calendar.Date, mark func(calendar.Date) DayMark) *YearView {
	y := &YearView{today: today, mark: mark}
	y.init(y)
	y.Set(first, last)
	return y
}

// Set shows other months; the cursor goes to today where it is among them.
func (y *YearView) Set(first, last calendar.Date) {
	y.first, y.last = first.FirstOfMonth(), last.LastOfMonth()
	switch {
	case y.day >= y.first && y.day <= y.last:
	case y.today >= y.first && y.today <= y.last:
		y.day = y.today
	default:
		y.day = y.first
	}
	y.Refresh()
}

// Day returns the day of the cursor.
func (y *YearView) Day() calendar.Date { return y.day }

// MoveTo puts the cursor on a day and tells it.
func (y *YearView) MoveTo(d calendar.Date) {
	y.day = min(max(d, y.first), y.last)
	y.Refresh()
	if y.OnMove != nil {
		y.OnMove(y.day)
	}
}

// TypedKey moves by days, weeks and months.
func (y *YearView) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		y.MoveTo(y.day.Add(-1))
	case fyne.KeyRight:
		y.MoveTo(y.day.Add(1))
	case fyne.KeyUp:
		y.MoveTo(y.day.Add(-7))
	case fyne.KeyDown:
		y.MoveTo(y.day.Add(7))
	case fyne.KeyPageUp:
		y.MoveTo(y.day.AddMonths(-1))
	case fyne.KeyPageDown:
		y.MoveTo(y.day.AddMonths(1))
	case fyne.KeyHome:
		y.MoveTo(y.first)
	case fyne.KeyEnd:
		y.MoveTo(y.last)
	case fyne.KeyReturn, fyne.KeyEnter:
		if y.OnPick == nil {
			PassKey(y, ev)
			return
		}
		y.OnPick(y.day)
	default:
		PassKey(y, ev)
	}
}

// Tapped moves the cursor to the day under the pointer.
func (y *YearView) Tapped(ev *fyne.PointEvent) {
	focus(y)
	if h, ok := y.g.hitAt(ev.Position); ok {
		y.MoveTo(calendar.Date(h.Row))
	}
}

const yearGap = 24 // px between months

func (y *YearView) cell() (w, h float32) { return theme.Px(28), theme.Px(20) }

// month is the size of one month: title, initials, six weeks.
func (y *YearView) month() (w, h float32) {
	cw, ch := y.cell()
	return 7 * cw, theme.Px(24) + theme.Px(16) + 6*ch
}

func (y *YearView) months() int {
	return (y.last.Year()-y.first.Year())*12 + int(y.last.Month()) - int(y.first.Month()) + 1
}

func (y *YearView) columns(width float32) int {
	w, _ := y.month()
	return max(1, min(int((width+yearGap)/(w+yearGap)), 4))
}

func (y *YearView) min() fyne.Size {
	w, h := y.month()
	n := y.columns(y.width)
	if y.width < 1 {
		n = 4
	}
	rows := (y.months() + n - 1) / n
	return fyne.NewSize(w, float32(rows)*(h+12))
}

func (y *YearView) paint(g *Gfx, size fyne.Size) {
	y.width = size.Width
	n := y.columns(size.Width)
	w, h := y.month()
	gap := float32(yearGap)
	if n > 1 {
		gap = min(64, (size.Width-float32(n)*w)/float32(n-1))
	}
	for i := range y.months() {
		y.paintMonth(g, y.first.AddMonths(i), float32(i%n)*(w+gap), float32(i/n)*(h+12))
	}
}

func (y *YearView) paintMonth(g *Gfx, first calendar.Date, x, top float32) {
	cw, ch := y.cell()
	g.Text(x, top, 7*cw, theme.Px(24), first.MonthYear(), BodyBold)
	top += theme.Px(24)
	monday := first.Monday()
	for i := range 7 {
		g.Text(x+float32(i)*cw, top, cw, theme.Px(16), calendar.WeekdayInitial(monday.Add(i).Weekday()), Small.Center())
	}
	top += theme.Px(16)
	for d := first; d <= first.LastOfMonth(); d = d.Add(1) {
		at := int(d - monday)
		y.paintDay(g, d, x+float32(at%7)*cw, top+float32(at/7)*ch, cw, ch)
	}
}

func (y *YearView) paintDay(g *Gfx, d calendar.Date, x, top, w, h float32) {
	m := y.mark(d)
	if m.Fill != theme.None || m.Stroke != theme.None {
		g.Rect(x+1, top+1, w-2, h-2, Shape{Fill: m.Fill, Stroke: m.Stroke, Radius: 3})
	}
	st := Small.With(m.Ink).Center()
	st.Bold = m.Bold
	g.Text(x, top, w, h, strconv.Itoa(d.Day()), st)
	g.Zone(x, top, w, h, "day", int(d))
	if m.Tip != "" {
		g.Tip(x, top, w, h, m.Tip)
	}
	switch {
	case d == y.day && y.focused:
		g.Rect(x, top, w, h, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	case d == y.today:
		g.Rect(x, top, w, h, Shape{Stroke: theme.Encre, Radius: 4})
	}
}

package bookings

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// line is one row of the month grid: a child at a service.
type line struct{ child, service int }

// monthModel is the family's month as the screen shows it: the room's grid, the
// basket over it, and the texts of the cells, made once a load.
type monthModel struct {
	family int64
	month  calendar.Date // first day
	filter string        // "", canteen, care
	grid   *booking.MonthGrid
	lines  []line
	basket *basket
	plan   *booking.Plan // of the basket, as last worked out
	key    string        // idempotency key of this basket
}

func newMonthModel(today calendar.Date) *monthModel {
	return &monthModel{month: today.FirstOfMonth(), basket: newBasket()}
}

// take shows a loaded grid.
func (m *monthModel) take(g *booking.MonthGrid) {
	m.grid = g
	m.lines = m.lines[:0]
	if g == nil {
		return
	}
	for i, c := range g.Children {
		for j, s := range c.Services {
			if m.shown(s.Kind) {
				m.lines = append(m.lines, line{i, j})
			}
		}
	}
}

func (m *monthModel) shown(kind string) bool {
	switch m.filter {
	case "canteen":
		return kind == catalog.Canteen
	case "care":
		return kind != catalog.Canteen
	}
	return true
}

func (m *monthModel) at(row int) (booking.GridChild, booking.GridService, bool) {
	if m.grid == nil || row < 0 || row >= len(m.lines) {
		return booking.GridChild{}, booking.GridService{}, false
	}
	c := m.grid.Children[m.lines[row].child]
	return c, c.Services[m.lines[row].service], true
}

// cell gives the room's cell and the meal it stands for.
func (m *monthModel) cell(row, col int) (booking.Cell, booking.Item, bool) {
	c, s, ok := m.at(row)
	if !ok || col < 0 || col >= len(s.Cells) {
		return booking.Cell{}, booking.Item{}, false
	}
	return s.Cells[col], booking.Item{ChildID: c.ChildID, ServiceID: s.ServiceID, Day: s.Cells[col].Day}, true
}

// looks are the states of the mockups: letter, fill, colour.
var looks = map[booking.CellState]widgets.GridCell{
	booking.CellNone:      {Fill: widgets.CellDash, Text: "–"},
	booking.CellClosed:    {Fill: widgets.CellClosed},
	booking.CellLocked:    {Fill: widgets.CellMuted, Icon: "lock"},
	booking.CellFree:      {Fill: widgets.CellBlank},
	booking.CellBooked:    {Fill: widgets.CellLight, Tone: widgets.Accented, Text: "R"},
	booking.CellWaiting:   {Fill: widgets.CellLight, Tone: widgets.Info, Text: "LA"},
	booking.CellPresent:   {Fill: widgets.CellSolid, Tone: widgets.Success, Text: "P"},
	booking.CellAbsent:    {Fill: widgets.CellLight, Tone: widgets.Failure, Text: "Ab"},
	booking.CellJustified: {Fill: widgets.CellLight, Tone: widgets.Info, Text: "J"},
	booking.CellCancelled: {Fill: widgets.CellMuted, Text: "A"},
	booking.CellUnbooked:  {Fill: widgets.CellLight, Tone: widgets.Warning, Text: "NR"},
}

var (
	lookAdd     = widgets.GridCell{Fill: widgets.CellOutline, Tone: widgets.Accented, Text: "+"}
	lookCancel  = widgets.GridCell{Fill: widgets.CellOutline, Tone: widgets.Warning, Text: "–"}
	lookJustify = widgets.GridCell{Fill: widgets.CellOutline, Tone: widgets.Info, Text: "J"}
)

// look is what the grid draws at a place.
func (m *monthModel) look(row, col int) widgets.GridCell {
	cell, it, ok := m.cell(row, col)
	if !ok {
		return widgets.GridCell{Fill: widgets.CellClosed}
	}
	g := looks[cell.State]
	switch m.basket.of(it) {
	case toAdd:
		g = lookAdd
	case toCancel:
		g = lookCancel
	case toJustify:
		g = lookJustify
	default:
		if cell.State == booking.CellBooked && cell.Late && cell.Day >= m.grid.Today {
			g.Corner = "lock"
		}
		if cell.Day < m.grid.Today && (cell.State == booking.CellLocked || cell.State == booking.CellFree) {
			g = widgets.GridCell{Fill: widgets.CellDash, Text: "–"}
		}
	}
	g.Tip = m.tip(cell)
	return g
}

// tip says a cell in words: day, state, price, cut-off.
func (m *monthModel) tip(c booking.Cell) string {
	var b strings.Builder
	b.WriteString(c.Day.LongNoYear())
	if w := stateWords[c.State]; w != "" {
		b.WriteString(" : " + w)
	}
	if c.Price > 0 && c.State != booking.CellNone && c.State != booking.CellClosed {
		b.WriteString(", " + c.Price.String())
	}
	if !c.Cutoff.IsZero() {
		word := "réserver"
		if c.BookingID != 0 {
			word = "annuler"
		}
		b.WriteString(". À " + word + " avant le " + calendar.InstantText(c.Cutoff))
	}
	if c.Reason != "" {
		b.WriteString(". " + c.Reason)
	}
	if c.Other {
		b.WriteString(". Payé par l’autre foyer")
	}
	return fault.French(b.String())
}

var stateWords = map[booking.CellState]string{
	booking.CellNone: "non réservé", booking.CellClosed: "fermé", booking.CellLocked: "délai passé", booking.CellFree: "libre",
	booking.CellBooked: "réservé", booking.CellWaiting: "en liste d’attente", booking.CellPresent: "présent",
	booking.CellAbsent: "absent, repas dû", booking.CellJustified: "absence justifiée", booking.CellCancelled: "annulé",
	booking.CellUnbooked: "a mangé sans réservation",
}

// wish is what Space would do with a meal, and whether its cut-off has passed.
func (m *monthModel) wish(row, col int) (to mark, late, ok bool) {
	cell, it, found := m.cell(row, col)
	if !found {
		return unmarked, false, false
	}
	if m.basket.of(it) != unmarked {
		return unmarked, false, true
	}
	switch cell.State {
	case booking.CellFree, booking.CellLocked, booking.CellCancelled, booking.CellJustified:
		if cell.Day < m.grid.Today {
			return unmarked, false, false
		}
		return toAdd, cell.Late || cell.State == booking.CellLocked, true
	case booking.CellBooked, booking.CellWaiting:
		if cell.Day < m.grid.Today {
			return unmarked, false, false
		}
		return toCancel, cell.Late && cell.State == booking.CellBooked, true
	}
	return unmarked, false, false
}

// why says in a sentence why nothing can be done with a cell.
func (m *monthModel) why(row, col int) string {
	cell, _, ok := m.cell(row, col)
	switch {
	case !ok:
		return ""
	case cell.Day < m.grid.Today:
		return fault.French("Ce jour est passé : utilisez le pointage par classe, ou J pour une absence justifiée.")
	case cell.Reason != "":
		return fault.French(cell.Reason)
	}
	return "Pas de service ce jour-là."
}

// justifiable reports whether J means something there.
func (m *monthModel) justifiable(row, col int) bool {
	cell, _, ok := m.cell(row, col)
	return ok && (cell.State == booking.CellBooked || cell.State == booking.CellAbsent)
}

// fill marks what the repeat panel asks for: the weekdays of a child and
// service between two days, where something can be booked in time.
func (m *monthModel) fill(row int, days calendar.Weekdays, from, to calendar.Date) (n int) {
	_, s, ok := m.at(row)
	if !ok {
		return 0
	}
	for col, c := range s.Cells {
		want, late, can := m.wish(row, col)
		if c.Day < from || c.Day > to || !days.Has(c.Day.Weekday()) || !can || want != toAdd || late {
			continue
		}
		_, it, _ := m.cell(row, col)
		m.basket.set(it, toAdd)
		n++
	}
	m.basket.endGesture()
	return n
}

// columns are the days of the month, wide where some shown service is open;
// short names them by a letter.
func (m *monthModel) columns(short bool) []widgets.GridDay {
	var out []widgets.GridDay
	for d := m.month; d <= m.month.LastOfMonth(); d = d.Add(1) {
		g := widgets.GridDay{Name: calendar.WeekdayShort(d.Weekday()), Day: strconv.Itoa(d.Day()), Today: m.grid != nil && d == m.grid.Today}
		// A month that begins at a week's end has no room for that week's name.
		if d.Weekday() == time.Monday || d == m.month && d.Weekday() >= time.Monday && d.Weekday() <= time.Thursday {
			_, w := d.ISOWeek()
			g.Week = "S" + "\u00a0" + strconv.Itoa(w)
		}
		open, why := m.open(d)
		switch {
		case open && short:
			g.Name = calendar.WeekdayInitial(d.Weekday())
		case open:
		case d.Weekday() == time.Wednesday && m.holiday(d) == "" && why == "":
			g.Kind = widgets.DayNarrow
			g.Name = g.Name[:2] + "."
			if short {
				g.Name = calendar.WeekdayInitial(d.Weekday())
			}
		default:
			g.Kind = widgets.DayOff
			g.Name = calendar.WeekdayInitial(d.Weekday())
			g.Tip = why
		}
		out = append(out, g)
	}
	return out
}

// open reports whether some shown service serves that day.
func (m *monthModel) open(d calendar.Date) (bool, string) {
	why := ""
	for i := range m.lines {
		_, s, _ := m.at(i)
		col := int(d - m.month)
		if col >= len(s.Cells) {
			continue
		}
		switch s.Cells[col].State {
		case booking.CellClosed:
			if s.Cells[col].Reason != "" && d.Weekday() != time.Wednesday && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				why = fault.French(s.Cells[col].Reason)
			}
		case booking.CellNone:
			if s.Gate != "" && d.Weekday() != time.Wednesday && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && m.holiday(d) == "" {
				return true, "" // the service is open; the child's gate is not
			}
		default:
			return true, ""
		}
	}
	return false, why
}

func (m *monthModel) holiday(d calendar.Date) string {
	for _, s := range m.grid.Holidays {
		if d >= s.First && d <= s.Last {
			return s.Name
		}
	}
	return ""
}

// spans are the school holidays inside the month, wide enough to be written in.
func (m *monthModel) spans() (out []widgets.GridSpan) {
	for _, s := range m.grid.Holidays {
		from, to := max(s.First, m.month), min(s.Last, m.month.LastOfMonth())
		for from <= to && (from.Weekday() == time.Saturday || from.Weekday() == time.Sunday) && from > s.First {
			from = from.Add(1)
		}
		if to-from < 4 {
			continue
		}
		out = append(out, widgets.GridSpan{
			From: int(from - m.month), To: int(to - m.month), Icon: "calendar-x", Title: capital(s.Name),
			Lines: []string{calendar.RangeText(s.First, s.Last)},
		})
	}
	return out
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

var serviceIcons = map[string]string{catalog.Canteen: "fork-knife", catalog.Morning: "sun", catalog.Evening: "moon", catalog.FullDay: "calendar"}

// groups are the headings, one a child, with its lines.
func (m *monthModel) groups() []widgets.GridGroup {
	var out []widgets.GridGroup
	last := -1
	for row, l := range m.lines {
		c, s, _ := m.at(row)
		if l.child != last {
			last = l.child
			detail := c.Class
			if c.School != "" {
				detail += ", " + c.School
			}
			out = append(out, widgets.GridGroup{Title: c.First, Detail: detail, Right: m.tally(c)})
		}
		r := widgets.GridRow{Icon: serviceIcons[s.Kind], Label: s.Short}
		if s.Gate != "" && s.Booked == 0 {
			r.Banner, r.BannerIcon = fault.French(s.Gate), "circle-cross"
		}
		g := &out[len(out)-1]
		g.Rows = append(g.Rows, r)
	}
	return out
}

// tally says the canteen of a child in one phrase: "cantine : 5 repas, +5 au panier".
func (m *monthModel) tally(c booking.GridChild) string {
	for _, s := range c.Services {
		if s.Kind != catalog.Canteen {
			continue
		}
		text := fmt.Sprintf("cantine : %d repas", s.Booked)
		delta := 0
		for it, k := range m.basket.marks {
			switch {
			case it.ChildID != c.ChildID || it.ServiceID != s.ServiceID:
			case k == toAdd:
				delta++
			default:
				delta--
			}
		}
		if delta != 0 {
			text += fmt.Sprintf(", %+d au panier", delta)
		}
		return fault.French(strings.ReplaceAll(text, "-", "–"))
	}
	return ""
}

// nextLimit is the sentence over the repeat panel.
func (m *monthModel) nextLimit() string {
	if m.grid == nil || m.grid.NextEnd.IsZero() {
		return ""
	}
	return fault.French("Prochaine clôture : " + calendar.InstantText(m.grid.NextEnd) + ", pour " + m.grid.NextDay.LongNoYear())
}

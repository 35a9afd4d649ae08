package bookings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// weekLists are the choices at the top of the class grid.
type weekLists struct {
	services []catalog.ServiceInfo
	schools  []catalog.School
	classes  []catalog.Class
	year     calendar.SchoolYear
	start    int64 // the service to begin with, 0: the first canteen
}

// weekLine is one line of the grid: the heading of a class, or a child.
type weekLine struct{ class, child int }

const heading = -1 // a weekLine's child, for the line of the class itself

type place struct{ row, col int }

// weekModel is a service's week as the screen shows it: what the booking room
// gave, and over it what was typed and is not kept yet. Every text is made once,
// when the week is loaded or its cell changes; a key makes one cell again.
type weekModel struct {
	lists   weekLists
	service int64
	school  int64   // 0: all of the service
	classes []int64 // none: all of the school
	only    map[int64]bool
	monday  calendar.Date
	today   calendar.Date
	may     bool // mark attendance

	grid  *booking.WeekGrid
	lines []weekLine
	rows  []widgets.WeekRow
	cells [][]widgets.GridCell
	where map[booking.Item]place
	heads []widgets.WeekDay
	foot  []widgets.WeekTotal
	diets []string // of the foot, below the total
	marks markQueue
}

func newWeekModel(today calendar.Date, may bool) *weekModel {
	return &weekModel{monday: today.Monday(), today: today, may: may, marks: newMarkQueue()}
}

// take shows a loaded week; what was typed and not kept stays over it.
func (m *weekModel) take(g *booking.WeekGrid) {
	m.grid, m.lines, m.rows, m.cells, m.where = g, nil, nil, nil, map[booking.Item]place{}
	m.heads, m.foot, m.diets = nil, nil, nil
	if g == nil {
		return
	}
	m.today = g.Today
	schools := map[string]bool{}
	for _, k := range g.Classes {
		schools[k.School] = true
	}
	for i, k := range g.Classes {
		m.takeClass(i, k, len(schools) > 1)
	}
	m.heads = make([]widgets.WeekDay, len(g.Days))
	m.count()
}

func (m *weekModel) takeClass(i int, k booking.WeekClass, manySchools bool) {
	at, n := len(m.lines), 0
	m.lines = append(m.lines, weekLine{i, heading})
	m.rows = append(m.rows, widgets.WeekRow{})
	m.cells = append(m.cells, nil)
	for j, c := range k.Children {
		if m.only != nil && !m.only[c.ChildID] {
			continue
		}
		n++
		row := widgets.WeekRow{Name: c.First + " " + c.Last, Extra: dietLabel(m.grid.Diets, c.Diet), ExtraStrong: c.Diet != "standard"}
		if c.HasPlan || adapted(c.Diet) {
			row.ExtraIcon = "fork-knife"
		}
		m.lines, m.rows = append(m.lines, weekLine{i, j}), append(m.rows, row)
		cells := make([]widgets.GridCell, len(c.Cells))
		m.cells = append(m.cells, cells)
		for col := range c.Cells {
			m.where[m.item(len(m.lines)-1, col)] = place{len(m.lines) - 1, col}
			cells[col] = m.look(len(m.lines)-1, col)
		}
	}
	if n == 0 {
		m.lines, m.rows, m.cells = m.lines[:at], m.rows[:at], m.cells[:at]
		return
	}
	title := k.Name
	if manySchools {
		title += ", " + k.School
	}
	m.rows[at] = widgets.WeekRow{Heading: title, Detail: plural(n, "enfant", "enfants")}
}

func adapted(diet string) bool { return strings.HasPrefix(diet, "pai_") }

// dietLabel says what the child is served; never why.
func dietLabel(diets catalog.Diets, diet string) string {
	switch diet {
	case catalog.DietAdapted:
		return "Repas adapté"
	case catalog.DietBasket:
		return "Panier-repas"
	}
	return diets.Label(diet)
}

// child gives the line's child and class.
func (m *weekModel) child(row int) (booking.WeekChild, booking.WeekClass, bool) {
	if m.grid == nil || row < 0 || row >= len(m.lines) || m.lines[row].child == heading {
		return booking.WeekChild{}, booking.WeekClass{}, false
	}
	k := m.grid.Classes[m.lines[row].class]
	return k.Children[m.lines[row].child], k, true
}

func (m *weekModel) item(row, col int) booking.Item {
	k := m.grid.Classes[m.lines[row].class]
	return booking.Item{ChildID: k.Children[m.lines[row].child].ChildID, ServiceID: m.grid.ServiceID, Day: m.grid.Days[col].Day}
}

// cell gives the room's cell with what was typed over it.
func (m *weekModel) cell(row, col int) (booking.WeekCell, bool) {
	c, _, ok := m.child(row)
	if !ok || col < 0 || col >= len(c.Cells) {
		return booking.WeekCell{}, false
	}
	cell := c.Cells[col]
	if s := m.marks.over[m.item(row, col)]; s != nil {
		cell.State = s.to
	}
	return cell, true
}

var weekWords = map[booking.CellState]string{
	booking.CellBooked: "réservé", booking.CellPresent: "présent", booking.CellAbsent: "absent", booking.CellJustified: "justifiée",
	booking.CellCancelled: "annulé", booking.CellUnbooked: "non réservé", booking.CellWaiting: "en attente",
}

// look makes what one cell shows.
func (m *weekModel) look(row, col int) widgets.GridCell {
	cell, ok := m.cell(row, col)
	if !ok {
		return widgets.GridCell{Fill: widgets.CellClosed}
	}
	g := looks[cell.State]
	g.Word = weekWords[cell.State]
	switch cell.State {
	case booking.CellLocked, booking.CellNone, booking.CellFree:
		g = widgets.GridCell{Fill: widgets.CellBlank}
	case booking.CellBooked:
		if cell.Day <= m.today {
			g.Word = "à pointer"
		}
	case booking.CellAbsent, booking.CellUnbooked:
		g.Strong = true
	}
	return g
}

// at is what the grid draws at a place.
func (m *weekModel) at(row, col int) widgets.GridCell {
	if row < len(m.cells) && col < len(m.cells[row]) {
		return m.cells[row][col]
	}
	return widgets.GridCell{Fill: widgets.CellClosed}
}

// tally is one column counted.
type tally struct {
	total, marked, toMark int
	diets                 map[string]int
	left                  map[string]int // class -> to mark
}

// day counts a column as it is shown, what was typed included.
func (m *weekModel) day(col int) tally {
	t := tally{diets: map[string]int{}, left: map[string]int{}}
	for row := range m.lines {
		cell, ok := m.cell(row, col)
		if !ok {
			continue
		}
		switch cell.State {
		case booking.CellBooked:
			if cell.Day <= m.today {
				t.toMark++
				t.left[m.grid.Classes[m.lines[row].class].Name]++
			}
		case booking.CellPresent, booking.CellAbsent, booking.CellUnbooked:
			t.marked++
		case booking.CellJustified:
			t.marked++
			continue
		default:
			continue
		}
		t.total++
		c, _, _ := m.child(row)
		t.diets[c.Diet]++
	}
	return t
}

// count makes the heads and the foot again; it reports whether the foot has
// other lines than before.
func (m *weekModel) count() (reshaped bool) {
	days := make([]tally, len(m.grid.Days))
	present := map[string]bool{}
	for col := range days {
		days[col] = m.day(col)
		for d := range days[col].diets {
			present[d] = true
		}
		m.heads[col] = m.head(col, days[col])
	}
	var diets []string
	label := "Total des enfants"
	if m.grid.Kind == catalog.Canteen || m.grid.Kind == catalog.FullDay {
		label = "Total des repas"
		for _, code := range catalog.DietCodes() {
			if present[code] {
				diets = append(diets, code)
			}
		}
	}
	if reshaped = m.foot == nil || !slices.Equal(diets, m.diets); reshaped {
		m.diets = diets
		m.foot = make([]widgets.WeekTotal, len(diets)+1)
		m.foot[0] = widgets.WeekTotal{Label: label, Values: make([]string, len(days))}
		for i, d := range diets {
			m.foot[i+1] = widgets.WeekTotal{Label: dietLabel(m.grid.Diets, d), Values: make([]string, len(days))}
		}
	}
	for col, t := range days {
		if !m.grid.Days[col].Open && t.total == 0 {
			continue
		}
		m.foot[0].Values[col] = strconv.Itoa(t.total)
		for i, d := range diets {
			m.foot[i+1].Values[col] = strconv.Itoa(t.diets[d])
		}
	}
	return reshaped
}

// head is a column's title and what stands under it.
func (m *weekModel) head(col int, t tally) widgets.WeekDay {
	d := m.grid.Days[col]
	h := widgets.WeekDay{Title: calendar.WeekdayName(d.Day.Weekday()) + " " + strconv.Itoa(d.Day.Day()), Today: d.Day == m.today}
	switch {
	case !d.Open:
		h.Sub = fault.French(strings.TrimSuffix(d.Reason, "."))
	case t.toMark > 0 && d.Day < m.today:
		h.Sub = plural(t.toMark, "case à pointer", "cases à pointer")
	case d.Day == m.today:
		h.Sub = "aujourd’hui"
	case d.Day < m.today && t.marked == 0:
		h.Sub = "aucun repas"
	case d.Day < m.today:
		h.Sub = "pointé"
	case d.Late:
		h.Sub = "clos"
	case calendar.DateOf(d.Cutoff.In(calendar.Paris)) == m.today:
		h.Sub = "clôture " + calendar.HourText(d.Cutoff)
	default:
		h.Sub = "ouvert"
	}
	return h
}

// start is where the cursor begins: today, else the first day left to mark,
// else the first open one; the first child.
func (m *weekModel) start(day calendar.Date) (row, col int) {
	row, col = m.firstChild(), -1
	for i, d := range m.grid.Days {
		if d.Open && (d.Day == day || day.IsZero() && d.Day == m.today) {
			return row, i
		}
		if col < 0 && d.Open && m.day(i).toMark > 0 {
			col = i
		}
	}
	for i, d := range m.grid.Days {
		if col < 0 && d.Open {
			col = i
		}
	}
	return row, max(col, 0)
}

func (m *weekModel) firstChild() int {
	for i, l := range m.lines {
		if l.child != heading {
			return i
		}
	}
	return 0
}

// rowOf finds a child's line, -1 if not shown.
func (m *weekModel) rowOf(child int64) int {
	for i := range m.lines {
		if c, _, ok := m.child(i); ok && c.ChildID == child {
			return i
		}
	}
	return -1
}

// weekRange says the days shown: "23 – 27 novembre" and "semaine 48".
func (m *weekModel) weekRange() (days, week string) {
	first, last := m.monday, m.monday.Add(4)
	if m.grid != nil && len(m.grid.Days) > 0 {
		first, last = m.grid.Days[0].Day, m.grid.Days[len(m.grid.Days)-1].Day
	}
	_, w := m.monday.ISOWeek()
	week = fmt.Sprintf("semaine %d", w)
	if first.Month() == last.Month() {
		return fmt.Sprintf("%d – %d %s", first.Day(), last.Day(), calendar.MonthName(first.Month())), week
	}
	return first.DayMonth() + " – " + last.DayMonth(), week
}

// snapshot is the week as shown, for paper.
func (m *weekModel) snapshot() *booking.WeekGrid {
	g := *m.grid
	g.Classes = nil
	for row := range m.lines {
		c, k, ok := m.child(row)
		if !ok {
			k = m.grid.Classes[m.lines[row].class]
			k.Children = nil
			g.Classes = append(g.Classes, k)
			continue
		}
		c.Cells = slices.Clone(c.Cells)
		for col := range c.Cells {
			c.Cells[col], _ = m.cell(row, col)
		}
		last := &g.Classes[len(g.Classes)-1]
		last.Children = append(last.Children, c)
	}
	return &g
}

func bookedOn(c booking.WeekCell) string {
	if c.BookedAt.IsZero() {
		return ""
	}
	d := calendar.DateOf(c.BookedAt.In(calendar.Paris))
	return "réservé le " + strings.TrimPrefix(d.LongNoYear(), calendar.WeekdayName(d.Weekday())+" ")
}

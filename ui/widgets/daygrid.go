package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// DayKind is the width of a day column.
type DayKind int

// The kinds of day column.
const (
	DayOpen   DayKind = iota // 36 px
	DayNarrow                // 24 px, closed (Wednesday)
	DayOff                   // 16 px, closed (weekend, holiday)
)

// GridDay is one column of a DayGrid.
type GridDay struct {
	Name  string // « mar. », one letter in the narrow ones
	Day   string // « 1 »
	Week  string // « S 49 » on the first column of a week
	Kind  DayKind
	Today bool
	Tip   string // « Noël » on a holiday
}

// GridRow is one line of cells under a group's heading.
type GridRow struct {
	Icon, Label string
	Banner      string // written across the row instead of cells
	BannerIcon  string
}

// GridGroup is a heading and its rows.
type GridGroup struct {
	Title, Detail, Right string
	Rows                 []GridRow
}

// GridSpan covers columns over all rows (holidays).
type GridSpan struct {
	From, To    int // columns, both included
	Icon, Title string
	Lines       []string
}

// DayGrid is a month by day columns of unequal width and rows in groups. Arrows
// move between open cells, Space toggles, letters and Backspace go to callbacks,
// Page keys turn the month, dragging paints. Rows are numbered through the groups.
type DayGrid struct {
	gridCore
	corner string
	days   []GridDay
	groups []GridGroup
	spans  []GridSpan
	flat   []flatRow
	first  int // first line in sight
	xs, ws []float32
	ys     []float32 // top of each row in sight, -1 elsewhere
}

type flatRow struct {
	group, row int // row is -1 for the group's heading
	index      int // number of the cell row, -1 for a heading
}

// NewDayGrid returns an empty grid; corner is the title of the label column, cell
// gives what to show (row counted through the groups, banner rows included).
func NewDayGrid(corner string, cell func(row, col int) GridCell) *DayGrid {
	d := &DayGrid{corner: corner}
	d.cells = cell
	d.TapToggles = true
	d.can = d.canStand
	d.cellAt = d.at
	d.reveal = d.show
	d.init(d)
	return d
}

// Set replaces days, groups and spans; the cursor stays where it can.
func (d *DayGrid) Set(days []GridDay, groups []GridGroup, spans ...GridSpan) {
	d.days, d.groups, d.spans = days, groups, spans
	d.flat = d.flat[:0]
	n := 0
	for gi, gr := range groups {
		d.flat = append(d.flat, flatRow{gi, -1, -1})
		for ri := range gr.Rows {
			d.flat = append(d.flat, flatRow{gi, ri, n})
			n++
		}
	}
	d.rows, d.cols = n, len(days)
	d.first = 0
	d.settle()
	d.show()
	d.Refresh()
}

// SetGroups replaces the headings' texts without moving anything.
func (d *DayGrid) SetGroups(groups []GridGroup) { d.groups = groups; d.Refresh() }

func (d *DayGrid) rowOf(index int) *GridRow {
	for _, f := range d.flat {
		if f.index == index && f.row >= 0 {
			return &d.groups[f.group].Rows[f.row]
		}
	}
	return nil
}

func (d *DayGrid) covered(col int) bool {
	for _, s := range d.spans {
		if col >= s.From && col <= s.To {
			return true
		}
	}
	return false
}

func (d *DayGrid) canStand(row, col int) bool {
	if col >= len(d.days) || d.days[col].Kind != DayOpen || d.covered(col) {
		return false
	}
	r := d.rowOf(row)
	return r != nil && r.Banner == "" && d.cells(row, col).Fill != CellClosed
}

func (d *DayGrid) labelW() float32 { return theme.Wide(98) }

func (d *DayGrid) headH() float32 { return theme.Px(24) + theme.Px(44) }

func (d *DayGrid) lineH(f flatRow) float32 {
	if f.row < 0 {
		return theme.Px(40)
	}
	return theme.Px(44)
}

func (d *DayGrid) columnW(k DayKind) float32 {
	switch k {
	case DayNarrow:
		return theme.Wide(24)
	case DayOff:
		return theme.Wide(16)
	}
	return theme.Wide(36)
}

func (d *DayGrid) min() fyne.Size {
	w := d.labelW()
	for _, day := range d.days {
		w += d.columnW(day.Kind)
	}
	return fyne.NewSize(min(w, 640), d.headH()+theme.Px(40)+theme.Px(44))
}

// columns stretches open days into the width there is, between 26 and 44 px.
func (d *DayGrid) columns(w float32) {
	var closed, open float32
	for _, day := range d.days {
		if day.Kind == DayOpen {
			open++
		} else {
			closed += d.columnW(day.Kind)
		}
	}
	each := theme.Wide(36)
	if open > 0 {
		each = min(max(float32(int((w-d.labelW()-closed)/open)), 26), theme.Wide(44))
	}
	d.xs, d.ws = d.xs[:0], d.ws[:0]
	x := d.labelW()
	for _, day := range d.days {
		cw := d.columnW(day.Kind)
		if day.Kind == DayOpen {
			cw = each
		}
		d.xs, d.ws = append(d.xs, x), append(d.ws, cw)
		x += cw
	}
}

func (d *DayGrid) right() float32 {
	if n := len(d.xs); n > 0 {
		return d.xs[n-1] + d.ws[n-1]
	}
	return d.labelW()
}

// lastInSight returns the line after the last one that fits.
func (d *DayGrid) lastInSight() int {
	room := d.Size().Height - d.headH()
	for i := d.first; i < len(d.flat); i++ {
		room -= d.lineH(d.flat[i])
		if room < -0.5 {
			return max(i, d.first+1)
		}
	}
	return len(d.flat)
}

// show scrolls so that the cursor's row is in sight, with its heading if it can.
func (d *DayGrid) show() {
	if d.Size().Height < 1 {
		return
	}
	for i, f := range d.flat {
		if f.index != d.row || f.row < 0 {
			continue
		}
		if i <= d.first {
			d.first = i
			if i > 0 && d.flat[i-1].row < 0 {
				d.first = i - 1
			}
		}
		for d.lastInSight() <= i && d.first < i {
			d.first++
		}
	}
}

// Resize keeps the cursor in sight.
func (d *DayGrid) Resize(s fyne.Size) {
	d.BaseWidget.Resize(s)
	d.show()
}

// Scrolled moves by whole lines.
func (d *DayGrid) Scrolled(ev *fyne.ScrollEvent) {
	step := 1
	if ev.Scrolled.DY > 0 {
		step = -1
	}
	if step > 0 && d.lastInSight() == len(d.flat) {
		return
	}
	d.first = min(max(d.first+step, 0), max(0, len(d.flat)-1))
	d.Refresh()
}

func (d *DayGrid) at(p fyne.Position) (row, col int, ok bool) {
	col = -1
	for i, x := range d.xs {
		if p.X >= x && p.X < x+d.ws[i] {
			col = i
		}
	}
	y := d.headH()
	for i := d.first; i < d.lastInSight(); i++ {
		h := d.lineH(d.flat[i])
		if p.Y >= y && p.Y < y+h {
			return d.flat[i].index, col, col >= 0 && d.flat[i].row >= 0
		}
		y += h
	}
	return 0, 0, false
}

package menu

import (
	"context"
	"fmt"
	"io"
	"time"

	"ardoise/data/calendar"
	"ardoise/reports/page"
)

// The looks of a cell, in points and millimetres.
var (
	dayStyle   = page.Style{Size: 9, Bold: true}
	dishStyle  = page.Style{Size: 8.5}
	mainStyle  = page.Style{Size: 8.5, Bold: true}
	closeStyle = page.Style{Size: 8.5, Color: page.Muted}
	markStyle  = page.Style{Size: 7.5, Bold: true, Color: page.Good}
	noteStyle  = page.Style{Size: 8, Color: page.Muted}
)

const (
	weekWidth = 26.0 // of the column that names the week
	cellPad   = 1.8
	headRow   = 6.4
	dayRow    = 5.2 // the day's name
	markRow   = 4.6 // the mark of a vegetarian menu, the counts
	maxLines  = 4   // of one dish
)

// PDF writes the menus on A4 sheets lying down: a line a week, a column a day.
func PDF(ctx context.Context, w io.Writer, m Menu) error {
	if err := m.check(); err != nil {
		return err
	}
	return page.Write(ctx, w, m.meta(), func(d *page.Doc) error {
		sub := "Les chiffres entre parenthèses sont les allergènes\u00a0: voir la légende"
		if m.Internal {
			sub = "Exemplaire interne, avec les comptes\u00a0: à ne pas afficher"
		}
		d.Section(page.Section{Commune: m.Commune, Service: m.Service, Title: m.Title, Subtitle: sub, Notice: m.Notice, Version: m.Program, Landscape: true})
		l := &lines{Doc: d, m: m, cols: m.columns()}
		l.width = (d.Width() - weekWidth) / float64(max(1, len(l.cols)))
		l.legendH = d.BlockHeight(d.Width(), m.legend(), noteStyle, 6) + 8
		l.head()
		for _, week := range m.Weeks {
			if err := d.Err(); err != nil {
				return err
			}
			l.week(week)
		}
		l.legend()
		if m.Internal {
			l.balance()
		}
		return nil
	})
}

// lines lays the weeks out.
type lines struct {
	*page.Doc
	m       Menu
	cols    []time.Weekday
	width   float64
	legendH float64
}

func (l *lines) head() {
	l.Box(l.Left(), l.Y(), l.Width(), headRow, page.Fill{Paint: true, Inside: page.Shade})
	for i, w := range l.cols {
		l.TextIn(l.x(i)+cellPad, l.Y()+4.4, l.width-2*cellPad, page.Capital(calendar.WeekdayName(w)), page.Left, dayStyle)
	}
	l.Space(headRow)
}

func (l *lines) x(col int) float64 { return l.Left() + weekWidth + float64(col)*l.width }

// height is what a week needs: its fullest day.
func (l *lines) height(w Week) float64 {
	h := dayRow + 2*cellPad + 6
	for _, on := range l.cols {
		if d, ok := w.day(on); ok {
			h = max(h, l.dayHeight(d))
		}
	}
	return max(h, l.BlockHeight(weekWidth-2*cellPad, w.Label, noteStyle, 6)+l.stateHeight(w)+2*cellPad)
}

func (l *lines) stateHeight(w Week) float64 {
	if !l.m.Internal || w.State == "" {
		return 0
	}
	return l.BlockHeight(weekWidth-2*cellPad, w.State, noteStyle, 3) + 1
}

func (l *lines) dayHeight(d Day) float64 {
	h := dayRow + 2*cellPad
	for _, x := range d.Dishes {
		h += l.BlockHeight(l.width-2*cellPad, x.text(), l.style(x), maxLines)
	}
	if d.Vegetarian {
		h += markRow
	}
	if l.counts(d) != "" {
		h += markRow
	}
	return h
}

func (l *lines) style(x Dish) page.Style {
	if x.Course == "Plat" {
		return mainStyle
	}
	return dishStyle
}

func (l *lines) week(w Week) {
	h := l.height(w)
	if l.Y()+h+l.legendH > l.Bottom() {
		l.legend()
		l.Break()
		l.head()
	}
	top := l.Y()
	y := l.Block(l.Left()+cellPad, top+cellPad, weekWidth-2*cellPad, w.Label, noteStyle, 6)
	if l.m.Internal && w.State != "" {
		l.Block(l.Left()+cellPad, y+1, weekWidth-2*cellPad, w.State, page.Style{Size: 8, Bold: true}, 3)
	}
	for i, on := range l.cols {
		d, ok := w.day(on)
		if !ok {
			continue
		}
		l.day(d, l.x(i), top, h)
	}
	l.Line(l.Left(), top+h, l.Right(), top+h, 0.25, page.Strong)
	l.Space(h)
}

func (l *lines) day(d Day, x, top, h float64) {
	l.Line(x, top, x, top+h, 0.2, page.Rule)
	if d.Aside || d.Closed != "" {
		l.Box(x+0.2, top+0.2, l.width-0.4, h-0.4, page.Fill{Paint: true, Inside: page.Pale})
	}
	if d.Aside {
		return
	}
	in, y := l.width-2*cellPad, top+cellPad
	l.TextIn(x+cellPad, y+3.2, in, page.Capital(d.Date.DayMonth()), page.Left, dayStyle)
	y += dayRow
	if d.Closed != "" {
		l.Block(x+cellPad, y, in, page.Capital(d.Closed), closeStyle, 3)
		return
	}
	if len(d.Dishes) == 0 {
		l.Block(x+cellPad, y, in, "Menu à venir", closeStyle, 2)
	}
	for _, dish := range d.Dishes {
		y = l.Block(x+cellPad, y, in, dish.text(), l.style(dish), maxLines)
	}
	foot := top + h - cellPad
	if text := l.counts(d); text != "" {
		l.TextIn(x+cellPad, foot-0.6, in, text, page.Left, noteStyle)
		foot -= markRow
	}
	if d.Vegetarian {
		const side = 3.4
		l.Box(x+cellPad, foot-side, side, side, page.Fill{Line: page.Good, Weight: 0.35})
		l.TextIn(x+cellPad, foot-0.8, side, "V", page.Center, markStyle)
		l.TextIn(x+cellPad+side+1.2, foot-0.8, in-side-1.2, "Menu végétarien", page.Left, markStyle)
	}
}

// counts is what the internal copy says of a day; no name, no allergen of anybody.
func (l *lines) counts(d Day) string {
	if !l.m.Internal || d.Closed != "" || d.Aside {
		return ""
	}
	text := ""
	if d.Meals > 0 {
		text = page.Count(d.Meals, "repas", "repas")
	}
	if d.Adapted > 0 {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("dont %s à vérifier", page.Count(d.Adapted, "adapté", "adaptés"))
		if d.Meals == 0 {
			text = page.Count(d.Adapted, "repas adapté à vérifier", "repas adaptés à vérifier")
		}
	}
	return text
}

// legend stands at the foot of every page: the sheets may get separated.
func (l *lines) legend() {
	y := l.Y() + 3
	y = l.Block(l.Left(), y, l.Width(), "Allergènes\u00a0: "+l.m.legend(), noteStyle, 6)
	l.Space(y - l.Y() + 1)
}

func (l *lines) balance() {
	l.Space(2)
	for _, text := range l.m.Balance {
		l.Paragraph(text, page.Style{Size: 8.5})
	}
}

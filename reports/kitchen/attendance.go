package kitchen

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

// Attendance is the paper on which the supervisors tick who came: a page or
// more for each class.
type Attendance struct {
	Head
	Days    []calendar.Date // the service days of the week, at most 7
	Classes []AttendanceClass
}

// AttendanceClass is one class; its children are in the order to print.
type AttendanceClass struct {
	School, Class string
	Children      []AttendanceChild
}

// AttendanceChild is one line. Booked and Marks have an entry for each day; a
// missing one is not booked, not yet marked.
type AttendanceChild struct {
	Child  string
	Diet   string // "repas adapté" rather than a care plan's matter
	Booked []bool
	Marks  []Mark
}

// Mark is what is already known of one child and day.
type Mark string

// The marks of the attendance sheet, as on the screens ("A" is a cancelled
// booking there, hence "Ab").
const (
	Unmarked  Mark = ""
	Present   Mark = "P"
	Absent    Mark = "Ab"
	Justified Mark = "J"
	NotBooked Mark = "NR" // ate without booking
)

const legend = "P\u00a0: présent.  Ab\u00a0: absent.  J\u00a0: absence justifiée.  NR\u00a0: a mangé sans réservation.\n" +
	"Case à bord noir\u00a0: repas réservé. Case grise\u00a0: pas de réservation."

// AttendancePDF writes the attendance sheets of a week, numbered class by class.
func AttendancePDF(ctx context.Context, w io.Writer, a Attendance) error {
	if len(a.Days) == 0 || len(a.Days) > 7 {
		return fault.New(fault.Invalid, "Une feuille de pointage porte de un à sept jours\u00a0: il y en a %d.", len(a.Days))
	}
	if len(a.Classes) == 0 {
		return fault.New(fault.Invalid, "Il n’y a aucune classe à pointer ces jours-là.")
	}
	title := "Feuille de pointage, " + a.week()
	return page.Write(ctx, w, a.meta(title), func(d *page.Doc) error {
		for _, c := range a.Classes {
			name := c.Class
			if c.School != "" {
				name = c.Class + " – " + c.School
			}
			d.Section(a.section("Pointage\u00a0: "+name, page.Capital(a.week())))
			d.Block(d.Left(), d.Y()-1.5, d.Width(), legend, page.Style{Size: 8.5, Color: page.Muted}, 3)
			d.Space(9)
			if err := d.Table(a.table(c)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a Attendance) week() string {
	first, last := a.Days[0], a.Days[len(a.Days)-1]
	_, week := first.ISOWeek()
	return fmt.Sprintf("semaine %d, %s", week, page.Span(first, last))
}

func (a Attendance) table(c AttendanceClass) page.Table {
	const height = 7.2
	t := page.Table{
		Height: height, Grid: true, Empty: "Aucun enfant dans cette classe.",
		Columns: []page.Column{{Title: "Nom", Weight: 3, Lines: 2}, {Title: "Régime", Weight: 1.4, Lines: 2}},
	}
	for _, day := range a.Days {
		t.Columns = append(t.Columns, page.Column{Title: page.Capital(calendar.WeekdayShort(day.Weekday())) + "\n" + day.DayMonth(), Width: dayWidth(len(a.Days)), Align: page.Center})
	}
	booked := make([]int, len(a.Days))
	for _, child := range c.Children {
		row := page.Cells(child.Child, child.Diet)
		row[1].Muted = true
		for i := range a.Days {
			cell := page.Cell{Tick: page.TickGrey}
			if i < len(child.Booked) && child.Booked[i] {
				cell.Tick = page.TickExpected
				booked[i]++
			}
			if i < len(child.Marks) {
				cell.Text = string(child.Marks[i])
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, page.Row{Cells: row})
	}
	if len(c.Children) == 0 {
		return t
	}
	for range 3 { // for those who come without being on the list
		row := make([]page.Cell, 2, 2+len(a.Days))
		for range a.Days {
			row = append(row, page.Cell{Tick: page.TickGrey})
		}
		t.Rows = append(t.Rows, page.Row{Cells: row})
	}
	totals := page.Cells("Repas réservés", "")
	eaten := page.Cells("Présents (à compter)", "")
	for _, n := range booked {
		totals = append(totals, page.Cell{Text: page.Number(n)})
		eaten = append(eaten, page.Cell{})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: totals}, page.Row{Kind: page.Subtotal, Cells: eaten})
	return t
}

func dayWidth(days int) float64 {
	if days > 5 {
		return 15
	}
	return 18
}

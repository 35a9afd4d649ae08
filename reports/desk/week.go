package desk

import (
	"ardoise/data/booking"
	"ardoise/reports/kitchen"
)

var weekMarks = map[booking.CellState]kitchen.Mark{
	booking.CellPresent: kitchen.Present, booking.CellAbsent: kitchen.Absent, booking.CellJustified: kitchen.Justified, booking.CellUnbooked: kitchen.NotBooked,
}

// Attendance gives a service's week as the sheet supervisors tick: the open
// days, the classes that have children, care plans masked.
func (m Maker) Attendance(g *booking.WeekGrid) kitchen.Attendance {
	a := kitchen.Attendance{Head: m.head()}
	var open []int
	for i, d := range g.Days {
		if d.Open {
			open = append(open, i)
			a.Days = append(a.Days, d.Day)
		}
	}
	for _, k := range g.Classes {
		class := kitchen.AttendanceClass{School: k.School, Class: k.Name}
		for _, c := range k.Children {
			line := kitchen.AttendanceChild{Child: Name(c.First, c.Last), Diet: Diet(g.Diets, c.Diet, false)}
			for _, i := range open {
				state := c.Cells[i].State
				line.Booked = append(line.Booked, state == booking.CellBooked || state == booking.CellPresent || state == booking.CellAbsent || state == booking.CellJustified)
				line.Marks = append(line.Marks, weekMarks[state])
			}
			class.Children = append(class.Children, line)
		}
		if len(class.Children) > 0 {
			a.Classes = append(a.Classes, class)
		}
	}
	return a
}

package calendar

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/fault"
)

// SchoolYear is named by the civil year it starts in: 2026 is 2026-2027.
type SchoolYear int

// schoolYearStart: the year changes on 1 August, when last year's services are
// over and registrations for September are what the desk works on.
const schoolYearStart = time.August

// SchoolYearOf gives the school year of a day; it changes on 1 August.
func SchoolYearOf(d Date) SchoolYear {
	if d.Month() >= schoolYearStart {
		return SchoolYear(d.Year())
	}
	return SchoolYear(d.Year() - 1)
}

// ParseSchoolYear reads "2026-2027".
func ParseSchoolYear(text string) (SchoolYear, error) {
	a, b, _ := strings.Cut(strings.TrimSpace(text), "-")
	first, second := atoi(a), atoi(b)
	if len(a) != 4 || len(b) != 4 || first < 1900 || second != first+1 {
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une année scolaire : écrivez par exemple 2026-2027.", text)
	}
	return SchoolYear(first), nil
}

// String gives "2026-2027".
func (y SchoolYear) String() string { return fmt.Sprintf("%04d-%04d", int(y), int(y)+1) }

// First gives 1 August of the first civil year.
func (y SchoolYear) First() Date { return NewDate(int(y), schoolYearStart, 1) }

// Last gives 31 July of the second civil year.
func (y SchoolYear) Last() Date { return NewDate(int(y)+1, schoolYearStart, 0) }

// Contains reports whether the day belongs to the year.
func (y SchoolYear) Contains(d Date) bool { return d >= y.First() && d <= y.Last() }

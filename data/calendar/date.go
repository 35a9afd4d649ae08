// Package calendar is the room of days: civil dates and their French text, school
// years, public and school holidays, the days a service is open (Plan) and its
// cut-offs (CutoffSet). Days are civil dates, deadlines are instants in Paris. The
// room is pure: it never reads a clock, a database or a file.
package calendar

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // Europe/Paris must be there on any machine

	"ardoise/data/fault"
)

// Paris is the zone of every deadline.
var Paris = mustZone("Europe/Paris")

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic("calendar: embedded time zone missing: " + err.Error())
	}
	return l
}

// Date is a civil day without hour or zone: the number of days since
// 0000-12-31, so that the zero value means "no date" and no day a person can
// be born on collides with it.
type Date int32

// dayOffset is the Date of 1970-01-01.
const dayOffset = 719163

// NewDate returns the civil day; a day out of range rolls over as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400 + dayOffset)
}

// DateOf returns the civil day of an instant in Paris.
func DateOf(t time.Time) Date {
	t = t.In(Paris)
	return NewDate(t.Year(), t.Month(), t.Day())
}

func (d Date) utc() time.Time { return time.Unix(int64(d-dayOffset)*86400, 0).UTC() }

// IsZero reports "no date".
func (d Date) IsZero() bool { return d == 0 }

// Year, Month and Day give the civil parts.
func (d Date) Year() int { return d.utc().Year() }

// Month gives the civil month.
func (d Date) Month() time.Month { return d.utc().Month() }

// Day gives the day of the month, from 1.
func (d Date) Day() int { return d.utc().Day() }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// ISOWeek gives the week number as French calendars print it.
func (d Date) ISOWeek() (year, week int) { return d.utc().ISOWeek() }

// Add returns the day n days later (earlier when negative).
func (d Date) Add(days int) Date { return d + Date(days) }

// AddMonths moves by whole months and stays inside the month: 31 January plus
// one month is the last day of February.
func (d Date) AddMonths(n int) Date {
	t := d.utc()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), first.Month(), min(t.Day(), last))
}

// Monday returns the Monday of the date's week.
func (d Date) Monday() Date { return d.Add(-((int(d.Weekday()) + 6) % 7)) }

// FirstOfMonth returns the first day of the date's month.
func (d Date) FirstOfMonth() Date { return NewDate(d.Year(), d.Month(), 1) }

// LastOfMonth returns the last day of the date's month.
func (d Date) LastOfMonth() Date { return NewDate(d.Year(), d.Month()+1, 0) }

// At returns the instant of hh:mm on that day in Paris. An hour that the spring
// change skips gives the instant one hour later on the clock; an hour that the
// autumn change repeats gives the first of the two.
func (d Date) At(hour, minute int) time.Time {
	t := time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, Paris)
	if earlier := t.Add(-time.Hour); earlier.In(Paris).Hour() == t.Hour() && earlier.In(Paris).Minute() == t.Minute() {
		return earlier
	}
	return t
}

// String gives the machine form, YYYY-MM-DD, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// ParseISO reads YYYY-MM-DD and refuses a day that does not exist.
func ParseISO(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return 0, fault.New(fault.Invalid, "« %s » n’est pas une date : écrivez-la sous la forme AAAA-MM-JJ, par exemple 2026-09-01.", text)
	}
	return NewDate(t.Year(), t.Month(), t.Day()), nil
}

// MustISO is ParseISO for constants of tests and embedded data.
func MustISO(text string) Date {
	d, err := ParseISO(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Value stores the date as text, NULL for no date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads the text form; NULL is no date.
func (d *Date) Scan(v any) error {
	var s string
	switch x := v.(type) {
	case nil:
		*d = 0
		return nil
	case string:
		s = x
	case []byte:
		s = string(x)
	case time.Time:
		*d = NewDate(x.Year(), x.Month(), x.Day())
		return nil
	default:
		return fmt.Errorf("calendar: cannot read %T as a date", v)
	}
	parsed, err := ParseISO(s)
	if err != nil {
		return fmt.Errorf("calendar: %q is not a stored date: %w", s, err)
	}
	*d = parsed
	return nil
}

// MarshalText and UnmarshalText give JSON and TOML the machine form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the machine form; empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if strings.TrimSpace(string(b)) == "" {
		*d = 0
		return nil
	}
	parsed, err := ParseISO(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

package calendar

import (
	"strings"
	"time"

	"ardoise/data/fault"
)

// Weekdays is a set of weekdays, one bit each (bit 0 is Sunday).
type Weekdays uint8

// SchoolWeek is Monday, Tuesday, Thursday and Friday; MondayToFriday adds Wednesday.
var (
	SchoolWeek     = NewWeekdays(time.Monday, time.Tuesday, time.Thursday, time.Friday)
	MondayToFriday = SchoolWeek.With(time.Wednesday)
)

// frenchWeek is the order of a French week.
var frenchWeek = [...]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// NewWeekdays gives the set of the days.
func NewWeekdays(days ...time.Weekday) Weekdays {
	var w Weekdays
	for _, d := range days {
		w = w.With(d)
	}
	return w
}

// With gives the set with one more day.
func (w Weekdays) With(d time.Weekday) Weekdays { return w | 1<<d }

// Has reports whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Days lists the set from Monday to Sunday.
func (w Weekdays) Days() []time.Weekday {
	var list []time.Weekday
	for _, d := range frenchWeek {
		if w.Has(d) {
			list = append(list, d)
		}
	}
	return list
}

// String gives "lundi mardi jeudi vendredi", which ParseWeekdays reads back.
func (w Weekdays) String() string {
	var names []string
	for _, d := range w.Days() {
		names = append(names, WeekdayName(d))
	}
	return strings.Join(names, " ")
}

// ParseWeekday reads "lundi", "Lun.", "lun".
func ParseWeekday(text string) (time.Weekday, error) {
	s := strings.TrimSuffix(fold(text), ".")
	for w, name := range weekdayNames {
		if s == name || s == name[:3] {
			return time.Weekday(w), nil
		}
	}
	return 0, fault.New(fault.Invalid, "« %s » n’est pas un jour de la semaine : écrivez lundi, mardi, mercredi, jeudi, vendredi, samedi ou dimanche.", strings.TrimSpace(text))
}

// ParseWeekdays reads a set: names separated by spaces or commas; "" is empty.
func ParseWeekdays(text string) (Weekdays, error) {
	var set Weekdays
	for _, word := range strings.FieldsFunc(fold(text), func(r rune) bool { return r == ' ' || r == ',' }) {
		w, err := ParseWeekday(word)
		if err != nil {
			return 0, err
		}
		set = set.With(w)
	}
	return set, nil
}

// MarshalText gives TOML and JSON the names.
func (w Weekdays) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads the names.
func (w *Weekdays) UnmarshalText(b []byte) error {
	set, err := ParseWeekdays(string(b))
	if err != nil {
		return err
	}
	*w = set
	return nil
}

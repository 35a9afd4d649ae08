package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"

	"ardoise/data/fault"
)

// Month is a month of the civil calendar: what is invoiced, closed and locked
// together. The zero Month is no month.
type Month struct{ first Date }

// MonthOf gives the month a day is in; no day is in no month.
func MonthOf(d Date) Month {
	if d.IsZero() {
		return Month{}
	}
	return Month{d.FirstOfMonth()}
}

// NewMonth gives a month of a year.
func NewMonth(year int, month time.Month) Month { return MonthOf(NewDate(year, month, 1)) }

// ParseMonth reads "2026-12"; "12/2026" too, as it is typed.
func ParseMonth(text string) (Month, error) {
	for _, layout := range []string{"2006-01", "01/2006", "1/2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return NewMonth(t.Year(), t.Month()), nil
		}
	}
	return Month{}, fault.New(fault.Invalid, "« %s » n’est pas un mois : écrivez-le comme 2026-12 ou 12/2026.", text)
}

// IsZero reports whether m is no month.
func (m Month) IsZero() bool { return m.first.IsZero() }

// First is the first day of the month.
func (m Month) First() Date { return m.first }

// Last is the last day of the month.
func (m Month) Last() Date { return m.first.LastOfMonth() }

// Add moves by n months.
func (m Month) Add(n int) Month { return MonthOf(m.first.AddMonths(n)) }

// Before reports whether m comes before other.
func (m Month) Before(other Month) bool { return m.first < other.first }

// Has reports whether a day is in the month.
func (m Month) Has(d Date) bool { return !m.IsZero() && MonthOf(d) == m }

// String is "2026-12", as the database keeps it; "" for no month.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.first.Year(), int(m.first.Month()))
}

// Label is "décembre 2026".
func (m Month) Label() string { return m.first.MonthYear() }

// Value writes the month as text.
func (m Month) Value() (driver.Value, error) { return m.String(), nil }

// Scan reads the month from text.
func (m *Month) Scan(v any) error {
	switch t := v.(type) {
	case string:
		return m.UnmarshalText([]byte(t))
	case []byte:
		return m.UnmarshalText(t)
	}
	return fmt.Errorf("calendar: a month cannot be read from %T", v)
}

// MarshalText is String.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String wrote.
func (m *Month) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*m = Month{}
		return nil
	}
	*m, err = ParseMonth(string(b))
	return err
}

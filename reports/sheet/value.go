package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// Value is the content of one cell.
type Value struct {
	kind   Kind
	format format
	empty  bool
	text   string
	n      int64 // an integer, cents, or a date's serial number
}

// Empty is an empty cell.
func Empty() Value { return Value{empty: true} }

// Text is a text cell, never a formula.
func Text(s string) Value { return Value{kind: KindText, text: Clean(s)} }

// Int is a whole number.
func Int(n int) Value { return Value{kind: KindInt, n: int64(n)} }

// Added is a whole number shown with its plus sign; nothing for zero.
func Added(n int) Value { return Value{kind: KindInt, format: formatAdded, empty: n == 0, n: int64(n)} }

// Removed is a number of losses, shown "–2"; nothing for zero. It is stored
// negative, so that a sum over it is right.
func Removed(n int) Value { return Added(-n) }

// Money is an amount in cents, shown as # ##0,00 €.
func Money(c money.Cents) Value { return Value{kind: KindMoney, n: int64(c)} }

// Day is a real date shown dd/mm/yyyy; no date is an empty cell.
func Day(d calendar.Date) Value {
	if d.IsZero() {
		return Value{kind: KindDate, empty: true}
	}
	return Value{kind: KindDate, n: serial(d)}
}

// DayName is a real date shown with its weekday: mar. 24/11/2026.
func DayName(d calendar.Date) Value {
	v := Day(d)
	v.format = formatDayName
	return v
}

// serial counts days as Excel does, which believes 1900 was a leap year: right
// from March 1900 on.
func serial(d calendar.Date) int64 { return int64(d - calendar.NewDate(1899, time.December, 30)) }

// maxExactCents is the largest amount Excel's 15 significant digits can hold.
const maxExactCents = 999_999_999_999_999

// raw is what excelize is given to store.
func (v Value) raw() (any, error) {
	switch {
	case v.empty:
		return nil, nil
	case v.kind == KindText:
		if v.text == "" {
			return nil, nil
		}
		return v.text, nil
	case v.kind == KindMoney:
		if v.n > maxExactCents || v.n < -maxExactCents {
			return nil, fault.New(fault.Invalid, "Le montant %s est trop grand pour une feuille de calcul.", money.Cents(v.n))
		}
		// excelize has no door for a number given as text, so the exact decimal
		// goes through the nearest double: with at most 15 significant digits
		// it is printed back as the very same decimal (tested). No sum is ever
		// made on it.
		f, err := strconv.ParseFloat(decimal(v.n), 64)
		if err != nil {
			return nil, fmt.Errorf("sheet: amount %d: %w", v.n, err)
		}
		return f, nil
	case v.kind == KindDate && v.n < 61:
		return nil, fault.New(fault.Invalid, "Une date antérieure à mars 1900 ne peut pas figurer dans une feuille de calcul.")
	}
	return v.n, nil
}

// decimal writes cents as a decimal number: 125040 is "1250.40".
func decimal(cents int64) string {
	sign, u := "", uint64(cents)
	if cents < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
}

// Clean makes any text fit for XML: valid UTF-8 without the control characters
// XML forbids; line ends become \n.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\t' || r == '\n':
			return r
		case r < 0x20, r == 0x7f, r == 0xFFFE, r == 0xFFFF, r >= 0x80 && r < 0xA0:
			return -1
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			// Direction overrides make a name read as another one.
			return -1
		}
		return r
	}, s)
}

// dangerous tells a text that a spreadsheet would take for a formula when typed
// in again or read from CSV.
func dangerous(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == '\t' || s[0] == '\r' || s[0] == '\n' {
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0\u202f\t\r\n'"))
	return strings.ContainsRune("=+-@＝＋－＠", r)
}

// Package money is the room of amounts: whole cents, their arithmetic and
// their French text. No float ever enters it (invariant I14).
package money

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ardoise/data/fault"
)

// Cents is an amount in euro cents, negative when owed.
type Cents int64

const (
	nnbsp = "\u202f" // between thousands
	nbsp  = "\u00a0" // before the euro sign
)

// Add returns a+b, or an error where the sum does not fit.
func Add(a, b Cents) (Cents, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, fault.New(fault.Invalid, "Le montant est trop grand pour être additionné.")
	}
	return s, nil
}

// Times returns n times the amount, or an error where the product does not fit.
func (c Cents) Times(n int) (Cents, error) {
	if c == 0 || n == 0 {
		return 0, nil
	}
	p := c * Cents(n)
	if p/Cents(n) != c || (c == math.MinInt64 && n == -1) {
		return 0, fault.New(fault.Invalid, "Le montant est trop grand pour être multiplié.")
	}
	return p, nil
}

// Number gives the French figures without the currency: "1 250,40", "–12,60".
// The minus is an en dash: the bundled font lacks U+2212.
func (c Cents) Number() string {
	neg := c < 0
	u := uint64(c)
	if neg {
		u = -u
	}
	whole := strconv.FormatUint(u/100, 10)
	var b strings.Builder
	if neg {
		b.WriteString("–")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(nnbsp)
		}
		b.WriteRune(r)
	}
	fmt.Fprintf(&b, ",%02d", u%100)
	return b.String()
}

// String gives the French text with the currency: "1 250,40 €".
func (c Cents) String() string { return c.Number() + nbsp + "€" }

// Signed is String with an explicit plus for a credit: "+4,20 €".
func (c Cents) Signed() string {
	if c > 0 {
		return "+" + c.String()
	}
	return c.String()
}

// Parse reads what a person types: "12", "12,5", "1 250,40 €", "-3.20", "12€50".
// More than two decimals, letters, figures grouped otherwise than by thousands or
// an empty text are refused in French: a wrong amount is worse than none.
func Parse(text string) (Cents, error) {
	s := spaces.Replace(strings.TrimSpace(text))
	bad := fault.New(fault.Invalid, "« %s » n’est pas un montant. Écrivez par exemple 12,50.", strings.TrimSpace(text))
	if before, after, found := strings.Cut(s, "€"); found {
		switch before, after = strings.TrimSpace(before), strings.TrimSpace(after); {
		case after == "":
			s = before
		case len(after) == 2 && !strings.Contains(before, ",") && before != "": // 12€50
			s = before + "," + after
		default:
			return 0, bad
		}
	}
	neg := strings.HasPrefix(s, "-")
	if neg || strings.HasPrefix(s, "+") {
		s = strings.TrimSpace(s[1:])
	}
	whole, frac, hasFrac := strings.Cut(s, ",")
	whole, ok := ungroup(whole)
	if !ok || whole == "" && frac == "" || hasFrac && (len(frac) == 0 || len(frac) > 2) || len(whole) > 13 {
		return 0, bad
	}
	for len(frac) < 2 {
		frac += "0"
	}
	for _, r := range whole + frac {
		if r < '0' || r > '9' {
			return 0, bad
		}
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return 0, bad
	}
	if neg {
		n = -n
	}
	return Cents(n), nil
}

// spaces brings the several spaces, minus signs and decimal points to one each.
var spaces = strings.NewReplacer(nbsp, " ", nnbsp, " ", "–", "-", "−", "-", ".", ",")

// ungroup takes the spaces between thousands out; false where they stand elsewhere.
func ungroup(whole string) (string, bool) {
	groups := strings.Split(whole, " ")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// Value stores the amount as an integer.
func (c Cents) Value() (driver.Value, error) { return int64(c), nil }

// Scan reads an integer and nothing else: a float in the database is an error.
func (c *Cents) Scan(v any) error {
	switch n := v.(type) {
	case int64:
		*c = Cents(n)
		return nil
	case nil:
		*c = 0
		return nil
	}
	return fmt.Errorf("money: cannot read %T as cents", v)
}

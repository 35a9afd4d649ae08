package bankfile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// clip keeps at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// id reads an identifier; what is longer than any we gave out cannot match anything.
func id(text string) string {
	s := clip(strings.Join(strings.Fields(text), " "), 70)
	if s == bank.NotProvided || s == "NONREF" {
		return ""
	}
	return s
}

func words(text string) string { return clip(strings.Join(strings.Fields(text), " "), 500) }

// code reads a code or a status.
func code(text string) string { return strings.ToUpper(clip(strings.TrimSpace(text), 35)) }

// join adds a sentence to a text.
func join(text, more string) string {
	more = words(more)
	switch {
	case more == "" || text == more:
		return text
	case text == "":
		return more
	}
	return clip(text+" ; "+more, 500)
}

// maxAmount is a hundred billion euros, in cents: the sum of all that a file can hold still fits.
const maxAmount = 10_000_000_000_000

// amount reads a decimal of XML (no sign, up to five decimals) as cents. In a currency whose parts are finer than
// hundredths the amount is not known: 0.
func (p *parser) amount(text string) money.Cents {
	s := strings.TrimSpace(text)
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(s, "+"), ".")
	digits := whole + decimals
	if digits == "" || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" {
		p.fail(fault.New(fault.Invalid, "Le montant « %s » n’est pas lisible : le fichier est refusé. Demandez à la banque un fichier conforme.", clip(s, 30)))
		return 0
	}
	if len(decimals) > 2 && strings.Trim(decimals[2:], "0") != "" {
		return 0
	}
	n, err := strconv.ParseInt("0"+whole+(decimals + "00")[:2], 10, 64)
	if err != nil || n > maxAmount {
		p.fail(fault.New(fault.Invalid, "Le montant « %s » est trop grand : le fichier est refusé.", clip(s, 30)))
		return 0
	}
	return money.Cents(n)
}

// instant reads a dateTime; without a zone it is Paris time.
func (p *parser) instant(text string) time.Time {
	s := strings.TrimSpace(text)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(form, s, calendar.Paris); err == nil {
			return t.In(calendar.Paris)
		}
	}
	if d := p.day(s); !d.IsZero() {
		return d.At(0, 0)
	}
	return time.Time{}
}

// day reads a date; the zone that XML allows behind it does not move it.
func (p *parser) day(text string) calendar.Date {
	s := strings.TrimSpace(text)
	d, err := calendar.ParseISO(s[:min(len(s), len(time.DateOnly))])
	if err != nil || len(s) > len(time.DateOnly) && !strings.ContainsRune("Z+-", rune(s[len(time.DateOnly)])) {
		p.fail(fault.New(fault.Invalid, "La date « %s » n’est pas lisible : le fichier est refusé. Demandez à la banque un fichier conforme.", clip(s, 40)))
		return 0
	}
	return d
}

// account notes the IBAN of an account and gives it back; what is no IBAN is left.
func (p *parser) account(text string) string {
	iban, err := bank.ParseIBAN(clip(text, 60))
	if err != nil {
		return ""
	}
	p.file.Accounts = once(p.file.Accounts, iban)
	return iban
}

func (p *parser) creditor(text string) string {
	ics, err := bank.ParseICS(clip(text, 60))
	if err != nil {
		return ""
	}
	p.file.Creditors = once(p.file.Creditors, ics)
	return ics
}

// once adds what is not there; a file that names a hundred creditors is nobody's.
func once(list []string, s string) []string {
	if len(list) >= 100 || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

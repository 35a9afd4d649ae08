package families

import (
	"context"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// household is what the form of a family holds, as typed.
type household struct {
	name                           string
	guardians                      [2]adult
	address1, address2             string
	postal, city                   string
	quotient, quotientF, quotient2 string
	low, note                      string
}

// adult is one guardian, as typed.
type adult struct{ civility, first, last, usage, mobile, home, work, email string }

func adultOf(g family.Guardian) adult {
	return adult{g.Civility, g.First, g.Last, g.Usage, family.PhoneText(g.Mobile), family.PhoneText(g.Home), family.PhoneText(g.Work), g.Email}
}

func (a adult) empty() bool {
	return strings.TrimSpace(a.first+a.last+a.usage+a.mobile+a.home+a.work+a.email) == ""
}

func householdOf(f family.Family) household {
	h := household{
		name: f.Name, address1: f.Address1, address2: f.Address2, postal: f.Postal, city: f.City,
		quotientF: f.QuotientFrom.Short(), quotient2: f.QuotientTo.Short(), note: f.Note,
	}
	for i, g := range f.Guardians {
		if i < 2 {
			h.guardians[i] = adultOf(g)
		}
	}
	if f.Quotient != nil {
		h.quotient = strconv.Itoa(*f.Quotient)
	}
	if f.LowBalance != nil {
		h.low = f.LowBalance.Number()
	}
	return h
}

// onto writes what was typed over a family, whose version it keeps.
func (h household) onto(f family.Family, today calendar.Date) (family.Family, error) {
	f.Name, f.Address1, f.Address2, f.Postal, f.City, f.Note = h.name, h.address1, h.address2, h.postal, h.city, h.note
	old := f.Guardians
	f.Guardians = nil
	for i, a := range h.guardians {
		if a.empty() {
			continue
		}
		var g family.Guardian
		if i < len(old) {
			g = old[i]
		}
		g.Civility, g.First, g.Last, g.Usage, g.Mobile, g.Home, g.Work, g.Email = a.civility, a.first, a.last, a.usage, a.mobile, a.home, a.work, a.email
		f.Guardians = append(f.Guardians, g)
	}
	var err error
	if f.Quotient, err = parseQuotient(h.quotient); err != nil {
		return f, err
	}
	if f.QuotientFrom, err = parseDay(h.quotientF, today); err != nil {
		return f, err
	}
	if f.QuotientTo, err = parseDay(h.quotient2, today); err != nil {
		return f, err
	}
	f.LowBalance, err = parseLow(h.low)
	return f, err
}

func parseQuotient(text string) (*int, error) {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' }), "")
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return nil, fault.New(fault.Invalid, "Le quotient est un nombre entier, par exemple 874.")
	}
	return &n, nil
}

func parseDay(text string, today calendar.Date) (calendar.Date, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	return calendar.ParseTyped(text, today)
}

func parseLow(text string) (*money.Cents, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	c, err := money.Parse(text)
	if err == nil && c < 0 {
		err = fault.New(fault.Invalid, "Le seuil ne peut pas être négatif.")
	}
	return &c, err
}

// differences names what another agent changed between two readings.
func differences(a, b household) string {
	var out []string
	note := func(x, y, what string) {
		if x != y {
			out = append(out, what+" (« "+or(y, "vide")+" »)")
		}
	}
	note(a.name, b.name, "nom")
	note(a.address1+a.address2, b.address1+b.address2, "adresse")
	note(a.postal+" "+a.city, b.postal+" "+b.city, "commune")
	note(a.quotient, b.quotient, "quotient")
	note(a.quotientF+a.quotient2, b.quotientF+b.quotient2, "dates du quotient")
	note(a.low, b.low, "seuil d’alerte")
	note(a.note, b.note, "note")
	for i := range a.guardians {
		x, y := a.guardians[i], b.guardians[i]
		if x != y {
			out = append(out, "responsable "+strconv.Itoa(i+1)+" (« "+or(strings.TrimSpace(y.first+" "+or(y.usage, y.last)+" "+y.mobile), "vide")+" »)")
		}
	}
	if len(out) == 0 {
		return "un autre onglet de la fiche"
	}
	return strings.Join(out, ", ")
}

// keep writes a household and gives the undo: the former version comes back
// only if nobody changed the family since.
func (d Deps) keep(ctx context.Context, before, after family.Family) (undo family.Family, err error) {
	if err := d.Family.Update(ctx, after); err != nil {
		return undo, err
	}
	now, err := d.Family.Get(ctx, after.ID)
	if err != nil {
		return undo, err
	}
	before.Version = now.Version
	return before, nil
}

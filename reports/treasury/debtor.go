package treasury

import "strings"

func (s Settings) speller() speller { return speller{capitals: s.Capitals} }

// civility gives the word Hélios accepts; known is false where nobody told.
func (s Settings) civility(typed string) (word string, known bool) {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(typed), ".")) {
	case "m", "mr", "monsieur":
		return s.Mister, true
	case "mme", "mlle", "melle", "madame", "mademoiselle":
		return s.Madam, true // there is no other one any more
	}
	return "", false
}

// holder is whose account it is, name first as on a bank's papers.
func (d *DirectDebit) holder(debtor Debtor) string {
	if strings.TrimSpace(d.Holder) != "" {
		return d.Holder
	}
	return strings.TrimSpace(debtor.Last + " " + debtor.First)
}

// lines are the lines of an address as the schema names them.
type lines struct{ adr1, adr2, adr3, city string }

// lay spreads an address over the schema's lines. The street's line is the only
// one that must be there: where there is none, the hamlet or the complement
// takes its place; a long street goes on where there is room.
func lay(sp speller, a Address) (l lines) {
	l.adr1, l.adr3 = sp.text(a.Complement, 38), sp.text(a.Place, 38)
	rest := ""
	l.adr2, rest = sp.split(a.Street, 38)
	if rest != "" {
		switch {
		case l.adr3 == "":
			l.adr3 = rest
		case l.adr1 == "": // the street's beginning one line higher
			l.adr1, l.adr2 = l.adr2, rest
		}
	}
	switch {
	case l.adr2 != "":
	case l.adr3 != "":
		l.adr2, l.adr3 = l.adr3, ""
	default:
		l.adr2, l.adr1 = l.adr1, ""
	}
	city := a.City
	if a.Country != "" {
		// The foreign postal code stands before the town, as the schema asks.
		city = strings.TrimSpace(a.Postal + " " + a.City)
	}
	l.city = sp.text(city, 38)
	return l
}

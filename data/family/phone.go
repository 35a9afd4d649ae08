package family

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// overseas gives the telephone region of a French postal code: overseas numbers
// belong to a region of their own and are refused as metropolitan ones.
var overseas = map[string]string{
	"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
	"977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}

// Region gives the telephone region of a postal code: FR, or an overseas one.
func Region(postal string) string {
	if len(postal) >= 3 {
		if r, ok := overseas[postal[:3]]; ok {
			return r
		}
	}
	return "FR"
}

// Phone reads a number as people write it ("06 39 98 12 34", "06.39…", "+33 (0)6
// 39 98 12 34", "0033639981234") and gives E.164. ok is false when no country
// has such a number; an empty text is an empty number.
func Phone(text, postal string) (e164 string, ok bool) {
	text = strings.TrimSpace(strings.NewReplacer("(0)", "", "\u00a0", " ", "\u202f", " ").Replace(text))
	if text == "" {
		return "", true
	}
	region := Region(postal)
	for _, r := range []string{region, "FR", "RE", "GP", "MQ", "GF", "YT"} {
		n, err := phonenumbers.Parse(text, r)
		if err == nil && phonenumbers.IsValidNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164), true
		}
	}
	// A range opened after the library's tables were made, or one kept for
	// fiction, is possible without being known: a family's number is not refused
	// for that.
	n, err := phonenumbers.Parse(text, region)
	if err == nil && phonenumbers.IsPossibleNumber(n) && n.GetCountryCode() == 33 && n.GetNationalNumber() >= 1e8 {
		return phonenumbers.Format(n, phonenumbers.E164), true
	}
	return "", false
}

// PhoneText writes a number for people: "06 39 98 12 34" for a French one, the
// international form for others.
func PhoneText(e164 string) string {
	if e164 == "" {
		return ""
	}
	n, err := phonenumbers.Parse(e164, "FR")
	if err != nil {
		return e164
	}
	if n.GetCountryCode() == 33 {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// phoneWords gives the digits a person may type for a stored number.
func phoneWords(e164 string) string {
	digits := onlyDigits(e164)
	if digits == "" {
		return ""
	}
	for _, code := range []string{"33", "262", "590", "594", "596", "508", "687", "689"} {
		if rest, ok := strings.CutPrefix(digits, code); ok {
			return "0" + rest + " " + digits
		}
	}
	return digits
}

func onlyDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

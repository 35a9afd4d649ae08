package bank

import (
	"regexp"
	"strconv"
	"strings"

	"ardoise/data/fault"
)

// maxIdentifier is the longest identifier of a direct debit (ISO 20022, Max35Text): ICS, RUM, references.
const maxIdentifier = 35

var (
	icsShape  = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$`)
	icsFrance = regexp.MustCompile(`^FR[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{6}$`)
	umrShape  = regexp.MustCompile(`^[A-Z0-9-]*[A-Z0-9][A-Z0-9-]*$`)
)

// ParseICS checks a SEPA creditor identifier as typed and returns it without spaces, in upper case. It checks the shape
// (for a French one "FR", 2 check digits, a business code of 3, a national number of 6) and the remainder 97, which
// leaves the business code out (ISO 7064, EPC AT-02). An empty text is refused: no direct debit goes without an ICS.
func ParseICS(text string) (string, error) {
	s := compact(text)
	if s == "" {
		return "", fault.New(fault.Invalid, "L’identifiant créancier SEPA (ICS) manque.")
	}
	if !icsShape.MatchString(s) {
		return "", fault.New(fault.Invalid, "« %s » n’est pas un identifiant créancier SEPA (ICS) : deux lettres, deux chiffres, un code de 3 caractères, puis le numéro national, par exemple FR72ZZZ123456.", short(s))
	}
	if _, known := ibanLength[s[:2]]; !known {
		return "", fault.New(fault.Invalid, "« %s » n’est pas un pays de la zone SEPA : l’identifiant créancier (ICS) ne peut pas servir à prélever.", s[:2])
	}
	if s[:2] == "FR" && !icsFrance.MatchString(s) {
		return "", fault.New(fault.Invalid, "Un identifiant créancier SEPA (ICS) français a 13 caractères, %d reçus. Recopiez celui que la Banque de France a donné, par exemple FR72ZZZ123456.", len(s))
	}
	if mod97(s[7:]+s[:4]) != 1 {
		return "", fault.New(fault.Invalid, "La clé de l’identifiant créancier SEPA (ICS) est fausse : un caractère a été mal recopié.")
	}
	return s, nil
}

// short keeps what a sentence can show of a text that is wrong anyway.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

// ParseUMR checks a mandate reference (RUM) as typed and returns it without spaces, in upper case: 1 to 35 letters
// without accents, figures and hyphens. That it is unique for the creditor is for those who keep the mandates to say.
func ParseUMR(text string) (string, error) {
	s := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	switch {
	case s == "":
		return "", fault.New(fault.Invalid, "La référence unique du mandat (RUM) manque.")
	case !umrShape.MatchString(s):
		return "", fault.New(fault.Invalid, "« %s » n’est pas une référence de mandat (RUM) : seuls les lettres sans accent, les chiffres et le tiret sont permis.", short(s))
	case len(s) > maxIdentifier:
		return "", fault.New(fault.Invalid, "La référence du mandat (RUM) a %d caractères : %d au plus sont permis.", len(s), maxIdentifier)
	}
	return s, nil
}

// maxPrefix leaves room for a family's number and a serial behind the prefix.
const maxPrefix = 16

// MakeUMR makes the reference of a family's mandate: "CANTINE-F-0087-002" from the prefix of the creditor, the family's
// number as printed and the serial of the mandate in that family, from 1. The same three always give the same
// reference, and two families or two serials under one prefix never do. The prefix is transliterated and cut to 16
// characters; it may be empty. A family number with other signs than letters, figures and hyphens is refused.
func MakeUMR(prefix, family string, serial int) (string, error) {
	number, err := ParseUMR(family)
	if err != nil || len(number) > 12 {
		return "", fault.New(fault.Invalid, "Le numéro de famille « %s » ne permet pas de former une référence de mandat (RUM) : 12 lettres, chiffres ou tirets au plus.", short(family))
	}
	if serial < 1 || serial > 9999 {
		return "", fault.New(fault.Invalid, "Le rang %d du mandat dans la famille n’est pas possible : de 1 à 9999.", serial)
	}
	rank := strconv.Itoa(serial)
	if len(rank) < 3 {
		rank = strings.Repeat("0", 3-len(rank)) + rank
	}
	if p := umrPrefix(prefix); p != "" {
		number = p + "-" + number
	}
	return number + "-" + rank, nil
}

func umrPrefix(text string) string {
	s := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		if r == ' ' || r == '/' {
			return '-'
		}
		return -1
	}, strings.ToUpper(Clean(text, 4*maxPrefix)))
	return strings.Trim(s[:min(len(s), maxPrefix)], "-")
}

// Package bank is the room of what banks name things by: IBAN and BIC as
// families type them, creditor identifiers (ICS), mandate references (RUM), the
// characters a SEPA file may hold, and the reasons of returns. It is pure and
// asks no directory: a well-formed number may still belong to nobody.
package bank

import (
	"regexp"
	"strings"

	"ardoise/data/fault"
)

// ibanLength gives the length of an IBAN by country, for the countries of the
// SEPA scheme (a direct debit can be collected nowhere else).
var ibanLength = map[string]int{
	"AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24,
	"DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23,
	"GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18,
	"NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24,
	"SM": 27, "VA": 22,
}

var (
	ibanShape   = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]+$`)
	frenchShape = regexp.MustCompile(`^(FR|MC)[0-9]{12}[A-Z0-9]{11}[0-9]{2}$`)
	bicShape    = regexp.MustCompile(`^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$`)
)

func compact(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '-', '.', '\t':
			return -1
		}
		return r
	}, strings.TrimSpace(text)))
}

// ParseIBAN checks what was typed and returns it without spaces. It checks the
// country's length, the ISO 13616 remainder (97) and, for a French or Monaco
// account, the RIB key inside it. The refusal says what is wrong.
func ParseIBAN(text string) (string, error) {
	s := compact(text)
	if s == "" {
		return "", fault.New(fault.Invalid, "L’IBAN manque.")
	}
	if len(s) < 5 || !ibanShape.MatchString(s) {
		return "", fault.New(fault.Invalid, "L’IBAN commence par deux lettres et deux chiffres, puis ne contient que des lettres et des chiffres.")
	}
	want, known := ibanLength[s[:2]]
	if !known {
		return "", fault.New(fault.Invalid, "« %s » n’est pas un pays de la zone SEPA : le prélèvement y est impossible.", s[:2])
	}
	if len(s) != want {
		if len(s) < want {
			return "", fault.New(fault.Invalid, "IBAN incomplet : %d caractères attendus, %d reçus.", want, len(s))
		}
		return "", fault.New(fault.Invalid, "IBAN trop long : %d caractères attendus, %d reçus.", want, len(s))
	}
	if mod97(s[4:]+s[:4]) != 1 {
		return "", fault.New(fault.Invalid, "La clé de l’IBAN est fausse : un caractère a été mal recopié.")
	}
	if (s[:2] == "FR" || s[:2] == "MC") && (!frenchShape.MatchString(s) || !ribKey(s[4:])) {
		return "", fault.New(fault.Invalid, "La clé RIB contenue dans l’IBAN est fausse : vérifiez le numéro de compte.")
	}
	return s, nil
}

// mod97 reads letters as A=10 .. Z=35 and returns the remainder.
func mod97(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n = (n*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			n = (n*100 + int(r-'A') + 10) % 97
		}
	}
	return n
}

// ribKey checks bank (5), branch (5), account (11) and key (2).
func ribKey(bban string) bool {
	digit := func(r byte) int {
		switch {
		case r >= '0' && r <= '9':
			return int(r - '0')
		case r <= 'I':
			return int(r-'A') + 1
		case r <= 'R':
			return int(r-'J') + 1
		}
		return int(r-'S') + 2
	}
	number := func(s string) (n int) {
		for i := 0; i < len(s); i++ {
			n = n*10 + digit(s[i])
		}
		return n
	}
	key := 97 - (89*(number(bban[:5])%97)+15*(number(bban[5:10])%97)+3*(number(bban[10:21])%97))%97
	return key == number(bban[21:])
}

// ParseBIC checks what was typed; empty is allowed, for a BIC is optional.
func ParseBIC(text string) (string, error) {
	s := compact(text)
	if s == "" || bicShape.MatchString(s) {
		return s, nil
	}
	return "", fault.New(fault.Invalid, "« %s » n’est pas un BIC : 8 ou 11 caractères, par exemple AGRIFRPP ou CRLYFRPPXXX.", s)
}

// Mask shows the country, the check digits and the last three characters:
// "FR76 •••• •••• •••• •••• •••• 185".
func Mask(iban string) string {
	s := compact(iban)
	if len(s) < 8 {
		return "••••"
	}
	groups := (len(s) - 4 - 3) / 4
	return s[:4] + strings.Repeat(" ••••", groups) + " " + s[len(s)-3:]
}

package staff

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ardoise/data/fault"
)

const (
	// MinPassword is the number of characters of the shortest password.
	MinPassword = 13
	maxPassword = 256
	// ownLetters is how many letters must be left once common words are gone.
	ownLetters  = 4
	minDistinct = 6
)

//go:embed common.txt
var commonText string

var commonWords = readCommon(commonText)

// readCommon gives the words, longest first, so that the longest is taken out first.
func readCommon(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// CheckPassword holds the rule of domain.md, the families' and the agents':
// 13 characters with letters, digits and symbols, and not a common one. The
// sentence says everything that is missing at once.
func CheckPassword(password string) error { return CheckPasswordFor(password, "", "") }

// CheckPasswordFor also refuses a password built on the login or the name.
func CheckPasswordFor(password, login, name string) error {
	password = norm.NFC.String(password)
	var letters, digits, symbols, total int
	distinct := map[rune]bool{}
	for _, r := range password {
		total++
		distinct[unicode.ToLower(r)] = true
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case r != unicode.ReplacementChar && !unicode.IsSpace(r) && !unicode.IsControl(r):
			symbols++
		}
	}
	if total > maxPassword {
		return fault.New(fault.Invalid, "Ce mot de passe est trop long\u00a0: %d caractères au plus.", maxPassword)
	}
	var missing []string
	if total < MinPassword {
		missing = append(missing, "au moins 13 caractères")
	}
	if letters == 0 {
		missing = append(missing, "une lettre")
	}
	if digits == 0 {
		missing = append(missing, "un chiffre")
	}
	if symbols == 0 {
		missing = append(missing, "un symbole (par exemple - + ! ?)")
	}
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "Il manque à ce mot de passe\u00a0: %s.", strings.Join(missing, ", "))
	}
	if len(distinct) < minDistinct || letterRest(password, login, name) < ownLetters {
		return fault.New(fault.Invalid, "Ce mot de passe est trop facile à deviner (mot courant, suite de touches ou votre propre nom). Choisissez par exemple trois mots sans rapport, un nombre et un symbole.")
	}
	return nil
}

// leet undoes the usual replacements of letters.
var leet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "€", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")

// letterRest counts the letters that are neither common words nor the login or
// the name, reading the password both as typed and with its disguises undone;
// the smaller number counts.
func letterRest(password, login, name string) int {
	words := commonWords
	for _, w := range append(strings.FieldsFunc(login, notLetter), strings.FieldsFunc(name, notLetter)...) {
		if w = plainLetters(w); len(w) >= 3 {
			words = append([]string{w}, words...)
		}
	}
	least := maxPassword
	for _, text := range []string{plainLetters(password), plainLetters(leet.Replace(strings.ToLower(password)))} {
		for _, w := range words {
			text = strings.ReplaceAll(text, w, " ")
		}
		least = min(least, len(strings.ReplaceAll(text, " ", "")))
	}
	return least
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// plainLetters keeps letters only, small and without accents, and shortens
// runs of one letter ("aaaa" is no better than "a").
func plainLetters(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if !unicode.IsLetter(r) {
			continue
		}
		if r == last && strings.HasSuffix(b.String(), string([]rune{r, r})) {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

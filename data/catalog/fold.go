package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters that no decomposition takes apart.
var letters = map[rune]string{'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i"}

// Fold gives the search key of a text: lower case without accents, œ as oe,
// and every run of anything but letters and digits as one space. Two texts a
// person would call the same name have the same key.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	put := func(r rune) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	if ascii(s) {
		for i := range len(s) {
			switch c := s[i]; {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
				put(rune(c))
			case c >= 'A' && c <= 'Z':
				put(rune(c) + 'a' - 'A')
			default:
				space = true
			}
		}
		return b.String()
	}
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		if text, ok := letters[r]; ok {
			for _, c := range text {
				put(c)
			}
			continue
		}
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			put(r)
		default:
			space = true
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// PlaceKey gives the key under which the name of a town is compared: "St Marcel",
// "SAINT-MARCEL" and "Saint-Marcel-en-Dombes" share one.
func PlaceKey(name string) string {
	words := strings.Fields(Fold(name))
	for i, w := range words {
		switch w {
		case "st":
			words[i] = "saint"
		case "ste":
			words[i] = "sainte"
		}
	}
	if n := len(words); n > 1 && strings.HasPrefix(words[n-1], "cedex") {
		words = words[:n-1]
	} else if n > 2 && words[n-2] == "cedex" {
		words = words[:n-2]
	}
	return strings.TrimSuffix(strings.Join(words, " "), " en dombes")
}

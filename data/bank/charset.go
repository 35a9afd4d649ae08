package bank

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The characters a SEPA file may hold (EPC217-08): letters without accents, figures, space and / - ? : ( ) . , ' +
const marks = "/-?:().,'+ "

// NotProvided stands where a file wants something and nothing of it can be written (EPC: "NOTPROVIDED").
const NotProvided = "NOTPROVIDED"

// The longest texts of a direct debit, in characters (EPC130-08).
const (
	MaxName       = 70
	MaxRemittance = 140
)

// IsPlain tells whether a text holds only characters of the EPC set.
func IsPlain(text string) bool {
	for _, r := range text {
		if !plain(r) {
			return false
		}
	}
	return true
}

func plain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r < 0x80 && strings.IndexByte(marks, byte(r)) >= 0
}

// Clean writes any text with the characters of the EPC set, at most limit of them: accents go (composed or not), œ
// gives oe, ß ss, & a plus, € an E, Greek and Cyrillic are transliterated, spaces of all kinds are one space. What has
// no counterpart is a full stop; marks and invisible signs are dropped. An empty text stays empty, and so does one of
// spaces and invisible signs only: use Name where something must stand.
func Clean(text string, limit int) string {
	var b strings.Builder
	// Invalid bytes come out of NFC as they are and are read as U+FFFD: a full stop each.
	for _, r := range norm.NFC.String(text) {
		if b.Len() > 4*limit+64 {
			break // enough, whatever spaces are taken away
		}
		transliterate(&b, r, 0)
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	if len(s) > limit {
		s = strings.TrimRight(s[:max(limit, 0)], " ")
	}
	return s
}

func transliterate(b *strings.Builder, r rune, depth int) {
	if plain(r) {
		b.WriteRune(r)
		return
	}
	if s, ok := counterpart[r]; ok {
		b.WriteString(s)
		return
	}
	switch {
	case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
		b.WriteByte(' ')
		return
	case unicode.In(r, unicode.M, unicode.Cf, unicode.Cc, unicode.Lm, unicode.Sk):
		return
	case unicode.Is(unicode.Pd, r):
		b.WriteByte('-')
		return
	case unicode.In(r, unicode.Pi, unicode.Pf):
		b.WriteByte('\'')
		return
	}
	// A letter with its accent, a ligature, a full-width or circled sign gives what it is made of.
	if parts := norm.NFKD.String(string(r)); parts != string(r) && depth < 2 {
		for _, part := range parts {
			transliterate(b, part, depth+1)
		}
		return
	}
	b.WriteByte('.')
}

// Name writes the name of a person or body, at most 70 characters. A name in a script that has no counterpart (or of
// signs only) gives NOTPROVIDED, so that a name that is there never leaves the element empty; a blank one gives "".
func Name(text string) string {
	s := Clean(text, MaxName)
	if strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
		return s
	}
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return NotProvided
}

// Reference makes an identifier of a text: at most 35 characters of the EPC set without spaces (a hyphen instead), not
// beginning or ending with "/", without "//". A text that is one already is not changed. Two texts may give one
// reference: whoever needs unique ones checks it. The result is empty when nothing is left.
func Reference(text string) string {
	s := strings.ReplaceAll(Clean(text, 2*maxIdentifier), " ", "-")
	for strings.Contains(s, "//") {
		s = strings.ReplaceAll(s, "//", "/")
	}
	s = strings.TrimLeft(s, "/")
	return strings.TrimRight(s[:min(len(s), maxIdentifier)], "/")
}

// IsReference tells whether a text can be an identifier as it stands: what Reference does not change, and not empty.
func IsReference(text string) bool { return text != "" && Reference(text) == text }

// counterpart holds what decomposition does not find. Where EPC217-08 gives one letter for a ligature we write both,
// as French does: œ oe, æ ae, ß ss.
var counterpart = makeCounterparts()

func makeCounterparts() map[rune]string {
	m := map[rune]string{
		'&': "+", '@': "(at)", '"': "'", '`': "'", '´': "'", '′': "'", '″': "'", 'ʼ': "'", 'ʹ': "'", ';': ",", '_': "-", '~': "-", '\\': "/", '|': "/",
		'⁄': "/", '∕': "/", '−': "-", '[': "(", ']': ")", '{': "(", '}': ")", '¿': "?", '€': "E", '°': "o", '×': "x", '·': ".", '…': "...",
		'Æ': "AE", 'æ': "ae", 'Œ': "OE", 'œ': "oe", 'ß': "ss", 'ẞ': "SS", 'Ĳ': "I", 'ĳ': "i", 'Ŀ': "L", 'ŀ': "l",
		'Ð': "D", 'ð': "d", 'Đ': "D", 'đ': "d", 'Ø': "O", 'ø': "o", 'Þ': "T", 'þ': "t", 'Ħ': "H", 'ħ': "h", 'ı': "i", 'Ł': "L", 'ł': "l",
		'Ŧ': "T", 'ŧ': "t", 'Ŋ': "N", 'ŋ': "n", 'ĸ': "k", 'Ə': "E", 'ə': "e", 'ſ': "s", 'Ɛ': "E", 'ɛ': "e", 'Ɔ': "O", 'ɔ': "o", 'Ɓ': "B", 'ɓ': "b",
		'Ɗ': "D", 'ɗ': "d", 'Ƙ': "K", 'ƙ': "k", 'Ƴ': "Y", 'ƴ': "y", 'Ǝ': "E", 'ǝ': "e",
		// Й and Ы are letters of their own, not accented ones.
		'Й': "Y", 'й': "y",
	}
	for upper, latin := range map[rune]string{
		// Greek
		'Α': "A", 'Β': "V", 'Γ': "G", 'Δ': "D", 'Ε': "E", 'Ζ': "Z", 'Η': "I", 'Θ': "TH", 'Ι': "I", 'Κ': "K", 'Λ': "L", 'Μ': "M", 'Ν': "N", 'Ξ': "X",
		'Ο': "O", 'Π': "P", 'Ρ': "R", 'Σ': "S", 'Τ': "T", 'Υ': "Y", 'Φ': "F", 'Χ': "CH", 'Ψ': "PS", 'Ω': "O",
		// Cyrillic: Bulgarian as the EPC has it, then what Russian, Ukrainian, Serbian and Macedonian add
		'А': "A", 'Б': "B", 'В': "V", 'Г': "G", 'Д': "D", 'Е': "E", 'Ж': "ZH", 'З': "Z", 'И': "I", 'К': "K", 'Л': "L", 'М': "M", 'Н': "N", 'О': "O",
		'П': "P", 'Р': "R", 'С': "S", 'Т': "T", 'У': "U", 'Ф': "F", 'Х': "H", 'Ц': "TS", 'Ч': "CH", 'Ш': "SH", 'Щ': "SHT", 'Ъ': "A", 'Ь': "Y",
		'Ю': "YU", 'Я': "YA", 'Ы': "Y", 'Э': "E", 'І': "I", 'Є': "YE", 'Ґ': "G", 'Ђ': "DJ", 'Ј': "J", 'Љ': "LJ", 'Њ': "NJ", 'Ћ': "C", 'Џ': "DZ", 'Ѕ': "DZ",
	} {
		m[upper] = latin
		m[unicode.ToLower(upper)] = strings.ToLower(latin)
	}
	m['ς'] = "s"
	return m
}

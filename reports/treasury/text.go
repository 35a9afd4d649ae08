package treasury

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// speller writes any text with the signs of ISO-8859-1.
type speller struct{ capitals bool }

// spelled are the letters and signs that have no base letter of their own. The
// alphabets of our neighbours are written as French passports write them,
// roughly; what is nowhere becomes a question mark.
var spelled = func() map[rune]string {
	m := map[rune]string{
		'œ': "oe", 'Œ': "OE", 'Ÿ': "Y", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ħ': "h", 'Ħ': "H", 'ı': "i", 'ŧ': "t", 'Ŧ': "T",
		'ŋ': "ng", 'Ŋ': "NG", 'ĸ': "k", 'ə': "e", 'Ə': "E", 'ẞ': "SS", 'ƒ': "f", 'ŉ': "'n",
		'’': "'", '‘': "'", 'ʼ': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '‹': "'", '›': "'",
		'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '−': "-", '•': "-", '…': "...", '⁄': "/", '€': "EUR", '№': "n°", '™': "TM",
	}
	add := func(letters string, as ...string) {
		i := 0
		for _, r := range letters {
			m[r] = as[i]
			m[unicode.ToUpper(r)] = strings.ToUpper(as[i])
			i++
		}
	}
	add("абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґђјљњћџ",
		"a", "b", "v", "g", "d", "e", "j", "z", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "ou", "f", "kh", "ts", "tch", "ch", "chtch",
		"", "y", "", "e", "iou", "ia", "i", "i", "ie", "g", "dj", "j", "lj", "nj", "c", "dz")
	add("αβγδεζηθικλμνξοπρσςτυφχψω",
		"a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o")
	return m
}()

// text gives s on one line, in signs of ISO-8859-1, at most limit of them. It is
// empty where the schema would not take what is left: nothing, only zeros, a
// lone full stop, or the "nc" that means "not told".
func (t speller) text(s string, limit int) string {
	s = t.line(s)
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		s = strings.TrimSpace(string([]rune(s)[:limit]))
	}
	return accepted(s)
}

// accepted is V_BaseAlphanum of the schemas.
func accepted(s string) string {
	if s == "." || s == "nc" || strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

// split is text over two fields: what does not fit goes on in the second, from
// the last space that allows it.
func (t speller) split(s string, limit int) (first, rest string) {
	s = t.line(s)
	if utf8.RuneCountInString(s) <= limit {
		return accepted(s), ""
	}
	r := []rune(s)
	at := limit
	for i := limit; i > limit/3; i-- {
		if r[i] == ' ' {
			at = i
			break
		}
	}
	return accepted(strings.TrimSpace(string(r[:at]))), t.text(string(r[at:]), limit)
}

// line is s without line ends, doubled spaces, control signs and whatever
// ISO-8859-1 lacks.
func (t speller) line(s string) string {
	if t.capitals {
		s = strings.ToUpper(s)
	}
	if !plain(s) {
		s = t.spell(s)
		if t.capitals {
			s = strings.ToUpper(s) // "ª" taken apart gives a small letter
		}
	}
	if !strings.Contains(s, "  ") && strings.Trim(s, " ") == s {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func (t speller) spell(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "?")) {
		t.letter(&b, r, true)
	}
	return b.String()
}

// letter writes one sign; what has no spelling is taken apart once.
func (t speller) letter(b *strings.Builder, r rune, apart bool) {
	if r >= ' ' && r <= '~' {
		b.WriteByte(byte(r))
		return
	}
	switch as, ok := spelled[r]; {
	case ok:
		b.WriteString(as)
	case r == 0xAD || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me):
		// Soft hyphens, joiners, direction marks and stacked accents.
	case unicode.IsSpace(r) || unicode.IsControl(r) || r == 0xA0:
		b.WriteByte(' ')
	case r > 0xA0 && r <= 0xFF && !t.capitals:
		b.WriteRune(r)
	case apart:
		if parts := norm.NFKD.String(string(r)); parts != string(r) {
			for _, p := range parts {
				t.letter(b, p, false)
			}
			return
		}
		fallthrough
	case r > 0xA0 && r <= 0xFF: // capitals without a base letter: Ø, Æ, ß, °
		b.WriteString(latin(r))
	default:
		b.WriteByte('?')
	}
}

// latin keeps a sign of ISO-8859-1 that has no accent to lose; the letters of
// the north are spelled out.
func latin(r rune) string {
	switch r {
	case 'Æ', 'æ':
		return "AE"
	case 'Ø', 'ø':
		return "O"
	case 'Þ', 'þ':
		return "TH"
	case 'Ð', 'ð':
		return "D"
	case 'ß':
		return "SS"
	}
	if r > 0xA0 && r <= 0xFF {
		return string(r)
	}
	return "?"
}

// sepa gives s in the signs of the SEPA set, at most limit of them.
func sepa(s string, limit int) string {
	s = speller{}.line(s)
	s = strings.Map(func(r rune) rune {
		if r == '&' {
			return '+'
		}
		return r
	}, s)
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case sepaSign(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case r > 0xA0 && unicode.IsLetter(r):
			b.WriteString(latin(r))
		default:
			b.WriteByte(' ')
		}
	}
	s = strings.Map(func(r rune) rune {
		if sepaSign(r) {
			return r
		}
		return ' '
	}, b.String())
	s = strings.Join(strings.Fields(s), " ")
	return strings.TrimSpace(s[:min(len(s), limit)])
}

func sepaSign(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("/?:(). ,-+'", r)
}

func allSEPA(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !sepaSign(r) }) < 0
}

// readable tells whether a name kept at least one letter or figure.
func readable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || r >= '1' && r <= '9' }) >= 0
}

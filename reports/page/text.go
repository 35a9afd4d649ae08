package page

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"ardoise/assets"
)

const missing = '\uFFFD' // stands for what the font cannot draw

// metrics are the advance widths of both fonts in thousandths of the size; a
// rune of width 0 is not drawn by us.
type metrics struct{ width [2][0x10000]uint16 }

// fontMetrics reads the embedded fonts once. A font of our own that does not
// parse is a broken build: every rune then counts as missing, which the tests
// notice at once.
var fontMetrics = sync.OnceValue(func() *metrics {
	m := new(metrics)
	for i, data := range [][]byte{assets.FontRegular(), assets.FontBold()} {
		f, err := sfnt.Parse(data)
		if err != nil {
			continue
		}
		var buf sfnt.Buffer
		for r := rune(0x20); r < 0x10000; r++ {
			g, err := f.GlyphIndex(&buf, r)
			if err != nil || g == 0 {
				continue
			}
			adv, err := f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone)
			if err == nil && adv > 0 {
				m.width[i][r] = uint16(adv.Round())
			}
		}
	}
	return m
})

// Clean makes any text safe to print on one line: valid UTF-8, composed
// accents, no control or direction character, and a replacement mark for every
// sign the font lacks. gofpdf panics on runes above U+FFFF and draws empty
// boxes for the others.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(missing))
	}
	m := fontMetrics()
	return strings.Map(func(r rune) rune { return printable(m, r) }, norm.NFC.String(s))
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func printable(m *metrics, r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
		return ' '
	case r == '\u2212': // minus sign: our font lacks it
		return '–'
	case r > 0xFFFF:
		return missing
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me):
		// Joiners, direction overrides, variation selectors and stacked
		// accents print nothing of their own; overrides could even make a
		// name read as another one.
		return -1
	case m.width[0][r] == 0 || m.width[1][r] == 0:
		return missing
	}
	return r
}

// Color is a colour of the house, by name.
type Color int

// The colours documents use: those of the screens, all readable in grey.
const (
	Ink    Color = iota // text
	Muted               // secondary text
	Rule                // thin lines
	Strong              // header lines
	Shade               // fill of groups and totals
	Pale                // fill of closed cells
	White
	Alert // notices
	Good  // stamps of what is settled
)

var rgb = [...][3]int{
	Ink:    {0x18, 0x22, 0x2b},
	Muted:  {0x46, 0x57, 0x66},
	Rule:   {0xd5, 0xdd, 0xe3},
	Strong: {0x7b, 0x8c, 0x99},
	Shade:  {0xe8, 0xed, 0xf1},
	Pale:   {0xf3, 0xf6, 0xf8},
	White:  {0xff, 0xff, 0xff},
	Alert:  {0xb3, 0x40, 0x00},
	Good:   {0x18, 0x75, 0x3c},
}

// Style is how a text looks; the zero Size means 9.5 points.
type Style struct {
	Size  float64 // points
	Bold  bool
	Color Color
}

func (s Style) size() float64 {
	if s.Size == 0 {
		return 9.5
	}
	return s.Size
}

const mmPerPoint = 25.4 / 72

// lineHeight is the distance between two baselines, in millimetres.
func (s Style) lineHeight() float64 { return s.size() * 1.36 * mmPerPoint }

func (s Style) face() int {
	if s.Bold {
		return 1
	}
	return 0
}

func runeWidth(r rune, s Style) float64 {
	if r > 0xFFFF {
		r = missing
	}
	return float64(fontMetrics().width[s.face()][r]) / 1000 * s.size() * mmPerPoint
}

// textWidth measures cleaned text in millimetres.
func textWidth(text string, s Style) float64 {
	w := 0.0
	for _, r := range text {
		w += runeWidth(r, s)
	}
	return w
}

// TextWidth measures any text in millimetres, as it will be printed.
func TextWidth(text string, s Style) float64 { return textWidth(Clean(text), s) }

// fit cleans text and shortens it with an ellipsis to width.
func (d *Doc) fit(text string, width float64, s Style) string {
	text = strings.Trim(Clean(text), " ")
	room := width - runeWidth('…', s)
	w, cut := 0.0, 0
	for i, r := range text {
		w += runeWidth(r, s)
		if w <= room {
			cut = i + utf8.RuneLen(r)
		}
		if w > width+0.01 {
			return strings.TrimRight(text[:cut], " ") + "…"
		}
	}
	return text
}

// wrap breaks text at spaces (never at a no-break one) into at most limit
// lines; the last one ends with an ellipsis when the text is longer.
func (d *Doc) wrap(text string, width float64, s Style, limit int) []string {
	var lines []string
	for _, para := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		rest := strings.Trim(Clean(para), " ")
		for first := true; first || rest != ""; first = false {
			if len(lines) == limit-1 {
				// The last line takes what it can of all that is left.
				return append(lines, d.fit(rest, width, s))
			}
			n := breakAt(rest, width, s)
			lines = append(lines, strings.TrimRight(rest[:n], " "))
			rest = strings.TrimLeft(rest[n:], " ")
		}
	}
	return lines
}

// breakAt gives the bytes of text that fit width: up to the last space, or in
// the middle of a word that is too long alone; always at least one rune.
func breakAt(text string, width float64, s Style) int {
	w, space := 0.0, 0
	before := rune(0)
	for i, r := range text {
		w += runeWidth(r, s)
		if w > width+0.01 && i > 0 && r != ' ' {
			if space > 0 {
				return space
			}
			return i
		}
		if r == ' ' && before != '«' && !sticks(text[i+1:]) || r == '-' && unicode.IsLetter(before) && letterNext(text[i+1:]) {
			space = i + 1
		}
		before = r
	}
	return len(text)
}

// sticks tells a sign that French never lets begin a line, whoever typed an
// ordinary space before it.
func sticks(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(":;?!»€%", r)
}

// letterNext lets a hyphen break a compound word but not a number: 2026-0437.
func letterNext(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r)
}

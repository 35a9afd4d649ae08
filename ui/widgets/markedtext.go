package widgets

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

// TextMark is a run of a MarkedText, in bytes; Label is written in its chip, and
// told by OnMark. Plain leaves the chip out.
type TextMark struct {
	Start, End int
	Label      string
	Plain      bool
}

// chip is what the mark's chip says, "" without one.
func (k TextMark) chip() string {
	if k.Plain {
		return ""
	}
	return k.Label
}

// MarkedText shows a text as it was written, wrapped, with some of its words in
// boxes that end with a numbered chip. It scrolls by itself, its words can be
// chosen with the pointer (or all with Ctrl+A) and copied with Ctrl+C.
type MarkedText struct {
	focusBase
	text   string
	marks  []TextMark
	pieces []textPiece
	width  float32 // what pieces were laid out for
	scale  float32
	height float32
	from   int // chosen pieces, from > to: none
	to     int
	held   int
	scroll *container.Scroll
	body   *markedBody

	// OnMark is called by a tap on a marked word with its label.
	OnMark func(label string)
	// OnCopied is told how many characters went to the clipboard.
	OnCopied func(runes int)
	// OnKey sees every key first; true means used.
	OnKey func(ev *fyne.KeyEvent) bool
}

// textPiece is a word, or a run of marked words, on one line.
type textPiece struct {
	x, y, w    float32
	start, end int
	mark       int  // index in marks, -1 plain
	last       bool // carries the chip
}

// NewMarkedText returns an empty text.
func NewMarkedText() *MarkedText {
	m := &MarkedText{from: 0, to: -1}
	m.body = &markedBody{of: m}
	m.body.init(m.body)
	m.scroll = container.NewVScroll(m.body)
	m.init(m)
	return m
}

// Set shows a text; marks outside it or over another are left out.
func (m *MarkedText) Set(text string, marks []TextMark) {
	same := m.text == text && len(m.marks) == len(marks)
	for i := range marks {
		same = same && m.marks[i] == marks[i]
	}
	if same {
		return
	}
	other := m.text != text
	m.text, m.marks = text, nil
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].Start < marks[j].Start })
	at := 0
	for _, k := range marks {
		if k.Start >= at && k.End > k.Start && k.End <= len(text) && utf8.RuneStart(text[k.Start]) && (k.End == len(text) || utf8.RuneStart(text[k.End])) {
			m.marks = append(m.marks, k)
			at = k.End
		}
	}
	m.from, m.to, m.width = 0, -1, 0
	if other {
		m.scroll.Offset = fyne.NewPos(0, 0)
	}
	m.Refresh()
}

// Text returns the whole text.
func (m *MarkedText) Text() string { return m.text }

// Marks returns the marks shown.
func (m *MarkedText) Marks() []TextMark { return m.marks }

// markedRoom is kept for the scroll bar and the focus ring.
const markedRoom = 12

func (m *MarkedText) min() fyne.Size { return fyne.NewSize(120, theme.Px(60)) }

func (m *MarkedText) paint(g *Gfx, size fyne.Size) {
	m.lay(size.Width - markedRoom)
	g.Child(m.scroll, 4, 4, max(0, size.Width-8), max(0, size.Height-8))
	m.body.Refresh()
	m.scroll.Refresh()
	if m.focused {
		g.Rect(0, 0, size.Width, size.Height, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}

func markedLine() float32 { return theme.Px(26) }

// chip sizes of a mark.
func markChip(label string) float32 {
	if label == "" {
		return 0
	}
	return max(theme.Px(15), TextWidth(label, Style{Size: theme.KeyHint, Bold: true})+theme.Px(8)) + theme.Px(5)
}

// lay places words on lines of width w.
func (m *MarkedText) lay(w float32) {
	if w < 40 {
		w = 40
	}
	if m.width == w && m.scale == theme.Px(100) {
		return
	}
	m.width, m.scale = w, theme.Px(100)
	m.pieces = m.pieces[:0]
	l := &textLayout{m: m, w: w, space: TextWidth(" ", Style{Size: theme.Card})}
	at := 0
	for i, k := range m.marks {
		l.plain(at, k.Start)
		l.marked(i)
		at = k.End
	}
	l.plain(at, len(m.text))
	m.height = l.y + markedLine() + 8
}

type textLayout struct {
	m     *MarkedText
	w     float32
	x, y  float32
	space float32
	gap   bool // a space is wanted before the next piece
}

func textStyle() Style { return Style{Size: theme.Card} }
func markStyle() Style { return Style{Size: theme.Card, Bold: true, Ink: theme.Info} }

// plain lays ordinary words out.
func (l *textLayout) plain(start, end int) {
	for at := start; at < end; {
		r, n := utf8.DecodeRuneInString(l.m.text[at:])
		switch {
		case r == '\n':
			l.x, l.y, l.gap = 0, l.y+markedLine(), false
			at += n
		case breaking(r):
			l.gap = true
			at += n
		default:
			stop := at
			for stop < end {
				r, n := utf8.DecodeRuneInString(l.m.text[stop:])
				if r == '\n' || breaking(r) {
					break
				}
				stop += n
			}
			l.word(at, stop)
			at = stop
		}
	}
}

// breaking reports a space where a line may end; a no-break space is none.
func breaking(r rune) bool { return r != '\u00a0' && r != '\u202f' && unicode.IsSpace(r) }

func (l *textLayout) indent(w float32) {
	if l.gap && l.x > 0 {
		l.x += l.space
	}
	if l.x > 0 && l.x+w > l.w {
		l.x, l.y = 0, l.y+markedLine()
	}
	l.gap = false
}

// word puts one word; one longer than a line is cut where the line ends.
func (l *textLayout) word(start, end int) {
	w := TextWidth(l.m.text[start:end], textStyle())
	// the comma after a box stays with it
	if !(l.x > 0 && !l.gap && l.x+w <= l.w) {
		l.indent(w)
	}
	for w > l.w {
		cut := fitting(l.m.text[start:end], textStyle(), l.w)
		l.put(textPiece{start: start, end: start + cut, mark: -1, w: TextWidth(l.m.text[start:start+cut], textStyle())})
		start += cut
		l.x, l.y = 0, l.y+markedLine()
		w = TextWidth(l.m.text[start:end], textStyle())
	}
	if end > start {
		l.put(textPiece{start: start, end: end, mark: -1, w: w})
	}
}

// fitting is how many bytes of a word fit in w, at least one letter.
func fitting(word string, s Style, w float32) int {
	at := sort.Search(len(word), func(n int) bool {
		for n < len(word) && !utf8.RuneStart(word[n]) {
			n++
		}
		return TextWidth(word[:n], s) > w
	})
	for at--; at > 0 && !utf8.RuneStart(word[at]); at-- {
		continue
	}
	if at <= 0 {
		_, at = utf8.DecodeRuneInString(word)
	}
	return at
}

// marked puts a box, whole on one line where it fits, else word by word.
func (l *textLayout) marked(i int) {
	k := l.m.marks[i]
	chip := markChip(k.chip())
	pad := theme.Px(10)
	lines := markedRuns(l.m.text, k.Start, k.End, func(a, b int) bool {
		return TextWidth(l.m.text[a:b], markStyle())+chip+pad <= l.w
	}, func(a, b int) int { return fitting(l.m.text[a:b], markStyle(), l.w-chip-pad) })
	for j, run := range lines {
		p := textPiece{start: run[0], end: run[1], mark: i, last: j == len(lines)-1}
		p.w = TextWidth(l.m.text[p.start:p.end], markStyle()) + pad
		if p.last {
			p.w += chip
		}
		l.indent(p.w)
		l.put(p)
		l.gap = j < len(lines)-1
	}
}

// markedRuns cuts a marked run at line feeds, and at spaces where it is too long.
func markedRuns(text string, start, end int, fits func(a, b int) bool, letters func(a, b int) int) (out [][2]int) {
	for _, r := range strings.SplitAfter(text[start:end], "\n") {
		a, b := start, start+len(strings.TrimRight(r, "\n "))
		start += len(r)
		for a < b && !fits(a, b) {
			cut := strings.LastIndexByte(text[a:b], ' ')
			for cut > 0 && !fits(a, a+cut) {
				cut = strings.LastIndexByte(text[a:a+cut], ' ')
			}
			if cut <= 0 { // one long word
				cut = letters(a, b)
				out = append(out, [2]int{a, a + cut})
				a += cut
				continue
			}
			out = append(out, [2]int{a, a + cut})
			a += cut + 1
		}
		if a < b {
			out = append(out, [2]int{a, b})
		}
	}
	return out
}

func (l *textLayout) put(p textPiece) {
	p.x, p.y = l.x, l.y
	l.m.pieces = append(l.m.pieces, p)
	l.x += p.w
}

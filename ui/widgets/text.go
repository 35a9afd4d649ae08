package widgets

import (
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/ui/words"
)

// Truncate shortens a text with … until it fits w px in that style.
func Truncate(text string, s Style, w float32) string {
	text = words.Say(text)
	if TextWidth(text, s) <= w {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes)
	for lo < hi { // the longest beginning that fits with its ellipsis
		mid := (lo + hi + 1) / 2
		if TextWidth(strings.TrimRight(string(runes[:mid]), " ")+"…", s) <= w {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return strings.TrimRight(string(runes[:lo]), " ") + "…"
}

// Wrap cuts a text into lines of at most w px, at spaces and at line feeds; a
// no-break space is never a cut, nor what French keeps together (« mot »).
func Wrap(text string, s Style, w float32) []string {
	var out []string
	for _, para := range strings.Split(fault.French(words.Say(text)), "\n") {
		line := ""
		for _, word := range strings.Split(para, " ") {
			try := word
			if line != "" {
				try = line + " " + word
			}
			if line != "" && TextWidth(try, s) > w {
				out = append(out, line)
				line = word
				continue
			}
			line = try
		}
		out = append(out, line)
	}
	return out
}

// Label is one line of text in a house style. It is cut with … where it does
// not fit and then shows itself whole in a tooltip.
type Label struct {
	tipBase
	text  string
	style Style
	wrap  bool
}

// NewLabel returns one line of text.
func NewLabel(text string, s Style) *Label {
	l := &Label{text: text, style: s}
	l.init(l)
	return l
}

// NewParagraph returns a text that wraps at the width it is given.
func NewParagraph(text string, s Style) *Label {
	l := &Label{text: text, style: s, wrap: true}
	l.init(l)
	return l
}

// Set changes the text; nothing is redrawn when it is the same.
func (l *Label) Set(text string) {
	if l.text != text {
		l.text = text
		l.Refresh()
	}
}

// SetStyle changes the style.
func (l *Label) SetStyle(s Style) {
	if l.style != s {
		l.style = s
		l.Refresh()
	}
}

// Text returns the whole text.
func (l *Label) Text() string { return l.text }

func (l *Label) min() fyne.Size {
	if l.wrap {
		lines := 1
		if w := l.Size().Width; w > 0 {
			lines = len(Wrap(l.text, l.style, w))
		}
		return fyne.NewSize(32, float32(lines)*LineHeight(l.style))
	}
	return fyne.NewSize(TextWidth(l.text, l.style)+1, LineHeight(l.style))
}

func (l *Label) paint(g *Gfx, size fyne.Size) {
	if l.wrap {
		g.Paragraph(0, 0, size.Width, l.text, l.style)
		return
	}
	g.Text(0, 0, size.Width, size.Height, l.text, l.style)
}

package page

import "strings"

// Align places text in its span.
type Align int

// Text stands on the left unless said otherwise; figures go right.
const (
	Left Align = iota
	Right
	Center
)

func (d *Doc) use(s Style) {
	s.Size = s.size()
	if d.current == s {
		return
	}
	d.current = s
	style := ""
	if s.Bold {
		style = "B"
	}
	d.pdf.SetFont(family, style, s.size())
	c := rgb[s.Color]
	d.pdf.SetTextColor(c[0], c[1], c[2])
}

// TextAt prints one line with its baseline at y.
func (d *Doc) TextAt(x, y float64, text string, s Style) {
	text = Clean(text)
	if text == "" {
		return
	}
	d.use(s)
	d.pdf.Text(x, y, text)
}

// TextIn prints one line aligned in [x, x+width]. Text is shortened to the width;
// what stands on the right is a figure, which must never lose a digit: it gets
// smaller instead.
func (d *Doc) TextIn(x, y, width float64, text string, a Align, s Style) {
	if a == Right {
		text = strings.Trim(Clean(text), " ")
		if w := textWidth(text, s); w > width && width > 0 {
			s.Size = s.size() * width / w
		}
	} else {
		text = d.fit(text, width, s)
	}
	switch a {
	case Right:
		x += width - textWidth(text, s)
	case Center:
		x += (width - textWidth(text, s)) / 2
	}
	d.TextAt(x, y, text, s)
}

// Paragraph prints wrapped text over the whole width and moves down; it goes on
// over the next pages when it has to.
func (d *Doc) Paragraph(text string, s Style) {
	for _, line := range d.wrap(text, d.Width(), s, 400) {
		d.Need(s.lineHeight())
		d.TextAt(d.Left(), d.y+s.lineHeight()*0.76, line, s)
		d.y += s.lineHeight()
	}
}

// Block prints wrapped text in [x, x+width] from y down, at most limit lines,
// and returns the y below it. It never breaks the page.
func (d *Doc) Block(x, y, width float64, text string, s Style, limit int) float64 {
	for _, line := range d.wrap(text, width, s, limit) {
		d.TextAt(x, y+s.lineHeight()*0.76, line, s)
		y += s.lineHeight()
	}
	return y
}

// BlockHeight is the height Block will take.
func (d *Doc) BlockHeight(width float64, text string, s Style, limit int) float64 {
	return float64(len(d.wrap(text, width, s, limit))) * s.lineHeight()
}

// Heading prints the title of a part, kept with at least keep millimetres of
// what follows.
func (d *Doc) Heading(text string, keep float64) {
	d.Need(9 + keep)
	s := Style{Size: 11.5, Bold: true}
	d.TextIn(d.Left(), d.y+4.6, d.Width(), text, Left, s)
	d.y += 7.4
}

// Line draws a straight line, weight in millimetres.
func (d *Doc) Line(x1, y1, x2, y2, weight float64, c Color) {
	v := rgb[c]
	d.pdf.SetDrawColor(v[0], v[1], v[2])
	d.pdf.SetLineWidth(weight)
	d.pdf.Line(x1, y1, x2, y2)
}

// Fill is how a box is painted: inside with Inside, round with Line.
type Fill struct {
	Paint  bool    // fill with Inside
	Inside Color   //
	Line   Color   //
	Weight float64 // of the outline in millimetres, 0 for none
}

// Box draws a rectangle.
func (d *Doc) Box(x, y, w, h float64, f Fill) {
	mode := ""
	if f.Paint {
		v := rgb[f.Inside]
		d.pdf.SetFillColor(v[0], v[1], v[2])
		mode = "F"
	}
	if f.Weight > 0 {
		v := rgb[f.Line]
		d.pdf.SetDrawColor(v[0], v[1], v[2])
		d.pdf.SetLineWidth(f.Weight)
		mode += "D"
	}
	if mode != "" {
		d.pdf.Rect(x, y, w, h, mode)
	}
}

// Lines cuts text into at most limit lines of width, cleaned, the last one
// ending with an ellipsis when there is more: for those who place lines
// themselves.
func (d *Doc) Lines(width float64, text string, s Style, limit int) []string {
	return d.wrap(text, width, s, limit)
}

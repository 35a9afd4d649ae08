package page

import (
	"strconv"
	"strings"
)

// Matrix draws a square code (QR) of n modules a side, side millimetres wide,
// with its upper left corner at x, y. It is one vector path, sharp at any size:
// one path, because rows painted one by one show hairlines between them on
// screens. The caller leaves the quiet zone the code asks for.
func (d *Doc) Matrix(x, y, side float64, n int, dark func(col, row int) bool) {
	if n <= 0 {
		return
	}
	k := d.pdf.GetConversionRatio()
	// As for footers: gofpdf counts from the height of the last page added.
	_, height := d.pdf.GetPageSize()
	unit := strconv.FormatFloat(side*k/float64(n), 'f', 5, 64)
	var b strings.Builder
	b.WriteString("q " + unit + " 0 0 " + unit + " " + strconv.FormatFloat(x*k, 'f', 3, 64) + " " +
		strconv.FormatFloat((height-y-side)*k, 'f', 3, 64) + " cm 0 g\n")
	for row := range n {
		for col := 0; col < n; col++ {
			from := col
			for col < n && dark(col, row) {
				col++
			}
			if col > from {
				b.WriteString(strconv.Itoa(from) + " " + strconv.Itoa(n-1-row) + " " + strconv.Itoa(col-from) + " 1 re\n")
			}
		}
	}
	b.WriteString("f Q")
	d.pdf.RawWriteStr(b.String())
}

// Link makes a rectangle of the page open an address when it is clicked; one
// with spaces or signs that are not plain ASCII is no address and does nothing.
func (d *Doc) Link(x, y, w, h float64, url string) {
	if url != "" && plain(url) && !strings.Contains(url, " ") {
		d.pdf.LinkString(x, y, w, h, url)
	}
}

// Stamp prints a rubber stamp, slightly turned, in the middle of the rectangle:
// a word and a line below it, which may be empty.
func (d *Doc) Stamp(x, y, w, h float64, word, below string, c Color) {
	big := Style{Size: 20, Bold: true, Color: c}
	small := Style{Size: 9, Bold: true, Color: c}
	word = d.fit(strings.ToUpper(Clean(word)), w-14, big)
	below = d.fit(below, w-14, small)
	bw := max(textWidth(word, big), textWidth(below, small)) + 10
	bh := 13.0
	if below != "" {
		bh += 5
	}
	cx, cy := x+w/2, y+h/2
	d.pdf.TransformBegin()
	d.pdf.TransformRotate(5, cx, cy)
	left, top := cx-bw/2, cy-bh/2
	d.Box(left, top, bw, bh, Fill{Line: c, Weight: 0.9})
	d.Box(left+1.3, top+1.3, bw-2.6, bh-2.6, Fill{Line: c, Weight: 0.25})
	d.TextIn(left, top+9.2, bw, word, Center, big)
	if below != "" {
		d.TextIn(left, top+14.6, bw, below, Center, small)
	}
	d.pdf.TransformEnd()
	// The end of the turn brings back the font of before it, which gofpdf does
	// not know: another size makes it say the next font for sure.
	d.pdf.SetFontSize(1)
	d.current = Style{}
}

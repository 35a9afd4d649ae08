package page

import (
	"fmt"
	"strings"

	"ardoise/data/calendar"
)

func (d *Doc) fullHeader() {
	d.letterhead(headerY)
	y := headerY + 11.5
	for _, line := range d.wrap(d.sec.Title, d.Width(), Style{Size: 17, Bold: true}, 2) {
		d.TextAt(d.Left(), y, line, Style{Size: 17, Bold: true})
		y += 7.2
	}
	y -= 1.4
	if d.sec.Subtitle != "" {
		for _, line := range d.wrap(d.sec.Subtitle, d.Width(), Style{Size: 10, Color: Muted}, 2) {
			d.TextAt(d.Left(), y, line, Style{Size: 10, Color: Muted})
			y += 4.8
		}
	}
	d.Line(d.Left(), y-1.2, d.Right(), y-1.2, 0.5, Ink)
	d.y = y + 4.8
}

// letterhead writes who speaks, and the notice in its frame on the right.
func (d *Doc) letterhead(y float64) {
	right := d.Right()
	if d.sec.Notice != "" {
		st := Style{Size: 8.5, Bold: true, Color: Alert}
		text := d.fit(strings.ToUpper(Clean(d.sec.Notice)), d.Width()/2, st)
		w := textWidth(text, st) + 4
		d.Box(right-w, y-4.4, w, 6, Fill{Line: Alert, Weight: 0.35})
		d.TextAt(right-w+2, y, text, st)
		right -= w + 4
	}
	bold := Style{Size: 9.5, Bold: true}
	commune := d.fit(d.sec.Commune, (right-d.Left())*0.6, bold)
	d.TextAt(d.Left(), y, commune, bold)
	x := d.Left() + textWidth(commune, bold)
	if d.sec.Service != "" {
		st := Style{Size: 9.5, Color: Muted}
		if commune != "" {
			d.TextAt(x+2, y, "·", st)
			x += 5.2
		}
		d.TextAt(x, y, d.fit(d.sec.Service, right-x, st), st)
	}
}

// shortHeader tops the pages after the first: the sheet may get separated.
func (d *Doc) shortHeader() {
	d.letterhead(headerY)
	st := Style{Size: 9.5, Bold: true}
	title := d.fit(Clean(d.sec.Title), d.Width()-16, st)
	d.TextAt(d.Left(), headerY+5.4, title, st)
	d.TextAt(d.Left()+textWidth(title, st)+1.6, headerY+5.4, "(suite)", Style{Size: 9.5, Color: Muted})
	d.Line(d.Left(), headerY+8, d.Right(), headerY+8, 0.5, Ink)
	d.y = headerY + 12
}

// closeSections writes the footers, when the number of pages of each section is
// known, and forgets the sections.
func (d *Doc) closeSections() {
	made := "Établi le " + calendar.DateOf(d.meta.MadeAt).Short() + " à " + calendar.HourText(d.meta.MadeAt)
	st := Style{Size: 8, Color: Muted}
	for _, sp := range d.spans {
		d.sec = sp.sec
		for n := sp.first; n <= sp.last; n++ {
			d.pdf.SetPage(n)
			d.current = Style{} // each page has its own font state
			// gofpdf turns y over with the height of the last page added, so
			// the distance from the bottom must be counted with that one.
			_, h := d.pdf.GetPageSize()
			left, right, y := marginX, sheetWidth(sp.sec)-marginX, h-9.5
			d.Line(left, y-4, right, y-4, 0.2, Rule)
			third := (right - left) / 3
			d.TextAt(left, y, d.fit(sp.sec.Version, third-2, st), st)
			d.TextAt((left+right-textWidth(made, st))/2, y, made, st)
			num := fmt.Sprintf("Page %d/%d", n-sp.first+1, sp.last-sp.first+1)
			d.TextAt(right-textWidth(num, st), y, num, st)
		}
	}
	d.spans = nil
}

func sheetWidth(s Section) float64 {
	if s.Landscape {
		return 297
	}
	return 210
}

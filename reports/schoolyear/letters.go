// Package schoolyear is the room of a year's two papers: the letters that ask for
// requests again, for families without an e-mail address, and the workbook of who
// leaves, for the accountant. It prints what it is given, adds amounts up, and
// reads no clock, no database and no setting.
package schoolyear

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

const nbsp = "\u00a0"

// Paper is what a paper of the year says about itself.
type Paper struct {
	Commune string // "Saint-Marcel-en-Dombes"
	Service string // "Services périscolaires"
	Place   string // where it is signed; the commune where empty
	Contact string // where to ask; may be empty
	Year    string // "2027-2028"
	Program string
	Notice  string // "Démonstration"; may be empty
	MadeAt  time.Time
}

// Letter is one letter to a family, its text ready to be read.
type Letter struct {
	Name    string   // "Famille Favier"
	Address []string // of the family
	Number  string   // "F-0087"
	Subject string
	Body    string // lines; an empty one ends a paragraph
}

// The window of a French envelope, in millimetres from the top left corner.
const (
	windowX     = 104.0
	windowY     = 58.0
	windowW     = 84.0
	windowPitch = 4.6
	belowWindow = 92.0
)

var text = page.Style{Size: 10.5}

// LettersPDF prints the letters one after the other into one file.
func LettersPDF(ctx context.Context, w io.Writer, p Paper, list []Letter, done func(int)) error {
	if len(list) == 0 {
		return fault.New(fault.Invalid, "Aucune lettre n’est à imprimer"+nbsp+": toutes les familles ont une adresse électronique.")
	}
	for _, l := range list {
		if strings.TrimSpace(l.Name) == "" || strings.TrimSpace(l.Body) == "" {
			return fault.New(fault.Invalid, "Une lettre n’a pas de destinataire ou pas de texte"+nbsp+": complétez la fiche de la famille %s.", l.Number)
		}
	}
	meta := page.Meta{Title: "Demandes " + p.Year, Author: strings.TrimSpace(p.Commune + " " + p.Service), Program: p.Program, MadeAt: p.MadeAt}
	return page.WriteMany(ctx, w, meta, p.items(list), done)
}

func (p Paper) items(list []Letter) iter.Seq2[page.Item, error] {
	return func(yield func(page.Item, error) bool) {
		for _, l := range list {
			item := page.Item{
				Meta:  page.Meta{Title: l.Subject, Author: p.Commune, Program: p.Program, MadeAt: p.MadeAt},
				Build: func(d *page.Doc) error { return p.draw(d, l) },
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (p Paper) draw(d *page.Doc, l Letter) error {
	d.Section(page.Section{Commune: p.Commune, Service: p.Service, Title: l.Subject, Notice: p.Notice, Version: p.Program})
	muted := page.Style{Size: 9.5, Color: page.Muted}
	y := d.Block(d.Left(), d.Y()+1, 80, "Famille n°"+nbsp+l.Number, muted, 1)
	if p.Contact != "" {
		d.Block(d.Left(), y, 80, p.Contact, muted, 3)
	}
	for i, line := range append([]string{l.Name}, l.Address...) {
		s := page.Style{Size: 10.5}
		if w := page.TextWidth(line, s); w > windowW { // smaller before it is cut: a letter must arrive
			s.Size = max(s.Size*windowW/w, 7)
		}
		d.TextIn(windowX, windowY+float64(i)*windowPitch, windowW, line, page.Left, s)
	}
	d.Space(max(0, belowWindow-d.Y()))
	on := calendar.DateOf(p.MadeAt)
	place := p.Place
	if place == "" {
		place = p.Commune
	}
	d.TextIn(d.Left(), d.Y(), d.Width(), place+", le "+strings.TrimPrefix(on.Long(), calendar.WeekdayName(on.Weekday())+" "), page.Right, text)
	d.Space(10)
	for line := range strings.SplitSeq(strings.TrimSpace(l.Body), "\n") {
		if line == "" {
			d.Space(3.4)
			continue
		}
		d.Paragraph(line, text)
		d.Space(0.8)
	}
	return d.Err()
}

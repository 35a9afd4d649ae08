// Package rights is the room of the paper a family gets when it asks what is known
// of it (right of access): parts with sentences, tables and the text of letters, on
// as many pages as it takes. It prints what it is given, in clear; it decides
// nothing about who may read what, and reads no clock, no database and no setting.
package rights

import (
	"context"
	"io"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/reports/page"
)

// Paper is what the document says about itself.
type Paper struct {
	Commune string    // "Saint-Marcel-en-Dombes"
	Service string    // "Services périscolaires"
	MadeAt  time.Time // instant of the caller's clock, required
	Program string    // "Ardoise"
	Notice  string    // "Démonstration"; may be empty
}

// Document is everything known of a family, ready to be printed.
type Document struct {
	Family string // "Famille Favier"
	Number string // "F-0087"
	Parts  []Part
}

// Part is one chapter: sentences, then lists, then letters.
type Part struct {
	Title   string
	Says    []string // sentences
	Lists   []List
	Letters []Letter
}

// List is a table of a part.
type List struct {
	Title   string // may be empty
	Columns []page.Column
	Rows    [][]string
	Empty   string // said where there is no row
}

// Letter is a message in full.
type Letter struct {
	Head string // who, when, about what
	Text string
}

// Title is the document's name.
const Title = "Droit d’accès"

// PDF writes the document.
func PDF(ctx context.Context, w io.Writer, p Paper, d Document) error {
	if len(d.Parts) == 0 {
		return fault.New(fault.Internal, "Le document du droit d’accès est vide\u00a0: il n’a pas été écrit.")
	}
	meta := page.Meta{Title: Title + " – " + d.Family, Author: p.Commune, Program: p.Program, MadeAt: p.MadeAt}
	return page.Write(ctx, w, meta, func(out *page.Doc) error {
		out.Section(page.Section{
			Commune: p.Commune, Service: p.Service, Title: Title + " – " + d.Family, Subtitle: "Dossier n°\u00a0" + d.Number, Notice: p.Notice, Version: p.Program,
		})
		for i, part := range d.Parts {
			if i > 0 {
				out.Space(5)
			}
			if err := part.draw(out); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p Part) draw(d *page.Doc) error {
	d.Heading(p.Title, 14)
	for _, s := range p.Says {
		d.Paragraph(s, page.Style{})
		d.Space(1.5)
	}
	for _, l := range p.Lists {
		if l.Title != "" {
			d.Need(24)
			d.Space(1)
			d.Paragraph(l.Title, page.Style{Bold: true})
			d.Space(1)
		}
		t := page.Table{Columns: l.Columns, Empty: l.Empty, Size: 8.5}
		for _, r := range l.Rows {
			t.Rows = append(t.Rows, page.Row{Cells: page.Cells(r...)})
		}
		if err := d.Table(t); err != nil {
			return err
		}
	}
	for _, l := range p.Letters {
		d.Need(16)
		d.Space(2)
		d.Paragraph(l.Head, page.Style{Bold: true})
		for line := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSpace(l.Text), "\r\n", "\n"), "\n") {
			if strings.TrimSpace(line) == "" {
				d.Space(2)
				continue
			}
			d.Paragraph(line, page.Style{Size: 9})
			if err := d.Err(); err != nil {
				return err
			}
		}
	}
	return d.Err()
}

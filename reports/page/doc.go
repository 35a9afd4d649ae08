// Package page is the room of what every PDF shares: A4 sheets with a header,
// a footer, tables, wrapped text and French typography in an embedded Unicode
// font. It is the only importer of gofpdf. Lengths are millimetres, font sizes
// points. It never reads a clock, a database or a file: the same input gives
// the same bytes. Hostile text (emoji, control characters, broken UTF-8) is
// cleaned on the way in, and a failure is an error, never a panic.
package page

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jung-kurt/gofpdf"

	"ardoise/assets"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

const (
	marginX   = 15.0 // left and right
	headerY   = 14.0 // baseline of the first line
	footerGap = 16.0 // kept free at the bottom
	family    = "noto"
)

// Meta is what the file says about itself in its properties.
type Meta struct {
	Title   string    // shown by PDF readers as the window's title
	Author  string    // commune or service
	Program string    // "Ardoise 1.0"
	MadeAt  time.Time // instant of the caller's clock, required
}

// Section is a run of pages with one header and its own page numbers.
type Section struct {
	Commune  string // "Saint-Marcel-en-Dombes"
	Service  string // "Restaurant scolaire"
	Title    string // "Effectifs du jeudi 26 novembre 2026"
	Subtitle string // may be empty
	Notice   string // framed on every page: "Démonstration", "Duplicata"; may be empty
	Version  string // bottom left: "Feuille n° 3 · Ardoise 1.0"; may be empty
	// Landscape turns the sheet on its side.
	Landscape bool
}

// Doc is a document being laid out from top to bottom. It is only valid inside
// the function given to Write, and never shared between goroutines.
type Doc struct {
	ctx     context.Context
	pdf     *gofpdf.Fpdf
	meta    Meta
	sec     Section
	y       float64 // next free millimetre
	spans   []span  // which pages belong to which section
	current Style
}

type span struct {
	sec         Section
	first, last int // page numbers in the file
}

// Write lays a document out with build and writes it to w. Cancelling ctx stops
// it between two rows. Nothing is written to w unless the layout succeeded.
func Write(ctx context.Context, w io.Writer, meta Meta, build func(*Doc) error) error {
	out, err := render(ctx, meta, build)
	if err != nil {
		return err
	}
	if _, err := out.WriteTo(w); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le document PDF n’a pas pu être écrit\u00a0: vérifiez la place libre et les droits du dossier.")
	}
	return nil
}

func render(ctx context.Context, meta Meta, build func(*Doc) error) (out *bytes.Buffer, err error) {
	// gofpdf is unmaintained and panics on what it did not foresee.
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, broken(fmt.Errorf("panic: %v", p))
		}
	}()
	if meta.MadeAt.IsZero() {
		// gofpdf would put the machine's clock instead.
		return nil, broken(fmt.Errorf("page: no instant given"))
	}
	d := &Doc{ctx: ctx, meta: meta, pdf: newPDF(meta)}
	if err := build(d); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(d.spans) == 0 {
		return nil, broken(fmt.Errorf("page: a document without a section"))
	}
	d.closeSections()
	out = new(bytes.Buffer)
	if err := d.pdf.Output(out); err != nil {
		return nil, broken(err)
	}
	return out, nil
}

func broken(err error) error {
	return fault.Wrap(fault.Internal, err, "Le document PDF n’a pas pu être composé. Rien n’a été enregistré. Transmettez le journal technique à votre assistance.")
}

func newPDF(meta Meta) *gofpdf.Fpdf {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	at := meta.MadeAt.In(calendar.Paris)
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetTitle(Clean(meta.Title), true)
	pdf.SetAuthor(Clean(meta.Author), true)
	pdf.SetCreator(Clean(meta.Program), true)
	pdf.SetProducer("gofpdf", true)
	pdf.SetMargins(marginX, headerY, marginX)
	pdf.SetAutoPageBreak(false, 0) // this package breaks pages itself
	pdf.AddUTF8FontFromBytes(family, "", assets.FontRegular())
	pdf.AddUTF8FontFromBytes(family, "B", assets.FontBold())
	pdf.SetDisplayMode("fullpage", "single")
	return pdf
}

// Section begins a new page with a new header; its pages are numbered from 1.
func (d *Doc) Section(s Section) {
	d.sec = s
	d.spans = append(d.spans, span{sec: s})
	d.addPage(true)
}

// Break begins a new page of the same section, with the short header.
func (d *Doc) Break() { d.addPage(false) }

func (d *Doc) addPage(first bool) {
	orientation := "P"
	if d.sec.Landscape {
		orientation = "L"
	}
	d.pdf.AddPageFormat(orientation, gofpdf.SizeType{Wd: 210, Ht: 297})
	sp := &d.spans[len(d.spans)-1]
	if first {
		sp.first = d.pdf.PageNo()
	}
	sp.last = d.pdf.PageNo()
	d.current = Style{}
	if first {
		d.fullHeader()
	} else {
		d.shortHeader()
	}
}

// Err tells whether the work was cancelled; long loops of callers ask it.
func (d *Doc) Err() error { return d.ctx.Err() }

// Left, Right and Width give the printable span of the sheet.
func (d *Doc) Left() float64 { return marginX }

// Right is the right edge of the printable span.
func (d *Doc) Right() float64 { return d.pageWidth() - marginX }

// Width is the printable width.
func (d *Doc) Width() float64 { return d.pageWidth() - 2*marginX }

// Y is the top of the free space, Bottom its end.
func (d *Doc) Y() float64 { return d.y }

// Bottom is the end of the printable height.
func (d *Doc) Bottom() float64 { _, h := d.pdf.GetPageSize(); return h - footerGap }

func (d *Doc) pageWidth() float64 { w, _ := d.pdf.GetPageSize(); return w }

// Space leaves height free; it never causes a page break by itself.
func (d *Doc) Space(height float64) { d.y += height }

// Need begins a new page unless height is still free on this one.
func (d *Doc) Need(height float64) {
	if d.y+height > d.Bottom() {
		d.Break()
	}
}

// Package sheet is the room of what every spreadsheet shares: workbooks written
// row by row with real numbers, real dates and an A4 print set-up, and CSV for
// Excel in French. Text is always text, whatever sign it begins with. It reads
// no clock, no database and no file; the same input gives the same bytes.
package sheet

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// Info is what the whole workbook says: properties, page header and footer.
type Info struct {
	Title   string
	Commune string
	Service string
	Version string    // "Feuille n° 3 · Ardoise 1.0"; bottom left of each page
	Notice  string    // "Démonstration"; top right of each page; may be empty
	MadeAt  time.Time // instant of the caller's clock, required
}

// Kind is what a column holds.
type Kind int

// The kinds give a column its alignment and its cells their format.
const (
	KindText Kind = iota
	KindInt
	KindMoney
	KindDate
)

// Column is one column; Width counts characters of the normal font.
type Column struct {
	Title string
	Width float64
	Kind  Kind
	Wrap  bool
}

// Layout is how a sheet looks and prints.
type Layout struct {
	Title     string // first row
	Subtitle  string // second row
	Columns   []Column
	Landscape bool
	Freeze    int // columns kept at the left when scrolling
	// Filter puts filter arrows on the header.
	Filter bool
	// Sealed sheets hold health data: they are refused rather than let spill
	// into a temporary file, which excelize would write in clear.
	Sealed bool
}

// Book is a workbook being written; not for concurrent use.
type Book struct {
	file   *excelize.File
	info   Info
	styles map[styleKey]int
	names  map[string]bool // lower case, for uniqueness
	sheets []*Sheet
	err    error
}

// Sheet is a sheet being written, from top to bottom.
type Sheet struct {
	book   *Book
	name   string
	layout Layout
	stream *excelize.StreamWriter
	row    int // last row written
	head   int // row of the column titles
	body   int // last ordinary row, where a filter ends
	size   int // rough bytes written so far
}

const (
	maxRows   = 1_048_576
	maxSealed = 12 << 20 // excelize spills at 16 MiB
)

// New begins a workbook.
func New(info Info) *Book {
	b := &Book{file: excelize.NewFile(), info: info, styles: map[styleKey]int{}, names: map[string]bool{}}
	b.file.SetZipWriter(newSortedZip)
	if info.MadeAt.IsZero() {
		b.fail(fmt.Errorf("sheet: no instant given"))
		return b
	}
	at := info.MadeAt.UTC().Format(time.RFC3339)
	b.fail(b.file.SetDocProps(&excelize.DocProperties{
		Title: Clean(info.Title), Creator: Clean(join(info.Commune, info.Service)),
		LastModifiedBy: Clean(info.Service), Description: Clean(info.Version),
		Created: at, Modified: at, Language: "fr-FR",
	}))
	b.fail(b.file.SetDefaultFont("Calibri"))
	return b
}

func (b *Book) fail(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// Sheet begins a sheet; the one before is closed. Its name is made safe and
// unique: at most 31 characters, without : \ / ? * [ ] and outer apostrophes.
func (b *Book) Sheet(name string, l Layout) *Sheet {
	s := &Sheet{book: b, name: b.uniqueName(name), layout: l}
	if b.err != nil {
		return s
	}
	if len(b.sheets) == 0 {
		b.fail(b.file.SetSheetName(b.file.GetSheetName(0), s.name))
	} else {
		_, err := b.file.NewSheet(s.name)
		b.fail(err)
	}
	b.sheets = append(b.sheets, s)
	b.fail(s.setUp())
	return s
}

// setUp does all that excelize wants before the first row.
func (s *Sheet) setUp() error {
	f, l := s.book.file, s.layout
	titles := 0
	for _, t := range []string{l.Title, l.Subtitle} {
		if t != "" {
			titles++
		}
	}
	if titles > 0 {
		titles++ // an empty row apart
	}
	s.head = titles + 1
	if err := s.pageSetUp(); err != nil {
		return err
	}
	top, err := excelize.CoordinatesToCellName(l.Freeze+1, s.head+1)
	if err != nil {
		return err
	}
	if err := f.SetPanes(s.name, &excelize.Panes{
		Freeze: true, XSplit: l.Freeze, YSplit: s.head, TopLeftCell: top, ActivePane: pane(l.Freeze),
	}); err != nil {
		return err
	}
	if s.stream, err = f.NewStreamWriter(s.name); err != nil {
		return err
	}
	for i, c := range l.Columns {
		if err := s.stream.SetColWidth(i+1, i+1, max(c.Width, 4)); err != nil {
			return err
		}
	}
	if l.Title != "" {
		s.write(rowTitle, []Value{Text(l.Title)}, 22)
	}
	if l.Subtitle != "" {
		s.write(rowSubtitle, []Value{Text(l.Subtitle)}, 0)
	}
	s.row = s.head - 1
	head := make([]Value, len(l.Columns))
	for i, c := range l.Columns {
		head[i] = Text(c.Title)
	}
	s.write(rowHead, head, 0)
	return s.book.err
}

func pane(freeze int) string {
	if freeze > 0 {
		return "bottomRight"
	}
	return "bottomLeft"
}

// Name is the sheet's name as Excel shows it.
func (s *Sheet) Name() string { return s.name }

// Row writes an ordinary row. Errors are kept and told by Write.
func (s *Sheet) Row(values ...Value) {
	s.write(rowBody, values, 0)
	s.body = s.row
}

// Group writes a row that opens a group: bold on a shade, over all columns.
func (s *Sheet) Group(values ...Value) { s.write(rowGroup, s.fill(values), 0) }

// Subtotal writes a bold row.
func (s *Sheet) Subtotal(values ...Value) { s.write(rowSubtotal, s.fill(values), 0) }

// Total writes a bold row under a strong line, on a shade.
func (s *Sheet) Total(values ...Value) { s.write(rowTotal, s.fill(values), 0) }

// Note writes a sentence on a row of its own, outside the columns.
func (s *Sheet) Note(text string) { s.write(rowNote, []Value{Text(text)}, 0) }

// Blank leaves a row empty.
func (s *Sheet) Blank() { s.row++ }

// fill completes a row so that its shade runs over all columns.
func (s *Sheet) fill(values []Value) []Value {
	for len(values) < len(s.layout.Columns) {
		values = append(values, Empty())
	}
	return values
}

func (s *Sheet) write(kind rowKind, values []Value, height float64) {
	b := s.book
	if b.err != nil {
		return
	}
	s.row++
	if s.row > maxRows {
		b.fail(fault.New(fault.Invalid, "Il y a trop de lignes pour une feuille de calcul\u00a0: choisissez une période plus courte."))
		return
	}
	cells := make([]any, len(values))
	for i, v := range values {
		style, err := b.style(s.keyOf(kind, v, i))
		if err != nil {
			b.fail(err)
			return
		}
		raw, err := v.raw()
		if err != nil {
			b.fail(err)
			return
		}
		cells[i] = excelize.Cell{StyleID: style, Value: raw}
		s.size += 80 + 2*len(v.text)
	}
	if s.layout.Sealed && s.size > maxSealed {
		b.fail(fault.New(fault.Invalid, "Il y a trop de données de santé pour un seul classeur\u00a0: choisissez une période plus courte."))
		return
	}
	if height == 0 {
		height = s.height(kind, values)
	}
	b.fail(s.stream.SetRow("A"+strconv.Itoa(s.row), cells, excelize.RowOpts{Height: height}))
}

func (s *Sheet) keyOf(kind rowKind, v Value, i int) styleKey {
	k := styleKey{row: kind, kind: v.kind, format: v.format, guard: v.kind == KindText && dangerous(v.text)}
	if i < len(s.layout.Columns) {
		k.wrap = s.layout.Columns[i].Wrap
		if kind == rowHead || v.empty {
			k.kind = s.layout.Columns[i].Kind
		}
	}
	return k
}

// Write closes the workbook and sends it to w.
func (b *Book) Write(w io.Writer) (err error) {
	defer func() {
		if cerr := b.file.Close(); err == nil && cerr != nil {
			err = broken(cerr)
		}
	}()
	if b.err == nil && len(b.sheets) == 0 {
		b.fail(fmt.Errorf("sheet: a workbook without a sheet"))
	}
	for _, s := range b.sheets {
		if b.err == nil {
			b.fail(s.finish())
		}
	}
	if b.err != nil {
		return broken(b.err)
	}
	buf, err := b.file.WriteToBuffer()
	if err != nil {
		return broken(err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le classeur n’a pas pu être écrit\u00a0: vérifiez la place libre et les droits du dossier.")
	}
	return nil
}

// Discard frees a workbook that will not be written.
func (b *Book) Discard() error { return b.file.Close() }

func broken(err error) error {
	if fault.KindOf(err) != fault.Internal {
		return err // already a sentence
	}
	return fault.Wrap(fault.Internal, err, "Le classeur n’a pas pu être composé. Rien n’a été enregistré. Transmettez le journal technique à votre assistance.")
}

func made(at time.Time) string {
	return "Établi le " + calendar.DateOf(at).Short() + " à " + calendar.HourText(at)
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

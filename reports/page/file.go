package page

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// The first objects of a file we put together, in the order of their numbers.
const (
	rootObject = 1 + iota
	catalogObject
	infoObject
	freeObject
)

// file is a PDF put together from parts of gofpdf's: objects and where they are.
type file struct {
	done   [][]byte // what is finished, in order
	size   int      // bytes in done
	cur    []byte   // being written
	starts []int    // place of each object, by number
}

func newFile() *file {
	// Four bytes above 127 tell programs that the file is not text.
	return &file{cur: []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), starts: make([]int, freeObject)}
}

// reserve gives the number of an object that is written later.
func (f *file) reserve() int {
	f.starts = append(f.starts, 0)
	return len(f.starts) - 1
}

func (f *file) object(n int, parts ...[]byte) {
	f.starts[n] = f.size + len(f.cur)
	f.cur = strconv.AppendInt(f.cur, int64(n), 10)
	f.cur = append(f.cur, " 0 obj\n"...)
	for _, p := range parts {
		f.cur = append(f.cur, p...)
	}
	f.cur = append(f.cur, "endobj\n"...)
}

// flush puts what is written aside at its true size.
func (f *file) flush() {
	f.done = append(f.done, append(make([]byte, 0, len(f.cur)), f.cur...))
	f.size += len(f.cur)
	f.cur = f.cur[:0]
}

// shared writes a batch's fonts and gives the object that names them.
func (f *file) shared(b *printed) (resources int) {
	shift := len(f.starts) - b.firstFont
	for _, font := range b.fonts {
		f.object(f.reserve(), moved(font, shift))
	}
	resources = f.reserve()
	f.object(resources, moved(b.resources, shift))
	return resources
}

// page writes one page and gives its object.
func (f *file) page(s *sheet, parent, resources int) int {
	n := f.reserve()
	f.object(n, fmt.Appendf(nil, "<</Type /Page\n/Parent %d 0 R\n/Resources %d 0 R\n/Contents %d 0 R\n", parent, resources, n+1), s.own, []byte(">>\n"))
	f.object(f.reserve(), fmt.Appendf(nil, "<</Filter /FlateDecode /Length %d>>\nstream\n", len(s.draw)), s.draw, []byte("\nendstream\n"))
	return n
}

// pages writes a node of the tree of pages; the root has no parent. A page that
// does not give its size is an A4 sheet.
func (f *file) pages(n, parent int, kids []int, count int) {
	var b strings.Builder
	b.WriteString("<</Type /Pages\n")
	if parent != 0 {
		fmt.Fprintf(&b, "/Parent %d 0 R\n", parent)
	}
	b.WriteString("/Kids [")
	for _, k := range kids {
		b.WriteString(strconv.Itoa(k) + " 0 R ")
	}
	fmt.Fprintf(&b, "]\n/Count %d\n/MediaBox [0 0 595.28 841.89]>>\n", count)
	f.object(n, []byte(b.String()))
}

// close writes the properties, the catalogue and the table of objects.
func (f *file) close(meta Meta, firstPage int) {
	made := "(D:" + meta.MadeAt.In(calendar.Paris).Format("20060102150405") + ")"
	f.object(infoObject, []byte("<</Producer (gofpdf)\n/Title "+textString(meta.Title)+"\n/Author "+textString(meta.Author)+
		"\n/Creator "+textString(meta.Program)+"\n/CreationDate "+made+"\n/ModDate "+made+">>\n"))
	f.object(catalogObject, fmt.Appendf(nil, "<</Type /Catalog\n/Pages %d 0 R\n/OpenAction [%d 0 R /Fit]\n/PageLayout /SinglePage>>\n", rootObject, firstPage))
	table := f.size + len(f.cur)
	f.cur = fmt.Appendf(f.cur, "xref\n0 %d\n0000000000 65535 f \n", len(f.starts))
	for _, at := range f.starts[1:] {
		f.cur = fmt.Appendf(f.cur, "%010d 00000 n \n", at)
	}
	f.cur = fmt.Appendf(f.cur, "trailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(f.starts), catalogObject, infoObject, table)
}

// bytes gives a file that was never flushed.
func (f *file) bytes() []byte { return f.cur }

func (f *file) writeTo(w io.Writer) error {
	f.flush()
	for _, part := range f.done {
		if _, err := w.Write(part); err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le document PDF n’a pas pu être écrit\u00a0: vérifiez la place libre et les droits du dossier.")
		}
	}
	return nil
}

// textString writes any text as the format wants it: UTF-16 in hexadecimal.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(Clean(s))) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

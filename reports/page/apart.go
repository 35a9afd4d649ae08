package page

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/jung-kurt/gofpdf"
)

// printed is a batch that gofpdf has written, taken apart again.
type printed struct {
	docs      []drawn
	pages     []sheet
	resources []byte   // the dictionary that names the fonts
	fonts     [][]byte // objects in order; they name each other by number
	firstFont int      // number of the first of them in gofpdf's file
}

// sheet is one page: the lines of its dictionary that are its own (size, links),
// and what is drawn on it, compressed.
type sheet struct {
	own  []byte
	draw []byte
}

// squeezer compresses many streams with one compressor: a new one for each page,
// as gofpdf does, costs a megabyte of memory a page.
type squeezer struct {
	buf bytes.Buffer
	z   *zlib.Writer
}

func newSqueezer() *squeezer {
	s := new(squeezer)
	s.z = zlib.NewWriter(&s.buf)
	return s
}

func (s *squeezer) squeeze(data []byte) ([]byte, error) {
	s.buf.Reset()
	s.z.Reset(&s.buf)
	if _, err := s.z.Write(data); err != nil {
		return nil, err
	}
	if err := s.z.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(s.buf.Bytes()), nil
}

// takeApart lets gofpdf write its document, without compressing pages, and finds
// pages and fonts in it by the file's own table of objects. The order of the
// objects is gofpdf's: 1 the pages' root, 2 the resources, then two for each
// page, then the fonts, then the properties and the catalogue. Anything else
// is an error: this reads one program's files, of one version.
func takeApart(pdf *gofpdf.Fpdf, docs []drawn, squeeze *squeezer) (*printed, error) {
	var file bytes.Buffer
	n := pdf.PageNo()
	if err := pdf.Output(&file); err != nil {
		return nil, err
	}
	objects, err := objectsOf(file.Bytes())
	if err != nil {
		return nil, err
	}
	first := 3 + 2*n
	if len(objects) < first+2 {
		return nil, fmt.Errorf("page: %d objects for %d pages", len(objects), n)
	}
	b := &printed{docs: docs, firstFont: first, resources: bytes.Clone(objects[2])}
	for i := range n {
		s, err := sheetOf(objects[3+2*i], objects[4+2*i], squeeze)
		if err != nil {
			return nil, err
		}
		b.pages = append(b.pages, s)
	}
	for _, o := range objects[first : len(objects)-2] {
		b.fonts = append(b.fonts, bytes.Clone(o))
	}
	return b, nil
}

// objectsOf gives the bodies of a file's objects by number; 0 is nobody's.
func objectsOf(file []byte) ([][]byte, error) {
	at := bytes.LastIndex(file, []byte("startxref\n"))
	if at < 0 {
		return nil, fmt.Errorf("page: no table of objects")
	}
	line, _, _ := bytes.Cut(file[at+len("startxref\n"):], []byte("\n"))
	table, err := strconv.Atoi(string(line))
	if err != nil || table <= 0 || table >= at || !bytes.HasPrefix(file[table:], []byte("xref\n0 ")) {
		return nil, fmt.Errorf("page: the table of objects is not at %q", line)
	}
	head, rows, _ := bytes.Cut(file[table+len("xref\n0 "):], []byte("\n"))
	count, err := strconv.Atoi(string(head))
	const row = 20 // bytes, by the format's definition
	if err != nil || count < 1 || len(rows) < count*row {
		return nil, fmt.Errorf("page: a table of %q objects", head)
	}
	starts := make([]int, count)
	for i := 1; i < count; i++ {
		if starts[i], err = strconv.Atoi(string(rows[i*row : i*row+10])); err != nil || starts[i] >= table {
			return nil, fmt.Errorf("page: object %d at %q", i, rows[i*row:i*row+10])
		}
	}
	order := append(slices.Clone(starts[1:]), table)
	slices.Sort(order)
	objects := make([][]byte, count)
	for i := 1; i < count; i++ {
		next, _ := slices.BinarySearch(order, starts[i]+1)
		body := file[starts[i]:order[next]]
		body, headed := bytes.CutPrefix(body, []byte(strconv.Itoa(i)+" 0 obj\n"))
		body, ended := bytes.CutSuffix(body, []byte("endobj\n"))
		if !headed || !ended {
			return nil, fmt.Errorf("page: object %d does not begin or end where it should", i)
		}
		objects[i] = body
	}
	return objects, nil
}

func sheetOf(dict, content []byte, squeeze *squeezer) (s sheet, err error) {
	for line := range bytes.Lines(dict) {
		if !bytes.HasPrefix(line, []byte("<<")) && !bytes.HasPrefix(line, []byte("/Parent ")) &&
			!bytes.HasPrefix(line, []byte("/Resources ")) && !bytes.HasPrefix(line, []byte("/Contents ")) {
			s.own = append(s.own, line...)
		}
	}
	_, draw, found := bytes.Cut(content, []byte(">>\nstream\n"))
	draw, ended := bytes.CutSuffix(draw, []byte("\nendstream\n"))
	if !found || !ended {
		return s, fmt.Errorf("page: a page without its stream")
	}
	s.draw, err = squeeze.squeeze(draw)
	return s, err
}

var reference = regexp.MustCompile(`\b([0-9]+) 0 R\b`)

// moved gives an object's text with its references moved by shift; a stream is
// left as it is.
func moved(object []byte, shift int) []byte {
	dict, stream := object, []byte(nil)
	if i := bytes.Index(object, []byte(">>\nstream\n")); i >= 0 {
		dict, stream = object[:i], object[i:]
	}
	out := reference.ReplaceAllFunc(dict, func(m []byte) []byte {
		n, err := strconv.Atoi(string(m[:len(m)-len(" 0 R")]))
		if err != nil {
			return m // the expression lets digits through only
		}
		return append(strconv.AppendInt(nil, int64(n+shift), 10), " 0 R"...)
	})
	return append(out, stream...)
}

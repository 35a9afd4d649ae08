package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// CSV writes rows for Excel in French: semicolons, UTF-8 with a byte order mark,
// CRLF. Text that a spreadsheet would take for a formula gets an apostrophe in
// front; numbers keep their minus sign.
type CSV struct {
	w   *csv.Writer
	err error
}

// NewCSV begins a file and writes its first line, the column titles.
func NewCSV(w io.Writer, titles ...string) *CSV {
	c := &CSV{w: csv.NewWriter(w)}
	c.w.Comma, c.w.UseCRLF = ';', true
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		c.err = err
	}
	head := make([]Value, len(titles))
	for i, t := range titles {
		head[i] = Text(t)
	}
	c.Row(head...)
	return c
}

// Row writes one line; errors are kept and told by Close.
func (c *CSV) Row(values ...Value) {
	if c.err != nil {
		return
	}
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = v.csv()
	}
	c.err = c.w.Write(fields)
}

// Close sends what is left and tells the first error.
func (c *CSV) Close() error {
	c.w.Flush()
	err := c.err
	if err == nil {
		err = c.w.Error()
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier CSV n’a pas pu être écrit\u00a0: vérifiez la place libre et les droits du dossier.")
	}
	return nil
}

func (v Value) csv() string {
	switch {
	case v.empty:
		return ""
	case v.kind == KindText && dangerous(v.text):
		return "'" + v.text
	case v.kind == KindText:
		return v.text
	case v.kind == KindMoney:
		return strings.Replace(decimal(v.n), ".", ",", 1)
	case v.kind == KindDate:
		d := calendar.NewDate(1899, 12, 30).Add(int(v.n))
		return two(d.Day()) + "/" + two(int(d.Month())) + "/" + strconv.Itoa(d.Year())
	}
	return strconv.FormatInt(v.n, 10)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

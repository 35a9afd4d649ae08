package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ardoise/data/fault"
)

// table is the human form of a list: columns as wide as their widest cell,
// amounts to the right.
type table struct {
	titles []string
	right  map[int]bool
	rows   [][]string
}

// columns begins a table; a title that begins with ">" is a column of figures.
func columns(titles ...string) *table {
	t := &table{right: map[int]bool{}}
	for i, title := range titles {
		if rest, ok := strings.CutPrefix(title, ">"); ok {
			t.right[i], title = true, rest
		}
		t.titles = append(t.titles, title)
	}
	return t
}

func (t *table) row(cells ...any) {
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = strings.ReplaceAll(fmt.Sprint(c), "\n", " ")
	}
	t.rows = append(t.rows, line)
}

// print writes the table, or the sentence that says there is nothing in it.
func (t *table) print(w io.Writer, empty string) {
	if len(t.rows) == 0 {
		put(w, "%s\n", empty)
		return
	}
	width := make([]int, len(t.titles))
	for _, line := range append([][]string{t.titles}, t.rows...) {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range append([][]string{t.titles}, t.rows...) {
		cells := make([]string, len(line))
		for i, cell := range line {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if cells[i] = cell + pad; t.right[i] {
				cells[i] = pad + cell
			}
		}
		put(w, "%s\n", strings.TrimRight(strings.Join(cells, "  "), " "))
	}
}

// put writes human text, with the no-break spaces French typography asks for.
// The writers given to it keep their first error and tell it when they are
// flushed (say).
func put(w io.Writer, format string, args ...any) {
	if _, err := io.WriteString(w, fault.French(fmt.Sprintf(format, args...))); err != nil {
		return // told by Flush
	}
}

// count writes "1 enfant", "12 enfants".
func count(n int, one, many string) string {
	if n > 1 {
		one = many
	}
	return fmt.Sprintf("%d %s", n, one)
}

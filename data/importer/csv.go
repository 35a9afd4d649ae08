package importer

import (
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// table is a text file cut into rows: the header and what follows, each row
// with the line it begins on.
type table struct {
	name   string
	header []string // folded
	shown  []string // as written
	rows   []row
}

type row struct {
	line  int
	cells []string
	whole string // the row as written, to tell repeated lines
	open  bool   // a quote was opened and never closed
	last  bool   // the file ends here, without the end of the line
}

// get gives a cell without the spaces around it, "" past the end of the row.
func (r row) get(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[column])
}

// maxQuotedLines is how many lines a quoted cell may span; past it the quote is
// a stray one, and must not swallow the rest of the file.
const maxQuotedLines = 8

// parseTable cuts a text into rows. The separator is the one the header has most
// of (; , tab). Empty lines are skipped.
func parseTable(text, name string) (*table, error) {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	t := &table{name: name}
	sep := byte(0)
	for i := 0; i < len(lines); {
		if strings.Trim(lines[i], "; ,\t\"") == "" {
			i++
			continue
		}
		if sep == 0 {
			sep = separator(lines[i])
		}
		r, used := readRow(lines[i:], sep)
		r.line = i + 1
		i += used
		if t.header == nil {
			for _, h := range r.cells {
				t.header = append(t.header, catalog.Fold(h))
				t.shown = append(t.shown, strings.TrimSpace(h))
			}
			continue
		}
		t.rows = append(t.rows, r)
	}
	if len(t.header) == 0 {
		return nil, fault.New(fault.Invalid, "Le fichier %s est vide.", name)
	}
	if n := len(t.rows); n > 0 && lines[len(lines)-1] != "" {
		t.rows[n-1].last = true
	}
	return t, nil
}

func separator(header string) byte {
	best, most := byte(';'), 0
	for _, c := range []byte{';', '\t', ','} {
		if n := strings.Count(header, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// readRow reads one row at the head of lines and says how many it took.
func readRow(lines []string, sep byte) (row, int) {
	if !strings.Contains(lines[0], `"`) {
		return row{cells: strings.Split(lines[0], string(sep)), whole: lines[0]}, 1
	}
	limit := min(len(lines), maxQuotedLines)
	for n := 1; n <= limit; n++ {
		whole := strings.Join(lines[:n], "\n")
		if cells, closed := splitQuoted(whole, sep); closed {
			return row{cells: cells, whole: whole}, n
		}
	}
	return row{cells: strings.Split(strings.ReplaceAll(lines[0], `"`, ""), string(sep)), whole: lines[0], open: true}, 1
}

// splitQuoted cuts a row in which cells may be quoted; closed is false when a
// quoted cell has no end. A quote inside an unquoted cell is a letter.
func splitQuoted(s string, sep byte) (cells []string, closed bool) {
	for {
		if !strings.HasPrefix(s, `"`) {
			i := strings.IndexByte(s, sep)
			if i < 0 {
				return append(cells, s), true
			}
			cells, s = append(cells, s[:i]), s[i+1:]
			continue
		}
		var b strings.Builder
		i := 1
		for {
			j := strings.IndexByte(s[i:], '"')
			if j < 0 {
				return nil, false
			}
			b.WriteString(s[i : i+j])
			i += j + 1
			if i < len(s) && s[i] == '"' {
				b.WriteByte('"')
				i++
				continue
			}
			break
		}
		// What follows the closing quote up to the separator still is the cell's.
		rest := s[i:]
		k := strings.IndexByte(rest, sep)
		if k < 0 {
			b.WriteString(rest)
			return append(cells, b.String()), true
		}
		b.WriteString(rest[:k])
		cells, s = append(cells, b.String()), rest[k+1:]
	}
}

// usual gives the number of cells most rows have, at most the header's. A last
// row without the end of its line says nothing: the file may be cut there.
func (t *table) usual() int {
	count := map[int]int{}
	best := 0
	if len(t.rows) == 1 && t.rows[0].last {
		return len(t.header)
	}
	for _, r := range t.rows {
		if r.last {
			continue
		}
		n := min(len(r.cells), len(t.header))
		count[n]++
		if count[n] > count[best] || count[n] == count[best] && n > best {
			best = n
		}
	}
	return best
}

// column finds a column by any of its names; -1 where there is none.
func (t *table) column(names ...string) int {
	for _, name := range names {
		for i, h := range t.header {
			if h == name {
				return i
			}
		}
	}
	return -1
}

// missing says which columns a file must have and has not.
func (t *table) missing(what string, names ...string) error {
	return fault.New(fault.Invalid, "Le fichier %s n’est pas %s"+nbsp+": il manque %s « %s ». Colonnes trouvées"+nbsp+": %s.",
		t.name, what, plural(len(names), "la colonne", "les colonnes"), strings.Join(names, " », « "), clip(strings.Join(t.shown, ", "), 300))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

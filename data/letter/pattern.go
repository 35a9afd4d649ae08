package letter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// Field is something a template may say: « {prénom} ».
type Field struct {
	Name    string // as it is written between the braces
	Label   string // what it is, for who writes the template
	Example string
	Of      bool // a name: « {de prénom} » gives « d’Éva », « de Manon »
	Must    bool // the letter is worth nothing, or is not lawful, without it
}

// Insert is a field as it is put into a text.
type Insert struct{ Text, Label, Example string }

// inserts are the ways a field may be written.
func (f Field) inserts() []Insert {
	out := []Insert{{"{" + f.Name + "}", f.Label, f.Example}}
	if f.Of {
		out = append(out, Insert{"{de " + f.Name + "}", f.Label + ", précédé de « de » ou « d’ »", fault.De(f.Example)})
	}
	return out
}

// piece is plain text, or a field where field is not empty.
type piece struct {
	text  string
	field string // the field's Name
	of    bool
}

// pattern is a text with fields, line by line.
type pattern [][]piece

// parse reads a text with fields. A refusal names the line, what is wrong and
// how to write it.
func parse(text string, fields []Field) (pattern, error) {
	known := make(map[string]piece, 2*len(fields))
	for _, f := range fields {
		known[catalog.Fold(f.Name)] = piece{field: f.Name}
		if f.Of {
			known[catalog.Fold("de "+f.Name)] = piece{field: f.Name, of: true}
		}
	}
	var out pattern
	lines := strings.Split(tidy(text), "\n")
	where := func(i int, what string) string { // "Le champ", "Ligne 3 : le champ"
		if len(lines) == 1 {
			return strings.ToUpper(what[:1]) + what[1:]
		}
		return fmt.Sprintf("Ligne %d : %s", i+1, what)
	}
	for i, line := range lines {
		var pieces []piece
		for line != "" {
			at := strings.IndexAny(line, "{}")
			if at < 0 {
				pieces = append(pieces, piece{text: line})
				break
			}
			if at > 0 {
				pieces = append(pieces, piece{text: line[:at]})
			}
			if line[at] == '}' {
				return nil, fault.New(fault.Invalid, "%s est seule. Les accolades entourent le nom d’un champ : %s.", where(i, "une accolade fermante"), example(fields))
			}
			name, rest, closed := strings.Cut(line[at+1:], "}")
			if !closed || strings.Contains(name, "{") {
				return nil, fault.New(fault.Invalid, "%s de « {%s » n’est pas refermée. Un champ s’écrit par exemple %s.", where(i, "l’accolade"), cut(name), example(fields))
			}
			p, ok := known[catalog.Fold(name)]
			if !ok {
				return nil, fault.New(fault.Invalid, "%s « {%s} » n’existe pas dans ce modèle. Champs permis : %s.", where(i, "le champ"), cut(name), permitted(fields))
			}
			pieces = append(pieces, p)
			line = rest
		}
		out = append(out, pieces)
	}
	return out, nil
}

// tidy gives a typed text its one form: lines ended by \n without blanks behind,
// no control characters, nothing before and after.
func tidy(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(strings.ToValidUTF8(text, ""))
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRightFunc(l, unicode.IsSpace)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// cut keeps a wrong name short in a sentence.
func cut(name string) string {
	if utf8.RuneCountInString(name) > 30 {
		return string([]rune(name)[:30]) + "…"
	}
	return name
}

func example(fields []Field) string {
	if len(fields) == 0 {
		return "{prénom}"
	}
	return "{" + fields[0].Name + "}"
}

func permitted(fields []Field) string {
	var out []string
	for _, f := range fields {
		for _, in := range f.inserts() {
			out = append(out, in.Text)
		}
	}
	return strings.Join(out, ", ")
}

// says reports whether a field is in the pattern.
func (p pattern) says(name string) bool {
	for _, line := range p {
		for _, x := range line {
			if x.field == name {
				return true
			}
		}
	}
	return false
}

// fill writes the pattern with values. A line whose fields are all empty
// vanishes, and with it one of the two blank lines that would then meet; an
// empty field takes the space before it along.
func (p pattern) fill(values Facts) string {
	var out []string
	gone := false
	for _, pieces := range p {
		line, keep := fillLine(pieces, values)
		if !keep {
			gone = true
			continue
		}
		if line == "" && gone && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out, gone = append(out, line), gone && line == ""
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

func fillLine(pieces []piece, values Facts) (line string, keep bool) {
	var b strings.Builder
	fields, said := 0, 0
	skip := false // an empty field begins the line: the space after it goes too
	for i, x := range pieces {
		if x.field == "" {
			if skip {
				x.text = strings.TrimPrefix(x.text, " ")
			}
			b.WriteString(x.text)
			skip = false
			continue
		}
		fields++
		v := strings.TrimSpace(tidy(values[x.field]))
		if v == "" {
			before := b.String()
			if skip = before == ""; !skip && strings.HasSuffix(before, " ") && closes(pieces[i+1:]) {
				b.Reset()
				b.WriteString(before[:len(before)-1])
			}
			continue
		}
		if x.of {
			v = fault.De(v)
		}
		said++
		skip = false
		b.WriteString(v)
	}
	return strings.TrimRightFunc(b.String(), unicode.IsSpace), fields == 0 || said > 0
}

// closes reports whether what follows needs no space before it but its own.
func closes(rest []piece) bool {
	if len(rest) == 0 {
		return true
	}
	if rest[0].field != "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest[0].text)
	return strings.ContainsRune(" .,;:!?)»", first)
}

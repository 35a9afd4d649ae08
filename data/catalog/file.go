package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"ardoise/data/fault"
)

// maxProblems is how many refusals are told at once.
const maxProblems = 12

// reader reads one file and gathers what is wrong with it.
type reader struct {
	name     string
	lines    map[string]int // "service[0].tariff[2].label" -> line
	problems []string
	flawed   map[string]bool // the paths of the fields they are of
}

// bad notes a flaw of a field; path is the field's, or its table's when the
// field is missing.
func (r *reader) bad(path, format string, args ...any) {
	if r.flawed == nil {
		r.flawed = map[string]bool{}
	}
	r.flawed[path] = true
	line, at := 0, path
	for line == 0 && at != "" {
		line = r.lines[at]
		if line == 0 {
			at = parentPath(at)
		}
	}
	field := path[strings.LastIndexByte(path, '.')+1:]
	where := r.name
	if line > 0 {
		where += fmt.Sprintf(", ligne %d", line)
	}
	if r.lines[path] == 0 || !strings.Contains(field, "[") {
		where += ", champ « " + plainPath(path) + " »"
	} else {
		where += ", « " + plainPath(path) + " »"
	}
	r.problems = append(r.problems, where+nbsp+": "+fmt.Sprintf(format, args...)+".")
}

func parentPath(path string) string {
	if strings.HasSuffix(path, "]") {
		return path[:strings.LastIndexByte(path, '[')]
	}
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

// plainPath drops the indexes: the line says which one it is.
func plainPath(path string) string {
	var b strings.Builder
	depth := 0
	for _, c := range path {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// refusal is everything wrong with the file, in one sentence a line.
func (r *reader) refusal() error {
	if len(r.problems) == 0 {
		return nil
	}
	list := r.problems
	more := ""
	if len(list) > maxProblems {
		more = fmt.Sprintf("\n… et %d autres erreurs.", len(list)-maxProblems)
		list = list[:maxProblems]
	}
	return fault.New(fault.Invalid, "%s%s", strings.Join(list, "\n"), more)
}

// parseFile reads the TOML and checks that it says nothing unknown.
func parseFile(data []byte, name string) (*file, *reader, error) {
	r := &reader{name: name, lines: map[string]int{}}
	var content map[string]any
	if err := toml.Unmarshal(data, &content); err != nil {
		return nil, r, r.syntax(data, err)
	}
	if len(content) == 0 {
		return nil, r, fault.New(fault.Invalid, "%s"+nbsp+": ce fichier est vide. Rien n’a été changé"+nbsp+": choisissez un catalogue (communes, écoles, services, tarifs).", name)
	}
	if err := r.index(data); err != nil {
		return nil, r, r.syntax(data, err)
	}
	if err := r.refusal(); err != nil { // unknown words first: what follows would only repeat them
		return nil, r, err
	}
	var f file
	r.fill("", reflect.ValueOf(&f).Elem(), content)
	return &f, r, r.refusal()
}

// syntax says where the file stops being TOML; the parser's own English words
// stay in the cause, for the log.
func (r *reader) syntax(data []byte, err error) error {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return fault.Wrap(fault.Invalid, err, "%s"+nbsp+": ce fichier n’est pas un catalogue TOML lisible.", r.name)
	}
	line, col := de.Position()
	text := ""
	if all := strings.Split(string(data), "\n"); line >= 1 && line <= len(all) {
		text = strings.TrimSpace(all[line-1])
	}
	return fault.Wrap(fault.Invalid, err, "%s, ligne %d, colonne %d"+nbsp+": l’écriture n’est pas du TOML correct près de « %s ». Vérifiez les guillemets, les crochets, les virgules, et qu’un champ n’est pas écrit deux fois.", r.name, line, col, clip(text, 60))
}

// fill copies what the file says into the shape it must have; every word is
// already known to exist.
func (r *reader) fill(path string, to reflect.Value, from any) {
	switch {
	case to.Type() == rawType:
		r.scalar(path, to, from)
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		r.fill(path, to.Elem(), from)
	case to.Kind() == reflect.Slice:
		list, ok := from.([]any)
		if !ok {
			r.bad(path, "une liste est attendue ici, pas une simple valeur")
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), len(list), len(list)))
		for i, v := range list {
			r.fill(fmt.Sprintf("%s[%d]", path, i), to.Index(i), v)
		}
	default:
		m, ok := from.(map[string]any)
		if !ok {
			r.bad(path, "un tableau TOML est attendu ici, pas une simple valeur")
			return
		}
		r.table(path, to, m)
	}
}

func (r *reader) table(path string, to reflect.Value, m map[string]any) {
	if to.Kind() == reflect.Map {
		to.Set(reflect.MakeMap(to.Type()))
		for _, word := range sortedKeys(m) {
			v := reflect.New(to.Type().Elem()).Elem()
			r.fill(join(path, word), v, m[word])
			to.SetMapIndex(reflect.ValueOf(word), v)
		}
		return
	}
	for i := range to.NumField() {
		word := to.Type().Field(i).Tag.Get("toml")
		if v, ok := m[word]; ok {
			r.fill(join(path, word), to.Field(i), v)
		}
	}
}

func (r *reader) scalar(path string, to reflect.Value, from any) {
	switch v := from.(type) {
	case string:
		to.Set(reflect.ValueOf(raw{strings.TrimSpace(v), true}))
	case map[string]any, []any:
		r.bad(path, "une simple valeur est attendue ici, pas un tableau ni une liste")
	default: // integer, float, boolean, date: judged as text
		to.Set(reflect.ValueOf(raw{fmt.Sprint(v), true}))
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// index notes the line of every key and refuses those no catalog has.
func (r *reader) index(data []byte) error {
	var p unstable.Parser
	p.Reset(data)
	count := map[string]int{} // array of tables -> how many so far
	prefix := ""
	var unknown []string // tables already refused: their keys are not told again
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			prefix = ""
			for it := e.Key(); it.Next(); {
				n := it.Node()
				prefix = join(prefix, string(n.Data))
				last := it.IsLast()
				if last && e.Kind == unstable.ArrayTable {
					count[prefix]++
				}
				if c := count[prefix]; c > 0 {
					if last || r.lines[prefix] == 0 {
						r.lines[prefix] = lineOf(data, n.Raw.Offset)
					}
					prefix += fmt.Sprintf("[%d]", c-1)
				}
				if r.lines[prefix] == 0 || last {
					r.lines[prefix] = lineOf(data, n.Raw.Offset)
				}
			}
			if r.unknown(prefix) {
				unknown = append(unknown, prefix)
			}
		case unstable.KeyValue:
			if !slices.Contains(unknown, prefix) {
				r.keyValue(data, prefix, e)
			}
		}
	}
	return p.Error()
}

func (r *reader) keyValue(data []byte, prefix string, e *unstable.Node) {
	path := prefix
	for it := e.Key(); it.Next(); {
		n := it.Node()
		path = join(path, string(n.Data))
		r.lines[path] = lineOf(data, n.Raw.Offset)
	}
	if r.unknown(path) {
		return
	}
	r.value(data, path, e.Value())
}

func (r *reader) value(data []byte, path string, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			if n := it.Node(); n.Kind == unstable.KeyValue {
				r.keyValue(data, path, n)
			}
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			n := it.Node()
			if n.Kind == unstable.Comment {
				continue
			}
			item := fmt.Sprintf("%s[%d]", path, i)
			r.lines[item] = r.lines[path]
			if n.Raw.Length > 0 {
				r.lines[item] = lineOf(data, n.Raw.Offset)
			}
			r.value(data, item, n)
			i++
		}
	}
}

func lineOf(data []byte, offset uint32) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte{'\n'})
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

// unknown refuses a key that its table does not have and lists those it has.
func (r *reader) unknown(path string) bool {
	t := reflect.TypeOf(file{})
	parts := strings.Split(plainPath(path), ".")
	for i, part := range parts {
		next, ok := fieldOf(t, part)
		if !ok {
			if i == len(parts)-1 {
				r.bad(path, "ce champ n’existe pas. Champs possibles"+nbsp+": %s", strings.Join(fieldNames(t), ", "))
			}
			return true
		}
		t = next
	}
	return false
}

var rawType = reflect.TypeOf(raw{})

// fieldOf gives the type behind a word of a table; a map takes any word.
func fieldOf(t reflect.Type, word string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	if t.Kind() != reflect.Struct || t == rawType {
		return nil, false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("toml") == word {
			ft := f.Type
			for ft.Kind() == reflect.Slice || ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			return ft, true
		}
	}
	return nil, false
}

func fieldNames(t reflect.Type) []string {
	var out []string
	if t.Kind() == reflect.Struct && t != rawType {
		for i := range t.NumField() {
			out = append(out, t.Field(i).Tag.Get("toml"))
		}
	}
	return out
}

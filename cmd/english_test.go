package cmd

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"ardoise/assets"
	"ardoise/ui/words"
)

// told are the rooms whose French reaches the window.
var told = under("ui", "data", "cmd/ardoise", "reports/desk")

// untold are rooms below them that speak to nobody in the window: what is read
// from families' messages, letters, the demonstration, test helpers.
var untold = under("data/mailbox/reading", "data/mailbox/message", "data/mailbox/mailtest", "data/letter", "data/demo", "data/bankfile",
	"data/store/storetest", "data/staff/stafftest", "ui/words", "ui/theme", "cmd/ardoise/main.go", "cmd/ardoise/metadata.go")

// silent are the functions whose text is for the log, the database or the program.
var silent = []string{
	"errors.New", "fmt.Errorf", "panic", "regexp.MustCompile", "strings.Contains", "strings.HasPrefix", "strings.HasSuffix", "strings.Cut",
	"strings.CutPrefix", "strings.CutSuffix", "strings.TrimPrefix", "strings.TrimSuffix", "strings.Split", "strings.NewReplacer", "strings.ReplaceAll", "strings.Fields",
	"slices.Contains", "time.Parse", "Query", "QueryRow", "Exec", "Collect", "Each", "Insert", "Publish", "Format", "AAD", "MustISO", "Getenv", "Warn", "Info", "Debug",
}

// phrase is a French text of the sources, its changing parts as {1}, {2}.
type phrase struct{ text, at string }

// phrases gathers what the window may be told, once each, in the order of the sources.
func phrases(all []source) (found []phrase) {
	consts := textConstants(all)
	seen := map[string]bool{}
	for _, s := range all {
		if s.helper() || !told(s.path) || untold(s.path) || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		g := gatherer{s: s, consts: consts[path.Dir(s.path)], add: func(n ast.Node, text string) {
			text = words.Plain(text)
			if !worthSaying(text) || seen[text] || strings.HasPrefix(s.path, "data/importer/") && plainWords.MatchString(text) {
				return
			}
			seen[text] = true
			found = append(found, phrase{strings.ReplaceAll(text, "\n", `\n`), fmt.Sprintf("%s:%d", s.path, s.set.Position(n.Pos()).Line)})
		}}
		ast.Walk(&g, s.file)
	}
	return found
}

// textConstants gives, by folder, the constants that are one plain text (nbsp).
func textConstants(all []source) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, s := range all {
		dir := path.Dir(s.path)
		if out[dir] == nil {
			out[dir] = map[string]string{}
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, sp := range g.Specs {
				v := sp.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
							if text, err := strconv.Unquote(lit.Value); err == nil {
								out[dir][name.Name] = text
							}
						}
					}
				}
			}
		}
	}
	return out
}

type gatherer struct {
	s      source
	consts map[string]string
	add    func(n ast.Node, text string)
}

// Visit is ast.Visitor's.
func (g *gatherer) Visit(n ast.Node) ast.Visitor {
	switch v := n.(type) {
	case *ast.ImportSpec, *ast.CaseClause:
		if c, ok := n.(*ast.CaseClause); ok { // what a case compares with is a code; what it does may speak
			for _, st := range c.Body {
				ast.Walk(g, st)
			}
		}
		return nil
	case *ast.Field:
		return nil // tags
	case *ast.CallExpr:
		return g.call(v)
	case *ast.BinaryExpr:
		if v.Op != token.ADD {
			return g
		}
		if parts, has := g.flatten(v); has {
			g.add(v, kept(joined(parts)))
			g.inside(v)
			return nil
		}
	case *ast.BasicLit:
		if v.Kind == token.STRING {
			if text, err := strconv.Unquote(v.Value); err == nil {
				g.add(v, kept(text))
			}
		}
	}
	return g
}

func (g *gatherer) call(v *ast.CallExpr) ast.Visitor {
	name := callee(v)
	for _, s := range silent {
		if name == s || strings.HasSuffix(name, "."+s) {
			return nil
		}
	}
	if strings.HasSuffix(name, ".Error") && len(v.Args) > 1 { // the log's
		return nil
	}
	for i, a := range v.Args {
		if parts, has := g.flatten(a); has && i < len(v.Args)-1 && verbs.MatchString(joined(parts)) {
			g.add(a, formatted(joined(parts)))
			for _, rest := range v.Args[i+1:] {
				ast.Walk(g, rest)
			}
			return nil
		}
	}
	return g
}

func callee(v *ast.CallExpr) string {
	switch f := v.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	case *ast.IndexExpr:
		return callee(&ast.CallExpr{Fun: f.X})
	}
	return ""
}

const gap = "\x00"

// flatten gives the parts of a sum of texts, gap for what changes; has tells
// whether a text of ours is in it.
func (g *gatherer) flatten(e ast.Expr) (parts []string, has bool) {
	switch v := e.(type) {
	case *ast.ParenExpr:
		return g.flatten(v.X)
	case *ast.BasicLit:
		if v.Kind == token.STRING {
			if text, err := strconv.Unquote(v.Value); err == nil {
				return []string{text}, true
			}
		}
	case *ast.Ident:
		if text, ok := g.consts[v.Name]; ok {
			return []string{text}, false
		}
	case *ast.BinaryExpr:
		if v.Op == token.ADD {
			a, hasA := g.flatten(v.X)
			b, hasB := g.flatten(v.Y)
			return append(a, b...), hasA || hasB
		}
	}
	return []string{gap}, false
}

// inside looks into the changing parts of a sum.
func (g *gatherer) inside(e ast.Expr) {
	switch v := e.(type) {
	case *ast.ParenExpr:
		g.inside(v.X)
	case *ast.BinaryExpr:
		g.inside(v.X)
		g.inside(v.Y)
	case *ast.BasicLit, *ast.Ident:
	default:
		ast.Walk(g, e)
	}
}

var (
	verbs = regexp.MustCompile(`%[-+#0]*\d*(?:\.\d+)?[sdvqcxXfT]`)
	slots = regexp.MustCompile(`%%|\x00|` + verbs.String())
)

func joined(parts []string) string { return strings.Join(parts, "") }

// kept is a text that may be a format used later.
func kept(text string) string {
	if verbs.MatchString(text) {
		return formatted(text)
	}
	return text
}

// formatted is a format with its verbs as gaps.
func formatted(text string) string {
	return slots.ReplaceAllStringFunc(text, func(v string) string {
		if v == "%%" {
			return "%"
		}
		return gap
	})
}

var (
	code    = regexp.MustCompile(`^[a-z0-9_.:/%*#=<>?&;,()\[\]{}|@+-]+$|^[A-Z0-9_]+$|^\.?[\w*-]+\.(\w{2,4}|%s)$|^https?:`)
	madeSQL = regexp.MustCompile(`(?i)^\s*(select|insert|update|delete|create|drop|alter|with|from|where|order by|group by|on conflict|and|join|left join|union|pragma|vacuum|set local|copy|begin;)\b.*[a-z_]+|^ARRAY|::|\$\d|\b[a-z]+\.[a-z_]+, [a-z]|\b(?:CAST|COALESCE)\(|RETURNING|(?:= |LIKE |ANY\()\?|\bIN \('|^[a-z_]+(?:, [a-z_]+)+$|^[a-z_]+, [a-z_]+, [a-z_]+,|^[a-z_]+ = '`)
)

// header is a name of the post’s protocols; plainWords a spreadsheet’s heading once folded.
var (
	header     = regexp.MustCompile(`^[A-Z][a-z]+(?:-[A-Z][a-z]+)+$|charset=|^\\[A-Z$]|^\+FLAGS|^user=|^%(?:PDF|%EOF)|^LC_ALL|^default-src`)
	plainWords = regexp.MustCompile(`^[a-z0-9' {}]+$|^ID[a-z]+$`)
)

// worthSaying leaves out codes, statements and what has no words.
func worthSaying(text string) bool {
	bare := strings.ReplaceAll(text, gap, "")
	longest, run := 0, 0
	for _, r := range bare {
		if unicode.IsLetter(r) {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	trimmed := strings.TrimSpace(bare)
	if strings.ToUpper(trimmed) == trimmed || header.MatchString(trimmed) || strings.Contains(trimmed, "wire: ") || strings.HasPrefix(trimmed, "<") || strings.HasPrefix(trimmed, "^") || strings.HasPrefix(trimmed, "# ") || strings.Contains(text, "SELECT ") {
		return false // capitals only, a protocol's word, a page's source
	}
	if longest < 2 || code.MatchString(trimmed) || madeSQL.MatchString(text) || strings.HasPrefix(trimmed, "ardoise ") {
		return false
	}
	return true
}

// withHoles writes the gaps as {1}, {2}; two gaps with nothing between are one.
func withHoles(text string) string {
	for strings.Contains(text, gap+gap) {
		text = strings.ReplaceAll(text, gap+gap, gap)
	}
	n := 0
	for strings.Contains(text, gap) {
		n++
		text = strings.Replace(text, gap, "{"+strconv.Itoa(n)+"}", 1)
	}
	return text
}

// translated gives the French side of the dictionary.
func translated(dictionary string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(dictionary) {
		if french, _, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t"); ok && !strings.HasPrefix(line, "#") {
			out[words.Plain(french)] = true
		}
	}
	return out
}

// untranslated are the phrases the dictionary lacks.
func untranslated(all []phrase, dictionary string) (missing []phrase) {
	have := translated(dictionary)
	for _, p := range all {
		if text := withHoles(p.text); !have[text] {
			missing = append(missing, phrase{text, p.at})
		}
	}
	return missing
}

// TestTheWindowSpeaksEnglish: each French text of the window has its English.
// ARDOISE_ENGLISH names a file that takes what is missing, ready to be completed.
func TestTheWindowSpeaksEnglish(t *testing.T) {
	missing := untranslated(phrases(readSources(t)), assets.English())
	if to := os.Getenv("ARDOISE_ENGLISH"); to != "" {
		var b strings.Builder
		for _, p := range missing {
			fmt.Fprintf(&b, "%s\t%s\n", p.text, p.at)
		}
		if err := os.WriteFile(to, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := words.Use(words.English, assets.English()); err != nil {
		t.Error(err)
	}
	if err := words.Use(words.French, ""); err != nil {
		t.Error(err)
	}
	if n := len(missing); n > 0 {
		for _, p := range missing[:min(n, 20)] {
			t.Logf("%s: %q", p.at, p.text)
		}
		t.Errorf("%d French texts have no English in assets/translations/english.tsv", n)
	}
}

func TestPlantedFrench(t *testing.T) {
	s, err := parse("ui/home/x.go", `package home
import "fmt"
const nbsp = "\u00a0"
func f(n int, who string) []string {
	log.Error("open failed", "err", who)
	return []string{"Annuler", "settings", "Fermeture de "+who+nbsp+": "+g(who, "absente"), fmt.Sprintf("%d repas à %s", n, who), "SELECT a FROM b"}
}
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range untranslated(phrases([]source{s}), "Annuler\tCancel\n") {
		got = append(got, p.text)
	}
	if want := []string{"Fermeture de {1} : {2}", "{1} repas à {2}"}; !slices.Equal(got, want) {
		t.Errorf("missing %q, want %q", got, want)
	}
}

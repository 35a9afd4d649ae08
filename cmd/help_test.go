package cmd

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"ardoise/assets"
)

// The pages of the help are held against the sources of the screens they are about: a key that is named must be one, a
// key that is one must be named.

// screen is what the sources of one folder of ui say.
type screen struct {
	keys    map[string]bool // every key it takes
	hints   []string        // those of its table of shortcuts
	section bool            // it has an entry of the rail, or is the door
}

// lists, choices and buttons of every screen take these.
var everywhere = []string{"Flèches", "Entrée", "Espace", "Tab", "Échap"}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}

// screens reads the folders of ui; the shell is under "".
func screens(all []source) map[string]*screen {
	out := map[string]*screen{}
	for _, s := range all {
		if s.helper() || !strings.HasPrefix(s.path, "ui/") {
			continue
		}
		folder := strings.TrimPrefix(path.Dir(s.path), "ui")
		folder = strings.TrimPrefix(folder, "/")
		sc := out[folder]
		if sc == nil {
			sc = &screen{keys: map[string]bool{}, section: folder == "signin" || folder == "setup"}
			out[folder] = sc
		}
		ast.Inspect(s.file, func(n ast.Node) bool { sc.look(n); return true })
	}
	return out
}

// look takes from one node of the sources what it says about keys.
func (sc *screen) look(n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		switch n.Name.Name {
		case "Section":
			sc.section = true
		case "NextTab":
			sc.keys["Ctrl+Tab"], sc.keys["Ctrl+Maj+Tab"] = true, true
		}
	case *ast.KeyValueExpr:
		name, ok := n.Key.(*ast.Ident)
		if !ok {
			return
		}
		switch text := literal(n.Value); {
		case text == "":
		case name.Name == "Hint":
			sc.keys[text] = true
			sc.hints = append(sc.hints, text)
		case name.Name == "Label":
			if _, after, ok := strings.Cut(text, "&"); ok && after != "" {
				sc.keys["Alt+"+strings.ToUpper(after[:1])] = true
			}
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		for i, a := range n.Args {
			if f.Sel.Name == "KeyHint" || f.Sel.Name == "NewKeyHints" && i%2 == 0 {
				sc.keys[literal(a)] = true
			}
		}
	case *ast.CaseClause: // letters of a grid
		for _, e := range n.List {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.CHAR {
				if r, _, _, err := strconv.UnquoteChar(strings.Trim(lit.Value, "'"), '\''); err == nil {
					sc.keys[string(unicode.ToUpper(r))] = true
				}
			}
		}
	case *ast.SelectorExpr:
		if digit, ok := strings.CutPrefix(n.Sel.Name, "Key"); ok && len(digit) == 1 && digit >= "1" && digit <= "9" {
			sc.keys[digit] = true
		}
		if n.Sel.Name == "OnPage" { // a grid turns its pages
			sc.keys["Page suiv."], sc.keys["Page préc."] = true, true
		}
	case *ast.ValueSpec: // a table of keys that the screen shows
		if len(n.Names) == 1 && strings.HasSuffix(n.Names[0].Name, "Keys") && len(n.Values) == 1 {
			if table, ok := n.Values[0].(*ast.CompositeLit); ok {
				for _, line := range table.Elts {
					if l, ok := line.(*ast.CompositeLit); ok && len(l.Elts) > 0 {
						sc.keys[literal(l.Elts[0])] = true
					}
				}
			}
		}
	}
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

func keysOf(text string) (out []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// untrueKeys names what a page says is a key and is none, there.
func untrueKeys(text string, of, shell *screen) (faults []string) {
	for _, k := range keysOf(text) {
		own := strings.HasPrefix(k, "Ctrl+Tab") || strings.HasPrefix(k, "Ctrl+Maj+Tab") // the shell's, for screens with tabs
		if !of.keys[k] && (own || !shell.keys[k]) && !slices.Contains(everywhere, k) {
			faults = append(faults, k+" is no key of that screen")
		}
	}
	return faults
}

// untoldKeys names the shortcuts of a screen that none of its pages tells.
func untoldKeys(text string, of *screen) (faults []string) {
	told := keysOf(text)
	for _, k := range of.hints {
		if !slices.Contains(told, k) {
			faults = append(faults, k+" is told on no page")
		}
	}
	return faults
}

var (
	headings = []string{"## Cinq gestes de tous les jours", "## Couleurs et lettres", "## Si c’est refusé", "## La règle derrière"}
	badSpace = regexp.MustCompile(`[^\x{a0}][:;?!»€]|«[^\x{a0}]`)
	english  = regexp.MustCompile(`(?i)\b(the|and|with|your|you|click|press|screen|save|key|this|that|from|of|is|are|error|help)\b`)
	numbered = regexp.MustCompile(`(?m)^[1-9]\. \*\*`)
)

// badPage says what is wrong with the shape and the writing of a page.
func badPage(text string) (faults []string) {
	var found, prose []string
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "## ") {
			found = append(found, line)
		}
		if !strings.HasPrefix(line, "![") {
			prose = append(prose, line)
		}
	}
	if !strings.HasPrefix(text, "# ") || !slices.Equal(found, headings) {
		faults = append(faults, "its headings are not those of a page of help")
	}
	if n := len(numbered.FindAllString(text, -1)); n != 5 {
		faults = append(faults, fmt.Sprintf("%d gestures, not five", n))
	}
	body := codeSpan.ReplaceAllString(strings.Join(prose, "\n"), "x")
	if i := strings.IndexAny(body, "'\""); i >= 0 {
		faults = append(faults, "a straight apostrophe or quote: "+near(body, i))
	}
	if at := badSpace.FindStringIndex(body); at != nil {
		faults = append(faults, "no no-break space: "+near(body, at[0]))
	}
	if w := english.FindString(body); w != "" {
		faults = append(faults, "English: "+w)
	}
	return faults
}

func near(text string, at int) string {
	return strings.ToValidUTF8(text[max(0, at-12):min(len(text), at+12)], "")
}

func TestTheHelpTellsTheTruthAboutTheKeys(t *testing.T) {
	ui := screens(readSources(t))
	pages := map[string]string{} // screen -> its pages, one after the other
	entries, err := assets.Help.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := assets.Help.ReadFile("help/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".md"), "-")
		if ui[id] == nil || !ui[id].section {
			t.Errorf("%s is about no screen", e.Name())
			continue
		}
		for _, f := range append(untrueKeys(string(text), ui[id], ui[""]), badPage(string(text))...) {
			t.Errorf("%s: %s", e.Name(), f)
		}
		pages[id] += string(text)
	}
	seen := 0
	for id, sc := range ui {
		if !sc.section {
			continue
		}
		seen++
		if pages[id] == "" {
			t.Errorf("%s has no page of help", id)
		}
		for _, f := range untoldKeys(pages[id], sc) {
			t.Errorf("%s: %s", id, f)
		}
	}
	if seen < 10 {
		t.Errorf("%d screens found: this test looks at too little", seen)
	}
}

func TestPlantedFaultsOfTheHelp(t *testing.T) {
	src, err := parse("ui/attic/view.go", `package attic
func Section() {}
var list = []kit.Shortcut{{Key: fyne.KeyF9, Hint: "F9", Label: "&Grenier"}}
func (p *page) letter(r rune) { switch r { case 'p': } }
`)
	if err != nil {
		t.Fatal(err)
	}
	attic, shell := screens([]source{src})["attic"], &screen{keys: map[string]bool{"Ctrl+K": true, "Ctrl+Tab": true}}
	if !attic.section {
		t.Error("the screen is not seen")
	}
	if got := untrueKeys("`F9` `Alt+G` `P` `Ctrl+K` `Entrée`", attic, shell); len(got) != 0 {
		t.Errorf("true keys refused: %v", got)
	}
	for _, k := range []string{"F8", "Alt+F", "Q", "Ctrl+Tab"} {
		if len(untrueKeys("`"+k+"`", attic, shell)) != 1 {
			t.Errorf("%s passes for a key", k)
		}
	}
	if len(untoldKeys("rien", attic)) != 1 || len(untoldKeys("`F9`", attic)) != 0 {
		t.Error("a key that no page tells is not seen")
	}
	good := "# Grenier\n\n" + headings[0] + "\n\n" + strings.Repeat("1. **Monter.** Par l’échelle\u00a0: «\u00a0doucement\u00a0».\n", 5) + "\n" + strings.Join(headings[1:], "\n\n")
	if got := badPage(good); len(got) != 0 {
		t.Errorf("a good page is refused: %v", got)
	}
	for name, bad := range map[string]string{
		"apostrophe": strings.Replace(good, "l’échelle", "l'échelle", 1),
		"space":      strings.Replace(good, "\u00a0:", " :", 1),
		"guillemets": strings.Replace(good, "«\u00a0", "« ", 1),
		"English":    strings.Replace(good, "Monter", "Press", 1),
		"headings":   strings.Replace(good, headings[2], "## Divers", 1),
		"gestures":   strings.Replace(good, "1. **Monter", "- **Monter", 1),
	} {
		if len(badPage(bad)) == 0 {
			t.Errorf("%s: nothing is seen", name)
		}
	}
}

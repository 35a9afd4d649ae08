package cmd

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/staff"
)

// source is one parsed file; path is relative to the repository, with slashes.
type source struct {
	path  string
	set   *token.FileSet
	file  *ast.File
	lines int
}

// helper says whether the file serves tests only: a _test.go file, or one of a package named so (storetest, ...).
func (s source) helper() bool {
	return strings.HasSuffix(s.path, "_test.go") || strings.HasSuffix(s.file.Name.Name, "test")
}

func (s source) at(n ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.set.Position(n.Pos()).Line, fmt.Sprintf(format, args...))
}

// imported gives the name under which the file knows a package, "" when it does not import it.
func (s source) imported(path string) string {
	for _, i := range s.file.Imports {
		if got, err := strconv.Unquote(i.Path.Value); err != nil || got != path {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		if path == "fyne.io/fyne/v2" {
			return "fyne"
		}
		return path[strings.LastIndexByte(path, '/')+1:]
	}
	return ""
}

// uses gives each place where the file names one of the functions of a package, called or handed on.
func (s source) uses(path string, functions ...string) (found []*ast.SelectorExpr) {
	name := s.imported(path)
	if name == "" {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && slices.Contains(functions, sel.Sel.Name) {
				found = append(found, sel)
			}
		}
		return true
	})
	return found
}

// statements recognises text that a database would run. Sentences that merely begin with "select" or "update" do not.
var statements = regexp.MustCompile(`(?s)^\s*(?:` +
	`(?:SELECT|select)\s.*\s(?:FROM|from)\s|` +
	`(?i:INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s|VACUUM\b|` +
	`CREATE\s+(?:TEMP\s+|UNIQUE\s+)?(?:TABLE|INDEX|TRIGGER|VIEW)\s|ALTER\s+TABLE\s|DROP\s+(?:TABLE|INDEX|TRIGGER|VIEW)\s|` +
	`WITH\s+(?:RECURSIVE\s+)?\w+(?:\s*\([^)]*\))?\s+AS\s*\())`)

// strayingSQL: whoever writes a statement outside data has a rule or a query in the wrong room.
func strayingSQL(s source) (faults []string) {
	if s.helper() || strings.HasPrefix(s.path, "data/") {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && statements.MatchString(text) {
				faults = append(faults, s.at(lit, "SQL outside data"))
			}
		}
		return true
	})
	return faults
}

// reading is a leave to read the machine's clock: how many times, and why.
type reading struct {
	times int
	why   string
}

// clocks names the few files below cmd that have such a leave. One that reads more often, or less, is a fault.
var clocks = map[string]reading{
	"data/store/store.go": {1, "the office's clock begins here, where whoever opens the store sets no other"},
}

// straysToClock: outside cmd the office has a clock, so that a test or --now can set it.
func straysToClock(s source) (faults []string) {
	if s.helper() || strings.HasPrefix(s.path, "cmd/") {
		return nil
	}
	found := s.uses("time", "Now", "Since", "Until")
	leave := clocks[s.path].times
	if len(found) < leave {
		faults = append(faults, fmt.Sprintf("%s may read the clock %d times and does it %d times: correct its leave", s.path, leave, len(found)))
	}
	for _, sel := range found[min(leave, len(found)):] {
		faults = append(faults, s.at(sel, "time.%s outside cmd: ask the office's clock", sel.Sel.Name))
	}
	return faults
}

// counting are the rooms where amounts are made, kept or added: no floating point in them, whatever for (invariant I14).
var counting = under("data/money", "data/ledger", "data/booking", "data/billing", "data/catalog",
	"data/bankfile")

func floats(s source) (faults []string) {
	if s.helper() || !counting(s.path) {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Name == "float64" || n.Name == "float32" {
				faults = append(faults, s.at(n, "%s where money is counted", n.Name))
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				faults = append(faults, s.at(n, "the number %s where money is counted", n.Value))
			}
		}
		return true
	})
	for _, sel := range s.uses("strconv", "ParseFloat", "FormatFloat") {
		faults = append(faults, s.at(sel, "strconv.%s where money is counted", sel.Sel.Name))
	}
	return faults
}

// runner is the one place of ui that starts goroutines and comes back from them.
var runner = regexp.MustCompile(`^ui/(?:runner/[^/]+|(?:[a-z]+/)?runner)\.go$`)

func goroutines(s source) (faults []string) {
	if s.helper() || !strings.HasPrefix(s.path, "ui/") || runner.MatchString(s.path) {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			faults = append(faults, s.at(g, "a goroutine outside the runner"))
		}
		return true
	})
	for _, sel := range s.uses("fyne.io/fyne/v2", "Do", "DoAndWait") {
		faults = append(faults, s.at(sel, "fyne.%s outside the runner", sel.Sel.Name))
	}
	return faults
}

// undocumented names the packages that do not say which room they are.
func undocumented(all []source) (faults []string) {
	said := map[string]bool{}
	for _, s := range all {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		folder := s.path[:max(strings.LastIndexByte(s.path, '/'), 0)]
		text := s.file.Doc.Text()
		said[folder] = said[folder] || strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") || strings.HasPrefix(text, "Command ")
	}
	for folder, ok := range said {
		if !ok {
			faults = append(faults, folder+": the package has no doc comment (Package x ... or Command x ...)")
		}
	}
	slices.Sort(faults)
	return faults
}

// tooLong is the length at which a file has outgrown its room; the test only says so.
const tooLong = 500

func outgrown(s source) (warnings []string) {
	if !strings.HasSuffix(s.path, "_test.go") && s.lines > tooLong {
		warnings = append(warnings, fmt.Sprintf("%s has %d lines (more than %d)", s.path, s.lines, tooLong))
	}
	return warnings
}

// trailKind finds the code of an action where the trail is written.
var trailKind = regexp.MustCompile(`^[a-z]+(?:\.[a-z_]+)+$`)

// unnamedActions: what the trail says happened is shown to people by its kind.
func unnamedActions(s source) (faults []string) {
	if s.helper() || !strings.HasPrefix(s.path, "data/") {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !strings.HasSuffix(strings.ToLower(callee(call)), "audit") || len(call.Args) < 3 {
			return true
		}
		if lit, ok := call.Args[1].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil && trailKind.MatchString(code) && staff.ActionLabel(code) == code {
				faults = append(faults, s.at(lit, "the trail has no French word for %q (staff.ActionLabel)", code))
			}
		}
		return true
	})
	return faults
}

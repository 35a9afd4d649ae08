package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// module is the import path of this repository.
const module = "ardoise"

// listed is what this test needs of one package of "go list -deps -json".
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	Error        *struct{ Err string }
}

// readList decodes the stream of objects that "go list -json" prints.
func readList(from io.Reader) ([]listed, error) {
	var all []listed
	for decoder := json.NewDecoder(from); ; {
		var one listed
		switch err := decoder.Decode(&one); err {
		case nil:
			all = append(all, one)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("go list: %w", err)
		}
	}
}

// floor is one level of the house: its rooms import lower floors only. The rooms of one floor do not know each other,
// unless the floor is open.
type floor struct {
	rooms []string
	open  bool
}

// floors goes from the ground up. A room is the package of that name and what lies in its folder; "x/*" is any folder
// of x that has no line of its own.
var floors = []floor{
	{rooms: []string{"assets", "data/fault"}},
	{rooms: []string{"data/money", "data/calendar", "data/bank"}},
	// What the post speaks and says: pure, or with a server; no database.
	{rooms: []string{"data/bankfile", "data/mailbox/message", "data/mailbox/reading", "data/mailbox/wire", "data/mailbox/mailtest"}},
	{rooms: []string{"data/store"}},
	{rooms: []string{"data/vault"}},
	{rooms: []string{"data/staff"}},
	{rooms: []string{"data/catalog"}},
	{rooms: []string{"data/family"}},
	{rooms: []string{"data/letter"}},
	{rooms: []string{"data/menu"}},
	{rooms: []string{"data/access"}},
	{rooms: []string{"data/ledger"}},
	{rooms: []string{"data/booking"}},
	{rooms: []string{"data/billing"}},
	{rooms: []string{"data/mailbox", "data/importer"}},
	// What concerns the whole base: copies, what is kept and for how long, a year that begins, another engine.
	{rooms: []string{"data/backup", "data/retention", "data/schoolyear", "data/server", "data/transfer"}},
	{rooms: []string{"data"}},
	{rooms: []string{"data/demo"}},
	{rooms: []string{"reports/page", "reports/sheet"}},
	{rooms: []string{"reports/*"}},
	// The counter where data is turned into what each report wants: for the window and the command alike.
	{rooms: []string{"reports/desk"}},
	{rooms: []string{"ui/theme"}},
	{rooms: []string{"ui/*"}, open: true},
	{rooms: []string{
		"ui/home", "ui/families", "ui/requests", "ui/bookings", "ui/kitchen", "ui/wallets", "ui/billing", "ui/inbox",
		"ui/settings", "ui/signin", "ui/setup",
	}},
	{rooms: []string{"ui"}},
	{rooms: []string{"cmd/*", "cmd"}, open: true},
}

// whole names the rooms that are one package only: a new folder in them needs a floor of its own.
var whole = []string{"data", "ui", "cmd"}

// place finds the room of a package and the floor it is on; -1 when the house has no such room.
func place(path string) (level int, room string) {
	level = -1
	for i, f := range floors {
		for _, r := range f.rooms {
			in := false
			if parent, any := strings.CutSuffix(r, "/*"); any {
				in = strings.HasPrefix(path, parent+"/")
			} else {
				in = path == r || strings.HasPrefix(path, r+"/") && !slices.Contains(whole, r)
			}
			// The longest name wins: data/demo before data, ui/home before ui/*.
			if in && len(strings.TrimSuffix(r, "*")) > len(strings.TrimSuffix(room, "*")) {
				level, room = i, r
			}
		}
	}
	return level, room
}

// inHouse cuts the module's name off an import path; ok is false for other people's packages.
func inHouse(path string) (string, bool) {
	return strings.CutPrefix(path, module+"/")
}

// wrongArrows names each import that does not go to a lower floor.
func wrongArrows(all []listed) (faults []string) {
	for _, p := range all {
		from, ok := inHouse(p.ImportPath)
		if !ok {
			continue
		}
		level, room := place(from)
		if level < 0 {
			faults = append(faults, fmt.Sprintf("%s has no floor: name it in cmd/floors_test.go and in CONTRIBUTING.md", from))
			continue
		}
		for _, imported := range p.Imports {
			to, ok := inHouse(imported)
			if !ok {
				continue
			}
			lower, other := place(to)
			sameRoom := other == room && (!strings.HasSuffix(room, "/*") || strings.HasPrefix(to, from+"/") || strings.HasPrefix(from, to+"/"))
			switch {
			case lower < 0, lower < level:
				// An unknown room is told of once, as a package of its own.
			case lower == level && (sameRoom || floors[level].open):
			case lower == level:
				faults = append(faults, fmt.Sprintf("%s imports %s: rooms of one floor do not know each other", from, to))
			default:
				faults = append(faults, fmt.Sprintf("%s imports %s, which is on a higher floor", from, to))
			}
		}
	}
	return faults
}

// border keeps a family of packages where it belongs.
type border struct {
	what    string
	match   func(path string) bool
	allowed func(room string) bool
	deep    bool // what is imported by way of others counts as well
	tests   bool // the imports of tests count as well
}

func under(roots ...string) func(string) bool {
	return func(path string) bool {
		return slices.ContainsFunc(roots, func(root string) bool {
			return path == root || strings.HasPrefix(path, root+"/")
		})
	}
}

var borders = []border{
	{
		what:  "Fyne",
		match: under("fyne.io", "github.com/dweymouth/fyne-tooltip", "github.com/ErikKalkoken/fyne-kx"),
		// ui's tests and the program draw; everything else must build without C and without a display.
		allowed: under("ui", "cmd/ardoise"), deep: true, tests: true,
	},
	{
		what: "Fyne's window driver", match: under("fyne.io/fyne/v2/app"),
		allowed: under("cmd/ardoise"), deep: true, tests: true,
	},
	{
		what: "SQL",
		match: under("database/sql", "github.com/mattn/go-sqlite3", "github.com/jackc/pgx", "github.com/pressly/goose",
			"modernc.org/sqlite", "github.com/lib/pq"),
		allowed: under("data"),
	},
	{
		what: "the PDF library", match: under("github.com/jung-kurt/gofpdf"),
		allowed: under("reports/page"),
	},
}

// crossed names each package that reaches over a border.
func crossed(all []listed) (faults []string) {
	for _, p := range all {
		from, ok := inHouse(p.ImportPath)
		if !ok {
			continue
		}
		for _, b := range borders {
			if b.allowed(from) {
				continue
			}
			reached := p.Imports
			if b.deep {
				reached = p.Deps
			}
			if b.tests {
				reached = slices.Concat(reached, p.TestImports, p.XTestImports)
			}
			if i := slices.IndexFunc(reached, b.match); i >= 0 {
				faults = append(faults, fmt.Sprintf("%s reaches %s, by %s", from, b.what, reached[i]))
			}
		}
	}
	return faults
}

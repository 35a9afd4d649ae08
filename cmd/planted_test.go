package cmd

import (
	"strings"
	"testing"
)

// The tests of this file plant one fault for each rule, and one lawful neighbour: a rule that finds nothing in the first
// or something in the second is no rule.

func pkg(path string, imports ...string) listed {
	return listed{ImportPath: path, Imports: imports, Deps: imports}
}

func TestPlantedArrows(t *testing.T) {
	for _, c := range []struct {
		name  string
		all   []listed
		fault string // "" where nothing is wrong
	}{
		{"downwards", []listed{pkg("ardoise/data/booking", "ardoise/data/ledger", "ardoise/data/fault", "context")}, ""},
		{"upwards", []listed{pkg("ardoise/data/ledger", "ardoise/data/booking")}, "higher floor"},
		{"the front door from inside", []listed{pkg("ardoise/data/store", "ardoise/data")}, "higher floor"},
		{"data to reports", []listed{pkg("ardoise/data/booking", "ardoise/reports/kitchen")}, "higher floor"},
		{"reports to ui", []listed{pkg("ardoise/reports/kitchen", "ardoise/ui/widgets")}, "higher floor"},
		{"ui to cmd", []listed{pkg("ardoise/ui", "ardoise/cmd/ardoise")}, "higher floor"},
		{"same floor", []listed{pkg("ardoise/data/money", "ardoise/data/calendar")}, "do not know each other"},
		{"vault below staff", []listed{pkg("ardoise/data/staff", "ardoise/data/vault")}, ""},
		{"staff above vault", []listed{pkg("ardoise/data/vault", "ardoise/data/staff")}, "higher floor"},
		{"a screen to a screen", []listed{pkg("ardoise/ui/bookings", "ardoise/ui/families")}, "do not know each other"},
		{"a screen to a widget", []listed{pkg("ardoise/ui/bookings", "ardoise/ui/widgets", "ardoise/ui/theme")}, ""},
		{"widgets to the runner", []listed{pkg("ardoise/ui/widgets", "ardoise/ui/runner")}, ""},
		{"a widget to a screen", []listed{pkg("ardoise/ui/widgets", "ardoise/ui/home")}, "higher floor"},
		{"a report to a report", []listed{pkg("ardoise/reports/kitchen", "ardoise/reports/receipt")}, "do not know each other"},
		{"a report to the page", []listed{pkg("ardoise/reports/kitchen", "ardoise/reports/page", "ardoise/data")}, ""},
		{"a room's own folder", []listed{pkg("ardoise/data/store/storetest", "ardoise/data/store")}, ""},
		{"the demo by the front door", []listed{pkg("ardoise/data/demo", "ardoise/data")}, ""},
		{"the front door to the demo", []listed{pkg("ardoise/data", "ardoise/data/demo")}, "higher floor"},
		{"an unknown room", []listed{pkg("ardoise/data/attic")}, "has no floor"},
		{"an unknown top", []listed{pkg("ardoise/lib")}, "has no floor"},
	} {
		expect(t, c.name, wrongArrows(c.all), c.fault)
	}
}

func TestPlantedBorders(t *testing.T) {
	const fyne, driver = "fyne.io/fyne/v2", "fyne.io/fyne/v2/app"
	for _, c := range []struct {
		name  string
		p     listed
		fault string
	}{
		{"ui draws", pkg("ardoise/ui/home", fyne), ""},
		{"the program opens a window", pkg("ardoise/cmd/ardoise", fyne, driver), ""},
		{"data draws", pkg("ardoise/data/booking", fyne), "reaches Fyne"},
		{"the command draws by way of ui", listed{ImportPath: "ardoise/cmd/ardoisectl", Imports: []string{"ardoise/ui"}, Deps: []string{"ardoise/ui", fyne}}, "reaches Fyne"},
		{"a report borrows a font", pkg("ardoise/reports/page", "fyne.io/fyne/v2/theme"), "reaches Fyne"},
		{"ui opens a window", pkg("ardoise/ui", driver), "window driver"},
		{"a test of ui opens a window", listed{ImportPath: "ardoise/ui/home", TestImports: []string{driver}}, "window driver"},
		{"an outer test of ui opens a window", listed{ImportPath: "ardoise/ui/home", XTestImports: []string{driver}}, "window driver"},
		{"the store speaks SQL", pkg("ardoise/data/store", "database/sql", "github.com/jackc/pgx/v5/stdlib"), ""},
		{"a report speaks SQL", pkg("ardoise/reports/kitchen", "database/sql"), "reaches SQL"},
		{"the program links a driver", pkg("ardoise/cmd/ardoise", "github.com/mattn/go-sqlite3"), "reaches SQL"},
		{"the page prints", pkg("ardoise/reports/page", "github.com/jung-kurt/gofpdf"), ""},
		{"a report prints by itself", pkg("ardoise/reports/receipt", "github.com/jung-kurt/gofpdf"), "the PDF library"},
		{"other people's packages are theirs", pkg("github.com/pressly/goose/v3", "database/sql"), ""},
	} {
		expect(t, c.name, crossed([]listed{c.p}), c.fault)
	}
}

func TestPlantedSources(t *testing.T) {
	for _, c := range []struct {
		name, path, text string
		fault            string
	}{
		{"a query in a screen", "ui/home/model.go", "const q = `\n  SELECT a, b\n  FROM booking WHERE c = $1`", "SQL outside data"},
		{"a query in small letters", "cmd/ardoisectl/x.go", `const q = "select id from family where id = $1"`, "SQL outside data"},
		{"an insert in a report", "reports/kitchen/x.go", `const q = "INSERT INTO booking (a) VALUES (1)"`, "SQL outside data"},
		{"an update", "ui/x.go", `const q = "update wallet set balance = 0"`, "SQL outside data"},
		{"a common table", "ui/x.go", `const q = "WITH days AS (SELECT 1) SELECT * FROM days"`, "SQL outside data"},
		{"a pragma", "cmd/ardoise/x.go", `const q = "PRAGMA journal_mode=WAL"`, "SQL outside data"},
		{"a query at home", "data/booking/x.go", `const q = "SELECT a FROM booking WHERE b"`, ""},
		{"a sentence", "ui/x.go", `const s = "Select a day, then take it from the list"`, ""},
		{"a sentence about updates", "ui/x.go", `const s = "Update the list of families"`, ""},
		{"a test may plant", "cmd/ardoisectl/x_test.go", `const q = "DROP INDEX booking_live"`, ""},

		{"an action without a word", "data/booking/x.go", `func f() error { return staff.Audit(tx, "strange.thing", "a:1", "") }`, "no French word"},
		{"an action with one", "data/booking/x.go", `func f() error { return staff.Audit(tx, "booking.commit", "a:1", "") }`, ""},

		{"the clock in data", "data/booking/x.go", "import \"time\"\nvar n = time.Now()", "time.Now outside cmd"},
		{"the clock handed on", "data/booking/x.go", "import \"time\"\nvar n = time.Now", "time.Now outside cmd"},
		{"the clock under another name", "ui/x.go", "import tm \"time\"\nvar n = tm.Until(tm.Time{})", "time.Until outside cmd"},
		{"the clock in cmd", "cmd/ardoise/x.go", "import \"time\"\nvar n = time.Now()", ""},
		{"the clock in a test", "data/booking/x_test.go", "import \"time\"\nvar n = time.Now()", ""},
		{"the clock where there is a leave", "data/store/store.go", "import \"time\"\nvar n = time.Now", ""},
		{"the clock beyond the leave", "data/store/store.go", "import \"time\"\nvar n, m = time.Now, time.Now", "time.Now outside cmd"},
		{"a leave without use", "data/store/store.go", "import \"time\"\nvar n time.Time", "correct its leave"},
		{"another Now", "data/booking/x.go", "var n = tx.Now()", ""},

		{"a float type", "data/money/x.go", "func f(x float64) {}", "float64 where money is counted"},
		{"a float field", "data/catalog/x.go", "type t struct{ price float32 }", "float32 where money is counted"},
		{"a float number", "data/ledger/x.go", "var x = 0.5", "the number 0.5"},
		{"a float from text", "data/billing/x.go", "import \"strconv\"\nvar x, _ = strconv.ParseFloat(\"1\", 64)", "strconv.ParseFloat"},
		{"a float on a screen", "ui/theme/x.go", "var size float32 = 12.5", ""},
		{"cents", "data/money/x.go", "type Cents int64", ""},

		{"a goroutine in a screen", "ui/home/view.go", "func f() { go f() }", "a goroutine outside the runner"},
		{"coming back by oneself", "ui/home/view.go", "import \"fyne.io/fyne/v2\"\nfunc f() { fyne.Do(f) }", "fyne.Do outside the runner"},
		{"waiting by oneself", "ui/x.go", "import \"fyne.io/fyne/v2\"\nfunc f() { fyne.DoAndWait(f) }", "fyne.DoAndWait outside the runner"},
		{"the runner", "ui/runner.go", "import \"fyne.io/fyne/v2\"\nfunc f() { go f(); fyne.Do(f) }", ""},
		{"the runner's own folder", "ui/runner/runner.go", "func f() { go f() }", ""},
		{"not quite the runner", "ui/home/forerunner.go", "func f() { go f() }", "a goroutine outside the runner"},
		{"a goroutine in the store", "data/store/x.go", "func f() { go f() }", ""},
	} {
		s, err := parse(c.path, "package x\n"+c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var faults []string
		for _, rule := range perFile {
			faults = append(faults, rule(s)...)
		}
		expect(t, c.name, faults, c.fault)
	}
}

func TestPlantedSilence(t *testing.T) {
	for _, c := range []struct{ name, path, text, fault string }{
		{"a package that says what it is", "data/x/x.go", "// Package x is a room.\npackage x", ""},
		{"a program that says what it is", "cmd/x/main.go", "// Command x runs.\npackage main", ""},
		{"a silent package", "data/x/x.go", "package x", "no doc comment"},
		{"a package that says something else", "data/x/x.go", "// TODO\npackage x", "no doc comment"},
		{"a folder of tests", "cmd/x_test.go", "package cmd", ""},
	} {
		s, err := parse(c.path, c.text)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.name, undocumented([]source{s}), c.fault)
	}
}

func TestPlantedLength(t *testing.T) {
	long := strings.Repeat("\n", tooLong)
	for _, c := range []struct{ name, path, text, warning string }{
		{"just enough", "ui/x.go", "package x" + long, ""},
		{"one line more", "ui/x.go", "package x\n" + long, "has 501 lines"},
		{"tests may be long", "ui/x_test.go", "package x\n" + long, ""},
	} {
		s, err := parse(c.path, c.text)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.name, outgrown(s), c.warning)
	}
}

func TestPlantedList(t *testing.T) {
	all, err := readList(strings.NewReader(`{"ImportPath":"a","Imports":["b"]}{"ImportPath":"b","Error":{"Err":"broken"}}`))
	if err != nil || len(all) != 2 || all[0].Imports[0] != "b" || all[1].Error == nil {
		t.Errorf("read %+v, %v", all, err)
	}
	if _, err := readList(strings.NewReader(`{"ImportPath":`)); err == nil {
		t.Error("half a list was taken for a whole one")
	}
}

// expect wants exactly one fault that holds the words, or none where there are no words.
func expect(t *testing.T, name string, faults []string, words string) {
	t.Helper()
	switch {
	case words == "" && len(faults) > 0:
		t.Errorf("%s: nothing is wrong here, yet: %q", name, faults)
	case words != "" && (len(faults) != 1 || !strings.Contains(faults[0], words)):
		t.Errorf("%s: %q, one fault saying %q was expected", name, faults, words)
	}
}

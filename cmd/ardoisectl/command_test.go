package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/xuri/excelize/v2"

	"ardoise/data/calendar"
	"ardoise/data/store/storetest"
)

// TestHelpIsFrenchAndComplete asks every command for its help.
func TestHelpIsFrenchAndComplete(t *testing.T) {
	c := newCtl(t, "")
	tree := (&cli{out: &bytes.Buffer{}, err: &bytes.Buffer{}, getenv: func(string) string { return "" }}).root()
	seen := 0
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		seen++
		if cmd.Short == "" {
			t.Errorf("%v has no description", path)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%v: --%s has no description", path, f.Name)
			}
		})
		r := c.run(append(slices.Clone(path), "--help")...)
		if r.code != exitDone || !strings.Contains(r.out, "Emploi :") || !strings.Contains(r.out, "ardoisectl") {
			t.Errorf("%v --help: exit %d\n%s%s", path, r.code, r.out, r.err)
		}
		for _, english := range []string{"Usage:", "Flags:", "[flags]", "help for", "(default", "Available", "completion", " string ", " int "} {
			if strings.Contains(r.out, english) {
				t.Errorf("%v --help says %q:\n%s", path, english, r.out)
			}
		}
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				walk(sub, append(slices.Clone(path), sub.Name()))
			}
		}
	}
	walk(tree, nil)
	if seen < 45 {
		t.Errorf("only %d commands looked at", seen)
	}
	if r := c.run("--lang", "en", "--help"); !strings.Contains(r.out, "Emploi") || !strings.Contains(plain(r.out), "l’aide et les réponses restent en français") {
		t.Error("--lang en --help:", r.out)
	}
}

// keys lists the paths of a JSON value: "lines[].price".
func keys(v any, at string, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			path := strings.TrimPrefix(at+"."+k, ".")
			into[path] = true
			keys(x, path, into)
		}
	case []any:
		for _, x := range v {
			keys(x, at+"[]", into)
		}
	}
}

// TestKeysOfJSON holds the keys of ctl.md: they may grow, never shrink.
func TestKeysOfJSON(t *testing.T) {
	w := newTown(t)
	w.rich()
	id, child := number10(w.garance), number10(w.ysoline)
	sheet := []string{"headcount", "--service", canteen, "--date", "2026-12-07"}
	for _, tc := range []struct {
		args []string
		keys string
	}{
		{[]string{"families", "search", "garance"}, "[].id [].name [].email [].balance [].children [].children[].id [].children[].first_name [].children[].last_name [].children[].birth_date [].children[].class [].children[].diet"},
		{[]string{"requests", "list"}, "[].id [].child [].service [].status [].received [].missing"},
		{[]string{"cutoff", "--service", canteen, "--date", "2026-12-07"}, "date for instant rule"},
		{[]string{"book", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07,2026-12-08"}, "lines lines[].child lines[].date lines[].verdict lines[].reason lines[].price lines[].cutoff total balance_after receipt"},
		{[]string{"cancel", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-08"}, "lines lines[].child lines[].date lines[].verdict lines[].reason lines[].price lines[].cutoff total balance_after receipt"},
		{append(slices.Clone(sheet), "--send"), "date version sent_at total groups groups[].school groups[].sitting groups[].age_group groups[].diet groups[].count changes"},
		{[]string{"wallet", "show", id}, "family balance floor"},
		{[]string{"wallet", "statement", id}, "lines lines[].date lines[].label lines[].debit lines[].credit lines[].balance"},
		{[]string{"verify"}, "ok checks checks[].id checks[].ok checks[].detail"},
		{[]string{"import", "onde", "--school", "École de Saint-Marcel", "--pupils", write(t, "e.csv", dayPupils), "--guardians", write(t, "r.csv", dayGuardians)}, "families children created updated unchanged refused refused[].file refused[].line refused[].reason"},
		{[]string{"receipts", "list"}, "[].number [].amount [].means [].family [].payer [].balance_after"},
		{[]string{"catalog", "show"}, "communes[].insee services[].id services[].code schools[].id classes[].name"},
		{[]string{"catalog", "services"}, "[].id [].code"},
		{[]string{"mail", "outbox"}, "[].id [].to [].subject [].state"},
		{[]string{"families", "show", id}, "id name email balance children guardians address"},
		{[]string{"close", "--service", canteen, "--date", "2026-12-07", "--reason", "Neige"}, "cancelled families total lines[].child"},
		{[]string{"headcount", "--service", canteen, "--date", "2026-12-01", "--to", "2026-12-31"}, "date to total days"},
	} {
		w.keys(tc.keys, tc.args...)
	}
	r := w.run("wallet", "show", "9999", "--json")
	var e map[string]errorJSON
	decode(t, r.out, &e)
	if r.code != exitRefused || e["error"].Kind != "not_found" || !strings.HasSuffix(e["error"].Message, ".") || r.err != "" {
		t.Errorf("error: exit %d, %s, %q", r.code, r.out, r.err)
	}
}

// keys runs a command with --json that must succeed and wants these keys.
func (c *ctl) keys(wanted string, args ...string) {
	c.t.Helper()
	r := c.run(append(args, "--json")...)
	var v any
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != exitDone {
		c.t.Errorf("%v: exit %d, %v\n%s%s", args, r.code, err, r.out, r.err)
		return
	}
	have := map[string]bool{}
	keys(v, "", have)
	for want := range strings.FieldsSeq(wanted) {
		if !have[want] && !have["[]."+want] {
			c.t.Errorf("%v: no key %s in %s", args, want, sorted(have))
		}
	}
}

func sorted(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Every list that is empty is [] for machines and a sentence for people.
func TestEmptyLists(t *testing.T) {
	c := newCtl(t, filepath.Join(t.TempDir(), "vide.db"))
	c.ok("demo", "create", "--families", "0")
	for _, args := range [][]string{{"families", "search", "personne"}, {"requests", "list"}, {"receipts", "list"}, {"mail", "outbox"}} {
		if out := c.ok(append(args, "--json")...); strings.TrimSpace(out) != "[]" {
			t.Errorf("%v --json: %s", args, out)
		}
		if out := c.ok(args...); !strings.HasPrefix(out, "Aucun") {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// TestVerifySeesAFault plants one: a balance changed behind the program's back.
func TestVerifySeesAFault(t *testing.T) {
	w := newTown(t)
	w.rich()
	w.clean()
	db, err := sql.Open("sqlite3", w.db)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`UPDATE account SET balance = balance + 1 WHERE kind = 'wallet'`)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	r := w.run("verify", "--json")
	var out struct {
		OK     bool
		Checks []checkJSON
	}
	decode(t, r.out, &out)
	bad := map[string]bool{}
	for _, k := range out.Checks {
		if !k.OK {
			bad[k.ID] = true
		}
	}
	if r.code != exitRefused || out.OK || !bad["I2"] {
		t.Errorf("exit %d, failed checks %v", r.code, bad)
	}
	if r := w.run("verify"); r.code != exitRefused || !strings.Contains(r.out, "FAUX") {
		t.Errorf("exit %d\n%s", r.code, r.out)
	}
	// Nothing else works on it, and a demonstration can still be made anew.
	w.refused(exitEnvironment, "la somme des comptes vaut", "families", "show", number10(w.garance))
	w.ok("demo", "reset")
}

// TestListsAreOfToday: what lapsed since the last command shows in the lists,
// without a window that was opened meanwhile.
func TestListsAreOfToday(t *testing.T) {
	w := newTown(t)
	var before, after []struct{ Kind string }
	w.json(&before, "mail", "outbox")
	w.now = time.Date(2027, 11, 5, 9, 0, 0, 0, calendar.Paris) // the health forms end within a month
	w.json(&after, "mail", "outbox")
	if len(after) <= len(before) || after[0].Kind != "document.warning" {
		t.Errorf("%d letters, then %d: %+v", len(before), len(after), after[:1])
	}
}

func TestBackupAndRestore(t *testing.T) {
	w := newTown(t)
	w.rich()
	dir := t.TempDir()
	var kept struct {
		File  string
		Bytes int64
	}
	before := dump(t, w.db)
	w.json(&kept, "backup", dir)
	if info, err := os.Stat(kept.File); err != nil || info.Size() != kept.Bytes || kept.Bytes == 0 {
		t.Fatal(kept, err)
	}
	w.ok("book", "--child", number10(w.ysoline), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07")
	w.refused(exitRefused, "introuvable", "restore", filepath.Join(dir, "autre.db"))
	w.refused(exitRefused, "n’est pas une sauvegarde d’Ardoise", "restore", write(t, "faux.db", "rien d’une base"))
	var done struct{ Noted bool }
	w.json(&done, "restore", kept.File)
	if after := dump(t, w.db); after != before {
		t.Error("the restored database differs:", firstDifference(before, after))
	}
	if !done.Noted {
		t.Error("the restore is not in the journal")
	}
	w.clean() // the journal's end kept outside is accepted as it is
	aside, err := filepath.Glob(filepath.Join(filepath.Dir(w.db), "*avant-restauration*"))
	if err != nil || len(aside) != 1 {
		t.Error("the database that was there is not kept:", aside, err)
	}
	// nothing there at all: a restore makes the database
	c := newCtl(t, filepath.Join(t.TempDir(), "neuf.db"))
	c.ok("restore", kept.File)
	c.ok("verify")
}

func TestDemoCreateAndReset(t *testing.T) {
	c := newCtl(t, "") // the user's own folder
	var made struct {
		Families, Children, Bookings int
		Database                     string
	}
	c.json(&made, "demo", "create", "--families", "12", "--days", "20")
	if made.Families != 12 || made.Children < 12 || made.Bookings == 0 || !isFile(made.Database) {
		t.Fatalf("created: %+v", made)
	}
	c.db = made.Database
	c.ok("verify")
	c.refused(exitRefused, "déjà une démonstration", "demo", "create", "--families", "12")
	c.db = ""
	c.refused(exitRefused, "0 à 200 000", "demo", "create", "--families", "-3", "--db", made.Database+"x")
	if isFile(made.Database + "x") {
		t.Error("a refused demonstration left a file behind")
	}
	c.ok("demo", "reset")
	if isFile(made.Database) {
		t.Error("the demonstration is still there")
	}
	c.ok("demo", "reset") // nothing there: nothing to do
	// a real database is never taken for one
	real := newCtl(t, filepath.Join(t.TempDir(), "mairie.db"))
	real.env["ARDOISE_PASSWORD"] = password
	real.ok("admin", "create", "nperret")
	real.refused(exitRefused, "n’est pas une démonstration", "demo", "reset")
	real.refused(exitRefused, "a déjà des agents", "demo", "create")
	real.refused(exitRefused, "démonstration", "--user", "nperret", "bench")
}

func TestDemoOnPostgres(t *testing.T) {
	c := newCtl(t, storetest.PostgresURL(t))
	var made struct{ Families, Bookings int }
	c.json(&made, "demo", "create", "--families", "8", "--days", "20")
	if made.Families != 8 || made.Bookings == 0 {
		t.Errorf("created: %+v", made)
	}
	c.ok("verify")
	c.refused(exitRefused, "déjà une démonstration", "demo", "create")
	c.refused(exitRefused, "Sur PostgreSQL", "demo", "reset")
	c.ok("bench", "--runs", "3")
	c.ok("verify")
}

// An interrupted command says so, and leaves nothing half done.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	path := filepath.Join(t.TempDir(), "demo.db")
	var out, errw bytes.Buffer
	code := run(ctx, []string{"--db", path, "demo", "create"}, strings.NewReader(""), &out, &errw, func(string) string { return "" }, time.Now)
	if code != exitEnvironment || !strings.Contains(errw.String(), "Interrompu") {
		t.Errorf("exit %d: %s%s", code, out.String(), errw.String())
	}
	if isFile(path) {
		t.Error("a file is left behind")
	}
}

func TestDemoDay(t *testing.T) {
	c := newCtl(t, "")
	out := filepath.Join(t.TempDir(), "papiers")
	var day struct {
		OK    bool
		Steps []string
		Files []string
	}
	c.json(&day, "demo", "day", "--out", out, "--families", "12")
	if !day.OK || len(day.Steps) < 12 || len(day.Files) != 5 {
		t.Fatalf("%+v", day)
	}
	for _, f := range day.Files {
		if info, err := os.Stat(f); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", f, err)
		}
	}
	sameNumbers(t, day.Steps, day.Files)
	human := c.ok("demo", "day", "--out", out, "--families", "12")
	for _, want := range []string{"Liste ONDE importée", "Demande acceptée", "Annulé à temps", "Annulé hors délai", "rien n’est rendu", "Feuille n° 2", "tout est juste"} {
		if !strings.Contains(plain(human), want) {
			t.Errorf("the day does not say « %s »:\n%s", want, human)
		}
	}
}

// TestBench: what is measured leaves live bookings and balances as they were.
func TestBench(t *testing.T) {
	c := newCtl(t, filepath.Join(t.TempDir(), "mesures.db"))
	c.ok("demo", "create", "--families", "30", "--days", "60")
	state := func() string {
		db, err := sql.Open("sqlite3", "file:"+c.db+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		live := column(t, db, `SELECT child_id || ' ' || service_id || ' ' || day || ' ' || state FROM booking WHERE state <> 'cancelled' ORDER BY 1`)
		live = append(live, column(t, db, `SELECT code || ' ' || balance FROM account ORDER BY 1`)...)
		live = append(live, column(t, db, `SELECT service_id || ' ' || day || ' ' || sitting_id || ' ' || taken FROM day_load ORDER BY 1`)...)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return strings.Join(live, "\n")
	}
	before := state()
	var out benchJSON
	c.json(&out, "bench", "--runs", "3")
	if len(out.Rows) != 16 {
		t.Errorf("%d rows", len(out.Rows))
	}
	for _, r := range out.Rows {
		if r.Ours <= 0 || r.Peer > 0 && (r.Ratio <= 0 || r.Peer <= r.Most) { // the books had no peer
			t.Errorf("%+v", r)
		}
	}
	if after := state(); after != before {
		t.Error("bench changed the database:", firstDifference(before, after))
	}
	c.ok("verify")
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	tb := columns("Élève", ">Solde")
	tb.row("Zoé", "1 250,40 €")
	tb.row("Anne-Sophie", "0,00 €")
	tb.print(&b, "")
	want := "Élève             Solde\nZoé          1 250,40 €\nAnne-Sophie      0,00 €\n"
	if plain(b.String()) != want {
		t.Errorf("got\n%s", b.String())
	}
	for n, want := range map[int]string{0: "0 repas", 1: "1 repas", 2: "2 repas"} {
		if got := count(n, "repas", "repas"); got != want {
			t.Error(got)
		}
	}
}

// The day is played once on a database that is kept.
func TestDemoDayKept(t *testing.T) {
	c := newCtl(t, filepath.Join(t.TempDir(), "journee.db"))
	out := t.TempDir()
	c.ok("demo", "day", "--out", out, "--families", "4")
	c.now = c.now.AddDate(0, 1, 0)
	c.refused(exitRefused, "déjà été jouée", "demo", "day", "--out", out)
	c.ok("verify")
}

// sameNumbers finds the total that was told to the kitchen in its workbook and,
// where pdftotext is there, in its PDF.
func sameNumbers(t *testing.T, steps, files []string) {
	t.Helper()
	said := regexp.MustCompile(`^Feuille n°.2.: (\d+) repas`)
	var total string
	for _, s := range steps {
		if m := said.FindStringSubmatch(plain(s)); m != nil {
			total = m[1]
		}
	}
	if total == "" {
		t.Fatalf("no total in %q", steps)
	}
	for _, f := range files {
		if !strings.Contains(f, "effectifs") {
			continue
		}
		switch filepath.Ext(f) {
		case ".xlsx":
			book, err := excelize.OpenFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if got := book.GetSheetList(); !slices.Equal(got, []string{"Effectifs", "Noms", "PAI", "Mois"}) {
				t.Error("sheets:", got)
			}
			rows, err := book.GetRows("Effectifs")
			if err = errors.Join(err, book.Close()); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, r := range rows {
				found = found || len(r) > 0 && r[0] == "Total à préparer" && slices.Contains(r, total)
			}
			if !found {
				t.Errorf("the workbook does not hold %s: %v", total, rows)
			}
		case ".pdf":
			text, err := exec.Command("pdftotext", "-layout", f, "-").Output()
			if errors.Is(err, exec.ErrNotFound) {
				t.Log("pdftotext is not here: the PDF is not read back")
			} else if err != nil || !regexp.MustCompile(`Total à préparer.*\b`+total+`\b`).Match(text) {
				t.Errorf("the PDF does not hold %s: %v\n%s", total, err, text)
			}
		}
	}
}

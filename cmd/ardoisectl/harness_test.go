package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

// asCommand makes the test's own program the command itself: mail watch is tested
// as a process.
const asCommand = "ARDOISE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	cost = &stafftest.Fast
	if os.Getenv(asCommand) != "" {
		main()
	}
	storetest.Main(m)
}

// ctl runs commands on one database, in this process, with a clock that stands
// still until a test moves it.
type ctl struct {
	t     *testing.T
	db    string
	now   time.Time
	env   map[string]string
	stdin string
	user  string
	owner string // the address of the account that owns a server's base; "": db's own
}

func newCtl(t *testing.T, db string) *ctl {
	t.Helper()
	home := t.TempDir() // the witness of PostgreSQL's journal goes there
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	return &ctl{t: t, db: db, now: storetest.Start, env: map[string]string{}}
}

type result struct {
	code     int
	out, err string
}

func (c *ctl) run(args ...string) result {
	c.t.Helper()
	var out, errw bytes.Buffer
	if c.db != "" {
		args = append([]string{"--db", c.db}, args...)
	}
	if c.user != "" {
		args = append([]string{"--user", c.user}, args...)
	}
	code := run(context.Background(), args, strings.NewReader(c.stdin), &out, &errw, func(k string) string { return c.env[k] }, func() time.Time { return c.now })
	return result{code, out.String(), errw.String()}
}

// ok runs a command that must succeed and gives its human output.
func (c *ctl) ok(args ...string) string {
	c.t.Helper()
	r := c.run(args...)
	if r.code != exitDone {
		c.t.Fatalf("%v: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// json runs a command with --json that must succeed.
func (c *ctl) json(into any, args ...string) {
	c.t.Helper()
	decode(c.t, c.ok(append(args, "--json")...), into)
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if d.More() {
		t.Fatalf("more than one JSON value: %s", text)
	}
}

// refused runs a command that must be refused with a status and a sentence,
// and says whether the database is what it was.
func (c *ctl) refused(code int, sentence string, args ...string) {
	c.t.Helper()
	if sentence == "" {
		c.t.Fatalf("%v: say which sentence is expected", args)
	}
	var before string
	if isFile(c.db) {
		before = dump(c.t, c.db)
	}
	r := c.run(args...)
	if said := plain(r.err + r.out); r.code != code || !strings.Contains(said, sentence) {
		c.t.Errorf("%v: exit %d, wanted %d and « %s »\n%s%s", args, r.code, code, sentence, r.out, r.err)
	}
	if strings.Contains(r.err+r.out, "[internal") || strings.Contains(r.err+r.out, "inattendue") {
		c.t.Errorf("%v: a Go error reached the reader: %s%s", args, r.out, r.err)
	}
	if before != "" {
		if after := dump(c.t, c.db); after != before {
			c.t.Errorf("%v: refused, and the database changed:\n%s", args, firstDifference(before, after))
		}
	}
}

// plain writes no-break spaces as ordinary ones, for comparing.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// isFile reports whether there is a SQLite file at path.
func isFile(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	body, err := os.ReadFile(path)
	return err == nil && bytes.HasPrefix(body, []byte("SQLite format 3"))
}

// dump writes every row of a SQLite file but the journal's and what a mere
// sign-in changes.
func dump(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var b strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('audit', 'agent') ORDER BY name`) {
		rows, err := db.Query(`SELECT * FROM "` + table + `" ORDER BY rowid`)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			cells := make([]any, len(names))
			at := make([]any, len(names))
			for i := range cells {
				at[i] = &cells[i]
			}
			if err := rows.Scan(at...); err != nil {
				t.Fatal(err)
			}
			if table == "setting" && strings.HasPrefix(fmt.Sprint(cells[0]), "sign_in:") {
				continue // refused passwords are counted: that is their point
			}
			fmt.Fprintln(&b, table, cells)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func column(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		var l, r string
		if i < len(x) {
			l = x[i]
		}
		if i < len(y) {
			r = y[i]
		}
		if l != r {
			return "- " + l + "\n+ " + r
		}
	}
	return "none"
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pdf is the smallest paper a family may hand in.
const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n" +
	"0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"

// town is a small world: the catalog, the two families of the demo day, the
// first two children with an accepted access to the canteen of Saint-Marcel.
type town struct {
	*ctl
	garance, obrecht         int64 // families
	ysoline, anselme, maieul int64 // children; maieul has no access
	pupils, guardians        string
}

var (
	townFiles map[string][]byte
	townOnce  sync.Once
)

// newTown gives a fresh copy of the world, made once by commands.
func newTown(t *testing.T) *town {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ville.db")
	w := &town{ctl: newCtl(t, path)}
	townOnce.Do(func() {
		w.build()
		townFiles = map[string][]byte{}
		for _, suffix := range []string{"", ".audit"} {
			body, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			townFiles[suffix] = body
		}
	})
	if townFiles == nil {
		t.Fatal("the world could not be made: see the first test")
	}
	for suffix, body := range townFiles {
		if err := os.WriteFile(path+suffix, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.learn()
	return w
}

const canteen = "cantine-saint-marcel"

func (w *town) build() {
	w.ok("demo", "create", "--families", "0")
	w.pupils, w.guardians = write(w.t, "eleves.csv", dayPupils), write(w.t, "responsables.csv", dayGuardians)
	w.ok("import", "onde", "--school", "École de Saint-Marcel", "--pupils", w.pupils, "--guardians", w.guardians)
	w.learn()
	form := write(w.t, "fiche.pdf", pdf)
	for _, child := range []int64{w.ysoline, w.anselme} {
		var q requestJSON
		w.json(&q, "requests", "submit", "--child", number10(child), "--service", canteen)
		w.ok("requests", "attach", number10(q.ID), form, "--kind", "health_form")
		w.json(&q, "requests", "accept", number10(q.ID))
		if q.Status != "accepted" {
			w.t.Fatalf("request not accepted: %+v", q)
		}
	}
}

// learn finds the numbers of families and children.
func (w *town) learn() {
	var found []familyJSON
	w.json(&found, "families", "search", "garance")
	if len(found) != 1 || len(found[0].Children) != 2 {
		w.t.Fatalf("garance: %+v", found)
	}
	w.garance = found[0].ID
	for _, k := range found[0].Children {
		if k.FirstName == "Ysoline" {
			w.ysoline = k.ID
		} else {
			w.anselme = k.ID
		}
	}
	w.json(&found, "families", "search", "obrecht", "maieul") // accents and order do not matter
	if len(found) != 1 || len(found[0].Children) != 1 {
		w.t.Fatalf("obrecht: %+v", found)
	}
	w.obrecht, w.maieul = found[0].ID, found[0].Children[0].ID
}

// rich puts money into the first family's wallet.
func (w *town) rich() {
	w.t.Helper()
	w.ok("wallet", "topup", number10(w.garance), "50,00", "--means", "cash")
}

// clean asks the whole verification.
func (w *town) clean() {
	w.t.Helper()
	if r := w.run("verify"); r.code != exitDone {
		w.t.Errorf("verify: exit %d\n%s%s", r.code, r.out, r.err)
	}
}

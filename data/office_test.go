package data_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// each runs a test on an address of each engine, with the user's folders aside.
func each(t *testing.T, test func(t *testing.T, url string)) {
	for engine, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "ardoise.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresURL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			test(t, url(t))
		})
	}
}

func open(t *testing.T, url string, unsound bool) (*data.Office, error) {
	t.Helper()
	return data.Open(t.Context(), url, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast, Unsound: unsound})
}

func mustOpen(t *testing.T, url string) *data.Office {
	t.Helper()
	o, err := open(t, url, true)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func closing(t *testing.T, o *data.Office) {
	t.Helper()
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenRefusesABrokenBase: each fault planted by hand is told at the next
// opening, in French; who says so opens it all the same.
func TestOpenRefusesABrokenBase(t *testing.T) {
	for what, plant := range map[string]struct{ sqlite, postgres, said string }{
		"nothing":            {"", "", ""},
		"money from nowhere": {"INSERT INTO account (kind, code, balance) VALUES ('cash', 'x', 500)", "", "la somme des comptes vaut 500 centimes"},
		"a wallet too low": {
			"", // SQLite looks at the row itself when it opens, and says so first
			"ALTER TABLE account DROP CONSTRAINT account_floor; INSERT INTO family (name, fold, sort_key, created_at) VALUES ('x', 'x', '', ''); INSERT INTO account (kind, family_id, code, balance, floor) SELECT 'wallet', id, 'w', -700, 0 FROM family; INSERT INTO account (kind, code, balance) VALUES ('cash', 'x', 700)",
			"porte-monnaie sous leur plancher : 1",
		},
		"a guard taken away": {"DROP INDEX child_once", "", "protections absentes de la base : index child_once"},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				o := mustOpen(t, url)
				script := plant.sqlite
				if script == "" && plant.said != "" && o.Store.Engine() == store.SQLite {
					closing(t, o)
					t.Skip("no such fault on this engine")
				}
				if plant.postgres != "" && o.Store.Engine() == store.Postgres {
					script = plant.postgres
				}
				if err := o.Store.Write(t.Context(), func(tx *store.Tx) error {
					for statement := range strings.SplitSeq(script, "; ") {
						if statement == "" {
							continue
						}
						if _, err := tx.Exec(statement); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				closing(t, o)
				again, err := open(t, url, false)
				if plant.said == "" {
					if err != nil {
						t.Fatal("a sound base is refused:", err)
					}
					closing(t, again)
					return
				}
				said := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
				if fault.KindOf(err) != fault.Conflict || !strings.Contains(said, plant.said) {
					t.Errorf("opened, or not said: %v", err)
				}
				closing(t, mustOpen(t, url))
			})
		})
	}
}

// TestTrailWithoutWitness: without the head kept outside, I11 does not claim to
// have looked at it.
func TestTrailWithoutWitness(t *testing.T) {
	url := filepath.Join(t.TempDir(), "ardoise.db")
	o := mustOpen(t, url)
	defer func() { closing(t, o) }()
	i11 := func() string {
		checks, err := o.Verify(staff.System(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(checks, func(c ledger.Check) bool { return c.ID == "I11" })
		if !checks[i].OK {
			t.Error(checks[i].Detail)
		}
		return checks[i].Detail
	}
	if got := i11(); !strings.Contains(got, "aucun témoin") {
		t.Error("an empty base claims a witness:", got)
	}
	if _, err := o.Staff.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin); err != nil {
		t.Fatal(err)
	}
	closing(t, o) // the head is written at the latest here
	o = mustOpen(t, url)
	if got := i11(); !strings.Contains(got, "jusqu’au témoin") {
		t.Error("with a witness:", got)
	}
	if err := os.Remove(url + ".audit"); err != nil {
		t.Fatal(err)
	}
	if got := i11(); !strings.Contains(got, "aucun témoin") {
		t.Error("the witness removed:", got)
	}
}

// noSession are the methods that serve before anybody has signed in, or that
// the house itself calls when it is put together.
var noSession = map[string][]string{
	"Staff":    {"SignIn", "SignInDemo", "SetUpDemo", "Bootstrap", "Found", "Recover", "Lock", "Unlock", "Close", "HasAgents", "IsDemo", "IdleAfter", "Contacts", "SignOut", "OnSignIn", "LastInstant", "CheckClock"},
	"Family":   {"Close", "MoveMoneyBy", "OnExport", "OnMerge"},
	"Ledger":   {"AfterTopUp"},
	"Importer": {"Before"},
	"Catalog":  {"Before"},
	"Backup":   {"Machine"},
}

// TestEveryServiceAsksForASession walks over the fields of the office: whatever
// service is added, each of its methods refuses who has not signed in, before
// it has touched the database. Which roles may do what is each room's own test.
func TestEveryServiceAsksForASession(t *testing.T) {
	db := storetest.OpenSQLite(t)
	o := reflect.ValueOf(data.Over(db, &staff.MemoryHead{})).Elem()
	walked := 0
	for i := range o.NumField() {
		field := o.Type().Field(i)
		if !field.IsExported() || field.Name == "Store" { // the database itself has no agents
			continue
		}
		walked++
		service := o.Field(i)
		table := map[string][]staff.Role{}
		for k := range service.NumMethod() {
			table[service.Type().Method(k).Name] = stafftest.Anyone
		}
		for _, name := range noSession[field.Name] {
			if _, ok := table[name]; !ok {
				t.Errorf("%s.%s is excused and does not exist", field.Name, name)
			}
			table[name] = stafftest.Open
		}
		for _, problem := range stafftest.Check(service.Interface(), table, stafftest.Contexts(t, db)) {
			if !strings.Contains(problem, ": refused to ") { // some role's limits
				t.Errorf("%s.%s", field.Name, problem)
			}
		}
	}
	if walked < 7 {
		t.Errorf("only %d services walked over", walked)
	}
}

func TestRightsOfTheOffice(t *testing.T) {
	db := storetest.OpenSQLite(t)
	keepers := []staff.Role{staff.Admin, staff.Regie}
	stafftest.Rights(t, data.Over(db, &staff.MemoryHead{}), map[string][]staff.Role{
		"Verify": keepers, "MoveTo": {staff.Admin}, "Figures": stafftest.Anyone,
		"Housekeep": stafftest.Open, "Close": stafftest.Open, "SetUp": stafftest.Open,
	}, stafftest.Contexts(t, db))
}

// BenchmarkOpenQuick reports what the check at opening costs over a base given by
// ARDOISE_BENCH_DB; it decides nothing.
func BenchmarkOpenQuick(b *testing.B) {
	path := os.Getenv("ARDOISE_BENCH_DB")
	if path == "" {
		b.Skip("ARDOISE_BENCH_DB names no base")
	}
	for _, unsound := range []bool{true, false} {
		b.Run(map[bool]string{true: "unchecked", false: "checked"}[unsound], func(b *testing.B) {
			for b.Loop() {
				o, err := data.Open(context.Background(), path, data.Options{Clock: storetest.NewClock().Now, Unsound: unsound})
				if err != nil {
					b.Fatal(err)
				}
				if err := o.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

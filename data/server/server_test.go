package server_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib"

	"ardoise/data/fault"
	"ardoise/data/server"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// granted is a base with the roles given, and a login in each.
func granted(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.OpenPostgres(t)
	if err := server.Grant(t.Context(), db, server.DefaultPrefix); err != nil {
		t.Fatal(err)
	}
	for _, r := range server.Roles {
		mustExec(t, db, fmt.Sprintf("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s LOGIN IN ROLE %[2]s; END IF; END $$", login(r), r.Name(server.DefaultPrefix)))
	}
	mustExec(t, db, "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'stranger') THEN CREATE ROLE stranger LOGIN; END IF; END $$")
	return db
}

func login(r server.Role) string { return "u_" + string(r) }

func mustExec(t *testing.T, db *store.DB, statement string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(statement, err)
	}
}

// as connects past the program, as another tool would.
func as(t *testing.T, db *store.DB, who string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", storetest.As(db.URL(), who))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool
}

// may runs a statement that changes nothing and says whether it was allowed.
func may(t *testing.T, pool *sql.DB, statement string) bool {
	t.Helper()
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	_, err = tx.ExecContext(context.Background(), statement)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return false
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return true
}

func tables(t *testing.T, db *store.DB) (list []store.Table) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		list, err = store.Tables(tx)
		return err
	})
	if err != nil || len(list) < 70 {
		t.Fatal(len(list), err)
	}
	return list
}

// TestEveryColumnOfEveryTable connects as each role and tries everything.
func TestEveryColumnOfEveryTable(t *testing.T) {
	db := granted(t)
	kept, err := store.Kept()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, r := range server.Roles {
		pool := as(t, db, login(r))
		for _, table := range tables(t, db) {
			allowed := server.Columns(r, table.Name)
			for _, c := range table.Columns {
				want := r == server.App || slices.Contains(allowed, c.Name)
				if got := may(t, pool, fmt.Sprintf(`SELECT "%s" FROM "%s" LIMIT 0`, c.Name, table.Name)); got != want {
					t.Errorf("%s reads %s.%s: %v, the table says %v", r, table.Name, c.Name, got, want)
				}
				tried++
			}
			key := table.Key()[0]
			for verb, statement := range map[string]string{
				"INSERT":   fmt.Sprintf(`INSERT INTO "%s" DEFAULT VALUES`, table.Name),
				"UPDATE":   fmt.Sprintf(`UPDATE "%[1]s" SET "%[2]s" = NULL WHERE false`, table.Name, key),
				"DELETE":   fmt.Sprintf(`DELETE FROM "%s" WHERE false`, table.Name),
				"TRUNCATE": fmt.Sprintf(`TRUNCATE "%s"`, table.Name),
				"DISABLE":  fmt.Sprintf(`ALTER TABLE "%s" DISABLE TRIGGER USER`, table.Name),
				"DROP":     fmt.Sprintf(`DROP TABLE "%s" CASCADE`, table.Name),
			} {
				if verb == "INSERT" {
					statement = fmt.Sprintf(`INSERT INTO "%[1]s" ("%[2]s") SELECT NULL WHERE false`, table.Name, key)
				}
				want := r == server.App && (verb == "INSERT" || verb == "UPDATE" && kept[table.Name] != store.AppendedOnly || verb == "DELETE" && (kept[table.Name] == store.Free || kept[table.Name] == store.Trail))
				if got := may(t, pool, statement); got != want {
					t.Errorf("%s, %s %s: %v, it should be %v", r, verb, table.Name, got, want)
				}
				tried++
			}
		}
		for _, statement := range []string{
			`CREATE TABLE mine (a int)`, `CREATE TEMPORARY TABLE mine (a int)`, `SET session_replication_role = replica`,
			`UPDATE goose_db_version SET is_applied = false`, `DELETE FROM goose_db_version`, `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
			`DROP TRIGGER audit_append_only ON audit`,
		} {
			if may(t, pool, statement) {
				t.Errorf("%s may %s", r, statement)
			}
		}
	}
	t.Logf("%d rights tried", tried)
}

// TestNeverReadable says by name what no direct connection reads.
func TestNeverReadable(t *testing.T) {
	db := storetest.OpenPostgres(t)
	whole := []string{"audit", "key_wrap", "setting", "outbox", "agent", "health", "mail_account", "mail_message", "mail_original", "mail_bounce", "mandate_event", "bank_return_line", "letter_template", "workstation", "purge"}
	columns := []string{"family.note", "family.fold", "child.note", "child.fold", "document.sealed", "document.digest", "document.name", "document.reason", "mandate.sealed", "mandate.former", "mandate.holder", "debit.sealed", "debit.former", "debit.holder", "operation.consent_who", "operation.key"}
	for _, table := range tables(t, db) {
		for _, r := range server.Roles[1:] {
			list := server.Columns(r, table.Name)
			if slices.Contains(whole, table.Name) && len(list) > 0 {
				t.Errorf("%s reads %s", r, table.Name)
			}
			for _, c := range table.Columns {
				if slices.Contains(list, c.Name) && (c.Kind == "blob" || slices.Contains(columns, table.Name+"."+c.Name)) {
					t.Errorf("%s reads %s.%s", r, table.Name, c.Name)
				}
			}
		}
	}
	for _, table := range tables(t, db) {
		for _, c := range server.Columns(server.Cuisine, table.Name) {
			for _, word := range []string{"family", "price", "amount", "total", "balance", "quotient", "pay", "care", "last", "first"} {
				if (c == word || strings.HasPrefix(c, word+"_") && c != "first_day" && c != "last_day") && table.Name+"."+c != "headcount.total" {
					t.Errorf("the kitchen reads %s.%s", table.Name, c)
				}
			}
		}
	}
}

// TestTheTableNamesWhatThereIs: a word misspelt, or a column gone, is seen; so is
// a column named twice for a role.
func TestTheTableNamesWhatThereIs(t *testing.T) {
	db := storetest.OpenPostgres(t)
	there := map[string][]string{}
	for _, table := range tables(t, db) {
		there[table.Name] = table.Names()
	}
	for _, named := range server.Named() {
		if there[named] == nil {
			t.Errorf("there is no table %s", named)
		}
		for _, r := range server.Roles {
			seen := map[string]bool{}
			for _, c := range server.Columns(r, named) {
				if !slices.Contains(there[named], c) || seen[c] {
					t.Errorf("%s: %s.%s is not there, or twice", r, named, c)
				}
				seen[c] = true
			}
		}
	}
}

// TestWhatIsToComeIsRefused: a new column and a new table are nobody's.
func TestWhatIsToComeIsRefused(t *testing.T) {
	db := granted(t)
	mustExec(t, db, `ALTER TABLE booking ADD COLUMN secret TEXT`)
	mustExec(t, db, `CREATE TABLE later (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT)`)
	for round := range 2 {
		for _, r := range server.Roles {
			pool := as(t, db, login(r))
			if got := may(t, pool, `SELECT secret FROM booking LIMIT 0`); got != (r == server.App) {
				t.Errorf("%s reads a new column: %v", r, got)
			}
			if got := may(t, pool, `SELECT * FROM later LIMIT 0`); got != (r == server.App && round == 1) {
				t.Errorf("%s reads a new table: %v, round %d", r, got, round)
			}
		}
		if err := server.Grant(t.Context(), db, server.DefaultPrefix); err != nil { // round 1: granted anew
			t.Fatal(err)
		}
	}
}

// TestPublicHasNothing: an account of the server that is in no role does not
// come in; in a base where nothing was granted yet it does (the planted fault).
func TestPublicHasNothing(t *testing.T) {
	bare := storetest.OpenPostgres(t)
	db := granted(t)
	if err := as(t, bare, "stranger").PingContext(t.Context()); err != nil {
		t.Fatal("the fault is not there to be seen:", err)
	}
	if err := as(t, db, "stranger").PingContext(t.Context()); err == nil {
		t.Error("a stranger comes in")
	}
}

// TestLookSeesDrift: rights given or taken by hand are told.
func TestLookSeesDrift(t *testing.T) {
	db := granted(t)
	differences := func() (out []string) {
		list, err := server.Look(t.Context(), db, server.DefaultPrefix)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if !s.Made || !slices.Contains(s.Members, login(s.Role)) {
				t.Errorf("%+v", s)
			}
			for _, d := range s.Differs {
				out = append(out, string(s.Role)+" "+strings.ReplaceAll(d, "\u00a0", " "))
			}
		}
		return out
	}
	if d := differences(); len(d) > 0 {
		t.Fatal(d)
	}
	mustExec(t, db, `GRANT SELECT (sealed) ON health TO ardoise_cuisine`)
	mustExec(t, db, `GRANT DELETE ON purge TO ardoise_app`)
	mustExec(t, db, `REVOKE SELECT (day) ON booking FROM ardoise_lecture`)
	want := []string{"app en trop : purge DELETE", "cuisine en trop : health.sealed SELECT", "lecture manque : booking.day SELECT"}
	if d := differences(); !slices.Equal(d, want) {
		t.Errorf("%q", d)
	}
	if err := server.Grant(t.Context(), db, server.DefaultPrefix); err != nil {
		t.Fatal(err)
	}
	if d := differences(); len(d) > 0 {
		t.Error("granted again: ", d)
	}
}

// TestOnlyTheOwnerGrants: a workstation's account is refused in words, and so is
// an owner who may not make roles.
func TestOnlyTheOwnerGrants(t *testing.T) {
	db := granted(t)
	app := storetest.Open(t, storetest.As(db.URL(), login(server.App)))
	err := server.Grant(t.Context(), app, server.DefaultPrefix)
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Sentence(err), "n’est pas propriétaire") {
		t.Error(err)
	}
	mustExec(t, db, "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'landlord') THEN CREATE ROLE landlord LOGIN; END IF; END $$")
	url := storetest.EmptyPostgresURL(t)
	mustExec(t, db, "ALTER DATABASE "+storetest.NameOf(url)+" OWNER TO landlord")
	own := storetest.Open(t, storetest.As(url, "landlord"))
	if err := server.Grant(t.Context(), own, "autre"); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Sentence(err), "ne peut pas créer de rôles") {
		t.Error(err)
	}
	if err := server.Grant(t.Context(), own, server.DefaultPrefix); err != nil { // the roles are there
		t.Error(err)
	}
	for _, bad := range []string{"", "x y", `a";`, "É"} {
		if err := server.Grant(t.Context(), own, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := server.Grant(t.Context(), storetest.OpenSQLite(t), server.DefaultPrefix); fault.KindOf(err) != fault.Invalid {
		t.Error("a file:", err)
	}
}

// TestAWorkstationDoesNotMigrate: the schema behind, its account is told who can.
func TestAWorkstationDoesNotMigrate(t *testing.T) {
	db := granted(t)
	mustExec(t, db, fmt.Sprintf(`DELETE FROM goose_db_version WHERE version_id = %d`, store.LatestVersion()))
	open := func(url string) error {
		other, err := store.Open(t.Context(), url, store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet, BackupDir: t.TempDir()})
		if err == nil {
			err = other.Close()
		}
		return err
	}
	err := open(storetest.As(db.URL(), login(server.App)))
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Sentence(err), "ardoisectl server migrate") {
		t.Error(err)
	}
	if _, err := db.SchemaVersion(t.Context()); err != nil {
		t.Error(err)
	}
	empty := storetest.EmptyPostgresURL(t)
	mustExec(t, db, "REVOKE ALL ON DATABASE "+storetest.NameOf(empty)+" FROM PUBLIC; GRANT CONNECT ON DATABASE "+storetest.NameOf(empty)+" TO "+login(server.App))
	if err := open(storetest.As(empty, login(server.App))); !strings.Contains(fault.Sentence(err), "ardoisectl server migrate") {
		t.Error("an empty base:", err)
	}
}

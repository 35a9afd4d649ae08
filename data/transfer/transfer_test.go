package transfer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/store/storetest"
	"ardoise/data/transfer"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// ways are the four moves there are.
func ways(t *testing.T, test func(t *testing.T, src, dst *store.DB)) {
	engines := map[string]func(testing.TB) *store.DB{"sqlite": storetest.OpenSQLite, "postgres": storetest.OpenPostgres}
	for from, src := range engines {
		for to, dst := range engines {
			t.Run(from+" to "+to, func(t *testing.T) { test(t, src(t), dst(t)) })
		}
	}
}

// fill puts into a base what a copy may stumble over: rows that name later
// rows, a closed month, empty and null values, accents, bytes, large numbers.
func fill(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(staff.System(t.Context()), func(tx *store.Tx) error {
		for _, statement := range []string{
			`INSERT INTO commune (id, insee, name, fold) VALUES (7, '01371', 'Saint-Marcel-en-Dombes', '')`,
			`INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (3, 'Œuvrard « l’été »', 'x', BYTES, '')`,
			`INSERT INTO family (id, name, fold, sort_key, created_at, state, merged_into, quotient) VALUES (1, 'Double', 'x', BYTES, '', 'merged', 3, 9007199254740993)`,
			`INSERT INTO account (id, kind, code, balance) VALUES (1, 'cash', 'cash:cash', -500), (2, 'sales', 'sales:1', 500)`,
			`INSERT INTO operation (id, key, digest, kind, at, agent_id) VALUES (1, 'k', 'd', 'topup', '2026-09-01T08:00:00Z', 0)`,
			`INSERT INTO transfer (id, operation_id, debit_id, credit_id, amount, kind, on_day, label) VALUES (11, 1, 1, 2, 500, 'topup', '2026-09-01', 'x')`,
			`INSERT INTO period_lock (period, locked_at, agent) VALUES ('2026-09', '', '')`, // the row above could not be inserted after it
			`INSERT INTO cash_close (day, closed_at, agent, fund, expected, counted) VALUES ('2026-09-30', '', '', 0, 0, 0)`,
		} {
			if _, err := tx.Exec(bytes(tx, statement)); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		if _, err := tx.Exec(`INSERT INTO key_wrap (holder, kdf, wrapped) VALUES ('recovery', 'x', $1)`, []byte{0, 255, 128, 0}); err != nil {
			return err
		}
		var rows [][]any
		for i := range 5000 { // more than a batch
			rows = append(rows, []any{fmt.Sprintf("n%05d", i), strings.Repeat("é", i%50)})
		}
		if err := bulk.Insert(tx, `INSERT INTO setting (name, value)`, rows, ``); err != nil {
			return err
		}
		return staff.Audit(tx, "test.fill", "database:", "Remplie")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bytes writes the literal of a few bytes as the engine wants it.
func bytes(tx *store.Tx, statement string) string {
	literal := `x'00FF41'`
	if tx.Engine() == store.Postgres {
		literal = `'\x00FF41'::bytea`
	}
	return strings.ReplaceAll(statement, "BYTES", literal)
}

func good(*store.Tx) ([]ledger.Check, error) { return []ledger.Check{{ID: "I1", OK: true}}, nil }

func run(t *testing.T, src, dst *store.DB, opt transfer.Options) (*transfer.Report, error) {
	t.Helper()
	if opt.Verify == nil {
		opt.Verify = good
	}
	return transfer.Run(staff.System(t.Context()), src, dst, time.Now, opt)
}

// text writes a whole base down by another road than the copy takes.
func text(t *testing.T, db *store.DB) (out string, rows int64) {
	t.Helper()
	var b strings.Builder
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		tables, err := store.Tables(tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			parts := make([]string, len(table.Columns))
			for i, c := range table.Columns {
				parts[i] = `coalesce(CAST("` + c.Name + `" AS TEXT), '∅')`
				if c.Kind == "blob" {
					parts[i] = `coalesce(lower(hex("` + c.Name + `")), '∅')`
					if tx.Engine() == store.Postgres {
						parts[i] = `coalesce(encode("` + c.Name + `", 'hex'), '∅')`
					}
				}
			}
			columns := table.Names() // both engines in one order
			order := make([]int, len(columns))
			for i := range order {
				order[i] = i
			}
			for i := range order {
				for j := i + 1; j < len(order); j++ {
					if columns[order[j]] < columns[order[i]] {
						order[i], order[j] = order[j], order[i]
					}
				}
			}
			var sorted []string
			for _, i := range order {
				sorted = append(sorted, parts[i])
			}
			lines, err := store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
				`SELECT `+strings.Join(sorted, ` || '|' || `)+` FROM "`+table.Name+`" ORDER BY "`+strings.Join(table.Key(), `", "`)+`"`)
			if err != nil {
				return err
			}
			rows += int64(len(lines))
			fmt.Fprintln(&b, table.Name, strings.Join(lines, "\n"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), rows
}

func exec(t *testing.T, db *store.DB, statements ...string) error {
	t.Helper()
	return db.Write(t.Context(), func(tx *store.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	})
}

func said(err error) string { return strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ") }

func TestEveryRowArrives(t *testing.T) {
	ways(t, func(t *testing.T, src, dst *store.DB) {
		fill(t, src)
		before, rows := text(t, src)
		rep, err := run(t, src, dst, transfer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if after, _ := text(t, src); after != before {
			t.Error("the source changed")
		}
		if got, _ := text(t, dst); got != before {
			t.Error("the copy is another base")
		}
		if rep.Rows != rows || rep.Checks != 1 || rep.To != dst.Engine() {
			t.Errorf("%+v for %d rows", rep, rows)
		}
		// the guards work again, and numbers go on from where they were
		if err := exec(t, dst, `UPDATE operation SET kind = 'x'`); err == nil {
			t.Error("an operation can be changed")
		}
		if err := exec(t, dst, `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, on_day, label) VALUES (1, 1, 2, 5, 'topup', '2026-09-02', 'x')`); !store.Locked(err) && !store.Closed(err) {
			t.Error("an entry goes into a locked month:", err)
		}
		if err := exec(t, dst, `INSERT INTO school (commune_id, name) VALUES (999, 'x')`); !store.ForeignKey(err) {
			t.Error("a school of no commune:", err)
		}
		var id int64
		err = dst.Write(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(bytes(tx, `INSERT INTO family (name, fold, sort_key, created_at) VALUES ('New', 'x', BYTES, '') RETURNING id`)).Scan(&id)
		})
		if err != nil || id != 4 {
			t.Errorf("the next family is number %d, %v", id, err)
		}
	})
}

// TestFaultsAreSeen plants a difference into the copy before it is compared.
func TestFaultsAreSeen(t *testing.T) {
	for what, plant := range map[string]struct{ statement, said string }{
		"a value":    {`UPDATE commune SET name = 'Saint-Marcel-en-Dombes ' WHERE id = 7`, "commune, ligne 7 : la colonne « name »"},
		"a number":   {`UPDATE family SET quotient = 9007199254740992 WHERE id = 1`, "family, ligne 1 : la colonne « quotient »"},
		"a null":     {`UPDATE family SET low_balance = 0 WHERE id = 3`, "family, ligne 3 : la colonne « low_balance »"},
		"a byte":     {`UPDATE key_wrap SET wrapped = wrapped || wrapped`, "key_wrap, ligne recovery : la colonne « wrapped »"},
		"a row gone": {`DELETE FROM setting WHERE name = 'n04999'`, "setting, ligne n04999 : elle manque"},
		"a row more": {`INSERT INTO setting (name, value) VALUES ('o', '')`, "setting, ligne o : elle est de trop"},
		"none":       {`SELECT 1`, ""},
	} {
		t.Run(what, func(t *testing.T) {
			for engine, dst := range map[string]*store.DB{"sqlite": storetest.OpenSQLite(t), "postgres": storetest.OpenPostgres(t)} {
				src := storetest.OpenSQLite(t)
				fill(t, src)
				before, _ := text(t, src)
				_, err := run(t, src, dst, transfer.Options{Spoil: func(tx *store.Tx) error {
					statement := plant.statement
					if what == "a byte" && engine == "sqlite" {
						statement = `UPDATE key_wrap SET wrapped = x'00FF8001'`
					}
					rows, err := tx.Query(statement)
					if err != nil {
						return err
					}
					for rows.Next() {
					}
					return errors.Join(rows.Err(), rows.Close())
				}})
				if plant.said == "" {
					if err != nil {
						t.Error(engine, err)
					}
					continue
				}
				if fault.KindOf(err) != fault.Conflict || !strings.Contains(said(err), plant.said) {
					t.Errorf("%s: %v", engine, err)
				}
				if _, rows := text(t, dst); rows != 0 {
					t.Errorf("%s: %d rows are left", engine, rows)
				}
				if after, _ := text(t, src); after != before {
					t.Error("the source changed")
				}
			}
		})
	}
}

// TestRefusals: each reason not to copy leaves a target that can be used again.
func TestRefusals(t *testing.T) {
	ways(t, func(t *testing.T, src, dst *store.DB) {
		fill(t, src)
		for what, c := range map[string]struct {
			opt  transfer.Options
			want string
		}{
			"a promise broken": {transfer.Options{Verify: func(*store.Tx) ([]ledger.Check, error) {
				return []ledger.Check{{ID: "I1", OK: true}, {ID: "I5", Detail: "12 repas"}}, nil
			}}, "la règle I5 (12 repas)"},
			"somebody works": {transfer.Options{Spoil: func(*store.Tx) error {
				return src.Write(staff.System(t.Context()), func(tx *store.Tx) error { return staff.Audit(tx, "test.more", "x:1", "Encore") })
			}}, "Quelqu’un a travaillé"},
			"a row of no family": {transfer.Options{Verify: func(*store.Tx) ([]ledger.Check, error) { return nil, fault.New(fault.Unavailable, "Panne.") }}, "Panne."},
		} {
			if _, err := run(t, src, dst, c.opt); err == nil || !strings.Contains(said(err), c.want) {
				t.Errorf("%s: %v", what, err)
			}
			if _, rows := text(t, dst); rows != 0 {
				t.Errorf("%s: %d rows are left", what, rows)
			}
		}
		ctx, cancel := context.WithCancel(staff.System(t.Context()))
		_, err := transfer.Run(ctx, src, dst, time.Now, transfer.Options{Verify: good, Progress: func(done, _ int64, _ string) {
			if done > 0 {
				cancel()
			}
		}})
		if err == nil {
			t.Error("an interrupted copy was kept")
		}
		cancel()
		if _, err := run(t, src, dst, transfer.Options{}); err != nil {
			t.Error("after all that:", err)
		}
		if _, err := run(t, src, dst, transfer.Options{}); err == nil || !strings.Contains(said(err), "contient déjà des données") {
			t.Error("a second time:", err)
		}
		if _, err := transfer.Run(t.Context(), src, dst, time.Now, transfer.Options{Verify: good}); !errors.Is(err, fault.ErrForbidden) {
			t.Error("nobody may copy:", err)
		}
	})
}

// TestDanglingRowIsRefused: what the foreign keys would have refused one by one
// is refused when they are back.
func TestDanglingRowIsRefused(t *testing.T) {
	for engine, dst := range map[string]*store.DB{"sqlite": storetest.OpenSQLite(t), "postgres": storetest.OpenPostgres(t)} {
		for what, statement := range map[string]string{
			"nothing":    `INSERT INTO setting (name, value) VALUES ('y', '')`,
			"a dangling": `INSERT INTO school (commune_id, name) VALUES (999, 'x')`,
			"no trigger": map[string]string{"sqlite": `CREATE TRIGGER audit_more BEFORE DELETE ON audit BEGIN SELECT 1; END`, "postgres": `DROP TRIGGER audit_append_only ON audit`}[engine],
		} {
			err := dst.Fill(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec(statement)
				return err
			}, func(*store.Tx) error { return errors.New("enough") })
			if enough := err != nil && strings.Contains(err.Error(), "enough"); enough != (what == "nothing") {
				t.Errorf("%s, %s: %v", engine, what, err)
			}
			if _, rows := text(t, dst); rows != 0 {
				t.Errorf("%s, %s: %d rows are left", engine, what, rows)
			}
		}
		if err := exec(t, dst, `INSERT INTO school (commune_id, name) VALUES (999, 'x')`); !store.ForeignKey(err) {
			t.Errorf("%s: the foreign keys stay off: %v", engine, err)
		}
	}
}

// TestEveryTableHasAKey: a copy is compared in the order of keys.
func TestEveryTableHasAKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			tables, err := store.Tables(tx)
			for _, table := range tables {
				if len(table.Key()) == 0 {
					t.Errorf("%s has no primary key", table.Name)
				}
				for _, c := range table.Columns {
					if c.Kind != "integer" && c.Kind != "text" && c.Kind != "blob" {
						t.Errorf("%s.%s is a %s", table.Name, c.Name, c.Kind)
					}
				}
			}
			if len(tables) < 70 {
				t.Errorf("only %d tables", len(tables))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestShapesMustAgree: a column more on one side is refused before anything.
func TestShapesMustAgree(t *testing.T) {
	ways(t, func(t *testing.T, src, dst *store.DB) {
		fill(t, src)
		if err := exec(t, dst, `ALTER TABLE commune ADD COLUMN mayor TEXT`); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, src, dst, transfer.Options{}); err == nil || !strings.Contains(said(err), "commune.mayor") {
			t.Error(err)
		}
	})
}

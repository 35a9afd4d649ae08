package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Column is one column of a table.
type Column struct {
	Name string
	Kind string // integer, text or blob
	Key  int    // its place in the primary key from 1 on; 0: not of it
}

// Table is a table of ours as the open database has it.
type Table struct {
	Name    string
	Columns []Column
	Counted bool // its number is given by the database: {{id}} in the schema
}

// Names lists the columns.
func (t Table) Names() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}

// Key lists the columns of the primary key, in its order.
func (t Table) Key() []string {
	var key []string
	for n := 1; ; n++ {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == n })
		if i < 0 {
			return key
		}
		key = append(key, t.Columns[i].Name)
	}
}

// Tables reads the shape of every table but the migrations' own, by name: a
// list that no new table can be left out of.
func Tables(tx *Tx) ([]Table, error) {
	query := `SELECT m.name, c.name, lower(c.type), c.pk, CASE WHEN c.pk = 1 AND c.type = 'INTEGER' AND
			(SELECT count(*) FROM pragma_table_info(m.name) k WHERE k.pk > 0) = 1 THEN 1 ELSE 0 END
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name <> $1 ORDER BY m.name, c.cid`
	if tx.Engine() == Postgres {
		query = `SELECT c.relname, a.attname, format_type(a.atttypid, NULL), coalesce(array_position(i.indkey::int[], a.attnum::int) + 1, 0),
				CASE WHEN a.attidentity <> '' THEN 1 ELSE 0 END
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> $1
			ORDER BY c.relname COLLATE "C", a.attnum`
	}
	var out []Table
	err := Each(tx, func(r *sql.Rows) error {
		var table, column, kind string
		var key, counted int
		if err := r.Scan(&table, &column, &kind, &key, &counted); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Name != table {
			out = append(out, Table{Name: table})
		}
		t := &out[len(out)-1]
		switch kind {
		case "bigint":
			kind = "integer"
		case "bytea":
			kind = "blob"
		}
		t.Columns = append(t.Columns, Column{column, kind, key})
		t.Counted = t.Counted || counted == 1 && (tx.Engine() == Postgres || key == 1)
		return nil
	}, query, versionTable)
	return out, err
}

// Fill fills an empty database in one transaction: fill runs with the foreign
// keys and the triggers off, then they are back on, proven to be the same as
// before and to hold for every row, and check looks at the whole before the
// commit. An error of any of them leaves nothing.
func (db *DB) Fill(ctx context.Context, fill, check func(tx *Tx) error) (err error) {
	if err := db.refuseNested(ctx); err != nil {
		return err
	}
	all := func(tx *Tx) error {
		if err := unguarded(tx, fill); err != nil {
			return err
		}
		return check(tx)
	}
	if db.engine == Postgres {
		return explain(db.writeRetrying(ctx, all))
	}
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return explain(ctx.Err())
	}
	// One connection, the writer's: the pragma is of the connection, and cannot
	// be changed inside a transaction.
	if _, err := db.writer.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil {
		return explain(err)
	}
	defer func() { err = explain(errors.Join(err, db.foreignKeysOn(ctx))) }()
	_, err = db.tryWrite(ctx, db.Now(), nil, all)
	return err
}

// unguarded runs fill without guards. It ends in an error where what stands
// afterwards is not what stood before.
func unguarded(tx *Tx, fill func(tx *Tx) error) error {
	before, err := fingerprint(tx)
	if err != nil {
		return err
	}
	back, err := guardsOff(tx)
	if err != nil {
		return err
	}
	if err := fill(tx); err != nil {
		return err
	}
	for _, statement := range back {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	if err := tx.db.danglers(tx.ctx, tx.sq); err != nil {
		return err
	}
	after, err := fingerprint(tx)
	if err != nil {
		return err
	}
	for i := range max(len(before), len(after)) {
		if i >= len(before) || i >= len(after) || before[i] != after[i] {
			return errors.New("store: the guards that were off are not all back")
		}
	}
	missing, err := MissingGuards(tx)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("store: guards are missing: %s", strings.Join(missing, ", "))
	}
	return err
}

// guardsOff takes foreign keys and triggers out of the way and gives the
// statements that put them back.
func guardsOff(tx *Tx) (back []string, err error) {
	query := `SELECT 'DROP TRIGGER "' || name || '"', sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`
	if tx.Engine() == Postgres {
		// Adding a foreign key looks at every row; those that name a table come
		// after the table's own triggers are on again.
		query = `SELECT down, up FROM (
			SELECT 1 AS rank, relname AS name, format('ALTER TABLE %I DISABLE TRIGGER USER', relname) AS down, format('ALTER TABLE %I ENABLE TRIGGER USER', relname) AS up
			FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
			UNION ALL
			SELECT 2, c.conname, format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname), format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
			FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
			WHERE c.connamespace = current_schema()::regnamespace AND c.contype = 'f') s ORDER BY rank, name`
	}
	var off []string
	if err := eachText(tx, func(down, up string) { off, back = append(off, down), append(back, up) }, query); err != nil {
		return nil, err
	}
	for _, statement := range off {
		if _, err := tx.Exec(statement); err != nil {
			return nil, err
		}
	}
	return back, nil
}

// fingerprint lists every table, index, constraint and trigger with its
// definition and whether it is on.
func fingerprint(tx *Tx) ([]string, error) {
	query := `SELECT type || ' ' || tbl_name || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name <> 'sqlite_stat1'`
	if tx.Engine() == Postgres {
		query = `SELECT 'constraint ' || conrelid::regclass || ' ' || conname, convalidated || ' ' || pg_get_constraintdef(oid)
			FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
			UNION ALL SELECT 'index ' || i.indexrelid::regclass, i.indisvalid || ' ' || pg_get_indexdef(i.indexrelid)
			FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace
			UNION ALL SELECT 'trigger ' || t.tgrelid::regclass || ' ' || t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
			FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal`
	}
	var out []string
	err := eachText(tx, func(what, how string) { out = append(out, what+"\x00"+how) }, query)
	slices.Sort(out)
	return out, err
}

// Renumber makes the database count a table's rows on from the highest number.
// SQLite does so by itself.
func Renumber(tx *Tx, t Table) error {
	if tx.Engine() == SQLite || !t.Counted {
		return nil
	}
	_, err := tx.Exec(fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), coalesce((SELECT max(%[2]s) FROM %[1]s), 1), EXISTS (SELECT 1 FROM %[1]s))`, t.Name, t.Key()[0]))
	return err
}

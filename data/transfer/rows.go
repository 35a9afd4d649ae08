package transfer

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// A batch is sent when it has that many rows or bytes: memory stays bounded,
// whatever lies in the documents.
const (
	batchRows  = 2000
	batchBytes = 4 << 20
	tellEvery  = 10000 // rows
)

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// fill copies every table, in the order of their names: nothing looks at
// references meanwhile.
func (m *move) fill(to *store.Tx) error {
	m.rep, m.done = &Report{From: m.src.Engine(), To: m.dst.Engine(), started: m.now()}, 0
	if err := m.count(); err != nil {
		return err
	}
	if err := empty(to, m.tables); err != nil { // again, now that nobody else can write there
		return err
	}
	for i, t := range m.tables {
		n, err := m.copyTable(to, t)
		if err != nil {
			return err
		}
		m.rep.Tables[i].Rows = n
		if err := store.Renumber(to, t); err != nil {
			return err
		}
	}
	m.rep.Copy = m.now().Sub(m.rep.started)
	return nil
}

// count learns how much there is to do.
func (m *move) count() error {
	for _, t := range m.tables {
		var n int64
		if err := m.from.QueryRow(`SELECT count(*) FROM "` + t.Name + `"`).Scan(&n); err != nil {
			return err
		}
		m.rep.Tables = append(m.rep.Tables, Count{t.Name, n})
		m.rep.Rows += n
	}
	return nil
}

// selectAll reads a table in the order of its key.
func selectAll(t store.Table) string {
	return fmt.Sprintf(`SELECT "%s" FROM "%s" ORDER BY "%s"`, strings.Join(t.Names(), `", "`), t.Name, strings.Join(t.Key(), `", "`))
}

func (m *move) copyTable(to *store.Tx, t store.Table) (n int64, err error) {
	if len(t.Key()) == 0 {
		return 0, fmt.Errorf("transfer: table %s has no primary key", t.Name)
	}
	var batch [][]any
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := bulk.Copy(to, t.Name, t.Names(), batch)
		n += int64(len(batch))
		batch, size = batch[:0], 0
		return err
	}
	err = store.Each(m.from, func(r *sql.Rows) error {
		row, err := read(r, len(t.Columns))
		if err != nil {
			return err
		}
		batch = append(batch, row)
		size += weight(row)
		m.tell("copie de " + t.Name)
		if len(batch) < batchRows && size < batchBytes {
			return nil
		}
		return flush()
	}, selectAll(t))
	if err == nil {
		err = flush()
	}
	return n, err
}

// tell counts a row done.
func (m *move) tell(what string) {
	if m.done%tellEvery == 0 {
		m.opt.Progress(m.done, 2*m.rep.Rows, what)
	}
	m.done++
}

func read(r *sql.Rows, n int) ([]any, error) {
	row, to := make([]any, n), make([]any, n)
	for i := range row {
		to[i] = &row[i]
	}
	return row, r.Scan(to...)
}

func weight(row []any) (n int) {
	for _, v := range row {
		switch x := v.(type) {
		case string:
			n += len(x)
		case []byte:
			n += len(x)
		}
		n += 16
	}
	return n
}

// compare reads every row of every table on both sides, in the order of their
// keys, and compares them column by column.
func (m *move) compare(to *store.Tx) error {
	for i, t := range m.tables {
		n, err := m.compareTable(to, t)
		if err != nil {
			return err
		}
		if n != m.rep.Tables[i].Rows {
			return differs("%s\u00a0: %d lignes copiées, %d relues", t.Name, m.rep.Tables[i].Rows, n)
		}
	}
	return nil
}

func (m *move) compareTable(to *store.Tx, t store.Table) (n int64, err error) {
	there, err := to.Query(selectAll(t))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, there.Close()) }()
	err = store.Each(m.from, func(here *sql.Rows) error {
		want, err := read(here, len(t.Columns))
		if err != nil {
			return err
		}
		m.tell("relecture de " + t.Name)
		if !there.Next() {
			if err := there.Err(); err != nil {
				return err
			}
			return differs("%s, ligne %s\u00a0: elle manque dans la copie", t.Name, keyText(t, want))
		}
		got, err := read(there, len(t.Columns))
		if err != nil {
			return err
		}
		for i := range want {
			if !same(want[i], got[i]) {
				return differs("%s, ligne %s\u00a0: la colonne «\u00a0%s\u00a0» n’est pas la même", t.Name, keyText(t, want), t.Columns[i].Name)
			}
		}
		n++
		return nil
	}, selectAll(t))
	if err == nil && there.Next() {
		row, rerr := read(there, len(t.Columns))
		if rerr != nil {
			return n, rerr
		}
		err = differs("%s, ligne %s\u00a0: elle est de trop dans la copie", t.Name, keyText(t, row))
	}
	return n, err
}

// differs is the end of a copy that is not the original; values are not told,
// they may be anybody's.
func differs(format string, args ...any) error {
	return fault.New(fault.Conflict, "La copie n’est pas fidèle (table %s). Rien n’a été gardé, la base d’origine est intacte\u00a0: recommencez, et si cela se répète, prévenez votre assistance.", fmt.Sprintf(format, args...))
}

// same compares two values as their engines gave them.
func same(a, b any) bool {
	x, isBytes := a.([]byte)
	y, too := b.([]byte)
	if isBytes || too {
		return isBytes && too && bytes.Equal(x, y)
	}
	return a == b
}

// keyText names a row by its key.
func keyText(t store.Table, row []any) string {
	var parts []string
	for _, k := range t.Key() {
		for i, c := range t.Columns {
			if c.Name == k {
				parts = append(parts, fmt.Sprint(row[i]))
			}
		}
	}
	return strings.Join(parts, "/")
}

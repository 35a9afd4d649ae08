// Package bulk writes many rows with few statements, in one SQL text for both
// engines. It knows no table: the caller brings the words around VALUES. It
// never opens a transaction.
package bulk

import (
	"database/sql"
	"strconv"
	"strings"

	"ardoise/data/store"
)

// maxParameters stays under what SQLite (32,766) and PostgreSQL (65,535) take in
// one statement.
const maxParameters = 30000

// Insert writes the rows: head is everything before VALUES ("INSERT INTO t (a,
// b)"), tail everything after ("ON CONFLICT DO NOTHING"). Every row has as many
// values as the first.
func Insert(tx *store.Tx, head string, rows [][]any, tail string) error {
	return chunks(rows, func(part [][]any) error {
		text, args := values(head, part, tail)
		_, err := tx.Exec(text, args...)
		return err
	})
}

// Copy appends many whole rows: by COPY on PostgreSQL, where it is several times
// faster than INSERT. Values are int64, string, []byte or nil, as a database gives
// them.
func Copy(tx *store.Tx, table string, columns []string, rows [][]any) error {
	if tx.Engine() == store.Postgres {
		return tx.CopyRows(table, columns, rows)
	}
	return Insert(tx, `INSERT INTO "`+table+`" ("`+strings.Join(columns, `", "`)+`")`, rows, "")
}

// InsertReturning is Insert with a tail that ends in RETURNING; scan is called
// for every row that comes back, in the order of rows (both engines return the
// rows of a VALUES list in its order).
func InsertReturning(tx *store.Tx, head string, rows [][]any, tail string, scan func(*sql.Rows) error) error {
	return chunks(rows, func(part [][]any) error {
		text, args := values(head, part, tail)
		return store.Each(tx, scan, text, args...)
	})
}

// chunks cuts the rows in powers of two, so that a statement has few texts
// whatever the number of rows: the driver and the store remember texts.
func chunks(rows [][]any, fn func([][]any) error) error {
	if len(rows) == 0 {
		return nil
	}
	size := 1
	for size*2*len(rows[0]) <= maxParameters && size < 1024 {
		size *= 2
	}
	for len(rows) > 0 {
		for size > len(rows) {
			size /= 2
		}
		if err := fn(rows[:size]); err != nil {
			return err
		}
		rows = rows[size:]
	}
	return nil
}

func values(head string, rows [][]any, tail string) (string, []any) {
	var b strings.Builder
	args := make([]any, 0, len(rows)*len(rows[0]))
	b.WriteString(head)
	b.WriteString(" VALUES ")
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j, v := range row {
			if j > 0 {
				b.WriteByte(',')
			}
			args = append(args, v)
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(len(args)))
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(tail)
	return b.String(), args
}

// Update changes many rows from a list of values: text holds "%s" where the list
// goes, as in
//
//	UPDATE t SET a = v.column2 FROM %s AS v WHERE t.id = v.column1
//
// and types names the SQL type of each column (BIGINT, TEXT), for PostgreSQL
// cannot guess those of a free list.
func Update(tx *store.Tx, text string, types []string, rows [][]any) error {
	head, tail, _ := strings.Cut(text, "%s")
	return chunks(rows, func(part [][]any) error {
		list, args := values("", part, "")
		for i, t := range types { // the first row gives the types of all
			list = strings.Replace(list, "$"+strconv.Itoa(i+1), "CAST($"+strconv.Itoa(i+1)+" AS "+t+")", 1)
		}
		_, err := tx.Exec(head+"("+strings.TrimSpace(list)+")"+tail, args...)
		return err
	})
}

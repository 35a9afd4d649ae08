package store

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
)

// indexNames maps SQLite's "table.column, table.column" to the index's name.
// Handles of one process share a schema, so they share the map.
var indexNames sync.Map

// learnIndexes fills indexNames from the schema.
func (db *DB) learnIndexes(ctx context.Context) error {
	if db.engine != SQLite {
		return nil
	}
	rows, err := db.readers.QueryContext(ctx, `
		SELECT m.name, m.sql, l.name, l.origin, group_concat(m.name || '.' || i.name, ', ' ORDER BY i.seqno)
		FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i
		WHERE m.type = 'table' AND l."unique" = 1
		GROUP BY m.name, m.sql, l.name, l.origin ORDER BY l.name DESC`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var table, definition, index, origin string
		var columns *string
		if err := rows.Scan(&table, &definition, &index, &origin, &columns); err != nil {
			return errors.Join(err, rows.Close())
		}
		if columns == nil {
			continue // on expressions: SQLite names the index by itself
		}
		switch origin {
		case "pk":
			index = table + "_pkey"
		case "u":
			index = uniqueName(definition, table, strings.ReplaceAll(*columns, table+".", ""))
		}
		indexNames.Store(*columns, index)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	return db.learnRowids(ctx)
}

// learnRowids: an INTEGER PRIMARY KEY has no index at all.
func (db *DB) learnRowids(ctx context.Context) error {
	rows, err := db.readers.QueryContext(ctx, `
		SELECT m.name, t.name FROM sqlite_master m, pragma_table_info(m.name) t
		WHERE m.type = 'table' AND t.pk = 1 AND t.type = 'INTEGER'`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return errors.Join(err, rows.Close())
		}
		indexNames.LoadOrStore(table+"."+column, table+"_pkey")
	}
	return errors.Join(rows.Err(), rows.Close())
}

var (
	tableUnique  = regexp.MustCompile(`(?i)CONSTRAINT\s+(\w+)\s+UNIQUE\s*\(([^)]*)\)`)
	columnUnique = regexp.MustCompile(`(?im)^\s*(\w+)\s+[^,]*?CONSTRAINT\s+(\w+)\s+UNIQUE\b\s*([^\s(]|$)`)
)

// uniqueName finds the name a CREATE TABLE gives to a unique constraint, which
// SQLite does not keep; without one, the name PostgreSQL would make.
func uniqueName(definition, table, columns string) string {
	for _, m := range tableUnique.FindAllStringSubmatch(definition, -1) {
		if strings.Join(strings.Fields(strings.ReplaceAll(m[2], ",", ", ")), " ") == columns {
			return m[1]
		}
	}
	for _, m := range columnUnique.FindAllStringSubmatch(definition, -1) {
		if m[1] == columns {
			return m[2]
		}
	}
	return table + "_" + strings.ReplaceAll(columns, ", ", "_") + "_key"
}

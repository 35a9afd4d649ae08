package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var guardWords = regexp.MustCompile(`(?i)\b(?:CREATE\s+(?:UNIQUE\s+)?(INDEX|TRIGGER)\s+(\w+)|(CONSTRAINT)\s+(\w+)|DROP\s+(INDEX|TRIGGER)\s+(?:IF\s+EXISTS\s+)?(\w+)|DROP\s+(CONSTRAINT)\s+(\w+))`)

// MissingGuards names what the schema promises and the database no longer has:
// indexes, triggers (or disabled ones) and named constraints. A database that
// answers with a name has been tampered with: its rules no longer all hold.
func MissingGuards(tx *Tx) ([]string, error) {
	expected := map[string]bool{}
	for _, m := range tx.db.set {
		script, err := m.render(tx.db.engine)
		if err != nil {
			return nil, err
		}
		for _, w := range guardWords.FindAllStringSubmatch(uncommented(script), -1) {
			for i := 1; i < len(w); i += 2 {
				if w[i] != "" {
					expected[strings.ToLower(w[i]+" "+w[i+1])] = i <= 3
				}
			}
		}
	}
	present, err := guardsPresent(tx)
	if err != nil {
		return nil, err
	}
	var missing []string
	for guard, wanted := range expected {
		if wanted && !present[guard] {
			missing = append(missing, guard)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// uncommented drops SQL comments, in which guards are only talked about.
func uncommented(script string) string {
	var b strings.Builder
	for i := 0; i < len(script); {
		n := opaque(script[i:])
		switch {
		case n == 0:
			b.WriteByte(script[i])
			n = 1
		case script[i] == '-' || script[i] == '/':
			b.WriteByte('\n')
		default:
			b.WriteString(script[i : i+n])
		}
		i += n
	}
	return b.String()
}

func guardsPresent(tx *Tx) (map[string]bool, error) {
	present := map[string]bool{}
	if tx.Engine() == Postgres {
		err := eachText(tx, func(guard, _ string) { present[guard] = true }, `
			SELECT 'index ' || c.relname, '' FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
			WHERE c.relnamespace = current_schema()::regnamespace AND i.indisvalid
			UNION ALL SELECT 'trigger ' || t.tgname, '' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
			WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A')
			UNION ALL SELECT 'constraint ' || conname, '' FROM pg_constraint
			WHERE connamespace = current_schema()::regnamespace AND convalidated`)
		return present, err
	}
	err := eachText(tx, func(guard, definition string) {
		present[guard] = true
		for _, w := range guardWords.FindAllStringSubmatch(uncommented(definition), -1) {
			if w[3] != "" {
				present["constraint "+strings.ToLower(w[4])] = true
			}
		}
	}, `SELECT lower(type || ' ' || name), coalesce(sql, '') FROM sqlite_master`)
	return present, err
}

func eachText(tx *Tx, fn func(a, b string), query string) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return fmt.Errorf("%w (%v)", err, rows.Close())
		}
		fn(a, b)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

package store

import "regexp"

// Keeping is how a table keeps its rows.
type Keeping int

// What the schema says of a table.
const (
	Free         Keeping = iota
	NeverDeleted         // {{no_delete}}: rows change, none vanishes
	AppendedOnly         // {{append_only}}: rows never change and never vanish
)

var keepingWords = regexp.MustCompile(`CREATE TRIGGER (\w+?)_(append_only|no_delete) BEFORE`)

// Kept gives the tables whose rows are kept, as the schema promises it and
// whatever a database has become.
func Kept() (map[string]Keeping, error) {
	set, err := loadMigrations(nil)
	if err != nil {
		return nil, err
	}
	out := map[string]Keeping{}
	for _, m := range set {
		script, err := m.render(Postgres)
		if err != nil {
			return nil, err
		}
		for _, w := range keepingWords.FindAllStringSubmatch(script, -1) {
			out[w[1]] = NeverDeleted
			if w[2] == "append_only" {
				out[w[1]] = AppendedOnly
			}
		}
	}
	return out, nil
}

package store

import "regexp"

// Keeping is how a table keeps its rows.
type Keeping int

// What the schema says of a table.
const (
	Free         Keeping = iota
	NeverDeleted         // {{no_delete}}: rows change, none vanishes
	AppendedOnly         // {{append_only}}: rows never change and never vanish
	NamesMayGo           // {{append_only_but}}: rows never vanish, and lose names at the most: its trigger judges each UPDATE
	Trail                // the audit trail: sentences may go, and its beginning (0004): its trigger judges each UPDATE and DELETE
)

var keepingWords = regexp.MustCompile(`CREATE TRIGGER (\w+?)_(append_only|no_delete) BEFORE`)

var narrowedWords = regexp.MustCompile(`CREATE TRIGGER (\w+?)_append_only BEFORE UPDATE OR DELETE ON \w+ FOR EACH ROW EXECUTE FUNCTION ardoise_(refuse_but|trail)\(`)

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
		for _, w := range narrowedWords.FindAllStringSubmatch(script, -1) {
			out[w[1]] = NamesMayGo
			if w[2] == "trail" {
				out[w[1]] = Trail
			}
		}
	}
	return out, nil
}

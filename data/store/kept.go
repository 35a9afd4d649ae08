package store

import (
	"regexp"
	"strings"
)

// Keeping is how a table keeps its rows.
type Keeping int

// What the schema says of a table.
const (
	Free         Keeping = iota
	NeverDeleted         // {{no_delete}}: rows change, none vanishes
	AppendedOnly         // {{append_only}}: rows never change and never vanish
	Trail                // the audit trail: sentences may go, and its beginning (0004): its trigger judges each UPDATE and DELETE
)

// Keep is what the schema says of a table's rows.
type Keep struct {
	How     Keeping
	Forgets []string // columns of an appended row that may lose what names people ({{append_only_but}})
}

var (
	keepingWords = regexp.MustCompile(`CREATE TRIGGER (\w+?)_(append_only|no_delete) BEFORE`)
	trailWords   = regexp.MustCompile(`CREATE TRIGGER (\w+?)_append_only BEFORE UPDATE OR DELETE ON \w+ FOR EACH ROW EXECUTE FUNCTION ardoise_trail\(`)
	forgetWords  = regexp.MustCompile(`ardoise_refuse_but\('append_only:(\w+)', ('[^)]*')\)`)
)

// Kept gives the tables whose rows are kept, as the schema promises it and
// whatever a database has become.
func Kept() (map[string]Keep, error) {
	set, err := loadMigrations(nil)
	if err != nil {
		return nil, err
	}
	out := map[string]Keep{}
	for _, m := range set {
		script, err := m.render(Postgres)
		if err != nil {
			return nil, err
		}
		for _, w := range keepingWords.FindAllStringSubmatch(script, -1) {
			out[w[1]] = Keep{How: NeverDeleted}
			if w[2] == "append_only" {
				out[w[1]] = Keep{How: AppendedOnly}
			}
		}
		for _, w := range forgetWords.FindAllStringSubmatch(script, -1) {
			out[w[1]] = Keep{AppendedOnly, strings.Split(strings.Trim(w[2], "'"), "', '")}
		}
		for _, w := range trailWords.FindAllStringSubmatch(script, -1) {
			out[w[1]] = Keep{How: Trail}
		}
	}
	return out, nil
}

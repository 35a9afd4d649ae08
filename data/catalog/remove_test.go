package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestEveryReferenceIsCounted: each table that names a commune, a school, a
// class or a service is counted before it is removed, or goes with it. A table
// added to the schema fails here until somebody says which.
func TestEveryReferenceIsCounted(t *testing.T) {
	db := storetest.OpenSQLite(t)
	all := map[string]struct {
		uses []use
		own  []string
	}{
		"commune": {communeUses, nil}, "school": {schoolUses, nil}, "class": {classUses, classOwn}, "service": {serviceUses, serviceOwn},
	}
	for table, r := range all {
		var naming []string
		err := db.Read(context.Background(), func(tx *store.Tx) (err error) {
			naming, err = store.Collect(tx, func(q *sql.Rows) (v string, err error) { err = q.Scan(&v); return v, err },
				`SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" = '`+table+`' ORDER BY m.name`)
			return err
		})
		if err != nil || len(naming) < 2 {
			t.Fatal(naming, err)
		}
		var texts []string
		for _, u := range r.uses {
			texts = append(texts, u.count)
		}
		texts = append(texts, r.own...)
		for _, name := range naming {
			if !slices.ContainsFunc(texts, func(q string) bool { return strings.Contains(q, "FROM "+name+" ") }) {
				t.Errorf("%s names a %s, and removing one looks at no %s", name, table, name)
			}
		}
	}
}

// TestTheSchemaHasTheLastWord takes the counting away: the row that names the
// thing stops its removal all the same, in a sentence.
func TestTheSchemaHasTheLastWord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, ctx := New(db), staff.System(context.Background())
		commune, err := s.SaveCommune(ctx, Commune{INSEE: "01371", Name: "Saint-Marcel"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveSchool(ctx, School{CommuneID: commune, Name: "Les Étangs"}); err != nil {
			t.Fatal(err)
		}
		err = s.remove(ctx, commune, removal{table: "commune", what: "La commune", gone: "x", advice: "gardez-la", action: "catalog.commune.remove"})
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "sert encore") {
			t.Error(err)
		}
		if list, err := s.Communes(ctx); err != nil || len(list) != 1 {
			t.Error(list, err)
		}
	})
}

package store_test

import (
	"os"
	"testing"

	"ardoise/data/store"
)

// The fourth schema makes dishes of menus: one text a day becomes one dish of no
// course, with all the day's allergens, and the old table goes.
func TestFourthSchemaMakesDishesOfMenus(t *testing.T) {
	var texts []string
	for _, name := range []string{"0001_foundation.sql", "0002_billing.sql", "0003_mailbox.sql", "0004_town.sql"} {
		text, err := os.ReadFile("schema/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	places(t, func(t *testing.T, url string) {
		db := mustOpen(t, url, "", texts[:3]...)
		do := func(query string, args ...any) {
			t.Helper()
			if err := write(t, db, query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		do(`INSERT INTO commune (id, insee, name, postal, fold) VALUES (1, '01371', 'Saint-Marcel', '01390', 'saint marcel')`)
		do(`INSERT INTO service (id, commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
			VALUES (1, 1, 'c', 'Cantine', 'Cantine', 'canteen', 'repas', '1245', 'metropole', 'A', '12:00', '', '', 'wallet')`)
		do(`INSERT INTO menu (service_id, day, dishes, allergens) VALUES (1, '2026-11-26', $1, 'poissons,lait')`, "Céleri rémoulade, colin’\nriz ; pomme")
		do(`INSERT INTO menu (service_id, day, dishes) VALUES (1, '2026-11-27', 'Hachis')`)
		do(`INSERT INTO menu (service_id, day, dishes) VALUES (1, '2026-11-30', '  ')`)
		closeDB(t, db)
		db = mustOpen(t, url, t.TempDir(), texts...)
		defer closeDB(t, db)
		for what, q := range map[string]string{
			"the first day":  `SELECT COUNT(*) FROM dish WHERE service_id = 1 AND day = '2026-11-26' AND rank = 1 AND course = 'autre' AND vegetarian = 0 AND allergens = 'poissons,lait' AND name = 'Céleri rémoulade, colin’, riz ; pomme'`,
			"the second day": `SELECT COUNT(*) FROM dish WHERE day = '2026-11-27' AND name = 'Hachis' AND allergens = ''`,
			"no other":       `SELECT COUNT(*) - 1 FROM dish`,
		} {
			if n := count(t, db, q); n != 1 {
				t.Errorf("%s: %d", what, n)
			}
		}
		if err := write(t, db, `INSERT INTO menu (service_id, day, dishes) VALUES (1, '2026-12-01', 'x')`); err == nil {
			t.Error("the old table is still there")
		}
		for what, q := range map[string]string{
			"a course of its own": `INSERT INTO dish (service_id, day, rank, course, name) VALUES (1, '2026-12-01', 1, 'fromage', 'x')`,
			"no name":             `INSERT INTO dish (service_id, day, rank, course, name) VALUES (1, '2026-12-01', 1, 'plat', '')`,
			"twice a place":       `INSERT INTO dish (service_id, day, rank, course, name) VALUES (1, '2026-11-27', 1, 'plat', 'x')`,
		} {
			if err := write(t, db, q); err == nil {
				t.Errorf("%s is kept", what)
			}
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			missing, err := store.MissingGuards(tx)
			if len(missing) > 0 {
				t.Errorf("guards missing: %v", missing)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

package schoolyear_test

import (
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestTrailOfManyNamesNobody: an entry about many cannot lose one of them when that
// file is anonymised, so it has numbers only.
func TestTrailOfManyNamesNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must[int64](t)(w.s.Leave(w.ctx, []int64{w.kids["Hugo"]}, 0))
		var family int64
		var said, name string
		one := func(query string, to any, args ...any) {
			if err := db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(to) }); err != nil {
				t.Fatal(err)
			}
		}
		one(`SELECT family_id FROM child WHERE id = $1`, &family, w.kids["Hugo"])
		one(`SELECT name FROM family WHERE id = $1`, &name, family)
		must[int64](t)(w.s.Archive(w.ctx, []int64{family}))
		one(`SELECT detail FROM audit WHERE action = 'year.leave'`, &said)
		if !strings.Contains(said, "1\u00a0départ") || strings.Contains(said, "Hugo") || strings.Contains(said, name) {
			t.Error(said)
		}
		one(`SELECT detail FROM audit WHERE action = 'year.archive'`, &said)
		if !strings.Contains(said, "F-") || strings.Contains(said, name) {
			t.Error(said)
		}
	})
}

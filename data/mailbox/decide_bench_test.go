package mailbox

import (
	"testing"

	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// BenchmarkCards is what opening a message costs once it is read: its cards and
// the answer proposed.
func BenchmarkCards(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.OpenSQLite, "postgres": storetest.OpenPostgres} {
		b.Run(name, func(b *testing.B) {
			w := newTown(b, open(b))
			w.book(w.hugo, "2026-11-26")
			id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"), w.wants(reading.Book, w.lea, "2026-11-27", "2026-11-30"))
			for b.Loop() {
				w.get(id)
			}
		})
	}
}

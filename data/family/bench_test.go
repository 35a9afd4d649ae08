package family_test

import (
	"fmt"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

var lasts = []string{"MARTIN", "BERNARD", "ŒUVRARD", "PETIT", "DURAND", "LEROY", "MOREAU", "LEFÈVRE", "ROUX", "O'CONNOR"}

var firsts = []string{"Léa", "Hugo", "Inès", "Noé", "Zoé", "Tom", "Éloïse", "Côme", "Marie-Lou", "Adam"}

// fill makes n families of one and a half children.
func fill(b testing.TB, db *store.DB, n int) *family.Service {
	b.Helper()
	s := family.New(db)
	b.Cleanup(s.Close)
	list := make([]*family.Family, n)
	for i := range list {
		last := fmt.Sprintf("%s-%s", lasts[i%10], lasts[i/10%10])
		f := &family.Family{
			Name: last, Address1: fmt.Sprintf("%d rue des Écoles", i), Postal: "01390", City: "Saint-Marcel",
			Guardians: []family.Guardian{
				{Last: last, First: firsts[i%10], Email: fmt.Sprintf("parent%d@example.org", i), Mobile: fmt.Sprintf("06%08d", 39000000+i)},
				{Last: lasts[i/7%10], First: firsts[i/3%10]},
			},
		}
		for k := range 1 + i%2 {
			f.Children = append(f.Children, family.Child{Last: last, First: firsts[(i+k)%10], Birth: calendar.MustISO("2018-01-01").Add(i % 2000), Level: "CP"})
		}
		if err := f.Normalize(calendar.MustISO("2026-11-24")); err != nil {
			b.Fatal(err)
		}
		list[i] = f
	}
	if err := db.Write(staff.System(b.Context()), func(tx *store.Tx) error { return family.InsertTx(tx, list) }); err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1000, 66000} {
		for _, open := range []struct {
			name string
			db   func(testing.TB) *store.DB
		}{{"sqlite", storetest.OpenSQLite}, {"postgres", storetest.OpenPostgres}} {
			b.Run(fmt.Sprintf("%s/%d", open.name, n), func(b *testing.B) {
				db := open.db(b)
				s := fill(b, db, n)
				ctx := stafftest.Session(b, db, staff.Accueil)
				for _, text := range []string{"oeuvrard lea", "marie", "06 39 00 07 77", "zzz"} {
					b.Run(text, func(b *testing.B) {
						for b.Loop() {
							if _, _, err := s.Search(ctx, text, family.Filter{}, 50); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
			})
		}
	}
}

func BenchmarkDuplicates(b *testing.B) {
	for _, n := range []int{1000, 66000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := storetest.OpenSQLite(b)
			s := fill(b, db, n)
			ctx := stafftest.Session(b, db, staff.Accueil)
			for b.Loop() {
				if _, err := s.Duplicates(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

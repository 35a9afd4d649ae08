package staff_test

import (
	"slices"
	"testing"

	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestContactsNamesAdministratorsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		_, ctx := r.signIn(marie, pass)
		_, err := r.s.CreateAgent(ctx, staff.NewAgent{Login: "paul", Name: "Paul Vidal", Password: "quatre-vents-71-lune", Roles: []staff.Role{staff.Accueil}})
		r.must(err)
		id, err := r.s.CreateAgent(ctx, staff.NewAgent{Login: "helene", Name: "Hélène Borel", Password: "quatre-vents-71-lune", Roles: []staff.Role{staff.Admin}})
		r.must(err)
		got, err := r.s.Contacts(bg)
		r.must(err)
		if want := []string{"Hélène Borel", "Marie Roux"}; !slices.Equal(got, want) {
			t.Errorf("contacts: %q, want %q", got, want)
		}
		r.must(r.s.SetActive(ctx, id, false))
		got, err = r.s.Contacts(bg)
		r.must(err)
		if want := []string{"Marie Roux"}; !slices.Equal(got, want) {
			t.Errorf("contacts: %q, want %q: an account that is closed helps nobody", got, want)
		}
	})
}

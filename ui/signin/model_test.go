package signin

import (
	"slices"
	"testing"

	"ardoise/data/staff"
)

func TestTickFollowsTheCursorUntilOneIsTicked(t *testing.T) {
	r := newRoles()
	r.move(3)
	if got := r.chosen(3); !slices.Equal(got, []staff.Role{staff.Cuisine}) {
		t.Errorf("after an arrow: %v", got)
	}
	r.toggle(3) // keeps the role the tick already stands on
	r.toggle(0)
	r.move(4)
	if got := r.chosen(4); !slices.Equal(got, []staff.Role{staff.Accueil, staff.Cuisine}) {
		t.Errorf("after a tick: %v", got)
	}
	r.toggle(0)
	r.toggle(3)
	if got := r.chosen(4); !slices.Equal(got, []staff.Role{staff.Admin}) {
		t.Errorf("nothing ticked takes the cursor's: %v", got)
	}
}

func TestForgotten(t *testing.T) {
	for want, names := range map[string][]string{
		"Mot de passe oublié\u00a0? Demandez à un agent «\u00a0Administration\u00a0».":                      nil,
		"Mot de passe oublié\u00a0? Demandez à Hélène Borel, qui administre Ardoise.":                       {"Hélène Borel"},
		"Mot de passe oublié\u00a0? Demandez à Ana Roux, Bo Vit ou Hélène Borel, qui administrent Ardoise.": {"Ana Roux", "Bo Vit", "Hélène Borel"},
	} {
		if got := forgotten(names); got != want {
			t.Errorf("%v: %q", names, got)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Hélène Borel": "HB", "Jean-Éric de la Tour": "JT", "demo": "D", "": "?", "élodie": "É"} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

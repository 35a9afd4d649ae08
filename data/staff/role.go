// Package staff is the room of the agents: who they are, what they may do,
// how they sign in, and the trail of what they did. It never decides anything
// about families, meals or money, and never keeps a password in clear.
package staff

import (
	"slices"
	"strings"

	"ardoise/data/fault"
)

// Role is one right an agent may hold; an agent may hold several.
type Role string

// The five roles of a town hall (domain.md, Roles).
const (
	Accueil Role = "accueil"
	Regie   Role = "regie"
	Sante   Role = "sante"
	Cuisine Role = "cuisine"
	Admin   Role = "administration"
)

// Roles lists every role, in the order screens show them. Do not change it.
var Roles = []Role{Accueil, Regie, Sante, Cuisine, Admin}

// Label is the French name of the role.
func (r Role) Label() string {
	switch r {
	case Accueil:
		return "Accueil"
	case Regie:
		return "Régie"
	case Sante:
		return "Santé"
	case Cuisine:
		return "Cuisine"
	case Admin:
		return "Administration"
	}
	return string(r)
}

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// cleanRoles checks, sorts and takes out repetitions.
func cleanRoles(roles []Role) ([]Role, error) {
	if len(roles) == 0 {
		return nil, fault.New(fault.Invalid, "Choisissez au moins un rôle pour cet agent.")
	}
	for _, r := range roles {
		if !r.Valid() {
			return nil, fault.New(fault.Invalid, "Le rôle «\u00a0%s\u00a0» n’existe pas. Les rôles sont\u00a0: %s.", r, labels(Roles))
		}
	}
	out := slices.Clone(roles)
	slices.Sort(out)
	return slices.Compact(out), nil
}

func joinRoles(roles []Role) string {
	text := make([]string, len(roles))
	for i, r := range roles {
		text[i] = string(r)
	}
	return strings.Join(text, ",")
}

// splitRoles reads the column; a word that is no role (a newer program's) gives no right.
func splitRoles(text string) []Role {
	var out []Role
	for _, w := range strings.Split(text, ",") {
		if r := Role(w); r.Valid() {
			out = append(out, r)
		}
	}
	return out
}

func labels(roles []Role) string {
	text := make([]string, len(roles))
	for i, r := range roles {
		text[i] = r.Label()
	}
	return strings.Join(text, ", ")
}

// HasRole reports whether the column of an agent's roles names one.
func HasRole(column string, r Role) bool { return slices.Contains(splitRoles(column), r) }

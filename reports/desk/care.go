package desk

import (
	"strings"

	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/menu"
	"ardoise/reports/kitchen"
)

// WithPlans adds to a day's sheet what the care plans ask of the kitchen: first
// name, class, instruction, and whether today's menu holds what must be
// avoided. care comes from the family room, which asked the right and wrote the
// reading in the journal; whoever has not read it must not call this.
func WithPlans(s kitchen.Sheet, h *booking.Headcount, care map[int64]family.Kitchen) kitchen.Sheet {
	s.ShowPlans = true
	for i, n := range h.Names {
		k, has := care[n.ChildID]
		if !has && !catalog.ForCarePlan(n.Diet) {
			continue
		}
		hits := h.Menu.Meets(k.Allergens)
		s.Names[i].Diet = h.Diets.Label(n.Diet)
		s.Plans = append(s.Plans, kitchen.Plan{
			School: n.School, Class: n.Class, Child: Short(n.First, n.Last), Sitting: n.Sitting, Kind: planKind(n.Diet),
			Without: allergens(k.Allergens), Instruction: k.Instruction,
			OnMenu: len(hits) > 0, Dishes: DishNames(hits),
		})
	}
	return s
}

// Short gives "Adam G.": enough for the kitchen to find the child, no more.
func Short(first, last string) string {
	for _, r := range last {
		return first + " " + strings.ToUpper(string(r)) + "."
	}
	return first
}

// DishNames gives the dishes that must be avoided: « colin pané, fromage blanc ».
func DishNames(hits []menu.Hit) string {
	names := make([]string, len(hits))
	for i, x := range hits {
		names[i] = x.Dish
	}
	return strings.Join(names, ", ")
}

func planKind(diet string) string {
	switch diet {
	case "pai_adapte":
		return "Plat adapté"
	case "pai_panier":
		return "Panier de la famille"
	}
	return "Attention particulière"
}

// Eaters lists the children of a headcount, for whoever asks their care plans.
func Eaters(h *booking.Headcount) []int64 {
	ids := make([]int64, len(h.Names))
	for i, n := range h.Names {
		ids[i] = n.ChildID
	}
	return ids
}

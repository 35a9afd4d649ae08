package kitchen

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/reports/desk"
	"ardoise/reports/kitchen"
	"ardoise/ui/widgets"
)

// carePlan is one child to mind, as much of it as the kitchen needs.
type carePlan struct {
	child       string // « Adam G. »
	where       string // « MS, Les Libellules »
	without     string // « poisson, lait »
	instruction string
	icon        string
	onMenu      bool
	dishes      string // of the menu, that hold it
	noMenu      bool
	name        booking.Name
}

// badge says whether the menu holds what must be avoided. A child whose plan
// names none of the fourteen allergens cannot be compared: the cook must read.
func (p carePlan) badge() widgets.BadgeSpec {
	switch {
	case p.onMenu:
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: "Au menu", Tone: widgets.Failure}
	case p.without == "":
		return widgets.BadgeSpec{Icon: "eye", Text: "À vérifier", Tone: widgets.Warning}
	case p.noMenu:
		return widgets.BadgeSpec{Icon: "circle-dashed", Text: "Non comparé", Tone: widgets.Neutral}
	}
	return widgets.BadgeSpec{Icon: "check", Text: "Pas au menu", Tone: widgets.Neutral}
}

var allergenIcons = map[string]string{
	"gluten": "wheat", "oeufs": "egg", "poissons": "fish", "crustaces": "fish", "mollusques": "fish", "arachides": "peanut",
	"lait": "milk", "fruits_a_coque": "nut",
}

// carePlans lists who to mind: what is on the menu first. Children with a
// care-plan diet but no instruction are listed too: silence is not safety.
func (s sheet) carePlans() (list []carePlan) {
	if !s.plans {
		return nil
	}
	// a menu without any allergen code was never compared: it says nothing
	noMenu := len(s.h.Menu.Allergens()) == 0
	one := oneSchool(s.h.Names)
	school := func(name string) string {
		if one {
			return "" // everybody's
		}
		return name
	}
	for _, n := range s.h.Names {
		k, ok := s.care[n.ChildID]
		if !ok && !catalog.ForCarePlan(n.Diet) {
			continue
		}
		p := carePlan{child: firstAndInitial(n.First, n.Last), where: join(n.Class, school(n.School)), instruction: k.Instruction, icon: "care", noMenu: noMenu, name: n}
		hits := s.h.Menu.Meets(k.Allergens)
		p.onMenu, p.dishes = len(hits) > 0, desk.DishNames(hits)
		for _, a := range k.Allergens {
			if icon := allergenIcons[a]; icon != "" {
				p.icon = icon
				break
			}
		}
		p.without = allergenWords(k.Allergens)
		if p.instruction = strings.TrimSpace(p.instruction); p.instruction == "" && catalog.ForCarePlan(n.Diet) {
			p.instruction = s.h.Diets.Label(n.Diet) + "."
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b carePlan) int { return rank(a) - rank(b) })
	return list
}

func oneSchool(names []booking.Name) bool {
	for _, n := range names {
		if n.School != names[0].School {
			return false
		}
	}
	return true
}

// shortAllergens are the kitchen's words where the law's are long.
var shortAllergens = map[string]string{"gluten": "gluten", "sesame": "sésame", "sulfites": "sulfites"}

func allergenWord(code string) string {
	if w := shortAllergens[code]; w != "" {
		return w
	}
	return strings.ToLower(family.AllergenLabel(code))
}

// allergenWords gives « poissons, lait ».
func allergenWords(codes []string) string {
	words := make([]string, len(codes))
	for i, a := range codes {
		words[i] = allergenWord(a)
	}
	return strings.Join(words, ", ")
}

func rank(p carePlan) int {
	switch {
	case p.onMenu:
		return 0
	case p.without == "":
		return 1
	}
	return 2
}

func join(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, ", ")
}

// firstAndInitial gives « Adam G. »: the kitchen sees no family name.
func firstAndInitial(first, last string) string {
	r := []rune(strings.TrimSpace(last))
	if len(r) == 0 {
		return first
	}
	return first + " " + strings.ToUpper(string(r[0])) + "."
}

// alerts counts the children for whom the menu is dangerous.
func alerts(list []carePlan) (n int) {
	for _, p := range list {
		if p.onMenu {
			n++
		}
	}
	return n
}

func alertsText(n int) string {
	if n == 1 {
		return "1" + nbsp + "alerte au menu"
	}
	return fmt.Sprintf("%d"+nbsp+"alertes au menu", n)
}

// menuLines is what the menu block says.
func (s sheet) menuLines() (dishes, allergens string) {
	m := s.h.Menu
	if len(m.Dishes) == 0 {
		return "Pas encore saisi.", ""
	}
	dishes = m.Text()
	if m.Vegetarian() {
		dishes += " (menu végétarien)"
	}
	codes := m.Allergens()
	if len(codes) == 0 {
		return dishes, "Aucun des 14 allergènes n’est coché."
	}
	return dishes, "Allergènes" + nbsp + ": " + allergenWords(codes)
}

// paperPlans is the same list for the papers.
func paperPlans(list []carePlan) (out []kitchen.Plan) {
	for _, p := range list {
		kind := "Plat adapté"
		if p.name.Diet == "pai_panier" {
			kind = "Panier de la famille"
		}
		out = append(out, kitchen.Plan{
			School: p.name.School, Class: p.name.Class, Child: p.child, Sitting: p.name.Sitting,
			Kind: kind, Without: p.without, Instruction: p.instruction, OnMenu: p.onMenu, Dishes: p.dishes,
		})
	}
	return out
}

// paper is the day as the kitchen's paper.
func (s sheet) paper(m desk.Maker) kitchen.Sheet {
	p := m.Sheet(s.h)
	if s.plans {
		p.ShowPlans, p.Plans = true, paperPlans(s.carePlans())
	}
	return p
}

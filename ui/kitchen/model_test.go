package kitchen

import (
	"slices"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/menu"
	"ardoise/ui/widgets"
)

var noon = calendar.MustISO("2026-11-24").At(13, 46)

func day(names ...booking.Name) *booking.Headcount {
	h := &booking.Headcount{Open: true, Day: calendar.MustISO("2026-11-26"), At: noon, Names: names, Children: len(names), Total: len(names)}
	for _, n := range names {
		h.Groups = append(h.Groups, booking.Group{School: n.School, AgeGroup: "elementaire", Diet: n.Diet, Count: 1})
	}
	return h
}

func TestStateOfTheSheet(t *testing.T) {
	sent := noon.Add(-4 * time.Hour)
	for _, c := range []struct {
		h           booking.Headcount
		badge, line string
		tone        widgets.Tone
	}{
		{booking.Headcount{Open: true, At: noon}, "Feuille n°\u00a01, brouillon", "jamais transmise", widgets.Warning},
		{booking.Headcount{Open: true, At: noon, Version: 2, SentAt: sent}, "Feuille n°\u00a02, transmise", "à 9\u00a0h\u00a046", widgets.Success},
		{booking.Headcount{Open: true, At: noon, Version: 2, SentAt: sent.AddDate(0, 0, -1), Changes: []booking.Change{{Delta: 1}}}, "Feuille n°\u00a03, brouillon", "transmise\u00a0: n°\u00a02, le 23 nov. à 9\u00a0h\u00a046", widgets.Warning},
		{booking.Headcount{At: noon, Closed: "vacances de Noël"}, "Pas de service", "vacances de Noël", widgets.Neutral},
	} {
		spec, line := sheet{h: &c.h}.state()
		if spec.Text != c.badge || line != c.line || spec.Tone != c.tone {
			t.Errorf("%q %q, want %q %q", spec.Text, line, c.badge, c.line)
		}
	}
}

func TestCareComparesTheMenuWithTheChild(t *testing.T) {
	h := day(booking.Name{ChildID: 1, First: "Lila", Last: "Garnier", Class: "CP", Diet: "standard"},
		booking.Name{ChildID: 2, First: "Adam", Last: "Gros", Class: "MS", Diet: "pai_adapte"},
		booking.Name{ChildID: 3, First: "Noé", Last: "Blanc", Diet: "pai_panier"},
		booking.Name{ChildID: 4, First: "Eva", Last: "Petit", Diet: "vegetarien"})
	h.Menu = menu.Day{Dishes: []menu.Dish{{Course: menu.Main, Name: "Colin", Allergens: []string{"poissons", "lait"}}}}
	s := sheet{h: h, plans: true, care: map[int64]family.Kitchen{1: {Allergens: []string{"arachides"}}, 2: {Instruction: "Omelette.", Allergens: []string{"poissons"}}}}
	list := s.carePlans()
	var got []string
	for _, p := range list {
		got = append(got, p.child+" "+p.badge().Text)
	}
	// the child whose plan names no allergen is never said to be safe
	if want := []string{"Adam G. Au menu", "Noé B. À vérifier", "Lila G. Pas au menu"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if alerts(list) != 1 {
		t.Errorf("%d alerts", alerts(list))
	}
	h.Menu.Dishes[0].Allergens = nil
	for _, p := range s.carePlans() {
		if b := p.badge().Text; b == "Pas au menu" || b == "Au menu" {
			t.Errorf("a menu whose allergens nobody ticked says %q of %s", b, p.child)
		}
	}
	s.plans = false
	if s.carePlans() != nil {
		t.Error("without the role nothing is listed")
	}
	rows, foot := s.diets()
	if i := slices.IndexFunc(rows, func(r dietRow) bool { return r.label == "Repas adapté" }); i < 0 || rows[i].total() != 2 || foot.total() != 4 {
		t.Errorf("masked table: %+v", rows)
	}
}

// The codes of the menu and of the children must be the same fourteen, or an
// alert would silently never come.
func TestOneListOfAllergens(t *testing.T) {
	for code := range allergenIcons {
		if !slices.ContainsFunc(family.Allergens, func(a family.Allergen) bool { return a.Code == code }) {
			t.Errorf("icon for %q, which is no allergen", code)
		}
	}
	if len(family.Allergens) != 14 {
		t.Errorf("%d allergens", len(family.Allergens))
	}
}

func TestChangesAndBalance(t *testing.T) {
	h := day()
	h.Version = 1
	h.Changes = []booking.Change{
		{First: "Chloé", Last: "Pernet", Class: "CE1", Diet: "pai_adapte", Delta: 1, At: noon},
		{Last: "Adultes", School: "Les Étangs", AgeGroup: "adulte", Diet: "standard", Delta: -3},
		{First: "Axel", Last: "Petit", Class: "GS", Diet: "standard", Delta: -1, At: noon.AddDate(0, 0, -1)},
	}
	plus, minus := sheet{h: h}.changes()
	if len(plus) != 1 || plus[0].detail != "CE1, repas adapté" || plus[0].at != "13\u00a0h\u00a046" {
		t.Errorf("plus: %+v", plus)
	}
	if len(minus) != 2 || minus[0].sign != "–3" || minus[1].at != "23 nov., 13\u00a0h\u00a046" {
		t.Errorf("minus: %+v", minus)
	}
	if got := (sheet{h: h}).balance(); got != "3\u00a0changements, solde –3" {
		t.Errorf("balance %q", got)
	}
}

func TestFirstDay(t *testing.T) {
	plan := calendar.MustPlan(calendar.PlanSpec{Weekdays: calendar.SchoolWeek, Region: calendar.Metropole, Zone: calendar.ZoneA})
	tuesday := calendar.MustISO("2026-11-24")
	if got := firstDay(plan, tuesday, tuesday.At(9, 0)); got != tuesday {
		t.Errorf("in the morning: %s", got)
	}
	if got := firstDay(plan, tuesday, tuesday.At(14, 0)); got != tuesday.Add(2) {
		t.Errorf("after the meal: %s, want Thursday", got)
	}
}

func TestCount(t *testing.T) {
	for text, want := range map[string]int{"": 0, " 12 ": 12, "-1": -1, "douze": -1, "1,5": -1} {
		n, err := count(text)
		if want < 0 && err == nil || want >= 0 && (err != nil || n != want) {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
}

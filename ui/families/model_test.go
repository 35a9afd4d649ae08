package families

import (
	"strings"
	"testing"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/importer"
	"ardoise/data/money"
)

var tuesday = calendar.MustISO("2026-11-24")

// plain writes a sentence with ordinary spaces, as a test is typed.
func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

func TestFiltersAndChips(t *testing.T) {
	m := newModel(Deps{}, rights{})
	if m.filtered() || m.filter() != (family.Filter{}) {
		t.Error("nothing is filtered at first")
	}
	m.chip, m.text = family.BadgeLow, " fav "
	if m.filter().Badge != family.BadgeLow || m.query().text != "fav" || m.query().limit != pageSize {
		t.Errorf("%+v", m.query())
	}
	m.sort = byBalance
	if m.query().limit != 0 {
		t.Error("another order needs the whole list")
	}
	if !m.clear() || m.clear() {
		t.Error("clear says whether there was a filter")
	}
	m.chip = chipArchived
	if !m.filter().Archived {
		t.Error("archived ones")
	}
	var words []string
	for _, c := range chips(map[string]int{family.BadgeLow: 6, family.BadgeDebt: 2}, chipAll) {
		words = append(words, plain(c.label))
	}
	if got := strings.Join(words, ", "); got != "Toutes, Solde bas 6, Pièces, Incomplets, Débiteurs 2" {
		t.Errorf("%s", got)
	}
	m.chip, m.got = chipAll, list{total: 148, all: 1480}
	if got := plain(m.countText()); got != "148 sur 1 480" {
		t.Errorf("%s", got)
	}
}

func TestOrder(t *testing.T) {
	rows := []family.Hit{{Name: "A", Balance: 5}, {Name: "B", Balance: -3}, {Name: "C", Balance: 0}}
	order(rows, byBalance)
	if rows[0].Name != "B" || rows[2].Name != "A" {
		t.Errorf("%+v", rows)
	}
	order(rows, byNameDown)
	if rows[0].Name != "A" {
		t.Errorf("%+v", rows)
	}
}

func TestDoorsTakeTheNewestRequestOfTheYear(t *testing.T) {
	c := family.Child{ID: 1, SchoolID: 9}
	det := folder{
		services: []catalog.ServiceInfo{{ID: 1, Short: "Cantine", Active: true, Schools: []int64{9}}, {ID: 2, Short: "Soir", Active: true, Schools: []int64{9}}, {ID: 3, Active: true, Schools: []int64{8}}, {ID: 4, Schools: []int64{9}}},
		requests: []access.Request{
			{ID: 1, ChildID: 1, ServiceID: 1, Year: 2026, State: access.Refused},
			{ID: 2, ChildID: 1, ServiceID: 1, Year: 2026, State: access.Incomplete, Missing: []string{"assurance"}, Checklist: []access.Item{{OK: true}, {}}},
			{ID: 3, ChildID: 1, ServiceID: 1, Year: 2027, State: access.Draft},
			{ID: 4, ChildID: 2, ServiceID: 2, Year: 2026},
			{ID: 5, ChildID: 1, ServiceID: 2, Year: 2025, State: access.Accepted},
		},
		required: map[int64]int{2: 3},
	}
	doors := det.doors(c, tuesday)
	if len(doors) != 2 || doors[0].req == nil || doors[0].req.ID != 2 || doors[1].req != nil {
		t.Fatalf("%+v", doors)
	}
	if ok, of := det.tally(doors[0]); ok != 1 || of != 2 {
		t.Errorf("%d of %d", ok, of)
	}
	if ok, of := det.tally(doors[1]); ok != 0 || of != 3 {
		t.Errorf("%d of %d", ok, of)
	}
	if got := det.missing(c, tuesday); len(got) != 1 || got[0] != "assurance" {
		t.Errorf("%v", got)
	}
	if doors[1].action() != "Créer" || doors[0].action() != "" || (door{req: &det.requests[0]}).action() != "Motif" {
		t.Error("actions")
	}
}

func TestWords(t *testing.T) {
	c := family.Child{Sex: "F", Birth: calendar.MustISO("2019-03-01")}
	if got := plain(birth(c, tuesday)); got != "née le 1er mars 2019 · 7 ans" {
		t.Errorf("%s", got)
	}
	two := family.Family{Guardians: []family.Guardian{{First: "Élodie", Last: "FAVIER"}, {First: "Julien", Last: "Morel"}}}
	if got := guardianNames(two); got != "Élodie Favier et Julien Morel" {
		t.Errorf("%s", got)
	}
	two.Guardians[1].Last = "Favier"
	if got := guardianNames(two); got != "Élodie et Julien Favier" {
		t.Errorf("%s", got)
	}
	n := 874
	for _, x := range []struct {
		f    family.Family
		want string
		bad  bool
	}{
		{family.Family{Quotient: &n}, "quotient 874, tarif B", false},
		{family.Family{}, "sans quotient, tarif B", true},
		{family.Family{Quotient: &n, QuotientTo: tuesday.Add(-1)}, "quotient échu le 23/11/2026, tarif B", true},
	} {
		if got, bad := quotient(&folder{f: x.f, tariff: "tarif B"}, tuesday); plain(got) != x.want || bad != x.bad {
			t.Errorf("%s %v", got, bad)
		}
	}
	for d, want := range map[access.Document]string{
		{State: "rejected"}: "Rejetée", {State: "conform", ValidTo: tuesday.Add(-1)}: "Échue",
		{State: "conform", ValidTo: tuesday.Add(30)}: "Bientôt échue", {State: "conform", ValidTo: tuesday.Add(31)}: "Conforme", {State: "received"}: "À vérifier",
	} {
		if got := paperBadge(d, tuesday).Text; got != want {
			t.Errorf("%+v: %s", d, got)
		}
	}
}

func TestPickupsAreWrittenOneALine(t *testing.T) {
	text := "Paule Favier ; 06 39 98 12 34 ; grand-mère\n\n Luc ; ; voisin"
	list, err := parsePickups(text, "01390")
	if err != nil || len(list) != 2 || list[0].Phone != "+33639981234" || list[1] != (family.Pickup{Name: "Luc", Link: "voisin"}) {
		t.Fatalf("%+v %v", list, err)
	}
	again, err := parsePickups(pickupLines(list), "")
	if err != nil || again[0] != list[0] || again[1] != list[1] {
		t.Errorf("%+v %v", again, err)
	}
	for _, bad := range []string{"Paule ; 12", " ; 0639981234"} {
		if _, err := parsePickups(bad, ""); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestHouseholdRoundTrip(t *testing.T) {
	n, low := 1250, money.Cents(15_00)
	f := family.Family{ID: 3, Name: "Favier", Postal: "01390", City: "Saint-Marcel", Quotient: &n, QuotientFrom: tuesday, LowBalance: &low, Version: 4, Guardians: []family.Guardian{{ID: 8, First: "Élodie", Last: "Favier", Mobile: "+33639981234"}}}
	h := householdOf(f)
	if h.quotient != "1250" || h.low != "15,00" || h.guardians[0].mobile != "06 39 98 12 34" {
		t.Fatalf("%+v", h)
	}
	back, err := h.onto(f, tuesday)
	if err != nil || *back.Quotient != n || back.Version != 4 || back.Guardians[0].ID != 8 || back.QuotientFrom != tuesday || *back.LowBalance != low {
		t.Errorf("%+v %v", back, err)
	}
	h.quotient = "1 250" // as people type it
	if back, err = h.onto(f, tuesday); err != nil || *back.Quotient != n {
		t.Errorf("%v %v", back.Quotient, err)
	}
	h.quotient, h.low = "", ""
	if back, err = h.onto(f, tuesday); err != nil || back.Quotient != nil || back.LowBalance != nil {
		t.Errorf("emptied: %+v %v", back, err)
	}
	for _, bad := range []func(*household){func(h *household) { h.quotient = "élevé" }, func(h *household) { h.low = "x" }, func(h *household) { h.quotientF = "32/13" }} {
		x := householdOf(f)
		bad(&x)
		if _, err := x.onto(f, tuesday); err == nil {
			t.Errorf("%+v is taken", x)
		}
	}
	other := householdOf(f)
	other.city, other.note = "Lyon", "appeler le soir"
	if got := plain(differences(householdOf(f), other)); got != "commune (« 01390 Lyon »), note (« appeler le soir »)" {
		t.Errorf("%s", got)
	}
}

func TestPlanIsShownByParts(t *testing.T) {
	p := &importer.ONDEPlan{
		School: "École Test", NewSchool: true, NewClasses: []string{"CP", "CE1"},
		Lines:   []importer.Line{{Action: importer.Create, Line: 2, Child: "Léa Favier", Class: "CP", Family: "Favier"}, {Action: importer.Update, Line: 0, Family: "Morel", Detail: "adresse"}},
		Refused: []importer.Refusal{{File: "eleves.csv", Line: 7, Who: "ERREUR Date", Reason: "date impossible"}},
		Left:    []importer.Line{{Child: "Tom", Family: "Balland"}}, Notices: []importer.Notice{{File: "r.csv", Line: 3, Text: "vu"}},
	}
	rows := planRows(p, showAll)
	if len(rows) != 5 || rows[0].who != "ERREUR Date" || plain(rows[0].where) != "eleves.csv, l. 7" || rows[0].badge.Text != "Refusé" {
		t.Fatalf("%+v", rows)
	}
	if rows[1].detail != "CP · famille Favier" || rows[2].who != "Famille Morel" || rows[3].badge.Text != "Plus au fichier" {
		t.Errorf("%+v", rows)
	}
	var words []string
	for _, o := range planParts(p) {
		words = append(words, plain(o.Label))
	}
	if got := strings.Join(words, ", "); got != "Tout, Refusés 1, Nouveaux 1, Modifiés 1, Plus au fichier 1, Remarques 1" {
		t.Errorf("%s", got)
	}
	if got := plain(news(p)); got != "École à créer : École Test ; rattachez-la aux services dans Réglages. 2 classes à créer : CP, CE1." {
		t.Errorf("%s", got)
	}
}

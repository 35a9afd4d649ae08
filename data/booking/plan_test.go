package booking

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

// The planner is pure: these tests need no database.

var noon = time.Date(2026, 11, 24, 12, 46, 0, 0, time.UTC) // Tuesday 13:46 in Paris

func day(text string) calendar.Date { return calendar.MustISO(text) }

func set(text string) calendar.CutoffSet {
	s, err := calendar.ParseCutoffSet(text)
	if err != nil {
		panic(err)
	}
	return s
}

// smallFacts: two families, one child each, a canteen; the second family shares
// the first child in even weeks.
func smallFacts() *facts {
	info := catalog.ServiceInfo{
		ID: 1, CommuneID: 1, Short: "Cantine", Kind: catalog.Canteen, Weekdays: calendar.SchoolWeek, StartsAt: calendar.Clock{Hour: 12}, Active: true,
		Book: set("J-1 10:00 ouverture"), Cancel: set("J-1 10:00 ouverture"), Pay: []string{"wallet", "card"}, WaitingDays: 1, ProofHours: 48,
	}
	low, high := 400, 1200
	yes := true
	f := &facts{
		now: noon,
		services: map[int64]serviceFacts{1: {
			ServiceInfo: info,
			plan:        calendar.MustPlan(calendar.PlanSpec{Weekdays: calendar.SchoolWeek, Zone: calendar.ZoneA, SchoolHolidays: calendar.SchoolHolidays()}),
			tariffs: []catalog.Tariff{
				{ID: 1, ValidFrom: day("2020-01-01"), ValidTo: day("2099-12-31"), Label: "A", Kind: "booking", QuotientMax: 600, Resident: &yes, Meal: 200},
				{ID: 2, ValidFrom: day("2020-01-01"), ValidTo: day("2099-12-31"), Label: "B", Kind: "booking", QuotientMin: 601, QuotientMax: catalog.MaxQuotient, Meal: 420},
				{ID: 3, ValidFrom: day("2020-01-01"), ValidTo: day("2099-12-31"), Label: "A ext", Kind: "booking", QuotientMax: 600, Meal: 300},
				{ID: 4, ValidFrom: day("2020-01-01"), ValidTo: day("2099-12-31"), Label: "A 2e", Kind: "booking", QuotientMax: 600, Resident: &yes, SiblingRank: 2, Meal: 150},
			},
		}},
		children: map[int64]childFacts{
			1: {id: 1, first: "Léa", familyID: 1, classID: 1, schoolID: 1, ageGroup: "elementaire", shared: []share{{familyID: 2, parity: 2}, {familyID: 3}}},
			2: {id: 2, first: "Hugo", familyID: 2, classID: 1, schoolID: 1, ageGroup: "maternelle"},
		},
		families: map[int64]familyFacts{
			1: {id: 1, name: "Favier", communeID: 1, quotient: &low, siblings: []int64{9, 1}, balance: 100_00},
			2: {id: 2, name: "Roche", communeID: 2, quotient: &high, siblings: []int64{2, 1}, balance: 100_00},
			3: {id: 3, name: "Tiers"},
		},
		gates: map[gateKey]access.Gate{}, live: map[Item]row{}, load: map[loadKey]int{}, absences: map[access.GateKey][]row{},
	}
	for _, c := range []int64{1, 2} {
		f.gates[gateKey{access.GateKey{ChildID: c, ServiceID: 1}, 2026}] = access.Gate{RequestID: c, State: access.Accepted, Pay: access.Prepaid, Year: 2026, ValidTo: day("2027-07-31")}
	}
	return f
}

func TestPriceByPayer(t *testing.T) {
	f := smallFacts()
	p := makePlan(f, Ask{Add: []Item{{1, 1, day("2026-12-01")}, {1, 1, day("2026-12-08")}, {2, 1, day("2026-12-01")}}})
	for i, want := range []struct {
		family int64
		label  string
		price  money.Cents
	}{{1, "A 2e", 1_50}, {2, "B", 4_20}, {2, "B", 4_20}} {
		if l := p.Lines[i]; l.FamilyID != want.family || l.Tariff != want.label || l.Price != want.price || l.Verdict != Accepted {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	if p.Total != 9_90 || len(p.Families) != 2 || p.Families[0].After != 98_50 || p.BalanceAfter != 190_10 {
		t.Errorf("%+v", p)
	}
	x := f.families[1]
	x.quotientTo = day("2026-11-30") // no longer valid that day: the highest bracket, and the plan says so
	f.families[1] = x
	if l := makePlan(f, Ask{Add: []Item{{1, 1, day("2026-12-01")}}}).Lines[0]; l.Tariff != "B" || l.Note != catalog.NoQuotient {
		t.Errorf("%+v", l)
	}
	x.quotientTo, x.communeID = 0, 7
	f.families[1] = x
	if l := makePlan(f, Ask{Add: []Item{{1, 1, day("2026-12-01")}}}).Lines[0]; l.Tariff != "A ext" {
		t.Errorf("%+v", l)
	}
}

func TestReasonsAreSentences(t *testing.T) {
	one := []Item{{1, 1, day("2026-12-01")}}
	for name, c := range map[string]struct {
		change func(f *facts, a *Ask)
		want   string
	}{
		"unknown child":   {func(_ *facts, a *Ask) { a.Add = []Item{{99, 1, day("2026-12-01")}} }, "Cet enfant n’existe pas ou n’existe plus."},
		"unknown service": {func(_ *facts, a *Ask) { a.Add = []Item{{1, 99, day("2026-12-01")}} }, "Ce service n’existe pas ou n’existe plus."},
		"third family":    {func(_ *facts, a *Ask) { a.FamilyID = 3 }, "La famille Tiers ne réserve pas pour Léa\u00a0: ses repas sont payés par la famille Favier. Notez la garde partagée dans Familles si les deux parents réservent."},
		"other's week":    {func(_ *facts, a *Ask) { a.FamilyID = 2 }, "Semaine 49\u00a0: c’est la semaine de la famille Favier."},
		"left":            {func(f *facts, _ *Ask) { c := f.children[1]; c.left = true; f.children[1] = c }, "Léa a quitté l’école."},
		"no request":      {func(f *facts, _ *Ask) { clear(f.gates) }, "Aucune demande d’accès à ce service pour l’année scolaire 2026-2027."},
		"twice":           {func(f *facts, _ *Ask) { f.live[one[0]] = row{Item: one[0], state: Booked, familyID: 1} }, "Léa a déjà un repas réservé ce jour-là."},
		"on the list": {func(f *facts, _ *Ask) {
			f.live[one[0]] = row{Item: one[0], id: 7, state: Waiting, familyID: 1}
			n := 1
			s := f.services[1]
			s.Capacity = &n
			f.services[1] = s
			f.load[loadKey{1, one[0].Day, 0}] = 1
		}, "Léa est déjà sur la liste d’attente ce jour-là."},
		"other parent": {func(f *facts, a *Ask) {
			a.FamilyID = 1
			f.live[one[0]] = row{Item: one[0], state: Booked, familyID: 2}
		}, "Léa a déjà un repas réservé ce jour-là, par la famille Roche."},
		"public holiday": {func(_ *facts, a *Ask) { a.Add = []Item{{1, 1, day("2027-03-29")}} }, "Pas de service ce jour-là (jour férié\u00a0: Lundi de Pâques)."},
		"means":          {func(_ *facts, a *Ask) { a.Means = "cheque" }, "Ce service n’accepte pas le paiement par chèque."},
		"monthly":        {func(_ *facts, a *Ask) { a.Means = ByMonthly }, "L’accès de Léa n’est pas en facture mensuelle\u00a0: choisissez un autre moyen de paiement."},
		"late":           {func(f *facts, _ *Ask) { f.now = noon.AddDate(0, 0, 7) }, "Délai passé\u00a0: il fallait réserver avant lundi 30 nov. à 10\u00a0h\u00a000."},
		"no tariff":      {func(f *facts, _ *Ask) { s := f.services[1]; s.tariffs = nil; f.services[1] = s }, "Aucun tarif ne s’applique le 01/12/2026\u00a0: complétez les tarifs du service."},
		"full": {func(f *facts, _ *Ask) {
			n := 120
			s := f.services[1]
			s.Capacity = &n
			f.services[1] = s
			f.load[loadKey{1, one[0].Day, 0}] = 120
		}, "Complet\u00a0: 120 places sur 120. Liste d’attente possible."},
	} {
		f, a := smallFacts(), Ask{Add: one}
		c.change(f, &a)
		if l := makePlan(f, a).Lines[0]; l.Verdict != Refused || l.Reason != c.want {
			t.Errorf("%s: %s %q, want %q", name, l.Verdict, l.Reason, c.want)
		}
		kind := fault.Invalid
		switch name {
		case "unknown child", "unknown service":
			kind = fault.NotFound
		case "twice", "on the list", "other parent":
			kind = fault.Conflict
		case "late":
			kind = fault.TooLate
		case "full":
			kind = fault.Insufficient
		}
		// Every line of a known service says its limit, however it is refused.
		l := makePlan(f, a).Lines[0]
		if l.Refusal != kind || (l.Cutoff.IsZero() || l.Rule == "") != (name == "unknown service") {
			t.Errorf("%s: %s, %s %q", name, l.Refusal, l.Cutoff, l.Rule)
		}
	}
}

func TestPayerByWeek(t *testing.T) {
	c := smallFacts().children[1] // the second family has the even weeks
	for d, want := range map[string]int64{
		"2026-11-23": 2, // week 48
		"2026-11-30": 1, // week 49
		"2026-12-31": 1, // week 53
		"2027-01-04": 1, // week 1
		"2027-01-11": 2, // week 2
	} {
		if got := c.payerOn(day(d)); got != want {
			t.Errorf("%s: family %d pays, want %d", d, got, want)
		}
	}
}

func TestRunsOfAbsence(t *testing.T) {
	f := smallFacts()
	k := access.GateKey{ChildID: 1, ServiceID: 1}
	for i, d := range []string{"2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27", "2026-11-30"} {
		f.absences[k] = append(f.absences[k], row{Item: Item{1, 1, day(d)}, id: int64(i), attendance: map[string]string{"2026-11-23": "absent", "2026-11-26": "present"}[d]})
	}
	ask := Ask{Justification: Justification{Kind: Illness}, Cancel: []Item{{1, 1, day("2026-11-30")}, {1, 1, day("2026-11-24")}, {1, 1, day("2026-11-27")}}}
	got := runPlaces(f, ask)
	for d, want := range map[string]absence{
		"2026-11-24": {day("2026-11-23"), 1}, // the absence began the day before
		"2026-11-27": {day("2026-11-27"), 0}, // present on Thursday: a new run
		"2026-11-30": {day("2026-11-27"), 1}, // the weekend does not break it
	} {
		if got[Item{1, 1, day(d)}] != want {
			t.Errorf("%s: %+v, want %+v", d, got[Item{1, 1, day(d)}], want)
		}
	}
}

// Ten thousand random baskets: the plan adds up, changes nothing it was given,
// and is the same when worked out twice.
func TestPlansAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	means := []string{"", ByWallet, "card", "cheque"}
	short := 0
	for n := range 10_000 {
		f := smallFacts()
		for id, x := range f.families {
			x.balance, x.floor = money.Cents(random.IntN(30_00)), -money.Cents(random.IntN(3)*500)
			f.families[id] = x
		}
		ask := Ask{Means: means[random.IntN(len(means))], Waiting: random.IntN(2) == 0}
		if random.IntN(4) == 0 {
			ask.Override = "motif"
		}
		if random.IntN(3) == 0 {
			capacity := random.IntN(3)
			s := f.services[1]
			s.Capacity = &capacity
			f.services[1] = s
		}
		for range random.IntN(8) + 1 {
			it := Item{int64(random.IntN(2) + 1), 1, day("2026-11-23").Add(random.IntN(24))}
			if random.IntN(3) == 0 {
				f.live[it] = row{Item: it, id: 1, familyID: f.children[it.ChildID].payerOn(it.Day), state: Booked, pay: Prepaid, price: money.Cents(random.IntN(500))}
				ask.Cancel = append(ask.Cancel, it)
			} else {
				ask.Add = append(ask.Add, it)
			}
		}
		p := makePlan(f, ask)
		if problem := wrong(f, p); problem != "" {
			t.Fatalf("basket %d: %s\n%+v", n, problem, p)
		}
		if p.Missing > 0 {
			short++
		}
		if again := makePlan(f, ask); !reflect.DeepEqual(p, again) {
			t.Fatalf("basket %d: not the same twice", n)
		}
	}
	if short == 0 {
		t.Error("no basket lacked money: the test proves nothing about floors")
	}
}

// wrong says what does not add up in a plan.
func wrong(f *facts, p *Plan) string {
	totals := map[int64]money.Cents{}
	var sum money.Cents
	seen := map[Item]bool{}
	for _, l := range p.Lines {
		switch {
		case l.Verdict == Refused && l.Reason == "":
			return "a refusal without a reason"
		case l.Verdict != Accepted:
			continue
		case seen[l.Item]:
			return "one meal twice"
		case l.Action == Add && l.Late && p.Ask.Override == "":
			return "late without a reason"
		case l.Action == Cancel && l.Late && p.Ask.Override == "" && l.Price != 0:
			return "a late cancellation gives back"
		}
		seen[l.Item] = true
		if l.Action == Add {
			totals[l.FamilyID] += l.Price
			sum += l.Price
		} else {
			totals[l.FamilyID] -= l.Price
			sum -= l.Price
		}
	}
	if sum != p.Total {
		return fmt.Sprintf("total %s, lines %s", p.Total, sum)
	}
	for _, x := range p.Families {
		switch {
		case x.Total != totals[x.FamilyID]:
			return "a family's total"
		case x.After != x.Before-x.Total+x.TopUp:
			return "a family's balance"
		case x.Missing > 0 && (x.TopUp > 0 || x.After+x.Missing != x.Floor):
			return "what is missing"
		case x.Missing == 0 && x.Total > 0 && x.After < x.Floor:
			return "below the floor"
		case ledger.KnownMeans(p.Ask.Means) && x.Total > 0 && x.After != x.Before:
			return "paid otherwise, and the wallet moved"
		}
	}
	if (p.Missing > 0) != strings.HasPrefix(p.Problem, "Il manque") {
		return "missing money not said"
	}
	if s := f.services[1]; s.Capacity != nil {
		for _, l := range p.Lines {
			if l.Action == Add && l.Verdict == Accepted && *s.Capacity == 0 && len(p.Ask.Cancel) == 0 {
				return "a place where there is none"
			}
		}
	}
	return ""
}

package desk

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/reports/kitchen"
	"ardoise/reports/receipt"
)

var (
	at  = time.Date(2026, 11, 24, 12, 46, 0, 0, time.UTC)
	day = calendar.NewDate(2026, time.November, 26)
)

type settings map[string]string

func (s settings) Setting(_ context.Context, name, def string) (string, error) {
	if v, ok := s[name]; ok {
		return v, nil
	}
	return def, nil
}

func maker(t *testing.T) Maker {
	t.Helper()
	ctx := staff.With(context.Background(), &staff.Session{Name: "Nathalie Perret", Demo: true})
	m, err := NewMaker(ctx, settings{"creditor.name": "Syndicat des écoles", "creditor.postal": "01390", "creditor.city": "Saint-Marcel"}, "Saint-Marcel-en-Dombes", "Cantine", at)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMaker(t *testing.T) {
	m := maker(t)
	p := m.Paper()
	if p.Notice != "Démonstration" || p.Issuer.Agent != "Nathalie Perret" || p.Issuer.Office == "" || !slices.Equal(p.Issuer.Address, []string{"Syndicat des écoles", "01390 Saint-Marcel"}) {
		t.Errorf("%+v", p)
	}
	m, err := NewMaker(context.Background(), settings{"creditor.name": "Baneins"}, "", "", at)
	if err != nil || m.Commune != "Baneins" || m.Paper().Notice != "" || m.Agent != "" || len(m.Issuer.Address) != 0 {
		t.Errorf("%+v %v", m, err)
	}
}

func headcount() *booking.Headcount {
	return &booking.Headcount{
		Service: "Service cantine", Day: day, Open: true, Total: 3, Children: 2, Adults: 1, At: at,
		Groups: []booking.Group{
			{School: "Les Étangs", Sitting: "1er service", AgeGroup: "elementaire", Diet: "sans_porc", Count: 1, Plus: 1},
			{School: "Les Étangs", Sitting: "1er service", AgeGroup: "elementaire", Diet: "pai_adapte", Count: 1},
			{School: "Les Étangs", AgeGroup: "adulte", Diet: "standard", Count: 1},
		},
		Names: []booking.Name{
			{ChildID: 7, First: "Chloé", Last: "Pernet", School: "Les Étangs", Class: "CE1", AgeGroup: "elementaire", Diet: "sans_porc"},
			{ChildID: 8, First: "Adam", Last: "Gros", School: "Les Étangs", Class: "CE2", AgeGroup: "elementaire", Diet: "pai_adapte"},
		},
		Menu: menu.Day{Dishes: []menu.Dish{{Course: menu.Main, Name: "Colin", Allergens: []string{"poissons"}}, {Course: menu.Side, Name: "Riz"}}},
	}
}

func TestSheetVersions(t *testing.T) {
	sent := at.Add(-time.Hour)
	change := []booking.Change{{First: "Chloé", Last: "Pernet", Delta: 1, Diet: "sans_porc"}}
	for _, tc := range []struct {
		name             string
		version          int
		changes          []booking.Change
		number, previous int
		draft            bool
	}{
		{"never sent", 0, nil, 1, 0, true},
		{"sent, nothing since", 2, nil, 2, 0, false},
		{"changes since", 2, change, 3, 2, true},
	} {
		h := headcount()
		h.Version, h.Changes = tc.version, tc.changes
		if tc.version > 0 {
			h.SentAt = sent
		}
		s := maker(t).Sheet(h)
		if s.Number != tc.number || s.Previous != tc.previous || s.SentAt.IsZero() != tc.draft || len(s.Changes) != len(tc.changes) {
			t.Errorf("%s: number %d, previous %d, sent %v", tc.name, s.Number, s.Previous, s.SentAt)
		}
	}
	before, after := headcount(), headcount()
	before.Version, before.SentAt, before.Changes = 1, sent, change
	after.Version, after.SentAt, after.Groups[0].Plus = 2, at, 0
	s := maker(t).Sent(before, after)
	if s.Number != 2 || s.Previous != 1 || !s.SentAt.Equal(at) || !s.PreviousAt.Equal(sent) || len(s.Changes) != 1 || s.Counts[0].Added != 1 {
		t.Errorf("sent: %+v", s)
	}
	first := maker(t).Sent(headcount(), after)
	if first.Previous != 0 || len(first.Changes) != 0 || first.Number != 2 {
		t.Errorf("first version: %+v", first)
	}
	after.Total, after.Groups[0].Count = 4, 2 // somebody booked in between
	if s := maker(t).Sent(before, after); s.Counts[0].N != 2 {
		t.Errorf("totals are not those sent: %+v", s.Counts)
	}
}

// Without care plans, neither names nor changes say more than "repas adapté".
func TestCarePlansAreMasked(t *testing.T) {
	h := headcount()
	h.Changes = []booking.Change{{First: "Adam", Last: "Gros", Delta: 1, Diet: "pai_adapte"}, {Last: "Adultes", AgeGroup: "adulte", Delta: 2, Diet: "standard"}}
	s := maker(t).Sheet(h)
	if s.Names[1].Diet != Mask || s.Names[1].Remark != "repas adapté" || s.Changes[0].Diet != Mask || s.ShowPlans || len(s.Plans) != 0 {
		t.Errorf("%+v", s)
	}
	if s.Changes[1].Child != "Adultes" || s.Names[0].Child != "PERNET Chloé" || s.Names[0].Diet != "Sans porc" || s.Allergens != "poissons" {
		t.Errorf("%+v %+v", s.Changes, s.Names)
	}
	care := map[int64]family.Kitchen{8: {Instruction: "Omelette", Allergens: []string{"poissons", "oeufs"}}}
	p := WithPlans(s, h, care)
	want := kitchen.Plan{School: "Les Étangs", Class: "CE2", Child: "Adam G.", Kind: "Plat adapté", Without: "poissons, œufs", Instruction: "Omelette", OnMenu: true, Dishes: "Colin"}
	if !p.ShowPlans || len(p.Plans) != 1 || p.Plans[0] != want {
		t.Errorf("%+v", p.Plans)
	}
	if !slices.Equal(Eaters(h), []int64{7, 8}) {
		t.Error(Eaters(h))
	}
	for _, write := range []func() error{
		func() error { return kitchen.Workbook(context.Background(), &bytes.Buffer{}, p) },
		func() error { return kitchen.PDF(context.Background(), &bytes.Buffer{}, p) },
	} {
		if err := write(); err != nil {
			t.Error(err)
		}
	}
}

func TestPeriod(t *testing.T) {
	days := []booking.MonthDay{{Day: day.Add(-1)}, {Day: day, Groups: headcount().Groups, Total: 3}, {Day: day.Add(1)}}
	p := maker(t).Period(days, day, day)
	if len(p.Days) != 1 || len(p.Days[0].Counts) != 3 || p.Days[0].Counts[2].AgeGroup != "Adultes" {
		t.Errorf("%+v", p)
	}
}

func TestAttendance(t *testing.T) {
	cells := func(states ...booking.CellState) (out []booking.WeekCell) {
		for _, s := range states {
			out = append(out, booking.WeekCell{State: s})
		}
		return out
	}
	g := &booking.WeekGrid{
		Days: []booking.WeekDay{{Day: day.Add(-3), Open: true}, {Day: day.Add(-2)}, {Day: day, Open: true}},
		Classes: []booking.WeekClass{
			{Name: "Vide", School: "Les Étangs"},
			{Name: "CE1", School: "Les Étangs", Children: []booking.WeekChild{
				{First: "Chloé", Last: "Pernet", Diet: "pai_panier", Cells: cells(booking.CellPresent, booking.CellBooked, booking.CellUnbooked)},
				{First: "Hugo", Last: "Vial", Diet: "standard", Cells: cells(booking.CellAbsent, booking.CellNone, booking.CellFree)},
			}},
		},
	}
	a := maker(t).Attendance(g)
	if len(a.Days) != 2 || len(a.Classes) != 1 || len(a.Classes[0].Children) != 2 {
		t.Fatalf("%+v", a)
	}
	c := a.Classes[0].Children[0]
	if c.Diet != Mask || !slices.Equal(c.Booked, []bool{true, false}) || !slices.Equal(c.Marks, []kitchen.Mark{kitchen.Present, kitchen.NotBooked}) {
		t.Errorf("%+v", c)
	}
	if c := a.Classes[0].Children[1]; !slices.Equal(c.Booked, []bool{true, false}) || c.Marks[0] != kitchen.Absent {
		t.Errorf("%+v", c)
	}
	if err := kitchen.AttendancePDF(context.Background(), &bytes.Buffer{}, a); err != nil {
		t.Error(err)
	}
}

func TestReceiptAndStatement(t *testing.T) {
	f := family.Family{
		ID: 87, Address1: "12 chemin des Étangs", Postal: "01390", City: "Saint-Marcel",
		Children: []family.Child{{First: "Léa", State: family.Present}, {First: "Parti", State: family.Left}},
	}
	p := PayerOf(f)
	if p.Number != "F-0087" || !slices.Equal(p.Address, []string{"12 chemin des Étangs", "01390 Saint-Marcel"}) || !slices.Equal(p.Children, []string{"Léa"}) {
		t.Errorf("%+v", p)
	}
	m := maker(t)
	r := ledger.Receipt{Year: 2026, Serial: 463, Means: "cheque", Reference: "n° 12", Payer: "Élodie Favier", Amount: 5000, BalanceAfter: 6280, At: at, Agent: "Paul Vial"}
	out := Receipt(r, p, true)
	if out.Number != "2026-0463" || out.Means != "Chèque" || out.From != "Élodie Favier" || !out.Duplicate || out.Balance != 6280 || m.PaperOf(r).Issuer.Agent != "Paul Vial" {
		t.Errorf("%+v", out)
	}
	var b bytes.Buffer
	if err := receipt.PDF(context.Background(), &b, m.PaperOf(r), out); err != nil || !strings.HasPrefix(b.String(), "%PDF") {
		t.Error(err)
	}
	st := ledger.Statement{Family: "Favier", Opening: 0, Closing: 5000, Lines: []ledger.Line{{Day: day, Label: "Rechargement par chèque", Credit: 5000, Balance: 5000, Receipt: "2026-0463"}}}
	s := m.Statement(st, p)
	if s.From != day || s.To < s.From || !strings.Contains(s.Lines[0].Detail, "2026-0463") || s.Family != "Famille Favier" {
		t.Errorf("%+v", s)
	}
	if err := receipt.StatementPDF(context.Background(), &b, m.Paper(), s); err != nil {
		t.Error(err)
	}
	st.Closing = 4999 // the report refuses what does not add up: the conversion must not hide it
	if err := receipt.StatementPDF(context.Background(), &b, m.Paper(), m.Statement(st, p)); err == nil {
		t.Error("a statement that does not add up was printed")
	}
	if empty := m.Statement(ledger.Statement{Family: "Vide"}, p); empty.From.IsZero() || empty.To.IsZero() {
		t.Errorf("%+v", empty)
	}
}

package kitchen

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
)

var (
	madeAt = time.Date(2026, 11, 24, 12, 41, 0, 0, time.UTC) // 13 h 41 in Paris
	head   = Head{Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", Program: "Ardoise 1.0", Notice: "Démonstration", MadeAt: madeAt}
	day    = calendar.NewDate(2026, time.November, 26)
)

// hostile are names that files and mails really may hold.
var hostile = []string{
	"=cmd|'/C calc'!A0", "+33612345678", "@SUM(A1)", "\t=1+1", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "\u202Eevil\u202C",
	strings.Repeat("Wilhelmine-Alexandrine ", 13), strings.Repeat("X", 300), "a\x00b\x07c", "ab\xff\xfecd", "ligne 1\nligne 2", "e\u0301le\u0300ve", "",
}

func sample() Sheet {
	s := Sheet{
		Head: head, Date: day, Number: 3, Previous: 2, PreviousAt: time.Date(2026, 11, 24, 8, 5, 0, 0, time.UTC),
		Menu: "Céleri rémoulade, colin pané, riz, fromage blanc, pomme", Allergens: "céleri, œuf, moutarde, poisson, gluten, lait",
		Counts: []Count{
			{"Les Libellules", "1ᵉʳ service", "Maternelle", "Standard", 42, 1, 0},
			{"Les Libellules", "1ᵉʳ service", "Maternelle", "Sans porc", 7, 1, 0},
			{"Les Libellules", "1ᵉʳ service", "Maternelle", "Végétarien", 3, 0, 1},
			{"Les Libellules", "1ᵉʳ service", "Maternelle", "PAI, panier de la famille", 1, 0, 0},
			{"Les Libellules", "1ᵉʳ service", "Adultes", "Standard", 4, 0, 0},
			{"Les Étangs", "1ᵉʳ service", "Élémentaire", "Standard", 50, 2, 0},
			{"Les Étangs", "1ᵉʳ service", "Élémentaire", "Sans porc", 9, 0, 0},
			{"Les Étangs", "1ᵉʳ service", "Adultes", "Standard", 5, 0, 0},
			{"Les Étangs", "2ᵉ service", "Élémentaire", "Standard", 31, 0, 2},
			{"Les Étangs", "2ᵉ service", "Élémentaire", "Végétarien", 5, 0, 0},
			{"Les Étangs", "2ᵉ service", "Élémentaire", "PAI, plat adapté", 2, 0, 0},
			{"École du Chêne", "1ᵉʳ service", "Élémentaire", "Standard", 1233, 1, 0},
			{"École du Chêne", "1ᵉʳ service", "Élémentaire", "Végétarien", 0, 0, 1},
			{"École du Chêne", "1ᵉʳ service", "Adultes", "Sans porc", 1, 0, 0},
		},
		Changes: []Change{
			{true, 3, "Adultes", "Les Étangs", "", "Standard", time.Time{}},
			{true, 0, "PERNET Chloé", "Les Étangs", "CE1", "Standard", time.Date(2026, 11, 24, 8, 20, 0, 0, time.UTC)},
			{false, 0, "FERRAND Gabin", "Les Étangs", "CE2", "Sans porc", time.Date(2026, 11, 23, 8, 31, 0, 0, time.UTC)},
			{false, 1, hostile[7], "École du Chêne", "GS", "Végétarien", time.Time{}},
		},
		ShowPlans: true,
		Plans: []Plan{
			{"Les Libellules", "MS", "Adam G.", "1ᵉʳ service", "Plat adapté", "poisson", "Omelette. Trousse : placard 2.", true, "Colin pané"},
			{"Les Étangs", "CP", "Lila G.", "2ᵉ service", "Panier de la famille", "arachide", "Panier de la famille, étiquette bleue. Trousse : placard 1. Appeler le 15 puis les parents au moindre signe.", false, ""},
		},
	}
	for i := range 70 {
		class := []string{"PS", "MS", "GS", "CP"}[i/18]
		n := Name{"Les Libellules", class, fmt.Sprintf("NOM%02d Prénom", i), "1ᵉʳ service", []string{"Standard", "Sans porc", "Végétarien"}[i%3], ""}
		if i%11 == 0 {
			n.Remark = "repas adapté"
		}
		s.Names = append(s.Names, n)
	}
	for i, h := range hostile {
		s.Names = append(s.Names, Name{"Les Étangs", "CE2 " + h, h, h, hostile[(i+1)%len(hostile)], h})
	}
	p := period(1)
	s.Month = &p
	return s
}

// period is the month of November with a number of children who eat each day.
func period(children int) Period {
	p := Period{Head: head, From: calendar.NewDate(2026, 11, 1), To: calendar.NewDate(2026, 11, 30)}
	var days []calendar.Date
	for d := p.From; d <= p.To; d = d.Add(1) {
		switch d.Weekday() {
		case time.Monday, time.Tuesday, time.Thursday, time.Friday:
			days = append(days, d)
			p.Days = append(p.Days, Day{d, []Count{
				{School: "Les Libellules", AgeGroup: "Maternelle", Diet: "Standard", N: 40 + d.Day()},
				{School: "Les Étangs", AgeGroup: "Élémentaire", Diet: "Standard", N: 90},
				{School: "Les Étangs", AgeGroup: "Élémentaire", Diet: "Sans porc", N: 12},
				{School: "Les Étangs", AgeGroup: "Élémentaire", Diet: "Végétarien", N: 0},
			}})
		}
	}
	for i := range children {
		p.Children = append(p.Children, ChildDays{"Les Étangs", "CE1", fmt.Sprintf("NOM%04d Prénom", i), "Standard", days})
	}
	return p
}

func week() Attendance {
	a := Attendance{Head: head, Days: []calendar.Date{day.Add(-3), day.Add(-2), day, day.Add(1)}}
	for c := range 2 {
		class := AttendanceClass{School: "Les Étangs", Class: fmt.Sprintf("CE%d", c+1)}
		for i := range 24 + 20*c {
			child := AttendanceChild{Child: fmt.Sprintf("NOM%02d Prénom", i), Diet: "Standard", Booked: []bool{true, i%2 == 0, true, i%5 != 0}}
			if i < len(hostile) && c == 1 {
				child.Child = hostile[i]
			}
			if c == 0 && i < 8 {
				child.Marks = []Mark{Present, NotBooked, Absent, Justified}
			}
			class.Children = append(class.Children, child)
		}
		a.Classes = append(a.Classes, class)
	}
	return a
}

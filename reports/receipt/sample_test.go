package receipt

import (
	"fmt"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

var paper = Paper{
	MadeAt: time.Date(2026, 12, 8, 14, 40, 0, 0, time.UTC), Program: "Ardoise 1.0",
	Issuer: Issuer{
		Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", Office: "Régie de recettes « Cantine et garderie »",
		Address: []string{"1 place de la Mairie", "01390 Saint-Marcel"}, Contact: "04 00 00 00 00 · regie@example.org",
		Agent: "Nathalie PERRET", Quality: "Régisseuse titulaire",
	},
}

func receipt(n int) Receipt {
	return Receipt{
		Number: fmt.Sprintf("2026-%04d", n), Date: time.Date(2026, 12, 3, 9, 12, 0, 0, time.UTC),
		From: "Mme Élodie FAVIER", Address: []string{"12 chemin des Étangs", "01390 Saint-Marcel"}, Family: "F-0087",
		Amount: 125040, Means: "Chèque", Reference: "n° 1234567, Crédit Agricole", Purpose: "Rechargement du porte-monnaie",
		Balance: 128000, Children: []string{"Léa", "Hugo"},
	}
}

func statement(lines int) Statement {
	s := Statement{
		Family: "Famille FAVIER", Number: "F-0087", Address: []string{"12 chemin des Étangs", "01390 Saint-Marcel"},
		From: calendar.NewDate(2026, 11, 1), To: calendar.NewDate(2026, 12, 8), Opening: 1460, Closing: 1460,
	}
	for i := range lines {
		l := Line{Date: s.From.Add(i * 37 / max(lines, 37)), Label: "Réservation : 8 repas, Léa et Hugo", Detail: "du 26 nov. au 4 déc.", Debit: 3360}
		if i%3 == 0 {
			l = Line{Date: l.Date, Label: "Rechargement par chèque", Detail: "quittance 2026-0437", Credit: money.Cents(5000 + i)}
		}
		s.Closing += l.Credit - l.Debit
		l.Balance = s.Closing
		s.Lines = append(s.Lines, l)
	}
	return s
}

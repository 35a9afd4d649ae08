package invoice

import (
	"fmt"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

var paper = Paper{
	MadeAt: time.Date(2027, 1, 5, 8, 40, 0, 0, time.UTC), Program: "Ardoise 1.0",
	Issuer: Issuer{
		Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", Office: "Régie de recettes « Cantine et garderie »",
		Address: []string{"1 place de la Mairie", "01390 Saint-Marcel"}, Contact: "04 00 00 00 00 · regie@example.org",
		Agent: "Nathalie PERRET", Quality: "Régisseuse titulaire",
	},
	Ways: []string{
		"Par chèque à l’ordre de la régie cantine, à déposer en mairie ou à envoyer à l’adresse ci-dessus.",
		"En espèces ou par carte au guichet de la mairie, du lundi au vendredi de 8 h 30 à 12 h.",
		"Par virement : le compte de la régie est donné au guichet.",
	},
	Appeal: Appeal("tribunal administratif de Lyon"),
}

func day(d int) calendar.Date { return calendar.NewDate(2026, time.December, d) }

func ptr(n int) *int { return &n }

// child eats on the days given, at one price, split or not.
func child(name string, price, meals money.Cents, days ...int) Child {
	c := Child{Name: name, Class: "CE1, école du Bourg", Quotient: ptr(742), QuotientUntil: calendar.NewDate(2027, 8, 31), Tariff: "QF 3 : 601 à 900"}
	for _, d := range days {
		l := Line{Date: day(d), Service: "Repas", Price: price}
		if meals != 0 {
			l.Meals, l.Care = meals, price-meals
		}
		c.Lines = append(c.Lines, l)
	}
	return c
}

// summed states the sums its lines give.
func summed(inv Invoice) Invoice {
	inv.Meals, inv.Care, inv.Total = 0, 0, 0
	for i := range inv.Children {
		c := &inv.Children[i]
		c.Meals, c.Care, c.Total = 0, 0, 0
		for _, l := range c.Lines {
			c.Meals, c.Care, c.Total = c.Meals+l.Meals, c.Care+l.Care, c.Total+l.Price
		}
		inv.Meals, inv.Care, inv.Total = inv.Meals+c.Meals, inv.Care+c.Care, inv.Total+c.Total
	}
	inv.ToPay = inv.Total + inv.Previous - inv.Paid
	return inv
}

var schoolDays = []int{1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18}

func debit(amount money.Cents) *Debit {
	return &Debit{
		Amount: amount, Date: calendar.NewDate(2027, 1, 20), Creditor: "Commune de Saint-Marcel-en-Dombes", ICS: "FR72ZZZ123456",
		RUM: "CANT-F0087-1", Account: "FR76 •••• •••• •••• •••• •••• 189",
	}
}

func online(amount money.Cents) *PayFiP {
	return &PayFiP{
		Base: "https://paiement.example.org/tpa/paiement.web", Site: "paiement.example.org", Client: "123456", Year: 2026, Reference: "202600010100087",
		Object: "Cantine décembre 2026 F-0087", Amount: amount, Mail: "elodie.favier@example.org", Entry: "X",
	}
}

// usual is three children over a month, with what happens in a month.
func usual(n int) Invoice {
	inv := Invoice{
		Number: fmt.Sprint(2026000100 + n), IssuedOn: calendar.NewDate(2027, 1, 5), From: day(1), To: day(31), Due: calendar.NewDate(2027, 2, 5),
		Payer:    Addressee{Name: "M. et Mme Élodie et Karim FAVIER", Address: []string{"Résidence des Étangs, bâtiment B", "12 chemin des Étangs", "01390 Saint-Marcel-en-Dombes"}, Family: "F-0087"},
		Children: []Child{child("Léa FAVIER", 420, 260, schoolDays...), child("Hugo FAVIER", 420, 260, schoolDays[:7]...), child("Zoé FAVIER", 510, 300, schoolDays[2:]...)},
		Previous: 1260,
	}
	lea, hugo, zoe := &inv.Children[0], &inv.Children[1], &inv.Children[2]
	lea.Lines = append(lea.Lines,
		Line{Date: day(2), Service: "Repas", What: NotBooked, Tariff: "tarif majoré", Price: 630, Meals: 470, Care: 160},
		Line{Date: day(9), Service: "Repas", What: Late, Tariff: "tarif majoré", Price: 630, Meals: 470, Care: 160},
		Line{Date: day(16), Service: "Repas", What: Late, Tariff: "tarif majoré", Price: 630, Meals: 470, Care: 160})
	hugo.Lines = append(hugo.Lines, Line{Date: day(14), Service: "Repas", What: Waiting, Price: 420, Meals: 260, Care: 160})
	hugo.Class = "Petite section, école maternelle des Tilleuls"
	zoe.Quotient, zoe.QuotientUntil, zoe.Tariff = nil, 0, "QF 5 : plus de 1 200"
	zoe.Lines = append(zoe.Lines, Line{Date: calendar.NewDate(2026, 11, 27), Service: "Repas", What: Correction, Detail: "27 nov. : absence justifiée par certificat (facture 2026000012)", Price: -510, Meals: -300, Care: -210})
	return summed(inv)
}

func debited(n int) Invoice {
	inv := usual(n)
	inv.Debit = debit(inv.ToPay)
	return inv
}

func payable(n int) Invoice {
	inv := usual(n)
	inv.Online = online(inv.Total - inv.Paid)
	return inv
}

func paid(n int) Invoice {
	inv := usual(n)
	inv.Paid = inv.ToPay
	inv.PaidOn, inv.PaidBy = calendar.NewDate(2027, 1, 12), "chèque"
	return summed(inv)
}

func credit(n int) Invoice {
	inv := Invoice{
		Number: fmt.Sprint(2026000900 + n), Kind: Credit, Corrects: "2026000101", CorrectsDate: calendar.NewDate(2027, 1, 5), IssuedOn: calendar.NewDate(2027, 1, 19),
		From: day(1), To: day(31), Payer: usual(0).Payer, Reason: "deux repas facturés alors que la classe était en sortie scolaire.",
		Children: []Child{child("Léa FAVIER", -420, -260, 17, 18)},
	}
	for i := range inv.Children[0].Lines {
		l := &inv.Children[0].Lines[i]
		l.What, l.Detail = Correction, "sortie scolaire : repas annulés"
	}
	return summed(inv)
}

func corrective(n int) Invoice {
	inv := credit(n)
	inv.Kind, inv.Due, inv.Reason = Corrective, calendar.NewDate(2027, 2, 19), "quotient familial mis à jour au 1ᵉʳ décembre."
	inv.Children = []Child{child("Léa FAVIER", 90, 90, schoolDays...)}
	for i := range inv.Children[0].Lines {
		l := &inv.Children[0].Lines[i]
		l.What, l.Detail = Correction, "4,20 € au lieu de 3,30 € : quotient 742 au lieu de 580"
	}
	return summed(inv)
}

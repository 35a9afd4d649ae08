package accounts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

var head = Head{
	Commune: "Saint-Marcel-en-Dombes", Office: "Régie de recettes « Cantine et garderie »", Address: []string{"1 place de la Mairie", "01390 Saint-Marcel"},
	Contact: "04 00 00 00 00 · regie@example.org", Agent: "Nathalie PERRET", Quality: "Régisseuse titulaire", Program: "Ardoise 1.0",
	MadeAt: time.Date(2027, 1, 4, 8, 12, 0, 0, time.UTC), // 9 h 12 in Paris
}

// hostile are names that files and mails really may hold.
var hostile = []string{
	"=cmd|'/C calc'!A0", "+33612345678", "-2+3", "@SUM(A1)", "\t=1+1", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "\u202Eevil\u202C",
	strings.Repeat("Wilhelmine-Alexandrine ", 9), strings.Repeat("X", 200), "a\x00b\x07c", "ab\xff\xfecd", "ligne 1\nligne 2", "",
}

var (
	cantine = Account{Sales, "Ventes Cantine", "Cantine"}
	garde   = Account{Sales, "Ventes Garderie", "Garderie"}
	treasur = Account{Bank, "Compte au Trésor", ""}
)

func wallet(f string) Account { return Account{Wallet, "Porte-monnaie " + f, f} }
func due(f string) Account    { return Account{Due, "Créance " + f, f} }
func cash(means string) Account {
	return Account{Cash, means, means}
}

// month is December 2026 of a number of families: half of them prepay, half are
// invoiced; everything agrees.
func month(families int) Month {
	m := Month{Head: head, From: calendar.NewDate(2026, 12, 1), To: calendar.NewDate(2026, 12, 31)}
	means := []string{"Espèces", "Chèque", "Carte bancaire", "Prélèvement"}
	n := 1000
	entry := func(day int, label string, debit, credit Account, amount money.Cents) {
		n++
		m.Journal = append(m.Journal, Entry{calendar.NewDate(2026, 12, day), n, label, debit, credit, amount, "Nathalie PERRET"})
	}
	takings := map[Payment]money.Cents{}
	counts := map[Payment]int{}
	take := func(day int, means string, amount money.Cents) {
		key := Payment{Day: calendar.NewDate(2026, 12, day), Means: means}
		takings[key] += amount
		counts[key]++
	}
	sold := map[string]*Sale{}
	sell := func(service, tariff string, repas, care money.Cents) {
		s := sold[service+tariff]
		if s == nil {
			s = &Sale{Service: service, Tariff: tariff}
			sold[service+tariff] = s
		}
		s.Meals, s.Repas, s.Care, s.Total = s.Meals+1, s.Repas+repas, s.Care+care, s.Total+repas+care
	}
	for i := range families {
		f := fmt.Sprintf("F-%04d", i+1)
		name := fmt.Sprintf("FAMILLE %04d Élodie", i+1)
		if i%40 == 0 {
			name = hostile[i/40%len(hostile)]
		}
		b := Balance{Family: f, Name: name, WalletOpening: money.Cents(100 * (i % 7)), WalletClosing: money.Cents(100 * (i % 7))}
		day, by := 1+i%22, means[i%4]
		if i%2 == 0 {
			entry(day, "Rechargement, quittance 2026-"+f[2:], cash(by), wallet(f), 5000)
			take(day, by, 5000)
			entry(day, "Repas de Léa", wallet(f), cantine, 420)
			sell("Cantine", "Tranche 3", 320, 100)
			b.WalletClosing += 5000 - 420
		} else {
			b.DueOpening = 1500
			entry(day, "Facture 2026000"+f[2:], due(f), cantine, 6720)
			sell("Cantine", "Tranche 5 – élémentaire", 5120, 1600)
			entry(day, "Facture 2026000"+f[2:], due(f), garde, 1250)
			sell("Garderie", "Unique", 0, 1250)
			entry(day+5, "Prélèvement du 21", cash(by), due(f), 7000)
			take(day+5, by, 7000)
			b.DueClosing = b.DueOpening + 6720 + 1250 - 7000
			u := Unpaid{Invoice: "2026000" + f[2:], Family: f, Name: name, DueOn: calendar.NewDate(2026, 11, 1+i%29), Open: b.DueClosing}
			if i%3 == 0 {
				u.DueOn = calendar.NewDate(2027, 1, 10)
			} else {
				u.Step, u.Reminded = "1ʳᵉ relance", calendar.NewDate(2026, 12, 15)
			}
			m.Unpaid = append(m.Unpaid, u)
		}
		m.Balances = append(m.Balances, b)
	}
	if families > 0 {
		entry(30, "Versement au Trésor", treasur, cash("Espèces"), 5000)
		entry(30, "Remboursement de solde", wallet("F-0001"), cash("Virement"), 80)
		m.Balances[0].WalletClosing -= 80
		take(30, "Virement", -80)
	}
	for key, amount := range takings {
		m.Payments = append(m.Payments, Payment{key.Day, key.Means, counts[key], amount})
	}
	for _, s := range sold {
		m.Sales = append(m.Sales, *s)
	}
	slices.SortFunc(m.Sales, func(x, y Sale) int { return strings.Compare(x.Tariff, y.Tariff) })
	return m
}

func taxYear() TaxYear {
	t := TaxYear{
		Year: 2026, Family: "F-0087", To: "M. et Mme FAVIER", Address: []string{"12 chemin des Étangs", "01390 Saint-Marcel-en-Dombes"},
		Children: []TaxChild{
			{Name: "Léa FAVIER", Birth: calendar.NewDate(2020, 1, 2)},
			{Name: "Hugo FAVIER", Birth: calendar.NewDate(2017, 5, 12)},
			{Name: "Zoé FAVIER"},
		},
	}
	for m := range 12 {
		if m == 7 {
			continue
		}
		t.Children[0].Paid[m] = Paid{Meals: 3200, Care: money.Cents(1000 + m)}
		t.Children[1].Paid[m] = Paid{Meals: 3200, Care: 1000}
	}
	t.Children[2].Paid[0] = Paid{Care: 250}
	return t
}

func slip() Slip {
	return Slip{
		Number: "2026-12", From: calendar.NewDate(2026, 12, 1), To: calendar.NewDate(2026, 12, 31), First: "2026-0451", Last: "2026-0512",
		Lines:   []MeansSum{{"Espèces", 12, 34560}, {"Chèque", 41, 215080}, {"Carte bancaire", 9, 45000}, {"Prélèvement", 87, 612040}},
		InWords: "neuf mille soixante-six euros et quatre-vingts centimes",
	}
}

func deposit(n int) Deposit {
	d := Deposit{Number: "2026-07", Day: calendar.NewDate(2026, 12, 18), Account: "FR76 1007 1010 0000 0010 0000 185 – TRPUFRP1", Holder: "Régie Cantine"}
	for i := range n {
		d.Cheques = append(d.Cheques, Cheque{fmt.Sprintf("Mme FAVIER %d", i+1), "Crédit Agricole Centre-Est", fmt.Sprintf("%07d", 1234567+i), fmt.Sprintf("2026-%04d", 400+i), money.Cents(4520 + i)})
	}
	return d
}

func dailyClose() Close {
	return Close{
		Number: "2026-241", Day: calendar.NewDate(2026, 12, 18), Float: 5000, Received: 18550, Returned: 420, Deposited: 10000, Expected: 13130,
		Counted: []Counted{{5000, 1}, {2000, 2}, {1000, 3}, {500, 1}, {200, 2}, {20, 1}, {10, 1}},
		Others:  []Controlled{{"Chèque", 4, 18080, 18080}, {"Carte bancaire", 2, 9000, 8500}},
		Reason:  "Deux pièces de 1 € rendues en trop à 11 h 40 ; le ticket de carte de Mme FAVIER (5 €) a été passé deux fois puis annulé.",
	}
}

package accounts

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// Part is one sheet of the month's workbook, and one CSV file.
type Part int

// The parts, in the order of the workbook.
const (
	JournalPart Part = iota
	BalancesPart
	SalesPart
	PaymentsPart
	UnpaidPart
)

// Parts gives all of them.
func Parts() []Part { return []Part{JournalPart, BalancesPart, SalesPart, PaymentsPart, UnpaidPart} }

var partNames = [...]struct{ sheet, file string }{
	JournalPart: {"Journal", "journal"}, BalancesPart: {"Soldes par famille", "soldes"}, SalesPart: {"Ventes par service et tarif", "ventes"},
	PaymentsPart: {"Encaissements par moyen", "encaissements"}, UnpaidPart: {"Impayés", "impayes"},
}

// String is the name of the sheet.
func (p Part) String() string { return partNames[p].sheet }

// FileName is the name of the CSV file.
func (p Part) FileName() string { return partNames[p].file + ".csv" }

// rower takes rows: a sheet, or a CSV file, which leaves the sums to its reader.
type rower interface {
	Row(values ...sheet.Value)
	Subtotal(values ...sheet.Value)
}

// table is one part, ready for both.
type table struct {
	part   Part
	title  string
	empty  string // the sentence when there is nothing
	cols   []sheet.Column
	wide   bool
	freeze int
	filter bool
	n      int
	rows   func(i int, out rower)
	finish func(out *sheet.Sheet)
}

// each writes the rows; cancelling ctx stops it.
func (t table) each(ctx context.Context, out rower) error {
	for i := range t.n {
		if i%512 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		t.rows(i, out)
	}
	return ctx.Err()
}

func (m Month) table(p Part) table {
	switch p {
	case BalancesPart:
		return m.balances()
	case SalesPart:
		return m.sales()
	case PaymentsPart:
		return m.payments()
	case UnpaidPart:
		return m.unpaid()
	}
	return m.journal()
}

func text(title string, width float64) sheet.Column {
	return sheet.Column{Title: title, Width: width, Wrap: true}
}

func date(title string) sheet.Column {
	return sheet.Column{Title: title, Width: 12, Kind: sheet.KindDate}
}

func euros(title string) sheet.Column {
	return sheet.Column{Title: title, Width: 15, Kind: sheet.KindMoney}
}

func count(title string) sheet.Column {
	return sheet.Column{Title: title, Width: 11, Kind: sheet.KindInt}
}

// sum adds up what Check has already found to fit.
func sum[T any](all []T, of func(T) money.Cents) (total money.Cents) {
	for _, one := range all {
		total += of(one)
	}
	return total
}

func (m Month) journal() table {
	return table{
		part: JournalPart, title: "Journal – " + m.period(), empty: "Aucune opération sur la période.", wide: true, filter: true, n: len(m.Journal),
		cols: []sheet.Column{date("Date"), text("Opération", 11), text("Libellé", 40), text("Compte débité", 26), text("Compte crédité", 26), text("Agent", 20), euros("Montant")},
		rows: func(i int, out rower) {
			e := m.Journal[i]
			out.Row(sheet.Day(e.Date), sheet.Text(strconv.Itoa(e.Number)), sheet.Text(e.Label), sheet.Text(e.Debit.Name), sheet.Text(e.Credit.Name), sheet.Text(e.Agent), sheet.Money(e.Amount))
		},
		finish: func(out *sheet.Sheet) {
			out.Total(sheet.Text("Total"), sheet.Empty(), sheet.Text(page.Count(len(m.Journal), "écriture", "écritures")), sheet.Empty(), sheet.Empty(), sheet.Empty(),
				sheet.Money(sum(m.Journal, func(e Entry) money.Cents { return e.Amount })))
		},
	}
}

func (m Month) balances() table {
	from, to := m.From.Short(), m.To.Short()
	return table{
		part: BalancesPart, title: "Soldes par famille – " + m.period(), empty: "Aucune famille n’a de compte.", wide: true, freeze: 2, filter: true, n: len(m.Balances),
		cols: []sheet.Column{
			text("Famille", 12), text("Nom", 34), euros("Porte-monnaie avant le " + from), euros("Porte-monnaie au " + to),
			euros("Reste dû avant le " + from), euros("Reste dû au " + to), euros("Solde au " + to),
		},
		rows: func(i int, out rower) {
			b := m.Balances[i]
			out.Row(sheet.Text(b.Family), sheet.Text(b.Name), sheet.Money(b.WalletOpening), sheet.Money(b.WalletClosing),
				sheet.Money(b.DueOpening), sheet.Money(b.DueClosing), sheet.Money(b.WalletClosing-b.DueClosing))
		},
		finish: func(out *sheet.Sheet) {
			all := m.Balances
			out.Total(sheet.Text("Total"), sheet.Text(page.Count(len(all), "famille", "familles")),
				sheet.Money(sum(all, func(b Balance) money.Cents { return b.WalletOpening })), sheet.Money(sum(all, func(b Balance) money.Cents { return b.WalletClosing })),
				sheet.Money(sum(all, func(b Balance) money.Cents { return b.DueOpening })), sheet.Money(sum(all, func(b Balance) money.Cents { return b.DueClosing })),
				sheet.Money(sum(all, func(b Balance) money.Cents { return b.WalletClosing - b.DueClosing })))
			out.Note(fault.French("Porte-monnaie : ce que la commune doit à la famille. Reste dû : ce que la famille doit sur ses factures."))
		},
	}
}

func (m Month) sales() table {
	all := slices.Clone(m.Sales)
	slices.SortStableFunc(all, func(x, y Sale) int { return strings.Compare(x.Service, y.Service) })
	values := func(service, tariff string, of []Sale) []sheet.Value {
		meals := 0
		for _, s := range of {
			meals += s.Meals
		}
		return []sheet.Value{
			sheet.Text(service), sheet.Text(tariff), sheet.Int(meals), sheet.Money(sum(of, func(s Sale) money.Cents { return s.Repas })),
			sheet.Money(sum(of, func(s Sale) money.Cents { return s.Care })), sheet.Money(sum(of, func(s Sale) money.Cents { return s.Total })),
		}
	}
	first := 0 // of the service
	return table{
		part: SalesPart, title: "Ventes par service et tarif – " + m.period(), empty: "Aucune vente sur la période.", n: len(all),
		cols: []sheet.Column{text("Service", 24), text("Tarif", 34), count("Nombre"), euros("Part repas"), euros("Part encadrement"), euros("Total")},
		rows: func(i int, out rower) {
			s := all[i]
			if i == 0 || all[i-1].Service != s.Service {
				first = i
			}
			out.Row(values(s.Service, s.Tariff, all[i:i+1])...)
			if last := i == len(all)-1 || all[i+1].Service != s.Service; last && i > first {
				out.Subtotal(values(s.Service, "Sous-total", all[first:i+1])...)
			}
		},
		finish: func(out *sheet.Sheet) { out.Total(values("Total", "", all)...) },
	}
}

func (m Month) payments() table {
	all := slices.Clone(m.Payments)
	slices.SortStableFunc(all, func(x, y Payment) int {
		if x.Day != y.Day {
			return int(x.Day - y.Day)
		}
		return strings.Compare(x.Means, y.Means)
	})
	values := func(day sheet.Value, means string, of []Payment) []sheet.Value {
		n := 0
		for _, p := range of {
			n += p.Count
		}
		return []sheet.Value{day, sheet.Text(means), sheet.Int(n), sheet.Money(sum(of, func(p Payment) money.Cents { return p.Amount }))}
	}
	first := 0 // of the day
	return table{
		part: PaymentsPart, title: "Encaissements par moyen – " + m.period(), empty: "Aucun encaissement sur la période.", n: len(all),
		cols: []sheet.Column{{Title: "Date", Width: 18, Kind: sheet.KindDate}, text("Moyen de paiement", 34), count("Nombre"), euros("Montant")},
		rows: func(i int, out rower) {
			p := all[i]
			if i == 0 || all[i-1].Day != p.Day {
				first = i
			}
			out.Row(values(sheet.DayName(p.Day), p.Means, all[i:i+1])...)
			if last := i == len(all)-1 || all[i+1].Day != p.Day; last && i > first {
				out.Subtotal(values(sheet.DayName(p.Day), "Total du jour", all[first:i+1])...)
			}
		},
		finish: func(out *sheet.Sheet) {
			out.Total(values(sheet.Text("Total"), "", all)...)
			out.Blank()
			out.Group(sheet.Text("Par moyen de paiement"))
			byMeans := map[string][]Payment{}
			var names []string
			for _, p := range all {
				if byMeans[p.Means] == nil {
					names = append(names, p.Means)
				}
				byMeans[p.Means] = append(byMeans[p.Means], p)
			}
			slices.Sort(names)
			for _, name := range names {
				out.Row(values(sheet.Empty(), name, byMeans[name])...)
			}
			out.Total(values(sheet.Text("Total"), "", all)...)
		},
	}
}

func (m Month) unpaid() table {
	all := slices.Clone(m.Unpaid)
	slices.SortStableFunc(all, func(x, y Unpaid) int { return int(x.DueOn - y.DueOn) })
	return table{
		part: UnpaidPart, title: "Impayés au " + m.To.Short(), empty: "Aucune facture n’est impayée.", wide: true, freeze: 1, filter: true, n: len(all),
		cols: []sheet.Column{
			text("Facture", 16), text("Famille", 12), text("Nom", 34), date("Échéance"), text("Dernière relance", 18), date("Relancé le"),
			count("Jours de retard"), euros("Reste dû"),
		},
		rows: func(i int, out rower) {
			u := all[i]
			out.Row(sheet.Text(u.Invoice), sheet.Text(u.Family), sheet.Text(u.Name), sheet.Day(u.DueOn),
				sheet.Text(u.Step), sheet.Day(u.Reminded), sheet.Int(m.late(u)), sheet.Money(u.Open))
		},
		finish: func(out *sheet.Sheet) {
			out.Total(sheet.Text("Total"), sheet.Empty(), sheet.Text(page.Count(len(all), "facture", "factures")), sheet.Empty(), sheet.Empty(), sheet.Empty(), sheet.Empty(),
				sheet.Money(sum(all, func(u Unpaid) money.Cents { return u.Open })))
		},
	}
}

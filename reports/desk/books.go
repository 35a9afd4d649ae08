package desk

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/reports/accounts"
)

// WorkbookXLSX writes the month's workbook: journal, balances, sales, payments,
// unpaid. The report refuses sheets that do not say the same.
func (p *Papers) WorkbookXLSX(ctx context.Context, w io.Writer, b billing.MonthBooks) error {
	m, err := p.Month(ctx, b)
	if err != nil {
		return err
	}
	return accounts.Workbook(ctx, w, m)
}

// BooksCSV writes the parts of the month for spreadsheets in French, each into a
// file of its own: create opens the one of a name.
func (p *Papers) BooksCSV(ctx context.Context, b billing.MonthBooks, create func(name string, write func(io.Writer) error) error) error {
	m, err := p.Month(ctx, b)
	if err != nil {
		return err
	}
	for _, part := range accounts.Parts() {
		if err := create(part.FileName(), func(w io.Writer) error { return accounts.CSV(ctx, w, m, part) }); err != nil {
			return err
		}
	}
	return nil
}

// Month gives the books of a month as the report prints them.
func (p *Papers) Month(ctx context.Context, b billing.MonthBooks) (accounts.Month, error) {
	m := accounts.Month{Head: p.Head(), From: b.Month.First(), To: b.Month.Last()}
	shorts, err := p.shorts(ctx)
	if err != nil {
		return m, err
	}
	m.Journal = make([]accounts.Entry, len(b.Journal))
	for i, l := range b.Journal {
		m.Journal[i] = accounts.Entry{
			Date: l.Day, Number: int(l.Operation), Label: l.Label, Debit: account(l.Debit, l.FamilyID, shorts), Credit: account(l.Credit, l.FamilyID, shorts), Amount: l.Amount, Agent: l.Agent,
		}
	}
	for _, f := range b.Families {
		m.Balances = append(m.Balances, accounts.Balance{
			Family: family.Number(f.FamilyID), Name: f.Family, WalletOpening: f.WalletOpening, WalletClosing: f.WalletClosing, DueOpening: f.DueOpening, DueClosing: f.DueClosing,
		})
	}
	for _, s := range b.Sales {
		m.Sales = append(m.Sales, accounts.Sale{Service: s.Service, Tariff: s.Tariff, Meals: s.Count, Repas: s.Meal, Care: s.Care, Total: s.Total})
	}
	for _, d := range b.Payments {
		m.Payments = append(m.Payments, accounts.Payment{Day: d.Day, Means: meansWord(d.Means), Count: d.Count, Amount: d.Total})
	}
	for _, v := range b.Unpaid {
		m.Unpaid = append(m.Unpaid, accounts.Unpaid{Invoice: v.Number, Family: family.Number(v.FamilyID), Name: v.Family, DueOn: v.DueOn, Open: v.Open, Step: stepWord(v.Reminded), Reminded: v.RemindedOn})
	}
	return m, nil
}

// shorts gives each service's name as sales are counted under it.
func (p *Papers) shorts(ctx context.Context) (map[int64]string, error) {
	list, err := p.o.Catalog.Services(ctx)
	out := make(map[int64]string, len(list))
	for _, s := range list {
		out[s.ID] = s.Short
	}
	return out, err
}

// account gives one side of an entry by its code; what is due is each family's own.
func account(code string, familyID int64, shorts map[int64]string) accounts.Account {
	kind, of, _ := strings.Cut(code, ":")
	id, err := strconv.ParseInt(of, 10, 64)
	if err != nil {
		id = 0 // a means of payment, or nothing
	}
	switch kind {
	case "wallet":
		return accounts.Account{Kind: accounts.Wallet, Name: "Porte-monnaie " + family.Number(id), Of: family.Number(id)}
	case "due":
		return accounts.Account{Kind: accounts.Due, Name: "Factures à recouvrer", Of: family.Number(familyID)}
	case "sales":
		return accounts.Account{Kind: accounts.Sales, Name: "Ventes " + shorts[id], Of: shorts[id]}
	case "cash":
		return accounts.Account{Kind: accounts.Cash, Name: "Encaissé, " + billing.MeansWord(of), Of: meansWord(of)}
	case "refund":
		return accounts.Account{Kind: accounts.Other, Name: "Remboursé, " + billing.MeansWord(of)}
	case "treasury":
		return accounts.Account{Kind: accounts.Bank, Name: "Versé au comptable"}
	case "opening":
		return accounts.Account{Kind: accounts.Other, Name: "Reprise des soldes"}
	}
	return accounts.Account{Kind: accounts.Other, Name: code}
}

// meansWord gives the word of papers for a means of payment: "Espèces".
func meansWord(code string) string { return capital(billing.MeansWord(code)) }

func stepWord(step int) string {
	switch step {
	case 0:
		return ""
	case 1:
		return "1ʳᵉ relance"
	}
	return fmt.Sprintf("%dᵉ relance", step)
}

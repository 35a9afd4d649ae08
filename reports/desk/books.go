package desk

import (
	"context"
	"io"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/reports/accounts"
)

// WorkbookXLSX writes the month's workbook: journal, balances, sales, payments,
// unpaid. The report refuses sheets that do not say the same.
func (p *Papers) WorkbookXLSX(ctx context.Context, w io.Writer, b billing.MonthBooks) error {
	return accounts.Workbook(ctx, w, p.Month(b))
}

// BookCSV writes one part of the month for spreadsheets in French.
func (p *Papers) BookCSV(ctx context.Context, w io.Writer, b billing.MonthBooks, part accounts.Part) error {
	return accounts.CSV(ctx, w, p.Month(b), part)
}

// Month gives the books of a month as the report prints them.
func (p *Papers) Month(b billing.MonthBooks) accounts.Month {
	m := accounts.Month{Head: p.Head(), From: b.Month.First(), To: b.Month.Last()}
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
		m.Unpaid = append(m.Unpaid, accounts.Unpaid{Invoice: v.Number, Family: family.Number(v.FamilyID), Name: v.Family, DueOn: v.DueOn, Open: v.Open, Step: stepWord(v.Reminded)})
	}
	return m
}

func stepWord(step int) string {
	switch step {
	case 0:
		return ""
	case 1:
		return "1ʳᵉ relance"
	}
	return string(rune('0'+step)) + "ᵉ relance"
}

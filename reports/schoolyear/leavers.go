package schoolyear

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/sheet"
)

// Leaving is a family with a leaver, a line of the workbook.
type Leaving struct {
	Number    string
	Family    string
	Email     string
	Children  []Leaver
	Staying   int
	Refund    money.Cents // to give back
	Overdraw  money.Cents // asked for, above 0
	Owed      money.Cents // of unpaid invoices
	Invoices  int
	ToInvoice money.Cents
	Mandate   bool
	Todo      string // French, what is left; "" : nothing
	Archived  bool
}

// Leaver is a child of it.
type Leaver struct {
	Child, School, Class string
	On                   calendar.Date
	Coming               int
}

func yes(b bool) string {
	if b {
		return "oui"
	}
	return ""
}

// LeaversWorkbook writes the families a child leaves, with the sums both ways and
// their totals, and a sheet of the children.
func LeaversWorkbook(ctx context.Context, w io.Writer, p Paper, list []Leaving) error {
	title := "Sortants, année " + p.Year
	b := sheet.New(sheet.Info{Title: title, Commune: p.Commune, Service: p.Service, Version: p.Program, Notice: p.Notice, MadeAt: p.MadeAt})
	if err := families(ctx, b, title, list); err != nil {
		return closing(b, err)
	}
	if err := children(ctx, b, title, list); err != nil {
		return closing(b, err)
	}
	return b.Write(w)
}

func families(ctx context.Context, b *sheet.Book, title string, list []Leaving) error {
	out := b.Sheet("À solder", sheet.Layout{
		Title: title, Subtitle: "Ce qui reste entre la commune et chaque famille", Landscape: true, Freeze: 2, Filter: true,
		Columns: []sheet.Column{
			{Title: "N°", Width: 9},
			{Title: "Famille", Width: 22, Wrap: true},
			{Title: "Enfants qui restent", Width: 11, Kind: sheet.KindInt},
			{Title: "À rembourser", Width: 14, Kind: sheet.KindMoney},
			{Title: "Découvert", Width: 13, Kind: sheet.KindMoney},
			{Title: "Factures impayées", Width: 13, Kind: sheet.KindMoney},
			{Title: "Nombre", Width: 9, Kind: sheet.KindInt},
			{Title: "À facturer", Width: 13, Kind: sheet.KindMoney},
			{Title: "Mandat", Width: 9},
			{Title: "Reste à faire", Width: 38, Wrap: true},
			{Title: "Archivée", Width: 9},
			{Title: "Adresse électronique", Width: 28},
		},
	})
	var refund, overdraw, owed, toInvoice money.Cents
	invoices := 0
	for _, f := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		out.Row(sheet.Text(f.Number), sheet.Text(f.Family), sheet.Int(f.Staying), sheet.Money(f.Refund), sheet.Money(f.Overdraw), sheet.Money(f.Owed), sheet.Int(f.Invoices),
			sheet.Money(f.ToInvoice), sheet.Text(yes(f.Mandate)), sheet.Text(f.Todo), sheet.Text(yes(f.Archived)), sheet.Text(f.Email))
		for _, add := range []struct {
			to *money.Cents
			c  money.Cents
		}{{&refund, f.Refund}, {&overdraw, f.Overdraw}, {&owed, f.Owed}, {&toInvoice, f.ToInvoice}} {
			sum, err := money.Add(*add.to, add.c)
			if err != nil {
				return err
			}
			*add.to = sum
		}
		invoices += f.Invoices
	}
	if len(list) == 0 {
		out.Note("Aucun sortant.")
		return nil
	}
	out.Total(sheet.Text(""), sheet.Text("Total"), sheet.Empty(), sheet.Money(refund), sheet.Money(overdraw), sheet.Money(owed), sheet.Int(invoices), sheet.Money(toInvoice))
	return nil
}

func children(ctx context.Context, b *sheet.Book, title string, list []Leaving) error {
	out := b.Sheet("Enfants", sheet.Layout{
		Title: title, Subtitle: "Les enfants qui partent", Filter: true,
		Columns: []sheet.Column{
			{Title: "Enfant", Width: 24, Wrap: true},
			{Title: "Famille", Width: 20, Wrap: true},
			{Title: "N°", Width: 9},
			{Title: "École", Width: 26, Wrap: true},
			{Title: "Classe", Width: 18},
			{Title: "Parti le", Width: 12, Kind: sheet.KindDate},
			{Title: "Réservations à annuler", Width: 13, Kind: sheet.KindInt},
		},
	})
	n := 0
	for _, f := range list {
		for _, c := range f.Children {
			if err := ctx.Err(); err != nil {
				return err
			}
			out.Row(sheet.Text(c.Child), sheet.Text(f.Family), sheet.Text(f.Number), sheet.Text(c.School), sheet.Text(c.Class), sheet.Day(c.On), sheet.Int(c.Coming))
			n++
		}
	}
	if n == 0 {
		out.Note("Aucun sortant.")
	}
	return nil
}

// closing gives the first of two errors: the one that stopped the work.
func closing(b *sheet.Book, err error) error {
	if cerr := b.Discard(); cerr != nil {
		return fmt.Errorf("%w (and closing: %v)", err, cerr)
	}
	return err
}

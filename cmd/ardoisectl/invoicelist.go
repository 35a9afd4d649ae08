package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/desk"
	"ardoise/reports/sheet"
)

type invoiceJSON struct {
	ID       int64          `json:"id"`
	Number   string         `json:"number"`
	Kind     string         `json:"kind"`
	Family   int64          `json:"family"`
	Name     string         `json:"name"`
	Month    calendar.Month `json:"month"`
	IssuedOn calendar.Date  `json:"issued_on"`
	DueOn    calendar.Date  `json:"due_on"`
	Total    money.Cents    `json:"total"`
	Open     money.Cents    `json:"open"`
	State    string         `json:"state"`
	Pay      string         `json:"pay"`
	Meals    int            `json:"meals"`
	Reminded int            `json:"reminded"`
	Corrects string         `json:"corrects"`
	Reason   string         `json:"reason"`
}

func invoiceOut(v billing.Invoice) invoiceJSON {
	return invoiceJSON{
		v.ID, v.Number, v.Kind, v.FamilyID, v.Family, v.Month, v.IssuedOn, v.DueOn, v.Total, v.Open, string(v.State), v.Pay, v.Meals, v.Reminded, v.Corrects, v.Reason,
	}
}

// invoiceFilter reads the flags that narrow a list.
func invoiceFilter(month, familyText, text string) (f billing.InvoiceFilter, err error) {
	f.Text = text
	if month != "" {
		if f.Month, err = calendar.ParseMonth(month); err != nil {
			return f, err
		}
	}
	if familyText != "" {
		f.FamilyID, err = number("de famille", familyText)
	}
	return f, err
}

func (c *cli) invoiceList() *cobra.Command {
	var month, familyText, text string
	cmd := &cobra.Command{
		Use: "list", Short: "les factures et avoirs émis, dans l’ordre des numéros", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := invoiceFilter(month, familyText, text)
			if err != nil {
				return err
			}
			list, err := o.Billing.Invoices(ctx, f)
			if err != nil {
				return err
			}
			out := []invoiceJSON{}
			for _, v := range list {
				out = append(out, invoiceOut(v))
			}
			return c.say(out, func(w io.Writer) { sayInvoices(w, list) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&month, "month", "", "`MOIS` facturé, AAAA-MM")
	f.StringVar(&familyText, "family", "", "`FAMILLE` qui doit")
	f.StringVar(&text, "text", "", "numéro de facture ou nom, en tout ou `PARTIE`")
	return cmd
}

func sayInvoices(w io.Writer, list []billing.Invoice) {
	var total, open money.Cents
	t := columns("Numéro", "Famille", "Nom", "Mois", "Échéance", ">Montant", ">Reste", "État")
	for _, v := range list {
		t.row(v.Number, family.Number(v.FamilyID), v.Family, v.Month.Label(), v.DueOn.Short(), v.Total, v.Open, v.State.Label())
		total += v.Total
		open += v.Open
	}
	t.print(w, "Aucune facture.")
	if len(list) > 0 {
		put(w, "%s : %s, dont %s à payer.\n", count(len(list), "document", "documents"), total, open)
	}
}

// invoice finds a document by its number, with its lines.
func invoice(ctx context.Context, o *data.Office, text string) (billing.Invoice, error) {
	text = strings.TrimSpace(text)
	list, err := o.Billing.Invoices(ctx, billing.InvoiceFilter{Text: text})
	if err != nil {
		return billing.Invoice{}, err
	}
	for _, v := range list {
		if v.Number == text {
			list, err := o.Billing.Invoices(ctx, billing.InvoiceFilter{IDs: []int64{v.ID}, Lines: true})
			if err != nil || len(list) == 0 {
				return v, err
			}
			return list[0], nil
		}
	}
	return billing.Invoice{}, fault.New(fault.NotFound, "La facture n° %s n’existe pas : le numéro est celui qui est imprimé, sans espace.", text)
}

type invoiceLineJSON struct {
	Rank     int           `json:"rank"` // from 1: what --lines wants
	Child    string        `json:"child"`
	Date     calendar.Date `json:"date"`
	Service  string        `json:"service"`
	Kind     string        `json:"kind"`
	Tariff   string        `json:"tariff"`
	Quotient *int          `json:"quotient"`
	Meal     money.Cents   `json:"meal"`
	Care     money.Cents   `json:"care"`
	Amount   money.Cents   `json:"amount"`
	Note     string        `json:"note"`
}

type settlementJSON struct {
	Operation int64         `json:"operation"`
	Date      calendar.Date `json:"date"`
	Kind      string        `json:"kind"`
	Means     string        `json:"means"`
	Amount    money.Cents   `json:"amount"`
	Label     string        `json:"label"`
}

func linesOut(lines []billing.Line) []invoiceLineJSON {
	out := []invoiceLineJSON{}
	for i, l := range lines {
		out = append(out, invoiceLineJSON{i + 1, l.Child, l.Day, l.Service, l.Kind, l.Tariff, l.Quotient, l.Meal, l.Care, l.Amount, l.Note})
	}
	return out
}

func (c *cli) invoiceShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NUMÉRO", Short: "une facture, ses lignes et comment elle a été payée", Args: words("le numéro de la facture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			v, err := invoice(ctx, o, args[0])
			if err != nil {
				return err
			}
			account, err := o.Billing.Account(ctx, v.FamilyID)
			if err != nil {
				return err
			}
			out := struct {
				invoiceJSON
				Payer       string            `json:"payer"`
				Lines       []invoiceLineJSON `json:"lines"`
				Settlements []settlementJSON  `json:"settlements"`
			}{invoiceOut(v), v.Payer, linesOut(v.Lines), []settlementJSON{}}
			for _, s := range account.Settlements {
				if s.InvoiceID == v.ID {
					out.Settlements = append(out.Settlements, settlementJSON{s.Operation, s.Day, s.Kind, s.Means, s.Amount, s.Label})
				}
			}
			return c.say(out, func(w io.Writer) { sayInvoice(w, v, out.Settlements) })
		},
	}
}

func sayInvoice(w io.Writer, v billing.Invoice, settled []settlementJSON) {
	word := "Facture"
	if v.Kind == billing.KindCredit {
		word = "Avoir"
	}
	put(w, "%s n° %s, %s, famille %s %s. Émise le %s, échéance le %s.\n", word, v.Number, v.Month.Label(), family.Number(v.FamilyID), v.Family, v.IssuedOn.Short(), v.DueOn.Short())
	t := columns(">N°", "Enfant", "Jour", "Service", "", ">Montant", "")
	for i, l := range v.Lines {
		t.row(i+1, l.Child, l.Day.Short(), l.Service, billing.LineLabels[l.Kind], l.Amount, l.Note)
	}
	t.print(w, "Aucune ligne.")
	for _, s := range settled {
		put(w, "  %s  %s  %s (opération %d)\n", s.Date.Short(), s.Label, s.Amount, s.Operation)
	}
	put(w, "Total %s, reste à payer %s : %s.\n", v.Total, v.Open, strings.ToLower(v.State.Label()))
}

func (c *cli) invoiceUnpaid() *cobra.Command {
	var month, familyText, path string
	cmd := &cobra.Command{
		Use: "unpaid", Short: "ce qui reste à payer, échu ou non ; en classeur ou CSV pour le comptable", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if path != "" {
				if _, err := format(path, "xlsx", "csv"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := invoiceFilter(month, familyText, "")
			if err != nil {
				return err
			}
			f.Owed = true
			list, err := o.Billing.Invoices(ctx, f)
			if err != nil {
				return err
			}
			if path != "" {
				m, err := desk.NewMaker(ctx, o.Catalog, "", "", o.Store.Now())
				if err != nil {
					return err
				}
				if err := unpaidList(list, today(o)).write(path, m); err != nil {
					return err
				}
			}
			return c.say(unpaidOut(list, today(o), path), func(w io.Writer) {
				sayInvoices(w, list)
				if path != "" {
					put(w, "Écrit dans %s.\n", path)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&month, "month", "", "`MOIS` facturé, AAAA-MM (défaut\u00a0: tous)")
	f.StringVar(&familyText, "family", "", "`FAMILLE` qui doit")
	f.StringVar(&path, "out", "", "`FICHIER` à écrire, en .xlsx ou en .csv")
	return cmd
}

func late(v billing.Invoice, now calendar.Date) int { return max(0, int(now-v.DueOn)) }

func unpaidOut(list []billing.Invoice, now calendar.Date, path string) any {
	type owed struct {
		invoiceJSON
		Late int `json:"late_days"`
	}
	out := struct {
		Count    int         `json:"count"`
		Total    money.Cents `json:"total"`
		Overdue  money.Cents `json:"overdue"`
		Invoices []owed      `json:"invoices"`
		File     string      `json:"file"`
	}{Count: len(list), Invoices: []owed{}, File: path}
	for _, v := range list {
		out.Total += v.Open
		if v.DueOn < now {
			out.Overdue += v.Open
		}
		out.Invoices = append(out.Invoices, owed{invoiceOut(v), late(v, now)})
	}
	return out
}

func unpaidList(owed []billing.Invoice, now calendar.Date) (l list) {
	l = list{title: "Restes à recouvrer", columns: []sheet.Column{
		{Title: "Facture", Width: 14},
		{Title: "Famille", Width: 10},
		{Title: "Nom", Width: 24},
		{Title: "Mois", Width: 18},
		{Title: "Émise le", Width: 12, Kind: sheet.KindDate},
		{Title: "Échéance", Width: 12, Kind: sheet.KindDate},
		{Title: "Retard (jours)", Width: 14, Kind: sheet.KindInt},
		{Title: "Montant", Width: 14, Kind: sheet.KindMoney},
		{Title: "Reste à payer", Width: 14, Kind: sheet.KindMoney},
		{Title: "Relances", Width: 10, Kind: sheet.KindInt},
		{Title: "État", Width: 20},
	}}
	for _, v := range owed {
		l.rows = append(l.rows, []sheet.Value{
			sheet.Text(v.Number), sheet.Text(family.Number(v.FamilyID)), sheet.Text(v.Family), sheet.Text(v.Month.Label()), sheet.Day(v.IssuedOn), sheet.Day(v.DueOn),
			sheet.Int(late(v, now)), sheet.Money(v.Total), sheet.Money(v.Open), sheet.Int(v.Reminded), sheet.Text(v.State.Label()),
		})
	}
	return l
}

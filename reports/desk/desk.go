// Package desk is the room between the data floor and the papers: it turns what
// the services read (a receipt, a statement, a headcount, a week of a class)
// into what the reports print, once for the window and the command. It computes
// nothing but sums already agreed on, asks no right (whoever read the data has
// asked it), writes no file and shows nobody's health beyond what it is given.
// Amounts are cents, days civil dates, instants are shown in Paris.
package desk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/reports/kitchen"
	"ardoise/reports/receipt"
	"ardoise/reports/sheet"
)

// Program is what papers say they were made with.
const Program = "Ardoise"

const nbsp = "\u00a0"

// Maker is what every paper says about itself: where, by whom, when.
type Maker struct {
	Commune string // "Saint-Marcel-en-Dombes"
	Service string // "Cantine"; may be empty
	Agent   string // who prints
	Demo    bool   // a demonstration says so on every page
	At      time.Time
	Issuer  receipt.Issuer // of the cash office, for receipts and statements
	Diets   catalog.Diets  // as the town names them
}

// Settings is the part of the catalog that keeps the town's own words.
type Settings interface {
	Setting(ctx context.Context, name, def string) (string, error)
}

// NewMaker gathers what the papers of a commune say about themselves: the
// town's settings, the signed-in agent, the office's instant.
func NewMaker(ctx context.Context, settings Settings, commune, service string, at time.Time) (m Maker, err error) {
	m = Maker{Commune: commune, Service: service, At: at}
	if s := staff.From(ctx); s != nil {
		m.Agent, m.Demo = s.Name, s.Demo
	}
	word := map[string]string{"creditor.name": "", "creditor.street": "", "creditor.postal": "", "creditor.city": "", "office.name": "", "office.contact": "", "office.quality": ""}
	for name := range word { // a handful of settings
		if word[name], err = settings.Setting(ctx, name, ""); err != nil {
			return m, err
		}
	}
	diets, err := settings.Setting(ctx, catalog.DietsSetting, "")
	if err != nil {
		return m, err
	}
	m.Diets = catalog.ParseDiets(diets)
	name := word["creditor.name"]
	if m.Commune == "" {
		m.Commune = name
	}
	m.Issuer = receipt.Issuer{
		Commune: m.Commune, Service: cmp.Or(service, "Services périscolaires"), Office: cmp.Or(word["office.name"], "Régie de recettes"),
		Contact: word["office.contact"], Agent: m.Agent, Quality: word["office.quality"],
	}
	for _, l := range []string{name, word["creditor.street"], strings.TrimSpace(word["creditor.postal"] + " " + word["creditor.city"])} {
		if l != "" && l != m.Issuer.Commune {
			m.Issuer.Address = append(m.Issuer.Address, l)
		}
	}
	return m, nil
}

func (m Maker) notice() string {
	if m.Demo {
		return "Démonstration"
	}
	return ""
}

func (m Maker) head() kitchen.Head {
	return kitchen.Head{Commune: m.Commune, Service: m.Service, Program: Program, Notice: m.notice(), MadeAt: m.At}
}

// Info gives what a workbook says about itself.
func (m Maker) Info(title string) sheet.Info {
	return sheet.Info{Title: title, Commune: m.Commune, Service: m.Service, Version: Program, Notice: m.notice(), MadeAt: m.At}
}

// Paper gives what a receipt and a statement carry besides their own matter.
func (m Maker) Paper() receipt.Paper {
	return receipt.Paper{Issuer: m.Issuer, MadeAt: m.At, Program: Program, Notice: m.notice()}
}

// Payer is what a paper says of the family beyond its name.
type Payer struct {
	Number   string   // "F-0087"
	Address  []string // lines
	Children []string // first names
}

// Receipt gives a receipt of the ledger as the paper prints it; duplicate marks
// one printed again.
func Receipt(r ledger.Receipt, p Payer, duplicate bool) receipt.Receipt {
	purpose := "Rechargement du porte-monnaie"
	if r.For == ledger.ForInvoices {
		purpose = "Paiement de factures"
	}
	return receipt.Receipt{
		Number: r.Number(), Date: r.At, From: r.Payer, Address: p.Address, Family: p.Number, Amount: r.Amount,
		Means: capital(ledger.MeansLabel(r.Means)), Reference: r.Reference, Purpose: purpose,
		NoBalance: r.For == ledger.ForInvoices, Balance: r.BalanceAfter, Children: p.Children, Duplicate: duplicate, VoidedOn: r.VoidedOn, Void: r.VoidReason,
	}
}

// PaperOf is Paper with the agent who cashed in, whoever prints it today.
func (m Maker) PaperOf(r ledger.Receipt) receipt.Paper {
	p := m.Paper()
	p.Issuer.Agent = r.Agent
	return p
}

// Statement gives a wallet's statement as the paper prints it. Where it was
// asked without a bound, the paper goes from its first line to the day it is
// made.
func (m Maker) Statement(st ledger.Statement, p Payer) receipt.Statement {
	out := receipt.Statement{
		Family: "Famille " + st.Family, Number: p.Number, Address: p.Address,
		From: st.From, To: st.To, Opening: st.Opening, Closing: st.Closing,
	}
	today := calendar.DateOf(m.At)
	if out.To.IsZero() {
		out.To = today
	}
	if out.From.IsZero() {
		out.From = today
		if len(st.Lines) > 0 {
			out.From = st.Lines[0].Day
		}
	}
	out.To = max(out.To, out.From)
	for _, l := range st.Lines {
		detail := l.Detail
		if l.Receipt != "" {
			detail = strings.TrimPrefix(detail+", quittance n°"+nbsp+l.Receipt, ", ")
		}
		out.Lines = append(out.Lines, receipt.Line{Date: l.Day, Label: l.Label, Detail: detail, Debit: l.Debit, Credit: l.Credit, Balance: l.Balance})
	}
	return out
}

func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// PayerOf gives what a paper says of a family.
func PayerOf(f family.Family) Payer {
	p := Payer{Number: f.Number()}
	for _, l := range []string{f.Address1, f.Address2, strings.TrimSpace(f.Postal + " " + f.City)} {
		if l != "" {
			p.Address = append(p.Address, l)
		}
	}
	for _, c := range f.Children {
		if c.State == family.Present {
			p.Children = append(p.Children, c.First)
		}
	}
	return p
}

package desk

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/bank"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/treasury"
)

// Role is what goes to the public accountant of a month: the invoices still to
// be paid, and who owes them. Number is the role's own in the year; by default
// year and month of the meals, 2612.
type Role struct {
	Month    calendar.Month
	Number   int
	Invoices []billing.Invoice // with something still to be paid, no direct debit on its way
	Families map[int64]family.Family
}

// Total is what the role asks for.
func (r Role) Total() (total money.Cents) {
	for _, v := range r.Invoices {
		total += v.Open
	}
	return total
}

// RoleOf reads what a month's role holds.
func (p *Papers) RoleOf(ctx context.Context, m calendar.Month, number int) (Role, error) {
	if number == 0 { // a number of its own, in whatever year it is sent
		number = m.First().Year()%100*100 + int(m.First().Month())
	}
	r := Role{Month: m, Number: number, Families: map[int64]family.Family{}}
	list, err := p.o.Billing.Invoices(ctx, billing.InvoiceFilter{Month: m, Owed: true})
	if err != nil {
		return r, err
	}
	var ids []int64
	for _, v := range list {
		if v.Kind == billing.KindInvoice && v.State != billing.Collecting {
			r.Invoices, ids = append(r.Invoices, v), append(ids, v.FamilyID)
		}
	}
	if len(r.Invoices) == 0 {
		return r, fault.New(fault.NotFound, "Aucune facture %s ne reste à recouvrer : il n’y a pas de rôle à transmettre.", fault.De(m.Label()))
	}
	families, err := p.o.Family.Several(ctx, ids)
	for _, f := range families {
		r.Families[f.ID] = f
	}
	return r, err
}

// TreasuryXML writes the PES V2 file of a role; the report refuses, before the
// first byte, what Hélios would.
func (p *Papers) TreasuryXML(ctx context.Context, w io.Writer, r Role) error {
	return treasury.Write(ctx, w, p.treasury(), p.bordereau(r))
}

// TreasuryFile is the name the file of a role goes under.
func (p *Papers) TreasuryFile(r Role) string {
	return treasury.FileName(p.treasury(), p.bordereau(r))
}

func (p *Papers) treasury() treasury.Settings {
	s, t := p.Settings, treasury.Default()
	t.IdPost, t.IdColl, t.CodCol, t.CodBud, t.CodProdLoc, t.Cle1 = s.PESPost, s.PESSIRET, s.PESColl, s.PESBudget, s.PESProduct, s.PESKey1
	if s.PESNature != "" {
		t.Nature = s.PESNature
	}
	t.LibelleCol, t.Editor, t.Program = s.Creditor, Program, Program
	return t
}

func (p *Papers) bordereau(r Role) treasury.Bordereau {
	today := p.today()
	b := treasury.Bordereau{Exer: today.Year(), Number: r.Number, Made: today, Issued: today, Object: "Restauration scolaire, " + r.Month.Label()}
	for i, v := range r.Invoices {
		b.Pieces = append(b.Pieces, treasury.Piece{
			Number: i + 1, Invoice: v.Number, Object: fmt.Sprintf("Facture %s %s", v.Number, fault.De(v.Month.Label())), Amount: v.Open, Debtor: debtor(v, r.Families[v.FamilyID]),
		})
	}
	return b
}

// debtor is who owes: the family's first guardian, at its address.
func debtor(v billing.Invoice, f family.Family) treasury.Debtor {
	d := treasury.Debtor{Ref: family.Number(v.FamilyID), Last: f.Name, Address: treasury.Address{Complement: f.Address2, Street: f.Address1, Postal: f.Postal, City: f.City}}
	if len(f.Guardians) > 0 {
		g := f.Guardians[0]
		d.Civility, d.First, d.Last = family.Courtesy(g.Civility), g.First, g.Last
		if g.Usage != "" {
			d.Last = g.Usage
		}
	}
	if bank.Name(d.Last) == bank.NotProvided { // a name with no Latin counterpart: the treasury's file has no sign for it
		d.First, d.Last = "", "Famille "+d.Ref
	}
	return d
}

package desk

import (
	"context"
	"io"
	"strings"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/importer"
	year "ardoise/data/schoolyear"
	"ardoise/reports/schoolyear"
)

// yearPaper gives what a paper of a school year says about itself.
func yearPaper(ctx context.Context, o *data.Office, y calendar.SchoolYear) (schoolyear.Paper, error) {
	services, err := o.Catalog.Services(ctx)
	if err != nil {
		return schoolyear.Paper{}, err
	}
	commune := ""
	for _, s := range services {
		if commune == "" && s.Active {
			commune = s.Commune
		}
	}
	m, err := NewMaker(ctx, o.Catalog, commune, "", o.Store.Now())
	place := ""
	for _, line := range m.Issuer.Address { // the last one: « 01390 Saint-Marcel »
		_, place, _ = strings.Cut(line, " ")
	}
	if place == "" {
		place = commune
	}
	return schoolyear.Paper{Commune: m.Commune, Service: m.Issuer.Service, Place: place, Contact: m.Issuer.Contact, Year: y.String(), Program: Program, Notice: m.notice(), MadeAt: m.At}, err
}

// RequestLettersPDF prints the letters of a plan for the families without an
// e-mail address.
func RequestLettersPDF(ctx context.Context, o *data.Office, w io.Writer, p year.RequestPlan, progress func(done, total int)) error {
	paper, err := yearPaper(ctx, o, p.Ask.Year)
	if err != nil {
		return err
	}
	papers := p.Papers()
	list := make([]schoolyear.Letter, len(papers))
	for i, f := range papers {
		list[i] = schoolyear.Letter{Name: "Famille " + f.Family, Address: f.Address, Number: f.Number, Subject: f.Letter.Subject, Body: f.Letter.Body}
	}
	var told func(int)
	if progress != nil {
		told = func(n int) { progress(n, len(list)) }
	}
	return schoolyear.LettersPDF(ctx, w, paper, list, told)
}

// LeaversWorkbook writes who leaves and what is left to settle, for the accountant.
func LeaversWorkbook(ctx context.Context, o *data.Office, w io.Writer, y calendar.SchoolYear, leavers []year.LeavingFamily) error {
	paper, err := yearPaper(ctx, o, y)
	if err != nil {
		return err
	}
	list := make([]schoolyear.Leaving, len(leavers))
	for i, f := range leavers {
		l := schoolyear.Leaving{
			Number: f.Number, Family: f.Family, Email: f.Email, Staying: f.Staying, Refund: f.Refund(), Owed: f.Owed, Invoices: f.Invoices, ToInvoice: f.ToInvoice,
			Mandate: f.Mandate, Todo: strings.Join(f.Todo(), ", "), Archived: f.State == family.Archived,
		}
		if f.Balance < 0 {
			l.Overdraw = -f.Balance
		}
		for _, c := range f.Leavers {
			l.Children = append(l.Children, schoolyear.Leaver{Child: c.Child, School: c.School, Class: c.Class, On: c.LeftOn, Coming: c.Coming})
		}
		list[i] = l
	}
	return schoolyear.LeaversWorkbook(ctx, w, paper, list)
}

// SchoolList gives what an import of ONDE has read as the list that a year is
// compared with.
func SchoolList(p *importer.ONDEPlan) year.List {
	out := year.List{Year: p.Year, School: p.School}
	for _, l := range p.Lines {
		if l.Line > 0 { // a child; families have no line
			out.Pupils = append(out.Pupils, year.Listed{ChildID: l.ChildID, Child: l.Child, Birth: l.Birth, Class: l.Class, Level: l.Level, Family: l.Family})
		}
	}
	return out
}

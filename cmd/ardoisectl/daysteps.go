package main

import (
	"bytes"
	"context"
	"io"

	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/reports/desk"
	"ardoise/reports/kitchen"
	"ardoise/reports/page"
	"ardoise/reports/receipt"
)

// The two ONDE files of the day, with the headers and some of the quirks of
// real ones: a row cut short, a birth date that does not exist. Nobody is meant.
const (
	dayPupils = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Libellé classe;Identifiant classe;Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage\r\n" +
		"GARANCE;;Ysoline;14/03/2019;F;;3 chemin des Aulnettes;01390;SAINT-MARCEL;FRANCE;;;;;CYCLE II;CE1;CE1/CE2 Mme Rey;9004;Oui;Non;Oui;\r\n" +
		"GARANCE;;Anselme;02/09/2021;M;;3 chemin des Aulnettes;01390;SAINT-MARCEL;FRANCE;;;;;CYCLE I;GS;GS/CP M. Tissot;9002;Oui;Non;Oui;\r\n" +
		"OBRECHT;;Maïeul;29/11/2017;M;;18 route des Hérons;01390;SAINT-MARCEL;FRANCE;;;;;CYCLE III;CM1;CM1 M. Chanel;9006;Oui;Non;Non;\r\n" +
		"ERREUR;;Date;31/02/2019;F;;1 rue du Four;01390;SAINT-MARCEL;FRANCE;;;;;CYCLE II;CP;GS/CP M. Tissot;9002;Oui;Non;Non;\r\n" +
		"TRONQUE;;Ligne\r\n"
	dayGuardians = "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\r\n" +
		"MME;;GARANCE;Élise;3 chemin des Aulnettes;01390;SAINT-MARCEL;FRANCE;elise.garance@example.org;;;06 39 98 00 11;;GARANCE;Ysoline;CE1/CE2 Mme Rey;;GARANCE;Anselme;GS/CP M. Tissot\r\n" +
		"M.;;GARANCE;Côme;3 chemin des Aulnettes;01390;SAINT-MARCEL;FRANCE;;;;06 39 98 00 12;;GARANCE;Ysoline;CE1/CE2 Mme Rey;;GARANCE;Anselme;GS/CP M. Tissot\r\n" +
		"MME;;OBRECHT;Solveig;18 route des Hérons;01390;SAINT-MARCEL;FRANCE;SOLVEIG.OBRECHT@EXAMPLE.ORG;;;+33639980013;;OBRECHT;Maïeul;CM1 M. Chanel;;;;\r\n"
)

// importLists takes the school's lists in, twice: the second time changes nothing.
func (d *dayPlay) importLists(ctx context.Context) error {
	onde := importer.ONDE{
		School: "École de Saint-Marcel", Commune: d.service.Commune, Pupils: []byte(dayPupils), PupilsName: "eleves.csv",
		Guardians: []byte(dayGuardians), GuardiansName: "responsables.csv",
	}
	plan, err := d.o.Importer.PlanONDE(ctx, onde)
	if err != nil {
		return err
	}
	if plan.Created == 0 {
		return fault.New(fault.Conflict, "La journée type a déjà été jouée sur cette base : donnez un fichier neuf avec --db, ou aucun.")
	}
	if err := d.o.Importer.CommitONDE(ctx, plan); err != nil {
		return err
	}
	d.tell("Liste ONDE importée : %s, %s ; %s.", count(plan.Families, "famille", "familles"), count(plan.Created, "enfant créé", "enfants créés"), count(len(plan.Refused), "ligne refusée", "lignes refusées"))
	for _, r := range plan.Refused {
		put(d.w, "        %s, ligne %d : %s\n", r.File, r.Line, r.Reason)
	}
	again, err := d.o.Importer.PlanONDE(ctx, onde)
	if err != nil {
		return err
	}
	if again.Created+again.Updated != 0 {
		return fault.New(fault.Internal, "Le second import de la même liste aurait changé %d enfants.", again.Created+again.Updated)
	}
	d.tell("La même liste, une seconde fois : rien à changer, %s.", count(again.Unchanged, "enfant identique", "enfants identiques"))
	return nil
}

// form is the health form a family hands in.
func (d *dayPlay) form(ctx context.Context, child string) (io.Reader, error) {
	var b bytes.Buffer
	err := page.Write(ctx, &b, page.Meta{Title: "Fiche sanitaire", Author: "Démonstration", Program: desk.Program, MadeAt: d.now}, func(doc *page.Doc) error {
		doc.Section(page.Section{Commune: d.service.Commune, Title: "Fiche sanitaire", Subtitle: child, Notice: "Démonstration", Version: desk.Program})
		doc.Paragraph("Vaccinations à jour. Aucune allergie connue. Personne à prévenir : la mère.", page.Style{})
		return nil
	})
	return &b, err
}

// acceptRequests records a request for each imported child, takes its health
// form in and accepts it: three decisions, three letters.
func (d *dayPlay) acceptRequests(ctx context.Context) error {
	var children []family.HitChild
	for _, name := range []string{"Garance", "Obrecht"} {
		hits, _, err := d.o.Family.Search(ctx, name, family.Filter{}, 5)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if d.family == 0 {
				d.family = h.ID
			}
			children = append(children, h.Children...)
		}
	}
	for _, k := range children {
		q, err := d.o.Access.Submit(ctx, access.Asked{ChildID: k.ID, ServiceID: d.service.ID})
		if err != nil {
			return err
		}
		form, err := d.form(ctx, k.First+" "+k.Last)
		if err != nil {
			return err
		}
		if _, err := d.o.Access.Attach(ctx, access.Attachment{RequestID: q.ID, Kind: "health_form", Name: "fiche-sanitaire.pdf", Content: form}); err != nil {
			return err
		}
		if q, err = d.o.Access.Accept(ctx, q.ID, 0, nil); err != nil {
			return err
		}
		if d.child == 0 {
			d.child, d.name = k.ID, k.First
		}
		d.tell("Demande acceptée : %s, %s, jusqu’au %s.", q.Child, q.Short, q.ValidTo.Short())
	}
	if d.child == 0 {
		return fault.New(fault.Internal, "Les enfants de la liste importée sont introuvables.")
	}
	child, err := d.o.Family.Child(ctx, d.child)
	d.classID, d.class = child.ClassID, child.Class
	return err
}

func (d *dayPlay) topUp(ctx context.Context) error {
	r, err := d.o.Ledger.TopUp(ctx, ledger.TopUp{Key: newKey(), FamilyID: d.family, Amount: 60_00, Means: "cheque", Reference: "n° 1234567"})
	if err != nil {
		return err
	}
	d.tell("Porte-monnaie rechargé : %s par chèque, quittance n° %s.", r.Amount, r.Number())
	p, m, err := d.papers(ctx)
	if err != nil {
		return err
	}
	return d.paper("quittance-"+r.Number()+".pdf", func(w io.Writer) error {
		return receipt.PDF(ctx, w, m.PaperOf(r), desk.Receipt(r, p, false))
	})
}

func (d *dayPlay) papers(ctx context.Context) (desk.Payer, desk.Maker, error) {
	p, _, err := payer(ctx, d.o, d.family)
	if err != nil {
		return p, desk.Maker{}, err
	}
	m, err := desk.NewMaker(ctx, d.o.Catalog, d.service.Commune, d.service.Short, d.now)
	return p, m, err
}

// kitchen sends the first sheet, books one more child past the cut-off with a
// reason, and sends the second: it shows what changed.
func (d *dayPlay) kitchen(ctx context.Context) error {
	day := d.days[0]
	m, err := desk.NewMaker(ctx, d.o.Catalog, d.service.Commune, d.service.Short, d.now)
	if err != nil {
		return err
	}
	first, err := d.o.Booking.Send(ctx, d.service.ID, day)
	if err != nil {
		return err
	}
	d.tell("Feuille n° %d du %s transmise à la cuisine : %s.", first.Version, day.Medium(), count(first.Total, "repas", "repas"))
	if err := d.lateBooking(ctx, day); err != nil {
		return err
	}
	before, err := d.o.Booking.Headcount(ctx, d.service.ID, day)
	if err != nil {
		return err
	}
	sent, err := d.o.Booking.Send(ctx, d.service.ID, day)
	if err != nil {
		return err
	}
	sheet := m.Sent(before, sent)
	if staff.From(ctx).Has(staff.Cuisine, staff.Sante) {
		care, err := d.o.Family.KitchenInstructions(ctx, desk.Eaters(sent))
		if err != nil {
			return err
		}
		sheet = desk.WithPlans(sheet, sent, care)
	}
	if sheet.Month, err = monthOf(ctx, d.o, m, d.service, day); err != nil {
		return err
	}
	d.tell("Feuille n° %d : %s, %s depuis la précédente.", sent.Version, count(sent.Total, "repas", "repas"), count(len(before.Changes), "écart", "écarts"))
	if err := d.paper("effectifs-"+day.String()+".xlsx", func(w io.Writer) error { return kitchen.Workbook(ctx, w, sheet) }); err != nil {
		return err
	}
	return d.paper("effectifs-"+day.String()+".pdf", func(w io.Writer) error { return kitchen.PDF(ctx, w, sheet) })
}

// lateBooking books the sibling after the cut-off, as an agent may with a reason.
func (d *dayPlay) lateBooking(ctx context.Context, day calendar.Date) error {
	f, err := d.o.Family.Get(ctx, d.family)
	if err != nil {
		return err
	}
	for _, k := range f.Children {
		if k.ID == d.child {
			continue
		}
		ask := booking.Ask{
			Key: newKey(), Add: []booking.Item{{ChildID: k.ID, ServiceID: d.service.ID, Day: day}},
			Override: "mère hospitalisée",
		}
		ask.Consent.Who, ask.Consent.How = "M. Côme Garance", "téléphone"
		done, err := d.commit(ctx, ask)
		if err != nil {
			return err
		}
		d.tell("%s réservé hors délai le %s, motif gardé (« %s ») : %s.", k.First, day.Medium(), ask.Override, done.Total)
		return nil
	}
	return nil
}

// attend points the class at noon of the first day, on paper first.
func (d *dayPlay) attend(ctx context.Context) error {
	day := d.days[0]
	d.at(day.At(12, 30))
	m, err := desk.NewMaker(ctx, d.o.Catalog, d.service.Commune, d.service.Short, d.now)
	if err != nil {
		return err
	}
	week, err := d.o.Booking.Week(ctx, d.service.ID, booking.WeekFilter{}, day.Monday())
	if err != nil {
		return err
	}
	if err := d.paper("pointage-"+day.Monday().String()+".pdf", func(w io.Writer) error { return kitchen.AttendancePDF(ctx, w, m.Attendance(week)) }); err != nil {
		return err
	}
	done, err := d.o.Booking.AllPresent(ctx, newKey(), d.service.ID, day, d.classID)
	if err != nil {
		return err
	}
	d.tell("Pointage de la classe %s : %s.", d.class, count(done.Marked, "enfant présent", "enfants présents"))
	return nil
}

func (d *dayPlay) statement(ctx context.Context) error {
	st, err := d.o.Ledger.Statement(ctx, d.family, 0, 0)
	if err != nil {
		return err
	}
	p, m, err := d.papers(ctx)
	if err != nil {
		return err
	}
	d.tell("Relevé de la famille %s : %s, solde %s.", st.Family, count(len(st.Lines), "mouvement", "mouvements"), st.Closing)
	return d.paper("releve-"+p.Number+".pdf", func(w io.Writer) error { return receipt.StatementPDF(ctx, w, m.Paper(), m.Statement(st, p)) })
}

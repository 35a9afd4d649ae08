package billing

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// PlanCredit says what a credit note would give back of an invoice. A meal that
// was cancelled or excused is not for a credit note: the month's next run
// corrects it by itself.
func (s *Service) PlanCredit(ctx context.Context, c CreditNote) (p CreditPlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planCredit(tx, c)
		return err
	})
	return p, err
}

func planCredit(tx *store.Tx, c CreditNote) (p CreditPlan, err error) {
	p.Ask = c
	if c.Reason = strings.TrimSpace(c.Reason); c.Reason == "" {
		return p, fault.New(fault.Invalid, "Le motif de l’avoir est obligatoire"+nbsp+": il est imprimé.")
	}
	if c.Amount < 0 || c.Amount > 0 && len(c.Lines) > 0 {
		return p, fault.New(fault.Invalid, "Choisissez des lignes de la facture, ou un montant supérieur à zéro.")
	}
	list, err := invoicesIn(tx, InvoiceFilter{IDs: []int64{c.InvoiceID}, Lines: true})
	if err != nil {
		return p, err
	}
	if len(list) == 0 || list[0].Kind != KindInvoice {
		return p, fault.New(fault.NotFound, "Cette facture n’existe pas"+nbsp+": un avoir se fait sur une facture émise.")
	}
	p.Invoice = list[0]
	left, err := creditable(tx, p.Invoice)
	if err != nil {
		return p, err
	}
	if err := p.lines(left); err != nil {
		return p, err
	}
	owed, err := payable(tx, []int64{p.Invoice.FamilyID})
	if err != nil {
		return p, err
	}
	for _, s := range owed[p.Invoice.FamilyID] {
		if s.InvoiceID != p.Invoice.ID {
			continue
		}
		if s.Left < min(s.Owed, p.Total) {
			return p, fault.New(fault.Conflict, "La facture %s est dans un fichier de prélèvement"+nbsp+": abandonnez ce fichier avant de faire un avoir.", s.Number)
		}
		p.Reduces = min(s.Left, p.Total)
	}
	p.ToWallet = p.Total - p.Reduces
	// What became of the invoice meanwhile (overdue, reminded) is no matter of it.
	p.Digest, err = ledger.Digest([]any{c.content(), p.Lines, p.Total, p.Reduces, p.ToWallet})
	return p, err
}

// content is what is asked, whatever key it comes under.
func (c CreditNote) content() CreditNote {
	c.Key = ""
	if len(c.Lines) == 0 {
		c.Lines = nil
	}
	return c
}

// creditable gives, for each line of an invoice, what is not given back yet of
// its meal: by another credit note or by a correction.
func creditable(tx *store.Tx, v Invoice) ([]parts, error) {
	var bookings []int64
	for _, l := range v.Lines {
		bookings = append(bookings, l.BookingID)
	}
	net := map[int64]parts{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var p parts
		err := r.Scan(&id, &p.meal, &p.care)
		net[id] = p
		return err
	}, `SELECT booking_id, CAST(SUM(meal) AS BIGINT), CAST(SUM(care) AS BIGINT) FROM invoice_line WHERE booking_id = ANY($1) GROUP BY booking_id`, bookings)
	left := make([]parts, len(v.Lines))
	for i, l := range v.Lines {
		n := net[l.BookingID]
		left[i] = parts{max(0, min(l.Meal, n.meal)), max(0, min(l.Care, n.care))}
	}
	return left, err
}

// lines turns what is asked into lines to give back.
func (p *CreditPlan) lines(left []parts) error {
	take := func(rank int, part parts) {
		l := p.Invoice.Lines[rank]
		l.Kind, l.Meal, l.Care, l.Amount, l.Note = LineGesture, -part.meal, -part.care, -part.meal-part.care, "facture "+p.Invoice.Number
		p.Lines = append(p.Lines, l)
		p.Total -= l.Amount
	}
	for _, rank := range p.Ask.Lines {
		switch {
		case rank < 0 || rank >= len(left):
			return fault.New(fault.Invalid, "Une des lignes choisies n’est pas sur la facture %s.", p.Invoice.Number)
		case left[rank].zero():
			return fault.New(fault.Conflict, "La ligne du %s a déjà été rendue.", p.Invoice.Lines[rank].Day.Short())
		}
		take(rank, left[rank])
		left[rank] = parts{}
	}
	if len(p.Ask.Lines) > 0 {
		return nil
	}
	rest := p.Ask.Amount
	for rank := range left {
		part := left[rank]
		if p.Ask.Amount > 0 { // a sum: line after line, the meal's part first
			part.meal = min(part.meal, rest)
			part.care = min(part.care, rest-part.meal)
			rest -= part.meal + part.care
		}
		if !part.zero() {
			take(rank, part)
		}
	}
	if p.Total == 0 {
		return fault.New(fault.Conflict, "Tout a déjà été rendu sur la facture %s.", p.Invoice.Number)
	}
	if rest > 0 {
		return fault.New(fault.Invalid, "La facture %s ne peut plus être réduite que de %s"+nbsp+": demandez ce montant au plus.", p.Invoice.Number, p.Total)
	}
	return nil
}

// Credit issues a credit note with its number. shown is the digest of the plan
// ("" : none was shown).
func (s *Service) Credit(ctx context.Context, c CreditNote, shown string) (v Invoice, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return v, err
	}
	digest, err := ledger.Digest(c.content())
	if err != nil {
		return v, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		v, err = creditIn(tx, c, shown, digest)
		return err
	})
	return v, err
}

func creditIn(tx *store.Tx, c CreditNote, shown, digest string) (Invoice, error) {
	if op, replay, err := ledger.Replay(tx, c.Key, digest); err != nil || replay {
		return creditOf(tx, op, err)
	}
	p, err := planCredit(tx, c)
	if err != nil {
		return Invoice{}, err
	}
	if shown != "" && shown != p.Digest {
		return Invoice{}, fault.New(fault.Conflict, "La facture a changé depuis l’affichage. Rien n’a été émis"+nbsp+": relisez l’avoir.")
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: c.Key, Digest: digest, Kind: "credit_note", FamilyID: p.Invoice.FamilyID, Reason: c.Reason, Label: "Avoir sur la facture " + p.Invoice.Number})
	if err != nil {
		return Invoice{}, err
	}
	owed, err := owedBy(tx, []int64{p.Invoice.FamilyID})
	if err != nil {
		return Invoice{}, err
	}
	today := calendar.DateOf(tx.Now())
	w := &writer{tx: tx, op: op, today: today}
	if w.settings, err = settings(tx); err != nil {
		return Invoice{}, err
	}
	doc := &document{Invoice: Invoice{
		Kind: KindCredit, FamilyID: p.Invoice.FamilyID, Family: p.Invoice.Family, Payer: p.Invoice.Payer, Children: p.Invoice.Children, Month: p.Invoice.Month,
		IssuedOn: today, DueOn: today, Pay: PayOther, Meals: 0, Total: -p.Total, Previous: owed[p.Invoice.FamilyID], Corrects: p.Invoice.Number,
		Reason: strings.TrimSpace(c.Reason), State: Credit, Lines: p.Lines,
	}, address: strings.Join(p.Invoice.Address, "\n"), corrects: p.Invoice.ID, only: p.Invoice.ID}
	w.docs = []*document{doc}
	if err := w.write(); err != nil {
		return Invoice{}, err
	}
	if err := w.letters(); err != nil {
		return Invoice{}, err
	}
	tx.Publish(Topic, doc.FamilyID)
	return doc.Invoice, staff.Audit(tx, "invoice.credit", fmt.Sprintf("invoice:%d", p.Invoice.ID), fmt.Sprintf("Avoir %s de %s sur la facture %s"+nbsp+": %s", doc.Number, p.Total, p.Invoice.Number, doc.Reason))
}

func creditOf(tx *store.Tx, op int64, err error) (Invoice, error) {
	if err != nil {
		return Invoice{}, err
	}
	ids, err := store.Collect(tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }, `SELECT id FROM invoice WHERE operation_id = $1`, op)
	if err != nil {
		return Invoice{}, err
	}
	list, err := invoicesIn(tx, InvoiceFilter{IDs: ids, Lines: true})
	if err != nil || len(list) != 1 || !slices.ContainsFunc(list, func(v Invoice) bool { return v.Kind == KindCredit }) {
		return Invoice{}, fault.Wrap(fault.Conflict, err, "Cette clé a servi à une autre opération. Rien n’a été modifié"+nbsp+": recommencez depuis le début.")
	}
	return list[0], nil
}

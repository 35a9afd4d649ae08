package desk

import (
	"context"
	"io"
	"iter"
	"slices"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/invoice"
)

// chunk is how many invoices are read at once: what bounds memory.
const chunk = 250

// InvoicesPDF prints issued documents into one file, in the order of ids. It
// reads them by parts as it goes; progress, which may be nil, is told after each.
func (p *Papers) InvoicesPDF(ctx context.Context, w io.Writer, ids []int64, progress func(done, total int)) error {
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "Il n’y a aucune facture à imprimer.")
	}
	if len(ids) == 1 {
		for one, err := range p.invoices(ctx, ids, nil) {
			if err != nil {
				return err
			}
			return invoice.PDF(ctx, w, p.Invoice(), one)
		}
	}
	return invoice.AllPDF(ctx, w, p.Invoice(), p.invoices(ctx, ids, nil), len(ids), progress)
}

// EachInvoicePDF makes one file of each and hands it over with its name
// (InvoiceFile), in the order of ids.
func (p *Papers) EachInvoicePDF(ctx context.Context, ids []int64, deliver func(v billing.Invoice, name string, pdf []byte) error, progress func(done, total int)) error {
	var waiting []billing.Invoice // laid out, not handed over yet
	all := p.invoices(ctx, ids, func(v billing.Invoice) {
		v.Lines = nil
		waiting = append(waiting, v)
	})
	return invoice.EachPDF(ctx, p.Invoice(), all, len(ids), func(_ invoice.Invoice, pdf []byte) error {
		v := waiting[0]
		waiting = waiting[1:]
		return deliver(v, InvoiceFile(v), pdf)
	}, progress)
}

// InvoiceFile is the name of a document's own file: "facture-2026000101-favier.pdf".
func InvoiceFile(v billing.Invoice) string {
	kind := "facture-"
	if v.Kind == billing.KindCredit {
		kind = "avoir-"
	}
	name := kind + v.Number
	if s := slug(v.Family); s != "" {
		name += "-" + s
	}
	return name + ".pdf"
}

// InvoiceIDs lists the documents of a filter, in the order of their numbers.
func InvoiceIDs(list []billing.Invoice) []int64 {
	ids := make([]int64, len(list))
	for i, v := range list {
		ids[i] = v.ID
	}
	return ids
}

// invoices reads documents by parts and turns each into what is printed; seen,
// which may be nil, is told of each one as it passes.
func (p *Papers) invoices(ctx context.Context, ids []int64, seen func(billing.Invoice)) iter.Seq2[invoice.Invoice, error] {
	return func(yield func(invoice.Invoice, error) bool) {
		for part := range slices.Chunk(ids, chunk) {
			list, err := p.o.Billing.Invoices(ctx, billing.InvoiceFilter{IDs: part, Lines: true})
			if err == nil && len(list) < len(part) {
				err = fault.New(fault.NotFound, "Une facture demandée n’existe pas.")
			}
			if err != nil {
				yield(invoice.Invoice{}, err)
				return
			}
			at := make(map[int64]int, len(list))
			for i, v := range list {
				at[v.ID] = i
			}
			for _, id := range part {
				v := list[at[id]]
				out, err := p.InvoiceOf(ctx, v)
				if err == nil && seen != nil {
					seen(v)
				}
				if !yield(out, err) || err != nil {
					return
				}
			}
		}
	}
}

// InvoiceOf gives an issued document, read with its lines, as the paper prints it.
func (p *Papers) InvoiceOf(ctx context.Context, v billing.Invoice) (out invoice.Invoice, err error) {
	out = invoice.Invoice{
		Number: v.Number, Corrects: v.Corrects, Reason: v.Reason, IssuedOn: v.IssuedOn, From: v.Month.First(), To: v.Month.Last(), Due: v.DueOn,
		Payer: invoice.Addressee{Name: v.Payer, Address: v.Address, Family: family.Number(v.FamilyID)}, Total: v.Total,
	}
	if v.Payer == "" {
		out.Payer.Name = "Famille " + v.Family
	}
	for _, l := range v.Lines {
		out.From = min(out.From, l.Day)
	}
	if out.Children, err = p.children(ctx, v.Lines); err != nil {
		return out, err
	}
	for _, c := range out.Children {
		out.Meals += c.Meals
		out.Care += c.Care
	}
	if v.Kind == billing.KindCredit {
		out.Kind, out.ToPay = invoice.Credit, v.Total
		return out, p.corrected(ctx, v, &out)
	}
	switch {
	case v.Open == v.Total: // as it was issued
		out.Previous, out.ToPay = v.Previous, v.Total+v.Previous
	default: // printed again once something was paid: where this invoice alone stands now
		out.Paid, out.ToPay, out.PaidOn = v.Total-v.Open, v.Open, v.PaidOn
	}
	if v.Open == 0 && v.Total > 0 {
		return out, nil
	}
	if v.Pay == billing.PayDebit && v.Open > 0 {
		if out.Debit, err = p.debit(ctx, v); err != nil {
			return out, err
		}
	}
	if out.Debit == nil {
		out.Online = p.online(v.Number, v.IssuedOn.Year(), v.Open) // of this invoice alone: an older one has its own
	}
	return out, nil
}

// corrected names the invoice a credit note of a whole month's run takes back:
// the family's last one of that month before it.
func (p *Papers) corrected(ctx context.Context, v billing.Invoice, out *invoice.Invoice) error {
	filter := billing.InvoiceFilter{Month: v.Month, FamilyID: v.FamilyID}
	if v.Corrects != "" {
		filter = billing.InvoiceFilter{Text: v.Corrects}
	}
	list, err := p.o.Billing.Invoices(ctx, filter)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Kind == billing.KindInvoice && c.ID < v.ID && (v.Corrects == "" || c.Number == v.Corrects) {
			out.Corrects, out.CorrectsDate = c.Number, c.IssuedOn
		}
	}
	return nil
}

// children gathers the lines of each child; the two parts of a price are shown
// where a tariff of the document separates them.
func (p *Papers) children(ctx context.Context, lines []billing.Line) (out []invoice.Child, err error) {
	split := slices.ContainsFunc(lines, func(l billing.Line) bool { return l.Care != 0 })
	at := map[int64]int{}
	for _, l := range lines {
		i, ok := at[l.ChildID]
		if !ok {
			i = len(out)
			at[l.ChildID] = i
			out = append(out, invoice.Child{Name: l.Child, Tariff: strings.TrimPrefix(l.Tariff, "tarif "), Flat: true})
		}
		c := &out[i]
		flat, err := p.flatPrice(ctx, l.ServiceID)
		if err != nil {
			return nil, err
		}
		if !flat {
			c.Flat = false
			if l.Quotient != nil {
				c.Quotient = l.Quotient
			}
		}
		line := lineOf(l)
		if split {
			line.Meals, line.Care = l.Meal, l.Care
		}
		c.Lines = append(c.Lines, line)
		c.Meals += line.Meals
		c.Care += line.Care
		c.Total += line.Price
	}
	return out, nil
}

var lineWhat = map[string]invoice.What{
	billing.LineBooking: invoice.Booked, billing.LineLate: invoice.Late, billing.LineUnbooked: invoice.NotBooked, billing.LineWaitingDay: invoice.Waiting,
	billing.LineLateCancel: invoice.Booked, billing.LineCorrection: invoice.Correction, billing.LineGesture: invoice.Correction,
}

func lineOf(l billing.Line) invoice.Line {
	out := invoice.Line{Date: l.Day, Service: l.Service, What: lineWhat[l.Kind], Detail: l.Note, Tariff: l.Tariff, Price: l.Amount}
	switch {
	case l.Kind == billing.LineLateCancel && l.Note == "", l.Kind == billing.LineGesture && l.Note == "":
		out.Detail = billing.LineLabels[l.Kind]
	case l.Kind == billing.LineGesture:
		out.Detail = billing.LineLabels[l.Kind] + ", " + l.Note
	}
	return out
}

// debit is the notice on an invoice that will be collected; nil where its
// mandate ended since, or its day has come.
func (p *Papers) debit(ctx context.Context, v billing.Invoice) (*invoice.Debit, error) {
	m, ok, err := p.mandate(ctx, v.MandateID)
	if err != nil || !ok || m.State != billing.MandateActive {
		return nil, err
	}
	on, err := p.collected(ctx, v)
	if err != nil || on <= p.today() {
		return nil, err
	}
	return &invoice.Debit{Amount: v.Open, Date: on, Creditor: p.Settings.Creditor, ICS: p.Settings.ICS, RUM: m.UMR, Account: m.Masked}, nil
}

// online is the link of the State's payment page, where the town has one.
func (p *Papers) online(reference string, year int, amount money.Cents) *invoice.PayFiP {
	s := p.Settings
	if s.PayFiPURL == "" || amount <= 0 {
		return nil
	}
	return &invoice.PayFiP{
		Base: s.PayFiPURL, Client: s.PayFiPClient, Year: year, Reference: reference, Object: "Avis des sommes à payer " + reference, Amount: amount, Entry: s.PayFiPEntry,
	}
}

// parts gives invoices of a letter, by id; rest is what is asked of each.
func (p *Papers) parts(ctx context.Context, shares []billing.Share, rest func(billing.Share) money.Cents, known map[int64]billing.Invoice) ([]invoice.Part, error) {
	out := make([]invoice.Part, len(shares))
	for i, s := range shares {
		v, ok := known[s.InvoiceID]
		if !ok {
			return nil, fault.New(fault.NotFound, "La facture %s n’existe pas.", s.Number)
		}
		asked := rest(s)
		out[i] = invoice.Part{Number: v.Number, IssuedOn: v.IssuedOn, Due: v.DueOn, Total: v.Total, Paid: v.Total - asked, Rest: asked}
	}
	return out, ctx.Err()
}

// known reads the invoices letters are about, by parts.
func (p *Papers) known(ctx context.Context, ids []int64) (map[int64]billing.Invoice, error) {
	out := make(map[int64]billing.Invoice, len(ids))
	for part := range slices.Chunk(ids, 4*chunk) {
		list, err := p.o.Billing.Invoices(ctx, billing.InvoiceFilter{IDs: part})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out[v.ID] = v
		}
	}
	return out, nil
}

// dayOf gives the civil day of a paper made at an instant.
func (p *Papers) dayOf(on calendar.Date) calendar.Date {
	if on.IsZero() {
		return p.today()
	}
	return on
}

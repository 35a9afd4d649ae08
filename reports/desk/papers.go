package desk

import (
	"cmp"
	"context"
	"strings"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/reports/accounts"
	"ardoise/reports/forms"
	"ardoise/reports/invoice"
	"ardoise/reports/sepa"
)

// Papers prints what the billing room makes, with what the town says about
// itself there. It reads what a paper needs as it goes: a month's invoices by
// parts, so that memory does not grow with the town.
type Papers struct {
	Maker
	Settings billing.Settings

	o        *data.Office
	mandates map[int64]billing.Mandate // live ones; nil: not read yet
	collects map[int64]calendar.Date   // invoice -> day of its collection
	flat     map[int64]bool            // services whose prices do not hang on the quotient
}

// NewPapers gathers what billing papers say about themselves, at the office's
// instant.
func NewPapers(ctx context.Context, o *data.Office) (*Papers, error) {
	p := &Papers{o: o}
	var err error
	if p.Settings, err = o.Billing.Settings(ctx); err != nil {
		return nil, err
	}
	services, err := o.Catalog.Services(ctx)
	if err != nil {
		return nil, err
	}
	commune := p.Settings.Creditor
	for _, s := range services {
		if commune == "" && s.Active {
			commune = s.Commune
		}
	}
	p.Maker, err = NewMaker(ctx, o.Catalog, commune, "", o.Store.Now())
	return p, err
}

func (p *Papers) today() calendar.Date { return calendar.DateOf(p.At) }

func (p *Papers) office() string { return cmp.Or(p.Settings.OfficeName, p.Maker.Issuer.Office) }

func (p *Papers) address() (lines []string) {
	for _, l := range []string{p.Settings.Street, strings.TrimSpace(p.Settings.Postal + " " + p.Settings.City)} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// Invoice gives what invoices and letters about money carry besides their matter.
func (p *Papers) Invoice() invoice.Paper {
	s := p.Settings
	return invoice.Paper{
		Issuer: invoice.Issuer{
			Commune: p.Commune, Body: p.Settings.Creditor, Place: s.City, Service: p.Maker.Issuer.Service, Office: p.office(), Address: p.address(), Contact: cmp.Or(s.Contact, p.Maker.Issuer.Contact),
			Agent: strings.TrimSpace(s.IssuerGiven + " " + s.IssuerName), Quality: s.IssuerTitle,
		},
		MadeAt: p.At, Program: Program, Notice: p.notice(), Heading: "Avis des sommes à payer", Ways: p.ways(), Tobacconist: p.tobacconist(), Appeal: s.Appeal,
	}
}

// ways are the ways to pay, a sentence each. Cash is taken up to 300 € (code
// général des impôts, article 1680; arrêté du 24 décembre 2012).
func (p *Papers) ways() []string {
	s, to := p.Settings, cmp.Or(p.Settings.Creditor, p.Commune)
	out := []string{
		"Par chèque, à l’ordre de «" + nbsp + to + nbsp + "»" + nbsp + ": joignez-le à cet avis ou indiquez-en le numéro au dos.",
		"Au guichet, en espèces (300" + nbsp + "€ au plus) ou par carte bancaire.",
	}
	if s.IBAN != "" {
		way := "Par virement, IBAN " + strings.ReplaceAll(grouped(s.IBAN), " ", nbsp)
		if s.BIC != "" {
			way += ", BIC " + s.BIC
		}
		out = append(out, way+","+" en rappelant le numéro de l’avis.")
	}
	if s.ICS != "" {
		out = append(out, "Par prélèvement automatique, pour les prochaines factures, si vous n’avez pas de mandat en cours"+nbsp+": demandez-nous un formulaire à signer.")
	}
	return out
}

// grouped writes an account number in groups of four.
func grouped(iban string) string {
	var b strings.Builder
	for i, c := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (p *Papers) tobacconist() string {
	if !p.Settings.Tobacconist {
		return ""
	}
	return "Chez un buraliste partenaire («" + nbsp + "Paiement de proximité" + nbsp + "»), en espèces jusqu’à 300" + nbsp + "€ ou par carte bancaire, avec cet avis."
}

// Head gives what the accountant's papers say about themselves.
func (p *Papers) Head() accounts.Head {
	return accounts.Head{
		Commune: p.Commune, Body: p.Settings.Creditor, Place: p.Settings.City, Office: p.office(), Address: p.address(), Contact: cmp.Or(p.Settings.Contact, p.Maker.Issuer.Contact),
		Agent: p.Agent, Quality: p.Maker.Issuer.Quality, Program: Program, Notice: p.notice(), MadeAt: p.At,
	}
}

// Form gives what a form to sign says about itself.
func (p *Papers) Form() forms.Paper {
	return forms.Paper{
		Commune: p.Commune, Service: p.Maker.Issuer.Service, Contact: cmp.Or(p.Settings.Contact, p.Maker.Issuer.Contact),
		MadeAt: p.At, Program: Program, Notice: p.notice(),
	}
}

// Bank gives what the slip of a batch says about itself.
func (p *Papers) Bank() sepa.Paper {
	return sepa.Paper{Commune: p.Commune, Service: p.Maker.Issuer.Service, MadeAt: p.At, Program: Program, Notice: p.notice()}
}

// creditor is who collects, as the bank's file and the slip name it.
func (p *Papers) creditor() sepa.Creditor {
	s := p.Settings
	c := sepa.Creditor{Name: s.Creditor, ICS: s.ICS, IBAN: s.IBAN, BIC: s.BIC}
	if s.City != "" { // since November 2026 an address is structured or absent
		c.Town, c.Country = s.City, "FR"
	}
	return c
}

// mandate gives a live mandate; ok is false for one that ended since.
func (p *Papers) mandate(ctx context.Context, id int64) (m billing.Mandate, ok bool, err error) {
	if p.mandates == nil {
		list, err := p.o.Billing.Mandates(ctx, 0)
		if err != nil {
			return m, false, err
		}
		p.mandates = make(map[int64]billing.Mandate, len(list))
		for _, m := range list {
			p.mandates[m.ID] = m
		}
	}
	m, ok = p.mandates[id]
	return m, ok, nil
}

// collected gives the day an invoice is collected: that of the batch it is in,
// else the first day banks work from its due date on.
func (p *Papers) collected(ctx context.Context, v billing.Invoice) (calendar.Date, error) {
	if p.collects == nil {
		p.collects = map[int64]calendar.Date{}
		list, err := p.o.Billing.Batches(ctx, calendar.Month{})
		if err != nil {
			return 0, err
		}
		for _, b := range list {
			if b.State == batchDropped || b.CollectOn < p.today().AddMonths(-2) { // long over: nothing of it is announced any more
				continue
			}
			if b, err = p.o.Billing.Batch(ctx, b.ID); err != nil {
				return 0, err
			}
			for _, d := range b.Debits {
				for _, s := range d.Invoices {
					if d.State != debitRejected {
						p.collects[s.InvoiceID] = b.CollectOn
					}
				}
			}
		}
	}
	if on := p.collects[v.ID]; !on.IsZero() {
		return on, nil
	}
	return calendar.NextTarget(v.DueOn), nil
}

// The states of batches and debits that papers speak of.
const (
	batchDropped  = "dropped"
	debitRejected = "rejected"
)

// flatPrice tells whether a service's prices leave the quotient aside.
func (p *Papers) flatPrice(ctx context.Context, service int64) (bool, error) {
	if flat, ok := p.flat[service]; ok {
		return flat, nil
	}
	list, err := p.o.Catalog.Tariffs(ctx, service)
	if fault.KindOf(err) == fault.NotFound {
		list, err = nil, nil
	}
	if err != nil {
		return false, err
	}
	flat := true
	for _, t := range list {
		flat = flat && t.QuotientMin <= 0 && t.QuotientMax >= catalog.MaxQuotient
	}
	if p.flat == nil {
		p.flat = map[int64]bool{}
	}
	p.flat[service] = flat
	return flat, nil
}

// slug writes a name as a part of a file's name.
func slug(name string) string {
	return strings.Trim(strings.Join(strings.FieldsFunc(catalog.Fold(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-"), "-")
}

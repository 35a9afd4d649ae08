package demo

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
)

// The days of the month on which the demonstration's cash office works; a day
// that is none of work becomes the next one.
const (
	issueDay   = 3
	debitDay   = 4
	payDay     = 8
	remindDay  = 14
	sendDay    = 17
	collectDay = 22
)

// event is one thing the cash office did.
type event struct {
	at time.Time
	do func() error
}

// billing is the cash office's year until today, through the same doors as the
// agent's, in the order of time: mandates, invoices of each past month, payments,
// direct debits with some that come back, reminders, the box closed each day, months locked.
func (m *maker) billing() error {
	m.at(calendar.NewDate(int(m.year), time.August, 28).At(10, 0))
	if err := m.town(); err != nil {
		return err
	}
	var all []event
	on := func(d calendar.Date, hour, minute int, do func() error) {
		if at := d.At(hour, minute); at.Before(m.now) {
			all = append(all, event{at, do})
		}
	}
	on(working(calendar.NewDate(int(m.year), time.September, 24)), 14, 0, m.mandates)
	first := calendar.NewMonth(int(m.year), time.September)
	for k := range 11 { // September to July
		month, next := first.Add(k), first.Add(k+1).First()
		batch := new(int64)
		on(working(next.Add(issueDay-1)), 9, 30, func() error { return m.issue(month) })
		on(working(next.Add(debitDay-1)), 10, 0, func() error { return m.collect(next, batch) })
		for i := range 4 { // on four days, each a part of those who pay by themselves
			on(working(next.Add(payDay-1+4*i)), 11, 15, func() error { return m.paid(month, i) })
		}
		on(working(next.Add(remindDay-1)), 15, 0, func() error { return m.remind(month) })
		on(working(next.Add(sendDay-1)), 9, 0, func() error { return m.send(*batch) })
		on(working(next.Add(collectDay+4-1)), 8, 40, func() error { return m.rejects(*batch, k == 0) })
	}
	m.cash(on, first)
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range all {
		m.at(e.at)
		if err := e.do(); err != nil {
			return err
		}
		if err := m.ctx.Err(); err != nil {
			return err
		}
	}
	m.at(m.now)
	return nil
}

// working gives a day the cash office is open: banks are, too.
func working(d calendar.Date) calendar.Date { return calendar.NextTarget(d) }

// town sets what invoices and direct debits say of who issues them. The bank does
// not exist; its number has the right keys.
func (m *maker) town() error {
	s, err := m.o.Billing.Settings(m.ctx)
	if err != nil {
		return err
	}
	s.OfficeName, s.IssuerGiven, s.IssuerName, s.IssuerTitle = "Régie de recettes « Cantine »", "Nathalie", "Perret", "Régisseuse titulaire"
	s.Contact, s.CashFloat = "04 99 00 12 34 · regie@example.org", 50_00
	s.ICS, s.IBAN, s.BIC = "FR72ZZZ123456", iban(99_000_001), "ZZZZFRPP"
	if s.Street == "" {
		s.Street = "100, avenue des Dombes"
	}
	s.PESPost, s.PESSIRET, s.PESColl, s.PESBudget, s.PESProduct = "001030", "20006911000019", "400", "00", "CANT"
	return m.o.Billing.SetSettings(m.ctx, s)
}

// mandates makes those of the accepted documents. One family in four would rather
// pay by itself; another's mandate, signed a year ago, lapses this month.
func (m *maker) mandates() error {
	made, _, err := m.o.Billing.AddAcceptedMandates(m.ctx)
	if err != nil {
		return err
	}
	old := m.today.AddMonths(-12).Add(-3)
	for i, x := range made {
		switch {
		case i%4 == 1:
			err = m.o.Billing.RevokeMandate(m.ctx, x.ID, "préfère payer par chèque")
		case i == 2 && old.AddMonths(12) > calendar.DateOf(m.o.Store.Now()):
			if err = m.o.Billing.RevokeMandate(m.ctx, x.ID, "remplacé par le mandat signé l’an dernier"); err == nil {
				_, err = m.o.Billing.AddMandate(m.ctx, billing.NewMandate{FamilyID: x.FamilyID, IBAN: iban(int(x.FamilyID)), BIC: "AGRIFRPP", Holder: x.Holder, SignedOn: old})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) issue(month calendar.Month) error {
	run := billing.Run{Month: month}
	p, err := m.o.Billing.Plan(m.ctx, run)
	if err != nil || p.Count == 0 {
		return err
	}
	_, err = m.o.Billing.Issue(m.ctx, "demo-invoice-"+month.String(), run, p.Digest)
	return err
}

// collect builds the month's batch of direct debits and keeps its id.
func (m *maker) collect(month calendar.Date, batch *int64) error {
	ask := billing.DebitAsk{CollectOn: calendar.NextTarget(month.Add(collectDay - 1)), Version: "08"}
	p, err := m.o.Billing.PlanDebits(m.ctx, ask)
	if err != nil || p.Problem != "" {
		return err
	}
	b, err := m.o.Billing.BuildDebits(m.ctx, ask, p.Digest)
	*batch = b.ID
	return err
}

func (m *maker) send(batch int64) error {
	if batch == 0 {
		return nil
	}
	_, err := m.o.Billing.SendDebits(m.ctx, fmt.Sprintf("demo-send-%d", batch), batch)
	return err
}

// rejects reads what the bank sent back: the first time two, of which an account
// that is closed; later one for want of money.
func (m *maker) rejects(batch int64, first bool) error {
	if batch == 0 {
		return nil
	}
	b, err := m.o.Billing.Batch(m.ctx, batch)
	if err != nil || len(b.Debits) < 4 {
		return err
	}
	reasons := map[int]string{len(b.Debits) / 2: "AM04"}
	if first {
		reasons[len(b.Debits)-2] = "AC04"
	}
	_, err = m.o.Billing.ReadReturn(m.ctx, "retour-"+b.MessageID+".xml", bytes.NewReader(statusReport(b, reasons, m.o.Store.Now())))
	return err
}

// statusReport is the bank's answer (pain.002) on some debits of a batch.
func statusReport(b billing.DebitBatch, reasons map[int]string, at time.Time) []byte {
	var x bytes.Buffer
	fmt.Fprintf(&x, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>RET-%s</MsgId><CreDtTm>%s</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>
`, b.MessageID, at.Format("2006-01-02T15:04:05"), b.MessageID)
	for i, d := range b.Debits {
		if code := reasons[i]; code != "" {
			fmt.Fprintf(&x, `<OrgnlPmtInfAndSts><OrgnlPmtInfId>%s-%s</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts>`+
				`<StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf><OrgnlTxRef><Amt><InstdAmt Ccy="EUR">%d.%02d</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts>
`, b.MessageID, d.Sequence, d.EndToEnd, code, d.Amount/100, d.Amount%100)
		}
	}
	x.WriteString("</CstmrPmtStsRpt></Document>\n")
	return x.Bytes()
}

// paid are the families that pay by themselves, a part of them each time: one in
// five waits for a reminder, one brings round notes, one pays a half.
func (m *maker) paid(month calendar.Month, turn int) error {
	list, err := m.o.Billing.Invoices(m.ctx, billing.InvoiceFilter{Month: month, Owed: true})
	if err != nil {
		return err
	}
	for _, v := range list {
		n := int(v.FamilyID) / monthlyEvery
		if v.Pay != billing.PayOther || n%4 != turn {
			continue
		}
		sum := v.Open
		switch (n + 1) % 5 {
		case 1: // round notes
			sum = (v.Open + 9_99) / 10_00 * 10_00
		case 3:
			sum = max(v.Open/2, 1)
		case 4:
			continue
		}
		if err := m.pays(v, sum, turn); err != nil {
			return err
		}
	}
	return nil
}

var invoiceMeans = []string{"cheque", "transfer", "cash", "card", "cheque"}

func (m *maker) pays(v billing.Invoice, sum money.Cents, turn int) error {
	means := invoiceMeans[int(v.FamilyID)/monthlyEvery%len(invoiceMeans)]
	ask := billing.Payment{
		Key: fmt.Sprintf("demo-pay-%d-%d", v.ID, turn), FamilyID: v.FamilyID, Amount: sum, Means: means, Invoices: []billing.Share{{InvoiceID: v.ID}},
	}
	if means == "cheque" {
		ask.Reference = fmt.Sprintf("n° %07d", 4_100_000+v.ID*37)
	}
	_, err := m.o.Billing.Pay(m.ctx, ask, "")
	return err
}

func (m *maker) remind(month calendar.Month) error {
	p, err := m.o.Billing.PlanReminders(m.ctx, nil)
	if err != nil || len(p.Families) == 0 {
		return err
	}
	_, err = m.o.Billing.Remind(m.ctx, "demo-remind-"+month.String(), nil, p.Digest)
	return err
}

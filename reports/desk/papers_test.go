package desk_test

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/reports/desk"
	"ardoise/reports/invoice"
	"ardoise/reports/page/pagetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a demonstration whose cash office has worked since September.
type town struct {
	t   *testing.T
	ctx context.Context
	o   *data.Office
	p   *desk.Papers
}

func newTown(t *testing.T) *town {
	t.Helper()
	db := storetest.OpenSQLite(t)
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.Create(context.Background(), o, demo.Size{Families: 40, Seed: 1, Monthly: true}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := o.Staff.SignInDemo(context.Background(), staff.Roles...)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, ctx: staff.With(context.Background(), s), o: o}
	if w.p, err = desk.NewPapers(w.ctx, o); err != nil {
		t.Fatal(err)
	}
	return w
}

// text prints a paper and gives what it says.
func (w *town) text(write func(io.Writer) error) string {
	w.t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		w.t.Fatal(err)
	}
	return plain(pagetest.Text(w.t, b.Bytes()))
}

var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

func plain(s string) string { return spaces.Replace(s) }

func (w *town) says(what, text string, wanted ...string) {
	w.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, plain(want)) {
			w.t.Errorf("%s does not say « %s »:\n%s", what, want, text)
		}
	}
}

var october = calendar.NewMonth(2026, 10)

func TestInvoicePapers(t *testing.T) {
	w := newTown(t)
	list, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{Month: october})
	if err != nil || len(list) < 20 {
		t.Fatal(len(list), err)
	}
	steps := 0
	all := w.text(func(out io.Writer) error {
		return w.p.InvoicesPDF(w.ctx, out, desk.InvoiceIDs(list), func(done, total int) {
			steps++
			if total != len(list) || done != steps {
				t.Errorf("progress %d of %d", done, total)
			}
		})
	})
	for _, v := range list {
		w.says("the run", all, v.Number, v.Total.String())
	}
	if steps != len(list) {
		t.Errorf("told %d times", steps)
	}
	var names []string
	err = w.p.EachInvoicePDF(w.ctx, desk.InvoiceIDs(list), func(v billing.Invoice, name string, pdf []byte) error {
		names = append(names, name)
		if !strings.HasPrefix(string(pdf), "%PDF") || !strings.Contains(name, v.Number) || !regexp.MustCompile(`^facture-\d{10}-[a-z0-9-]+\.pdf$`).MatchString(name) {
			t.Errorf("%s of %s", name, v.Number)
		}
		return nil
	}, nil)
	if err != nil || len(names) != len(list) {
		t.Errorf("%d files, %v", len(names), err)
	}
	if err := w.p.InvoicesPDF(w.ctx, io.Discard, []int64{1 << 40}, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an invoice that is not there: %v", err)
	}
	if err := w.p.InvoicesPDF(w.ctx, io.Discard, nil, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing to print: %v", err)
	}
}

// TestInvoiceIsWhatWasIssued: figures come from the data and agree, whatever became
// of the invoice since; a run that does not add up is refused by the report.
func TestInvoiceIsWhatWasIssued(t *testing.T) {
	w := newTown(t)
	list, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{Lines: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		out, err := w.p.InvoiceOf(w.ctx, v)
		if err != nil {
			t.Fatal(err)
		}
		var meals, care money.Cents
		for _, l := range v.Lines {
			meals, care = meals+l.Meal, care+l.Care
		}
		owed := v.Open
		if v.Open == v.Total { // nothing was paid: as it was issued
			owed += v.Previous
		}
		if out.Total != v.Total || out.Meals != meals || out.Care != care || out.Paid != v.Total-v.Open || out.ToPay != owed || out.PaidOn.IsZero() == (v.Open == 0) {
			t.Errorf("%s: %s to pay of %s, %s paid, on %s", v.Number, out.ToPay, v.Total, out.Paid, out.PaidOn)
		}
		if out.Debit != nil && (out.Debit.Amount != v.Open || out.Debit.Date <= w.today() || !calendar.TargetOpen(out.Debit.Date)) {
			t.Errorf("%s announces %+v", v.Number, out.Debit)
		}
	}
	wrong := list[0]
	wrong.Total++
	out, err := w.p.InvoiceOf(w.ctx, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if err := invoice.PDF(w.ctx, io.Discard, w.p.Invoice(), out); err == nil {
		t.Error("an invoice that does not add up was printed")
	}
}

func (w *town) today() calendar.Date { return calendar.DateOf(w.o.Store.Now()) }

func TestCreditNoteNamesWhatItCorrects(t *testing.T) {
	w := newTown(t)
	list, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{Month: october, Owed: true})
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	made, err := w.o.Billing.Credit(w.ctx, billing.CreditNote{Key: "avoir", InvoiceID: list[0].ID, Lines: []int{0}, Reason: "Repas refusé"}, "")
	if err != nil {
		t.Fatal(err)
	}
	text := w.text(func(out io.Writer) error { return w.p.InvoicesPDF(w.ctx, out, []int64{made.ID}, nil) })
	w.says("the credit note", text, "Avoir n° "+made.Number, list[0].Number, "Repas refusé", made.Total.String())
	if desk.InvoiceFile(made) != "avoir-"+made.Number+"-"+strings.ToLower(made.Family)+".pdf" {
		t.Error(desk.InvoiceFile(made))
	}
}

func TestLettersAndBatches(t *testing.T) {
	w := newTown(t)
	plan, err := w.o.Billing.Reminders(w.ctx, 0, 0)
	if err != nil || len(plan.Families) == 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	text := w.text(func(out io.Writer) error { return w.p.RemindersPDF(w.ctx, out, plan, nil) })
	for _, f := range plan.Families {
		w.says("the letters", text, f.Open.String(), f.Invoices[0].Number)
	}
	batches, err := w.o.Billing.Batches(w.ctx, calendar.Month{})
	if err != nil || len(batches) != 2 {
		t.Fatalf("%+v, %v", batches, err)
	}
	b, err := w.o.Billing.DebitFile(w.ctx, batches[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	totals, err := w.p.SEPA(w.ctx, &file, b)
	if err != nil || totals.Count != b.Count || totals.Sum != b.Total || !strings.Contains(file.String(), b.Debits[0].IBAN) {
		t.Fatalf("%+v of %d, %s: %v", totals, b.Count, b.Total, err)
	}
	left := []billing.SkippedDebit{{FamilyID: 7, Family: "Essai", Amount: 12_34, Reason: "Laissée de côté par un agent."}}
	text = w.text(func(out io.Writer) error { return w.p.BatchSlipPDF(w.ctx, out, b, left) })
	w.says("the slip", text, b.Total.String(), b.MessageID, "12,34", "F-0007")
	if strings.Contains(text, b.Debits[0].IBAN) {
		t.Error("an account in clear on paper")
	}
	notices := w.text(func(out io.Writer) error { return w.p.NoticesPDF(w.ctx, out, b, false, nil) })
	letters := w.text(func(out io.Writer) error { return w.p.RefusalsPDF(w.ctx, out, b, nil) })
	rejected := 0
	for _, d := range b.Debits {
		w.says("the notices", notices, d.UMR, d.Amount.String())
		if d.State == billing.DebitRejected {
			rejected++
			w.says("the letters", letters, d.Amount.String(), d.Invoices[0].Number)
		}
	}
	if rejected != 2 {
		t.Errorf("%d debits came back", rejected)
	}
	b.Total++ // a batch that says something else than its debits
	b.Debits = b.Debits[:0]
	if err := w.p.NoticesPDF(w.ctx, io.Discard, b, false, nil); err == nil {
		t.Error("no notice, no refusal")
	}
}

func TestMandateForm(t *testing.T) {
	w := newTown(t)
	list, err := w.o.Billing.Mandates(w.ctx, 0)
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	f, err := w.o.Family.Get(w.ctx, list[0].FamilyID)
	if err != nil {
		t.Fatal(err)
	}
	w.says("the form", w.text(func(out io.Writer) error { return w.p.MandatePDF(w.ctx, out, f, list[0], "") }), list[0].UMR, "FR72ZZZ123456", "Mandat de prélèvement SEPA", f.Guardians[0].Name())
	w.says("the blank form", w.text(func(out io.Writer) error { return w.p.MandatePDF(w.ctx, out, f, billing.Mandate{}, "") }), f.Guardians[0].Name())
}

func TestAccountantsPapers(t *testing.T) {
	w := newTown(t)
	for _, m := range []calendar.Month{october.Add(-1), october, october.Add(1)} {
		b, err := w.o.Billing.Books(w.ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		month, err := w.p.Month(w.ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := month.Check(); err != nil {
			t.Errorf("%s: %v", m, err)
		}
		if err := w.p.WorkbookXLSX(w.ctx, io.Discard, b); err != nil {
			t.Errorf("%s: %v", m, err)
		}
		if len(b.Sales) > 0 { // what does not agree must not get lost on the way
			b.Sales[0].Meal, b.Sales[0].Total = b.Sales[0].Meal+1, b.Sales[0].Total+1
			if err := w.p.WorkbookXLSX(w.ctx, io.Discard, b); err == nil {
				t.Errorf("%s: wrong books were written", m)
			}
		}
	}
	slips, err := w.o.Billing.Slips(w.ctx, calendar.Month{})
	if err != nil || len(slips) < 3 {
		t.Fatalf("%d slips, %v", len(slips), err)
	}
	for _, s := range slips {
		if s, err = w.o.Billing.Slip(w.ctx, s.ID); err != nil {
			t.Fatal(err)
		}
		w.says("the slip", w.text(func(out io.Writer) error { return w.p.CashSlipPDF(w.ctx, out, s) }), s.Number, s.Total.String())
	}
	days, err := w.o.Billing.CashDays(w.ctx, october.Add(1))
	if err != nil {
		t.Fatal(err)
	}
	closed := 0
	for _, d := range days {
		if d.ClosedAt.IsZero() {
			if err := w.p.ClosePDF(w.ctx, io.Discard, d); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a day nobody counted: %v", err)
			}
			continue
		}
		closed++
		w.says("the close", w.text(func(out io.Writer) error { return w.p.ClosePDF(w.ctx, out, d) }), d.Day.Short(), d.Expected.String())
		d.Pieces = nil // counted as a sum
		w.says("the close", w.text(func(out io.Writer) error { return w.p.ClosePDF(w.ctx, out, d) }), d.Counted.String())
	}
	if closed == 0 {
		t.Error("no day of the demonstration is closed")
	}
}

func TestTaxAndTreasury(t *testing.T) {
	w := newTown(t)
	all, err := w.o.Billing.TaxYears(w.ctx, 2026, 0)
	if err != nil || len(all) < 10 {
		t.Fatal(len(all), err)
	}
	text := w.text(func(out io.Writer) error { return w.p.TaxPDF(w.ctx, out, all[:5]) })
	for _, y := range all[:5] {
		w.says("the summaries", text, y.Total.String(), y.Children[0].Name)
	}
	files := 0
	err = w.p.EachTaxPDF(w.ctx, all[:5], func(name string, pdf []byte) error {
		files++
		if !strings.HasPrefix(name, "attestation-F-") || len(pdf) < 1000 {
			t.Errorf("%s: %d bytes", name, len(pdf))
		}
		return nil
	}, nil)
	if err != nil || files != 5 {
		t.Errorf("%d files, %v", files, err)
	}
	if err := w.p.TaxPDF(w.ctx, io.Discard, nil); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	role, err := w.p.RoleOf(w.ctx, october.Add(-1), 9)
	if err != nil || len(role.Invoices) == 0 || role.Total() <= 0 {
		t.Fatalf("%+v, %v", role, err)
	}
	var xml bytes.Buffer
	if err := w.p.TreasuryXML(w.ctx, &xml, role); err != nil {
		t.Fatal(err)
	}
	for _, v := range role.Invoices {
		if v.State == billing.Collecting || !strings.Contains(xml.String(), v.Number) {
			t.Errorf("invoice %s, %s", v.Number, v.State)
		}
	}
	if w.p.TreasuryFile(role) == "" {
		t.Error("no name")
	}
	if _, err := w.p.RoleOf(w.ctx, october.Add(5), 3); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a month without invoices: %v", err)
	}
}

package families

import (
	"context"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// debtorOf is a family that owes something, 0 if none does.
func debtorOf(t *testing.T, w *world, ctx context.Context) int64 {
	t.Helper()
	list, err := w.o.Billing.Invoices(ctx, billing.InvoiceFilter{Owed: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("nobody owes anything in this town")
	}
	return list[0].FamilyID
}

func (w *world) showInvoices(id int64, roles ...staff.Role) *page {
	p := w.show(roles...)
	p.Open(kit.OpenFamily{ID: id, Tab: tabInvoices})
	return p
}

func TestInvoicesTabShowsWhatIsOwedAndF6Pays(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	printed := int64(0)
	w.deps.InvoicePDF = func(_ context.Context, out io.Writer, id int64) error {
		printed = id
		_, err := io.WriteString(out, "%PDF")
		return err
	}
	id := debtorOf(t, w, w.ctx(staff.Regie))
	p := w.showInvoices(id, staff.Regie)
	if p.bills.acc == nil || p.bills.acc.Owed <= 0 || p.bills.table.Len() != len(p.bills.rows) || len(p.bills.rows) == 0 {
		t.Fatalf("%+v", p.bills.acc)
	}
	p.bills.table.Select(0)
	p.bills.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if printed != p.bills.rows[0].invoice {
		t.Errorf("printed %d", printed)
	}
	p.f6()
	if len(w.sh.Navigated) != 1 || w.sh.Navigated[0] != "billing" || w.sh.Args[0] != (kit.OpenFamily{ID: id, Tab: "pay"}) {
		t.Errorf("F6 goes to %v %v", w.sh.Navigated, w.sh.Args)
	}
	p.goTab(tabWallet)
	p.f6()
	if w.sh.Navigated[1] != "wallets" {
		t.Errorf("on another tab F6 goes to %v", w.sh.Navigated)
	}
	w.clean()
}

func TestInvoicesTabWithoutTheRole(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	id := debtorOf(t, w, w.ctx(staff.Regie))
	p := w.showInvoices(id, staff.Sante)
	if p.bills.acc != nil || len(p.bills.rows) != 0 {
		t.Error("who may not see money sees invoices")
	}
	p = w.showInvoices(id, staff.Accueil)
	if p.bills.acc == nil || !p.bills.pay.Disabled() || !strings.Contains(p.f6Off(), "Régie") {
		t.Errorf("the desk reads and does not cash: %q", p.f6Off())
	}
}

func TestSettlementsStandUnderTheirInvoice(t *testing.T) {
	day := calendar.MustISO("2026-12-08")
	rows := accountRows(billing.FamilyAccount{
		Invoices: []billing.Invoice{
			{ID: 2, Number: "2026000002", Kind: billing.KindCredit, Total: -4_20, State: billing.Credit, Reason: "repas non servi"},
			{ID: 1, Number: "2026000001", Kind: billing.KindInvoice, Total: 46_20, Open: 42_00, State: billing.Partly, DueOn: day},
		},
		Settlements: []billing.Settlement{
			{InvoiceID: 1, Amount: -10_00, Kind: "reject", Label: "Rejet du prélèvement E2E, famille X (AM04 Provision insuffisante)", Day: day},
			{InvoiceID: 1, Amount: 4_20, Kind: "credit_note", Day: day},
			{InvoiceID: 1, Amount: 10_00, Kind: "payment", Means: "debit", Day: day},
		},
	})
	var words []string
	for _, r := range rows {
		words = append(words, r.cells[0].Text)
	}
	if got := strings.Join(words, "|"); got != "2026000002|2026000001|Rejetée\u00a0: AM04 Provision insuffisante|Avoir déduit|Prélevée" {
		t.Errorf("%s", got)
	}
	if rows[1].cells[4].Text != "42,00\u00a0€" || rows[0].cells[4].Text != "—" || rows[2].cells[3].Text != "10,00\u00a0€" {
		t.Errorf("%+v", rows)
	}
	for m, want := range map[*billing.Mandate]string{nil: "Sans mandat", {Problem: "échu"}: "Mandat à revoir", {UMR: "ARD-1"}: "Prélèvement"} {
		if b, _ := mandateState(m); b.Text != want || b.Icon == "" {
			t.Errorf("%+v: %+v", m, b)
		}
	}
}

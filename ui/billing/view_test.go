package billing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func TestMonthFromPlanToPapers(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	if p.run.Month != november || p.title.Text() != "Novembre 2026" {
		t.Fatalf("opens on %s, %q", p.run.Month, p.title.Text())
	}
	n := p.s.plan.Count
	if n == 0 || p.month.table.Len() != len(p.s.plan.Drafts) || p.step != stepIssue {
		t.Fatalf("%d to issue, %d rows, step %d", n, p.month.table.Len(), p.step)
	}
	if got, _ := p.month.row(0); got.number != "—" {
		t.Errorf("a draft has the number %q", got.number)
	}
	w.files.folder = t.TempDir()
	w.press("F9")
	d := w.dialog()
	if !strings.HasPrefix(d.Main.Label(), "Émettre "+plain(n)) {
		t.Errorf("verb %q", d.Main.Label())
	}
	d.Main.Press()
	d.Main.Press()
	if d.Open() || p.s.over.Invoices != n || p.s.pending() {
		t.Fatalf("open %v, issued %d of %d", d.Open(), p.s.over.Invoices, n)
	}
	if got, _ := p.month.row(0); got.invoice < 0 || !strings.HasPrefix(got.number, "20260000") || got.badge.Text != "Émise" {
		t.Errorf("%+v", got)
	}
	if files := slices.DeleteFunc(slices.Clone(w.wrote), func(s string) bool { return !strings.HasPrefix(s, "file ") }); len(files) != n {
		t.Errorf("%d files for %d invoices", len(files), n)
	}
	if len(w.sh.Dones) != 2 || !strings.Contains(w.sh.Dones[0], "factures émises") || !strings.Contains(w.sh.Dones[1], "PDF créés") {
		t.Errorf("told %q", w.sh.Dones)
	}
	w.press("F9")
	if widgets.TopDialog(w.win.Canvas()) != nil || len(w.sh.Toasts) == 0 {
		t.Error("everything is issued, yet F9 opens a dialog")
	}
	p.month.papers.all.Press()
	if len(w.files.viewed) != 1 || w.wrote[len(w.wrote)-1] != "invoices "+plain(n) {
		t.Errorf("viewed %v, wrote %v", w.files.viewed, w.wrote)
	}
}

// A plan that has changed since it was shown is refused, in the dialog.
func TestIssueRefusesWhatHasChangedSinceItWasShown(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	w.press("F9")
	d := w.dialog()
	w.issue()
	d.Main.Press()
	if !d.Open() || len(w.sh.Dones) != 0 {
		t.Fatal("issued although the plan had changed")
	}
	if p.s.over.Invoices != 0 {
		t.Error("the screen read again by itself")
	}
	p.OnEvent(kit.Event{Topic: billing.Topic})
	w.sh.Run.Fire(time.Second)
	if p.s.over.Invoices == 0 {
		t.Error("the event of the other workstation did not arrive")
	}
}

func TestAnotherDueDateIsPlannedAgain(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	w.press("F9")
	d := w.dialog()
	d.First.(interface{ SetText(string) }).SetText("15/11/2026")
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a due date in the past was taken")
	}
	d.First.(interface{ SetText(string) }).SetText("15/01/2027")
	d.Main.Press()
	if d.Open() || p.s.invoices[0].DueOn.String() != "2027-01-15" {
		t.Errorf("open %v, due %s", d.Open(), p.s.invoices[0].DueOn)
	}
}

func TestFamiliesAreLeftOutAndTakenBack(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	n := p.s.plan.Count
	first, _ := p.month.row(0)
	p.month.table.Select(0)
	p.month.table.TypedKey(key(fyne.KeySpace))
	if p.s.plan.Count != n-1 || len(p.run.Leave) != 1 || p.run.Leave[0] != first.familyID {
		t.Fatalf("%d to issue, left %v", p.s.plan.Count, p.run.Leave)
	}
	if got, _ := p.month.row(0); got.badge.Text != "Écartée" || got.look {
		t.Errorf("%+v", got)
	}
	if len(w.sh.Undos) != 1 || w.sh.Undos[0] == nil {
		t.Fatal("leaving out cannot be undone")
	}
	w.sh.Undos[0]()
	if p.s.plan.Count != n || len(p.run.Leave) != 0 {
		t.Errorf("undone: %d to issue", p.s.plan.Count)
	}
	p.month.table.TypedKey(key(fyne.KeyReturn))
	d := w.dialog()
	if d.Title != "Famille "+first.family || d.Main.Label() != "Écarter de ce mois" {
		t.Errorf("%q %q", d.Title, d.Main.Label())
	}
	d.Main.Press()
	if d.Open() || p.s.plan.Count != n-1 {
		t.Errorf("left out by the dialog: %d", p.s.plan.Count)
	}
	w.press("Ctrl+Gauche")
	if len(p.run.Leave) != 0 || p.run.Month != november.Add(-1) {
		t.Errorf("another month keeps %v", p.run)
	}
	w.press("Ctrl+Droite")
	if p.s.plan.Count != n {
		t.Errorf("back: %d to issue", p.s.plan.Count)
	}
}

func TestFilterEscapeAndNoMatch(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	all := p.month.table.Len()
	first, _ := p.month.row(0)
	p.month.filter.SetText(first.family)
	if p.month.table.Len() == 0 || p.month.table.Len() >= all {
		t.Errorf("%d of %d rows", p.month.table.Len(), all)
	}
	p.month.filter.SetText("zzzz")
	if p.month.table.Selected() != -1 {
		t.Error("a row is chosen where none matches")
	}
	if !p.Escape() || p.month.filter.Text() != "" || p.month.table.Len() != all {
		t.Error("Escape clears the filter")
	}
	p.choose(stepCheck)
	if p.month.which != showLook {
		t.Errorf("step Contrôler shows %s", p.month.which)
	}
	p.goTo(november.Add(6))
	if p.month.table.Selected() != -1 || p.s.issueOff() == "" {
		t.Error("a month without meals")
	}
}

func TestPaymentPaysOnceAndCanBeUndone(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	p := w.show()
	v := p.s.invoices[0]
	p.pay(v.FamilyID)
	d := w.dialog()
	if d.Main.Label() != "Encaisser "+v.Open.String() {
		t.Fatalf("verb %q", d.Main.Label())
	}
	d.Main.Press()
	d.Main.Press()
	if d.Open() || p.s.invoices[0].Open != 0 || p.s.invoices[0].State != billing.Paid {
		t.Fatalf("open %v, %s still owed", d.Open(), p.s.invoices[0].Open)
	}
	if len(w.sh.Dones) != 1 || !strings.Contains(w.sh.Dones[0], "quittance") || len(w.files.viewed) != 1 {
		t.Errorf("told %q, viewed %v, refused %v", w.sh.Dones, w.files.viewed, w.sh.Refusals)
	}
	if w.sh.Undos[0] == nil {
		t.Fatal("no undo")
	}
	w.sh.Undos[0]()
	if p.s.invoices[0].Open != v.Open {
		t.Errorf("undone: %s owed", p.s.invoices[0].Open)
	}
	a, err := w.o.Billing.Account(w.ctx, v.FamilyID)
	if err != nil || a.Wallet != v.Total {
		t.Errorf("the money is in the wallet: %s %v", a.Wallet, err)
	}
}

// Planted fault: with one key for every opening, the second payment would be
// swallowed as a repetition of the first.
func TestOneKeyForTwoOpeningsLosesAPayment(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	p := w.show()
	p.d.Key = func() string { return "always the same" }
	v := p.s.invoices[0]
	for range 2 {
		p.pay(v.FamilyID)
		d := w.dialog()
		typeAmount(w, "10,00")
		d.Main.Press()
		if d.Open() {
			d.Close()
		}
	}
	if got := v.Open - p.s.invoices[0].Open; got != 10_00 {
		t.Errorf("%s paid: the service no longer knows a key", got)
	}
}

// typeAmount writes the amount of the payment dialog that is open.
func typeAmount(w *world, text string) {
	d := w.dialog()
	d.First.(interface{ SetText(string) }).SetText(text)
	w.sh.Run.Fire(time.Second)
}

func TestOverpaymentStaysInTheWalletAndUnderpaymentIsTold(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	p := w.show()
	v := p.s.invoices[0]
	list, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{Owed: true})
	if err != nil {
		t.Fatal(err)
	}
	pay := newPayDialog(p, debtors(list))
	pay.begin(v.FamilyID, nil)
	p.sh.Show(pay.dialog)
	typeAmount(w, (v.Open + 5_00).Number())
	if pay.plan == nil || pay.plan.ToWallet != 5_00 || pay.plan.Paid != v.Open {
		t.Fatalf("%+v %q", pay.plan, pay.why)
	}
	typeAmount(w, "10")
	if pay.plan == nil || pay.plan.Shares[0].Left != v.Open-10_00 {
		t.Fatalf("%+v", pay.plan)
	}
	pay.tick(0)
	if pay.only == nil || pay.plan != nil {
		t.Errorf("nothing is ticked any more, yet the plan is %+v", pay.plan)
	}
	pay.dialog.Main.Press()
	if !pay.dialog.Open() {
		t.Fatal("paid nothing")
	}
	pay.tick(0)
	pay.means.Set(billing.ByWallet)
	pay.by(billing.ByWallet)
	w.sh.Run.Fire(time.Second)
	if pay.plan == nil || pay.plan.Problem == "" {
		t.Fatalf("an empty wallet pays: %+v", pay.plan)
	}
	pay.dialog.Main.Press()
	if !pay.dialog.Open() || pay.form.Summary() == "" {
		t.Error("paid from an empty wallet")
	}
}

func TestInvoiceCreditNoteAndVoidedPayment(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	p := w.show()
	v := p.s.invoices[0]
	p.choose(stepIssue)
	p.month.table.Select(0)
	w.press("F3")
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a credit note without a reason")
	}
	d.Close()
	list, err := w.o.Billing.Invoices(w.ctx, billing.InvoiceFilter{IDs: []int64{v.ID}, Lines: true})
	if err != nil {
		t.Fatal(err)
	}
	c := newCreditDialog(p, list[0])
	p.sh.Show(c.dialog)
	c.reason.SetText("repas non servi")
	c.tick(1) // the first line, under the child's heading
	w.sh.Run.Fire(time.Second)
	if c.plan == nil || c.plan.Total != list[0].Lines[0].Amount {
		t.Fatalf("%+v", c.plan)
	}
	c.dialog.Main.Press()
	if c.dialog.Open() || p.s.invoices[0].Open != v.Open-list[0].Lines[0].Amount {
		t.Fatalf("open %v %q, %s owed", c.dialog.Open(), c.form.Summary(), p.s.invoices[0].Open)
	}
	if _, err := w.o.Billing.Pay(w.ctx, billing.Payment{Key: "p", FamilyID: v.FamilyID, Amount: 10_00, Means: "cash"}, ""); err != nil {
		t.Fatal(err)
	}
	p.openInvoice(v.ID)
	d = w.dialog()
	if d.Title != "Facture "+v.Number {
		t.Errorf("%q", d.Title)
	}
	d.Main.Press()
	if len(w.files.viewed) != 1 {
		t.Errorf("viewed %v", w.files.viewed)
	}
	d.Close()
	a, err := w.o.Billing.Account(w.ctx, v.FamilyID)
	if err != nil {
		t.Fatal(err)
	}
	rows := p.settledRows(list[0], a, func() {})
	i := slices.IndexFunc(rows, func(r settledRow) bool { return r.row.Action == "Annuler" })
	if len(rows) != 2 || i < 0 {
		t.Fatalf("%+v", rows)
	}
	rows[i].act()
	d = w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a payment undone without a reason")
	}
	d.First.(interface{ SetText(string) }).SetText("erreur de saisie")
	d.Main.Press()
	if d.Open() || p.s.invoices[0].Open != v.Open-list[0].Lines[0].Amount {
		t.Errorf("open %v, %s owed", d.Open(), p.s.invoices[0].Open)
	}
}

func TestPauseHoldsTheWorkAndItsEndLetsItGo(t *testing.T) {
	g := &gate{}
	ctx, stop := context.WithCancel(context.Background())
	if err := g.wait(ctx); err != nil {
		t.Fatal(err)
	}
	g.pause()
	g.pause()
	went := make(chan error, 1)
	go func() { went <- g.wait(ctx) }()
	select {
	case <-went:
		t.Fatal("went on in the pause")
	default:
	}
	g.resume()
	g.resume()
	if err := <-went; err != nil {
		t.Fatal(err)
	}
	g.pause()
	go func() { went <- g.wait(ctx) }()
	stop()
	if err := <-went; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped in a pause: %v", err)
	}
}

func TestLeavingAsksWhileFilesAreMade(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	left := 0
	p.Leave(func() { left++ })
	p.month.making = making{3, 10}
	stopped := false
	p.month.papers.stop = func() { stopped = true }
	p.Leave(func() { left++ })
	if left != 2 || len(w.sh.Confirmed) != 1 || !stopped {
		t.Errorf("left %d, asked %q, stopped %v", left, w.sh.Confirmed, stopped)
	}
}

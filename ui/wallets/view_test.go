package wallets

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func key(k fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: k} }

func (w *world) press(hint string) {
	w.t.Helper()
	for _, s := range w.p.Shortcuts() {
		if s.Hint == hint {
			s.Run()
			return
		}
	}
	w.t.Fatalf("no shortcut %q", hint)
}

func TestTopUpChargesOnceHoweverOftenEnterIsPressed(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.rich()
	p := w.show(staff.Regie)
	p.Open(id)
	before, had := w.balance(id), len(w.receipts(id))
	w.press("F6")
	d := w.dialog()
	if d.Main.Label() != "Encaisser 50,00\u00a0€" || !strings.Contains(d.Sub, before.String()) {
		t.Errorf("verb %q, sub %q", d.Main.Label(), d.Sub)
	}
	d.Main.Press()
	d.Main.Press()
	if got := w.balance(id); got != before+50_00 || len(w.receipts(id)) != had+1 || d.Open() {
		t.Fatalf("balance %s from %s, %d receipts, open %v", got, before, len(w.receipts(id)), d.Open())
	}
	rec := w.receipts(id)[0]
	if len(w.sh.Dones) != 1 || !strings.Contains(w.sh.Dones[0], rec.Number()) || w.sh.Undos[0] != nil {
		t.Errorf("told %q", w.sh.Dones)
	}
	if len(w.files.viewed) != 1 {
		t.Fatalf("viewed %v, refusals %v", w.files.viewed, w.sh.Refusals)
	}
	paper, err := os.ReadFile(w.files.viewed[0])
	if err != nil || !bytes.HasPrefix(paper, []byte("%PDF")) {
		t.Errorf("the receipt printed: %v", err)
	}
	box, err := letter.New(w.db).Outbox(w.ctx, 1)
	if err != nil || len(box) != 1 || box[0].Kind != "wallet.receipt" || box[0].State != "held" {
		t.Errorf("outbox of a demonstration: %+v %v", box, err)
	}
	if p.m.acc.wallet.Balance != before+50_00 || p.m.rows[0].line.Receipt != rec.Number() {
		t.Errorf("the screen shows %s, first line %+v", p.m.acc.wallet.Balance, p.m.rows[0])
	}
	w.press("F6") // another opening is another payment
	w.dialog().Main.Press()
	if got := w.balance(id); got != before+100_00 {
		t.Errorf("second payment: %s", got)
	}
}

// Planted fault: with one key for all openings the second payment is refused or
// swallowed, so the test above would notice.
func TestOneKeyForTwoOpeningsLosesAPayment(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.rich()
	p := w.show(staff.Regie)
	p.m.d.Key = func() string { return "always the same" }
	p.Open(id)
	before := w.balance(id)
	for range 2 {
		w.press("F6")
		w.dialog().Main.Press()
	}
	if got := w.balance(id); got != before+50_00 {
		t.Errorf("balance %s: the ledger no longer knows a key", got)
	}
}

func TestTopUpFormFollowsAmountAndMeansAndKeepsWhatWasTyped(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show(staff.Regie)
	p.Open(w.rich())
	u := newTopUp(p)
	p.sh.Show(u.dialog)
	u.amount.choice.Set("2000")
	u.amount.other.SetText("12,5")
	if u.amount.choice.Value() != "" || u.dialog.Main.Label() != "Encaisser 12,50\u00a0€" {
		t.Errorf("other amount: %q, verb %q", u.amount.choice.Value(), u.dialog.Main.Label())
	}
	u.amount.choice.TypedKey(key(fyne.KeyRight))
	if u.amount.other.Text() != "" || u.amount.choice.Value() == "" {
		t.Errorf("back to a round amount: %q %q", u.amount.other.Text(), u.amount.choice.Value())
	}
	u.means.TypedKey(key(fyne.KeyRight))
	if u.refField.Label() != "Référence (n° du chèque)" {
		t.Errorf("reference of a cheque: %q", u.refField.Label())
	}
	u.amount.other.SetText("douze")
	u.reference.SetText("0004587")
	u.payer.SetText(" ")
	u.day.SetText("31/12/2030")
	u.dialog.Main.Press()
	if !u.dialog.Open() || u.form.Summary() == "" || u.reference.Text() != "0004587" || u.amount.other.Text() != "douze" {
		t.Fatalf("open %v, summary %q", u.dialog.Open(), u.form.Summary())
	}
	u.amount.other.SetText("20000")
	u.payer.SetText("Élodie Favier")
	u.day.Set(p.sh.Today())
	u.dialog.Main.Press()
	if !u.dialog.Open() || !strings.Contains(u.form.Summary(), "10\u00a0000") || u.dialog.Main.Disabled() {
		t.Fatalf("a refusal of the ledger: %q", u.form.Summary())
	}
	u.amount.other.SetText("12,50")
	u.print.Set(false)
	u.mail.Set(false)
	u.dialog.Main.Press()
	list := w.receipts(p.m.id)
	if u.dialog.Open() || list[0].Amount != 12_50 || list[0].Means != "cheque" || list[0].Reference != "0004587" || list[0].Payer != "Élodie Favier" {
		t.Errorf("open %v %q, receipt %+v", u.dialog.Open(), u.form.Summary(), list[0])
	}
	if len(w.files.viewed) != 0 {
		t.Error("printed though nobody asked")
	}
}

func TestRefundWantsAReasonAndOverdraftCanBeUndone(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.rich()
	p := w.show(staff.Regie)
	p.Open(id)
	before := w.balance(id)
	test.Tap(p.refund)
	d := w.dialog()
	d.Main.Press()
	if !d.Open() || w.balance(id) != before {
		t.Fatal("refunded without a reason")
	}
	d.Close()
	test.Tap(p.overdraft)
	d = w.dialog()
	d.First.(interface{ SetText(string) }).SetText("20")
	d.Main.Press()
	v, err := w.o.Ledger.Wallet(w.ctx, id)
	if err != nil || v.Floor != -20_00 || len(w.sh.Undos) != 1 || w.sh.Undos[0] == nil {
		t.Fatalf("floor %s %v", v.Floor, err)
	}
	w.sh.Undos[0]()
	if v, err = w.o.Ledger.Wallet(w.ctx, id); err != nil || v.Floor != 0 {
		t.Errorf("undone: %s %v", v.Floor, err)
	}
}

func TestRefundGivesTheBalanceBack(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.rich()
	p := w.show(staff.Regie)
	p.Open(id)
	p.giveBack()
	d := w.dialog()
	typeInto(w, "départ de la commune", 2)
	d.Main.Press()
	if d.Open() || w.balance(id) != 0 {
		t.Fatalf("open %v, balance %s", d.Open(), w.balance(id))
	}
	if !p.refund.Disabled() {
		t.Error("an empty wallet can be refunded")
	}
}

// typeInto goes to the nth next input of the dialog and types.
func typeInto(w *world, text string, tabs int) {
	c := w.win.Canvas()
	for range tabs {
		c.FocusNext()
	}
	test.Type(c.Focused(), text)
}

func TestEveryLineAnswersWhy(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show(staff.Accueil, staff.Regie)
	p.Open(w.rich())
	if len(p.m.rows) < 4 {
		t.Fatalf("only %d lines", len(p.m.rows))
	}
	for i, r := range p.m.rows {
		p.table.Select(i)
		p.table.TypedKey(key(fyne.KeyReturn))
		d := w.dialog()
		want := "Pourquoi cette ligne"
		switch {
		case r.opening:
			want = "Solde reporté"
		case r.line.Receipt != "":
			want = "Quittance n°"
		}
		if !strings.HasPrefix(d.Title, want) {
			t.Errorf("line %d: %q, want %q", i, d.Title, want)
		}
		d.Close()
	}
	if len(w.sh.Refusals) != 0 {
		t.Errorf("refusals %v", w.sh.Refusals)
	}
	p.which.TypedKey(key(fyne.KeyRight))
	if !p.m.receipts || p.table.Len() != len(p.m.acc.receipts) || p.table.Len() == 0 {
		t.Fatalf("receipts: %d", p.table.Len())
	}
	p.table.Select(0)
	p.table.TypedKey(key(fyne.KeyReturn))
	w.dialog().Main.Press()
	if len(w.files.viewed) != 1 || !strings.Contains(w.files.viewed[0], "quittance-2026-") {
		t.Errorf("duplicate: %v", w.files.viewed)
	}
	w.press("Ctrl+P")
	if len(w.files.viewed) != 2 || !strings.Contains(w.files.viewed[1], "releve-F-") {
		t.Errorf("statement: %v %v", w.files.viewed, w.sh.Refusals)
	}
}

func TestPeriodsOfTheStatement(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show(staff.Regie)
	p.Open(w.rich())
	n := len(p.m.rows)
	p.pickPeriod("all")
	if len(p.m.rows) < n-1 || p.m.rows[len(p.m.rows)-1].opening {
		t.Errorf("since the origin: %d lines, were %d", len(p.m.rows), n)
	}
	p.pickPeriod("choose")
	d := w.dialog()
	d.First.(interface{ SetText(string) }).SetText("31/12/2026")
	d.Main.Press()
	if !d.Open() {
		t.Fatal("an end before its beginning was taken")
	}
	d.First.(interface{ SetText(string) }).SetText("1/9/2026")
	d.Main.Press()
	if d.Open() || p.m.period != "custom" || p.span.Value() != "custom" || p.m.from.String() != "2026-09-01" {
		t.Errorf("open %v, period %s from %s", d.Open(), p.m.period, p.m.from)
	}
}

func TestSearchListsEscapeAndRights(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show(staff.Accueil)
	if p.low.Len() == 0 {
		t.Error("the demonstration has a low wallet")
	}
	v, err := w.o.Ledger.Wallet(w.ctx, w.rich())
	if err != nil {
		t.Fatal(err)
	}
	p.search.SetText(v.Number)
	w.sh.Run.Fire(time.Second)
	if len(p.m.hits) != 1 || !p.found.Visible() {
		t.Fatalf("found %d", len(p.m.hits))
	}
	if !p.search.OnKey(key(fyne.KeyReturn)) || p.m.id != v.FamilyID || p.m.acc == nil {
		t.Fatalf("opened %d", p.m.id)
	}
	for _, b := range []*widgets.Button{p.recharge, p.refund, p.overdraft} {
		if !b.Disabled() || !strings.Contains(b.Reason(), "Régie") {
			t.Errorf("%s may be pressed without Régie", b.Label())
		}
	}
	w.press("F6")
	if widgets.TopDialog(w.win.Canvas()) != nil || len(w.sh.Toasts) != 1 {
		t.Error("F6 without Régie opened a dialog")
	}
	if !p.Escape() || p.m.id != 0 || p.Escape() {
		t.Error("Escape goes back to the lists, then is the shell's")
	}
	p.search.SetText("zzzz")
	w.sh.Run.Fire(time.Second)
	if p.results.Len() != 0 || !p.Escape() || p.search.Text() != "" || !p.tables.Visible() {
		t.Error("no match, then Escape")
	}
	p.Open(int64(999))
	if p.m.acc != nil || p.table.Len() != 0 {
		t.Error("a family that is not there")
	}
}

func TestEventsRefreshTheBalance(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.rich()
	p := w.show(staff.Regie)
	p.Open(kit.OpenFamily{ID: id, Tab: "topup"})
	if d := w.dialog(); d.Title != "Recharger le porte-monnaie" {
		t.Errorf("asked to top up, shows %q", d.Title)
	} else {
		d.Close()
	}
	before := p.m.acc.wallet.Balance
	if _, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: "elsewhere", FamilyID: id, Amount: 7_00, Means: "cash"}); err != nil {
		t.Fatal(err)
	}
	p.OnEvent(kit.Event{Topic: ledger.Topic, IDs: []int64{id}})
	if p.m.acc.wallet.Balance != before+7_00 {
		t.Errorf("still shows %s", p.m.acc.wallet.Balance)
	}
	p.Escape()
	if p.cash.Len() != 1 || !strings.Contains(p.sums.Text(), "7,00") {
		t.Errorf("today's receipts: %d, %q", p.cash.Len(), p.sums.Text())
	}
}

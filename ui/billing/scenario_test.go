package billing

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// rejects writes a bank's answer on the first debits of a batch.
func rejects(t *testing.T, b billing.DebitBatch, n int) string {
	t.Helper()
	var x strings.Builder
	fmt.Fprintf(&x, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>RET-%s</MsgId><CreDtTm>2027-01-20T08:30:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>`, b.MessageID, b.MessageID)
	for i, d := range b.Debits[:n] {
		fmt.Fprintf(&x, `<OrgnlPmtInfAndSts><OrgnlPmtInfId>%s-%s</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">%d.%02d</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts>`, b.MessageID, d.Sequence, d.EndToEnd, []string{"AM04", "AC04"}[i%2], d.Amount/100, d.Amount%100)
	}
	x.WriteString(`</CstmrPmtStsRpt></Document>`)
	path := filepath.Join(t.TempDir(), "retour.xml")
	if err := os.WriteFile(path, []byte(x.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A month closed as an accountant would, by the keys of the screen alone:
// preview, mend, issue, print, collect, read two rejects, remind, count the box,
// hand over, lock, take the workbook away.
func TestAMonthIsClosedAsAnAccountantWould(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.files.save, w.files.folder = t.TempDir(), t.TempDir()
	p := w.show()

	left := p.s.alertFamilies() // preview and mend: leave one family with an alert out, take it back
	if left == 0 {
		t.Fatal("no anomaly to mend")
	}
	p.choose(stepCheck)
	p.month.table.Select(0)
	p.month.table.TypedKey(key(fyne.KeySpace))
	if p.s.alertFamilies() != left-1 {
		t.Fatalf("%d families to look at, were %d", p.s.alertFamilies(), left)
	}
	p.takeBack(p.run.Leave)

	w.press("F9") // issue, the files follow
	w.dialog().Main.Press()
	n := p.s.over.Invoices
	if n == 0 || !strings.HasPrefix(w.wrote[len(w.wrote)-1], "file ") {
		t.Fatalf("%d issued, wrote %v, refused %v", n, w.wrote, w.sh.Refusals)
	}

	p.choose(stepDebit) // collect
	w.press("F9")
	w.press("F9")
	if p.debit.batch == nil || p.debit.batch.State != debitSent {
		t.Fatalf("%+v %v", p.debit.batch, w.sh.Refusals)
	}
	batch := *p.debit.batch

	w.day("2027-01-20") // the bank answers, twice the same
	w.files.open = rejects(t, batch, 2)
	for round := range 2 {
		p.readReturn()
		d := w.dialog()
		if round == 0 {
			d.Main.Press()
		} else if d.Main != nil || !strings.Contains(d.Sub, "déjà été lu") {
			t.Errorf("read twice: %q", d.Sub)
		}
		if d.Open() {
			d.Close()
		}
	}
	back, err := w.o.Billing.Batch(w.ctx, batch.ID)
	if err != nil || back.Rejected != 2 {
		t.Fatalf("%d rejects %v, refused %v", back.Rejected, err, w.sh.Refusals)
	}
	if p.debit.letter.Label() != "Lettres de rejet" {
		t.Errorf("the letters are %q", p.debit.letter.Label())
	}
	if a, err := w.o.Billing.Account(w.ctx, batch.Debits[0].FamilyID); err != nil || a.Owed < batch.Debits[0].Amount {
		t.Errorf("what came back is owed again: %s %v", a.Owed, err)
	}

	p.OnEvent(kit.Event{Topic: "*"})
	w.sh.Run.Fire(time.Second)
	p.choose(stepRemind) // remind
	w.press("F9")
	if len(p.s.remind.Families) != 0 || !strings.HasPrefix(w.wrote[len(w.wrote)-1], "letters ") {
		t.Fatalf("%d still to remind, wrote %q", len(p.s.remind.Families), w.wrote[len(w.wrote)-1])
	}

	for p.run.Month != calendar.NewMonth(2026, time.September) { // the box, then each month in order
		w.press("Ctrl+Gauche")
	}
	p.NextTab(1)
	for p.run.Month.Before(november.Add(1)) {
		w.closeMonth(p)
		w.press("Ctrl+Droite")
	}
	w.press("Ctrl+Gauche")
	if !p.s.over.Locked || p.s.issueOff() == "" {
		t.Fatalf("November is not locked: %+v", p.cash.o.lock)
	}
	p.cash.workbook()
	if files, err := os.ReadDir(w.files.save); err != nil || len(files) != 2 { // the bank's file and the workbook
		t.Errorf("%v %v", files, err)
	}
	checks, err := w.o.Verify(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Errorf("verify: %+v", c)
		}
	}
	if len(w.sh.Refusals) != 0 {
		t.Errorf("refused %v", w.sh.Refusals)
	}
}

// closeMonth counts the month's days, hands its money over and locks it.
func (w *world) closeMonth(p *page) {
	w.t.Helper()
	for p.cash.off() == "" {
		day := p.cash.o.toClose()
		if day.Day > p.run.Month.Last() {
			break // today's, in another month
		}
		w.press("F9")
		d := w.dialog()
		d.First.(interface{ SetText(string) }).SetText("")
		w.typeSum(day.Expected)
		d.Main.Press()
		if d.Open() {
			w.t.Fatalf("the box of %s stays open", day.Day)
		}
	}
	for _, r := range p.cash.o.slipRows() {
		if r.Action != "" {
			p.cash.makeSlip(r)
		}
	}
	p.cash.lock()
	if p.cash.o.lock.Lock == nil {
		w.t.Fatalf("%s: %v, refused %v", p.run.Month, p.cash.o.lock.Blocks, w.sh.Refusals)
	}
}

// typeSum counts in one amount, in the dialog of the box that is open.
func (w *world) typeSum(c money.Cents) {
	w.t.Helper()
	for range 14 {
		w.win.Canvas().FocusNext()
	}
	f, ok := w.win.Canvas().Focused().(interface{ SetText(string) })
	if !ok {
		w.t.Fatal("no field for the amount")
	}
	f.SetText(c.Number())
}

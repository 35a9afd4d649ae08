package billing

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func counting(t *testing.T) (*world, *page) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	p.NextTab(1)
	if p.tabs.Value() != tabCash || p.cash.o == nil || len(p.cash.o.days) == 0 {
		t.Fatal("no day of the box", w.sh.Refusals)
	}
	return w, p
}

func TestTheBoxIsCountedNoteByNote(t *testing.T) {
	w, p := counting(t)
	d := newCountDialog(p.cash, p.cash.o.toClose())
	p.sh.Show(d.dialog)
	if _, ok := d.counted(); ok {
		t.Error("counted before anything was typed")
	}
	d.dialog.Main.Press()
	if !d.dialog.Open() {
		t.Fatal("closed uncounted")
	}
	d.boxes[0].SetText("abc")
	d.dialog.Main.Press()
	if !d.dialog.Open() {
		t.Fatal("closed with a wrong number")
	}
	d.boxes[0].SetText("")
	rest := d.day.Expected
	for i, v := range d.values {
		n := int(rest / v)
		if n > 0 {
			d.boxes[i].SetText(plain(n))
			rest -= v * money.Cents(n)
		}
	}
	if sum, ok := d.counted(); !ok || sum != d.day.Expected {
		t.Fatalf("counted %s of %s", sum, d.day.Expected)
	}
	d.boxes[len(d.boxes)-1].SetText("7") // a difference
	d.dialog.Main.Press()
	if !d.dialog.Open() || d.form.Summary() == "" {
		t.Fatal("a difference without a reason")
	}
	d.reason.SetText("rendu de monnaie")
	d.dialog.Main.Press()
	if d.dialog.Open() {
		t.Fatalf("%q", d.form.Summary())
	}
	got, err := w.o.Billing.CashDay(w.ctx, d.day.Day)
	if err != nil || !got.Closed || got.Difference() == 0 || got.Reason == "" {
		t.Errorf("%+v %v", got, err)
	}
	if len(w.files.viewed) != 1 || !strings.HasPrefix(w.wrote[len(w.wrote)-1], "day ") {
		t.Errorf("viewed %v, wrote %v", w.files.viewed, w.wrote)
	}
	if p.cash.o.toClose().Day == d.day.Day {
		t.Error("the day that was closed is still the one to close")
	}
}

func TestSlipsJournalAndReceiptThatIsAnnulled(t *testing.T) {
	w, p := counting(t)
	rows := p.cash.o.slipRows()
	if rows[0].ID != billing.SlipCheques || rows[0].Action == "" {
		t.Fatalf("%+v", rows)
	}
	p.cash.makeSlip(rows[0])
	if len(w.sh.Confirmed) != 1 || len(w.sh.Dones) != 1 || len(w.files.viewed) != 1 || p.cash.o.slipRows()[0].Action != "" {
		t.Fatalf("asked %q, told %q, viewed %v, refused %v", w.sh.Confirmed, w.sh.Dones, w.files.viewed, w.sh.Refusals)
	}
	p.cash.choice.TypedKey(key(fyne.KeyRight))
	if p.cash.which != listJournal || p.cash.table.Len() != len(p.cash.o.journal) || len(p.cash.o.journal) == 0 {
		t.Fatalf("%s, %d rows", p.cash.which, p.cash.table.Len())
	}
	for i, l := range p.cash.o.journal {
		if l.Receipt == "" {
			continue
		}
		p.cash.open(i)
		d := w.dialog()
		if d.Main == nil || d.Main.Label() != "Quittance en PDF" {
			t.Fatalf("%q", d.Title)
		}
		d.Close()
		break
	}
	p.cash.choice.TypedKey(key(fyne.KeyRight))
	if p.cash.which != listSlips {
		t.Errorf("%s", p.cash.which)
	}
}

func TestTheAccountantsFiles(t *testing.T) {
	w, p := counting(t)
	w.files.save, w.files.folder = t.TempDir(), t.TempDir()
	p.cash.workbook()
	p.cash.csv()
	p.cash.treasury()
	w.dialog().Main.Press()
	p.cash.tax()
	w.dialog().Main.Press()
	want := []string{"workbook 2026-11", "csv 2026-11 " + w.files.folder, "treasury 2026-11 2611", "tax 2026 0"}
	if strings.Join(w.wrote, "|") != strings.Join(want, "|") {
		t.Errorf("wrote %q", w.wrote)
	}
	p.cash.explain()
	w.dialog().Close()
	if _, text, can := p.cash.o.lockText(); can || text == "" || !p.cash.lockB.Disabled() {
		t.Errorf("a month whose box was never counted can be locked: %q", text)
	}
	p.cash.lock()
	if len(w.sh.Toasts) == 0 {
		t.Error("locking says nothing")
	}
}

func TestWordsOfTheCashOffice(t *testing.T) {
	for d, want := range map[*billing.CashDay]string{
		{}: "À arrêter", {Closed: true}: "Passée", {Closed: true, ClosedAt: calendar.MustISO("2026-12-01").At(18, 0)}: "Arrêtée",
		{Closed: true, ClosedAt: calendar.MustISO("2026-12-01").At(18, 0), Counted: 1_00}: "Écart +1,00\u00a0€",
	} {
		if b := dayBadge(*d); b.Text != want || b.Icon == "" {
			t.Errorf("%+v: %+v", d, b)
		}
	}
	for v, want := range map[money.Cents]string{50_00: "50\u00a0€", 20: "20\u00a0c", 1_00: "1\u00a0€"} {
		if got := pieceWord(v); got != want {
			t.Errorf("%q", got)
		}
	}
	for code, want := range map[string]string{"wallet:3": "porte-monnaie", "cash:cash": "caisse", "cash:cheque": "chèque", "due": "à recevoir", "treasury": "Trésor public", "sales:2": "ventes"} {
		if got := accountWord(code); got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	o := &office{lock: billing.LockPlan{Warnings: []string{"Des repas restent à facturer."}}}
	if b, _, can := o.lockText(); !can || b.Tone != widgets.Info {
		t.Error("a warning does not block")
	}
	o.lock = billing.LockPlan{Lock: &billing.Lock{Agent: "N. Perret"}}
	if b, text, can := o.lockText(); can || b.Text != "Verrouillé" || !strings.Contains(text, "N. Perret") {
		t.Errorf("%+v %q", b, text)
	}
}

func TestFiguresOfTwelveMonths(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show()
	p.NextTab(2)
	if len(p.figures.list) != months || p.figures.list[months-1].Month != november || p.figures.table.Len() != months {
		t.Fatalf("%d months", len(p.figures.list))
	}
	p.figures.sales.TypedKey(key(fyne.KeyLeft))
	if p.figures.unpaid.Selected() != months-2 || p.figures.table.Selected() != months-2 {
		t.Error("the two charts and the table go together")
	}
	p.figures.sales.TypedKey(key(fyne.KeyReturn))
	if p.run.Month != november.Add(-1) || p.tabs.Value() != tabMonth {
		t.Errorf("opens %s on %s", p.run.Month, p.tabs.Value())
	}
}

package billing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// collecting is a world where November is issued and families can be collected from.
func collecting(t *testing.T) (*world, *page) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	p := w.show()
	p.choose(stepDebit)
	if len(p.debit.debits()) < 2 {
		t.Fatalf("%d families to collect from, %q", len(p.debit.debits()), p.s.debits.off())
	}
	return w, p
}

func TestBatchIsMadeSentAndPaysTheInvoices(t *testing.T) {
	w, p := collecting(t)
	w.files.save = t.TempDir()
	n := p.s.debits.plan.Count
	w.press("F9")
	if len(w.sh.Confirmed) != 1 || p.debit.batch == nil || p.debit.batch.Count != n {
		t.Fatalf("asked %q, batch %+v, refused %v", w.sh.Confirmed, p.debit.batch, w.sh.Refusals)
	}
	if last := w.wrote[len(w.wrote)-1]; !strings.HasPrefix(last, "debit file") {
		t.Errorf("wrote %q", last)
	}
	if files, err := os.ReadDir(w.files.save); err != nil || len(files) != 1 {
		t.Errorf("%v %v", files, err)
	}
	for _, b := range []*widgets.Button{p.debit.slip, p.debit.letter} {
		b.Press()
	}
	if len(w.files.viewed) != 2 {
		t.Errorf("viewed %v", w.files.viewed)
	}
	if p.debit.main.Label() != "Marquer comme transmis" || p.s.steps(making{})[stepDebit].State != widgets.StepNow {
		t.Errorf("%q", p.debit.main.Label())
	}
	w.press("F9")
	if p.debit.batch.State != debitSent || p.debit.off() == "" {
		t.Fatalf("batch %s, refused %v", p.debit.batch.State, w.sh.Refusals)
	}
	for _, d := range p.debit.batch.Debits {
		if strings.Contains(d.IBAN, "FR") {
			t.Error("an account number in clear on the screen")
		}
	}
	w.press("F9")
	if len(w.sh.Confirmed) != 2 {
		t.Error("a batch sent twice is asked about twice")
	}
}

func TestBatchThatWasNotSentIsDroppedWithAReason(t *testing.T) {
	w, p := collecting(t)
	n := p.s.debits.plan.Count
	w.press("F9")
	p.debit.drop.Press()
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("dropped without a reason")
	}
	d.First.(interface{ SetText(string) }).SetText("mauvaise date")
	d.Main.Press()
	if d.Open() || p.debit.batch != nil || p.s.debits.plan.Count != n {
		t.Errorf("open %v, %d to collect from", d.Open(), p.s.debits.plan.Count)
	}
}

func TestADayTheBankDoesNotTakeIsSaidAtOnce(t *testing.T) {
	w, p := collecting(t)
	p.debit.date.OnDate(day("2026-12-25"))
	if p.debit.off() == "" || !p.debit.main.Disabled() || !strings.Contains(p.debit.alert.Text(), "TARGET") {
		t.Errorf("25 December: %q", p.debit.alert.Text())
	}
	w.press("F9")
	if len(w.sh.Confirmed) != 0 || len(w.sh.Toasts) == 0 {
		t.Error("F9 makes a file for a holiday")
	}
	p.debit.date.OnDate(day("2026-12-16"))
	if p.debit.off() != "" {
		t.Errorf("16 December: %q", p.debit.off())
	}
	p.debit.vers.TypedKey(key(fyne.KeyRight))
	if p.ask.Version != "02" || p.s.debits.plan.Ask.Version != "02" {
		t.Errorf("version %q", p.ask.Version)
	}
}

func TestFamiliesAreLeftAsideAndToldWhy(t *testing.T) {
	w, p := collecting(t)
	n := p.s.debits.plan.Count
	p.debit.table.Select(0)
	p.debit.table.TypedKey(key(fyne.KeySpace))
	if p.s.debits.plan.Count != n-1 {
		t.Fatalf("%d of %d", p.s.debits.plan.Count, n)
	}
	p.debit.which.TypedKey(key(fyne.KeyRight))
	if !p.debit.skipped || p.debit.table.Len() == 0 || p.debit.cell(0, 2).Text == "" {
		t.Error("nobody is told why")
	}
	w.sh.Undos[len(w.sh.Undos)-1]()
	if p.s.debits.plan.Count != n {
		t.Errorf("undone: %d", p.s.debits.plan.Count)
	}
}

func TestHostileFileOfABankIsRefusedAndChangesNothing(t *testing.T) {
	w, p := collecting(t)
	for name, body := range map[string]string{
		"vide.xml": "", "texte.xml": "bonjour", "entites.xml": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		had := len(w.sh.Refusals)
		w.files.open = path
		p.readReturn()
		if len(w.sh.Refusals) != had+1 || widgets.TopDialog(w.win.Canvas()) != nil {
			t.Errorf("%s: %d refusals", name, len(w.sh.Refusals)-had)
		}
	}
	big := filepath.Join(t.TempDir(), "gros.xml")
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(largest + 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(big); err == nil {
		t.Error("a file of more than 64 MB was read")
	}
	w.files.open = ""
	p.readReturn() // given up
	if widgets.TopDialog(w.win.Canvas()) != nil {
		t.Error("a dialog although no file was chosen")
	}
}

func TestReturnIsShownBeforeItIsRead(t *testing.T) {
	w, p := collecting(t)
	r := billing.Return{Kind: "pain.002", Matched: 1, Unmatched: 1, Lines: []billing.ReturnLine{
		{EndToEnd: "A", Family: "Balland", Amount: 10_00, Reason: "AM04", Label: "provision insuffisante", Outcome: "matched", Detail: "La facture est due de nouveau."},
		{EndToEnd: "B", Amount: 5_00, Reason: "AC04", Outcome: "unmatched", Detail: "Ce prélèvement n’est pas d’ici."},
	}}
	p.showReturn(r, "retour.xml", nil)
	d := w.dialog()
	if d.Title != "retour.xml" || !strings.Contains(d.Sub, "1\u00a0rejet, 1\u00a0inconnu") || d.Main != nil {
		t.Errorf("%q %q", d.Title, d.Sub)
	}
	if got := returnCell(r.Lines[1], 0).Text; got != "B" {
		t.Errorf("what did not match shows %q", got)
	}
	d.Close()
	r.Replayed = true
	p.showReturn(r, "retour.xml", []byte("x"))
	if d = w.dialog(); d.Main != nil || !strings.Contains(d.Sub, "déjà été lu") {
		t.Errorf("%q", d.Sub)
	}
}

func TestRemindersGoOutOnce(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.issue()
	w.day("2027-01-20")
	p := w.show()
	p.goTo(november)
	p.choose(stepRemind)
	n := len(p.s.remind.Families)
	if n == 0 || p.remind.table.Len() != n {
		t.Fatalf("%d families, %d rows", n, p.remind.table.Len())
	}
	w.press("F9")
	if len(w.sh.Confirmed) != 1 || len(p.s.remind.Families) != 0 || len(w.files.viewed) != 1 || w.wrote[len(w.wrote)-1] != "letters "+plain(n) {
		t.Fatalf("asked %q, left %d, wrote %v, refused %v", w.sh.Confirmed, len(p.s.remind.Families), w.wrote, w.sh.Refusals)
	}
	w.press("F9")
	if len(w.sh.Confirmed) != 1 {
		t.Error("reminded twice the same day")
	}
	p.remind.again.Press()
	if len(w.files.viewed) != 2 {
		t.Errorf("letters again: %v", w.files.viewed)
	}
	p.remind.which.TypedKey(key(fyne.KeyRight))
	if !p.remind.unpaid || p.remind.table.Len() != len(p.remind.open) || len(p.remind.open) == 0 {
		t.Errorf("unpaid: %d rows of %d", p.remind.table.Len(), len(p.remind.open))
	}
}

func TestMandateOfAFamily(t *testing.T) {
	w, p := collecting(t)
	id := p.debit.debits()[0].FamilyID
	p.debit.open(0)
	d := w.dialog()
	if !strings.HasPrefix(d.Title, "Mandat de la famille") {
		t.Fatalf("%q", d.Title)
	}
	d.Close()
	m := mandateFile{familyID: id, family: "X"}
	list, err := w.o.Billing.Mandates(w.ctx, id)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	m.live = &list[0]
	p.mandateReason(m, "Révoquer le mandat", "Révoquer", w.o.Billing.RevokeMandate)
	d = w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("revoked without a reason")
	}
	d.First.(interface{ SetText(string) }).SetText("demande de la famille")
	d.Main.Press()
	if list, err = w.o.Billing.Mandates(w.ctx, id); err != nil || list[0].State != billing.MandateRevoked {
		t.Fatalf("%+v %v, refused %v", list[0].State, err, w.sh.Refusals)
	}
	p.mandate(id) // none is live: the form of a new one
	d = w.dialog()
	if d.Title != "Nouveau mandat" {
		t.Fatalf("%q", d.Title)
	}
	a := d.First.(*widgets.Choice)
	a.TypedKey(key(fyne.KeyRight))
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a mandate without an account")
	}
}

func TestOpenedForAFamilyFromItsCard(t *testing.T) {
	w, p := collecting(t)
	id := p.debit.debits()[0].FamilyID
	p.Open(kit.OpenFamily{ID: id, Tab: "pay"})
	if d := w.dialog(); d.Title != "Encaisser un paiement" {
		t.Errorf("%q", d.Title)
	} else {
		d.Close()
	}
	p.Open(kit.OpenFamily{ID: id, Tab: "mandate"})
	if d := w.dialog(); !strings.HasPrefix(d.Title, "Mandat") {
		t.Errorf("%q", d.Title)
	} else {
		d.Close()
	}
	p.Open(tabCash)
	if p.tabs.Value() != tabCash || p.cash.o == nil {
		t.Error("the tab Caisse by its name")
	}
	w.sh.Run.Fire(time.Second)
}

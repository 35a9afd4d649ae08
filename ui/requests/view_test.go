package requests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

var everything = []staff.Role{staff.Accueil, staff.Sante, staff.Regie}

func key(k fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: k} }

// press runs the shortcut the page declares for a hint.
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

func TestAcceptGoesOnWithTheNextAndSaysNoUndo(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.full(w.request("Manon", "Berthet", w.canteen, 4, "mail"))
	w.request("Malo", "Combe", w.evening, 3, "desk")
	p := w.show(everything...)
	if p.m.cur != w.requests["Manon"] || p.m.det == nil || p.m.det.decision != access.Accepted {
		t.Fatalf("shown at first: %d %+v", p.m.cur, p.m.det)
	}
	w.press("Ctrl+Entrée")
	if got := w.state(w.requests["Manon"]); got != access.Accepted {
		t.Fatalf("state %s, refusals %v", got, w.sh.Refusals)
	}
	if p.m.cur != w.requests["Malo"] || p.m.det.q.First != "Malo" {
		t.Errorf("goes on with %d", p.m.cur)
	}
	if len(w.sh.Dones) != 1 || w.sh.Undos[0] != nil || !strings.Contains(w.sh.Dones[0], "courriel en attente") {
		t.Errorf("told %q, undo %v", w.sh.Dones, w.sh.Undos)
	}
	w.press("Ctrl+Entrée") // Malo's insurance is missing: refused with the reason, nothing written
	if got := w.state(w.requests["Malo"]); got != access.Submitted || len(w.sh.Toasts) != 1 || !strings.Contains(w.sh.Toasts[0], "Il manque") {
		t.Errorf("state %s, told %q", got, w.sh.Toasts)
	}
	if !p.accept.Disabled() || !strings.Contains(p.accept.Reason(), "assurance") {
		t.Errorf("button %v %q", p.accept.Disabled(), p.accept.Reason())
	}
}

func TestAskMoreSendsTheWordsAndAnEditedLetter(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.request("Malo", "Combe", w.evening, 3, "desk")
	p := w.show(everything...)
	w.press("F7")
	d := w.dialog()
	words := d.First.(interface{ SetText(string) })
	if !strings.Contains(d.Sub, "ne s’annule pas") {
		t.Errorf("sub %q", d.Sub)
	}
	words.SetText("")
	d.Main.Press()
	if !d.Open() || w.state(w.requests["Malo"]) != access.Submitted {
		t.Fatal("asked for nothing at all")
	}
	words.SetText("la page 2 de l’attestation")
	w.sh.Run.Fire(time.Second)
	d.Main.Press()
	if d.Open() || w.state(w.requests["Malo"]) != access.Incomplete {
		t.Fatalf("open %v, state %s", d.Open(), w.state(w.requests["Malo"]))
	}
	box, err := letter.New(w.db).Outbox(w.ctx, 5)
	if err != nil || len(box) != 1 || !strings.Contains(box[0].Letter.Body, "la page 2 de l’attestation") {
		t.Errorf("outbox %+v %v", box, err)
	}
	if p.m.det.q.Reason != "la page 2 de l’attestation" {
		t.Errorf("detail shows %q", p.m.det.q.Reason)
	}
	w.press("F8")
	d = w.dialog()
	d.Main.Press()
	if !d.Open() || w.state(w.requests["Malo"]) != access.Incomplete {
		t.Fatal("refused without a reason")
	}
	d.First.(interface{ SetText(string) }).SetText("effectif complet")
	d.Main.Press()
	if w.state(w.requests["Malo"]) != access.Refused {
		t.Errorf("state %s", w.state(w.requests["Malo"]))
	}
}

func TestEditingTheLetterKeepsItUntilTheDecision(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.full(w.request("Manon", "Berthet", w.canteen, 4, "mail"))
	p := w.show(everything...)
	p.editLetter()
	d := w.dialog()
	d.First.(interface{ SetText(string) }).SetText("Bienvenue à la cantine !")
	d.Main.Press()
	if d.Open() || !p.m.det.edited {
		t.Fatalf("open %v edited %v", d.Open(), p.m.det.edited)
	}
	p.OnEvent(kit.Event{Topic: access.Topic})
	w.press("Ctrl+Entrée")
	box, err := letter.New(w.db).Outbox(w.ctx, 5)
	if err != nil || len(box) != 1 || strings.TrimSpace(box[0].Letter.Body) != "Bienvenue à la cantine !" {
		t.Errorf("outbox %+v %v", box, err)
	}
}

func TestSomebodyElseDecidedFirst(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.request("Manon", "Berthet", w.canteen, 4, "mail")
	w.full(id)
	p := w.show(everything...)
	if _, err := w.access.Refuse(w.ctx, id, 0, "doublon", nil); err != nil {
		t.Fatal(err)
	}
	w.press("Ctrl+Entrée")
	if len(w.sh.Refusals) != 1 || len(w.sh.Dones) != 0 || p.m.det.q.State != access.Refused {
		t.Errorf("refusals %v, done %v, shown %s", w.sh.Refusals, w.sh.Dones, p.m.det.q.State)
	}
}

func TestDocumentsOpenOnlyWhenAskedAndAreLogged(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.full(w.request("Manon", "Berthet", w.canteen, 4, "mail"))
	w.request("Malo", "Combe", w.evening, 3, "desk")
	p := w.show(everything...)
	p.list.TypedKey(key(fyne.KeyDown))
	p.list.TypedKey(key(fyne.KeyUp))
	if n := w.audits("document.read"); n != 0 {
		t.Fatalf("going through the queue logged %d readings", n)
	}
	p.checks.TypedKey(key(fyne.KeyReturn))
	if n := w.audits("document.read"); n != 1 || p.pane.pages != 2 || !p.pane.image.Visible() {
		t.Fatalf("readings %d, pages %d", n, p.pane.pages)
	}
	p.checks.TypedKey(key(fyne.KeyReturn)) // again: still open, no second reading
	test.Tap(p.pane.after)
	test.Tap(p.pane.after) // disabled on the last page
	if n := w.audits("document.read"); n != 1 || p.pane.page != 1 || len(w.drawn) != 2 {
		t.Errorf("readings %d, page %d, drawn %v", n, p.pane.page, w.drawn)
	}
	test.Tap(p.pane.larger)
	if p.pane.image.Percent() != 125 {
		t.Errorf("zoom %d", p.pane.image.Percent())
	}
	p.checks.TypedKey(key(fyne.KeyDown))
	if p.pane.doc != 0 || p.pane.content != nil || p.pane.image.Visible() {
		t.Error("the document before is still in memory")
	}
	p.OnEvent(kit.Event{Topic: "*"})
	if n := w.audits("document.read"); n != 1 {
		t.Errorf("an event opened a document: %d", n)
	}
}

func TestHealthFormIsMaskedWithoutTheRole(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.full(w.request("Manon", "Berthet", w.canteen, 4, "mail"))
	p := w.show(staff.Accueil)
	p.checks.TypedKey(key(fyne.KeyReturn))
	if p.pane.doc != 0 || len(w.drawn) != 0 || w.audits("document.read") != 0 {
		t.Fatal("a health form was opened without Santé")
	}
	if p.pane.note.Title() != "Données de santé masquées" || !p.pane.copy.Disabled() {
		t.Errorf("mask %q, copy %v", p.pane.note.Title(), p.pane.copy.Disabled())
	}
	if !p.bank.reveal.Disabled() || !strings.Contains(p.bank.reveal.Reason(), "Régie") {
		t.Error("the IBAN could be shown without Régie")
	}
	p.checks.TypedKey(key(fyne.KeyDown))
	p.checks.TypedKey(key(fyne.KeyReturn))
	if len(w.drawn) != 1 {
		t.Error("the insurance does not open for Accueil")
	}
}

func TestSpaceMarksConformAndRejectionWantsAReason(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.request("Manon", "Berthet", w.canteen, 4, "mail")
	w.full(id)
	p := w.show(everything...)
	p.pane.until.SetText("31/12/2026")
	p.checks.TypedKey(key(fyne.KeySpace))
	q, err := w.access.Get(w.ctx, id)
	if err != nil || q.Checklist[0].Document.State != "conform" || q.Checklist[0].Document.ValidTo != calendar.MustISO("2026-12-31") {
		t.Fatalf("%+v %v %v", q.Checklist[0].Document, err, w.sh.Refusals)
	}
	p.pane.until.SetText("bientôt")
	p.checks.TypedKey(key(fyne.KeySpace))
	if len(w.sh.Toasts) != 1 {
		t.Errorf("an unreadable date said %q", w.sh.Toasts)
	}
	test.Tap(p.pane.bad)
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("rejected without a reason")
	}
	d.First.(interface{ SetText(string) }).SetText("illisible")
	d.Main.Press()
	if q, err = w.access.Get(w.ctx, id); err != nil || q.Checklist[0].Document.State != "rejected" || p.m.det.decision != access.Incomplete {
		t.Errorf("%+v %v", q.Checklist[0], err)
	}
}

func TestHandingInAFileAndSavingACopy(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	id := w.request("Malo", "Combe", w.evening, 3, "desk")
	p := w.show(everything...)
	p.act(0) // the chooser is given up
	w.files.open = filepath.Join(t.TempDir(), "photo.pdf")
	if err := os.WriteFile(w.files.open, []byte("pas un PDF"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.act(0)
	if len(w.sh.Refusals) != 1 || len(w.sh.Dones) != 0 {
		t.Fatalf("refusals %v", w.sh.Refusals)
	}
	if err := os.WriteFile(w.files.open, []byte(smallPDF), 0o600); err != nil {
		t.Fatal(err)
	}
	p.act(0)
	if len(w.sh.Dones) != 1 || p.m.det.decision != access.Accepted {
		t.Fatalf("done %v, refusals %v", w.sh.Dones, w.sh.Refusals)
	}
	w.files.save = t.TempDir()
	test.Tap(p.pane.copy)
	got, err := os.ReadFile(filepath.Join(w.files.save, "photo.pdf"))
	if err != nil || string(got) != smallPDF || len(w.sh.Confirmed) != 1 || w.audits("document.read") != 1 {
		t.Errorf("copy %q %v, asked %v", got, err, w.sh.Confirmed)
	}
	if w.state(id) != access.Submitted {
		t.Error("handing in decided")
	}
}

func TestBankDetailsAreTypedMaskedAndShownToTheCashOfficeOnly(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.request("Manon", "Berthet", w.canteen, 4, "mail")
	p := w.show(everything...)
	p.typeBank()
	d := w.dialog()
	d.First.(interface{ SetText(string) }).SetText("FR76 3000 6000 0112")
	d.Main.Press()
	if !d.Open() {
		t.Fatal("half an IBAN was taken")
	}
	d.First.(interface{ SetText(string) }).SetText("FR76 3000 6000 0112 3456 7890 189")
	d.Main.Press() // the holder is missing
	if !d.Open() {
		t.Fatal("an account without holder was taken")
	}
	if err := w.access.SetBankDetails(w.ctx, p.m.det.q.ID, "FR7630006000011234567890189", "AGRIFRPP", "Camille Berthet"); err != nil {
		t.Fatal(err)
	}
	d.Close()
	p.OnEvent(kit.Event{Topic: access.Topic})
	if !p.m.det.hasBank || strings.Contains(p.bank.texts[0], "3000") {
		t.Fatalf("shown %q", p.bank.texts)
	}
	test.Tap(p.bank.reveal)
	if p.bank.texts[0] != "FR76 3000 6000 0112 3456 7890 189" || w.audits("bank.read") != 1 {
		t.Errorf("revealed %q, logged %d", p.bank.texts, w.audits("bank.read"))
	}
	test.Tap(p.bank.reveal)
	if strings.Contains(p.bank.texts[0], "3000") || w.audits("bank.read") != 1 {
		t.Errorf("hidden again %q", p.bank.texts)
	}
}

func TestNewRequestFromTheSearchOfAChild(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.child("Anna", "Perrichon")
	p := w.show(everything...)
	w.press("Ctrl+N")
	d := w.dialog()
	c := newCreation(p) // the dialog's twin: same fields, driven directly
	d.Close()
	c.show()
	c.dialog.Main.Press()
	if !c.dialog.Open() || len(w.requests) != 0 {
		t.Fatal("an empty form was taken")
	}
	c.child.SetText("perr")
	w.sh.Run.Fire(time.Second)
	if len(c.hits) != 1 || !c.key(key(fyne.KeyReturn)) || c.chosen == nil {
		t.Fatalf("hits %v, chosen %v", c.hits, c.chosen)
	}
	c.service.Set(c.service.Value())
	c.dialog.Main.Press()
	if !c.dialog.Open() {
		t.Fatal("taken without a service")
	}
	c.service.Set(c.services()[0].ID)
	c.follow()
	c.start.SetText("30/11/2026")
	c.days.Set("1", "4")
	c.dialog.Main.Press()
	if c.dialog.Open() || p.m.det == nil || p.m.det.q.Child != "Anna Perrichon" || p.m.det.q.Weekdays != "14" || p.m.det.q.StartOn != calendar.MustISO("2026-11-30") {
		t.Fatalf("open %v, form %q, detail %+v", c.dialog.Open(), c.form.Summary(), p.m.det)
	}
	again := newCreation(p)
	again.show()
	again.chosen = &Hit{ChildID: w.children["Anna Perrichon"]}
	again.service.Set(again.services()[0].ID)
	again.dialog.Main.Press()
	if !again.dialog.Open() || !strings.Contains(again.form.Summary(), "déjà une demande") {
		t.Errorf("a second request: %q", again.form.Summary())
	}
	again.dialog.Close()
	w.p = w.show(staff.Regie)
	w.press("Ctrl+N")
	if widgets.TopDialog(w.win.Canvas()) != nil || len(w.sh.Toasts) != 1 {
		t.Error("the cash office may not make requests")
	}
}

package inbox

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// open shows the mailbox of the mock-up to an agent of the desk.
func openStory(t *testing.T) (*world, *page) {
	t.Helper()
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.story()
	return w, w.show(staff.Accueil)
}

// TestTheWholeTreatmentWithTheKeyboardAlone goes from the first message to the
// last without a pointer.
func TestTheWholeTreatmentWithTheKeyboardAlone(t *testing.T) {
	w, p := openStory(t)
	if p.m.cur != 1 || len(p.m.cards) != 3 || p.m.plan == nil || p.mail.apply.Disabled() {
		t.Fatalf("opened %d with %d cards, plan %v, %q", p.m.cur, len(p.m.cards), p.m.plan, p.mail.apply.Reason())
	}
	w.key(fyne.Key1) // from the list
	if p.m.cards[0].ticked || len(p.m.plan.Decision.Choices) != 1 {
		t.Error("1 does not untick")
	}
	w.key(fyne.Key2)
	if p.m.cards[1].ticked || len(w.sh.Toasts) != 1 || !strings.Contains(w.sh.Toasts[0], "rien à faire") {
		t.Errorf("a card with nothing to do was ticked; %q", w.sh.Toasts)
	}
	w.key(fyne.KeyReturn) // to the cards
	if w.win.Canvas().Focused() != p.mail.cards {
		t.Fatal("Enter does not lead to the cards")
	}
	w.key(fyne.KeyUp)
	w.key(fyne.KeySpace)
	if !p.m.cards[0].ticked {
		t.Error("Space does not tick")
	}
	w.write("e") // edit the first card: one more day
	d := w.dialog()
	if d.Title != "Annuler une réservation" {
		t.Errorf("dialog %q", d.Title)
	}
	w.write("27/11")
	w.key(fyne.KeyReturn)
	if !d.Open() {
		t.Fatal("Enter in the day field ended the dialog")
	}
	w.ctrl(fyne.KeyReturn)
	if d.Open() || len(p.m.cards[0].Choice.Days) != 2 || !p.m.cards[0].edited {
		t.Fatalf("after the edit: %+v", p.m.cards[0].Choice)
	}
	w.key(fyne.KeyF2) // the answer
	w.dialog().First.(interface{ SetText(string) }).SetText("Bonjour, deux repas sont annulés.")
	w.ctrl(fyne.KeyReturn)
	if !p.m.byHand || p.mail.reply.body != "Bonjour, deux repas sont annulés." {
		t.Errorf("the answer %q", p.mail.reply.body)
	}
	w.ctrl(fyne.KeyReturn)
	if len(w.mail.applied) != 1 || len(w.mail.applied[0].Decision.Choices) != 2 || len(w.mail.applied[0].Decision.Choices[0].Days) != 2 ||
		strings.TrimSpace(w.mail.applied[0].Decision.Reply.Body) != "Bonjour, deux repas sont annulés." {
		t.Fatalf("applied %d, refused %v, told %q", len(w.mail.applied), w.sh.Refusals, w.sh.Toasts)
	}
	if p.m.cur != 2 || p.m.msg.ID != 2 {
		t.Fatalf("goes on with %d", p.m.cur)
	}
	w.sh.Run.Fire(armDelay)
	w.ctrl(fyne.KeyReturn) // Benali as proposed
	w.sh.Run.Fire(armDelay)
	if len(w.mail.applied) != 2 || p.m.cur != 3 {
		t.Fatalf("applied %d, at %d", len(w.mail.applied), p.m.cur)
	}
	w.ctrl(fyne.KeyO) // Vernet is not known
	w.key(fyne.KeyReturn)
	w.ctrl(fyne.KeyReturn)
	if w.mail.count("SetFamily") != 1 || p.m.msg.FamilyID != 7 {
		t.Fatalf("calls %q", w.mail.calls)
	}
	w.key(fyne.KeyF7)
	w.dialog().First.(interface{ SetText(string) }).SetText("Bonjour, le menu de jeudi est sans œuf.")
	w.ctrl(fyne.KeyReturn)
	if m := w.mail.find(3); m.State != mailbox.Answered || len(w.mail.applied) != 3 || len(w.mail.applied[2].Decision.Choices) != 0 {
		t.Fatalf("state %s, applied %d", m.State, len(w.mail.applied))
	}
	if n, err := Section(w.deps).Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d still wait", n)
	}
	if len(w.sh.Refusals) != 0 {
		t.Errorf("refused %v", w.sh.Refusals)
	}
}

func TestADoubleCtrlEnterAppliesOnce(t *testing.T) {
	w, p := openStory(t)
	w.ctrl(fyne.KeyReturn)
	w.ctrl(fyne.KeyReturn) // the same hand, once too often
	if len(w.mail.applied) != 1 || p.m.cur != 2 {
		t.Fatalf("applied %d, at %d", len(w.mail.applied), p.m.cur)
	}
	w.key(fyne.KeyDelete)
	if w.mail.count("Ignore") != 0 {
		t.Error("the next message was ignored unread")
	}
	p.wary = false // planted fault: the guard gone
	w.ctrl(fyne.KeyReturn)
	if len(w.mail.applied) != 2 {
		t.Error("this test cannot fail")
	}
}

func TestNothingIsAppliedTwiceNorWithoutItsPlan(t *testing.T) {
	w, p := openStory(t)
	plan := p.m.plan
	p.busy = true // on its way
	p.apply()
	p.commit(plan, nil, nil)
	if len(w.mail.applied) != 0 {
		t.Fatal("applied while another is on its way")
	}
	p.busy = false
	p.m.asking = true
	p.apply()
	if len(w.mail.applied) != 0 || len(w.sh.Toasts) == 0 {
		t.Error("applied before the plan was shown")
	}
	p.m.asking = false
	p.apply()
	if len(w.mail.applied) != 1 || w.mail.applied[0] != plan {
		t.Error("this test cannot fail")
	}
}

func TestNothingIsDecidedWhileTheNextMessageOpens(t *testing.T) {
	w, p := openStory(t)
	p.m.cur = 2 // chosen, not read yet: message 1 is still in sight
	w.ctrl(fyne.KeyReturn)
	w.key(fyne.KeyDelete)
	w.key(fyne.Key1)
	w.key(fyne.KeyF7)
	w.ctrl(fyne.KeyN)
	if len(w.mail.applied) != 0 || w.mail.count("Ignore") != 0 || !p.m.cards[0].ticked || widgets.TopDialog(w.win.Canvas()) != nil {
		t.Errorf("decided for a message that was left: %q", w.mail.calls)
	}
	p.m.cur = 1 // planted fault: it is the one chosen
	w.ctrl(fyne.KeyReturn)
	if len(w.mail.applied) != 1 {
		t.Error("this test cannot fail")
	}
}

func TestUndoBringsTheMessageBack(t *testing.T) {
	w, p := openStory(t)
	w.ctrl(fyne.KeyReturn)
	if len(w.sh.Undos) != 1 || w.sh.Undos[0] == nil {
		t.Fatal("no undo is offered")
	}
	w.sh.Undos[0]()
	if len(w.mail.undone) != 1 || w.mail.undone[0] == w.mail.applied[0].Decision.Key || p.m.cur != 1 || !p.m.open() || p.m.ticked() != 2 {
		t.Errorf("undone %q, at %d", w.mail.undone, p.m.cur)
	}
	w.sh.Run.Fire(armDelay)
	w.key(fyne.KeyDelete)
	if w.mail.find(1).State != mailbox.Ignored || p.m.cur != 2 {
		t.Fatalf("ignored: %s, at %d", w.mail.find(1).State, p.m.cur)
	}
	w.sh.Undos[1]()
	if w.mail.find(1).State != mailbox.Todo || p.m.cur != 1 {
		t.Error("ignoring is not undone")
	}
	p.pick(8)
	if p.mail.ignore.Label() != "Rouvrir" {
		t.Errorf("an ignored message says %q", p.mail.ignore.Label())
	}
	w.sh.Run.Fire(armDelay)
	w.key(fyne.KeyDelete)
	if w.mail.find(8).State != mailbox.Todo || !p.m.open() {
		t.Error("not reopened")
	}
}

func TestSomebodyElseCameFirst(t *testing.T) {
	w, p := openStory(t)
	w.mail.fail["Apply"] = conflict
	w.mail.find(1).State, w.mail.find(1).Version = mailbox.Applied, 2
	gets := w.mail.count("Get")
	w.ctrl(fyne.KeyReturn)
	if len(w.sh.Refusals) != 1 || len(w.sh.Dones) != 0 || w.mail.count("Get") != gets+1 || p.m.open() || p.m.cur != 1 {
		t.Errorf("refused %v, done %q, open %v", w.sh.Refusals, w.sh.Dones, p.m.open())
	}
	if !p.mail.apply.Disabled() || p.busy {
		t.Error("still offered")
	}
}

func TestARefusalKeepsTheWork(t *testing.T) {
	w, p := openStory(t)
	w.mail.fail["Apply"] = fault.New(fault.Unavailable, "La base ne répond pas.")
	p.toggleNumber(3)
	w.ctrl(fyne.KeyReturn)
	if len(w.sh.Refusals) != 1 || p.m.cur != 1 || p.m.cards[2].ticked || p.mail.apply.Disabled() {
		t.Error("the work is lost")
	}
	delete(w.mail.fail, "Apply")
	w.ctrl(fyne.KeyReturn)
	if len(w.mail.applied) != 1 {
		t.Error("cannot be tried again")
	}
}

func TestBankDetailsAskForAPersonsWord(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.hard()
	p := w.show(staff.Accueil)
	p.pick(2)
	if p.m.ticked() != 0 || w.mail.count("Plan") != 1 { // the plan of the first message
		t.Fatalf("ticked %d, calls %q", p.m.ticked(), w.mail.calls)
	}
	w.key(fyne.Key1)
	if widgets.TopDialog(w.win.Canvas()) != nil {
		t.Fatal("the digit would be typed into the dialog")
	}
	w.sh.Run.Fire(digitDelay)
	d := w.dialog()
	w.ctrl(fyne.KeyReturn)
	if !d.Open() || p.m.ticked() != 0 {
		t.Fatal("kept although nobody checked")
	}
	for range 4 { // IBAN, BIC, holder, the check
		if _, ok := w.win.Canvas().Focused().(*widgets.Check); ok {
			break
		}
		w.win.Canvas().FocusNext()
	}
	w.key(fyne.KeySpace)
	w.ctrl(fyne.KeyReturn)
	if d.Open() || p.m.ticked() != 1 || !p.m.cards[0].Choice.Confirmed || bankTicked(p.m) {
		t.Errorf("open %v, %+v", d.Open(), p.m.cards[0].Choice)
	}
}

func TestAddAnAction(t *testing.T) {
	w, p := openStory(t)
	p.pick(2)
	w.ctrl(fyne.KeyN)
	w.dialog()
	w.key(fyne.KeyRight) // « Réserver »
	w.ctrl(fyne.KeyReturn)
	if !w.dialog().Open() {
		t.Fatal("an action without a day")
	}
	w.write("demain")
	w.key(fyne.KeyReturn)
	w.ctrl(fyne.KeyReturn)
	if n := len(p.m.cards); n != 2 || p.m.cards[1].N != 2 || p.m.cards[1].Choice.Kind != reading.Book || p.m.cards[1].Choice.Days[0] != w.sh.Today().Add(1) || !p.m.cards[1].ticked {
		t.Fatalf("%+v", p.m.cards)
	}
	if len(p.m.plan.Decision.Choices) != 2 || p.mail.cards.Selected() != 1 {
		t.Errorf("plan of %d", len(p.m.plan.Decision.Choices))
	}
	p.pick(3)
	w.ctrl(fyne.KeyN)
	if widgets.TopDialog(w.win.Canvas()) != nil || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "qui a écrit") {
		t.Error("an action for nobody")
	}
}

func TestChooseAnyFamilyAndKeepTheAddress(t *testing.T) {
	w, p := openStory(t)
	p.pick(3)
	w.ctrl(fyne.KeyO)
	d := w.dialog()
	w.ctrl(fyne.KeyReturn)
	if !d.Open() || w.mail.count("SetFamily") != 0 {
		t.Fatal("no family was chosen")
	}
	w.write("vern")
	w.sh.Run.Fire(time.Second)
	w.key(fyne.KeyReturn)
	for range 6 {
		if _, ok := w.win.Canvas().Focused().(*widgets.RadioRows); ok {
			break
		}
		w.win.Canvas().FocusNext()
	}
	w.key(fyne.KeyDown)
	w.ctrl(fyne.KeyReturn)
	if got := w.mail.calls; !strings.Contains(strings.Join(got, "|"), "SetFamily 3 1 7 70") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(w.sh.Dones[0], "adresse retenue") {
		t.Errorf("%q", w.sh.Dones)
	}
}

func TestADocumentIsFiledForTheChildThatIsSaid(t *testing.T) {
	w, p := openStory(t)
	p.m.cards[2].Choice.Files[0].ChildID = 0 // « une attestation », of which child?
	p.editCard(2)
	d := w.dialog()
	w.ctrl(fyne.KeyReturn)
	if !d.Open() {
		t.Fatal("filed for nobody")
	}
	w.win.Canvas().FocusNext()
	w.write("hugo")
	w.key(fyne.KeyReturn)
	w.ctrl(fyne.KeyReturn)
	if d.Open() || p.m.cards[2].Choice.Files[0].ChildID != 12 {
		t.Errorf("open %v, %+v", d.Open(), p.m.cards[2].Choice.Files)
	}
}

package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func TestEventsReadAgainWhatChangedAndNoMore(t *testing.T) {
	w, p := openStory(t)
	count := func(topic string, ids ...int64) (lists, gets, plans int) {
		l, g, n := w.mail.count("List"), w.mail.count("Get"), w.mail.count("Plan")
		for range 5 {
			p.OnEvent(kit.Event{Topic: topic, IDs: ids})
		}
		w.sh.Run.Fire(calmDelay)
		return w.mail.count("List") - l, w.mail.count("Get") - g, w.mail.count("Plan") - n
	}
	if l, g, n := count(mailbox.Topic, 2); l != 1 || g != 0 || n != 0 {
		t.Errorf("another message: %d %d %d", l, g, n)
	}
	if l, g, n := count(mailbox.Topic, 1); l != 1 || g != 1 || n != 1 {
		t.Errorf("this message: %d %d %d", l, g, n)
	}
	if l, g, n := count("booking", 9); l != 1 || g != 0 || n != 1 {
		t.Errorf("a booking: %d %d %d", l, g, n)
	}
	if l, g, n := count("invoice"); l+g+n != 0 {
		t.Errorf("nothing to do with us: %d %d %d", l, g, n)
	}
	p.toggleNumber(1)
	if count(mailbox.Topic, 1); p.m.cards[0].ticked {
		t.Error("the same version took the agent's tick away")
	}
	w.mail.find(1).Version++
	if count(mailbox.Topic, 1); !p.m.cards[0].ticked || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "modifié ailleurs") {
		t.Errorf("another version: %q", w.sh.Toasts)
	}
}

func TestFiltersAndStates(t *testing.T) {
	w, p := openStory(t)
	p.side.search.SetText("benali")
	p.side.search.SetText("combe")
	w.sh.Run.Fire(time.Second)
	if p.side.list.Len() != 1 || p.m.cur != 4 {
		t.Errorf("%d rows, at %d", p.side.list.Len(), p.m.cur)
	}
	p.side.search.SetText("zzz")
	w.sh.Run.Fire(time.Second)
	if p.side.list.Len() != 0 || p.m.msg != nil || !p.mail.empty.Visible() {
		t.Error("no match")
	}
	if !p.Escape() || p.side.list.Len() != 8 || p.Escape() {
		t.Error("Escape")
	}
	w.mail.fail["List"] = errors.New("sql: boom")
	p.reload()
	if p.side.list.Len() != 0 {
		t.Error("rows although the list failed")
	}
	delete(w.mail.fail, "List")
	w.mail.fail["Get"] = fault.New(fault.NotFound, "Ce message n’existe plus.")
	p.reload()
	p.pick(2)
	if p.mail.full.Visible() || p.mail.empty.Title() != "Impossible d’afficher le message" {
		t.Error("a message that cannot be opened is shown")
	}
	delete(w.mail.fail, "Get")
	p.Open(int64(5))
	if p.m.msg == nil || p.m.msg.ID != 5 {
		t.Error("Open by number")
	}
	w.stand.Problem = "Le mot de passe est refusé."
	p.OnEvent(kit.Event{Topic: TopicStatus})
	if !p.banner.Visible() || p.banner.Text() != "Le mot de passe est refusé." {
		t.Error("no banner")
	}
	w.stand.Problem = ""
	p.OnEvent(kit.Event{Topic: TopicStatus})
	if p.banner.Visible() {
		t.Error("the banner stays")
	}
	w.key(fyne.KeyF5)
	if w.mail.count("Fetch") != 1 || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "2"+nbsp+"nouveaux messages") {
		t.Errorf("%q", w.sh.Toasts)
	}
}

func TestFilesOpenOnlyWhenAskedAndHealthForSanteOnly(t *testing.T) {
	w, p := openStory(t)
	if w.mail.count("Attachment") != 0 {
		t.Error("a file was opened unasked")
	}
	p.focus(p.mail.files)
	w.key(fyne.KeyReturn)
	if w.mail.count("Attachment") != 1 || len(w.drawn) != 1 {
		t.Fatalf("%q", w.mail.calls)
	}
	w.dialog().Close()
	w.key(fyne.KeyDown)
	w.key(fyne.KeyReturn)
	if w.mail.count("Attachment") != 1 || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "HEIC") {
		t.Errorf("a refused file: %q", w.sh.Toasts)
	}
	p.m.msg.Files[0].Health = true
	p.openFile(0)
	if w.mail.count("Attachment") != 1 || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "Santé") {
		t.Errorf("health: %q", w.sh.Toasts)
	}
	p.m.may.health = true
	p.openFile(0)
	if w.mail.count("Attachment") != 2 {
		t.Error("Santé cannot open it")
	}
	w.dialog().Close()
	w.files.save = t.TempDir()
	p.m.msg.Files[0].Media = "image/heic"
	p.openFile(0)
	if _, err := os.Stat(filepath.Join(w.files.save, "assurance-hugo-2026-2027.heic")); err != nil {
		t.Error(err)
	}
	p.saveOriginal()
	if _, err := os.Stat(filepath.Join(w.files.save, "message-1.eml")); err != nil {
		t.Error(err)
	}
}

func TestLettersThatLeave(t *testing.T) {
	w, p := openStory(t)
	w.ctrl(fyne.KeyE)
	if !p.m.out || p.side.list.Len() != 4 || !p.letter.box.Visible() || p.mail.box.Visible() || p.side.way.Value() != wayOut {
		t.Fatalf("%d letters", p.side.list.Len())
	}
	w.ctrl(fyne.KeyReturn)
	if w.mail.count("Retry") != 0 || len(w.sh.Toasts) != 1 {
		t.Error("a waiting letter is not sent again")
	}
	w.ctrl(fyne.KeyDown) // the doubtful one
	if p.m.post.cur != 22 || !p.letter.settle.Visible() {
		t.Fatalf("at %d", p.m.post.cur)
	}
	w.key(fyne.KeyF8)
	if w.mail.letters[1].State != sent || p.letter.settle.Visible() {
		t.Errorf("settled: %s", w.mail.letters[1].State)
	}
	w.ctrl(fyne.KeyDown)
	w.ctrl(fyne.KeyReturn)
	if w.mail.letters[2].State != waiting {
		t.Errorf("sent again: %s", w.mail.letters[2].State)
	}
	w.key(fyne.KeyDelete)
	if w.mail.letters[2].State != dropped {
		t.Errorf("given up: %s", w.mail.letters[2].State)
	}
	p.focus(p.letter.bad)
	w.key(fyne.KeyReturn)
	if w.mail.count("Lift") != 1 || len(w.sh.Confirmed) != 1 || p.letter.bad.Len() != 0 {
		t.Errorf("lifted: %q", w.mail.calls)
	}
	if len(w.mail.applied) != 0 {
		t.Error("a message was applied behind the letters")
	}
	w.ctrl(fyne.KeyE)
	if p.m.out || p.m.msg.ID != 1 {
		t.Error("the way back")
	}
	p.Open(Envois)
	if !p.m.out {
		t.Error("Open(Envois)")
	}
}

func TestCopyAndMarkedWords(t *testing.T) {
	w, p := openStory(t)
	if got := p.mail.text.Text(); got != favierText || len(p.mail.text.Marks()) != 4 {
		t.Errorf("%q", got)
	}
	p.focus(p.mail.text)
	w.win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != favierText {
		t.Errorf("copied %q", got)
	}
	p.mail.goToCard("3")
	if p.mail.cards.Selected() != 2 || w.win.Canvas().Focused() != p.mail.cards {
		t.Error("a marked word does not lead to its card")
	}
	p.mail.quoted.Press()
	if !strings.Contains(p.mail.text.Text(), "Pensez") {
		t.Error("the quoted rest")
	}
}

func TestAnAnswerAloneIsNotWordedForWhatIsTicked(t *testing.T) {
	w, _ := openStory(t)
	w.mail.fail["Plan"] = conflict
	w.key(fyne.KeyF7)
	if len(w.sh.Refusals) != 1 || widgets.TopDialog(w.win.Canvas()) != nil {
		t.Error("the editor opened on a message somebody else treated")
	}
	delete(w.mail.fail, "Plan")
	w.key(fyne.KeyF7)
	if last := w.mail.calls[len(w.mail.calls)-1]; last != "Plan 0" {
		t.Errorf("worded by %q", last)
	}
	w.mail.problem = "Cette adresse refuse nos courriels."
	w.ctrl(fyne.KeyReturn)
	if !w.dialog().Open() || len(w.mail.applied) != 0 {
		t.Error("sent although refused")
	}
}

func TestAnAgentWithoutTheDeskSeesOnly(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.story()
	p := w.show(staff.Sante)
	for _, s := range p.Shortcuts() {
		if s.Off != nil && s.Off() == "" {
			t.Errorf("%s is offered", s.Hint)
		}
	}
	w.key(fyne.Key1)
	w.ctrl(fyne.KeyReturn)
	if len(w.mail.applied) != 0 || w.mail.count("Plan") != 0 {
		t.Error("applied")
	}
}

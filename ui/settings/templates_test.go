package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (r *room) letters() *templatesTab {
	r.Helper()
	r.p.Open(tabLetters)
	return r.p.made[tabLetters].(*templatesTab)
}

func (t *templatesTab) goTo(r *room, name string) {
	r.Helper()
	for i, x := range t.list {
		if x.Name == name {
			t.rows.Select(i)
			t.choose(i)
			return
		}
	}
	r.Fatal("no template ", name)
}

func (r *room) kept(name string) letter.Template {
	r.Helper()
	list, err := r.o.Letter.Templates(r.sh.Context)
	r.must(err)
	for _, x := range list {
		if x.Name == name {
			return x
		}
	}
	r.Fatal("no template ", name)
	return letter.Template{}
}

func TestTemplateIsEditedPreviewedKeptAndUndone(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	x := r.letters()
	if !x.ready || len(x.list) < 16 || x.dirty() || x.body.Text() == "" {
		t.Fatalf("ready %v, %d templates, dirty %v", x.ready, len(x.list), x.dirty())
	}
	r.shoot("settings-letters")
	x.goTo(r, "wallet.low")
	if !strings.Contains(x.mail.body.Text(), "est descendu à 3,60\u00a0€") || !strings.Contains(x.mail.body.Text(), "La mairie d’Ambérieu") {
		t.Errorf("preview %q", x.mail.body.Text())
	}
	if x.revertB.Reason() == "" {
		t.Error("the program's own text can be put back")
	}
	x.subject.Focus()
	x.subject.SelectAll()
	chip(r, x, "{solde}").Press()
	if r.w.Canvas().Focused() != x.subject.FocusTarget() {
		t.Error("the keyboard is lost")
	}
	r.typeHere(" encore")
	if x.subject.Text() != "{solde} encore" || !x.dirty() {
		t.Errorf("typed %q", x.subject.Text())
	}
	r.sh.Run.Fire(afterTyping)
	if x.mail.subject.Text() != "3,60\u00a0€ encore" {
		t.Errorf("preview %q", x.mail.subject.Text())
	}
	r.p.Shortcuts()[0].Run()
	if k := r.kept("wallet.low"); k.Subject != "{solde} encore" || !k.Changed || x.dirty() || len(r.sh.Dones) != 1 {
		t.Fatalf("%+v, %v %v", k, r.sh.Dones, r.sh.Refusals)
	}
	r.shoot("settings-letters-modifie")
	r.sh.Undos[0]()
	if k := r.kept("wallet.low"); k.Changed || x.subject.Text() != k.Default.Subject {
		t.Errorf("undone: %+v, shown %q", k, x.subject.Text())
	}
}

func chip(r *room, x *templatesTab, text string) *widgets.Button {
	r.Helper()
	for _, o := range x.chips.Objects {
		if b := o.(*widgets.Button); b.Label() == text {
			return b
		}
	}
	r.Fatal("no field ", text)
	return nil
}

func TestTemplateErrorsAreToldWhereTyped(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	x := r.letters()
	x.goTo(r, "debit.notice")
	good := x.mail.body.Text()
	x.body.Focus()
	r.typeHere("{")
	if x.bodyF.Error() != "" {
		t.Error("told before the name can be finished")
	}
	r.sh.Run.Fire(afterTyping)
	if !strings.Contains(x.bodyF.Error(), "refermée") || x.subjF.Error() != "" || !x.mail.note.Visible() || x.mail.body.Text() != good {
		t.Errorf("body %q, subject %q, note %v", x.bodyF.Error(), x.subjF.Error(), x.mail.note.Visible())
	}
	r.shoot("settings-letters-faux")
	r.p.Shortcuts()[0].Run()
	if k := r.kept("debit.notice"); k.Version != 0 || len(r.sh.Dones) != 0 {
		t.Error("a wrong text was kept")
	}
	r.typeHere("RUM}")
	x.subject.SetText(" ")
	r.sh.Run.Fire(afterTyping)
	if x.bodyF.Error() != "" || !strings.Contains(x.subjF.Error(), "obligatoire") {
		t.Errorf("body %q, subject %q", x.bodyF.Error(), x.subjF.Error())
	}
	x.subject.SetText("a")
	x.body.SetText("b")
	r.sh.Run.Fire(afterTyping)
	if !strings.Contains(x.bodyF.Error(), "{montant}") {
		t.Errorf("what the letter must say: %q", x.bodyF.Error())
	}
}

// TestUnsavedTemplateAsks: whichever way one leaves.
func TestUnsavedTemplateAsks(t *testing.T) {
	for what, leave := range map[string]func(*room, *templatesTab){
		"another template": func(r *room, x *templatesTab) { x.rows.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) },
		"another tab":      func(r *room, _ *templatesTab) { r.p.tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) },
		"by name":          func(r *room, _ *templatesTab) { r.p.Open(tabHelp) },
		"the screen":       func(r *room, _ *templatesTab) { r.p.Leave(func() {}) },
	} {
		r := newRoom(t).made(staff.Admin)
		x := r.letters()
		leave(r, x)
		if len(r.sh.Confirmed) != 0 {
			t.Errorf("%s: asked for nothing", what)
		}
		x = r.letters()
		x.body.SetText("Autre")
		leave(r, x)
		if len(r.sh.Confirmed) != 1 || x.dirty() {
			t.Errorf("%s: asked %v, dirty %v", what, r.sh.Confirmed, x.dirty())
		}
	}
}

// refusing is a shell whose agent always says no.
type refusing struct {
	kit.Shell
	asked *int
}

func (s refusing) Confirm(string, string, string, widgets.Kind, func()) { *s.asked++ }

// TestUnsavedTemplateStays: who says no finds everything as it was.
func TestUnsavedTemplateStays(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	x := r.letters()
	asked := 0
	no := refusing{r.sh, &asked}
	x.sh = no
	x.body.SetText("Autre")
	x.rows.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	r.p.Open(tabHelp)
	if asked != 2 || x.rows.Selected() != 0 || x.at != 0 || r.p.tabs.Value() != tabLetters || x.body.Text() != "Autre" {
		t.Errorf("asked %d, row %d, tab %s, %q", asked, x.rows.Selected(), r.p.tabs.Value(), x.body.Text())
	}
}

func TestTemplateChangedByAnother(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	x := r.letters()
	x.goTo(r, "wallet.low")
	x.body.SetText("À moi")
	_, err := r.o.Letter.SaveTemplate(r.sh.Context, "wallet.low", "s", "À l’autre", 0)
	r.must(err)
	x.load() // the event
	if x.body.Text() != "À moi" || x.stale.Visible() {
		t.Fatalf("what is typed is lost: %q", x.body.Text())
	}
	x.save()
	if !x.stale.Visible() || x.body.Text() != "À moi" || r.kept("wallet.low").Body != "À l’autre" {
		t.Fatalf("overwritten, or not told: %v %q", x.stale.Visible(), x.body.Text())
	}
	r.shoot("settings-letters-conflit")
	x.reread()
	if x.body.Text() != "À l’autre" || x.stale.Visible() || x.dirty() {
		t.Errorf("read again: %q", x.body.Text())
	}
	x.body.SetText("Ensemble")
	x.save()
	if r.kept("wallet.low").Body != "Ensemble" {
		t.Error("not kept after reading again")
	}
	x.askRestore()
	if k := r.kept("wallet.low"); k.Changed || x.body.Text() != k.Default.Body {
		t.Errorf("%+v", k)
	}
	x.body.SetText("pas gardé")
	x.askRestore()
	if x.body.Text() != x.current().Default.Body || x.dirty() {
		t.Error("what was only typed stays")
	}
}

func TestTemplatesAreTheAdministrations(t *testing.T) {
	r := newRoom(t).made(staff.Accueil)
	for _, it := range tabsFor(r.sh.User()) {
		if it.ID == tabLetters {
			t.Error("the tab is shown to who may not change anything there")
		}
	}
	if _, err := r.o.Letter.SaveTemplate(r.sh.Context, "wallet.low", "a", "b", 0); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
}

func TestTemplatesAtEverySize(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	for name, th := range map[string]fyne.Theme{"150": theme.New(theme.Light, 150), "sombre": theme.New(theme.Dark, 100)} {
		r.app.Settings().SetTheme(th)
		r.show()
		x := r.letters()
		x.goTo(r, "debit.notice")
		r.shoot("settings-letters-" + name)
		if e := x.saveB.Position().X + x.saveB.Size().Width; e > x.saveB.MinSize().Width && e > x.column.Size().Width+1 {
			t.Errorf("%s: the button is cut at %v of %v", name, e, x.column.Size().Width)
		}
		if bottom, fields := x.bodyF.Position().Y+x.bodyF.Size().Height, x.column.Objects[4].Position().Y; bottom > fields {
			t.Errorf("%s: the text lies over the fields", name)
		}
		for _, o := range x.chips.Objects {
			if end := o.Position().X + o.Size().Width; end > x.chips.Size().Width+0.5 {
				t.Errorf("%s: a field is cut at %v of %v", name, end, x.chips.Size().Width)
			}
		}
	}
}

func TestEveryFieldIsReachedByTheKeyboard(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	x := r.letters()
	x.focus()
	for _, f := range []*widgets.TextField{x.subject, x.body} {
		if r.tabKey(); r.w.Canvas().Focused() != f.FocusTarget() {
			t.Fatalf("Tab goes to %T", r.w.Canvas().Focused())
		}
	}
	seen := map[string]bool{}
	for range len(x.chips.Objects) {
		r.tabKey()
		if b, ok := r.w.Canvas().Focused().(*widgets.Button); ok {
			seen[b.Label()] = true
		}
	}
	for _, in := range x.current().Inserts() {
		if !seen[in.Text] {
			t.Errorf("%s cannot be reached", in.Text)
		}
	}
	before := x.body.Text()
	r.w.Canvas().Focus(chip(r, x, "{service}"))
	test.Type(r.w.Canvas().Focused(), " ")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(x.body.Text()) == len(before) {
		t.Error("Space inserts nothing")
	}
}

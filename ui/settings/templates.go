package settings

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// templatesTab is where the town writes its letters: the list, one template being
// edited, and what a family will read.
type templatesTab struct {
	sh    kit.Shell
	d     Deps
	list  []letter.Template
	at    int
	ready bool
	busy  bool
	quiet bool // the fields are being filled by us
	pause func()

	rows    *widgets.List
	panel   *widgets.Panel
	state   *widgets.Alert // why the town's text is not used, or was not kept
	stale   *widgets.Alert // somebody else changed it
	column  *fyne.Container
	subject *widgets.TextField
	body    *widgets.TextField
	into    *widgets.TextField // where a field is put: the last that had the keyboard
	subjF   *widgets.Field
	bodyF   *widgets.Field
	chips   *fyne.Container
	saveB   *widgets.Button
	revertB *widgets.Button
	mail    *mailSheet
	root    fyne.CanvasObject
}

// afterTyping is the rest that lets a name in braces be finished before it is
// judged.
const afterTyping = 350 * time.Millisecond

func newTemplates(sh kit.Shell, d Deps) *templatesTab {
	t := &templatesTab{sh: sh, d: d}
	t.rows = widgets.NewList(56, t.drawRow)
	t.rows.OnSelect = t.choose
	t.rows.Jump = func(row int) string { return t.list[row].Title }
	t.subject, t.body = t.area(widgets.NewTextField()), t.area(widgets.NewTextArea(6))
	t.into = t.body
	t.subjF, t.bodyF = widgets.NewField("Objet", "", t.subject), widgets.NewField("Texte", "", t.body)
	t.chips = container.New(&flow{gap: 6})
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.revertB = widgets.NewButton("Modèle d’origine…", widgets.Secondary, t.askRestore).Icon("undo")
	t.state = widgets.NewAlert(widgets.Warning, "", "")
	t.state.Hide()
	t.stale = widgets.NewAlert(widgets.Failure, "", "").Action("Relire", t.reread)
	t.stale.Hide()
	t.mail = newMailSheet()
	fields := widgets.VBox(6, widgets.NewLabel("Champs à insérer", widgets.SmallBold), t.chips,
		widgets.NewParagraph("Une ligne dont tous les champs sont vides disparaît du courriel.", widgets.Small))
	t.column = widgets.VFlex(12, []float32{0, 0, 0, 1, 0}, t.state, t.stale, t.subjF, t.bodyF, fields)
	t.panel = widgets.NewPanel("Modèle", scrolled(t.column)).Line()
	bar := widgets.NewPanel("", container.New(&ends{gap: 8}, t.revertB, t.saveB)).Pad(16, 10) // after the fields for the keyboard, too
	t.root = widgets.HFlex(16, []float32{-288, 6, 5},
		widgets.NewPanel("Modèles", t.rows).Icon("mail").Line().Flush(), widgets.VFlex(12, []float32{1, 0}, t.panel, bar),
		widgets.NewPanel("Aperçu", t.mail.root).Icon("eye").Sub("valeurs d’exemple").Line())
	return t
}

func (t *templatesTab) area(f *widgets.TextField) *widgets.TextField {
	f.OnChanged = func(string) {
		if t.quiet {
			return
		}
		t.showButtons()
		if t.pause != nil {
			t.pause()
		}
		t.pause = t.sh.Runner().After(afterTyping, t.judge)
	}
	f.OnFocus = func(on bool) {
		if on {
			t.into = f
		}
	}
	return f
}

func (t *templatesTab) content() fyne.CanvasObject { return t.root }
func (t *templatesTab) focus()                     { focusOn(t.sh, t.rows) }

func (t *templatesTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer le modèle de courriel", Run: t.save}}
}

func (t *templatesTab) drawRow(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	x := t.list[row]
	room := b.W
	if x.Changed {
		mark := widgets.BadgeSpec{Text: "modifié", Tone: widgets.Info}
		if x.Problem != "" {
			mark = widgets.BadgeSpec{Icon: "triangle-alert", Text: "à revoir", Tone: widgets.Warning}
		}
		w := widgets.BadgeWidth(mark)
		g.Badge(b.X+b.W-w, b.Y+theme.Px(7), w, mark)
		room -= w + 8
	}
	g.Text(b.X, b.Y+theme.Px(8), room, theme.Px(20), x.Title, widgets.BodyBold)
	g.Text(b.X, b.Y+theme.Px(28), b.W, theme.Px(18), x.When, widgets.Small)
}

func (t *templatesTab) current() letter.Template { return t.list[t.at] }

// dirty reports whether what is typed differs from what is kept.
func (t *templatesTab) dirty() bool {
	if !t.ready {
		return false
	}
	c := t.current()
	return strings.TrimSpace(t.subject.Text()) != c.Subject || strings.TrimSpace(t.body.Text()) != c.Body
}

// load reads the templates; what is being typed stays.
func (t *templatesTab) load() {
	if t.d.Letter == nil {
		t.rows.Empty(widgets.NewEmptyState("mail", "Aucun modèle", "Les courriels ne sont pas disponibles.", nil))
		return
	}
	if !t.ready {
		t.rows.Loading("")
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), t.d.Letter.Templates, func(list []letter.Template, err error) {
		switch {
		case err != nil && !t.ready:
			t.rows.Failed(fault.Sentence(err), t.load)
		case err != nil:
			t.sh.Refused(err)
		default:
			t.take(list)
		}
	})
}

// take shows a list that was read. While something is being typed the template
// under it stays as it was: saving then tells of somebody else's change.
func (t *templatesTab) take(list []letter.Template) {
	if t.dirty() {
		list[t.at] = t.current()
	}
	keep := t.dirty()
	t.list, t.ready = list, true
	t.rows.SetCount(len(list))
	t.rows.Select(t.at)
	if !keep {
		t.show(t.at)
	}
}

// choose goes to another template, after asking where something would be lost.
func (t *templatesTab) choose(row int) {
	if row == t.at {
		return
	}
	if !t.dirty() {
		t.show(row)
		return
	}
	t.rows.Select(t.at)
	t.leave(func() {
		t.rows.Select(row)
		t.show(row)
	})
}

// leave asks before what was typed is given up.
func (t *templatesTab) leave(then func()) {
	if !t.dirty() {
		then()
		return
	}
	t.sh.Confirm("Abandonner les changements"+nbsp+"?", fault.French("Le modèle « "+t.current().Title+" » a été changé et n’est pas enregistré."), "Abandonner", widgets.Danger, func() {
		t.show(t.at)
		then()
	})
}

// show fills the editor with a template as it is kept.
func (t *templatesTab) show(row int) {
	t.at = row
	c := t.current()
	t.fill(c.Subject, c.Body)
	sub := c.When
	if c.Changed {
		sub += " Modifié le " + calendar.DateOf(c.ChangedAt).Short() + "."
	}
	t.panel.SetTitle(c.Title)
	t.state.Hide()
	t.stale.Hide()
	if c.Problem != "" {
		t.state.Set(widgets.Warning, c.Problem, "")
		t.state.Show()
	}
	t.chips.Objects = nil
	for _, in := range c.Inserts() {
		t.chips.Add(widgets.NewButton(in.Text, widgets.Secondary, func() { t.insert(in.Text) }).Slim().Hint(in.Label + fault.French(" : ") + flat(in.Example)))
	}
	t.chips.Refresh()
	t.mail.when(sub)
	t.into = t.body
	t.judge()
	t.column.Refresh() // other fields, other heights
	t.rows.Refresh()
}

// flat cuts an example of several lines to its first.
func flat(s string) string {
	first, _, more := strings.Cut(s, "\n")
	if more {
		first += "…"
	}
	return first
}

// fill puts texts into the fields without calling it typing.
func (t *templatesTab) fill(subject, body string) {
	t.quiet = true
	t.subject.SetText(subject)
	t.body.SetText(body)
	t.quiet = false
}

// insert puts a field where the caret is, and gives the keyboard back.
func (t *templatesTab) insert(text string) {
	t.into.Insert(text)
	t.into.Focus()
}

// judge says what is wrong where it is typed, and shows what a family would read.
func (t *templatesTab) judge() {
	if !t.ready {
		return
	}
	c := t.current()
	subject, body := t.subject.Text(), t.body.Text()
	wrong := tell(t.subjF, c.CheckSubject(subject))
	wrong = tell(t.bodyF, c.CheckBody(subject, body)) || wrong
	if l, err := c.Preview(subject, body); err == nil {
		t.mail.show(l)
	}
	t.mail.stale(wrong)
	t.showButtons()
}

func tell(f *widgets.Field, err error) bool {
	sentence := ""
	if err != nil {
		sentence = fault.Sentence(err)
	}
	f.SetError(sentence)
	f.Input().SetError(err != nil)
	return err != nil
}

func (t *templatesTab) showButtons() {
	c := t.current()
	own := c.Changed || strings.TrimSpace(t.subject.Text()) != c.Default.Subject || strings.TrimSpace(t.body.Text()) != c.Default.Body
	t.revertB.SetEnabled(own, "Ce modèle est celui d’origine.")
	title := c.Title
	if t.dirty() {
		title += ", pas encore enregistré"
	}
	t.panel.SetTitle(title)
}

func (t *templatesTab) save() {
	if t.busy || !t.ready {
		return
	}
	c := t.current()
	subject, body := t.subject.Text(), t.body.Text()
	switch {
	case tell(t.subjF, c.CheckSubject(subject)):
		t.subject.Focus()
	case tell(t.bodyF, c.CheckBody(subject, body)):
		t.body.Focus()
	case !t.dirty():
		t.sh.Toast("Rien n’a changé.")
	default:
		t.keep(subject, body, c)
	}
}

// keep writes a text and offers the one before back.
func (t *templatesTab) keep(subject, body string, was letter.Template) {
	t.write(was, func(ctx context.Context) (letter.Template, error) {
		return t.d.Letter.SaveTemplate(ctx, was.Name, subject, body, was.Version)
	}, "Modèle « "+was.Title+" » enregistré", true)
}

func (t *templatesTab) write(was letter.Template, work func(context.Context) (letter.Template, error), done string, undo bool) {
	t.busy = true
	kit.Load(t.sh.Runner(), t.sh.Ctx(), work, func(now letter.Template, err error) {
		t.busy = false
		if err != nil {
			t.refused(err)
			return
		}
		for i := range t.list {
			if t.list[i].Name == now.Name {
				t.list[i] = now
				if i == t.at {
					t.show(i)
				}
			}
		}
		t.rows.SetCount(len(t.list))
		var back func()
		if undo {
			back = func() { t.leave(func() { t.putBack(was, now.Version) }) }
		}
		t.sh.Done(fault.French(done), back)
	})
}

// putBack undoes a change: the words of before it, the program's or the town's.
func (t *templatesTab) putBack(was letter.Template, version int64) {
	t.write(was, func(ctx context.Context) (letter.Template, error) {
		if !was.Changed {
			return t.d.Letter.RestoreTemplate(ctx, was.Name, version)
		}
		return t.d.Letter.SaveTemplate(ctx, was.Name, was.Subject, was.Body, version)
	}, "Modèle « "+was.Title+" » remis comme avant", false)
}

// refused keeps what was typed; a change of somebody else's offers to read it.
func (t *templatesTab) refused(err error) {
	says := t.state
	if fault.KindOf(err) == fault.Conflict {
		says = t.stale
	}
	says.Set(widgets.Failure, fault.Sentence(err), "")
	says.Show()
	t.column.Refresh()
}

// reread gives up what is typed for what is kept now.
func (t *templatesTab) reread() {
	t.leave(func() {
		t.stale.Hide()
		t.column.Refresh()
		t.load()
	})
}

func (t *templatesTab) askRestore() {
	if t.busy || !t.ready {
		return
	}
	c := t.current()
	t.sh.Confirm("Revenir au modèle d’origine"+nbsp+"?", fault.French("Le texte de « "+c.Title+" » redevient celui du programme. Les courriels déjà préparés ne changent pas."), "Revenir à l’origine", widgets.Danger, func() {
		if !c.Changed { // nothing is kept: only what is typed goes
			t.show(t.at)
			return
		}
		t.write(c, func(ctx context.Context) (letter.Template, error) {
			return t.d.Letter.RestoreTemplate(ctx, c.Name, c.Version)
		}, "Modèle « "+c.Title+" » remis au texte d’origine", true)
	})
}

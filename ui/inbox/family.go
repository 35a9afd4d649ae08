package inbox

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// chooser is the dialog that says who wrote: the families that may have first,
// then any other by its name; the address may be kept under a guardian.
type chooser struct {
	p       *page
	dialog  *widgets.Dialog
	form    *widgets.Form
	search  *widgets.TextField
	list    *widgets.List
	keep    *widgets.RadioRows
	keepBox *widgets.Field
	hits    []hit
	chosen  *hit
	asking  kit.Latest
	who     kit.Latest
	stop    func()
	busy    bool
}

// hit is a family one may choose.
type hit struct {
	id           int64
	name, detail string
}

// keepNone is the choice not to keep the address.
const keepNone = "0"

// chooseFamily is Ctrl+O.
func (p *page) chooseFamily() {
	if off := p.m.familyOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	newChooser(p).show()
}

func newChooser(p *page) *chooser {
	c := &chooser{p: p}
	c.search = widgets.NewTextField().Icon("search").PlaceHolder("Nom de la famille ou d’un enfant")
	c.search.OnChanged = c.typed
	c.search.OnKey = c.key
	c.list = widgets.NewList(44, c.drawHit)
	c.list.OnTapRow(c.take)
	c.list.OnOpen = c.take
	c.keep = widgets.NewRadioRows(nil, widgets.Option{ID: keepNone, Label: "Pour ce message seulement"})
	c.keepBox = widgets.NewField("Retenir cette adresse", "Les prochains messages seront reconnus d’eux-mêmes.", c.keep)
	c.keepBox.Hide()
	c.form = widgets.NewForm()
	c.form.Add(widgets.NewField("Famille", "Flèches pour choisir, Entrée pour prendre.", c.search), func() error {
		if c.chosen == nil {
			return fault.New(fault.Invalid, "Choisissez une famille dans la liste.")
		}
		return nil
	})
	c.form.Line(newTall(c.list, func() float32 { return 4*theme.Px(44) + 8 }))
	c.form.Line(c.keepBox)
	msg := p.m.msg
	c.dialog = widgets.NewDialog("Qui a écrit ?", fault.French(msg.From.Mail), c.form.Content(), "C’est cette famille", widgets.Primary, c.submit)
	c.dialog.Title = fault.French(c.dialog.Title)
	c.dialog.First = c.search.FocusTarget()
	c.candidates()
	return c
}

func (c *chooser) show() { c.p.sh.Show(c.dialog) }

// candidates are the families the message itself points at.
func (c *chooser) candidates() {
	c.hits = nil
	for _, k := range c.p.m.msg.Candidates {
		c.hits = append(c.hits, hit{k.ID, k.Name, k.Why})
	}
	c.showHits()
}

func (c *chooser) showHits() {
	switch {
	case len(c.hits) > 0:
		c.list.SetCount(len(c.hits))
		c.list.Select(0)
	case len([]rune(strings.TrimSpace(c.search.Text()))) >= 2:
		c.list.Empty(widgets.NewEmptyState("family", "Aucune famille de ce nom", "Créez d’abord son dossier dans Familles.", nil))
	default:
		c.list.Empty(widgets.NewEmptyState("family", "", "Tapez au moins deux lettres.", nil))
	}
}

func (c *chooser) typed(text string) {
	if c.chosen != nil && text == c.chosen.name {
		return
	}
	c.chosen = nil
	c.keepBox.Hide()
	if c.stop != nil {
		c.stop()
	}
	if len([]rune(strings.TrimSpace(text))) < 2 {
		c.candidates()
		return
	}
	c.stop = c.p.sh.Runner().After(120*time.Millisecond, func() { c.find(text) })
}

func (c *chooser) find(text string) {
	d := c.p.m.d
	var found []Family
	c.asking.Go(c.p.sh.Runner(), c.p.sh.Ctx(), func(ctx context.Context) (err error) {
		found, err = d.search(ctx, text)
		return err
	}, func(err error) {
		if err != nil {
			c.list.Failed(fault.Sentence(err), func() { c.find(text) })
			return
		}
		c.hits = nil
		for _, f := range found {
			c.hits = append(c.hits, hit{f.ID, f.Name, f.Children})
		}
		c.showHits()
	})
}

// key lets the arrows and Enter of the search field drive the list.
func (c *chooser) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		c.list.TypedKey(ev)
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.chosen == nil && len(c.hits) > 0 {
			c.take(c.list.Selected())
			return true
		}
	}
	return false
}

// take chooses a family and offers its guardians for the address.
func (c *chooser) take(row int) {
	if row < 0 || row >= len(c.hits) {
		return
	}
	h := c.hits[row]
	c.chosen = &h
	c.search.SetText(h.name)
	d := c.p.m.d
	var people []Person
	c.who.Go(c.p.sh.Runner(), c.p.sh.Ctx(), func(ctx context.Context) (err error) {
		people, err = d.people(ctx, h.id)
		return err
	}, func(err error) {
		if err != nil {
			c.form.Refuse(err)
			return
		}
		options := []widgets.Option{{ID: keepNone, Label: "Pour ce message seulement"}}
		for _, g := range people {
			detail := "sans adresse"
			if g.Email != "" {
				detail = "remplace " + g.Email
			}
			options = append(options, widgets.Option{ID: strconv.FormatInt(g.ID, 10), Label: "Adresse de " + g.Name, Detail: detail})
		}
		c.keep.SetOptions(options...)
		c.keep.Set(keepNone)
		show(c.keepBox, len(people) > 0 && c.p.m.msg != nil && c.p.m.msg.From.Mail != "")
		c.form.Content().Refresh()
		c.dialog.Reflow()
	})
}

func (c *chooser) drawHit(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	if row >= len(c.hits) {
		return
	}
	h := c.hits[row]
	line := theme.Px(18)
	y := b.Y + (b.H-2*line)/2
	g.Text(b.X, y, b.W, line, "Famille "+h.name, widgets.BodyBold)
	g.Text(b.X, y+line, b.W, line, h.detail, widgets.Small)
	if c.chosen != nil && c.chosen.id == h.id {
		ic := theme.Px(16)
		g.Icon(b.X+b.W-ic, b.Y+(b.H-ic)/2, ic, "check", theme.Accent)
	}
}

func (c *chooser) submit() {
	if c.busy || !c.form.Validate() {
		return
	}
	msg, mail, family := c.p.m.msg, c.p.m.d.Mail, c.chosen.id
	if msg == nil {
		c.dialog.Close()
		return
	}
	var guardian int64
	if n := ids([]string{c.keep.Value()}); len(n) > 0 {
		guardian = n[0]
	}
	c.busy = true
	c.p.sh.Runner().Go(c.p.sh.Ctx(), func(ctx context.Context) error {
		return mail.SetFamily(ctx, msg.ID, msg.Version, family, guardian)
	}, func(err error) {
		c.busy = false
		if err != nil {
			c.p.notDone(err, msg.ID, c.dialog, c.form)
			return
		}
		c.dialog.Close()
		text := "Message rattaché à la famille " + c.chosen.name
		if guardian != 0 {
			text += ", adresse retenue"
		}
		c.p.sh.Done(text, nil)
		c.p.m.touched = false
		c.p.reload()
		c.p.read(msg.ID, true)
	})
}

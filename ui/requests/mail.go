package requests

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// mailBox shows the e-mail a decision will send, before it is taken.
type mailBox struct {
	p      *page
	title  *widgets.Label
	edit   *widgets.Button
	body   *widgets.Label
	scroll *container.Scroll
	card   *widgets.Painting
	box    *fyne.Container
}

func newMailBox(p *page) *mailBox {
	b := &mailBox{p: p}
	b.title = widgets.NewLabel("", widgets.SmallBold)
	b.edit = widgets.NewButton("Modifier", widgets.Flat, p.editLetter).Compact()
	b.body = widgets.NewParagraph("", widgets.Body)
	b.scroll = container.NewVScroll(container.New(inset{8}, b.body))
	b.card = widgets.NewPainting(160, 150, b.draw)
	head := widgets.HFlex(8, []float32{1, 0}, b.title, b.edit)
	b.box = widgets.VFlex(0, []float32{1, -12}, widgets.Pad(16, 0, widgets.VFlex(0, []float32{0, 1}, head, b.card)), widgets.Spacer())
	return b
}

// title of the letter for each decision.
var letterTitles = map[access.State]string{
	access.Accepted:   "Courriel qui sera envoyé à l’acceptation",
	access.Incomplete: "Courriel qui demandera le complément",
	access.Refused:    "Courriel qui annoncera le refus",
}

func (b *mailBox) show() {
	det := b.p.m.det
	on := det != nil && det.decision != "" && b.p.m.may.desk
	show(b.box.Objects[0], on)
	if !on {
		return
	}
	title := letterTitles[det.decision]
	if det.edited {
		title += " (modifié)"
	}
	b.title.Set(title)
	b.body.Set(det.letter.Body)
	b.card.Refresh()
	b.scroll.ScrollToTop()
}

func (b *mailBox) draw(g *widgets.Gfx, size fyne.Size) {
	det := b.p.m.det
	if det == nil {
		return
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 4})
	line := theme.Px(20)
	label := widgets.TextWidth("Objet", widgets.Small) + 18
	to, st := det.letter.To, widgets.Body
	if strings.TrimSpace(to) == "" {
		to, st = "aucune adresse : prévenez la famille par téléphone", widgets.BodyBold.With(theme.Alerte)
		to = fault.French(to)
	}
	y := theme.Px(8)
	g.Text(12, y, label, line, "À", widgets.Small)
	g.Text(12+label, y, size.Width-24-label, line, to, st)
	y += line
	g.Text(12, y, label, line, "Objet", widgets.Small)
	g.Text(12+label, y, size.Width-24-label, line, det.letter.Subject, widgets.BodyBold)
	y += line + theme.Px(8)
	g.HLine(1, y, size.Width-2, theme.Ardoise200)
	y += theme.Px(8)
	w := size.Width - 24
	b.body.Resize(fyne.NewSize(w-8, b.body.Size().Height))
	g.Child(b.scroll, 12, y, w, max(0, size.Height-y-8))
	b.scroll.Refresh()
}

// editLetter lets the agent rewrite the proposed e-mail; nothing leaves yet.
func (p *page) editLetter() {
	det := p.m.det
	if det == nil || det.decision == "" {
		return
	}
	f, fields := letterForm(det.letter)
	var d *widgets.Dialog
	d = widgets.NewDialog(letterTitles[det.decision], "Le courriel part après la décision, pas avant.", f.Content(), "Garder ce texte", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		if p.m.det != nil && p.m.det.q.ID == det.q.ID && p.m.det.decision == det.decision {
			if l := fields.letter(); l != det.letter {
				p.m.det.letter, p.m.det.edited = l, true
			}
			p.mail.show()
		}
		d.Close()
	})
	d.Width, d.First = 640, fields.body.FocusTarget()
	p.sh.Show(d)
}

type letterFields struct{ to, subject, body *widgets.TextField }

func (l letterFields) letter() letter.Letter {
	return letter.Letter{To: strings.TrimSpace(l.to.Text()), Subject: strings.TrimSpace(l.subject.Text()), Body: strings.TrimSpace(l.body.Text()) + "\n"}
}

func (l letterFields) set(v letter.Letter) {
	l.to.SetText(v.To)
	l.subject.SetText(v.Subject)
	l.body.SetText(strings.TrimSpace(v.Body))
}

func letterForm(l letter.Letter) (*widgets.Form, letterFields) {
	fields := letterFields{widgets.NewTextField().Icon("mail"), widgets.NewTextField(), widgets.NewTextArea(10)}
	fields.set(l)
	f := widgets.NewForm()
	addLetter(f, fields)
	return f, fields
}

func addLetter(f *widgets.Form, fields letterFields) {
	f.Add(widgets.NewField("À", "", fields.to), func() error {
		if to := strings.TrimSpace(fields.to.Text()); to != "" && (!strings.Contains(to, "@") || strings.ContainsAny(to, " ,;")) {
			return fault.New(fault.Invalid, "Écrivez une seule adresse, par exemple prenom.nom@exemple.fr.")
		}
		return nil
	})
	f.Add(widgets.NewField("Objet", "", fields.subject), func() error {
		if strings.TrimSpace(fields.subject.Text()) == "" {
			return fault.New(fault.Invalid, "L’objet est obligatoire.")
		}
		return nil
	})
	f.Add(widgets.NewField("Texte", "", fields.body), func() error {
		if strings.TrimSpace(fields.body.Text()) == "" {
			return fault.New(fault.Invalid, "Le texte est vide.")
		}
		return nil
	})
}

// inset keeps room at the right for the scroll bar.
type inset struct{ right float32 }

func (i inset) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().AddWidthHeight(i.right, 0)
}

func (i inset) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Resize(size.SubtractWidthHeight(i.right, 0))
}

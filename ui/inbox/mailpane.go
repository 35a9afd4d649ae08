package inbox

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// mailPane is one message: what it says at the left, what is proposed at the
// right, what can be decided at the foot.
type mailPane struct {
	p   *page
	box *fyne.Container // everything, or the sentence in its place

	head     *widgets.Painting
	choose   *widgets.Button // the family
	other    *widgets.Button // another family
	folder   *widgets.Button
	alerts   *fyne.Container
	text     *widgets.MarkedText
	quoted   *widgets.Button
	copy     *widgets.Button
	original *widgets.Button
	files    *widgets.CardList
	filesBox *fyne.Container
	reply    *replyBox
	rest     *fyne.Container
	body     *container.Scroll

	tally   *widgets.Painting
	cards   *widgets.CardList
	nothing *widgets.EmptyState
	add     *widgets.Button
	after   *afterBox
	right   *fyne.Container

	apply  *widgets.Button
	answer *widgets.Button
	ignore *widgets.Button

	full  *fyne.Container
	empty *widgets.EmptyState
}

func newMailPane(p *page) *mailPane {
	v := &mailPane{p: p}
	v.buildMiddle()
	v.buildRight()
	v.buildActions()
	hint := widgets.NewPainting(0, 40, v.drawNext)
	bar := widgets.Pad(16, 12, container.New(squeezed{8}, v.apply, v.answer, v.ignore, hint))
	columns := widgets.HFlex(0, []float32{464, 0, 367}, v.middle(), widgets.NewVDivider(), v.right)
	v.full = widgets.VFlex(0, []float32{1, 0, 0}, columns, widgets.NewDivider(), bar)
	v.full.Hide()
	v.empty = widgets.NewEmptyState("mail", "", "", nil)
	v.box = stack(v.full, v.empty)
	v.show()
	return v
}

func (v *mailPane) buildMiddle() {
	p := v.p
	v.head = widgets.NewPainting(240, 88, v.drawHead)
	v.choose = widgets.NewButton("Choisir la famille…", widgets.Flat, p.chooseFamily).Slim().Hint("Dire qui a écrit (Ctrl+O)")
	v.other = widgets.NewIconButton("edit", "Ce n’est pas cette famille (Ctrl+O)", p.chooseFamily).Slim()
	v.other.SetKind(widgets.Flat)
	v.folder = widgets.NewIconButton("family", "Ouvrir le dossier de la famille", func() {
		if p.m.msg != nil && p.m.msg.FamilyID != 0 {
			p.sh.Navigate("families", kit.OpenFamily{ID: p.m.msg.FamilyID})
		}
	})
	v.folder.Slim().SetKind(widgets.Flat)
	v.alerts = widgets.VBox(8)
	v.text = widgets.NewMarkedText()
	v.text.OnMark = func(label string) { v.goToCard(label) }
	v.text.OnCopied = func(n int) { p.sh.Toast(count(n, "caractère copié", "caractères copiés")) }
	v.quoted = widgets.NewButton("Tout afficher", widgets.Flat, func() {
		p.m.whole = !p.m.whole
		v.showText()
	}).Compact()
	v.copy = widgets.NewButton("Copier le texte", widgets.Flat, func() { v.text.Copy() }).Compact()
	v.original = widgets.NewButton("Enregistrer l’original…", widgets.Flat, p.saveOriginal).Compact().Hint("Le message tel qu’il est arrivé, en clair (.eml)")
	v.files = widgets.NewCardList(8, func(int, float32) float32 { return theme.Px(56) }, v.drawFile)
	v.files.OnOpen = p.openFile
	v.reply = newReplyBox(p)
	v.filesBox = widgets.VBox(4, widgets.Pad(4, 0, widgets.NewLabel("Pièces jointes", widgets.SmallBold)), newTall(v.files, v.filesHeight))
}

// filesHeight is that of the attachments: three at most, the others scroll.
func (v *mailPane) filesHeight() float32 {
	n := min(max(v.files.Len(), 1), 3)
	h := float32(n)*theme.Px(56) + float32(n-1)*8 + 8
	if v.files.Len() > 3 {
		h += theme.Px(28) // half a card more: there is something to scroll to
	}
	return h
}

func (v *mailPane) middle() fyne.CanvasObject {
	tools := container.New(squeezed{0}, v.quoted, v.copy, v.original, widgets.NewPainting(0, 32, func(*widgets.Gfx, fyne.Size) {}))
	v.rest = widgets.VBox(8, tools, v.filesBox, widgets.Pad(4, 0, v.reply.box), widgets.NewPainting(0, 4, func(*widgets.Gfx, fyne.Size) {}))
	v.body = container.NewVScroll(container.New(filling{140}, v.text, v.rest))
	return widgets.VFlex(0, []float32{0, 0, 0, 1}, v.head, widgets.NewDivider(), widgets.Pad(16, 0, v.alerts), widgets.Pad(12, 8, v.body))
}

func (v *mailPane) buildActions() {
	p := v.p
	v.apply = widgets.NewButton("Appliquer", widgets.Primary, p.apply).Icon("check").KeyHint("Ctrl+Entrée")
	v.answer = widgets.NewButton("Répondre", widgets.Secondary, p.answer).Icon("undo").KeyHint("F7")
	v.ignore = widgets.NewButton("Ignorer", widgets.Secondary, p.ignore).Icon("ban").KeyHint("Suppr")
}

func (v *mailPane) drawNext(g *widgets.Gfx, size fyne.Size) {
	const text, key = "message suivant", "Ctrl+Bas"
	w, k := widgets.TextWidth(text, widgets.Small), widgets.KeyChipWidth(key)
	if w+8+k > size.Width {
		return
	}
	g.KeyChip(size.Width-k, (size.Height-theme.Px(18))/2, key)
	g.Text(size.Width-k-8-w, 0, w+1, size.Height, text, widgets.Small)
}

// say shows a sentence in place of a message.
func (v *mailPane) say(icon, title, text string) {
	v.full.Hide()
	v.empty.Set(icon, title, text, nil)
	v.empty.Show()
	v.p.redraw(v.box)
}

func (v *mailPane) failed(sentence string) {
	v.say("circle-alert", "Impossible d’afficher le message", sentence)
}

// loading keeps the message before in sight until the next one is there: it
// takes milliseconds, and nothing jumps.
func (v *mailPane) loading(id int64) {
	if v.p.m.msg == nil {
		v.say("hourglass", "Ouverture…", "")
		return
	}
	if v.p.m.msg.ID != id {
		v.apply.SetEnabled(false, "Le message s’ouvre.")
	}
}

// show draws the message the model holds.
func (v *mailPane) show() {
	msg := v.p.m.msg
	if msg == nil {
		v.say("mail", "Aucun message choisi", "Choisissez un message dans la liste.")
		return
	}
	v.empty.Hide()
	v.full.Show()
	v.showAlerts()
	off := v.p.m.familyOff()
	v.choose.SetEnabled(off == "", off)
	v.showText()
	v.files.SetCount(len(msg.Files))
	v.files.Top()
	show(v.filesBox, len(msg.Files) > 0)
	v.nothing.Set(v.p.m.nothing())
	v.cards.SetCount(len(v.p.m.cards))
	v.cards.Top()
	v.showPlan()
	v.head.Refresh()
	v.body.ScrollToTop()
	v.p.redraw(v.box)
}

// showPlan draws what changes with each plan.
func (v *mailPane) showPlan() {
	v.cards.SetCount(len(v.p.m.cards))
	v.tally.Refresh()
	v.after.show()
	v.reply.show()
	v.showButtons()
	v.rest.Refresh()
	v.right.Refresh()
	v.full.Refresh()
	v.p.redraw(v.box)
}

// showAlerts says what an agent must know before reading.
func (v *mailPane) showAlerts() {
	msg := v.p.m.msg
	v.alerts.Objects = nil
	add := func(tone widgets.Tone, text string) {
		if text != "" {
			v.alerts.Objects = append(v.alerts.Objects, widgets.NewAlert(tone, text, ""))
		}
	}
	auth := authWarning(msg)
	add(widgets.Failure, auth)
	if msg.Warning != "" && (auth == "" || msg.Aside) {
		add(widgets.Warning, msg.Warning)
	}
	for _, r := range msg.Remarks {
		add(widgets.Info, r)
	}
	if len(v.alerts.Objects) > 0 {
		air := func() fyne.CanvasObject { return widgets.NewPainting(0, 2, func(*widgets.Gfx, fyne.Size) {}) }
		v.alerts.Objects = append([]fyne.CanvasObject{air()}, v.alerts.Objects...)
	}
	show(v.alerts, len(v.alerts.Objects) > 0)
	v.alerts.Refresh()
}

// showText shows the family's own words, or all of it.
func (v *mailPane) showText() {
	m := v.p.m
	text, marks, more := m.shown()
	v.text.Set(text, marks)
	show(v.quoted, more)
	show(v.copy, text != "")
	if m.whole {
		v.quoted.SetLabel("Replier")
	} else {
		v.quoted.SetLabel("Tout afficher")
	}
	v.rest.Refresh()
}

// shown is the text to show with its marks; more reports that there is a quoted
// rest.
func (m *model) shown() (text string, marks []widgets.TextMark, more bool) {
	text = m.msg.Text
	from, to := m.msg.Own[0], m.msg.Own[1]
	if from < 0 || to > len(text) || from >= to {
		from, to = 0, len(text)
	}
	more = from > 0 || to < len(text)
	if m.whole {
		from, to = 0, len(text)
	}
	for _, k := range m.msg.Marks {
		if k.Start < from || k.End > to || k.End < k.Start {
			continue
		}
		if k.What == "intent" { // days, names and papers are enough to look at
			continue
		}
		t := widgets.TextMark{Start: k.Start - from, End: k.End - from, Plain: k.What == "child"}
		if k.Card > 0 {
			t.Label = fmt.Sprint(k.Card)
		}
		if n := len(marks) - 1; n >= 0 && joined(text[from:to], marks[n], t) {
			marks[n].End = t.End
			continue
		}
		marks = append(marks, t)
	}
	text = text[from:to]
	if len(text) > longText {
		text = strings.ToValidUTF8(text[:longText], "") + "…\n\n[Ce message est très long" + nbsp + ": la suite est dans l’original.]"
	}
	return text, marks, more
}

// longText is how much of a message is shown: beyond, nobody reads on.
const longText = 40000

// joined reports whether two marks say one thing: « les lundis », « de décembre ».
func joined(text string, a, b widgets.TextMark) bool {
	return a.Label == b.Label && a.Plain == b.Plain && !a.Plain && a.End <= b.Start && strings.Trim(text[a.End:b.Start], " ") == ""
}

func (v *mailPane) drawHead(g *widgets.Gfx, size fyne.Size) {
	msg := v.p.m.msg
	if msg == nil {
		return
	}
	x, w := float32(16), size.Width-32
	date := instant(msg.Received, v.p.sh.Today())
	if widgets.TextWidth(date, widgets.Small)+12+widgets.TextWidth(subject(msg.Item), widgets.Heading) > w {
		date = when(msg.Received, v.p.sh.Today()) // the subject needs the room
	}
	dw := widgets.TextWidth(date, widgets.Small)
	g.Text(x, theme.Px(11), w-dw-12, theme.Px(26), subject(msg.Item), widgets.Heading)
	g.Text(x+w-dw, theme.Px(11), dw+1, theme.Px(26), date, widgets.Small)
	y, line := theme.Px(37), theme.Px(20)
	at := x + g.Text(x, y, w, line, writer(msg.Item), widgets.Body) + 10
	grey := widgets.Body.With(theme.Ardoise600)
	if msg.From.Name != "" {
		at += g.Text(at, y, max(0, x+w-at), line, msg.From.Mail, grey) + 10
	}
	if msg.Via != "" {
		g.Text(at, y, max(0, x+w-at), line, "transmis par "+msg.Via, grey)
	}
	y += line + 2
	text, sure := known(msg)
	icon, ink := "shield", theme.Succes
	if !sure || authWarning(msg) != "" {
		icon, ink = "help", theme.Alerte
	}
	ic := theme.Px(14)
	row := theme.Px(24)
	g.Icon(x, y+(row-ic)/2, ic, icon, ink)
	after := []*widgets.Button{v.choose}
	if sure {
		after = []*widgets.Button{v.folder, v.other}
	}
	if !v.p.m.open() {
		after = after[:len(after)-1]
	}
	room := w - ic - 6
	for _, b := range after {
		room -= b.MinSize().Width + 2
	}
	at = x + ic + 6
	at += g.Text(at, y, max(0, room), row, text, widgets.Small) + 4
	for _, b := range after {
		m := b.MinSize()
		g.Child(b, at, y, m.Width, row)
		at += m.Width + 2
	}
}

func (v *mailPane) drawFile(g *widgets.Gfx, row int, b widgets.Box, cursor bool) {
	msg := v.p.m.msg
	if msg == nil || row >= len(msg.Files) {
		return
	}
	f := msg.Files[row]
	g.Rect(b.X, b.Y, b.W, b.H, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 4})
	icon, ink := fileIcon(f)
	ic := theme.Px(20)
	g.Icon(b.X+14, b.Y+(b.H-ic)/2, ic, icon, ink)
	spec := widgets.BadgeSpec{Icon: "check", Text: "Acceptée", Tone: widgets.Success}
	if !f.Accepted {
		spec = widgets.BadgeSpec{Icon: "cross", Text: "Refusée", Tone: widgets.Failure}
	}
	bw := widgets.BadgeWidth(spec)
	g.Badge(b.X+b.W-12-bw, b.Y+(b.H-widgets.BadgeHeight())/2, bw, spec)
	x := b.X + 14 + ic + 12
	room := b.X + b.W - 12 - bw - 12 - x
	line := theme.Px(18)
	y := b.Y + (b.H-2*line)/2
	g.Text(x, y, room, line, f.Name, widgets.BodyBold)
	g.Text(x, y+line, room, line, fileText(f), widgets.Small)
}

// goToCard leads from a marked word to its card.
func (v *mailPane) goToCard(label string) {
	for i, c := range v.p.m.cards {
		if fmt.Sprint(c.N) == label {
			v.cards.Select(i)
			v.p.focus(v.cards)
		}
	}
}

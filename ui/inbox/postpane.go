package inbox

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// postPane is one letter that leaves, with what became of it, and the addresses
// that are not written to any more.
type postPane struct {
	p   *page
	box *fyne.Container

	head   *widgets.Painting
	state  *widgets.Alert
	text   *widgets.MarkedText
	bad    *widgets.CardList
	lift   *widgets.Button
	again  *widgets.Button
	drop   *widgets.Button
	settle *widgets.Button
	full   *fyne.Container
	empty  *widgets.EmptyState
}

func newPostPane(p *page) *postPane {
	v := &postPane{p: p}
	v.head = widgets.NewPainting(240, 72, v.drawHead)
	v.state = widgets.NewAlert(widgets.Neutral, "", "")
	v.text = widgets.NewMarkedText()
	v.text.OnCopied = func(n int) { p.sh.Toast(count(n, "caractère copié", "caractères copiés")) }
	v.bad = widgets.NewCardList(8, func(row int, w float32) float32 { return theme.Px(64) }, v.drawBad)
	v.bad.Empty(widgets.NewEmptyState("circle-check", "", "Toutes les adresses reçoivent nos lettres.", nil))
	v.bad.OnOpen = func(int) { p.lift() }
	v.lift = widgets.NewButton("L’adresse fonctionne de nouveau", widgets.Secondary, p.lift).Icon("check").Compact()
	title := widgets.NewPainting(160, 48, func(g *widgets.Gfx, size fyne.Size) {
		g.Text(16, 0, size.Width-32, size.Height, "Adresses refusées", widgets.CardTitle)
	})
	foot := widgets.NewPainting(0, 0, func(*widgets.Gfx, fyne.Size) {})
	right := widgets.VFlex(0, []float32{0, 1}, title, widgets.Pad(12, 0, container.New(column{v.bad}, v.bad, v.lift, foot)))
	v.again = widgets.NewButton("Renvoyer", widgets.Primary, p.retry).Icon("send").KeyHint("Ctrl+Entrée")
	v.settle = widgets.NewButton("Bien partie", widgets.Secondary, p.settle).Icon("check").KeyHint("F8")
	v.drop = widgets.NewButton("Abandonner", widgets.Danger, p.dropLetter).Icon("cross").KeyHint("Suppr")
	hint := widgets.NewPainting(0, 40, func(*widgets.Gfx, fyne.Size) {})
	bar := widgets.Pad(16, 12, container.New(squeezed{8}, v.again, v.settle, v.drop, hint))
	letter := widgets.VFlex(0, []float32{0, 0, 0, 1}, v.head, widgets.NewDivider(), widgets.Pad(16, 12, v.state), widgets.Pad(12, 0, v.text))
	v.full = widgets.VFlex(0, nil, letter)
	v.empty = widgets.NewEmptyState("send", "Aucune lettre choisie", "Choisissez une lettre dans la liste.", nil)
	middle := container.New(thin{}, stack(letter, v.empty))
	v.full = letter
	columns := widgets.HFlex(0, []float32{464, 0, 367}, middle, widgets.NewVDivider(), right)
	v.box = widgets.VFlex(0, []float32{1, 0, 0}, columns, widgets.NewDivider(), bar)
	return v
}

// loadPost reads the outbox: its trouble is counted on the chip even while the
// messages are shown.
func (p *page) loadPost() {
	d, limit := p.m.d, p.m.limit
	var bag postbag
	p.posting.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		bag, err = d.loadPost(ctx, limit)
		return err
	}, func(err error) {
		if err != nil {
			if p.m.out {
				p.side.list.Failed(fault.Sentence(err), p.loadPost)
			}
			return
		}
		p.m.post.take(bag)
		p.side.showWay()
		if p.m.out {
			p.showPost()
		}
	})
}

// showPost draws the letters the filters leave.
func (p *page) showPost() {
	s := p.side
	if !p.m.post.loaded {
		s.list.Loading("")
		return
	}
	p.m.post.narrow(p.m.chip, p.m.text)
	s.chips.SetOptions(s.chipOptions()...)
	switch rows := p.m.post.rows; {
	case len(rows) > 0:
		s.list.SetCount(len(rows))
		s.list.Select(p.m.post.row(p.m.post.cur))
	case p.m.filtered():
		s.list.NoMatch("Aucune lettre ne correspond à ces filtres.", func() { p.Escape(); p.Focus() })
	default:
		s.list.Empty(widgets.NewEmptyState("send", "Aucune lettre", "Les réponses et les rappels passeront par ici.", nil))
	}
	p.letter.show()
}

func (v *postPane) show() {
	p := v.p
	o := p.m.post.letter()
	show(v.full, o != nil)
	show(v.empty, o == nil)
	if o != nil {
		text, tone := postText(*o, p.sh.Demo())
		v.state.Set(tone, text, "")
		v.text.Set(trimBody(o.Letter.Body), nil)
	}
	v.bad.SetCount(len(p.m.post.refusals))
	show(v.lift, len(p.m.post.refusals) > 0)
	off := ""
	if !p.m.may.desk {
		off = lacks(staff.Accueil)
	}
	v.lift.SetEnabled(off == "", off)
	set := func(b *widgets.Button, off string) { b.SetEnabled(off == "" && !p.busy, off) }
	set(v.again, p.m.retryOff())
	set(v.drop, p.m.dropOff())
	set(v.settle, p.m.settleOff())
	show(v.settle, o != nil && o.State == doubt)
	v.head.Refresh()
	v.box.Refresh()
	p.redraw(v.box)
}

func (v *postPane) drawHead(g *widgets.Gfx, size fyne.Size) {
	o := v.p.m.post.letter()
	if o == nil {
		return
	}
	x, w := float32(16), size.Width-32
	date := instant(filed(*o), v.p.sh.Today())
	dw := widgets.TextWidth(date, widgets.Small)
	g.Text(x, theme.Px(11), w-dw-12, theme.Px(26), o.Letter.Subject, widgets.Heading)
	g.Text(x+w-dw, theme.Px(11), dw+1, theme.Px(26), date, widgets.Small)
	spec := postBadge(o.State)
	bw := widgets.BadgeWidth(spec)
	y := theme.Px(40)
	at := x + g.Text(x, y, w, theme.Px(20), "à", widgets.Body.With(theme.Ardoise600)) + 5
	g.Text(at, y, x+w-at-bw-8, theme.Px(20), o.Letter.To, widgets.Body)
	g.Badge(x+w-bw, y-1, bw, spec)
}

func (v *postPane) drawBad(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	list := v.p.m.post.refusals
	if row >= len(list) {
		return
	}
	r := list[row]
	g.Rect(b.X, b.Y, b.W, b.H, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 4})
	icon, ink := "triangle-alert", theme.Alerte
	if r.Permanent {
		icon, ink = "circle-cross", theme.Erreur
	}
	ic := theme.Px(18)
	g.Icon(b.X+12, b.Y+(b.H-ic)/2, ic, icon, ink)
	x, line := b.X+12+ic+10, theme.Px(17)
	room := b.X + b.W - 12 - x
	y := b.Y + (b.H-3*line)/2
	g.Text(x, y, room, line, r.Address, widgets.BodyBold)
	who := calendar.DateOf(r.At).DayMonth()
	if r.Family != "" {
		who = "famille " + r.Family + ", " + who
	}
	g.Text(x, y+line, room, line, who, widgets.Small)
	g.Text(x, y+2*line, room, line, r.Reason, widgets.Small)
}

// fate changes what becomes of the letter shown.
func (p *page) fate(off string, work func(ctx context.Context, id int64) error, done string) {
	switch o := p.m.post.letter(); {
	case off != "":
		p.sh.Toast(off)
	case o != nil:
		id := o.ID
		p.change(func(ctx context.Context) error { return work(ctx, id) }, func() {
			p.sh.Done(done, nil)
			p.loadPost()
		})
	}
}

func (p *page) retry() {
	p.fate(p.m.retryOff(), func(ctx context.Context, id int64) error { return p.m.d.Mail.Retry(ctx, id) }, "Lettre remise à l’envoi")
}

func (p *page) dropLetter() {
	p.fate(p.m.dropOff(), func(ctx context.Context, id int64) error { return p.m.d.Mail.Drop(ctx, id) }, "Lettre abandonnée")
}

func (p *page) settle() {
	p.fate(p.m.settleOff(), func(ctx context.Context, id int64) error { return p.m.d.Mail.Settle(ctx, id) }, "Lettre notée comme partie")
}

// lift says that an address works again.
func (p *page) lift() {
	row, mail := p.letter.bad.Selected(), p.m.d.Mail
	if row < 0 || row >= len(p.m.post.refusals) {
		return
	}
	if !p.m.may.desk {
		p.sh.Toast(lacks(staff.Accueil))
		return
	}
	r := p.m.post.refusals[row]
	p.sh.Confirm("L’adresse fonctionne de nouveau", r.Address+fault.French(" recevra de nouveau nos lettres. Vérifiez-la d’abord avec la famille : une adresse fausse nous fait prendre pour des importuns."), "Écrire de nouveau", widgets.Primary, func() {
		p.change(func(ctx context.Context) error { return mail.Lift(ctx, r.Address) }, func() {
			p.sh.Done("Adresse rétablie"+nbsp+": "+r.Address, nil)
			p.loadPost()
		})
	})
}

package families

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// kidsTab shows a card for each child: the facts at the left, the accesses at
// the right.
type kidsTab struct {
	p      *page
	cards  []*kidCard
	rows   *fyne.Container
	scroll *container.Scroll
	box    fyne.CanvasObject
	add    *widgets.Button
	drawn  int64 // the family whose cards are there
}

func newKidsTab(p *page) *kidsTab {
	t := &kidsTab{p: p, rows: widgets.VBox(16)}
	t.add = widgets.NewButton("Ajouter un enfant…", widgets.Secondary, func() { p.editChild(nil) }).Icon("plus").Compact()
	t.scroll = container.NewVScroll(widgets.Pad(16, 16, t.rows))
	t.box = t.scroll
	return t
}

// show draws the children anew; where the same family is shown again, the place
// in the page stays.
func (t *kidsTab) show() {
	det := t.p.m.det
	t.cards = nil
	objs := []fyne.CanvasObject{}
	var gone []family.Child
	for _, c := range det.f.Children {
		if c.State == family.Left {
			gone = append(gone, c)
			continue
		}
		k := newKidCard(t.p, c)
		t.cards = append(t.cards, k)
		objs = append(objs, k.Painting)
	}
	for _, c := range gone {
		k := newKidCard(t.p, c)
		t.cards = append(t.cards, k)
		objs = append(objs, k.Painting)
	}
	if len(objs) == 0 {
		objs = append(objs, widgets.NewEmptyState("child", "Aucun enfant", "Ajoutez les enfants de la famille pour demander leurs accès.", nil))
	}
	enable(t.add, t.p.addOff())
	objs = append(objs, widgets.HBox(8, t.add))
	t.rows.Objects = objs
	t.rows.Refresh()
	if t.drawn != det.f.ID {
		t.drawn = det.f.ID
		t.scroll.ScrollToTop()
	}
	t.scroll.Refresh()
}

func (p *page) addOff() string {
	switch off := p.writeOff(); {
	case off != "":
		return off
	case p.m.det == nil:
		return "Choisissez d’abord une famille."
	case p.m.det.f.State != family.Active:
		return fault.French("Cette famille n’est plus active : réactivez-la d’abord.")
	}
	return ""
}

// kidCard is one child.
type kidCard struct {
	*widgets.Painting
	p      *page
	c      family.Child
	doors  []door
	status widgets.BadgeSpec
	edit   *widgets.Button
	share  *widgets.Button
	health *widgets.Button
	acts   []*widgets.Button // of the doors; nil where there is none
}

const (
	kidHead = 48
	doorRow = 48
	factRow = 34
)

// widths of the access table's columns, in px
const (
	doorName   = 108
	doorState  = 128
	doorUntil  = 112
	doorPapers = 58
	doorAct    = 38
)

func newKidCard(p *page, c family.Child) *kidCard {
	k := &kidCard{p: p, c: c, doors: p.m.det.doors(c, p.sh.Today())}
	k.status = k.standing()
	k.edit = widgets.NewIconButton("edit", "Modifier la fiche de "+c.First, func() { p.editChild(&c) })
	if off := p.editOff(c); off != "" {
		k.edit.SetEnabled(false, off)
	}
	k.share = widgets.NewIconButton("users", "Second foyer de "+c.First, func() { p.shareChild(c) })
	if off := p.editOff(c); off != "" {
		k.share.SetEnabled(false, off)
	}
	k.health = widgets.NewButton("Fiche santé…", widgets.Flat, func() { p.openHealth(c) }).Compact().Hint("Chaque lecture est journalisée")
	for _, d := range k.doors {
		k.acts = append(k.acts, k.act(d))
	}
	k.Painting = widgets.NewPainting(520, 0, k.draw)
	k.Painting.Min = func() fyne.Size { return fyne.NewSize(theme.Wide(520), theme.Px(k.height(k.Painting.Size().Width))) }
	return k
}

func (p *page) editOff(c family.Child) string {
	if off := p.writeOff(); off != "" {
		return off
	}
	if c.Shared {
		return fault.French("Cet enfant est rattaché à un autre foyer : ouvrez ce foyer pour le modifier.")
	}
	return ""
}

// act is the button of a line: create a request, read why it was refused, see
// the one that is there.
func (k *kidCard) act(d door) *widgets.Button {
	p := k.p
	switch d.action() {
	case "Créer":
		b := widgets.NewButton("Créer", widgets.Flat, func() { p.ask(k.c, d) }).Compact().Hint("Créer la demande d’accès")
		if !p.m.may.desk {
			b.SetEnabled(false, lacks(staff.Accueil))
		}
		return b
	case "Motif":
		return widgets.NewButton("Motif", widgets.Flat, func() { p.why(k.c, d) }).Compact()
	}
	return widgets.NewIconButton("chevron-right", "Ouvrir la demande : "+k.name(d), func() { p.sh.Navigate("requests", d.req.ID) })
}

// name is the service's short name, with its commune where the child has two of
// that name.
func (k *kidCard) name(d door) string {
	list := make([]catalog.ServiceInfo, len(k.doors))
	for i, o := range k.doors {
		list[i] = o.service
	}
	return serviceName(d.service, list)
}

func (k *kidCard) standing() widgets.BadgeSpec {
	det := k.p.m.det
	missing := det.missing(k.c, k.p.sh.Today())
	asked := false
	for _, d := range k.doors {
		asked = asked || d.req != nil && d.req.State != access.Refused
	}
	switch {
	case k.c.State == family.Left:
		return widgets.BadgeSpec{Icon: "logout", Text: "Parti", Tone: widgets.Neutral}
	case len(missing) == 1:
		return widgets.BadgeSpec{Icon: "circle-dashed", Text: fault.French("Manque : " + missing[0]), Tone: widgets.Warning}
	case len(missing) > 1:
		return widgets.BadgeSpec{Icon: "circle-dashed", Text: thousands(len(missing)) + " pièces manquent", Tone: widgets.Warning}
	case !asked:
		return widgets.BadgeSpec{Icon: "minus", Text: "Sans demande", Tone: widgets.Neutral}
	}
	return widgets.BadgeSpec{Icon: "check", Text: "Dossier complet", Tone: widgets.Success}
}

// facts are the lines at the left; health stands apart.
func (k *kidCard) facts() []childFact {
	c := k.c
	out := []childFact{
		{"Classe", "", or(c.Class, "sans classe"), true},
		{"École", "", or(c.School, "—"), false},
		{"Régime", "fork-knife", k.p.m.det.diets.Label(c.Diet), true},
		{"Allergies", "", "", false},
		{"PAI", "", "", false},
		{"Sorties", "", pickups(c), false},
	}
	for _, s := range c.Families {
		out = append(out, childFact{"2ᵈ foyer", "", s.Name + ", " + s.ParityLabel(), false})
	}
	if c.Shared {
		out = append(out, childFact{"Garde", "", k.parity(), false})
	}
	if c.Note != "" {
		out = append(out, childFact{"Note", "", c.Note, false})
	}
	return out
}

// parity says, in the second family, which weeks are its own.
func (k *kidCard) parity() string {
	for _, s := range k.c.Families {
		if s.FamilyID == k.p.m.det.f.ID {
			return s.ParityLabel()
		}
	}
	return "foyer partagé"
}

type childFact struct {
	label, icon, text string
	bold              bool
}

// split is where the accesses begin; 0 where they go under the facts, because
// the text is large or the window narrow.
func split(w float32) float32 {
	at := max(theme.Wide(266), w*0.34)
	if w > 1 && w-at < theme.Wide(doorName+doorState+doorUntil+doorPapers+doorAct)+32 {
		return 0
	}
	return at
}

func (k *kidCard) height(w float32) float32 {
	left := float32(len(k.facts()))*factRow + 20
	right := float32(40 + max(1, len(k.doors))*doorRow)
	if split(w) == 0 {
		return kidHead + left + right
	}
	return kidHead + max(left, right)
}

func (k *kidCard) draw(g *widgets.Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6})
	head := theme.Px(kidHead)
	k.drawHead(g, size.Width, head)
	g.HLine(1, head, size.Width-2, theme.Ardoise200)
	at := split(size.Width)
	if at == 0 {
		k.drawFacts(g, head, size.Width)
		top := head + theme.Px(float32(len(k.facts()))*factRow+20)
		g.HLine(1, top, size.Width-2, theme.Ardoise200)
		k.drawDoors(g, top, 0, size.Width)
		return
	}
	k.drawFacts(g, head, at)
	g.VLine(at, head, size.Height-head-1, theme.Ardoise200)
	k.drawDoors(g, head, at, size.Width)
}

func (k *kidCard) drawHead(g *widgets.Gfx, w, h float32) {
	side := theme.Px(28)
	g.Rect(16, (h-side)/2, side, side, widgets.Shape{Fill: theme.Ardoise100, Radius: 4})
	g.Text(16, 0, side, h, firstLetter(k.c.First), widgets.SmallBold.Center())
	right := w - 16
	for _, b := range []*widgets.Button{k.edit, k.share} {
		m := b.MinSize()
		right -= m.Width
		g.Child(b, right, (h-m.Height)/2, m.Width, m.Height)
		right -= 8
	}
	bw := min(widgets.BadgeWidth(k.status), w*0.4)
	right -= bw
	g.Badge(right, (h-widgets.BadgeHeight())/2, bw, k.status)
	x := 16 + side + 12
	room := right - x - 12
	sub := birth(k.c, k.p.sh.Today())
	nw := min(widgets.TextWidth(k.c.Name(), widgets.Heading), room*0.7)
	g.Text(x, 0, nw+1, h, k.c.Name(), widgets.Heading)
	if room-nw-12 > 40 {
		g.Text(x+nw+12, 1, room-nw-12, h, sub, widgets.Body.With(theme.Ardoise600))
	}
}

func firstLetter(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func (k *kidCard) drawFacts(g *widgets.Gfx, top, w float32) {
	row := theme.Px(factRow)
	label := theme.Wide(72)
	y := top + 10
	for _, f := range k.facts() {
		g.Text(16, y, label-8, row, f.label, widgets.Small)
		x := 16 + label
		room := w - x - 12
		if f.label == "Allergies" || f.label == "PAI" {
			k.drawHealth(g, x, y, room, row, f.label)
			y += row
			continue
		}
		if f.icon != "" {
			ic := theme.Px(16)
			g.Icon(x, y+(row-ic)/2, ic, f.icon, theme.Ardoise600)
			x, room = x+ic+6, room-ic-6
		}
		st := widgets.Body
		st.Bold = f.bold
		g.Text(x, y, room, row, f.text, st)
		y += row
	}
}

// drawHealth masks what only the health role reads; that role gets a button.
func (k *kidCard) drawHealth(g *widgets.Gfx, x, y, w, row float32, label string) {
	if k.p.m.may.health && label == "Allergies" {
		m := k.health.MinSize()
		g.Child(k.health, x-8, y+(row-m.Height)/2, min(m.Width, w), m.Height)
		return
	}
	if k.p.m.may.health {
		text := "pas de PAI"
		if k.c.HasPlan {
			text = "PAI en place"
		}
		g.Text(x, y, w, row, text, widgets.Body)
		return
	}
	mask := widgets.BadgeSpec{Icon: "eye-off", Text: "••••••••", Tone: widgets.Neutral}
	bw := g.Badge(x, y+(row-widgets.BadgeHeight())/2, w, mask)
	g.Text(x+bw+8, y, w-bw-8, row, "rôle Santé", widgets.Small)
}

func (k *kidCard) drawDoors(g *widgets.Gfx, top, left, right float32) {
	x, w := left+16, right-left-32
	state, until, papers, act := theme.Wide(doorState), theme.Wide(doorUntil), theme.Wide(doorPapers), theme.Wide(doorAct)
	name := w - state - until - papers - act
	head := theme.Px(40)
	at := []float32{x, x + name, x + name + state, x + name + state + until}
	g.Text(at[0], top, name-8, head, "Accès aux services", widgets.SmallBold)
	g.Text(at[1], top, state-8, head, "État", widgets.SmallBold)
	g.Text(at[2], top, until-8, head, "Valable jusqu’au", widgets.SmallBold)
	g.Text(at[3], top, papers, head, "Pièces", widgets.SmallBold.Right())
	g.HLine(left+1, top+head, right-left-2, theme.Ardoise300)
	row := theme.Px(doorRow)
	y := top + head
	if len(k.doors) == 0 {
		g.Text(x, y, w, row, "Aucun service n’accueille cette école : choisissez la classe de l’enfant.", widgets.Body.With(theme.Ardoise600))
	}
	det := k.p.m.det
	if det == nil {
		return
	}
	for i, d := range k.doors {
		g.Text(at[0], y, name-8, row, k.name(d), widgets.BodyBold)
		g.Badge(at[1], y+(row-widgets.BadgeHeight())/2, state-2, d.badge())
		g.Text(at[2], y, until-8, row, d.until(), widgets.Body.With(theme.Ardoise600))
		ok, of := det.tally(d)
		st := widgets.Body.Right()
		if d.req != nil && ok < of && d.req.State != access.Refused {
			st = widgets.BodyBold.With(theme.Alerte).Right()
		}
		m := k.acts[i].MinSize()
		bw := m.Width
		if d.action() == "" {
			g.Text(at[3], y, papers, row, pieces(ok, of), st)
			bw = min(bw, act-2)
		}
		g.Child(k.acts[i], x+w-bw+8, y+(row-m.Height)/2, bw, m.Height)
		if i < len(k.doors)-1 {
			g.HLine(left+1, y+row, right-left-2, theme.Ardoise200)
		}
		y += row
	}
}

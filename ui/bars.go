package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// topBar is the white band: title, search, date and time.
type topBar struct {
	fyne.CanvasObject
	s      *Shell
	title  *widgets.Label
	search *widgets.Pressable
	clock  *widgets.Painting
	at     time.Time
	latest kit.Latest
}

func newTopBar(s *Shell) *topBar {
	t := &topBar{s: s, at: s.d.Clock()}
	t.title = widgets.NewLabel("", widgets.Title)
	t.search = widgets.NewPressable(320, 40, t.Open, paintSearch)
	t.clock = widgets.NewPainting(240, 40, t.paintClock).Wide(clockWidth)
	white := widgets.NewPainting(1, 64, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc})
		g.HLine(0, size.Height-1, size.Width, theme.Ardoise200)
	})
	search := fyne.CanvasObject(t.search)
	if s.d.Search == nil {
		search = widgets.Spacer()
	}
	row := container.New(&barLayout{}, t.title, search, t.clock)
	t.CanvasObject = container.NewStack(white, widgets.Pad(16, 12, row))
	return t
}

// barLayout gives the search the middle, 416 px at most, as in the mock-ups.
type barLayout struct{}

func (barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, theme.Px(40)) }

func (barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	cw := min(o[2].MinSize().Width, size.Width*0.36)
	sw := min(theme.Wide(416), size.Width*0.4)
	sx := max(0, min((size.Width-sw)/2, size.Width-cw-sw-16))
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(max(0, sx-16), size.Height))
	h := theme.Px(40)
	o[1].Move(fyne.NewPos(sx, (size.Height-h)/2))
	o[1].Resize(fyne.NewSize(sw, h))
	o[2].Move(fyne.NewPos(size.Width-cw, 0))
	o[2].Resize(fyne.NewSize(cw, size.Height))
}

func paintSearch(g *widgets.Gfx, size fyne.Size, hovered bool) {
	stroke := theme.Ardoise400
	if hovered {
		stroke = theme.Accent
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: stroke, Radius: 4})
	ic := theme.Px(16)
	g.Icon(12, (size.Height-ic)/2, ic, "search", theme.Ardoise600)
	kw := widgets.KeyChipWidth("Ctrl+K")
	g.Text(12+ic+8, 0, size.Width-ic-32-kw, size.Height, "Rechercher une famille, un enfant, une facture…", widgets.Body.With(theme.Ardoise600))
	g.KeyChip(size.Width-kw-8, (size.Height-theme.Px(18))/2, "Ctrl+K")
}

// clockWidth holds the longest day and hour whole: it stays the same all year.
func clockWidth() float32 {
	return theme.Px(16) + 8 + widgets.TextWidth("mercredi 30 septembre 2026", widgets.BodyBold) + 9 + widgets.TextWidth("00 h 00", widgets.Body) + 3
}

func (t *topBar) paintClock(g *widgets.Gfx, size fyne.Size) {
	hour := calendar.HourText(t.at)
	day := calendar.DateOf(t.at).Long()
	hw := widgets.TextWidth(hour, widgets.Body)
	g.Text(size.Width-hw-1, 0, hw+1, size.Height, hour, widgets.Body.With(theme.Ardoise600))
	dw := widgets.TextWidth(day, widgets.BodyBold)
	x := max(24, size.Width-hw-9-dw)
	g.Text(x, 0, min(dw, size.Width-hw-9-x)+1, size.Height, day, widgets.BodyBold)
	ic := theme.Px(16)
	g.Icon(x-ic-8, (size.Height-ic)/2, ic, "calendar", theme.Encre)
}

func (t *topBar) setTitle(title string) { t.title.Set(title) }

// setTime redraws the clock when the minute has changed.
func (t *topBar) setTime(now time.Time) {
	if now.Truncate(time.Minute).Equal(t.at.Truncate(time.Minute)) {
		return
	}
	t.at = now
	t.clock.Refresh()
}

// Open shows the search (Ctrl+K): results come while typing, Enter goes there.
func (t *topBar) Open() {
	s := t.s
	if s.d.Search == nil || s.scope == nil {
		return
	}
	hits := map[string]SearchHit{}
	p := widgets.OpenPicker(t.search, nil, "", func(o widgets.Option) {
		if h, ok := hits[o.ID]; ok {
			s.Navigate(h.Section, h.Arg)
		}
	})
	p.Say("search", "Rechercher partout", "Nom de famille, prénom, numéro, téléphone, courriel.")
	p.Entry.OnChanged = func(text string) {
		if len([]rune(text)) < 2 {
			p.Say("search", "Rechercher partout", "Tapez au moins deux lettres.")
			return
		}
		var found []SearchHit
		t.latest.Go(s.scope, s.scope.Ctx(), func(ctx context.Context) (err error) {
			found, err = s.d.Search.Search(ctx, text)
			return err
		}, func(err error) {
			if err != nil {
				s.d.Log(err)
				p.Say("circle-alert", "La recherche a échoué", "Réessayez dans un instant.")
				return
			}
			clear(hits)
			var opts []widgets.Option
			for i, h := range found {
				id := string(rune('a' + i))
				hits[id] = h
				opts = append(opts, widgets.Option{ID: id, Label: h.Label, Detail: h.Detail, Icon: h.Icon})
			}
			p.Show(opts)
		})
	}
}

// statusBar is the foot: database, counts, last action and its undo.
type statusBar struct {
	fyne.CanvasObject
	s    *Shell
	left *widgets.Painting
	last *widgets.Painting
	undo *widgets.Button
}

func newStatusBar(s *Shell) *statusBar {
	b := &statusBar{s: s}
	b.left = widgets.NewPainting(300, 28, b.paintLeft)
	b.last = widgets.NewPainting(200, 28, b.paintLast)
	b.undo = widgets.NewButton("Annuler", widgets.Flat, s.Undo).Icon("undo").KeyHint("Ctrl+Z").Slim()
	b.undo.Hide()
	white := widgets.NewPainting(1, 28, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc})
		g.HLine(0, 0, size.Width, theme.Ardoise200)
	})
	b.CanvasObject = container.NewStack(white, widgets.Pad(16, 1, widgets.HFlex(8, []float32{1.3, 1, 0}, b.left, b.last, b.undo)))
	return b
}

// Refresh redraws what is known now.
func (b *statusBar) Refresh() {
	if u, ok := b.s.last(); ok && u.f != nil {
		b.undo.Show()
	} else {
		b.undo.Hide()
	}
	b.left.Refresh()
	b.last.Refresh()
	b.CanvasObject.Refresh()
}

func (b *statusBar) paintLeft(g *widgets.Gfx, size fyne.Size) {
	st := b.s.status
	if st.Database == "" {
		return
	}
	icon := "database"
	if st.Server {
		icon = "server"
	}
	ic := theme.Px(14)
	if st.Warning != "" {
		g.Icon(0, (size.Height-ic)/2, ic, "triangle-alert", theme.Alerte)
		g.Text(ic+6, 0, size.Width-ic-6, size.Height, st.Warning, widgets.SmallBold)
		return
	}
	g.Icon(0, (size.Height-ic)/2, ic, icon, theme.Ardoise600)
	x := ic + 6
	x += g.Text(x, 0, (size.Width-x)*0.6, size.Height, st.Database, widgets.Small) + 16
	g.VLine(x, 6, size.Height-12, theme.Ardoise200)
	x += 16
	g.Text(x, 0, max(0, size.Width-x), size.Height, st.Counts, widgets.Small)
}

func (b *statusBar) paintLast(g *widgets.Gfx, size fyne.Size) {
	if u, ok := b.s.last(); ok {
		g.Text(0, 0, size.Width, size.Height, "Dernière action : "+u.text, widgets.Small.Right())
	}
}

// toaster shows one toast at a time at the bottom right, for 6 s.
type toaster struct {
	s    *Shell
	box  *fyne.Container
	turn int
}

const toastTime = 6 * time.Second

func newToaster(s *Shell) *toaster {
	return &toaster{s: s, box: container.New(&cornerLayout{})}
}

func (t *toaster) show(icon, text string, undo func()) {
	t.turn++
	turn := t.turn
	t.box.Objects = []fyne.CanvasObject{widgets.NewToast(icon, text, undo)}
	t.box.Refresh()
	t.s.d.Runner.After(toastTime, func() {
		if t.turn == turn {
			t.clear()
		}
	})
}

func (t *toaster) clear() {
	t.turn++
	t.box.Objects = nil
	t.box.Refresh()
}

// cornerLayout puts its object at the bottom right, above the status bar.
type cornerLayout struct{}

func (cornerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (cornerLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objs {
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(size.Width-m.Width-24, size.Height-m.Height-theme.Px(28)-16))
	}
}

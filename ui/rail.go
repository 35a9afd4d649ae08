package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
	"ardoise/ui/words"
)

// rail is the dark column at the left: logo, place, sections, agent.
type rail struct {
	s        *Shell
	box      *fyne.Container
	entries  []*widgets.Pressable
	ids      []string
	chosen   string
	counts   map[string]int
	place    Place
	switcher *widgets.Pressable
}

func newRail(s *Shell) *rail {
	r := &rail{s: s, counts: map[string]int{}}
	head := widgets.NewPainting(216, 64, func(g *widgets.Gfx, size fyne.Size) {
		l := theme.Px(36)
		g.Logo(16, (size.Height-l)/2, l)
		g.Text(16+l+12, 0, size.Width-32-l, size.Height, "Ardoise", widgets.Title.With(theme.SurArdoise))
	})
	r.switcher = widgets.NewPressable(200, 56, r.choosePlace, r.paintPlace).OnSlate()
	objs := []fyne.CanvasObject{}
	for _, sec := range s.d.Sections {
		if !s.user.Has(sec.Roles...) {
			continue
		}
		e := widgets.NewPressable(200, 40, func() { s.Navigate(sec.ID, nil) }, func(g *widgets.Gfx, size fyne.Size, hovered bool) {
			r.paintEntry(g, size, sec, hovered)
		}).OnSlate()
		r.entries, r.ids = append(r.entries, e), append(r.ids, sec.ID)
		objs = append(objs, e)
	}
	agent := *s.user // a copy: the rail may be drawn once more after a lock
	user := widgets.NewPainting(150, 64, func(g *widgets.Gfx, size fyne.Size) { paintUser(g, size, agent) })
	lock := widgets.NewIconButton("lock", "Verrouiller (Ctrl+L)", s.Lock)
	lock.SetKind(widgets.Ghost)
	lockBox := container.NewCenter(lock)
	foot := widgets.HFlex(0, []float32{1, -56}, user, lockBox)
	line := widgets.NewPainting(1, 1, func(g *widgets.Gfx, size fyne.Size) { g.HLine(0, 0, size.Width, theme.Ardoise700) })
	list := container.NewVScroll(widgets.VBox(4, objs...))
	parts := []fyne.CanvasObject{head}
	sizes := []float32{0}
	if s.d.Places != nil {
		parts, sizes = append(parts, widgets.Pad(8, 0, r.switcher)), append(sizes, 0)
	}
	parts = append(parts, widgets.Pad(8, 16, list), line, foot)
	sizes = append(sizes, 1, 0, -72)
	r.box = container.NewStack(ground(theme.Ardoise900), widgets.VFlex(0, sizes, parts...))
	return r
}

func (r *rail) paintPlace(g *widgets.Gfx, size fyne.Size, hovered bool) {
	fill := theme.None
	if hovered {
		fill = theme.Ardoise800
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: theme.Ardoise700, Radius: 4})
	ic := theme.Px(20)
	g.Icon(12, (size.Height-ic)/2, ic, "bank", theme.SurArdoise)
	x := 12 + ic + 8
	w := size.Width - x - theme.Px(16) - 16
	h := theme.Px(18)
	g.Text(x, size.Height/2-h, w, h, r.place.Name, widgets.BodyBold.With(theme.SurArdoise))
	g.Text(x, size.Height/2+1, w, h, r.place.Detail, widgets.Small.With(theme.SurArdoise2))
	c := theme.Px(12)
	g.Icon(size.Width-c-12, size.Height/2-c, c, "chevron-up", theme.SurArdoise2)
	g.Icon(size.Width-c-12, size.Height/2, c, "chevron-down", theme.SurArdoise2)
}

func (r *rail) paintEntry(g *widgets.Gfx, size fyne.Size, sec kit.Section, hovered bool) {
	on := sec.ID == r.chosen
	st := widgets.Style{Size: theme.Card, Ink: theme.SurArdoise}
	ink := theme.SurArdoise2
	fill, bar := theme.None, theme.None
	switch {
	case on:
		fill, bar, st.Bold, ink = theme.Ardoise800, theme.Craie, true, theme.Craie
	case hovered:
		fill = theme.Ardoise800
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Radius: 4})
	bh := theme.Px(24)
	g.Rect(0, (size.Height-bh)/2, 3, bh, widgets.Shape{Fill: bar, Radius: 1})
	ic := theme.Px(20)
	g.Icon(12, (size.Height-ic)/2, ic, sec.Icon, ink)
	x := 12 + ic + 12
	room := size.Width - x - 8
	n := r.counts[sec.ID]
	bw := max(theme.Px(24), widgets.BadgeWidth(widgets.BadgeSpec{Text: fmt.Sprint(n)}))
	if n > 0 {
		room -= bw + 8
	}
	label, at := cut(sec.Label)
	g.Mnemonic(x, 0, room, size.Height, label, at, st)
	if n > 0 {
		h := theme.Px(20)
		g.Rect(size.Width-bw-8, (size.Height-h)/2, bw, h, widgets.Shape{Fill: theme.Craie, Radius: 4})
		g.Text(size.Width-bw-8, 0, bw, size.Height, fmt.Sprint(n), widgets.SmallBold.With(theme.SurCraie).Center())
	}
}

func paintUser(g *widgets.Gfx, size fyne.Size, u kit.User) {
	a := theme.Px(32)
	g.Rect(12, (size.Height-a)/2, a, a, widgets.Shape{Fill: theme.Ardoise700, Radius: 4})
	g.Text(12, 0, a, size.Height, u.Initials, widgets.SmallBold.With(theme.SurArdoise).Center())
	x := 12 + a + 8
	h := theme.Px(18)
	g.Text(x, size.Height/2-h, size.Width-x-4, h, u.Name, widgets.BodyBold.With(theme.SurArdoise))
	g.Text(x, size.Height/2, size.Width-x-4, h, u.RolesText, widgets.Small.With(theme.SurArdoise2))
}

// cut separates a label from its mnemonic: « &Familles » gives Familles, 0.
func cut(label string) (string, int) {
	before, after, ok := strings.Cut(words.Say(label), "&")
	if !ok {
		return label, -1
	}
	return before + after, len([]rune(before))
}

func (r *rail) choose(id string) {
	r.chosen = id
	for _, e := range r.entries {
		e.Refresh()
	}
}

func (r *rail) setCount(id string, n int) {
	if r.counts[id] == n {
		return
	}
	r.counts[id] = n
	for i, e := range r.entries {
		if r.ids[i] == id {
			e.Refresh()
		}
	}
}

func (r *rail) loadPlace() {
	if r.s.d.Places == nil {
		return
	}
	kit.Load(r.s.scope, r.s.scope.Ctx(), r.s.d.Places.Current, func(p Place, err error) {
		if err != nil {
			r.s.d.Log(err)
			return
		}
		if p != r.place {
			r.place = p
			r.switcher.Refresh()
		}
	})
}

func (r *rail) choosePlace() {
	s := r.s
	kit.Load(s.scope, s.scope.Ctx(), s.d.Places.Places, func(all []Place, err error) {
		if err != nil {
			s.refused(err)
			return
		}
		var opts []widgets.Option
		for _, p := range all {
			opts = append(opts, widgets.Option{ID: p.ID, Label: p.Name, Detail: p.Detail, Icon: "bank"})
		}
		widgets.OpenPicker(r.switcher, opts, "", func(o widgets.Option) { s.setPlace(o.ID) })
	})
}

func (s *Shell) setPlace(id string) {
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) error { return s.d.Places.Choose(ctx, id) }, func(err error) {
		if err != nil {
			s.refused(err)
			return
		}
		if s.at.New != nil {
			s.open(s.at, nil)
		}
		s.recount()
	})
}

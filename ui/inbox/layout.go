package inbox

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

func stack(objs ...fyne.CanvasObject) *fyne.Container { return container.NewStack(objs...) }

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// filling gives its first object the height the second leaves, but never less
// than least px: inside a scroller, nothing is squeezed away.
type filling struct{ least float32 }

func (f filling) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, theme.Px(f.least)+objs[1].MinSize().Height)
}

func (f filling) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[1].Resize(fyne.NewSize(size.Width, objs[1].Size().Height)) // wrapped texts measure at their width
	rest := objs[1].MinSize().Height
	first := max(theme.Px(f.least), size.Height-rest)
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width, first))
	objs[1].Move(fyne.NewPos(0, first))
	objs[1].Resize(fyne.NewSize(size.Width, rest))
}

// column lays the cards of the right side out: cards at their height as far as
// there is room, the button under them, what would change at the foot.
type column struct {
	cards interface {
		Len() int
		Height(w float32) float32
	}
}

func (c column) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, theme.Px(160)+objs[1].MinSize().Height+objs[2].MinSize().Height)
}

func (c column) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[2].Resize(fyne.NewSize(size.Width, objs[2].Size().Height))
	foot := float32(0)
	if objs[2].Visible() {
		foot = min(objs[2].MinSize().Height, size.Height*0.45)
	}
	add := float32(0)
	if objs[1].Visible() {
		add = objs[1].MinSize().Height + 8
	}
	room := max(0, size.Height-foot-add-8)
	h := min(c.cards.Height(size.Width), room)
	if c.cards.Len() == 0 { // an empty state needs its room
		h = min(room, theme.Px(140))
	}
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width, h))
	objs[1].Move(fyne.NewPos(4, h+8))
	objs[1].Resize(fyne.NewSize(size.Width-8, max(0, add-8)))
	objs[2].Move(fyne.NewPos(0, size.Height-foot))
	objs[2].Resize(fyne.NewSize(size.Width, foot))
}

// squeezed lays buttons side by side at their own widths and gives the last
// object the room left; where the window is too narrow the widest shrink.
type squeezed struct{ gap float32 }

func (s squeezed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, o := range objs {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(240, h)
}

func (s squeezed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	last := len(objs) - 1
	widths := make([]float32, last)
	excess := -size.Width
	for i, o := range objs[:last] {
		if o.Visible() {
			widths[i] = o.MinSize().Width
			excess += widths[i] + s.gap
		}
	}
	for ; excess > 0; excess -= 4 {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		widths[widest] = max(0, widths[widest]-4)
	}
	x := float32(0)
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		w := max(0, size.Width-x)
		if i != last {
			w = widths[i]
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + s.gap
	}
}

// tall gives an object a height of its own.
type tall struct{ height func() float32 }

func newTall(o fyne.CanvasObject, height func() float32) *fyne.Container {
	return container.New(&tall{height}, o)
}

func (t *tall) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, t.height())
}

func (t *tall) Layout(objs []fyne.CanvasObject, s fyne.Size) { objs[0].Resize(s) }

// thin asks for no width, so that a column scrolls up and down only.
type thin struct{}

func (thin) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, objs[0].MinSize().Height)
}

func (thin) Layout(objs []fyne.CanvasObject, size fyne.Size) { objs[0].Resize(size) }

package requests

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// squeezed lays buttons side by side at their own widths and gives the last
// object the room left; where the window is too narrow for the texts at 150 %,
// the widest shrink and cut their words, with a tooltip.
type squeezed struct{ gap float32 }

func squeeze(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&squeezed{gap}, objs...)
}

func (s *squeezed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, o := range objs {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(240, h)
}

func (s *squeezed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	last := len(objs) - 1
	widths := make([]float32, last)
	excess := s.gap*float32(last) - size.Width
	for i, o := range objs[:last] {
		widths[i] = o.MinSize().Width
		excess += widths[i]
	}
	shrink(widths, excess)
	x := float32(0)
	for i, o := range objs {
		w := max(0, size.Width-x)
		if i != last {
			w = widths[i]
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + s.gap
	}
}

// shrink takes an excess off the widest first, so that short words stay whole.
func shrink(widths []float32, excess float32) {
	const step = 4
	for ; excess > 0; excess -= step {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		widths[widest] = max(0, widths[widest]-step)
	}
}

// flowing lays objects out like words: on a new line where they do not fit.
type flowing struct {
	gapX, gapY, width float32
}

func flow(gapX, gapY float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flowing{gapX: gapX, gapY: gapY}, objs...)
}

// place walks the objects and gives the height they take.
func (f *flowing) place(objs []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y float32, s fyne.Size)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range objs {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		m.Width = min(m.Width, max(width, 40))
		if x > 0 && x+m.Width > width {
			x, y, line = 0, y+line+f.gapY, 0
		}
		put(o, x, y, m)
		x += m.Width + f.gapX
		line = max(line, m.Height)
	}
	return y + line
}

func (f *flowing) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := f.width
	if w == 0 {
		w = 10000
	}
	return fyne.NewSize(160, f.place(objs, w, func(fyne.CanvasObject, float32, float32, fyne.Size) {}))
}

func (f *flowing) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objs, size.Width, func(o fyne.CanvasObject, x, y float32, s fyne.Size) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(s)
	})
}

// thin asks for no width: what is inside cuts or wraps its texts, so that a
// column scrolls up and down only.
type thin struct{}

func (thin) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, objs[0].MinSize().Height)
}

func (thin) Layout(objs []fyne.CanvasObject, size fyne.Size) { objs[0].Resize(size) }

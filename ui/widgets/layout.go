package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

// flex lays objects out in a line. A size of 0 is the object's own, a positive
// one a weight sharing what is left, a negative one a fixed number of px. Tab
// follows the order given, which the toolkit's border layout does not.
type flex struct {
	gap      float32
	sizes    []float32
	vertical bool
}

// VBox stacks objects at their own heights.
func VBox(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, vertical: true}, objs...)
}

// HBox puts objects side by side at their own widths, centred in height.
func HBox(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap}, objs...)
}

// VFlex stacks objects: sizes 0 own height, > 0 weight, < 0 fixed px.
func VFlex(gap float32, sizes []float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, sizes: sizes, vertical: true}, objs...)
}

// HFlex puts objects side by side: sizes 0 own width, > 0 weight, < 0 fixed px.
func HFlex(gap float32, sizes []float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, sizes: sizes}, objs...)
}

func (f *flex) size(i int) float32 {
	if i < len(f.sizes) {
		return f.sizes[i]
	}
	return 0
}

func (f *flex) main(s fyne.Size) float32 {
	if f.vertical {
		return s.Height
	}
	return s.Width
}

func (f *flex) cross(s fyne.Size) float32 {
	if f.vertical {
		return s.Width
	}
	return s.Height
}

func (f *flex) make(main, cross float32) fyne.Size {
	if f.vertical {
		return fyne.NewSize(cross, main)
	}
	return fyne.NewSize(main, cross)
}

func (f *flex) fixed(px float32) float32 {
	if f.vertical {
		return theme.Px(px)
	}
	return theme.Wide(px)
}

func (f *flex) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var main, cross float32
	seen := false
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		cross = max(cross, f.cross(m))
		if seen {
			main += f.gap
		}
		seen = true
		if s := f.size(i); s < 0 {
			main += f.fixed(-s)
		} else {
			main += f.main(m)
		}
	}
	return f.make(main, cross)
}

func (f *flex) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	room, weight := f.main(size), float32(0)
	lens := make([]float32, len(objs))
	seen := false
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		if seen {
			room -= f.gap
		}
		seen = true
		if f.vertical && o.Size().Width != size.Width { // wrapped texts measure at their width
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
		switch s := f.size(i); {
		case s > 0:
			weight += s
			continue
		case s < 0:
			lens[i] = f.fixed(-s)
		default:
			lens[i] = f.main(o.MinSize())
		}
		room -= lens[i]
	}
	at := float32(0)
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		if s := f.size(i); s > 0 {
			lens[i] = max(0, room*s/weight)
		}
		cross, pos := f.cross(size), float32(0)
		if !f.vertical && f.sizes == nil { // a plain row centres its objects
			cross = min(cross, o.MinSize().Height)
			pos = (f.cross(size) - cross) / 2
		}
		if f.vertical {
			o.Move(fyne.NewPos(pos, at))
		} else {
			o.Move(fyne.NewPos(at, pos))
		}
		o.Resize(f.make(lens[i], cross))
		at += lens[i] + f.gap
	}
}

// Pad insets an object.
func Pad(x, y float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&padded{x, y}, o)
}

type padded struct{ x, y float32 }

func (p *padded) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().AddWidthHeight(2*p.x, 2*p.y)
}

func (p *padded) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	objs[0].Move(fyne.NewPos(p.x, p.y))
	objs[0].Resize(s.SubtractWidthHeight(2*p.x, 2*p.y))
}

// Centered keeps an object at its own size in the middle.
func Centered(o fyne.CanvasObject) *fyne.Container { return container.NewCenter(o) }

// Spacer is an empty object: give it a weight in a flex row or column.
func Spacer() fyne.CanvasObject {
	return NewPainting(0, 0, func(*Gfx, fyne.Size) {})
}

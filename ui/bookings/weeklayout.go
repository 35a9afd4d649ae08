package bookings

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// twoRows lays objects out at their own widths in one line, the last one at the
// right; where they do not fit, those after split go to a second line.
type twoRows struct {
	gap   float32
	split int
	width float32
}

func (l *twoRows) wide(objs []fyne.CanvasObject) (w float32) {
	for i, o := range objs {
		if i > 0 {
			w += l.gap
		}
		w += o.MinSize().Width
	}
	return w
}

// MinSize is one or two lines, for the width last laid out in.
func (l *twoRows) MinSize(objs []fyne.CanvasObject) fyne.Size {
	h := theme.Px(32)
	if l.width > 0 && l.wide(objs) > l.width {
		h = 2*h + l.gap
	}
	return fyne.NewSize(max(l.wide(objs[:l.split]), l.wide(objs[l.split:])), h)
}

// Layout places them.
func (l *twoRows) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	if l.wide(objs) <= size.Width {
		l.row(objs, 0, size.Width)
		return
	}
	l.row(objs[:l.split], 0, 0)
	l.row(objs[l.split:], theme.Px(32)+l.gap, size.Width)
}

// row places one line; a width pushes its last object to the right.
func (l *twoRows) row(objs []fyne.CanvasObject, y, width float32) {
	x := float32(0)
	for i, o := range objs {
		m := o.MinSize()
		if i == len(objs)-1 && width > 0 {
			x = width - m.Width
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(m.Width, theme.Px(32)))
		x += m.Width + l.gap
	}
}

// thin asks for no width: a column scrolls up and down only.
type thin struct{}

// MinSize is the object's height.
func (thin) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, objs[0].MinSize().Height)
}

// Layout gives all the room.
func (thin) Layout(objs []fyne.CanvasObject, size fyne.Size) { objs[0].Resize(size) }

// evenRow puts buttons side by side, what room is left shared; where the text is
// too large they stand one under the other.
type evenRow struct {
	gap   float32
	width float32
}

func (l *evenRow) need(objs []fyne.CanvasObject) (w, h float32) {
	for i, o := range objs {
		m := o.MinSize()
		w, h = w+m.Width, max(h, m.Height)
		if i > 0 {
			w += l.gap
		}
	}
	return w, h
}

// MinSize is one line, or one a button, for the width last laid out in.
func (l *evenRow) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w, h := l.need(objs)
	if l.width > 0 && w > l.width {
		n := float32(len(objs))
		return fyne.NewSize(0, n*h+(n-1)*l.gap)
	}
	return fyne.NewSize(0, h)
}

// Layout places them.
func (l *evenRow) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	w, h := l.need(objs)
	if w > size.Width {
		for i, o := range objs {
			o.Move(fyne.NewPos(0, float32(i)*(h+l.gap)))
			o.Resize(fyne.NewSize(size.Width, h))
		}
		return
	}
	x, more := float32(0), (size.Width-w)/float32(len(objs))
	for _, o := range objs {
		mw := o.MinSize().Width + more
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(mw, h))
		x += mw + l.gap
	}
}

// bleed lets a scroller reach a little beyond its place: what is drawn at the
// very edge of its content (a card's border) would be clipped there.
type bleed struct{}

const bleedBy = 4

// MinSize asks for nothing: the column scrolls.
func (bleed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// Layout places the scroller.
func (bleed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(-bleedBy, -bleedBy))
	objs[0].Resize(size.AddWidthHeight(2*bleedBy, 2*bleedBy))
}

// besides puts a small object at the right of a large one; the place stays when
// it is hidden.
type besides struct{ gap float32 }

// MinSize is that of the large one.
func (l *besides) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(objs[0].MinSize().Height, objs[1].MinSize().Height))
}

// Layout places both.
func (l *besides) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	m := objs[1].MinSize()
	objs[0].Resize(fyne.NewSize(size.Width-m.Width-l.gap, size.Height))
	objs[1].Move(fyne.NewPos(size.Width-m.Width, (size.Height-m.Height)/2))
	objs[1].Resize(m)
}

// pairLine is a line with words at both ends; the right one is never cut.
type pairLine struct {
	*widgets.Painting
	left, right string
}

func newPairLine(l, r widgets.Style) *pairLine {
	p := &pairLine{}
	p.Painting = widgets.NewPainting(40, 20, func(g *widgets.Gfx, size fyne.Size) {
		w := widgets.TextWidth(p.right, r)
		g.Text(0, 0, size.Width-w-8, size.Height, p.left, l)
		g.Text(size.Width-w, 0, w+1, size.Height, p.right, r)
	})
	return p
}

func (p *pairLine) set(left, right string) {
	if p.left != left || p.right != right {
		p.left, p.right = left, right
		p.Refresh()
	}
}

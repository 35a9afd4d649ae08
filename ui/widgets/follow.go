package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// follow scrolls to what has just got the keyboard, in every scroll it is in:
// whoever goes from field to field with Tab sees where they are.
func follow(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil || o.Size().IsZero() {
		return
	}
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	scrolls, found := scrollsTo(root, o, nil)
	if !found {
		return
	}
	driver := fyne.CurrentApp().Driver()
	for _, s := range scrolls {
		if s.Size().Height < 1 {
			continue
		}
		top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(s).Y
		bottom, room := top+o.Size().Height, s.Size().Height
		by := float32(0)
		switch tall := bottom-top > room-2*followAir; {
		case tall && (top > room-followAir || bottom < followAir): // out of sight; else it stays where the hand put it
			by = top - followAir
		case tall:
		case top < followAir: // the label above comes too
			by = top - followAir
		case bottom > room-followAir:
			by = bottom - room + followAir
		}
		if by != 0 {
			s.ScrollToOffset(fyne.NewPos(s.Offset.X, s.Offset.Y+by))
		}
	}
}

// followAir is kept above and below what has the keyboard, px.
const followAir = 28

// scrollsTo lists the scrolls from root down to an object.
func scrollsTo(root, to fyne.CanvasObject, above []*container.Scroll) ([]*container.Scroll, bool) {
	if root == nil || !root.Visible() {
		return nil, false
	}
	if root == to {
		return above, true
	}
	var children []fyne.CanvasObject
	switch x := root.(type) {
	case *fyne.Container:
		children = x.Objects
	case *container.Scroll:
		children = []fyne.CanvasObject{x.Content}
		above = append(above[:len(above):len(above)], x)
	case interface{ children() []fyne.CanvasObject }:
		children = x.children()
	}
	for _, child := range children {
		if list, ok := scrollsTo(child, to, above); ok {
			return list, true
		}
	}
	return nil, false
}

// children are the objects a painted widget is made of.
func (b *base) children() []fyne.CanvasObject { return b.g.objs }

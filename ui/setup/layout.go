package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// bleedPx is kept around what scrolls, outside its column: a scroller cuts focus
// rings off.
const bleedPx = 6

// scroll lets a page be longer than the window.
func scroll(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&bleed{}, container.NewVScroll(widgets.Pad(bleedPx, bleedPx, o)))
}

type bleed struct{}

func (*bleed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().SubtractWidthHeight(2*bleedPx, 2*bleedPx)
}

func (*bleed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(-bleedPx, -bleedPx))
	objs[0].Resize(size.AddWidthHeight(2*bleedPx, 2*bleedPx))
}

// frame keeps the card in the middle, as wide as a page of forms wants and as high
// as the window allows.
type frame struct{}

const cardWidth, cardHeight = 1080, 820

func (*frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 480) }

func (*frame) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	w, h := min(theme.Wide(cardWidth), size.Width-32), min(theme.Px(cardHeight), size.Height-32)
	objs[0].Resize(fyne.NewSize(w, h))
	objs[0].Move(fyne.NewPos((size.Width-w)/2, (size.Height-h)/2))
}

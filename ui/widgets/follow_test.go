package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/ui/theme"
)

// TestTheScrollFollowsTheKeyboard: Tab down a form longer than its window keeps
// each field in sight, and back up again; what stands outside the scroll moves
// nothing.
func TestTheScrollFollowsTheKeyboard(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	var fields []*TextField
	var rows []fyne.CanvasObject
	for range 20 {
		f := NewTextField()
		fields = append(fields, f)
		rows = append(rows, NewField("Champ", "", f))
	}
	scroll := container.NewVScroll(VBox(10, rows...))
	outside := NewButton("Enregistrer", Primary, nil)
	w := test.NewWindow(VFlex(0, []float32{1, 0}, NewPanel("Fiche", scroll), outside))
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 360))
	c := w.Canvas()
	seen := func(f *TextField) bool {
		d := fyne.CurrentApp().Driver()
		top := d.AbsolutePositionForObject(f).Y - d.AbsolutePositionForObject(scroll).Y
		return top >= 0 && top+f.Size().Height <= scroll.Size().Height
	}
	if seen(fields[19]) {
		t.Fatal("everything is in sight: nothing is tried")
	}
	for i, f := range fields {
		c.FocusNext()
		if !f.Focused() || !seen(f) {
			t.Fatalf("field %d: focused %v, seen %v, offset %v", i, f.Focused(), seen(f), scroll.Offset)
		}
	}
	at := scroll.Offset
	c.FocusNext()
	if !outside.Focused() || scroll.Offset != at {
		t.Errorf("the button below the scroll: %v, %v then %v", outside.Focused(), at, scroll.Offset)
	}
	for range 20 {
		c.FocusPrevious()
	}
	if !fields[0].Focused() || !seen(fields[0]) || scroll.Offset.Y > followAir {
		t.Errorf("back at the top: %v", scroll.Offset)
	}
}

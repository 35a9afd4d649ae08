package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/ui/theme"
)

func markedWindow(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 100))
	win := test.NewWindow(o)
	t.Cleanup(win.Close)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

// covered puts the pieces together again: every letter of the text is on the
// screen once, and nothing stands outside the width.
func covered(t *testing.T, m *MarkedText) {
	t.Helper()
	at := 0
	var y float32
	for _, p := range m.pieces {
		if p.start < at {
			t.Fatalf("%q is shown twice", m.text[p.start:p.end])
		}
		if strings.TrimSpace(m.text[at:p.start]) != "" {
			t.Fatalf("%q is not shown", m.text[at:p.start])
		}
		if p.x < 0 || p.x+p.w > m.width+8 {
			t.Errorf("%q from %v to %v of %v", m.text[p.start:p.end], p.x, p.x+p.w, m.width)
		}
		if p.y < y {
			t.Errorf("%q goes up", m.text[p.start:p.end])
		}
		at, y = p.end, p.y
	}
	if strings.TrimSpace(m.text[at:]) != "" {
		t.Errorf("%q is not shown", m.text[at:])
	}
}

func TestMarkedTextShowsEveryLetterOnce(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "Bonjour,\nHugo sera absent jeudi 26 novembre, merci.", "  deux  espaces  ", strings.Repeat("anticonstitutionnellement", 20),
		strings.Repeat("mot ", 500), "«\u00a0insécable\u00a0»\u202f! 👩‍👩‍👧 été", "un\ttabulé\r\nsuite",
	} {
		m := NewMarkedText()
		var marks []TextMark
		for _, words := range []string{"jeudi 26 novembre", "mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot", "anticonstitutionnellementanticonstitutionnellement", "été", "insécable"} {
			if at := strings.Index(text, words); at >= 0 {
				marks = append(marks, TextMark{Start: at, End: at + len(words), Label: "1"})
			}
		}
		markedWindow(t, m, 300, 200)
		m.Set(text, marks)
		if len(m.Marks()) != len(marks) {
			t.Errorf("%.20q: %d marks of %d", text, len(m.Marks()), len(marks))
		}
		covered(t, m)
	}
}

func TestMarkedTextLeavesSenselessMarksOut(t *testing.T) {
	m := NewMarkedText()
	m.Set("été comme hiver", []TextMark{{-3, 2, "1", false}, {0, 5, "1", false}, {3, 9, "2", false}, {1, 3, "3", false}, {90, 95, "4", true}, {6, 6, "5", true}, {6, 11, "6", true}})
	if got := m.Marks(); len(got) != 2 || got[0].Label != "1" || got[1].Label != "6" {
		t.Errorf("%+v", got)
	}
}

func TestMarkedTextIsChosenCopiedAndPressed(t *testing.T) {
	m := NewMarkedText()
	win := markedWindow(t, m, 400, 120)
	m.Set("Hugo sera absent jeudi 26 novembre, merci.", []TextMark{{17, 34, "1", false}})
	pressed, copied := "", 0
	m.OnMark = func(l string) { pressed = l }
	m.OnCopied = func(n int) { copied = n }
	mid := func(i int) fyne.Position {
		p := m.pieces[i]
		return fyne.NewPos(p.x+p.w/2, p.y+10)
	}
	m.body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: mid(1)}})
	m.body.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: mid(3)}})
	if got := m.Selected(); got != "sera absent jeudi 26 novembre" {
		t.Errorf("chosen %q", got)
	}
	m.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "sera absent jeudi 26 novembre" || copied != 29 {
		t.Errorf("copied %q, %d", got, copied)
	}
	if win.Canvas().Focused() != m {
		t.Error("a press does not take the keyboard")
	}
	m.TypedShortcut(&fyne.ShortcutSelectAll{})
	if m.Selected() != m.Text() {
		t.Errorf("all: %q", m.Selected())
	}
	m.body.Tapped(&fyne.PointEvent{Position: mid(3)})
	if pressed != "1" {
		t.Errorf("pressed %q", pressed)
	}
}

func TestMarkedTextScrollsWithKeysAndPassesTheRest(t *testing.T) {
	m := NewMarkedText()
	win := markedWindow(t, m, 300, 100)
	m.Set(strings.Repeat("une ligne de texte\n", 40), nil)
	passed := fyne.KeyName("")
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { passed = ev.Name })
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyPageDown, fyne.KeySpace, fyne.KeyEnd} {
		before := m.scroll.Offset.Y
		m.TypedKey(&fyne.KeyEvent{Name: k})
		if m.scroll.Offset.Y <= before {
			t.Errorf("%s: %v", k, m.scroll.Offset.Y)
		}
	}
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if m.scroll.Offset.Y != 0 {
		t.Error("Home")
	}
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF7})
	if passed != fyne.KeyF7 {
		t.Error("F7 is swallowed")
	}
}

func TestCardListMovesActsAndKeepsTheCursorInSight(t *testing.T) {
	var opened, spaced, zoned, selected []int
	l := NewCardList(8, func(row int, _ float32) float32 { return float32(40 + 10*row) }, func(g *Gfx, row int, b Box, _ bool) {
		g.Zone(b.X+b.W-30, b.Y, 30, 30, "tick", row)
	})
	l.OnOpen = func(i int) { opened = append(opened, i) }
	l.OnSpace = func(i int) { spaced = append(spaced, i) }
	l.OnZone = func(i int, _ string) { zoned = append(zoned, i) }
	l.OnSelect = func(i int) { selected = append(selected, i) }
	win := markedWindow(t, l, 200, 150)
	passed := fyne.KeyName("")
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { passed = ev.Name })
	if l.Selected() != -1 {
		t.Error("a card is chosen where there is none")
	}
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	l.SetCount(6)
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeySpace, fyne.KeyEnd, fyne.KeyReturn, fyne.KeyDown, fyne.Key1} {
		l.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if len(spaced) != 1 || spaced[0] != 1 || len(opened) != 1 || opened[0] != 5 || len(selected) != 2 || passed != fyne.Key1 {
		t.Errorf("space %v, enter %v, moved %v, passed %q", spaced, opened, selected, passed)
	}
	y := l.top(5)
	if off := l.scroll.Offset.Y; y < off || y+90 > off+l.scroll.Size().Height+1 {
		t.Errorf("the last card at %v, in sight %v to %v", y, off, off+l.scroll.Size().Height)
	}
	l.Top()
	at := fyne.NewPos(l.body.Size().Width-20, l.top(1)+10)
	l.body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
	l.body.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
	l.body.Tapped(&fyne.PointEvent{Position: at}) // the toolkit's echo
	if len(zoned) != 1 || zoned[0] != 1 || l.Selected() != 1 {
		t.Errorf("a press: zones %v, at %d", zoned, l.Selected())
	}
	l.body.DoubleTapped(&fyne.PointEvent{Position: at})
	if len(opened) != 1 {
		t.Error("two quick ticks opened the card")
	}
	l.body.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(20, l.top(2)+10)})
	if len(opened) != 2 || opened[1] != 2 {
		t.Errorf("opened %v", opened)
	}
}

// TestMarkedTextDrawsLongTextsInFewPieces: a message of many words must not cost
// one drawing a word.
func TestMarkedTextDrawsLongTextsInFewPieces(t *testing.T) {
	m := NewMarkedText()
	markedWindow(t, m, 420, 300)
	m.Set(strings.Repeat("quelques mots sans importance ", 1300), nil)
	if words, drawn := len(m.pieces), len(m.body.g.objs); words < 5000 || drawn > words/5 {
		t.Errorf("%d words, %d drawings", words, drawn)
	}
}

package widgets

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"
)

func TestStepperByKeyboardAndPointer(t *testing.T) {
	var chose []int
	s := monthEnd(func(i int) { chose = append(chose, i) })
	w := show(t, s, 1192, 80)
	w.Canvas().Focus(s)
	if s.Cursor() != 2 {
		t.Errorf("the keyboard begins at %d, the current step is 2", s.Cursor())
	}
	press(s, fyne.KeyRight, fyne.KeyReturn, fyne.KeyHome, fyne.KeyLeft, fyne.KeySpace, fyne.KeyEnd, fyne.KeyRight, fyne.KeyEnter)
	b := s.boxes(1192)
	test.TapAt(s, fyne.NewPos(b[1].x+8, 40))
	test.TapAt(s, fyne.NewPos(b[2].x+b[2].w+stepGap, 40)) // between two steps
	if got := fmt.Sprint(chose); got != "[3 0 4 1]" {
		t.Errorf("chose %s", got)
	}
	s.Set(s.steps...)
	if s.Cursor() != 1 {
		t.Error("fresh figures must not take the keyboard away from its step")
	}
	w.Canvas().Unfocus()
	if s.Cursor() != 2 {
		t.Error("a cursor that was left goes back to the step shown")
	}
	s.SetShown(4)
	if s.under() != 4 || s.Cursor() != 4 {
		t.Errorf("the underline is at %d", s.under())
	}
	s.SetShown(-1)
	if s.under() != 2 {
		t.Errorf("the underline is at %d, not below the current step", s.under())
	}
}

func TestStepperWithoutChoiceIsPassedBy(t *testing.T) {
	s, next := monthEnd(nil), NewButton("Suite", Secondary, nil)
	w := show(t, VBox(8, s, next), 1192, 200)
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != next {
		t.Errorf("Tab went to %T", w.Canvas().Focused())
	}
	test.TapAt(s, fyne.NewPos(40, 40)) // does nothing, and does not crash
	NewStepper(func(int) {}).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func TestStepperSaysItsStates(t *testing.T) {
	test.NewTempApp(t)
	got := monthEnd(nil).AccessibilityLabel()
	for _, want := range []string{"1. Calculer, 148 factures, le 21/12, faite.", "2. Contrôler, 6 alertes, 3 écartées, à revoir.", "3. Émettre, en cours : 212 sur 340, en cours.", "5. Relancer, à partir du 20/01/2027, à venir."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestStepperInLittleRoom(t *testing.T) {
	s := monthEnd(func(int) {})
	show(t, s, 1192, 80)
	for _, c := range []struct {
		width float32
		want  string // of the steps' words: whole, cut, none
	}{
		{1192, "whole whole whole whole whole"},
		{900, "cut whole whole whole cut"},
		{784, "cut cut whole cut cut"},
		{620, "none none whole none none"},
		{390, "none none cut none none"},
		{312, "none none none none none"},
	} {
		s.Resize(fyne.NewSize(c.width, 80))
		var got []string
		for i, b := range s.boxes(c.width) {
			all := TextWidth(s.steps[i].Detail, Small)
			label := TextWidth(s.steps[i].Label, CardTitle)
			switch {
			case b.text == 0:
				got = append(got, "none")
				if tip := s.g.tipAt(fyne.NewPos(b.x+8, 40)); tip != s.steps[i].words() {
					t.Errorf("%v px: step %d without words has the tooltip %q", c.width, i, tip)
				}
			case b.text < label:
				t.Errorf("%v px: the label of step %d is cut", c.width, i)
			case b.text >= all:
				got = append(got, "whole")
			default:
				got = append(got, "cut")
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%v px: %s, want %s", c.width, g, c.want)
		}
	}
}

func TestStepsNeverOverlap(t *testing.T) {
	test.NewTempApp(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "steps")
		square := rapid.Float32Range(32, 48).Draw(t, "square")
		least := 2*stepEdge + float32(n)*(square+2*stepInset+stepTight)
		width := rapid.Float32Range(least, 1600).Draw(t, "width")
		var words []stepWords
		for range n {
			l := rapid.Float32Range(20, 160).Draw(t, "label")
			words = append(words, stepWords{l, l + rapid.Float32Range(0, 200).Draw(t, "more")})
		}
		open := rapid.IntRange(-1, n-1).Draw(t, "open")
		end := stepEdge
		for i, b := range stepBoxes(width, square, words, open) {
			if b.x < end-0.1 || b.w < square || b.text > 0 && b.text < words[i].label-0.1 {
				t.Fatalf("step %d: %+v, the one before ends at %.1f, words %+v", i, b, end, words[i])
			}
			end = b.x + b.w
			if b.lineW > 0 {
				if b.lineX < end {
					t.Fatalf("step %d: the line begins at %.1f, its words end at %.1f", i, b.lineX, end)
				}
				end = b.lineX + b.lineW
			}
		}
		if end > width-stepEdge+0.1 {
			t.Fatalf("the steps end at %.1f of %.1f", end, width)
		}
	})
}

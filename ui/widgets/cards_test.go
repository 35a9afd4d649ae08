package widgets

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestRemaining(t *testing.T) {
	for _, c := range []struct {
		done, total int
		took        time.Duration
		want        string
	}{
		{0, 340, time.Minute, ""},
		{340, 340, time.Minute, ""},
		{10, 340, 0, ""},
		{330, 340, 100 * time.Second, "encore quelques secondes"},
		{212, 340, 63 * time.Second, "encore 40 s environ"},
		{100, 200, 50 * time.Second, "encore 50 s environ"},
		{100, 200, 51 * time.Second, "encore 1 min environ"},
		{100, 200, 61 * time.Second, "encore 2 min environ"},
		{100, 200, 90 * time.Minute, "encore 90 min environ"},
		{100, 200, 91 * time.Minute, "encore plus d’une heure"},
	} {
		if got := strings.ReplaceAll(Remaining(c.done, c.total, c.took), nbsp, " "); got != c.want {
			t.Errorf("%d of %d in %v: %q, want %q", c.done, c.total, c.took, got, c.want)
		}
	}
}

func TestProgressCardTellsAndActs(t *testing.T) {
	p := NewProgressCard("file", "Création des PDF")
	w := show(t, VBox(0, p), 320, 200)
	if p.Button().Visible() {
		t.Error("a card without an action has no button")
	}
	p.Report(5, 0, "Préparation…")
	if got := p.Texts(); got != [4]string{"", "Préparation…", "", ""} {
		t.Errorf("without a total: %q", got)
	}
	p.Report(212, 340, "148 factures, 87 avis, 105 relevés")
	p.Left("encore 40\u00a0s environ")
	if got := p.Texts(); got != [4]string{"212\u00a0/\u00a0340", "148 factures, 87 avis, 105 relevés", "62\u00a0%", "encore 40\u00a0s environ"} {
		t.Errorf("%q", got)
	}
	p.Report(400, 340, "")
	if got := p.Texts()[2]; got != "100\u00a0%" {
		t.Errorf("beyond its total: %s", got)
	}
	n := 0
	p.Action("pause", "Pause", func() { n++ })
	w.Canvas().FocusNext()
	press(w.Canvas().Focused(), fyne.KeyReturn)
	if n != 1 {
		t.Errorf("pressed %d times", n)
	}
	p.Action("", "", nil)
	if p.Button().Visible() {
		t.Error("the button is still there")
	}
}

func TestActionListDoesWhatItsVerbSays(t *testing.T) {
	l := alerts()
	w := show(t, VBox(0, l), 320, 200)
	if got := l.MinSize().Height; got != 3*56+8 {
		t.Errorf("%v px high", got)
	}
	var did []string
	l.OnAction = func(r ActionRow) { did = append(did, r.ID) }
	w.Canvas().Focus(l)
	press(l, fyne.KeyReturn, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeyDown, fyne.KeyEnter)
	at := func(row int, x float32) fyne.Position { return fyne.NewPos(x, 4+56*float32(row)+28) }
	test.TapAt(l, at(1, 290)) // the verb
	test.TapAt(l, at(0, 100)) // the line: goes there only
	if got := fmt.Sprint(did); got != "[m i z i]" || l.Selected() != 0 {
		t.Errorf("did %s, at %d", got, l.Selected())
	}
	l.Set([]ActionRow{{Icon: "info", Title: "La base est à jour"}})
	press(l, fyne.KeyReturn)
	test.TapAt(l, at(0, 290))
	if len(did) != 4 || l.MinSize().Height != 56+8 {
		t.Error("a line without a verb does nothing")
	}
}

func TestTableFoldsItsGroups(t *testing.T) {
	tb := invoices()
	w := show(t, tb, 860, 680)
	w.Canvas().Focus(tb)
	open := false
	tb.Group = func(r int) *GroupRow {
		if r == 12 {
			return &GroupRow{Title: "013 à 092", Text: "80 factures émises", Open: open}
		}
		return nil
	}
	var got []string
	tb.OnFold = func(r int, o bool) { open = o; got = append(got, fmt.Sprint(r, o)) }
	tb.OnOpen = func(r int) { got = append(got, fmt.Sprint("open", r)) }
	tb.Select(11)
	press(tb, fyne.KeyRight, fyne.KeyReturn) // an ordinary row
	press(tb, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn, fyne.KeySpace)
	at := fyne.NewPos(200, 32+12*36+10)
	test.TapAt(tb, at)
	test.DoubleTap(tb) // a row at the top left corner: the header, nothing
	tb.DoubleTapped(&fyne.PointEvent{Position: at})
	if s := fmt.Sprint(got); s != "[open11 12 true 12 false 12 true 12 false]" {
		t.Errorf("%s", s)
	}
	press(tb, fyne.KeyUp)
	if tb.Selected() != 11 {
		t.Errorf("arrows go on as everywhere, at %d", tb.Selected())
	}
	if s := texts(&tb.g); !strings.Contains(s, "013 à 092|80 factures émises|Droite|déplier") {
		t.Errorf("the group row is not drawn: %s", s)
	}
}

func TestTableSparesColumnsWhereRoomLacks(t *testing.T) {
	test.NewTempApp(t)
	tb := invoices()
	count := func(w float32) (shown []string) {
		xs, ws := tb.layout(w)
		for i, c := range tb.columns {
			if ws[i] == 0 {
				continue
			}
			shown = append(shown, c.ID)
			if !c.Spare && c.Width == 0 && ws[i] < leastShare || xs[i]+ws[i] > w-15 {
				t.Errorf("%v px: column %s at %v, %v px wide", w, c.ID, xs[i], ws[i])
			}
		}
		return shown
	}
	for w, want := range map[float32]string{860: "[n f e r m p s]", 720: "[n f e r m s]", 600: "[n f e m s]", 520: "[n f m s]"} {
		if got := fmt.Sprint(count(w)); got != want {
			t.Errorf("%v px: %s, want %s", w, got, want)
		}
	}
}

package widgets

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
)

func show(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 100))
	win := test.NewWindow(o)
	t.Cleanup(win.Close)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func press(o fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		o.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func today() calendar.Date { return calendar.MustISO("2026-12-08") }

func TestButtonPressesOnTapEnterAndSpace(t *testing.T) {
	n := 0
	b := NewButton("&Valider", Primary, func() { n++ })
	w := show(t, b, 200, 60)
	test.Tap(b)
	press(b, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace)
	if n != 4 || w.Canvas().Focused() != b {
		t.Errorf("%d presses, focused %v", n, w.Canvas().Focused())
	}
	b.SetEnabled(false, "Choisissez d’abord un enfant.")
	test.Tap(b)
	press(b, fyne.KeyReturn)
	if n != 4 {
		t.Error("a disabled button pressed")
	}
	if b.g.tipAt(fyne.NewPos(5, 5)) != "Choisissez d’abord un enfant." {
		t.Error("the reason is not in the tooltip")
	}
	if b.Label() != "Valider" {
		t.Errorf("label %q", b.Label())
	}
}

func TestHeightsFollowTheTextScale(t *testing.T) {
	a := test.NewTempApp(t)
	b := NewButton("x", Primary, nil)
	for percent, want := range map[int]float32{100: 40, 125: 50, 150: 60, 300: 60, 10: 40} {
		a.Settings().SetTheme(theme.New(theme.Light, percent))
		if got := b.min().Height; got != want {
			t.Errorf("%d %%: %v px, want %v", percent, got, want)
		}
	}
}

func TestTruncateAndWrap(t *testing.T) {
	test.NewTempApp(t)
	long := "Maternelle Les Libellules du grand étang"
	cut := Truncate(long, Body, 120)
	if !strings.HasSuffix(cut, "…") || TextWidth(cut, Body) > 120 {
		t.Errorf("%q is %v px", cut, TextWidth(cut, Body))
	}
	if Truncate("Léa", Body, 120) != "Léa" || Truncate(long, Body, 3) != "" {
		t.Error("a short text must stay, a hopeless one vanish")
	}
	for _, l := range Wrap(long+"\nfin", Body, 120) {
		if TextWidth(l, Body) > 120 {
			t.Errorf("line %q too wide", l)
		}
	}
	l := NewLabel(long, Body)
	l.Resize(fyne.NewSize(120, 20))
	test.WidgetRenderer(l).Layout(fyne.NewSize(120, 20))
	if l.g.tipAt(fyne.NewPos(4, 4)) != long {
		t.Error("a clipped text must be whole in its tooltip")
	}
}

func TestGfxTouchesOnlyWhatChanged(t *testing.T) {
	cells := map[[2]int]GridCell{}
	g := NewDayGrid("Service", func(r, c int) GridCell { return cells[[2]int{r, c}] })
	days, spans := december()
	g.Set(days, []GridGroup{{Title: "Léa", Rows: []GridRow{{Label: "Cantine"}, {Label: "Soir"}}}}, spans...)
	show(t, g, 900, 400)
	before := snapshot(g)
	cells[[2]int{0, 0}] = GridCell{Fill: CellSolid, Tone: Success, Text: "P"}
	g.RefreshCells()
	changed := 0
	for i, s := range snapshot(g) {
		if i >= len(before) || s != before[i] {
			changed++
		}
	}
	if changed == 0 || changed > 2 {
		t.Errorf("one cell changed, %d objects did", changed)
	}
	// planted fault: without the kept objects, everything is made anew
	g.g.objs = nil
	g.RefreshCells()
	anew := 0
	for i, s := range snapshot(g) {
		if i >= len(before) || s != before[i] {
			anew++
		}
	}
	if anew < 50 {
		t.Errorf("the check does not notice a grid drawn anew: %d", anew)
	}
}

func snapshot(g *DayGrid) []string {
	var out []string
	for _, o := range g.g.objs {
		switch x := o.(type) {
		case *canvas.Text:
			out = append(out, fmt.Sprintf("%p %s %v %v", x, x.Text, x.Color, x.Position()))
		case *canvas.Rectangle:
			out = append(out, fmt.Sprintf("%p %v %v %v %v", x, x.FillColor, x.StrokeColor, x.StrokeWidth, x.Position()))
		default:
			out = append(out, fmt.Sprintf("%p", o))
		}
	}
	return out
}

func TestDateFieldUnderstandsAndShifts(t *testing.T) {
	d := NewDateField(today).Required()
	w := show(t, d, 200, 60)
	var got []string
	d.OnDate = func(day calendar.Date) { got = append(got, day.String()) }
	d.Focus()
	e := w.Canvas().Focused()
	test.Type(e, "5/9/26")
	w.Canvas().Unfocus()
	if d.Text() != "05/09/2026" {
		t.Errorf("text %q", d.Text())
	}
	d.Focus()
	test.Type(w.Canvas().Focused(), "+")
	test.Type(w.Canvas().Focused(), "-")
	test.Type(w.Canvas().Focused(), "-")
	if s := fmt.Sprint(got); s != "[2026-09-05 2026-09-06 2026-09-05 2026-09-04]" {
		t.Errorf("%s", s)
	}
	d.SetText("32/13")
	w.Canvas().Unfocus()
	if !d.bad || d.Text() != "32/13" {
		t.Error("a wrong date must stay as typed and be red")
	}
	if _, err := d.Value(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("error %v", err)
	}
	d.SetText("")
	if _, err := d.Value(); err == nil {
		t.Error("a required date may not be empty")
	}
}

func TestMonthViewFromTheThirtyFirst(t *testing.T) {
	var picked calendar.Date
	m := NewMonthView(calendar.MustISO("2026-12-31"), today(), func(d calendar.Date) { picked = d })
	show(t, m, 300, 300)
	press(m, fyne.KeyPageDown, fyne.KeyPageDown)
	if m.Day().String() != "2027-02-28" {
		t.Errorf("two months after 31 December: %s", m.Day())
	}
	press(m, fyne.KeyHome, fyne.KeyReturn)
	if picked.String() != "2027-02-01" {
		t.Errorf("picked %s", picked)
	}
}

func TestDateFieldOpensAMonthAndEscapeComesBack(t *testing.T) {
	d := NewDateField(today)
	w := show(t, d, 600, 500)
	d.Focus()
	press(w.Canvas().Focused(), fyne.KeyDown)
	m, ok := w.Canvas().Focused().(*MonthView)
	if !ok {
		t.Fatalf("focused %T", w.Canvas().Focused())
	}
	press(m, fyne.KeyRight, fyne.KeyReturn)
	if d.Text() != "09/12/2026" || Covered(w.Canvas()) {
		t.Errorf("text %q, popup still open %v", d.Text(), Covered(w.Canvas()))
	}
}

func TestMoneyField(t *testing.T) {
	m := NewMoneyField()
	w := show(t, m, 200, 60)
	var last money.Cents
	m.OnAmount = func(c money.Cents) { last = c }
	m.Focus()
	test.Type(w.Canvas().Focused(), "1250,4")
	w.Canvas().Unfocus()
	if last != 125040 || m.Text() != "1\u202f250,40" {
		t.Errorf("%d, %q", last, m.Text())
	}
	m.SetText("abc")
	if _, err := m.Value(); err == nil {
		t.Error("abc is no amount")
	}
}

func TestSelectTypesAhead(t *testing.T) {
	var got string
	s := NewSelect(func(id string) { got = id }, Option{ID: "l", Label: "Léa"}, Option{ID: "h", Label: "Hugo"}, Option{ID: "e", Label: "Élise"})
	w := show(t, s, 400, 400)
	w.Canvas().Focus(s)
	s.TypedRune('e')
	if _, ok := w.Canvas().Focused().(*entry); !ok {
		t.Fatalf("focused %T", w.Canvas().Focused())
	}
	press(w.Canvas().Focused(), fyne.KeyReturn)
	if got != "e" || s.Value() != "e" || Covered(w.Canvas()) {
		t.Errorf("chose %q: a letter must find Élise without her accent", got)
	}
	press(s, fyne.KeyDown)
	press(w.Canvas().Focused(), fyne.KeyDown, fyne.KeyEscape)
	if s.Value() != "e" || w.Canvas().Focused() != s {
		t.Error("Escape must leave the choice and give the keyboard back")
	}
}

func TestPasswordShows(t *testing.T) {
	p := NewPasswordField()
	show(t, p, 300, 60)
	p.SetText("secret")
	if p.Shown() {
		t.Fatal("shown at once")
	}
	p.Toggle()
	if !p.Shown() || p.Text() != "secret" {
		t.Error("the eye does not show")
	}
}

func TestChoicesByKeyboard(t *testing.T) {
	var got []string
	c := NewChoice(Chips, func(id string) { got = append(got, id) }, Option{ID: "a", Label: "A"}, Option{ID: "b", Label: "B"})
	show(t, c, 300, 60)
	press(c, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft)
	if fmt.Sprint(got) != "[b a]" {
		t.Errorf("%v", got)
	}
	m := NewMultiChoice(nil, Option{ID: "l", Label: "lun."}, Option{ID: "m", Label: "mar."})
	press(m, fyne.KeySpace, fyne.KeyRight, fyne.KeySpace, fyne.KeySpace, fyne.KeySpace)
	if fmt.Sprint(m.Values()) != "[l m]" {
		t.Errorf("%v", m.Values())
	}
	r := NewRadioRows(nil, Option{ID: "1"}, Option{ID: "2"}, Option{ID: "3"}, Option{ID: "4"}).Columns(2)
	press(r, fyne.KeyDown, fyne.KeyRight)
	if r.Value() != "4" {
		t.Errorf("radio %s", r.Value())
	}
	on := false
	k := NewCheck("x", func(b bool) { on = b })
	press(k, fyne.KeySpace)
	if !on || !k.Checked() {
		t.Error("Space does not tick")
	}
}

func TestFormKeepsWhatWasTypedAndSumsUp(t *testing.T) {
	name, mail := NewTextField(), NewTextField()
	f := NewForm()
	need := func(e *TextField, s string) func() error {
		return func() error {
			if e.Text() == "" {
				return fault.New(fault.Invalid, "%s", s)
			}
			return nil
		}
	}
	fn, fm := NewField("Nom", "", name), NewField("Courriel", "", mail)
	f.Add(fn, need(name, "Indiquez le nom.")).Add(fm, need(mail, "Indiquez le courriel."))
	w := show(t, f.Content(), 400, 400)
	mail.SetText("")
	if f.Validate() {
		t.Fatal("an empty form is right")
	}
	if fn.Error() != "Indiquez le nom." || !strings.Contains(f.Summary(), "2 champs") {
		t.Errorf("%q, %q", fn.Error(), f.Summary())
	}
	if w.Canvas().Focused() != name.FocusTarget() {
		t.Error("the first wrong field has not the keyboard")
	}
	test.Type(name.FocusTarget(), "Favier")
	if name.bad {
		t.Error("typing must take the red away")
	}
	f.Validate()
	if name.Text() != "Favier" || fn.Error() != "" || fm.Error() == "" {
		t.Error("only the mail is wrong now, and the name is kept")
	}
	mail.SetText("a@b.fr")
	if !f.Validate() || f.Summary() != "" {
		t.Error("the summary stays")
	}
	f.Refuse(fault.New(fault.Conflict, "Cette famille existe déjà."))
	if f.Summary() != "Cette famille existe déjà." || name.Text() != "Favier" {
		t.Error("a refusal must be shown and lose nothing")
	}
}

func TestDialogFocusEnterEscapeAndTrap(t *testing.T) {
	behind := NewTextField()
	w := show(t, behind, 900, 600)
	behind.Focus()
	n := 0
	reason := NewTextField()
	var d *Dialog
	d = NewDialog("Refuser la demande ?", "La famille recevra un courriel.", NewField("Motif (obligatoire)", "", reason), "Refuser", Danger, func() {
		n++
		if reason.Text() != "" {
			d.Close()
		}
	})
	d.First = reason.FocusTarget()
	d.Show(w.Canvas())
	if w.Canvas().Focused() != reason.FocusTarget() {
		t.Fatal("the first field has not the keyboard")
	}
	press(w.Canvas().Focused(), fyne.KeyReturn)
	if n != 1 || !d.Open() {
		t.Fatal("Enter is not the main action, or a refusal closed the dialog")
	}
	test.Type(w.Canvas().Focused(), "Dossier incomplet")
	Press(w.Canvas(), &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	if n != 2 || d.Open() {
		t.Error("Ctrl+Enter did not finish")
	}
	if w.Canvas().Focused() != behind.FocusTarget() {
		t.Error("the keyboard did not come back")
	}
	if reason.Focused() {
		t.Error("the field that is gone still blinks: a frame ten times a second for nothing")
	}
	d.Show(w.Canvas())
	if reason.Text() != "Dossier incomplet" {
		t.Error("what was typed is lost")
	}
	press(w.Canvas().Focused(), fyne.KeyEscape)
	if d.Open() || TopDialog(w.Canvas()) != nil {
		t.Error("Escape does not close")
	}
}

// The button of the mouse that opened a dialog takes the keyboard away when it
// comes up: the first key brings it back to the list, and does what it says.
func TestDialogTakesTheKeyboardBack(t *testing.T) {
	w := show(t, NewTextField(), 900, 600)
	opened, all := -1, 0
	list := NewList(40, func(*Gfx, int, Box, bool) {})
	list.SetCount(2)
	list.OnOpen = func(row int) { opened = row }
	d := NewDialog("Deux familles", "", list, "Tout faire", Primary, func() { all++ })
	d.First = list
	d.Show(w.Canvas())
	w.Canvas().Unfocus()
	d.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if opened != 0 || all != 0 {
		t.Errorf("Enter opened row %d, and did all %d times", opened, all)
	}
	w.Canvas().Unfocus()
	d.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.Open() {
		t.Error("Escape does not close a dialog without the keyboard")
	}
}

func TestProgressDialogAsksToStopOnce(t *testing.T) {
	w := show(t, NewLabel("", Body), 900, 600)
	n := 0
	p := NewProgressDialog("Création des PDF", func() { n++ })
	p.Show(w.Canvas())
	p.Report(212, 340, "212 factures")
	press(w.Canvas().Focused(), fyne.KeyEscape)
	p.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if n != 1 || !p.Open() || !p.Asked() {
		t.Errorf("asked %d times, open %v", n, p.Open())
	}
	p.Close()
	if TopDialog(w.Canvas()) != nil {
		t.Error("still there")
	}
}

func TestAPopupFieldStopsBlinking(t *testing.T) {
	s := NewSelect(nil, Option{ID: "a", Label: "A"})
	w := show(t, s, 300, 300)
	w.Canvas().Focus(s)
	p := s.Open("")
	if !p.Entry.Focused() {
		t.Fatal("the filter has not the keyboard")
	}
	press(w.Canvas().Focused(), fyne.KeyEscape)
	if p.Entry.Focused() {
		t.Error("the filter that is gone still blinks")
	}
}

func TestTabPassesFramesBy(t *testing.T) {
	a, b := NewTextField(), NewDateField(today)
	w := show(t, VBox(8, a, b), 300, 200)
	a.Focus()
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != b.FocusTarget() {
		t.Errorf("one Tab went to %T, not to the next field's entry", w.Canvas().Focused())
	}
}

func TestTooltipShowsOnTheLayer(t *testing.T) {
	b := NewIconButton("edit", "Modifier la fiche", nil)
	w := show(t, b, 200, 200)
	l := NewTipLayer(w.Canvas())
	defer l.Close()
	b.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(8, 8), AbsolutePosition: fyne.NewPos(8, 8)}})
	if l.bubble == nil || l.bubble.text != "Modifier la fiche" {
		t.Fatal("no tooltip")
	}
	b.MouseOut()
	if l.bubble != nil {
		t.Error("the tooltip stays")
	}
}

func TestTabsAndChartAxis(t *testing.T) {
	var got []string
	tabs := NewTabs(func(id string) { got = append(got, id) }, TabItem{ID: "a"}, TabItem{ID: "b"}, TabItem{ID: "c"})
	tabs.Next(1)
	tabs.Next(-1)
	tabs.Next(-1)
	if fmt.Sprint(got) != "[b a c]" {
		t.Errorf("%v", got)
	}
	for largest, want := range map[int]string{0: "1 1", 3: "1 3", 191: "50 200", 8: "2 8", 1000: "250 1000", 201: "100 300"} {
		s, top := axis(largest)
		if fmt.Sprint(s, top) != want {
			t.Errorf("axis(%d) = %d %d, want %s", largest, s, top, want)
		}
	}
}

func TestEveryTextIsReadableInEveryLook(t *testing.T) {
	a := test.NewTempApp(t)
	pairs := [][2]theme.Token{
		{theme.Encre, theme.Blanc},
		{theme.Encre, theme.Ardoise50},
		{theme.Ardoise600, theme.Blanc},
		{theme.Ardoise600, theme.Ardoise100},
		{theme.Ardoise600, theme.Ardoise50},
		{theme.Ardoise500, theme.Blanc},
		{theme.Accent, theme.Blanc},
		{theme.Accent, theme.AccentClair},
		{theme.SurAccent, theme.Accent},
		{theme.SurAccent, theme.AccentFonce},
		{theme.SurAccent, theme.Succes},
		{theme.SurAccent, theme.Erreur},
		{theme.Succes, theme.SuccesClair},
		{theme.Erreur, theme.ErreurClair},
		{theme.Alerte, theme.AlerteClair},
		{theme.Info, theme.InfoClair},
		{theme.Erreur, theme.Blanc},
		{theme.SurArdoise, theme.Ardoise900},
		{theme.SurArdoise, theme.Ardoise800},
		{theme.SurArdoise2, theme.Ardoise900},
		{theme.SurCraie, theme.Craie},
		{theme.SurArdoise, theme.Ardoise700},
		{theme.Encre, theme.AccentClair},
		{theme.Encre, theme.AlerteClair},
		{theme.Craie, theme.Ardoise900},
	}
	for _, look := range []theme.Look{theme.Light, theme.Dark, theme.Contrast} {
		a.Settings().SetTheme(theme.New(look, 100))
		for _, p := range pairs {
			least := 4.5
			if look == theme.Contrast {
				least = 7
			}
			if r := theme.Ratio(theme.Of(p[0]), theme.Of(p[1])); r < least {
				t.Errorf("%s: %s on %s is %.2f, want %.1f", look, p[0], p[1], r, least)
			}
		}
	}
}

func TestContrastCheckCanFail(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 100))
	if r := theme.Ratio(theme.Of(theme.Ardoise400), theme.Of(theme.Blanc)); r >= 4.5 {
		t.Errorf("field borders are %.2f: never text", r)
	}
	if r := theme.Ratio(theme.Of(theme.Encre), theme.Of(theme.Blanc)); r < 16 || r > 16.3 {
		t.Errorf("ink on white is %.2f, the sheet says 16.1", r)
	}
}

func TestTabsThatDoNotFitKeepTheChosenOneInSight(t *testing.T) {
	test.NewTempApp(t)
	tabs := NewTabs(nil, TabItem{ID: "a", Label: "Réservations"}, TabItem{ID: "b", Label: "Porte-monnaie"}, TabItem{ID: "c", Label: "Factures"}, TabItem{ID: "d", Label: "Historique"})
	room := tabs.width(tabs.items[0]) + tabs.width(tabs.items[1])
	if tabs.first(room) != 0 {
		t.Error("the first tab gives way although it is chosen")
	}
	tabs.Set("d")
	f := tabs.first(room)
	if f == 0 || f > 3 {
		t.Errorf("from tab %d", f)
	}
	if tabs.first(10000) != 0 {
		t.Error("tabs are hidden although all have room")
	}
}

func TestLinesKeepTheFrenchMarksWithTheirWord(t *testing.T) {
	for _, line := range Wrap("Elles vont dans « Courrier », et nulle part ailleurs : rien ne se perd.", Body, 120) {
		if strings.HasSuffix(line, "«") || strings.HasPrefix(line, "»") || strings.HasPrefix(line, ":") {
			t.Errorf("a mark is cut from its word: %q", line)
		}
	}
}

func TestAMenuIsAsWideAsItsLongestLine(t *testing.T) {
	long := Option{Label: "Rectification demandée…", Detail: "gardée au journal", Icon: "edit"}
	if got, least := optionsWidth([]Option{{Label: "Non"}, long}), TextWidth(long.Label, BodyBold)+TextWidth(long.Detail, Small); got <= least {
		t.Errorf("the menu takes %v px, its longest line %v", got, least)
	}
}

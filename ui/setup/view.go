package setup

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// page is one step. Its content is built once: going back and forth keeps what
// was typed.
type page interface {
	label() string              // in the band of steps
	words() (head, text string) // above the content
	content() fyne.CanvasObject
	enter()                // it is shown, perhaps again
	first() fyne.Focusable // who has the keyboard then
	verb() (text, icon string)
	next(then func()) // judges and keeps what was typed, then goes on
}

// stepID names a page.
type stepID string

const (
	atChoice  stepID = "choice"
	atCommune stepID = "commune"
	atYear    stepID = "year"
	atCanteen stepID = "canteen"
	atAgent   stepID = "agent"
	atPhrase  stepID = "phrase"
	atMail    stepID = "mail"
	atPlan    stepID = "plan"
	atServer  stepID = "server"
	atNoethys stepID = "noethys"
	atTaking  stepID = "taking"
	atCopy    stepID = "copy"
	atRestore stepID = "restoring"
)

// routes are the steps of each way in.
var routes = map[string][]stepID{
	"new":     {atCommune, atYear, atCanteen, atAgent, atPhrase, atMail, atPlan},
	"join":    {atServer},
	"restore": {atCopy, atRestore},
	"empty":   {atServer, atCommune, atYear, atCanteen, atAgent, atPhrase, atMail, atPlan},
	"noethys": {atNoethys, atCommune, atYear, atCanteen, atAgent, atPhrase, atTaking},
}

// Screen is the full-window wizard. The caller puts it in the window and calls
// Focus.
type Screen struct {
	widget.BaseWidget
	d     Deps
	scope *kit.Scope
	a     answers
	today calendar.Date

	route string
	at    int // -1: the choice
	made  map[stepID]page
	busy  bool
	temp  string // the phrase as a file to be looked at: taken away afterwards

	root     *fyne.Container
	card     *fyne.Container
	inside   *fyne.Container // of the card: laid out anew when a part comes or goes
	band     *widgets.Stepper
	bandBox  *fyne.Container
	head     *widgets.Label
	text     *widgets.Label
	body     *fyne.Container
	alert    *widgets.Alert
	back, on *widgets.Button
	foot     *fyne.Container
}

// New returns the wizard at its first page, or at the server remembered.
func New(d Deps) *Screen {
	if d.Ctx == nil {
		d.Ctx = context.Background()
	}
	if d.Log == nil {
		d.Log = func(error) {}
	}
	if d.Phrase == nil {
		d.Phrase = staff.NewPhrase
	}
	if d.Ask == nil {
		d.Ask = func() []int { return askGroups(7) }
	}
	s := &Screen{d: d, scope: kit.NewScope(d.Ctx, d.Runner), made: map[stepID]page{}, at: -1, today: calendar.DateOf(d.Clock())}
	s.build()
	s.ExtendBaseWidget(s)
	if d.Join != "" {
		s.take("join")
		return s
	}
	s.show()
	return s
}

// CreateRenderer is Fyne's door.
func (s *Screen) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.root) }

// Close ends what is under way and forgets what is secret.
func (s *Screen) Close() {
	s.scope.Close()
	s.dropPaper()
	if x := s.a.takeover; x != nil {
		s.a.takeover = nil
		if err := x.Drop(); err != nil {
			s.d.Log(err)
		}
	}
	s.dropCopy()
	s.a.agent.Password, s.a.phrase = "", ""
}

func (s *Screen) build() {
	s.band = widgets.NewStepper(nil)
	s.bandBox = widgets.VBox(0, s.band)
	s.head, s.text = widgets.NewLabel("", widgets.Title), widgets.NewParagraph("", widgets.Body.With(theme.Ardoise600))
	s.body = container.NewStack()
	s.alert = widgets.NewAlert(widgets.Failure, "", "")
	s.alert.Hide()
	s.back = widgets.NewButton("Retour", widgets.Secondary, s.goBack).Icon("arrow-left").KeyHint("Échap")
	s.on = widgets.NewButton("Suivant", widgets.Primary, s.goOn).KeyHint("Ctrl+Entrée")
	s.foot = widgets.HFlex(16, []float32{0, 1, 0}, s.back, widgets.Spacer(), s.on)
	brand := widgets.NewPainting(200, 32, func(g *widgets.Gfx, size fyne.Size) {
		logo := theme.Px(28)
		g.Logo(0, (size.Height-logo)/2, logo)
		g.Text(logo+10, 0, size.Width-logo-10, size.Height, "Ardoise", widgets.Heading)
	})
	top := widgets.HFlex(8, []float32{1, 0}, brand, widgets.NewLabel("Version "+s.d.Version, widgets.Small))
	s.inside = widgets.VFlex(16, []float32{0, 0, 0, 0, 1, 0}, top, s.bandBox, widgets.VBox(4, s.head, s.text), s.alert, s.body, s.foot)
	s.card = container.New(&frame{}, widgets.NewPanel("", s.inside).Pad(24, 20))
	s.root = s.card
	s.keys()
}

// keys: Ctrl+Enter goes on from anywhere, Escape goes back and loses nothing.
func (s *Screen) keys() {
	c := s.d.Canvas
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if widgets.Covered(c) {
			return
		}
		if d := widgets.TopDialog(c); d != nil {
			d.Key(ev)
			return
		}
		if ev.Name == fyne.KeyEscape {
			s.goBack()
		}
	})
	run := func(sc fyne.Shortcut) {
		if widgets.Covered(c) || s.ended() {
			return
		}
		if d := widgets.TopDialog(c); d != nil {
			d.Shortcut(sc)
			return
		}
		if k, ok := sc.(*desktop.CustomShortcut); ok && k.Modifier == fyne.KeyModifierControl && (k.KeyName == fyne.KeyReturn || k.KeyName == fyne.KeyEnter) {
			s.goOn()
		}
	}
	widgets.HandleShortcuts(c, run)
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}, run)
	}
}

func (s *Screen) ended() bool { return s.scope.Ctx().Err() != nil }

// Focus gives the keyboard to the page.
func (s *Screen) Focus() {
	if f := s.page().first(); f != nil {
		s.d.Canvas.Focus(f)
	}
}

func (s *Screen) id() stepID {
	if s.at < 0 {
		return atChoice
	}
	return routes[s.route][s.at]
}

func (s *Screen) page() page { return s.get(s.id()) }

// get makes a page the first time it is asked for.
func (s *Screen) get(id stepID) page {
	if p := s.made[id]; p != nil {
		return p
	}
	var p page
	switch id {
	case atChoice:
		p = newChoice(s)
	case atCommune:
		p = newCommune(s)
	case atYear:
		p = newYear(s)
	case atCanteen:
		p = newCanteen(s)
	case atAgent:
		p = newAgent(s)
	case atPhrase:
		p = newPhrase(s)
	case atMail:
		p = newMail(s)
	case atPlan:
		p = newPlan(s)
	case atServer:
		p = newServer(s)
	case atNoethys:
		p = newNoethys(s)
	case atTaking:
		p = newTaking(s)
	case atCopy:
		p = newCopy(s)
	case atRestore:
		p = newRestoring(s)
	}
	s.made[id] = p
	return p
}

// take begins one of the ways in.
func (s *Screen) take(route string) {
	s.route, s.at = route, 0
	s.show()
}

// show puts the page of the current step in the window.
func (s *Screen) show() {
	s.say(nil)
	p := s.page()
	p.enter()
	head, text := p.words()
	s.head.Set(head)
	if s.d.Title != nil {
		s.d.Title(head)
	}
	s.text.Set(text)
	s.body.Objects = []fyne.CanvasObject{p.content()}
	s.body.Refresh()
	s.steps()
	s.label()
	s.inside.Refresh()
	s.scope.Do(s.Focus)
}

// steps draws the band; there is none above the choice and a single step.
func (s *Screen) steps() {
	if s.at < 0 || len(routes[s.route]) < 2 {
		s.bandBox.Hide()
		return
	}
	var out []widgets.Step
	for i, id := range routes[s.route] {
		st := widgets.Step{Label: s.get(id).label()}
		switch {
		case i < s.at:
			st.State = widgets.StepDone
		case i == s.at:
			st.State = widgets.StepNow
		}
		out = append(out, st)
	}
	s.band.Set(out...)
	s.bandBox.Show()
}

// label says what the buttons of the foot do.
func (s *Screen) label() {
	text, icon := s.page().verb()
	s.on.SetLabel(text)
	s.on.SetIcon(icon)
	if s.at < 0 {
		s.back.Hide()
	} else {
		s.back.Show()
	}
	s.foot.Refresh()
}

func (s *Screen) goOn() {
	if s.busy || s.ended() {
		return
	}
	s.say(nil)
	s.page().next(func() {
		if s.at+1 < len(routes[s.route]) {
			s.at++
			s.show()
		}
	})
	s.inside.Refresh() // errors beside fields take room
}

func (s *Screen) goBack() {
	if s.busy || s.at < 0 || s.ended() {
		return
	}
	if b, ok := s.page().(interface{ goBack() bool }); ok && b.goBack() {
		return
	}
	s.at--
	s.show()
}

// say shows a refusal above the page; nil clears it.
func (s *Screen) say(err error) {
	if err == nil {
		s.alert.Hide()
	} else {
		s.alert.Set(widgets.Failure, fault.Sentence(err), "")
		s.alert.Show()
	}
	s.inside.Refresh()
}

// run does slow work with the button busy; a refusal is shown, and what was typed
// stays.
func (s *Screen) run(word string, work func(ctx context.Context) error, done func()) {
	if s.busy {
		return
	}
	s.busy = true
	s.say(nil)
	s.on.SetLabel(word)
	s.on.SetEnabled(false, "Un instant"+nbsp+": la réponse arrive.")
	s.scope.Go(s.scope.Ctx(), work, func(err error) {
		s.busy = false
		s.on.SetEnabled(true, "")
		s.label()
		if err != nil {
			s.d.Log(err)
			s.say(err)
			if p, ok := s.page().(interface{ failed(error) }); ok {
				p.failed(err)
			}
			return
		}
		done()
	})
}

func (s *Screen) told(err error) {
	if err != nil {
		s.d.Log(err)
	}
	s.say(err)
}

func (s *Screen) dropPaper() {
	if s.temp == "" {
		return
	}
	if err := os.RemoveAll(filepath.Dir(s.temp)); err != nil {
		s.d.Log(err)
	}
	s.temp = ""
}

// chain makes Enter go to the next field, and from the last one to the next page.
func (s *Screen) chain(fields ...*widgets.TextField) {
	for i, f := range fields {
		f.OnSubmit = func() {
			if i+1 < len(fields) {
				s.d.Canvas.Focus(fields[i+1].FocusTarget())
				return
			}
			s.goOn()
		}
	}
}

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

package signin

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const cardWidth = 448

// Screen is the full-window sign-in. The caller puts it in the window and calls
// Focus; it also takes the keyboard by itself each time it asks something new.
type Screen struct {
	widget.BaseWidget
	d       Deps
	scope   *kit.Scope
	entered func(*staff.Session)
	start   start
	mode    mode
	box     *fyne.Container // holds the card
	first   fyne.Focusable

	// the parts of the door shown, for the one that is
	login, phrase   *widgets.TextField
	password, again *widgets.PasswordField
	rule            *kit.PasswordRule
	alert           *slot
	action          *widgets.Button
	form            *widgets.Form
	list            *widgets.List
	ticks           *roles
	busy            bool
}

// New returns the sign-in; onEntered is told of whoever came in (or of the
// session that was opened again).
func New(d Deps, onEntered func(*staff.Session)) *Screen {
	if d.Ctx == nil {
		d.Ctx = context.Background()
	}
	if d.Clock == nil {
		d.Clock = func() time.Time { return time.Time{} }
	}
	if d.Log == nil {
		d.Log = func(error) {}
	}
	s := &Screen{d: d, entered: onEntered, scope: kit.NewScope(d.Ctx, d.Runner), box: container.NewStack()}
	s.ExtendBaseWidget(s)
	s.show(opening)
	s.look()
	return s
}

// CreateRenderer is Fyne's door.
func (s *Screen) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.box) }

// Focus gives the keyboard to the first field.
func (s *Screen) Focus() {
	if s.d.Canvas != nil && s.first != nil {
		s.d.Canvas.Focus(s.first)
	}
}

// Close ends what is under way.
func (s *Screen) Close() {
	s.scope.Close()
}

// look finds the door, then shows it.
func (s *Screen) look() {
	kit.Load(s.scope, s.scope.Ctx(), func(ctx context.Context) (start, error) { return look(ctx, s.d) }, func(st start, err error) {
		if err != nil {
			s.d.Log(err)
			s.failed(err)
			return
		}
		s.start = st
		s.show(st.mode)
	})
}

// show replaces the card.
func (s *Screen) show(m mode) {
	s.mode, s.first, s.busy = m, nil, false
	var banner fyne.CanvasObject
	var body []fyne.CanvasObject
	switch m {
	case opening:
		body = []fyne.CanvasObject{widgets.NewLabel("Ouverture de la base…", widgets.Body.With(theme.Ardoise600).Center())}
	case askLogin:
		body = s.loginDoor()
	case askRole:
		banner, body = demoBanner(), s.roleDoor()
	case recovering:
		body = s.recoverDoor()
	case locked:
		body = s.lockedDoor()
		if s.d.Locked.Demo {
			banner = demoBanner()
		}
	}
	s.put(banner, body)
}

// put builds the card around a door.
func (s *Screen) put(banner fyne.CanvasObject, body []fyne.CanvasObject) {
	column := append([]fyne.CanvasObject{s.head()}, body...)
	rows := []fyne.CanvasObject{widgets.Pad(48, 24, widgets.VBox(14, column...)), widgets.Spacer(), widgets.NewDivider(), widgets.Pad(16, 10, s.footer())}
	sizes := []float32{0, 1, 0, 0}
	if banner != nil {
		rows, sizes = append([]fyne.CanvasObject{banner}, rows...), append([]float32{0}, sizes...)
	}
	card := widgets.NewPanel("", widgets.VFlex(0, sizes, rows...)).Flush()
	s.box.Objects = []fyne.CanvasObject{container.NewVScroll(container.New(&middle{}, card))}
	s.box.Refresh()
	s.scope.Do(s.Focus)
}

// failed says that the database does not answer.
func (s *Screen) failed(err error) {
	again := widgets.NewButton("Réessayer", widgets.Primary, s.look).Icon("refresh")
	s.first = again
	s.put(nil, []fyne.CanvasObject{widgets.NewAlert(widgets.Failure, fault.Sentence(err), ""), again, s.otherBase("Ouvrir une autre base…")})
}

func (s *Screen) head() fyne.CanvasObject {
	return widgets.NewPainting(cardWidth-96, 132, func(g *widgets.Gfx, size fyne.Size) {
		logo := theme.Px(60)
		g.Logo((size.Width-logo)/2, theme.Px(8), logo)
		g.Text(0, theme.Px(76), size.Width, theme.Px(36), "Ardoise", widgets.Total.Center())
		g.Text(0, theme.Px(112), size.Width, theme.Px(20), s.d.Place, widgets.Body.With(theme.Ardoise600).Center())
	})
}

func (s *Screen) footer() fyne.CanvasObject {
	left := widgets.NewLabel("Version "+s.d.Version, widgets.Small)
	if s.mode == askRole || s.mode == opening || s.start.idle == 0 {
		return widgets.HFlex(8, []float32{1, 0, 0}, left, widgets.NewIcon("database", theme.Ardoise600, 14), widgets.NewLabel(widgets.Truncate(s.d.Database, widgets.Small, theme.Wide(240)), widgets.Small))
	}
	lock := fmt.Sprintf("Verrouillage après %d\u00a0min", int(s.start.idle/time.Minute))
	return widgets.HFlex(8, []float32{1, 0, 0}, left, widgets.NewIcon("shield", theme.Ardoise600, 14), widgets.NewLabel(lock, widgets.Small))
}

func demoBanner() fyne.CanvasObject {
	return widgets.NewPainting(cardWidth, 84, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.AlerteClair, Radius: 5})
		g.HLine(0, size.Height-1, size.Width, theme.AlerteLigne)
		ic := theme.Px(20)
		g.Icon(16, theme.Px(12), ic, "triangle-alert", theme.Alerte)
		x := 16 + ic + 12
		g.Text(x, theme.Px(12), size.Width-x-12, theme.Px(20), "Démonstration\u00a0: données fictives", widgets.BodyBold)
		g.Text(x, theme.Px(34), size.Width-x-12, theme.Px(16), "Rien n’est envoyé\u00a0: ni courriel, ni prélèvement.", widgets.Small.With(theme.Encre))
		g.Text(x, theme.Px(52), size.Width-x-12, theme.Px(16), "Vos essais sont gardés\u00a0; on peut tout remettre à zéro.", widgets.Small.With(theme.Encre))
	})
}

// run does slow work with the button busy; what it refuses goes to refuse.
func (s *Screen) run(word string, work func(ctx context.Context) error, refuse func(error), done func()) {
	if s.busy {
		return
	}
	s.busy = true
	label := s.action.Label()
	s.action.SetLabel(word)
	s.action.SetEnabled(false, "Un instant\u00a0: la réponse arrive.")
	s.scope.Go(s.scope.Ctx(), work, func(err error) {
		s.busy = false
		s.action.SetEnabled(true, "")
		s.action.SetLabel(label)
		if err != nil {
			s.d.Log(err)
			refuse(err)
			return
		}
		done()
	})
}

// enter ends the screen.
func (s *Screen) enter(se *staff.Session) {
	s.scope.Close()
	s.entered(se)
}

// otherBase offers another file; nothing where the program cannot.
func (s *Screen) otherBase(label string) fyne.CanvasObject {
	if s.d.OpenDatabase == nil || s.d.Files == nil {
		return widgets.NewPainting(0, 0, func(*widgets.Gfx, fyne.Size) {})
	}
	return widgets.Centered(widgets.NewButton(label, widgets.Flat, s.choose).Compact())
}

// choose asks for another database file.
func (s *Screen) choose() {
	var path string
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) (err error) {
		path, err = s.d.Files.Open(ctx, "Ouvrir une base Ardoise", "*.db")
		return err
	}, func(err error) {
		if err != nil {
			s.d.Log(err)
			widgets.Message(s.d.Canvas, "Action impossible", fault.Sentence(err))
			return
		}
		if path != "" {
			s.d.OpenDatabase(path)
		}
	})
}

// middle keeps the card at its width in the middle of the window, as high as
// what it holds and at least as high as the mock-up.
type middle struct{}

func (*middle) measure(o fyne.CanvasObject) fyne.Size {
	w := theme.Wide(cardWidth)
	for range 2 { // texts that wrap measure at the width they have
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
	}
	return fyne.NewSize(w, max(o.MinSize().Height, 640))
}

func (m *middle) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return m.measure(objs[0]).AddWidthHeight(32, 32)
}

func (m *middle) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	card := m.measure(objs[0])
	objs[0].Resize(card)
	objs[0].Move(fyne.NewPos(max(16, (size.Width-card.Width)/2), max(16, (size.Height-card.Height)/2)))
}

// slot keeps the room of a one-line alert, so that nothing jumps when it appears.
type slot struct {
	*fyne.Container
	alert *widgets.Alert
}

func newSlot() *slot {
	a := widgets.NewAlert(widgets.Failure, "", "")
	a.Hide()
	return &slot{container.New(&slotLayout{}, a), a}
}

func (s *slot) say(sentence string) {
	if sentence == "" {
		s.alert.Hide()
	} else {
		s.alert.Set(widgets.Failure, sentence, "")
		s.alert.Show()
	}
	s.Refresh()
}

func (s *slot) text() string {
	if !s.alert.Visible() {
		return ""
	}
	return s.alert.Text()
}

type slotLayout struct{}

func (*slotLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	h := theme.Px(36)
	if objs[0].Visible() {
		h = max(h, objs[0].MinSize().Height)
	}
	return fyne.NewSize(10, h)
}

func (*slotLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(size)
}

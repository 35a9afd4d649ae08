// Package ui is the room of the window: rail, top bar, status bar, sign-in,
// toasts, undo, one table of shortcuts, the idle lock. It shows pages and knows
// nothing of what they are about: what it needs of the business comes through
// the small interfaces of Deps.
package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// Shell is the window.
type Shell struct {
	d     Deps
	app   fyne.App
	user  *kit.User
	page  kit.Page
	at    kit.Section
	scope *kit.Scope // of the session
	now   *pageShell

	root    *fyne.Container
	rail    *rail
	top     *topBar
	foot    *statusBar
	area    *fyne.Container
	tips    *widgets.TipLayer
	toasts  *toaster
	undos   []undo
	status  Status
	keys    *shortcuts
	lastUse time.Time
	refresh bool // a recount is already waiting
	closed  bool
}

// shown remembers the shell of each window, so that opening another database in
// the same window ends the one before.
var shown = map[fyne.Window]*Shell{}

type undo struct {
	text string
	f    func()
}

// New builds the shell in its window and shows the sign-in.
func New(app fyne.App, d Deps) *Shell {
	s := &Shell{d: d, app: app}
	if d.Theme == nil {
		s.d.Theme = theme.New(theme.Light, 100)
	}
	if s.d.Log == nil {
		s.d.Log = func(error) {}
	}
	if old := shown[d.Window]; old != nil {
		old.Close()
	}
	shown[d.Window] = s
	app.Settings().SetTheme(s.d.Theme)
	d.Window.SetPadded(false)
	s.tips = widgets.NewTipLayer(d.Window.Canvas())
	s.toasts = newToaster(s)
	s.keys = newShortcuts(s)
	s.keys.install()
	s.used()
	widgets.OnActivity = s.used
	widgets.MainCanvas = s.canvas()
	s.showGate(nil)
	s.tick()
	return s
}

// Close ends the shell: its page, its clock, its idle lock. The window stays.
func (s *Shell) Close() {
	if s.closed {
		return
	}
	s.closed = true
	s.clearScreen()
	s.user = nil
	s.tips.Close()
	if shown[s.d.Window] == s {
		delete(shown, s.d.Window)
	}
}

func (s *Shell) canvas() fyne.Canvas { return s.d.Window.Canvas() }

func (s *Shell) used() { s.lastUse = s.d.Clock() }

// showGate replaces the window by the sign-in.
func (s *Shell) showGate(locked *kit.User) {
	s.clearScreen()
	s.user = nil
	g := Gate{Canvas: s.canvas(), Runner: s.d.Runner, Clock: s.d.Clock, Demo: s.d.Demo, Locked: locked, Entered: s.Enter}
	s.d.Window.SetContent(container.NewStack(ground(theme.Ardoise100), s.d.SignIn(g), s.tips.Box))
}

// clearScreen closes page, dialogs and popups and drops what the session knew.
func (s *Shell) clearScreen() {
	s.leavePage()
	for d := widgets.TopDialog(s.canvas()); d != nil; d = widgets.TopDialog(s.canvas()) {
		d.Close()
	}
	for o := s.canvas().Overlays().Top(); o != nil; o = s.canvas().Overlays().Top() {
		s.canvas().Overlays().Remove(o) // a popup left open shows what the lock must hide
	}
	s.canvas().Unfocus()
	s.toasts.clear()
	s.undos = nil
	if s.scope != nil {
		s.scope.Close()
		s.scope = nil
	}
}

// Enter opens the window for an agent, on the first section they may see.
func (s *Shell) Enter(u kit.User) {
	if s.closed {
		return
	}
	if u.Ctx == nil {
		u.Ctx = context.Background()
	}
	s.user = &u
	s.used()
	s.scope = kit.NewScope(u.Ctx, s.d.Runner)
	s.build()
	for _, sec := range s.d.Sections {
		if u.Has(sec.Roles...) {
			s.open(sec, nil)
			break
		}
	}
	s.recount()
}

// SignedIn reports who is signed in, nil if nobody.
func (s *Shell) SignedIn() *kit.User { return s.user }

// Lock goes back to the sign-in for the same agent.
func (s *Shell) Lock() {
	if s.user == nil {
		return
	}
	u := *s.user
	if s.d.SignOut != nil {
		s.d.SignOut(u)
	}
	s.showGate(&u)
}

// SignedOut goes back to the sign-in and says why: the session was ended from
// elsewhere.
func (s *Shell) SignedOut(why string) {
	if s.closed {
		return
	}
	s.showGate(nil)
	widgets.Message(s.canvas(), "Session fermée", why)
}

// build makes rail, bars and page area.
func (s *Shell) build() {
	s.rail = newRail(s)
	s.top = newTopBar(s)
	s.foot = newStatusBar(s)
	s.area = container.NewStack()
	right := []fyne.CanvasObject{s.top.CanvasObject}
	sizes := []float32{-64}
	if s.d.Demo {
		right = append(right, demoBanner())
		sizes = append(sizes, -32)
	}
	right = append(right, s.area, s.foot.CanvasObject)
	sizes = append(sizes, 1, -28)
	body := widgets.HFlex(0, []float32{-216, 1}, s.rail.box, widgets.VFlex(0, sizes, right...))
	s.root = container.NewStack(ground(theme.Ardoise50), body, s.toasts.box, s.tips.Box)
	s.canvas().Unfocus() // the gate's caret must not blink on behind
	s.d.Window.SetContent(s.root)
}

// ground is the full-window background; it also notices the pointer, for the idle lock.
func ground(tok theme.Token) fyne.CanvasObject {
	return widgets.NewPainting(1, 1, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: tok})
	})
}

func demoBanner() fyne.CanvasObject {
	return widgets.NewPainting(1, 32, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.AlerteClair})
		g.HLine(0, size.Height-1, size.Width, theme.AlerteLigne)
		ic := theme.Px(16)
		g.Icon(16, (size.Height-ic)/2, ic, "triangle-alert", theme.Alerte)
		w := g.Text(24+ic, 0, size.Width, size.Height, "Démonstration : données fictives.", widgets.BodyBold)
		g.Text(32+ic+w, 0, size.Width-40-ic-w, size.Height, "Rien n’est envoyé : ni courriel, ni prélèvement.", widgets.Body)
	})
}

// section finds a section by ID.
func (s *Shell) section(id string) (kit.Section, bool) {
	for _, sec := range s.d.Sections {
		if sec.ID == id {
			return sec, true
		}
	}
	return kit.Section{}, false
}

// Navigate goes to a section; a page with unfinished work may hold back.
func (s *Shell) Navigate(id string, arg any) {
	sec, ok := s.section(id)
	if !ok || s.user == nil {
		return
	}
	if !s.user.Has(sec.Roles...) {
		s.toasts.show("lock", "Votre rôle ne donne pas accès à cette rubrique.", nil)
		return
	}
	if s.page != nil && s.at.ID == id {
		if o, ok := s.page.(kit.Opener); ok && arg != nil {
			o.Open(arg)
		}
		s.page.Focus()
		return
	}
	if l, ok := s.page.(kit.Leaver); ok {
		l.Leave(func() { s.open(sec, arg) })
		return
	}
	s.open(sec, arg)
}

func (s *Shell) leavePage() {
	// What a page could undo it undid with its own hands: once it is gone the
	// action stays told, and is no longer offered to be taken back.
	for i := range s.undos {
		s.undos[i].f = nil
	}
	if s.page == nil {
		return
	}
	s.page.Close()
	s.now.scope.Close()
	s.page, s.now = nil, nil
}

func (s *Shell) open(sec kit.Section, arg any) {
	if s.user == nil {
		return
	}
	s.leavePage()
	s.canvas().Unfocus()
	s.at = sec
	s.now = &pageShell{Shell: s, scope: kit.NewScope(s.scope.Ctx(), s.scope)}
	s.page = sec.New(s.now)
	s.area.Objects = []fyne.CanvasObject{s.page.Content()}
	s.keys.page(s.page) // once it is built: its keys name its parts
	s.area.Refresh()
	s.top.setTitle(s.page.Title())
	s.rail.choose(sec.ID)
	if o, ok := s.page.(kit.Opener); ok && arg != nil {
		o.Open(arg)
	}
	s.page.Focus()
}

// Tell says something to whoever has just come in.
func (s *Shell) Tell(text string) {
	if text != "" && s.user != nil {
		s.toasts.show("circle-check", text, nil)
	}
}

// Page returns the page shown, nil before the sign-in.
func (s *Shell) Page() kit.Page { return s.page }

// Post tells the shell, from anywhere, what a commit changed.
func (s *Shell) Post(ev kit.Event) {
	s.d.Runner.Do(func() {
		if s.user == nil || s.closed {
			return
		}
		if s.page != nil {
			s.page.OnEvent(ev)
		}
		s.recountSoon()
	})
}

// recountSoon groups the recounts of a burst of events.
func (s *Shell) recountSoon() {
	if s.refresh {
		return
	}
	s.refresh = true
	s.scope.After(500*time.Millisecond, func() {
		s.refresh = false
		s.recount()
	})
}

// recount asks for the rail's badges and the status bar.
func (s *Shell) recount() {
	if s.scope == nil {
		return
	}
	for _, sec := range s.d.Sections {
		if sec.Count == nil || !s.user.Has(sec.Roles...) {
			continue
		}
		kit.Load(s.scope, s.scope.Ctx(), sec.Count, func(n int, err error) {
			if err != nil {
				s.d.Log(err)
				return
			}
			s.rail.setCount(sec.ID, n)
		})
	}
	if s.d.Status != nil {
		kit.Load(s.scope, s.scope.Ctx(), s.d.Status.Status, func(st Status, err error) {
			if err != nil {
				s.d.Log(err)
				return
			}
			s.status = st
			s.foot.Refresh()
		})
	}
	s.rail.loadPlace()
}

// tick moves the clock of the top bar and looks at the idle lock.
func (s *Shell) tick() {
	s.d.Runner.After(5*time.Second, func() {
		if s.closed {
			return
		}
		now := s.d.Clock()
		if s.user != nil {
			s.top.setTime(now)
			if s.d.Idle > 0 && now.Sub(s.lastUse) >= s.d.Idle {
				s.Lock()
			}
		}
		s.tick()
	})
}

// SetLook changes the look at once and rebuilds what is shown.
func (s *Shell) SetLook(look theme.Look, percent int) {
	s.d.Theme = theme.New(look, percent)
	s.app.Settings().SetTheme(s.d.Theme)
	if s.d.SaveLook != nil {
		s.d.SaveLook(look, percent)
	}
	s.rebuild()
}

// SetLanguage changes the language at once and rebuilds what is shown.
func (s *Shell) SetLanguage(language string) {
	if s.d.Speak == nil {
		return
	}
	if err := s.d.Speak(language); err != nil {
		s.d.Log(err)
		return
	}
	s.rebuild()
}

// rebuild makes the window and its page anew, in another look or language.
func (s *Shell) rebuild() {
	if s.user == nil {
		return
	}
	counts := s.rail.counts
	s.build()
	s.rail.counts = counts
	sec := s.at
	s.open(sec, nil)
	s.recount()
}

// today is the civil day of the office's clock.
func (s *Shell) today() calendar.Date { return calendar.DateOf(s.d.Clock()) }

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// SearchHit is one line of the global search.
type SearchHit struct {
	Icon, Label, Detail string
	Section             string // where it leads
	Arg                 any    // handed to that page's Open
}

// Searcher answers the search of the top bar (Ctrl+K).
type Searcher interface {
	Search(ctx context.Context, text string) ([]SearchHit, error)
}

// Status is what the bar at the foot shows.
type Status struct {
	Database string // « saint-marcel.db · SQLite — sauvegardé à 12 h 04 »
	Server   bool   // the icon: a server or a file
	Warning  string // in place of the rest: the server is away, the clock is wrong
	Counts   string // « 148 familles · 231 enfants · 9 412 réservations »
}

// StatusProvider answers the bar at the foot.
type StatusProvider interface {
	Status(ctx context.Context) (Status, error)
}

// Place is one choice of the switcher at the top of the rail.
type Place struct{ ID, Name, Detail string }

// Places answers the switcher.
type Places interface {
	Places(ctx context.Context) ([]Place, error)
	// Choose makes a place the current one.
	Choose(ctx context.Context, id string) error
	Current(ctx context.Context) (Place, error)
}

// Deps is everything the shell is given. Only Window, Runner, Clock, Sections and
// SignIn are needed; the rest may be nil.
type Deps struct {
	Window   fyne.Window
	Runner   kit.Runner
	Clock    func() time.Time
	Sections []kit.Section
	// SignIn makes the full-window sign-in; entered is called with who came in.
	SignIn func(g Gate) fyne.CanvasObject
	// SignOut ends a session (lock button, idle lock); may be nil.
	SignOut func(u kit.User)
	Search  Searcher
	Status  StatusProvider
	Places  Places
	Files   kit.Files
	Demo    bool
	Idle    time.Duration // 0: never locks
	Log     func(err error)
	Theme   *theme.Theme
	// SaveLook keeps the look and text size; may be nil.
	SaveLook func(look theme.Look, percent int)
	// Speak makes the window speak a language and keeps the choice; nil: French only.
	Speak func(language string) error
	// OnQuit runs before the window closes; may be nil.
	OnQuit func()
}

// Gate is what the sign-in page is given.
type Gate struct {
	Canvas  fyne.Canvas
	Runner  kit.Runner
	Clock   func() time.Time
	Demo    bool
	Locked  *kit.User // not nil: the screen was locked for this agent
	Entered func(kit.User)
}

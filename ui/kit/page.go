package kit

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// Page is one screen. The shell makes it when the agent goes there and closes
// it when the agent leaves.
type Page interface {
	// Title is written in the top bar (20 px).
	Title() string
	// Content is laid out in the page area: 1224×808 at 1440×900, the 16 px
	// padding is the page's own (use kit.Frame).
	Content() fyne.CanvasObject
	// Focus gives the keyboard to the page's first part.
	Focus()
	// OnEvent tells what changed in the database, here or on another workstation.
	OnEvent(Event)
	// Close ends what the page started. Results that arrive later are dropped.
	Close()
}

// Opener is a page that can be told what to show by Navigate (a family's number).
type Opener interface{ Open(arg any) }

// HasShortcuts is a page with shortcuts of its own; they are live while it is
// shown and no dialog is open, and stand in the help panel (F1).
type HasShortcuts interface{ Shortcuts() []Shortcut }

// Escaper is a page that uses Escape (to clear its filter); it reports whether it did.
type Escaper interface{ Escape() bool }

// Leaver is a page with work not yet committed (a basket): it may ask before it
// is left. then must be called to go on.
type Leaver interface{ Leave(then func()) }

// Shortcut is one line of the table of shortcuts.
type Shortcut struct {
	Key   fyne.KeyName
	Mod   fyne.KeyModifier // 0: a plain function key
	Hint  string           // as the key hints write it: « Ctrl+Entrée »
	Label string           // what it does, in French
	Run   func()
	Off   func() string // why it cannot be used now, "" when it can; may be nil
}

// Event says what a commit changed.
type Event struct {
	Topic string  // the store's topic: "family", "booking"…
	IDs   []int64 // rows concerned; empty: any
}

// Section is one entry of the rail.
type Section struct {
	ID    string // "families": for Navigate
	Label string // with & before the Alt letter: « &Familles »
	Icon  string
	Roles []string // any of them may enter; empty: everybody
	New   func(Shell) Page
	Count func(ctx context.Context) (int, error) // badge of the rail; may be nil
}

// User is the agent who is signed in, as the shell shows them.
type User struct {
	Name, Initials string
	RolesText      string          // « Régie et accueil »
	Roles          []string        // machine names, compared with Section.Roles
	Ctx            context.Context // carries the session: pass it to every service
}

// Has reports whether the agent holds one of the roles (any, when none is named).
func (u User) Has(roles ...string) bool {
	if len(roles) == 0 {
		return true
	}
	for _, r := range roles {
		for _, h := range u.Roles {
			if r == h {
				return true
			}
		}
	}
	return false
}

// Files chooses and shows files; the program uses the system's dialogs, tests a fake.
type Files interface {
	// Open asks for an existing file. "" without error: given up.
	Open(ctx context.Context, title string, patterns ...string) (string, error)
	// Save asks where to write. "" without error: given up.
	Save(ctx context.Context, title, name string) (string, error)
	// View opens a file in the system's viewer.
	View(path string) error
}

// Shell is what a page may ask of the window around it.
type Shell interface {
	Canvas() fyne.Canvas
	// Runner runs slow work; bound to the page: results are dropped once it is closed.
	Runner() Runner
	// Ctx carries the signed-in agent; it ends with the page.
	Ctx() context.Context
	User() User
	// Now is the office's clock (an instant); Today its civil day in Paris.
	Now() time.Time
	Today() calendar.Date
	// Navigate goes to a section; arg is handed to the page's Open (may be nil).
	Navigate(section string, arg any)
	// SetTitle changes the top bar's title.
	SetTitle(string)
	// Done tells what was just done: a toast for 6 s and the status bar. undo
	// (may be nil, only where undoing is honest) is behind Annuler and Ctrl+Z.
	Done(text string, undo func())
	// Toast tells something without an undo.
	Toast(text string)
	// Refused shows the French sentence of a refusal in a dialog and logs the chain.
	Refused(err error)
	// Show opens a dialog.
	Show(*widgets.Dialog)
	// Confirm asks before something; the button says the verb.
	Confirm(title, text, verb string, kind widgets.Kind, action func())
	// Progress runs long work under a dialog with a bar and a way to cancel.
	Progress(title string, work func(ctx context.Context, report func(done, total int, what string)) error, done func(error))
	// RefreshCounts counts the rail's badges again.
	RefreshCounts()
	// SetLook changes the look and text size (100–150 %) and keeps them.
	SetLook(look theme.Look, percent int)
	// SetLanguage changes the window’s language (words.French, words.English) and keeps it.
	SetLanguage(language string)
	Files() Files
	// Demo reports whether the database is the demonstration.
	Demo() bool
}

// Frame insets a page's content by 16 px.
func Frame(o fyne.CanvasObject) fyne.CanvasObject { return widgets.Pad(16, 16, o) }

package kit

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// FakeShell is a shell for the tests of screens: it writes down what it is
// asked. It lives here, not in a test file, because every screen's tests use it.
type FakeShell struct {
	On         fyne.Canvas
	Run        *Sync
	Context    context.Context
	Agent      User
	Clock      time.Time
	Chooser    Files
	IsDemo     bool
	Titles     []string
	Dones      []string // texts of Done
	Undos      []func() // their undo, nil where there is none
	Toasts     []string
	Refusals   []error
	Dialogs    []*widgets.Dialog
	Navigated  []string
	Languages  []string
	Args       []any
	Confirmed  []string // titles asked; the action runs at once
	Progressed []string
}

// NewFakeShell returns a shell on a canvas; clock is the office's instant.
func NewFakeShell(c fyne.Canvas, clock time.Time) *FakeShell {
	return &FakeShell{On: c, Run: &Sync{}, Context: context.Background(), Clock: clock}
}

// Canvas, Runner, Ctx, User, Now and Today answer what the test set.
func (f *FakeShell) Canvas() fyne.Canvas { return f.On }

// Runner answers the synchronous runner.
func (f *FakeShell) Runner() Runner { return f.Run }

// Ctx answers the test's context.
func (f *FakeShell) Ctx() context.Context { return f.Context }

// User answers the test's agent.
func (f *FakeShell) User() User { return f.Agent }

// Now answers the test's clock.
func (f *FakeShell) Now() time.Time { return f.Clock }

// Today answers the test's day.
func (f *FakeShell) Today() calendar.Date { return calendar.DateOf(f.Clock) }

// Navigate notes where the page wants to go.
func (f *FakeShell) Navigate(section string, arg any) {
	f.Navigated, f.Args = append(f.Navigated, section), append(f.Args, arg)
}

// SetTitle notes the title.
func (f *FakeShell) SetTitle(t string) { f.Titles = append(f.Titles, t) }

// Done notes what was done.
func (f *FakeShell) Done(text string, undo func()) {
	f.Dones, f.Undos = append(f.Dones, text), append(f.Undos, undo)
}

// Toast notes what was told.
func (f *FakeShell) Toast(text string) { f.Toasts = append(f.Toasts, text) }

// Refused notes the refusal.
func (f *FakeShell) Refused(err error) { f.Refusals = append(f.Refusals, err) }

// Show opens the dialog on the test's canvas and notes it.
func (f *FakeShell) Show(d *widgets.Dialog) {
	f.Dialogs = append(f.Dialogs, d)
	if f.On != nil {
		d.Show(f.On)
	}
}

// Confirm says yes.
func (f *FakeShell) Confirm(title, _, _ string, _ widgets.Kind, action func()) {
	f.Confirmed = append(f.Confirmed, title)
	action()
}

// Progress runs the work at once.
func (f *FakeShell) Progress(title string, work func(context.Context, func(int, int, string)) error, done func(error)) {
	f.Progressed = append(f.Progressed, title)
	done(work(f.Context, func(int, int, string) {}))
}

// RefreshCounts does nothing.
func (f *FakeShell) RefreshCounts() {}

// SetLook does nothing.
func (f *FakeShell) SetLook(theme.Look, int) {}

// SetLanguage notes the language.
func (f *FakeShell) SetLanguage(language string) { f.Languages = append(f.Languages, language) }

// Files answers the test's chooser.
func (f *FakeShell) Files() Files { return f.Chooser }

// Demo answers what the test set.
func (f *FakeShell) Demo() bool { return f.IsDemo }

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// pageShell is the shell as one page sees it: its runner ends with the page.
type pageShell struct {
	*Shell
	scope *kit.Scope
}

var _ kit.Shell = (*pageShell)(nil)

// Canvas is the window's canvas.
func (p *pageShell) Canvas() fyne.Canvas { return p.canvas() }

// Runner is bound to the page.
func (p *pageShell) Runner() kit.Runner { return p.scope }

// Ctx carries the agent and ends with the page.
func (p *pageShell) Ctx() context.Context { return p.scope.Ctx() }

// User is the signed-in agent.
func (p *pageShell) User() kit.User {
	if p.user == nil {
		return kit.User{Ctx: context.Background()}
	}
	return *p.user
}

// Now is the office's instant.
func (p *pageShell) Now() time.Time { return p.d.Clock() }

// Today is the office's civil day.
func (p *pageShell) Today() calendar.Date { return p.today() }

// SetTitle changes the top bar, if the page is still shown.
func (p *pageShell) SetTitle(t string) {
	if p.now == p {
		p.top.setTitle(t)
	}
}

// Done tells what was done, with its undo.
func (p *pageShell) Done(text string, f func()) { p.done(text, f) }

// Toast tells something without an undo.
func (p *pageShell) Toast(text string) { p.toasts.show("check", text, nil) }

// Refused shows the sentence and logs the chain.
func (p *pageShell) Refused(err error) { p.refused(err) }

// Show opens a dialog.
func (p *pageShell) Show(d *widgets.Dialog) { d.Show(p.canvas()) }

// Confirm asks first.
func (p *pageShell) Confirm(title, text, verb string, kind widgets.Kind, action func()) {
	widgets.Confirm(p.canvas(), title, text, verb, kind, action)
}

// Progress runs work under a dialog; cancelling ends the work's context.
func (p *pageShell) Progress(title string, work func(ctx context.Context, report func(done, total int, what string)) error, done func(error)) {
	ctx, cancel := context.WithCancel(p.scope.Ctx())
	d := widgets.NewProgressDialog(title, cancel)
	d.Show(p.canvas())
	p.scope.Go(ctx, func(ctx context.Context) error {
		return work(ctx, func(n, total int, what string) {
			p.scope.Do(func() { d.Report(n, total, what) })
		})
	}, func(err error) {
		cancel()
		d.Close()
		if d.Asked() && err != nil {
			p.toasts.show("info", "Interrompu : rien n’a été modifié depuis.", nil)
		}
		done(err)
	})
}

// RefreshCounts counts again.
func (p *pageShell) RefreshCounts() { p.recount() }

// Files is the system's file dialogs.
func (p *pageShell) Files() kit.Files { return p.d.Files }

// Demo reports the demonstration database.
func (p *pageShell) Demo() bool { return p.d.Demo }

// done writes the last action and shows the toast.
func (s *Shell) done(text string, f func()) {
	s.undos = append(s.undos, undo{text, f})
	if len(s.undos) > 20 {
		s.undos = s.undos[1:]
	}
	var press func()
	if f != nil {
		press = s.Undo
	}
	s.toasts.show("check", text, press)
	s.foot.Refresh()
}

// last returns the last action, if any.
func (s *Shell) last() (undo, bool) {
	if len(s.undos) == 0 {
		return undo{}, false
	}
	return s.undos[len(s.undos)-1], true
}

// Undo undoes the last action where that is honest; otherwise it says so.
func (s *Shell) Undo() {
	u, ok := s.last()
	switch {
	case !ok:
		s.toasts.show("info", "Rien à annuler.", nil)
		return
	case u.f == nil:
		s.toasts.show("info", "« "+u.text+" » ne s’annule pas.", nil)
		return
	}
	s.undos = s.undos[:len(s.undos)-1]
	s.toasts.clear()
	s.foot.Refresh()
	u.f()
}

func (s *Shell) refused(err error) {
	if err == nil {
		return
	}
	s.d.Log(err)
	title := "Action impossible"
	switch fault.KindOf(err) {
	case fault.Internal:
		title = "Erreur inattendue"
	case fault.Forbidden:
		title = "Accès refusé"
	case fault.TooLate:
		title = "Délai passé"
	case fault.Unavailable:
		title = "Service indisponible"
	}
	widgets.Message(s.canvas(), title, fault.Sentence(err))
}

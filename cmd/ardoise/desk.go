package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	reports "ardoise/reports/desk"
	"ardoise/ui"
	"ardoise/ui/kit"
	"ardoise/ui/setup"
	"ardoise/ui/signin"
	"ardoise/ui/theme"
	"ardoise/ui/words"
)

// desk ties the window to an office: it opens one, closes it, and gives each
// screen the services it works with. Nothing is decided here.
type desk struct {
	app    fyne.App
	window fyne.Window
	log    *slog.Logger
	clock  func() time.Time // the machine's, or the one chosen with --now
	real   bool             // clock is the machine's
	runner kit.Runner
	ctx    context.Context
	stop   context.CancelFunc

	office  *data.Office
	shell   *ui.Shell
	session *staff.Session
	path    string
	saveTo  string // where files go without asking; "" asks
	leave   func() // ends the subscription
	post    *post  // nil where there is none to keep
	here    *presence
	// the date was doubtful, and somebody said it is right
	dateSure bool
	news     *news // to be told once the window is open again; nil: nothing
	copying  context.CancelFunc

	setup     *setup.Screen // while there is no town
	entry     *setup.Entry  // who made the town, until they are in
	elsewhere bool          // the wizard was asked for over another base
}

func newDesk(a fyne.App, log *slog.Logger, clock func() time.Time, real bool) *desk {
	d := &desk{app: a, log: log, clock: clock, real: real, runner: kit.Async{}, window: a.NewWindow("Ardoise")}
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.window.Resize(fyne.NewSize(1440, 900))
	d.window.SetMaster()
	d.window.CenterOnScreen()
	a.Settings().SetTheme(d.theme())
	d.clearPapers()
	return d
}

const (
	prefLook     = "look"
	prefText     = "text"
	prefLanguage = "language"
)

func (d *desk) theme() *theme.Theme {
	p := d.app.Preferences()
	return theme.New(theme.Look(p.StringWithFallback(prefLook, string(theme.Light))), p.IntWithFallback(prefText, 100))
}

// open opens a database behind a word of welcome, then shows the door. Where it
// cannot be opened the window says why and what to do.
func (d *desk) open(path string, wantDemo bool) {
	d.path = path
	d.say("hourglass", "Ouverture de la base…", "")
	var entered *staff.Session
	kit.Load(d.runner, d.ctx, func(ctx context.Context) (o *data.Office, err error) {
		if o, err = d.openOffice(ctx, path, wantDemo); err != nil || o == nil {
			return nil, err
		}
		entered, err = d.enterTown(ctx, o)
		return o, err
	}, func(o *data.Office, err error) {
		switch {
		case err != nil:
			if o != nil {
				err = closing(err, o)
			}
			d.log.Error("open", "err", err)
			if errors.Is(err, data.ErrDate) {
				d.doubtfulDate(path, wantDemo, err)
				return
			}
			d.entry = nil
			d.notOpened(path, wantDemo, err)
			return
		case o == nil:
			d.begin("")
			return
		}
		d.office = o
		d.keepHouse(o, calendar.DateOf(d.now()), o.Housekeep)
		d.show()
		d.keepCopies(o)
		d.sayNews()
		if entered != nil {
			d.welcome(entered)
		}
	})
}

// openOffice opens a base that has a town, or the demonstration; nil where the
// town is still to be made.
func (d *desk) openOffice(ctx context.Context, path string, wantDemo bool) (*data.Office, error) {
	if !wantDemo {
		if there, err := store.Look(ctx, path); err != nil || there == store.Nothing {
			return nil, err
		}
	}
	o, err := data.Open(ctx, path, d.options())
	if err != nil {
		return nil, err
	}
	if wantDemo {
		if err := d.makeDemo(ctx, o); err != nil {
			return nil, closing(err, o)
		}
	}
	if has, err := o.Staff.HasAgents(ctx); err != nil || !has {
		return nil, closing(err, o)
	}
	if err := o.Housekeep(ctx); fault.KindOf(err) == fault.Conflict {
		d.log.Error("housekeep", "err", err) // by a wrong clock nothing is written, and all can be read
	} else if err != nil {
		return nil, closing(err, o)
	}
	return o, nil
}

// options open a base as this window does.
func (d *desk) options() data.Options {
	machine, err := os.Hostname()
	if err != nil {
		d.log.Error("machine", "err", err)
		machine = "poste sans nom"
	}
	return data.Options{Clock: d.clock, RealClock: d.real, DateSure: d.dateSure, Log: d.log, Machine: machine, Program: metadata().Name + " " + metadata().Version}
}

// now is the office's hour: on a server, the server's.
func (d *desk) now() time.Time {
	if o := d.office; o != nil && o.Store != nil {
		return o.Store.Now()
	}
	return d.clock()
}

func closing(err error, o *data.Office) error {
	return errors.Join(err, o.Close())
}

// dayTurns is how often an open window looks whether the day has changed.
const dayTurns = 10 * time.Minute

// keepHouse does what a new day brings about (the office's Housekeep), for as
// long as this office is the one that is open; day is the one already seen to.
func (d *desk) keepHouse(o *data.Office, day calendar.Date, work func(context.Context) error) {
	d.runner.After(dayTurns, func() {
		if d.office != o {
			return
		}
		today := calendar.DateOf(d.now())
		if today == day {
			d.keepHouse(o, day, work)
			return
		}
		d.runner.Go(d.ctx, work, func(err error) {
			if err != nil {
				d.log.Error("housekeep", "err", err)
				today = day // again at the next turn
			}
			d.keepHouse(o, today, work)
		})
	})
}

// makeDemo fills the demonstration the first time.
func (d *desk) makeDemo(ctx context.Context, o *data.Office) error {
	ready, err := demo.Ready(ctx, o)
	if err != nil || ready {
		return err
	}
	_, err = demo.Create(ctx, o, demo.Default, func(done, total int, what string) {
		d.runner.Do(func() {
			d.say("hourglass", "Préparation de la démonstration…", what)
		})
	})
	return err
}

// show builds the shell over the open office.
func (d *desk) show() {
	isDemo, err := d.office.Staff.IsDemo(d.ctx)
	if err != nil {
		path := d.path
		d.closeOffice()
		d.notOpened(path, false, err)
		return
	}
	idle, err := d.office.Staff.IdleAfter(d.ctx)
	if err != nil {
		d.log.Error("idle setting", "err", err)
		idle = 5 * time.Minute
	}
	d.window.SetTitle(title(isDemo))
	d.shell = ui.New(d.app, ui.Deps{
		Window: d.window, Runner: d.runner, Clock: d.now, Sections: d.sections(), SignIn: d.signIn(isDemo),
		SignOut: func(kit.User) { d.lock() }, Search: search{d.office}, Status: status{d.office}, Files: files{d}, Places: places{d},
		Demo: isDemo, Idle: idle, Theme: d.theme(),
		Log: func(err error) { d.log.Error("window", "err", err) },
		SaveLook: func(look theme.Look, percent int) {
			d.app.Preferences().SetString(prefLook, string(look))
			d.app.Preferences().SetInt(prefText, percent)
		},
		Speak: func(language string) error {
			d.app.Preferences().SetString(prefLanguage, language)
			return words.Use(language, assets.English())
		},
	})
	d.post = &post{room: d.office.Mailbox, join: reports.Joiner(d.office), runner: d.runner, clock: d.now, log: d.log, tell: d.shell.Post}
	d.here = &presence{here: d.office.Staff.Here, still: d.office.Staff.StillHere, runner: d.runner, log: d.log, ended: d.signedOut}
	d.leave = d.office.Store.Subscribe(func(e store.Event) {
		d.shell.Post(kit.Event{Topic: e.Topic, IDs: e.IDs})
		d.runner.Do(func() { d.hears(e.Topic) })
	})
}

func title(isDemo bool) string {
	if isDemo {
		return words.Say("Ardoise — Démonstration")
	}
	return "Ardoise"
}

// clearPapers forgets what was printed or shown: it may name children and what
// they must not eat.
func (d *desk) clearPapers() {
	if err := kit.ClearPapers(); err != nil {
		d.log.Error("papers", "err", err)
	}
}

func (d *desk) lock() {
	d.clearPapers()
	if d.post != nil {
		d.post.end()
	}
	if d.session != nil {
		d.office.Staff.Lock(d.session)
		d.here.say()
	}
}

// signedOut shows the door: an administrator ended the session from elsewhere.
func (d *desk) signedOut(why string) {
	d.clearPapers()
	d.post.end()
	if se := d.session; se != nil {
		d.session = nil
		d.runner.Go(d.ctx, func(ctx context.Context) error { return d.office.Staff.SignOut(staff.With(ctx, se)) }, func(err error) {
			if err != nil {
				d.log.Error("sign out", "err", err)
			}
		})
	}
	d.shell.SignedOut(why)
}

// signIn gives the shell its door.
func (d *desk) signIn(isDemo bool) func(ui.Gate) fyne.CanvasObject {
	return func(g ui.Gate) fyne.CanvasObject {
		if d.entry != nil { // whoever made the town comes in at once
			return notice("hourglass", "Ouverture de la base…", "")
		}
		deps := signin.Deps{
			Staff: d.office.Staff, Runner: g.Runner, Ctx: d.ctx, Canvas: g.Canvas, Files: files{d}, Clock: d.now,
			Database: filepath.Base(d.office.Store.Name()) + " (" + d.office.Store.Engine().String() + ")",
			Version:  metadata().Version, Log: func(err error) { d.log.Error("sign-in", "err", err) },
			OpenDatabase: func(path string) { d.reopen(path, false) }, Elsewhere: d.elsewhereWizard,
		}
		if g.Locked != nil {
			deps.Locked = d.session
		}
		if isDemo && d.office.Store.Path() != "" {
			deps.Reset = d.reset
		}
		return signin.New(deps, func(s *staff.Session) {
			d.session = s
			d.post.start(staff.With(d.ctx, s))
			d.here.start(staff.With(d.ctx, s))
			g.Entered(signin.User(d.ctx, s))
		})
	}
}

// reopen leaves this database for another one.
func (d *desk) reopen(path string, wantDemo bool) {
	d.closeOffice()
	d.open(path, wantDemo)
}

// reset makes the demonstration anew, in a file of its own until it is whole.
func (d *desk) reset(ctx context.Context, _ func(done, total int, what string)) error {
	path := d.office.Store.Path()
	d.closeOffice()
	if err := demo.Remove(ctx, path, d.options()); err != nil {
		return err
	}
	d.runner.Do(func() { d.open(path, true) })
	return nil
}

// hears passes on what was committed, here or elsewhere.
func (d *desk) hears(topic string) {
	if d.post != nil {
		d.post.event(topic)
	}
	if d.here != nil {
		d.here.event(topic)
	}
}

func (d *desk) closeOffice() {
	if d.post != nil {
		d.post.end()
		d.post = nil
	}
	if d.here != nil {
		d.here.end()
	}
	if d.leave != nil {
		d.leave()
		d.leave = nil
	}
	if d.copying != nil {
		d.copying()
		d.copying = nil
	}
	if d.office != nil {
		if err := d.office.Close(); err != nil {
			d.log.Error("close", "err", err)
		}
		d.office = nil
	}
}

func (d *desk) close() {
	if d.setup != nil {
		d.setup.Close()
	}
	d.stop()
	d.clearPapers()
	d.closeOffice()
}

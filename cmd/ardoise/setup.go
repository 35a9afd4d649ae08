package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/catalog"
	"ardoise/data/importer"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/setup"
	"ardoise/ui/signin"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
	"ardoise/ui/words"
)

// prefBase is which base this workstation opens: a file, or a server's address
// without its password.
const prefBase = "base"

// begin shows the wizard: there is no town at d.path. join is a server whose
// password is missing.
func (d *desk) begin(join string) {
	if d.shell != nil {
		d.shell.Close()
	}
	known, err := catalog.CommunesOf(assets.Dombes)
	if err != nil {
		d.log.Error("setup: communes", "err", err)
	}
	d.window.SetTitle("Ardoise")
	d.setup = setup.New(setup.Deps{
		House: house{d}, Runner: d.runner, Ctx: d.ctx, Canvas: d.window.Canvas(), Files: files{d}, Clock: d.clock, Version: metadata().Version,
		Known: known, Place: d.placeText(), Join: join, Title: func(head string) { d.window.SetTitle("Ardoise — " + words.Say(head)) }, Log: func(err error) { d.log.Error("setup", "err", err) },
	})
	ground := widgets.NewPainting(1, 1, func(g *widgets.Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, widgets.Shape{Fill: theme.Ardoise100})
	})
	tips := widgets.NewTipLayer(d.window.Canvas())
	d.window.SetPadded(false)
	d.window.SetContent(container.NewStack(ground, d.setup, tips.Box))
	d.setup.Focus()
	d.sayNews()
}

// placeText says where the base of a new town goes.
func (d *desk) placeText() string {
	if store.IsServer(d.path) {
		return store.Shown(d.path)
	}
	return "fichier " + d.path
}

// house is what the wizard asks of the program.
type house struct{ d *desk }

func (h house) at(url string) string {
	if url == "" {
		return h.d.path
	}
	return url
}

// Create makes the base of a new town.
func (h house) Create(ctx context.Context, url string, t data.Town) (err error) {
	o, err := data.Open(ctx, h.at(url), h.d.options())
	if err != nil {
		return err
	}
	return errors.Join(o.SetUp(ctx, t), o.Close())
}

// Probe says what is at an address.
func (h house) Probe(ctx context.Context, url string) (data.Found, error) {
	return data.Probe(ctx, url, h.d.options())
}

// TakeOver prepares a town with what Noethys knew.
func (h house) TakeOver(ctx context.Context, t data.Town, in importer.Noethys) (*data.TakeOver, error) {
	return data.PrepareTakeOver(ctx, h.d.path, h.d.options(), t, in)
}

// OpenCopy opens and verifies a backup, and says what it holds.
func (h house) OpenCopy(ctx context.Context, path string, secret backup.Secret) (*backup.Opened, backup.Preview, error) {
	o, err := data.OpenBackup(ctx, path, secret)
	if err != nil {
		return nil, backup.Preview{}, err
	}
	view, err := o.Preview(ctx, nil)
	if err != nil {
		return nil, view, errors.Join(err, o.Close())
	}
	return o, view, nil
}

// Restore leaves the wizard for what a backup holds.
func (h house) Restore(b *backup.Opened) {
	h.d.setup = nil
	if h.d.elsewhere {
		h.d.remember(h.d.path)
	}
	h.d.restore(b)
}

// Open leaves the wizard for a base, which this workstation opens from now on.
func (h house) Open(url string, enter *setup.Entry) {
	d := h.d
	d.setup, d.entry = nil, enter
	if url == "" {
		if d.elsewhere {
			d.remember(d.path)
		}
		d.open(d.path, false)
		return
	}
	d.say("hourglass", "Ouverture de la base…", "")
	d.runner.Go(d.ctx, func(context.Context) error { return keepSecret(url) }, func(err error) {
		if err != nil { // the address is asked for again at the next start
			d.log.Info("setup: the server's password is not kept", "err", err)
		}
		d.remember(url)
		d.open(url, false)
	})
}

// Demo leaves the wizard for the demonstration.
func (h house) Demo() {
	d := h.d
	path, err := data.DefaultPath("demo.db")
	if err != nil {
		d.notOpened(path, true, err)
		return
	}
	d.setup.Close()
	d.setup = nil
	d.open(path, true)
}

// remember makes a base the one this workstation opens.
func (d *desk) remember(url string) {
	bare, _ := data.SplitPassword(url)
	d.app.Preferences().SetString(prefBase, bare)
}

// keepSecret puts a server's password into the system's keyring.
func keepSecret(url string) error {
	bare, password := data.SplitPassword(url)
	if password == "" {
		return nil
	}
	return wire.KeepSecret(wire.KeyringService, "serveur "+bare, password)
}

// remembered is the base of this workstation: an address to open, or one whose
// password must be asked for.
func (d *desk) remembered() (path, join string) {
	base := d.app.Preferences().String(prefBase)
	if !store.IsServer(base) {
		return base, ""
	}
	password, err := wire.ReadSecret(wire.KeyringService, "serveur "+base)
	if err != nil {
		return base, base
	}
	return data.WithPassword(base, password), ""
}

// start opens what the command line says, else what this workstation remembers,
// else the user's own base; where there is none yet, the wizard.
func (d *desk) start(path string, wantDemo bool) error {
	if path != "" {
		d.open(path, wantDemo)
		return nil
	}
	name := "ardoise.db"
	if wantDemo {
		name = "demo.db"
	}
	own, err := data.DefaultPath(name)
	if err != nil || wantDemo {
		d.open(own, wantDemo)
		return err
	}
	d.say("hourglass", "Ouverture de la base…", "")
	var kept, join string
	d.runner.Go(d.ctx, func(context.Context) error {
		kept, join = d.remembered()
		return nil
	}, func(error) {
		switch {
		case join != "":
			d.path = own
			d.begin(join)
		case kept != "":
			d.open(kept, false)
		default:
			d.open(own, false)
		}
	})
	return nil
}

// enterTown opens the shell for whoever has just made the town.
func (d *desk) enterTown(ctx context.Context, o *data.Office) (*staff.Session, error) {
	if d.entry == nil {
		return nil, nil
	}
	return o.Staff.SignIn(ctx, d.entry.Login, d.entry.Password)
}

func (d *desk) welcome(s *staff.Session) {
	e := d.entry
	d.entry, d.session = nil, s
	d.post.start(staff.With(d.ctx, s))
	d.shell.Enter(signin.User(d.ctx, s))
	if e.Section != "" {
		d.shell.Navigate(e.Section, e.Arg)
	}
	d.shell.Tell(e.Word)
}

// elsewhereWizard leaves the base at hand, or the one that did not open, for the wizard: a
// new town goes into a file of its own, and this workstation opens it from then on.
func (d *desk) elsewhereWizard() {
	path, err := freePath()
	if err != nil {
		d.notOpened(path, false, err)
		return
	}
	d.closeOffice()
	d.path, d.elsewhere = path, true
	d.begin("")
}

// freePath is a base of this user's folder that does not exist yet.
func freePath() (string, error) {
	for n := 1; ; n++ {
		name := "ardoise.db"
		if n > 1 {
			name = fmt.Sprintf("ardoise-%d.db", n)
		}
		path, err := data.DefaultPath(name)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		}
	}
}

package main

import (
	"context"
	"errors"
	"time"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// copyAgain is how long a folder that failed is left alone: each try copies the
// whole base.
const copyAgain = time.Hour

// keepCopies makes the day's copy when it is due, for as long as this office is
// the one that is open.
func (d *desk) keepCopies(o *data.Office) {
	if d.office != o {
		return
	}
	ctx, stop := context.WithCancel(d.ctx)
	d.copying = stop
	d.runner.Go(ctx, func(ctx context.Context) error {
		_, _, err := o.Backup.Day(staff.System(ctx), false)
		return err
	}, func(err error) {
		pause := dayTurns
		if err != nil && ctx.Err() == nil {
			d.log.Error("copy of the day", "err", err)
			pause = copyAgain
		}
		stop()
		d.runner.After(pause, func() { d.keepCopies(o) })
	})
}

// news is what a restore tells when the window is back.
type news struct{ head, text string }

func (d *desk) sayNews() {
	if d.news != nil {
		widgets.Message(d.window.Canvas(), d.news.head, d.news.text)
		d.news = nil
	}
}

// restore closes the base, puts an opened backup in its place and opens what is
// there then: the new base, or the old one with a word on why.
func (d *desk) restore(b *backup.Opened) {
	who, path := "", d.path
	if d.session != nil {
		who = d.session.Name
	}
	d.closeOffice()
	d.say("hourglass", "Restauration de la base…", "Ne coupez pas l’ordinateur. Coupé quand même, il retrouve l’ancienne base ou la nouvelle, entière.")
	d.runner.Go(d.ctx, func(ctx context.Context) error {
		_, err := data.Restore(ctx, b, path, who, d.options())
		return errors.Join(err, b.Close())
	}, func(err error) {
		d.news = &news{"La sauvegarde est restaurée", "Connectez-vous avec l’identifiant et le mot de passe de ce jour-là. La restauration est écrite au journal."}
		if err != nil {
			d.log.Error("restore", "err", err)
			d.news = &news{"La sauvegarde n’a pas été restaurée", fault.Sentence(err)}
			if errors.Is(err, data.ErrRestored) {
				d.news.head = "La sauvegarde est restaurée"
			}
		}
		d.open(path, false)
	})
}

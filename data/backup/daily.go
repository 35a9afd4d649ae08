package backup

import (
	"context"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// claimFor is how long a program that began the day's copy is waited for.
const claimFor = 30 * time.Minute

// Day makes the day's copy where one is due on this workstation, and reports
// whether it made one. A program calls it when it opens and as time passes; it
// may run any number of times and on several machines: one of them makes it.
// now makes it whatever the hour, the workstation and the switch, for a
// scheduler that was told to.
func (s *Service) Day(ctx context.Context, now bool) (m Made, done bool, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return m, false, err
	}
	var due bool
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if due, err = s.dueTx(tx, now); err != nil || !due {
			return err
		}
		return catalog.SetSettingTx(tx, claimKey, store.Instant(tx.Now()))
	})
	if err != nil || !due {
		return m, false, err
	}
	m, err = s.make(ctx, Daily)
	if rerr := s.db.Write(detached(ctx), func(tx *store.Tx) error { return catalog.SetSettingTx(tx, claimKey, "") }); err == nil {
		err = rerr
	}
	return m, err == nil, err
}

// dueTx reports whether the day's copy is still to be made, here and now.
func (s *Service) dueTx(tx *store.Tx, asked bool) (bool, error) {
	set, err := s.settingsTx(tx)
	if err != nil {
		return false, err
	}
	if !asked {
		demo, err := staff.DemoTx(tx)
		if err != nil || demo || !set.Daily {
			return false, err
		}
		if tx.Engine() == store.Postgres && set.Machine != s.opt.Machine {
			return false, nil
		}
		if local := tx.Now().In(calendar.Paris); local.Hour() < set.Hour {
			return false, nil
		}
	}
	claim, err := catalog.SettingTx(tx, claimKey, "")
	if err != nil {
		return false, err
	}
	if at := readInstant(claim); !at.IsZero() && tx.Now().Sub(at).Abs() < claimFor {
		return false, nil
	}
	today := calendar.DateOf(tx.Now())
	var done int64
	err = tx.QueryRow(`SELECT count(*) FROM backup_copy WHERE cause = $1 AND place = $2 AND made_at >= $3 AND made_at < $4`,
		string(Daily), string(Here), store.Instant(today.At(0, 0)), store.Instant(today.Add(1).At(0, 0))).Scan(&done)
	return done == 0, err
}

// BeforeImport makes the copy that goes before an import, in the name of who
// imports; without one there is no import. A base without a family has nothing
// to lose.
func (s *Service) BeforeImport(ctx context.Context) error {
	if err := staff.Require(ctx, staff.Accueil, staff.Cuisine, staff.Admin); err != nil {
		return err
	}
	return s.before(ctx, Import, "L’import n’a pas commencé, rien n’a été modifié. %s Réparez ce qui manque, ou demandez l’import sans sauvegarde.")
}

// BeforeRestore makes the copy that goes before a restore over a server's base.
// A SQLite file is not replaced but set aside: nothing is to be done there.
func (s *Service) BeforeRestore(ctx context.Context) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	if s.db.Engine() == store.SQLite {
		return nil
	}
	return s.before(ctx, ToRestore, "La restauration n’a pas commencé, rien n’a été modifié : l’état d’aujourd’hui n’a pas pu être gardé. %s")
}

func (s *Service) before(ctx context.Context, cause Cause, refusal string) error {
	var families int64
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM family`).Scan(&families)
	})
	if err != nil || families == 0 {
		return err
	}
	if _, err := s.make(ctx, cause); err != nil {
		return fault.Wrap(fault.Unavailable, err, refusal, fault.Sentence(err))
	}
	return nil
}

package data

import (
	"context"
	"time"

	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

const lastBackup = "last_backup"

// Backup writes a copy of the database into dir, opens it again and checks its
// accounts before it gets its name. The path is that of a copy that counts.
func (o *Office) Backup(ctx context.Context, dir string) (path string, err error) {
	if err := staff.Require(ctx, staff.Admin, staff.Regie); err != nil {
		return "", err
	}
	if path, err = o.Store.Backup(ctx, dir); err != nil {
		return "", err
	}
	err = o.Store.Write(ctx, func(tx *store.Tx) error {
		if err := catalog.SetSettingTx(tx, lastBackup, store.Instant(tx.Now())); err != nil {
			return err
		}
		return staff.Audit(tx, "backup.made", "database:", "Sauvegarde faite et relue")
	})
	return path, err
}

// sound is what a copy must show before it counts as a backup.
func sound(tx *store.Tx) error {
	for _, room := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify} {
		checks, err := room(tx)
		if err != nil {
			return err
		}
		for _, c := range checks {
			if !c.OK {
				return fault.New(fault.Conflict, "La copie ne respecte pas la règle %s : %s", c.ID, c.Detail)
			}
		}
	}
	return nil
}

// Figures are the few numbers the foot of the window shows.
type Figures struct {
	Families, Children int
	LastBackup         time.Time // zero: never
}

// Figures counts what is active.
func (o *Office) Figures(ctx context.Context) (f Figures, err error) {
	if err := staff.Require(ctx); err != nil {
		return f, err
	}
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT (SELECT count(*) FROM family WHERE state = 'active'), (SELECT count(*) FROM child WHERE state = 'active')`).Scan(&f.Families, &f.Children); err != nil {
			return err
		}
		at, err := catalog.SettingTx(tx, lastBackup, "")
		if err != nil || at == "" {
			return err
		}
		f.LastBackup, err = store.ParseInstant(at)
		return err
	})
	return f, err
}

// Package data is the front door of the data floor: Open gives an Office, with
// one field a service. The window and the command come in by this door and no
// other; what they may do is asked of them in every room.
package data

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"ardoise/data/access"
	"ardoise/data/backup"
	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/menu"
	"ardoise/data/retention"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Options for opening an office.
type Options struct {
	Clock     func() time.Time // required: the house has no clock of its own
	Log       *slog.Logger     // nil: no log
	BackupDir string           // where copies go while no folder is set; "": beside a file, else in the user's folder
	Program   string           // « Ardoise 0.5.0 », kept in copies and told of sessions
	MustExist bool             // refuse to make a database that is not there
	RealClock bool             // Clock is this machine's own: it follows a server's, and is judged
	DateSure  bool             // open also long after the last entry: somebody said that the date is right
	Unsound   bool             // open also a base the quick check finds broken: to look at it or to replace it
	Machine   string           // where sessions are at work, as others see it; "": it is not said
	Cost      *vault.Params    // of passwords; nil: strong (throw-away databases of tests only)
}

func (o Options) staffOptions() (out []staff.Option) {
	if o.Log != nil {
		out = append(out, staff.WithLog(o.Log))
	}
	if o.Machine != "" {
		out = append(out, staff.At(o.Machine, o.Program))
	}
	if o.Cost != nil {
		out = append(out, staff.WithCost(*o.Cost))
	}
	return out
}

// Office is an open town hall: one database, one field a service.
type Office struct {
	Store     *store.DB
	Staff     *staff.Service
	Catalog   *catalog.Service
	Family    *family.Service
	Access    *access.Service
	Letter    *letter.Service
	Menu      *menu.Service
	Ledger    *ledger.Service
	Booking   *booking.Service
	Billing   *billing.Service
	Mailbox   *mailbox.Service
	Importer  *importer.Service
	Year      *schoolyear.Service
	Retention *retention.Service
	Backup    *backup.Service

	heads staff.HeadStore
}

// Open opens (and where needed makes and migrates) the database at a path or a
// postgres:// address, and refuses one whose accounts or guards do not hold
// (quick). What time alone brings about is Housekeep's: the window calls it when
// it opens and when the day changes, the command before it lists letters or
// requests.
func Open(ctx context.Context, url string, opt Options) (*Office, error) {
	folder, err := opt.copiesOf(url)
	if err != nil {
		return nil, err
	}
	if own, err := Folder(); err == nil { // a killed program's opened backups: nobody's
		if err := store.ClearWorkspaces(own); err != nil {
			return nil, err
		}
	}
	var before backup.Copy
	db, err := store.Open(ctx, url, store.Options{
		Clock: opt.Clock, Log: opt.Log, MustExist: opt.MustExist, RealClock: opt.RealClock, KeepCopy: backup.Keeper(folder, opt.Program, &before),
	})
	if err != nil {
		return nil, err
	}
	dir, err := configFolder()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	o := over(db, staff.HeadStoreFor(db, dir), backup.Options{Program: opt.Program, Machine: opt.Machine, Folder: folder, Log: opt.Log}, opt.staffOptions()...)
	if before.Path != "" {
		if err := o.Backup.Migrated(staff.System(ctx), before); err != nil {
			return nil, errors.Join(err, o.Close())
		}
	}
	if !opt.Unsound {
		if err := o.quick(ctx); err != nil {
			return nil, errors.Join(err, o.Close())
		}
	}
	if opt.RealClock && !opt.DateSure {
		if err := o.askDate(ctx); err != nil {
			return nil, errors.Join(err, o.Close())
		}
	}
	return o, nil
}

// Over builds the office over a database that is already open; heads is where
// the end of the audit trail is kept.
func Over(db *store.DB, heads staff.HeadStore, options ...staff.Option) *Office {
	return over(db, heads, backup.Options{}, options...)
}

func over(db *store.DB, heads staff.HeadStore, copies backup.Options, options ...staff.Option) *Office {
	o := &Office{
		Store:     db,
		heads:     heads,
		Staff:     staff.New(db, heads, options...),
		Catalog:   catalog.New(db),
		Family:    family.New(db),
		Access:    access.New(db),
		Letter:    letter.New(db),
		Menu:      menu.New(db),
		Ledger:    ledger.New(db),
		Booking:   booking.New(db),
		Billing:   billing.New(db),
		Mailbox:   mailbox.New(db),
		Importer:  importer.New(db),
		Year:      schoolyear.New(db),
		Retention: retention.New(db),
		Backup:    backup.New(db, copies),
	}
	o.Family.MoveMoneyBy(ledger.MoveMoney)
	o.Ledger.AfterTopUp(booking.AfterTopUp)
	o.Family.OnExport(access.ExportTx)
	o.Family.OnExport(mailbox.ExportTx)
	o.Family.OnMerge(billing.MergeLines, billing.Merge)
	o.Family.OnMerge(mailbox.MergeLines, mailbox.Merge)
	o.Staff.OnSignIn(o.Backup.KeepKey)
	o.Importer.Before(o.Backup.BeforeImport)
	o.Catalog.Before(o.Backup.BeforeImport)
	db.CheckBackups(sound)
	return o
}

// Close ends the office: subscribers are told no more, the file is released.
func (o *Office) Close() error {
	o.Family.Close()
	return errors.Join(o.Staff.Close(), o.Store.Close())
}

// Housekeep does what time alone brings about: children move up on the day that
// was decided, lapsed accesses are suspended and their families warned. It may
// run at any time, any number of times, and asks for no right: it is the program
// itself that acts.
func (o *Office) Housekeep(ctx context.Context) error {
	if _, _, err := o.Year.TurnDue(staff.System(ctx)); err != nil {
		return err
	}
	_, _, err := o.Access.SuspendLapsed(staff.System(ctx))
	return err
}

package data

import (
	"context"
	"errors"
	"os"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/transfer"
)

// MoveTo copies this whole base into an empty one of the other engine (or the
// same): every row is read again and compared, every promise verified on the
// copy, before it is kept. This base is only read. clock measures. The copy
// says in its trail where it came from, and its witness starts there.
func (o *Office) MoveTo(ctx context.Context, target string, opt Options, clock func() time.Time, progress func(done, total int64, what string)) (rep *transfer.Report, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	if err := o.alone(ctx); err != nil {
		return nil, err
	}
	made := isNewFile(target)
	dst, err := store.Open(ctx, target, store.Options{Clock: opt.Clock, Log: opt.Log, BackupDir: opt.BackupDir})
	if err != nil {
		return nil, err
	}
	defer func() {
		path := dst.Path()
		err = errors.Join(err, dst.Close())
		if err != nil && made && rep == nil {
			err = errors.Join(err, removeFile(path))
		}
	}()
	copied, err := transfer.Run(ctx, o.Store, dst, clock, transfer.Options{Verify: verify, Progress: progress})
	if err != nil {
		return nil, err
	}
	rep = copied // from here on it is kept: what follows only makes it better known
	dir, err := configFolder()
	if err != nil {
		return rep, err
	}
	there := staff.New(dst, staff.HeadStoreFor(dst, dir), opt.staffOptions()...)
	err = there.AcceptHead(ctx, "base reprise de «\u00a0"+o.Store.Name()+"\u00a0» ("+o.Store.Engine().String()+"), comparée ligne à ligne")
	return rep, errors.Join(err, there.Close(), dst.Optimize(ctx))
}

// alone refuses while others are at work here: what they do would be lost.
func (o *Office) alone(ctx context.Context) error {
	list, err := o.Staff.Present(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.Here {
			return fault.New(fault.Conflict, "%s est au travail sur «\u00a0%s\u00a0»\u00a0: ce qui s’y ferait pendant la copie serait perdu. Rien n’a été modifié\u00a0: fermez Ardoise sur tous les postes, puis recommencez.", p.Name, p.Machine)
		}
	}
	return nil
}

// isNewFile tells whether a target is a file that a failure must not leave behind.
func isNewFile(target string) bool {
	if store.IsServer(target) {
		return false
	}
	_, err := os.Stat(store.FilePath(target))
	return errors.Is(err, os.ErrNotExist)
}

// removeFile takes a SQLite file and what goes with it away.
func removeFile(path string) error {
	var all error
	for _, suffix := range []string{"-wal", "-shm", "", ".audit", ".lock"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"ardoise/data/fault"
)

// Copy is the database at one instant, complete and verified, while somebody
// keeps it: as it is, or sealed. What it holds in clear on SQLite is gone when
// the function it was given to returns.
type Copy struct {
	Engine Engine
	Name   string    // of the database
	Schema int64     // the schema it has
	At     time.Time // by the office's clock
	Beside string    // the folder of a SQLite file; "" on PostgreSQL

	base   string // of the file's name
	read   func(fn func(*Tx) error) error
	write  func(ctx context.Context, w io.Writer) error
	verify func(ctx context.Context, r io.Reader) error
}

// Read asks the copy itself (on PostgreSQL, the very snapshot that is dumped).
func (c *Copy) Read(fn func(*Tx) error) error { return c.read(fn) }

// WriteTo writes the copy's bytes: a SQLite file, or pg_dump's custom format.
func (c *Copy) WriteTo(ctx context.Context, w io.Writer) error { return c.write(ctx, w) }

// Verify reads back what WriteTo wrote, to its end.
func (c *Copy) Verify(ctx context.Context, r io.Reader) error { return c.verify(ctx, r) }

// Ext is what the name of such a file ends with when it is kept as it is.
func (c *Copy) Ext() string {
	if c.Engine == Postgres {
		return ".dump"
	}
	return ".db"
}

// Copy makes a copy, verifies it and gives it to keep. Work goes on meanwhile.
func (db *DB) Copy(ctx context.Context, keep func(*Copy) error) error {
	if err := db.refuseNested(ctx); err != nil {
		return err
	}
	return explain(db.copy(ctx, "", newest(db.set), keep))
}

// copy makes the copy whose schema is at least oldest and whose name ends with
// suffix.
func (db *DB) copy(ctx context.Context, suffix string, oldest int64, keep func(*Copy) error) error {
	c := &Copy{Engine: db.engine, Name: db.name, At: db.Now(), base: copyBase(db.name, suffix, db.Now())}
	var err error
	if db.engine == Postgres {
		err = db.copyPostgres(ctx, c, keep)
	} else {
		c.Beside = filepath.Dir(db.path)
		err = db.copySQLite(ctx, c, oldest, keep)
	}
	if err != nil {
		return backupFailed(err)
	}
	return nil
}

// copySQLite copies by VACUUM INTO, on a connection of its own so that neither
// screens nor writers wait. The clear copy lies beside the database, which is
// as clear as it.
func (db *DB) copySQLite(ctx context.Context, c *Copy, oldest int64, keep func(*Copy) error) (err error) {
	work, err := NewWorkspace(filepath.Dir(db.path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.Close()) }()
	temp, err := work.create("copie.db")
	if err != nil {
		return err
	}
	source := liteOpen(db.path, 1, []string{"mode=rw", "_busy_timeout=5000"})
	_, err = source.ExecContext(ctx, `VACUUM INTO ?1`, temp) // an empty file is a fine target
	if err = errors.Join(err, source.Close()); err != nil {
		return err
	}
	beforeVerify(temp)
	if c.Schema, err = verifyFile(ctx, temp, db.set, oldest, db.question()); err != nil {
		return err
	}
	c.read = func(fn func(*Tx) error) error { return readFile(ctx, temp, db.set, fn) }
	c.write = func(ctx context.Context, w io.Writer) error { return pour(ctx, temp, w) }
	c.verify = func(ctx context.Context, r io.Reader) error {
		_, err := io.Copy(io.Discard, watched{ctx, r}) // the file was verified; its keeper compares the bytes
		return err
	}
	return keep(c)
}

// question is what is asked of every copy, nil for nothing.
func (db *DB) question() func(*Tx) error {
	if p := db.check.Load(); p != nil {
		return *p
	}
	return nil
}

// pour writes a file into w.
func pour(ctx context.Context, path string, w io.Writer) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, watched{ctx, f})
	return err
}

// watched ends a reading when its context ends.
type watched struct {
	ctx context.Context
	io.Reader
}

// Read is io.Reader's.
func (w watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Reader.Read(p)
}

// Keep writes a file of the copy into dir: NAME-YYYYMMDD-HHMMSS and ext. write
// gives its bytes, verify looks at what lies on the disk, and only then does
// the file get its name. Whatever fails leaves nothing.
func (c *Copy) Keep(dir, ext string, write func(io.Writer) error, verify func(path string) error) (path string, err error) {
	final, temp, err := spot(dir, c.base, ext)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			path, err = "", errors.Join(err, removeIfThere(temp))
		}
	}()
	if err := fillFile(temp, write); err != nil {
		return "", err
	}
	if err := verify(temp); err != nil {
		return "", err
	}
	if err := os.Rename(temp, final); err != nil {
		return "", err
	}
	return final, syncDir(dir)
}

// fillFile writes a file and makes it outlive a power cut; what is read of it
// next comes from the disk, where the system lets us ask for that.
func fillFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := bufio.NewWriterSize(f, 1<<20)
	if err := write(b); err != nil {
		return err
	}
	if err := errors.Join(b.Flush(), f.Sync()); err != nil {
		return err
	}
	forget(f)
	return nil
}

// KeepPlain keeps the copy as it is, for a database that has nothing to hide:
// the bytes on the disk are those that were verified.
func (c *Copy) KeepPlain(ctx context.Context, dir string) (path string, err error) {
	sum := sha256.New()
	return c.Keep(dir, c.Ext(), func(w io.Writer) error {
		return c.WriteTo(ctx, io.MultiWriter(w, sum))
	}, func(path string) (err error) {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		again := sha256.New()
		if err := c.Verify(ctx, io.TeeReader(f, again)); err != nil {
			return err
		}
		if _, err := io.Copy(again, f); err != nil { // what a reader of dumps leaves unread
			return err
		}
		if !bytes.Equal(again.Sum(nil), sum.Sum(nil)) {
			return fault.New(fault.Unavailable, "Ce qui est relu du disque n’est pas ce qui y a été écrit : le disque est peut-être défaillant. Choisissez un autre dossier.")
		}
		return nil
	})
}

// SendTo copies a file into dir under its own name, reads it again there and
// compares: a second place. An other file of that name is left alone.
func SendTo(ctx context.Context, path, dir string, digest []byte) (sent string, err error) {
	final, temp, err := spot(dir, trimExt(filepath.Base(path)), filepath.Ext(path))
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			sent, err = "", backupFailed(errors.Join(err, removeIfThere(temp)))
		}
	}()
	if err := fillFile(temp, func(w io.Writer) error { return pour(ctx, path, w) }); err != nil {
		return "", err
	}
	again, _, err := Sum(ctx, temp)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(again, digest) {
		return "", fault.New(fault.Unavailable, "Ce qui est relu de « %s » n’est pas ce qui y a été écrit : ce disque est peut-être défaillant. Choisissez un autre dossier.", dir)
	}
	if err := os.Rename(temp, final); err != nil {
		return "", err
	}
	return final, syncDir(dir)
}

// Sum gives the SHA-256 of a file and its size in bytes.
func Sum(ctx context.Context, path string) (digest []byte, bytes int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	n, err := io.Copy(sum, watched{ctx, f})
	return sum.Sum(nil), n, err
}

package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Copy is one copy that was read again and found whole.
type Copy struct {
	ID         int64
	MadeAt     time.Time // UTC
	Place      Place
	Cause      Cause
	Path       string
	Bytes      int64
	Digest     []byte // SHA-256 of the file
	Sealed     bool
	Machine    string // the workstation whose folder it is
	Outside    bool   // neither on the disk nor on the machine of the database
	VerifiedAt time.Time
	RemovedAt  time.Time // zero: it is there

	recipient string
}

// Made is what one backup gave: a copy in each place that could take one.
type Made struct {
	Copies  []Copy
	Second  error // why there is none in the second place; nil where there is, or none is asked for
	Removed int   // older copies that no rule keeps any more
}

// Make makes a copy now in the first place and the second.
func (s *Service) Make(ctx context.Context) (Made, error) {
	if err := staff.Require(ctx, staff.Admin, staff.Regie); err != nil {
		return Made{}, err
	}
	return s.make(ctx, Asked)
}

// MakeIn makes a copy in a folder named on the spot. It stays there: no rule
// removes it.
func (s *Service) MakeIn(ctx context.Context, dir string) (c Copy, err error) {
	if err := staff.Require(ctx, staff.Admin, staff.Regie); err != nil {
		return c, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return c, fault.Wrap(fault.Invalid, err, "« %s » n’est pas un dossier.", dir)
	}
	s.making.Lock()
	defer s.making.Unlock()
	if c, err = s.write(ctx, dir, Elsewhere, Asked); err != nil {
		return c, err
	}
	if err := s.record(ctx, &c); err != nil {
		return c, errors.Join(err, forget([]Copy{c}))
	}
	return c, nil
}

// make writes, records and thins out. A second place that cannot be reached is
// told in Made and tried again next time; the first is the backup.
func (s *Service) make(ctx context.Context, cause Cause) (m Made, err error) {
	s.making.Lock()
	defer s.making.Unlock()
	var set Settings
	if err := s.db.Read(ctx, func(tx *store.Tx) (err error) { set, err = s.settingsTx(tx); return err }); err != nil {
		return m, err
	}
	first, err := s.write(ctx, set.Here, Here, cause)
	if err != nil {
		return m, errors.Join(err, s.noteTrouble(ctx, err))
	}
	m.Copies = append(m.Copies, first)
	if set.Second != "" {
		second, err := s.send(ctx, first, set.Second)
		if err != nil {
			m.Second = err
		} else {
			m.Copies = append(m.Copies, second)
		}
	}
	for i := range m.Copies {
		if err := s.record(ctx, &m.Copies[i]); err != nil {
			return m, errors.Join(err, forget(m.Copies[i:]))
		}
	}
	if err := s.adopt(ctx, set); err != nil {
		return m, err
	}
	if err := s.noteTrouble(ctx, m.Second); err != nil {
		return m, err
	}
	m.Removed, err = s.thinOut(ctx, set)
	return m, err
}

// forget removes copies that could not be recorded: they do not count.
func forget(copies []Copy) (err error) {
	for _, c := range copies {
		if rerr := os.Remove(c.Path); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}

// write makes one copy in dir, sealed where the town has a key, reads it again
// and compares it with what went in.
func (s *Service) write(ctx context.Context, dir string, place Place, cause Cause) (c Copy, err error) {
	if dir == "" {
		return c, fault.New(fault.Invalid, "Aucun dossier de sauvegarde n’est indiqué : choisissez-en un dans Réglages, Sauvegarde.")
	}
	err = s.db.Copy(ctx, func(from *store.Copy) error {
		c, err = keepCopy(ctx, from, dir, cause, s.opt.Program)
		return err
	})
	if err != nil {
		return c, err
	}
	c.Place, c.Machine, c.VerifiedAt = place, s.opt.Machine, s.db.Now()
	c.Outside, err = s.outside(dir)
	return c, err
}

// keepCopy writes a copy that is being held into dir.
func keepCopy(ctx context.Context, from *store.Copy, dir string, cause Cause, program string) (c Copy, err error) {
	h := head{MadeAt: store.Instant(from.At), Engine: "sqlite", Schema: from.Schema, Database: from.Name, Program: program, Cause: cause, Body: bodySQLite}
	if from.Engine == store.Postgres {
		h.Engine, h.Body = "postgres", bodyDump
	}
	if err := from.Read(func(tx *store.Tx) (err error) {
		h.Recipient, err = recipientTx(tx)
		if err == nil && h.Recipient != "" {
			h.Wraps, err = wrapsTx(tx)
		}
		return err
	}); err != nil {
		return c, err
	}
	var path string
	if h.Recipient == "" { // nobody has a key yet: there is nothing to hide
		path, err = from.KeepPlain(ctx, dir)
	} else {
		path, err = keepSealed(ctx, from, dir, h)
	}
	if err != nil {
		return c, err
	}
	c = Copy{MadeAt: from.At, Cause: cause, Path: path, Sealed: h.Recipient != "", recipient: h.Recipient}
	c.Digest, c.Bytes, err = store.Sum(ctx, path)
	return c, err
}

// keepSealed seals for the town and for an identity that lives as long as this
// function: by it the written file is opened again, to its last byte, without
// the town's key.
func keepSealed(ctx context.Context, from *store.Copy, dir string, h head) (string, error) {
	town, err := age.ParseX25519Recipient(h.Recipient)
	if err != nil {
		return "", fault.Wrap(fault.Conflict, err, "La clé publique des sauvegardes a été modifiée en dehors du programme. La sauvegarde n’est pas faite : ouvrez une session, le programme la remet, puis recommencez.")
	}
	witness, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	var sum []byte
	return from.Keep(dir, Ext, func(w io.Writer) (err error) {
		sum, err = writeSealed(ctx, w, h, from, town, witness.Recipient())
		return err
	}, func(path string) error {
		beforeReading(path)
		return unlikeWritten(readSealed(ctx, path, witness, func(_ head, body io.Reader) error {
			again := sha256.New()
			seen := io.TeeReader(body, again)
			if err := from.Verify(ctx, seen); err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, seen); err != nil {
				return err
			}
			if !bytes.Equal(again.Sum(nil), sum) {
				return damaged(errors.New("backup: what was read again is not what went in"))
			}
			return nil
		}))
	})
}

// unlikeWritten says of a new file what damaged says of an old one.
func unlikeWritten(err error) error {
	if fault.KindOf(err) != fault.Conflict && !errors.Is(err, errForeign) {
		return err
	}
	return fault.Wrap(fault.Unavailable, err, "Ce qui est relu du disque n’est pas ce qui y a été écrit : le disque est peut-être défaillant. Choisissez un autre dossier.")
}

// beforeReading lets a test spoil a file between its writing and its reading.
var beforeReading = func(string) {}

// send writes a copy into the second place and reads it again there.
func (s *Service) send(ctx context.Context, c Copy, dir string) (Copy, error) {
	if err := checkSecond(dir); err != nil {
		return Copy{}, err
	}
	path, err := store.SendTo(ctx, c.Path, dir, c.Digest)
	if err != nil {
		return Copy{}, err
	}
	c.ID, c.Place, c.Path, c.VerifiedAt = 0, Second, path, s.db.Now()
	c.Outside, err = s.outside(dir)
	return c, err
}

// record writes a verified copy into the trail of copies.
func (s *Service) record(ctx context.Context, c *Copy) error {
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if err := insertTx(tx, c); err != nil {
			return err
		}
		return staff.Audit(tx, "backup.made", "backup_copy:"+idText(c.ID), c.text())
	})
}

func (c Copy) text() string {
	out := "Sauvegarde faite et relue (" + lower(c.Cause.Label()) + ")"
	if !c.Sealed {
		out += ", non scellée"
	}
	return fault.French(out + " : " + c.Path)
}

func insertTx(tx *store.Tx, c *Copy) error {
	verified := ""
	if !c.VerifiedAt.IsZero() {
		verified = store.Instant(c.VerifiedAt)
	}
	tx.Publish(Topic)
	return tx.QueryRow(`INSERT INTO backup_copy (made_at, place, cause, path, bytes, digest, recipient, machine, outside, verified_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		store.Instant(c.MadeAt), string(c.Place), string(c.Cause), c.Path, c.Bytes, c.Digest, c.recipient, c.Machine, c.Outside, verified).Scan(&c.ID)
}

// noteTrouble keeps what stands in the way of copies, until one succeeds.
func (s *Service) noteTrouble(ctx context.Context, trouble error) error {
	text := ""
	if trouble != nil {
		if ctx.Err() != nil { // somebody gave up: that is no trouble
			return nil
		}
		text = fault.Sentence(trouble)
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		was, err := catalog.SettingTx(tx, troubleKey, "")
		if err != nil || was == text {
			return err
		}
		tx.Publish(Topic)
		return catalog.SetSettingTx(tx, troubleKey, text)
	})
}

// recipientTx is whom copies are sealed for, "" while nobody has a key.
func recipientTx(tx *store.Tx) (string, error) { return catalog.SettingTx(tx, recipientKey, "") }

// wrapsTx reads the ways to the data key that go with a copy: the phrase, the
// administrators, a demonstration's.
func wrapsTx(tx *store.Tx) ([]wrap, error) {
	type agent struct{ login, roles string }
	agents := map[string]agent{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var a agent
		if err := r.Scan(&id, &a.login, &a.roles); err != nil {
			return err
		}
		agents[vault.AgentHolder(id)] = a
		return nil
	}, `SELECT id, login, roles FROM agent WHERE active = 1`)
	if err != nil {
		return nil, err
	}
	var out []wrap
	err = store.Each(tx, func(r *sql.Rows) error {
		var w wrap
		if err := r.Scan(&w.Holder, &w.KDF, &w.Sealed); err != nil {
			return err
		}
		a, is := agents[w.Holder]
		switch {
		case is && staff.HasRole(a.roles, staff.Admin):
			w.Login = a.login
		case w.Holder != vault.Recovery && w.Holder != vault.Demo:
			return nil
		}
		out = append(out, w)
		return nil
	}, `SELECT holder, kdf, wrapped FROM key_wrap ORDER BY holder`)
	return out, err
}

package backup

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Late is how old the last verified copy outside the machine may grow before
// Accueil warns.
const Late = 7 * 24 * time.Hour

// State says how a town's copies stand.
type State struct {
	Last    Copy   // the last verified copy that is there; zero ID: none
	Outside Copy   // the last one outside the machine
	Trouble string // French: why the last try did not do all; "" where it did
	Sealed  bool   // copies are sealed: somebody has a key
	Demo    bool
	// MadeBy is, on PostgreSQL, the workstation that makes the day's copy.
	MadeBy string
}

// Late reports whether nothing verified lies outside the machine, or nothing
// recent enough.
func (st State) Late(now time.Time) bool {
	return st.Outside.ID == 0 || now.Sub(st.Outside.MadeAt) > Late
}

// State reads it.
func (s *Service) State(ctx context.Context) (st State, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return st, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		for _, ask := range []struct {
			outside bool
			to      *Copy
		}{{false, &st.Last}, {true, &st.Outside}} {
			list, err := copiesTx(tx, `WHERE verified_at <> '' AND removed_at = '' AND (CAST($1 AS BIGINT) = 0 OR outside = 1) AND made_at <= $2
				AND (recipient = '' OR recipient = (SELECT value FROM setting WHERE name = 'backup.recipient'))
				ORDER BY made_at DESC, id DESC LIMIT 1`, ask.outside, store.Instant(tx.Now())) // one made under a clock that ran ahead says nothing
			if err != nil {
				return err
			}
			if len(list) > 0 {
				*ask.to = list[0]
			}
		}
		if st.Trouble, err = catalog.SettingTx(tx, troubleKey, ""); err != nil {
			return err
		}
		recipient, err := recipientTx(tx)
		if err != nil {
			return err
		}
		st.Sealed = recipient != ""
		if st.MadeBy, err = catalog.SettingTx(tx, machineKey, ""); err != nil {
			return err
		}
		st.Demo, err = staff.DemoTx(tx)
		return err
	})
	return st, err
}

// LastTx is when the last verified copy was made, zero for never.
func LastTx(tx *store.Tx) (time.Time, error) {
	var at string
	err := tx.QueryRow(`SELECT coalesce(max(made_at), '') FROM backup_copy WHERE verified_at <> '' AND removed_at = '' AND made_at <= $1`, store.Instant(tx.Now())).Scan(&at)
	return readInstant(at), err
}

const copyColumns = `id, made_at, place, cause, path, bytes, digest, recipient, machine, outside, verified_at, removed_at`

func copiesTx(tx *store.Tx, where string, args ...any) ([]Copy, error) {
	return store.Collect(tx, func(r *sql.Rows) (c Copy, err error) {
		var made, verified, removed string
		var outside int64
		err = r.Scan(&c.ID, &made, &c.Place, &c.Cause, &c.Path, &c.Bytes, &c.Digest, &c.recipient, &c.Machine, &outside, &verified, &removed)
		c.MadeAt, c.VerifiedAt, c.RemovedAt = readInstant(made), readInstant(verified), readInstant(removed)
		c.Outside, c.Sealed = outside == 1, c.recipient != ""
		return c, err
	}, `SELECT `+copyColumns+` FROM backup_copy `+where, args...)
}

// Copies lists the copies that are there, newest first.
func (s *Service) Copies(ctx context.Context) (list []Copy, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = copiesTx(tx, `WHERE removed_at = '' ORDER BY made_at DESC, id DESC LIMIT 2000`)
		return err
	})
	return list, err
}

// Checked is what looking at a file again found.
type Checked struct {
	Info
	Known bool // the base made this very file
	Whole bool // its inside was opened and verified; else only its bytes were compared
	Said  string
}

// Check looks at one backup file again, whole: against what was recorded of it,
// and with a secret, or the key of the session, by opening it.
func (s *Service) Check(ctx context.Context, path string, secret Secret) (c Checked, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return c, err
	}
	if c.Info, err = Peek(path); err != nil {
		return c, err
	}
	digest, _, err := store.Sum(ctx, path)
	if err != nil {
		return c, unreadable(path, err)
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return c, err
	}
	var named []Copy
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if c.Known, err = knownTx(tx, digest); err != nil {
			return err
		}
		named, err = copiesTx(tx, `WHERE path = $1`, whole)
		return err
	})
	if err != nil {
		return c, err
	}
	if !c.Known && len(named) > 0 {
		return c, damaged(errors.New("backup: the digest is not the one that was recorded"))
	}
	if secret.empty() {
		secret.Key = staff.From(ctx).Key
	}
	if !c.Sealed || !secret.empty() || c.Demo {
		o, err := Open(ctx, path, secret, s.workDir())
		switch {
		case err == nil:
			c.Whole, c.Engine, c.Schema = true, o.Engine, o.Schema
			if err := o.Close(); err != nil {
				return c, err
			}
		case fault.KindOf(err) != fault.Forbidden || c.recipient == "" || !secret.onlyKey():
			return c, err
		}
	}
	if c.Whole && c.Known { // one that was found again counts from now on
		err = s.db.Write(ctx, func(tx *store.Tx) error {
			n, err := tx.Exec(`UPDATE backup_copy SET verified_at = $1 WHERE digest = $2 AND verified_at = ''`, store.Instant(tx.Now()), digest)
			if n > 0 {
				tx.Publish(Topic)
			}
			return err
		})
		if err != nil {
			return c, err
		}
	}
	switch {
	case c.Whole:
		c.Said = fault.French("Sauvegarde ouverte et contrôlée jusqu’au bout : elle est entière.")
	case c.Known:
		c.Said = fault.French("Octet pour octet, c’est le fichier qui a été relu et contrôlé le jour de la sauvegarde. Pour l’ouvrir aussi, donnez la phrase ou un mot de passe.")
	default:
		return c, fault.New(fault.Forbidden, "Cette sauvegarde est scellée et la base ouverte ne la connaît pas : donnez la phrase de secours ou un mot de passe pour la contrôler.")
	}
	return c, nil
}

func (s Secret) onlyKey() bool { return s.Phrase == "" && s.Password == "" }

// Open opens a backup beside the open base, with a secret or the key of the
// session.
func (s *Service) Open(ctx context.Context, path string, secret Secret) (*Opened, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	if secret.empty() {
		secret.Key = staff.From(ctx).Key
	}
	o, err := Open(ctx, path, secret, s.workDir())
	if err == nil {
		o.Proven = true // an administrator of the open base answers for a plain copy
	}
	return o, err
}

// Preview compares what was opened with the open base.
func (s *Service) Preview(ctx context.Context, o *Opened) (Preview, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return Preview{}, err
	}
	return o.Preview(ctx, s.db)
}

// workDir is where a backup lies open for a moment: beside the database.
func (s *Service) workDir() string {
	if p := s.db.Path(); p != "" {
		return filepath.Dir(p)
	}
	return filepath.Dir(s.opt.Folder)
}

// thinOut removes the copies of both places that no rule keeps, and notes it.
func (s *Service) thinOut(ctx context.Context, set Settings) (removed int, err error) {
	var list []Copy
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = copiesTx(tx, `WHERE removed_at = '' AND place <> $1 AND machine = $2 ORDER BY id`, string(Elsewhere), s.opt.Machine)
		return err
	})
	if err != nil {
		return 0, err
	}
	var gone []int64
	for _, place := range []Place{Here, Second} {
		var there []Copy
		var stamps []Stamp
		for _, c := range list {
			if c.Place == place {
				there, stamps = append(there, c), append(stamps, Stamp{c.MadeAt, c.Cause})
			}
		}
		for _, i := range set.Rule.Expired(s.db.Now(), stamps) {
			done, err := s.remove(there[i])
			if err != nil {
				s.opt.Log.Warn("backup: an old copy stays", "file", there[i].Path, "err", err)
			}
			if done {
				gone = append(gone, there[i].ID)
			}
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE backup_copy SET removed_at = $1 WHERE id = ANY($2) AND removed_at = ''`, store.Instant(tx.Now()), gone); err != nil {
			return err
		}
		tx.Publish(Topic, gone...)
		return staff.Audit(tx, "backup.removed", "backup_copy:"+idText(gone[0]), fault.French("Sauvegardes effacées parce qu’aucune règle ne les garde plus : "+idText(int64(len(gone)))))
	})
	return len(gone), err
}

// remove deletes the file of a recorded copy, if it still is that file. What is
// not there any more while its folder is counts as gone; a folder that is not
// there (a stick that is unplugged) tells nothing.
func (s *Service) remove(c Copy) (gone bool, err error) {
	if dir, err := os.Stat(filepath.Dir(c.Path)); err != nil || !dir.IsDir() {
		return false, nil //nolint:nilerr // told by the second place itself
	}
	info, err := os.Lstat(c.Path)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() || info.Size() != c.Bytes || !ours(c.Path) {
		return false, nil // somebody put something else there: it is theirs
	}
	return true, os.Remove(c.Path)
}

// ours reports whether a file begins as our copies do.
func ours(path string) (yes bool) {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	begin := make([]byte, len(magic))
	_, err = io.ReadFull(f, begin)
	if errors.Join(err, f.Close()) != nil {
		return false
	}
	return string(begin) == magic || bytes.HasPrefix(begin, []byte("SQLite format 3\x00")) || bytes.HasPrefix(begin, []byte("PGDMP"))
}

// Keeper gives the store what keeps the copy that is made before a migration:
// sealed where the old base has a key, in the folder it names, else in folder,
// else beside the file.
// The copy goes to found, to be recorded once the new schema is there.
func Keeper(folder, program string, found *Copy) func(ctx context.Context, from *store.Copy) (string, error) {
	return func(ctx context.Context, from *store.Copy) (string, error) {
		dir := folder
		if dir == "" && from.Beside != "" {
			dir = besideFile(from.Beside)
		}
		err := from.Read(func(tx *store.Tx) error {
			set, err := catalog.SettingTx(tx, hereKey, "")
			if strings.TrimSpace(set) != "" {
				dir = set
			}
			return err
		})
		if err != nil {
			return "", err
		}
		c, err := keepCopy(ctx, from, dir, Migration, program)
		if err != nil {
			return "", err
		}
		*found = c
		return c.Path, nil
	}
}

// Migrated records the copy that Keeper kept. It asks for no right: the program
// itself acts, while it opens.
func (s *Service) Migrated(ctx context.Context, c Copy) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	if c.Path == "" {
		return nil
	}
	var err error
	if c.Outside, err = s.outside(filepath.Dir(c.Path)); err != nil {
		return err
	}
	c.Place, c.Machine, c.VerifiedAt = Here, s.opt.Machine, s.db.Now()
	return s.record(ctx, &c)
}

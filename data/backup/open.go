package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Secret opens a sealed backup: the printed recovery phrase, or the login and
// the password of an administrator, all as they were on the day of the copy; or
// the data key of a session of the same town. A plain copy asks for none.
type Secret struct {
	Phrase          string
	Login, Password string
	Key             *vault.Key
}

func (s Secret) empty() bool { return s.Phrase == "" && s.Password == "" && !s.Key.IsOpen() }

// Info is what a backup says of itself before it is opened.
type Info struct {
	Path     string
	Bytes    int64
	Sealed   bool      // false: a plain copy, that asks for no secret
	MadeAt   time.Time // zero for a plain copy, which does not say
	Engine   store.Engine
	Schema   int64
	Database string
	Program  string
	Cause    Cause
	Logins   []string // administrators whose password of that day opens it
	Demo     bool     // a demonstration's: it opens by itself

	recipient string
}

// Peek reads the clear beginning of a backup: enough to know which secret to
// ask for. It verifies nothing.
func Peek(path string) (info Info, err error) {
	info, _, err = peek(path)
	return info, err
}

func peek(path string) (info Info, h head, err error) {
	f, err := os.Open(path)
	if err != nil {
		return info, h, unreadable(path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	stat, err := f.Stat()
	if err != nil {
		return info, h, unreadable(path, err)
	}
	if stat.IsDir() {
		return info, h, fault.New(fault.Invalid, "« %s » est un dossier : choisissez le fichier de la sauvegarde.", path)
	}
	info = Info{Path: path, Bytes: stat.Size()}
	h, _, err = readHead(f)
	if errors.Is(err, errForeign) && fault.KindOf(err) == fault.Internal {
		return plainInfo(info, f)
	}
	if err != nil {
		return info, h, err
	}
	info.Sealed, info.MadeAt, info.Schema, info.Database = true, readInstant(h.MadeAt), h.Schema, h.Database
	info.Program, info.Cause, info.recipient = h.Program, h.Cause, h.Recipient
	if h.Engine == "postgres" {
		info.Engine = store.Postgres
	}
	for _, w := range h.Wraps {
		if w.Login != "" {
			info.Logins = append(info.Logins, w.Login)
		}
		info.Demo = info.Demo || w.Holder == vault.Demo
	}
	return info, h, nil
}

// plainInfo tells a plain copy from a stranger's file, by its first bytes.
func plainInfo(info Info, f *os.File) (Info, head, error) {
	begin := make([]byte, 16)
	n, err := f.ReadAt(begin, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return info, head{}, unreadable(info.Path, err)
	}
	info.Database = filepath.Base(info.Path)
	switch {
	case bytes.HasPrefix(begin[:n], []byte("PGDMP")):
		info.Engine = store.Postgres
	case string(begin[:n]) != "SQLite format 3\x00":
		return info, head{}, fault.New(fault.Invalid, "« %s » n’est pas une sauvegarde d’Ardoise. Choisissez un fichier dont le nom finit par « .ardoise » (ou « .db », « .dump » pour une copie ancienne).", filepath.Base(info.Path))
	}
	return info, head{}, nil
}

// Opened is a backup that was opened and verified whole. Its clear content lies
// in a private folder until Close.
type Opened struct {
	Info
	// Proven says that whoever opened it gave the town's own secret, or is an
	// administrator of the base that is open.
	Proven bool

	plain string // the clear copy: a SQLite file or a dump
	work  *store.Workspace
}

// Open opens a backup with its secret and verifies all of it: no byte was
// changed or cut off, and what is inside is a whole database of Ardoise. The
// clear content lies in a private folder made in workDir (beside the database,
// or the user's folder), that goes with Close, or at the next start after a
// kill. It asks for no right: the secret is the right.
func Open(ctx context.Context, path string, secret Secret, workDir string) (o *Opened, err error) {
	info, h, err := peek(path)
	if err != nil {
		return nil, err
	}
	o = &Opened{Info: info, plain: path}
	if info.Sealed {
		if err := os.MkdirAll(workDir, 0o700); err != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé : il sert le temps d’ouvrir la sauvegarde.", workDir)
		}
		key, err := h.unlock(info, secret)
		if err != nil {
			return nil, err
		}
		defer key.Close()
		// The head is anybody's until the seal speaks for it: whom it names must
		// be who the secret leads to.
		if own, err := recipientOf(key); err != nil || own != h.Recipient {
			return nil, errors.Join(err, damaged(errors.New("backup: the head names another recipient")))
		}
		if o.work, err = store.NewWorkspace(workDir); err != nil {
			return nil, err
		}
		o.Proven = true
		if err := o.unseal(ctx, key); err != nil {
			return nil, errors.Join(err, o.Close())
		}
	}
	engine, schema, err := store.Inspect(ctx, o.plain)
	if err != nil {
		return nil, errors.Join(err, o.Close())
	}
	o.Engine, o.Schema = engine, schema
	return o, nil
}

// Close removes the clear content.
func (o *Opened) Close() error {
	if o == nil || o.work == nil {
		return nil
	}
	return o.work.Close()
}

// unseal writes the clear content into the workspace.
func (o *Opened) unseal(ctx context.Context, key *vault.Key) error {
	id, err := identityOf(key)
	if err != nil {
		return err
	}
	o.plain = o.work.Path("ouverte")
	return readSealed(ctx, o.Path, id, func(_ head, body io.Reader) (err error) {
		f, err := os.OpenFile(o.plain, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if _, err = io.Copy(f, body); err != nil {
			return diskTrouble(o.plain, err)
		}
		return nil
	})
}

// diskTrouble says that the clear content found no room.
func diskTrouble(path string, err error) error {
	var at *os.PathError
	if errors.As(err, &at) && at.Path == path {
		return fault.Wrap(fault.Unavailable, err, "Il manque de la place dans « %s » pour ouvrir la sauvegarde. Rien n’a été modifié : libérez de la place, puis recommencez.", filepath.Dir(filepath.Dir(path)))
	}
	return err
}

// unlock finds the data key of the day of the copy; slow on purpose where a
// password or the phrase opens it.
func (h head) unlock(info Info, s Secret) (*vault.Key, error) {
	if s.Key.IsOpen() {
		if mine, err := recipientOf(s.Key); err != nil || mine == h.Recipient {
			k := &vault.Key{}
			return k, errors.Join(err, k.Reopen(s.Key))
		}
		s.Key = nil
	}
	if w, ok := h.wrapping(vault.Demo, ""); ok && s.empty() {
		return staff.DemoKey(w)
	}
	day := "du jour de la sauvegarde"
	if !info.MadeAt.IsZero() {
		day = "du " + dayText(info.MadeAt)
	}
	switch {
	case s.Phrase != "":
		phrase, err := vault.NormalPhrase(s.Phrase)
		if err != nil {
			return nil, err
		}
		w, ok := h.wrapping(vault.Recovery, "")
		if !ok {
			return nil, fault.New(fault.NotFound, "Cette sauvegarde ne s’ouvre pas par une phrase de secours : donnez l’identifiant et le mot de passe d’un administrateur.")
		}
		return opened(w, phrase, "Cette phrase de secours n’ouvre pas cette sauvegarde : il faut la phrase %s. Si elle a été changée depuis, reprenez l’ancienne feuille, ou le mot de passe d’un administrateur %s.", day, day)
	case s.Login != "" && s.Password != "":
		w, ok := h.wrapping("", staff.CleanLogin(s.Login))
		if !ok {
			vault.CheckPassword(vault.NoPassword(vault.Strong), s.Password, vault.Strong) // as slow as a wrong password
			return nil, wrongPassword(day, nil)
		}
		k, err := w.Unwrap(s.Password)
		if err != nil {
			return nil, wrongPassword(day, err)
		}
		return k, nil
	}
	return nil, fault.New(fault.Forbidden, "Cette sauvegarde est scellée : donnez la phrase de secours, ou l’identifiant et le mot de passe d’un administrateur %s.", day)
}

func opened(w vault.Wrapping, secret, format string, args ...any) (*vault.Key, error) {
	k, err := w.Unwrap(secret)
	if err != nil {
		return nil, fault.Wrap(fault.Forbidden, err, format, args...)
	}
	return k, nil
}

func wrongPassword(day string, err error) error {
	return fault.Wrap(fault.Forbidden, err, "Cet identifiant et ce mot de passe n’ouvrent pas cette sauvegarde : il faut ceux d’un administrateur %s, ou la phrase de secours.", day)
}

// wrapping finds one by its holder, or an agent's by its login.
func (h head) wrapping(holder, login string) (vault.Wrapping, bool) {
	for _, w := range h.Wraps {
		if holder != "" && w.Holder == holder || login != "" && w.Login == login {
			return vault.Wrapping{Holder: w.Holder, KDF: w.KDF, Sealed: w.Sealed}, true
		}
	}
	return vault.Wrapping{}, false
}

// Restore puts an opened backup in the place of target, a path or a postgres://
// address, which nobody may have open. Cut at any moment it leaves the old
// database or the new one.
func Restore(ctx context.Context, o *Opened, target string) error {
	if o == nil || o.plain == "" {
		return fault.New(fault.Invalid, "Aucune sauvegarde n’est ouverte : choisissez d’abord le fichier.")
	}
	if server := isServer(target); server != (o.Engine == store.Postgres) {
		return fault.New(fault.Invalid, "Cette sauvegarde vient de %s et ne se restaure pas dans une base %s. Restaurez-la dans une base du même genre, puis passez de l’une à l’autre avec « ardoisectl migrate ».", o.Engine, otherEngine(o.Engine))
	}
	return store.Restore(ctx, o.plain, target)
}

func otherEngine(e store.Engine) store.Engine {
	if e == store.Postgres {
		return store.SQLite
	}
	return store.Postgres
}

// SameTown reports whether the backup is sealed with the key of an open base.
func (o *Opened) SameTown(ctx context.Context, db *store.DB) bool {
	if o.recipient == "" {
		return false
	}
	same := false
	err := db.Read(ctx, func(tx *store.Tx) error {
		have, err := recipientTx(tx)
		same = have == o.recipient
		return err
	})
	return err == nil && same
}

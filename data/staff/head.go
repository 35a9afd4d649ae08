package staff

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// Head is the end of the audit chain at some moment: what a copy of it outside
// the database must agree with. The zero Head is an empty chain.
type Head struct {
	ID   int64
	Hash []byte
}

// IsZero reports whether no head was ever kept.
func (h Head) IsZero() bool { return h.ID == 0 }

// HeadStore keeps the head outside the database, so that cutting the end of
// the trail off leaves a witness. It may be some commits behind.
type HeadStore interface {
	Load() (Head, error) // the zero Head when none was kept yet
	Save(Head) error
}

// HeadFile keeps the head in a small text file: "<db>.audit" beside a SQLite
// file, or a file in the user's configuration folder for PostgreSQL.
type HeadFile struct{ Path string }

// Load reads the file; a damaged one is an error, never an empty head.
func (f HeadFile) Load() (Head, error) {
	raw, err := os.ReadFile(f.Path)
	if errors.Is(err, os.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fault.Wrap(fault.Unavailable, err, "Le témoin du journal (%s) ne peut pas être lu.", f.Path)
	}
	var h Head
	var text string
	if _, err := fmt.Sscanf(string(raw), "%d %s", &h.ID, &text); err == nil {
		h.Hash, err = hex.DecodeString(text)
		if err == nil && h.ID > 0 && len(h.Hash) == len(genesis) {
			return h, nil
		}
	}
	return Head{}, fault.New(fault.Conflict, "Le témoin du journal (%s) est endommagé\u00a0: il ne permet plus de vérifier la fin du journal.", f.Path)
}

// Save writes beside and renames: a power cut leaves the old head or the new.
func (f HeadFile) Save(h Head) (err error) {
	wrap := func(err error) error {
		return fault.Wrap(fault.Unavailable, err, "Le témoin du journal (%s) ne peut pas être écrit.", f.Path)
	}
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return wrap(err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.Path), filepath.Base(f.Path)+".*")
	if err != nil {
		return wrap(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = fmt.Fprintf(tmp, "%d %s\n", h.ID, hex.EncodeToString(h.Hash))
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), f.Path)
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}

// MemoryHead keeps the head in memory: for a scratch database, where nothing is to be witnessed.
type MemoryHead struct {
	mu   sync.Mutex
	head Head
}

// Load gives the head last saved.
func (m *MemoryHead) Load() (Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, nil
}

// Save keeps h.
func (m *MemoryHead) Save(h Head) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.head = h
	return nil
}

// HeadStoreFor gives db's place for the head: beside the SQLite file, or under
// configDir (the user's configuration folder) for PostgreSQL.
func HeadStoreFor(db *store.DB, configDir string) HeadStore {
	if p := db.Path(); p != "" {
		return HeadFile{Path: p + ".audit"}
	}
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, strings.SplitN(db.URL(), "?", 2)[0])
	return HeadFile{Path: filepath.Join(configDir, "audit", clean+".audit")}
}

func broken(format string, args ...any) error {
	return fault.New(fault.Conflict, "Le journal a été modifié en dehors du programme\u00a0: %s. Ne travaillez plus sur cette base, gardez-en une copie et prévenez votre assistance.", fmt.Sprintf(format, args...))
}

// recentAccept is how old an accepted end may be, before the trail's last entry, and
// still explain why a witness does not find its own.
const recentAccept = 31 * 24 * time.Hour

// unwitnessed is an end that is not the one this workstation saw. accepted is the last
// entry that says why an end may differ, of a restore that was made on another
// workstation: it excuses nothing, who reads it judges.
func unwitnessed(accepted, last auditRow, format string, args ...any) error {
	at, err := store.ParseInstant(accepted.at)
	end, err2 := store.ParseInstant(last.at)
	if err != nil || err2 != nil || end.Sub(at) > recentAccept {
		return broken(format, args...)
	}
	return fault.New(fault.Conflict, "Le journal ne finit pas comme ce poste l’a vu\u00a0: %s. Il y est écrit, le %s à %s\u00a0: «\u00a0%s\u00a0». Si votre commune l’a bien fait, un administrateur l’accepte sur ce poste (ardoisectl admin accept). Sinon, ne travaillez plus sur cette base, gardez-en une copie et prévenez votre assistance.",
		fmt.Sprintf(format, args...), calendar.DateOf(at).Long(), calendar.HourText(at), accepted.detail)
}

// VerifyChain recomputes the whole chain, entry by entry, without keeping it
// in memory. It notices a change, a deletion in the middle and an insertion;
// a cut at the end needs a head kept outside (VerifyHead).
func VerifyChain(tx *store.Tx) error {
	_, err := walk(tx, Head{})
	return err
}

// VerifyHead is VerifyChain, and also looks for the head kept outside.
func VerifyHead(tx *store.Tx, heads HeadStore) error {
	kept, err := heads.Load()
	if err != nil {
		return err
	}
	_, err = walk(tx, kept)
	return err
}

// walk verifies the chain, demands that kept (unless zero) is one of its
// entries, and gives the chain's own head.
func walk(tx *store.Tx, kept Head) (Head, error) {
	base, err := lastCut(tx)
	if err != nil {
		return Head{}, err
	}
	late := !kept.IsZero() && kept.ID < base.ID
	prev, end, found, said := genesis, Head{}, kept.IsZero() || sameHead(kept, base), base.IsZero()
	if !base.IsZero() {
		prev, end = base.Hash, base
	}
	var accepted, last auditRow
	differs := false
	err = store.Each(tx, func(rows *sql.Rows) error {
		var id int64
		var e auditRow
		var hash []byte
		if err := rows.Scan(&id, &e.at, &e.agentID, &e.agent, &e.action, &e.object, &e.detail, &e.salt, &e.cover, &hash); err != nil {
			return err
		}
		switch {
		case id <= base.ID:
			return broken("l’entrée n°\u00a0%d devrait avoir été coupée avec celles d’avant le n°\u00a0%d", id, base.ID)
		case !bytes.Equal(hash, e.hash(prev)):
			return broken("l’entrée n°\u00a0%d ne suit pas la précédente", id)
		case !e.whole():
			return broken("la phrase de l’entrée n°\u00a0%d n’est pas celle d’origine", id)
		}
		said = said || e.action == actionCut && e.object == cutObject(base)
		if id == kept.ID {
			found, differs = true, !bytes.Equal(hash, kept.Hash)
		}
		if last = e; e.action == actionAccept {
			accepted = e
		}
		prev, end = hash, Head{ID: id, Hash: hash}
		return nil
	}, `SELECT id, at, agent_id, agent, action, object, detail, salt, cover, hash FROM audit ORDER BY id`)
	if err != nil {
		return Head{}, err
	}
	if !said {
		return Head{}, broken("son début manque jusqu’au n°\u00a0%d et aucune entrée ne dit qu’il a été coupé", base.ID)
	}
	if late { // the chain holds from the cut on; what was before, this workstation can no longer tell
		return Head{}, fault.New(fault.Conflict, "Ce poste n’a pas vu le journal depuis plus longtemps qu’il n’est gardé\u00a0: il ne peut plus en vérifier la fin. Un administrateur l’accepte sur ce poste (ardoisectl admin accept), après avoir vérifié avec un autre poste que le journal y est le même.")
	}
	if differs {
		return Head{}, unwitnessed(accepted, last, "l’entrée n°\u00a0%d n’est pas celle dont le témoin garde l’empreinte", kept.ID)
	}
	if !found {
		return Head{}, unwitnessed(accepted, last, "l’entrée n°\u00a0%d, dont le témoin garde l’empreinte, a disparu", kept.ID)
	}
	return end, nil
}

// currentHead reads the end of the chain, the zero Head when it is empty.
func currentHead(tx *store.Tx) (Head, error) {
	var h Head
	err := tx.QueryRow(`SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1`).Scan(&h.ID, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, nil
	}
	return h, err
}

// holds reports whether the entry h names is in the chain with that hash.
func holds(tx *store.Tx, h Head) (bool, error) {
	if h.IsZero() {
		return true, nil
	}
	var hash []byte
	err := tx.QueryRow(`SELECT hash FROM audit WHERE id = $1 UNION SELECT hash FROM audit_cut WHERE up_to = $1`, h.ID).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && bytes.Equal(hash, h.Hash), err
}

package staff

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// actionCut is the entry that says that the trail's beginning went.
const actionCut = "audit.cut"

// actionAccept is the entry that says why the trail ends as no witness saw it.
const actionAccept = "audit.accept"

// Redact takes the sentences of entries away, for good: those about the objects
// ("family:12", "child:30") and those of the actions whose sentence contains one of
// the words (an address that no longer has an owner). What stays is who did what,
// when, to which number; the chain still holds. Entries of before the covers keep
// their sentence: kept says how many.
func Redact(tx *store.Tx, objects []string, actions, words []string) (gone, kept int64, err error) {
	if From(tx.Context()) == nil {
		return 0, 0, fault.New(fault.Forbidden, "Personne n’est connecté\u00a0: rien n’a été enregistré.")
	}
	if gone, err = tx.Exec(`UPDATE audit SET detail = '', salt = NULL WHERE object = ANY($1) AND cover IS NOT NULL AND salt IS NOT NULL`, objects); err != nil {
		return 0, 0, err
	}
	if err := tx.QueryRow(`SELECT COUNT(*) FROM audit WHERE object = ANY($1) AND cover IS NULL`, objects).Scan(&kept); err != nil {
		return 0, 0, err
	}
	ids, err := namedIn(tx, actions, words)
	if err != nil {
		return 0, 0, err
	}
	n, err := tx.Exec(`UPDATE audit SET detail = '', salt = NULL WHERE id = ANY($1)`, ids)
	return gone + n, kept, err
}

// namedIn finds the entries of some actions whose sentence has one of the words.
func namedIn(tx *store.Tx, actions, words []string) (ids []int64, err error) {
	if len(actions) == 0 || len(words) == 0 {
		return nil, nil
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var detail string
		if err := r.Scan(&id, &detail); err != nil {
			return err
		}
		for _, w := range words {
			if names(strings.ToLower(detail), strings.ToLower(w)) {
				ids = append(ids, id)
				break
			}
		}
		return nil
	}, `SELECT id, detail FROM audit WHERE action = ANY($1) AND cover IS NOT NULL AND salt IS NOT NULL`, actions)
	return ids, err
}

// names reports whether text has the word, whole: « an@exemple.fr » is not in
// « jean@exemple.fr ».
func names(text, word string) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_+%", r) }
	for word != "" {
		before, after, found := strings.Cut(text, word)
		if !found {
			return false
		}
		l, _ := utf8.DecodeLastRuneInString(before)
		r, _ := utf8.DecodeRuneInString(after)
		if !part(l) && l != '.' && !part(r) { // a sentence may end after it
			return true
		}
		text = after
	}
	return false
}

// Redacted gives the objects of the entries whose sentence was taken away, each once.
func Redacted(tx *store.Tx) ([]string, error) {
	return store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT DISTINCT object FROM audit WHERE cover IS NOT NULL AND salt IS NULL ORDER BY object`)
}

// OldEntries counts the entries of before an instant, which CutTrail would take away.
func OldEntries(tx *store.Tx, before time.Time) (n int64, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM audit WHERE id <= `+lastBefore, store.Instant(before)).Scan(&n)
	return n, err
}

// lastBefore is the last entry that only older ones precede: an instant out of order
// (a clock put right) never cuts a younger entry with it.
const lastBefore = `(SELECT coalesce(MIN(id) - 1, (SELECT coalesce(MAX(id), 0) FROM audit)) FROM audit WHERE at >= $1)`

// CutTrail takes the entries of before an instant away. The hash of the last of them
// is kept (audit_cut), for what remains follows it, and an entry of the trail says so:
// the chain is verified from there on.
func CutTrail(tx *store.Tx, before time.Time) (n int64, err error) {
	s := From(tx.Context())
	if s == nil {
		return 0, fault.New(fault.Forbidden, "Personne n’est connecté\u00a0: rien n’a été enregistré.")
	}
	var base Head
	err = tx.QueryRow(`SELECT id, hash FROM audit WHERE id = (SELECT MAX(id) FROM audit WHERE id <= `+lastBefore+`)`, store.Instant(before)).Scan(&base.ID, &base.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`INSERT INTO audit_cut (up_to, hash, at, agent_id) VALUES ($1, $2, $3, $4)`, base.ID, base.Hash, tx.Now(), s.AgentID); err != nil {
		return 0, err
	}
	// The entry is chained before the others go, so that the chain never starts anew.
	if err := Audit(tx, actionCut, cutObject(base), fmt.Sprintf("Journal coupé jusqu’à l’entrée n°\u00a0%d", base.ID)); err != nil {
		return 0, err
	}
	return tx.Exec(`DELETE FROM audit WHERE id <= $1`, base.ID)
}

func cutObject(base Head) string {
	return fmt.Sprintf("audit:%d:%s", base.ID, hex.EncodeToString(base.Hash))
}

func sameHead(a, b Head) bool { return !b.IsZero() && a.ID == b.ID && bytes.Equal(a.Hash, b.Hash) }

// lastCut is where the trail begins: the zero Head for one that was never cut.
func lastCut(tx *store.Tx) (h Head, err error) {
	var at string
	err = tx.QueryRow(`SELECT up_to, hash, at FROM audit_cut ORDER BY up_to DESC LIMIT 1`).Scan(&h.ID, &h.Hash, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Head{}, nil
	case err == nil && at > store.Instant(tx.Now()):
		return h, broken("son début a été coupé à une date à venir (%s)", at)
	}
	return h, err
}

package staff

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

const (
	maxFailures = 10
	// lockFor is how long an account rests after maxFailures; no wait is ever
	// longer, whatever a clock once set wrong has written.
	lockFor = 15 * time.Minute
	// forgetAfter is how long a failure counts.
	forgetAfter = 24 * time.Hour
)

// attempts counts the failures of one login, existing or not.
type attempts struct {
	failures int
	until    time.Time // instant before which no attempt is looked at; about the last failure's
}

// delayAfter gives the wait after the nth failure in a row.
func delayAfter(n int) time.Duration {
	switch {
	case n >= maxFailures:
		return lockFor
	case n < 3:
		return 0
	}
	return min(time.Second<<(n-3), 30*time.Second)
}

// settle takes away what no longer counts at now: a lock that has run out, old
// failures, and a wait from a clock that was wrong. changed asks for storing.
func (a attempts) settle(now time.Time) (_ attempts, changed bool) {
	switch {
	case a.until.After(now.Add(lockFor)):
		return attempts{a.failures, now.Add(lockFor)}, true
	case a.failures >= maxFailures && !a.until.After(now), a.failures > 0 && now.Sub(a.until) > forgetAfter:
		return attempts{}, true
	}
	return a, false
}

// refusal is the sentence while the login has to wait, nil when it may try.
func (a attempts) refusal(now time.Time) error {
	left := a.until.Sub(now)
	switch {
	case left <= 0:
		return nil
	case a.failures >= maxFailures:
		at := a.until.Add(time.Minute - time.Second).In(calendar.Paris) // up to the minute that is surely over
		return fault.New(fault.Forbidden, "Trop d’essais\u00a0: ce compte est bloqué jusqu’à %d\u00a0h\u00a0%02d. Un agent «\u00a0Administration\u00a0» peut le débloquer avant.", at.Hour(), at.Minute())
	}
	return fault.New(fault.Forbidden, "Trop d’essais rapprochés\u00a0: attendez encore %s.", count(int((left+time.Second-1)/time.Second), "seconde"))
}

// fail counts one more failure at now.
func (a attempts) fail(now time.Time) attempts {
	n := a.failures + 1
	return attempts{n, now.Add(delayAfter(n))}
}

// sentence is what the person reads after this failure.
func (a attempts) sentence(now time.Time) error {
	if a.failures >= maxFailures {
		return a.refusal(now)
	}
	return fault.New(fault.Forbidden, "Mot de passe refusé, encore %s.", count(maxFailures-a.failures, "essai"))
}

func count(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	return fmt.Sprintf("%d\u00a0%s", n, word)
}

// strangerPrefix begins the settings that count failures of logins that do not exist.
const strangerPrefix = "sign_in:"

// strangerName hides what was typed (it may be a password in the wrong field):
// 24 bits of a hash, so many texts share one counter and none can be found again.
func strangerName(login string) string {
	sum := sha256.Sum256([]byte("ardoise sign-in " + login))
	return strangerPrefix + hex.EncodeToString(sum[:3])
}

func strangerAttempts(tx *store.Tx, login string) (attempts, error) {
	text, err := settingText(tx, strangerName(login))
	if err != nil || text == "" {
		return attempts{}, err
	}
	at, n, ok := strings.Cut(text, " ")
	failures, errN := strconv.Atoi(n)
	until, errT := store.ParseInstant(at)
	if !ok || errN != nil || errT != nil {
		return attempts{}, errors.Join(fmt.Errorf("staff: setting %s unreadable", strangerName(login)), errN, errT)
	}
	return attempts{failures, until}, nil
}

// saveStranger keeps the counter, and sweeps those that no longer count.
func saveStranger(tx *store.Tx, login string, a attempts) error {
	_, err := tx.Exec(`DELETE FROM setting WHERE name LIKE 'sign_in:%' AND value < $1`, store.Instant(tx.Now().Add(-forgetAfter)))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		strangerName(login), store.Instant(a.until)+" "+strconv.Itoa(a.failures))
	return err
}

func saveAttempts(tx *store.Tx, agentID int64, a attempts) error {
	until := ""
	if !a.until.IsZero() {
		until = store.Instant(a.until)
	}
	_, err := tx.Exec(`UPDATE agent SET failures = $1, locked_until = $2 WHERE id = $3`, a.failures, until, agentID)
	return err
}

// account is what sign-in needs of a login, existing or not.
type account struct {
	Agent
	phc  string
	seen attempts
}

// find reads a login's account; an unknown one gives an account with ID 0.
func find(tx *store.Tx, login string) (account, error) {
	a := account{}
	err := scanAgent(tx.QueryRow(`SELECT `+agentColumns+`, password FROM agent WHERE lower(login) = lower($1)`, login).Scan, &a.Agent, &a.phc)
	if errors.Is(err, sql.ErrNoRows) {
		a.Login = login
		a.seen, err = strangerAttempts(tx, login)
		return a, err
	}
	a.seen = attempts{a.Failures, a.LockedUntil}
	return a, err
}

func (a account) save(tx *store.Tx) error {
	if a.ID == 0 {
		return saveStranger(tx, a.Login, a.seen)
	}
	return saveAttempts(tx, a.ID, a.seen)
}

package mailbox

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// hamlet is a small town hall with a canteen, whose clock stands at Tuesday
// 24 November 2026, 13:46 in Paris.
type hamlet struct {
	t                     testing.TB
	db                    *store.DB
	s                     *Service
	ctx                   context.Context // Accueil and Admin
	clock                 *storetest.Clock
	commune, school, meal int64
	account               int64
	born                  int
}

func newHamlet(t testing.TB, db *store.DB) *hamlet {
	t.Helper()
	w := &hamlet{t: t, db: db, s: New(db), clock: storetest.ClockOf(db)}
	w.s.out.ring = noRing
	w.ctx = stafftest.Session(t, db, staff.Accueil, staff.Admin)
	w.commune = w.id(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`)
	w.school = w.id(`INSERT INTO school (commune_id, name) VALUES ($1, 'Les Étangs') RETURNING id`, w.commune)
	w.meal = w.id(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
		VALUES ($1, 'cantine', 'Cantine', 'Cantine', 'canteen', 'Repas', '1245', 'metropole', 'A', '12:00', 'J-1 10:00 ouverture', 'J-1 10:00 ouverture', 'wallet') RETURNING id`, w.commune)
	w.exec(`INSERT INTO service_school (service_id, school_id) VALUES ($1, $2)`, w.meal, w.school)
	w.account = w.id(`INSERT INTO mail_account (name, address, imap_host, auth_host, created_at) VALUES ('Cantine', 'cantine@mairie.example', 'imap.mairie.example', 'mx.mairie.example', '2026-01-01T00:00:00Z') RETURNING id`)
	return w
}

// family adds a family whose guardian writes from mail, with children.
func (w *hamlet) family(name, mail string, children ...string) int64 {
	w.t.Helper()
	id := w.id(`INSERT INTO family (name, fold, sort_key, commune_id, created_at) VALUES ($1, $1, $2, $3, '2026-01-01T00:00:00Z') RETURNING id`, name, []byte(name), w.commune)
	w.exec(`INSERT INTO guardian (family_id, rank, last, first, email, fold) VALUES ($1, 1, $2, 'Élodie', $3, $4)`, id, name, mail, strings.ToLower(name)+" elodie")
	for _, c := range children {
		w.child(id, name, c)
	}
	return id
}

func (w *hamlet) child(family int64, last, first string) int64 {
	w.t.Helper()
	w.born++
	class := w.id(`INSERT INTO class (school_id, school_year, name) VALUES ($1, 2026, 'CE1') ON CONFLICT (school_id, school_year, name) DO UPDATE SET name = excluded.name RETURNING id`, w.school)
	return w.id(`INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
		VALUES ($1, $2, $3, $4, $5, 'elementaire', $6, $7, '2026-01-01T00:00:00Z') RETURNING id`,
		family, last, first, fmt.Sprintf("2018-05-%02d", w.born%28+1), class, fmt.Sprintf("%s %s %d", last, first, w.born), []byte(first))
}

func (w *hamlet) id(query string, args ...any) (id int64) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&id) }); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *hamlet) exec(query string, args ...any) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *hamlet) count(query string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// take takes a message in as the server would hand it over.
func (w *hamlet) take(uid uint32, raw string) Taken {
	w.t.Helper()
	got, err := w.s.Take(w.ctx, Delivery{AccountID: w.account, Folder: "INBOX", UIDValidity: 1, UID: uid, Received: w.clock.Now(), Raw: []byte(raw)})
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func (w *hamlet) get(id int64) *Message {
	w.t.Helper()
	m, err := w.s.Get(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// letter writes a plain message.
func mailFrom(from, subject, text string, headers ...string) string {
	h := strings.Join(append(headers, ""), "\r\n")
	return "From: " + from + "\r\nTo: cantine@mairie.example\r\nSubject: " + subject + "\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n" + h +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n")
}

// noRing is the keyring of a workstation without one: tests never touch the
// machine's own.
var noRing = keyring{
	keep:   func(string, string) error { return wire.ErrNoKeyring },
	read:   func(string) (string, error) { return "", wire.ErrNoKeyring },
	forget: func(string) error { return wire.ErrNoKeyring },
}

// memoryRing is a keyring of a test's own.
func memoryRing() (keyring, map[string]string) {
	kept := map[string]string{}
	return keyring{
		keep: func(name, value string) error { kept[name] = value; return nil },
		read: func(name string) (string, error) {
			if v, ok := kept[name]; ok {
				return v, nil
			}
			return "", wire.ErrNoSecret
		},
		forget: func(name string) error { delete(kept, name); return nil },
	}, kept
}

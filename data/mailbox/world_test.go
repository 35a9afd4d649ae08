package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// town is a small one: a canteen at 4,20 € (closing the open day before at 10 h),
// one family of three: Léa and Hugo may eat there, Cléa has no access yet. What
// messages say is put in by hand. The clock stands at Monday 23 November 2026, 7 h;
// meals of Thursday 26 close on Tuesday 24 at 10 h, there being none on Wednesday.
type town struct {
	t             testing.TB
	db            *store.DB
	ctx           context.Context
	s             *Service
	clock         *storetest.Clock
	canteen       int64
	family        int64
	lea, hugo     int64
	clea          int64
	post          map[int64]letterIn
	keys, written int
}

// letterIn is what the intake would have made of a message.
type letterIn struct {
	from    message.Address
	auth    message.Auth
	quiet   bool
	files   []File
	content [][]byte
	made    reading.Understood
}

var pdf = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

func newTown(t testing.TB, db *store.DB) *town {
	t.Helper()
	w := &town{t: t, db: db, s: New(db), clock: storetest.ClockOf(db), post: map[int64]letterIn{}}
	w.s.from = source{message: w.message, attachment: w.attachment, reread: w.reread}
	w.now("2026-11-23 07:00:00")
	w.ctx = stafftest.Session(t, db, staff.Accueil)
	w.write(func(tx *store.Tx) error {
		commune := w.id(tx, `INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`)
		school := w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'Les Étangs') RETURNING id`, commune)
		class := w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, 'CE1', 6) RETURNING id`, school)
		w.canteen = w.id(tx, `INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay, waiting_days)
			VALUES ($1, 'cantine', 'Cantine', 'Cantine', 'canteen', 'Cantine', '1245', 'metropole', 'A', '12:00', 'J-1 10:00 ouverture', 'J-1 10:00 ouverture', 'wallet,card,monthly', 0) RETURNING id`, commune)
		w.exec(tx, `INSERT INTO service_school (service_id, school_id) VALUES ($1, $2)`, w.canteen, school)
		w.exec(tx, `INSERT INTO tariff (service_id, valid_from, label, kind, meal, care) VALUES ($1, '2020-01-01', 'tarif A', 'booking', 320, 100)`, w.canteen)
		w.exec(tx, `INSERT INTO required_document (service_id, kind, label, months, rank) VALUES ($1, 'insurance', 'Attestation d’assurance', 9, 1)`, w.canteen)
		w.family = w.id(tx, `INSERT INTO family (name, fold, sort_key, commune_id, created_at) VALUES ('LEGRAND', 'legrand', $1, $2, $3) RETURNING id`, []byte("legrand"), commune, tx.Now())
		w.exec(tx, `INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'MME', 'LEGRAND', 'Delphine', 'delphine@example.org', 'legrand'), ($1, 2, 'M', 'LEGRAND', 'Paul', '', 'legrand')`, w.family)
		for i, first := range []string{"Léa", "Hugo", "Cléa"} {
			child := w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
				VALUES ($1, 'LEGRAND', $2, '2018-05-01', $3, 'elementaire', $4, $5, $6) RETURNING id`, w.family, first, class, "legrand "+first, []byte(first), tx.Now())
			*[]*int64{&w.lea, &w.hugo, &w.clea}[i] = child
			if first == "Cléa" {
				continue
			}
			w.exec(tx, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', $4, '2027-07-31')`,
				child, w.family, w.canteen, tx.Now())
			w.exec(tx, `INSERT INTO document (family_id, child_id, kind, name, media, size, digest, sealed, state, received_on, valid_to, created_at)
				VALUES ($1, $2, 'insurance', 'assurance.pdf', 'application/pdf', 1, $3, $3, 'conform', '2026-09-01', '2027-08-31', $4)`, w.family, child, []byte{1}, tx.Now())
		}
		return nil
	})
	w.fund(2640)
	w.clean()
	return w
}

func (w *town) now(text string) { w.clock.Set(paris(text)) }

func (w *town) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) id(tx *store.Tx, query string, args ...any) (id int64) {
	w.t.Helper()
	if err := tx.QueryRow(query, args...).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *town) exec(tx *store.Tx, query string, args ...any) {
	w.t.Helper()
	if _, err := tx.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) count(query string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *town) key() string { w.keys++; return fmt.Sprintf("key-%d", w.keys) }

func (w *town) fund(amount money.Cents) {
	w.t.Helper()
	ctx := stafftest.Session(w.t, w.db, staff.Roles...)
	if _, err := ledger.New(w.db).TopUp(ctx, ledger.TopUp{Key: w.key(), FamilyID: w.family, Amount: amount, Means: "cash"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) balance() money.Cents {
	return money.Cents(w.count(`SELECT balance FROM account WHERE family_id = $1`, w.family))
}

// book books meals at the counter.
func (w *town) book(child int64, days ...string) {
	w.t.Helper()
	ask := booking.Ask{Key: w.key(), FamilyID: w.family, Consent: ledger.Consent{Who: "Mme Legrand", How: "guichet"}}
	for _, d := range days {
		ask.Add = append(ask.Add, booking.Item{ChildID: child, ServiceID: w.canteen, Day: calendar.MustISO(d)})
	}
	if _, err := booking.New(w.db).Book(w.ctx, ask); err != nil {
		w.t.Fatal(err)
	}
}

// arrives puts a message in, as the intake does.
func (w *town) arrives(received string, in letterIn, proposals ...reading.Proposal) (id int64) {
	w.t.Helper()
	if in.from.Mail == "" {
		in.from = message.Address{Mail: "delphine@example.org"}
	}
	in.made.Proposals = proposals
	w.written++
	w.write(func(tx *store.Tx) error {
		id = w.id(tx, `INSERT INTO mail_message (digest, received_at, taken_at, size, sender, family_id, state, quiet, head, reading)
			VALUES ($1, $2, $3, 1, $4, $5, 'todo', $6, $7, $7) RETURNING id`, fmt.Appendf(nil, "message %d", w.written), paris(received), tx.Now(), in.from.Mail, w.family, in.quiet, []byte{1})
		w.exec(tx, `INSERT INTO mail_original (message_id, sealed) VALUES ($1, $2)`, id, []byte{1})
		return nil
	})
	w.post[id] = in
	return id
}

// message is what the intake gives a decision.
func (w *town) message(tx *store.Tx, id int64) (*Message, error) {
	in := w.post[id]
	m := &Message{Item: Item{ID: id, From: in.from, Subject: "Cantine", Quiet: in.quiet}, Files: in.files, Auth: in.auth}
	var received string
	if err := tx.QueryRow(`SELECT received_at, state, version, COALESCE(family_id, 0), late FROM mail_message WHERE id = $1`, id).
		Scan(&received, &m.State, &m.Version, &m.FamilyID, &m.Late); err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "Ce courriel n’existe pas.")
	}
	var err error
	if m.Received, err = store.ParseInstant(received); err != nil {
		return nil, err
	}
	if err := cardsOf(tx, m, in.made, m.Received); err != nil {
		return nil, err
	}
	m.Reply, m.ReplyOff, err = replyFor(tx, m)
	return m, err
}

// reread says where an open message stands: as the intake does.
func (w *town) reread(tx *store.Tx, id int64) error {
	in := w.post[id]
	for _, p := range in.made.Proposals {
		if p.Kind != reading.None && p.Sure() {
			_, err := tx.Exec(`UPDATE mail_message SET state = 'todo' WHERE id = $1`, id)
			return err
		}
	}
	return nil
}

func (w *town) attachment(_ *store.Tx, id int64, n int) ([]byte, error) {
	if in := w.post[id]; n < len(in.content) {
		return in.content[n], nil
	}
	return nil, errors.New("no such attachment")
}

func (w *town) get(id int64) (m *Message) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) (err error) { m, err = w.message(tx, id); return err }); err != nil {
		w.t.Fatal(err)
	}
	return m
}

// card gives the only card of a message.
func (w *town) card(id int64) Card {
	w.t.Helper()
	m := w.get(id)
	if len(m.Cards) != 1 {
		w.t.Fatalf("%d cards", len(m.Cards))
	}
	return m.Cards[0]
}

// decision takes a message's ticked cards and its proposed reply.
func (w *town) decision(id int64) Decision {
	w.t.Helper()
	m := w.get(id)
	d := Decision{MessageID: id, Version: m.Version, Key: w.key(), Reply: letter.Letter{To: m.Reply.To}}
	for _, c := range m.Cards {
		if c.Ticked {
			d.Choices = append(d.Choices, c.Choice)
		}
	}
	return d
}

func (w *town) plan(d Decision) *Plan {
	w.t.Helper()
	p, err := w.s.Plan(w.ctx, d)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// apply shows the plan, then applies it, as the screen does.
func (w *town) apply(d Decision) *Outcome {
	w.t.Helper()
	p := w.plan(d)
	if p.Problem != "" {
		w.t.Fatalf("problem: %s", p.Problem)
	}
	out, err := w.s.Apply(w.ctx, p)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clean()
	return out
}

func (w *town) refused(k fault.Kind, err error) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != k {
		w.t.Fatalf("want a refusal %s, got %v", k, err)
	}
	w.clean()
}

// clean looks that every invariant holds.
func (w *town) clean() {
	w.t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		a, err := ledger.Verify(tx)
		if err != nil {
			return err
		}
		b, err := booking.Verify(tx)
		m, err2 := Verify(tx)
		if err2 != nil {
			return err2
		}
		for _, c := range slices.Concat(a, b, m) {
			if !c.OK {
				w.t.Errorf("%s: %s", c.ID, c.Detail)
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) live(child int64, day string) bool {
	w.t.Helper()
	return w.count(`SELECT COUNT(*) FROM booking WHERE child_id = $1 AND day = $2 AND state = 'booked'`, child, day) == 1
}

func paris(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, calendar.Paris)
	if err != nil {
		panic(err)
	}
	return t
}

func days(list ...string) (out []calendar.Date) {
	for _, d := range list {
		out = append(out, calendar.MustISO(d))
	}
	return out
}

func (w *town) wants(k reading.Kind, child int64, list ...string) reading.Proposal {
	return reading.Proposal{Kind: k, Children: []int64{child}, ServiceID: w.canteen, Days: days(list...), Why: "test"}
}

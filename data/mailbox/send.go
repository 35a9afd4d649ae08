package mailbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Joined is a file joined to a letter.
type Joined struct {
	Name    string // "facture-2026000101.pdf"
	Content []byte
}

// Joiner makes the files of a letter from its object ("invoice:12"); nil for none.
type Joiner func(ctx context.Context, object string) ([]Joined, error)

// Sent counts what a run sent.
type Sent struct {
	Sent, Failed int       // by this run; Failed: given up, or in doubt
	Later        int       // letters that still wait when it ends
	Next         time.Time // when the next try is due; zero: none
	Problem      string    // French: why sending stopped
}

// outlet says how an account sends: its server, what opens it, the account.
type outlet func(ctx context.Context, accountID int64) (wire.Server, wire.Credential, Account, error)

// sender is what sending keeps between two runs of one program.
type sender struct {
	outlet outlet
	mu     sync.Mutex
	unsaid []record // what became of letters, that the database could not be told
}

// topicOutbox is published when letters of the outbox moved, with their ids.
const topicOutbox = "outbox"

const (
	// claimLife is after how long a letter under way is taken for abandoned: its
	// program has died, or sleeps. letterTime, shorter, is the most one try takes.
	claimLife  = 10 * time.Minute
	letterTime = 8 * time.Minute
	// rest is how long a run that could not send waits for the next.
	rest = time.Minute
	// inARow is how many letters may be put off one after the other before the
	// server is taken to want a rest.
	inARow = 5
)

// delays is how long a letter that was put off waits, try after try; after the
// last one, about two days after the first, it is given up.
var delays = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour,
	12 * time.Hour, 12 * time.Hour, 12 * time.Hour,
}

// Send sends the letters that are due, at the account's rate, each once whatever
// happens. Any agent: it is the program that acts.
func (s *Service) Send(ctx context.Context, join Joiner) (r Sent, err error) {
	if err := staff.Require(ctx); err != nil {
		return r, err
	}
	run := &run{s: s, join: join, id: rand.Text()}
	defer func() { err = errors.Join(err, run.hangUp()) }()
	if err := s.sayUnsaid(ctx); err != nil {
		return r, err
	}
	busy, err := s.anythingToSend(ctx)
	if err != nil {
		return r, err
	}
	if busy {
		err = run.all(ctx)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), rest)
	defer cancel()
	return run.result, errors.Join(err, run.close(after))
}

// notGone is repeated in the questions about letters that have not left, for SQLite
// to see that the index of these answers them.
const notGone = ` state IN ('waiting', 'sending', 'failed', 'doubt') `

const (
	dueQuery  = `SELECT count(*) FROM outbox WHERE` + notGone + `AND (state = 'waiting' AND next_at <= $1 OR state = 'sending' AND claimed_at < $2)`
	leftQuery = `SELECT count(*), COALESCE(SUM(CASE WHEN next_at <= $1 THEN 1 ELSE 0 END), 0), COALESCE(MIN(next_at), '') FROM outbox WHERE` + notGone + `AND state = 'waiting'`
)

// anythingToSend asks without writing: the question of every half minute.
func (s *Service) anythingToSend(ctx context.Context) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		var n int
		err := tx.QueryRow(dueQuery,
			tx.Now(), tx.Now().Add(-claimLife)).Scan(&n)
		yes = n > 0
		return err
	})
	return yes, err
}

// run is one Send.
type run struct {
	s       *Service
	join    Joiner
	id      string // claimed_by
	line    *line
	result  Sent
	again   time.Time // when the first account that stopped may go on
	strange error     // a fault of ours, for the log; the letter concerned has failed
}

// line is an account's open way out.
type line struct {
	account Account
	server  wire.Server
	with    wire.Credential
	out     *wire.Outbox
	used    bool // a letter has been handed to out
	putOff  int  // letters in a row
}

// all tidies, then empties each account's outbox.
func (r *run) all(ctx context.Context) error {
	var accounts []int64
	err := r.s.db.Write(ctx, func(tx *store.Tx) (err error) {
		if err := tidy(tx); err != nil {
			return err
		}
		accounts, err = outlets(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range accounts {
		if err := r.account(ctx, id, accounts[0]); err != nil {
			return err
		}
	}
	return nil
}

// outlets gives the accounts that have letters due, the one that letters of no
// account go through first; none where there is nothing to send or no way.
func outlets(tx *store.Tx) (ids []int64, err error) {
	demo, err := staff.DemoTx(tx)
	if err != nil || demo {
		return nil, err
	}
	return store.Collect(tx, scanID, `SELECT id FROM mail_account WHERE active = 1 AND smtp_host <> '' ORDER BY id`)
}

// account sends what is due through one account, until something stops it.
func (r *run) account(ctx context.Context, id, first int64) error {
	r.line = nil
	from := cursor{account: id, first: first}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, ok, err := r.s.peek(ctx, from)
		if err != nil || !ok {
			return errors.Join(err, r.hangUp())
		}
		from.nextAt, from.id = l.nextAt, l.ID // whoever it is that sends this one
		goOn, err := r.letter(ctx, id, l)
		if err != nil || !goOn {
			return errors.Join(err, r.hangUp())
		}
	}
}

// letter sends one letter; goOn is false where the next would fare no better.
func (r *run) letter(ctx context.Context, accountID int64, l due) (goOn bool, err error) {
	files, bad, err := r.files(ctx, l)
	if err != nil {
		return false, err
	}
	if goOn, err := r.connect(ctx, accountID); !goOn || err != nil {
		return false, err
	}
	l.headerID = newHeaderID(l, r.line.account.Address)
	claimed, err := r.s.claim(ctx, r.id, r.line.account, l)
	switch {
	case err != nil:
		return false, err
	case !claimed.free.IsZero(): // the minute is full
		r.stop(claimed.free, "")
		return false, nil
	case !claimed.ours:
		return true, nil
	}
	if bad != "" {
		return true, r.conclude(ctx, record{letter: l, state: "failed", problem: bad})
	}
	return r.hand(ctx, l, files)
}

// files makes what is joined; bad says in French why this letter cannot be made.
func (r *run) files(ctx context.Context, l due) (files []wire.File, bad string, err error) {
	if l.Object == "" || r.join == nil {
		return nil, "", nil
	}
	list, err := r.join(ctx, l.Object)
	var known *fault.Error
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, "", ctx.Err()
	case fault.KindOf(err) == fault.Unavailable && err != nil:
		return nil, "", err
	case errors.As(err, &known):
		return nil, known.Sentence, nil
	case err != nil:
		r.strange = errors.Join(r.strange, fmt.Errorf("mailbox: what is joined to letter %d: %w", l.ID, err))
		return nil, fault.French("La pièce à joindre n’a pas pu être préparée. Le détail est dans le journal technique : transmettez-le à votre assistance."), nil
	}
	for _, f := range list {
		files = append(files, wire.File{Name: f.Name, Media: mediaOf(f.Name), Content: f.Content})
	}
	return files, "", nil
}

func mediaOf(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".pdf") {
		return "application/pdf"
	}
	return ""
}

// connect opens the account's way out where it is not open.
func (r *run) connect(ctx context.Context, accountID int64) (goOn bool, err error) {
	if r.line == nil {
		server, with, account, err := r.s.post.outlet(ctx, accountID)
		if known := (*fault.Error)(nil); errors.As(err, &known) && ctx.Err() == nil {
			r.stop(r.s.db.Now().Add(rest), known.Sentence)
			return false, nil
		}
		if err != nil {
			return false, err
		}
		r.line = &line{server: server, with: with, account: account}
	}
	if err := r.dial(ctx); err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if refused := (*wire.Unsent)(nil); errors.As(err, &refused) && refused.Token && refused.Stage == wire.AtSignIn {
			r.s.forget(accountID) // the next run asks for a new token
		}
		r.stop(r.s.db.Now().Add(rest), wire.ExplainSend(err, r.line.server, "")+stay)
		return false, nil
	}
	return true, nil
}

// stay ends a sentence that says why sending stopped.
const stay = " Les messages restent en attente."

// dial opens the line where it is not open.
func (r *run) dial(ctx context.Context) (err error) {
	if r.line.out != nil && !r.line.out.Broken() {
		return nil
	}
	if err := r.hangUp(); err != nil {
		return err
	}
	r.line.used = false
	r.line.out, err = wire.DialOutbox(ctx, r.line.server, r.line.with)
	return err
}

// hangUp takes leave of the server.
func (r *run) hangUp() error {
	if r.line == nil || r.line.out == nil {
		return nil
	}
	out := r.line.out
	r.line.out = nil
	return out.Close()
}

// stop says why an account stopped, "" for a full minute, and when to go on.
func (r *run) stop(until time.Time, problem string) {
	if r.again.IsZero() || until.Before(r.again) {
		r.again = until
	}
	if problem != "" && !strings.Contains(r.result.Problem, problem) {
		r.result.Problem = strings.TrimSpace(r.result.Problem + " " + problem)
	}
}

// close counts what is left and writes the run into the trail.
func (r *run) close(ctx context.Context) error {
	look := func(tx *store.Tx) error {
		var due int
		var next string
		err := tx.QueryRow(leftQuery, tx.Now()).Scan(&r.result.Later, &due, &next)
		if err != nil {
			return err
		}
		switch {
		case due > 0 && r.again.IsZero(): // nobody can send them for now, or another program does
			r.result.Next = tx.Now().Add(rest)
		case due > 0:
			r.result.Next = r.again
		case next != "":
			if r.result.Next, err = store.ParseInstant(next); err != nil {
				return err
			}
		}
		if due > 0 && r.result.Problem == "" && r.again.IsZero() {
			return r.noWay(tx)
		}
		return nil
	}
	if r.result.Sent+r.result.Failed == 0 {
		return errors.Join(r.strange, r.s.db.Read(ctx, look))
	}
	return errors.Join(r.strange, r.s.db.Write(ctx, func(tx *store.Tx) error {
		if err := look(tx); err != nil {
			return err
		}
		return staff.Audit(tx, "mail.send", "outbox:0", fault.French(fmt.Sprintf("Envoi : %s, %s.",
			plural(r.result.Sent, "message parti", "messages partis"), plural(r.result.Failed, "refusé ou incertain", "refusés ou incertains"))))
	}))
}

// noWay says that no account sends.
func (r *run) noWay(tx *store.Tx) error {
	ids, err := outlets(tx)
	if err != nil || len(ids) > 0 {
		return err
	}
	demo, err := staff.DemoTx(tx)
	if err != nil {
		return err
	}
	r.result.Problem = fault.French("Aucune boîte n’est réglée pour l’envoi : les messages restent en attente. Indiquez le serveur d’envoi dans les réglages du courrier.")
	if demo {
		r.result.Problem = fault.French("Démonstration : aucun message ne part.")
	}
	return nil
}

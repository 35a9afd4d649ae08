package mailbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
)

// due is a letter whose hour has come.
type due struct {
	letter.Outgoing
	attempts  int
	nextAt    string
	accountID sql.NullInt64 // as it was filed
	answers   bool
	inReplyTo string
	headerID  string
}

// cursor goes through an account's letters in the order of their hour.
type cursor struct {
	account, first int64 // first: the account of letters that name none, or one that sends no more
	nextAt         string
	id             int64
}

func scanID(r *sql.Rows) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

const peekQuery = `SELECT o.id, o.address, o.subject, o.body, o.kind, o.object, o.attempts, o.next_at, o.account_id, CASE WHEN o.answers_id IS NULL THEN 0 ELSE 1 END, COALESCE(m.header_id, ''), o.header_id
	FROM outbox o LEFT JOIN mail_message m ON m.id = o.answers_id
	WHERE o.state IN ('waiting', 'sending', 'failed', 'doubt') AND o.state = 'waiting' AND o.next_at <= $1 AND (o.next_at, o.id) > ($2, $3)
		AND COALESCE((SELECT a.id FROM mail_account a WHERE a.id = o.account_id AND a.active = 1 AND a.smtp_host <> ''), $4) = $5
	ORDER BY o.next_at, o.id LIMIT 1`

// peek gives the next letter due; nothing is promised of it yet.
func (s *Service) peek(ctx context.Context, c cursor) (l due, ok bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err := store.Collect(tx, func(r *sql.Rows) (d due, err error) {
			err = r.Scan(&d.ID, &d.Letter.To, &d.Letter.Subject, &d.Letter.Body, &d.Kind, &d.Object, &d.attempts, &d.nextAt, &d.accountID, &d.answers, &d.inReplyTo, &d.headerID)
			return d, err
		}, peekQuery, tx.Now(), c.nextAt, c.id, c.first, c.account)
		if ok = len(list) > 0; ok {
			l = list[0]
		}
		return err
	})
	return l, ok, err
}

// newHeaderID gives a letter its Message-ID: nothing of this machine is in it, and
// nobody guesses it. A letter tried before keeps its own, so that where it had
// left after all the reader's mailbox may see that it is the same.
func newHeaderID(l due, address string) string {
	if l.headerID != "" {
		return l.headerID
	}
	domain := address[strings.LastIndexByte(address, '@')+1:]
	if strings.IndexFunc(domain, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		domain = "ardoise.invalid"
	}
	return fmt.Sprintf("outbox.%d.%s@%s", l.ID, strings.ToLower(rand.Text()), domain)
}

// claim is what came of wanting a letter.
type claim struct {
	ours bool
	free time.Time // the account's minute is full until then
}

// claimQuery takes a letter only where it still waits: of two programs that saw
// the same one, one gets it.
var claimQuery = `UPDATE outbox SET state = 'sending', claimed_by = $1, claimed_at = $2, header_id = $3, account_id = $4
	WHERE id = $5 AND state = 'waiting' AND next_at <= $2`

const (
	minuteQuery = `SELECT count(*), COALESCE(MIN(sent_at), '') FROM outbox WHERE account_id = $1 AND sent_at <> '' AND sent_at > $2`
	underQuery  = `SELECT count(*) FROM outbox WHERE` + notGone + `AND state = 'sending' AND account_id = $1`
)

// claim takes a letter for this run, in a transaction of its own that is over
// before a byte leaves. What an account may send in a minute is counted here, for
// every workstation together.
func (s *Service) claim(ctx context.Context, run string, a Account, l due) (c claim, err error) {
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		c = claim{}
		var n int
		var oldest string
		minute := tx.Now().Add(-time.Minute)
		err := tx.QueryRow(minuteQuery, a.ID, minute).Scan(&n, &oldest)
		if err != nil {
			return err
		}
		var under int
		if err := tx.QueryRow(underQuery, a.ID).Scan(&under); err != nil {
			return err
		}
		if a.PerMinute > 0 && n+under >= a.PerMinute {
			c.free = tx.Now().Add(time.Second) // those under way will be counted then
			if oldest != "" {
				first, err := store.ParseInstant(oldest)
				if err != nil {
					return err
				}
				c.free = first.Add(time.Minute)
			}
			return nil
		}
		won, err := tx.Exec(claimQuery, run, tx.Now(), l.headerID, a.ID, l.ID)
		if err != nil || won == 0 {
			return err
		}
		c.ours = true
		tx.Publish(topicOutbox, l.ID)
		return nil
	})
	if fault.KindOf(err) == fault.Conflict && ctx.Err() == nil {
		return claim{}, nil // others work on the same: on to the next one
	}
	return c, err
}

// hand hands a claimed letter over and keeps what became of it.
func (r *run) hand(ctx context.Context, l due, files []wire.File) (goOn bool, err error) {
	m := wire.Mail{
		From: r.line.account.Address, Sender: r.line.account.Sender, To: l.Letter.To, Subject: l.Letter.Subject, Body: l.Letter.Body,
		Date: r.s.db.Now().In(calendar.Paris), Files: files, HeaderID: l.headerID, Answer: l.answers, InReplyTo: l.inReplyTo, Auto: true,
	}
	if l.inReplyTo != "" {
		m.References = []string{l.inReplyTo}
	}
	limited, cancel := context.WithTimeout(ctx, letterTime)
	defer cancel()
	result := r.line.out.Send(limited, m)
	var unsent *wire.Unsent
	if errors.As(result, &unsent) && r.line.used && ctx.Err() == nil {
		// A connection that served may have been closed meanwhile: once more on a new one.
		if result = r.dial(limited); result == nil {
			result = r.line.out.Send(limited, m)
		}
	}
	r.line.used = true
	return r.judge(ctx, l, result)
}

// judge turns a result into what is kept of the letter.
func (r *run) judge(ctx context.Context, l due, result error) (goOn bool, err error) {
	var (
		temporary *wire.Temporary
		permanent *wire.Permanent
		doubt     *wire.Doubt
		unsent    *wire.Unsent
	)
	k := record{letter: l}
	if result != nil {
		k.problem = wire.ExplainSend(result, r.line.server, l.Letter.To)
	}
	goOn = true
	switch {
	case result == nil:
		k.state = "sent"
		r.line.putOff = 0
	case errors.As(result, &permanent):
		k.state, k.refused = "failed", permanent.Address
		r.line.putOff = 0
	case errors.As(result, &temporary):
		k.state, k.tried = "waiting", true
		if r.line.putOff++; r.line.putOff >= inARow {
			goOn = false
			r.stop(r.s.db.Now().Add(5*rest), k.problem)
		}
	case errors.As(result, &doubt):
		k.state = "doubt"
	case errors.As(result, &unsent):
		// The letter is not to blame, unless it was its turn that broke the line:
		// then the others go first next time.
		k.state, k.tried = "waiting", unsent.Stage == wire.AtRecipient || unsent.Stage == wire.AtData || unsent.Stage == wire.AtEnd
		goOn = false
		if ctx.Err() != nil {
			k.tried = false
		} else {
			r.stop(r.s.db.Now().Add(rest), k.problem+stay)
		}
	default:
		k.state = "failed"
		r.strange = errors.Join(r.strange, fmt.Errorf("mailbox: letter %d: %w", l.ID, result))
	}
	return goOn, r.conclude(ctx, k)
}

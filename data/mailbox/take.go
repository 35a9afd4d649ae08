package mailbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ardoise/data/mailbox/message"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Delivery is one message as a server hands it over.
type Delivery struct {
	AccountID   int64 // 0: a file
	Folder      string
	UIDValidity uint32
	UID         uint32
	Received    time.Time // INTERNALDATE; zero for a file: its topmost Received, else its Date, never later than now
	Raw         []byte
	Size        int64 // on the server, where Raw is only the beginning; 0: Raw is all

	looked time.Time // when the folder had been read to its end without this message; zero: not known
}

// Taken is what became of a delivery.
type Taken struct {
	MessageID int64
	Known     bool   // its bytes had been taken in before
	Aside     string // French: why it was set aside, ""
}

// Take takes one message in: reads it, keeps it sealed, proposes. Taking it twice
// changes nothing. A message that cannot be read is kept, set aside with its
// reason. Accueil.
func (s *Service) Take(ctx context.Context, d Delivery) (t Taken, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return t, err
	}
	c, err := s.circle(ctx)
	if err != nil {
		return t, err
	}
	list, err := s.takeAll(ctx, c, []Delivery{d}, nil)
	if err != nil {
		return t, err
	}
	return list[0], nil
}

// circle is what reading needs to know of the town hall's mailboxes.
type circle struct {
	ours  []string // addresses
	hosts map[int64]string
	host  string // of a file: the one host where all accounts agree
}

func (c circle) options(accountID int64) message.Options {
	host := c.host
	if accountID != 0 {
		host = c.hosts[accountID]
	}
	return message.Options{AuthHost: host, Own: c.ours}
}

func (s *Service) circle(ctx context.Context) (c circle, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		c, err = circleOf(tx)
		return err
	})
	return c, err
}

func circleOf(tx *store.Tx) (circle, error) {
	c := circle{hosts: map[int64]string{}}
	different := false
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var address, host string
		err := r.Scan(&id, &address, &host)
		c.ours, c.hosts[id] = append(c.ours, address), host
		different = different || c.host != "" && host != c.host
		if host != "" {
			c.host = host
		}
		return err
	}, `SELECT id, address, auth_host FROM mail_account ORDER BY id`)
	if different {
		c.host = ""
	}
	return c, err
}

// progress is how far a folder has been read once these deliveries are in.
type progress struct {
	accountID   int64
	folder      string
	uidvalidity uint32
	lastUID     uint32
}

// takeAll takes deliveries in, all of them in one transaction with how far the
// folder has been read: killed at any point, either all of it is there or none.
func (s *Service) takeAll(ctx context.Context, c circle, list []Delivery, far *progress) ([]Taken, error) {
	if _, err := keyOf(ctx); err != nil {
		return nil, err
	}
	read := make([]parsed, len(list))
	for i, d := range list {
		read[i] = parse(ctx, d, c.options(d.AccountID))
	}
	if err := ctx.Err(); err != nil { // a reading given up is no verdict on a message
		return nil, err
	}
	var out []Taken
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		// Several tries may be made: each begins from what was read.
		batch := make([]parsed, len(read))
		copy(batch, read)
		out, err = file(tx, batch, c.ours)
		if err == nil && far != nil {
			err = advance(tx, *far)
		}
		return err
	})
	return out, err
}

// advance notes how far a folder has been read; it never goes back but for a
// folder the server has numbered anew.
func advance(tx *store.Tx, p progress) error {
	_, err := tx.Exec(`INSERT INTO mail_folder (account_id, folder, uidvalidity, last_uid, read_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, folder) DO UPDATE SET read_at = excluded.read_at, uidvalidity = excluded.uidvalidity,
			looked_at = CASE WHEN mail_folder.uidvalidity = excluded.uidvalidity THEN mail_folder.looked_at ELSE '' END, last_uid = CASE
			WHEN mail_folder.uidvalidity = excluded.uidvalidity AND mail_folder.last_uid > excluded.last_uid THEN mail_folder.last_uid ELSE excluded.last_uid END`,
		p.accountID, p.folder, int64(p.uidvalidity), int64(p.lastUID), tx.Now())
	if err != nil {
		return fmt.Errorf("mailbox: progress of account %d: %w", p.accountID, err)
	}
	return nil
}

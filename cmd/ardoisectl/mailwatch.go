package main

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/reports/desk"
)

// sendEvery is how long mail watch waits between two looks at the outbox. A test
// changes it.
var sendEvery = 15 * time.Second

// mailWatch is the post of a server without a window: it takes in and sends until
// it is interrupted, which is how it ends well.
func (c *cli) mailWatch() *cobra.Command {
	return &cobra.Command{
		Use: "watch", Short: "relève et envoie sans s’arrêter, pour un serveur sans fenêtre", Args: words(),
		Long: "Relève les boîtes et envoie ce qui attend jusqu’à ce qu’on l’interrompe (SIGTERM, Ctrl+C). Ce qui ne va pas est dit une fois sur la sortie d’erreur, et le travail reprend dès que c’est possible.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := o.Mailbox.Accounts(ctx); err != nil {
				return err
			}
			if err := o.Staff.Here(ctx); err != nil {
				return err
			}
			tell := &teller{c: c, last: map[int64]string{}}
			said := make(chan error, 1)
			watching, stop := context.WithCancel(ctx)
			go func() {
				defer stop()
				said <- o.Mailbox.Watch(watching, func(s mailbox.Status) { tell.problem(s.AccountID, s.Problem) })
			}()
			sending := c.sendAlong(watching, o, tell)
			stop()
			taking := <-said
			switch {
			case ctx.Err() != nil: // told to stop
				return c.say(map[string]bool{"stopped": true}, func(w io.Writer) { put(w, "Arrêté.\n") })
			case taking != nil:
				return taking
			}
			return sending
		},
	}
}

// sendAlong sends what is due, again and again until ctx ends; what a server or
// the database cannot do now is tried again later.
func (c *cli) sendAlong(ctx context.Context, o *data.Office, tell *teller) error {
	here := o.Store.Now()
	for ctx.Err() == nil {
		if now := o.Store.Now(); now.Sub(here) >= staff.SeenEvery || now.Before(here) { // others see that it is at work
			here = now
			if err := o.Staff.Here(ctx); err != nil && fault.KindOf(err) != fault.Unavailable {
				return err
			}
		}
		r, err := sendOnce(ctx, o)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && fault.KindOf(err) != fault.Unavailable:
			return err
		case err != nil:
			tell.problem(0, fault.Sentence(err))
		default:
			tell.problem(0, r.Problem)
			if err := tell.sent(r); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(sendEvery):
		}
	}
	return nil
}

func sendOnce(ctx context.Context, o *data.Office) (mailbox.Sent, error) {
	if err := o.Housekeep(ctx); err != nil {
		return mailbox.Sent{}, err
	}
	return o.Mailbox.Send(ctx, desk.Joiner(o))
}

// teller says what is new, once each time.
type teller struct {
	c    *cli
	mu   sync.Mutex
	last map[int64]string // the problem of each mailbox; 0: of sending
}

func (t *teller) problem(account int64, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.last[account]
	t.last[account] = text
	switch {
	case text == before:
	case text != "":
		put(t.c.err, "%s\n", text)
	case account == 0:
		put(t.c.err, "L’envoi fonctionne de nouveau.\n")
	default:
		put(t.c.err, "La relève fonctionne de nouveau.\n")
	}
}

func (t *teller) sent(r mailbox.Sent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.Sent+r.Failed == 0 {
		return nil
	}
	r.Problem = "" // told already
	return t.c.say(sentOut(r), func(w io.Writer) { saySent(w, r) })
}

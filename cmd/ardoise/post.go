package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/ui/inbox"
	"ardoise/ui/kit"
)

// postRoom is what keeping the post asks of data/mailbox.
type postRoom interface {
	Watch(ctx context.Context, told func(mailbox.Status)) error
	Send(ctx context.Context, join mailbox.Joiner) (mailbox.Sent, error)
}

const (
	postSoon  = time.Second      // after a letter was filed
	postTurn  = time.Minute      // at the latest
	postRetry = 10 * time.Second // after the watch ended by itself
)

// post keeps the post going while an agent is signed in: mailboxes are watched
// and letters leave. It ends with the session. All of it is on the window's
// thread but Watch and Send themselves.
type post struct {
	room    postRoom
	join    mailbox.Joiner
	runner  kit.Runner
	clock   func() time.Time
	log     *slog.Logger
	tell    func(kit.Event)
	ctx     context.Context // of the session; nil: nobody is signed in
	stop    context.CancelFunc
	status  map[int64]mailbox.Status
	sending bool
	again   bool   // something was filed while sending
	cancel  func() // of the timer of the next run
}

// statusTopic tells the Courrier screen that a mailbox stands otherwise.
const statusTopic = inbox.TopicStatus

// start begins for a session, whose context carries it.
func (p *post) start(ctx context.Context) {
	p.end()
	p.ctx, p.stop = context.WithCancel(ctx)
	p.status = map[int64]mailbox.Status{}
	p.watch()
	p.send()
}

// end stops with the session.
func (p *post) end() {
	if p.stop != nil {
		p.stop()
	}
	if p.cancel != nil {
		p.cancel()
	}
	p.ctx, p.stop, p.cancel, p.sending, p.again = nil, nil, nil, false, false
}

func (p *post) watch() {
	ctx := p.ctx
	p.runner.Go(ctx, func(inner context.Context) error {
		return p.room.Watch(inner, func(s mailbox.Status) {
			p.runner.Do(func() {
				if p.ctx == ctx {
					p.status[s.AccountID] = s
					p.tell(kit.Event{Topic: statusTopic})
				}
			})
		})
	}, func(err error) {
		if ctx.Err() != nil || p.ctx != ctx {
			return
		}
		if fault.KindOf(err) == fault.Forbidden { // this agent has no business with the mail
			return
		}
		if err != nil {
			p.log.Error("watch", "err", err)
		}
		p.runner.After(postRetry, func() {
			if p.ctx == ctx {
				p.watch()
			}
		})
	})
}

// send runs once now, and again when it is due.
func (p *post) send() {
	if p.ctx == nil {
		return
	}
	if p.sending {
		p.again = true
		return
	}
	p.sending, p.again = true, false
	if p.cancel != nil {
		p.cancel()
	}
	ctx := p.ctx
	var done mailbox.Sent
	p.runner.Go(ctx, func(ctx context.Context) (err error) {
		done, err = p.room.Send(ctx, p.join)
		return err
	}, func(err error) {
		if p.ctx != ctx {
			return
		}
		p.sending = false
		if err != nil && ctx.Err() == nil {
			p.log.Error("send", "err", err)
		}
		p.later(p.pause(done))
	})
}

// pause is how long to wait before the next run.
func (p *post) pause(done mailbox.Sent) time.Duration {
	switch {
	case p.again:
		return postSoon
	case done.Next.IsZero():
		return postTurn
	}
	return min(max(done.Next.Sub(p.clock()), postSoon), postTurn)
}

func (p *post) later(d time.Duration) {
	ctx := p.ctx
	if p.cancel != nil {
		p.cancel()
	}
	p.cancel = p.runner.After(d, func() {
		if p.ctx == ctx {
			p.send()
		}
	})
}

// event hears what was committed: a letter filed leaves soon.
func (p *post) event(topic string) {
	if topic != "outbox" || p.ctx == nil {
		return
	}
	if p.sending {
		p.again = true
		return
	}
	p.later(postSoon)
}

// statuses are the mailboxes as the screen shows them, by number.
func (p *post) statuses() (list []mailbox.Status) {
	for _, s := range p.status {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b mailbox.Status) int { return int(a.AccountID - b.AccountID) })
	return list
}

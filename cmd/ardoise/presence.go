package main

import (
	"context"
	"errors"
	"log/slog"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
)

// presence says, while somebody is signed in here, that they are: others see
// who is at work where, and an administrator can end this session from
// elsewhere. All of it is on the window's thread but Here itself.
type presence struct {
	here   func(ctx context.Context) error // staff.Service.Here: writes
	still  func(ctx context.Context) error // staff.Service.StillHere: reads
	runner kit.Runner
	log    *slog.Logger
	ended  func(why string) // somebody ended the session

	ctx    context.Context // of the session; nil: nobody is signed in
	cancel func()          // of the timer
	asking bool
	again  bool // something happened while asking
}

// start begins for a session, whose context carries it.
func (p *presence) start(ctx context.Context) {
	p.end()
	p.ctx = ctx
	p.say()
}

// end stops saying so.
func (p *presence) end() {
	if p.cancel != nil {
		p.cancel()
	}
	p.ctx, p.cancel, p.asking, p.again = nil, nil, false, false
}

// event hears of comings and goings and of changes to an agent: this session may
// be the one they are about. It only reads: on a file, two programs that answered
// each other's writing by writing would never come to rest.
func (p *presence) event(topic string) {
	if p.ctx == nil || topic != staff.TopicPresence && topic != staff.TopicAgent && topic != "*" {
		return
	}
	ctx := p.ctx
	p.runner.Go(ctx, p.still, func(err error) {
		if p.ctx == ctx {
			p.closed(ctx, err)
		}
	})
}

// closed looks whether the session was ended, and tells it once.
func (p *presence) closed(ctx context.Context, err error) bool {
	if !staff.From(ctx).Ended() {
		return false
	}
	p.end()
	if err == nil {
		err = staff.Require(ctx)
	}
	p.ended(fault.Sentence(err))
	return true
}

// say tells the base now, and again in a minute.
func (p *presence) say() {
	if p.ctx == nil {
		return
	}
	if p.asking {
		p.again = true
		return
	}
	p.asking, p.again = true, false
	if p.cancel != nil {
		p.cancel()
	}
	ctx := p.ctx
	p.runner.Go(ctx, p.here, func(err error) {
		if p.ctx != ctx {
			return
		}
		p.asking = false
		if p.closed(ctx, err) {
			return
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			p.log.Warn("presence", "err", err) // the server is away: said at the foot
		}
		if p.again {
			p.say()
			return
		}
		p.cancel = p.runner.After(staff.SeenEvery, func() {
			if p.ctx == ctx {
				p.say()
			}
		})
	})
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
)

// fakePost notes what it is asked; while is run during a Send.
type fakePost struct {
	watched, sent int
	refusal       error
	next          time.Time
	while         func()
}

func (f *fakePost) Watch(_ context.Context, told func(mailbox.Status)) error {
	f.watched++
	told(mailbox.Status{AccountID: 1, Live: true})
	return f.refusal
}

func (f *fakePost) Send(context.Context, mailbox.Joiner) (mailbox.Sent, error) {
	f.sent++
	if f.while != nil {
		f.while()
	}
	return mailbox.Sent{Next: f.next}, nil
}

func newPost(t *testing.T) (*post, *fakePost, *kit.Sync, *storetest.Clock) {
	t.Helper()
	clock, run, room := storetest.NewClock(), &kit.Sync{}, &fakePost{refusal: fault.New(fault.Forbidden, "Non.")}
	return &post{room: room, runner: run, clock: clock.Now, log: slog.New(slog.DiscardHandler), tell: func(kit.Event) {}}, room, run, clock
}

// TestThePostIsKeptWhileSomeoneIsSignedIn: letters leave at the sign-in, when one
// is filed, when one is due, and each minute; never after the session.
func TestThePostIsKeptWhileSomeoneIsSignedIn(t *testing.T) {
	p, room, run, clock := newPost(t)
	p.event("outbox")
	if room.sent != 0 {
		t.Fatal("sent with nobody there")
	}
	p.start(t.Context())
	if room.sent != 1 || room.watched != 1 || len(p.statuses()) != 1 {
		t.Fatalf("at the sign-in: sent %d, watched %d", room.sent, room.watched)
	}
	run.Fire(postTurn)
	p.event("booking")
	run.Fire(postSoon)
	if room.sent != 2 {
		t.Fatalf("after a minute: %d", room.sent)
	}
	p.event("outbox")
	p.event("outbox")
	if run.Fire(postSoon); room.sent != 3 {
		t.Fatalf("after a letter was filed: %d", room.sent)
	}
	room.next = clock.Now().Add(20 * time.Second)
	p.event("outbox")
	run.Fire(postSoon)
	if run.Fire(19 * time.Second); room.sent != 4 {
		t.Fatalf("before it is due: %d", room.sent)
	}
	if run.Fire(20 * time.Second); room.sent != 5 {
		t.Fatalf("when it is due: %d", room.sent)
	}
	p.end()
	p.event("outbox")
	if run.Fire(time.Hour); room.sent != 5 || room.watched != 1 {
		t.Fatalf("after the session: sent %d, watched %d", room.sent, room.watched)
	}
}

// TestALetterFiledWhileSendingIsNotForgotten: nor is it sent by a second run beside.
func TestALetterFiledWhileSendingIsNotForgotten(t *testing.T) {
	p, room, run, _ := newPost(t)
	room.while = func() {
		room.while = nil
		p.event("outbox")
		p.send()
	}
	p.start(t.Context())
	if room.sent != 1 {
		t.Fatalf("two runs at once: %d", room.sent)
	}
	if run.Fire(postSoon); room.sent != 2 {
		t.Fatalf("forgotten: %d", room.sent)
	}
}

// TestAWatchThatEndsBeginsAgain: but not for who may not read the mail.
func TestAWatchThatEndsBeginsAgain(t *testing.T) {
	p, room, run, _ := newPost(t)
	room.refusal = errors.New("the cable")
	p.start(t.Context())
	if run.Fire(postRetry); room.watched != 2 {
		t.Errorf("watched %d times", room.watched)
	}
	room.refusal = fault.New(fault.Forbidden, "Non.")
	run.Fire(postRetry)
	if run.Fire(time.Hour); room.watched != 3 {
		t.Errorf("watched %d times", room.watched)
	}
}

package mailbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Status is how a mailbox stands.
type Status struct {
	AccountID int64
	At        time.Time // of the last successful look
	Live      bool      // told by the server at once (IDLE)
	Problem   string    // French, "" when all is well
	Waiting   int       // messages still to fetch
}

// How long a failing mailbox is left alone: the first time, and at most. Tests
// change them.
var (
	firstDelay = 5 * time.Second
	lastDelay  = 5 * time.Minute
	// idleAtMost is after how long a mailbox is looked at although its server said
	// nothing.
	idleAtMost = 10 * time.Minute
)

// Watch keeps looking at every active mailbox until ctx ends, by IDLE where
// offered, else by polling; it reconnects with a growing delay. told hears each
// change of status, one call at a time. Accueil.
func (s *Service) Watch(ctx context.Context, told func(Status)) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	var mu sync.Mutex
	say := func(st Status) {
		mu.Lock()
		defer mu.Unlock()
		if told != nil && ctx.Err() == nil {
			told(st)
		}
	}
	changed := make(chan struct{}, 1)
	defer s.db.Subscribe(func(store.Event) { nudge(changed) }, TopicAccount)()
	for ctx.Err() == nil {
		if err := s.watchAll(ctx, changed, say); err != nil {
			return err
		}
	}
	return nil
}

// nudge leaves one word in a channel; whoever listens comes when it can.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// watchAll watches the mailboxes there are, until one is added or changed.
func (s *Service) watchAll(ctx context.Context, changed chan struct{}, say func(Status)) error {
	list, err := s.toRead(ctx, 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		if ctx.Err() != nil {
			return nil
		}
		pause(ctx, changed, firstDelay) // the database does not answer: again in a while
		return nil
	}
	part, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, a := range list {
		all.Go(func() { s.watchOne(part, a, say) })
	}
	select {
	case <-ctx.Done():
	case <-changed:
	}
	stop()
	all.Wait()
	return nil
}

// pause waits, at most d; it reports whether it was woken.
func pause(ctx context.Context, wake <-chan struct{}, d time.Duration) (woken bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
		return true
	case <-t.C:
	}
	return false
}

// delayAfter grows with each failure in a row, with a part of chance so that two
// workstations do not knock together.
func delayAfter(failures int) time.Duration {
	d := lastDelay
	if failures < 10 {
		d = min(lastDelay, firstDelay<<max(0, failures-1))
	}
	return d/2 + rand.N(d/2+1)
}

// watchOne looks at one mailbox for ever, through what goes wrong.
func (s *Service) watchOne(ctx context.Context, a Account, say func(Status)) {
	st := Status{AccountID: a.ID}
	wake := make(chan struct{}, 1)
	defer s.db.Subscribe(func(store.Event) { nudge(wake) }, Topic)()
	failures := 0
	for ctx.Err() == nil {
		before := st.At
		err := s.attend(ctx, a, wake, &st, say)
		if ctx.Err() != nil {
			return
		}
		if st.At != before {
			failures = 0
		}
		failures++
		delay := delayAfter(failures)
		st.Live, st.Waiting = false, 0
		if st.Problem = fault.Sentence(err); fault.KindOf(err) == fault.Forbidden {
			st.Problem, delay = pausedText(ctx), firstDelay
		}
		say(st)
		pause(ctx, nil, delay)
	}
}

// pausedText: the mailbox is not at fault, the strong-room is closed.
func pausedText(ctx context.Context) string {
	if staff.From(ctx).Ended() {
		return "Relève arrêtée" + nbsp + ": ouvrez de nouveau votre session."
	}
	return "Session verrouillée" + nbsp + ": la relève reprend dès qu’elle est ouverte."
}

// attend stays with one connection: it looks, then waits to be told or for the
// next time. It ends with what went wrong.
func (s *Service) attend(ctx context.Context, a Account, wake <-chan struct{}, st *Status, say func(Status)) (err error) {
	if err := s.mayTake(ctx); err != nil {
		return err
	}
	var f Fetched
	r := &round{s: s, account: a, fetched: &f, report: func(done, total int) {
		if st.Waiting != total-done {
			st.Waiting = total - done
			say(*st)
		}
	}}
	if err := r.connect(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.leave()) }()
	for {
		if err := s.mayTake(ctx); err != nil {
			return err
		}
		if err := r.look(ctx); err != nil {
			return err
		}
		st.At, st.Problem, st.Waiting = s.db.Now(), "", 0
		if r.folder.ReadOnly {
			st.Problem = "Le serveur n’ouvre la boîte qu’en lecture" + nbsp + ": les messages traités n’y sont pas marqués."
		}
		if err := r.wait(ctx, wake, st, say); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// mayTake asks again for what Take will need: the session may have been locked.
func (s *Service) mayTake(ctx context.Context) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	_, err := keyOf(ctx)
	return err
}

// wait lasts until the server has news, a decision is to be told to it, or the
// time for another look has come.
func (r *round) wait(ctx context.Context, wake <-chan struct{}, st *Status, say func(Status)) error {
	part, stop := context.WithCancel(ctx)
	defer stop()
	done, woken := make(chan struct{}), make(chan struct{})
	go func() { // a decision ends the idling; the connection stays good
		defer close(woken)
		select {
		case <-wake:
			stop()
		case <-done:
		}
	}()
	st.Live = !r.polls
	say(*st)
	news, supported, err := r.box.Idle(part, idleAtMost)
	close(done)
	<-woken
	if part.Err() != nil { // told to stop: by a decision, or for good
		return nil
	}
	if err != nil {
		return r.explain(err)
	}
	if r.polls = !supported; r.polls {
		if st.Live {
			st.Live = false
			say(*st)
		}
		pause(ctx, wake, time.Duration(r.account.PollSeconds)*time.Second)
	} else if !news {
		pause(ctx, wake, time.Second) // a server that ends the wait at once is not asked without end
	}
	return nil
}

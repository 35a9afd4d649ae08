package kit

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
)

// Runner runs slow work away from the window and brings the result back. It is
// the only one who starts a goroutine or calls fyne.Do.
type Runner interface {
	// Go runs work with ctx, then done on the window's thread.
	Go(ctx context.Context, work func(ctx context.Context) error, done func(error))
	// Do runs f on the window's thread, from anywhere.
	Do(f func())
	// After runs f on the window's thread after d; stop prevents it.
	After(d time.Duration, f func()) (stop func())
}

// Async is the program's runner.
type Async struct{}

// Go starts a goroutine.
func (Async) Go(ctx context.Context, work func(ctx context.Context) error, done func(error)) {
	go func() {
		err := work(ctx)
		fyne.Do(func() { done(err) })
	}()
}

// Do hands f to the window's thread.
func (Async) Do(f func()) { fyne.Do(f) }

// After uses a timer.
func (Async) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, func() { fyne.Do(f) })
	return func() { t.Stop() }
}

// Sync is the tests' runner: everything happens at once, on the same thread;
// what waits for a time is kept until Fire.
type Sync struct{ waiting []*waiter }

type waiter struct {
	after time.Duration
	f     func()
}

// Go runs work and done at once.
func (s *Sync) Go(ctx context.Context, work func(ctx context.Context) error, done func(error)) {
	done(work(ctx))
}

// Do runs f at once.
func (s *Sync) Do(f func()) { f() }

// After keeps f until Fire.
func (s *Sync) After(d time.Duration, f func()) func() {
	w := &waiter{d, f}
	s.waiting = append(s.waiting, w)
	return func() { w.f = nil }
}

// Fire runs what waits for at most d, as if that time had passed.
func (s *Sync) Fire(d time.Duration) {
	old := s.waiting
	s.waiting = nil
	for _, w := range old {
		switch {
		case w.f == nil:
		case w.after <= d:
			w.f()
		default:
			s.waiting = append(s.waiting, w)
		}
	}
}

// Scope is a Runner with an end: after Close its context is cancelled and no
// result arrives any more. The shell gives each page its own.
type Scope struct {
	inner  Runner
	ctx    context.Context
	cancel context.CancelFunc
	closed bool
}

// NewScope returns a scope inside ctx.
func NewScope(ctx context.Context, inner Runner) *Scope {
	c, cancel := context.WithCancel(ctx)
	return &Scope{inner: inner, ctx: c, cancel: cancel}
}

// Ctx ends with the scope.
func (s *Scope) Ctx() context.Context { return s.ctx }

// Close ends the scope.
func (s *Scope) Close() {
	s.closed = true
	s.cancel()
}

// Go runs work; done is dropped when the scope has ended.
func (s *Scope) Go(ctx context.Context, work func(ctx context.Context) error, done func(error)) {
	if s.closed {
		return
	}
	s.inner.Go(ctx, work, func(err error) {
		if !s.closed {
			done(err)
		}
	})
}

// Do runs f on the window's thread unless the scope has ended.
func (s *Scope) Do(f func()) {
	s.inner.Do(func() {
		if !s.closed {
			f()
		}
	})
}

// After runs f later unless the scope has ended.
func (s *Scope) After(d time.Duration, f func()) func() {
	return s.inner.After(d, func() {
		if !s.closed {
			f()
		}
	})
}

// Load runs work that gives a value and hands value and error to done.
func Load[T any](r Runner, ctx context.Context, work func(ctx context.Context) (T, error), done func(T, error)) {
	var v T
	r.Go(ctx, func(ctx context.Context) (err error) {
		v, err = work(ctx)
		return err
	}, func(err error) { done(v, err) })
}

// Latest keeps only the last answer: what is typed letter by letter asks again
// each time, and an older answer that arrives late is dropped.
type Latest struct {
	turn   int
	cancel context.CancelFunc
}

// Go cancels the question before and asks this one.
func (l *Latest) Go(r Runner, ctx context.Context, work func(ctx context.Context) error, done func(error)) {
	if l.cancel != nil {
		l.cancel()
	}
	l.turn++
	turn := l.turn
	ctx, l.cancel = context.WithCancel(ctx)
	r.Go(ctx, work, func(err error) {
		if turn == l.turn {
			done(err)
		}
	})
}

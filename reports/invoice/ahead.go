package invoice

import (
	"fmt"
	"iter"
	"runtime"

	"ardoise/data/fault"
	"ardoise/reports/page"
)

// ready is a document that has been checked, and how it is drawn.
type ready[T Document] struct {
	one  T
	item page.Item
	err  error
}

// prepared checks documents and makes their codes, in order, some at the same
// time: a code costs more than all the rest of its invoice, and gofpdf draws on
// one core only. A sequence of none is refused.
func prepared[T Document](all iter.Seq2[T, error], p Paper) iter.Seq2[ready[T], error] {
	return func(yield func(ready[T], error) bool) {
		var queue []chan ready[T]
		first := func() bool {
			r := <-queue[0]
			queue = queue[1:]
			return yield(r, r.err)
		}
		empty := true
		for one, err := range all {
			empty = false
			// Room for one: whoever works never waits to hand over, even when
			// nobody takes it any more.
			done := make(chan ready[T], 1)
			queue = append(queue, done)
			if err != nil {
				done <- ready[T]{one: one, err: err}
			} else {
				go func() { done <- prepare(one, p) }()
			}
			if len(queue) > runtime.GOMAXPROCS(0) && !first() {
				return
			}
		}
		for len(queue) > 0 {
			if !first() {
				return
			}
		}
		if empty {
			yield(ready[T]{}, fault.New(fault.Invalid, "Il n’y a rien à imprimer."))
		}
	}
}

// prepare turns a panic into an error: on its own goroutine it would end the
// program.
func prepare[T Document](one T, p Paper) (r ready[T]) {
	defer func() {
		if f := recover(); f != nil {
			r.err = fault.Wrap(fault.Internal, fmt.Errorf("panic: %v", f), "Un document n’a pas pu être composé. Transmettez le journal technique à votre assistance.")
		}
	}()
	r.one = one
	r.item, r.err = one.prepare(p)
	return r
}

// items leaves the documents themselves behind.
func items[T Document](all iter.Seq2[ready[T], error]) iter.Seq2[page.Item, error] {
	return func(yield func(page.Item, error) bool) {
		for r, err := range all {
			if !yield(r.item, err) {
				return
			}
		}
	}
}

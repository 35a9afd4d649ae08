package store

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Event says that rows changed; it comes after the commit.
type Event struct {
	Topic  string  // "*" when it is not known what changed
	IDs    []int64 // empty: the whole topic
	Remote bool    // another program's work
}

// Everything is the topic of an event that concerns every subscriber.
const Everything = "*"

// backlog is how many events may wait for a slow subscriber before they are
// folded into one "everything changed".
const backlog = 1000

// hub delivers events: each subscriber has its own queue and goroutine, so a
// slow one delays neither a writer nor the others.
type hub struct {
	mu     sync.Mutex
	log    *slog.Logger
	subs   map[*subscriber]struct{}
	closed bool
	work   sync.WaitGroup
}

type subscriber struct {
	fn     func(Event)
	topics []string
	mu     sync.Mutex
	queue  []Event
	wake   chan struct{}
	done   chan struct{}
	once   sync.Once
}

func newHub(log *slog.Logger) *hub { return &hub{log: log, subs: map[*subscriber]struct{}{}} }

// Subscribe calls fn, on a goroutine of its own and in the order of commits,
// for every event of the topics (of all topics when none is named). After
// cancel no new call begins. Remote work is watched for from the first
// subscription on.
func (db *DB) Subscribe(fn func(Event), topics ...string) (cancel func()) {
	cancel = db.hub.subscribe(fn, topics)
	db.watch.Do(db.watchRemote)
	return cancel
}

func (h *hub) subscribe(fn func(Event), topics []string) func() {
	s := &subscriber{fn: fn, topics: slices.Clone(topics), wake: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return func() {}
	}
	h.subs[s] = struct{}{}
	h.work.Add(1)
	go func() {
		defer h.work.Done()
		s.run()
	}()
	return func() {
		h.mu.Lock()
		delete(h.subs, s)
		h.mu.Unlock()
		s.end()
	}
}

// publish queues events; it never waits for a subscriber.
func (h *hub) publish(events []Event) {
	if len(events) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.add(events)
	}
}

func (h *hub) any() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs) > 0
}

// close ends every subscriber and waits for the calls under way, but not for
// ever: one may itself be waiting for whoever closes.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for s := range h.subs {
		s.end()
	}
	clear(h.subs)
	h.mu.Unlock()
	over := make(chan struct{})
	go func() { h.work.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(2 * time.Second):
		h.log.Warn("store: a subscriber is still busy at close")
	}
}

func (s *subscriber) end() { s.once.Do(func() { close(s.done) }) }

func (s *subscriber) wants(e Event) bool {
	return e.Topic == Everything || len(s.topics) == 0 || slices.Contains(s.topics, e.Topic)
}

func (s *subscriber) add(events []Event) {
	s.mu.Lock()
	for _, e := range events {
		if s.wants(e) {
			e.IDs = slices.Clone(e.IDs)
			s.queue = append(s.queue, e)
		}
	}
	if len(s.queue) > backlog {
		s.queue = append(s.queue[:0:0], Event{Topic: Everything, Remote: s.queue[len(s.queue)-1].Remote})
	}
	pending := len(s.queue) > 0
	s.mu.Unlock()
	if pending {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

func (s *subscriber) run() {
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		s.mu.Lock()
		batch := s.queue
		s.queue = nil
		s.mu.Unlock()
		for _, e := range batch {
			select {
			case <-s.done:
				return
			default:
			}
			s.fn(e)
		}
	}
}

package staff

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// TopicAgent is published when an agent's account changes.
const TopicAgent = "agent"

// Service is the door to the agents' room.
type Service struct {
	db    *store.DB
	heads HeadStore
	cost  vault.Params
	log   *slog.Logger

	machine, program string // where sessions are at work; "": not said

	mu   sync.Mutex
	live map[int64][]*Session // sessions of this program, by agent

	keeping sync.Mutex // one writer of the head at a time
	entered []func(context.Context) error
	cancel  []func()
}

// Option changes how a Service works.
type Option func(*Service)

// WithCost sets the costs of Argon2id; only tests and the generator of
// throw-away databases have a reason to. Without it they are vault.Strong.
func WithCost(p vault.Params) Option { return func(s *Service) { s.cost = p } }

// WithLog sets where troubles of the background work are told.
func WithLog(l *slog.Logger) Option { return func(s *Service) { s.log = l } }

// New opens the room over db; heads is where the end of the audit trail is
// kept (HeadStoreFor). Call Close before closing db.
func New(db *store.DB, heads HeadStore, options ...Option) *Service {
	s := &Service{db: db, heads: heads, cost: vault.Strong, log: slog.Default(), live: map[int64][]*Session{}}
	for _, o := range options {
		o(s)
	}
	s.cancel = []func(){
		db.Subscribe(func(e store.Event) { s.follow(e) }, TopicAgent, TopicAudit, TopicPresence),
	}
	return s
}

// follow runs after commits, on the subscription's own goroutine.
func (s *Service) follow(e store.Event) {
	ctx := context.Background()
	if e.Topic == TopicPresence || e.Topic == store.Everything {
		if err := s.checkPlaces(ctx); err != nil {
			s.log.Error("staff: sessions not compared with their places", "err", err)
		}
	}
	if e.Topic != TopicAgent && e.Topic != TopicPresence {
		if err := s.keepHead(ctx); err != nil {
			s.log.Error("staff: audit head not kept", "err", err)
		}
	}
	if e.Topic != TopicAudit && e.Topic != TopicPresence {
		if err := s.checkLive(ctx); err != nil {
			s.log.Error("staff: sessions not compared with the agents", "err", err)
		}
	}
}

// Close stops following the database, says that its sessions are gone and keeps
// the head a last time.
func (s *Service) Close() error {
	for _, c := range s.cancel {
		c()
	}
	s.mu.Lock()
	var open []*Session
	for _, sessions := range s.live {
		open = append(open, sessions...)
	}
	s.mu.Unlock()
	ctx := context.Background()
	return errors.Join(s.gone(ctx, open...), s.keepHead(ctx))
}

// keepHead writes the end of the chain outside the database. If what is kept
// is not in the chain any more, it is left as it is: it is the witness.
func (s *Service) keepHead(ctx context.Context) error {
	s.keeping.Lock()
	defer s.keeping.Unlock()
	kept, err := s.heads.Load()
	if err != nil {
		return err
	}
	var now Head
	var ok bool
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if ok, err = holds(tx, kept); err != nil {
			return err
		}
		now, err = currentHead(tx)
		return err
	})
	if err != nil {
		return err
	}
	if !ok {
		return broken("l’entrée n°\u00a0%d, dont le témoin garde l’empreinte, a disparu ou changé", kept.ID)
	}
	if now.ID <= kept.ID {
		return nil
	}
	return s.heads.Save(now)
}

// Verify checks the whole audit chain and the head kept outside.
func (s *Service) Verify(ctx context.Context) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	return s.db.Read(ctx, func(tx *store.Tx) error { return VerifyHead(tx, s.heads) })
}

// AcceptHead takes the chain as it is for the new witness, after a restored
// backup (which is rightly behind). The chain must hold in itself; that and
// why it was done stays in the trail.
func (s *Service) AcceptHead(ctx context.Context, reason string) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "Dites pourquoi la fin du journal est acceptée telle qu’elle est.")
	}
	s.keeping.Lock()
	defer s.keeping.Unlock()
	var now Head
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		if err := VerifyChain(tx); err != nil {
			return err
		}
		if err := Audit(tx, actionAccept, "audit:0", "Fin du journal acceptée\u00a0: "+reason); err != nil {
			return err
		}
		var err error
		now, err = currentHead(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.heads.Save(now)
}

// remember keeps a session among the live ones, to end it when its agent changes.
func (s *Service) remember(se *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[se.AgentID] = append(s.live[se.AgentID], se)
}

// checkLive ends the sessions whose agent was deactivated or holds other roles.
func (s *Service) checkLive(ctx context.Context) error {
	// Only sessions opened before the agents are read are judged by that
	// reading: one opened meanwhile knows more recent agents than it does.
	s.mu.Lock()
	var open []*Session
	for _, sessions := range s.live {
		open = append(open, sessions...)
	}
	s.mu.Unlock()
	var agents []Agent
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		agents, err = allAgents(tx)
		return err
	})
	if err != nil {
		return err
	}
	now := map[int64]Agent{}
	for _, a := range agents {
		now[a.ID] = a
	}
	for _, se := range open {
		a, there := now[se.AgentID]
		if !se.Demo && (!there || !a.Active || joinRoles(a.Roles) != joinRoles(se.Roles)) {
			se.stale.Store(true)
			se.Key.Close()
		}
	}
	return nil
}

// OnSignIn adds what is done at each sign-in, and when the data key is made, in a
// context that carries the session with its open key: the house calls it when it
// is put together. A failure is logged and keeps nobody out.
func (s *Service) OnSignIn(f func(ctx context.Context) error) { s.entered = append(s.entered, f) }

// welcome does what OnSignIn asks for.
func (s *Service) welcome(ctx context.Context, se *Session) {
	for _, f := range s.entered {
		if err := f(With(ctx, se)); err != nil {
			s.log.Error("staff: after sign-in", "err", err)
		}
	}
}

// SignOut ends the session and forgets its key.
func (s *Service) SignOut(ctx context.Context) error {
	se := From(ctx)
	if se == nil {
		return nil
	}
	se.stale.Store(true)
	se.Key.Close()
	s.mu.Lock()
	kept := s.live[se.AgentID][:0]
	for _, other := range s.live[se.AgentID] {
		if other != se {
			kept = append(kept, other)
		}
	}
	s.live[se.AgentID] = kept
	s.mu.Unlock()
	return s.gone(ctx, se)
}

// settings -------------------------------------------------------------------

func settingText(tx *store.Tx, name string) (string, error) {
	var v string
	err := tx.QueryRow(`SELECT value FROM setting WHERE name = $1`, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// IsDemo reports whether this is a demonstration database; needs no session.
func (s *Service) IsDemo(ctx context.Context) (demo bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		demo, err = isDemo(tx)
		return err
	})
	return demo, err
}

func isDemo(tx *store.Tx) (bool, error) {
	v, err := settingText(tx, "demo")
	return v == "1", err
}

// HasAgents reports whether a first agent exists; needs no session.
func (s *Service) HasAgents(ctx context.Context) (has bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		n, err := countAgents(tx)
		has = n > 0
		return err
	})
	return has, err
}

func countAgents(tx *store.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM agent`).Scan(&n)
	return n, err
}

// DefaultIdle is how long a session may rest before it locks itself.
const DefaultIdle = 5 * time.Minute

// IdleAfter gives the delay of the idle lock (setting idle_minutes, 1 to 60);
// a setting that makes no sense counts as the default. Needs no session.
func (s *Service) IdleAfter(ctx context.Context) (time.Duration, error) {
	idle := DefaultIdle
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		text, err := settingText(tx, "idle_minutes")
		if err != nil || text == "" {
			return err
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= 60 {
			idle = time.Duration(n) * time.Minute
		}
		return nil
	})
	return idle, err
}

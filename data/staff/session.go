package staff

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"ardoise/data/fault"
	"ardoise/data/vault"
)

// Session is one agent at work. Its fields are set at sign-in and not changed
// afterwards; locking and unlocking act on the Key it holds and on its state.
type Session struct {
	AgentID int64 // 0: the program itself
	Login   string
	Name    string
	Roles   []Role
	Key     *vault.Key // the data key; closed while the session is locked
	Demo    bool       // a demonstration, signed in without a password
	Since   time.Time  // instant of the sign-in

	locked atomic.Bool
	stale  atomic.Bool            // the agent was deactivated, or lost or gained a role, meanwhile
	why    atomic.Pointer[string] // said to who was signed out; nil: rights or password changed
	place  atomic.Int64           // its row of workstation, 0 none yet
}

// Has reports whether the session holds at least one of roles.
func (s *Session) Has(roles ...Role) bool {
	return s != nil && slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(s.Roles, r) })
}

// Locked reports whether the session waits for its password (idle lock).
func (s *Session) Locked() bool { return s != nil && s.locked.Load() }

// Ended reports whether the session must sign in again, because an
// administrator changed the agent's roles, password or activity, or ended it
// from elsewhere.
func (s *Session) Ended() bool { return s != nil && s.stale.Load() }

type sessionKey struct{}

// With gives a context that carries the session; nil takes it away.
func With(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// From returns the session of ctx, nil if nobody is signed in.
func From(ctx context.Context) *Session {
	s, _ := ctx.Value(sessionKey{}).(*Session)
	return s
}

// System is the program itself (scheduler, demonstration generator,
// migrations): all roles, named Ardoise, without a data key. Only package data
// and cmd call it.
func System(ctx context.Context) context.Context {
	return With(ctx, &Session{Name: "Ardoise", Login: "ardoise", Roles: slices.Clone(Roles)})
}

// SystemWithKey is System with the strong-room open, for the generator of the demonstration.
func SystemWithKey(ctx context.Context, k *vault.Key) context.Context {
	return With(ctx, &Session{Name: "Ardoise", Login: "ardoise", Roles: slices.Clone(Roles), Key: k})
}

// Require asks for any one of the roles (none listed: any signed-in agent).
// It reads only the context: a refusal has touched nothing.
func Require(ctx context.Context, any ...Role) error {
	s := From(ctx)
	switch {
	case s == nil:
		return fault.New(fault.Forbidden, "Personne n’est connecté\u00a0: ouvrez une session.")
	case s.stale.Load() && s.why.Load() != nil:
		return fault.New(fault.Forbidden, "%s", *s.why.Load())
	case s.stale.Load():
		return fault.New(fault.Forbidden, "Vos droits ou votre mot de passe ont changé\u00a0: ouvrez de nouveau votre session.")
	case s.locked.Load():
		return fault.New(fault.Forbidden, "La session est verrouillée\u00a0: saisissez votre mot de passe.")
	case len(any) == 0 || s.Has(any...):
		return nil
	}
	return fault.New(fault.Forbidden, "Il manque le rôle %s pour cette action. Demandez-le à un agent «\u00a0%s\u00a0» (Réglages, Agents).", orLabels(any), Admin.Label())
}

// orLabels writes "« Accueil » ou « Régie »".
func orLabels(roles []Role) string {
	text := make([]string, len(roles))
	for i, r := range roles {
		text[i] = "«\u00a0" + r.Label() + "\u00a0»"
	}
	if n := len(text); n > 1 {
		return strings.Join(text[:n-1], ", ") + " ou " + text[n-1]
	}
	return strings.Join(text, "")
}

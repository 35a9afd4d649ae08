package staff

import (
	"context"
	"errors"
	"slices"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// SignIn checks a login and its password and gives a session with the open
// strong-room. A login that does not exist gets the same answers, as slowly;
// failures make the next attempt wait, and ten lock the login for a while.
func (s *Service) SignIn(ctx context.Context, login, password string) (*Session, error) {
	a, k, err := s.prove(ctx, CleanLogin(login), password, "session.open")
	if err != nil {
		return nil, err
	}
	se := &Session{AgentID: a.ID, Login: a.Login, Name: a.Name, Roles: a.Roles, Key: k, Since: s.db.Now()}
	s.remember(se)
	s.welcome(ctx, se)
	return se, nil
}

// prove does the work of every question for a password: wait, compare, count,
// and on success unwrap the key and renew what was made with other costs.
// The slow derivations run outside of any transaction.
func (s *Service) prove(ctx context.Context, login, password, action string) (account, *vault.Key, error) {
	a, wrapping, err := s.readAccount(ctx, login)
	if err != nil {
		return a, nil, err
	}
	if err := s.mustWait(ctx, a); err != nil {
		return a, nil, err
	}
	phc := a.phc
	if phc == "" { // unknown, or a demonstration's agent, whom no password lets in
		phc = vault.NoPassword(s.cost)
	}
	ok, old := vault.CheckPassword(phc, password, s.cost)
	if !ok {
		return a, nil, s.failed(ctx, a)
	}
	if !a.Active {
		return a, nil, fault.New(fault.Forbidden, "Ce compte est désactivé\u00a0: adressez-vous à un agent «\u00a0Administration\u00a0».")
	}
	if wrapping == nil {
		return a, nil, fault.New(fault.Unavailable, "Le coffre n’a pas été préparé pour ce compte\u00a0: demandez à un agent «\u00a0Administration\u00a0» un nouveau mot de passe.")
	}
	k, err := wrapping.Unwrap(password)
	if err != nil {
		return a, nil, err
	}
	var renewed *credentials
	if old || wrapping.Weaker(s.cost) {
		if renewed, err = s.credentials(a.ID, password, k); err != nil {
			return a, nil, err
		}
	}
	return a, k, s.succeeded(ctx, a, renewed, action)
}

func (s *Service) readAccount(ctx context.Context, login string) (a account, w *vault.Wrapping, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if a, err = find(tx, login); err != nil || a.ID == 0 {
			return err
		}
		got, err := vault.Get(tx, vault.AgentHolder(a.ID))
		switch {
		case err == nil:
			w = &got
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		return nil
	})
	return a, w, err
}

// mustWait refuses while the login has to wait, and stores a wait that had to
// be shortened, or it would begin anew at every look.
func (s *Service) mustWait(ctx context.Context, a account) error {
	now := s.db.Now()
	settled, changed := a.seen.settle(now)
	refusal := settled.refusal(now)
	if refusal == nil || !changed {
		return refusal
	}
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		fresh, err := find(tx, a.Login)
		if err != nil {
			return err
		}
		if fresh.seen, changed = fresh.seen.settle(tx.Now()); !changed {
			return nil
		}
		return fresh.save(tx)
	})
	return errors.Join(refusal, err)
}

// failed counts a refused password and says how many tries are left. Attempts
// made at the same moment are counted one by one: those that come after the
// wait has begun are not told whether they were right.
func (s *Service) failed(ctx context.Context, a account) error {
	var answer error
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		fresh, err := find(tx, a.Login)
		if err != nil {
			return err
		}
		now := tx.Now()
		fresh.seen, _ = fresh.seen.settle(now)
		if answer = fresh.seen.refusal(now); answer != nil {
			return nil
		}
		fresh.seen = fresh.seen.fail(now)
		answer = fresh.seen.sentence(now)
		if err := fresh.save(tx); err != nil {
			return err
		}
		name, action, detail := fresh.Name, "session.refused", "Mot de passe refusé"
		if fresh.ID == 0 {
			name, detail = "inconnu", "Identifiant inconnu" // what was typed may be a password: not kept
		}
		if fresh.seen.failures >= maxFailures {
			action, detail = "session.locked", detail+", compte bloqué"
		}
		return auditAs(tx, fresh.ID, name, action, object(fresh.ID), detail)
	})
	if err != nil {
		return err
	}
	return answer
}

// credentials are what a password leaves in the database.
type credentials struct {
	phc      string
	wrapping vault.Wrapping
}

func (s *Service) credentials(id int64, password string, k *vault.Key) (*credentials, error) {
	w, err := s.wrapFor(id, password, k)
	if err != nil {
		return nil, err
	}
	return &credentials{vault.HashPassword(password, s.cost), w}, nil
}

func (c *credentials) save(tx *store.Tx, id int64) error {
	if _, err := tx.Exec(`UPDATE agent SET password = $1 WHERE id = $2`, c.phc, id); err != nil {
		return err
	}
	return vault.Put(tx, c.wrapping)
}

// succeeded clears the failures, unless the account changed meanwhile.
func (s *Service) succeeded(ctx context.Context, a account, renewed *credentials, action string) error {
	return s.db.Write(ctx, func(tx *store.Tx) error {
		fresh, err := find(tx, a.Login)
		if err != nil {
			return err
		}
		now := tx.Now()
		if settled, _ := fresh.seen.settle(now); settled.refusal(now) != nil {
			return settled.refusal(now)
		}
		if fresh.ID != a.ID || fresh.phc != a.phc || !fresh.Active {
			return fault.New(fault.Conflict, "Ce compte vient d’être modifié\u00a0: recommencez.")
		}
		fresh.seen = attempts{}
		if err := fresh.save(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE agent SET last_seen_at = $1 WHERE id = $2`, store.Instant(now), a.ID); err != nil {
			return err
		}
		if renewed != nil {
			if err := renewed.save(tx, a.ID); err != nil {
				return err
			}
		}
		return auditAs(tx, a.ID, a.Name, action, object(a.ID), "")
	})
}

// Lock puts the session to rest: its key is forgotten and every action is
// refused until Unlock.
func (s *Service) Lock(se *Session) {
	if se == nil {
		return
	}
	se.locked.Store(true)
	se.Key.Close()
}

// Unlock asks the session's agent for the password again (none in a
// demonstration); failures count as at sign-in.
func (s *Service) Unlock(ctx context.Context, se *Session, password string) error {
	if se == nil {
		return fault.New(fault.Forbidden, "Personne n’est connecté\u00a0: ouvrez une session.")
	}
	if se.Ended() {
		return Require(With(ctx, se))
	}
	if !se.Locked() {
		return nil
	}
	var k *vault.Key
	var err error
	if se.Demo {
		_, k, err = s.demo(ctx)
	} else {
		var a account
		a, k, err = s.prove(ctx, se.Login, password, "session.unlock")
		if err == nil && (a.ID != se.AgentID || !slices.Equal(a.Roles, se.Roles)) {
			se.stale.Store(true)
			return Require(With(ctx, se))
		}
	}
	if err != nil {
		return err
	}
	if err := se.Key.Reopen(k); err != nil {
		return err
	}
	k.Close()
	se.locked.Store(false)
	return nil
}

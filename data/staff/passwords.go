package staff

import (
	"context"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// ResetPassword gives an agent a new password, and with the administrator's
// open key a way into the strong-room again. It also ends a lock and the
// agent's sessions in this program.
func (s *Service) ResetPassword(ctx context.Context, id int64, password string) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	var a Agent
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = agentByID(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := CheckPasswordFor(password, a.Login, a.Name); err != nil {
		return err
	}
	c, err := s.credentials(id, password, From(ctx).Key)
	if err != nil {
		return err
	}
	err = s.change(ctx, id, func(tx *store.Tx, a Agent) error {
		if err := saveAttempts(tx, id, attempts{}); err != nil {
			return err
		}
		if err := c.save(tx, id); err != nil {
			return err
		}
		return Audit(tx, "agent.password", object(id), "Nouveau mot de passe donné à "+a.Name)
	})
	if err == nil {
		s.endOthers(id, From(ctx))
	}
	return err
}

// endOthers ends the agent's live sessions in this program, except keep.
func (s *Service) endOthers(id int64, keep *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, se := range s.live[id] {
		if se != keep {
			se.stale.Store(true)
			se.Key.Close()
		}
	}
}

// ChangePassword changes one's own password; a wrong old one counts as a
// failure at sign-in does.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	if err := Require(ctx); err != nil {
		return err
	}
	se := From(ctx)
	if se.AgentID == 0 || se.Demo {
		return fault.New(fault.Forbidden, "Ce compte n’a pas de mot de passe\u00a0: il n’y a rien à changer.")
	}
	if err := CheckPasswordFor(password, se.Login, se.Name); err != nil {
		return err
	}
	if password == old {
		return fault.New(fault.Invalid, "Le nouveau mot de passe est le même que l’ancien.")
	}
	_, k, err := s.prove(ctx, se.Login, old, "session.confirm")
	if err != nil {
		return err
	}
	defer k.Close()
	c, err := s.credentials(se.AgentID, password, k)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if err := c.save(tx, se.AgentID); err != nil {
			return err
		}
		tx.Publish(TopicAgent, se.AgentID)
		return Audit(tx, "agent.password", object(se.AgentID), "Mot de passe changé par l’agent")
	})
	if err == nil {
		s.endOthers(se.AgentID, se)
	}
	return err
}

// Bootstrap makes the first agent and the data key, only where no agent
// exists, and gives the recovery phrase: to be shown and printed once, it is
// kept nowhere. Without roles the agent holds all of them.
func (s *Service) Bootstrap(ctx context.Context, login, name, password string, roles ...Role) (phrase string, err error) {
	phrase = vault.RecoveryPhrase()
	f, err := s.Found(ctx, NewAgent{Login: login, Name: name, Password: password, Roles: roles}, phrase)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if err := s.db.Write(ctx, f.Write); err != nil {
		return "", err
	}
	f.Welcome(ctx)
	return phrase, nil
}

// NewPhrase draws a recovery phrase for a base that is still to be made.
func NewPhrase() string { return vault.RecoveryPhrase() }

// Founding is a first agent and a recovery phrase, ready to be written with the
// town they are the first of: in one transaction, or not at all.
type Founding struct {
	agent    NewAgent
	phc      string
	recovery vault.Wrapping
	key      *vault.Key
	service  *Service
	id       int64 // of the agent, once written
}

// Found makes a first agent ready (by default with every role) under a phrase of
// NewPhrase that its holder has read. Nothing is written yet; it refuses where an
// agent exists. Slow on purpose: it is not for inside a transaction.
func (s *Service) Found(ctx context.Context, n NewAgent, phrase string) (*Founding, error) {
	if len(n.Roles) == 0 {
		n.Roles = Roles
	}
	n, err := n.check()
	if err != nil {
		return nil, err
	}
	if !(Agent{Roles: n.Roles}).Has(Admin) {
		return nil, fault.New(fault.Invalid, "Le premier agent doit avoir le rôle «\u00a0Administration\u00a0».")
	}
	if phrase, err = vault.NormalPhrase(phrase); err != nil {
		return nil, err
	}
	switch has, err := s.HasAgents(ctx); {
	case err != nil:
		return nil, err
	case has:
		return nil, errTaken
	}
	f := &Founding{agent: n, service: s, key: vault.NewKey()}
	if f.recovery, err = vault.Make(vault.Recovery, phrase, f.key, s.cost); err != nil {
		return nil, err
	}
	f.phc = vault.HashPassword(n.Password, s.cost)
	return f, nil
}

var errTaken = fault.New(fault.Conflict, "Un agent existe déjà\u00a0: demandez à un agent «\u00a0Administration\u00a0» de créer votre compte.")

// CheckFirst judges a first agent as Found will, before there is a base.
func CheckFirst(n NewAgent) error {
	n.Roles = Roles
	_, err := n.check()
	return err
}

// Write keeps the first agent, the data key under the password and under the
// phrase, and the journal's first entry. PostgreSQL may try its transaction again:
// nothing here is used up by a first try.
func (f *Founding) Write(tx *store.Tx) error {
	if count, err := countAgents(tx); err != nil || count > 0 {
		if err == nil {
			err = errTaken
		}
		return err
	}
	id, err := f.agent.insert(tx, f.phc)
	if err != nil {
		return err
	}
	f.id = id
	w, err := f.service.wrapFor(id, f.agent.Password, f.key)
	if err != nil {
		return err
	}
	for _, w := range []vault.Wrapping{w, f.recovery} {
		if err := vault.Put(tx, w); err != nil {
			return err
		}
	}
	return auditAs(tx, id, f.agent.Name, "agent.first", object(id), "Premier agent\u00a0: "+f.agent.Name+" ("+f.agent.Login+")\u00a0: "+labels(f.agent.Roles))
}

// Welcome tells who asked for it (OnSignIn) that the strong-room was open for a
// moment, once what Write wrote is committed.
func (f *Founding) Welcome(ctx context.Context) {
	n := f.agent
	f.service.welcome(ctx, &Session{AgentID: f.id, Login: n.Login, Name: n.Name, Roles: n.Roles, Key: f.key, Since: f.service.db.Now()})
}

// Close forgets the data key: who signs in opens it with the password.
func (f *Founding) Close() { f.key.Close() }

// Recover opens the strong-room with the printed phrase and gives the agent a
// new password, activity and the administration: whoever holds the sheet of
// paper is the town hall.
func (s *Service) Recover(ctx context.Context, phrase, login, password string) error {
	phrase, err := vault.NormalPhrase(phrase)
	if err != nil {
		return err
	}
	var w vault.Wrapping
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		w, err = vault.Get(tx, vault.Recovery)
		return err
	})
	if err != nil {
		return err
	}
	k, err := w.Unwrap(phrase)
	if err != nil {
		return err
	}
	defer k.Close()
	var a account
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = find(tx, CleanLogin(login))
		return err
	})
	switch {
	case err != nil:
		return err
	case a.ID == 0:
		return fault.New(fault.NotFound, "L’identifiant «\u00a0%s\u00a0» n’existe pas.", strings.TrimSpace(login))
	}
	if err := CheckPasswordFor(password, a.Login, a.Name); err != nil {
		return err
	}
	c, err := s.credentials(a.ID, password, k)
	if err != nil {
		return err
	}
	roles, err := cleanRoles(append([]Role{Admin}, a.Roles...))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if err := c.save(tx, a.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE agent SET roles = $1, active = 1, failures = 0, locked_until = '' WHERE id = $2`, joinRoles(roles), a.ID); err != nil {
			return err
		}
		tx.Publish(TopicAgent, a.ID)
		return auditAs(tx, a.ID, a.Name, "agent.recover", object(a.ID), a.Name+" a repris la main avec la phrase de secours")
	})
}

// RenewPhrase replaces the recovery phrase (the sheet was lost or seen); one's
// own password is asked. The former phrase opens nothing any more.
func (s *Service) RenewPhrase(ctx context.Context, password string) (phrase string, err error) {
	if err := Require(ctx, Admin); err != nil {
		return "", err
	}
	_, k, err := s.prove(ctx, From(ctx).Login, password, "session.confirm")
	if err != nil {
		return "", err
	}
	defer k.Close()
	phrase = vault.RecoveryPhrase()
	w, err := vault.Make(vault.Recovery, phrase, k, s.cost)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if err := vault.Put(tx, w); err != nil {
			return err
		}
		return Audit(tx, "vault.phrase", "key_wrap:0", "Nouvelle phrase de secours")
	})
	if err != nil {
		return "", err
	}
	return phrase, nil
}

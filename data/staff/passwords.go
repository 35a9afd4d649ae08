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
	if len(roles) == 0 {
		roles = Roles
	}
	n, err := NewAgent{Login: login, Name: name, Password: password, Roles: roles}.check()
	if err != nil {
		return "", err
	}
	if !(Agent{Roles: n.Roles}).Has(Admin) {
		return "", fault.New(fault.Invalid, "Le premier agent doit avoir le rôle «\u00a0Administration\u00a0».")
	}
	taken := fault.New(fault.Conflict, "Un agent existe déjà\u00a0: demandez à un agent «\u00a0Administration\u00a0» de créer votre compte.")
	if has, err := s.HasAgents(ctx); err != nil || has {
		if err == nil {
			err = taken
		}
		return "", err
	}
	k := vault.NewKey()
	defer k.Close()
	phrase = vault.RecoveryPhrase()
	recovery, err := vault.Make(vault.Recovery, phrase, k, s.cost)
	if err != nil {
		return "", err
	}
	phc := vault.HashPassword(n.Password, s.cost)
	var id int64
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if count, err := countAgents(tx); err != nil || count > 0 {
			if err == nil {
				err = taken
			}
			return err
		}
		if id, err = n.insert(tx, phc); err != nil {
			return err
		}
		w, err := s.wrapFor(id, n.Password, k)
		if err != nil {
			return err
		}
		if err := vault.Put(tx, w); err != nil {
			return err
		}
		if err := vault.Put(tx, recovery); err != nil {
			return err
		}
		return auditAs(tx, id, n.Name, "agent.first", object(id), "Premier agent\u00a0: "+n.Name+" ("+n.Login+")\u00a0: "+labels(n.Roles))
	})
	if err != nil {
		return "", err
	}
	s.welcome(ctx, &Session{AgentID: id, Login: n.Login, Name: n.Name, Roles: n.Roles, Key: k, Since: s.db.Now()})
	return phrase, nil
}

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

package staff

import (
	"context"
	"slices"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// demoPhrase wraps the data key of demonstrations. It is no secret: everything
// in them is fictitious, and a real database has no wrapping under it.
const demoPhrase = "ardoise, démonstration"

// demoLogin is the agent of demonstrations; having no password, it cannot be
// signed in by SignIn.
const demoLogin = "demo"

// SetUpDemo turns an empty database into a demonstration, with its agent and
// a data key everybody can open, and gives a context of the program itself
// holding that key. On a demonstration it only gives the context; on a real
// database it refuses.
func (s *Service) SetUpDemo(ctx context.Context) (context.Context, error) {
	if err := Require(ctx, Admin); err != nil {
		return nil, err
	}
	if is, err := s.IsDemo(ctx); err != nil {
		return nil, err
	} else if is {
		_, k, err := s.demo(ctx)
		return SystemWithKey(ctx, k), err
	}
	k := vault.NewKey()
	w, err := vault.Make(vault.Demo, demoPhrase, k, s.cost)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if n, err := countAgents(tx); err != nil {
			return err
		} else if n > 0 {
			return fault.New(fault.Conflict, "Cette base a déjà des agents\u00a0: elle ne peut pas devenir une démonstration. Choisissez un autre fichier.")
		}
		if _, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ('demo', '1') ON CONFLICT (name) DO UPDATE SET value = '1'`); err != nil {
			return err
		}
		if err := vault.Put(tx, w); err != nil {
			return err
		}
		id, err := NewAgent{Login: demoLogin, Name: "Agent de démonstration", Roles: sorted(Roles)}.insert(tx, "")
		if err != nil {
			return err
		}
		return Audit(tx, "demo.create", object(id), "Base de démonstration")
	})
	if err != nil {
		return nil, err
	}
	out := SystemWithKey(ctx, k)
	s.welcome(out, From(out))
	return out, nil
}

func sorted(roles []Role) []Role { return slices.Sorted(slices.Values(roles)) }

// demo opens a demonstration's strong-room; any other database refuses.
func (s *Service) demo(ctx context.Context) (a account, k *vault.Key, err error) {
	var w vault.Wrapping
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		is, err := isDemo(tx)
		if err != nil {
			return err
		}
		if !is {
			return fault.New(fault.Forbidden, "Cette base n’est pas une démonstration\u00a0: connectez-vous avec votre mot de passe.")
		}
		if w, err = vault.Get(tx, vault.Demo); err != nil {
			return err
		}
		a, err = find(tx, demoLogin)
		return err
	})
	if err != nil {
		return a, nil, err
	}
	k, err = w.Unwrap(demoPhrase)
	return a, k, err
}

// SignInDemo gives a session of a demonstration database with the roles asked
// for (all when none is named), without a password.
func (s *Service) SignInDemo(ctx context.Context, roles ...Role) (*Session, error) {
	if len(roles) == 0 {
		roles = Roles
	}
	roles, err := cleanRoles(roles)
	if err != nil {
		return nil, err
	}
	a, k, err := s.demo(ctx)
	if err != nil {
		return nil, err
	}
	se := &Session{AgentID: a.ID, Login: demoLogin, Name: a.Name, Roles: roles, Key: k, Demo: true, Since: s.db.Now()}
	err = s.db.Write(With(ctx, se), func(tx *store.Tx) error {
		return Audit(tx, "session.demo", object(a.ID), labels(roles))
	})
	if err != nil {
		return nil, err
	}
	s.remember(se)
	s.welcome(ctx, se)
	return se, nil
}

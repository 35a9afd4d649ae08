package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Agent is one account. Instants are in UTC; the zero instant means never.
type Agent struct {
	ID          int64
	Login       string
	Name        string
	Roles       []Role
	Active      bool
	Failures    int       // refused passwords since the last success
	LockedUntil time.Time // no password is looked at before
	CreatedAt   time.Time
	LastSeenAt  time.Time // last sign-in
}

// Has reports whether the agent holds the role.
func (a Agent) Has(r Role) bool { return (&Session{Roles: a.Roles}).Has(r) }

const agentColumns = `id, login, name, roles, active, failures, locked_until, created_at, last_seen_at`

func scanAgent(scan func(...any) error, a *Agent, more ...any) error {
	var roles, locked, created, seen string
	var active int64
	err := scan(append([]any{&a.ID, &a.Login, &a.Name, &roles, &active, &a.Failures, &locked, &created, &seen}, more...)...)
	if err != nil {
		return err
	}
	a.Roles, a.Active = splitRoles(roles), active == 1
	return errors.Join(readInstant(locked, &a.LockedUntil), readInstant(created, &a.CreatedAt), readInstant(seen, &a.LastSeenAt))
}

// readInstant reads a column where the empty text means never.
func readInstant(text string, to *time.Time) (err error) {
	if text != "" {
		*to, err = store.ParseInstant(text)
	}
	return err
}

func allAgents(tx *store.Tx) ([]Agent, error) {
	return store.Collect(tx, func(r *sql.Rows) (a Agent, err error) {
		err = scanAgent(r.Scan, &a)
		return a, err
	}, `SELECT `+agentColumns+` FROM agent ORDER BY lower(name), id`)
}

func agentByID(tx *store.Tx, id int64) (a Agent, err error) {
	err = scanAgent(tx.QueryRow(`SELECT `+agentColumns+` FROM agent WHERE id = $1`, id).Scan, &a)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "Cet agent n’existe pas.")
	}
	return a, err
}

// Agents lists every account, active or not, by name.
func (s *Service) Agents(ctx context.Context) (out []Agent, err error) {
	if err := Require(ctx, Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = allAgents(tx)
		return err
	})
	return out, err
}

// NewAgent is an account to be made.
type NewAgent struct {
	Login, Name, Password string
	Roles                 []Role
}

// CleanLogin brings a login to how it is kept: small letters, no spaces around.
func CleanLogin(login string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(store.CleanText(login))))
}

// check cleans the fields and judges them all.
func (n NewAgent) check() (NewAgent, error) {
	n, err := n.checkNames()
	if err != nil {
		return n, err
	}
	if n.Roles, err = cleanRoles(n.Roles); err != nil {
		return n, err
	}
	return n, CheckPasswordFor(n.Password, n.Login, n.Name)
}

func (n NewAgent) checkNames() (NewAgent, error) {
	n.Login = CleanLogin(n.Login)
	n.Name = strings.Join(strings.Fields(store.CleanText(n.Name)), " ")
	if n.Name == "" {
		n.Name = n.Login
	}
	length := len([]rune(n.Login))
	bad := strings.IndexFunc(n.Login, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_@", r)
	})
	switch {
	case length < 1 || length > 80:
		return n, fault.New(fault.Invalid, "L’identifiant compte de 1 à 80 signes.")
	case bad >= 0:
		return n, fault.New(fault.Invalid, "L’identifiant est fait de lettres, de chiffres et de . - _ @, sans espace.")
	case len([]rune(n.Name)) > 120:
		return n, fault.New(fault.Invalid, "Le nom compte au plus 120 signes.")
	}
	return n, nil
}

// insert writes the account and gives its id; a login taken is a Conflict.
func (n NewAgent) insert(tx *store.Tx, phc string) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO agent (login, name, roles, password, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (lower(login)) DO NOTHING RETURNING id`,
		n.Login, n.Name, joinRoles(n.Roles), phc, store.Instant(tx.Now())).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Conflict, "L’identifiant «\u00a0%s\u00a0» est déjà pris\u00a0: choisissez-en un autre.", n.Login)
	}
	if err == nil {
		tx.Publish(TopicAgent, id)
	}
	return id, err
}

// wrapFor makes the agent's wrapping outside of any write transaction; its
// holder is named once the id is known.
func (s *Service) wrapFor(id int64, password string, k *vault.Key) (vault.Wrapping, error) {
	return vault.Make(vault.AgentHolder(id), password, k, s.cost)
}

// CreateAgent adds an account and opens the strong-room to it with the open
// key of the administrator.
func (s *Service) CreateAgent(ctx context.Context, n NewAgent) (id int64, err error) {
	if err := Require(ctx, Admin); err != nil {
		return 0, err
	}
	if n, err = n.check(); err != nil {
		return 0, err
	}
	phc := vault.HashPassword(n.Password, s.cost)
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if id, err = n.insert(tx, phc); err != nil {
			return err
		}
		// The holder is part of what the wrapping is tied to, and the id is
		// known only here: one derivation inside the transaction.
		w, err := s.wrapFor(id, n.Password, From(ctx).Key)
		if err != nil {
			return err
		}
		if err := vault.Put(tx, w); err != nil {
			return err
		}
		return Audit(tx, "agent.create", object(id), fmt.Sprintf("%s (%s)\u00a0: %s", n.Name, n.Login, labels(n.Roles)))
	})
	return id, err
}

func object(id int64) string { return fmt.Sprintf("agent:%d", id) }

// change runs one change of an account, then makes sure that an active
// administrator is left.
func (s *Service) change(ctx context.Context, id int64, fn func(*store.Tx, Agent) error) error {
	return s.db.Write(ctx, func(tx *store.Tx) error {
		a, err := agentByID(tx, id)
		if err != nil {
			return err
		}
		if err := fn(tx, a); err != nil {
			return err
		}
		tx.Publish(TopicAgent, id)
		return keepsAdmin(tx)
	})
}

// keepsAdmin looks at the agents as the transaction leaves them.
func keepsAdmin(tx *store.Tx) error {
	agents, err := allAgents(tx)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.Active && a.Has(Admin) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "C’est le dernier agent «\u00a0Administration\u00a0» actif\u00a0: donnez d’abord ce rôle à un autre agent.")
}

// Rename changes an agent's login and shown name.
func (s *Service) Rename(ctx context.Context, id int64, login, name string) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	n, err := NewAgent{Login: login, Name: name}.checkNames()
	if err != nil {
		return err
	}
	return s.change(ctx, id, func(tx *store.Tx, a Agent) error {
		var other int64
		err := tx.QueryRow(`SELECT id FROM agent WHERE lower(login) = lower($1) AND id <> $2`, n.Login, id).Scan(&other)
		if err == nil {
			return fault.New(fault.Conflict, "L’identifiant «\u00a0%s\u00a0» est déjà pris\u00a0: choisissez-en un autre.", n.Login)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := tx.Exec(`UPDATE agent SET login = $1, name = $2 WHERE id = $3`, n.Login, n.Name, id); err != nil {
			return err
		}
		return Audit(tx, "agent.rename", object(id), fmt.Sprintf("%s (%s) devient %s (%s)", a.Name, a.Login, n.Name, n.Login))
	})
}

// SetRoles gives the agent these roles instead of the former ones.
func (s *Service) SetRoles(ctx context.Context, id int64, roles ...Role) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	roles, err := cleanRoles(roles)
	if err != nil {
		return err
	}
	return s.change(ctx, id, func(tx *store.Tx, a Agent) error {
		if _, err := tx.Exec(`UPDATE agent SET roles = $1 WHERE id = $2`, joinRoles(roles), id); err != nil {
			return err
		}
		return Audit(tx, "agent.roles", object(id), fmt.Sprintf("%s\u00a0: %s (avant\u00a0: %s)", a.Name, labels(roles), labels(a.Roles)))
	})
}

// SetActive lets an agent in or keeps them out; an account is never deleted,
// the trail names it.
func (s *Service) SetActive(ctx context.Context, id int64, active bool) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	return s.change(ctx, id, func(tx *store.Tx, a Agent) error {
		if _, err := tx.Exec(`UPDATE agent SET active = $1 WHERE id = $2`, active, id); err != nil {
			return err
		}
		action, detail := "agent.activate", a.Name+" peut de nouveau se connecter"
		if !active {
			action, detail = "agent.deactivate", a.Name+" ne peut plus se connecter"
		}
		return Audit(tx, action, object(id), detail)
	})
}

// Release ends a lock after too many refused passwords.
func (s *Service) Release(ctx context.Context, id int64) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	return s.change(ctx, id, func(tx *store.Tx, a Agent) error {
		if err := saveAttempts(tx, id, attempts{}); err != nil {
			return err
		}
		return Audit(tx, "agent.release", object(id), a.Name+" débloqué")
	})
}

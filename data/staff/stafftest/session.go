package stafftest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Fast are costs of Argon2id for tests: nothing that matters may use them.
var Fast = vault.Params{Memory: 64, Time: 1, Threads: 1}

// Password satisfies the rule of passwords.
const Password = "Brume-tenace-47"

// Key is the one data key of the test process, so that what one session sealed
// another can open.
var Key = sync.OnceValue(vault.NewKey)

// Session gives a context with a session holding the roles (none: no session
// at all) and an open data key. The agent is written into db, so that a trail
// or a document has somebody to name; a nil db skips that.
func Session(t testing.TB, db *store.DB, roles ...staff.Role) context.Context {
	t.Helper()
	if len(roles) == 0 {
		return context.Background()
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	s := &staff.Session{AgentID: 1, Login: "test-" + strings.Join(names, "-"), Name: "Testeur " + strings.Join(names, " "), Roles: roles, Key: Key()}
	ctx := staff.With(context.Background(), s)
	if db == nil {
		return ctx
	}
	s.Since = db.Now()
	err := db.Write(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`INSERT INTO agent (login, name, roles, password, created_at) VALUES ($1, $2, $3, '', $4)
			ON CONFLICT (lower(login)) DO UPDATE SET name = excluded.name RETURNING id`,
			s.Login, s.Name, strings.Join(names, ","), store.Instant(tx.Now())).Scan(&s.AgentID)
	})
	if err != nil {
		t.Fatalf("stafftest: %v", err)
	}
	return ctx
}

// Contexts gives the function Rights wants, over db.
func Contexts(t testing.TB, db *store.DB) func(...staff.Role) context.Context {
	return func(roles ...staff.Role) context.Context { return Session(t, db, roles...) }
}

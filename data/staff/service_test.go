package staff_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	marie = "marie.roux"
	pass  = "Brume-tenace-47"
	pass2 = "Lanterne_bleue+82"
	pass3 = "Girouette=rouille5"
)

var bg = context.Background()

// room is a service over a fresh database with one administrator.
type room struct {
	*testing.T
	db     *store.DB
	s      *staff.Service
	heads  *staff.MemoryHead
	phrase string
	clock  *storetest.Clock
}

func newRoom(t *testing.T, db *store.DB) room {
	t.Helper()
	r := room{T: t, db: db, heads: &staff.MemoryHead{}, clock: storetest.ClockOf(db)}
	r.s = staff.New(db, r.heads, staff.WithCost(stafftest.Fast), staff.WithLog(storetest.Quiet))
	t.Cleanup(func() { r.must(r.s.Close()) })
	return r
}

func open(t *testing.T, db *store.DB) room {
	t.Helper()
	r := newRoom(t, db)
	var err error
	r.phrase, err = r.s.Bootstrap(bg, " Marie.Roux ", "Marie Roux", pass)
	r.must(err)
	return r
}

func (r room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r room) signIn(login, password string) (*staff.Session, context.Context) {
	r.Helper()
	se, err := r.s.SignIn(bg, login, password)
	r.must(err)
	return se, staff.With(bg, se)
}

// refused wants a refusal of the kind whose sentence holds says.
func (r room) refused(err error, kind fault.Kind, says string) {
	r.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(fault.Sentence(err), says) {
		r.Errorf("got %v, want %v: …%s…", err, kind, says)
	}
}

func (r room) exec(query string, args ...any) {
	r.Helper()
	r.must(r.db.Write(bg, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

func (r room) each(fn func(n int) error, n int) {
	r.Helper()
	for i := range n {
		r.must(fn(i))
	}
}

func TestFirstAgent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		if has, err := r.s.HasAgents(bg); err != nil || has {
			t.Fatalf("an account by default: %v, %v", has, err)
		}
		_, err := r.s.SignIn(bg, "admin", "admin")
		r.refused(err, fault.Forbidden, "encore 9\u00a0essais")
		_, err = r.s.Bootstrap(bg, marie, "Marie Roux", "court")
		r.refused(err, fault.Invalid, "13 caractères")
		_, err = r.s.Bootstrap(bg, marie, "Marie Roux", pass, staff.Accueil)
		r.refused(err, fault.Invalid, "Administration")
		r.phrase, err = r.s.Bootstrap(bg, marie, "Marie Roux", pass)
		r.must(err)
		_, err = r.s.Bootstrap(bg, "deux", "Deux", pass)
		r.refused(err, fault.Conflict, "existe déjà")
		se, _ := r.signIn("MARIE.roux", pass)
		if se.Name != "Marie Roux" || len(se.Roles) != 5 || !se.Key.IsOpen() {
			t.Errorf("session %+v", se)
		}
		if phrase, err := vault.NormalPhrase(r.phrase); err != nil || phrase != r.phrase {
			t.Errorf("phrase %q", r.phrase)
		}
		// Nothing of what was typed, nor the phrase, is kept readable.
		for _, secret := range []string{pass, r.phrase, strings.ReplaceAll(r.phrase, "-", "")} {
			if p := db.Path(); p != "" {
				for _, suffix := range []string{"", "-wal"} {
					raw, err := os.ReadFile(p + suffix)
					if err == nil && strings.Contains(string(raw), secret) {
						t.Errorf("a secret is in clear in the file")
					}
				}
			}
		}
	})
}

func TestWaitsAndLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		for _, login := range []string{marie, "personne"} { // the same answers, existing or not
			for n := 1; n <= 10; n++ {
				_, err := r.s.SignIn(bg, login, "faux")
				switch {
				case n < 9:
					r.refused(err, fault.Forbidden, "Mot de passe refusé, encore "+string(rune('0'+10-n))+"\u00a0essais.")
				case n == 9:
					r.refused(err, fault.Forbidden, "encore 1\u00a0essai.")
				default:
					r.refused(err, fault.Forbidden, "bloqué jusqu’à 1")
				}
				if n >= 3 && n < 10 {
					_, err = r.s.SignIn(bg, login, pass) // right or wrong is not even looked at
					r.refused(err, fault.Forbidden, "attendez encore")
					r.clock.Add(30 * time.Second)
				}
			}
			_, err := r.s.SignIn(bg, login, pass)
			r.refused(err, fault.Forbidden, "bloqué jusqu’à")
			r.clock.Add(15*time.Minute - time.Second)
			_, err = r.s.SignIn(bg, login, pass)
			r.refused(err, fault.Forbidden, "bloqué jusqu’à")
			r.clock.Add(time.Second)
		}
		r.signIn(marie, pass)
		_, err := r.s.SignIn(bg, marie, "faux") // a success starts the count again
		r.refused(err, fault.Forbidden, "encore 9\u00a0essais")
		_, err = r.s.SignIn(bg, "personne", pass)
		r.refused(err, fault.Forbidden, "encore 9\u00a0essais")
	})
}

// The lock outlives the program, and a clock set wrong for a while locks nobody out for years.
func TestLockIsKeptAndWrongClock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		for _, login := range []string{marie, "personne"} {
			start := r.clock.Now()
			r.clock.Set(start.AddDate(10, 0, 0)) // ten years ahead
			for range 10 {
				_, err := r.s.SignIn(bg, login, "faux")
				r.refused(err, fault.Forbidden, "")
				r.clock.Add(30 * time.Second)
			}
			r.clock.Set(start)
			again := staff.New(db, r.heads, staff.WithCost(stafftest.Fast)) // another start of the program
			_, err := again.SignIn(bg, login, pass)
			r.refused(err, fault.Forbidden, "bloqué")
			r.clock.Add(10 * time.Minute)
			_, err = again.SignIn(bg, login, pass)
			r.refused(err, fault.Forbidden, "bloqué")
			r.clock.Add(5 * time.Minute)
			_, err = again.SignIn(bg, login, pass)
			if login == marie {
				r.must(err)
			} else {
				r.refused(err, fault.Forbidden, "encore 9\u00a0essais")
			}
			r.must(again.Close())
		}
	})
}

// A typed login is not kept: it may be a password in the wrong field.
func TestUnknownLoginIsNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		_, err := r.s.SignIn(bg, "Mon-Mot-de-passe-77!", "x")
		r.refused(err, fault.Forbidden, "encore 9")
		var hits int
		r.must(db.Read(bg, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT (SELECT count(*) FROM setting WHERE name LIKE '%77%' OR value LIKE '%77!%') + (SELECT count(*) FROM audit WHERE detail || agent || object LIKE '%77!%')`).Scan(&hits)
		}))
		if hits > 0 {
			t.Error("the typed text was kept")
		}
		// old counters are swept
		r.clock.Add(25 * time.Hour)
		_, err = r.s.SignIn(bg, "quelqu’un d’autre", "x")
		r.refused(err, fault.Forbidden, "encore 9")
		r.must(db.Read(bg, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM setting WHERE name LIKE 'sign_in:%'`).Scan(&hits)
		}))
		if hits != 1 {
			t.Errorf("%d counters kept", hits)
		}
	})
}

func TestAgents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		me, ctx := r.signIn(marie, pass)
		paul, err := r.s.CreateAgent(ctx, staff.NewAgent{Login: "paul", Name: "Paul Brun", Password: pass2, Roles: []staff.Role{staff.Cuisine, staff.Cuisine}})
		r.must(err)
		for name, bad := range map[string]staff.NewAgent{
			"déjà pris":   {Login: "PAUL", Name: "x", Password: pass2, Roles: staff.Roles},
			"sans espace": {Login: "paul brun", Name: "x", Password: pass2, Roles: staff.Roles},
			"1 à 80":      {Login: " ", Name: "x", Password: pass2, Roles: staff.Roles},
			"au moins un": {Login: "x", Name: "x", Password: pass2},
			"n’existe":    {Login: "x", Name: "x", Password: pass2, Roles: []staff.Role{"maire"}},
			"13":          {Login: "x", Name: "x", Password: "a", Roles: staff.Roles},
		} {
			if _, err := r.s.CreateAgent(ctx, bad); err == nil || !strings.Contains(fault.Sentence(err), name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		sealed, err := me.Key.Seal([]byte("PAI"), nil)
		r.must(err)
		se, pctx := r.signIn("paul", pass2)
		if got, err := se.Key.Open(sealed, nil); err != nil || string(got) != "PAI" {
			t.Errorf("Paul opens the same strong-room: %q, %v", got, err)
		}
		if err := r.s.SetRoles(pctx, paul, staff.Admin); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("Paul promoted himself: %v", err)
		}

		r.must(r.s.ChangePassword(pctx, pass2, pass3))
		_, err = r.s.SignIn(bg, "paul", pass2)
		r.refused(err, fault.Forbidden, "refusé")
		r.refused(r.s.ChangePassword(pctx, pass2, pass), fault.Forbidden, "refusé")
		r.refused(r.s.ChangePassword(pctx, pass3, "paul-paul-brun-1"), fault.Invalid, "deviner")
		se2, _ := r.signIn("paul", pass3)
		if _, err := se2.Key.Open(sealed, nil); err != nil {
			t.Error("after a change of password: ", err)
		}

		r.must(r.s.ResetPassword(ctx, paul, pass))
		if !se.Ended() || !se2.Ended() || se2.Key.IsOpen() {
			t.Error("the sessions of the former password go on")
		}
		se3, _ := r.signIn("paul", pass)
		if _, err := se3.Key.Open(sealed, nil); err != nil {
			t.Error("after a reset by the administrator: ", err)
		}

		r.must(r.s.Rename(ctx, paul, "pbrun", "Paul Brun-Roy"))
		r.refused(r.s.Rename(ctx, paul, marie, "x"), fault.Conflict, "déjà pris")
		r.must(r.s.SetActive(ctx, paul, false))
		_, err = r.s.SignIn(bg, "pbrun", pass)
		r.refused(err, fault.Forbidden, "désactivé")
		_, err = r.s.SignIn(bg, "pbrun", "faux")
		r.refused(err, fault.Forbidden, "encore 9")
		r.must(r.s.SetActive(ctx, paul, true))
		r.must(r.s.Release(ctx, paul))
		r.refused(r.s.SetActive(ctx, 4711, false), fault.NotFound, "n’existe pas")
		list, err := r.s.Agents(ctx)
		r.must(err)
		if len(list) != 2 || list[1].Login != "pbrun" || list[1].Name != "Paul Brun-Roy" || len(list[1].Roles) != 1 || !list[1].Active || list[1].Failures != 0 || list[1].LastSeenAt.IsZero() {
			t.Errorf("agents %+v", list)
		}
		r.must(db.Read(bg, staff.VerifyChain))
	})
}

func TestLastAdministratorStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		me, ctx := r.signIn(marie, pass)
		r.refused(r.s.SetActive(ctx, me.AgentID, false), fault.Conflict, "dernier agent")
		r.refused(r.s.SetRoles(ctx, me.AgentID, staff.Accueil), fault.Conflict, "dernier agent")
		other, err := r.s.CreateAgent(ctx, staff.NewAgent{Login: "b", Name: "Bea", Password: pass2, Roles: []staff.Role{staff.Admin}})
		r.must(err)
		// Two administrators throw each other out at the same moment: one stays.
		_, octx := r.signIn("b", pass2)
		done := make(chan error, 2)
		go func() { done <- r.s.SetActive(ctx, other, false) }()
		go func() { done <- r.s.SetActive(octx, me.AgentID, false) }()
		e1, e2 := <-done, <-done
		if e1 == nil && e2 == nil {
			t.Error("nobody can administrate any more")
		}
		var left int
		r.must(db.Read(bg, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM agent WHERE active = 1`).Scan(&left)
		}))
		if left != 1 {
			t.Errorf("%d active (%v, %v)", left, e1, e2)
		}
	})
}

func TestChangedRolesEndTheSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		_, ctx := r.signIn(marie, pass)
		paul, err := r.s.CreateAgent(ctx, staff.NewAgent{Login: "paul", Name: "Paul", Password: pass2, Roles: []staff.Role{staff.Sante}})
		r.must(err)
		se, pctx := r.signIn("paul", pass2)
		r.must(r.s.SetRoles(ctx, paul, staff.Cuisine))
		for range 200 {
			if se.Ended() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		r.refused(staff.Require(pctx, staff.Sante), fault.Forbidden, "ont changé")
		if se.Key.IsOpen() {
			t.Error("the key is still open")
		}
	})
}

// Guesses made at the same moment are counted one by one: only those before
// the wait begins are answered, and a right one that comes later is not.
func TestGuessesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		var wg sync.WaitGroup
		for range 24 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := r.s.SignIn(bg, marie, "faux"); !errors.Is(err, fault.ErrForbidden) {
					t.Errorf("a guess: %v", err)
				}
			}()
		}
		wg.Wait()
		var failures int
		r.must(db.Read(bg, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT failures FROM agent`).Scan(&failures)
		}))
		if failures != 3 { // the third begins the first wait; the clock stands still
			t.Errorf("%d guesses were answered", failures)
		}
		_, err := r.s.SignIn(bg, marie, pass)
		r.refused(err, fault.Forbidden, "attendez")
		// The guard away: with the kept counter wiped, guessing goes on for ever.
		for range 30 {
			r.exec(`UPDATE agent SET failures = 0, locked_until = ''`)
			_, err := r.s.SignIn(bg, marie, "faux")
			r.refused(err, fault.Forbidden, "encore 9")
		}
		r.exec(`UPDATE agent SET failures = 0, locked_until = ''`)
		r.signIn(marie, pass)
	})
}

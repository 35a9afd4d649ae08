package staff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

func TestRecover(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		me, ctx := r.signIn(marie, pass)
		sealed, err := me.Key.Seal([]byte("PAI"), nil)
		r.must(err)
		r.refused(r.s.Recover(bg, "ABCD", marie, pass2), fault.Invalid, "phrase de secours")
		r.refused(r.s.Recover(bg, vault.RecoveryPhrase(), marie, pass2), fault.Forbidden, "ne s’ouvre pas")
		r.refused(r.s.Recover(bg, r.phrase, "personne", pass2), fault.NotFound, "n’existe pas")
		r.refused(r.s.Recover(bg, r.phrase, marie, "court"), fault.Invalid, "13")
		r.each(func(int) error {
			r.clock.Add(time.Minute)
			_, err := r.s.SignIn(bg, marie, "x")
			r.refused(err, fault.Forbidden, "")
			return nil
		}, 10)
		r.must(r.s.Recover(bg, strings.ToLower(r.phrase), marie, pass2))
		se, _ := r.signIn(marie, pass2)
		if got, err := se.Key.Open(sealed, nil); err != nil || string(got) != "PAI" {
			t.Errorf("%q, %v", got, err)
		}
		_, err = r.s.RenewPhrase(ctx, "faux")
		r.refused(err, fault.Forbidden, "refusé")
		fresh, err := r.s.RenewPhrase(ctx, pass2)
		r.must(err)
		r.refused(r.s.Recover(bg, r.phrase, marie, pass3), fault.Forbidden, "ne s’ouvre pas")
		r.must(r.s.Recover(bg, fresh, marie, pass3))
	})
}

// Passwords made with other costs are made again at the next sign-in.
func TestRehashAtSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		costs := func() (out string) {
			r.must(db.Read(bg, func(tx *store.Tx) error {
				var a, b string
				err := tx.QueryRow(`SELECT password, kdf FROM agent, key_wrap WHERE holder = 'agent:' || id`).Scan(&a, &b)
				out = strings.Split(a, "$")[3] + " " + strings.Split(b, "$")[3]
				return err
			}))
			return out
		}
		if got := costs(); got != "m=64,t=1,p=1 m=64,t=1,p=1" {
			t.Fatal(got)
		}
		real := staff.New(db, r.heads) // what the program uses: no option
		defer func() { r.must(real.Close()) }()
		se, err := real.SignIn(bg, marie, pass)
		r.must(err)
		if got := costs(); got != "m=65536,t=2,p=1 m=65536,t=2,p=1" {
			t.Error(got)
		}
		again, err := real.SignIn(bg, marie, pass)
		r.must(err)
		if again.Key.ID() != se.Key.ID() {
			t.Error("another key after the rehash")
		}
	})
}

func TestIdleLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		for text, want := range map[string]time.Duration{"": 5 * time.Minute, "12": 12 * time.Minute, "0": 5 * time.Minute, "tôt": 5 * time.Minute, "61": 5 * time.Minute} {
			r.exec(`INSERT INTO setting (name, value) VALUES ('idle_minutes', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, text)
			if got, err := r.s.IdleAfter(bg); err != nil || got != want {
				t.Errorf("%q: %v, %v", text, got, err)
			}
		}
		se, ctx := r.signIn(marie, pass)
		sealed, err := se.Key.Seal([]byte("PAI"), nil)
		r.must(err)
		r.s.Lock(se)
		if _, err := se.Key.Open(sealed, nil); !errors.Is(err, fault.ErrForbidden) {
			t.Error("locked, and the strong-room opens")
		}
		_, err = r.s.Agents(ctx)
		r.refused(err, fault.Forbidden, "verrouillée")
		r.refused(r.s.Unlock(bg, se, "faux"), fault.Forbidden, "encore 9\u00a0essais")
		if !se.Locked() {
			t.Error("a wrong password unlocked")
		}
		r.must(r.s.Unlock(bg, se, pass))
		if got, err := se.Key.Open(sealed, nil); err != nil || string(got) != "PAI" {
			t.Errorf("%q, %v", got, err)
		}
		_, err = r.s.Agents(ctx)
		r.must(err)
		r.must(r.s.SignOut(ctx))
		_, err = r.s.Agents(ctx)
		r.refused(err, fault.Forbidden, "ouvrez de nouveau")
		r.refused(r.s.Unlock(bg, se, pass), fault.Forbidden, "ouvrez de nouveau")
	})
}

func TestDemo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		_, err := r.s.SignInDemo(bg)
		r.refused(err, fault.Forbidden, "n’est pas une démonstration")
		_, err = r.s.SetUpDemo(bg)
		r.refused(err, fault.Forbidden, "connecté")
		sys, err := r.s.SetUpDemo(staff.System(bg))
		r.must(err)
		sealed, err := staff.From(sys).Key.Seal([]byte("PAI"), nil)
		r.must(err)
		if is, err := r.s.IsDemo(bg); err != nil || !is {
			t.Error("not a demonstration", err)
		}
		again, err := r.s.SetUpDemo(staff.System(bg))
		r.must(err)
		if staff.From(again).Key.ID() != staff.From(sys).Key.ID() {
			t.Error("another key the second time")
		}
		se, err := r.s.SignInDemo(bg, staff.Cuisine, staff.Sante)
		r.must(err)
		if got, err := se.Key.Open(sealed, nil); err != nil || string(got) != "PAI" || !se.Demo || len(se.Roles) != 2 {
			t.Errorf("%q, %v, %+v", got, err, se)
		}
		all, err := r.s.SignInDemo(bg)
		r.must(err)
		if len(all.Roles) != 5 {
			t.Error(all.Roles)
		}
		r.s.Lock(se)
		r.must(r.s.Unlock(bg, se, ""))
		for _, p := range []string{"", pass} {
			_, err = r.s.SignIn(bg, "demo", p) // a demonstration's agent has no password at all
			r.refused(err, fault.Forbidden, "refusé")
		}
		r.refused(r.s.ChangePassword(staff.With(bg, all), "", pass), fault.Forbidden, "pas de mot de passe")
		_, err = r.s.Bootstrap(bg, marie, "Marie", pass)
		r.refused(err, fault.Conflict, "existe déjà")
		r.must(db.Read(bg, staff.VerifyChain))
	})
}

// A real database does not become a demonstration, not even with the setting forced.
func TestRealDatabaseIsNoDemo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := open(t, db)
		_, err := r.s.SetUpDemo(staff.System(bg))
		r.refused(err, fault.Conflict, "déjà des agents")
		r.exec(`INSERT INTO setting (name, value) VALUES ('demo', '1')`)
		_, err = r.s.SignInDemo(bg)
		r.refused(err, fault.NotFound, "coffre")
	})
}

package vault_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var quick = vault.Params{Memory: 64, Time: 1, Threads: 1}

func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func put(holder, secret string, k *vault.Key) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		w, err := vault.Make(holder, secret, k, quick)
		if err != nil {
			return err
		}
		return vault.Put(tx, w)
	}
}

func TestWrapUnwrap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := vault.NewKey()
		write(t, db, put(vault.AgentHolder(1), "un", k))
		write(t, db, put(vault.AgentHolder(2), "deux", k))
		write(t, db, func(tx *store.Tx) error { return vault.Wrap(tx, vault.Recovery, "phrase", k) }) // the real costs, once
		write(t, db, func(tx *store.Tx) error {
			for holder, secret := range map[string]string{"agent:1": "un", "agent:2": "deux", vault.Recovery: "phrase"} {
				got, err := vault.Unwrap(tx, holder, secret)
				if err != nil || got.ID() != k.ID() {
					t.Errorf("%s: %v", holder, err)
				}
				if _, err := vault.Unwrap(tx, holder, secret+"x"); !errors.Is(err, fault.ErrForbidden) {
					t.Errorf("%s with a wrong secret: %v", holder, err)
				}
			}
			_, err := vault.Unwrap(tx, "agent:3", "un")
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("no such holder: %v", err)
			}
			return nil
		})
		write(t, db, put(vault.AgentHolder(1), "neuf", k)) // re-wrapped: the former secret is out
		write(t, db, func(tx *store.Tx) error {
			if _, err := vault.Unwrap(tx, "agent:1", "un"); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("the former secret still opens: %v", err)
			}
			if w, err := vault.Get(tx, "agent:1"); err != nil || w.Weaker(quick) || !w.Weaker(vault.Strong) {
				t.Errorf("Weaker is wrong about %v (%v)", w.KDF, err)
			}
			if err := vault.Drop(tx, "agent:1"); err != nil {
				return err
			}
			if _, err := vault.Get(tx, "agent:1"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("dropped, and yet: %v", err)
			}
			return nil
		})
	})
}

func TestOneDatabaseOneKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, put(vault.Recovery, "phrase", vault.NewKey()))
		err := db.Write(context.Background(), put(vault.AgentHolder(1), "un", vault.NewKey()))
		if fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a second key was taken: %v", err)
		}
		// The guard away: without the kept ID the second key gets in.
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(`DELETE FROM setting WHERE name = 'data_key'`)
			return err
		})
		if err := db.Write(context.Background(), put(vault.AgentHolder(1), "un", vault.NewKey())); err != nil {
			t.Fatalf("planted: %v", err)
		}
	})
}

// A wrapping moved to another holder, or with other parameters, opens nothing.
func TestWrappingTiedToItsHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, put(vault.AgentHolder(1), "un", vault.NewKey()))
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO key_wrap (holder, kdf, wrapped) SELECT 'agent:2', kdf, wrapped FROM key_wrap`)
			if err != nil {
				return err
			}
			if _, err = vault.Unwrap(tx, "agent:2", "un"); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("moved: %v", err)
			}
			_, err = tx.Exec(`UPDATE key_wrap SET kdf = 'x' WHERE holder = 'agent:1'`)
			if err != nil {
				return err
			}
			if _, err = vault.Unwrap(tx, "agent:1", "un"); fault.KindOf(err) != fault.Conflict {
				t.Errorf("damaged parameters: %v", err)
			}
			return nil
		})
	})
}

// Nothing sealed, no secret and no key is found in the bytes of the database
// file or of its journal; a text written openly is (or the search is blind).
func TestNothingInClearInTheFile(t *testing.T) {
	db := storetest.OpenSQLite(t)
	k := vault.NewKey()
	const allergy, secret, witness = "allergie sévère à l’arachide", "Brume-tenace-47-du-matin", "ceci est écrit en clair"
	sealed, err := k.Seal([]byte(allergy), vault.AAD("child", "allergies", 1))
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, put(vault.AgentHolder(1), secret, k))
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO key_wrap (holder, kdf, wrapped) VALUES ($1, 'x', $2)`, witness, sealed)
		return err
	})
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(db.Path() + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	if !bytes.Contains(all, []byte(witness)) || !bytes.Contains(all, sealed) {
		t.Fatal("what was written is not found: the search is blind")
	}
	for _, hidden := range []string{allergy, "arachide", secret, "Brume-tenace"} {
		if bytes.Contains(all, []byte(hidden)) {
			t.Errorf("%q is in clear in the file", hidden)
		}
	}
	if vault.HoldsMaster(k, all) {
		t.Error("the data key itself is in the file")
	}
	if !vault.HoldsMaster(k, append(all, vault.Master(k)...)) {
		t.Error("planted: the search for the key is blind")
	}
}

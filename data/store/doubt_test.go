package store_test

import (
	"errors"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// atCommit makes PostgreSQL do something at the very moment of the commit.
func atCommit(t *testing.T, db *store.DB, what string) {
	t.Helper()
	err := store.RunScript(t.Context(), db, `
		CREATE SEQUENCE tries;
		CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $fn$ BEGIN `+what+` RETURN NULL; END $fn$;
		CREATE CONSTRAINT TRIGGER probe_at_commit AFTER INSERT ON probe
		DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();`)
	if err != nil {
		t.Fatal(err)
	}
}

// A connection that dies while the commit is under way: it is not known
// whether it holds, so it is not tried again, and the sentence says to look.
func TestCommitInDoubt(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	atCommit(t, db, `PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5);`)
	tries := 0
	events := make(chan store.Event, 10)
	defer db.Subscribe(func(e store.Event) { events <- e }, "probe")()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		tries++
		tx.Publish("probe", 1)
		_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('x')`)
		return err
	})
	refused(t, err, fault.Unavailable, "au moment d’enregistrer", "Vérifiez si")
	if tries != 1 || len(events) != 0 {
		t.Errorf("%d tries, %d events", tries, len(events))
	}
	if n := count(t, db, `SELECT count(*) FROM probe`); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// A serialization failure that only the commit tells is tried again.
func TestSerializationFailureAtCommit(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	atCommit(t, db, `IF nextval('tries') < 4 THEN RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'again'; END IF;`)
	tries := 0
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		tries++
		_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('x')`)
		return err
	})
	if err != nil || tries != 4 {
		t.Errorf("%d tries, %v", tries, err)
	}
	if n := count(t, db, `SELECT count(*) FROM probe`); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// One that never ends is given up, with a sentence.
func TestSerializationFailureForEver(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	atCommit(t, db, `RAISE EXCEPTION USING ERRCODE = '40P01', MESSAGE = 'again';`)
	tries := 0
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		tries++
		_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('x')`)
		return err
	})
	refused(t, err, fault.Conflict, "en même temps", "recommencez")
	if tries < 10 {
		t.Errorf("given up after %d tries", tries)
	}
	boom := errors.New("boom")
	tries = 0
	err = db.Write(t.Context(), func(*store.Tx) error { tries++; return boom })
	if tries != 1 || !errors.Is(err, boom) {
		t.Errorf("a refusal of our own was tried %d times: %v", tries, err)
	}
}

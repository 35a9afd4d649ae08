package main

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"ardoise/data/store/storetest"
)

// TestRestoreOverWhatDoesNotOpen: of a server's base that this program cannot open no
// copy can be made, so it is replaced only where one says so; the date alone, or a
// long sleep, takes no right away and no copy either.
func TestRestoreOverWhatDoesNotOpen(t *testing.T) {
	url := storetest.PostgresURL(t)
	c, phrase := realTown(t, url)
	c.env["ARDOISE_PHRASE"], c.env["ARDOISE_NEW_PASSWORD"] = phrase, password
	c.ok("admin", "agents", "add", "ksimon", "--name", "Karim Simon", "--roles", "accueil")
	var made copyJSON
	c.json(&made, "backup", t.TempDir())

	realClock = true
	defer func() { realClock = false }()
	c.now = c.now.AddDate(3, 0, 0)
	c.user = "ksimon"
	if r := c.run("restore", made.File, "--phrase"); r.code != exitRefused || !strings.Contains(plain(r.err), "rôle") {
		t.Errorf("an agent of the desk replaced a base that slept: %d %s%s", r.code, r.out, r.err)
	}
	c.user, realClock, c.now = "", false, c.now.Add(time.Hour)

	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c.refused(exitEnvironment, "ne s’ouvre pas", "restore", made.File, "--phrase")
	c.ok("restore", made.File, "--phrase", "--dry-run")
	if said := c.ok("restore", made.File, "--phrase", "--no-backup"); !strings.Contains(plain(said), "rien n’a été gardé") {
		t.Error(said)
	}
	c.user = "nperret"
	c.ok("verify")
}

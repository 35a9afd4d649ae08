package main

import (
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// onServer prepares a base as an administrator of a server does it, by the
// commands of the help, and gives the address of a workstation's account.
func onServer(t *testing.T) (owner, workstation string) {
	t.Helper()
	url := storetest.EmptyPostgresURL(t)
	storetest.Admin(t, `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'proprietaire') THEN CREATE ROLE proprietaire LOGIN CREATEROLE; END IF; END $$`)
	storetest.Admin(t, "ALTER DATABASE "+storetest.NameOf(url)+" OWNER TO proprietaire")
	owner = storetest.As(url, "proprietaire")
	c := newCtl(t, owner)
	if said := c.ok("server", "migrate"); !strings.Contains(said, "server grant") && !strings.Contains(said, "redonnés") {
		t.Error("not said what comes next:", said)
	}
	if said := c.ok("server", "grant"); !strings.Contains(said, "ardoise_cuisine") || !strings.Contains(said, "IN ROLE ardoise_app") {
		t.Error(said)
	}
	storetest.Admin(t, `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'accueil_2') THEN CREATE ROLE accueil_2 LOGIN IN ROLE ardoise_app; END IF; END $$`)
	return owner, storetest.As(url, "accueil_2")
}

// TestAsAWorkstation runs the whole days of the other tests with an account that
// has the rights of a workstation and none more.
func TestAsAWorkstation(t *testing.T) {
	for name, day := range map[string]func(*testing.T, *ctl){"desk": deskDay, "month": monthsEnd, "post": postDay} {
		t.Run(name, func(t *testing.T) {
			owner, workstation := onServer(t)
			c := newCtl(t, workstation)
			c.owner = owner
			day(t, c)
			c.ok("verify")
			if name == "desk" {
				if said := c.ok("backup", t.TempDir()); !strings.Contains(said, "Sauvegarde faite") {
					t.Error(said)
				}
				c.refused(exitUsage, "--reason", "admin", "accept")
			}
			c.refused(exitRefused, "n’est pas propriétaire", "server", "grant")
			c.db = owner
			if said := c.ok("server", "check"); !strings.Contains(said, "juste") {
				t.Error(said)
			}
		})
	}
}

func TestServerCommands(t *testing.T) {
	owner, workstation := onServer(t)
	c := newCtl(t, owner)
	script := c.ok("server", "grant", "--sql")
	if !strings.HasPrefix(script, "BEGIN;\n") || !strings.Contains(script, "REVOKE ALL ON DATABASE") || strings.Contains(script, "health (") {
		t.Error(script)
	}
	var state struct {
		OK    bool           `json:"ok"`
		Roles []standingJSON `json:"roles"`
	}
	c.json(&state, "server", "check")
	if !state.OK || len(state.Roles) != 5 || len(state.Roles[0].Members) != 1 {
		t.Errorf("%+v", state)
	}
	db, err := store.Open(t.Context(), owner, store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Exec(`GRANT SELECT (password) ON agent TO ardoise_lecture`); err != nil {
			return err
		}
		// Something to lose: an empty base is made whole without a copy.
		if _, err := tx.Exec(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel')`); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM goose_db_version WHERE version_id = $1`, store.LatestVersion()) // as if this program were newer
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c.db = workstation
	c.refused(exitEnvironment, "un administrateur du serveur doit lancer « ardoisectl server migrate »", "verify")
	c.db = owner
	c.refused(exitEnvironment, "aucun dossier de sauvegarde", "server", "migrate")
	c.db = filepath.Join(t.TempDir(), "x.db")
	c.refused(exitRefused, "est un fichier", "server", "check")
	c.refused(exitUsage, "n’est pas une commande", "server", "grante")
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/store/storetest"
)

// TestImportNoethys takes over the example canteen that Noethys ships, by
// command: a dry run, the take-over, the same again, then what is refused.
func TestImportNoethys(t *testing.T) {
	file := filepath.Join(sharedFolder(t), "data", "noethys", "EXEMPLE_cantine_DATA.dat")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("skipped: the example of Noethys is not here: %v", err)
	}
	c := newCtl(t, filepath.Join(t.TempDir(), "ville.db"))
	c.now = time.Date(2016, 12, 14, 9, 0, 0, 0, calendar.Paris)
	c.ok("demo", "create", "--families", "0")
	take := []string{"import", "noethys", file, "--service", canteen}

	var out noethysJSON
	c.json(&out, append(take, "--dry-run")...)
	if !out.DryRun || out.Families != 19 || out.Children != 24 || out.Created != 24 || len(out.Refused) != 0 || out.Version != "1.2.4.3" {
		t.Fatalf("dry run: %+v", out)
	}
	var found []familyJSON
	if c.json(&found, "families", "search", "autret"); len(found) != 0 {
		t.Error("a dry run wrote")
	}
	if text := c.ok(append(take, "--dry-run", "--lines")...); !strings.Contains(text, "Rien n’a été écrit") || !strings.Contains(text, "Kévin Autret") || !strings.Contains(text, "La famille doit 1\u202f337,50\u00a0€ dans Noethys") {
		t.Errorf("said:\n%s", text)
	}
	if text := c.ok(take...); !strings.Contains(text, "Reprise enregistrée.") || !strings.Contains(text, "7 repas à venir de Kévin Autret") {
		t.Errorf("said:\n%s", text)
	}
	if c.json(&found, "families", "search", "autret"); len(found) != 1 || len(found[0].Children) != 1 {
		t.Errorf("%+v", found)
	}
	c.json(&out, take...)
	if out.Created+out.Updated != 0 || out.Unchanged != 24 || out.Taken != 0 || len(out.Balances) != 4 || len(out.Bookings) != 16 || len(out.Requests) != 3 || out.Requests[0].Action != "already" {
		t.Errorf("again: %+v", out)
	}
	if text := c.ok(take...); !strings.Contains(text, "Rien à changer.") {
		t.Errorf("said:\n%s", text)
	}
	if r := c.run("verify"); r.code != exitDone {
		t.Errorf("verify: %s%s", r.out, r.err)
	}
	c.refused(exitRefused, "est une base d’Ardoise, pas un fichier de Noethys", "import", "noethys", c.db)
	c.refused(exitRefused, "n’existe pas", "import", "noethys", "absent.dat")
	c.refused(exitUsage, "il manque le fichier", "import", "noethys")
	c.refused(exitRefused, "n’est pas au catalogue", "import", "noethys", file, "--service", "magie")

	c.now = storetest.Start // ten years later nobody of the example is a child any more
	c.json(&out, append(take, "--dry-run")...)
	if out.Created != 0 || len(out.Refused) == 0 {
		t.Errorf("ten years later: %+v", out)
	}
}

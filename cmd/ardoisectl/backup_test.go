package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/store/storetest"
)

// realTown is a base with an administrator, whose phrase is given, and families.
func realTown(t *testing.T, db string) (c *ctl, phrase string) {
	t.Helper()
	c = newCtl(t, db)
	c.env["ARDOISE_PASSWORD"] = password
	var made struct{ Phrase string }
	c.json(&made, "admin", "create", "nperret", "--name", "Nadia Perret")
	c.user = "nperret"
	return c, made.Phrase
}

// The whole life of a copy by the command, on both engines: settings, daily,
// list, check, what a restore would change, the restore by phrase and password.
func TestBackupByCommand(t *testing.T) {
	for engine, base := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "mairie.db") },
		"postgres": func() string { return storetest.PostgresURL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			c, phrase := realTown(t, base())
			here, usb := filepath.Join(t.TempDir(), "copies"), filepath.Join(t.TempDir(), "cle")
			if err := os.MkdirAll(usb, 0o700); err != nil {
				t.Fatal(err)
			}
			c.refused(exitEnvironment, "n’est pas là", "backup", "settings", "--second", "/nulle/part")
			var set backupSettingsJSON
			c.json(&set, "backup", "settings", "--here", here, "--second", usb, "--hour", "18", "--keep-days", "10", "--machine", "ici")
			if set.Here != here || set.Second != usb || set.Hour != 18 || set.Days != 10 || set.Weeks != 5 || set.Machine == "ici" || set.Machine == "" {
				t.Errorf("%+v", set)
			}
			c.user = "" // a scheduler
			type madeJSON struct {
				Done   bool
				Copies []copyJSON
				Second string
			}
			var made madeJSON
			c.json(&made, "backup", "--daily")
			if !made.Done || len(made.Copies) != 2 || !made.Copies[0].Sealed || made.Copies[0].Cause != "daily" || made.Copies[1].Place != "second" || made.Copies[0].SHA256 != made.Copies[1].SHA256 {
				t.Fatalf("%+v", made)
			}
			var again madeJSON
			c.json(&again, "backup", "--daily")
			if again.Done || len(again.Copies) != 0 {
				t.Errorf("%+v", again)
			}
			file := made.Copies[0].File
			if raw, err := os.ReadFile(file); err != nil || bytes.Contains(raw, []byte("SQLite format")) || bytes.Contains(raw, []byte("PGDMP")) {
				t.Error("not sealed", err)
			}
			var list []copyJSON
			c.json(&list, "backup", "list")
			if len(list) != 2 {
				t.Errorf("%+v", list)
			}
			var checked struct{ Known, Whole, Sealed bool }
			c.json(&checked, "backup", "check", file)
			if !checked.Known || checked.Whole || !checked.Sealed {
				t.Errorf("%+v", checked)
			}
			c.env["ARDOISE_PHRASE"] = phrase
			c.json(&checked, "backup", "check", file, "--phrase")
			if !checked.Whole {
				t.Errorf("%+v", checked)
			}

			c.now = c.now.Add(time.Hour)
			c.user = "nperret"
			c.env["ARDOISE_NEW_PASSWORD"] = other
			c.ok("admin", "agents", "add", "ksimon", "--name", "Karim Simon", "--roles", "accueil")
			var view previewJSON
			c.json(&view, "restore", file, "--dry-run")
			if view.Lost != 1 || view.Kinds[0].Kind != "agent" || view.Before == nil || !view.Known || view.Apart || !strings.Contains(view.Last[0].Detail, "Karim") {
				t.Errorf("%+v", view)
			}
			if out := c.ok("restore", file, "--dry-run"); !strings.Contains(plain(out), "Serait perdu : 1") {
				t.Error(out)
			}
			c.user = ""
			c.env["ARDOISE_PHRASE"] = "0000-0000-0000-0000-0000-0000-0000"
			c.refused(exitRefused, "phrase de secours", "restore", file, "--phrase")
			c.env["ARDOISE_PHRASE"] = phrase
			var done struct{ Noted bool }
			c.json(&done, "restore", file, "--phrase")
			if !done.Noted {
				t.Error("not in the trail")
			}
			c.user = "nperret"
			var agents []struct{ Login string }
			c.json(&agents, "admin", "agents", "list")
			if len(agents) != 1 {
				t.Errorf("%+v came back", agents)
			}
			c.ok("verify")

			// the stick is not there: told, and the command fails for its scheduler
			c.user = ""
			c.now = c.now.Add(24 * time.Hour)
			c.user = "nperret"
			c.json(&set, "backup", "settings", "--second", usb)
			c.user = ""
			if err := os.RemoveAll(usb); err != nil {
				t.Fatal(err)
			}
			if r := c.run("backup", "--daily"); r.code != exitEnvironment || !strings.Contains(plain(r.out), "n’est pas là") {
				t.Errorf("%d: %s%s", r.code, r.out, r.err)
			}
		})
	}
}

// An import begins with a copy; one that fails stops it, unless one says so.
func TestImportBeginsWithACopy(t *testing.T) {
	w := newTown(t)
	w.rich()
	here := filepath.Join(filepath.Dir(w.db), "sauvegardes")
	row := func(name string) string {
		return write(t, name+".csv", "Nom responsable;Prénom responsable;Adresse;CP;Commune;Nom enfant;Prénom enfant;Date de naissance\n"+name+";Anne;1 rue du Four;01390;Saint-Marcel;"+name+";Léo;12/03/2019\n")
	}
	args := []string{"import", "families", row("ZUBER"), "--school", "École de Saint-Marcel"}
	if r := w.run(append(args, "--dry-run")...); r.code != exitDone {
		t.Skipf("the sheet is not understood here: %s", r.err)
	}
	if list, err := filepath.Glob(filepath.Join(here, "*")); err != nil || len(list) != 0 {
		t.Errorf("a plan was preceded by a copy: %v %v", list, err)
	}
	w.ok(args...)
	list, err := filepath.Glob(filepath.Join(here, "*.ardoise"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if err := os.RemoveAll(here); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(here, nil, 0o600); err != nil { // a file where the folder goes
		t.Fatal(err)
	}
	args[2] = row("ZWINGLI")
	if r := w.run(args...); r.code != exitEnvironment || !strings.Contains(plain(r.err), "import n’a pas commencé") {
		t.Errorf("%d: %s%s", r.code, r.out, r.err)
	}
	w.ok(append(args, "--no-backup")...)
	var found []any
	w.json(&found, "families", "search", "ZWINGLI")
	if len(found) != 1 {
		t.Errorf("%v", found)
	}
}

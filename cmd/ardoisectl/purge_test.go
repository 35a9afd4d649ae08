package main

import (
	"archive/zip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
)

// TestRightsOfFamilies goes through what a family may ask, by the command: everything
// in one file, a correction, a file held back, the purge, a file made nameless.
func TestRightsOfFamilies(t *testing.T) {
	w := newTown(t)
	w.rich()
	id := number10(w.garance)
	out := filepath.Join(t.TempDir(), "dossier.zip")
	if said := w.ok("families", "export", id, "--out", out); !strings.Contains(said, "pas chiffré") {
		t.Error(said)
	}
	z, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, f := range z.File {
		names += f.Name + " "
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"droit-d-acces.pdf", "donnees.json", "MANIFESTE.txt"} {
		if !strings.Contains(names, want) {
			t.Errorf("%s is not in %s", want, names)
		}
	}

	w.refused(exitUsage, "asked-by", "families", "correct", id, "--set", "city=Baneins")
	w.refused(exitUsage, "CHAMP=VALEUR", "families", "correct", id, "--asked-by", "Mme Garance", "--set", "ville=Baneins")
	w.refused(exitRefused, "cinq chiffres", "families", "correct", id, "--asked-by", "Mme Garance", "--set", "postal=13")
	w.refused(exitRefused, "comment", "families", "correct", id, "--asked-by", "Mme Garance", "--how", "", "--set", "city=Baneins")
	if said := w.ok("families", "show", id); strings.Contains(said, "Baneins") {
		t.Fatalf("a refused demand changed the file:\n%s", said)
	}
	if said := w.ok("families", "correct", id, "--asked-by", "Mme Garance", "--how", "courrier", "--set", "city=Baneins", "--set", "first1=Elisa"); !strings.Contains(said, "Baneins") || !strings.Contains(said, "Elisa") {
		t.Error(said)
	}
	if said := w.ok("families", "correct-child", number10(w.ysoline), "--asked-by", "M. Obrecht", "--set", "usage=Petit"); !strings.Contains(said, "Petit") {
		t.Error(said)
	}

	var periods map[string]int
	w.json(&periods, "settings", "retention")
	if periods["mandates"] != 13 || len(periods) != 9 {
		t.Errorf("%v", periods)
	}
	w.refused(exitRefused, "contester", "settings", "retention", "--mandates", "6")
	w.json(&periods, "settings", "retention", "--requests", "24")
	if periods["requests"] != 24 {
		t.Errorf("%v", periods)
	}

	w.refused(exitRefused, "Porte-monnaie à solder", "families", "anonymise", id)
	other := number10(w.obrecht)
	w.ok("families", "hold", other, "--reason", "recours")
	w.refused(exitRefused, "ne pas purger", "families", "anonymise", other)
	w.now = time.Date(2029, 12, 7, 9, 0, 0, 0, calendar.Paris)
	before := dump(t, w.db)
	var p purgeJSON
	w.json(&p, "purge", "--dry-run")
	if p.Done || p.Count == 0 || dump(t, w.db) != before {
		t.Errorf("%+v", p)
	}
	held := ""
	for _, r := range p.Rules {
		for _, k := range r.Kept {
			if k.Family == w.obrecht {
				held = k.Why
			}
		}
	}
	if !strings.Contains(held, "recours") {
		t.Errorf("%+v", p.Rules)
	}
	w.json(&p, "purge")
	if !p.Done {
		t.Errorf("%+v", p)
	}
	if said := w.ok("purge"); !strings.Contains(said, "Rien n’est à purger") {
		t.Error(said)
	}
	w.ok("families", "hold", other, "--lift")
	if said := w.ok("families", "anonymise", other, "--dry-run"); !strings.Contains(said, "Rien n’a été modifié") {
		t.Error(said)
	}
	w.ok("families", "anonymise", other)
	if said := w.ok("families", "show", other); strings.Contains(strings.ToLower(said), "obrecht") {
		t.Error(said)
	}
	w.refused(exitRefused, "déjà anonymisée", "families", "anonymise", other)
	w.clean()
}

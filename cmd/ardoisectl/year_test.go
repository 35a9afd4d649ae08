package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
)

// TestYear takes a town through its summer by command alone.
func TestYear(t *testing.T) {
	w := newTown(t)
	w.rich()
	next := func(at string) {
		t.Helper()
		var err error
		if w.now, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
	}
	w.refused(exitRefused, "1ᵉʳ mai 2027", "year", "open")
	next("2027-05-20T09:00:00+02:00")
	var plan yearJSON
	w.json(&plan, "year", "plan")
	if plan.Year != "2027-2028" || plan.Opened != "" || plan.Children != 3 || len(plan.Steps) != 5 || len(plan.Checks) < 3 {
		t.Fatalf("%+v", plan)
	}
	if w.json(&plan, "year", "open", "--dry-run"); plan.Opened != "" {
		t.Error("a dry run opened the year")
	}
	w.refused(exitRefused, "n’est pas ouverte", "year", "classes")
	w.refused(exitUsage, "ANCIEN=NOUVEAU", "year", "classes", "--school", "École de Saint-Marcel", "--name", "x")
	w.refused(exitUsage, "--school", "year", "classes", "--move", "1=x")
	w.refused(exitRefused, "n’est pas une année scolaire", "year", "plan", "--year", "2027")
	if w.json(&plan, "year", "open"); plan.Opened == "" || plan.TurnOn != calendar.MustISO("2027-08-01") {
		t.Errorf("%+v", plan)
	}
	if out := w.ok("year", "plan"); !strings.Contains(out, "Faire monter les classes") || !strings.Contains(out, "Vacances scolaires") {
		t.Error(out)
	}
	var classes yearClassesJSON
	w.json(&classes, "year", "classes", "--dry-run")
	if classes.Staying+classes.Leaving+classes.Unplaced != 3 || classes.New == 0 || len(classes.Children) != 3 {
		t.Fatalf("%+v", classes)
	}
	// Anselme leaves, by hand; whoever is not placed goes to a class of its own.
	args := []string{"year", "classes", "--school", "École de Saint-Marcel", "--move", number10(w.anselme) + "="}
	for _, k := range classes.Children {
		if k.Fate == "unplaced" && k.ID != w.anselme {
			args = append(args, "--name", "Nouvelle=Nouvelle", "--move", number10(k.ID)+"=Nouvelle")
		}
	}
	w.json(&classes, args...)
	if classes.Leaving < 1 || classes.Unplaced != 0 {
		t.Fatalf("%+v", classes)
	}
	if out := w.ok("year", "classes", "--dry-run", "--lines"); !strings.Contains(out, "sortant") || !strings.Contains(out, "dimanche 1ᵉʳ août 2027") {
		t.Error(out)
	}
	pupils, guardians := write(t, "eleves.csv", dayPupils), write(t, "responsables.csv", dayGuardians)
	var compared yearCompareJSON
	w.json(&compared, "year", "compare", "--school", "École de Saint-Marcel", "--pupils", pupils, "--guardians", guardians)
	if n := compared.Counts["returns"]; n < 1 || len(compared.Lines) != 3 {
		t.Errorf("%+v", compared)
	}
	w.ok("year", "compare", "--school", "École de Saint-Marcel", "--pupils", pupils, "--guardians", guardians)
	w.refused(exitRefused, "montent le", "year", "turn")

	letters := filepath.Join(t.TempDir(), "lettres.pdf")
	var asked yearRequestsJSON
	if w.json(&asked, "year", "requests", "--dry-run"); asked.New != 1 || asked.Letters+asked.ByPost != 1 || len(asked.LeftOut) != 1 || asked.LeftOut[0].Why != "sortant" {
		t.Fatalf("%+v", asked)
	}
	w.json(&asked, "year", "requests", "--reply-by", "2027-06-18")
	if w.json(&asked, "year", "requests"); asked.New != 0 || asked.Letters != 0 || asked.There != 1 {
		t.Errorf("a second time: %+v", asked)
	}
	if asked.ByPost > 0 {
		w.ok("year", "requests", "--letters", letters)
		if body, err := os.ReadFile(letters); err != nil || !strings.HasPrefix(string(body), "%PDF") {
			t.Error(err)
		}
	} else {
		w.refused(exitRefused, "Aucune lettre", "year", "requests", "--letters", letters)
	}
	if out := w.ok("year", "requests", "--lines"); !strings.Contains(out, "Brouillon") || !strings.Contains(out, "non redemandé") {
		t.Error(out)
	}

	next("2027-08-02T09:00:00+02:00")
	var turned struct{ Moved, Left int64 }
	if w.json(&turned, "year", "turn"); turned.Moved != int64(classes.Staying) || turned.Left != int64(classes.Leaving) {
		t.Errorf("%+v, %+v", turned, classes)
	}
	if w.json(&turned, "year", "turn"); turned.Moved+turned.Left != 0 {
		t.Error("turned twice")
	}
	w.refused(exitRefused, "déjà montés", "year", "classes", "--undo")
	book := filepath.Join(t.TempDir(), "sortants.xlsx")
	var leavers yearLeaversJSON
	w.json(&leavers, "year", "leavers", "--out", book, "--cancel", "--archive")
	if len(leavers.Families) < 1 || leavers.File != book {
		t.Fatalf("%+v", leavers)
	}
	if body, err := os.ReadFile(book); err != nil || !strings.HasPrefix(string(body), "PK") {
		t.Error(err)
	}
	w.json(&leavers, "year", "leavers", "--left", number10(w.ysoline), "--on", "2027-07-31")
	if leavers.Left != 1 || len(leavers.Families) < 1 || leavers.Families[0].Refund != 5000 {
		t.Errorf("%+v", leavers)
	}
	if out := w.ok("year", "leavers", "--dry-run", "--archive"); !strings.Contains(out, "rembourser 50,00") || !strings.Contains(out, "Rien n’a été écrit") {
		t.Error(out)
	}
	w.ok("wallet", "refund", number10(w.garance), "--means", "transfer", "--reason", "Départ")
	if w.json(&leavers, "year", "leavers", "--archive"); leavers.Archived < 1 {
		t.Errorf("%+v", leavers)
	}
	w.clean()
}

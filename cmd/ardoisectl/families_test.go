package main

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
)

// TestMerge brings two families together: shown first, then done, once.
func TestMerge(t *testing.T) {
	w := newTown(t)
	w.rich()
	a, b := number10(w.obrecht), number10(w.garance)
	before := dump(t, w.db)
	plan := w.ok("families", "merge", a, b, "--dry-run")
	if !strings.Contains(plan, "Ysoline") || dump(t, w.db) != before {
		t.Error("the plan of a merge:", plan)
	}
	w.ok("families", "merge", a, b)
	var f struct {
		Balance  int
		Children []childJSON
		State    string
	}
	w.json(&f, "families", "show", a)
	if f.Balance != 50_00 || len(f.Children) != 3 {
		t.Errorf("after the merge: %+v", f)
	}
	w.json(&f, "families", "show", b)
	if f.State != "merged" || f.Balance != 0 {
		t.Errorf("the family that was merged: %+v", f)
	}
	w.refused(exitRefused, "a déjà été fusionnée", "families", "merge", a, b)
	w.clean()
}

// TestJustifiedAbsence: a strike gives the meal back after the cut-off, an
// illness after its unpaid day, and only with a certificate in time.
func TestJustifiedAbsence(t *testing.T) {
	w := newTown(t)
	w.rich()
	child := number10(w.ysoline)
	var out basketJSON
	w.json(&out, "book", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07,2026-12-08,2026-12-10")
	price := out.Total / 3
	w.now = time.Date(2026, 12, 7, 9, 0, 0, 0, calendar.Paris)
	cancel := []string{"cancel", "--child", child, "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates"}
	w.refused(exitRefused, "n’est pas un motif", append(cancel, "2026-12-10", "--justify", "flemme")...)
	w.json(&out, append(cancel, "2026-12-10", "--justify", "strike")...)
	if out.Total != price {
		t.Errorf("strike: %+v", out)
	}
	w.json(&out, append(cancel, "2026-12-07,2026-12-08", "--justify", "illness", "--note", "certificat du 7")...)
	if out.Total != price || !strings.Contains(out.Lines[0].Reason, "carence") {
		t.Errorf("illness, one unpaid day: %+v", out)
	}
	w.clean()
}

func TestOutboxBody(t *testing.T) {
	w := newTown(t)
	if out := w.ok("mail", "outbox", "--body"); !strings.Contains(out, "elise.garance@example.org") || !strings.Contains(out, "Bonjour") || !strings.Contains(out, "retenu") {
		t.Error(out)
	}
}

package main

import (
	"strings"
	"testing"
)

// TestATownWithoutATextEditor makes a canteen with commands alone, then changes
// it: each step is shown before it is done.
func TestATownWithoutATextEditor(t *testing.T) {
	c := newTown(t)
	var place placeJSON
	c.json(&place, "catalog", "commune", "add", "Rochefond", "--insee", "01998", "--postal", "01480")
	c.refused(exitRefused, "n’est pas un code INSEE", "catalog", "commune", "add", "X", "--insee", "1998")
	c.refused(exitUsage, "--insee", "catalog", "commune", "add", "X")
	c.ok("catalog", "school", "add", "École des Étangs bleus", "--commune", "Rochefond")
	c.ok("catalog", "school", "add", "Les Roseaux", "--commune", "01998")
	c.json(&place, "catalog", "class", "add", "CE1/CE2 Mme Rey", "--school", "ecole des etangs bleus")
	class := number10(place.ID)
	preset := []string{"catalog", "preset", "--commune", "rochefond", "--zone", "A", "--price", "4,20"}
	var sum summaryJSON
	c.json(&sum, append(preset, "--dry-run")...)
	if !sum.DryRun || sum.Created != 2 || sum.ID != 0 || len(sum.Notices) != 0 || strings.Contains(c.ok("catalog", "show"), "Service cantine, Rochefond") {
		t.Errorf("%+v", sum)
	}
	c.json(&sum, preset...)
	if sum.ID == 0 || sum.Created != 2 || sum.DryRun {
		t.Errorf("%+v", sum)
	}
	c.refused(exitRefused, "existe déjà", preset...)
	c.refused(exitUsage, "--price", "catalog", "preset", "--commune", "Rochefond", "--zone", "A")
	set := []string{"catalog", "service", "cantine-rochefond", "--set", "capacity=120", "--set", "cancel=J-0 08:30 ; lundi = vendredi 10:00 semaine-1"}
	if out := plain(c.ok(append(set, "--dry-run")...)); !strings.Contains(out, "places par jour, 120 au lieu de sans limite") || !strings.Contains(out, "annuler, le jour même à 8 h 30 ; lundi : le vendredi de la semaine précédente à 10 h 00 au lieu de la veille") ||
		!strings.Contains(out, "Rien n’a été écrit") || strings.Contains(c.ok("catalog", "show"), "capacity = 120") {
		t.Error(out)
	}
	c.ok(set...)
	if out := c.ok("catalog", "show"); !strings.Contains(out, "capacity = 120") || !strings.Contains(out, `lundi = "vendredi 10:00 semaine-1"`) {
		t.Error(out)
	}
	c.ok("catalog", "service", "cantine-rochefond", "--set", "capacity=")
	c.refused(exitRefused, "« capacity » : « beaucoup » n’est pas permis. Attendu", "catalog", "service", "cantine-rochefond", "--set", "capacity=beaucoup")
	c.refused(exitRefused, "un nombre entier de 0 à 2", "catalog", "service", "cantine-rochefond", "--set", "waiting_days=3")
	c.refused(exitRefused, "Valeurs permises : wallet, card", "catalog", "service", "cantine-rochefond", "--set", "pay=porte-monnaie")
	c.refused(exitRefused, "Valeurs permises : A, B, C", "catalog", "service", "cantine-rochefond", "--set", "zone=Q")
	c.refused(exitRefused, "Champs possibles : active, book", "catalog", "service", "cantine-rochefond", "--set", "colour=red")
	c.refused(exitUsage, "CHAMP=VALEUR", "catalog", "service", "cantine-rochefond", "--set", "capacity")
	c.refused(exitUsage, "--set", "catalog", "service", "cantine-rochefond")
	c.ok("catalog", "school", "rename", "Les Roseaux", "Les Joncs")
	c.ok("catalog", "commune", "rename", "Rochefond", "Rochefond-en-Dombes")
	c.ok("catalog", "class", "rename", class, "CE2 M. Roy")
	c.refused(exitRefused, "sert encore (1 classe, 1 service)", "catalog", "school", "remove", "École des Étangs bleus")
	c.refused(exitRefused, "n’est pas au catalogue", "catalog", "school", "remove", "Poudlard")
	c.ok("catalog", "class", "remove", "ce2 m roy")
	file := write(t, "c.toml", c.ok("catalog", "show"))
	c.json(&sum, "catalog", "load", file, "--dry-run")
	if !sum.DryRun || sum.Created+sum.Updated+sum.Removed != 0 || sum.Unchanged == 0 {
		t.Errorf("%+v", sum)
	}
	text := strings.Replace(c.ok("catalog", "show"), `meal = "4,20"`, `meal = "4,30"`, 1)
	if out := plain(c.ok("catalog", "load", write(t, "d.toml", text), "--dry-run")); !strings.Contains(out, "repas, 4,30 € au lieu de 4,20 €") || strings.Contains(c.ok("catalog", "show"), `"4,30"`) {
		t.Error(out)
	}
}

// TestCalendarsArePlanned: an import says what it would change, and only that.
func TestCalendarsArePlanned(t *testing.T) {
	w := newTown(t)
	w.rich()
	event := func(title, first, back string) string {
		return "BEGIN:VEVENT\r\nSUMMARY:" + title + "\r\nDTSTART;VALUE=DATE:" + first + "\r\nDTEND;VALUE=DATE:" + back + "\r\nEND:VEVENT\r\n"
	}
	holidays := write(t, "v.ics", "BEGIN:VCALENDAR\r\n"+event("Vacances de Noël", "20271218", "20280103")+"END:VCALENDAR\r\n")
	w.keys("holidays zone added changed unchanged lines lines[].verdict lines[].year lines[].zone lines[].name lines[].first lines[].last missing notices dry_run", "import", "calendar", holidays, "--zone", "A", "--dry-run")
	if out := plain(w.ok("import", "calendar", holidays, "--dry-run")); !strings.Contains(out, "ajout : vacances de Noël, zone A, du 18 déc. 2027 au 2 janv. 2028") || !strings.Contains(out, "2027-2028 de la zone A ne sont pas connues") || !strings.Contains(out, "Rien n’a été écrit") {
		t.Error(out)
	}
	w.ok("import", "calendar", holidays)
	if out := plain(w.ok("import", "calendar", holidays)); !strings.Contains(out, "0 période ajoutée, 0 modifiée, 1 inchangée") {
		t.Error(out)
	}
	w.ok("book", "--child", number10(w.ysoline), "--service", canteen, "--dates", "2026-12-07", "--consent", "Mme Essai, téléphone")
	closures := write(t, "f.ics", "BEGIN:VCALENDAR\r\n"+event("Pont", "20261207", "20261208")+event("Travaux", "20261210", "20261212")+"END:VCALENDAR\r\n")
	w.keys("added unchanged refused lines lines[].verdict lines[].first lines[].last lines[].name lines[].reason left dry_run", "import", "closures", closures, "--service", canteen, "--dry-run")
	if out := plain(w.ok("import", "closures", closures, "--service", canteen)); !strings.Contains(out, "refusé : le 7 déc., Pont. Des repas sont réservés ces jours-là (1)") || !strings.Contains(out, "1 fermeture ajoutée, 0 inchangée, 1 refusée") {
		t.Error(out)
	}
	w.refused(exitRefused, "est fermé le", "cutoff", "--service", canteen, "--date", "2026-12-10")
	w.refused(exitRefused, "n’est pas un calendrier ICS", "import", "closures", write(t, "x.ics", "a,b\n"))
	w.clean()
}

package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/importer"
	"ardoise/data/store/storetest"
)

// example is the canteen that Noethys ships; GPL, never kept here.
func example(t testing.TB) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "data", "noethys", "EXEMPLE_cantine_DATA.dat")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: the example of Noethys is not here: %v", err)
	}
	return path
}

// TestNoethysExample takes the example canteen that Noethys ships, at the day when
// it has meals to come.
func TestNoethysExample(t *testing.T) {
	path := example(t)
	each(t, func(t *testing.T, r room) {
		storetest.ClockOf(r.db).Set(time.Date(2016, 12, 14, 9, 0, 0, 0, calendar.Paris))
		in := importer.Noethys{Path: path, Service: canteenCode}
		start := time.Now()
		p := r.noethys(t, in)
		planned := time.Since(start)
		if err := r.CommitNoethys(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		t.Logf("plan %v, commit %v: %s", planned, time.Since(start)-planned, p.Summary())
		if p.Families != 19 || p.Children != 24 || p.FamiliesCreated != 19 || p.Created != 24 || len(p.Refused) != 0 || len(p.Schools) != 0 || len(p.Requests) != 3 || len(p.Meals) != 16 {
			t.Errorf("%+v", p)
		}
		owed := map[string]int64{}
		for _, b := range p.Balances {
			owed[b.Family] = int64(b.Balance)
		}
		if fmt.Sprint(owed) != "map[Allibert:-134000 Autret:-133750 Cloarec:-45750 Hamon:-43500]" {
			t.Errorf("balances: %v", owed)
		}
		f := r.found(t, "autret")
		if len(f.Guardians) != 2 || f.Guardians[0].Home != "+33298123456" || f.Guardians[0].Mobile != "+33623456789" || f.Guardians[1].Email != "autretdelphine@test.com" || f.Address() != "11 rue du château, 29870 LANNILIS" {
			t.Errorf("%+v", f)
		}
		if c := childOf(t, f, "Kévin"); c.Birth != calendar.NewDate(2007, 10, 5) || c.Sex != "M" {
			t.Errorf("%+v", c)
		}
		if n := len(r.found(t, "moisan").Children); n != 3 {
			t.Errorf("Moisan has %d children", n)
		}
		if bad := r.count(t, "SELECT COUNT(*) FROM guardian WHERE home NOT LIKE '+33_________' AND home <> '' OR mobile NOT LIKE '+33_________' AND mobile <> ''"); bad != 0 {
			t.Errorf("%d telephones are not E.164", bad)
		}
		if again := r.noethys(t, in); again.Changes() {
			t.Errorf("again: %s", again.Summary())
		}
		r.sound(t)
	})
}

// In the year the example was made for, its schools and classes come along.
func TestNoethysExampleClasses(t *testing.T) {
	path := example(t)
	each(t, func(t *testing.T, r room) {
		storetest.ClockOf(r.db).Set(time.Date(2012, 1, 16, 9, 0, 0, 0, calendar.Paris))
		p := r.noethys(t, importer.Noethys{Path: path, Service: canteenCode})
		for _, s := range p.Schools {
			if s.Action != importer.LeftOut || !strings.Contains(s.Reason, "LANNILIS") {
				t.Errorf("%+v", s)
			}
		}
		in := importer.Noethys{Path: path, Service: canteenCode, Commune: "Saint-Marcel-en-Dombes"}
		p = r.takeOver(t, in)
		if len(p.Schools) != 2 || p.Schools[0].Action != importer.Create || len(p.NewClasses) != 9 {
			t.Errorf("%+v %q", p.Schools, p.NewClasses)
		}
		if c := childOf(t, r.found(t, "autret"), "Kévin"); c.Class != "PS - Mme DUPOND" || c.School != "Ecole Jacques Prevert" || c.AgeGroup != "maternelle" || c.Level != "PS" {
			t.Errorf("%+v", c)
		}
		if f := r.found(t, "autret"); f.Quotient == nil || *f.Quotient != 450 {
			t.Errorf("quotient: %v", f.Quotient)
		}
		if again := r.noethys(t, in); again.Changes() {
			t.Errorf("again: %s %+v", again.Summary(), again.Lines)
		}
	})
}

// A big town: what a take-over costs, told and not judged.
func TestNoethysBigTown(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	const homes = 200
	in := importer.Noethys{Service: canteenCode, Path: noethys(t, noeSchema,
		grow("individus", "IDindividu, IDcivilite, nom, prenom, rue_resid, cp_resid, ville_resid, tel_mobile", "i + 1, 3, 'NOM' || i, 'Prénom', i || ' rue Longue', '01390', 'SAINT-MARCEL', '06.11.' || printf('%02d.%02d', i / 100, i % 100) || '.44'", homes),
		grow("individus", "IDindividu, IDcivilite, nom, prenom, date_naiss, adresse_auto", "100000 + i, 4 + i % 2, 'NOM' || (i / 2), 'Enfant' || (i % 2), '2018-0' || (1 + i % 9) || '-11', i / 2 + 1", 2*homes),
		grow("familles", "IDfamille", "i + 1", homes), grow("comptes_payeurs", "IDcompte_payeur, IDfamille", "i + 1, i + 1", homes),
		grow("rattachements", "IDindividu, IDfamille, IDcategorie, titulaire", "i + 1, i + 1, 1, 1", homes),
		grow("rattachements", "IDindividu, IDfamille, IDcategorie, titulaire", "100000 + i, i / 2 + 1, 2, 0", 2*homes),
		grow("reglements", "IDcompte_payeur, date, montant", "i % 200 + 1, '2026-01-05', 40.15", 10*homes),
		grow("prestations", "IDcompte_payeur, date, montant", "i % 200 + 1, '2026-01-05', 3.15", 100*homes),
		"INSERT INTO activites VALUES (1, 'Cantine')", "INSERT INTO unites VALUES (1, 1, 'Repas', 1)",
		grow("consommations", "IDindividu, IDunite, date, etat", "100000 + i / 10, 1, '2026-12-' || printf('%02d', 1 + i % 10), 'reservation'", 20*homes),
	)}
	each(t, func(t *testing.T, r room) {
		start := time.Now()
		p := r.noethys(t, in)
		planned := time.Since(start)
		if err := r.CommitNoethys(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		committed := time.Since(start) - planned
		r.must(t, "UPDATE access_request SET state = 'accepted', valid_to = '2027-07-05'")
		start = time.Now()
		few := r.takeOver(t, in) // the canteen has few places: the day's are given once
		t.Logf("then %d meals in %v", few.Count(importer.Take), time.Since(start))
		for _, table := range []string{"service", "sitting", "day_load"} {
			r.must(t, "UPDATE "+table+" SET capacity = 100000 WHERE capacity IS NOT NULL")
		}
		start = time.Now()
		rest := r.takeOver(t, in)
		t.Logf("then %d meals in %v", rest.Count(importer.Take), time.Since(start))
		again := r.noethys(t, in)
		t.Logf("plan %v, commit %v: %s", planned, committed, p.Summary())
		if again.Changes() || p.Created != 2*homes || p.Taken() != homes*(10*4015-100*315) {
			t.Errorf("%s\n%s", p.Summary(), again.Summary())
		}
		if n := r.count(t, "SELECT COUNT(*) FROM booking WHERE state = 'booked'"); few.Count(importer.Take) == 0 || n != few.Count(importer.Take)+rest.Count(importer.Take) || n < 3*homes {
			t.Errorf("%d meals booked, %d then %d were shown", n, few.Count(importer.Take), rest.Count(importer.Take))
		}
		r.sound(t)
	})
}

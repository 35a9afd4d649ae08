package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

type storeTx = store.Tx

func (r room) noethys(t testing.TB, in importer.Noethys) *importer.NoethysPlan {
	t.Helper()
	p, err := r.PlanNoethys(r.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (r room) takeOver(t testing.TB, in importer.Noethys) *importer.NoethysPlan {
	t.Helper()
	p := r.noethys(t, in)
	if err := r.CommitNoethys(r.ctx, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// sound asks the ledger and booking for their invariants.
func (r room) sound(t testing.TB) {
	t.Helper()
	err := r.db.Read(r.ctx, func(tx *store.Tx) error {
		for _, verify := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify} {
			checks, err := verify(tx)
			if err != nil {
				return err
			}
			for _, c := range checks {
				if !c.OK {
					t.Errorf("%s: %s", c.ID, c.Detail)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (r room) found(t testing.TB, text string) family.Family {
	t.Helper()
	hits, n, err := r.family.Search(r.ctx, text, family.Filter{}, 0)
	if err != nil || n != 1 {
		t.Fatalf("%q: %d families, %v", text, n, err)
	}
	f, err := r.family.Get(r.ctx, hits[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func childOf(t testing.TB, f family.Family, first string) family.Child {
	t.Helper()
	i := slices.IndexFunc(f.Children, func(c family.Child) bool { return c.First == first })
	if i < 0 {
		t.Fatalf("%s has no %s: %+v", f.Name, first, f.Children)
	}
	return f.Children[i]
}

const canteenCode = "cantine-saint-marcel"

func TestNoethysTown(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode}
		p := r.noethys(t, in)
		if p.Families != 2 || p.Created != 3 || p.FamiliesCreated != 2 || len(p.Schools) != 2 || p.NewSchool {
			t.Fatalf("%s\n%+v %+v", p.Summary(), p.Schools, p.Refused)
		}
		if len(p.Refused) != 1 || p.Refused[0].Kind != "empty" || p.Refused[0].Line != 3 {
			t.Errorf("refused: %+v", p.Refused)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM family"); n != 0 {
			t.Errorf("a plan wrote %d families", n)
		}
		if err := r.CommitNoethys(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		checkRoux(t, r.found(t, "roux"))
		owes := r.found(t, "petit")
		if owes.Balance != 0 || childOf(t, owes, "Hugo").ClassID != 0 || owes.Quotient != nil {
			t.Errorf("Petit: %+v", owes)
		}
		for _, b := range p.Balances {
			want := map[int64]string{1: "take 1240", 2: "todo -500"}[b.Account]
			if got := fmt.Sprint(b.Action, " ", int64(b.Balance)); got != want || b.Reason == "" || b.Account == 1 && b.Later != 380 {
				t.Errorf("account %d: %s, want %s (%s)", b.Account, got, want, b.Reason)
			}
		}
		if n := r.count(t, "SELECT COUNT(*) FROM access_request WHERE state = 'submitted' AND channel = 'import'"); n != 1 {
			t.Errorf("%d requests, want that of Léa", n)
		}
		if len(p.Meals) != 2 || p.Meals[0].Action != importer.LeftOut || p.Meals[0].Day != calendar.NewDate(2026, 12, 3) {
			t.Errorf("meals: %+v", p.Meals)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM audit WHERE action = 'import.noethys'"); n != 1 {
			t.Errorf("%d lines in the journal", n)
		}
		told := slices.ContainsFunc(p.Notices, func(n importer.Notice) bool { return n.Line == 4 && strings.Contains(n.Text, "laissé standard") })
		if all := fmt.Sprintf("%+v", p); !told || strings.Contains(all, "gluten") {
			t.Errorf("what Tom does not eat may be told by nobody but his family (told %v): %+v", told, p.Notices)
		}
		r.sound(t)
		again := r.noethys(t, in)
		if again.Changes() || again.Unchanged != 3 || again.FamiliesUpdated != 0 {
			t.Errorf("a second run changes: %s %+v", again.Summary(), again.Lines)
		}
		if err := r.CommitNoethys(r.ctx, again); err != nil {
			t.Fatal(err)
		}
		if f := r.found(t, "roux"); f.Balance != 1240 {
			t.Errorf("the balance was entered twice: %s", f.Balance)
		}
	})
}

func checkRoux(t *testing.T, f family.Family) {
	t.Helper()
	if len(f.Guardians) != 2 || f.Address1 != "12 rue des Écoles" || f.Postal != "01390" || f.Commune == "" || f.Balance != 1240 || f.Quotient == nil || *f.Quotient != 850 || f.QuotientTo != calendar.NewDate(2026, 12, 31) {
		t.Errorf("Roux: %+v", f)
	}
	if g := f.Guardians[0]; g.Last != "MARTIN" || g.Usage != "ROUX" || g.Civility != "Mme" || g.Home != "+33474001122" || g.Mobile != "+33611223344" || g.Email != "anne.roux@example.org" {
		t.Errorf("Anne: %+v", g)
	}
	if g := f.Guardians[1]; g.Home != "" || g.Mobile != "+33611223345" {
		t.Errorf("Paul: %+v", g)
	}
	if c := childOf(t, f, "Léa"); c.Class != "CP Mme Rey" || c.Diet != "sans_porc" || c.Sex != "F" || c.Birth != calendar.NewDate(2019, 3, 14) || c.Level != "CP" {
		t.Errorf("Léa: %+v", c)
	}
	if c := childOf(t, f, "Tom"); c.School != "École Jean Moulin" || c.Class != "CE2 M. Noir" || c.Diet != "standard" {
		t.Errorf("Tom: %+v", c)
	}
}

// A meal to come is booked by the second run, once the child's request is
// accepted; one that was then cancelled here does not come back.
func TestNoethysMealsAreBookedOnceAccessIsOpen(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode}
		r.takeOver(t, in)
		r.must(t, "UPDATE access_request SET state = 'accepted', valid_to = '2027-07-05' WHERE channel = 'import'")
		p := r.noethys(t, in)
		if p.Count(importer.Take) != 2 || p.Meals[0].Price == 0 {
			t.Fatalf("%s %+v", p.Summary(), p.Meals)
		}
		if err := r.CommitNoethys(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM booking WHERE state = 'booked'"); n != 2 {
			t.Errorf("%d meals", n)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM operation WHERE kind = 'book' AND consent_who = 'Reprise de Noethys'"); n != 1 {
			t.Errorf("%d operations with the consent", n)
		}
		f := r.found(t, "roux")
		if want := 1240 - p.Meals[0].Price - p.Meals[1].Price; f.Balance != want {
			t.Errorf("%s left, want %s", f.Balance, want)
		}
		r.sound(t)
		if again := r.noethys(t, in); again.Changes() || again.Meals[0].Action != importer.Already {
			t.Errorf("again: %+v", again.Meals)
		}
		ask := booking.Ask{Key: "k", Cancel: []booking.Item{{ChildID: p.Meals[0].ChildID, ServiceID: r.service(t), Day: p.Meals[0].Day}}, Consent: ledger.Consent{Who: "Mme Roux", How: "guichet"}}
		if _, err := booking.New(r.db).Book(r.ctx, ask); err != nil {
			t.Fatal(err)
		}
		if again := r.noethys(t, in); again.Changes() || again.Meals[0].Reason != "Annulé depuis dans Ardoise." {
			t.Errorf("a cancelled meal comes back: %+v", again.Meals)
		}
	})
}

// A wallet that does not pay all the meals of a family is left as it is.
func TestNoethysMealsWithoutMoney(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	in := importer.Noethys{Path: noethys(t, noeSchema, noeTown, "UPDATE reglements SET montant = 8.6 WHERE IDcompte_payeur = 1"), Service: canteenCode}
	r.takeOver(t, in)
	r.must(t, "UPDATE access_request SET state = 'accepted', valid_to = '2027-07-05' WHERE channel = 'import'")
	p := r.takeOver(t, in)
	if p.Changes() || len(p.Meals) != 2 || !strings.Contains(p.Meals[1].Reason, "Il manque") {
		t.Errorf("%+v", p.Meals)
	}
}

func (r room) must(t testing.TB, query string) {
	t.Helper()
	err := r.db.Write(r.ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (r room) service(t testing.TB) int64 {
	t.Helper()
	list, err := catalog.New(r.db).Services(r.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Code == canteenCode {
			return s.ID
		}
	}
	t.Fatal("no canteen")
	return 0
}

// A family allowed an overdraft takes its debt along.
func TestNoethysDebtWithinAnOverdraft(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode}
		r.takeOver(t, in)
		f := r.found(t, "petit")
		if err := ledger.New(r.db).SetFloor(r.ctx, f.ID, -500); err != nil {
			t.Fatal(err)
		}
		r.takeOver(t, in)
		if f := r.found(t, "petit"); f.Balance != -500 {
			t.Errorf("%s", f.Balance)
		}
		if p := r.noethys(t, in); p.Changes() {
			t.Errorf("again: %+v", p.Balances)
		}
		r.sound(t)
	})
}

// Money that moves in Noethys after the take-over is said, and not entered by
// itself.
func TestNoethysBalanceThatMovedSince(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	in := importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode}
	r.takeOver(t, in)
	in.Path = noethys(t, noeSchema, noeTown, "UPDATE reglements SET montant = 30 WHERE IDcompte_payeur = 1")
	p := r.takeOver(t, in)
	if b := p.Balances[0]; p.Changes() || b.Action != importer.Already || !strings.Contains(b.Reason, "12,40\u00a0€ ; Noethys dit maintenant 22,40\u00a0€") {
		t.Errorf("%+v", p.Balances)
	}
	if f := r.found(t, "roux"); f.Balance != 1240 {
		t.Errorf("%s", f.Balance)
	}
}

// What stands between a balance and a second entry is the label of the first:
// without it, the money comes twice.
func TestNoethysPlantedSecondOpening(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	path := noethys(t, noeSchema, noeTown)
	r.takeOver(t, importer.Noethys{Path: path, Service: canteenCode})
	other := noethys(t, noeSchema, noeTown, "UPDATE parametres SET parametre = 'AUTRE' WHERE nom = 'IDfichier'")
	p := r.noethys(t, importer.Noethys{Path: other, Service: canteenCode})
	if p.Taken() != 1240 {
		t.Errorf("a file of another name should bring its own balance: %+v", p.Balances)
	}
	// Merging the family away does not open the door again.
	one := r.found(t, "roux")
	two, err := r.family.Create(r.ctx, family.Draft{Guardians: []family.Guardian{{Last: "ROUX", First: "Anne"}}, Address1: "12 rue des Écoles", Postal: "01390", City: "Saint-Marcel"})
	if err != nil {
		t.Fatal(err)
	}
	r.family.MoveMoneyBy(ledger.MoveMoney)
	m, err := r.family.MergePlan(r.ctx, two.ID, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.family.Merge(r.ctx, m); err != nil {
		t.Fatal(err)
	}
	if p := r.noethys(t, importer.Noethys{Path: path, Service: canteenCode}); p.Taken() != 0 {
		t.Errorf("after a merge: %+v", p.Balances)
	}
}

func TestNoethysHostileRows(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Service: canteenCode, Path: noethys(t, noeSchema, noeTown,
			`UPDATE individus SET prenom = '=HYPERLINK("http://x","y")', rue_resid = CAST(x'31327275e9' AS TEXT), memo = CAST(zeroblob(3000000) AS TEXT) WHERE IDindividu = 1`,
			`UPDATE individus SET nom = CAST(x'c3a96d00696c01' AS TEXT) WHERE IDindividu = 6`,
			`UPDATE individus SET nom = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT group_concat('aaaaaaaaaa', '') FROM n) WHERE IDindividu = 4`,
			`UPDATE individus SET adresse_auto = 2 WHERE IDindividu = 1`,
			`INSERT INTO reglements (IDcompte_payeur, date, montant) VALUES (2, '2026-01-01', 9e999), (3, '2026-01-01', 'beaucoup'), (77, '2026-01-01', 4)`,
			`INSERT INTO rattachements (IDindividu, IDfamille, IDcategorie, titulaire) VALUES (999, 1, 2, 0), (999, 1, 1, 1)`,
			`INSERT INTO individus (IDindividu, nom, prenom, date_naiss) VALUES (20, 'ROUX', 'Zoé', '2019-02-31'), (21, 'ROUX', 'Ida', '2031-01-01'), (22, 'ROUX', 'Max', '1990-01-01'), (23, '', 'Nil', '2018-01-01')`,
			`INSERT INTO rattachements (IDindividu, IDfamille, IDcategorie, titulaire) VALUES (20, 1, 2, 0), (21, 1, 2, 0), (22, 1, 2, 0), (23, 1, 2, 0)`,
		)}
		p := r.takeOver(t, in)
		var kinds []string
		for _, x := range p.Refused {
			kinds = append(kinds, fmt.Sprintf("%d:%s", x.Line, x.Kind))
			if x.Reason == "" {
				t.Errorf("no reason: %+v", x)
			}
		}
		slices.Sort(kinds)
		if got := strings.Join(kinds, " "); got != "20:date 21:future 22:age 23:name 4:name 999:name" {
			t.Errorf("refused: %s", got)
		}
		for _, b := range p.Balances {
			if b.Account != 1 && b.Action != importer.LeftOut {
				t.Errorf("taken: %+v", b)
			}
		}
		f := r.found(t, "hyperlink")
		if f.Guardians[0].First != `=HYPERLINK("http://x","y")` || f.Address1 != "12rué" {
			t.Errorf("%+v", f)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM child WHERE last = 'ém il' OR last = 'émil'"); n != 1 {
			t.Error("the name with control characters")
		}
		if p := r.noethys(t, in); p.Changes() {
			t.Errorf("again: %s", p.Summary())
		}
		r.sound(t)
	})
}

// Somebody of the same name at another place is a family of its own, and the plan
// says so.
func TestNoethysNamesake(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	if _, err := r.family.Create(r.ctx, family.Draft{Guardians: []family.Guardian{{Last: "PETIT", First: "Luc"}}, Address1: "9 quai Nord", Postal: "69001", City: "Lyon"}); err != nil {
		t.Fatal(err)
	}
	p := r.noethys(t, importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode})
	told := slices.ContainsFunc(p.Notices, func(n importer.Notice) bool {
		return n.Line == 5 && strings.Contains(n.Text, "réunissez")
	})
	if p.FamiliesCreated != 2 || !told {
		t.Errorf("%d created, %+v", p.FamiliesCreated, p.Notices)
	}
}

func TestNoethysPlaces(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	path := noethys(t, noeSchema, noeTown, "UPDATE ecoles SET ville = 'Poudlard', nom = 'École du Lac' WHERE IDecole = 2")
	p := r.noethys(t, importer.Noethys{Path: path, Service: canteenCode})
	if len(p.Schools) != 2 || p.Schools[1].Action != importer.LeftOut || !strings.Contains(p.Schools[1].Reason, "Poudlard") || p.Created != 3 {
		t.Errorf("%+v", p.Schools)
	}
	p = r.noethys(t, importer.Noethys{Path: path, Service: canteenCode, Commune: "Saint-Marcel"})
	if p.Schools[1].Action != importer.Create || len(p.Schools[1].NewClasses) != 1 {
		t.Errorf("%+v", p.Schools)
	}
	if _, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: path, Commune: "Poudlard"}); err == nil {
		t.Error("a commune nobody knows")
	}
	if _, err := r.PlanNoethys(r.ctx, importer.Noethys{Path: path, Service: "magie"}); err == nil {
		t.Error("a service nobody knows")
	}
}

// A child of separated parents is one child: billed where it lives, seen by both.
// Two cards of one child are one child; a third holder has no place.
func TestNoethysFamilies(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Service: canteenCode, Path: noethys(t, noeSchema, noeTown,
			`INSERT INTO individus (IDindividu, IDcivilite, nom, prenom, date_naiss, adresse_auto, rue_resid, cp_resid, ville_resid, tel_mobile) VALUES
				(30, 1, 'BRUN', 'Marc', NULL, NULL, '5 rue Basse', '1390', 'SAINT-MARCEL', '06.11.22.33.50'), (31, 3, 'BRUN', 'Lise', NULL, 32, '', '', '', '12'),
				(32, 3, 'BRUN', 'Rose', NULL, 31, '', '', '', ''), (33, 5, 'ROUX', 'lea', '2019-03-14', 30, '', '', '', '')`,
			`INSERT INTO familles VALUES (4, 4), (5, 5), (6, 6)`,
			`INSERT INTO rattachements (IDindividu, IDfamille, IDcategorie, titulaire) VALUES (30, 4, 1, 1), (31, 4, 1, 1), (32, 4, 1, 1), (33, 4, 2, 0), (4, 4, 2, 0), (4, 5, 2, 0), (8, 5, 1, 1), (4, 6, 2, 0), (7, 6, 1, 0), (7, 6, 3, 0)`,
		)}
		p := r.takeOver(t, in)
		roux, brun := r.found(t, "roux anne"), r.found(t, "brun")
		lea := childOf(t, brun, "Léa")
		if p.Children != 3 || p.Shared != 2 || lea.FamilyID != roux.ID || !lea.Shared || len(brun.Guardians) != 2 || brun.Postal != "01390" || brun.Guardians[1].Mobile != "" {
			t.Errorf("%s\n%+v", p.Summary(), brun)
		}
		var kinds []string
		for _, x := range p.Refused {
			kinds = append(kinds, fmt.Sprintf("%d:%s", x.Line, x.Kind))
		}
		if got := strings.Join(kinds, " "); got != "32:third 3:empty 5:nobody" && got != "3:empty 5:nobody 32:third" {
			t.Errorf("refused: %s", got)
		}
		if f := r.found(t, "vidal"); f.Guardians[0].First != "Yves" { // no holder: the other adult
			t.Errorf("%+v", f)
		}
		if again := r.noethys(t, in); again.Changes() {
			t.Errorf("again: %s %+v", again.Summary(), again.Lines)
		}
		r.sound(t)
	})
}

// What a commit refuses leaves nothing behind, and a plan of another database is
// another plan.
func TestNoethysAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := importer.Noethys{Path: noethys(t, noeSchema, noeTown), Service: canteenCode}
		p := r.noethys(t, in)
		if _, err := r.family.Create(r.ctx, family.Draft{Guardians: []family.Guardian{{Last: "ROUX", First: "Anne"}}, Address1: "12 rue des Écoles", Postal: "01390", City: "Saint-Marcel"}); err != nil {
			t.Fatal(err)
		}
		if err := r.CommitNoethys(r.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Errorf("committed: %v", err)
		}
		if n := r.count(t, "SELECT COUNT(*) FROM child") + r.count(t, "SELECT COUNT(*) FROM transfer") + r.count(t, "SELECT COUNT(*) FROM access_request"); n != 0 {
			t.Errorf("%d rows", n)
		}
		p = r.takeOver(t, in) // the family that is there is taken for what it is
		if p.FamiliesCreated != 1 || p.FamiliesUpdated != 1 {
			t.Errorf("%s", p.Summary())
		}
	})
}

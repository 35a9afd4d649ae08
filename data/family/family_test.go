package family_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ardoise/assets"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

type house struct {
	*family.Service
	db  *store.DB
	ctx context.Context // every role, with a key
}

func each(t *testing.T, test func(t *testing.T, h house)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := house{family.New(db), db, stafftest.Session(t, db, staff.Roles...)}
		t.Cleanup(h.Close)
		if _, err := catalog.New(db).Load(h.ctx, bytes.NewReader(assets.Dombes), "dombes.toml"); err != nil {
			t.Fatal(err)
		}
		test(t, h)
	})
}

func day(s string) calendar.Date { return calendar.MustISO(s) }

func favier() family.Draft {
	return family.Draft{
		Address1: "12 chemin des Étangs", Postal: "01390", City: "SAINT-MARCEL",
		Guardians: []family.Guardian{
			{Civility: "Mme", Last: "FAVIER", First: "Élodie", Email: " Elodie.Favier@Example.org ", Mobile: "06 39 98 12 34"},
			{Civility: "M.", Last: "O'CONNOR", First: "Julien", Home: "+33 (0)4 39 98 12 35"},
		},
		Children: []family.Child{
			{Last: "FAVIER", First: "Léa", Birth: day("2019-03-14"), Sex: "F", Level: "CE1", INE: "000100141BB"},
			{Last: "FAVIER", First: "Hugo-Œdipe", Birth: day("2021-02-02"), Sex: "M", Level: "GS"},
		},
	}
}

func (h house) create(t *testing.T, d family.Draft) family.Family {
	t.Helper()
	f, err := h.Create(h.ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func other(last, first, mail, phone string, children ...family.Child) family.Draft {
	return family.Draft{Postal: "01990", City: "Baneins", Guardians: []family.Guardian{{Last: last, First: first, Email: mail, Mobile: phone}}, Children: children}
}

func TestCreateCleansAndResides(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		if f.Name != "Favier" || f.Commune != "Saint-Marcel" || f.Number() != fmt.Sprintf("F-%04d", f.ID) {
			t.Errorf("%+v", f)
		}
		g := f.Guardians
		if g[0].Email != "elodie.favier@example.org" || g[0].Mobile != "+33639981234" || g[1].Home != "+33439981235" {
			t.Errorf("%+v", g)
		}
		if c := f.Children; len(c) != 2 || c[0].First != "Léa" || c[0].AgeGroup != "elementaire" || c[1].AgeGroup != "maternelle" || c[0].Diet != "standard" {
			t.Errorf("%+v", c)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for name, change := range map[string]func(*family.Draft){
			"nobody":          func(d *family.Draft) { d.Guardians = nil },
			"three guardians": func(d *family.Draft) { d.Guardians = append(d.Guardians, d.Guardians[0]) },
			"no first name":   func(d *family.Draft) { d.Guardians[0].First = " " },
			"mail":            func(d *family.Draft) { d.Guardians[0].Email = "elodie@" },
			"phone":           func(d *family.Draft) { d.Guardians[0].Mobile = "06 39" },
			"postal":          func(d *family.Draft) { d.Postal = "1390" },
			"quotient":        func(d *family.Draft) { n := -1; d.Quotient = &n },
			"future birth":    func(d *family.Draft) { d.Children[0].Birth = day("2031-03-12") },
			"no birth":        func(d *family.Draft) { d.Children[0].Birth = 0 },
			"no child name":   func(d *family.Draft) { d.Children[0].Last = "-" },
			"diet":            func(d *family.Draft) { d.Children[0].Diet = "halal" },
			"twice":           func(d *family.Draft) { d.Children[1] = d.Children[0]; d.Children[1].INE = "" },
			"same INE":        func(d *family.Draft) { d.Children[1].INE = d.Children[0].INE },
		} {
			d := favier()
			change(&d)
			_, err := h.Create(h.ctx, d)
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, n, err := h.Search(h.ctx, "", family.Filter{}, 0); err != nil || n != 0 {
			t.Errorf("refused families are there: %d %v", n, err)
		}
	})
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		b := h.create(t, other("BENALI", "Inès", "", "0611223344"))
		archived := h.create(t, other("FAVIER", "Paul", "", ""))
		if err := h.Archive(h.ctx, archived.ID); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string][]int64{
			"favier": {f.ID}, "FAVIER elodie": {f.ID}, "Élodie Fav": {f.ID}, "oedipe hugo": {f.ID}, "hugo-œdipe": {f.ID}, "hugooedipe": {f.ID}, "oconnor": {f.ID}, "o'connor": {f.ID},
			"elodie.favier@example.org": {f.ID}, "06.39.98.12.34": {f.ID}, "+33 (0)6 39 98 12 34": {f.ID}, "0033639981234": {f.ID}, "9812 34": {f.ID},
			"0439981235": {f.ID}, f.Number(): {f.ID}, strings.ToLower(b.Number()): {b.ID}, "ines": {b.ID}, "baneins": {b.ID}, "avier": {f.ID},
			"fvaier": {f.ID}, "benalli": {b.ID}, "zzz": nil, "hugo ines": nil, "": {b.ID, f.ID},
		} {
			hits, total, err := h.Search(h.ctx, text, family.Filter{}, 10)
			var got []int64
			for _, x := range hits {
				got = append(got, x.ID)
			}
			if err != nil || !slices.Equal(got, want) || total != len(want) {
				t.Errorf("%q: %v (%d), want %v, %v", text, got, total, want, err)
			}
		}
		hits, total, err := h.Search(h.ctx, "", family.Filter{}, 1)
		if err != nil || len(hits) != 1 || total != 2 {
			t.Errorf("limit: %d of %d %v", len(hits), total, err)
		}
		if hits[0].Phone != "+33611223344" || hits[0].Badge != family.BadgeOK {
			t.Errorf("%+v", hits[0])
		}
		for _, flt := range []family.Filter{{Archived: true}, {Badge: family.BadgeDebt}, {CommuneID: f.CommuneID}, {SchoolID: 1}} {
			hits, _, err := h.Search(h.ctx, "", flt, 0)
			want := map[family.Filter]int{{Archived: true}: 1, {CommuneID: f.CommuneID}: 1}[flt]
			if err != nil || len(hits) != want {
				t.Errorf("%+v: %d lines, %v", flt, len(hits), err)
			}
		}
		if n, err := h.Counts(h.ctx); err != nil || n[""] != 2 || n[family.BadgeOK] != 2 {
			t.Errorf("%v %v", n, err)
		}
	})
}

// The index follows what is written through the room and around it.
func TestSearchFollowsChanges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		find := func(text string, want int) {
			t.Helper()
			_, n, err := h.Search(h.ctx, text, family.Filter{}, 0)
			if err != nil || n != want {
				t.Errorf("%q: %d found, want %d, %v", text, n, want, err)
			}
		}
		find("favier", 1)
		f.Name, f.Guardians[0].Last = "Zimmer", "ZIMMER"
		if err := h.Update(h.ctx, f); err != nil {
			t.Fatal(err)
		}
		find("zimmer", 1)
		c := f.Children[0]
		c.First = "Capucine"
		if err := h.UpdateChild(h.ctx, c); err != nil {
			t.Fatal(err)
		}
		find("capucine", 1)
		find("lea", 0)
		if _, err := h.AddChild(h.ctx, f.ID, family.Child{Last: "ZIMMER", First: "Gaspard", Birth: day("2022-01-01")}); err != nil {
			t.Fatal(err)
		}
		find("gaspard", 1)
		g := h.create(t, other("BENALI", "Inès", "", ""))
		find("capucine", 1)
		if err := h.Share(h.ctx, c.ID, g.ID, 1); err != nil {
			t.Fatal(err)
		}
		find("capucine", 2)
		if err := h.Unshare(h.ctx, c.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		find("capucine", 1)
	})
}

func TestVersionConflict(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		f := h.create(t, favier())
		f.Note = "portail vert"
		if err := h.Update(h.ctx, f); err != nil {
			t.Fatal(err)
		}
		if err := h.Update(h.ctx, f); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "modifiée par quelqu’un d’autre") {
			t.Error("a lost update:", err)
		}
		c := f.Children[0]
		c.Note = "x"
		if err := h.UpdateChild(h.ctx, c); err != nil {
			t.Fatal(err)
		}
		if err := h.UpdateChild(h.ctx, c); fault.KindOf(err) != fault.Conflict {
			t.Error("a lost update:", err)
		}
		got, err := h.Get(h.ctx, f.ID)
		if err != nil || got.Note != "portail vert" || len(got.Guardians) != 2 || got.Version != 2 || len(got.Children) != 2 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestAlternatingWeeks(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		b := h.create(t, other("MOREL", "Julien", "", ""))
		child := a.Children[0].ID
		if err := h.Share(h.ctx, child, b.ID, 2); err != nil {
			t.Fatal(err)
		}
		err := h.db.Read(h.ctx, func(tx *store.Tx) error {
			f, err := family.GetTx(tx, b.ID)
			if err != nil || len(f.Children) != 1 || !f.Children[0].Shared || f.Children[0].FamilyID != a.ID {
				t.Errorf("%+v %v", f.Children, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c := h.create(t, other("PETIT", "Zoé", "", ""))
		if err := h.Share(h.ctx, child, c.ID, 2); fault.KindOf(err) != fault.Conflict {
			t.Error("two families have the same weeks:", err)
		}
		if err := h.Share(h.ctx, child, a.ID, 1); fault.KindOf(err) != fault.Invalid {
			t.Error("shared with its own family:", err)
		}
	})
}

func TestDuplicates(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.create(t, favier())
		mail := h.create(t, other("FAVIER", "E.", "elodie.favier@example.org", ""))
		phone := h.create(t, other("MOREL", "Julien", "", "06.39.98.12.34"))
		child := h.create(t, other("GRANGE", "Anne", "", "", family.Child{Last: "Favier", First: "LEA", Birth: day("2019-03-14")}))
		near := h.create(t, other("DURAND", "Luc", "", "", family.Child{Last: "FAVIERE", First: "Léa", Birth: day("2019-03-14")}))
		apart := h.create(t, other("DUPONT", "Jean", "", "", family.Child{Last: "FAVIER", First: "Léa", Birth: day("2019-03-15")}))
		pairs, err := h.Duplicates(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		found := map[int64]string{}
		for _, p := range pairs {
			if p.A == a.ID {
				found[p.B] = strings.Join(p.Why, " ; ")
			}
			if p.A == apart.ID || p.B == apart.ID {
				t.Errorf("another birth date is told: %+v", p)
			}
		}
		for id, want := range map[int64]string{mail.ID: "adresse électronique", phone.ID: "téléphone", child.ID: "même enfant", near.ID: "noms proches"} {
			if !strings.Contains(found[id], want) {
				t.Errorf("family %d: %q, want %q", id, found[id], want)
			}
		}
		d := favier()
		of, err := h.DuplicatesOf(h.ctx, d)
		if err != nil || len(of) != 5 || of[0].A != a.ID || of[0].B != 0 {
			t.Errorf("%+v %v", of, err)
		}
		if err := h.Share(h.ctx, a.Children[0].ID, phone.ID, 1); err != nil {
			t.Fatal(err)
		}
		pairs, err = h.Duplicates(h.ctx)
		for _, p := range pairs {
			if p.A == a.ID && p.B == phone.ID {
				t.Error("separated parents are told as duplicates")
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"martha", "marhta", 961}, {"dixon", "dicksonx", 813}, {"dwayne", "duane", 840}, {"", "", 1000}, {"a", "", 0}, {"abc", "xyz", 0}, {"lea", "lea", 1000},
	} {
		if got := family.JaroWinkler(c.a, c.b); got < c.want-2 || got > c.want+2 {
			t.Errorf("%s %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if family.JaroWinkler(c.a, c.b) != family.JaroWinkler(c.b, c.a) {
			t.Errorf("%s %s: not symmetric", c.a, c.b)
		}
	}
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	readers := []staff.Role{staff.Accueil, staff.Regie, staff.Sante, staff.Admin}
	writers := []staff.Role{staff.Accueil, staff.Admin}
	health := []staff.Role{staff.Sante}
	stafftest.Rights(t, family.New(db), map[string][]staff.Role{
		"Search": readers, "List": readers, "Counts": readers, "Get": readers, "Several": readers, "Child": readers, "ClassChildren": readers, "Duplicates": readers, "DuplicatesOf": readers,
		"Create": writers, "Update": writers, "AddChild": writers, "UpdateChild": writers, "Leave": writers, "Share": writers, "Unshare": writers,
		"Archive": writers, "Restore": writers, "MergePlan": writers, "Merge": writers, "Export": writers, "Rectify": writers,
		"SetDiet": {staff.Accueil, staff.Admin, staff.Sante}, "Health": health, "SetHealth": health, "KitchenInstructions": {staff.Cuisine, staff.Sante},
		"Close": stafftest.Open, "MoveMoneyBy": stafftest.Open, "OnExport": stafftest.Open, "OnMerge": stafftest.Open,
	}, stafftest.Contexts(t, db))
}

func TestPhones(t *testing.T) {
	for _, c := range []struct{ text, postal, want string }{
		{"0639981234", "01390", "+33639981234"},
		{"06 39 98 12 34", "", "+33639981234"},
		{"06.39.98.12.34", "", "+33639981234"},
		{"+33639981234", "", "+33639981234"},
		{"+33 (0)6 39 98 12 34", "", "+33639981234"},
		{"0033 6 39 98 12 34", "", "+33639981234"},
		{"0692 12 34 56", "97400", "+262692123456"},
		{"0692123456", "01390", "+262692123456"},
		{"0596 60 12 34", "97200", "+596596601234"},
		{"+41 22 730 51 11", "", "+41227305111"},
		{"", "", ""},
	} {
		if got, ok := family.Phone(c.text, c.postal); !ok || got != c.want {
			t.Errorf("%q (%s): %q %v, want %q", c.text, c.postal, got, ok, c.want)
		}
	}
	for _, bad := range []string{"06 39", "abc", "00000000000", "0000000000"} {
		if got, ok := family.Phone(bad, ""); ok {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
	if got := family.PhoneText("+33639981234"); got != "06 39 98 12 34" {
		t.Error(got)
	}
}

func TestFrenchOrder(t *testing.T) {
	names := []string{"Zola", "Éluard", "eluard", "Le Goff", "Legoff", "Ómar", "Oury", "Œuvrard"}
	slices.SortFunc(names, func(a, b string) int { return bytes.Compare(family.SortKey(a), family.SortKey(b)) })
	if got := strings.Join(names, " "); got != "eluard Éluard Le Goff Legoff Œuvrard Ómar Oury Zola" {
		t.Error(got)
	}
}

// A diet that the town does not offer is given to nobody new; who has it keeps
// it.
func TestOnlyOfferedDietsAreGiven(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, ctx := family.New(db), staff.System(t.Context())
		t.Cleanup(s.Close)
		child := func(first, diet string) family.Child {
			return family.Child{Last: "Favier", First: first, Birth: calendar.MustISO("2019-05-01"), Diet: diet}
		}
		f, err := s.Create(ctx, family.Draft{Name: "Favier", Guardians: []family.Guardian{{Last: "Favier", First: "Élodie"}}, Children: []family.Child{child("Léa", "vegetarien")}})
		if err != nil {
			t.Fatal(err)
		}
		c := catalog.New(db)
		diets := catalog.DefaultDiets()
		diets[2].Offered = false
		if err := c.SaveDiets(ctx, diets, catalog.DefaultDiets().Version()); err != nil {
			t.Fatal(err)
		}
		lea := f.Children[0]
		refused := func(what string, err error) {
			t.Helper()
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "n’est pas proposé") {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("set", s.SetDiet(ctx, lea.ID, "sans_viande"))
		_, err = s.AddChild(ctx, f.ID, child("Noé", "sans_viande"))
		refused("added", err)
		_, err = s.Create(ctx, family.Draft{Name: "Pernet", Guardians: []family.Guardian{{Last: "Pernet", First: "Luc"}}, Children: []family.Child{child("Zoé", "sans_viande")}})
		refused("created", err)
		if err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE child SET diet = 'sans_viande' WHERE id = $1`, lea.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetDiet(ctx, lea.ID, "sans_viande"); err != nil {
			t.Errorf("who has it may not keep it: %v", err)
		}
		if err := s.SetDiet(ctx, lea.ID, "standard"); err != nil {
			t.Error(err)
		}
	})
}

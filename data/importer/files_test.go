package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const pupilsHead = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Libellé classe;Identifiant classe;Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage\r\n"

const adultsHead = "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\r\n"

func pupilRow(last, first, birth, ine, street, class string) string {
	return fmt.Sprintf("%s;;%s;%s;F;%s;%s;01390;SAINT-MARCEL;FRANCE;;;;;CYCLE II;CP;%s;9003;Non;Non;Oui;\r\n", last, first, birth, ine, street, class)
}

func adultRow(last, first, street, mail, phone string, kids ...string) string {
	s := fmt.Sprintf("MME;;%s;%s;%s;01390;SAINT-MARCEL;FRANCE;%s;;;%s", last, first, street, mail, phone)
	for i := range 2 {
		if i < len(kids) {
			f := strings.Split(kids[i], "/")
			s += ";;" + strings.Join(f, ";")
		} else {
			s += ";;;;"
		}
	}
	return s + "\r\n"
}

func small(pupils, adults string) importer.ONDE {
	return importer.ONDE{School: "École de Saint-Marcel", Pupils: []byte(pupilsHead + pupils), Guardians: []byte(adultsHead + adults)}
}

func one() (string, string) {
	return pupilRow("ROUX", "Léa", "14/03/2019", "000100141BB", "12 rue des Écoles", "CP Mme Rey"),
		adultRow("ROUX", "Anne", "12 rue des Écoles", "anne.roux@example.org", "0611223344", "ROUX/Léa/CP Mme Rey")
}

func kinds(p *importer.ONDEPlan) string {
	var out []string
	for _, r := range p.Refused {
		out = append(out, fmt.Sprintf("%s:%d:%s", r.File[:1], r.Line, r.Kind))
	}
	return strings.Join(out, " ")
}

func TestRefusedRows(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	kid, adult := one()
	for name, c := range map[string]struct{ pupils, adults, want string }{
		"whole":                       {kid, adult, ""},
		"twice the same line":         {kid + kid, adult + adult, ""},
		"same child, other data":      {kid + pupilRow("ROUX", "LEA", "14/03/2019", "", "3 rue Neuve", "CP Mme Rey"), adult, "e:3:duplicate"},
		"same INE":                    {kid + pupilRow("ROUX", "Tom", "14/03/2018", "000100141BB", "3 rue Neuve", "CP Mme Rey"), adult, "e:3:duplicate"},
		"impossible date":             {kid + pupilRow("A", "B", "31/02/2019", "", "", ""), adult, "e:3:date"},
		"no date":                     {kid + pupilRow("A", "B", "", "", "", ""), adult, "e:3:date"},
		"future":                      {kid + pupilRow("A", "B", "12/03/2031", "", "", ""), adult, "e:3:future"},
		"tomorrow":                    {kid + pupilRow("A", "B", "25/11/2026", "", "", ""), adult, "e:3:future"},
		"too old":                     {kid + pupilRow("A", "B", "01/01/1980", "", "", ""), adult, "e:3:age"},
		"no name":                     {kid + pupilRow("", "B", "01/01/2019", "", "", ""), adult, "e:3:name"},
		"cut short":                   {kid + "TRONQUE;;Ligne\r\n", adult, "e:3:truncated"},
		"cut at the end":              {kid + strings.TrimSuffix(pupilRow("A", "B", "01/01/2019", "", "x", "CP"), ";9003;Non;Non;Oui;\r\n"), adult, "e:3:truncated"},
		"cut at the end, no line end": {kid + pupilRow("A", "B", "01/01/2019", "", "x", "CP")[:60], adult, "e:3:truncated"},
		"guardian cut after a child":  {kid, adult + strings.TrimSuffix(adultRow("A", "Z", "1 rue", "", "", "ROUX/Léa/CP Mme Rey"), ";;;;\r\n"), "r:3:truncated"},
		"stray quote":                 {kid + strings.Replace(pupilRow("A", "B", "01/01/2019", "", "x", "CP"), "A;;", `"A;;`, 1) + pupilRow("C", "D", "01/01/2018", "", "12 rue des Écoles", "CP"), adult + adultRow("C", "Z", "1 rue", "", "", "C/D/CP"), "e:3:truncated"},
		"nobody names the child":      {kid + pupilRow("A", "B", "01/01/2019", "", "x", "CP"), adult, "e:3:orphan"},
		"guardian of nobody":          {kid, adult + adultRow("X", "Y", "1 rue", "", "", "INCONNU/Personne/CP"), "r:3:nobody"},
		"guardian names nobody":       {kid, adult + adultRow("X", "Y", "1 rue", "", ""), "r:3:nobody"},
		"guardian without name":       {kid, adult + adultRow("", "Y", "1 rue", "", "", "ROUX/Léa/CP"), "r:3:name"},
		"guardian cut":                {kid, adult + "MME;;X;Y;1 rue;01390\r\n", "r:3:truncated"},
		"a third at the address":      {kid, adult + adultRow("B", "B", "12 rue des Écoles", "", "", "ROUX/Léa/CP Mme Rey") + adultRow("C", "C", "12 rue des Écoles", "", "", "ROUX/Léa/CP Mme Rey"), "r:4:third"},
		"guardian of a bad row":       {kid + pupilRow("A", "B", "31/02/2019", "", "", ""), adult + adultRow("A", "Z", "1 rue", "", "", "A/B/"), "e:3:date r:3:nobody"},
		"guardian row cut by kids":    {kid, strings.Replace(adult, ";;;;\r\n", "\r\n", 1), ""},
	} {
		p, err := r.PlanONDE(r.ctx, small(c.pupils, c.adults))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantKids := 1
		if name == "stray quote" {
			wantKids = 2
		}
		if got := kinds(p); got != c.want || p.Children != wantKids {
			t.Errorf("%s: %q (%d children), want %q; %+v", name, got, p.Children, c.want, p.Refused)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	kid, adult := one()
	good := small(kid, adult)
	for name, c := range map[string]struct {
		change func(*importer.ONDE)
		want   string
	}{
		"empty":        {func(o *importer.ONDE) { o.Pupils = nil }, "est vide"},
		"blank":        {func(o *importer.ONDE) { o.Pupils = []byte("\r\n;;\r\n") }, "est vide"},
		"xlsx":         {func(o *importer.ONDE) { o.Pupils = []byte("PK\x03\x04aaaa") }, "est un classeur"},
		"xls":          {func(o *importer.ONDE) { o.Pupils = []byte("\xd0\xcf\x11\xe0aaaa") }, ".xls"},
		"pdf":          {func(o *importer.ONDE) { o.Guardians = []byte("%PDF-1.7") }, "PDF"},
		"binary":       {func(o *importer.ONDE) { o.Guardians = []byte("a\x00b\x00") }, "n’est pas un texte"},
		"swapped":      {func(o *importer.ONDE) { o.Pupils, o.Guardians = o.Guardians, o.Pupils }, "intervertis"},
		"other header": {func(o *importer.ONDE) { o.Pupils = []byte("Nom;Classe\r\nA;B\r\n") }, "il manque les colonnes « Prénom élève », « Date naissance »"},
		"no children":  {func(o *importer.ONDE) { o.Guardians = []byte("Nom responsable;Prénom responsable\r\nA;B\r\n") }, "« Nom de famille enfant »"},
		"no school":    {func(o *importer.ONDE) { o.School = " " }, "Donnez le nom de l’école"},
		"no commune":   {func(o *importer.ONDE) { o.School, o.Commune = "École X", "Poudlard" }, "n’est pas au catalogue"},
	} {
		in := good
		c.change(&in)
		_, err := r.PlanONDE(r.ctx, in)
		if got := sentence(err); err == nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Other files of that kind: another order of columns, none of the optional ones,
// commas, quotes with separators and line ends inside, ISO dates.
func TestOtherLayouts(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	in := importer.ONDE{
		School:    "ecole de saint marcel",
		Pupils:    []byte("\"Date naissance\",\"Prénom élève\",Niveau,\"Nom élève\"\n2019-03-14,\"Léa, Marie\",CP,\"ROUX \"\"d'Arc\"\"\"\n\n1-2-2018,\"Tom\n Hugo\",CE1,ROUX\n"),
		Guardians: []byte("Prénom enfant,Nom de famille enfant,Prénom responsable,Nom responsable,Prénom enfant,Nom de famille enfant\nTom Hugo,ROUX,Anne,ROUX,\"Léa, Marie\",\"ROUX d'Arc\"\n"),
	}
	p, err := r.PlanONDE(r.ctx, in)
	if err != nil || p.Created != 2 || p.Families != 1 || len(p.Refused) != 0 || p.NewSchool || len(p.NewClasses) != 0 {
		t.Fatalf("%v %+v", err, p)
	}
	if err := r.CommitONDE(r.ctx, p); err != nil {
		t.Fatal(err)
	}
	hits, n, err := r.family.Search(r.ctx, "lea marie", family.Filter{}, 0)
	if err != nil || n != 1 || len(hits[0].Children) != 2 {
		t.Errorf("%+v %v", hits, err)
	}
	if p := r.plan(t, in); p.Changes() {
		t.Errorf("again: %+v", p.Lines)
	}
}

func TestNewSchoolAndClasses(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		in := small(kid, adult)
		for school, commune := range map[string]string{"École de Villars-les-Dombes": "Villars-les-Dombes", "École Jean Moulin": "Saint-Marcel"} {
			in.School = school
			p := r.plan(t, in)
			if !p.NewSchool || len(p.NewClasses) != 1 || len(p.Notices) == 0 || !strings.Contains(p.Notices[0].Text, "elle sera créée à "+commune) {
				t.Errorf("%s: %+v", school, p)
			}
		}
		in.School = "École Jean Moulin"
		r.commit(t, in)
		if p := r.plan(t, in); p.NewSchool || p.Changes() {
			t.Errorf("again: %s", p.Summary())
		}
		if got := r.kids(t, "École Jean Moulin"); len(got) != 1 || got[0].Klass != "CP Mme Rey" {
			t.Errorf("%+v", got)
		}
	})
}

// What the desk keeps is its own; what the school says is followed; who is gone
// is shown.
func TestLaterImport(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		tom := pupilRow("ROUX", "Tom", "01/01/2018", "", "12 rue des Écoles", "CE1 M. Roche")
		adult = strings.Replace(adult, "CP Mme Rey;;;;\r\n", "CP Mme Rey;;ROUX;Tom;CE1 M. Roche\r\n", 1)
		r.commit(t, small(kid+tom, adult))
		hits, _, err := r.family.Search(r.ctx, "roux", family.Filter{}, 0)
		if err != nil || len(hits) != 1 || len(hits[0].Children) != 2 {
			t.Fatalf("%+v %v", hits, err)
		}
		f, err := r.family.Get(r.ctx, hits[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		f.Note, f.Guardians[0].Home = "portail vert", "0474000000"
		if err := r.family.Update(r.ctx, f); err != nil {
			t.Fatal(err)
		}
		for _, c := range f.Children {
			if err := r.family.SetDiet(r.ctx, c.ID, "sans_porc"); err != nil {
				t.Fatal(err)
			}
		}
		// Tom has left, Léa changes class, her mother's number and name in use change.
		next := small(strings.Replace(kid, "CP Mme Rey", "CE1 M. Roche", 1), strings.NewReplacer("CP Mme Rey", "CE1 M. Roche", "0611223344", "0699887766", "MME;;", "MME;MARTIN;").Replace(strings.Replace(adult, ";;ROUX;Tom;CE1 M. Roche", ";;;;", 1)))
		p := r.plan(t, next)
		if p.Updated != 1 || p.Created+p.Unchanged != 0 || p.FamiliesUpdated != 1 || p.FamiliesCreated != 0 || len(p.Left) != 1 || p.Left[0].Child != "Tom Roux" || len(p.NewClasses) != 0 {
			t.Fatalf("%+v", p)
		}
		if err := r.CommitONDE(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		f, err = r.family.Get(r.ctx, f.ID)
		if err != nil || f.Note != "portail vert" || f.Guardians[0].Home != "+33474000000" || f.Guardians[0].Mobile != "+33699887766" || f.Guardians[0].Usage != "MARTIN" || len(f.Children) != 2 {
			t.Errorf("%+v %v", f, err)
		}
		for _, c := range f.Children {
			if c.Diet != "sans_porc" || c.State != family.Present || c.Class != "CE1 M. Roche" {
				t.Errorf("%+v", c)
			}
		}
		if p := r.plan(t, next); p.Changes() || p.Unchanged != 1 || len(p.Left) != 1 {
			t.Errorf("again: %s %+v", p.Summary(), p.Lines)
		}
	})
}

// A family the desk typed before the school's list came is the same family; a
// stranger of the same name elsewhere is not.
func TestDeskFamiliesAreRecognised(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		make := func(address, mobile string, children ...family.Child) family.Family {
			t.Helper()
			f, err := r.family.Create(r.ctx, family.Draft{
				Address1: address, Postal: "01390", City: "Saint-Marcel",
				Guardians: []family.Guardian{{Last: "Roux", First: "Anne", Mobile: mobile}}, Children: children,
			})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		stranger := make("99 rue Lointaine", "0655443322", family.Child{Last: "Roux", First: "Max", Birth: calendar.MustISO("2019-03-14")})
		desk := make("12, Rue des Ecoles", "", family.Child{Last: "Roux", First: "LEA", Birth: calendar.MustISO("2019-03-14"), Diet: "vegetarien"})
		p := r.commit(t, small(kid, adult))
		if p.Created != 0 || p.Updated != 1 || p.FamiliesCreated != 0 || p.FamiliesUpdated != 1 {
			t.Fatalf("%s %+v", p.Summary(), p.Lines)
		}
		f, err := r.family.Get(r.ctx, desk.ID)
		if err != nil || len(f.Children) != 1 || f.Children[0].First != "Léa" || f.Children[0].INE != "000100141BB" || f.Children[0].Diet != "vegetarien" || f.Guardians[0].Email != "anne.roux@example.org" {
			t.Errorf("%+v %v", f, err)
		}
		if s, err := r.family.Get(r.ctx, stranger.ID); err != nil || s.Version != stranger.Version || len(s.Children) != 1 {
			t.Errorf("the stranger changed: %+v %v", s, err)
		}
		// An archived family comes back with its child.
		if err := r.family.Archive(r.ctx, desk.ID); err != nil {
			t.Fatal(err)
		}
		if p := r.commit(t, small(kid, adult)); p.FamiliesUpdated != 1 || p.FamiliesCreated != 0 {
			t.Errorf("%+v", p.Lines)
		}
		if f, err := r.family.Get(r.ctx, desk.ID); err != nil || f.State != family.Active {
			t.Errorf("%s %v", f.State, err)
		}
	})
}

// A plan is not committed on a database that has moved since it was shown.
func TestCommitRefusesAMovedBase(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		in := small(kid, adult)
		p := r.plan(t, in)
		r.commit(t, in) // another agent
		if err := r.CommitONDE(r.ctx, p); fault.KindOf(err) != fault.Conflict || !strings.Contains(sentence(err), "a changé depuis l’aperçu") {
			t.Errorf("an old plan is committed: %v", err)
		}
		if _, n, err := r.family.Search(r.ctx, "", family.Filter{}, 0); err != nil || n != 1 {
			t.Errorf("%d families, %v", n, err)
		}
		if err := r.CommitONDE(r.ctx, nil); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}

// Planted faults: with the guard taken away, the check notices.
func TestPlantedFaults(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		in := small(kid, adult)
		p := r.plan(t, in)
		r.commit(t, in)
		// The comparison of digests put out of action, what was planned is still made
		// again on the base as it is: nothing is left to do, nothing is doubled.
		stale := *p
		stale.Digest = r.plan(t, in).Digest
		if err := r.CommitONDE(r.ctx, &stale); err != nil {
			t.Error(err)
		}
		if n := len(r.kids(t, "École de Saint-Marcel")); n != 1 {
			t.Errorf("%d children", n)
		}
		// Without the index a child can be doubled, and the second import says so.
		err := r.db.Write(r.ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(`DROP INDEX child_ine`); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO child (family_id, last, first, birth, ine, class_id, age_group, fold, sort_key, created_at)
				SELECT family_id, last, first, '2019-03-15', ine, class_id, age_group, fold, sort_key, created_at FROM child`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.plan(t, in); len(p.Left) != 1 {
			t.Errorf("a doubled child is not noticed: %+v", p)
		}
	})
}

// A file cut anywhere is read up to the cut, or refused; it never panics and
// never makes a child of half a row.
func TestTruncatedAnywhere(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	in, tr := onde(t, "baneins")
	whole := map[string]bool{}
	for _, c := range tr.Children {
		whole[c.Klass] = true
	}
	for cut := 1; cut < len(in.Pupils); cut += 131 {
		short := in
		short.Pupils = in.Pupils[:cut]
		p, err := r.PlanONDE(r.ctx, short)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		for _, l := range p.Lines {
			if l.Line > 0 && !whole[l.Class] {
				t.Fatalf("cut at %d: a class of half a row: %+v", cut, l)
			}
		}
	}
	for cut := 1; cut < len(in.Guardians); cut += 131 {
		short := in
		short.Guardians = in.Guardians[:cut]
		if _, err := r.PlanONDE(r.ctx, short); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func big(n int) importer.ONDE {
	var p, a strings.Builder
	for i := range n {
		last, street := fmt.Sprintf("NOM%dX", i/2), fmt.Sprintf("%d rue des Écoles", i/2)
		p.WriteString(pupilRow(last, fmt.Sprintf("Enfant%c", 'A'+i%2), "14/03/2019", fmt.Sprintf("%09dAA", i), street, fmt.Sprintf("CP %d", i/25)))
		if i%2 == 1 {
			a.WriteString(adultRow(last, "Anne", street, "", fmt.Sprintf("06%08d", i), last+"/EnfantA/", last+"/EnfantB/"))
		}
	}
	return small(p.String(), a.String())
}

func TestTwentyThousandRows(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		in := big(20000)
		p := r.commit(t, in)
		if p.Children != 20000 || p.Families != 10000 || len(p.Refused) != 0 {
			t.Fatalf("%s %+v", p.Summary(), p.Refused[:min(3, len(p.Refused))])
		}
		if p := r.plan(t, in); p.Changes() || p.Unchanged != 20000 {
			t.Errorf("again: %s", p.Summary())
		}
	})
}

func FuzzONDE(f *testing.F) {
	kid, adult := one()
	f.Add([]byte(pupilsHead+kid), []byte(adultsHead+adult))
	f.Add([]byte("\ufeff"+pupilsHead+"TRONQUE;;Ligne\r\n\"a;b"), []byte(adultsHead+"\"\"\"\";\"\r\n\";"))
	f.Add([]byte{0xff, 0xfe, 'N', 0}, []byte("Nom responsable,Prénom responsable\r,"))
	r := open(f, storetest.OpenSQLite(f))
	f.Fuzz(func(t *testing.T, pupils, guardians []byte) {
		p, err := r.PlanONDE(r.ctx, importer.ONDE{School: "École de Saint-Marcel", Pupils: pupils, Guardians: guardians})
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		if p.Children != p.Created+p.Updated+p.Unchanged || p.Updated+p.Unchanged != 0 {
			t.Fatalf("%+v", p)
		}
		for _, x := range p.Refused {
			if x.Line < 2 || x.Reason == "" {
				t.Fatalf("%+v", x)
			}
		}
	})
}

// sentence gives a refusal with plain spaces.
func sentence(err error) string { return strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ") }

package settings

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// inMay is a demonstration's office on 20 May 2027, at the tab of the year.
func inMay(t *testing.T, percent int, roles ...staff.Role) *room {
	t.Helper()
	r := newRoom(t)
	r.made(roles...)
	r.app.Settings().SetTheme(theme.New(theme.Light, percent))
	r.clock(2027, time.May, 20)
	r.last = tabYear
	r.enterAgain()
	return r
}

func (r *room) clock(year int, month time.Month, day int) {
	storetest.ClockOf(r.db).Set(time.Date(year, month, day, 9, 0, 0, 0, time.UTC))
}

// enterAgain shows the page with the clock as it is now.
func (r *room) enterAgain() {
	r.Helper()
	se := staff.From(r.sh.Context)
	r.enter(se)
}

func (r *room) year() *yearTab { return r.p.made[tabYear].(*yearTab) }

// yearKey presses a shortcut of the tab by its hint; one that is off says why.
func (r *room) yearKey(hint string) {
	r.Helper()
	for _, s := range r.p.Shortcuts() {
		if s.Hint == hint {
			if s.Off != nil && s.Off() != "" {
				r.Fatalf("%s is off: %s", hint, s.Off())
			}
			s.Run()
			return
		}
	}
	r.Fatalf("no shortcut %s", hint)
}

func (r *room) off(hint, why string) {
	r.Helper()
	i := slices.IndexFunc(r.p.Shortcuts(), func(s kit.Shortcut) bool { return s.Hint == hint })
	if i < 0 {
		r.Fatalf("no shortcut %s", hint)
	}
	if got := r.p.Shortcuts()[i].Off(); !strings.Contains(got, why) {
		r.Errorf("%s: off because %q, want %q", hint, got, why)
	}
}

// step goes to a step by the keyboard alone.
func (r *room) step(i int) {
	r.Helper()
	band := r.year().band
	r.w.Canvas().Focus(band)
	band.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	for range i {
		band.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	band.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if r.year().at != i {
		r.Fatalf("step %d is shown, not %d", r.year().at, i)
	}
}

func (r *room) noRefusal() {
	r.Helper()
	if len(r.sh.Refusals) > 0 {
		r.Fatal(r.sh.Refusals)
	}
}

func (r *room) scalar(query string) (n int64) {
	r.Helper()
	r.must(r.db.Read(r.sh.Context, func(tx *store.Tx) error { return tx.QueryRow(query).Scan(&n) }))
	return n
}

// TestYearByKeyboard takes a demonstration from May to the turn.
func TestYearByKeyboard(t *testing.T) {
	r := inMay(t, 100, staff.Roles...)
	if y := r.year(); y.at != 0 || y.view.Year != 2027 {
		t.Fatalf("step %d, year %v", y.at, y.view.Year)
	}
	r.shoot("settings-annee-preparer")
	r.yearKey("F9")
	d := r.dialog()
	r.shoot("settings-annee-ouvrir")
	d.Main.Press()
	r.noRefusal()
	if !r.year().view.Opened() || !strings.Contains(r.sh.Dones[0], "2027-2028 ouverte") {
		t.Fatal(r.sh.Dones)
	}
	r.off("F9", "déjà ouverte")

	r.step(1)
	s := r.year().steps[1].(*yearClasses)
	if len(s.plan.Classes) == 0 || s.plan.Staying == 0 || s.dirty() {
		t.Fatalf("%+v", s.plan)
	}
	r.shoot("settings-annee-classes")
	// A class gets another name, a pupil leaves: shown, not written.
	s.left.Select(1)
	r.yearKey("F2")
	d = r.dialog()
	r.w.Canvas().Focused().(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Type(r.w.Canvas().Focused(), "CE1 Mme Nouvelle")
	d.Main.Press()
	r.noRefusal()
	name := s.plan.Classes[s.classes[1].at].Name
	if !strings.Contains(name, "CE1 Mme Nouvelle") || !s.dirty() {
		t.Fatal(name)
	}
	s.show("all")
	s.right.Select(0)
	child := s.plan.Children[s.pupils[0].at].ChildID
	r.yearKey("F3")
	d = r.dialog()
	d.Content.Refresh()
	s.moved(child, "leaves")
	d.Close()
	if s.plan.Leaving == 0 || r.scalar(`SELECT COUNT(*) FROM child_year`) != 0 {
		t.Error("moved otherwise than shown")
	}
	// Leaving asks first.
	asked := len(r.sh.Confirmed)
	left := false
	r.p.Leave(func() { left = true })
	if len(r.sh.Confirmed) != asked+1 || !left {
		t.Error("the changes were given up without a word")
	}
	s.load()
	if s.dirty() {
		t.Fatal("still dirty")
	}
	s.moved(child, "leaves")
	r.yearKey("F9")
	r.shoot("settings-annee-valider")
	r.dialog().Main.Press()
	r.noRefusal()
	if s.dirty() || r.scalar(`SELECT COUNT(*) FROM child_year WHERE leaves = 1`) == 0 {
		t.Fatal("not committed")
	}
	r.off("F9", "déjà enregistrée")
	s.show("leaves")
	r.shoot("settings-annee-classes-decidees")

	r.step(4)
	q := r.year().steps[4].(*yearRequests)
	if q.plan.New == 0 || q.plan.ToWrite == 0 {
		t.Fatalf("%+v", q.plan)
	}
	q.table.Select(0)
	r.shoot("settings-annee-demandes")
	r.yearKey("F9")
	r.dialog().Main.Press()
	r.noRefusal()
	if q.plan.New != 0 || q.plan.ToWrite != 0 || q.plan.Written == 0 {
		t.Errorf("new %d, to write %d, written %d", q.plan.New, q.plan.ToWrite, q.plan.Written)
	}
	r.off("F9", "chaque famille est prévenue")
	if len(q.plan.LeftOut) > 0 {
		q.outB.Press()
		r.shoot("settings-annee-non-redemandes")
		r.dialog().Close()
	}
	if r.scalar(`SELECT COUNT(*) FROM guardian WHERE email = ''`) >= 0 {
		r.must(r.db.Write(r.sh.Context, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE guardian SET email = '' WHERE family_id = (SELECT MIN(id) FROM family)`)
			return err
		}))
		q.load()
		r.yearKey("F7")
		r.noRefusal()
		if len(r.files.viewed) == 0 || !strings.HasSuffix(r.files.viewed[len(r.files.viewed)-1], "demandes-2027-2028.pdf") {
			t.Error(r.files.viewed)
		}
	}

	// The day comes.
	r.clock(2027, time.August, 2)
	r.last = tabYear
	r.enterAgain()
	if at := r.year().at; at != 1 {
		t.Errorf("on the day of the turn, step %d is shown", at)
	}
	r.shoot("settings-annee-jour-venu")
	r.yearKey("F9")
	r.noRefusal()
	if !r.year().view.Turned() {
		t.Fatal("not turned: ", r.sh.Confirmed)
	}

	r.step(3)
	l := r.year().steps[3].(*yearLeavers)
	if len(l.list) == 0 {
		t.Fatal("nobody left")
	}
	r.shoot("settings-annee-sortants")
	r.files.save = filepath.Join(t.TempDir(), "sortants.xlsx")
	r.yearKey("F7")
	r.noRefusal()
	if body, err := os.ReadFile(r.files.save); err != nil || !strings.HasPrefix(string(body), "PK") {
		t.Error(err)
	}
	l.table.OnOpen(0)
	if len(r.sh.Navigated) == 0 || r.sh.Navigated[0] != "wallets" || r.sh.Args[0] != l.list[0].FamilyID {
		t.Error(r.sh.Navigated, r.sh.Args)
	}
	if l.whyCancel() == "" {
		r.yearKey("F3")
		r.noRefusal()
	}
	if l.whyArchive() == "" {
		r.yearKey("F9")
		r.noRefusal()
	} else {
		r.off("F9", "tout soldé")
	}
}

// onde writes a list of the first school as ONDE gives it: its planned pupils but
// the first, and one nobody knows.
func (r *room) onde(school string) (pupils, guardians string) {
	r.Helper()
	plan, err := r.o.Year.PlanClasses(r.sh.Context, schoolyear.ClassAsk{Year: 2027})
	r.must(err)
	var b, g strings.Builder
	b.WriteString("Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Niveau;Libellé classe\r\n")
	g.WriteString("Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\r\n")
	n := 0
	for _, c := range plan.Children {
		if c.School != school || c.Fate != schoolyear.Stays && c.Fate != schoolyear.Settled {
			continue
		}
		if n++; n == 1 {
			continue
		}
		child, err := r.o.Family.Child(r.sh.Context, c.ChildID)
		r.must(err)
		fmt.Fprintf(&b, "%s;;%s;%s;F;;%s;%s\r\n", child.Last, child.First, child.Birth.Short(), c.Level, c.Class)
		f, err := r.o.Family.Get(r.sh.Context, c.FamilyID)
		r.must(err)
		a := f.Guardians[0]
		fmt.Fprintf(&g, "MME;;%s;%s;%s;%s;%s;FRANCE;;;;;;%s;%s;%s\r\n", a.Last, a.First, f.Address1, f.Postal, f.City, child.Last, child.First, c.Class)
	}
	b.WriteString("NOUVEAU;;Enfant;14/03/2020;F;;CE1;CE1 Mme Nouvelle\r\n")
	g.WriteString("MME;;NOUVEAU;Anne;1 rue Neuve;01390;SAINT-MARCEL;FRANCE;;;;;;NOUVEAU;Enfant;CE1 Mme Nouvelle\r\n")
	dir := r.TempDir()
	pupils, guardians = filepath.Join(dir, "eleves.csv"), filepath.Join(dir, "responsables.csv")
	r.must(os.WriteFile(pupils, []byte(b.String()), 0o600))
	r.must(os.WriteFile(guardians, []byte(g.String()), 0o600))
	return pupils, guardians
}

// TestYearONDE compares a list, then imports it once the children have moved up.
func TestYearONDE(t *testing.T) {
	r := inMay(t, 100, staff.Roles...)
	_, err := r.o.Year.Open(r.sh.Context, 2027, 0)
	r.must(err)
	plan, err := r.o.Year.PlanClasses(r.sh.Context, schoolyear.ClassAsk{Year: 2027})
	r.must(err)
	_, err = r.o.Year.CommitClasses(r.sh.Context, plan)
	r.must(err)
	schools, err := r.o.Catalog.Schools(r.sh.Context)
	r.must(err)
	school, most := schools[0], 0
	for _, one := range schools { // the one with most pupils
		n := 0
		for _, c := range plan.Children {
			if c.SchoolID == one.ID {
				n++
			}
		}
		if n > most {
			school, most = one, n
		}
	}
	pupils, guardians := r.onde(school.Name)
	r.p.Open(tabYear)
	r.step(2)
	s := r.year().steps[2].(*yearONDE)
	r.off("F9", "Comparez d’abord")
	compare := func() {
		t.Helper()
		answers := &turns{answers: []string{pupils, guardians}}
		r.sh.Chooser = answers
		r.yearKey("F2")
		d := r.dialog()
		d.First.(*widgets.Select).Set(fmt.Sprint(school.ID))
		d.Main.Press()
		r.noRefusal()
	}
	compare()
	c := s.seen.Counts
	if c[schoolyear.Arrives] != 1 || c[schoolyear.Missing] != 1 || c[schoolyear.Elsewhere]+c[schoolyear.Returns] != 0 || c[schoolyear.Confirmed] == 0 {
		t.Fatalf("%v", c)
	}
	r.off("F9", "une fois les élèves montés")
	r.off("F3", "étape « Classes »")
	r.shoot("settings-annee-onde")
	r.clock(2027, time.September, 6)
	_, _, err = r.o.Year.Turn(r.sh.Context, 2027)
	r.must(err)
	r.p.Open(tabYear)
	r.year().load()
	compare()
	i := slices.IndexFunc(s.rows, func(x comparedRow) bool { return s.seen.Lines[x.at].What == schoolyear.Missing })
	s.table.Select(i)
	r.yearKey("F3")
	r.noRefusal()
	if n := r.scalar(`SELECT COUNT(*) FROM child WHERE left_on = '2027-07-31'`); n < 1 {
		t.Error("nobody left")
	}
	r.yearKey("F9")
	r.noRefusal()
	if n := r.scalar(`SELECT COUNT(*) FROM child c JOIN class k ON k.id = c.class_id WHERE c.last = 'NOUVEAU' AND k.school_year = 2027`); n != 1 {
		t.Error("the list was not imported")
	}
	r.off("F9", "ne change rien")
}

// turns answers a chooser's questions one after the other.
type turns struct {
	files
	answers []string
}

func (f *turns) Open(_ context.Context, _ string, _ ...string) (string, error) {
	if len(f.answers) == 0 {
		return "", nil
	}
	a := f.answers[0]
	f.answers = f.answers[1:]
	return a, nil
}

// TestYearWithoutTheRight: the desk sees everything and does what is its own.
func TestYearWithoutTheRight(t *testing.T) {
	r := inMay(t, 100, staff.Accueil)
	r.off("F9", "administrateur")
	r.step(1)
	r.off("F2", "administrateur")
	if y := r.year(); y.steps[1].(*yearClasses).plan.Staying == 0 {
		t.Error("the desk does not see the classes")
	}
	if tabs := tabsFor(r.sh.User()); !slices.ContainsFunc(tabs, func(x widgets.TabItem) bool { return x.ID == tabYear }) || slices.ContainsFunc(tabs, func(x widgets.TabItem) bool { return x.ID == tabAgents }) {
		t.Error(tabs)
	}
}

// TestYearStates: before May, and where the reading fails.
func TestYearStates(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	r.p.Open(tabYear)
	r.off("F9", "se prépare à partir du")
	r.shoot("settings-annee-novembre")
	r.step(1)
	r.off("F9", "Ouvrez d’abord l’année")
	r.step(4)
	r.off("F9", "Ouvrez d’abord l’année")
	bare := newYear(r.sh, Deps{})
	bare.load()
	bare.focus()
	if len(bare.shortcuts()) != 0 {
		t.Error("shortcuts without a service")
	}
}

// TestYearLarge takes the pictures at 150 %.
func TestYearLarge(t *testing.T) {
	r := inMay(t, 150, staff.Roles...)
	r.shoot("settings-annee-preparer-150")
	_, err := r.o.Year.Open(r.sh.Context, 2027, 0)
	r.must(err)
	plan, err := r.o.Year.PlanClasses(r.sh.Context, schoolyear.ClassAsk{Year: 2027})
	r.must(err)
	_, err = r.o.Year.CommitClasses(r.sh.Context, plan)
	r.must(err)
	r.year().load()
	for i, name := range []string{"preparer-ouverte", "classes", "onde", "sortants", "demandes"} {
		r.step(i)
		switch s := r.year().steps[i].(type) {
		case *yearRequests:
			s.table.Select(0)
		case *yearClasses:
			s.left.Select(1)
			s.show("all")
		}
		r.noRefusal()
		r.shoot("settings-annee-" + name + "-150")
	}
}

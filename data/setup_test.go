package data_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// killSetUp is where a child finds the place where it sets a town up.
const killSetUp = "ARDOISE_SETUP_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(killSetUp); url != "" {
		if err := setUpChild(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	storetest.Main(m)
}

func setUpChild(url string) error {
	o, err := data.Open(context.Background(), url, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		return err
	}
	if err := o.SetUp(context.Background(), newTown()); err != nil {
		return err
	}
	return o.Close()
}

func newTown() data.Town {
	baneins := catalog.Commune{INSEE: "01028", Name: "Baneins", Postal: "01990"}
	zone, _ := calendar.ZoneOf(baneins.INSEE)
	today := calendar.MustISO("2026-11-24")
	canteen := data.Canteen(baneins, zone, calendar.RegionOf(baneins.INSEE), today)
	canteen.Tariffs[0].Meal = 400 // the price is nobody's to guess
	return data.Town{
		Catalog: catalog.Founding{
			Commune: baneins, Year: calendar.SchoolYearOf(today),
			Schools: []catalog.FoundingSchool{{Name: "École de Baneins", Classes: catalog.SplitClasses("PS MS, GS CP ; CE1 CE2,CM1 CM2")}, {Name: "École de Chaneins"}},
			Service: canteen,
		},
		Agent:  staff.NewAgent{Login: "NPerret ", Name: "Nathalie Perret", Password: stafftest.Password},
		Phrase: staff.NewPhrase(),
	}
}

// counted says how much of a town is there.
func counted(t *testing.T, o *data.Office) (agents, communes, services, journal int) {
	t.Helper()
	if err := o.Store.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT (SELECT count(*) FROM agent), (SELECT count(*) FROM commune), (SELECT count(*) FROM service), (SELECT count(*) FROM audit)`).Scan(&agents, &communes, &services, &journal)
	}); err != nil {
		t.Fatal(err)
	}
	return agents, communes, services, journal
}

func TestSetUpMakesATown(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := mustOpen(t, url)
		defer func() { closing(t, o) }()
		town := newTown()
		if err := o.SetUp(t.Context(), town); err != nil {
			t.Fatal(err)
		}
		se, err := o.Staff.SignIn(t.Context(), "nperret", stafftest.Password)
		if err != nil {
			t.Fatal(err)
		}
		ctx := staff.With(t.Context(), se)
		services, err := o.Catalog.Services(ctx)
		if err != nil || len(services) != 1 {
			t.Fatal(services, err)
		}
		s := services[0]
		if s.Name != "Service cantine, Baneins" || len(s.Schools) != 2 || s.Zone != calendar.ZoneA || !se.Has(staff.Admin) || !se.Has(staff.Cuisine) {
			t.Errorf("%+v %+v", s, se.Roles)
		}
		classes, err := o.Catalog.Classes(ctx, town.Catalog.Year)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range classes {
			names = append(names, c.Name)
		}
		if strings.Join(names, "|") != "PS MS|GS CP|CE1 CE2|CM1 CM2" {
			t.Errorf("classes %q", names)
		}
		checks, err := o.Verify(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if !c.OK {
				t.Error(c.ID, c.Detail)
			}
		}
		// the phrase that was read before the base existed opens it
		if err := o.Staff.Recover(t.Context(), strings.ToLower(town.Phrase), "nperret", "Nouvelle-porte-12"); err != nil {
			t.Error(err)
		}
		err = o.SetUp(t.Context(), newTown())
		if fault.KindOf(err) != fault.Conflict {
			t.Error("a second town over the first:", err)
		}
	})
}

// TestSetUpIsWholeOrNothing: what is refused in the catalog leaves no agent, what
// is refused of the agent leaves no catalog.
func TestSetUpIsWholeOrNothing(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := mustOpen(t, url)
		defer func() { closing(t, o) }()
		for what, spoil := range map[string]func(*data.Town){
			"no school":     func(x *data.Town) { x.Catalog.Schools = nil },
			"INSEE code":    func(x *data.Town) { x.Catalog.Commune.INSEE = "1028" },
			"same schools":  func(x *data.Town) { x.Catalog.Schools[1].Name = "ecole de baneins" },
			"no price":      func(x *data.Town) { x.Catalog.Service.Tariffs = nil },
			"a gap":         func(x *data.Town) { x.Catalog.Service.Tariffs[0].QuotientMin = 600 },
			"no day":        func(x *data.Town) { x.Catalog.Service.Info.Weekdays = 0 },
			"weak password": func(x *data.Town) { x.Agent.Password = "Cantine2026!!" },
			"phrase":        func(x *data.Town) { x.Phrase = strings.Replace(x.Phrase, x.Phrase[:4], "AAAA", 1) },
		} {
			town := newTown()
			spoil(&town)
			if err := o.SetUp(t.Context(), town); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		if a, c, s, j := counted(t, o); a != 0 || c != 0 || s != 0 || j != 0 {
			t.Errorf("left behind: %d agents, %d communes, %d services, %d entries", a, c, s, j)
		}
		if err := o.SetUp(t.Context(), newTown()); err != nil {
			t.Error("the base cannot be set up after refusals:", err)
		}
	})
}

// TestSetUpKilled: a program killed at any moment leaves no file, an empty base or
// a whole town; and starting again ends with one.
func TestSetUpKilled(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		server := store.IsServer(url)
		cut, whole := 0, 0
		for i, moment := range []int{0, 2, 4, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90, 140, 200} {
			at := url
			if !server {
				at = filepath.Join(filepath.Dir(url), fmt.Sprint("ville", i, ".db"))
			} else if i > 0 {
				at = storetest.EmptyPostgresURL(t)
				moment *= 3 // a server takes longer
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), killSetUp+"="+at, "XDG_CONFIG_HOME="+t.TempDir())
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(moment) * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Logf("the child had ended: %v", err)
			}
			if cmd.Wait() != nil {
				cut++
			}
			o, err := data.Open(t.Context(), at, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast, BackupDir: t.TempDir()})
			if err != nil {
				t.Fatalf("killed after %d ms, the base does not open: %v", moment, err)
			}
			switch a, c, s, j := counted(t, o); {
			case a == 0 && c == 0 && s == 0: // a schema killed half-way is copied before it goes on, and the journal says so
				if err := o.SetUp(t.Context(), newTown()); err != nil {
					t.Errorf("killed after %d ms, cannot begin again: %v", moment, err)
				}
			case a == 1 && c == 1 && s == 1 && j >= 3:
				whole++
			default:
				t.Errorf("killed after %d ms: half a town, %d agents, %d communes, %d services, %d entries", moment, a, c, s, j)
			}
			closing(t, o)
		}
		t.Logf("%d of 17 killed, %d towns whole at once", cut, whole)
		if cut == 0 {
			t.Error("nothing was put to the test: each child had ended")
		}
	})
}

func TestPlanOfATown(t *testing.T) {
	var b strings.Builder
	for _, l := range newTown().Plan() {
		b.WriteString(l.Head + " | " + strings.ReplaceAll(l.Text, "\u00a0", " ") + "\n")
	}
	for _, want := range []string{
		"Commune | Baneins (01990), code INSEE 01028", "École | École de Baneins, 2026-2027 : PS MS, GS CP, CE1 CE2, CM1 CM2",
		"École | École de Chaneins, sans classe pour l’instant", "Calendrier | zone A, jours fériés de métropole",
		"Service | Service cantine, Baneins, les lundi, mardi, jeudi, vendredi à 12 h 00", "Tarif | tarif unique : 4,00 €",
		"Pièces | Fiche sanitaire", "Agent | Nathalie Perret, identifiant « nperret », tous les rôles",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the plan lacks %q:\n%s", want, b.String())
		}
	}
}

func TestTariffsOfBrackets(t *testing.T) {
	from := calendar.MustISO("2026-08-01")
	outside := data.Bracket{Meal: 600}
	list, err := data.Tariffs([]data.Bracket{{620, 240}, {900, 360}, {0, 420}}, &outside.Meal, from)
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	if list[1].QuotientMin != 621 || list[1].QuotientMax != 900 || list[2].QuotientMax != catalog.MaxQuotient || list[0].Resident == nil || *list[3].Resident {
		t.Errorf("%+v", list)
	}
	town := newTown()
	town.Catalog.Service.Tariffs = list
	if flaws := town.Catalog.Check(); len(flaws) != 0 {
		t.Error(flaws)
	}
	if _, err := data.Tariffs([]data.Bracket{{620, 240}, {500, 360}, {0, 420}}, nil, from); fault.KindOf(err) != fault.Invalid {
		t.Error("brackets that go back:", err)
	}
	if _, err := data.Tariffs([]data.Bracket{{0, -1}}, nil, from); fault.KindOf(err) != fault.Invalid {
		t.Error("a negative price:", err)
	}
}

func probe(t *testing.T, url string) data.Found {
	t.Helper()
	f, err := data.Probe(t.Context(), url, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestProbe: what is said of an address before it is opened, and that asking
// leaves it as it was.
func TestProbe(t *testing.T) {
	each(t, func(t *testing.T, _ string) {
		url := filepath.Join(t.TempDir(), "mairie.db")
		if strings.HasSuffix(t.Name(), "/postgres") {
			url = storetest.EmptyPostgresURL(t)
		}
		if f := probe(t, url); f.Content != store.Nothing || f.Town || !f.Usable() || !strings.Contains(f.Text(), "vide") {
			t.Errorf("%+v", f)
		}
		if _, err := os.Stat(url); !store.IsServer(url) && err == nil {
			t.Error("asking made a file")
		}
		o := mustOpen(t, url)
		closing(t, o)
		if f := probe(t, url); f.Content != store.Current || f.Town || !strings.Contains(f.Text(), "vide") {
			t.Errorf("%+v", f)
		}
		o = mustOpen(t, url)
		if err := o.SetUp(t.Context(), newTown()); err != nil {
			t.Fatal(err)
		}
		closing(t, o)
		if f := probe(t, url); !f.Town || f.Families != 0 || !strings.Contains(f.Text(), "0 familles") {
			t.Errorf("%+v", f)
		}
		// another program's schema, as its number alone says
		o = mustOpen(t, url)
		if err := o.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE goose_db_version SET version_id = version_id + 1 WHERE version_id = ` + fmt.Sprint(store.LatestVersion()))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		closing(t, o)
		if f := probe(t, url); f.Content != store.Newer || f.Usable() || !strings.Contains(f.Text(), "plus récente") {
			t.Errorf("%+v %s", f, f.Text())
		}
	})
}

func TestProbeOfWhatCannotBeReached(t *testing.T) {
	url := storetest.EmptyPostgresURL(t)
	for what, at := range map[string]struct {
		url  string
		kind fault.Kind
		said string
	}{
		"no server":    {"postgres://ardoise@127.0.0.1:1/mairie?connect_timeout=2&sslmode=disable", fault.Unavailable, "ne répond pas"},
		"no such base": {strings.Replace(url, "/ardoise_", "/nulle_part_", 1), fault.NotFound, "n’existe pas"},
		"wrong name":   {strings.Replace(url, "ardoise@", "inconnu@", 1), fault.Unavailable, "refuse ce nom"},
		"not written":  {"postgres://[wrong", fault.Invalid, "mal écrite"},
	} {
		_, err := data.Probe(t.Context(), at.url, data.Options{Clock: storetest.NewClock().Now})
		if fault.KindOf(err) != at.kind || !strings.Contains(fault.Sentence(err), at.said) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// noethys is the example's file, where it is here.
func noethys(t *testing.T) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(root, "data", "noethys", "EXEMPLE_cantine_DATA.dat")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: the example of Noethys is not here: %v", err)
	}
	return path
}

func TestTakeOverFromNoethys(t *testing.T) {
	in := importer.Noethys{Path: noethys(t)}
	opt := data.Options{Clock: func() time.Time { return time.Date(2016, 12, 14, 9, 0, 0, 0, calendar.Paris) }, Cost: &stafftest.Fast}
	path := filepath.Join(t.TempDir(), "ardoise.db")
	town := newTown()
	empty := func(when string) {
		t.Helper()
		list, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			t.Errorf("%s: %s is there", when, e.Name())
		}
	}
	x, err := data.PrepareTakeOver(t.Context(), path, opt, town, in)
	if err != nil {
		t.Fatal(err)
	}
	if x.Plan.Children != 24 || !x.Plan.Changes() {
		t.Errorf("%+v", x.Plan.Summary())
	}
	if err := x.Drop(); err != nil {
		t.Fatal(err)
	}
	empty("dropped")
	if x, err = data.PrepareTakeOver(t.Context(), path, opt, town, in); err != nil {
		t.Fatal(err)
	}
	again, err := data.PrepareTakeOver(t.Context(), filepath.Join(t.TempDir(), "autre.db"), opt, town, importer.Noethys{Path: "nulle part"})
	if fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Unavailable && fault.KindOf(err) != fault.Invalid || again != nil {
		t.Error("a file that is not there:", err)
	}
	if err := x.Commit(t.Context(), town.Agent); err != nil {
		t.Fatal(err)
	}
	o, err := data.Open(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closing(t, o) }()
	f, err := o.Figures(staff.System(t.Context()))
	if err != nil || f.Families != 19 || f.Children != 24 {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := o.Staff.SignIn(t.Context(), town.Agent.Login, town.Agent.Password); err != nil {
		t.Error(err)
	}
	if _, err := data.PrepareTakeOver(t.Context(), "postgres://ici/la", opt, town, in); fault.KindOf(err) != fault.Invalid {
		t.Error("on a server:", err)
	}
	var checks []ledger.Check
	if checks, err = o.Verify(staff.System(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Error(c.ID, c.Detail)
		}
	}
}

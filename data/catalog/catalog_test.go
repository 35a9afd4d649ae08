package catalog_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"ardoise/assets"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func system() context.Context { return staff.System(context.Background()) }

func load(t *testing.T, db *store.DB) *catalog.Service {
	t.Helper()
	s := catalog.New(db)
	if _, err := s.Load(system(), bytes.NewReader(assets.Dombes), "dombes.toml"); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLoadDombesTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		communes, err := s.Communes(system())
		if err != nil || len(communes) != 36 {
			t.Fatalf("%d communes, %v", len(communes), err)
		}
		sum, err := s.Load(system(), bytes.NewReader(assets.Dombes), "dombes.toml")
		if err != nil || sum.Created+sum.Updated+sum.Removed != 0 || sum.Unchanged < 36 {
			t.Fatalf("second load: %+v, %v", sum, err)
		}
		services, err := s.Services(system())
		if err != nil || len(services) != 4 {
			t.Fatalf("%d services, %v", len(services), err)
		}
		canteen := services[1]
		if canteen.Code != "cantine-saint-marcel" || len(canteen.Schools) != 1 || len(canteen.Sittings) != 2 || *canteen.Capacity != 160 {
			t.Fatalf("%+v", canteen)
		}
		if got := canteen.SittingName(canteen.SittingFor(0, canteen.Schools[0])); got != "1er service" {
			t.Fatalf("sitting %q", got)
		}
		docs, err := s.Required(system(), canteen.ID)
		if err != nil || len(docs) != 3 || docs[0].Kind != "health_form" || !docs[2].DebitOnly || docs[2].Months != 12 {
			t.Fatalf("%+v, %v", docs, err)
		}
	})
}

func TestShowLoadsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		if _, err := s.AddClosure(system(), catalog.Closure{First: calendar.MustISO("2026-12-01"), Reason: `grève "dure"`}); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := s.Show(system(), &b); err != nil {
			t.Fatal(err)
		}
		sum, err := s.Load(system(), bytes.NewReader(b.Bytes()), "show.toml")
		if err != nil || sum.Created+sum.Updated+sum.Removed != 0 {
			t.Fatalf("%+v, %v\n%s", sum, err, b.String())
		}
		other := storetest.OpenSQLite(t)
		fresh := catalog.New(other)
		if _, err := fresh.Load(system(), bytes.NewReader(b.Bytes()), "show.toml"); err != nil {
			t.Fatal(err)
		}
		var c bytes.Buffer
		if err := fresh.Show(system(), &c); err != nil || c.String() != b.String() {
			t.Fatalf("a fresh database shows something else (%v)", err)
		}
	})
}

func TestCutoffsOfTheDombes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]int64{}
		for _, v := range services {
			ids[v.Code] = v.ID
		}
		for _, c := range []struct{ code, day, purpose, want string }{
			{"cantine-saint-marcel", "2026-12-01", "book", "2026-11-26T12:00:00+01:00"},
			{"cantine-saint-marcel", "2026-12-04", "cancel", "2026-11-26T12:00:00+01:00"},
			{"cantine-baneins", "2026-12-01", "book", "2026-11-26T10:00:00+01:00"},
			{"cantine-baneins", "2026-12-03", "book", "2026-12-01T10:00:00+01:00"},
			{"matin-saint-marcel", "2026-11-30", "book", "2026-11-27T10:00:00+01:00"},
			{"soir-saint-marcel", "2026-11-30", "book", "2026-11-30T08:30:00+01:00"},
			{"soir-saint-marcel", "2026-11-30", "cancel", "2026-11-27T10:00:00+01:00"},
		} {
			at, rule, err := s.Cutoff(system(), ids[c.code], calendar.MustISO(c.day), c.purpose)
			if got := at.In(calendar.Paris).Format(time.RFC3339); err != nil || got != c.want || rule == "" {
				t.Errorf("%s %s %s: %s (%s), want %s, %v", c.code, c.day, c.purpose, got, rule, c.want, err)
			}
		}
		if _, _, err := s.Cutoff(system(), ids["soir-saint-marcel"], calendar.MustISO("2026-11-30"), "eat"); fault.KindOf(err) != fault.Invalid {
			t.Error("an unknown purpose is taken:", err)
		}
	})
}

func TestPricesOfTheDombes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		tariffs := map[string][]catalog.Tariff{}
		for _, v := range services {
			if tariffs[v.Code], err = s.Tariffs(system(), v.ID); err != nil {
				t.Fatal(err)
			}
		}
		n := func(v int) *int { return &v }
		day := calendar.MustISO("2026-12-01")
		for _, c := range []struct {
			code  string
			c     catalog.Criteria
			price money.Cents
			note  bool
		}{
			{"cantine-saint-marcel", catalog.Criteria{Quotient: n(0), Resident: true}, 240, false},
			{"cantine-saint-marcel", catalog.Criteria{Quotient: n(620), Resident: true}, 240, false},
			{"cantine-saint-marcel", catalog.Criteria{Quotient: n(621), Resident: true}, 360, false},
			{"cantine-saint-marcel", catalog.Criteria{Quotient: n(1201), Resident: true}, 470, false},
			{"cantine-saint-marcel", catalog.Criteria{Resident: true}, 470, true},
			{"cantine-saint-marcel", catalog.Criteria{Quotient: n(300)}, 590, false},
			{"cantine-saint-marcel", catalog.Criteria{}, 590, false},
			{"cantine-saint-marcel", catalog.Criteria{Resident: true, Kind: "late"}, 640, false},
			{"cantine-saint-marcel", catalog.Criteria{Resident: true, Kind: "unbooked"}, 750, false},
			{"soir-saint-marcel", catalog.Criteria{Quotient: n(1000), Resident: true, SiblingRank: 2}, 200, false},
			{"soir-saint-marcel", catalog.Criteria{Quotient: n(1000), Resident: true, SiblingRank: 4}, 160, false},
			{"soir-saint-marcel", catalog.Criteria{Quotient: n(100), Resident: true, SiblingRank: 4}, 140, false},
			{"soir-saint-marcel", catalog.Criteria{Resident: true, Kind: "late"}, 200, true},
			{"cantine-baneins", catalog.Criteria{Quotient: n(500), Resident: true, AgeGroup: "maternelle"}, 300, false},
			{"cantine-baneins", catalog.Criteria{Quotient: n(500), Resident: true, AgeGroup: "elementaire"}, 320, false},
			{"cantine-baneins", catalog.Criteria{AgeGroup: "adulte"}, 580, false},
		} {
			c.c.Day = day
			got, note, err := catalog.Pick(tariffs[c.code], c.c)
			if err != nil || got.Price() != c.price || (note != "") != c.note {
				t.Errorf("%s %+v: %v (%s, %q), want %v, %v", c.code, c.c, got.Price(), got.Label, note, c.price, err)
			}
		}
		_, _, err = catalog.Pick(tariffs["cantine-baneins"], catalog.Criteria{Day: calendar.MustISO("2020-01-01"), AgeGroup: "maternelle"})
		if fault.KindOf(err) != fault.NotFound {
			t.Error("a price before all tariffs:", err)
		}
	})
}

// dombes is the embedded catalog with one text replaced.
func dombes(t *testing.T, old, replacement string) string {
	t.Helper()
	text := string(assets.Dombes)
	if !strings.Contains(text, old) {
		t.Fatalf("the catalog has no %q", old)
	}
	return strings.Replace(text, old, replacement, 1)
}

func TestErrorsSayLineFieldAndWhatIsAllowed(t *testing.T) {
	db := storetest.OpenSQLite(t)
	s := catalog.New(db)
	for _, c := range []struct{ name, old, replacement, want string }{
		{"kind", `kind = "canteen"`, `kind = "cantine"`, `champ « service.kind » : « cantine » n’est pas permis. Valeurs permises : morning, canteen`},
		{"unknown field", `short = "Cantine"`, "short = \"Cantine\"\ncolour = 1", `champ « service.colour » : ce champ n’existe pas. Champs possibles : code, commune`},
		{"unknown table", "[creditor]", "[debtor]\nx = 1\n[creditor]", `« debtor » : ce champ n’existe pas. Champs possibles : creditor, commune`},
		{"creditor's account", "[creditor]", "[creditor]\niban = \"FR7630006000011234567890188\"", `champ « creditor.iban » : `},
		{"creditor's identifier", "[creditor]", "[creditor]\nics = \"FR72ZZZ123457\"", `champ « creditor.ics » : `},
		{"weekday", `weekdays = "lundi mardi jeudi vendredi"`, `weekdays = "lundi mardredi"`, `champ « service.weekdays » : « mardredi » n’est pas un jour`},
		{"clock", `starts_at = "12:00"`, `starts_at = "midi moins le quart"`, `champ « service.starts_at »`},
		{"cutoff", `default = "jeudi 12:00 semaine-1"`, `default = "jeudi douze heures"`, `champ « service.book.default » : Date limite « jeudi douze heures »`},
		{"cutoff weekday", `{ default = "J-0 08:30" }`, `{ default = "J-0 08:30", mardredi = "J-1 10:00" }`, `champ « service.book.mardredi » : « mardredi » n’est pas un jour de la semaine. Attendu : default, lundi`},
		{"no default", `{ default = "J-0 08:30" }`, `{ lundi = "J-0 08:30" }`, `champ « service.book » : il manque la date limite de tous les jours`},
		{"cutoff after meal", `{ default = "J-0 08:30" }`, `{ default = "vendredi 10:00 semaine-0" }`, `tombe après le repas`},
		{"insee", `insee = "01371"`, `insee = "1371"`, `champ « commune.insee » : « 1371 » n’est pas un code INSEE`},
		{"overlap", `quotient_min = 621`, `quotient_min = 620`, `se chevauchent (quotient 620 à 620)`},
		{"gap", `quotient_min = 621`, `quotient_min = 630`, `il manque un tarif « réservation » pour les résidents, maternelle, quotient de 621 à 629`},
		{"nobody from outside", "resident = false\n", "resident = true\nquotient_min = 5000\n", `se chevauchent`},
		{"amount", `meal = "1,60"`, `meal = "un euro"`, `champ « service.tariff.meal » : « un euro » n’est pas un montant`},
		{"float", `meal = "1,60"`, `meal = 1.605`, `« 1.605 » n’est pas un montant`},
		{"date", `valid_from = 2026-08-01`, `valid_from = "août"`, `« août » n’est pas une date`},
		{"pay", `"wallet", "card"`, `"wallet", "troc"`, `« troc » n’est pas permis. Valeurs permises : wallet, card, cheque`},
		{"capacity", `capacity = 160`, `capacity = -1`, `un nombre entier de 0 à 100000`},
		{"document", `kind = "health_form"`, `kind = "photo"`, `Valeurs permises : health_form, iban`},
		{"unknown school", `name = "École de Saint-Marcel"` + "\nsitting", `name = "École des Sorciers"` + "\nsitting", `l’école « École des Sorciers » n’existe pas`},
		{"unknown commune", `commune = "01371"` + "\nname = \"École", `commune = "Poudlard"` + "\nname = \"École", `la commune « Poudlard » n’est ni dans ce fichier`},
		{"twice", `code = "soir-saint-marcel"`, `code = "matin-saint-marcel"`, `est écrit deux fois`},
		{"syntax", `short = "Cantine"`, `short = "Cantine`, `n’est pas du TOML correct près de « short = "Cantine »`},
		{"not a table", `book = { default = "J-0 08:30" }`, `book = "J-0 08:30"`, `champ « service.book » : un tableau TOML est attendu ici`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := dombes(t, c.old, c.replacement)
			_, err := s.Load(system(), strings.NewReader(text), "essai.toml")
			got := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(got, c.want) || !strings.Contains(got, "essai.toml, ligne ") {
				t.Fatalf("got %v\n%s\nwant %s", fault.KindOf(err), got, c.want)
			}
			if list, err := s.Communes(system()); err != nil || len(list) != 0 {
				t.Fatalf("a refused file left %d communes (%v)", len(list), err)
			}
		})
	}
}

func TestErrorLineIsRight(t *testing.T) {
	s := catalog.New(storetest.OpenSQLite(t))
	text := "[[commune]]\ninsee = \"01371\"\nname = \"Saint-Marcel\"\n\n[[commune]]\ninsee = \"01028\"\nnaem = \"Baneins\"\n"
	_, err := s.Load(system(), strings.NewReader(text), "x.toml")
	if got := fault.Sentence(err); !strings.HasPrefix(strings.ReplaceAll(got, "\u00a0", " "), "x.toml, ligne 7, champ « commune.naem » : ") {
		t.Fatal(got)
	}
}

// Taking a bracket away, or closing it, is followed; a tariff that priced
// bookings is kept, with a word on what to do.
func TestReloadChangesTariffs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		text := dombes(t, `meal = "1,60"`, `meal = "1,70"`)
		sum, err := s.Load(system(), strings.NewReader(text), "b.toml")
		if err != nil || sum.Updated != 1 || sum.Created+sum.Removed != 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		text = strings.Replace(strings.Replace(text, "quotient_max = 620", "quotient_max = 600", 1), "quotient_min = 621", "quotient_min = 601", 1)
		sum, err = s.Load(system(), strings.NewReader(text), "b.toml")
		if err != nil || sum.Created != 2 || sum.Removed != 2 {
			t.Fatalf("%+v, %v", sum, err)
		}
	})
}

func TestEnsureSchoolAndClass(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		load(t, db)
		err := db.Write(system(), func(tx *store.Tx) error {
			for _, c := range []struct {
				commune, name string
				created       bool
			}{
				{"SAINT-MARCEL", "ecole de st marcel", false},
				{"Saint-Marcel-en-Dombes", "École de Saint-Marcel", false},
				{"01028", "École privée Sainte-Anne", true},
				{"Baneins", "ECOLE PRIVEE STE ANNE", false},
			} {
				s, created, err := catalog.EnsureSchool(tx, c.commune, c.name)
				if err != nil || created != c.created || s.ID == 0 {
					t.Errorf("%s / %s: %+v %v %v", c.commune, c.name, s, created, err)
				}
			}
			if _, _, err := catalog.EnsureSchool(tx, "Poudlard", "École"); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			schools, err := catalog.SchoolsTx(tx)
			if err != nil {
				return err
			}
			a, created, err := catalog.EnsureClass(tx, schools[0].ID, 2026, "GS/CP M. Tissot", "CP")
			if err != nil || !created || a.Rank != catalog.ClassRank("", "GS")+1 {
				t.Errorf("%+v %v %v", a, created, err)
			}
			b, created, err := catalog.EnsureClass(tx, schools[0].ID, 2026, "gs/cp  m tissot", "")
			if err != nil || created || b.ID != a.ID {
				t.Errorf("%+v %v %v", b, created, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestImportCalendar(t *testing.T) {
	ics := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Vacances de Noël - Zone A\r\nDTSTART;VALUE=DATE:20271218\r\nDTEND;VALUE=DATE:20280103\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		for range 2 {
			if n, err := s.ImportCalendar(system(), strings.NewReader(ics), calendar.ZoneA); err != nil || n != 1 {
				t.Fatal(n, err)
			}
		}
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		plan, err := s.Plan(system(), services[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if open, why := plan.IsOpen(calendar.MustISO("2027-12-20")); open {
			t.Error("open in imported holidays", why)
		}
	})
}

func TestPlanSeesClosures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		day := calendar.MustISO("2026-12-01")
		id, err := s.AddClosure(system(), catalog.Closure{ServiceID: services[1].ID, First: day, Reason: "grève"})
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.AddClosure(system(), catalog.Closure{ServiceID: services[1].ID, First: day, Reason: "grève"})
		if err != nil || again != id {
			t.Error("the same closure is kept twice", id, again, err)
		}
		for i, want := range []bool{true, false} {
			plan, err := s.Plan(system(), services[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			if open, why := plan.IsOpen(day); open != want {
				t.Errorf("%s: open %v %s", services[i].Code, open, why)
			}
		}
		if err := s.RemoveClosure(system(), id); err != nil {
			t.Fatal(err)
		}
		plan, err := s.Plan(system(), services[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		if open, _ := plan.IsOpen(day); !open {
			t.Error("still closed")
		}
	})
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Élodie  ŒUVRARD-Lefèvre": "elodie oeuvrard lefevre", "O'CONNOR": "o connor", "N’Guyen": "n guyen", "": "", " - ": "", "Straße": "strasse", "ﬁn": "fin",
	} {
		if got := catalog.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	for _, name := range []string{"ST MARCEL", "Saint-Marcel-en-Dombes", "saint marcel cedex", "St-Marcel CEDEX 2"} {
		if got := catalog.PlaceKey(name); got != "saint marcel" {
			t.Errorf("PlaceKey(%q) = %q", name, got)
		}
	}
}

func TestRights(t *testing.T) {
	anyone, admin := stafftest.Anyone, []staff.Role{staff.Admin}
	db := storetest.OpenSQLite(t)
	stafftest.Rights(t, catalog.New(db), map[string][]staff.Role{
		"Communes": anyone, "Schools": anyone, "Classes": anyone, "Services": anyone, "Service": anyone, "Tariffs": anyone,
		"Required": anyone, "Closures": anyone, "Plan": anyone, "Cutoff": anyone, "Setting": anyone, "Holidays": anyone, "Show": anyone,
		"Draft": admin, "PlanDraft": admin, "SaveDraft": admin, "PlanLoad": admin, "SaveCommune": admin, "SaveSchool": admin, "SaveClass": admin,
		"RemoveCommune": admin, "RemoveSchool": admin, "RemoveClass": admin, "RemoveService": admin,
		"Diets": anyone, "DietUse": anyone, "KitchenGroups": anyone, "SaveDiets": admin, "SaveKitchenGroups": admin,
		"PlanCalendar": admin, "CommitCalendar": admin, "SaveHoliday": admin, "RemoveHoliday": admin, "PlanClosures": admin, "CommitClosures": admin,
		"Load": admin, "Before": stafftest.Open, "SetSetting": admin, "AddClosure": admin, "ChangeClosure": admin, "RemoveClosure": admin, "ImportCalendar": admin,
	}, stafftest.Contexts(t, db))
}

func TestSummaryAgrees(t *testing.T) {
	for want, s := range map[string]catalog.Summary{
		"0 ajout, 1 modification, 40 inchangés, 1 retrait": {Updated: 1, Unchanged: 40, Removed: 1},
		"2 ajouts, 0 modification, 1 inchangé, 3 retraits": {Created: 2, Unchanged: 1, Removed: 3},
	} {
		if got := s.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCreditorKeepsWhatTheFileDoesNotSay: an account set in the settings is not
// lost when the catalog is loaded again.
func TestCreditorKeepsWhatTheFileDoesNotSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := catalog.New(db)
		load := func(lines string) {
			t.Helper()
			if _, err := s.Load(system(), strings.NewReader(dombes(t, "[creditor]", "[creditor]\n"+lines)), "dombes.toml"); err != nil {
				t.Fatal(err)
			}
		}
		has := func(name, want string) {
			t.Helper()
			if got, err := s.Setting(system(), name, ""); err != nil || got != want {
				t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
			}
		}
		load(`iban = "FR14 2004 1010 0505 0001 3M02 606"` + "\n" + `ics = "fr72 zzz 123456"`)
		has("creditor.iban", "FR1420041010050500013M02606")
		has("creditor.ics", "FR72ZZZ123456")
		load("")
		has("creditor.iban", "FR1420041010050500013M02606")
		var b bytes.Buffer
		if err := s.Show(system(), &b); err != nil || !strings.Contains(b.String(), `iban = "FR1420041010050500013M02606"`) {
			t.Errorf("%v\n%s", err, b.String())
		}
		load(`ics = ""`)
		has("creditor.ics", "")
	})
}

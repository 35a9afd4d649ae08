package catalog_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// draftFaults are drafts with one thing wrong, the field that has it, and what
// is said. Each is refused whatever the way it comes in.
var draftFaults = []struct {
	field, want string
	edit        func(*catalog.Draft)
}{
	{"name", "Ce champ est obligatoire et ne peut pas être vide.", func(d *catalog.Draft) { d.Info.Name = "  " }},
	{"name", "Ce texte est trop long (200 caractères au plus).", func(d *catalog.Draft) { d.Info.Name = strings.Repeat("é", 201) }},
	{"short", "Ce texte contient un caractère qui ne s’écrit pas", func(d *catalog.Draft) { d.Info.Short = "a\nb" }},
	{"product", "Ce champ est obligatoire", func(d *catalog.Draft) { d.Info.Product = "" }},
	{"code", "« Cantine » n’est pas permis. Attendu : minuscules", func(d *catalog.Draft) { d.Info.Code = "Cantine" }},
	{"commune", "Choisissez la commune du service.", func(d *catalog.Draft) { d.Info.CommuneID = 0 }},
	{"kind", "« cantine » n’est pas permis : choisissez « garderie du matin », « cantine »", func(d *catalog.Draft) { d.Info.Kind = "cantine" }},
	{"zone", "« D » n’est pas permis : choisissez « A », « B », « C ».", func(d *catalog.Draft) { d.Info.Zone = "D" }},
	{"region", "« corse » n’est pas permis : choisissez « France métropolitaine »", func(d *catalog.Draft) { d.Info.Region = "corse" }},
	{"weekdays", "Ce champ est obligatoire : choisissez au moins un jour de service.", func(d *catalog.Draft) { d.Info.Weekdays = 0 }},
	{"starts_at", "n’est pas une heure", func(d *catalog.Draft) { d.Info.StartsAt.Hour = 25 }},
	{"starts_at", "n’est pas une heure", func(d *catalog.Draft) { d.Info.StartsAt.Hour = 112 }},
	{"book", "La date limite se place de 0 à 60 jours avant le repas, pas 61.", func(d *catalog.Draft) {
		d.Info.Book.Default = calendar.Cutoff{Form: calendar.DaysBefore, Days: 61}
	}},
	{"book", "Pour les repas du lundi, la date limite « vendredi 10:00 semaine-0 » tombe après le repas.", func(d *catalog.Draft) {
		d.Info.Book.Default = calendar.Cutoff{Weekday: time.Friday, At: calendar.Clock{Hour: 10}}
	}},
	{"book.lundi", "tombe après le repas", func(d *catalog.Draft) {
		d.Info.Book.ByWeekday = map[time.Weekday]calendar.Cutoff{time.Monday: {Weekday: time.Friday, At: calendar.Clock{Hour: 10}}}
	}},
	{"cancel.jeudi", "L’heure de la date limite n’existe pas", func(d *catalog.Draft) {
		d.Info.Cancel.ByWeekday = map[time.Weekday]calendar.Cutoff{time.Thursday: {Form: calendar.DaysBefore, At: calendar.Clock{Hour: 25}}}
	}},
	{"capacity", "« -1 » n’est pas permis. Attendu : un nombre entier de 0 à 100000.", func(d *catalog.Draft) { n := -1; d.Info.Capacity = &n }},
	{"pay", "Il faut au moins un moyen de paiement.", func(d *catalog.Draft) { d.Info.Pay = nil }},
	{"pay[1]", "« troc » n’est pas permis : choisissez « porte-monnaie »", func(d *catalog.Draft) { d.Info.Pay = []string{"cash", "troc"} }},
	{"waiting_days", "un nombre entier de 0 à 2", func(d *catalog.Draft) { d.Info.WaitingDays = 3 }},
	{"proof_hours", "un nombre entier de 0 à 720", func(d *catalog.Draft) { d.Info.ProofHours = 721 }},
	{"low_balance", "n’est pas un montant permis ici", func(d *catalog.Draft) { d.Info.LowBalance = -1 }},
	{"sittings[0].name", "Ce champ est obligatoire", func(d *catalog.Draft) { d.Sittings = []catalog.Sitting{{}} }},
	{"sittings[1].name", "Le tour « A » est écrit deux fois.", func(d *catalog.Draft) { d.Sittings = []catalog.Sitting{{Name: "A"}, {Name: "A "}} }},
	{"sittings[0].capacity", "un nombre entier de 0 à 100000", func(d *catalog.Draft) { n := 100001; d.Sittings = []catalog.Sitting{{Name: "A", Capacity: &n}} }},
	{"schools", "Le service n’accueille aucune école : choisissez-en au moins une.", func(d *catalog.Draft) { d.Schools = nil }},
	{"schools[0].sitting", "Le tour « Z » n’est pas parmi ceux du service.", func(d *catalog.Draft) { d.Schools[0].Sitting = "Z" }},
	{"schools[0]", "Choisissez l’école.", func(d *catalog.Draft) { d.Schools[0].SchoolID = 0 }},
	{"schools[1]", "Cette école est choisie deux fois.", func(d *catalog.Draft) { d.Schools[1] = d.Schools[0] }},
	{"classes[0].sitting", "Ce champ est obligatoire", func(d *catalog.Draft) { d.Classes = []catalog.TakenClass{{ClassID: 1}} }},
	{"tariffs", "Le service n’a aucun tarif : ajoutez-en un.", func(d *catalog.Draft) { d.Tariffs = nil }},
	{"tariffs[0].label", "Ce champ est obligatoire", func(d *catalog.Draft) { d.Tariffs[0].Label = "" }},
	{"tariffs[0].kind", "« retard » n’est pas permis : choisissez « réservation »", func(d *catalog.Draft) { d.Tariffs[0].Kind = "retard" }},
	{"tariffs[0].valid_from", "Ce champ est obligatoire : donnez une date.", func(d *catalog.Draft) { d.Tariffs[0].ValidFrom = 0 }},
	{"tariffs[0].valid_to", "Le tarif finit avant de commencer.", func(d *catalog.Draft) { d.Tariffs[0].ValidTo = d.Tariffs[0].ValidFrom.Add(-1) }},
	{"tariffs[0].quotient_min", "un nombre entier de 0 à 999999", func(d *catalog.Draft) { d.Tariffs[0].QuotientMin = -1 }},
	{"tariffs[0].quotient_max", "La tranche finit (10) avant de commencer (20).", func(d *catalog.Draft) { d.Tariffs[0].QuotientMin, d.Tariffs[0].QuotientMax = 20, 10 }},
	{"tariffs[0].meal", "n’est pas un montant permis ici : de 0 à", func(d *catalog.Draft) { d.Tariffs[0].Meal = -320 }},
	{"tariffs[0].age_group", "« bébé » n’est pas permis", func(d *catalog.Draft) { d.Tariffs[0].AgeGroup = "bébé" }},
	{"tariffs[0].sibling_rank", "un nombre entier de 0 à 20", func(d *catalog.Draft) { d.Tariffs[0].SiblingRank = 21 }},
	{"tariffs[0]", "Il manque un tarif « réservation » pour les résidents, maternelle, quotient à partir de 901", func(d *catalog.Draft) { d.Tariffs[0].QuotientMax = 900 }},
	{"tariffs[1]", "Les tarifs « tarif unique » et « double » se chevauchent", func(d *catalog.Draft) {
		double := d.Tariffs[0]
		double.ID, double.Label = 0, "double"
		d.Tariffs = append(d.Tariffs, double)
	}},
	{"documents[0].kind", "« photo » n’est pas permis", func(d *catalog.Draft) { d.Documents[0].Kind = "photo" }},
	{"documents[1].kind", "La pièce « Fiche sanitaire » est demandée deux fois.", func(d *catalog.Draft) { d.Documents[1].Kind = "health_form" }},
	{"documents[0].months", "un nombre entier de 1 à 120", func(d *catalog.Draft) { d.Documents[0].Months = 0 }},
}

func TestEachFlawHasItsFieldAndItsSentence(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	d := w.canteen(t)
	before := w.show(t)
	for _, c := range draftFaults {
		d := w.draft(t, d.Info.ID)
		c.edit(&d)
		flaws := catalog.CheckDraft(d)
		if len(flaws) == 0 || flaws[0].Field != c.field || !strings.Contains(plain(flaws[0].Text), c.want) || !strings.HasSuffix(flaws[0].Text, ".") {
			t.Errorf("%s: %v, want %q", c.field, flaws, c.want)
			continue
		}
		if len(flaws) > 4 {
			t.Errorf("%s: one fault is told %d times: %v", c.field, len(flaws), flaws)
		}
		_, _, err := w.s.SaveDraft(w.ctx, d)
		if fault.KindOf(err) != fault.Invalid || !reflect.DeepEqual(catalog.FlawsOf(err), flaws) {
			t.Errorf("%s: saved all the same, or refused otherwise: %v", c.field, err)
		}
	}
	if w.show(t) != before {
		t.Error("a refused draft changed the catalog")
	}
}

// What the database has against a draft is said of its fields too.
func TestWhatADraftNamesMustBeThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		other := d
		other.Info.ID, other.Info.Name, other.Info.Code, other.Version = 0, "Autre service", "autre", ""
		other.Sittings, other.Tariffs = nil, []catalog.Tariff{d.Tariffs[0]}
		other.Tariffs[0].ID = 0
		if _, _, err := w.s.SaveDraft(w.ctx, other); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		for field, edit := range map[string]func(*catalog.Draft){
			"commune":    func(d *catalog.Draft) { d.Info.CommuneID = 99 },
			"schools[1]": func(d *catalog.Draft) { d.Schools[1].SchoolID = 99 },
			"classes[0]": func(d *catalog.Draft) {
				d.Sittings, d.Classes = []catalog.Sitting{{Name: "A"}}, []catalog.TakenClass{{99, "A"}}
			},
			"sittings[0]": func(d *catalog.Draft) { d.Sittings = []catalog.Sitting{{ID: 99, Name: "A"}} },
			"tariffs[0]":  func(d *catalog.Draft) { d.Tariffs[0].ID++ }, // another service's
			"code":        func(d *catalog.Draft) { d.Info.Code = "autre" },
		} {
			d := w.draft(t, d.Info.ID)
			edit(&d)
			_, _, err := w.s.SaveDraft(w.ctx, d)
			if flaws := catalog.FlawsOf(err); fault.KindOf(err) != fault.Conflict || len(flaws) == 0 || flaws[0].Field != field {
				t.Errorf("%s: %v %v", field, err, flaws)
			}
		}
		gone := w.draft(t, d.Info.ID)
		if err := w.s.RemoveService(w.ctx, d.Info.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.s.SaveDraft(w.ctx, gone); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if catalog.FlawsOf(fault.New(fault.Invalid, "x")) != nil {
			t.Error("flaws out of nothing")
		}
	})
}

// A file and a draft are judged by the same rules: what is wrong in one is wrong
// in the other, and said in the same words but for the advice.
func TestAFileIsJudgedAsADraft(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	w.canteen(t)
	text := w.show(t)
	for _, c := range []struct{ old, replacement, field, want string }{
		{`short = "Cantine"`, `short = ""`, "service.short", "ce champ est obligatoire"},
		{`zone = "A"`, `zone = "D"`, "service.zone", "« D » n’est pas permis. Valeurs permises : A, B, C"},
		{`starts_at = "12:00"`, "starts_at = \"12:00\"\nwaiting_days = 3", "service.waiting_days", "un nombre entier de 0 à 2"},
		{`low_balance = "10,00"`, `low_balance = "-1,00"`, "service.low_balance", "n’est pas un montant permis ici. Attendu : des euros entre guillemets"},
		{`label = "Fiche sanitaire"`, "label = \"Fiche sanitaire\"\nmonths = 0", "service.document.months", "un nombre entier de 1 à 120"},
		{`label = "tarif unique"`, "label = \"tarif unique\"\nquotient_max = 900", "service.tariff", "il manque un tarif « réservation » pour les résidents"},
		{`default = "J-1 10:00 ouverture"`, `default = "J-1 10:00", lundi = "vendredi 10:00 semaine-0"`, "service.cancel.lundi", "tombe après le repas"},
	} {
		if !strings.Contains(text, c.old) {
			t.Fatalf("the catalog has no %q:\n%s", c.old, text)
		}
		_, err := w.s.PlanLoad(w.ctx, strings.NewReader(strings.Replace(text, c.old, c.replacement, 1)), "f.toml")
		got := plain(fault.Sentence(err))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(got, "f.toml, ligne ") || !strings.Contains(got, "« "+c.field+" »") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", c.field, got)
		}
	}
}

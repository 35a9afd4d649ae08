package calendar

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"ardoise/data/fault"
)

// The ministry's dataset as it is exported: UTC instants, the end is the day of
// return, one line an académie, other territories, teachers and returns mixed in.
const ministry = "\ufeffDescription;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\r\n" +
	"Vacances de la Toussaint;-;2026-10-16T22:00:00+00:00;2026-11-01T23:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Vacances de la Toussaint;-;2026-10-16T22:00:00+00:00;2026-11-01T23:00:00+00:00;Grenoble;Zone A;2026-2027\r\n" +
	"Vacances de Noël;Élèves;2026-12-18T23:00:00+00:00;2027-01-03T23:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Vacances d'Hiver;-;2027-02-12T23:00:00+00:00;2027-02-28T23:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Vacances d'Hiver;-;2027-02-19T23:00:00+00:00;2027-03-07T23:00:00+00:00;Nantes;Zone B;2026-2027\r\n" +
	"Vacances de Printemps;-;2027-04-09T22:00:00+00:00;2027-04-25T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Pont de l'Ascension;-;2027-05-06T22:00:00+00:00;2027-05-06T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Début des Vacances d'Été;Élèves;2027-07-02T22:00:00+00:00;2027-07-02T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Vacances d'Été;Enseignants;2027-07-02T22:00:00+00:00;2027-08-30T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Prérentrée des enseignants;Enseignants;2026-08-30T22:00:00+00:00;2026-08-30T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Rentrée scolaire des élèves;Élèves;2026-08-31T22:00:00+00:00;2026-08-31T22:00:00+00:00;Lyon;Zone A;2026-2027\r\n" +
	"Vacances de Carnaval;-;2027-02-05T04:00:00+00:00;2027-02-20T04:00:00+00:00;Guadeloupe;Guadeloupe;2026-2027\r\n" +
	"Vacances après 5ème période;-;2027-04-09T22:00:00+00:00;2027-04-25T22:00:00+00:00;Mayotte;Mayotte;2026-2027\r\n"

func wantImported() []Holiday {
	return []Holiday{
		{2026, ZoneA, nameToussaint, MustISO("2026-10-17"), MustISO("2026-11-01")},
		{2026, ZoneA, nameNoel, MustISO("2026-12-19"), MustISO("2027-01-03")},
		{2026, ZoneA, nameHiver, MustISO("2027-02-13"), MustISO("2027-02-28")},
		{2026, ZoneA, namePrintemps, MustISO("2027-04-10"), MustISO("2027-04-25")},
		{2026, ZoneA, nameAscension, MustISO("2027-05-07"), MustISO("2027-05-07")},
		{2026, ZoneA, nameEte, MustISO("2027-07-03"), MustISO("2027-08-31")},
		{2026, ZoneB, nameHiver, MustISO("2027-02-20"), MustISO("2027-03-07")},
	}
}

func parse(t *testing.T, text string, zone Zone) []Holiday {
	t.Helper()
	list, err := ParseCalendar(strings.NewReader(text), zone)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return list
}

func TestMinistryCSV(t *testing.T) {
	english := strings.NewReplacer("Date de début", "start_date", "Date de fin", "end_date", "Description", "description", "Population", "population", "Académies", "location", "Zones", "zones")
	latin1 := make([]byte, 0, len(ministry))
	for _, r := range strings.TrimPrefix(ministry, "\ufeff") {
		latin1 = append(latin1, byte(r))
	}
	for name, text := range map[string]string{
		"export": ministry, "English headers": english.Replace(ministry), "commas": strings.ReplaceAll(ministry, ";", ","),
		"LF": strings.ReplaceAll(ministry, "\r\n", "\n"), "Latin-1": string(latin1), "Z for UTC": strings.ReplaceAll(ministry, "+00:00", "Z"),
	} {
		if got, want := parse(t, text, ""), wantImported(); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
	// Our own facts and the ministry's lines are the same holidays.
	own := SchoolHolidays()
	for _, h := range parse(t, ministry, "") {
		if h.Name != nameAscension && !slices.Contains(own, h) {
			t.Errorf("%v is not among the embedded ones", h)
		}
	}
}

// A table of the holidays alone: labels without the word, the last day beside
// the day of return, dates all zones share, an end not published yet.
const table = "annee_scolaire,zone,libelle,premier_jour_vacances,dernier_jour_vacances,reprise,statut\n" +
	"2026-2027,A,Toussaint,2026-10-17,2026-11-01,2026-11-02,confirmed\n" +
	"2026-2027,A,Noel,2026-12-19,2027-01-03,,confirmed\n" +
	"2026-2027,ABC,Pont de l'Ascension,2027-05-06,2027-05-09,2027-05-10,x\n" +
	"2026-2027,Guadeloupe,Carnaval,2027-02-05,2027-02-20,2027-02-21,x\n" +
	"2026-2027,A,Ete,2027-07-03,,,start confirmed\n"

func TestTableOfHolidays(t *testing.T) {
	ascension := func(z Zone) Holiday {
		return Holiday{2026, z, nameAscension, MustISO("2027-05-06"), MustISO("2027-05-09")}
	}
	want := []Holiday{
		{2026, ZoneA, nameToussaint, MustISO("2026-10-17"), MustISO("2026-11-01")},
		{2026, ZoneA, nameNoel, MustISO("2026-12-19"), MustISO("2027-01-03")},
		ascension(ZoneA), ascension(ZoneB), ascension(ZoneC),
		{2026, ZoneA, nameEte, MustISO("2027-07-03"), MustISO("2027-08-31")},
	}
	sortHolidays(want)
	if got := parse(t, table, ""); !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
	for bad, said := range map[string]string{
		strings.Replace(table, "2026-10-17", "17 octobre", 1):             "Ligne 2",
		strings.Replace(table, "2027-01-03,,", "bientôt,,", 1):            "« bientôt » n’est pas une date de fin",
		strings.Replace(table, "libelle", "nom", 1):                       "manque",
		strings.Replace(table, "2026-2027,A,Noel", "26,A,Noel", 1):        "Ligne 3",
		strings.Replace(table, "2027-05-09,2027-05-10", ",2026-05-10", 1): "finit avant de commencer",
	} {
		if _, err := ParseCalendar(strings.NewReader(bad), ""); fault.KindOf(err) != fault.Invalid || !strings.Contains(strings.ReplaceAll(fault.Sentence(err), "\u00a0", " "), said) {
			t.Errorf("%v, want %q", err, said)
		}
	}
}

// The table that was gathered for the tests says what the program knows.
func TestSharedTableOfHolidays(t *testing.T) {
	var body strings.Builder
	w := csv.NewWriter(&body)
	head := []string{"annee_scolaire", "zone", "libelle", "premier_jour_vacances", "dernier_jour_vacances", "reprise", "statut"}
	if err := w.WriteAll(append([][]string{head}, shared(t, "vacances_scolaires_2025-2027.csv")...)); err != nil {
		t.Fatal(err)
	}
	own := SchoolHolidays()
	list := parse(t, body.String(), "")
	if len(list) < 20 {
		t.Errorf("only %d holidays", len(list))
	}
	for _, h := range list {
		if !slices.Contains(own, h) {
			t.Errorf("%v is not among the embedded ones", h)
		}
	}
}

func TestMinistryCSVKnowsAYear(t *testing.T) {
	list := parse(t, ministry, "")
	if !YearKnown(list, ZoneA, 2026) || YearKnown(list, ZoneB, 2026) {
		t.Error("zone A is complete, zone B has its winter only")
	}
}

const ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Calendrier scolaire\r\n" +
	"BEGIN:VEVENT\r\nUID:1@education.gouv.fr\r\nDTSTART;VALUE=DATE:20261017\r\nDTEND;VALUE=DATE:20261102\r\n" +
	"LOCATION:Besançon\\, Bordeaux\\, Clermont-Fe\r\n rrand\r\nSUMMARY:Vacances de la Toussaint - Zones A/B/C\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2@education.gouv.fr\r\nDTSTART;VALUE=DATE:20270213\r\nDTEND;VALUE=DATE:20270301\r\nSUMMARY:Vacances d'Hiver - Zone A\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:20260918T084701Z-Zone-A-B@data.education.gouv.fr\r\nDTSTART:20261218T230000Z\r\nDTEND:20270103T230000Z\r\nSUMMARY:Vacances de Noël\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270703\r\nSUMMARY:Début des Vacances d'Été - Zone A\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260831\r\nDTEND;VALUE=DATE:20260901\r\nSUMMARY:Rentrée scolaire des élèves - Zone A\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270703\r\nDTEND;VALUE=DATE:20270831\r\nSUMMARY:Vacances d'Été - Zone A\r\nDESCRIPTION:Enseignants\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

func TestICS(t *testing.T) {
	want := []Holiday{
		{2026, ZoneA, nameToussaint, MustISO("2026-10-17"), MustISO("2026-11-01")},
		{2026, ZoneA, nameNoel, MustISO("2026-12-19"), MustISO("2027-01-03")},
		{2026, ZoneA, nameHiver, MustISO("2027-02-13"), MustISO("2027-02-28")},
		{2026, ZoneA, nameEte, MustISO("2027-07-03"), MustISO("2027-08-31")},
		{2026, ZoneB, nameToussaint, MustISO("2026-10-17"), MustISO("2026-11-01")},
		{2026, ZoneB, nameNoel, MustISO("2026-12-19"), MustISO("2027-01-03")},
		{2026, ZoneC, nameToussaint, MustISO("2026-10-17"), MustISO("2026-11-01")},
	}
	if got := parse(t, ics, ""); !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
	named := strings.NewReplacer(" - Zones A/B/C", "", " - Zone A", "", "-Zone-A-B@", "@", "Calendrier scolaire", "Vacances zone B").Replace(ics)
	for _, h := range parse(t, named, "") {
		if h.Zone != ZoneB {
			t.Errorf("%v: the calendar's name says zone B", h)
		}
	}
	for _, h := range parse(t, named, ZoneC) {
		if h.Zone != ZoneC {
			t.Errorf("%v: the agent said zone C", h)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	edit := func(text, old, fresh string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(text, old, fresh, 1)
	}
	unnamed := strings.NewReplacer(" - Zones A/B/C", "", " - Zone A", "", "-Zone-A-B@", "@").Replace(ics)
	for name, c := range map[string][2]string{
		"empty":             {"", "vide"},
		"another CSV":       {"nom;prénom\nDurand;Léa\n", "« description » manque"},
		"no zone column":    {edit(ministry, "Zones;", "Lieu;"), "« zones » manque"},
		"bad start":         {edit(ministry, "2026-12-18T23:00:00+00:00", "18 décembre"), "Ligne 4 : « 18 décembre » n’est pas une date de début"},
		"impossible day":    {edit(ministry, "2026-12-18T23:00:00+00:00", "2026-02-30"), "Ligne 4"},
		"bad end":           {edit(ministry, "2027-01-03T23:00:00+00:00", "?"), "Ligne 4 : « ? » n’est pas une date de fin"},
		"ends before":       {edit(ministry, "2027-01-03T23:00:00+00:00", "2026-01-03T23:00:00+00:00"), "finit avant de commencer"},
		"a year long":       {edit(ministry, "2027-01-03T23:00:00+00:00", "2027-12-03T23:00:00+00:00"), "quatre mois"},
		"wrong year":        {edit(ministry, "Lyon;Zone A;2026-2027\r\nVacances d'Hiver", "Lyon;Zone A;2031-2032\r\nVacances d'Hiver"), "n’est pas dans l’année 2031-2032"},
		"no year":           {edit(ministry, "Lyon;Zone A;2026-2027\r\nVacances d'Hiver", "Lyon;Zone A;\r\nVacances d'Hiver"), "n’est pas une année scolaire"},
		"cut line":          {ministry[:strings.Index(ministry, "Pont")+20], "Ligne 8 : la ligne est coupée"},
		"quotes":            {edit(ministry, "Vacances de Noël", "\"Vacances de Noël"), "abîmé"},
		"nothing of ours":   {"Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\n", "aucune période"},
		"binary":            {"\x00\x01\x02\xff", "manque"},
		"ICS without zone":  {unnamed, "choisissez la zone"},
		"ICS without start": {edit(ics, "DTSTART;VALUE=DATE:20261017\r\n", ""), "Ligne 4 : l’évènement « Vacances de la Toussaint - Zones A/B/C » n’a pas de date de début"},
		"ICS bad date":      {edit(ics, "DATE:20261017", "DATE:20261317"), "Ligne 6 : « 20261317 » n’est pas une date"},
		"ICS cut":           {ics[:strings.Index(ics, "UID:2@")], "l’évènement n’a pas de fin"},
		"ICS nested":        {edit(ics, "UID:2@education.gouv.fr", "BEGIN:VEVENT"), "avant la fin du précédent"},
		"ICS empty":         {"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "aucune période"},
		"too big":           {strings.Repeat("x", maxCalendar+1), "trop gros"},
	} {
		list, err := ParseCalendar(strings.NewReader(c[0]), "")
		if err == nil {
			t.Errorf("%s: read as %v", name, list)
			continue
		}
		if s := fault.Sentence(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(s, fault.French(c[1])) {
			t.Errorf("%s: %s", name, s)
		}
	}
}

func TestHolidayNames(t *testing.T) {
	for label, want := range map[string]string{
		"Vacances de la Toussaint": nameToussaint, "Vacances de Noël - Zones A B C": nameNoel, "VACANCES D'HIVER": nameHiver,
		"Vacances de printemps (zone B)": namePrintemps, "Pont de l’Ascension": nameAscension, "Début des Vacances d'Été": nameEte,
		"Vacances d'été - Zone A": nameEte, "Vacances de l'Aïd": "vacances de l’Aïd", "Vacances d'automne": "vacances d’automne",
	} {
		if got := holidayName(label); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}

func FuzzParseCalendar(f *testing.F) {
	f.Add([]byte(ministry))
	f.Add([]byte(ics))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Vacances\nDTSTART:20270703\nEND:VEVENT"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ParseCalendar(strings.NewReader(string(data)), ZoneA)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		for i, h := range list {
			if h.Last < h.First || h.Last > h.First.Add(121) || h.Name == "" || len(h.Zone) != 1 || h.Zone < ZoneA || h.Zone > ZoneC {
				t.Fatalf("%+v", h)
			}
			if slices.Contains(list[:i], h) {
				t.Fatalf("%v twice", h)
			}
		}
		spec := canteen()
		spec.SchoolHolidays = MergeHolidays(spec.SchoolHolidays, list)
		MustPlan(spec)
	})
}

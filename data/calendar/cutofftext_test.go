package calendar

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"

	"ardoise/data/fault"
)

func TestParseCutoff(t *testing.T) {
	for text, want := range map[string]string{ // what may be written, and what is kept
		"jeudi 12:00 semaine-1": "jeudi 12:00 semaine-1", "Jeu. 12h semaine-1": "jeudi 12:00 semaine-1", "JEUDI midi semaine-1": "jeudi 12:00 semaine-1",
		"mardi 10h00 même semaine": "mardi 10:00 semaine-0", "mardi 10:00 semaine": "mardi 10:00 semaine-0",
		"j-1 10:00": "J-1 10:00", "veille 10h": "J-1 10:00", "J-1  10:00   calendaires": "J-1 10:00", "J-01 10:00": "J-1 10:00",
		"veille 10:00 ouvrés": "J-1 10:00 ouvrés", "J-1 10:00 ouvres": "J-1 10:00 ouvrés", "J-2 9:30 Ouverture": "J-2 09:30 ouverture",
		"J-8 minuit": "J-8 24:00", "jour même 8h30": "J-0 08:30", "jour-même 08:30": "J-0 08:30",
		"72H avant 12:00": "72h avant 12:00", "72h avant midi": "72h avant 12:00",
		"J-1 10:00 avancé si fermé": "J-1 10:00 avancé-si-fermé", "72h avant 12:00 avance-si-ferme": "72h avant 12:00 avancé-si-fermé",
	} {
		c, err := ParseCutoff(text)
		if err != nil || c.String() != want {
			t.Errorf("%q: %q, %v", text, c, err)
		}
	}
	for text, says := range map[string]string{ // what may not, and a word of the answer
		"": "il manque", "jeudi": "il manque", "jeudi 12:00": "semaine-1", "jeudi 25:00 semaine-1": "n’est pas une heure",
		"jeudi 12:60 semaine-1": "n’est pas une heure", "jeudi 24:01 semaine-1": "n’est pas une heure", "jeudi 12 semaine-1": "n’est pas une heure",
		"jeudi 12:00 semaine-9": "0 à 8 semaines", "jeudi 12:00 semaine-x": "n’est pas une semaine", "jeudi 12:00 demain": "n’est pas une semaine",
		"J-61 10:00": "0 à 60 jours", "J- 10:00": "nombre de jours", "J+1 10:00": "n’est ni un jour", "J-1 10:00 fériés": "ni ouvrés",
		"J-1 10:00 ouvrés ouvrés": "en trop", "721h avant 12:00": "0 à 720 heures", "h avant 12:00": "nombre d’heures", "72 avant 12:00": "nombre d’heures",
		"72h avant": "l’heure de début", "72h avant 12:00 13:00": "l’heure de début", "n’importe quoi": "n’est ni un jour", "avancé-si-fermé": "il manque",
	} {
		c, err := ParseCutoff(text)
		if err == nil {
			t.Errorf("%q was read as %v", text, c)
			continue
		}
		if s := fault.Sentence(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(s, says) || !strings.Contains(s, text) {
			t.Errorf("%q: %s", text, s)
		}
	}
}

func TestCutoffSetText(t *testing.T) {
	for text, want := range map[string]string{
		"J-1 10:00": "J-1 10:00",
		twice:       twice,
		"J-1 10:00;mar=J-2 10:00;lun,jeu = J-2 10h ; ven=veille 9h": "J-1 10:00 ; lundi mardi jeudi = J-2 10:00 ; vendredi = J-1 09:00",
	} {
		s, err := ParseCutoffSet(text)
		if err != nil || s.String() != want {
			t.Errorf("%q: %q, %v", text, s, err)
		}
	}
	for _, text := range []string{
		"", ";", "lundi = J-1 10:00", "J-1 10:00 ;", "J-1 10:00 ; J-2 10:00", "J-1 10:00 ; = J-2 10:00",
		"J-1 10:00 ; lundi = J-2 10:00 ; lundi = J-3 10:00", "J-1 10:00 ; lundo = J-2 10:00", "J-1 10:00 ; lundi = demain",
	} {
		if s, err := ParseCutoffSet(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	type catalog struct{ Book, Cancel CutoffSet }
	in := catalog{Book: must(ParseCutoffSet(twice)), Cancel: must(ParseCutoffSet("J-0 08:30"))}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out catalog
	if err := json.Unmarshal(b, &out); err != nil || out.Book.String() != twice || out.Cancel.String() != "J-0 08:30" {
		t.Errorf("%s: %v, %v", b, out, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCutoffPrintsAndParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCutoff(t)
		got, err := ParseCutoff(c.String())
		if err != nil || got != c {
			t.Fatalf("%+v prints %q, read %+v, %v", c, c.String(), got, err)
		}
		s := CutoffSet{Default: c, ByWeekday: map[time.Weekday]Cutoff{}}
		for _, w := range frenchWeek {
			if rapid.Bool().Draw(t, "own") {
				s.ByWeekday[w] = genCutoff(t)
			}
		}
		back, err := ParseCutoffSet(s.String())
		if err != nil || back.String() != s.String() {
			t.Fatalf("%q: %q, %v", s, back, err)
		}
		for _, w := range frenchWeek {
			if back.For(w) != s.For(w) {
				t.Fatalf("%q, %s: %+v, want %+v", s, WeekdayName(w), back.For(w), s.For(w))
			}
		}
	})
}

func FuzzParseCutoff(f *testing.F) {
	for _, row := range limitRows {
		f.Add(row.set)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseCutoffSet(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParseCutoffSet(s.String()); err != nil || again.String() != s.String() {
			t.Fatalf("%q prints %q, read %q, %v", text, s, again, err)
		}
		s.Limit(MustISO("2026-11-30"), nil)
	})
}

func TestParseClock(t *testing.T) {
	for text, want := range map[string]string{"10:00": "10:00", "8h30": "08:30", "8 h 30": "08:30", "16\u00a0h\u00a000": "16:00", "midi": "12:00", "Minuit": "24:00", "0:00": "00:00"} {
		if c, err := ParseClock(text); err != nil || c.String() != want {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
	for _, text := range []string{"", "10", "24:01", "10:5", "10:60", "-1:00", "100:00", "h30", "10:00:00"} {
		if c, err := ParseClock(text); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "n’est pas une heure") {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

// What a catalog's TOML holds is read and written back, and a wrong line is refused.
func TestTOML(t *testing.T) {
	type service struct {
		Days  Weekdays  `toml:"days"`
		Start Clock     `toml:"start"`
		Late  Cutoff    `toml:"late"`
		Book  CutoffSet `toml:"book"`
		From  Date      `toml:"from"`
	}
	const text = "days = 'lundi mardi jeudi vendredi'\nstart = '12:00'\nlate = 'J-0 08:30'\nbook = '" + twice + "'\nfrom = '2026-09-01'\n"
	var s service
	if err := toml.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	if s.Days != SchoolWeek || s.Start != (Clock{12, 0}) || s.Late.At != (Clock{8, 30}) || s.From != MustISO("2026-09-01") {
		t.Errorf("%+v", s)
	}
	if b, err := toml.Marshal(s); err != nil || string(b) != text {
		t.Errorf("%s, %v", b, err)
	}
	for _, old := range []string{"lundi", "12:00", "J-0", "mardi = jeudi", "2026-09-01"} {
		if err := toml.Unmarshal([]byte(strings.Replace(text, old, "x", 1)), new(service)); err == nil {
			t.Errorf("%q replaced by x is accepted", old)
		}
	}
}

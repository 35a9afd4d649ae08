package letter

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ardoise/assets"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

var (
	hiatus = regexp.MustCompile(`(?i)\bde [aeiouàâéèêëîïôöœùûü]\p{L}*`)
	// what French typography does not write
	badSpace = regexp.MustCompile(`n° |[^\x{00a0}\x{202f}][;?!€»]| [.,]|  |«[^\x{00a0}]|[^\d:]:$`)
)

// faults of a letter as a family would see them.
func faults(l Letter) (out []string) {
	text := l.Subject + "\n" + l.Body
	if strings.ContainsAny(text, "{}") || strings.Contains(text, "<no value>") {
		out = append(out, "braces are left")
	}
	if at := hiatus.FindString(text); at != "" && !slices.Contains([]string{"de hors"}, at) {
		out = append(out, "hiatus "+at)
	}
	for line := range strings.Lines(text) {
		if at := badSpace.FindString(strings.TrimSuffix(line, "\n")); at != "" && !strings.HasSuffix(at, ":") {
			out = append(out, fmt.Sprintf("typography %q in %q", at, line))
		}
	}
	if strings.Contains(text, "\n\n\n") || strings.Contains(l.Subject, "\n") || strings.TrimSpace(l.Subject) == "" {
		out = append(out, "lines")
	}
	return out
}

// TestEveryTemplate: each is whole, and reads well with its examples, with
// nothing at all, and with names that want an elision or do not.
func TestEveryTemplate(t *testing.T) {
	files, err := assets.Mail.ReadDir("mail")
	if err != nil || len(files) != len(registry) {
		t.Errorf("%d files for %d templates: %v", len(files), len(registry), err)
	}
	titles := map[string]bool{}
	for _, s := range registry {
		t.Run(s.name, func(t *testing.T) {
			if titles[s.title] || s.title == "" || !strings.HasSuffix(s.when, ".") {
				t.Errorf("title %q, when %q", s.title, s.when)
			}
			titles[s.title] = true
			keys := map[string]bool{}
			for _, f := range s.fields {
				for _, in := range f.inserts() {
					if k := catalog.Fold(in.Text); keys[k] || k == "" {
						t.Errorf("%s twice", in.Text)
					} else {
						keys[k] = true
					}
					if in.Label == "" || in.Example == "" {
						t.Errorf("%s: label %q, example %q", in.Text, in.Label, in.Example)
					}
				}
			}
			l, err := Template{Name: s.name}.Preview(s.subject, s.body)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults(l) {
				t.Errorf("with its examples: %s\n%s\n%s", f, l.Subject, l.Body)
			}
			for _, f := range s.fields { // one after the other has nothing to say
				if f.Must {
					continue
				}
				values := examples(s)
				values[f.Name] = ""
				if l := s.letter(s.origin, values); len(faults(l)) > 0 {
					t.Errorf("without %s: %q\n%s\n%s", f.Name, faults(l), l.Subject, l.Body)
				}
			}
			if l := s.letter(s.origin, Facts{}); len(faults(l)) > 0 || strings.TrimSpace(l.Body) == "" && plain(s.origin.body) {
				t.Errorf("with nothing: %q\n%s\n%s", faults(l), l.Subject, l.Body)
			}
			for _, name := range []string{"Manon", "Éva", "Ô", "œdipe", "Hugo", "Yanis"} {
				values := examples(s)
				values["prénom"], values["commune"] = name, name
				if l := s.letter(s.origin, values); len(faults(l)) > 0 {
					t.Errorf("%s: %q\n%s\n%s", name, faults(l), l.Subject, l.Body)
				}
			}
		})
	}
}

func examples(s *spec) Facts {
	values := Facts{}
	for _, f := range s.fields {
		values[f.Name] = f.Example
	}
	return values
}

// plain reports whether a line of the pattern has no field at all.
func plain(p pattern) bool {
	return slices.ContainsFunc(p, func(line []piece) bool {
		return len(line) > 0 && !slices.ContainsFunc(line, func(x piece) bool { return x.field != "" })
	})
}

// TestFaultsAreSeen: what the test above looks for, it finds.
func TestFaultsAreSeen(t *testing.T) {
	for what, l := range map[string]Letter{
		"braces":  {Subject: "a", Body: "Bonjour {prénom"},
		"hiatus":  {Subject: "l’accès de Éva", Body: "b"},
		"space":   {Subject: "a", Body: "il reste  rien"},
		"euro":    {Subject: "a", Body: "4,20 €"},
		"stop":    {Subject: "a", Body: "il reste ."},
		"lines":   {Subject: "a", Body: "a\n\n\nb"},
		"subject": {Subject: " ", Body: "b"},
	} {
		if len(faults(l)) == 0 {
			t.Errorf("%s is not seen", what)
		}
	}
}

// TestComposeSaysEverything: a caller that forgets a field, or names one the
// template has not, is caught by its own test.
func TestComposeSaysEverything(t *testing.T) {
	c := Correspondent{To: "a@example.org", Greeting: "Bonjour", Commune: "Ambérieu"}
	good := Facts{"famille": "Favier", "solde": "3,00 €", "seuil": "10,00 €"}
	l, err := c.Compose("wallet.low", good)
	if err != nil || l.To != "a@example.org" || !strings.Contains(l.Body, "La mairie d’Ambérieu\n") || !strings.HasPrefix(l.Body, "Bonjour,\n\n") || l.Subject != "Porte-monnaie\u00a0: il reste 3,00\u00a0€" {
		t.Errorf("%+v %v", l, err)
	}
	for what, f := range map[string]Facts{"one forgotten": {"famille": "a", "solde": "b"}, "one for another": {"famille": "a", "solde": "b", "mois": "c"}, "one too many": {"famille": "a", "solde": "b", "seuil": "c", "mois": "d"}} {
		if _, err := c.Compose("wallet.low", f); err == nil {
			t.Error(what, "is taken")
		}
	}
	if _, err := c.Compose("wallet.lost", good); err == nil {
		t.Error("a template that is not there is filled")
	}
}

func place(t *testing.T, db *store.DB) (admin context.Context, families []int64) {
	t.Helper()
	admin = stafftest.Session(t, db, staff.Admin)
	if err := db.Write(admin, func(tx *store.Tx) error {
		if _, err := tx.Exec(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Ambérieu', 'amberieu')`); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO family (name, fold, sort_key, created_at, commune_id) SELECT 'Favier', 'favier', $1, $2, id FROM commune`, []byte("favier"), tx.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) SELECT id, 1, 'Mme', 'Favier', 'Élodie', 'elodie@example.org', 'favier' FROM family`); err != nil {
			return err
		}
		var id int64
		err := tx.QueryRow(`SELECT id FROM family`).Scan(&id)
		families = []int64{id}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return admin, families
}

func find(t *testing.T, s *Service, ctx context.Context, name string) Template {
	t.Helper()
	list, err := s.Templates(ctx)
	if err != nil || len(list) != len(registry) {
		t.Fatalf("%d templates, %v", len(list), err)
	}
	i := slices.IndexFunc(list, func(x Template) bool { return x.Name == name })
	return list[i]
}

func write(t *testing.T, db *store.DB, ctx context.Context, family int64) Letter {
	t.Helper()
	var l Letter
	if err := db.Read(ctx, func(tx *store.Tx) (err error) {
		l, err = Compose(tx, family, "wallet.low", Facts{"famille": "Favier", "solde": "3,00 €", "seuil": "10,00 €"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTemplateIsChangedUsedAndPutBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin, families := place(t, db)
		s := New(db)
		first := find(t, s, admin, "wallet.low")
		if first.Changed || first.Version != 0 || first.Subject != first.Default.Subject || first.Body == "" || len(first.Inserts()) != len(first.Fields)+1 {
			t.Errorf("%+v", first)
		}
		if l := write(t, db, admin, families[0]); !strings.HasPrefix(l.Body, "Bonjour Madame Favier,") || l.To != "elodie@example.org" {
			t.Errorf("%+v", l)
		}
		one, err := s.SaveTemplate(admin, "wallet.low", " Bientôt vide : {Solde} ", "{salutation}\r\nRechargez ! ({famille})   \r\n\r\nLa mairie {de commune}\n", 0)
		if err != nil || !one.Changed || one.Version != 1 || one.Body != "{salutation}\nRechargez ! ({famille})\n\nLa mairie {de commune}" || one.ChangedAt.IsZero() {
			t.Fatalf("%+v %v", one, err)
		}
		if got := find(t, s, admin, "wallet.low"); got.Subject != one.Subject || !got.Changed || got.Version != 1 {
			t.Errorf("%+v", got)
		}
		if l := write(t, db, admin, families[0]); l.Subject != "Bientôt vide\u00a0: 3,00\u00a0€" || l.Body != "Bonjour Madame Favier\nRechargez\u00a0! (Favier)\n\nLa mairie d’Ambérieu\n" {
			t.Errorf("%q", l)
		}
		if err := db.Read(admin, func(tx *store.Tx) error {
			l, err := ComposeTo(tx, Correspondent{To: "b@example.org", Greeting: "Bonjour"}, "wallet.low", Facts{"famille": "Favier", "solde": "3,00 €", "seuil": "10,00 €"})
			if l.To != "b@example.org" || l.Body != "Bonjour\nRechargez\u00a0! (Favier)\n" {
				t.Errorf("to somebody else: %q", l)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		if _, err := s.SaveTemplate(admin, "wallet.low", "Autre", "Autre", 0); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an old version: %v", err)
		}
		if same, err := s.SaveTemplate(admin, "wallet.low", one.Subject, one.Body, 1); err != nil || same.Version != 1 {
			t.Errorf("the same again: %+v %v", same, err)
		}
		back, err := s.RestoreTemplate(admin, "wallet.low", 1)
		if err != nil || back.Changed || back.Version != 2 || back.Body != first.Body {
			t.Fatalf("%+v %v", back, err)
		}
		if l := write(t, db, admin, families[0]); !strings.Contains(l.Body, "seuil d’alerte") {
			t.Errorf("%q", l)
		}
		if _, err := s.SaveTemplate(admin, "wallet.low", one.Subject, one.Body, 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a version of before it was put back: %v", err)
		}
		if _, err := s.RestoreTemplate(admin, "wallet.low", 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("put back twice: %v", err)
		}
		if again, err := s.SaveTemplate(admin, "wallet.low", first.Subject, first.Body, 2); err != nil || again.Changed || again.Version != 2 {
			t.Errorf("the program's own text is no change: %+v %v", again, err)
		}
		var trail int
		if err := db.Read(admin, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM audit WHERE action = 'letter.template' AND object = 'letter_template:wallet.low'`).Scan(&trail)
		}); err != nil || trail != 2 {
			t.Errorf("%d lines in the trail, %v", trail, err)
		}
	})
}

func TestTemplateRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin, _ := place(t, db)
		s := New(db)
		for what, c := range map[string]struct{ name, subject, body, wanted string }{
			"no such template":  {"x", "a", "b", "Il n’y a pas"},
			"no subject":        {"wallet.low", " ", "b", "objet est obligatoire"},
			"two subjects":      {"wallet.low", "a\nb", "b", "une seule ligne"},
			"a long subject":    {"wallet.low", strings.Repeat("a", 201), "b", "200 caractères"},
			"no body":           {"wallet.low", "a", " \n ", "Le texte est vide"},
			"a long body":       {"wallet.low", "a", strings.Repeat("é", 20001), "20000 caractères"},
			"an unknown field":  {"wallet.low", "a", "{RUM}", "{salutation}, {famille}, {solde}, {seuil}, {commune}, {de commune}"},
			"in the subject":    {"wallet.low", "{RUM}", "b", "{RUM}"},
			"a lonely brace":    {"wallet.low", "a", "b }", "accolade"},
			"what must be said": {"debit.notice", "{montant} le {jour}", "{salutation}, {RUM}", "{ICS}"},
		} {
			_, err := s.SaveTemplate(admin, c.name, c.subject, c.body, 0)
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.NotFound || !strings.Contains(fault.Sentence(err), c.wanted) {
				t.Errorf("%s: %v", what, err)
			}
			if _, err := s.Preview(admin, c.name, c.subject, c.body); err == nil {
				t.Errorf("%s: a preview is shown", what)
			}
		}
		for _, sp := range registry {
			if x := find(t, s, admin, sp.name); x.Version != 0 {
				t.Errorf("%s was written", sp.name)
			}
		}
		if _, err := s.SaveTemplate(admin, "debit.notice", "{montant} le {jour}", "{salutation}, {RUM}, {ICS}", 0); err != nil {
			t.Errorf("what must be said is, in the subject: %v", err)
		}
		if _, err := s.RestoreTemplate(admin, "x", 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
	})
}

// TestTextThatCannotBeReadAnyMore: a field a newer program has lost neither stops
// the letters nor goes unseen.
func TestTextThatCannotBeReadAnyMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin, families := place(t, db)
		if err := db.Write(admin, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO letter_template (name, subject, body, version, changed_at, agent_id) VALUES
				('wallet.low', 'a', 'b {couleur}', 3, '2026-11-24T12:00:00.000000Z', 0), ('a.former', 'a', 'b', 1, '2026-11-24T12:00:00.000000Z', 0)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		x := find(t, New(db), admin, "wallet.low")
		if !x.Changed || x.Version != 3 || !strings.Contains(x.Problem, "{couleur}") || !strings.Contains(x.Problem, "modèle d’origine") {
			t.Errorf("%+v", x)
		}
		if l := write(t, db, admin, families[0]); !strings.Contains(l.Body, "seuil d’alerte") {
			t.Errorf("%+v", l)
		}
	})
}

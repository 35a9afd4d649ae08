package letter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Topic is published when a template changes.
const Topic = "letter"

const (
	maxSubject = 200
	maxBody    = 20000
)

// Template is a letter's text as the town has it, or as the program brings it.
type Template struct {
	Name, Title   string
	When          string // French: when the letter is written
	Fields        []Field
	Subject, Body string // in force
	Default       struct{ Subject, Body string }
	Changed       bool      // the town's own
	Version       int64     // 0: never changed
	ChangedAt     time.Time // zero: never
	// Problem says why a text the town had written is not used any more ("" : it
	// is): a newer program may have lost a field. Letters say the Default.
	Problem string
}

// Inserts are the fields as they are put into a text.
func (t Template) Inserts() (out []Insert) {
	for _, f := range t.Fields {
		out = append(out, f.inserts()...)
	}
	return out
}

// CheckSubject says what is wrong with a subject, or with a body, as typed.
func (t Template) CheckSubject(subject string) error {
	_, err := readSubject(subject, t.Fields)
	return err
}

// CheckBody is CheckSubject for the body; what the letter must say may stand in
// the subject.
func (t Template) CheckBody(subject, body string) error {
	b, err := readBody(body, t.Fields)
	if err != nil {
		return err
	}
	s, err := readSubject(subject, t.Fields)
	if err != nil {
		return nil // told at the subject
	}
	return lacks(texts{s, b}, t.Fields)
}

// Preview is the letter with the example values, as a family will read it.
func (t Template) Preview(subject, body string) (l Letter, err error) {
	s := byName[t.Name]
	if s == nil {
		return l, unknown(t.Name)
	}
	p, err := s.read(subject, body)
	if err != nil {
		return l, err
	}
	values := Facts{}
	for _, f := range s.fields {
		values[f.Name] = f.Example
	}
	l = s.letter(p, values)
	l.To = "elodie@example.org"
	return l, nil
}

func unknown(name string) error {
	return fault.New(fault.NotFound, "Il n’y a pas de modèle de courriel « %s ».", cut(name))
}

func readSubject(text string, fields []Field) (pattern, error) {
	p, err := parse(text, fields)
	switch {
	case err != nil:
		return nil, err
	case tidy(text) == "":
		return nil, fault.New(fault.Invalid, "L’objet est obligatoire.")
	case len(p) > 1:
		return nil, fault.New(fault.Invalid, "L’objet tient sur une seule ligne.")
	case utf8.RuneCountInString(text) > maxSubject:
		return nil, fault.New(fault.Invalid, "L’objet est trop long : %d caractères au plus.", maxSubject)
	}
	return p, nil
}

func readBody(text string, fields []Field) (pattern, error) {
	p, err := parse(text, fields)
	switch {
	case err != nil:
		return nil, err
	case tidy(text) == "":
		return nil, fault.New(fault.Invalid, "Le texte est vide.")
	case utf8.RuneCountInString(text) > maxBody:
		return nil, fault.New(fault.Invalid, "Le texte est trop long : %d caractères au plus.", maxBody)
	}
	return p, nil
}

// lacks refuses a letter that does not say what it is written for.
func lacks(t texts, fields []Field) error {
	for _, f := range fields {
		if f.Must && !t.subject.says(f.Name) && !t.body.says(f.Name) {
			return fault.New(fault.Invalid, "Ce courriel doit dire {%s} (%s) : ajoutez ce champ.", f.Name, f.Label)
		}
	}
	return nil
}

// read checks and reads a template's two texts.
func (s *spec) read(subject, body string) (t texts, err error) {
	if t.subject, err = readSubject(subject, s.fields); err != nil {
		return t, err
	}
	if t.body, err = readBody(body, s.fields); err != nil {
		return t, err
	}
	return t, lacks(t, s.fields)
}

// kept is a row of letter_template; an empty body means the program's text was
// put back. The version goes on counting.
type kept struct {
	name, subject, body, at string
	version                 int64
}

func keptTemplates(tx *store.Tx) ([]kept, error) {
	return store.Collect(tx, func(r *sql.Rows) (k kept, err error) {
		err = r.Scan(&k.name, &k.subject, &k.body, &k.version, &k.at)
		return k, err
	}, `SELECT name, subject, body, version, changed_at FROM letter_template ORDER BY name`)
}

// changedTexts are the town's texts. One that cannot be read is left out: a
// letter leaves with the program's words rather than not at all.
func changedTexts(tx *store.Tx) (map[string]texts, error) {
	list, err := keptTemplates(tx)
	if err != nil {
		return nil, err
	}
	out := map[string]texts{}
	for _, k := range list {
		if s := byName[k.name]; s != nil && k.body != "" {
			if t, err := s.read(k.subject, k.body); err == nil {
				out[k.name] = t
			}
		}
	}
	return out, nil
}

func (s *spec) template(k kept) (t Template, err error) {
	t = Template{Name: s.name, Title: s.title, When: s.when, Fields: s.fields, Subject: s.subject, Body: s.body, Version: k.version}
	t.Default.Subject, t.Default.Body = s.subject, s.body
	if k.version == 0 || k.body == "" {
		return t, nil
	}
	if t.ChangedAt, err = store.ParseInstant(k.at); err != nil {
		return t, fmt.Errorf("letter: template %s: %w", s.name, err)
	}
	t.Subject, t.Body, t.Changed = k.subject, k.body, true
	if _, err := s.read(k.subject, k.body); err != nil {
		t.Problem = fault.French("Ce texte ne peut plus servir : les courriels partent avec le modèle d’origine. ") + fault.Sentence(err)
	}
	return t, nil
}

// Templates lists the letters' texts.
func (s *Service) Templates(ctx context.Context) (list []Template, err error) {
	if err := staff.Require(ctx, templateReaders...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		have, err := keptTemplates(tx)
		if err != nil {
			return err
		}
		rows := map[string]kept{}
		for _, k := range have {
			rows[k.name] = k
		}
		list = make([]Template, len(registry))
		for i, sp := range registry {
			if list[i], err = sp.template(rows[sp.name]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// templateReaders may look at the templates; the administration changes them.
var templateReaders = []staff.Role{staff.Admin, staff.Accueil}

// Preview gives the letter a text would make, with example values.
func (s *Service) Preview(ctx context.Context, name, subject, body string) (l Letter, err error) {
	if err := staff.Require(ctx, templateReaders...); err != nil {
		return l, err
	}
	return Template{Name: name}.Preview(subject, body)
}

// SaveTemplate keeps a text of the town's own. version is the one that was
// shown; somebody else's change since is a Conflict.
func (s *Service) SaveTemplate(ctx context.Context, name, subject, body string, version int64) (Template, error) {
	return s.write(ctx, name, version, func(sp *spec) (string, string, error) {
		if _, err := sp.read(subject, body); err != nil {
			return "", "", err
		}
		subject, body = strings.TrimSpace(tidy(subject)), tidy(body)
		if subject == sp.subject && body == sp.body {
			return "", "", nil
		}
		return subject, body, nil
	})
}

// RestoreTemplate puts the program's text back.
func (s *Service) RestoreTemplate(ctx context.Context, name string, version int64) (Template, error) {
	return s.write(ctx, name, version, func(*spec) (string, string, error) { return "", "", nil })
}

func (s *Service) write(ctx context.Context, name string, version int64, wanted func(*spec) (subject, body string, err error)) (t Template, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return t, err
	}
	sp := byName[name]
	if sp == nil {
		return t, unknown(name)
	}
	subject, body, err := wanted(sp)
	if err != nil {
		return t, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		t, err = sp.keep(tx, subject, body, version)
		return err
	})
	return t, err
}

// keep writes one row; a text that is already in force is not written again.
func (s *spec) keep(tx *store.Tx, subject, body string, version int64) (t Template, err error) {
	k := kept{name: s.name}
	err = tx.QueryRow(`SELECT subject, body, version, changed_at FROM letter_template WHERE name = $1`, s.name).Scan(&k.subject, &k.body, &k.version, &k.at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return t, err
	}
	if k.version != version {
		return t, fault.New(fault.Conflict, "Le modèle « %s » a été changé entre-temps. Rien n’a été enregistré : relisez-le et recommencez.", s.title)
	}
	if k.subject == subject && k.body == body {
		return s.template(k)
	}
	agent := int64(0)
	if from := staff.From(tx.Context()); from != nil {
		agent = from.AgentID
	}
	k = kept{s.name, subject, body, store.Instant(tx.Now()), version + 1}
	if _, err := tx.Exec(`INSERT INTO letter_template (name, subject, body, version, changed_at, agent_id) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET subject = excluded.subject, body = excluded.body, version = excluded.version, changed_at = excluded.changed_at, agent_id = excluded.agent_id`,
		k.name, k.subject, k.body, k.version, k.at, agent); err != nil {
		return t, err
	}
	tx.Publish(Topic)
	detail := "Modèle de courriel « " + s.title + " » changé"
	if body == "" {
		detail = "Modèle de courriel « " + s.title + " » remis au texte d’origine"
	}
	if err := staff.Audit(tx, "letter.template", "letter_template:"+s.name, fault.French(detail)); err != nil {
		return t, err
	}
	return s.template(k)
}

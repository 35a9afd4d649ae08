// Package letter is the room of what the town hall writes to families: the
// templates, who of a family reads them, and the outbox where a letter waits. It
// never sends anything (data/mailbox does) and never decides what is written.
package letter

import (
	"database/sql"
	"fmt"
	"maps"
	"strings"

	households "ardoise/data/family"
	"ardoise/data/store"
)

// Letter is an e-mail as it will leave: the agent sees and may change it.
type Letter struct {
	To, Subject, Body string
}

// Correspondent is who of a family reads its letters: the first guardian with an
// address that takes them, else the first with any.
type Correspondent struct {
	FamilyID int64
	To       string // "" : no address, the letter goes by post
	Greeting string // "Bonjour Madame Favier"
	Commune  string // who signs: that of the service asked for last, else of the school, where it lives, the first service's

	changed map[string]texts // the templates the town has changed
}

// Correspondents finds who reads the letters of several families, and the words
// of the town, in three questions whatever their number.
func Correspondents(tx *store.Tx, families []int64) (map[int64]Correspondent, error) {
	changed, err := changedTexts(tx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Correspondent, len(families))
	err = store.Each(tx, func(r *sql.Rows) error {
		c := Correspondent{Greeting: "Bonjour", changed: changed}
		err := r.Scan(&c.FamilyID, &c.Commune)
		out[c.FamilyID] = c
		return err
	}, `SELECT f.id, COALESCE(
			(SELECT c.name FROM access_request q JOIN service s ON s.id = q.service_id JOIN commune c ON c.id = s.commune_id WHERE q.family_id = f.id ORDER BY q.id DESC LIMIT 1),
			(SELECT c.name FROM child k JOIN class l ON l.id = k.class_id JOIN school h ON h.id = l.school_id JOIN commune c ON c.id = h.commune_id WHERE k.family_id = f.id ORDER BY k.id LIMIT 1),
			(SELECT c.name FROM child_family s JOIN child k ON k.id = s.child_id JOIN class l ON l.id = k.class_id JOIN school h ON h.id = l.school_id JOIN commune c ON c.id = h.commune_id WHERE s.family_id = f.id ORDER BY k.id LIMIT 1),
			m.name, (SELECT c.name FROM commune c JOIN service s ON s.commune_id = c.id ORDER BY s.id LIMIT 1), '')
		FROM family f LEFT JOIN commune m ON m.id = f.commune_id WHERE f.id = ANY($1)`, families)
	if err != nil {
		return nil, err
	}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var mail, civility, last string
		if err := r.Scan(&id, &mail, &civility, &last); err != nil {
			return err
		}
		c := out[id]
		if c.To != "" {
			return nil
		}
		c.To, c.Greeting = mail, Greeting(civility, last)
		out[id] = c
		return nil
	}, `SELECT family_id, email, civility, CASE WHEN usage <> '' THEN usage ELSE last END FROM guardian WHERE family_id = ANY($1) AND email <> '' ORDER BY family_id, CASE WHEN EXISTS (SELECT 1 FROM mail_bounce b WHERE b.address = guardian.email AND b.permanent = 1 AND b.lifted_at = '') THEN 1 ELSE 0 END, rank`, families)
}

// Greeting gives « Bonjour Madame Favier », « Bonjour » where the civility is not known.
func Greeting(civility, last string) string {
	last = households.TitleName(last)
	switch strings.ToUpper(strings.TrimSuffix(civility, ".")) {
	case "MME", "MADAME":
		return "Bonjour Madame " + last
	case "M", "MR", "MONSIEUR":
		return "Bonjour Monsieur " + last
	}
	return "Bonjour"
}

// Facts are what a letter says: the value of each field of its template, by the
// field's name; "" where there is nothing to say. Values may have several lines.
type Facts map[string]string

// Compose fills a template for one family (see Correspondent.Compose).
func Compose(tx *store.Tx, familyID int64, name string, f Facts) (l Letter, err error) {
	all, err := Correspondents(tx, []int64{familyID})
	if err != nil {
		return l, err
	}
	c, ok := all[familyID]
	if !ok {
		return l, fmt.Errorf("letter: letter %s: family %d is not there", name, familyID)
	}
	return c.Compose(name, f)
}

// ComposeTo fills a template for somebody whom Correspondents did not find: who
// wrote to the town hall, of a family or of none.
func ComposeTo(tx *store.Tx, c Correspondent, name string, f Facts) (l Letter, err error) {
	if c.changed, err = changedTexts(tx); err != nil {
		return l, err
	}
	return c.Compose(name, f)
}

// Compose fills a template, the town's where it has one, to the first guardian
// with an address, by name. Facts give every field of the template and no other;
// the greeting is added, and the commune unless given.
func (c Correspondent) Compose(name string, f Facts) (l Letter, err error) {
	s := byName[name]
	if s == nil {
		return l, fmt.Errorf("letter: there is no template %s", name)
	}
	values := Facts{town.Name: c.Commune}
	maps.Copy(values, f)
	values[greeting.Name] = c.Greeting
	for _, x := range s.fields {
		if _, ok := values[x.Name]; !ok {
			return l, fmt.Errorf("letter: letter %s: nothing is said of {%s}", name, x.Name)
		}
	}
	if len(values) != len(s.fields) {
		return l, fmt.Errorf("letter: letter %s: it has %d fields, not %d", name, len(s.fields), len(values))
	}
	t, ok := c.changed[name]
	if !ok {
		t = s.origin
	}
	l = s.letter(t, values)
	l.To = c.To
	return l, nil
}

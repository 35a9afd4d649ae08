package access

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"text/template"

	"ardoise/assets"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Letter is an e-mail as it will leave: the agent sees and may change it.
type Letter struct {
	To, Subject, Body string
}

var letters = template.Must(template.New("mail").Option("missingkey=error").Funcs(template.FuncMap{"de": fault.De}).ParseFS(assets.Mail, "mail/*.txt"))

// Letter proposes the e-mail of a decision without sending anything.
func (s *Service) Letter(ctx context.Context, requestID int64, decision State, reason string) (l Letter, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return l, err
	}
	if decision != Accepted && decision != Incomplete && decision != Refused {
		return l, fault.New(fault.Invalid, "Aucun courriel n’est prévu pour « %s ».", decision.Label())
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		q, err := get(tx, requestID)
		if err != nil {
			return err
		}
		l, err = write(tx, q, decision, reason, validTo(q.Checklist, q.Year))
		return err
	})
	return l, err
}

// correspondent finds the address a family reads, the first guardian's first.
func correspondent(tx *store.Tx, familyID int64) (to, greeting string, err error) {
	greeting = "Bonjour"
	err = store.Each(tx, func(r *sql.Rows) error {
		var mail, civility, last string
		if err := r.Scan(&mail, &civility, &last); err != nil {
			return err
		}
		if to != "" || mail == "" {
			return nil
		}
		to = mail
		switch strings.ToUpper(strings.TrimSuffix(civility, ".")) {
		case "MME", "MADAME":
			greeting = "Bonjour Madame " + last
		case "M", "MR", "MONSIEUR":
			greeting = "Bonjour Monsieur " + last
		}
		return nil
	}, `SELECT email, civility, CASE WHEN usage <> '' THEN usage ELSE last END FROM guardian WHERE family_id = $1 ORDER BY rank`, familyID)
	return to, greeting, err
}

func write(tx *store.Tx, q Request, decision State, reason string, until calendar.Date) (l Letter, err error) {
	start, town := "", ""
	if q.StartOn > calendar.DateOf(tx.Now()) {
		start = q.StartOn.Long()
	}
	if err = tx.QueryRow(`SELECT c.name FROM service s JOIN commune c ON c.id = s.commune_id WHERE s.id = $1`, q.ServiceID).Scan(&town); err != nil {
		return l, err
	}
	return Compose(tx, q.FamilyID, string(decision)+".txt", Facts{
		"First": q.First, "Service": q.Short, "Year": q.Year.String(), "Reason": reason, "Missing": q.Missing,
		"Until": until.Long(), "StartOn": start, "Commune": town,
	})
}

// Facts are what a template of assets/mail may say; each names those it uses.
type Facts map[string]any

// Compose fills a template (its first line is the subject) for a family: to the
// first guardian with an address, by name. Greeting and Commune (where the
// family lives) are added unless given.
func Compose(tx *store.Tx, familyID int64, name string, f Facts) (l Letter, err error) {
	to, greeting, err := correspondent(tx, familyID)
	if err != nil {
		return l, err
	}
	f["Greeting"] = greeting
	if f["Commune"] == nil {
		var town string
		if err := tx.QueryRow(`SELECT COALESCE((SELECT c.name FROM commune c WHERE c.id = f.commune_id), (SELECT c.name FROM commune c JOIN service s ON s.commune_id = c.id ORDER BY s.id LIMIT 1), '')
			FROM family f WHERE f.id = $1`, familyID).Scan(&town); err != nil {
			return l, fmt.Errorf("access: town of family %d: %w", familyID, err)
		}
		f["Commune"] = town
	}
	var b strings.Builder
	if err := letters.ExecuteTemplate(&b, name, f); err != nil {
		return l, fmt.Errorf("access: letter %s: %w", name, err)
	}
	subject, body, _ := strings.Cut(fault.French(b.String()), "\n")
	return Letter{To: to, Subject: strings.TrimSpace(subject), Body: strings.TrimSpace(body) + "\n"}, nil
}

// post puts a decision's letter into the outbox. A family without an address
// gets none: the screen says so and the agent telephones.
func post(tx *store.Tx, q Request, decision State, l Letter, version int64) error {
	return Post(tx, q.FamilyID, l, "access."+string(decision), object(q.ID), fmt.Sprintf("access.%s:%d:%d", decision, q.ID, version))
}

// Post files a letter once per key. In a demonstration it is held: nothing
// ever leaves. An empty address files nothing.
func Post(tx *store.Tx, familyID int64, l Letter, kind, object, key string) error {
	if strings.TrimSpace(l.To) == "" {
		return nil
	}
	state := "waiting"
	demo, err := staff.DemoTx(tx)
	if err != nil {
		return err
	}
	if demo {
		state = "held"
	}
	if _, err := tx.Exec(`INSERT INTO outbox (family_id, address, subject, body, kind, object, state, key, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key) DO NOTHING`,
		familyID, l.To, l.Subject, l.Body, kind, object, state, key, tx.Now()); err != nil {
		return fmt.Errorf("access: outbox: %w", err)
	}
	tx.Publish("outbox")
	return nil
}

// Outgoing is a letter of the outbox.
type Outgoing struct {
	ID, FamilyID  int64
	Letter        Letter
	Kind, State   string
	Object, Since string // Since: the instant it was filed, UTC text
}

// Outbox lists the letters, the newest first.
func (s *Service) Outbox(ctx context.Context, limit int) (list []Outgoing, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, func(r *sql.Rows) (o Outgoing, err error) {
			err = r.Scan(&o.ID, &o.FamilyID, &o.Letter.To, &o.Letter.Subject, &o.Letter.Body, &o.Kind, &o.State, &o.Object, &o.Since)
			return
		}, `SELECT id, COALESCE(family_id, 0), address, subject, body, kind, state, object, created_at FROM outbox ORDER BY id DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

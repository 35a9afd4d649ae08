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
	"ardoise/data/store/bulk"
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

// Correspondent is who of a family reads its letters: the first guardian with an
// address.
type Correspondent struct {
	FamilyID int64
	To       string // "" : no address, the letter goes by post
	Greeting string // "Bonjour Madame Favier"
	Commune  string // where the family lives, else the first service's
}

// Correspondents finds who reads the letters of several families, in two
// questions whatever their number.
func Correspondents(tx *store.Tx, families []int64) (map[int64]Correspondent, error) {
	out := make(map[int64]Correspondent, len(families))
	err := store.Each(tx, func(r *sql.Rows) error {
		c := Correspondent{Greeting: "Bonjour"}
		err := r.Scan(&c.FamilyID, &c.Commune)
		out[c.FamilyID] = c
		return err
	}, `SELECT f.id, COALESCE(m.name, (SELECT c.name FROM commune c JOIN service s ON s.commune_id = c.id ORDER BY s.id LIMIT 1), '')
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
		c.To = mail
		switch strings.ToUpper(strings.TrimSuffix(civility, ".")) {
		case "MME", "MADAME":
			c.Greeting = "Bonjour Madame " + last
		case "M", "MR", "MONSIEUR":
			c.Greeting = "Bonjour Monsieur " + last
		}
		out[id] = c
		return nil
	}, `SELECT family_id, email, civility, CASE WHEN usage <> '' THEN usage ELSE last END FROM guardian WHERE family_id = ANY($1) AND email <> '' ORDER BY family_id, rank`, families)
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

// Compose fills a template for one family (see Correspondent.Compose).
func Compose(tx *store.Tx, familyID int64, name string, f Facts) (l Letter, err error) {
	all, err := Correspondents(tx, []int64{familyID})
	if err != nil {
		return l, err
	}
	c, ok := all[familyID]
	if !ok {
		return l, fmt.Errorf("access: letter %s: family %d is not there", name, familyID)
	}
	return c.Compose(name, f)
}

// Compose fills a template (its first line is the subject): to the first
// guardian with an address, by name. Greeting and Commune are added unless given.
func (c Correspondent) Compose(name string, f Facts) (l Letter, err error) {
	f["Greeting"] = c.Greeting
	if f["Commune"] == nil {
		f["Commune"] = c.Commune
	}
	var b strings.Builder
	if err := letters.ExecuteTemplate(&b, name, f); err != nil {
		return l, fmt.Errorf("access: letter %s: %w", name, err)
	}
	subject, body, _ := strings.Cut(fault.French(b.String()), "\n")
	return Letter{To: c.To, Subject: strings.TrimSpace(subject), Body: strings.TrimSpace(body) + "\n"}, nil
}

// post puts a decision's letter into the outbox. A family without an address
// gets none: the screen says so and the agent telephones.
func post(tx *store.Tx, q Request, decision State, l Letter, version int64) error {
	return Post(tx, q.FamilyID, l, "access."+string(decision), object(q.ID), fmt.Sprintf("access.%s:%d:%d", decision, q.ID, version))
}

// Post files a letter once per key. In a demonstration it is held: nothing
// ever leaves. An empty address files nothing.
func Post(tx *store.Tx, familyID int64, l Letter, kind, object, key string) error {
	_, err := PostMany(tx, []Posting{{familyID, l, kind, object, key}})
	return err
}

// Posting is one letter to file.
type Posting struct {
	FamilyID          int64
	Letter            Letter
	Kind, Object, Key string
}

// PostMany is Post for several letters; it gives how many have an address.
func PostMany(tx *store.Tx, list []Posting) (filed int, err error) {
	state := "waiting"
	demo, err := staff.DemoTx(tx)
	if err != nil {
		return 0, err
	}
	if demo {
		state = "held"
	}
	var rows [][]any
	for _, p := range list {
		if strings.TrimSpace(p.Letter.To) != "" {
			rows = append(rows, []any{p.FamilyID, p.Letter.To, p.Letter.Subject, p.Letter.Body, p.Kind, p.Object, state, p.Key, tx.Now()})
		}
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if err := bulk.Insert(tx, `INSERT INTO outbox (family_id, address, subject, body, kind, object, state, key, created_at)`, rows, ` ON CONFLICT (key) DO NOTHING`); err != nil {
		return 0, fmt.Errorf("access: outbox: %w", err)
	}
	tx.Publish("outbox")
	return len(rows), nil
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

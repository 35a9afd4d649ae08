package access

import (
	"context"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// move is the only place where a request changes state.
func move(tx *store.Tx, q Request, version int64, to State, reason string, until calendar.Date, action string) error {
	agent := int64(0)
	if s := staff.From(tx.Context()); s != nil {
		agent = s.AgentID
	}
	n, err := tx.Exec(`UPDATE access_request SET state = $1, reason = $2, valid_to = $3, decided_at = $4, decided_by = $5, version = version + 1
		WHERE id = $6 AND version = $7`, string(to), reason, until.String(), tx.Now(), agent, q.ID, version)
	if err != nil {
		return fmt.Errorf("access: move request %d to %s: %w", q.ID, to, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "La demande %s a changé entre-temps : relisez-la avant de décider.", fault.De(q.Child))
	}
	tx.Publish(Topic, q.ID)
	detail := q.Child + ", " + q.Short + " : " + to.Label()
	if reason != "" {
		detail += " (" + reason + ")"
	}
	return staff.Audit(tx, action, object(q.ID), detail)
}

// verdict checks a request and says where it goes, or why it cannot.
type verdict func(*Request) (to State, reason string, err error)

func (s *Service) decide(ctx context.Context, id, version int64, letter *letter.Letter, check verdict) (q Request, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return q, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		q, err = decide(tx, id, version, letter, check)
		return err
	})
	return q, err
}

// decide runs one decision: read, check, move, write the letter.
func decide(tx *store.Tx, id, version int64, letter *letter.Letter, check verdict) (Request, error) {
	q, err := get(tx, id)
	if err != nil {
		return q, err
	}
	if version == 0 {
		version = q.Version
	}
	to, reason, err := check(&q)
	if err != nil {
		return q, err
	}
	until := calendar.Date(0)
	if to == Accepted {
		until = validTo(q.Checklist, q.Year)
		if err := keepDocuments(tx, q); err != nil {
			return q, err
		}
	}
	if err := move(tx, q, version, to, reason, until, "request."+string(to)); err != nil {
		return q, err
	}
	if letter == nil {
		l, err := write(tx, q, to, reason, until)
		if err != nil {
			return q, err
		}
		letter = &l
	}
	if err := post(tx, q, to, *letter, version); err != nil {
		return q, err
	}
	return get(tx, id)
}

// keepDocuments links what the decision rested on and marks it as judged.
func keepDocuments(tx *store.Tx, q Request) error {
	for _, it := range q.Checklist { // a handful of lines
		if _, err := tx.Exec(`UPDATE document SET state = 'conform' WHERE id = $1 AND state = 'received'`, it.Document.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO request_document (request_id, document_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, q.ID, it.Document.ID); err != nil {
			return err
		}
	}
	return nil
}

// Accept opens the access; the documents on file count as conform from then
// on. version is the one the agent read (0: the present one). letter replaces
// the proposed e-mail; nil sends the proposal.
func (s *Service) Accept(ctx context.Context, id, version int64, letter *letter.Letter) (Request, error) {
	return s.decide(ctx, id, version, letter, acceptable)
}

// AcceptTx is Accept, with the proposed letter, inside a transaction of a higher floor.
func AcceptTx(tx *store.Tx, id int64) (Request, error) { return decide(tx, id, 0, nil, acceptable) }

func acceptable(q *Request) (State, string, error) {
	if q.State == Accepted {
		return "", "", fault.New(fault.Conflict, "L’accès %s est déjà ouvert.", fault.De(q.Child))
	}
	if q.State == Refused {
		return "", "", fault.New(fault.Conflict, "Cette demande a été refusée : enregistrez-en une nouvelle.")
	}
	if len(q.Missing) > 0 {
		return "", "", fault.New(fault.Invalid, "L’accès %s ne peut pas être ouvert. Il manque : %s. Demandez un complément (F7).", fault.De(q.Child), strings.Join(q.Missing, ", "))
	}
	return Accepted, "", nil
}

// AskMore sends the request back to the family with what is missing; an empty
// text takes the checklist's missing documents.
func (s *Service) AskMore(ctx context.Context, id, version int64, missing string, letter *letter.Letter) (Request, error) {
	return s.decide(ctx, id, version, letter, incomplete(missing))
}

// AskMoreTx is AskMore, with the proposed letter, inside a transaction of a higher floor.
func AskMoreTx(tx *store.Tx, id int64, missing string) (Request, error) {
	return decide(tx, id, 0, nil, incomplete(missing))
}

func incomplete(missing string) verdict {
	return func(q *Request) (State, string, error) {
		if q.State == Accepted || q.State == Refused {
			return "", "", fault.New(fault.Conflict, "Cette demande est déjà « %s ».", q.State.Label())
		}
		text := strings.TrimSpace(missing)
		if text == "" {
			text = strings.Join(q.Missing, ", ")
		}
		if text == "" {
			return "", "", fault.New(fault.Invalid, "Toutes les pièces sont là : dites ce que la famille doit compléter.")
		}
		return Incomplete, text, nil
	}
}

// Refuse closes the request; the reason is obligatory and goes to the family.
func (s *Service) Refuse(ctx context.Context, id, version int64, reason string, letter *letter.Letter) (Request, error) {
	return s.decide(ctx, id, version, letter, refused(reason))
}

// RefuseTx is Refuse, with the proposed letter, inside a transaction of a higher floor.
func RefuseTx(tx *store.Tx, id int64, reason string) (Request, error) {
	return decide(tx, id, 0, nil, refused(reason))
}

func refused(reason string) verdict {
	return func(q *Request) (State, string, error) {
		text := strings.TrimSpace(reason)
		switch {
		case q.State == Refused:
			return "", "", fault.New(fault.Conflict, "Cette demande est déjà refusée.")
		case q.State == Accepted || q.State == Suspended:
			return "", "", fault.New(fault.Conflict, "L’accès %s est ouvert : il ne se refuse plus. Annulez ses réservations, puis laissez-le échoir.", fault.De(q.Child))
		case text == "":
			return "", "", fault.New(fault.Invalid, "Le motif du refus est obligatoire : la famille le recevra.")
		}
		return Refused, text, nil
	}
}

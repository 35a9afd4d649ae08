package mailbox

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

func object(id int64) string { return fmt.Sprintf("mail:%d", id) }

// applyIn does a decision in one transaction. shown is the digest of the plan the
// agent saw. The decision's key is that of an operation of kind mail; each basket
// is an operation of its own, with a key made of it.
func (s *Service) applyIn(tx *store.Tx, d Decision, shown string) (*Outcome, error) {
	if strings.TrimSpace(d.Key) == "" {
		return nil, fault.New(fault.Invalid, "L’opération n’a pas de clé : recommencez depuis le courriel.")
	}
	content := d
	content.Key = ""
	digest, err := ledger.Digest(content)
	if err != nil {
		return nil, err
	}
	if op, replay, err := ledger.Replay(tx, d.Key, digest); err != nil || replay {
		if err != nil {
			return nil, err
		}
		return replayed(tx, op, d)
	}
	dr, err := s.draft(tx, d)
	if err != nil {
		return nil, err
	}
	switch {
	case shown != "" && shown != dr.plan.Digest:
		return nil, fault.New(fault.Conflict, "La situation a changé depuis l’affichage. Rien n’a été modifié : relisez les propositions et appliquez de nouveau.")
	case dr.plan.Problem != "":
		return nil, fault.New(dr.kind, "%s", dr.plan.Problem)
	}
	return s.do(tx, dr, digest)
}

// do writes a decision that was found good.
func (s *Service) do(tx *store.Tx, dr *draft, digest string) (*Outcome, error) {
	d, m := dr.plan.Decision, dr.j.m
	w := &writer{s: s, tx: tx, dr: dr, key: d.Key}
	state := Answered
	if len(d.Choices) > 0 {
		state = Applied
	}
	// The message first: of two agents, one stops here before anything is written.
	if err := closeMessage(tx, m.ID, d.Version, state, dr.late()); err != nil {
		return nil, err
	}
	text := dr.summary() // before: what is done changes what it reads
	ask := dr.j.ask(nil)
	op, _, err := ledger.Operation(tx, ledger.Op{
		Key: d.Key, Digest: digest, Kind: "mail", FamilyID: m.FamilyID, Label: text, Mail: ask.Mail, Consent: dr.consent(),
	})
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{w.baskets, w.requests, w.documents, w.accounts, w.answer, w.keep} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := staff.Audit(tx, "mail.apply", object(m.ID), fmt.Sprintf("Courriel n° %d%s: %s", m.ID, nbsp, lower(text))); err != nil {
		return nil, err
	}
	tx.Publish(Topic, m.ID)
	out := &Outcome{MessageID: m.ID, Text: text, Operations: append([]int64{op}, w.ops...)}
	_, out.NoUndo, err = undoable(tx, m.ID)
	out.Undo = out.NoUndo == "" && err == nil
	return out, err
}

// closeMessage is the only place where an open message becomes a treated one.
func closeMessage(tx *store.Tx, id, version int64, to State, late bool) error {
	n, err := tx.Exec(`UPDATE mail_message SET state = $1, late = $2, agent_id = $3, decided_at = $4, marked = 0, version = version + 1
		WHERE id = $5 AND version = $6 AND state IN ('todo', 'toread')`, string(to), late, agentID(tx), tx.Now(), id, version)
	if err != nil {
		return err
	}
	if n == 0 {
		return treated(tx, id)
	}
	return nil
}

func agentID(tx *store.Tx) int64 {
	if s := staff.From(tx.Context()); s != nil {
		return s.AgentID
	}
	return 0
}

// treated refuses to touch a message that changed meanwhile, naming who and when.
func treated(tx *store.Tx, id int64) error {
	var state State
	var decided, who string
	err := tx.QueryRow(`SELECT m.state, m.decided_at, COALESCE((SELECT a.name FROM agent a WHERE a.id = m.agent_id), '') FROM mail_message m WHERE m.id = $1`, id).
		Scan(&state, &decided, &who)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "Ce courriel n’existe pas.")
	case err != nil:
		return err
	case state.Open():
		return fault.New(fault.Conflict, "Le courriel n° %d a changé depuis l’affichage. Rien n’a été modifié : relisez-le.", id)
	}
	at, err := store.ParseInstant(decided)
	if err != nil {
		return err
	}
	if who == "" {
		who = "le programme"
	}
	return fault.New(fault.Conflict, "Le courriel n° %d a déjà été traité par %s, %s. Rien n’a été modifié.", id, who, calendar.InstantText(at))
}

// replayed rebuilds what a decision did, for a key that comes again.
func replayed(tx *store.Tx, op int64, d Decision) (*Outcome, error) {
	out := &Outcome{MessageID: d.MessageID, Replayed: true, Operations: []int64{op}}
	if err := tx.QueryRow(`SELECT label FROM operation WHERE id = $1`, op).Scan(&out.Text); err != nil {
		return nil, err
	}
	keys := make([]string, len(d.Choices))
	for i := range keys {
		keys[i] = subKey(d.Key, i+1)
	}
	ids, err := store.Collect(tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }, `SELECT id FROM operation WHERE key = ANY($1) ORDER BY id`, keys)
	if err != nil {
		return nil, err
	}
	out.Operations = append(out.Operations, ids...)
	_, out.NoUndo, err = undoable(tx, d.MessageID)
	out.Undo = out.NoUndo == "" && err == nil
	return out, err
}

// already finds the operation that a key made for a message.
func already(tx *store.Tx, messageID int64, key string) (*Outcome, error) {
	var op int64
	err := tx.QueryRow(`SELECT id FROM operation WHERE key = $1 AND kind = 'mail' AND mail_id = $2`, key, messageID).Scan(&op)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return replayed(tx, op, Decision{MessageID: messageID, Key: key, Choices: make([]Choice, maxChoices)})
}

func subKey(key string, n int) string { return fmt.Sprintf("%s:%d", key, n) }

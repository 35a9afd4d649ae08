package mailbox

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// reversal is what would take a decision back.
type reversal struct {
	children []int64
	ops      []int64 // of meals
	outgoing []int64
	cancel   []booking.Item               // booked by it
	again    []booking.Item               // cancelled by it
	price    map[booking.Item]money.Cents // of either, when it was done
	pay      map[booking.Item]string
}

// undoable gathers what would take a message's decision back; why says in French
// why it cannot be.
func undoable(tx *store.Tx, id int64) (r *reversal, why string, err error) {
	r = &reversal{price: map[booking.Item]money.Cents{}, pay: map[booking.Item]string{}}
	var kinds []reading.Kind
	err = store.Each(tx, func(rows *sql.Rows) error {
		var kind reading.Kind
		var child, op, outgoing int64
		if err := rows.Scan(&kind, &child, &op, &outgoing); err != nil {
			return err
		}
		kinds = append(kinds, kind)
		if op != 0 {
			r.ops, r.children = append(r.ops, op), append(r.children, child)
		}
		if outgoing != 0 {
			r.outgoing = append(r.outgoing, outgoing)
		}
		return nil
	}, `SELECT kind, COALESCE(child_id, 0), COALESCE(operation_id, 0), COALESCE(outbox_id, 0) FROM mail_action WHERE message_id = $1 AND undone_at = '' ORDER BY id`, id)
	if err != nil {
		return nil, "", err
	}
	if len(kinds) == 0 {
		return nil, "Rien de ce qui a été fait n’est noté ici.", nil
	}
	for _, k := range kinds {
		switch k {
		case reading.Documents, reading.AccessRequest:
			return nil, "Une pièce classée ou une demande déposée ne se retire pas d’ici" + nbsp + ": ouvrez le dossier dans Accès.", nil
		case reading.BankDetails:
			return nil, "Des coordonnées bancaires changées ne se reprennent pas d’ici" + nbsp + ": saisissez les anciennes dans le dossier.", nil
		case reading.JustifiedAbsence:
			return nil, "Une absence justifiée ne se reprend pas d’ici" + nbsp + ": corrigez-la dans Présences.", nil
		}
	}
	slices.Sort(r.ops)
	r.ops = slices.Compact(r.ops)
	why, err = r.meals(tx)
	if err != nil || why != "" {
		return nil, why, err
	}
	var gone int
	err = tx.QueryRow(`SELECT COUNT(*) FROM outbox WHERE id = ANY($1) AND state NOT IN ('waiting', 'held', 'dropped', 'failed')`, r.outgoing).Scan(&gone)
	if gone > 0 {
		return nil, "La réponse est déjà partie.", err
	}
	return r, "", err
}

// meals reads what the operations booked and cancelled. What else they did (who
// was waiting got a place) is not theirs to take back.
func (r *reversal) meals(tx *store.Tx) (why string, err error) {
	if len(r.ops) == 0 {
		return "", nil
	}
	err = store.Each(tx, func(rows *sql.Rows) error {
		var it booking.Item
		var price money.Cents
		var pay, state, verdict, back string
		var op int64
		if err := rows.Scan(&it.ChildID, &it.ServiceID, &it.Day, &price, &pay, &state, &verdict, &back, &op); err != nil {
			return err
		}
		mine := slices.Contains(r.ops, op)
		switch {
		case mine && state == booking.Booked && verdict == booking.InTime:
			r.cancel = append(r.cancel, it)
		case !mine && back == booking.CancelInTime:
			r.again = append(r.again, it)
		case mine && state != booking.Booked:
			why = "Un des jours réservés a été annulé depuis."
		default:
			why = "Une partie a été faite hors délai ou sans recrédit" + nbsp + ": la reprendre coûterait à la famille."
		}
		r.price[it], r.pay[it] = price, pay
		return nil
	}, `SELECT child_id, service_id, day, price, pay, state, verdict, cancel_verdict, operation_id FROM booking
		WHERE child_id = ANY($1) AND (operation_id = ANY($2) OR cancel_operation_id = ANY($2)) ORDER BY id`, r.children, r.ops)
	if err == nil && why == "" && len(r.cancel)+len(r.again) == 0 {
		why = "Ses repas ne se retrouvent pas" + nbsp + ": corrigez-les dans Réservations."
	}
	return why, err
}

// undoIn takes a decision back: what was booked is cancelled, what was cancelled
// is booked again at the same price, the answer that waits is dropped. All of it,
// at the rules of now, or nothing.
func (s *Service) undoIn(tx *store.Tx, id int64, key string) (*Outcome, error) {
	if strings.TrimSpace(key) == "" {
		return nil, fault.New(fault.Invalid, "L’opération n’a pas de clé : recommencez depuis le courriel.")
	}
	digest, err := ledger.Digest(struct{ Undo int64 }{id})
	if err != nil {
		return nil, err
	}
	if op, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		return &Outcome{MessageID: id, Replayed: true, Text: undoneText, Operations: []int64{op}}, err
	}
	m, err := s.from.message(tx, id)
	if err != nil {
		return nil, err
	}
	if m.State != Applied && m.State != Answered {
		return nil, fault.New(fault.Conflict, "Le courriel n° %d n’est pas traité : il n’y a rien à reprendre.", id)
	}
	if err := m.believable(tx.Now()); err != nil {
		return nil, err
	}
	r, why, err := undoable(tx, id)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return nil, fault.New(fault.Conflict, "Le courriel n° %d ne peut pas être repris. %s", id, why)
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "mail.undo", FamilyID: m.FamilyID, Label: undoneText, Mail: ledger.Mail{ID: id, Received: m.Received}})
	if err != nil {
		return nil, err
	}
	out := &Outcome{MessageID: id, Text: undoneText, Operations: []int64{op}, NoUndo: "Appliquez de nouveau le courriel."}
	meals, err := r.undoMeals(tx, m, subKey(key, 1))
	if err != nil {
		return nil, err
	}
	if meals != 0 {
		out.Operations = append(out.Operations, meals)
	}
	if err := r.drop(tx); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(`UPDATE mail_action SET undone_at = $1, undone_by = $2 WHERE message_id = $3 AND undone_at = ''`, tx.Now(), op, id); err != nil {
		return nil, err
	}
	if err := s.open(tx, m); err != nil {
		return nil, err
	}
	return out, staff.Audit(tx, "mail.undo", object(id), fmt.Sprintf("Courriel n° %d repris%s: ce qui avait été fait est défait", id, nbsp))
}

const undoneText = "Courriel repris : il est de nouveau à traiter"

// undoMeals plans the reverse at the rules of now and commits it whole.
func (r *reversal) undoMeals(tx *store.Tx, m *Message, key string) (op int64, err error) {
	if len(r.cancel)+len(r.again) == 0 {
		return 0, nil
	}
	j, err := newJudge(tx, m, m.Received)
	if err != nil {
		return 0, err
	}
	ask := booking.Ask{
		Key: key, FamilyID: m.FamilyID, Cancel: r.cancel, Add: r.again,
		Consent: ledger.Consent{Who: j.guardian(), How: "application reprise du " + j.consentHow()},
	}
	p, err := booking.PlanIn(tx, ask)
	if err != nil {
		return 0, err
	}
	for _, l := range p.Lines {
		reason := l.Reason
		switch {
		case l.Verdict == booking.Accepted && !l.Late && l.Price == r.price[l.Item] && l.Pay == r.pay[l.Item]:
			continue
		case l.Verdict == booking.Accepted && l.Late:
		case l.Verdict == booking.Accepted:
			reason = fmt.Sprintf("Le prix n’est plus le même (%s, %s alors).", l.Price, r.price[l.Item])
		}
		return 0, fault.New(fault.Conflict, "Le courriel n° %d ne peut plus être repris. %s, %s : %s Rien n’a été modifié.", m.ID, l.Child, l.Day.LongNoYear(), reason)
	}
	done, err := booking.CommitIn(tx, ask, p.Digest)
	if err != nil {
		return 0, err
	}
	return done.OperationID, nil
}

// drop takes the answer back; one that leaves this very moment stops everything.
func (r *reversal) drop(tx *store.Tx) error {
	if len(r.outgoing) == 0 {
		return nil
	}
	n, err := tx.Exec(`UPDATE outbox SET state = 'dropped' WHERE id = ANY($1) AND state IN ('waiting', 'held', 'dropped', 'failed')`, r.outgoing)
	if err == nil && n != int64(len(r.outgoing)) {
		err = fault.New(fault.Conflict, "La réponse est déjà partie : rien n’a été repris.")
	}
	tx.Publish("outbox")
	return err
}

// open makes a treated message one that waits again; reading it again says where
// it stands.
func (s *Service) open(tx *store.Tx, m *Message) error {
	if _, err := tx.Exec(`UPDATE mail_message SET state = 'toread', late = 0, agent_id = 0, decided_at = '', marked = 0, version = version + 1 WHERE id = $1`, m.ID); err != nil {
		return err
	}
	tx.Publish(Topic, m.ID)
	return s.from.reread(tx, m.ID)
}

// ignore closes messages without doing anything: all of them or none.
func ignore(tx *store.Tx, ids []int64) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	n, err := tx.Exec(`UPDATE mail_message SET state = 'ignored', agent_id = $1, decided_at = $2, marked = 0, version = version + 1
		WHERE id = ANY($3) AND state IN ('todo', 'toread')`, agentID(tx), tx.Now(), ids)
	if err != nil {
		return err
	}
	if n != int64(len(ids)) {
		return notAll(tx, ids, Ignored)
	}
	tx.Publish(Topic, ids...)
	return auditAll(tx, "mail.ignore", ids, "ignoré")
}

// notAll names the first message that was not as expected.
func notAll(tx *store.Tx, ids []int64, now State) error {
	for _, id := range ids {
		var state State
		var mine bool
		err := tx.QueryRow(`SELECT state, CASE WHEN decided_at = $2 THEN 1 ELSE 0 END FROM mail_message WHERE id = $1`, id, tx.Now()).Scan(&state, &mine)
		if err != nil || state != now || !mine {
			return treated(tx, id)
		}
	}
	return fault.New(fault.Conflict, "Un de ces courriels a changé entre-temps. Rien n’a été modifié : relisez la liste.")
}

// auditAll leaves a line a message.
func auditAll(tx *store.Tx, action string, ids []int64, word string) error {
	for _, id := range ids { // as many as an agent selects
		if err := staff.Audit(tx, action, object(id), fmt.Sprintf("Courriel n° %d %s", id, word)); err != nil {
			return err
		}
	}
	return nil
}

// reopen takes an Ignore back.
func (s *Service) reopen(tx *store.Tx, ids []int64) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids { // as many as an agent selects
		m, err := s.from.message(tx, id)
		if err != nil {
			return err
		}
		if m.State != Ignored {
			return fault.New(fault.Conflict, "Le courriel n° %d n’est pas ignoré : il n’y a rien à rouvrir.", id)
		}
		if err := s.open(tx, m); err != nil {
			return err
		}
	}
	return auditAll(tx, "mail.reopen", ids, "rouvert")
}

// setFamily says who wrote a message.
func (s *Service) setFamily(tx *store.Tx, id, version, familyID, guardianID int64) error {
	f, err := family.GetTx(tx, familyID)
	if err != nil {
		return err
	}
	if f.State == family.Merged {
		return fault.New(fault.Conflict, "Cette famille a été fusionnée avec la famille n° %s : choisissez celle-là.", family.Number(f.MergedInto))
	}
	n, err := tx.Exec(`UPDATE mail_message SET family_id = $1, version = version + 1 WHERE id = $2 AND version = $3 AND state IN ('todo', 'toread')`, familyID, id, version)
	if err != nil {
		return err
	}
	if n == 0 {
		return treated(tx, id)
	}
	detail := fmt.Sprintf("Courriel n° %d%s: famille %s", id, nbsp, f.Name)
	if guardianID != 0 {
		if err := s.remember(tx, id, f, guardianID); err != nil {
			return err
		}
		detail += ", adresse notée"
	}
	if err := s.from.reread(tx, id); err != nil {
		return err
	}
	tx.Publish(Topic, id)
	return staff.Audit(tx, "mail.family", object(id), detail)
}

// remember files a message's sender under a guardian who has no address yet.
func (s *Service) remember(tx *store.Tx, id int64, f family.Family, guardianID int64) error {
	m, err := s.from.message(tx, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(f.Guardians, func(g family.Guardian) bool { return g.ID == guardianID })
	switch {
	case at < 0:
		return fault.New(fault.NotFound, "Ce responsable n’est pas de la famille %s.", f.Name)
	case m.From.Mail == "":
		return fault.New(fault.Invalid, "Ce courriel n’a pas d’adresse d’expéditeur à noter.")
	case m.Warning != "":
		return fault.New(fault.Forbidden, "Une alerte est posée sur ce courriel : l’adresse n’est pas notée. Demandez-la à la famille.")
	case failing(m.Auth):
		return fault.New(fault.Forbidden, "L’expéditeur n’est pas authentifié : son adresse n’est pas notée. Demandez-la à la famille.")
	case f.Guardians[at].Email == m.From.Mail:
		return nil
	case f.Guardians[at].Email != "":
		return fault.New(fault.Conflict, "%s a déjà une adresse : changez-la dans la fiche de la famille, après avoir demandé.", f.Guardians[at].Name())
	}
	f.Guardians = slices.Clone(f.Guardians)
	f.Guardians[at].Email = m.From.Mail
	return family.UpdateIn(tx, f)
}

// actionsOf tells what was done for a message, the oldest first.
func actionsOf(tx *store.Tx, id int64) ([]Action, error) {
	return store.Collect(tx, func(r *sql.Rows) (a Action, err error) {
		var at, undone, child, document, label string
		if err = r.Scan(&a.Kind, &at, &a.Agent, &a.Operation, &undone, &child, &document, &label); err != nil {
			return a, err
		}
		if a.At, err = store.ParseInstant(at); err != nil {
			return a, err
		}
		if undone != "" {
			if a.UndoneAt, err = store.ParseInstant(undone); err != nil {
				return a, err
			}
		}
		a.Text = actionText(a.Kind, child, document, label)
		return a, nil
	}, `SELECT x.kind, x.at, COALESCE(g.name, ''), COALESCE(x.operation_id, 0), x.undone_at, COALESCE(c.first, ''), COALESCE(d.kind, ''), COALESCE(s.short, '')
		FROM mail_action x LEFT JOIN agent g ON g.id = x.agent_id LEFT JOIN child c ON c.id = x.child_id LEFT JOIN document d ON d.id = x.document_id
		LEFT JOIN access_request q ON q.id = x.request_id LEFT JOIN service s ON s.id = q.service_id WHERE x.message_id = $1 ORDER BY x.id`, id)
}

func actionText(k reading.Kind, child, document, service string) string {
	of := ""
	if child != "" {
		of = " " + fault.De(child)
	}
	switch k {
	case reading.Book:
		return "Réservation pour " + child
	case reading.Cancel:
		return "Annulation pour " + child
	case reading.JustifiedAbsence:
		return "Absence" + of + " justifiée"
	case reading.Documents:
		return upper(theDocument[document]) + of + " au dossier"
	case reading.AccessRequest:
		return fault.French("Demande d’accès" + of + " : " + service)
	case reading.BankDetails:
		return "Coordonnées bancaires changées"
	case reading.Bounce:
		return "Adresse marquée comme refusant nos courriels"
	}
	return "Réponse envoyée à la famille"
}

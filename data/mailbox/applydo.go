package mailbox

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// replyDelay is how long an answer waits before it leaves, so that it can still
// be taken back.
const replyDelay = 30 * time.Second

// writer does the parts of a decision, one after another, and notes each.
type writer struct {
	s    *Service
	tx   *store.Tx
	dr   *draft
	key  string
	ops  []int64
	rows [][]any
}

// done is one row of mail_action.
type done struct {
	kind                                          reading.Kind
	child, operation, document, request, outgoing int64
}

func (w *writer) note(d done) {
	id := func(n int64) any {
		if n == 0 {
			return nil
		}
		return n
	}
	w.rows = append(w.rows, []any{w.dr.j.m.ID, string(d.kind), id(d.child), id(d.operation), id(d.document), id(d.request), id(d.outgoing), w.tx.Now(), agentID(w.tx)})
}

func (w *writer) keep() error {
	return bulk.Insert(w.tx, `INSERT INTO mail_action (message_id, kind, child_id, operation_id, document_id, request_id, outbox_id, at, agent_id)`, w.rows, ``)
}

// baskets commits the meals. What was shown as refused is left out, and what is
// done must be what was shown, to the cent.
func (w *writer) baskets() error {
	for i := range w.dr.baskets { // hardly ever more than one
		b := &w.dr.baskets[i]
		ask, total := b.doable()
		if len(ask.Add)+len(ask.Cancel) == 0 {
			continue // only its paper is filed
		}
		ask.Key = subKey(w.key, i+1)
		did, err := booking.CommitIn(w.tx, ask, "")
		if err != nil {
			return err
		}
		if did.Total != total || len(doneOf(did.Lines)) != len(ask.Add)+len(ask.Cancel) {
			return fault.New(fault.Conflict, "La situation a changé depuis l’affichage. Rien n’a été modifié : relisez les propositions et appliquez de nouveau.")
		}
		w.ops = append(w.ops, did.OperationID)
		for _, c := range b.cards {
			for _, child := range c.Choice.Children {
				if slices.ContainsFunc(c.lines, func(l booking.Line) bool { return l.ChildID == child && l.Verdict != booking.Refused }) {
					w.note(done{kind: c.Choice.Kind, child: child, operation: did.OperationID})
				}
			}
		}
	}
	return nil
}

// requests hands in the requests for an access.
func (w *writer) requests() error {
	for _, c := range w.dr.plan.Cards {
		if c.Choice.Kind != reading.AccessRequest {
			continue
		}
		for _, child := range w.dr.j.asked(c.Choice) { // the children of one family
			id, err := access.SubmitTx(w.tx, access.Asked{ChildID: child, ServiceID: c.Choice.ServiceID, Pay: c.Choice.Pay, Channel: "mail"})
			if err != nil {
				return err
			}
			w.note(done{kind: reading.AccessRequest, child: child, request: id})
		}
	}
	return nil
}

// documents files the attachments from the sealed original, as received: an agent
// still judges them.
func (w *writer) documents() error {
	files := filingsOf(w.dr.plan.Cards)
	if len(files) == 0 {
		return nil
	}
	var err error // the requests just made count
	if w.dr.j.requests, err = access.OfFamilyTx(w.tx, w.dr.j.m.FamilyID, calendar.SchoolYearOf(w.dr.j.today())); err != nil {
		return err
	}
	for _, f := range files { // a handful
		content, err := w.s.from.attachment(w.tx, w.dr.j.m.ID, f.File)
		if err != nil {
			return err
		}
		a := access.Attachment{FamilyID: w.dr.j.m.FamilyID, ChildID: f.ChildID, Kind: f.Kind, Name: w.dr.j.filedName(f), Content: bytes.NewReader(nil)}
		if q := w.dr.j.asking(f); q != nil {
			a = access.Attachment{RequestID: q.ID, Kind: f.Kind, Name: a.Name, Content: a.Content}
		}
		doc, err := access.AttachTx(w.tx, a, content)
		if err != nil {
			return err
		}
		w.note(done{kind: reading.Documents, child: doc.ChildID, document: doc.ID})
	}
	return nil
}

// filedName is a name of our own, « Assurance scolaire (courriel n° 12).pdf »: the
// sender's may say of what a child is ill, and names of documents are not sealed.
func (j *judge) filedName(f Filing) string {
	ext := ""
	if at := slices.IndexFunc(j.m.Files, func(x File) bool { return x.N == f.File }); at >= 0 {
		ext = access.Extension(j.m.Files[at].Media)
	}
	return fmt.Sprintf("%s (courriel n°%s%d)%s", catalog.DocumentLabel(f.Kind), nbsp, j.m.ID, ext)
}

// accounts files the accounts a person has checked with the family, and no other.
func (w *writer) accounts() error {
	for _, c := range w.dr.plan.Cards {
		ch := c.Choice
		if ch.IBAN == "" || !ch.Confirmed || ch.Kind != reading.BankDetails && ch.Kind != reading.AccessRequest {
			continue
		}
		doc, err := access.SetFamilyBankDetailsTx(w.tx, w.dr.j.m.FamilyID, ch.IBAN, ch.BIC, ch.Holder)
		if err != nil {
			return err
		}
		w.note(done{kind: reading.BankDetails, document: doc.ID})
	}
	return nil
}

// answer files the reply in the outbox; it leaves a little later.
func (w *writer) answer() error {
	l, m := w.dr.plan.Reply, w.dr.j.m
	if l.To == "" {
		return nil
	}
	key := "mail.answer:" + w.key
	if err := letter.Post(w.tx, m.FamilyID, l, "mail.answer", object(m.ID), key); err != nil {
		return err
	}
	var account any
	if m.AccountID != 0 {
		account = m.AccountID
	}
	var id int64
	err := w.tx.QueryRow(`UPDATE outbox SET answers_id = $1, account_id = $2, next_at = $3 WHERE key = $4 RETURNING id`,
		m.ID, account, w.tx.Now().Add(replyDelay), key).Scan(&id)
	if err != nil {
		return fmt.Errorf("mailbox: answer to message %d: %w", m.ID, err)
	}
	w.note(done{kind: "answer", outgoing: id})
	return nil
}

// consent is the message as the family's consent; an answer alone needs none.
func (dr *draft) consent() (c ledger.Consent) {
	if len(dr.plan.Cards) > 0 {
		c = dr.j.ask(nil).Consent
	}
	return c
}

// late reports that what was asked came past its cut-off and nothing of it was had:
// what an agent let through all the same, with its reason, is not late.
func (dr *draft) late() bool {
	past := func(c Card) bool { return c.Verdict == TooLate || tallyOf(c.lines).unpaid > 0 }
	if len(dr.plan.Cards) > 0 {
		return !slices.ContainsFunc(dr.plan.Cards, func(c Card) bool { return !past(c) })
	}
	return slices.ContainsFunc(dr.j.m.Cards, past)
}

// summary is what a decision does in one sentence, without what a document says
// of a child's health: « 2 repas annulés, 1 pièce classée ».
func (dr *draft) summary() string {
	var parts []string
	for _, k := range []reading.Kind{reading.Cancel, reading.Book, reading.JustifiedAbsence} {
		if p := dr.mealSummary(k); p != "" {
			parts = append(parts, p)
		}
	}
	requests, accounts := 0, 0
	for _, c := range dr.plan.Cards {
		if c.Choice.Kind == reading.AccessRequest {
			requests += len(dr.j.asked(c.Choice))
		}
		if c.Choice.IBAN != "" && c.Choice.Confirmed {
			accounts++
		}
	}
	if requests > 0 {
		parts = append(parts, plural(requests, "demande d’accès déposée", "demandes d’accès déposées"))
	}
	if n := len(filingsOf(dr.plan.Cards)); n > 0 {
		parts = append(parts, plural(n, "pièce classée", "pièces classées"))
	}
	if accounts > 0 {
		parts = append(parts, "coordonnées bancaires changées")
	}
	if dr.plan.Reply.To != "" {
		parts = append(parts, "réponse préparée")
	}
	return upper(strings.Join(parts, ", "))
}

func (dr *draft) mealSummary(k reading.Kind) string {
	n, word := 0, ""
	for _, c := range dr.plan.Cards {
		if c.Choice.Kind != k {
			continue
		}
		for _, l := range doneOf(c.lines) {
			n++
			if word == "" {
				word = l.Kind
			} else if word != l.Kind {
				word = "?"
			}
		}
	}
	switch {
	case n == 0:
		return ""
	case k == reading.JustifiedAbsence:
		return plural(n, "absence justifiée", "absences justifiées")
	}
	return fmt.Sprintf("%d %s %s", n, ledger.MealWord(word, n), verbOf(k, word, n))
}

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

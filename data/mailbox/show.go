package mailbox

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// opened is a message's row with its sealed parts open, the original apart.
type opened struct {
	key                    *vault.Key
	id, accountID          int64
	digest                 string
	received               time.Time
	sender                 string
	familyID               int64
	family                 string
	state                  State
	quiet, aside, late     bool
	version                int64
	sealedHead, sealedBody []byte
	head                   head
	body                   body
}

const openedColumns = `m.id, COALESCE(m.account_id, 0), m.digest, m.received_at, m.sender, COALESCE(m.family_id, 0), COALESCE(f.name, ''), m.state, m.quiet, m.aside, m.late, m.version, m.head`

// scan reads openedColumns, and the body where it was asked for.
func (o *opened) scan(r interface{ Scan(...any) error }, more ...any) error {
	var received string
	var sum []byte
	if err := r.Scan(append([]any{&o.id, &o.accountID, &sum, &received, &o.sender, &o.familyID, &o.family, &o.state, &o.quiet, &o.aside, &o.late, &o.version, &o.sealedHead}, more...)...); err != nil {
		return err
	}
	o.digest = hex.EncodeToString(sum)
	at, err := store.ParseInstant(received)
	o.received = at
	return err
}

func (o *opened) openHead() error { return openJSON(o.key, partHead, o.digest, o.sealedHead, &o.head) }

func (o *opened) openBody() error { return openJSON(o.key, partBody, o.digest, o.sealedBody, &o.body) }

// openMessage opens a message by its number.
func openMessage(tx *store.Tx, id int64) (*opened, error) {
	list, err := openMessages(tx, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "Ce message n’existe pas (ou plus).")
	}
	return list[0], nil
}

// openMessages opens several messages with what was read of them.
func openMessages(tx *store.Tx, ids []int64) ([]*opened, error) {
	key, err := keyOf(tx.Context())
	if err != nil {
		return nil, err
	}
	return store.Collect(tx, func(r *sql.Rows) (*opened, error) {
		o := &opened{key: key}
		if err := o.scan(r, &o.sealedBody); err != nil {
			return nil, err
		}
		return o, errors.Join(o.openHead(), o.openBody())
	}, `SELECT `+openedColumns+`, m.reading FROM mail_message m LEFT JOIN family f ON f.id = m.family_id WHERE m.id = ANY($1) AND m.purged_on = '' ORDER BY m.id`, ids)
}

// families names the family of the message for factsOf.
func (o *opened) families() []int64 {
	if o.familyID == 0 {
		return nil
	}
	return []int64{o.familyID}
}

// item is the message as the list shows it.
func (o *opened) item() Item {
	it := Item{
		ID: o.id, AccountID: o.accountID, From: o.head.From, Via: o.head.Via, Subject: o.head.Subject, Received: o.received,
		FamilyID: o.familyID, Family: o.family, State: o.state, Late: o.late, Quiet: o.quiet, Aside: o.aside,
		Kind: o.head.Kind, Summary: o.head.Summary, Files: o.head.Files, Proposals: o.head.Proposals, Version: o.version,
	}
	if len(o.head.Warnings) > 0 {
		it.Warning = o.head.Warnings[0]
	}
	return it
}

// reads reports whether the message is read again each time it is shown: it is
// open, and its words were read at all.
func (o *opened) reads() bool {
	return o.state.Open() && !o.aside && o.head.Kind != reading.Bounce
}

// messageTx opens a message as it is shown, with its cards; u is what they rest
// on. It is what deciding works from.
func messageTx(tx *store.Tx, id int64) (m *Message, u reading.Understood, err error) {
	o, err := openMessage(tx, id)
	if err != nil {
		return nil, u, err
	}
	f, err := factsOf(tx, nil, o.families())
	if err != nil {
		return nil, u, err
	}
	if o.reads() {
		if err := understand(f, o.familyID, &o.head, &o.body); err != nil {
			return nil, u, err
		}
	}
	m, err = o.message(tx, f)
	return m, o.body.Understood, err
}

// asShown and attachmentBytes are what deciding asks for.
func asShown(tx *store.Tx, id int64) (*Message, error) {
	m, _, err := messageTx(tx, id)
	return m, err
}

func attachmentBytes(tx *store.Tx, id int64, n int) ([]byte, error) {
	content, _, err := attachmentTx(tx, id, n)
	return content, err
}

// message dresses an opened message for the pane.
func (o *opened) message(tx *store.Tx, f *facts) (m *Message, err error) {
	m = o.dressed(f)
	if f.families[o.familyID] == nil && !o.aside {
		if m.Candidates, err = candidates(tx, o.sender, o.head.From.Name); err != nil {
			return nil, err
		}
	}
	if err := cardsOf(tx, m, o.body.Understood, o.received); err != nil {
		return nil, err
	}
	o.reported(m.Cards)
	if len(o.head.Warnings) > 0 { // a person looks first
		for i := range m.Cards {
			m.Cards[i].Ticked = false
		}
	}
	m.Reply, m.ReplyOff, err = replyFor(tx, m)
	return m, err
}

// dressed is what a message says of itself and of its family, without cards.
func (o *opened) dressed(f *facts) *Message {
	b := o.body
	m := &Message{
		Item: o.item(), To: b.To, Text: b.Text, Own: [2]int{b.OwnAt, b.OwnAt + len(b.Own)}, Files: slices.Clone(b.Files), Auth: b.Auth, Remarks: slices.Clone(b.Remarks),
	}
	for _, w := range o.head.Warnings {
		if w != m.Warning && !slices.Contains(m.Remarks, w) {
			m.Remarks = append(m.Remarks, w)
		}
	}
	m.Remarks = slices.DeleteFunc(m.Remarks, func(r string) bool { return r == m.Warning })
	if m.altered = o.head.Received != "" && o.head.Received != store.Instant(o.received); m.altered {
		m.Remarks = append(m.Remarks, alteredText)
	}
	if b.Quiet != "" {
		m.Remarks = append(m.Remarks, b.Quiet)
		m.ReplyOff = b.Quiet
	}
	m.marks(b.Understood)
	if h := f.families[o.familyID]; h != nil {
		m.Guardian, m.Children = h.guardianOf(), h.kids()
	}
	return m
}

// alteredText is said of a message whose row was changed behind the program's back.
const alteredText = "L’heure de réception a été modifiée dans la base depuis la relève" + nbsp + ": ce courriel ne peut pas être appliqué. Prévenez votre assistance."

// bare is dressed with cards that say what was understood and nothing more.
func (o *opened) bare(f *facts) *Message {
	m := o.dressed(f)
	for i, p := range o.body.Understood.Proposals {
		m.Cards = append(m.Cards, bareCard(i+1, p))
	}
	o.reported(m.Cards)
	return m
}

// reported says on the card of a delivery report whose address it is about.
func (o *opened) reported(cards []Card) {
	i := slices.IndexFunc(o.body.Bounces, func(b message.Bounce) bool { return b.Permanent })
	for n := range cards {
		if cards[n].Choice.Kind == reading.Bounce && i >= 0 {
			cards[n].Bounce = &o.body.Bounces[i]
		}
	}
}

// bareCard is a card that says what was understood and nothing more.
func bareCard(n int, p reading.Proposal) Card {
	c := Card{N: n, Sure: p.Sure(), Why: p.Why, Doubt: p.Doubt, Choice: Choice{
		N: n, Kind: p.Kind, Children: p.Children, ServiceID: p.ServiceID, Days: p.Days, IBAN: p.IBAN, BIC: p.BIC,
	}}
	for _, g := range p.Files {
		c.Choice.Files = append(c.Choice.Files, Filing{File: g.File, Kind: g.Kind, ChildID: g.Child})
	}
	return c
}

// marks brings the places of what was understood from the family's own words to
// the text shown. A card's number is its proposal's, from 1.
func (m *Message) marks(u reading.Understood) {
	for _, k := range u.Marks {
		start, end := m.Own[0]+k.Start, m.Own[0]+k.End
		if k.Start >= 0 && start < end && end <= m.Own[1] && end <= len(m.Text) {
			m.Marks = append(m.Marks, Mark{Start: start, End: end, Card: k.Proposal + 1, What: k.What})
		}
	}
}

// Get opens a message: an open one is read again with what is known of the family
// today, a closed one shows what was understood then. Accueil.
func (s *Service) Get(ctx context.Context, id int64) (m *Message, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		m, _, err = messageTx(tx, id)
		return err
	})
	return m, err
}

// Read says what would be understood of one message; nothing is stored. at zero:
// as Delivery.Received of a file. Accueil.
func (s *Service) Read(ctx context.Context, raw []byte, at time.Time) (m *Message, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		c, err := circleOf(tx)
		if err != nil {
			return err
		}
		m, err = preview(tx, parse(ctx, Delivery{Received: at, Raw: raw}, c.options(0)), c.ours)
		return err
	})
	return m, err
}

// original opens the bytes of a message.
func (o *opened) original(tx *store.Tx) ([]byte, error) {
	var sealed []byte
	if err := tx.QueryRow(`SELECT sealed FROM mail_original WHERE message_id = $1`, o.id).Scan(&sealed); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fault.New(fault.NotFound, "L’original de ce message n’est plus gardé.")
		}
		return nil, err
	}
	return o.key.Open(sealed, sealLabel(partOriginal, o.digest))
}

// hasHealth reports whether a file of the message was taken for a health document.
func (o *opened) hasHealth() bool {
	return slices.ContainsFunc(o.body.Files, func(f File) bool { return f.Health })
}

// filedAsHealth gives the digests of the files of some messages that an agent has
// filed as health documents, whatever they had been taken for.
func filedAsHealth(tx *store.Tx, ids []int64) (map[int64][][]byte, error) {
	out := map[int64][][]byte{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var kind string
		var digest []byte
		err := r.Scan(&id, &kind, &digest)
		if healthKind(kind) {
			out[id] = append(out[id], digest)
		}
		return err
	}, `SELECT x.message_id, d.kind, d.digest FROM mail_action x JOIN document d ON d.id = x.document_id WHERE x.message_id = ANY($1)`, ids)
}

// healthOnly asks for the Santé role.
func healthOnly(ctx context.Context, health bool) error {
	if health {
		return staff.Require(ctx, staff.Sante)
	}
	return nil
}

// Attachment gives the bytes of one attachment; a health document opens for the
// Santé role only; each opening is in the trail. Accueil or Santé.
func (s *Service) Attachment(ctx context.Context, id int64, n int) (content []byte, media, name string, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Sante); err != nil {
		return nil, "", "", err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		var f File
		if content, f, err = attachmentTx(tx, id, n); err != nil {
			return err
		}
		filed, err := filedAsHealth(tx, []int64{id})
		if err != nil {
			return err
		}
		key, err := keyOf(ctx)
		if err != nil {
			return err
		}
		health := slices.ContainsFunc(filed[id], func(digest []byte) bool { return bytes.Equal(digest, key.Digest(content)) })
		if err := healthOnly(ctx, f.Health || health); err != nil {
			content = nil
			return err
		}
		media, name = f.Media, f.Name
		return staff.Audit(tx, "mail.attachment", messageObject(id), "Pièce jointe ouverte")
	})
	if err != nil {
		return nil, "", "", err
	}
	return content, media, name, nil
}

// attachmentTx gives one accepted attachment with what was judged of it; whoever
// asks has checked the right.
func attachmentTx(tx *store.Tx, id int64, n int) (content []byte, f File, err error) {
	o, err := openMessage(tx, id)
	if err != nil {
		return nil, f, err
	}
	i := slices.IndexFunc(o.body.Files, func(f File) bool { return f.N == n })
	if i < 0 {
		return nil, f, fault.New(fault.NotFound, "Ce message n’a pas cette pièce jointe.")
	}
	if f = o.body.Files[i]; !f.Accepted {
		return nil, f, fault.New(fault.Invalid, "Cette pièce jointe a été refusée : elle ne s’ouvre pas. %s", f.Reason)
	}
	raw, err := o.original(tx)
	if err != nil {
		return nil, f, err
	}
	list, err := attachmentsOf(tx.Context(), raw)
	if err != nil {
		return nil, f, err
	}
	if n < 0 || n >= len(list) {
		return nil, f, fault.New(fault.NotFound, "Cette pièce jointe ne se retrouve pas dans l’original du message.")
	}
	return list[n].Content, f, nil
}

// Original gives the message's bytes as they came; where a health document is
// joined they open for the Santé role only. Accueil or Santé; in the trail.
func (s *Service) Original(ctx context.Context, id int64) (raw []byte, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Sante); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		o, err := openMessage(tx, id)
		if err != nil {
			return err
		}
		filed, err := filedAsHealth(tx, []int64{id})
		if err != nil {
			return err
		}
		if err := healthOnly(ctx, o.hasHealth() || len(filed[id]) > 0); err != nil {
			return err
		}
		if raw, err = o.original(tx); err != nil {
			return err
		}
		return staff.Audit(tx, "mail.original", messageObject(id), "Original du message ouvert")
	})
	if err != nil {
		return nil, err
	}
	return raw, nil
}

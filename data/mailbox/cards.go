package mailbox

import (
	"slices"
	"time"

	"ardoise/data/access"
	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
)

// judge knows what a message's cards are judged by. It writes nothing.
type judge struct {
	tx       *store.Tx
	m        *Message
	at       time.Time // of receipt: what a cut-off is judged by
	family   family.Family
	services map[int64]catalog.ServiceInfo
	requests []access.Request // live ones of this school year and later
	account  string           // masked, on file
	mandate  string           // the live mandate's reference
	proof    bool             // a certificate comes with the message
}

func newJudge(tx *store.Tx, m *Message, at time.Time) (j *judge, err error) {
	j = &judge{tx: tx, m: m, at: at, services: map[int64]catalog.ServiceInfo{}}
	list, err := catalog.ServicesTx(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		j.services[s.ID] = s
	}
	if m.FamilyID == 0 {
		return j, nil
	}
	if j.family, err = family.GetTx(tx, m.FamilyID); err != nil {
		return nil, err
	}
	if j.requests, err = access.OfFamilyTx(tx, m.FamilyID, calendar.SchoolYearOf(j.today())); err != nil {
		return nil, err
	}
	if j.account, err = access.MaskedAccountTx(tx, m.FamilyID); err != nil {
		return nil, err
	}
	mandate, err := billing.LiveMandate(tx, m.FamilyID)
	if mandate != nil {
		j.mandate = mandate.UMR
	}
	return j, err
}

func (j *judge) today() calendar.Date { return calendar.DateOf(j.tx.Now()) }

// cardsOf turns what was understood of a message into cards, numbered as in the
// text, each with what it would do today. at is the instant of receipt.
func cardsOf(tx *store.Tx, m *Message, u reading.Understood, at time.Time) error {
	m.Cards = nil
	j, err := newJudge(tx, m, at)
	if err != nil {
		return err
	}
	for i, p := range u.Proposals {
		if p.Kind == reading.None {
			continue
		}
		m.Cards = append(m.Cards, j.card(i+1, p))
	}
	if m.Actions == nil && m.ID != 0 {
		if m.Actions, err = actionsOf(tx, m.ID); err != nil {
			return err
		}
	}
	for _, c := range m.Cards {
		j.proof = j.proof || hasProof(c.Choice.Files)
	}
	for i := range m.Cards {
		c := &m.Cards[i]
		if err := j.judge(c); err != nil {
			return err
		}
		for _, s := range u.Proposals[c.N-1].Skipped {
			c.Lines = append(c.Lines, upper(s.Day.LongNoYear())+nbsp+": "+s.Why)
		}
		if !m.State.Open() && slices.ContainsFunc(m.Actions, func(a Action) bool { return a.Kind == c.Choice.Kind && a.UndoneAt.IsZero() }) {
			c.Verdict, c.Note = Done, "Fait"
		}
		if c.Doubt != "" && c.Verdict != Done && c.Verdict != Nothing {
			if c.Verdict != Unclear {
				c.Note = "À préciser"
			}
			c.Verdict = Unclear
		}
		c.Ticked = m.State.Open() && j.safe() && c.safe()
	}
	return nil
}

// card is a proposal as a card that is not judged yet.
func (j *judge) card(n int, p reading.Proposal) Card {
	ch := Choice{N: n, Kind: p.Kind, Children: p.Children, ServiceID: p.ServiceID, Days: p.Days, IBAN: p.IBAN, BIC: p.BIC}
	for _, f := range p.Files {
		if at := slices.IndexFunc(j.m.Files, func(x File) bool { return x.N == f.File }); at >= 0 && j.m.Files[at].Accepted {
			ch.Files = append(ch.Files, Filing{File: f.File, Kind: f.Kind, ChildID: j.childOf(f, p.Children)})
		}
	}
	switch p.Kind {
	case reading.AccessRequest:
		ch.Pay = access.Prepaid
		if p.IBAN != "" || slices.ContainsFunc(ch.Files, func(f Filing) bool { return f.Kind == "mandate" || f.Kind == "iban" }) {
			ch.Pay = access.Monthly
		}
	case reading.JustifiedAbsence:
		if hasProof(ch.Files) {
			ch.Absence = booking.Illness
		}
	}
	if p.IBAN != "" {
		ch.Holder = j.guardian()
	}
	return Card{N: n, Choice: ch, Sure: p.Sure(), Why: p.Why, Doubt: p.Doubt}
}

// childOf is whose document it is: said, or the only child there can be.
func (j *judge) childOf(f reading.FileGuess, named []int64) int64 {
	switch {
	case access.FamilyKind(f.Kind):
		return 0
	case f.Child != 0:
		return f.Child
	case len(named) == 1:
		return named[0]
	case len(j.family.Children) == 1:
		return j.family.Children[0].ID
	}
	return 0
}

func hasProof(files []Filing) bool {
	return slices.ContainsFunc(files, func(f Filing) bool { return f.Kind == "medical_certificate" })
}

// safe: nothing is ticked by itself for who is not known for certain.
func (j *judge) safe() bool {
	return j.m.FamilyID != 0 && !j.m.Quiet && !j.m.Aside && !failing(j.m.Auth)
}

// safe reports whether the card may be ticked by itself: sure and possible, and
// nothing of it costs the family something it may not expect.
func (c *Card) safe() bool {
	if !c.Sure || c.Verdict != Possible || c.Choice.Kind == reading.BankDetails {
		return false
	}
	return !slices.ContainsFunc(c.lines, func(l booking.Line) bool { return l.Verdict != booking.Refused && l.Late && l.Action == booking.Cancel })
}

// failing reports that the receiving server found the sender to be forged.
func failing(a message.Auth) bool {
	return a.DMARC == "fail" || a.SPF == "fail" && a.DMARC != "pass"
}

// judge says what a card would do today.
func (j *judge) judge(c *Card) error {
	if !j.prepare(c) || c.Choice.Kind == reading.Bounce {
		return nil
	}
	switch c.Choice.Kind {
	case reading.Book, reading.Cancel, reading.JustifiedAbsence:
		p, err := booking.PlanIn(j.tx, j.ask([]*Card{c}))
		if err != nil {
			return told(c, err)
		}
		c.plan = p
		j.settle(c, p.Lines)
		if p.Missing > 0 {
			c.Verdict, c.Note = Refused, "Il manque "+p.Missing.String()+" au porte-monnaie"
			c.Lines = append(c.Lines, p.Problem)
		}
	case reading.Documents:
		j.documents(c)
	case reading.AccessRequest:
		j.request(c)
	case reading.BankDetails:
		j.bankDetails(c)
	}
	return nil
}

// told turns a refusal into the card's; another error stays one.
func told(c *Card, err error) error {
	if fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
		return err
	}
	c.Verdict, c.Note = Refused, fault.Sentence(err)
	return nil
}

// prepare titles a card and looks whether everything that must be chosen is; false
// where it is not.
func (j *judge) prepare(c *Card) bool {
	c.Title, c.Lines, c.Note = j.title(c), nil, ""
	if c.Choice.Kind == reading.Bounce {
		c.Verdict, c.Note = Done, "Rien à faire"
		if c.Why != "" {
			c.Lines = []string{c.Why}
		}
		return true
	}
	what := j.lacks(c)
	if what == "" {
		return true
	}
	c.Verdict, c.Note = Unclear, what
	return false
}

// lacks says in French what must be chosen before the card can be judged.
func (j *judge) lacks(c *Card) string {
	ch := c.Choice
	switch {
	case j.m.FamilyID == 0:
		return "Choisissez d’abord la famille"
	case slices.ContainsFunc(ch.Children, func(id int64) bool { return j.first(id) == "" }):
		return "Un enfant choisi n’est pas de cette famille"
	}
	switch ch.Kind {
	case reading.Book, reading.Cancel, reading.JustifiedAbsence:
		switch {
		case len(ch.Children) == 0:
			return "Choisissez l’enfant"
		case len(ch.Days) == 0:
			return "Choisissez les jours"
		case ch.ServiceID == 0:
			return "Choisissez le service"
		case ch.Kind == reading.JustifiedAbsence && ch.Absence == "":
			return "Choisissez le motif de l’absence"
		}
	case reading.AccessRequest:
		switch {
		case len(ch.Children) == 0:
			return "Choisissez l’enfant"
		case ch.ServiceID == 0:
			return "Choisissez le service"
		}
	case reading.BankDetails:
		if ch.IBAN == "" {
			return "Aucun IBAN juste n’est dans le message"
		}
	case reading.Documents:
		if len(ch.Files) == 0 {
			return "Aucune pièce lisible n’est jointe"
		}
	}
	if j.replacesAccount(ch) {
		return "Le RIB remplacerait le compte au dossier" + nbsp + ": vérifiez-le avec la famille et saisissez l’IBAN, ou retirez la pièce"
	}
	return j.lacksOfFiles(ch.Files)
}

// replacesAccount reports that a RIB filed as a document would take the place of
// the account on file, which only a person who has checked may do.
func (j *judge) replacesAccount(ch Choice) bool {
	rib := slices.ContainsFunc(ch.Files, func(f Filing) bool { return f.Kind == "iban" })
	return rib && j.account != "" && !(ch.Confirmed && ch.IBAN != "")
}

func (j *judge) lacksOfFiles(files []Filing) string {
	for _, f := range files {
		switch at := slices.IndexFunc(j.m.Files, func(x File) bool { return x.N == f.File }); {
		case at < 0:
			return "Une pièce choisie n’est pas dans ce message"
		case !j.m.Files[at].Accepted:
			return "« " + j.m.Files[at].Name + " » ne peut pas être classée" + nbsp + ": " + j.m.Files[at].Reason
		case f.Kind == "":
			return "Choisissez de quelle pièce il s’agit"
		case !access.FamilyKind(f.Kind) && f.ChildID == 0:
			return "Choisissez l’enfant de la pièce"
		case f.ChildID != 0 && j.first(f.ChildID) == "":
			return "Un enfant choisi n’est pas de cette famille"
		}
	}
	return ""
}

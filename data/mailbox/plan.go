package mailbox

import (
	"slices"
	"strings"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/store"
)

// maxChoices bounds one decision.
const maxChoices = 40

// draft is a decision worked out: what was shown, and how to do it.
type draft struct {
	j       *judge
	plan    *Plan
	baskets []basket
	kind    fault.Kind // of plan.Problem
}

// basket is one booking operation of a decision.
type basket struct {
	cards []*Card
	plan  *booking.Plan
}

// draft works a decision out inside a transaction.
func (s *Service) draft(tx *store.Tx, d Decision) (*draft, error) {
	m, err := s.from.message(tx, d.MessageID)
	if err != nil {
		return nil, err
	}
	if !m.State.Open() || m.Version != d.Version {
		return nil, treated(tx, m.ID)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := m.believable(tx.Now()); err != nil {
		return nil, err
	}
	j, err := newJudge(tx, m, m.Received)
	if err != nil {
		return nil, err
	}
	dr := &draft{j: j, plan: &Plan{Decision: d, Reply: d.Reply}}
	for _, ch := range d.Choices {
		j.proof = j.proof || hasProof(ch.Files)
	}
	for _, ch := range d.Choices {
		ch.Days = slices.Compact(slices.Sorted(slices.Values(ch.Days)))
		if ch.Holder == "" && ch.IBAN != "" {
			ch.Holder = j.guardian()
		}
		c := Card{N: ch.N, Choice: ch, Sure: true}
		if j.prepare(&c) && !isMeals(ch.Kind) {
			if err := j.judge(&c); err != nil {
				return nil, err
			}
		}
		dr.plan.Cards = append(dr.plan.Cards, c)
	}
	if err := dr.meals(); err != nil {
		return nil, err
	}
	if err := dr.money(); err != nil {
		return nil, err
	}
	if err := dr.answer(); err != nil {
		return nil, err
	}
	if err := dr.after(); err != nil {
		return nil, err
	}
	dr.problem()
	dr.plan.Digest, err = dr.digest()
	return dr, err
}

// believable refuses to decide by an instant of receipt that cannot be right.
func (m *Message) believable(now time.Time) error {
	switch {
	case m.altered:
		return fault.New(fault.Conflict, "%s", alteredText)
	case m.Received.After(now):
		return fault.New(fault.Conflict, "Ce courriel est reçu le %s, après l’heure de ce poste : réglez l’horloge du poste, puis recommencez.", calendar.InstantText(m.Received))
	}
	return nil
}

// check refuses a decision that decides nothing.
func (d Decision) check() error {
	switch {
	case len(d.Choices) == 0 && strings.TrimSpace(d.Reply.To) == "":
		return fault.New(fault.Invalid, "Cochez au moins une proposition, ou écrivez une réponse.")
	case len(d.Choices) > maxChoices:
		return fault.New(fault.Invalid, "Ce courriel a plus de %d propositions cochées : traitez-le en plusieurs fois.", maxChoices)
	}
	for _, ch := range d.Choices {
		if !isMeals(ch.Kind) && ch.Kind != reading.Documents && ch.Kind != reading.AccessRequest && ch.Kind != reading.BankDetails {
			return fault.New(fault.Invalid, "Cette proposition ne s’applique pas : elle se lit seulement.")
		}
	}
	return nil
}

// meals plans the baskets: one a justified absence, one for each reason to go
// past a cut-off, and one for all the rest.
func (dr *draft) meals() error {
	ready := func(c *Card) bool { return isMeals(c.Choice.Kind) && c.Verdict == "" }
	var justified, overrides []basket
	var plain basket
	for i := range dr.plan.Cards {
		c := &dr.plan.Cards[i]
		switch {
		case !ready(c):
		case c.Choice.Kind == reading.JustifiedAbsence:
			justified = append(justified, basket{cards: []*Card{c}})
		case c.Choice.Override != "":
			at := slices.IndexFunc(overrides, func(b basket) bool { return b.cards[0].Choice.Override == c.Choice.Override })
			if at < 0 {
				overrides, at = append(overrides, basket{}), len(overrides)
			}
			overrides[at].cards = append(overrides[at].cards, c)
		default:
			plain.cards = append(plain.cards, c)
		}
	}
	dr.baskets = slices.Concat(justified, overrides)
	if len(plain.cards) > 0 {
		dr.baskets = append(dr.baskets, plain)
	}
	for i := range dr.baskets { // hardly ever more than one
		b := &dr.baskets[i]
		var err error
		if b.plan, err = booking.PlanIn(dr.j.tx, dr.j.ask(b.cards)); err != nil {
			return err
		}
		b.deal(dr.j)
	}
	return nil
}

// deal gives each card its lines: cancellations come first in a plan, each part
// in the order of the cards.
func (b *basket) deal(j *judge) {
	cancels := 0
	for _, c := range b.cards {
		if c.Choice.Kind != reading.Book {
			cancels += len(itemsOf(c.Choice))
		}
	}
	from, add := 0, cancels
	for _, c := range b.cards {
		at := &from
		if c.Choice.Kind == reading.Book {
			at = &add
		}
		n := len(itemsOf(c.Choice))
		c.plan = b.plan
		j.settle(c, b.plan.Lines[*at:*at+n])
		*at += n
	}
}

// doable gives the basket's Ask without what is refused, and what it comes to.
func (b *basket) doable() (ask booking.Ask, total money.Cents) {
	ask = b.plan.Ask
	ask.Add, ask.Cancel = nil, nil
	for _, l := range b.plan.Lines {
		switch {
		case l.Verdict == booking.Refused:
		case l.Action == booking.Add:
			ask.Add = append(ask.Add, l.Item)
		default:
			ask.Cancel = append(ask.Cancel, l.Item)
		}
	}
	return ask, b.plan.Total
}

// money sums the baskets up: what a prepaid wallet lacks is said before anything
// is done.
func (dr *draft) money() error {
	totals := map[int64]*booking.FamilyTotal{}
	var order []int64
	for _, b := range dr.baskets {
		for _, t := range b.plan.Families {
			if have, ok := totals[t.FamilyID]; ok {
				have.Total += t.Total
				continue
			}
			totals[t.FamilyID] = &t
			order = append(order, t.FamilyID)
		}
		dr.plan.Total += b.plan.Total
	}
	for _, id := range order {
		t := totals[id]
		after := t.Before - t.Total
		if t.Total != 0 {
			dr.plan.After = append(dr.plan.After, Change{"Porte-monnaie " + t.Name, t.Before.String(), after.String()})
		}
		if missing := t.Floor - after; t.Total > 0 && missing > 0 {
			dr.plan.Problem = fault.French("Il manque " + missing.String() + " au porte-monnaie " + t.Name + " : retirez des jours, ou rechargez-le d’abord.")
			dr.kind = fault.Insufficient
		}
	}
	return nil
}

// answer looks whether the reply may leave, and writes it where it is left to us.
func (dr *draft) answer() error {
	to := strings.ToLower(strings.TrimSpace(dr.plan.Reply.To))
	if to == "" {
		dr.plan.Reply = letter.Letter{}
		return nil
	}
	off, err := dr.j.replyOff()
	if err != nil {
		return err
	}
	if off != "" {
		return fault.New(fault.Invalid, "%s", off)
	}
	known := to == dr.j.m.From.Mail
	for _, g := range dr.j.family.Guardians {
		known = known || g.Email == to
	}
	if !known {
		return fault.New(fault.Invalid, "La réponse part à qui a écrit, ou à un responsable de la famille : « %s » n’est ni l’un ni l’autre.", to)
	}
	dr.plan.Reply.To = to
	if strings.TrimSpace(dr.plan.Reply.Body) != "" {
		if strings.TrimSpace(dr.plan.Reply.Subject) == "" {
			dr.plan.Reply.Subject = dr.j.answerSubject()
		}
		return nil
	}
	l, err := dr.j.reply(dr.told())
	l.To, dr.plan.Reply = to, l
	if s := strings.TrimSpace(dr.plan.Decision.Reply.Subject); s != "" {
		dr.plan.Reply.Subject = s
	}
	return err
}

// told are the cards an answer speaks of: those done, and those left aside
// because it is too late or already so.
func (dr *draft) told() []Card {
	cards := slices.Clone(dr.plan.Cards)
	for _, c := range dr.j.m.Cards {
		chosen := slices.ContainsFunc(cards, func(x Card) bool { return x.N == c.N })
		if !chosen && c.leftAside() {
			cards = append(cards, c)
		}
	}
	return cards
}

func doneOf(lines []booking.Line) []booking.Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l booking.Line) bool { return l.Verdict == booking.Refused })
}

// problem says why a plan cannot be committed, the first card's reason first.
func (dr *draft) problem() {
	for _, c := range dr.plan.Cards {
		what, kind := "", fault.Invalid
		switch c.Verdict {
		case Possible, Done:
			continue
		case TooLate:
			if len(doneOf(c.lines)) > 0 {
				continue // the place is given back, the price stays due
			}
			what, kind = "Écrivez le motif pour passer outre, ou décochez-la.", fault.TooLate
			if slices.ContainsFunc(c.Choice.Days, func(d calendar.Date) bool { return d < dr.j.today() }) {
				what = "Décochez-la."
			}
		case Nothing:
			what = "Décochez-la."
		case Unclear:
			what = "Complétez-la, ou décochez-la."
		case Refused:
			what = "Corrigez-la, ou décochez-la."
		}
		dr.plan.Problem = fault.French("« " + c.Title + " » : " + strings.TrimSuffix(c.Note, ".") + ". " + what)
		dr.kind = kind
		return
	}
}

// digest condenses what was shown. Balances and the time left are left out, as in
// a booking plan: money that came in meanwhile changes nothing here.
func (dr *draft) digest() (string, error) {
	type shown struct {
		N       int
		Kind    reading.Kind
		Verdict Verdict
		Title   string
	}
	cards := make([]shown, len(dr.plan.Cards))
	for i, c := range dr.plan.Cards {
		cards[i] = shown{c.N, c.Choice.Kind, c.Verdict, c.Title}
	}
	plans := make([]string, len(dr.baskets))
	for i, b := range dr.baskets {
		plans[i] = b.plan.Digest
	}
	d := dr.plan.Decision
	d.Key = ""
	return ledger.Digest(struct {
		Decision Decision
		Cards    []shown
		Plans    []string
		Requests []int64
		Account  string
		Reply    letter.Letter
		Family   int64
	}{d, cards, plans, dr.j.openRequests(), dr.j.account, dr.plan.Reply, dr.j.m.FamilyID})
}

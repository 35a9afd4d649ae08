package inbox

import (
	"slices"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
)

// The chips above the list.
const (
	chipAll    = ""
	chipTodo   = "todo"
	chipToRead = "toread"
	chipClosed = "closed"
	// of the letters that leave
	chipWaiting = "waiting"
	chipTrouble = "trouble"
	chipSent    = "sent"
)

// card is a proposal with what the agent made of it.
type card struct {
	mailbox.Card
	ticked bool
	edited bool // by hand: what the message said is no longer what is done
	added  bool // by hand altogether
}

type model struct {
	d        Deps
	may      rights
	out      bool // the letters that leave, instead of the messages
	chip     string
	text     string
	limit    int
	rows     []mailbox.Item
	counts   mailbox.Counts
	accounts []mailbox.Account
	services []catalog.ServiceInfo
	loaded   bool
	known    bool // accounts are
	cur      int64
	pinned   int64 // asked for by its number: stays though the list does not hold it

	msg     *mailbox.Message
	cards   []card
	whole   bool // the quoted rest is shown
	reply   letter.Letter
	byHand  bool // the agent rewrote the reply
	noReply bool // the agent wants none
	touched bool // ticks, cards or reply are not as proposed
	plan    *mailbox.Plan
	planErr error
	asking  bool   // a plan is on its way
	key     string // of this decision: doing it twice does it once

	post post
}

func newModel(d Deps, may rights) *model { return &model{d: d, may: may, limit: pageSize} }

func (m *model) filter() mailbox.Filter {
	f := mailbox.Filter{Text: strings.TrimSpace(m.text), Limit: m.limit}
	switch m.chip {
	case chipTodo:
		f.States = []mailbox.State{mailbox.Todo}
	case chipToRead:
		f.States = []mailbox.State{mailbox.ToRead}
	case chipClosed:
		f.States = []mailbox.State{mailbox.Applied, mailbox.Answered, mailbox.Ignored}
	}
	return f
}

func (m *model) filtered() bool { return m.chip != chipAll || strings.TrimSpace(m.text) != "" }

// clear takes every filter off; it reports whether there was one.
func (m *model) clear() bool {
	had := m.filtered()
	m.chip, m.text, m.limit, m.pinned = chipAll, "", pageSize, 0
	return had
}

func (m *model) row(id int64) int {
	return slices.IndexFunc(m.rows, func(it mailbox.Item) bool { return it.ID == id })
}

// more reports whether older messages may exist beyond the loaded ones.
func (m *model) more() bool { return len(m.rows) >= m.limit }

// choose gives the message to show: the one that is, else the first of the list.
func (m *model) choose() int64 {
	switch {
	case m.cur != 0 && (m.row(m.cur) >= 0 || m.cur == m.pinned):
		return m.cur
	case len(m.rows) > 0:
		return m.rows[0].ID
	}
	return 0
}

// nextOpen is the message an agent goes on with after one: the next that waits,
// going round; 0 where none does.
func (m *model) nextOpen(id int64) int64 {
	at := m.row(id)
	for i := 1; i <= len(m.rows); i++ {
		if it := m.rows[(at+i+len(m.rows))%len(m.rows)]; it.State.Open() && it.ID != id {
			return it.ID
		}
	}
	return 0
}

// beside is the message above (-1) or below (+1) in the list.
func (m *model) beside(step int) int64 {
	at := m.row(m.cur) + step
	if m.row(m.cur) < 0 {
		at = 0
	}
	if at < 0 || at >= len(m.rows) {
		return 0
	}
	return m.rows[at].ID
}

// show takes a message that was read. What the agent had changed stays while
// the message is the same; it reports whether work was lost.
func (m *model) show(msg *mailbox.Message) (lost bool) {
	old := m.msg
	m.msg = msg
	if old != nil && old.ID == msg.ID && m.touched {
		if old.Version == msg.Version {
			return false
		}
		lost = true
	}
	if old == nil || old.ID != msg.ID {
		m.whole = false
	}
	m.cards = m.cards[:0:0]
	for _, c := range msg.Cards {
		m.cards = append(m.cards, card{Card: c, ticked: msg.State.Open() && c.Ticked && c.Choice.Kind != reading.BankDetails})
	}
	m.reply, m.byHand, m.noReply, m.touched = msg.Reply, false, false, false
	m.plan, m.planErr, m.asking, m.key = nil, nil, false, m.d.newKey()
	return lost
}

// forget drops the message shown.
func (m *model) forget() {
	m.msg, m.cards, m.plan, m.planErr, m.touched, m.asking = nil, nil, nil, nil, false, false
}

// opening is why nothing can be decided while another message is on its way.
const opening = "Le message s’ouvre."

// away reports that the message chosen is not the one shown yet: what is decided
// now was meant for the other.
func (m *model) away() bool { return m.msg != nil && m.msg.ID != m.cur }

// open reports whether the message shown still waits for someone.
func (m *model) open() bool { return m.msg != nil && m.msg.State.Open() }

// tickOff says why a card cannot be ticked, "" when it can.
func (m *model) tickOff(i int) string {
	switch {
	case m.away():
		return opening
	case i < 0 || i >= len(m.cards):
		return "Il n’y a pas d’action à ce numéro."
	case !m.open():
		return "Ce message est classé."
	case !m.may.desk:
		return lacks(staff.Accueil)
	}
	switch c := m.cards[i]; {
	case c.Verdict == mailbox.Nothing && !c.edited:
		return fault.French("Il n’y a rien à faire : c’est déjà ainsi.")
	case c.Verdict == mailbox.Done:
		return "Cette action est déjà faite."
	}
	return ""
}

// asks reports whether a card cannot be ticked as it is: something must be
// chosen or confirmed first.
func (m *model) asks(i int) bool {
	c := m.cards[i]
	switch {
	case c.ticked:
		return false
	case c.Choice.Kind == reading.BankDetails:
		return !c.Choice.Confirmed
	case c.Verdict == mailbox.TooLate || c.Verdict == mailbox.Unclear || c.Verdict == mailbox.Refused:
		return !c.edited
	}
	return false
}

// toggle ticks or unticks a card.
func (m *model) toggle(i int) {
	m.cards[i].ticked = !m.cards[i].ticked
	m.change()
}

// change notes that what is shown is no longer what was planned.
func (m *model) change() {
	m.touched = true
	m.key = m.d.newKey()
}

// edit gives a card another choice; it is ticked, for that is why one edits it.
func (m *model) edit(i int, c mailbox.Choice) {
	k := &m.cards[i]
	c.N = k.N
	k.Choice, k.edited, k.ticked = c, true, true
	m.change()
}

// add makes a card of an agent's own.
func (m *model) add(c mailbox.Choice) int {
	n := 0
	for _, k := range m.cards {
		n = max(n, k.N)
	}
	c.N = n + 1
	m.cards = append(m.cards, card{Card: mailbox.Card{N: c.N, Choice: c, Sure: true, Title: kindTitle(c.Kind), Verdict: mailbox.Unclear, Why: "Ajoutée à la main."}, ticked: true, edited: true, added: true})
	m.change()
	return len(m.cards) - 1
}

func (m *model) ticked() (n int) {
	for _, c := range m.cards {
		if c.ticked {
			n++
		}
	}
	return n
}

// decision is what the agent decides as things stand.
func (m *model) decision() mailbox.Decision {
	d := mailbox.Decision{MessageID: m.msg.ID, Version: m.msg.Version, Key: m.key}
	for _, c := range m.cards {
		if c.ticked {
			k := c.Choice
			k.N = c.N
			d.Choices = append(d.Choices, k)
		}
	}
	switch {
	case m.noReply:
	case m.byHand:
		d.Reply = m.reply
	default:
		d.Reply.To = m.reply.To // without a body: the plan words it for what is ticked
	}
	return d
}

// planned takes what a plan says into the cards it is about.
func (m *model) planned(p *mailbox.Plan, err error) {
	m.asking, m.plan, m.planErr = false, p, err
	if err != nil || p == nil {
		return
	}
	for _, c := range p.Cards {
		for i := range m.cards {
			if m.cards[i].N == c.N {
				old := m.cards[i].Card
				c.Choice = old.Choice // what was asked, not what was understood of it
				if c.Why == "" {
					c.Why = old.Why
				}
				m.cards[i].Card = c
			}
		}
	}
}

// letter is the reply as it would leave: rewritten by hand, else as the plan
// words it for what is ticked.
func (m *model) letter() letter.Letter {
	if !m.byHand && m.plan != nil && strings.TrimSpace(m.plan.Reply.Body) != "" {
		return m.plan.Reply
	}
	return m.reply
}

// atHand says why nothing at all can be done with a message now, "" when it can.
func (m *model) atHand() string {
	switch {
	case m.away():
		return opening
	case m.msg == nil:
		return "Choisissez d’abord un message."
	case !m.may.desk:
		return lacks(staff.Accueil)
	}
	return ""
}

// replyOff says why no answer can be sent, "" when one can.
func (m *model) replyOff() string {
	off := m.atHand()
	switch {
	case off != "":
		return off
	case m.msg.ReplyOff != "":
		return m.msg.ReplyOff
	case !m.open():
		return "Ce message est classé."
	}
	return ""
}

// applyOff says why nothing can be applied now, "" when it can.
func (m *model) applyOff() string {
	off := m.atHand()
	switch {
	case off != "":
		return off
	case !m.open():
		return "Ce message est classé."
	case m.ticked() == 0:
		return fault.French("Rien n’est coché : 1 à 9 coche, F7 répond, Suppr ignore.")
	case m.planErr != nil:
		return fault.Sentence(m.planErr)
	case m.plan != nil && !m.asking && m.plan.Problem != "":
		return m.plan.Problem
	}
	return ""
}

// ignoreOff says why the message cannot be ignored.
func (m *model) ignoreOff() string {
	off := m.atHand()
	switch {
	case off != "":
		return off
	case m.msg.State == mailbox.Ignored, m.open():
		return ""
	}
	return "Ce message est classé."
}

// familyOff says why the family cannot be chosen.
func (m *model) familyOff() string {
	off := m.atHand()
	switch {
	case off != "":
		return off
	case !m.open():
		return "Ce message est classé."
	}
	return ""
}

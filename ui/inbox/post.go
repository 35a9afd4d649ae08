package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// The states of a letter (schema 0003).
const (
	waiting = "waiting"
	sending = "sending"
	sent    = "sent"
	failed  = "failed"
	doubt   = "doubt"
	held    = "held"
	dropped = "dropped"
)

// post is the second view of the page: what leaves.
type post struct {
	all      []mailbox.Outgoing
	rows     []mailbox.Outgoing // of all, those the filters leave
	refusals []mailbox.Refusal
	loaded   bool
	cur      int64
}

// postbag is what one look at the outbox brings.
type postbag struct {
	letters  []mailbox.Outgoing
	refusals []mailbox.Refusal
}

func (d Deps) loadPost(ctx context.Context, limit int) (b postbag, err error) {
	if b.letters, err = d.Mail.Outbox(ctx, nil, 0, limit); err != nil {
		return b, err
	}
	b.refusals, err = d.Mail.Refusals(ctx)
	return b, err
}

func (p *post) take(b postbag) {
	p.all, p.refusals, p.loaded = b.letters, b.refusals, true
}

// chipOf is the chip a letter's state belongs to.
func chipOf(state string) string {
	switch state {
	case failed, doubt:
		return chipTrouble
	case sent:
		return chipSent
	case waiting, sending, held:
		return chipWaiting
	}
	return ""
}

// narrow keeps the letters the filters leave.
func (p *post) narrow(chip, text string) {
	want := catalog.Fold(strings.TrimSpace(text))
	p.rows = p.rows[:0:0]
	for _, o := range p.all {
		if (chip == chipAll || chipOf(o.State) == chip) && (want == "" || strings.Contains(catalog.Fold(o.Letter.To+" "+o.Letter.Subject), want)) {
			p.rows = append(p.rows, o)
		}
	}
	if p.row(p.cur) < 0 {
		p.cur = 0
		if len(p.rows) > 0 {
			p.cur = p.rows[0].ID
		}
	}
}

func (p *post) row(id int64) int {
	return slices.IndexFunc(p.rows, func(o mailbox.Outgoing) bool { return o.ID == id })
}

// letter is the one shown, nil where there is none.
func (p *post) letter() *mailbox.Outgoing {
	if i := p.row(p.cur); i >= 0 {
		return &p.rows[i]
	}
	return nil
}

// number counts the letters of a chip.
func (p *post) number(chip string) (n int) {
	for _, o := range p.all {
		if chipOf(o.State) == chip {
			n++
		}
	}
	return n
}

// retryOff, dropOff and settleOff say why a letter's fate cannot be changed.
func (m *model) retryOff() string {
	return m.postOff([]string{failed, doubt}, "Seule une lettre en échec ou douteuse se renvoie.")
}

func (m *model) dropOff() string {
	return m.postOff([]string{waiting, failed, doubt}, "Seule une lettre qui n’est pas partie s’abandonne.")
}

func (m *model) settleOff() string {
	return m.postOff([]string{doubt}, "Seul un envoi douteux se confirme.")
}

func (m *model) postOff(states []string, why string) string {
	o := m.post.letter()
	switch {
	case o == nil:
		return "Choisissez d’abord une lettre."
	case !m.may.desk:
		return lacks(staff.Accueil)
	case !slices.Contains(states, o.State):
		return why
	}
	return ""
}

// postBadge is the state of a letter in a word.
func postBadge(state string) widgets.BadgeSpec {
	switch state {
	case waiting:
		return widgets.BadgeSpec{Icon: "clock", Text: "En attente", Tone: widgets.Neutral}
	case sending:
		return widgets.BadgeSpec{Icon: "hourglass", Text: "Envoi en cours", Tone: widgets.Info}
	case sent:
		return widgets.BadgeSpec{Icon: "check", Text: "Partie", Tone: widgets.Success}
	case failed:
		return widgets.BadgeSpec{Icon: "circle-alert", Text: "En échec", Tone: widgets.Failure}
	case doubt:
		return widgets.BadgeSpec{Icon: "help", Text: "Envoi douteux", Tone: widgets.Warning}
	case held:
		return widgets.BadgeSpec{Icon: "lock", Text: "Retenue", Tone: widgets.Neutral}
	}
	return widgets.BadgeSpec{Icon: "ban", Text: "Abandonnée", Tone: widgets.Neutral}
}

// filed is the instant a letter was put in the outbox.
func filed(o mailbox.Outgoing) time.Time {
	if !o.SentAt.IsZero() {
		return o.SentAt
	}
	at, err := time.Parse(time.RFC3339Nano, o.Since)
	if err != nil {
		return time.Time{} // no date is shown rather than a wrong one
	}
	return at
}

// postText says what became of a letter, in a sentence; strong asks for an alert.
func postText(o mailbox.Outgoing, demo bool) (text string, tone widgets.Tone) {
	next := ""
	if !o.NextAt.IsZero() {
		next = " Prochain essai" + nbsp + ": " + calendar.InstantText(o.NextAt) + "."
	}
	switch o.State {
	case waiting:
		text, tone = "Cette lettre attend son envoi.", widgets.Neutral
		if o.Attempts > 0 {
			text, tone = count(o.Attempts, "essai", "essais")+" sans succès"+nbsp+": "+o.Problem, widgets.Warning
		}
		return text + next, tone
	case sending:
		return "Cette lettre est en train de partir.", widgets.Info
	case sent:
		return "Partie " + calendar.InstantText(o.SentAt) + ".", widgets.Success
	case failed:
		return "Elle n’est pas partie" + nbsp + ": " + o.Problem, widgets.Failure
	case doubt:
		return fault.French("La liaison a été coupée pendant l’envoi : on ne sait pas si elle est partie. Demandez à la famille ou regardez les messages envoyés de la boîte, puis dites-le ici."), widgets.Warning
	case held:
		if demo {
			return fault.French("Démonstration : rien n’est envoyé."), widgets.Neutral
		}
		return "Elle a été écrite pendant une démonstration et ne partira pas.", widgets.Neutral
	}
	return "Elle a été abandonnée et ne partira pas.", widgets.Neutral
}

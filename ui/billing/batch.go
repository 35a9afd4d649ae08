package billing

import (
	"strings"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/widgets"
)

// batchCard is the batch of direct debits beside the month's table: what it
// would collect, and why it cannot be made yet.
type batchCard struct {
	panel  *widgets.Panel
	badge  *widgets.Badge
	amount money.Cents
	count  int
	hero   interface{ Refresh() }
	lines  *factLines
	button *widgets.Button
	note   *widgets.Label
}

func newBatchCard(p *page) *batchCard {
	c := &batchCard{badge: widgets.NewBadge("", "", widgets.Neutral), lines: newFactLines(), note: widgets.NewParagraph("", widgets.Small.Center())}
	hero := heroFigure(func() (string, string) { return c.amount.String(), plural(c.count, "prélèvement", "prélèvements") })
	c.hero = hero
	c.button = widgets.NewButton("Préparer le fichier", widgets.Primary, func() { p.choose(stepDebit); p.Focus() })
	c.panel = widgets.NewPanel("Lot SEPA", widgets.VBox(8, hero, widgets.NewDivider(), c.lines, c.button, c.note)).Icon("bank").Right(c.badge)
	return c
}

func (c *batchCard) show(s *sheet) {
	d := &s.debits
	c.amount, c.count = d.plan.Total, d.plan.Count
	if s.pending() && !s.plan.Corrective {
		c.amount, c.count = s.plan.Debit, 0
		for _, x := range s.plan.Drafts {
			if x.State == billing.Ready && x.Pay == billing.PayDebit {
				c.count++
			}
		}
	}
	c.panel.SetTitle("Lot SEPA " + deMonth(s.month()))
	off, state := "", widgets.BadgeSpec{Icon: "circle-check", Text: "Prêt", Tone: widgets.Success}
	built := d.built()
	c.button.SetLabel("Préparer le fichier")
	switch {
	case built != nil:
		state = batchBadge(built.State)
		c.amount, c.count = built.Total, built.Count
		c.button.SetLabel("Voir le lot")
	case s.pending() && !s.plan.Corrective:
		off, state = "Possible à la fin de l’émission", widgets.BadgeSpec{Icon: "clock", Text: "En attente", Tone: widgets.Neutral}
	case d.refused != "":
		off, state = d.refused, widgets.BadgeSpec{Icon: "circle-alert", Text: "À revoir", Tone: widgets.Warning}
	case c.count == 0:
		off, state = "Personne n’est à prélever.", widgets.BadgeSpec{Icon: "minus", Text: "Aucun", Tone: widgets.Neutral}
	case d.plan.Problem != "":
		state = widgets.BadgeSpec{Icon: "circle-alert", Text: "À revoir", Tone: widgets.Warning}
	}
	switch {
	case built != nil:
		c.lines.set(fact{label: "Prélèvement", text: "le " + built.CollectOn.Short()}, fact{label: "Fichier", text: built.File})
	case c.count == 0:
		c.lines.set(fact{label: "Prélèvement", text: "aucun"})
	default:
		list := batchFacts(d.ask, d.plan, d.set, s.today)
		c.lines.set(list[0], list[len(list)-1])
	}
	c.badge.Set(state)
	enable(c.button, off)
	c.note.Set(off)
	c.hero.Refresh()
	c.panel.Refresh()
}

// deMonth is « de décembre », « d’août ».
func deMonth(m calendar.Month) string {
	name, _, _ := strings.Cut(m.Label(), " ")
	return fault.De(name)
}

// batchFacts are the dates of a batch: when it is collected, until when the bank
// takes it, and whether the families are told in time.
func batchFacts(ask billing.DebitAsk, plan billing.DebitPlan, set billing.Settings, today calendar.Date) []fact {
	if ask.CollectOn.IsZero() {
		return nil
	}
	list := []fact{{label: "Prélèvement", text: "le " + ask.CollectOn.Short()}}
	if !plan.SendBy.IsZero() {
		list = append(list, fact{label: "À la banque", text: "le " + plan.SendBy.Short() + " au plus tard"})
	}
	return append(list, fact{label: "Fichier", text: "pain.008.001." + ask.Version}, noticeFact(plan, set, today))
}

// noticeFact says in words and colour whether the families have their notice.
func noticeFact(plan billing.DebitPlan, set billing.Settings, today calendar.Date) fact {
	f := fact{label: "Préavis aux familles"}
	switch {
	case plan.NotifyBy.IsZero():
	case today > plan.NotifyBy:
		f.text, f.tone, f.icon = "trop tard depuis le "+dayMonth(plan.NotifyBy), widgets.Failure, "circle-cross"
	default:
		f.text, f.tone, f.icon = plural(set.NoticeDays, "jour", "jours"), widgets.Success, "check"
	}
	return f
}

// built is the batch that waits to be sent, nil if none does.
func (s *debitState) built() *billing.DebitBatch {
	for i := range s.batches {
		if s.batches[i].State == debitBuilt {
			return &s.batches[i]
		}
	}
	return nil
}

func batchBadge(state string) widgets.BadgeSpec {
	switch state {
	case debitBuilt:
		return widgets.BadgeSpec{Icon: "hourglass", Text: "À transmettre", Tone: widgets.Info}
	case debitSent:
		return widgets.BadgeSpec{Icon: "check", Text: "Transmis", Tone: widgets.Success}
	}
	return widgets.BadgeSpec{Icon: "circle-cross", Text: "Abandonné", Tone: widgets.Neutral}
}

// debitBadge is the state of one collection of a batch.
func debitBadge(d billing.Debit) widgets.BadgeSpec {
	switch d.State {
	case "rejected":
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Rejeté " + d.Reason, Tone: widgets.Failure}
	case debitSent:
		return widgets.BadgeSpec{Icon: "check", Text: "Transmis", Tone: widgets.Success}
	case debitDropped:
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Abandonné", Tone: widgets.Neutral}
	case debitBuilt:
		return widgets.BadgeSpec{Icon: "hourglass", Text: "Dans le fichier", Tone: widgets.Info}
	}
	if d.Amended {
		return widgets.BadgeSpec{Icon: "edit", Text: "Compte modifié", Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{Icon: "clock", Text: "À prélever", Tone: widgets.Neutral}
}

// sequenceLabel says which collection of the mandate it is.
func sequenceLabel(code string) string {
	switch code {
	case "FRST":
		return "premier"
	case "FNAL":
		return "dernier"
	case "OOFF":
		return "unique"
	}
	return "récurrent"
}

// reasonField is a line for why something is undone, and its check.
func reasonField(placeholder string) (*widgets.TextField, func() error) {
	f := widgets.NewTextField().PlaceHolder(placeholder)
	return f, func() error {
		if strings.TrimSpace(f.Text()) == "" {
			return fault.New(fault.Invalid, "Le motif est obligatoire"+nbsp+": il est conservé.")
		}
		return nil
	}
}

// shortAccount keeps the two ends of a masked account: « FR76 … 890 ».
func shortAccount(masked string) string {
	parts := strings.Fields(masked)
	if len(parts) < 3 {
		return masked
	}
	return parts[0] + nbsp + "…" + nbsp + parts[len(parts)-1]
}

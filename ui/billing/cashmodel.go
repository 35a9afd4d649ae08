package billing

import (
	"context"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// office is the cash office as it was read for a month.
type office struct {
	month   calendar.Month
	days    []billing.CashDay
	today   billing.CashDay
	slips   []billing.Slip
	cheques billing.Slip // the deposit that would be made
	payment billing.Slip // the month's slip that would be made
	noSlip  string       // French: why there is none
	lock    billing.LockPlan
	journal []billing.JournalLine
}

// loadOffice reads the cash office; the journal only where it is shown.
func (d Deps) loadOffice(ctx context.Context, m calendar.Month, journal bool) (o *office, err error) {
	o = &office{month: m}
	if o.days, err = d.Billing.CashDays(ctx, m); err != nil {
		return nil, err
	}
	if o.today, err = d.Billing.CashDay(ctx, 0); err != nil {
		return nil, err
	}
	if o.slips, err = d.Billing.Slips(ctx, m); err != nil {
		return nil, err
	}
	if o.cheques, err = d.Billing.PlanSlip(ctx, billing.SlipCheques, calendar.Month{}); err != nil {
		return nil, err
	}
	if o.payment, err = d.Billing.PlanSlip(ctx, billing.SlipPayment, m); err != nil {
		if fault.KindOf(err) == fault.Internal || ctx.Err() != nil {
			return nil, err
		}
		o.noSlip = fault.Sentence(err)
	}
	if o.lock, err = d.Billing.PlanLock(ctx, m); err != nil || !journal {
		return o, err
	}
	o.journal, err = d.Billing.Journal(ctx, m.First(), m.Last())
	return o, err
}

// toClose is the day to be counted next: the first that is not, else today.
func (o *office) toClose() billing.CashDay {
	for _, d := range o.days {
		if !d.Closed {
			return d
		}
	}
	return o.today
}

// dayBadge is the state of a day of the box.
func dayBadge(d billing.CashDay) widgets.BadgeSpec {
	switch {
	case !d.ClosedAt.IsZero() && d.Difference() != 0:
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: "Écart " + d.Difference().Signed(), Tone: widgets.Warning}
	case !d.ClosedAt.IsZero():
		return widgets.BadgeSpec{Icon: "check", Text: "Arrêtée", Tone: widgets.Success}
	case d.Closed:
		return widgets.BadgeSpec{Icon: "lock", Text: "Passée", Tone: widgets.Neutral}
	}
	return widgets.BadgeSpec{Icon: "clock", Text: "À arrêter", Tone: widgets.Info}
}

// meansText writes what came in by means: « chèque 50,00 €, carte 20,00 € ».
func meansText(list []billing.MeansSum, but string) string {
	var parts []string
	for _, m := range list {
		if m.Means != but {
			parts = append(parts, strings.ToLower(meansWord(m.Means))+" "+m.Total.String())
		}
	}
	return strings.Join(parts, ", ")
}

// meansWord is « Chèque », « Prélèvement ».
func meansWord(id string) string {
	switch id {
	case "debit":
		return "Prélèvement"
	case billing.ByWallet:
		return "Porte-monnaie"
	}
	return capital(ledger.MeansLabel(id))
}

var dayColumns = []widgets.Column{
	{ID: "day", Title: "Jour", Weight: 1.2},
	{ID: "opening", Title: "Au matin", Width: 84, Right: true, Spare: true},
	{ID: "in", Title: "Entrées", Width: 84, Right: true, Spare: true},
	{ID: "out", Title: "Sorties", Width: 84, Right: true, Spare: true},
	{ID: "expected", Title: "Attendu", Width: 84, Right: true},
	{ID: "counted", Title: "Compté", Width: 84, Right: true},
	{ID: "state", Title: "État", Width: 126},
}

func dayCell(d billing.CashDay, col int) widgets.Cell {
	plainSum := func(c money.Cents) widgets.Cell {
		if c == 0 {
			return widgets.Cell{Text: "—", Ink: theme.Ardoise500}
		}
		return widgets.Cell{Text: c.String()}
	}
	switch col {
	case 0:
		return widgets.Cell{Text: capital(d.Day.Medium()), Bold: true}
	case 1:
		return widgets.Cell{Text: d.Opening.String(), Ink: theme.Ardoise600}
	case 2:
		return plainSum(d.In)
	case 3:
		return plainSum(d.Out)
	case 4:
		return widgets.Cell{Text: d.Expected.String(), Bold: true}
	case 5:
		if d.ClosedAt.IsZero() {
			return widgets.Cell{Text: "—", Ink: theme.Ardoise500}
		}
		return widgets.Cell{Text: d.Counted.String(), Bold: true}
	}
	b := dayBadge(d)
	return widgets.Cell{Badge: &b}
}

var journalColumns = []widgets.Column{
	{ID: "day", Title: "Jour", Width: 80},
	{ID: "label", Title: "Libellé", Weight: 1.5},
	{ID: "family", Title: "Famille", Weight: 1},
	{ID: "receipt", Title: "Quittance", Width: 76, Spare: true},
	{ID: "from", Title: "Débit", Width: 104, Spare: true},
	{ID: "to", Title: "Crédit", Width: 104, Spare: true},
	{ID: "amount", Title: "Montant", Width: 84, Right: true},
}

func journalCell(l billing.JournalLine, col int) widgets.Cell {
	switch col {
	case 0:
		return widgets.Cell{Text: l.Day.Short()}
	case 1:
		return widgets.Cell{Text: l.Label, Bold: true}
	case 2:
		return widgets.Cell{Text: l.Family}
	case 3:
		return widgets.Cell{Text: l.Receipt, Ink: theme.Ardoise600}
	case 4:
		return widgets.Cell{Text: accountWord(l.Debit), Ink: theme.Ardoise600}
	case 5:
		return widgets.Cell{Text: accountWord(l.Credit), Ink: theme.Ardoise600}
	}
	return widgets.Cell{Text: l.Amount.String(), Bold: true}
}

// accountWord names an account of the ledger in the agent's words.
func accountWord(code string) string {
	kind, rest, _ := strings.Cut(code, ":")
	switch kind {
	case "wallet":
		return "porte-monnaie"
	case "cash", "refund":
		if rest == "cash" {
			return "caisse"
		}
		return strings.ToLower(meansWord(rest))
	case "due":
		return "à recevoir"
	case "sales":
		return "ventes"
	case "treasury":
		return "Trésor public"
	case "opening":
		return "reprise"
	}
	return code
}

var slipColumns = []widgets.Column{
	{ID: "number", Title: "N°", Width: 76},
	{ID: "kind", Title: "Nature", Weight: 1.2},
	{ID: "month", Title: "Mois", Weight: 1},
	{ID: "made", Title: "Fait le", Width: 84},
	{ID: "agent", Title: "Par", Weight: 1, Spare: true},
	{ID: "count", Title: "Lignes", Width: 52, Right: true},
	{ID: "total", Title: "Montant", Width: 92, Right: true},
}

func slipWord(kind string) string {
	if kind == billing.SlipCheques {
		return "Remise de chèques"
	}
	return "Bordereau de versement"
}

func slipCell(s billing.Slip, col int) widgets.Cell {
	switch col {
	case 0:
		return widgets.Cell{Text: s.Number, Ink: theme.Ardoise600}
	case 1:
		return widgets.Cell{Text: slipWord(s.Kind), Bold: true}
	case 2:
		return widgets.Cell{Text: s.Month.Label()}
	case 3:
		return widgets.Cell{Text: s.MadeOn.Short()}
	case 4:
		return widgets.Cell{Text: s.Agent, Ink: theme.Ardoise600}
	case 5:
		return widgets.Cell{Text: plain(s.Count)}
	}
	return widgets.Cell{Text: s.Total.String(), Bold: true}
}

// slipRows are the slips that could be made, for their card.
func (o *office) slipRows() []widgets.ActionRow {
	row := func(s billing.Slip, off string) widgets.ActionRow {
		r := widgets.ActionRow{Icon: "list", Title: slipWord(s.Kind), ID: s.Kind}
		switch {
		case off != "":
			r.Detail = off
		case s.Count == 0:
			r.Detail = "rien à remettre"
		default:
			r.Detail, r.Action = plural(s.Count, "ligne", "lignes")+", "+s.Total.String(), "Faire"
		}
		return r
	}
	cheques := row(o.cheques, "")
	cheques.Icon, cheques.Title, cheques.ID = "cheque", slipWord(billing.SlipCheques), billing.SlipCheques
	payment := row(o.payment, o.noSlip)
	payment.Title, payment.ID = "Versement "+deMonth(o.month), billing.SlipPayment
	return []widgets.ActionRow{cheques, payment}
}

// lockText says where the month's lock stands, in a badge and a sentence.
func (o *office) lockText() (spec widgets.BadgeSpec, text string, can bool) {
	switch {
	case o.lock.Lock != nil:
		return widgets.BadgeSpec{Icon: "lock", Text: "Verrouillé", Tone: widgets.Success},
			"Verrouillé le " + calendar.DateOf(o.lock.Lock.LockedAt).Short() + " par " + o.lock.Lock.Agent + ". Plus aucune écriture n’y entre.", false
	case len(o.lock.Blocks) > 0:
		return widgets.BadgeSpec{Icon: "circle-alert", Text: plural(len(o.lock.Blocks), "point", "points"), Tone: widgets.Warning}, o.lock.Blocks[0], false
	case len(o.lock.Warnings) > 0:
		return widgets.BadgeSpec{Icon: "unlock", Text: "Possible", Tone: widgets.Info}, o.lock.Warnings[0], true
	}
	return widgets.BadgeSpec{Icon: "unlock", Text: "Possible", Tone: widgets.Info}, "Tout est en ordre.", true
}

package main

import (
	"context"
	"crypto/rand"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
)

// basketFlags are the flags book and cancel share.
type basketFlags struct {
	child, service, dates, family   string
	pay, reference, consent, reason string
	justify, note, key              string
	waiting, dryRun                 bool
}

// newKey makes the idempotency key of a command that was given none.
func newKey() string { return "ctl:" + rand.Text() }

func (b *basketFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.child, "child", "", "numéro de l’`ENFANT`")
	f.StringVar(&b.service, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&b.dates, "dates", "", "`JOURS` AAAA-MM-JJ séparés par des virgules")
	f.StringVar(&b.family, "family", "", "`FAMILLE` qui paie (défaut\u00a0: selon l’alternance, sinon celle de l’enfant)")
	f.StringVar(&b.consent, "consent", "", "accord de la famille, `\"qui, comment\"`, par exemple \"Mme Berthet, téléphone\"")
	f.StringVar(&b.reason, "override", "", "`MOTIF` pour passer outre la date limite\u00a0; il est conservé")
	f.StringVar(&b.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&b.dryRun, "dry-run", false, "montre le plan et n’écrit rien")
}

func (c *cli) bookCommand() *cobra.Command {
	var b basketFlags
	cmd := &cobra.Command{
		Use: "book", Short: "réserve des jours pour un enfant", Args: words(),
		Long:    "Réserve des jours pour un enfant. Le plan est montré ligne par ligne ; si une seule ligne est refusée, rien n’est réservé.",
		Example: `  ardoisectl book --child 12 --service cantine-saint-marcel --dates 2026-12-07,2026-12-08 --consent "Mme Berthet, téléphone"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.basket(cmd.Context(), b, func(a *booking.Ask, items []booking.Item) { a.Add = items })
		},
	}
	b.register(cmd)
	cmd.Flags().StringVar(&b.pay, "pay", "", "`MOYEN`\u00a0: wallet, card, cheque, cash, transfer ou monthly (défaut\u00a0: celui de l’accès)")
	cmd.Flags().StringVar(&b.reference, "reference", "", "`TEXTE` de la référence du paiement, par exemple le numéro du chèque")
	cmd.Flags().BoolVar(&b.waiting, "waiting", false, "accepte une place sur la liste d’attente")
	return cmd
}

func (c *cli) cancelCommand() *cobra.Command {
	var b basketFlags
	cmd := &cobra.Command{
		Use: "cancel", Short: "annule des jours ; dans le délai, le montant revient au porte-monnaie", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.basket(cmd.Context(), b, func(a *booking.Ask, items []booking.Item) { a.Cancel = items })
		},
	}
	b.register(cmd)
	cmd.Flags().StringVar(&b.justify, "justify", "", "absence justifiée, `MOTIF`\u00a0: illness, strike, teacher, trip ou other")
	cmd.Flags().StringVar(&b.note, "note", "", "`TEXTE` qui complète le motif ; n’est pas gardé pour une maladie")
	return cmd
}

func (b basketFlags) ask(ctx context.Context, c *cli, o *data.Office) (a booking.Ask, items []booking.Item, err error) {
	if err := need("child", b.child, "service", b.service, "dates", b.dates); err != nil {
		return a, nil, err
	}
	child, err := number("d’enfant", b.child)
	if err != nil {
		return a, nil, err
	}
	if b.family != "" {
		if a.FamilyID, err = number("de famille", b.family); err != nil {
			return a, nil, err
		}
	}
	s, err := service(ctx, o, b.service)
	if err != nil {
		return a, nil, err
	}
	days, err := c.days(b.dates, today(o))
	if err != nil {
		return a, nil, err
	}
	for _, d := range days {
		items = append(items, booking.Item{ChildID: child, ServiceID: s.ID, Day: d})
	}
	if a.Consent, err = consent(b.consent); err != nil {
		return a, nil, err
	}
	a.Key, a.Means, a.Reference, a.Override, a.Waiting = b.key, b.pay, b.reference, b.reason, b.waiting
	a.Justification = booking.Justification{Kind: b.justify, Note: b.note}
	if a.Key == "" {
		a.Key = newKey()
	}
	return a, items, nil
}

// basketJSON is the answer of book and cancel (ctl.md).
type basketJSON struct {
	Lines        []lineJSON  `json:"lines"`
	Total        money.Cents `json:"total"`
	BalanceAfter money.Cents `json:"balance_after"`
	Receipt      *string     `json:"receipt"`
	Error        *errorJSON  `json:"error,omitempty"`
}

type lineJSON struct {
	Child   string        `json:"child"`
	ChildID int64         `json:"child_id"`
	Date    calendar.Date `json:"date"`
	Verdict string        `json:"verdict"`
	Reason  string        `json:"reason"`
	Price   money.Cents   `json:"price"`
	Cutoff  string        `json:"cutoff"`
	Rule    string        `json:"rule"`
	Late    bool          `json:"late"`
}

type errorJSON struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

func linesJSON(lines []booking.Line) []lineJSON {
	out := make([]lineJSON, len(lines))
	for i, l := range lines {
		reason := l.Reason
		if l.Note != "" {
			reason = strings.TrimSpace(reason + " " + l.Note)
		}
		out[i] = lineJSON{
			Child: l.Child, ChildID: l.ChildID, Date: l.Day, Verdict: string(l.Verdict), Reason: reason, Price: l.Price,
			Cutoff: paris(l.Cutoff), Rule: l.Rule, Late: l.Late,
		}
	}
	return out
}

// basket plans, shows, and commits when every line may be done. Nothing is
// half done: one refused line refuses the whole.
func (c *cli) basket(ctx context.Context, b basketFlags, put func(*booking.Ask, []booking.Item)) error {
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	ask, items, err := b.ask(ctx, c, o)
	if err != nil {
		return err
	}
	put(&ask, items)
	plan, err := o.Booking.Plan(ctx, ask)
	if err != nil {
		return err
	}
	sign := money.Cents(1)
	if len(ask.Cancel) > 0 {
		sign = -1 // cancel shows what comes back as positive
	}
	out := basketJSON{Lines: linesJSON(plan.Lines), Total: sign * plan.Total, BalanceAfter: plan.BalanceAfter}
	refused := len(plan.Lines) - plan.Accepted()
	problem := refusalOf(plan, refused)
	if refused == len(plan.Lines) && b.key != "" && !b.dryRun {
		// A key given by the caller may have been used before: the room answers
		// with what was done then, or with the refusal; it writes nothing new.
		done, err := o.Booking.Book(ctx, ask)
		if err == nil {
			return c.sayBasket(c.doneJSON(done, sign), done.Replayed, false)
		}
		// A conflict that is not the first line's is the key's: other content.
		if fault.KindOf(err) == fault.Conflict && !strings.Contains(fault.Sentence(err), fault.French(plan.Lines[0].Reason)) {
			problem = err
		}
	}
	if problem != nil {
		out.Error = &errorJSON{fault.KindOf(problem).String(), fault.Sentence(problem)}
		if err := c.sayBasket(out, false, true); err != nil {
			return err
		}
		return checkFailed{problem}
	}
	if b.dryRun {
		return c.sayBasket(out, false, true)
	}
	if plan.Ask.Consent == (ledger.Consent{}) {
		// Said as it is: nobody noted the family's word, this agent typed a command.
		plan.Ask.Consent = ledger.Consent{Who: staff.From(ctx).Name, How: "commande, accord de la famille non noté"}
	}
	done, err := o.Booking.Commit(ctx, plan)
	if err != nil {
		return err
	}
	return c.sayBasket(c.doneJSON(done, sign), done.Replayed, false)
}

func (c *cli) doneJSON(done *booking.Done, sign money.Cents) basketJSON {
	out := basketJSON{Lines: linesJSON(done.Lines), Total: sign * done.Total, BalanceAfter: done.BalanceAfter}
	if done.Receipt != nil {
		n := done.Receipt.Number()
		out.Receipt = &n
	}
	return out
}

// refusalOf gives the sentence of a plan that cannot be committed whole.
func refusalOf(p *booking.Plan, refused int) error {
	if p.Missing > 0 {
		return fault.New(fault.Insufficient, "%s", p.Problem)
	}
	if refused == 0 {
		if p.Problem != "" {
			return fault.New(fault.Invalid, "%s", p.Problem)
		}
		return nil
	}
	kind, reason := fault.Invalid, ""
	for _, l := range p.Lines {
		if l.Verdict != booking.Refused {
			continue
		}
		kind, reason = l.Refusal, l.Day.Medium()+" : "+l.Reason
		break
	}
	if len(p.Lines) == 1 {
		return fault.New(kind, "Refusé. %s", reason)
	}
	return fault.New(kind, "Rien n’a été enregistré : %s sur %d ne peuvent pas l’être. %s", count(refused, "ligne", "lignes"), len(p.Lines), reason)
}

func (c *cli) sayBasket(out basketJSON, replayed, plan bool) error {
	return c.say(out, func(w io.Writer) {
		t := columns("Enfant", "Jour", "Verdict", ">Montant", "Date limite", "Motif")
		for _, l := range out.Lines {
			limit := ""
			if l.Cutoff != "" {
				limit = l.Cutoff[:10] + " " + l.Cutoff[11:16]
			}
			t.row(l.Child, l.Date.Medium(), verdicts[l.Verdict], l.Price, limit, l.Reason)
		}
		t.print(w, "Aucune ligne.")
		put(w, "Total : %s. Solde après : %s.\n", out.Total, out.BalanceAfter)
		switch {
		case out.Error != nil:
			put(w, "%s\n", out.Error.Message)
		case plan:
			put(w, "Rien n’a été enregistré (--dry-run).\n")
		case replayed:
			put(w, "Cette opération avait déjà été faite : rien n’a été fait deux fois.\n")
		case out.Receipt != nil:
			put(w, "Enregistré. Quittance n° %s.\n", *out.Receipt)
		default:
			put(w, "Enregistré.\n")
		}
	})
}

var verdicts = map[string]string{"accepted": "accepté", "refused": "refusé", "waiting": "en attente"}

// consent reads "qui, comment". The instant is the operation's own.
func consent(text string) (ledger.Consent, error) {
	if text == "" {
		return ledger.Consent{}, nil
	}
	who, how, ok := strings.Cut(text, ",")
	if who, how = strings.TrimSpace(who), strings.TrimSpace(how); !ok || who == "" || how == "" {
		return ledger.Consent{}, usage("--consent veut « qui, comment », par exemple \"Mme Berthet, téléphone\"")
	}
	return ledger.Consent{Who: who, How: how}, nil
}

// cutoffCommand says the last instant to act, and the rule that gives it.
func (c *cli) cutoffCommand() *cobra.Command {
	var serviceText, date, purpose string
	cmd := &cobra.Command{
		Use: "cutoff", Short: "dernier instant pour réserver ou annuler, et la règle qui le donne", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if err := need("service", serviceText, "date", date); err != nil {
				return err
			}
			if purpose != "book" && purpose != "cancel" {
				return usage("--for veut book ou cancel")
			}
			s, err := service(ctx, o, serviceText)
			if err != nil {
				return err
			}
			d, err := c.day(date, today(o))
			if err != nil {
				return err
			}
			plan, err := o.Catalog.Plan(ctx, s.ID)
			if err != nil {
				return err
			}
			if open, why := plan.IsOpen(d); !open {
				return fault.New(fault.Invalid, "%s est fermé le %s (%s) : il n’y a pas de date limite.", s.Name, d.Long(), why)
			}
			at, rule, err := o.Catalog.Cutoff(ctx, s.ID, d, purpose)
			if err != nil {
				return err
			}
			out := struct {
				Date    calendar.Date `json:"date"`
				For     string        `json:"for"`
				Instant string        `json:"instant"`
				Rule    string        `json:"rule"`
			}{d, purpose, paris(at), rule}
			return c.say(out, func(w io.Writer) {
				act := map[string]string{"book": "réserver", "cancel": "annuler"}[purpose]
				put(w, "%s, %s : on peut %s jusqu’au %s à %s (%s).\n", s.Name, d.Long(), act, calendar.DateOf(at).Long(), calendar.HourText(at), rule)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&date, "date", "", "`JOUR` du repas")
	f.StringVar(&purpose, "for", "book", "`ACTE`\u00a0: book (réserver) ou cancel (annuler)")
	return cmd
}

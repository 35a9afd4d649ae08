package main

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
)

type applyFlags struct {
	only, override, key string
	reply, dry          bool
	confirmed           bool
}

// mailApply does what a message asks: the cards that are sure, or those named.
func (c *cli) mailApply() *cobra.Command {
	var a applyFlags
	cmd := &cobra.Command{
		Use: "apply N°", Short: "fait ce qu’un message demande, par les mêmes plans qu’au guichet", Args: words("le numéro du message"),
		Long: "Fait ce qu’un message demande : ce qui est sûr et possible, ou les actions nommées par --only. L’instant de réception du message est celui qui compte pour les dates limites, " +
			"et le message est l’accord de la famille. Des coordonnées bancaires ne changent jamais sans --confirmed.",
		Example: "  ardoisectl mail apply 12 --dry-run\n  ardoisectl mail apply 12 --only 1,3 --reply",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de message", args[0])
			if err != nil {
				return err
			}
			m, err := o.Mailbox.Get(ctx, id)
			if err != nil {
				return err
			}
			d, err := a.decision(m)
			if err != nil {
				return err
			}
			p, err := o.Mailbox.Plan(ctx, d)
			if err != nil {
				return err
			}
			if a.dry {
				return c.say(planOut(p, nil), func(w io.Writer) { sayMailPlan(w, p) })
			}
			done, err := o.Mailbox.Apply(ctx, p)
			if err != nil {
				return err
			}
			return c.say(planOut(p, done), func(w io.Writer) {
				sayMailPlan(w, p)
				put(w, "%s.\n", strings.TrimSuffix(done.Text, "."))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.only, "only", "", "`LISTE` des actions à faire, par leur numéro (sinon celles qui sont sûres)")
	f.StringVar(&a.override, "override", "", "`MOTIF` pour passer outre une date limite")
	f.StringVar(&a.key, "key", "", "`CLÉ` d’idempotence (sinon le message et sa version)")
	f.BoolVar(&a.reply, "reply", false, "envoie aussi la réponse proposée")
	f.BoolVar(&a.dry, "dry-run", false, "montre ce qui serait fait, sans rien faire")
	f.BoolVar(&a.confirmed, "confirmed", false, "les coordonnées bancaires ont été vérifiées avec la famille")
	return cmd
}

func (a applyFlags) decision(m *mailbox.Message) (d mailbox.Decision, err error) {
	d = mailbox.Decision{MessageID: m.ID, Version: m.Version, Key: a.key}
	if d.Key == "" {
		d.Key = "mail:" + number10(m.ID) + ":" + number10(m.Version)
	}
	var only []int
	for part := range strings.FieldsFuncSeq(a.only, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(part)
		if err != nil || !slices.ContainsFunc(m.Cards, func(c mailbox.Card) bool { return c.N == n }) {
			return d, fault.New(fault.NotFound, "Ce message n’a pas d’action n° %s : voyez « mail show %d ».", part, m.ID)
		}
		only = append(only, n)
	}
	for _, c := range m.Cards {
		if len(only) > 0 && !slices.Contains(only, c.N) || len(only) == 0 && !c.Ticked {
			continue
		}
		c.Choice.Override, c.Choice.Confirmed = a.override, a.confirmed
		d.Choices = append(d.Choices, c.Choice)
	}
	if len(d.Choices) == 0 {
		return d, fault.New(fault.Invalid, "Rien de sûr n’est proposé pour ce message : choisissez des actions avec --only, ou répondez depuis la fenêtre.")
	}
	if a.reply {
		if m.ReplyOff != "" {
			return d, fault.New(fault.Invalid, "%s", m.ReplyOff)
		}
		d.Reply = letter.Letter{To: m.Reply.To} // worded for what is done, which --only may have chosen
	}
	return d, nil
}

type mailPlanJSON struct {
	Message int64          `json:"message"`
	Cards   []mailCardJSON `json:"cards"`
	After   []afterJSON    `json:"after"`
	Problem string         `json:"problem"`
	Done    bool           `json:"done"`
	Text    string         `json:"text"`
}

type mailCardJSON struct {
	N       int      `json:"n"`
	Kind    string   `json:"kind"`
	Title   string   `json:"title"`
	Lines   []string `json:"lines"`
	Verdict string   `json:"verdict"`
	Note    string   `json:"note"`
}

type afterJSON struct {
	Label  string `json:"label"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func planOut(p *mailbox.Plan, done *mailbox.Outcome) mailPlanJSON {
	out := mailPlanJSON{Message: p.Decision.MessageID, Cards: []mailCardJSON{}, After: []afterJSON{}, Problem: p.Problem}
	for _, c := range p.Cards {
		out.Cards = append(out.Cards, mailCardJSON{c.N, string(c.Choice.Kind), c.Title, append([]string{}, c.Lines...), string(c.Verdict), c.Note})
	}
	for _, a := range p.After {
		out.After = append(out.After, afterJSON{a.Label, a.Before, a.After})
	}
	if done != nil {
		out.Done, out.Text = true, done.Text
	}
	return out
}

func sayMailPlan(w io.Writer, p *mailbox.Plan) {
	for _, c := range p.Cards {
		put(w, "%d. %s [%s]\n", c.N, c.Title, c.Note)
		for _, l := range c.Lines {
			put(w, "   %s\n", l)
		}
	}
	for _, a := range p.After {
		put(w, "%s : %s → %s\n", a.Label, a.Before, a.After)
	}
	if p.Problem != "" {
		put(w, "%s\n", p.Problem)
	}
}

package main

import (
	"errors"
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
			if a.key != "" && !a.dry {
				if done, err := o.Mailbox.Already(ctx, id, a.key); err != nil || done != nil {
					return errors.Join(err, c.sayApplied(done))
				}
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
	if len(d.Choices) == 0 && !m.State.Open() {
		return d, nil // the plan says by whom it was treated
	}
	if len(d.Choices) == 0 {
		return d, fault.New(fault.Invalid, "Rien de sûr n’est proposé pour ce message : choisissez des actions avec --only, ou répondez depuis la fenêtre.")
	}
	if a.reply {
		if m.ReplyOff != "" {
			return d, fault.New(fault.Invalid, "%s", m.ReplyOff)
		}
		d.Reply = letter.Letter{To: m.Reply.To} // worded by the plan, for what is done
	}
	return d, nil
}

// sayApplied tells what the same key did before.
func (c *cli) sayApplied(done *mailbox.Outcome) error {
	if done == nil {
		return nil
	}
	out := planOut(&mailbox.Plan{Decision: mailbox.Decision{MessageID: done.MessageID}}, done)
	return c.say(out, func(w io.Writer) {
		put(w, "Déjà fait, rien n’est fait de nouveau : %s.\n", strings.TrimSuffix(done.Text, "."))
	})
}

// mailUndo takes back what was done for a message.
func (c *cli) mailUndo() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use: "undo N°", Short: "reprend ce qui a été fait pour un message, tant que la réponse n’est pas partie", Args: words("le numéro du message"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de message", args[0])
			if err != nil {
				return err
			}
			if key == "" {
				key = newKey()
			}
			done, err := o.Mailbox.Undo(ctx, id, key)
			if err != nil {
				return err
			}
			out := planOut(&mailbox.Plan{Decision: mailbox.Decision{MessageID: id}}, done)
			return c.say(out, func(w io.Writer) { put(w, "%s.\n", strings.TrimSuffix(done.Text, ".")) })
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "`CLÉ` d’idempotence")
	return cmd
}

type mailPlanJSON struct {
	Message  int64          `json:"message"`
	Cards    []mailCardJSON `json:"cards"`
	After    []afterJSON    `json:"after"`
	Problem  string         `json:"problem"`
	Done     bool           `json:"done"`
	Replayed bool           `json:"replayed"`
	Text     string         `json:"text"`
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
		out.Done, out.Replayed, out.Text = true, done.Replayed, done.Text
	}
	return out
}

// note is what a card's badge says.
func note(c mailbox.Card) string {
	if c.Note == "" {
		return ""
	}
	return " [" + c.Note + "]"
}

func sayMailPlan(w io.Writer, p *mailbox.Plan) {
	for _, c := range p.Cards {
		put(w, "%d. %s%s\n", c.N, c.Title, note(c))
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

func (c *cli) mailIgnore() *cobra.Command {
	var reopen bool
	cmd := &cobra.Command{
		Use: "ignore N° …", Short: "classe des messages sans rien faire", Args: someWords("le numéro d’un message"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			ids, err := numbers("de message", strings.Join(args, ","))
			if err != nil {
				return err
			}
			do, did := o.Mailbox.Ignore, "classés sans suite"
			if reopen {
				do, did = o.Mailbox.Reopen, "de nouveau à traiter"
			}
			if err := do(ctx, ids...); err != nil {
				return err
			}
			return c.say(map[string]int{"count": len(ids)}, func(w io.Writer) { put(w, "%s : %s.\n", count(len(ids), "message", "messages"), did) })
		},
	}
	cmd.Flags().BoolVar(&reopen, "reopen", false, "au contraire, les remet à traiter")
	return cmd
}

// mailFamily says who wrote.
func (c *cli) mailFamily() *cobra.Command {
	var guardian int64
	cmd := &cobra.Command{
		Use: "family MESSAGE FAMILLE", Short: "dit quelle famille a écrit un message", Args: words("le numéro du message", "celui de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de message", args[0])
			if err != nil {
				return err
			}
			fam, err := number("de famille", args[1])
			if err != nil {
				return err
			}
			m, err := o.Mailbox.Get(ctx, id)
			if err != nil {
				return err
			}
			if err := o.Mailbox.SetFamily(ctx, id, m.Version, fam, guardian); err != nil {
				return err
			}
			if m, err = o.Mailbox.Get(ctx, id); err != nil {
				return err
			}
			return c.say(mailOut(m), func(w io.Writer) { sayMail(w, m) })
		},
	}
	cmd.Flags().Int64Var(&guardian, "guardian", 0, "`NUMÉRO` du responsable dont c’est désormais l’adresse")
	return cmd
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
)

// mailItem is a message as ctl.md promises it.
type mailItem struct {
	ID          int64          `json:"id"`
	From        string         `json:"from"`
	Via         string         `json:"via"`
	Subject     string         `json:"subject"`
	Received    string         `json:"received"`
	Family      int64          `json:"family"`
	FamilyName  string         `json:"family_name"`
	State       string         `json:"state"`
	Reply       bool           `json:"reply"` // an answer may be sent
	Aside       bool           `json:"aside"`
	Warning     string         `json:"warning"`
	Summary     string         `json:"summary"`
	Proposals   []mailProposal `json:"proposals"`
	Attachments []mailFile     `json:"attachments"`
}

// mailProposal is one thing understood, for one child.
type mailProposal struct {
	Card       int             `json:"card"`
	Kind       string          `json:"kind"`
	Child      string          `json:"child"`
	ChildID    int64           `json:"child_id"`
	Dates      []calendar.Date `json:"dates"`
	Documents  []string        `json:"documents"`
	IBAN       string          `json:"iban,omitempty"`
	BIC        string          `json:"bic,omitempty"`
	Address    string          `json:"address,omitempty"`
	Permanent  bool            `json:"permanent,omitempty"`
	Confidence string          `json:"confidence"`        // sure, unclear
	Verdict    string          `json:"verdict,omitempty"` // of show and read
	Reason     string          `json:"reason"`
}

type mailFile struct {
	N        int    `json:"n"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Size     int64  `json:"size"`
	Accepted bool   `json:"accepted"`
	Reason   string `json:"reason"`
}

// mailOut gives the machine's form: a card for several children is a proposal
// for each.
func mailOut(m *mailbox.Message) mailItem {
	out := mailItem{
		ID: m.ID, From: m.From.Mail, Via: m.Via, Subject: m.Subject, Received: paris(m.Received), Family: m.FamilyID, FamilyName: m.Family, State: string(m.State),
		Reply: m.ReplyOff == "" && !m.Quiet && m.From.Mail != "", Aside: m.Aside, Warning: m.Warning, Summary: m.Summary, Proposals: []mailProposal{}, Attachments: []mailFile{},
	}
	names := map[int64]string{}
	for _, k := range m.Children {
		names[k.ID] = strings.TrimSpace(k.First + " " + k.Last)
	}
	for _, c := range m.Cards {
		if c.Choice.Kind == reading.None {
			continue
		}
		p := mailProposal{
			Card: c.N, Kind: string(c.Choice.Kind), Dates: append([]calendar.Date{}, c.Choice.Days...), Documents: []string{}, IBAN: c.Choice.IBAN, BIC: c.Choice.BIC,
			Confidence: "sure", Verdict: string(c.Verdict), Reason: c.Why,
		}
		if c.Bounce != nil {
			p.Address, p.Permanent = c.Bounce.Address, c.Bounce.Permanent
		}
		if !c.Sure {
			p.Confidence, p.Reason = "unclear", strings.TrimSpace(c.Why+" "+c.Doubt)
		}
		for _, f := range c.Choice.Files {
			p.Documents = append(p.Documents, f.Kind)
		}
		children := c.Choice.Children
		if len(children) == 0 {
			children = []int64{0}
		}
		for _, id := range children {
			p.Child, p.ChildID = names[id], id
			out.Proposals = append(out.Proposals, p)
		}
	}
	if len(out.Proposals) == 0 { // said too, so that a list and one message say the same
		p := mailProposal{Kind: string(reading.None), Dates: []calendar.Date{}, Documents: []string{}, Confidence: "unclear", Reason: m.Summary}
		if m.Kind == reading.None {
			p.Confidence = "sure"
		}
		out.Proposals = append(out.Proposals, p)
	}
	for _, f := range m.Files {
		out.Attachments = append(out.Attachments, mailFile{f.N, f.Name, f.Media, f.Size, f.Accepted, f.Reason})
	}
	return out
}

var messageStates = map[mailbox.State]string{
	mailbox.Todo: "à traiter", mailbox.ToRead: "à lire", mailbox.Applied: "appliqué", mailbox.Answered: "répondu", mailbox.Ignored: "ignoré",
}

func (c *cli) mailFetch() *cobra.Command {
	return &cobra.Command{
		Use: "fetch", Short: "relève les boîtes aux lettres : chaque message une fois", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := o.Mailbox.Fetch(ctx, 0, c.percent("messages"))
			if err != nil {
				return atServer(err)
			}
			return c.say(map[string]int{"new": f.New, "known": f.Known, "aside": f.Aside}, func(w io.Writer) {
				put(w, "%s, %s, %s.\n", count(f.New, "nouveau message", "nouveaux messages"), count(f.Known, "déjà connu", "déjà connus"), count(f.Aside, "mis à part", "mis à part"))
			})
		},
	}
}

// atServer gives the status of the environment to what a server or its setting is
// the reason of: no rule of the town hall refused anything.
func atServer(err error) error {
	if k := fault.KindOf(err); k == fault.Forbidden || k == fault.NotFound {
		return err
	}
	return environment{err}
}

func (c *cli) mailList() *cobra.Command {
	var state, text, family string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "les messages reçus, le plus récent d’abord", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f := mailbox.Filter{Text: text, Limit: limit}
			for _, s := range strings.FieldsFunc(state, func(r rune) bool { return r == ',' || r == ' ' }) {
				if messageStates[mailbox.State(s)] == "" {
					return usage("--state veut todo, toread, applied, answered ou ignored")
				}
				f.States = append(f.States, mailbox.State(s))
			}
			if family != "" {
				if f.FamilyID, err = number("de famille", family); err != nil {
					return err
				}
			}
			list, _, err := o.Mailbox.List(ctx, f)
			if err != nil {
				return err
			}
			t := columns(">N°", "Reçu le", "De", "Famille", "Objet", "Compris", "État")
			ids := make([]int64, len(list))
			for i, m := range list {
				ids[i] = m.ID
				t.row(m.ID, calendar.DateOf(m.Received).Short()+" "+calendar.HourText(m.Received), m.From.Mail, m.Family, m.Subject, m.Summary, messageStates[m.State])
			}
			out := []mailItem{}
			if c.json { // the cards cost more than the list
				all, err := o.Mailbox.Several(ctx, ids)
				if err != nil {
					return err
				}
				for _, m := range all {
					out = append(out, mailOut(m))
				}
			}
			return c.say(out, func(w io.Writer) { t.print(w, "Aucun message.") })
		},
	}
	f := cmd.Flags()
	f.StringVar(&state, "state", "", "`LISTE` d’états\u00a0: todo, toread, applied, answered, ignored")
	f.StringVar(&text, "text", "", "`TEXTE` dans l’objet, l’expéditeur ou le message")
	f.StringVar(&family, "family", "", "numéro de la `FAMILLE`")
	f.IntVar(&limit, "limit", 1000, "`NOMBRE` de messages au plus")
	return cmd
}

func (c *cli) mailShow() *cobra.Command {
	var attachment int
	var original bool
	var out string
	cmd := &cobra.Command{
		Use: "show N°", Short: "un message, ce qui en est compris, et ses pièces", Args: words("le numéro du message"),
		Example: "  ardoisectl mail show 12\n  ardoisectl mail show 12 --attachment 1 --out fiche.pdf\n  ardoisectl mail show 12 --original --out message.eml",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de message", args[0])
			if err != nil {
				return err
			}
			if original || attachment >= 0 {
				return c.saveMail(ctx, o, id, original, attachment, out)
			}
			m, err := o.Mailbox.Get(ctx, id)
			if err != nil {
				return err
			}
			return c.say(mailOut(m), func(w io.Writer) { sayMail(w, m) })
		},
	}
	f := cmd.Flags()
	f.IntVar(&attachment, "attachment", -1, "`RANG` d’une pièce à enregistrer dans --out")
	f.BoolVar(&original, "original", false, "enregistre le message tel qu’il est arrivé dans --out")
	f.StringVar(&out, "out", "", "`FICHIER` à écrire")
	return cmd
}

func (c *cli) saveMail(ctx context.Context, o *data.Office, id int64, original bool, n int, path string) error {
	if err := need("out", path); err != nil {
		return err
	}
	var content []byte
	var err error
	if original {
		content, err = o.Mailbox.Original(ctx, id)
	} else {
		content, _, _, err = o.Mailbox.Attachment(ctx, id, n)
	}
	if err != nil {
		return err
	}
	if err := outputFile(path, func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
		return err
	}
	return c.say(map[string]any{"file": path, "size": len(content)}, func(w io.Writer) { put(w, "Enregistré dans %s.\n", path) })
}

func sayMail(w io.Writer, m *mailbox.Message) {
	put(w, "De : %s%s\nÀ : %s\nObjet : %s\nReçu le %s à %s\n", cmp.Or(address(m.From), "—"), via(m.Via), cmp.Or(m.To, "—"), cmp.Or(m.Subject, "—"), calendar.DateOf(m.Received).Long(), calendar.HourText(m.Received))
	if m.FamilyID != 0 {
		put(w, "Famille : %s (n° %d), %s\n", m.Family, m.FamilyID, m.Guardian)
	}
	if m.Warning != "" {
		put(w, "Attention : %s\n", m.Warning)
	}
	for _, r := range m.Remarks {
		put(w, "Remarque : %s\n", r)
	}
	put(w, "\n%s\n\n", strings.TrimSpace(m.Text))
	for _, f := range m.Files {
		verdict := "acceptée"
		if !f.Accepted {
			verdict = "refusée"
		}
		put(w, "%s\n", strings.TrimSpace(fmt.Sprintf("Pièce %d : %s, %s. %s", f.N, f.Name, verdict, f.Reason)))
	}
	for _, k := range m.Cards {
		put(w, "%d. %s%s\n", k.N, k.Title, note(k))
		for _, l := range k.Lines {
			put(w, "   %s\n", l)
		}
		put(w, "   Parce que : %s\n", cmp.Or(k.Why, "—"))
		if k.Doubt != "" {
			put(w, "   À vérifier : %s\n", k.Doubt)
		}
	}
	for _, a := range m.Actions {
		put(w, "Fait le %s à %s par %s : %s\n", calendar.DateOf(a.At).Short(), calendar.HourText(a.At), a.Agent, a.Text)
	}
	put(w, "État : %s.\n", messageStates[m.State])
}

func address(a message.Address) string {
	if a.Name == "" {
		return a.Mail
	}
	return a.Name + " <" + a.Mail + ">"
}

func via(who string) string {
	if who == "" {
		return ""
	}
	return " (transmis par " + who + ")"
}

// mailRead says what would be understood of a file; nothing is stored.
func (c *cli) mailRead() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use: "read FICHIER.eml", Short: "ce qui serait compris d’un message, sans rien enregistrer", Args: words("le fichier"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var received time.Time
			if at != "" {
				if received, err = time.Parse(time.RFC3339, at); err != nil {
					return usage("--at veut un instant RFC 3339, par exemple 2026-11-23T08:00:00+01:00")
				}
			}
			raw, err := readMessage(args[0])
			if err != nil {
				return err
			}
			m, err := o.Mailbox.Read(ctx, raw, received)
			if err != nil {
				return err
			}
			return c.say(mailOut(m), func(w io.Writer) { sayMail(w, m) })
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "`INSTANT` RFC 3339 de la réception (sinon celui du message)")
	return cmd
}

// readMessage reads a file, and no more of it than a message may have.
func readMessage(path string) (raw []byte, err error) {
	f, err := inputFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if raw, err = io.ReadAll(io.LimitReader(f, message.MaxSize+1)); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » n’a pas pu être lu jusqu’au bout.", path)
	}
	return raw, nil
}

package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

func (c *cli) cashCommand() *cobra.Command {
	return group("cash", "régie : caisse du jour, arrêté, bordereaux, journal, verrouillage du mois",
		c.cashDay(), c.cashDays(), c.cashClose(), c.cashSlip(), c.cashSlips(), c.cashPrint(), c.cashJournal(), c.cashLock(), c.cashLocks(), c.cashVoid())
}

type meansJSON struct {
	Means string      `json:"means"`
	Count int         `json:"count"`
	Total money.Cents `json:"total"`
}

func meansOut(list []billing.MeansSum) []meansJSON {
	out := []meansJSON{}
	for _, m := range list {
		out = append(out, meansJSON{m.Means, m.Count, m.Total})
	}
	return out
}

type cashDayJSON struct {
	Date       calendar.Date  `json:"date"`
	Closed     bool           `json:"closed"`
	ClosedAt   string         `json:"closed_at"`
	Agent      string         `json:"agent"`
	Opening    money.Cents    `json:"opening"`
	In         money.Cents    `json:"in"`
	Out        money.Cents    `json:"out"`
	Expected   money.Cents    `json:"expected"`
	Counted    money.Cents    `json:"counted"`
	Difference money.Cents    `json:"difference"`
	Reason     string         `json:"reason"`
	Pieces     map[string]int `json:"pieces"` // value in cents -> how many
	Means      []meansJSON    `json:"means"`
}

func cashDayOut(d billing.CashDay) cashDayJSON {
	out := cashDayJSON{d.Day, d.Closed, paris(d.ClosedAt), d.Agent, d.Opening, d.In, d.Out, d.Expected, d.Counted, d.Difference(), d.Reason, map[string]int{}, meansOut(d.Means)}
	for v, n := range d.Pieces {
		out.Pieces[strconv.FormatInt(int64(v), 10)] = n
	}
	return out
}

func sayCashDay(w io.Writer, d billing.CashDay) {
	put(w, "Caisse du %s : %s le matin, %s encaissés, %s sortis, %s attendus.\n", d.Day.Short(), d.Opening, d.In, d.Out, d.Expected)
	t := columns("Moyen", ">Nombre", ">Total")
	for _, m := range d.Means {
		t.row(billing.MeansWord(m.Means), m.Count, m.Total)
	}
	t.print(w, "Aucun encaissement.")
	switch {
	case !d.ClosedAt.IsZero():
		put(w, "Arrêtée par %s : %s comptés, écart %s. %s\n", d.Agent, d.Counted, d.Difference().Signed(), d.Reason)
	case d.Closed:
		put(w, "Ce jour est clos avec un jour suivant.\n")
	default:
		put(w, "Ce jour n’est pas arrêté.\n")
	}
}

// cashDayOf reads the day of a flag; none is today.
func (c *cli) cashDayOf(o *data.Office, text string) (calendar.Date, error) {
	if text == "" {
		return today(o), nil
	}
	return c.day(text, today(o))
}

func (c *cli) cashDay() *cobra.Command {
	var date, out string
	cmd := &cobra.Command{
		Use: "day", Short: "la caisse d’un jour : ce qui est entré, sorti et attendu", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			day, err := c.cashDayOf(o, date)
			if err != nil {
				return err
			}
			d, err := o.Billing.CashDay(ctx, day)
			if err != nil {
				return err
			}
			if out != "" {
				if err := c.writePaper(ctx, o, out, func(p *desk.Papers, w io.Writer) error { return p.ClosePDF(ctx, w, d) }); err != nil {
					return err
				}
			}
			return c.say(cashDayOut(d), func(w io.Writer) { sayCashDay(w, d) })
		},
	}
	cmd.Flags().StringVar(&date, "date", "", "`JOUR` (défaut\u00a0: aujourd’hui)")
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF de l’arrêté, si le jour est arrêté")
	return cmd
}

func (c *cli) cashDays() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use: "days", Short: "les jours d’un mois où la caisse a bougé ou a été arrêtée", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			list, err := o.Billing.CashDays(ctx, m)
			if err != nil {
				return err
			}
			out := []cashDayJSON{}
			for _, d := range list {
				out = append(out, cashDayOut(d))
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Jour", ">Matin", ">Encaissé", ">Sorti", ">Attendu", ">Compté", ">Écart", "Agent")
				for _, d := range list {
					counted, difference := "", ""
					if !d.ClosedAt.IsZero() {
						counted, difference = d.Counted.String(), d.Difference().Signed()
					}
					t.row(d.Day.Short(), d.Opening, d.In, d.Out, d.Expected, counted, difference, d.Agent)
				}
				t.print(w, "Aucun mouvement ce mois-là.")
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	return cmd
}

// enterMonth is enter for a command on one month.
func (c *cli) enterMonth(ctx context.Context, text string) (context.Context, *data.Office, calendar.Month, error) {
	if err := need("month", text); err != nil {
		return ctx, nil, calendar.Month{}, err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return ctx, nil, calendar.Month{}, err
	}
	m, err := calendar.ParseMonth(text)
	return ctx, o, m, err
}

type closeCashFlags struct {
	date, counted, pieces, reason, key, out string
}

func (c *cli) cashClose() *cobra.Command {
	var x closeCashFlags
	cmd := &cobra.Command{
		Use: "close", Short: "arrête la caisse d’un jour : ce qui a été compté, en regard de ce qui est attendu", Args: words(),
		Example: "  ardoisectl cash close --counted 187,50\n  ardoisectl cash close --date 2026-12-04 --pieces 50=2,20=4,0,50=15 --reason \"erreur de rendu\" --out arrete.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (x.counted == "") == (x.pieces == "") {
				return usage("il faut --counted MONTANT ou --pieces VALEUR=NOMBRE, l’un des deux")
			}
			if x.out != "" {
				if _, err := format(x.out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.closeCash(ctx, o, x)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.date, "date", "", "`JOUR` (défaut\u00a0: aujourd’hui)")
	f.StringVar(&x.counted, "counted", "", "`MONTANT` compté, sans détail")
	f.StringVar(&x.pieces, "pieces", "", "`VALEUR=NOMBRE` des billets et pièces, en euros, séparés par des virgules ou des espaces")
	f.StringVar(&x.reason, "reason", "", "`MOTIF` d’un écart")
	f.StringVar(&x.out, "out", "", "`FICHIER` PDF de l’arrêté")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

func (c *cli) closeCash(ctx context.Context, o *data.Office, x closeCashFlags) (err error) {
	ask := billing.CashClose{Key: x.key, Reason: x.reason}
	if ask.Day, err = c.cashDayOf(o, x.date); err != nil {
		return err
	}
	if x.counted != "" {
		if ask.Counted, err = money.Parse(x.counted); err != nil {
			return err
		}
	}
	if x.pieces != "" {
		if ask.Pieces, err = pieces(x.pieces); err != nil {
			return err
		}
	}
	if ask.Key == "" {
		ask.Key = newKey()
	}
	d, err := o.Billing.CloseCash(ctx, ask)
	if err != nil {
		return err
	}
	if x.out != "" {
		if err := c.writePaper(ctx, o, x.out, func(p *desk.Papers, w io.Writer) error { return p.ClosePDF(ctx, w, d) }); err != nil {
			return err
		}
	}
	return c.say(cashDayOut(d), func(w io.Writer) { sayCashDay(w, d) })
}

// pieces reads "50=2,20=4,0,50=15": a comma stands inside a value too, so that a
// part without "=" belongs to the one after it.
func pieces(text string) (map[money.Cents]int, error) {
	out := map[money.Cents]int{}
	begun := ""
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		value, n, ok := strings.Cut(part, "=")
		if !ok {
			if begun != "" {
				return nil, usage("« %s » n’est pas de la forme VALEUR=NOMBRE", text)
			}
			begun = part + ","
			continue
		}
		cents, err := money.Parse(begun + value)
		if err != nil {
			return nil, err
		}
		begun = ""
		if out[cents], err = strconv.Atoi(n); err != nil {
			return nil, usage("« %s » n’est pas un nombre de billets ou de pièces", n)
		}
	}
	if begun != "" || len(out) == 0 {
		return nil, usage("« %s » n’est pas de la forme VALEUR=NOMBRE", text)
	}
	return out, nil
}

type slipJSON struct {
	ID       int64          `json:"id"` // 0: only planned
	Kind     string         `json:"kind"`
	Number   string         `json:"number"`
	Month    calendar.Month `json:"month"`
	MadeOn   calendar.Date  `json:"made_on"`
	Agent    string         `json:"agent"`
	Count    int            `json:"count"`
	Total    money.Cents    `json:"total"`
	Moved    money.Cents    `json:"moved"`
	Means    []meansJSON    `json:"means"`
	Receipts []string       `json:"receipts"`
}

func slipOut(s billing.Slip) slipJSON {
	out := slipJSON{s.ID, s.Kind, s.Number, s.Month, s.MadeOn, s.Agent, s.Count, s.Total, s.Moved, meansOut(s.Means), []string{}}
	for _, r := range s.Receipts {
		out.Receipts = append(out.Receipts, r.Number)
	}
	return out
}

var slipKinds = map[string]string{billing.SlipCheques: "remise de chèques", billing.SlipPayment: "bordereau de versement"}

func saySlip(w io.Writer, s billing.Slip) {
	t := columns("Moyen", ">Nombre", ">Total")
	for _, m := range s.Means {
		t.row(billing.MeansWord(m.Means), m.Count, m.Total)
	}
	t.print(w, "Rien à verser.")
	word := slipKinds[s.Kind]
	word = strings.ToUpper(word[:1]) + word[1:]
	if s.Number == "" {
		put(w, "%s à faire : %s, %s.\n", word, count(s.Count, "ligne", "lignes"), s.Total)
		return
	}
	put(w, "%s n° %s du %s : %s, %s.\n", word, s.Number, s.MadeOn.Short(), count(s.Count, "ligne", "lignes"), s.Total)
}

func (c *cli) cashSlip() *cobra.Command {
	var kind, month, out, key string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "slip", Short: "fait une remise de chèques, ou le bordereau de versement d’un mois", Args: words(),
		Example: "  ardoisectl cash slip --kind cheques --out remise.pdf\n  ardoisectl cash slip --kind payment --month 2026-12 --out bordereau.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slipKinds[kind] == "" {
				return usage("--kind veut cheques ou payment")
			}
			if kind == billing.SlipPayment {
				if err := need("month", month); err != nil {
					return err
				}
			}
			if out != "" {
				if _, err := format(out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var m calendar.Month
			if month != "" {
				if m, err = calendar.ParseMonth(month); err != nil {
					return err
				}
			}
			if dryRun {
				s, err := o.Billing.PlanSlip(ctx, kind, m)
				if err != nil {
					return err
				}
				return c.say(slipOut(s), func(w io.Writer) { saySlip(w, s) })
			}
			if key == "" {
				key = newKey()
			}
			s, err := o.Billing.MakeSlip(ctx, key, kind, m)
			if err != nil {
				return err
			}
			return c.slipDone(ctx, o, s, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "`SORTE`\u00a0: cheques (remise à la banque) ou payment (versement du mois)")
	f.StringVar(&month, "month", "", "`MOIS` du versement, AAAA-MM")
	f.StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	f.StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&dryRun, "dry-run", false, "montre ce qui serait versé et n’écrit rien")
	return cmd
}

func (c *cli) slipDone(ctx context.Context, o *data.Office, s billing.Slip, out string) error {
	if out != "" {
		if err := c.writePaper(ctx, o, out, func(p *desk.Papers, w io.Writer) error { return p.CashSlipPDF(ctx, w, s) }); err != nil {
			return err
		}
	}
	return c.say(slipOut(s), func(w io.Writer) { saySlip(w, s) })
}

func (c *cli) cashSlips() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use: "slips", Short: "les remises et bordereaux faits, le plus récent d’abord", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var m calendar.Month
			if month != "" {
				if m, err = calendar.ParseMonth(month); err != nil {
					return err
				}
			}
			list, err := o.Billing.Slips(ctx, m)
			if err != nil {
				return err
			}
			out := []slipJSON{}
			for _, s := range list {
				out = append(out, slipOut(s))
			}
			return c.say(out, func(w io.Writer) {
				t := columns(">N°", "Numéro", "Sorte", "Fait le", "Mois", ">Lignes", ">Total", "Agent")
				for _, s := range list {
					t.row(s.ID, s.Number, slipKinds[s.Kind], s.MadeOn.Short(), s.Month.Label(), s.Count, s.Total, s.Agent)
				}
				t.print(w, "Aucun bordereau.")
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM (défaut\u00a0: tous)")
	return cmd
}

func (c *cli) cashPrint() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "print BORDEREAU", Short: "imprime de nouveau une remise ou un bordereau", Args: words("le numéro interne du bordereau (« cash slips » le donne)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de bordereau", args[0])
			if err != nil {
				return err
			}
			s, err := o.Billing.Slip(ctx, id)
			if err != nil {
				return err
			}
			return c.slipDone(ctx, o, s, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	return cmd
}

type journalJSON struct {
	Operation int64         `json:"operation"`
	Date      calendar.Date `json:"date"`
	At        string        `json:"at"`
	Kind      string        `json:"kind"`
	Label     string        `json:"label"`
	Debit     string        `json:"debit"`
	Credit    string        `json:"credit"`
	Name      string        `json:"name"`
	Receipt   string        `json:"receipt"`
	Amount    money.Cents   `json:"amount"`
	Agent     string        `json:"agent"`
}

func (c *cli) cashJournal() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "journal", Short: "toutes les écritures entre deux jours", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("from", from); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			first, last, err := c.span(from, to, today(o))
			if err != nil {
				return err
			}
			list, err := o.Billing.Journal(ctx, first, max(first, last))
			if err != nil {
				return err
			}
			out := make([]journalJSON, 0, len(list))
			for _, l := range list {
				out = append(out, journalJSON{l.Operation, l.Day, paris(l.At), l.Kind, l.Label, l.Debit, l.Credit, l.Family, l.Receipt, l.Amount, l.Agent})
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Jour", ">N°", "Libellé", "Débit", "Crédit", "Famille", "Quittance", ">Montant")
				for _, l := range list {
					t.row(l.Day.Short(), l.Operation, l.Label, l.Debit, l.Credit, l.Family, l.Receipt, l.Amount)
				}
				t.print(w, "Aucune écriture.")
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "premier `JOUR`")
	cmd.Flags().StringVar(&to, "to", "", "dernier `JOUR` (défaut\u00a0: le premier)")
	return cmd
}

type lockJSON struct {
	Month    calendar.Month `json:"month"`
	Locked   bool           `json:"locked"`
	LockedAt string         `json:"locked_at"`
	Agent    string         `json:"agent"`
	Blocks   []string       `json:"blocks"`
	Warnings []string       `json:"warnings"`
}

func (c *cli) cashLock() *cobra.Command {
	var month string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "lock", Short: "verrouille un mois : plus aucune écriture n’y entre", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			p, err := o.Billing.PlanLock(ctx, m)
			if err != nil {
				return err
			}
			out := lockJSON{Month: m, Blocks: append([]string{}, p.Blocks...), Warnings: append([]string{}, p.Warnings...)}
			if !dryRun {
				l, err := o.Billing.LockMonth(ctx, m)
				if err != nil {
					return err
				}
				out.Locked, out.LockedAt, out.Agent = true, paris(l.LockedAt), l.Agent
			} else if p.Lock != nil {
				out.Locked, out.LockedAt, out.Agent = true, paris(p.Lock.LockedAt), p.Lock.Agent
			}
			return c.say(out, func(w io.Writer) { sayLock(w, out) })
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "dit ce qui s’y oppose et n’écrit rien")
	return cmd
}

func sayLock(w io.Writer, out lockJSON) {
	for _, s := range slices.Concat(out.Blocks, out.Warnings) {
		put(w, "  %s\n", s)
	}
	switch {
	case out.Locked:
		put(w, "Le mois %s est verrouillé.\n", fault.De(out.Month.Label()))
	case len(out.Blocks) > 0:
		put(w, "Le mois %s ne peut pas encore être verrouillé.\n", fault.De(out.Month.Label()))
	default:
		put(w, "Le mois %s peut être verrouillé.\n", fault.De(out.Month.Label()))
	}
}

func (c *cli) cashLocks() *cobra.Command {
	return &cobra.Command{
		Use: "locks", Short: "les mois verrouillés", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Billing.Locks(ctx)
			if err != nil {
				return err
			}
			out := []lockJSON{}
			for _, l := range list {
				out = append(out, lockJSON{l.Month, true, paris(l.LockedAt), l.Agent, []string{}, []string{}})
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Mois", "Verrouillé le", "Par")
				for _, l := range out {
					t.row(l.Month.Label(), l.LockedAt[:10], l.Agent)
				}
				t.print(w, "Aucun mois n’est verrouillé.")
			})
		},
	}
}

func (c *cli) cashVoid() *cobra.Command {
	var reason, key string
	cmd := &cobra.Command{
		Use: "void QUITTANCE", Short: "annule une quittance dont l’argent n’est pas entré (chèque rendu, erreur), par une écriture inverse",
		Args: words("le numéro de la quittance"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("reason", reason); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			r, err := findReceipt(ctx, o, args[0])
			if err != nil {
				return err
			}
			if key == "" {
				key = newKey()
			}
			if err := o.Billing.VoidReceipt(ctx, key, r.ID, reason); err != nil {
				return err
			}
			out := struct {
				Receipt string      `json:"receipt"`
				Amount  money.Cents `json:"amount"`
				Voided  bool        `json:"voided"`
			}{r.Number(), r.Amount, true}
			return c.say(out, func(w io.Writer) {
				put(w, "La quittance n° %s (%s, %s) est annulée.\n", r.Number(), r.Amount, ledger.MeansLabel(r.Means))
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, conservé")
	cmd.Flags().StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

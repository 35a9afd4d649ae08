package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
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

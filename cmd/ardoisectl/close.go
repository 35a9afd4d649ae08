package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/money"
)

type closeFlags struct {
	service, date, to, class, reason, key string
	tell, dryRun                          bool
}

func (c *cli) closeCommand() *cobra.Command {
	var x closeFlags
	cmd := &cobra.Command{
		Use: "close", Short: "ferme un jour : annule et crédite toutes les réservations concernées", Args: words(),
		Example: `  ardoisectl close --service cantine-saint-marcel --date 2026-12-11 --reason "Grève"`,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.close(cmd.Context(), x) },
	}
	f := cmd.Flags()
	f.StringVar(&x.service, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&x.date, "date", "", "`JOUR` fermé")
	f.StringVar(&x.to, "to", "", "dernier `JOUR` fermé")
	f.StringVar(&x.class, "class", "", "une seule `CLASSE`, par son nom ou son numéro (sortie scolaire)")
	f.StringVar(&x.reason, "reason", "", "`MOTIF`, que les familles liront")
	f.BoolVar(&x.tell, "tell", false, "prépare un courriel à chaque famille")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

type closedLine struct {
	Child string        `json:"child"`
	Class string        `json:"class"`
	Date  calendar.Date `json:"date"`
	Price money.Cents   `json:"price"`
}

type closedJSON struct {
	Date      calendar.Date `json:"date"`
	To        calendar.Date `json:"to"`
	Cancelled int           `json:"cancelled"`
	Families  int           `json:"families"`
	Total     money.Cents   `json:"total"`
	Monthly   money.Cents   `json:"monthly"`
	Present   int           `json:"present"`
	Lines     []closedLine  `json:"lines"`
}

func (c *cli) close(ctx context.Context, x closeFlags) error {
	if err := need("service", x.service, "date", x.date, "reason", x.reason); err != nil {
		return err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	closing, err := c.closing(ctx, o, x)
	if err != nil {
		return err
	}
	plan, err := o.Booking.CloseDayPlan(ctx, closing)
	if err != nil {
		return err
	}
	out := closedJSON{closing.First, max(closing.Last, closing.First), len(plan.Lines), plan.Families, plan.Total, plan.Monthly, plan.Present, []closedLine{}}
	for _, l := range plan.Lines {
		out.Lines = append(out.Lines, closedLine{l.Child, l.Class, l.Day, l.Price})
	}
	if !x.dryRun {
		if _, err := o.Booking.CloseDay(ctx, plan); err != nil {
			return err
		}
	}
	return c.say(out, func(w io.Writer) {
		t := columns("Jour", "Classe", "Enfant", "Famille", ">Rendu")
		for _, l := range plan.Lines {
			t.row(l.Day.Medium(), l.Class, l.Child, l.Family, l.Price)
		}
		t.print(w, "Aucune réservation ces jours-là.")
		put(w, "%s, %s, %s rendus.\n", count(out.Cancelled, "réservation annulée", "réservations annulées"), count(out.Families, "famille", "familles"), out.Total)
		if x.dryRun {
			put(w, "Rien n’a été modifié (--dry-run).\n")
		}
	})
}

func (c *cli) closing(ctx context.Context, o *data.Office, x closeFlags) (booking.Closing, error) {
	k := booking.Closing{Key: x.key, Reason: x.reason, Tell: x.tell}
	if k.Key == "" {
		k.Key = newKey()
	}
	s, err := service(ctx, o, x.service)
	if err != nil {
		return k, err
	}
	k.ServiceID = s.ID
	if k.First, k.Last, err = c.span(x.date, x.to, today(o)); err != nil {
		return k, err
	}
	if x.class != "" {
		one, err := class(ctx, o, s, x.class, k.First)
		if err != nil {
			return k, err
		}
		k.ClassID = one.ID
	}
	return k, nil
}

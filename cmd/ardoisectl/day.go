package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/demo"
	"ardoise/data/fault"
	"ardoise/data/ledger"
)

// dayService is where the demo day takes place.
const dayService = "cantine-saint-marcel"

func (c *cli) demoDay() *cobra.Command {
	var out string
	size := demo.Default
	cmd := &cobra.Command{
		Use: "day", Short: "joue une journée de guichet sans fenêtre et laisse ses papiers dans un dossier", Args: words(),
		Long: "Joue une journée de guichet sur une démonstration neuve (dans un dossier provisoire, ou dans --db) : import d’une liste ONDE, demandes acceptées, " +
			"rechargement, réservations, une annulation à temps et une hors délai, feuille de la cuisine, pointage. Le classeur et les PDF sont laissés dans --out.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			return c.playDay(cmd.Context(), out, size)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`DOSSIER` des papiers, créé au besoin")
	cmd.Flags().IntVar(&size.Families, "families", size.Families, "`NOMBRE` de familles de la démonstration")
	return cmd
}

// demoMorning is when the day begins where no --now is given: a Tuesday of
// school, so that the same day can be played all year round.
const demoMorning = "2026-11-24T09:00:00+01:00"

func (c *cli) playDay(ctx context.Context, out string, size demo.Size) (err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé : vérifiez vos droits.", out)
	}
	if c.now == "" {
		c.now = demoMorning
	}
	if c.db == "" && c.getenv("ARDOISE_DB") == "" {
		dir, err := os.MkdirTemp("", "ardoise-journee-")
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le dossier provisoire n’a pas pu être créé.")
		}
		defer func() {
			if c.office != nil {
				err = errors.Join(err, c.office.Close())
				c.office = nil
			}
			err = errors.Join(err, os.RemoveAll(dir))
		}()
		c.db = filepath.Join(dir, "journee.db")
	}
	o, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	d := &dayPlay{c: c, o: o, out: out, w: c.out}
	if c.json {
		d.w = io.Discard
	}
	if err := d.begin(ctx, size); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		d.importLists, d.acceptRequests, d.topUp, d.book, d.cancelInTime, d.cancelLate, d.kitchen, d.attend, d.statement, d.verify,
	} {
		if err := step(d.ctx); err != nil {
			return err
		}
	}
	if c.json {
		return c.writeJSON(struct {
			OK    bool     `json:"ok"`
			Steps []string `json:"steps"`
			Files []string `json:"files"`
		}{true, d.steps, d.files})
	}
	return nil
}

// dayPlay is the day as it goes on.
type dayPlay struct {
	c     *cli
	o     *data.Office
	out   string
	w     io.Writer
	ctx   context.Context //nolint:containedctx // the session of the whole day
	steps []string
	files []string

	now     time.Time
	service catalog.ServiceInfo
	plan    *calendar.Plan
	family  int64
	child   int64
	name    string
	classID int64
	class   string
	days    []calendar.Date // booked in the morning
}

// tell says a step in French, with the hour of the day played.
func (d *dayPlay) tell(format string, args ...any) {
	text := fault.French(fmt.Sprintf(format, args...))
	d.steps = append(d.steps, text)
	put(d.w, "%s %s  %s\n", calendar.DateOf(d.now).Medium(), calendar.HourText(d.now), text)
}

// at moves the office's clock; it never goes back.
func (d *dayPlay) at(t time.Time) {
	if t.After(d.now) {
		d.now = t
	}
	now := d.now
	d.o.Store.SetClock(func() time.Time { return now })
}

// paper writes one paper of the day into its folder.
func (d *dayPlay) paper(name string, write func(w io.Writer) error) error {
	path := filepath.Join(d.out, name)
	if err := outputFile(path, write); err != nil {
		return err
	}
	d.files = append(d.files, path)
	put(d.w, "%s        → %s\n", "", path)
	return nil
}

func (d *dayPlay) begin(ctx context.Context, size demo.Size) error {
	d.now = d.o.Store.Now()
	ready, err := demo.Ready(ctx, d.o)
	if err != nil {
		return err
	}
	if !ready {
		res, err := demo.Create(ctx, d.o, size, nil)
		if err != nil {
			return err
		}
		d.tell("Démonstration prête : %s, %s, %s.", count(res.Families, "famille", "familles"), count(res.Children, "enfant", "enfants"), count(res.Bookings, "réservation", "réservations"))
	}
	d.at(d.now)
	if d.ctx, _, err = d.c.signIn(ctx, d.o); err != nil {
		return err
	}
	if d.service, err = service(d.ctx, d.o, dayService); err != nil {
		return err
	}
	d.plan, err = d.o.Catalog.Plan(d.ctx, d.service.ID)
	return err
}

// book books the next open days whose cut-off has not passed, for the child
// whose access has just been accepted.
func (d *dayPlay) book(ctx context.Context) error {
	for day, n := calendar.DateOf(d.now), 0; len(d.days) < 4 && n < 120; n++ {
		next, ok := d.plan.NextOpen(day)
		if !ok {
			break
		}
		day = next
		if limit, _ := d.service.Cutoff(d.plan, day, catalog.PurposeBook); limit.After(d.now.Add(time.Hour)) {
			d.days = append(d.days, day)
		}
	}
	if len(d.days) < 4 {
		return fault.New(fault.Invalid, "Aucun jour de service à venir dans le calendrier : donnez un autre instant avec --now.")
	}
	ask := booking.Ask{Key: newKey(), Means: booking.ByWallet, Consent: ledger.Consent{Who: "Mme Élise Garance", How: "au guichet"}}
	for _, day := range d.days {
		ask.Add = append(ask.Add, booking.Item{ChildID: d.child, ServiceID: d.service.ID, Day: day})
	}
	done, err := d.commit(ctx, ask)
	if err != nil {
		return err
	}
	d.tell("Réservé pour %s, avec l’accord de la mère au guichet : %s, %s. Solde : %s.", d.name, calendar.ListText(d.days), done.Total, done.BalanceAfter)
	return nil
}

// commit plans, refuses what is not wholly accepted, and commits.
func (d *dayPlay) commit(ctx context.Context, ask booking.Ask) (*booking.Done, error) {
	plan, err := d.o.Booking.Plan(ctx, ask)
	if err != nil {
		return nil, err
	}
	if err := refusalOf(plan, len(plan.Lines)-plan.Accepted()); err != nil {
		return nil, err
	}
	return d.o.Booking.Commit(ctx, plan)
}

// cancel is the mother who calls to cancel one meal.
func (d *dayPlay) cancel(ctx context.Context, day calendar.Date) (*booking.Done, error) {
	return d.commit(ctx, booking.Ask{
		Key: newKey(), Cancel: []booking.Item{{ChildID: d.child, ServiceID: d.service.ID, Day: day}},
		Consent: ledger.Consent{Who: "Mme Élise Garance", How: "téléphone"},
	})
}

func (d *dayPlay) cancelInTime(ctx context.Context) error {
	day := d.days[3]
	done, err := d.cancel(ctx, day)
	if err != nil {
		return err
	}
	if done.Lines[0].Late || done.Lines[0].Price == 0 {
		return fault.New(fault.Internal, "La journée type attendait une annulation à temps le %s.", day.Short())
	}
	d.tell("Annulé à temps, le %s : %s reviennent au porte-monnaie. Solde : %s.", day.Medium(), done.Lines[0].Price, done.BalanceAfter)
	return nil
}

// cancelLate waits for the cut-off to pass: the place comes free, the meal
// stays due.
func (d *dayPlay) cancelLate(ctx context.Context) error {
	day := d.days[2]
	limit, rule := d.service.Cutoff(d.plan, day, catalog.PurposeCancel)
	d.at(limit.Add(time.Hour))
	done, err := d.cancel(ctx, day)
	if err != nil {
		return err
	}
	if !done.Lines[0].Late || done.Lines[0].Price != 0 {
		return fault.New(fault.Internal, "La journée type attendait une annulation hors délai le %s.", day.Short())
	}
	d.tell("Annulé hors délai, le %s (limite : %s, %s) : rien n’est rendu. Solde : %s.", day.Medium(), rule, calendar.InstantText(limit), done.BalanceAfter)
	return nil
}

func (d *dayPlay) verify(ctx context.Context) error {
	checks, err := d.o.Verify(ctx)
	if err != nil {
		return err
	}
	for _, k := range checks {
		if !k.OK {
			return fault.New(fault.Internal, "Le contrôle %s a échoué : %s.", k.ID, k.Detail)
		}
	}
	d.tell("Contrôle de la base : %d points vérifiés, tout est juste.", len(checks))
	return nil
}

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/reports/desk"
	"ardoise/reports/kitchen"
)

type headcountFlags struct {
	service, date, to, out string
	send                   bool
}

func (c *cli) headcountCommand() *cobra.Command {
	var h headcountFlags
	cmd := &cobra.Command{
		Use: "headcount", Short: "effectifs d’un jour ou d’une période, à l’écran, en classeur ou en PDF", Args: words(),
		Long: "Effectifs d’un jour, par école, service, âge et régime. --send les transmet à la cuisine : une feuille numérotée est gardée, " +
			"et les changements suivants se lisent comme des écarts. Avec --to, les totaux de chaque jour de la période.",
		Example: "  ardoisectl headcount --service cantine-saint-marcel --date 2026-11-26 --send --out effectifs.xlsx\n" +
			"  ardoisectl headcount --service cantine-saint-marcel --date 2026-11-01 --to 2026-11-30 --out novembre.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.headcount(cmd.Context(), h) },
	}
	f := cmd.Flags()
	f.StringVar(&h.service, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&h.date, "date", "", "`JOUR` (ou premier jour de la période)")
	f.StringVar(&h.to, "to", "", "dernier `JOUR` de la période")
	f.StringVar(&h.out, "out", "", "`FICHIER` à écrire, en .xlsx ou en .pdf")
	f.BoolVar(&h.send, "send", false, "transmet la feuille à la cuisine et en garde la version")
	return cmd
}

func (c *cli) headcount(ctx context.Context, h headcountFlags) error {
	if err := need("service", h.service, "date", h.date); err != nil {
		return err
	}
	form := ""
	if h.out != "" {
		var err error
		if form, err = format(h.out, "xlsx", "pdf"); err != nil {
			return err
		}
	}
	if h.send && h.to != "" {
		return usage("--send transmet un seul jour : retirez --to")
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	s, err := service(ctx, o, h.service)
	if err != nil {
		return err
	}
	from, to, err := c.span(h.date, h.to, today(o))
	if err != nil {
		return err
	}
	m, err := desk.NewMaker(ctx, o.Catalog, s.Commune, s.Short, o.Store.Now())
	if err != nil {
		return err
	}
	if !to.IsZero() {
		return c.period(ctx, o, m, s, from, to, h.out, form)
	}
	return c.oneDay(ctx, o, m, s, from, h, form)
}

func (c *cli) oneDay(ctx context.Context, o *data.Office, m desk.Maker, s catalog.ServiceInfo, day calendar.Date, h headcountFlags, form string) error {
	count, err := o.Booking.Headcount(ctx, s.ID, day)
	if err != nil {
		return err
	}
	paper := m.Sheet(count)
	if h.send {
		before := count
		if count, err = o.Booking.Send(ctx, s.ID, day); err != nil {
			return err
		}
		paper = m.Sent(before, count)
	}
	if h.out != "" {
		if staff.From(ctx).Has(staff.Cuisine, staff.Sante) {
			care, err := o.Family.KitchenInstructions(ctx, desk.Eaters(count))
			if err != nil {
				return err
			}
			paper = desk.WithPlans(paper, count, care)
		}
		if paper.Month, err = monthOf(ctx, o, m, s, day); err != nil {
			return err
		}
		print := kitchen.Workbook
		if form == "pdf" {
			print = kitchen.PDF
		}
		if err := outputFile(h.out, func(w io.Writer) error { return print(ctx, w, paper) }); err != nil {
			return err
		}
	}
	return c.say(headcountOut(count), func(w io.Writer) { sayHeadcount(w, count, h) })
}

// monthOf gives the month the day is in, for the workbook's last sheet.
func monthOf(ctx context.Context, o *data.Office, m desk.Maker, s catalog.ServiceInfo, day calendar.Date) (*kitchen.Period, error) {
	days, err := o.Booking.HeadcountMonth(ctx, s.ID, day.Year(), int(day.Month()))
	if err != nil {
		return nil, err
	}
	p := m.Period(days, day.FirstOfMonth(), day.LastOfMonth())
	return &p, nil
}

type groupJSON struct {
	School   string `json:"school"`
	Sitting  string `json:"sitting"`
	AgeGroup string `json:"age_group"`
	Diet     string `json:"diet"`
	Count    int    `json:"count"`
}

type changeJSON struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	School    string `json:"school"`
	Class     string `json:"class"`
	AgeGroup  string `json:"age_group"`
	Diet      string `json:"diet"`
	Delta     int    `json:"delta"`
	At        string `json:"at"`
}

type headcountJSON struct {
	Date    calendar.Date `json:"date"`
	Version int           `json:"version"`
	SentAt  *string       `json:"sent_at"` // null: never sent
	Total   int           `json:"total"`
	Groups  []groupJSON   `json:"groups"`
	Changes []changeJSON  `json:"changes"`
}

func groupsJSON(groups []booking.Group) []groupJSON {
	out := []groupJSON{}
	for _, g := range groups {
		if g.Count > 0 {
			out = append(out, groupJSON{g.School, g.Sitting, g.AgeGroup, g.Diet, g.Count})
		}
	}
	return out
}

func headcountOut(h *booking.Headcount) headcountJSON {
	out := headcountJSON{Date: h.Day, Version: h.Version, Total: h.Total, Groups: groupsJSON(h.Groups), Changes: []changeJSON{}}
	if !h.SentAt.IsZero() {
		at := paris(h.SentAt)
		out.SentAt = &at
	}
	for _, x := range h.Changes {
		out.Changes = append(out.Changes, changeJSON{x.First, x.Last, x.School, x.Class, x.AgeGroup, x.Diet, x.Delta, paris(x.At)})
	}
	return out
}

func sayHeadcount(w io.Writer, h *booking.Headcount, f headcountFlags) {
	put(w, "%s, %s : %s.\n", h.Service, h.Day.Long(), count(h.Total, "repas", "repas"))
	if !h.Open {
		put(w, "Pas de service ce jour-là : %s.\n", h.Closed)
	}
	t := columns("École", "Service", "Âge", "Régime", ">Repas", ">Écart")
	for _, g := range h.Groups {
		delta := ""
		if g.Plus > 0 || g.Minus > 0 {
			delta = signed(g.Plus, g.Minus)
		}
		t.row(g.School, g.Sitting, desk.Age(g.AgeGroup), h.Diets.Label(g.Diet), g.Count, delta)
	}
	t.print(w, "Aucun repas.")
	switch {
	case h.Version == 0:
		put(w, "Aucune feuille n’a été transmise à la cuisine.\n")
	case f.send:
		put(w, "Feuille n° %d transmise le %s à %s.\n", h.Version, calendar.DateOf(h.SentAt).Short(), calendar.HourText(h.SentAt))
	default:
		put(w, "Dernière feuille transmise : n° %d, le %s à %s, %s.\n", h.Version, calendar.DateOf(h.SentAt).Short(), calendar.HourText(h.SentAt), count(h.SentTotal, "repas", "repas"))
	}
	for _, x := range h.Changes {
		put(w, "  %s %s %s, %s %s\n", signed(max(x.Delta, 0), max(-x.Delta, 0)), x.First, x.Last, x.School, x.Class)
	}
	if f.out != "" {
		put(w, "Écrit dans %s.\n", f.out)
	}
}

func signed(plus, minus int) string {
	text := ""
	if plus > 0 {
		text = fmt.Sprintf("+%d", plus)
	}
	if minus > 0 {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("–%d", minus)
	}
	return text
}

type dayJSON struct {
	Date   calendar.Date `json:"date"`
	Total  int           `json:"total"`
	Groups []groupJSON   `json:"groups"`
}

// period prints the meals of each day between two dates.
func (c *cli) period(ctx context.Context, o *data.Office, m desk.Maker, s catalog.ServiceInfo, from, to calendar.Date, path, form string) error {
	if to > from.AddMonths(13) {
		return fault.New(fault.Invalid, "La période dépasse une année : demandez-la en plusieurs fois.")
	}
	var days []booking.MonthDay
	for month := from.FirstOfMonth(); month <= to; month = month.AddMonths(1) { // a year at the most
		list, err := o.Booking.HeadcountMonth(ctx, s.ID, month.Year(), int(month.Month()))
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Day >= from && d.Day <= to {
				days = append(days, d)
			}
		}
	}
	if path != "" {
		print := kitchen.PeriodWorkbook
		if form == "pdf" {
			print = kitchen.PeriodPDF
		}
		if err := outputFile(path, func(w io.Writer) error { return print(ctx, w, m.Period(days, from, to)) }); err != nil {
			return err
		}
	}
	out := struct {
		Date  calendar.Date `json:"date"`
		To    calendar.Date `json:"to"`
		Total int           `json:"total"`
		Days  []dayJSON     `json:"days"`
	}{from, to, 0, []dayJSON{}}
	for _, d := range days {
		out.Total += d.Total
		out.Days = append(out.Days, dayJSON{d.Day, d.Total, groupsJSON(d.Groups)})
	}
	return c.say(out, func(w io.Writer) {
		t := columns("Jour", ">Repas")
		for _, d := range out.Days {
			t.row(d.Date.Long(), d.Total)
		}
		t.print(w, "Aucun repas sur cette période.")
		put(w, "Total : %s.\n", count(out.Total, "repas", "repas"))
		if path != "" {
			put(w, "Écrit dans %s.\n", path)
		}
	})
}

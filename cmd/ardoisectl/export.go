package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/reports/desk"
	"ardoise/reports/sheet"
)

func (c *cli) exportCommand() *cobra.Command {
	return group("export", "listes à reprendre ailleurs, comptes du mois, fichier du Trésor, attestations",
		c.exportFamilies(), c.exportBookings(), c.exportAccounts(), c.exportTreasury(), c.exportTax())
}

// list is a spreadsheet of one sheet, whichever way it is written.
type list struct {
	title   string
	columns []sheet.Column
	rows    [][]sheet.Value
}

// write gives the list as workbook or CSV, by the name of the file.
func (l list) write(path string, m desk.Maker) error {
	form, err := format(path, "xlsx", "csv")
	if err != nil {
		return err
	}
	return outputFile(path, func(w io.Writer) error {
		if form == "csv" {
			titles := make([]string, len(l.columns))
			for i, k := range l.columns {
				titles[i] = k.Title
			}
			out := sheet.NewCSV(w, titles...)
			for _, r := range l.rows {
				out.Row(r...)
			}
			return out.Close()
		}
		b := sheet.New(m.Info(l.title))
		s := b.Sheet(l.title, sheet.Layout{Title: l.title, Columns: l.columns, Filter: true, Landscape: true})
		for _, r := range l.rows {
			s.Row(r...)
		}
		return b.Write(w)
	})
}

func (c *cli) sayExport(l list, path string) error {
	out := struct {
		Rows int    `json:"rows"`
		File string `json:"file"`
	}{len(l.rows), path}
	return c.say(out, func(w io.Writer) { put(w, "%s écrites dans %s.\n", count(len(l.rows), "ligne", "lignes"), path) })
}

func (c *cli) exportFamilies() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: "families", Short: "les familles et leurs enfants, une ligne par enfant", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", path); err != nil {
				return err
			}
			if _, err := format(path, "xlsx", "csv"); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			hits, _, err := o.Family.List(ctx, family.Filter{}, 0, 0)
			if err != nil {
				return err
			}
			m, err := desk.NewMaker(ctx, o.Catalog, "", "", o.Store.Now())
			if err != nil {
				return err
			}
			l := familyList(hits, m.Diets)
			if err := l.write(path, m); err != nil {
				return err
			}
			return c.sayExport(l, path)
		},
	}
	cmd.Flags().StringVar(&path, "out", "", "`FICHIER` à écrire, en .xlsx ou en .csv")
	return cmd
}

func familyList(hits []family.Hit, diets catalog.Diets) list {
	l := list{title: "Familles", columns: []sheet.Column{
		{Title: "Famille", Width: 10},
		{Title: "Nom", Width: 24},
		{Title: "Commune", Width: 24},
		{Title: "Courriel", Width: 30},
		{Title: "Téléphone", Width: 16},
		{Title: "Solde", Width: 12, Kind: sheet.KindMoney},
		{Title: "Enfant n°", Width: 10, Kind: sheet.KindInt},
		{Title: "Nom de l’enfant", Width: 22},
		{Title: "Prénom", Width: 18},
		{Title: "Né(e) le", Width: 12, Kind: sheet.KindDate},
		{Title: "École", Width: 26},
		{Title: "Classe", Width: 20},
		{Title: "Régime", Width: 16},
	}}
	for _, h := range hits {
		head := []sheet.Value{sheet.Text(h.Number()), sheet.Text(h.Name), sheet.Text(h.City), sheet.Text(h.Email), sheet.Text(h.Phone), sheet.Money(h.Balance)}
		if len(h.Children) == 0 {
			for range 7 {
				head = append(head, sheet.Empty())
			}
			l.rows = append(l.rows, head)
			continue
		}
		for _, k := range h.Children {
			l.rows = append(l.rows, append(append([]sheet.Value(nil), head...), sheet.Int(int(k.ID)), sheet.Text(k.Last), sheet.Text(k.First),
				sheet.Day(k.Birth), sheet.Text(k.School), sheet.Text(k.Class), sheet.Text(desk.Diet(diets, k.Diet, false))))
		}
	}
	return l
}

func (c *cli) exportBookings() *cobra.Command {
	var path, serviceText, from, to string
	cmd := &cobra.Command{
		Use: "bookings", Short: "qui est inscrit quel jour à un service, une ligne par repas", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", path, "service", serviceText, "from", from); err != nil {
				return err
			}
			if _, err := format(path, "xlsx", "csv"); err != nil {
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
			l, m, err := bookingList(ctx, o, serviceText, first, max(first, last))
			if err != nil {
				return err
			}
			if err := l.write(path, m); err != nil {
				return err
			}
			return c.sayExport(l, path)
		},
	}
	f := cmd.Flags()
	f.StringVar(&path, "out", "", "`FICHIER` à écrire, en .xlsx ou en .csv")
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&from, "from", "", "premier `JOUR`")
	f.StringVar(&to, "to", "", "dernier `JOUR` (défaut\u00a0: le premier)")
	return cmd
}

// bookingList reads day by day what the kitchen's list of names says.
func bookingList(ctx context.Context, o *data.Office, serviceText string, first, last calendar.Date) (list, desk.Maker, error) {
	l := list{title: "Réservations", columns: []sheet.Column{
		{Title: "Jour", Width: 16, Kind: sheet.KindDate},
		{Title: "Service", Width: 30},
		{Title: "École", Width: 26},
		{Title: "Classe", Width: 20},
		{Title: "Enfant n°", Width: 10, Kind: sheet.KindInt},
		{Title: "Nom", Width: 22},
		{Title: "Prénom", Width: 18},
		{Title: "Table", Width: 14},
		{Title: "Régime", Width: 18},
	}}
	if last > first.AddMonths(13) {
		return l, desk.Maker{}, fault.New(fault.Invalid, "La période dépasse une année : demandez-la en plusieurs fois.")
	}
	s, err := service(ctx, o, serviceText)
	if err != nil {
		return l, desk.Maker{}, err
	}
	served, err := o.Booking.Served(ctx, s.ID, first, last)
	if err != nil {
		return l, desk.Maker{}, err
	}
	for _, d := range served {
		var h *booking.Headcount
		if h, err = o.Booking.Headcount(ctx, s.ID, d.Day); err != nil {
			return l, desk.Maker{}, err
		}
		for _, n := range h.Names {
			l.rows = append(l.rows, []sheet.Value{
				sheet.DayName(d.Day), sheet.Text(s.Name), sheet.Text(n.School), sheet.Text(n.Class), sheet.Int(int(n.ChildID)),
				sheet.Text(n.Last), sheet.Text(n.First), sheet.Text(n.Sitting), sheet.Text(desk.Diet(h.Diets, n.Diet, false)),
			})
		}
	}
	m, err := desk.NewMaker(ctx, o.Catalog, s.Commune, s.Short, o.Store.Now())
	return l, m, err
}

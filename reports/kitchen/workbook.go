package kitchen

import (
	"context"
	"fmt"
	"io"

	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// Workbook writes the headcount of a day: sheets "Effectifs", "Noms", "PAI" when
// the reader may see care plans, and "Mois" when there is a month.
func Workbook(ctx context.Context, w io.Writer, s Sheet) error {
	if err := s.check(); err != nil {
		return err
	}
	info := s.info(s.title())
	info.Version = s.version()
	b := sheet.New(info)
	s.countsSheet(b)
	if err := s.namesSheet(ctx, b); err != nil {
		return closing(b, err)
	}
	if s.ShowPlans {
		s.plansSheet(b)
	}
	if s.Month != nil {
		if err := s.Month.monthSheet(ctx, b); err != nil {
			return closing(b, err)
		}
	}
	return b.Write(w)
}

// closing gives the first of two errors: the one that stopped the work.
func closing(b *sheet.Book, err error) error {
	if cerr := b.Discard(); cerr != nil {
		return fmt.Errorf("%w (and closing: %v)", err, cerr)
	}
	return err
}

func (s Sheet) countsSheet(b *sheet.Book) {
	m := newMatrix(s.Counts, s.AgeGroups, s.Diets)
	cols := []sheet.Column{{Title: "École", Width: 26, Wrap: true}}
	if m.withSittings() {
		cols = append(cols, sheet.Column{Title: "Service", Width: 16, Wrap: true})
	}
	cols = append(cols, sheet.Column{Title: "Régime", Width: 30, Wrap: true})
	for _, age := range m.ages {
		cols = append(cols, sheet.Column{Title: age, Width: 12.5, Kind: sheet.KindInt})
	}
	cols = append(cols, sheet.Column{Title: "Total", Width: 10, Kind: sheet.KindInt})
	if s.Previous > 0 {
		cols = append(cols,
			sheet.Column{Title: fmt.Sprintf("Ajouts depuis n°\u00a0%d", s.Previous), Width: 12, Kind: sheet.KindInt},
			sheet.Column{Title: fmt.Sprintf("Retraits depuis n°\u00a0%d", s.Previous), Width: 12, Kind: sheet.KindInt})
	}
	out := b.Sheet("Effectifs", sheet.Layout{Title: s.title(), Subtitle: s.subtitle(), Columns: cols, Landscape: len(cols) > 10})
	values := func(t tally, labels ...string) []sheet.Value {
		vs := make([]sheet.Value, 0, len(cols))
		for i, l := range labels {
			if i != 1 || m.withSittings() {
				vs = append(vs, sheet.Text(l))
			}
		}
		for _, age := range m.ages {
			vs = append(vs, sheet.Int(t.byAge[age]))
		}
		vs = append(vs, sheet.Int(t.n))
		if s.Previous > 0 {
			vs = append(vs, sheet.Added(t.added), sheet.Removed(t.removed))
		}
		return vs
	}
	for _, school := range m.schools {
		for _, sitting := range school.sittings {
			for _, diet := range sitting.diets {
				out.Row(values(diet.tally, school.name, sitting.name, diet.name)...)
			}
			if len(school.sittings) > 1 {
				out.Subtotal(values(sitting.total, school.name, sitting.name, "Sous-total")...)
			}
		}
		out.Subtotal(values(school.total, school.name, "", "Total école")...)
	}
	if len(s.Counts) == 0 {
		out.Note("Aucun repas ce jour.")
		return
	}
	out.Total(values(m.total, "Total à préparer", "", "")...)
	if len(m.schools) > 1 {
		out.Blank()
		out.Group(sheet.Text("Toutes les écoles, par régime"))
		for _, diet := range m.diets {
			out.Row(values(diet.tally, "Toutes", "", diet.name)...)
		}
	}
	if groups := deliveries(s.Counts, s.Deliveries, s.Diets); len(groups) > 0 {
		out.Blank()
		out.Group(sheet.Text("Par groupe de livraison"))
		for _, g := range groups {
			for _, diet := range g.diets {
				out.Row(values(diet.tally, g.name, "", diet.name)...)
			}
			out.Subtotal(values(g.total, g.title(), "", "Total livraison")...)
		}
	}
	if s.Menu != "" {
		out.Blank()
		out.Note("Menu\u00a0: " + s.Menu)
		if s.Allergens != "" {
			out.Note("Allergènes\u00a0: " + s.Allergens)
		}
	}
}

func (s Sheet) namesSheet(ctx context.Context, b *sheet.Book) error {
	out := b.Sheet("Noms", sheet.Layout{
		Title: "Noms par classe – " + s.Date.Long(), Subtitle: page.Count(len(s.Names), "repas", "repas"), Filter: true,
		Columns: []sheet.Column{
			{Title: "École", Width: 24, Wrap: true},
			{Title: "Classe", Width: 14, Wrap: true},
			{Title: "Nom", Width: 32, Wrap: true},
			{Title: "Service", Width: 14, Wrap: true},
			{Title: "Régime", Width: 22, Wrap: true},
			{Title: "Remarque", Width: 24, Wrap: true},
		},
	})
	for i, class := range byClass(s.Names) {
		if i%16 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		for _, n := range class.names {
			out.Row(sheet.Text(n.School), sheet.Text(n.Class), sheet.Text(n.Child), sheet.Text(n.Sitting), sheet.Text(n.Diet), sheet.Text(n.Remark))
		}
	}
	if len(s.Names) == 0 {
		out.Note("Aucun enfant inscrit ce jour.")
	}
	return ctx.Err()
}

func (s Sheet) plansSheet(b *sheet.Book) {
	out := b.Sheet("PAI", sheet.Layout{
		Title: "PAI et allergies – " + s.Date.Long(), Subtitle: "Données de santé\u00a0: à ne pas afficher ni diffuser", Landscape: true, Sealed: true,
		Columns: []sheet.Column{
			{Title: "École", Width: 22, Wrap: true},
			{Title: "Classe", Width: 12, Wrap: true},
			{Title: "Enfant", Width: 22, Wrap: true},
			{Title: "Service", Width: 13, Wrap: true},
			{Title: "Repas", Width: 20, Wrap: true},
			{Title: "Sans", Width: 24, Wrap: true},
			{Title: "Consigne", Width: 44, Wrap: true},
			{Title: "Au menu", Width: 24, Wrap: true},
		},
	})
	for _, p := range s.Plans {
		out.Row(sheet.Text(p.School), sheet.Text(p.Class), sheet.Text(p.Child), sheet.Text(p.Sitting), sheet.Text(p.Kind), sheet.Text(p.Without), sheet.Text(p.Instruction), sheet.Text(onMenu(p)))
	}
	if len(s.Plans) == 0 {
		out.Note("Aucun PAI ce jour.")
	}
}

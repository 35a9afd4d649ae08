package kitchen

import (
	"context"
	"fmt"
	"io"
	"strings"

	"ardoise/data/calendar"
	"ardoise/reports/page"
)

// PDF writes the headcount of a day: totals, changes since the last version
// sent, care plans when the reader may see them, then names by class.
func PDF(ctx context.Context, w io.Writer, s Sheet) error {
	if err := s.check(); err != nil {
		return err
	}
	return page.Write(ctx, w, s.meta(s.title()), func(d *page.Doc) error {
		sec := s.section(s.title(), s.subtitle())
		sec.Version = s.version()
		d.Section(sec)
		m := newMatrix(s.Counts, s.AgeGroups, s.Diets)
		s.figures(d, m)
		for _, part := range []func() error{
			func() error { return s.countsTable(d, m) },
			func() error { return s.changesTable(d) },
			func() error { return s.plansTable(d) },
			func() error { return s.namesTable(d) },
		} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
}

// figures opens the sheet with what the cook reads first: how many in all, and
// in each school; one card each, four in a row.
func (s Sheet) figures(d *page.Doc, m *matrix) {
	type card struct {
		label string
		tally
	}
	cards := []card{{"Total à préparer", m.total}}
	if len(m.schools) > 1 {
		for _, school := range m.schools {
			cards = append(cards, card{school.name, school.total})
		}
	}
	const gap, height, perRow = 3.0, 19.0, 4
	width := (d.Width() - gap*(perRow-1)) / perRow
	for i, c := range cards {
		if i%perRow == 0 && i > 0 {
			d.Space(height + gap)
			d.Need(height + gap)
		}
		x, y := d.Left()+float64(i%perRow)*(width+gap), d.Y()
		fill := page.Fill{Line: page.Rule, Weight: 0.3}
		if i == 0 {
			fill = page.Fill{Paint: true, Inside: page.Shade}
		}
		d.Box(x, y, width, height, fill)
		d.TextIn(x+3, y+5.2, width-6, c.label, page.Left, page.Style{Size: 8.5, Bold: true, Color: page.Muted})
		big, number := page.Style{Size: 22, Bold: true}, page.Number(c.n)
		d.TextAt(x+3, y+15, number, big)
		if s.Previous > 0 {
			used := page.TextWidth(number, big) + 5
			d.TextIn(x+used, y+15, width-used-3, page.Delta(c.added, c.removed), page.Right, page.Style{Size: 10, Color: page.Muted})
		}
	}
	d.Space(height + 5)
	if s.Menu != "" {
		d.Paragraph("Menu\u00a0: "+s.Menu, page.Style{})
		if s.Allergens != "" {
			d.Paragraph("Allergènes\u00a0: "+s.Allergens, page.Style{Color: page.Muted})
		}
		d.Space(3)
	}
}

func (s Sheet) countsTable(d *page.Doc, m *matrix) error {
	t := page.Table{Empty: "Aucun repas ce jour.", Columns: []page.Column{{Title: "Régime", Weight: 3, Lines: 2}}}
	for _, age := range m.ages {
		t.Columns = append(t.Columns, page.Column{Title: age, Width: ageWidth(len(m.ages)), Align: page.Right})
	}
	t.Columns = append(t.Columns, page.Column{Title: "Total", Width: 20, Align: page.Right})
	if s.Previous > 0 {
		t.Columns = append(t.Columns, page.Column{Title: "Écart", Width: 22, Align: page.Right})
	}
	line := func(label string, ta tally) []page.Cell {
		cells := []page.Cell{{Text: label}}
		for _, age := range m.ages {
			cells = append(cells, figure(ta.byAge[age]))
		}
		cells = append(cells, page.Cell{Text: page.Number(ta.n), Bold: true})
		if s.Previous > 0 {
			cells = append(cells, page.Cell{Text: page.Delta(ta.added, ta.removed), Muted: true})
		}
		return cells
	}
	add := func(kind page.Kind, cells []page.Cell) { t.Rows = append(t.Rows, page.Row{Kind: kind, Cells: cells}) }
	for _, school := range m.schools {
		for _, sitting := range school.sittings {
			title := school.name
			if sitting.name != "" {
				title += " – " + sitting.name
			}
			add(page.Group, page.Cells(title))
			for _, diet := range sitting.diets {
				add(page.Body, line(diet.name, diet.tally))
			}
			if len(school.sittings) > 1 {
				add(page.Subtotal, line("Sous-total "+sitting.name, sitting.total))
			}
		}
		add(page.Subtotal, line("Total "+school.name, school.total))
	}
	if len(m.schools) > 1 {
		add(page.Group, page.Cells("Toutes les écoles"))
		for _, diet := range m.diets {
			add(page.Body, line(diet.name, diet.tally))
		}
	}
	for _, group := range deliveries(s.Counts, s.Deliveries, s.Diets) {
		add(page.Group, page.Cells("Livraison\u00a0: "+group.title()))
		for _, diet := range group.diets {
			add(page.Body, line(diet.name, diet.tally))
		}
		add(page.Subtotal, line("Total "+group.name, group.total))
	}
	if len(s.Counts) > 0 {
		add(page.Total, line("Total à préparer", m.total))
	}
	return d.Table(t)
}

func ageWidth(ages int) float64 {
	if ages > 4 {
		return 18
	}
	return 25
}

func (s Sheet) changesTable(d *page.Doc) error {
	if len(s.Changes) == 0 {
		return nil
	}
	title := "Changements"
	if s.Previous > 0 {
		title = fmt.Sprintf("Changements depuis la feuille n°\u00a0%d", s.Previous)
	}
	d.Space(2)
	d.Heading(title, 20)
	t := page.Table{Columns: []page.Column{
		{Title: "", Width: 11, Align: page.Center},
		{Title: "Nom", Weight: 3, Lines: 2},
		{Title: "École", Weight: 2, Lines: 2},
		{Title: "Classe", Weight: 1, Lines: 2},
		{Title: "Régime", Weight: 2, Lines: 2},
		{Title: "À", Width: 18, Align: page.Right},
	}}
	for _, c := range s.Changes {
		sign, at := "–", ""
		if c.Added {
			sign = "+"
		}
		if c.N > 1 {
			sign += page.Number(c.N)
		}
		if !c.At.IsZero() {
			at = calendar.HourText(c.At)
			if calendar.DateOf(c.At) != calendar.DateOf(s.MadeAt) {
				at = calendar.DateOf(c.At).DayMonth()
			}
		}
		cells := page.Cells(sign, c.Child, c.School, c.Class, c.Diet, at)
		cells[0].Bold, cells[5].Muted = true, true
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return d.Table(t)
}

func (s Sheet) plansTable(d *page.Doc) error {
	if !s.ShowPlans {
		return nil
	}
	d.Space(2)
	d.Heading("PAI et allergies – données de santé, à ne pas afficher", 20)
	t := page.Table{Empty: "Aucun PAI ce jour.", Columns: []page.Column{
		{Title: "Enfant", Weight: 2.2, Lines: 3},
		{Title: "École, classe", Weight: 2, Lines: 3},
		{Title: "Repas", Weight: 1.7, Lines: 3},
		{Title: "Sans", Weight: 1.8, Lines: 6},
		{Title: "Consigne", Weight: 3.2, Lines: 10},
		{Title: "Au menu", Weight: 1.7, Lines: 6},
	}}
	for _, p := range s.Plans {
		cells := page.Cells(p.Child, strings.TrimPrefix(p.School+", "+p.Class, ", "), p.Kind, p.Without, p.Instruction, onMenu(p))
		cells[0].Bold, cells[3].Bold, cells[5].Bold = true, true, true
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return d.Table(t)
}

// onMenu says that the menu holds what must be avoided, and which dishes do.
func onMenu(p Plan) string {
	switch {
	case !p.OnMenu:
		return ""
	case p.Dishes == "":
		return "OUI"
	}
	return "OUI\u00a0: " + p.Dishes
}

func (s Sheet) namesTable(d *page.Doc) error {
	if len(s.Names) == 0 {
		return nil
	}
	d.Space(2)
	d.Heading("Noms par classe", 25)
	sittings, remarks := false, false
	for _, n := range s.Names {
		sittings = sittings || n.Sitting != ""
		remarks = remarks || n.Remark != ""
	}
	t := page.Table{Columns: []page.Column{{Title: "Nom", Weight: 3, Lines: 2}, {Title: "Régime", Weight: 2, Lines: 2}}}
	if sittings {
		t.Columns = append(t.Columns, page.Column{Title: "Service", Weight: 1.5, Lines: 2})
	}
	if remarks {
		t.Columns = append(t.Columns, page.Column{Title: "Remarque", Weight: 2, Lines: 3})
	}
	for _, class := range byClass(s.Names) {
		t.Rows = append(t.Rows, page.Row{Kind: page.Group, Cells: page.Cells(
			strings.TrimPrefix(class.school+" – "+class.class, " – "), page.Count(len(class.names), "repas", "repas"))})
		for _, n := range class.names {
			row := page.Cells(n.Child, n.Diet)
			if sittings {
				row = append(row, page.Cell{Text: n.Sitting})
			}
			if remarks {
				row = append(row, page.Cell{Text: n.Remark})
			}
			t.Rows = append(t.Rows, page.Row{Cells: row})
		}
	}
	return d.Table(t)
}

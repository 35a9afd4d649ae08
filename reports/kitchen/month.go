package kitchen

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// grid is a period as it is read: a row a day; a column a school, then a diet.
type grid struct {
	schools, diets []string
	days           []gridDay
	bySchool       []int
	byDiet         []int
	total          int
}

type gridDay struct {
	date             calendar.Date
	bySchool, byDiet []int
	total            int
}

func (p Period) grid() *grid {
	var schools, diets ordered
	for _, d := range p.Days {
		for _, c := range d.Counts {
			schools.put(c.School)
			diets.put(c.Diet)
		}
	}
	g := &grid{
		schools: schools.names, diets: diets.names,
		bySchool: make([]int, len(schools.names)), byDiet: make([]int, len(diets.names)),
	}
	for _, d := range p.Days {
		row := gridDay{date: d.Date, bySchool: make([]int, len(g.schools)), byDiet: make([]int, len(g.diets))}
		for _, c := range d.Counts {
			i, j := schools.put(c.School), diets.put(c.Diet)
			row.bySchool[i] += c.N
			row.byDiet[j] += c.N
			row.total += c.N
			g.bySchool[i] += c.N
			g.byDiet[j] += c.N
			g.total += c.N
		}
		g.days = append(g.days, row)
	}
	return g
}

// title says the month when the period is one, else its days.
func (p Period) title() string {
	if p.From == p.From.FirstOfMonth() && p.To == p.From.LastOfMonth() {
		month := p.From.MonthYear()
		if month[0] == 'a' || month[0] == 'o' {
			return "Effectifs d’" + month
		}
		return "Effectifs de " + month
	}
	return "Effectifs " + page.Span(p.From, p.To)
}

func (p Period) check() error {
	if p.From.IsZero() || p.To < p.From {
		return fault.New(fault.Invalid, "La période demandée n’est pas correcte\u00a0: sa fin doit suivre son début.")
	}
	return nil
}

// PeriodWorkbook writes the sheet "Mois" of a period and, when it has children,
// a sheet "Noms" of who eats which day.
func PeriodWorkbook(ctx context.Context, w io.Writer, p Period) error {
	b := sheet.New(p.info(p.title()))
	if err := p.monthSheet(ctx, b); err != nil {
		return closing(b, err)
	}
	if len(p.Children) > 0 {
		if err := p.childrenSheet(ctx, b); err != nil {
			return closing(b, err)
		}
	}
	return b.Write(w)
}

func (p Period) monthSheet(ctx context.Context, b *sheet.Book) error {
	if err := p.check(); err != nil {
		return err
	}
	g := p.grid()
	cols := []sheet.Column{{Title: "Jour", Width: 16, Kind: sheet.KindDate}}
	for _, name := range append(append([]string(nil), g.schools...), g.diets...) {
		cols = append(cols, sheet.Column{Title: name, Width: 13, Kind: sheet.KindInt})
	}
	cols = append(cols, sheet.Column{Title: "Total", Width: 11, Kind: sheet.KindInt})
	out := b.Sheet("Mois", sheet.Layout{
		Title: p.title(), Subtitle: "Repas par jour\u00a0: par école, puis par régime",
		Columns: cols, Freeze: 1, Landscape: true,
	})
	for i, d := range g.days {
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		out.Row(monthRow(sheet.DayName(d.date), d.bySchool, d.byDiet, d.total)...)
	}
	if len(g.days) == 0 {
		out.Note("Aucun jour de service sur cette période.")
		return nil
	}
	out.Total(monthRow(sheet.Text("Total"), g.bySchool, g.byDiet, g.total)...)
	return nil
}

func monthRow(first sheet.Value, bySchool, byDiet []int, total int) []sheet.Value {
	row := []sheet.Value{first}
	for _, n := range bySchool {
		row = append(row, sheet.Int(n))
	}
	for _, n := range byDiet {
		row = append(row, sheet.Int(n))
	}
	return append(row, sheet.Int(total))
}

func (p Period) childrenSheet(ctx context.Context, b *sheet.Book) error {
	cols := []sheet.Column{
		{Title: "École", Width: 20},
		{Title: "Classe", Width: 11},
		{Title: "Nom", Width: 28},
		{Title: "Régime", Width: 15},
	}
	column := map[calendar.Date]int{}
	for _, d := range p.Days {
		column[d.Date] = len(column)
		cols = append(cols, sheet.Column{Title: fmt.Sprintf("%s\n%d/%02d", calendar.WeekdayShort(d.Date.Weekday()), d.Date.Day(), d.Date.Month()), Width: 6.5, Kind: sheet.KindInt})
	}
	cols = append(cols, sheet.Column{Title: "Total", Width: 8, Kind: sheet.KindInt})
	out := b.Sheet("Noms", sheet.Layout{Title: "Noms – " + p.title(), Columns: cols, Freeze: 3, Landscape: true})
	sums, all := make([]int, len(column)), 0
	row := make([]sheet.Value, len(cols))
	for i, c := range p.Children {
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		row = append(row[:0], sheet.Text(c.School), sheet.Text(c.Class), sheet.Text(c.Child), sheet.Text(c.Diet))
		for range column {
			row = append(row, sheet.Empty())
		}
		n := 0
		for _, day := range c.Days {
			if j, ok := column[day]; ok {
				row[4+j] = sheet.Int(1)
				sums[j]++
				n++
			}
		}
		all += n
		out.Row(append(row, sheet.Int(n))...)
	}
	total := []sheet.Value{sheet.Text("Total"), sheet.Empty(), sheet.Empty(), sheet.Empty()}
	for _, n := range sums {
		total = append(total, sheet.Int(n))
	}
	out.Total(append(total, sheet.Int(all))...)
	return ctx.Err()
}

// PeriodPDF writes the table of a period.
func PeriodPDF(ctx context.Context, w io.Writer, p Period) error {
	if err := p.check(); err != nil {
		return err
	}
	return page.Write(ctx, w, p.meta(p.title()), func(d *page.Doc) error {
		g := p.grid()
		sec := p.section(p.title(), "Repas par jour\u00a0: par école, puis par régime")
		sec.Landscape = len(g.schools)+len(g.diets) > 6
		d.Section(sec)
		// More columns than a sheet is wide: schools first, then diets.
		if len(g.schools)+len(g.diets) > 12 {
			return p.splitTables(d, g)
		}
		names := append(append([]string(nil), g.schools...), g.diets...)
		return d.Table(monthTable(g, names, len(g.schools), func(r gridDay) []int { return append(append([]int(nil), r.bySchool...), r.byDiet...) }))
	})
}

func (p Period) splitTables(d *page.Doc, g *grid) error {
	const most = 12
	for _, part := range []struct {
		title string
		names []string
		of    func(gridDay) []int
	}{
		{"Par école", g.schools, func(r gridDay) []int { return r.bySchool }},
		{"Par régime", g.diets, func(r gridDay) []int { return r.byDiet }},
	} {
		for from := 0; from < len(part.names); from += most {
			to := min(from+most, len(part.names))
			d.Heading(part.title, 30)
			if err := d.Table(monthTable(g, part.names[from:to], 0, func(r gridDay) []int { return part.of(r)[from:to] })); err != nil {
				return err
			}
		}
	}
	return nil
}

// monthTable has a line before column apart, where the diets begin, and before
// the total.
func monthTable(g *grid, names []string, apart int, of func(gridDay) []int) page.Table {
	t := page.Table{Empty: "Aucun jour de service sur cette période.", Columns: []page.Column{{Title: "Jour", Width: 34}}}
	if len(names) > 8 {
		t.Size = 8 // so that "élémentaire" stays whole in a narrow title
	}
	for i, name := range names {
		t.Columns = append(t.Columns, page.Column{Title: name, Align: page.Right, Apart: i == apart})
	}
	t.Columns = append(t.Columns, page.Column{Title: "Total", Width: 20, Align: page.Right, Apart: true})
	line := func(label string, ns []int, total int) []page.Cell {
		cells := []page.Cell{{Text: label}}
		for _, n := range ns {
			cells = append(cells, figure(n))
		}
		return append(cells, page.Cell{Text: page.Number(total), Bold: true})
	}
	for _, d := range g.days {
		t.Rows = append(t.Rows, page.Row{Cells: line(page.Capital(calendar.WeekdayShort(d.date.Weekday()))+" "+d.date.Short(), of(d), d.total)})
	}
	if len(g.days) > 0 {
		sums := gridDay{bySchool: g.bySchool, byDiet: g.byDiet}
		t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: line("Total", of(sums), g.total)})
	}
	return t
}

// figure shows a zero quietly: the eye looks for the others.
func figure(n int) page.Cell { return page.Cell{Text: page.Number(n), Muted: n == 0} }

package menu

import (
	"context"
	"fmt"
	"io"
	"strings"

	"ardoise/reports/sheet"
)

// Workbook writes the menus for the kitchen: one row a dish. Its columns are
// those that the import of menus reads.
func Workbook(ctx context.Context, w io.Writer, m Menu) error {
	if err := m.check(); err != nil {
		return err
	}
	b := sheet.New(m.info())
	out := b.Sheet("Menus", sheet.Layout{Title: m.Title, Subtitle: "Un plat par ligne", Filter: true, Columns: []sheet.Column{
		{Title: "Date", Width: 16, Kind: sheet.KindDate},
		{Title: "Partie du repas", Width: 16},
		{Title: "Plat", Width: 40, Wrap: true},
		{Title: "Allergènes", Width: 40, Wrap: true},
		{Title: "Végétarien", Width: 12},
	}})
	for _, week := range m.Weeks {
		if err := ctx.Err(); err != nil {
			if cerr := b.Discard(); cerr != nil {
				return fmt.Errorf("%w (and closing: %v)", err, cerr)
			}
			return err
		}
		for _, d := range week.Days {
			if d.Aside || d.Closed != "" {
				continue
			}
			for _, x := range d.Dishes {
				names := make([]string, len(x.Numbers))
				for i, n := range x.Numbers {
					names[i] = m.Legend[n-1]
				}
				vegetarian := ""
				if x.Vegetarian {
					vegetarian = "oui"
				}
				out.Row(sheet.DayName(d.Date), sheet.Text(x.Course), sheet.Text(x.Name), sheet.Text(strings.Join(names, ", ")), sheet.Text(vegetarian))
			}
		}
	}
	return b.Write(w)
}

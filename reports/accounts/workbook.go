package accounts

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/fault"
	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// Workbook writes the five sheets of the month. It refuses figures that do not
// agree (see Check), before anything is written.
func Workbook(ctx context.Context, w io.Writer, m Month) error {
	if err := m.Check(); err != nil {
		return err
	}
	b := sheet.New(sheet.Info{
		Title: "Comptabilité – " + m.period(), Commune: m.Commune, Service: m.Office, Version: page.Capital(m.period()) + " · " + m.Program,
		Notice: m.Notice, MadeAt: m.MadeAt,
	})
	for _, p := range Parts() {
		t := m.table(p)
		out := b.Sheet(p.String(), sheet.Layout{
			Title: t.title, Subtitle: m.Office, Columns: t.cols, Landscape: t.wide, Freeze: t.freeze, Filter: t.filter,
		})
		if err := t.each(ctx, out); err != nil {
			return closing(b, err)
		}
		if t.n == 0 {
			out.Note(t.empty)
			continue
		}
		t.finish(out)
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

// csvRows leaves subtotals out: who reads a CSV file sums it.
type csvRows struct{ *sheet.CSV }

func (csvRows) Subtotal(...sheet.Value) {}

// CSV writes one part for Excel in French: the rows of the sheet, without its
// totals. It refuses figures that do not agree.
func CSV(ctx context.Context, w io.Writer, m Month, p Part) error {
	if p < JournalPart || p > UnpaidPart {
		return fault.New(fault.Invalid, "Il n’y a pas de fichier comptable n° %d.", p)
	}
	if err := m.Check(); err != nil {
		return err
	}
	t := m.table(p)
	titles := make([]string, len(t.cols))
	for i, c := range t.cols {
		titles[i] = c.Title
	}
	out := sheet.NewCSV(w, titles...)
	if err := t.each(ctx, csvRows{out}); err != nil {
		return err
	}
	return out.Close()
}

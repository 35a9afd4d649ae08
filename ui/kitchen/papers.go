package kitchen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/reports/desk"
	"ardoise/reports/kitchen"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// maker gathers what the papers say about themselves.
func (p *page) maker(ctx context.Context) (desk.Maker, error) {
	svc, _ := p.place.service(p.service)
	return desk.NewMaker(ctx, p.d.Catalog, svc.Commune, svc.Name, p.sh.Now())
}

// print makes the list of the day and shows it.
func (p *page) print() {
	if p.sheet.h == nil {
		return
	}
	s := p.sheet
	p.view(fmt.Sprintf("effectifs-%s.pdf", s.h.Day), func(ctx context.Context, w io.Writer) error {
		m, err := p.maker(ctx)
		if err != nil {
			return err
		}
		return kitchen.PDF(ctx, w, s.paper(m))
	})
}

// view writes a paper away from the window and opens it.
func (p *page) view(name string, write func(ctx context.Context, w io.Writer) error) {
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		path, err := kit.WriteTemp(name, func(w io.Writer) error { return write(ctx, w) })
		if err != nil {
			return err
		}
		return p.sh.Files().View(path)
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.sh.Toast("Document ouvert dans la visionneuse")
	})
}

// export writes the day's workbook, with its month beside.
func (p *page) export() {
	if p.sheet.h == nil {
		return
	}
	s := p.sheet
	p.save("Enregistrer les effectifs", fmt.Sprintf("effectifs-%s.xlsx", s.h.Day), func(ctx context.Context, w io.Writer) error {
		m, err := p.maker(ctx)
		if err != nil {
			return err
		}
		sheet := s.paper(m)
		period, err := p.month(ctx, m, s.h.Day.FirstOfMonth())
		if err != nil {
			return err
		}
		if len(period.Days) > 0 {
			sheet.Month = &period
		}
		return kitchen.Workbook(ctx, w, sheet)
	})
}

func (p *page) month(ctx context.Context, m desk.Maker, first calendar.Date) (kitchen.Period, error) {
	days, err := p.d.Booking.HeadcountMonth(ctx, p.service, first.Year(), int(first.Month()))
	if err != nil {
		return kitchen.Period{}, err
	}
	return m.Period(days, first, first.LastOfMonth()), nil
}

// save asks where, then writes under a progress dialog.
func (p *page) save(title, name string, write func(ctx context.Context, w io.Writer) error) {
	var path string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		path, err = p.sh.Files().Save(ctx, title, name)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.write(path, write)
		}
	})
}

func (p *page) write(path string, write func(ctx context.Context, w io.Writer) error) {
	p.sh.Progress("Écriture de "+filepath.Base(path), func(ctx context.Context, report func(int, int, string)) error {
		report(0, 1, "Calcul des effectifs")
		return kit.WriteFile(path, func(w io.Writer) error { return write(ctx, w) })
	}, func(err error) {
		if err != nil {
			if !errors.Is(err, context.Canceled) { // the agent stopped it: the shell has said so
				p.sh.Refused(err)
			}
			return
		}
		p.sh.Done(filepath.Base(path)+" enregistré", nil)
	})
}

// askMonth exports a whole month.
func (p *page) askMonth() {
	day := p.day
	var options []widgets.Option
	for i := -11; i <= 2; i++ {
		m := day.FirstOfMonth().AddMonths(i)
		options = append(options, widgets.Option{ID: m.String(), Label: m.MonthYear()})
	}
	month := widgets.NewSelect(nil, options...)
	month.Set(day.FirstOfMonth().String())
	var d *widgets.Dialog
	as := func(pdf bool) func() {
		return func() {
			first, err := calendar.ParseISO(month.Value())
			if err != nil {
				p.sh.Refused(err)
				return
			}
			d.Close()
			p.exportMonth(first, pdf)
		}
	}
	content := widgets.VBox(14, widgets.NewField("Mois", "Un tableau par jour, école, âge et régime.", month),
		widgets.HFlex(8, []float32{0, 1}, widgets.NewButton("En PDF, à imprimer", widgets.Secondary, as(true)).Icon("print"), widgets.Spacer()))
	d = widgets.NewDialog("Effectifs du mois", "", content, "Enregistrer le classeur…", widgets.Primary, as(false))
	d.First = month
	p.sh.Show(d)
}

func (p *page) exportMonth(first calendar.Date, pdf bool) {
	name := fmt.Sprintf("effectifs-%04d-%02d", first.Year(), int(first.Month()))
	write := func(workbook bool) func(context.Context, io.Writer) error {
		return func(ctx context.Context, w io.Writer) error {
			m, err := p.maker(ctx)
			if err != nil {
				return err
			}
			period, err := p.month(ctx, m, first)
			if err != nil {
				return err
			}
			if workbook {
				return kitchen.PeriodWorkbook(ctx, w, period)
			}
			return kitchen.PeriodPDF(ctx, w, period)
		}
	}
	if pdf {
		p.view(name+".pdf", write(false))
		return
	}
	p.save("Enregistrer les effectifs du mois", name+".xlsx", write(true))
}

// attendance makes the sheets to tick, class by class, for the day's week.
func (p *page) attendance() {
	monday := p.day.Monday()
	p.view(fmt.Sprintf("pointage-%s.pdf", monday), func(ctx context.Context, w io.Writer) error {
		m, err := p.maker(ctx)
		if err != nil {
			return err
		}
		grid, err := p.d.Booking.Week(ctx, p.service, booking.WeekFilter{}, monday)
		if err != nil {
			return err
		}
		return kitchen.AttendancePDF(ctx, w, m.Attendance(grid))
	})
}

// calmDelay groups the events of one commit before the day is read again.
const calmDelay = 200 * time.Millisecond

package billing

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// figuresPart is the tab Chiffres: a year of sales and of what is still owed.
type figuresPart struct {
	p       *page
	list    []billing.MonthFigures
	loading kit.Latest

	sales   *widgets.MoneyChart
	unpaid  *widgets.MoneyChart
	table   *widgets.Table
	content fyne.CanvasObject
}

// months is how many months the charts show, the month chosen last.
const months = 12

func newFiguresPart(p *page) *figuresPart {
	f := &figuresPart{p: p}
	f.sales, f.unpaid = widgets.NewMoneyChart("Facturé", "Prépayé"), widgets.NewMoneyChart("Payé", "Encore dû")
	f.sales.Stripes = widgets.Info
	for _, c := range []*widgets.MoneyChart{f.sales, f.unpaid} {
		c.OnOpen = func(i int) {
			if i < len(f.list) {
				p.goTo(f.list[i].Month)
				p.tabs.Set(tabMonth)
				p.showTab()
			}
		}
	}
	f.sales.OnSelect = func(i int) { f.unpaid.Select(i); f.table.Select(i) }
	f.unpaid.OnSelect = func(i int) { f.sales.Select(i); f.table.Select(i) }
	f.table = widgets.NewTable(fit([]widgets.Column{
		{ID: "month", Title: "Mois"},
		{ID: "invoiced", Title: "Facturé", Width: 84, Right: true},
		{ID: "prepaid", Title: "Prépayé", Width: 84, Right: true, Spare: true},
		{ID: "paid", Title: "Payé", Width: 84, Right: true, Spare: true},
		{ID: "unpaid", Title: "Encore dû", Width: 84, Right: true},
	}), f.cell).RowHeight(30)
	f.table.OnSelect = func(i int) { f.sales.Select(i); f.unpaid.Select(i) }
	f.table.OnOpen = f.sales.OnOpen
	f.table.Loading("")
	charts := widgets.VFlex(16, []float32{1, 1}, widgets.NewPanel("Ventes", f.sales).Icon("chart").Sub("facturées au mois et prépayées"), widgets.NewPanel("Règlement des factures", f.unpaid).Icon("chart").Sub("par mois facturé"))
	f.content = widgets.HFlex(16, []float32{1.25, 1}, charts, widgets.NewPanel("Douze mois", f.table).Flush())
	return f
}

func (f *figuresPart) load() {
	p := f.p
	to := p.run.Month
	from := to.Add(1 - months)
	var list []billing.MonthFigures
	f.loading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		list, err = p.d.Billing.Figures(ctx, from, to)
		return err
	}, func(err error) {
		if err != nil {
			f.table.Failed(fault.Sentence(err), f.load)
			return
		}
		f.list = list
		f.show()
	})
}

func (f *figuresPart) show() {
	sales, unpaid := make([]widgets.MoneyGroup, len(f.list)), make([]widgets.MoneyGroup, len(f.list))
	var foot billing.MonthFigures
	for i, m := range f.list {
		label := shortMonth(m.Month)
		sales[i] = widgets.MoneyGroup{Label: label, Name: m.Month.Label(), Amounts: []money.Cents{m.Invoiced, m.Prepaid}}
		unpaid[i] = widgets.MoneyGroup{Label: label, Name: m.Month.Label(), Amounts: []money.Cents{m.Paid, m.Unpaid}}
		foot.Invoiced += m.Invoiced
		foot.Prepaid += m.Prepaid
		foot.Paid += m.Paid
		foot.Unpaid += m.Unpaid
	}
	f.sales.Set(sales)
	f.unpaid.Set(unpaid)
	f.table.SetCount(len(f.list))
	f.table.Select(len(f.list) - 1)
	f.table.Foot([]widgets.Cell{{Text: "Total", Bold: true}, {Text: foot.Invoiced.String(), Bold: true}, {Text: foot.Prepaid.String(), Bold: true}, {Text: foot.Paid.String(), Bold: true}, {Text: foot.Unpaid.String(), Bold: true}})
}

// shortMonth is « déc. », « août ».
func shortMonth(m calendar.Month) string {
	_, month, _ := strings.Cut(m.First().DayMonth(), " ")
	return month
}

func (f *figuresPart) cell(i, col int) widgets.Cell {
	if i < 0 || i >= len(f.list) {
		return widgets.Cell{}
	}
	m := f.list[i]
	sum := func(c money.Cents, ink theme.Token) widgets.Cell {
		if c == 0 {
			return widgets.Cell{Text: "—", Ink: theme.Ardoise500}
		}
		return widgets.Cell{Text: c.String(), Ink: ink}
	}
	switch col {
	case 0:
		return widgets.Cell{Text: capital(shortMonth(m.Month)) + " " + plain(m.Month.First().Year()), Bold: true}
	case 1:
		return sum(m.Invoiced, theme.None)
	case 2:
		return sum(m.Prepaid, theme.None)
	case 3:
		return sum(m.Paid, theme.None)
	}
	return sum(m.Unpaid, theme.Alerte)
}

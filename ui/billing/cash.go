package billing

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// The lists of the tab Caisse.
const (
	listDays    = "days"
	listJournal = "journal"
	listSlips   = "slips"
)

// cashPart is the tab Caisse: the month's days of the box, its journal and its
// slips; the day's close, the lock, and what the accountant takes away.
type cashPart struct {
	p       *page
	o       *office
	which   string
	loading kit.Latest

	choice *widgets.Choice
	table  *widgets.Table
	panel  *widgets.Panel
	badge  *widgets.Badge
	hero   *widgets.Painting
	lines  *factLines
	closeB *widgets.Button
	dayP   *widgets.Panel
	slips  *widgets.ActionList
	lockS  *widgets.Badge
	lockT  *widgets.Label
	lockB  *widgets.Button
	whyB   *widgets.Button
	lockP  *widgets.Panel

	content fyne.CanvasObject
}

func newCashPart(p *page) *cashPart {
	c := &cashPart{p: p, which: listDays}
	c.choice = widgets.NewChoice(widgets.Segments, c.choose, widgets.Option{ID: listDays, Label: "Journées"}, widgets.Option{ID: listJournal, Label: "Journal"}, widgets.Option{ID: listSlips, Label: "Bordereaux"})
	c.table = widgets.NewTable(fit(dayColumns), c.cell).RowHeight(36)
	c.table.OnOpen = c.open
	c.table.Jump = func(i int) string {
		if c.o != nil && c.which == listJournal && i < len(c.o.journal) {
			return c.o.journal[i].Family
		}
		return ""
	}
	c.table.Loading("")
	c.panel = widgets.NewPanel("Caisse", c.table).Right(c.choice).Flush()
	c.badge = widgets.NewBadge("", "", widgets.Neutral)
	c.hero = heroFigure(func() (string, string) {
		if c.o == nil {
			return "", ""
		}
		return c.o.toClose().Expected.String(), "attendus en caisse"
	})
	c.lines = newFactLines()
	c.closeB = widgets.NewButton("Arrêter la caisse", widgets.Primary, c.closeDay).KeyHint("F9")
	c.dayP = widgets.NewPanel("Caisse du jour", widgets.VBox(8, c.hero, c.lines, c.closeB)).Icon("cash").Right(c.badge)
	c.slips = widgets.NewActionList(c.makeSlip)
	slipP := widgets.NewPanel("À remettre", c.slips).Icon("send").Flush().Line()
	c.lockS, c.lockT = widgets.NewBadge("", "", widgets.Neutral), widgets.NewParagraph("", widgets.Small)
	c.lockB = widgets.NewButton("Verrouiller le mois…", widgets.Secondary, c.lock).Icon("lock").Compact()
	c.whyB = widgets.NewButton("Points à régler", widgets.Flat, c.explain).Compact()
	buttons := widgets.HFlex(8, []float32{0, 1}, c.lockB, c.whyB)
	if large() {
		buttons = widgets.VBox(8, c.lockB, c.whyB)
	}
	c.lockP = widgets.NewPanel("Clôture", widgets.VBox(10, c.lockT, buttons)).Icon("lock").Right(c.lockS)
	side := scrolled(widgets.VBox(16, c.dayP, slipP, c.lockP, c.takeAway()))
	c.content = widgets.HFlex(16, []float32{1, -336}, c.panel, side)
	return c
}

// takeAway is the card of the accountant's files.
func (c *cashPart) takeAway() fyne.CanvasObject {
	button := func(icon, label string, f func(), there bool) *widgets.Button {
		b := widgets.NewButton(label, widgets.Secondary, f).Icon(icon).Compact()
		b.SetEnabled(there, noPapers)
		return b
	}
	papers := c.p.d.Papers
	rows := []fyne.CanvasObject{
		button("file-excel", "Classeur", c.workbook, papers.Workbook != nil), button("file", "CSV…", c.csv, papers.CSV != nil),
		button("bank", "Trésor (PES)…", c.treasury, papers.Treasury != nil), button("invoice", "Impôts…", c.tax, papers.TaxYear != nil),
	}
	box := widgets.VBox(8, widgets.HFlex(8, []float32{1.2, 1}, rows[0], rows[1]), widgets.HFlex(8, []float32{1.2, 1}, rows[2], rows[3]))
	if large() {
		box = widgets.VBox(8, rows...)
	}
	return widgets.NewPanel("Pour le comptable", box).Icon("download")
}

// load reads the month shown; forgetting first where it is another one.
func (c *cashPart) load() {
	p, m, journal := c.p, c.p.run.Month, c.which == listJournal
	if c.o != nil && c.o.month != m {
		c.o = nil
		c.table.Loading("")
	}
	var got *office
	c.loading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = p.d.loadOffice(ctx, m, journal)
		return err
	}, func(err error) {
		if err != nil {
			c.table.Failed(fault.Sentence(err), c.load)
			return
		}
		c.o = got
		c.show()
	})
}

// choose shows another list; the journal is read when it is asked for.
func (c *cashPart) choose(which string) {
	c.which = which
	if which == listJournal && (c.o == nil || c.o.journal == nil) {
		c.table.SetColumns(fit(journalColumns))
		c.table.Loading("Lecture du journal…")
		c.load()
		return
	}
	c.showTable()
}

func (c *cashPart) show() {
	o := c.o
	d := o.toClose()
	title := "Caisse du jour"
	if d.Day != o.today.Day {
		title = "Caisse du " + d.Day.Medium()
	}
	c.dayP.SetTitle(title)
	c.badge.Set(dayBadge(d))
	others := make([]fact, 0, len(d.Means))
	for _, m := range d.Means {
		others = append(others, fact{label: meansWord(m.Means) + ", " + plain(m.Count), text: m.Total.String()})
	}
	if len(others) == 0 {
		others = append(others, fact{label: "Encaissements", text: "aucun"})
	}
	c.lines.set(others...)
	off := ""
	if d.Closed {
		off = "La caisse de ce jour est déjà arrêtée."
	}
	enable(c.closeB, off)
	c.slips.Set(o.slipRows())
	spec, text, can := o.lockText()
	c.lockS.Set(spec)
	c.lockT.Set(fault.French(text))
	c.lockP.SetTitle("Clôture " + deMonth(o.month))
	enable(c.lockB, map[bool]string{true: "", false: text}[can])
	n := len(o.lock.Blocks) + len(o.lock.Warnings)
	c.whyB.SetEnabled(n > 0, "Il n’y a rien à régler.")
	c.whyB.SetLabel(plural(n, "point à voir", "points à voir"))
	c.hero.Refresh()
	c.dayP.Refresh()
	c.lockP.Refresh()
	c.showTable()
	c.content.Refresh()
}

func (c *cashPart) showTable() {
	o := c.o
	if o == nil {
		return
	}
	n := 0
	empty := widgets.NewEmptyState("cash", "Aucune journée", "Rien n’est entré en caisse ce mois-ci.", nil)
	switch c.which {
	case listJournal:
		n = len(o.journal)
		c.panel.SetTitle("Journal " + fault.De(o.month.Label()))
		c.table.SetColumns(fit(journalColumns))
		empty = widgets.NewEmptyState("list", "Aucune écriture", "Rien n’a bougé ce mois-ci.", nil)
	case listSlips:
		n = len(o.slips)
		c.panel.SetTitle("Bordereaux " + fault.De(o.month.Label()))
		c.table.SetColumns(fit(slipColumns))
		empty = widgets.NewEmptyState("list", "Aucun bordereau", "Les remises de chèques et le bordereau de versement se font à droite.", nil)
	default:
		n = len(o.days)
		c.panel.SetTitle("Journées " + fault.De(o.month.Label()))
		c.table.SetColumns(fit(dayColumns))
	}
	if n == 0 {
		c.table.Empty(empty)
		return
	}
	c.table.SetCount(n)
}

func (c *cashPart) cell(i, col int) widgets.Cell {
	o := c.o
	switch {
	case o == nil:
	case c.which == listJournal && i < len(o.journal):
		return journalCell(o.journal[i], col)
	case c.which == listSlips && i < len(o.slips):
		return slipCell(o.slips[i], col)
	case c.which == listDays && i < len(o.days):
		return dayCell(o.days[i], col)
	}
	return widgets.Cell{}
}

// open shows a day, an entry or a slip.
func (c *cashPart) open(i int) {
	o := c.o
	switch {
	case o == nil || i < 0:
	case c.which == listJournal && i < len(o.journal):
		c.openEntry(o.journal[i])
	case c.which == listSlips && i < len(o.slips):
		c.printSlip(o.slips[i])
	case c.which == listDays && i < len(o.days):
		if d := o.days[i]; d.Closed {
			c.printDay(d)
		} else {
			c.count(d)
		}
	}
}

// off says why F9 does nothing on this tab, "" when it does.
func (c *cashPart) off() string {
	switch {
	case c.o == nil:
		return "La caisse n’est pas encore lue."
	case c.o.toClose().Closed:
		return "La caisse de ce jour est déjà arrêtée."
	}
	return ""
}

func (c *cashPart) closeDay() {
	if off := c.off(); off != "" {
		c.p.sh.Toast(off)
		return
	}
	c.count(c.o.toClose())
}

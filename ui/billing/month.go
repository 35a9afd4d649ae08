package billing

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// monthPart is the table of the month with the cards beside it: what the steps
// Calculer, Contrôler and Émettre work on.
type monthPart struct {
	p      *page
	rows   []row
	at     []int // the rows shown
	which  string
	making making // of the PDF files

	filter  *widgets.TextField
	choice  *widgets.Choice
	table   *widgets.Table
	panel   *widgets.Panel
	foot    *widgets.Painting
	sums    []total
	toIssue *issueCard
	papers  *papersCard
	alerts  *widgets.ActionList
	count   *widgets.Badge
	noAlert *widgets.EmptyState
	alertP  *widgets.Panel
	batch   *batchCard
	content fyne.CanvasObject
}

var monthColumns = []widgets.Column{
	{ID: "number", Title: "N°", Width: 84},
	{ID: "family", Title: "Famille", Weight: 1.25},
	{ID: "children", Title: "Enfants", Spare: true},
	{ID: "meals", Title: "Repas", Width: 44, Right: true, Spare: true},
	{ID: "amount", Title: "Montant", Width: 84, Right: true},
	{ID: "pay", Title: "Règlement", Width: 112, Spare: true},
	{ID: "state", Title: "État", Width: 138},
}

func newMonthPart(p *page) *monthPart {
	m := &monthPart{p: p, which: showAll}
	m.filter = widgets.NewTextField().Compact().Icon("filter").PlaceHolder("Filtrer").Width(112)
	m.filter.OnChanged = func(string) { m.showRows() }
	m.filter.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDown || ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
			p.focus(m.table)
			return true
		}
		return false
	}
	m.choice = widgets.NewChoice(widgets.Segments, func(id string) { m.which = id; m.showRows() }, m.options()...)
	m.table = widgets.NewTable(fit(monthColumns), m.cell).RowHeight(36)
	m.table.OnOpen = m.open
	m.table.OnSpace = m.toggle
	m.table.Jump = func(i int) string {
		if r, ok := m.row(i); ok {
			return r.family
		}
		return ""
	}
	m.table.Loading("")
	m.foot = totalsFoot(func() []total { return m.sums })
	m.panel = widgets.NewPanel("Factures", m.table).Right(m.choice, m.filter).Flush().Footer(m.foot)
	m.toIssue, m.papers, m.batch = newIssueCard(p), newPapersCard(p), newBatchCard(p)
	m.alerts = widgets.NewActionList(p.alert)
	m.count = widgets.NewBadge("", "", widgets.Neutral)
	m.noAlert = widgets.NewEmptyState("circle-check", "Rien à revoir", "", nil)
	m.alertP = widgets.NewPanel("Alertes", m.noAlert).Icon("triangle-alert").Right(m.count).Flush().Line()
	first := container.NewStack(m.toIssue.panel, m.papers.idle, m.papers.card.Panel)
	side := scrolled(widgets.VBox(16, first, m.alertP, m.batch.panel))
	m.content = widgets.HFlex(16, []float32{1, -320}, m.panel, side)
	return m
}

func (m *monthPart) options() []widgets.Option {
	all, look, n, issued := counts(m.rows)
	word, last := "À émettre ", showDrafts
	if m.p.s != nil && m.p.s.issued() {
		word, last, n = "Émises ", showIssued, issued
	}
	return []widgets.Option{
		{ID: showAll, Label: "Toutes " + plain(all)},
		{ID: showLook, Label: "À contrôler " + plain(look)},
		{ID: last, Label: word + plain(n)},
	}
}

// forget empties the table while another month is read.
func (m *monthPart) forget() {
	m.rows, m.at, m.sums = nil, nil, nil
	m.which = showAll
	m.table.Loading("")
	m.panel.SetTitle("Factures")
	m.foot.Refresh()
}

// show fills the table and the cards.
func (m *monthPart) show() {
	s := m.p.s
	m.rows = s.rows()
	title := "Factures " + fault.De(s.month().Label())
	if large() { // the month stands above
		title = "Factures"
	}
	m.panel.SetTitle(title)
	m.choice.SetOptions(m.options()...)
	if m.which != showAll && m.which != showLook {
		m.which = m.options()[2].ID
	}
	m.choice.Set(m.which)
	m.panel.Refresh()
	m.showRows()
	m.showAlerts()
	m.showFirst()
	m.batch.show(s)
	m.content.Refresh()
}

// showRows applies the filters; the row chosen stays chosen.
func (m *monthPart) showRows() {
	s := m.p.s
	if s == nil {
		return
	}
	kept, had := m.row(m.table.Selected())
	text := strings.TrimSpace(m.filter.Text())
	m.at = shown(m.rows, m.which, text)
	rows := make([]row, len(m.at))
	for i, r := range m.at {
		rows[i] = m.rows[r]
	}
	m.sums = s.totals(rows)
	m.foot.Refresh()
	switch {
	case len(m.rows) == 0:
		m.table.Empty(m.nothing())
	case len(m.at) == 0 && text != "":
		m.table.NoMatch("Aucune facture ne correspond à « "+text+" ».", func() { m.clear(); m.p.focus(m.table) })
	case len(m.at) == 0 && m.which == showLook:
		m.table.Empty(widgets.NewEmptyState("circle-check", "Rien à contrôler", "Aucune facture de ce mois ne demande d’attention.", nil))
	case len(m.at) == 0:
		m.table.NoMatch("Aucune facture dans cette liste.", func() { m.filterBy(showAll) })
	default:
		m.table.SetCount(len(m.at))
		if had {
			m.table.Select(max(0, m.find(kept)))
		}
	}
}

// find gives where a row stands now, -1 if it is not shown.
func (m *monthPart) find(was row) int {
	i := slices.IndexFunc(m.at, func(i int) bool { return m.rows[i].number == was.number && m.rows[i].familyID == was.familyID })
	if i < 0 {
		i = slices.IndexFunc(m.at, func(i int) bool { return m.rows[i].familyID == was.familyID })
	}
	return i
}

func (m *monthPart) nothing() *widgets.EmptyState {
	s := m.p.s
	if s.refused != "" {
		return widgets.NewEmptyState("circle-alert", "Le mois ne peut pas être calculé", s.refused, nil)
	}
	text := "Aucune famille n’a de repas à payer au mois. Les repas prépayés sont débités des porte-monnaie."
	if s.month().First() > s.today {
		text = "Ce mois n’a pas encore commencé."
	}
	return widgets.NewEmptyState("invoice", "Rien à facturer", fault.French(text), nil)
}

func (m *monthPart) showAlerts() {
	rows := m.p.s.alertRows()
	if len(rows) == 0 {
		m.count.Set(widgets.BadgeSpec{Icon: "check", Text: "Aucune", Tone: widgets.Neutral})
		m.alertP.SetContent(m.noAlert)
		return
	}
	m.count.Set(widgets.BadgeSpec{Text: plural(m.p.s.alertFamilies(), "famille", "familles"), Tone: widgets.Warning})
	m.alerts.Set(rows)
	m.alertP.SetContent(m.alerts)
}

// showFirst shows what is to be issued, or the papers of what was.
func (m *monthPart) showFirst() {
	s := m.p.s
	busy := m.making.total > 0
	show := func(o fyne.CanvasObject, on bool) {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
	show(m.papers.card.Panel, busy)
	show(m.papers.idle, !busy && s.issued() && !s.pending())
	show(m.toIssue.panel, !busy && (!s.issued() || s.pending()))
	m.toIssue.show(s)
	m.papers.show(s)
}

// row is a row that is shown.
func (m *monthPart) row(i int) (row, bool) {
	if i < 0 || i >= len(m.at) || m.at[i] >= len(m.rows) {
		return row{}, false
	}
	return m.rows[m.at[i]], true
}

func (m *monthPart) cell(i, col int) widgets.Cell {
	r, ok := m.row(i)
	if !ok {
		return widgets.Cell{}
	}
	c := widgets.Cell{}
	switch col {
	case 0:
		c.Text, c.Ink = r.number, theme.Ardoise600
	case 1:
		c.Text, c.Bold = r.family, true
	case 2:
		c.Text, c.Ink = r.children, theme.Ardoise600
	case 3:
		c.Text = r.meals
	case 4:
		c.Text, c.Bold = r.amount, true
	case 5:
		c.Text, c.Icon, c.Ink = r.pay, r.payIcon, theme.Ardoise600
	default:
		b := m.badge(r)
		return widgets.Cell{Badge: &b}
	}
	if r.quiet {
		c.Ink, c.Bold = theme.Ardoise500, false
	}
	return c
}

// badge is a row's state; while files are made, whether its own is there yet.
func (m *monthPart) badge(r row) widgets.BadgeSpec {
	if m.making.total == 0 || r.invoice < 0 {
		return r.badge
	}
	switch at, ok := m.making.at[m.p.s.invoices[r.invoice].ID]; {
	case !ok || at < m.making.done:
		return r.badge
	case at == m.making.done:
		return widgets.BadgeSpec{Icon: "hourglass", Text: "PDF en cours", Tone: widgets.Info}
	}
	return widgets.BadgeSpec{Icon: "clock", Text: "En attente", Tone: widgets.Neutral}
}

// clear takes the filters away; it reports whether there were any.
func (m *monthPart) clear() bool {
	if m.filter.Text() == "" && m.which == showAll {
		return false
	}
	m.filter.SetText("")
	m.filterBy(showAll)
	return true
}

func (m *monthPart) filterBy(which string) {
	m.which = which
	m.choice.Set(which)
	m.showRows()
}

// open shows a draft or a document.
func (m *monthPart) open(i int) {
	r, ok := m.row(i)
	switch {
	case !ok:
	case r.invoice >= 0:
		m.p.openInvoice(m.p.s.invoices[r.invoice].ID)
	default:
		m.p.openDraft(m.p.s.plan.Drafts[r.draft])
	}
}

// toggle leaves a draft out of the run, or takes it back.
func (m *monthPart) toggle(i int) {
	r, ok := m.row(i)
	switch {
	case !ok:
	case r.draft < 0:
		m.p.sh.Toast(fault.French("Une facture émise ne s’écarte plus : faites un avoir (F3)."))
	case m.p.s.plan.Drafts[r.draft].State == billing.Left:
		m.p.takeBack([]int64{r.familyID})
	default:
		m.p.leaveOut([]int64{r.familyID})
	}
}

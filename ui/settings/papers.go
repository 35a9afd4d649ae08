package settings

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// papersPart is the documents a service asks for, in the order families are
// asked for them.
type papersPart struct {
	t     *servicesTab
	table *widgets.Table
	flaw  *widgets.Alert
	told  *fyne.Container   // the alert and its margin
	needs []*widgets.Button // a line chosen
	all   *fyne.Container
}

func newPapersPart(t *servicesTab) *papersPart {
	p := &papersPart{t: t}
	p.table = widgets.NewTable([]widgets.Column{{ID: "label", Title: "Pièce", Weight: 4}, {ID: "months", Title: "Valable", Weight: 1}, {ID: "debit", Title: "Demandée", Weight: 2}}, func(row, col int) widgets.Cell {
		if t.ed == nil || row >= len(t.ed.draft.Documents) {
			return widgets.Cell{}
		}
		d := t.ed.draft.Documents[row]
		switch col {
		case 0:
			c := widgets.Cell{Text: d.Label, Bold: true}
			if d.Label != catalog.DocumentLabel(d.Kind) {
				c.Sub = catalog.DocumentLabel(d.Kind)
			}
			return c
		case 1:
			return widgets.Cell{Text: countOf(d.Months, "mois", "mois")}
		}
		if d.DebitOnly {
			return widgets.Cell{Text: "seulement en prélèvement"}
		}
		return widgets.Cell{Text: "à toutes les familles"}
	}).RowHeight(36)
	p.table.OnOpen = func(row int) { p.open(row) }
	p.table.OnKey = onDelete(p.drop)
	p.table.OnRune = func(r rune) bool {
		switch r {
		case '+':
			p.move(1)
		case '-':
			p.move(-1)
		default:
			return false
		}
		return true
	}
	p.flaw = widgets.NewAlert(widgets.Failure, "", "")
	p.told = widgets.Pad(16, 0, p.flaw)
	p.told.Hide()
	add := widgets.NewButton("Ajouter…", widgets.Primary, func() { p.open(-1) }).Icon("plus").KeyHint("F2").Compact()
	edit := widgets.NewButton("Modifier…", widgets.Secondary, func() { p.open(p.table.Selected()) }).KeyHint("Entrée").Compact()
	drop := widgets.NewButton("Retirer", widgets.Secondary, p.drop).KeyHint("Suppr").Compact()
	up := widgets.NewButton("Monter", widgets.Secondary, func() { p.move(-1) }).Icon("arrow-up").KeyHint("-").Compact()
	down := widgets.NewButton("Descendre", widgets.Secondary, func() { p.move(1) }).Icon("arrow-down").KeyHint("+").Compact()
	p.needs = []*widgets.Button{edit, drop, up, down}
	bar := sideBySide(300, widgets.HBox(8, add, edit, drop), widgets.HFlex(8, []float32{1, 0, 0}, widgets.Spacer(), up, down))
	p.all = widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 10, bar), p.told, p.table)
	return p
}

func (p *papersPart) content() fyne.CanvasObject { return p.all }
func (p *papersPart) first() fyne.Focusable      { return p.table }
func (p *papersPart) add() (string, func())      { return "Ajouter une pièce", func() { p.open(-1) } }
func (p *papersPart) goTo(string)                { focusOn(p.t.sh, p.table) }

func (p *papersPart) show() {
	if p.t.ed != nil {
		p.live(true)
	}
}

func (p *papersPart) live(bool) {
	n := len(p.t.ed.draft.Documents)
	p.table.SetCount(n)
	if n == 0 {
		p.table.Empty(widgets.NewEmptyState("file-check", "Aucune pièce demandée", "Les familles réservent sans rien fournir.", widgets.NewButton("Ajouter une pièce…", widgets.Secondary, func() { p.open(-1) }).Compact()))
	}
	for _, b := range p.needs {
		b.SetEnabled(n > 0, "Aucune pièce n’est demandée.")
	}
	text := ""
	for _, f := range p.t.ed.flaws() {
		if head(f.Field) == "documents" && text == "" {
			text = f.Text
		}
	}
	if p.told.Visible() != (text != "") || text != "" && p.flaw.Text() != text {
		p.flaw.Set(widgets.Failure, text, "")
		p.told.Hidden = text == ""
		p.all.Refresh()
	}
}

func (p *papersPart) change(f func(d *catalog.Draft)) {
	p.t.typed("documents", func(d *catalog.Draft) error { f(d); return nil })
	p.live(true)
}

func (p *papersPart) drop() {
	if row := p.table.Selected(); row >= 0 && row < len(p.t.ed.draft.Documents) {
		p.change(func(d *catalog.Draft) { d.Documents = slices.Delete(d.Documents, row, row+1) })
	}
}

// move puts the document one line up or down.
func (p *papersPart) move(step int) {
	row := p.table.Selected()
	to := row + step
	if p.t.ed == nil || row < 0 || to < 0 || to >= len(p.t.ed.draft.Documents) {
		return
	}
	p.change(func(d *catalog.Draft) { d.Documents[row], d.Documents[to] = d.Documents[to], d.Documents[row] })
	p.table.Select(to)
}

// open edits the document of a row; -1 adds one.
func (p *papersPart) open(row int) {
	if p.t.ed == nil || row >= len(p.t.ed.draft.Documents) {
		return
	}
	title, verb, base := "Demander une pièce", "Ajouter", catalog.RequiredDocument{Months: 12}
	if row >= 0 {
		title, verb, base = "Pièce demandée", "Modifier", p.t.ed.draft.Documents[row]
	}
	var options []widgets.Option
	for _, k := range catalog.DocumentKinds() {
		if k == base.Kind || !slices.ContainsFunc(p.t.ed.draft.Documents, func(d catalog.RequiredDocument) bool { return d.Kind == k }) {
			options = append(options, widgets.Option{ID: k, Label: catalog.DocumentLabel(k)})
		}
	}
	if len(options) == 0 {
		p.t.sh.Toast("Toutes les pièces connues sont déjà demandées.")
		return
	}
	label, months := widgets.NewTextField(), widgets.NewTextField().Suffix("mois")
	before := base.Kind
	kind := widgets.NewSelect(func(id string) { // a label nobody has changed follows the kind
		if label.Text() == "" || label.Text() == catalog.DocumentLabel(before) {
			label.SetText(catalog.DocumentLabel(id))
		}
		before = id
	}, options...)
	kind.Set(base.Kind)
	label.SetText(base.Label)
	months.SetText(strconv.Itoa(base.Months))
	debit := widgets.NewCheck("Seulement en prélèvement", nil)
	debit.Set(base.DebitOnly)
	form := widgets.NewForm().Add(widgets.NewField("Sorte", "", kind), func() error {
		if kind.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez une sorte de pièce.")
		}
		return nil
	}).Add(widgets.NewField("Nom montré aux familles", "", label), func() error {
		if label.Text() == "" {
			return fault.New(fault.Invalid, "Donnez un nom à la pièce.")
		}
		return nil
	}).Add(widgets.NewField("Valable pendant", "Ensuite elle est redemandée.", months), func() error { _, err := wholeNumber(months.Text(), 1, 120); return err }).Line(debit)
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog(title, "Rien n’est enregistré avant « Enregistrer » sur le service.", form.Content(), verb, widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		n, err := wholeNumber(months.Text(), 1, 120)
		if err != nil {
			return // Validate has just said so
		}
		to := catalog.RequiredDocument{Kind: kind.Value(), Label: label.Text(), Months: n, DebitOnly: debit.Checked()}
		dialog.Close()
		at := row
		p.change(func(d *catalog.Draft) {
			if row < 0 {
				d.Documents = append(d.Documents, to)
				at = len(d.Documents) - 1
				return
			}
			d.Documents[row] = to
		})
		p.table.Select(at)
	})
	dialog.First = kind
	p.t.sh.Show(dialog)
}

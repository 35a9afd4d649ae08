package billing

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// returnsCard is what banks sent back: it reads a file and keeps the list of
// those that were read.
type returnsCard struct {
	p     *page
	panel *widgets.Panel
	list  *widgets.ActionList
	none  *widgets.Label
	read  []billing.Return
}

func newReturnsCard(p *page) *returnsCard {
	c := &returnsCard{p: p, none: widgets.NewParagraph("Rejets et relevés de la banque"+nbsp+": pain.002, camt.053 ou camt.054. Un fichier relu ne change rien.", widgets.Small)}
	button := widgets.NewButton("Lire un fichier…", widgets.Secondary, p.readReturn).Icon("upload").Compact()
	c.list = widgets.NewActionList(func(r widgets.ActionRow) {
		for _, x := range c.read {
			if plainID(x.ID) == r.ID {
				p.showReturn(x, "", nil)
			}
		}
	})
	c.list.Set(nil)
	c.panel = widgets.NewPanel("Retours", widgets.Pad(16, 12, c.none)).Icon("inbox").Right(button).Flush().Line()
	return c
}

func (c *returnsCard) show(s *sheet) {
	c.read = s.debits.returns
	rows := make([]widgets.ActionRow, 0, len(c.read))
	for _, r := range c.read {
		row := widgets.ActionRow{Icon: "circle-check", Tone: widgets.Success, Title: r.Kind, Detail: returnWords(r), Action: "Voir", ID: plainID(r.ID)}
		if r.Unmatched > 0 {
			row.Icon, row.Tone = "triangle-alert", widgets.Warning
		}
		rows = append(rows, row)
	}
	c.list.Set(rows)
	if len(rows) == 0 {
		c.panel.SetContent(widgets.Pad(16, 12, c.none))
		return
	}
	c.panel.SetContent(c.list)
}

// returnWords counts what a bank's file told.
func returnWords(r billing.Return) string {
	text := plural(r.Matched, "rejet", "rejets")
	if r.Known > 0 {
		text += ", " + plural(r.Known, "déjà connu", "déjà connus")
	}
	if r.Unmatched > 0 {
		text += ", " + plural(r.Unmatched, "inconnu", "inconnus")
	}
	return text
}

// largest is how big a bank's file may be before it is read, in bytes: what a
// town gets is a thousandth of it.
const largest = 64 << 20

// readReturn chooses a file, shows what it says, and reads it once the agent agrees.
func (p *page) readReturn() {
	var path string
	var content []byte
	var plan billing.Return
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = p.sh.Files().Open(ctx, "Fichier de la banque", "*.xml"); err != nil || path == "" {
			return err
		}
		if content, err = readFile(path); err != nil {
			return err
		}
		plan, err = p.d.Billing.PlanReturn(ctx, filepath.Base(path), bytes.NewReader(content))
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.showReturn(plan, filepath.Base(path), content)
		}
	})
}

// readFile reads a whole file of at most the largest size.
func readFile(path string) (content []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être lu.", filepath.Base(path))
	}
	content, err = io.ReadAll(io.LimitReader(f, largest+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être lu.", filepath.Base(path))
	case len(content) > largest:
		return nil, fault.New(fault.Invalid, "Le fichier « %s » dépasse 64 Mo"+nbsp+": ce n’est pas un retour de prélèvements.", filepath.Base(path))
	}
	return content, nil
}

// showReturn shows a bank's file line by line; with its content it can be read.
func (p *page) showReturn(r billing.Return, name string, content []byte) {
	table := widgets.NewTable(fit([]widgets.Column{
		{ID: "family", Title: "Famille", Width: 132},
		{ID: "amount", Title: "Montant", Width: 84, Right: true},
		{ID: "reason", Title: "Motif de la banque"},
		{ID: "outcome", Title: "Suite", Width: 116},
	}), func(i, col int) widgets.Cell {
		if i >= len(r.Lines) {
			return widgets.Cell{}
		}
		return returnCell(r.Lines[i], col)
	}).RowHeight(36)
	detail := widgets.NewParagraph("", widgets.Small)
	table.OnSelect = func(i int) {
		if i >= 0 && i < len(r.Lines) {
			detail.Set(fault.French(r.Lines[i].Detail))
		}
	}
	if len(r.Lines) == 0 {
		table.Empty(widgets.NewEmptyState("circle-check", "Aucun rejet", "Ce fichier ne dit rien d’un prélèvement refusé ou rendu.", nil))
	} else {
		table.SetCount(len(r.Lines))
		detail.Set(fault.French(r.Lines[0].Detail))
	}
	verb, kind := "", widgets.Primary
	if content != nil && !r.Replayed {
		verb = "Enregistrer ce retour"
	}
	sub := r.Kind + ", " + returnWords(r)
	if r.Replayed {
		sub = "Ce fichier a déjà été lu : rien n’a changé. " + sub
	}
	title := "Retour de la banque"
	if name != "" {
		title = name
	}
	busy := false
	f := widgets.NewForm().Line(tallTable(table, min(len(r.Lines), 8), 36)).Line(detail)
	var d *widgets.Dialog
	d = widgets.NewDialog(title, fault.French(sub), f.Content(), verb, kind, func() {
		if busy {
			return
		}
		busy = true
		var done billing.Return
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			done, err = p.d.Billing.ReadReturn(ctx, name, bytes.NewReader(content))
			return err
		}, func(err error) {
			if err != nil {
				busy = false
				f.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Retour enregistré"+nbsp+": "+returnWords(done), nil)
			p.changed()
		})
	})
	d.Width, d.First, d.CancelWord = 720, table, "Fermer"
	p.sh.Show(d)
}

func returnCell(l billing.ReturnLine, col int) widgets.Cell {
	switch col {
	case 0:
		if l.Family == "" {
			return widgets.Cell{Text: l.EndToEnd, Ink: theme.Ardoise600}
		}
		return widgets.Cell{Text: l.Family, Bold: true}
	case 1:
		return widgets.Cell{Text: l.Amount.String()}
	case 2:
		return widgets.Cell{Text: l.Reason, Bold: true, Sub: l.Label}
	}
	b := widgets.BadgeSpec{Icon: "undo", Text: "À rouvrir", Tone: widgets.Warning}
	switch l.Outcome {
	case "known":
		b = widgets.BadgeSpec{Icon: "check", Text: "Déjà connu", Tone: widgets.Neutral}
	case "unmatched":
		b = widgets.BadgeSpec{Icon: "help", Text: "Inconnu", Tone: widgets.Failure}
	}
	return widgets.Cell{Badge: &b}
}

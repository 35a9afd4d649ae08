package setup

import (
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/ui/widgets"
)

// noethysPage asks for the file of Noethys.
type noethysPage struct {
	s      *Screen
	path   *widgets.TextField
	field  *widgets.Field
	choose *widgets.Button
	box    fyne.CanvasObject
}

func newNoethys(s *Screen) *noethysPage {
	p := &noethysPage{s: s, path: widgets.NewTextField().Icon("file").PlaceHolder("MAIRIE_DATA.dat")}
	p.field = widgets.NewField("Fichier de Noethys", "Celui dont le nom finit par _DATA.dat, souvent dans le dossier Documents, Noethys. Il est lu, jamais modifié.", p.path)
	p.path.OnChanged = func(string) { p.field.SetError("") }
	s.chain(p.path)
	p.choose = widgets.NewButton("Choisir le fichier…", widgets.Secondary, p.ask).Icon("folder")
	p.box = widgets.VBox(16, p.field, widgets.HBox(0, p.choose),
		widgets.NewAlert(widgets.Info, "Repris"+nbsp+": familles, enfants, écoles et classes, régimes, soldes, repas à venir.", "").
			Detail("Laissés"+nbsp+": santé, comptes bancaires, anciennes factures. Vous verrez tout avant que rien ne soit écrit."))
	return p
}

func (p *noethysPage) ask() {
	s := p.s
	var path string
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) (err error) {
		path, err = s.d.Files.Open(ctx, "Ouvrir le fichier de Noethys", "*.dat")
		return err
	}, func(err error) {
		s.told(err)
		if err == nil && path != "" {
			p.path.SetText(path)
			s.d.Canvas.Focus(s.on)
		}
	})
}

func (p *noethysPage) label() string { return "Fichier" }

func (p *noethysPage) words() (head, text string) {
	return "Reprendre les données de Noethys", "Ardoise lit la base de Noethys, puis demande ce qu’elle ne dit pas" + nbsp + ": la commune, les règles de la cantine et le premier administrateur."
}
func (p *noethysPage) content() fyne.CanvasObject { return p.box }
func (p *noethysPage) enter()                     {}
func (p *noethysPage) first() fyne.Focusable      { return p.choose }
func (p *noethysPage) verb() (text, icon string)  { return "Suivant", "arrow-right" }

func (p *noethysPage) next(then func()) {
	if p.path.Text() == "" {
		p.field.SetError("Choisissez le fichier de Noethys, celui dont le nom finit par _DATA.dat.")
		p.s.d.Canvas.Focus(p.choose)
		return
	}
	p.s.a.noethys = p.path.Text()
	then()
}

// takeLine is a line of the take-over's plan.
type takeLine struct {
	what, who, text string
	todo            bool
}

// takeLines says the plan line by line: what somebody must see to first.
func takeLines(x *importer.NoethysPlan) (out []takeLine) {
	todo := func(action string) bool { return action == importer.LeftOut }
	word := map[string]string{importer.Create: "À créer", importer.Update: "À modifier", importer.Take: "Repris", importer.Already: "Déjà là", importer.Unchanged: "Déjà là", importer.LeftOut: "Laissé"}
	for _, r := range x.Refused {
		out = append(out, takeLine{"Refusé", r.Who, r.Reason, true})
	}
	for _, s := range x.Schools {
		out = append(out, takeLine{"École, " + word[s.Action], s.Name, s.Reason, todo(s.Action)})
	}
	for _, b := range x.Balances {
		out = append(out, takeLine{"Solde, " + word[b.Action], b.Family, b.Balance.String() + ". " + b.Reason, todo(b.Action)})
	}
	for _, q := range x.Requests {
		out = append(out, takeLine{"Accès, " + word[q.Action], q.Child, q.Reason, todo(q.Action)})
	}
	type group struct{ child, action, reason string }
	days := map[group][]importer.NoethysMeal{}
	var order []group
	for _, m := range x.Meals {
		g := group{m.Child, m.Action, m.Reason}
		if days[g] == nil {
			order = append(order, g)
		}
		days[g] = append(days[g], m)
	}
	for _, g := range order {
		list := days[g]
		text := list[0].Day.Short()
		if len(list) > 1 {
			text = fmt.Sprintf("%d, du %s au %s", len(list), text, list[len(list)-1].Day.Short())
		}
		out = append(out, takeLine{"Repas à venir, " + word[g.action], g.child, text + ". " + g.reason, todo(g.action)})
	}
	for _, n := range x.Notices {
		out = append(out, takeLine{"À savoir", "", n.Text, true})
	}
	for _, l := range x.Lines {
		out = append(out, takeLine{"Enfant, " + word[l.Action], l.Child, l.Family + " " + l.Class + " " + l.Detail, false})
	}
	first := make([]takeLine, 0, len(out))
	for _, want := range []bool{true, false} {
		for _, l := range out {
			if l.todo == want {
				l.text = fault.French(l.text)
				first = append(first, l)
			}
		}
	}
	return first
}

// takingPage shows what would be taken over, then has it done.
type takingPage struct {
	s       *Screen
	lines   []takeLine
	summary *widgets.Alert
	table   *widgets.Table
	detail  *widgets.Label
	box     fyne.CanvasObject
}

func newTaking(s *Screen) *takingPage {
	p := &takingPage{s: s}
	p.summary = widgets.NewAlert(widgets.Info, "", "")
	p.table = widgets.NewTable([]widgets.Column{{ID: "what", Title: "Quoi", Width: 190}, {ID: "who", Title: "Qui", Width: 190}, {ID: "text", Title: "Détail"}}, func(row, col int) widgets.Cell {
		if row >= len(p.lines) {
			return widgets.Cell{}
		}
		l := p.lines[row]
		switch col {
		case 0:
			c := widgets.Cell{Text: l.what, Bold: l.todo}
			if l.todo {
				c.Icon = "triangle-alert"
			}
			return c
		case 1:
			return widgets.Cell{Text: l.who}
		}
		return widgets.Cell{Text: l.text}
	}).RowHeight(36)
	p.detail = widgets.NewParagraph("", widgets.Small)
	p.table.OnSelect = func(row int) {
		if row >= 0 && row < len(p.lines) {
			p.detail.Set(p.lines[row].text)
			p.box.Refresh()
		}
	}
	p.box = widgets.VFlex(12, []float32{0, 1, -52}, p.summary, widgets.NewPanel("", p.table).Flush(), p.detail)
	return p
}

func (p *takingPage) label() string { return "Reprise" }

func (p *takingPage) words() (head, text string) {
	return "Ce qui sera repris", "Rien n’est encore écrit. Ce qui demande une suite est en premier" + nbsp + "; la ligne choisie se lit en entier sous le tableau."
}
func (p *takingPage) content() fyne.CanvasObject { return p.box }
func (p *takingPage) first() fyne.Focusable      { return p.table }

func (p *takingPage) verb() (text, icon string) {
	if p.s.a.takeover == nil {
		return "Relire le fichier", "refresh"
	}
	return "Créer et reprendre", "check"
}

func (p *takingPage) enter() {
	p.s.a.canteen(p.s.today)
	p.lines = nil
	p.table.Loading("Lecture de " + filepath.Base(p.s.a.noethys) + "…")
	p.summary.Hide()
	p.prepare()
}

func (p *takingPage) prepare() {
	s := p.s
	town, in := s.a.town(), importer.Noethys{Path: s.a.noethys}
	var x *data.TakeOver
	old := s.a.takeover
	s.a.takeover = nil
	s.run("Lecture…", func(ctx context.Context) (err error) {
		if old != nil {
			if err := old.Drop(); err != nil {
				return err
			}
		}
		x, err = s.d.House.TakeOver(ctx, town, in)
		return err
	}, func() {
		s.a.takeover = x
		p.lines = takeLines(x.Plan)
		p.summary.Set(widgets.Info, fault.French(x.Plan.Summary()), "")
		p.summary.Show()
		p.table.Empty(widgets.NewEmptyState("file", "Ce fichier ne contient rien à reprendre", "Vérifiez que c’est le bon.", nil))
		p.table.SetCount(len(p.lines))
		p.box.Refresh()
		s.label()
	})
}

// failed says in the table too that nothing was read.
func (p *takingPage) failed(err error) {
	if p.s.a.takeover == nil {
		p.table.Failed(fault.Sentence(err), p.enter)
	}
}

// goBack gives the take-over up: what was typed stays.
func (p *takingPage) goBack() bool {
	s := p.s
	if x := s.a.takeover; x != nil {
		s.a.takeover = nil
		if err := x.Drop(); err != nil {
			s.d.Log(err)
		}
	}
	return false
}

func (p *takingPage) next(func()) {
	s := p.s
	x, agent := s.a.takeover, s.a.agent
	if x == nil {
		p.enter()
		return
	}
	s.run("Reprise…", func(ctx context.Context) error { return x.Commit(ctx, agent) }, func() {
		s.a.takeover = nil
		s.enter()
	})
}

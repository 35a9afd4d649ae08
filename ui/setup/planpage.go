package setup

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/ui/widgets"
)

// mailPage asks whether the mailbox is set up right after.
type mailPage struct {
	s    *Screen
	when *widgets.RadioRows
	box  fyne.CanvasObject
}

func newMail(s *Screen) *mailPage {
	p := &mailPage{s: s}
	p.when = widgets.NewRadioRows(nil,
		widgets.Option{ID: "later", Label: "Plus tard", Detail: "Ardoise fonctionne sans courriel. Réglages, Messagerie, le jour venu."},
		widgets.Option{ID: "now", Label: "Juste après la création", Detail: "Réglages, Messagerie s’ouvrira. Ayez l’adresse et son mot de passe."})
	p.when.Set("later")
	p.box = widgets.VBox(16, p.when)
	return p
}

func (p *mailPage) label() string { return "Courriel" }

func (p *mailPage) words() (head, text string) {
	return "Messagerie de la cantine", "Une adresse de la mairie permet de recevoir les demandes des familles et de leur répondre."
}
func (p *mailPage) content() fyne.CanvasObject { return p.box }
func (p *mailPage) enter()                     {}
func (p *mailPage) first() fyne.Focusable      { return p.when }
func (p *mailPage) verb() (text, icon string)  { return "Suivant", "arrow-right" }

func (p *mailPage) next(then func()) {
	p.s.a.mail = p.when.Value() == "now"
	then()
}

// planPage shows what will be made, line by line, then has it made.
type planPage struct {
	s     *Screen
	lines []data.PlanLine
	table *widgets.Table
	box   fyne.CanvasObject
}

func newPlan(s *Screen) *planPage {
	p := &planPage{s: s}
	p.table = widgets.NewTable([]widgets.Column{{ID: "head", Title: "Ce qui sera créé", Width: 180}, {ID: "text", Title: ""}}, func(row, col int) widgets.Cell {
		if row >= len(p.lines) {
			return widgets.Cell{}
		}
		if col == 0 {
			return widgets.Cell{Text: p.lines[row].Head, Bold: true}
		}
		return widgets.Cell{Text: p.lines[row].Text}
	}).RowHeight(36).NoSelection()
	p.box = widgets.NewPanel("", p.table).Flush()
	return p
}

func (p *planPage) label() string { return "Résumé" }

func (p *planPage) words() (head, text string) {
	return "Tout est prêt", "Rien n’est encore écrit. «" + nbsp + "Créer la base" + nbsp + "» fait tout d’un seul coup."
}
func (p *planPage) content() fyne.CanvasObject { return p.box }
func (p *planPage) first() fyne.Focusable      { return p.s.on }
func (p *planPage) verb() (text, icon string)  { return "Créer la base", "check" }

func (p *planPage) enter() {
	p.s.a.canteen(p.s.today)
	where := p.s.d.Place
	if p.s.a.server != "" {
		where = shownAddress(p.s.a.server)
	}
	p.lines = append([]data.PlanLine{{Head: "Base", Text: where}}, p.s.a.town().Plan()...)
	p.table.SetCount(len(p.lines))
}

func (p *planPage) next(func()) {
	s := p.s
	town, server := s.a.town(), s.a.server
	s.run("Création…", func(ctx context.Context) error { return s.d.House.Create(ctx, server, town) }, func() { s.enter() })
}

// enter leaves the wizard for the base that was made.
func (s *Screen) enter() {
	e := &Entry{Login: s.a.agent.Login, Password: s.a.agent.Password, Word: "La base de " + s.a.commune.Name + " est créée."}
	if s.a.mail {
		e.Section, e.Arg = "settings", "mail"
	}
	server := s.a.server
	s.Close()
	s.d.House.Open(server, e)
}

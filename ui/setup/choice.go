package setup

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// way is one of the ways in.
type way struct{ id, icon, title, text string }

var ways = []way{
	{"new", "school", "Nouvelle commune", "Votre commune, ses écoles, sa cantine et le premier agent, en quelques minutes."},
	{"demo", "play", "Essayer la démonstration", "Une commune fictive, déjà remplie. Rien n’est envoyé, rien n’est réel."},
	{"join", "server", "Rejoindre la base de ma mairie", "Ardoise sert déjà sur d’autres postes, avec un serveur PostgreSQL."},
	{"restore", "history", "Restaurer une sauvegarde", "Ce poste remplace un autre, ou les données sont à reprendre d’une copie."},
	{"noethys", "upload", "Reprendre les données de Noethys", "Familles, enfants, régimes, soldes et repas à venir, montrés avant d’être repris."},
}

// choice is the first page: how to begin.
type choice struct {
	s    *Screen
	list *widgets.List
	box  fyne.CanvasObject
}

func newChoice(s *Screen) *choice {
	p := &choice{s: s}
	p.list = widgets.NewList(68, func(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
		if row >= len(ways) {
			return
		}
		w := ways[row]
		ic := theme.Px(24)
		g.Icon(b.X, b.Y+(b.H-ic)/2, ic, w.icon, theme.Accent)
		x := b.X + ic + 16
		lines := float32(len(widgets.Wrap(w.text, widgets.Body, b.W-x)))
		h := theme.Px(22) + lines*widgets.LineHeight(widgets.Body)
		y := b.Y + (b.H-h)/2
		g.Text(x, y, b.X+b.W-x, theme.Px(22), w.title, widgets.CardTitle)
		g.Paragraph(x, y+theme.Px(22), b.X+b.W-x, w.text, widgets.Body.With(theme.Ardoise600))
	})
	p.list.SetCount(len(ways))
	p.list.OnOpen = func(row int) { p.open(row) }
	p.list.OnTapRow(p.open)
	p.box = widgets.VFlex(12, []float32{1, 0}, p.list, widgets.NewKeyHints("Flèches", "choisir", "Entrée", "continuer"))
	return p
}

func (p *choice) label() string { return "Début" }
func (p *choice) words() (head, text string) {
	return "Bienvenue dans Ardoise", "Comment voulez-vous commencer ?"
}
func (p *choice) content() fyne.CanvasObject { return p.box }
func (p *choice) enter()                     {}
func (p *choice) first() fyne.Focusable      { return p.list }
func (p *choice) verb() (text, icon string)  { return "Continuer", "arrow-right" }
func (p *choice) next(func())                { p.open(p.list.Selected()) }

func (p *choice) open(row int) {
	if row < 0 || row >= len(ways) || p.s.busy {
		return
	}
	switch id := ways[row].id; id {
	case "demo":
		p.s.d.House.Demo()
	default:
		p.s.take(id)
	}
}

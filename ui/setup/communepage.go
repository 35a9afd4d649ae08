package setup

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

const proposals = 4

// communePage asks which commune it is and which schools it has.
type communePage struct {
	s                   *Screen
	name, postal, insee *widgets.TextField
	form                *widgets.Form
	codes               []*widgets.Field // name, postal and INSEE
	hits                []catalog.Commune
	list                *widgets.List
	listBox             *fyne.Container
	schools             []*schoolRow
	rows                *fyne.Container
	add                 *widgets.Button
	box                 fyne.CanvasObject
}

// schoolRow is a school being typed.
type schoolRow struct {
	name, classes   *widgets.TextField
	nameF, classesF *widgets.Field
	line            fyne.CanvasObject
	mine            bool // proposed by the program, not typed
}

func newCommune(s *Screen) *communePage {
	p := &communePage{s: s, form: widgets.NewForm(), rows: widgets.VBox(8)}
	p.name, p.postal, p.insee = widgets.NewTextField().Icon("search").PlaceHolder("Saint-Marcel-en-Dombes"), widgets.NewTextField().PlaceHolder("01390"), widgets.NewTextField().PlaceHolder("01371")
	name, postal, insee := widgets.NewField("Commune", "", p.name), widgets.NewField("Code postal", "", p.postal), widgets.NewField("Code INSEE", "", p.insee)
	p.codes = []*widgets.Field{name, postal, insee}
	check := func(field string) func() error {
		return func() error {
			if field == "insee" && p.typed().INSEE == "" {
				return fault.New(fault.Invalid, "Indiquez le code INSEE, par exemple 01371.")
			}
			return flaw(catalog.CheckCommune(p.typed()), field)
		}
	}
	p.form.Watch(name, check("name")).Watch(postal, check("postal")).Watch(insee, check("insee"))
	late := func(f *widgets.Field, in *widgets.TextField, field string) {
		in.OnFocus = func(on bool) { // judged as soon as it is left, never while it is begun
			if !on && in.Text() != "" {
				f.SetError(sentence(check(field)()))
			}
		}
	}
	late(postal, p.postal, "postal")
	late(insee, p.insee, "insee")
	p.list = widgets.NewList(36, p.draw)
	p.list.OnTapRow(p.pick)
	p.listBox = widgets.VFlex(0, []float32{-(proposals*36 + 8)}, p.list)
	p.listBox.Hide()
	p.name.OnChanged = func(string) { p.propose() }
	p.name.OnKey = p.key
	p.add = widgets.NewButton("Ajouter une école", widgets.Secondary, func() { p.another("", "").focus(s) }).Icon("plus").Compact()
	p.another("", "").mine = true
	p.chain()
	p.form.Line(widgets.HFlex(16, []float32{3, 1, 1}, name, postal, insee))
	p.box = scroll(widgets.VBox(16, p.form.Content(), p.listBox,
		widgets.VBox(4, widgets.NewLabel("Écoles", widgets.Heading), widgets.NewParagraph("Les classes peuvent attendre"+nbsp+": l’import des listes de ONDE les crée. Séparez-les par des virgules.", widgets.Small)),
		p.rows, widgets.HBox(0, p.add)))
	return p
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	return fault.Sentence(err)
}

func (p *communePage) typed() catalog.Commune {
	return catalog.Commune{Name: strings.Join(strings.Fields(p.name.Text()), " "), Postal: strings.TrimSpace(p.postal.Text()), INSEE: strings.ToUpper(strings.TrimSpace(p.insee.Text()))}
}

func (p *communePage) draw(g *widgets.Gfx, row int, b widgets.Box, selected bool) {
	if row < len(p.hits) {
		c := p.hits[row]
		widgets.DrawOption(g, b, widgets.Option{Label: c.Name, Detail: c.Postal + " · INSEE " + c.INSEE, Icon: "home"}, selected)
	}
}

// propose shows the known communes that the text may mean.
func (p *communePage) propose() {
	p.hits = propose(p.s.d.Known, p.name.Text(), proposals)
	if whole(p.s.d.Known, p.typed()) {
		p.hits = nil
	}
	shown := p.listBox.Visible()
	if len(p.hits) == 0 {
		p.listBox.Hide()
	} else {
		p.list.SetCount(len(p.hits))
		p.list.Select(0)
		p.listBox.Show()
	}
	if shown != p.listBox.Visible() {
		p.box.Refresh()
	}
}

// key lets the arrows choose among what is proposed while the name has the keyboard.
func (p *communePage) key(ev *fyne.KeyEvent) bool {
	if len(p.hits) == 0 {
		return false
	}
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown:
		p.list.TypedKey(ev)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.pick(p.list.Selected())
	case fyne.KeyEscape:
		p.hits = nil
		p.listBox.Hide()
		p.box.Refresh()
	default:
		return false
	}
	return true
}

func (p *communePage) pick(row int) {
	if row < 0 || row >= len(p.hits) {
		return
	}
	c := p.hits[row]
	p.name.SetText(c.Name)
	p.postal.SetText(c.Postal)
	p.insee.SetText(c.INSEE)
	for _, f := range p.codes { // what was wrong was taken from the list
		f.SetError("")
	}
	p.form.Refuse(nil)
	p.propose()
	if s := p.schools[0]; s.mine {
		s.name.SetText("École " + fault.De(c.Name))
		s.mine = true
	}
	p.s.d.Canvas.Focus(p.schools[0].name.FocusTarget())
	p.schools[0].name.SelectAll()
}

// another adds a school to the list.
func (p *communePage) another(name, classes string) *schoolRow {
	r := &schoolRow{name: widgets.NewTextField().PlaceHolder("École Jules-Ferry"), classes: widgets.NewTextField().PlaceHolder("PS MS, GS, CP, CE1 CE2…")}
	first := len(p.schools) == 0
	title := func(t string) string {
		if first {
			return t
		}
		return ""
	}
	r.nameF, r.classesF = widgets.NewField(title("Nom de l’école"), "", r.name), widgets.NewField(title("Classes (facultatif)"), "", r.classes)
	r.name.SetText(name)
	r.classes.SetText(classes)
	r.name.OnChanged = func(string) { r.mine = false; r.nameF.SetError("") }
	r.classes.OnChanged = func(string) { r.classesF.SetError("") }
	drop := widgets.NewIconButton("trash", "Retirer cette école", func() { p.drop(r) })
	var side fyne.CanvasObject = widgets.VBox(0, drop)
	if first {
		side = widgets.Spacer()
	}
	r.line = widgets.HFlex(16, []float32{1, 1, -40}, r.nameF, r.classesF, side)
	p.schools = append(p.schools, r)
	p.show()
	return r
}

func (r *schoolRow) focus(s *Screen) { s.d.Canvas.Focus(r.name.FocusTarget()) }

func (p *communePage) drop(r *schoolRow) {
	for i, o := range p.schools {
		if o == r {
			p.schools = append(p.schools[:i:i], p.schools[i+1:]...)
		}
	}
	p.show()
	p.s.d.Canvas.Focus(p.add)
}

func (p *communePage) show() {
	p.rows.Objects = nil
	for _, r := range p.schools {
		p.rows.Objects = append(p.rows.Objects, r.line)
	}
	p.rows.Refresh()
	p.chain()
	if p.box != nil {
		p.box.Refresh()
	}
}

func (p *communePage) chain() {
	fields := []*widgets.TextField{p.name, p.postal, p.insee}
	for _, r := range p.schools {
		fields = append(fields, r.name, r.classes)
	}
	p.s.chain(fields...)
}

func (p *communePage) label() string { return "Commune" }

func (p *communePage) words() (head, text string) {
	return "Votre commune", "Tapez les premières lettres" + nbsp + ": les communes connues sont proposées. Une autre s’écrit à la main, avec ses codes."
}
func (p *communePage) content() fyne.CanvasObject { return p.box }
func (p *communePage) enter()                     {}
func (p *communePage) first() fyne.Focusable      { return p.name.FocusTarget() }
func (p *communePage) verb() (text, icon string)  { return "Suivant", "arrow-right" }

func (p *communePage) next(then func()) {
	ok := p.form.Validate()
	var list []catalog.FoundingSchool
	for _, r := range p.schools {
		list = append(list, catalog.FoundingSchool{Name: strings.Join(strings.Fields(r.name.Text()), " "), Classes: catalog.SplitClasses(r.classes.Text())})
	}
	flaws := catalog.Founding{Schools: list}.CheckSchools()
	for i, r := range p.schools {
		for f, path := range map[*widgets.Field]string{r.nameF: "name", r.classesF: "classes"} {
			err := flaw(flaws, fmt.Sprintf("schools[%d].%s", i, path))
			f.SetError(sentence(err))
			if err != nil && ok {
				ok = false
				p.s.d.Canvas.Focus(f.Input().FocusTarget())
			}
		}
	}
	if !ok {
		return
	}
	a := &p.s.a
	a.commune, a.schools = p.typed(), list
	then()
}

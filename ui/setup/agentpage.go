package setup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// agentPage asks for the first administrator.
type agentPage struct {
	s               *Screen
	name, login     *widgets.TextField
	password, again *widgets.PasswordField
	rule            *kit.PasswordRule
	form            *widgets.Form
	mine            bool // the login is ours, it follows the name
	box             fyne.CanvasObject
}

func newAgent(s *Screen) *agentPage {
	p := &agentPage{s: s, form: widgets.NewForm(), mine: true, rule: kit.NewPasswordRule()}
	p.name, p.login = widgets.NewTextField().Icon("user").PlaceHolder("Nathalie Perret"), widgets.NewTextField().PlaceHolder("nathalie.perret")
	p.password, p.again = widgets.NewPasswordField(), widgets.NewPasswordField()
	name := widgets.NewField("Prénom et nom", "Il signe ce que vous faites dans Ardoise.", p.name)
	login := widgets.NewField("Identifiant", "Ce que vous taperez pour vous connecter.", p.login)
	first, second := widgets.NewField("Mot de passe", "", p.password), widgets.NewField("Le même une seconde fois", "", p.again)
	p.name.OnChanged = func(text string) {
		if p.mine {
			p.login.SetText(loginOf(text))
			p.mine = true
		}
		p.judge()
	}
	p.login.OnChanged = func(text string) {
		p.mine = text == "" || text == loginOf(p.name.Text())
		p.judge()
	}
	p.login.OnFocus = func(on bool) {
		if on && p.mine && p.login.Text() != "" { // proposed: what is typed replaces it
			p.login.SelectAll()
		}
	}
	p.password.OnChanged = func(string) { first.SetError(""); p.judge() }
	p.form.Add(name, func() error {
		if strings.TrimSpace(p.name.Text()) == "" {
			return fault.New(fault.Invalid, "Indiquez votre nom : il signe ce que vous faites.")
		}
		return nil
	})
	p.form.Add(login, func() error {
		if strings.TrimSpace(p.login.Text()) == "" {
			return fault.New(fault.Invalid, "Choisissez un identifiant, par exemple prenom.nom.")
		}
		n := p.typed()
		n.Password = "sans-Rapport-9381" // the password has its own line
		return staff.CheckFirst(n)
	})
	p.form.Add(first, func() error {
		return p.rule.Check(p.password.Text(), p.login.Text(), p.name.Text())
	})
	p.form.Line(p.rule.Painting)
	p.form.Add(second, func() error {
		if p.password.Text() != p.again.Text() {
			return fault.New(fault.Invalid, "Les deux mots de passe diffèrent : retapez le second.")
		}
		return nil
	})
	s.chain(p.name, p.login, &p.password.TextField, &p.again.TextField)
	info := widgets.NewAlert(widgets.Info, "Cet agent a tous les rôles.", "").Detail("Il créera les autres agents dans Réglages, Agents, chacun avec son identifiant et ses droits.")
	p.box = scroll(widgets.HFlex(24, []float32{1, 1}, p.form.Content(), widgets.VBox(0, info)))
	return p
}

func (p *agentPage) judge() { p.rule.Judge(p.password.Text(), p.login.Text(), p.name.Text()) }

func (p *agentPage) typed() staff.NewAgent {
	return staff.NewAgent{Name: strings.TrimSpace(p.name.Text()), Login: p.login.Text(), Password: p.password.Text()}
}

func (p *agentPage) label() string { return "Agent" }

func (p *agentPage) words() (head, text string) {
	return "Premier administrateur", "La personne qui installe Ardoise. Aucun mot de passe n’existe d’avance, et personne d’autre ne le connaîtra."
}
func (p *agentPage) content() fyne.CanvasObject { return p.box }
func (p *agentPage) enter()                     {}
func (p *agentPage) first() fyne.Focusable      { return p.name.FocusTarget() }
func (p *agentPage) verb() (text, icon string)  { return "Suivant", "arrow-right" }

func (p *agentPage) next(then func()) {
	if !p.form.Validate() {
		return
	}
	p.s.a.agent = p.typed()
	then()
}

// phrasePage shows the recovery phrase, then asks for part of it back.
type phrasePage struct {
	s       *Screen
	asking  bool
	shown   *widgets.Painting
	typed   *widgets.TextField
	typedF  *widgets.Field
	showBox fyne.CanvasObject
	askBox  fyne.CanvasObject
	print   *widgets.Button
	box     *fyne.Container
}

func newPhrase(s *Screen) *phrasePage {
	p := &phrasePage{s: s, box: widgets.VBox(0)}
	if s.a.phrase == "" {
		s.a.phrase = s.d.Phrase()
	}
	s.a.asked = s.d.Ask()
	groups := strings.Split(s.a.phrase, "-")
	p.shown = widgets.NewPainting(600, 72, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise50, Stroke: theme.Ardoise300, Radius: 4})
		w := (size.Width - 16) / float32(len(groups))
		for i, text := range groups {
			x := 8 + float32(i)*w
			g.Text(x, theme.Px(8), w, theme.Px(18), string(rune('1'+i)), widgets.Small.Center())
			g.Text(x, theme.Px(28), w, theme.Px(32), text, widgets.Title.Center())
		}
	})
	p.print = widgets.NewButton("Imprimer", widgets.Secondary, p.printIt).Icon("print")
	save := widgets.NewButton("Enregistrer le PDF…", widgets.Secondary, p.saveIt).Icon("download")
	p.showBox = widgets.VBox(16, p.shown, widgets.HBox(12, p.print, save),
		widgets.NewAlert(widgets.Warning, "Elle n’est montrée que maintenant et n’est gardée nulle part.", "").Icon("key").
			Detail("Rangez la feuille au coffre de la mairie. Qui la tient peut ouvrir la base, même sans mot de passe."))
	p.typed = widgets.NewTextField().PlaceHolder("XXXX XXXX XXXX")
	p.typedF = widgets.NewField("Groupes "+askedText(s.a.asked)+" de la feuille", "Majuscules, tirets et espaces ne comptent pas. La phrase entière convient aussi"+nbsp+"; coller est permis.", p.typed)
	p.typed.OnChanged = func(string) { p.typedF.SetError("") }
	s.chain(p.typed)
	p.askBox = widgets.HFlex(24, []float32{1, 1}, p.typedF, widgets.Spacer())
	return p
}

func (p *phrasePage) label() string { return "Secours" }

func (p *phrasePage) words() (head, text string) {
	if p.asking {
		return "Relisez la feuille", "Retapez trois groupes de la phrase, d’après la feuille imprimée ou le fichier enregistré."
	}
	return "Votre phrase de secours", "Elle rouvre la base quand plus personne n’a de mot de passe. Imprimez-la ou enregistrez-la avant de continuer."
}
func (p *phrasePage) content() fyne.CanvasObject { return p.box }

func (p *phrasePage) enter() {
	p.box.Objects = []fyne.CanvasObject{p.showBox}
	if p.asking {
		p.box.Objects = []fyne.CanvasObject{p.askBox}
	}
	p.box.Refresh()
}

func (p *phrasePage) first() fyne.Focusable {
	if p.asking {
		return p.typed.FocusTarget()
	}
	return p.print
}

func (p *phrasePage) verb() (text, icon string) {
	if p.asking {
		return "Vérifier", "check"
	}
	return "La feuille est là", "arrow-right"
}

// goBack shows the phrase again before it leaves the page.
func (p *phrasePage) goBack() bool {
	was := p.asking
	p.asking = false
	if was {
		p.s.show()
	}
	return was
}

func (p *phrasePage) next(then func()) {
	if !p.asking {
		p.asking = true
		p.s.show()
		return
	}
	if err := checkBack(p.s.a.phrase, p.typed.Text(), p.s.a.asked); err != nil {
		p.typedF.SetError(sentence(err))
		p.s.d.Canvas.Focus(p.typed.FocusTarget())
		return
	}
	then()
}

func (p *phrasePage) where() string {
	if p.s.a.server != "" {
		return "Base PostgreSQL de " + p.s.a.commune.Name
	}
	return p.s.d.Place
}

func (p *phrasePage) printIt() {
	s := p.s
	s.dropPaper()
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) (err error) {
		if s.temp, err = kit.WriteTemp("phrase-de-secours.pdf", s.d.paper(ctx, p.where(), s.a.agent.Name, s.a.phrase)); err != nil {
			return err
		}
		return s.d.Files.View(s.temp)
	}, s.told)
}

func (p *phrasePage) saveIt() {
	s := p.s
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) error {
		path, err := s.d.Files.Save(ctx, "Enregistrer la phrase de secours", "phrase-de-secours.pdf")
		if err != nil || path == "" {
			return err
		}
		return kit.WriteFile(path, s.d.paper(ctx, p.where(), s.a.agent.Name, s.a.phrase))
	}, s.told)
}

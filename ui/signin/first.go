package signin

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

// passwordPair prepares a new password and its repetition, judged as typed.
func (s *Screen) passwordPair(label string) {
	s.password, s.again = widgets.NewPasswordField(), widgets.NewPasswordField()
	s.rule = newRuleLine()
	first, second := widgets.NewField(label, "", s.password), widgets.NewField("Le même une seconde fois", "", s.again)
	judged := func(string) {
		first.SetError("") // the line under the field says the rest as it is typed
		name := ""
		if s.name != nil {
			name = s.name.Text()
		}
		s.rule.set(judge(s.password.Text(), s.login.Text(), name))
	}
	s.password.OnChanged = judged
	s.login.OnChanged = judged
	if s.name != nil {
		s.name.OnChanged = judged
	}
	s.form.Add(first, func() error {
		name := ""
		if s.name != nil {
			name = s.name.Text()
		}
		return staff.CheckPasswordFor(s.password.Text(), staff.CleanLogin(s.login.Text()), name)
	}).Line(s.rule.Painting).Add(second, func() error { return same(s.password.Text(), s.again.Text()) })
}

// firstDoor makes the first agent of a new database.
func (s *Screen) firstDoor() []fyne.CanvasObject {
	s.login, s.name = widgets.NewTextField().Icon("user").PlaceHolder("prenom.nom"), widgets.NewTextField().PlaceHolder("Prénom Nom")
	s.form = widgets.NewForm()
	s.form.Add(widgets.NewField("Identifiant", "", s.login), func() error {
		return filled(s.login.Text(), "Choisissez un identifiant, par exemple prenom.nom.")
	})
	s.form.Add(widgets.NewField("Prénom et nom", "", s.name), func() error { return filled(s.name.Text(), "Indiquez votre nom : il signe ce que vous faites.") })
	s.passwordPair("Mot de passe")
	s.action = widgets.NewButton("Créer le premier agent", widgets.Primary, s.bootstrap).Icon("plus").KeyHint("Entrée").Final()
	s.chain(s.bootstrap, s.login, s.name, &s.password.TextField, &s.again.TextField)
	s.first = s.form.First()
	return []fyne.CanvasObject{
		widgets.NewAlert(widgets.Info, "Nouvelle base\u00a0: créez le premier agent.", "").Detail("Il a tous les rôles et créera les autres agents."),
		s.form.Content(), s.action, s.otherBase("Ouvrir une base existante…"),
	}
}

// chain makes Enter go to the next empty field, then act.
func (s *Screen) chain(act func(), fields ...*widgets.TextField) {
	for i, f := range fields {
		f.OnSubmit = func() {
			for _, next := range fields[i+1:] {
				if next.Text() == "" {
					s.d.Canvas.Focus(next.FocusTarget())
					return
				}
			}
			act()
		}
	}
}

func (s *Screen) bootstrap() {
	s.form.Refuse(nil)
	if !s.form.Validate() {
		return
	}
	login, name, password := s.login.Text(), s.name.Text(), s.password.Text()
	var secret string
	s.run("Création…", func(ctx context.Context) (err error) {
		secret, err = s.d.Staff.Bootstrap(ctx, login, name, password)
		return err
	}, s.form.Refuse, func() { s.phraseDoor(secret, login, name, password) })
}

// phraseDoor shows the recovery phrase, the only time it exists.
func (s *Screen) phraseDoor(secret, login, name, password string) {
	s.mode, s.first = showPhrase, nil
	s.alert = newSlot()
	groups := strings.Split(secret, "-")
	half := (len(groups) + 1) / 2
	lines := []string{strings.Join(groups[:half], " – "), strings.Join(groups[half:], " – ")}
	shown := widgets.NewPainting(cardWidth-96, 84, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise50, Stroke: theme.Ardoise300, Radius: 4})
		for i, l := range lines {
			g.Text(8, theme.Px(10)+float32(i)*theme.Px(32), size.Width-16, theme.Px(32), l, widgets.Title.Center())
		}
	})
	s.action = widgets.NewButton("Entrer dans Ardoise", widgets.Primary, func() { s.first2nd(login, password) }).Icon("arrow-right").Final()
	s.action.SetEnabled(false, "Cochez d’abord que la phrase est en lieu sûr.")
	s.copied = widgets.NewCheck("Je l’ai imprimée ou recopiée.", func(on bool) {
		s.action.SetEnabled(on, "Cochez d’abord que la phrase est en lieu sûr.")
	})
	s.first = s.copied
	s.put(nil, []fyne.CanvasObject{
		widgets.NewLabel("Votre phrase de secours", widgets.Heading),
		widgets.NewParagraph("Elle rouvre la base quand plus personne n’a de mot de passe. Elle n’est montrée qu’une fois et n’est gardée nulle part\u00a0: rangez-la au coffre.", widgets.Body),
		shown,
		widgets.HFlex(8, []float32{1, 1}, widgets.NewButton("Imprimer", widgets.Secondary, func() { s.printPhrase(secret, name) }).Icon("print"),
			widgets.NewButton("Enregistrer…", widgets.Secondary, func() { s.savePhrase(secret, name) }).Icon("download")),
		s.alert.Container, s.copied, s.action,
	})
}

// first2nd is the sign-in right after the first agent was made.
func (s *Screen) first2nd(login, password string) {
	var se *staff.Session
	s.run("Ouverture…", func(ctx context.Context) (err error) {
		se, err = s.d.Staff.SignIn(ctx, login, password)
		return err
	}, func(err error) { s.alert.say(fault.Sentence(err)) }, func() { s.enter(se) })
}

func (s *Screen) printPhrase(secret, name string) {
	s.dropPaper()
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) (err error) {
		if s.temp, err = kit.WriteTemp("phrase-de-secours.pdf", s.d.paper(ctx, name, secret)); err != nil {
			return err
		}
		return s.d.Files.View(s.temp)
	}, s.told)
}

func (s *Screen) savePhrase(secret, name string) {
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) error {
		path, err := s.d.Files.Save(ctx, "Enregistrer la phrase de secours", "phrase-de-secours.pdf")
		if err != nil || path == "" {
			return err
		}
		return kit.WriteFile(path, s.d.paper(ctx, name, secret))
	}, s.told)
}

func (s *Screen) told(err error) {
	if err == nil {
		s.alert.say("")
		return
	}
	s.d.Log(err)
	s.alert.say(fault.Sentence(err))
}

// recoverDoor opens with the printed phrase and sets a new password.
func (s *Screen) recoverDoor() []fyne.CanvasObject {
	s.name = nil
	s.phrase = widgets.NewTextField().PlaceHolder("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX")
	s.login = widgets.NewTextField().Icon("user")
	s.form = widgets.NewForm()
	s.form.Add(widgets.NewField("Phrase de secours", "Les sept groupes de la feuille imprimée.", s.phrase), func() error {
		return filled(s.phrase.Text(), "Recopiez la phrase de secours.")
	})
	s.form.Add(widgets.NewField("Identifiant de l’agent", "", s.login), func() error { return filled(s.login.Text(), "Indiquez quel agent retrouve l’accès.") })
	s.passwordPair("Nouveau mot de passe")
	s.action = widgets.NewButton("Rétablir l’accès", widgets.Primary, s.recover).Icon("unlock").KeyHint("Entrée").Final()
	s.chain(s.recover, s.phrase, s.login, &s.password.TextField, &s.again.TextField)
	s.first = s.form.First()
	return []fyne.CanvasObject{
		s.form.Content(), s.action,
		widgets.Centered(widgets.NewButton("Retour à la connexion", widgets.Flat, func() { s.show(askLogin) }).Compact()),
	}
}

func (s *Screen) recover() {
	s.form.Refuse(nil)
	if !s.form.Validate() {
		return
	}
	words, login, password := s.phrase.Text(), s.login.Text(), s.password.Text()
	var se *staff.Session
	s.run("Vérification…", func(ctx context.Context) (err error) {
		if err = s.d.Staff.Recover(ctx, words, login, password); err != nil {
			return err
		}
		se, err = s.d.Staff.SignIn(ctx, login, password)
		return err
	}, s.form.Refuse, func() { s.enter(se) })
}

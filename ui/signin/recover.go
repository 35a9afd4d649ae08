package signin

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// passwordPair prepares a new password and its repetition, judged as typed.
func (s *Screen) passwordPair(label string) {
	s.password, s.again = widgets.NewPasswordField(), widgets.NewPasswordField()
	s.rule = kit.NewPasswordRule()
	first, second := widgets.NewField(label, "", s.password), widgets.NewField("Le même une seconde fois", "", s.again)
	judged := func(string) {
		first.SetError("") // the line under the field says the rest as it is typed
		s.rule.Judge(s.password.Text(), s.login.Text(), "")
	}
	s.password.OnChanged, s.login.OnChanged = judged, judged
	s.form.Add(first, func() error { return s.rule.Check(s.password.Text(), s.login.Text(), "") }).
		Line(s.rule.Painting).Add(second, func() error { return same(s.password.Text(), s.again.Text()) })
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

// recoverDoor opens with the printed phrase and sets a new password.
func (s *Screen) recoverDoor() []fyne.CanvasObject {
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

package signin

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// loginDoor asks for a login and a password.
func (s *Screen) loginDoor() []fyne.CanvasObject {
	s.login = widgets.NewTextField().Icon("user")
	s.password = widgets.NewPasswordField()
	s.alert = newSlot()
	s.action = widgets.NewButton("Se connecter", widgets.Primary, s.signIn).Icon("arrow-right").KeyHint("Entrée").Final()
	s.login.OnSubmit = func() {
		if s.password.Text() == "" {
			s.d.Canvas.Focus(s.password.FocusTarget())
			return
		}
		s.signIn()
	}
	s.password.OnSubmit = s.signIn
	s.first = s.login.FocusTarget()
	return []fyne.CanvasObject{
		widgets.NewField("Base de données", "", s.base()),
		widgets.NewField("Identifiant", "", s.login),
		widgets.NewField("Mot de passe", "", s.password),
		s.alert.Container, s.action,
		widgets.NewParagraph(forgotten(s.start.contacts), widgets.Small.Center()),
		widgets.Centered(widgets.NewButton("Utiliser la phrase de secours…", widgets.Flat, func() { s.show(recovering) }).Compact()),
	}
}

// base shows which database this is, and offers another one.
func (s *Screen) base() widgets.Input {
	if s.d.OpenDatabase == nil || s.d.Files == nil {
		f := widgets.NewTextField()
		f.SetText(s.d.Database)
		f.SetReadOnly(true)
		return f
	}
	options := []widgets.Option{{ID: "here", Label: s.d.Database}, {ID: "other", Label: "Ouvrir une autre base…"}}
	if s.d.Elsewhere != nil {
		options = append(options, widgets.Option{ID: "elsewhere", Label: "Nouvelle commune, serveur ou sauvegarde…"})
	}
	var sel *widgets.Select
	sel = widgets.NewSelect(func(id string) {
		sel.Set("here")
		switch id {
		case "other":
			s.choose()
		case "elsewhere":
			s.d.Elsewhere()
		}
	}, options...).Icon("database")
	sel.Set("here")
	return sel
}

func (s *Screen) signIn() {
	login, password := s.login.Text(), s.password.Text()
	s.login.SetError(login == "")
	s.password.SetError(password == "")
	switch {
	case login == "":
		s.alert.say("Indiquez votre identifiant.")
		s.d.Canvas.Focus(s.login.FocusTarget())
		return
	case password == "":
		s.alert.say("Indiquez votre mot de passe.")
		s.d.Canvas.Focus(s.password.FocusTarget())
		return
	}
	s.alert.say("")
	var se *staff.Session
	s.run("Vérification…", func(ctx context.Context) (err error) {
		se, err = s.d.Staff.SignIn(ctx, login, password)
		return err
	}, s.refusePassword, func() { s.enter(se) })
}

// refusePassword shows the sentence beside the field, ready to type again.
func (s *Screen) refusePassword(err error) {
	s.password.SetError(true)
	s.alert.say(fault.Sentence(err))
	s.d.Canvas.Focus(s.password.FocusTarget())
	s.password.SelectAll()
}

// lockedDoor asks the agent who is away for the password again.
func (s *Screen) lockedDoor() []fyne.CanvasObject {
	who := widgets.HFlex(12, []float32{0, 1}, widgets.NewAvatar(initials(s.d.Locked.Name), false), widgets.VBox(0,
		widgets.NewLabel(s.d.Locked.Name, widgets.CardTitle), widgets.NewLabel("Session verrouillée\u00a0: votre travail vous attend.", widgets.Small)))
	s.alert = newSlot()
	s.action = widgets.NewButton("Déverrouiller", widgets.Primary, s.unlock).Icon("unlock").KeyHint("Entrée").Final()
	change := widgets.Centered(widgets.NewButton("Changer d’agent…", widgets.Flat, s.change).Compact())
	if s.d.Locked.Demo {
		s.password = nil
		s.first = s.action
		return []fyne.CanvasObject{who, s.alert.Container, s.action, change}
	}
	s.password = widgets.NewPasswordField()
	s.password.OnSubmit = s.unlock
	s.first = s.password.FocusTarget()
	return []fyne.CanvasObject{who, widgets.NewField("Mot de passe", "", s.password), s.alert.Container, s.action, change}
}

func (s *Screen) unlock() {
	password := ""
	if s.password != nil {
		if password = s.password.Text(); password == "" {
			s.alert.say("Indiquez votre mot de passe.")
			s.password.SetError(true)
			return
		}
	}
	s.alert.say("")
	s.run("Vérification…", func(ctx context.Context) error {
		return s.d.Staff.Unlock(ctx, s.d.Locked, password)
	}, func(err error) {
		if s.password == nil {
			s.alert.say(fault.Sentence(err))
			return
		}
		s.refusePassword(err)
	}, func() { s.enter(s.d.Locked) })
}

// change signs the locked agent out and asks who is there.
func (s *Screen) change() {
	gone := s.d.Locked
	s.d.Locked = nil
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) error {
		return s.d.Staff.SignOut(staff.With(ctx, gone))
	}, func(err error) {
		if err != nil {
			s.d.Log(err)
		}
		s.look()
	})
}

// roleDoor lets into the demonstration with one or several roles.
func (s *Screen) roleDoor() []fyne.CanvasObject {
	s.ticks = newRoles()
	s.list = widgets.NewList(40, func(g *widgets.Gfx, row int, b widgets.Box, _ bool) { s.drawRole(g, row, b) })
	s.list.SetCount(len(roleLines))
	s.list.OnSelect = func(row int) { s.ticks.move(row); s.list.Refresh() }
	s.list.OnSpace = func(row int) { s.ticks.toggle(row); s.list.Refresh() }
	s.list.OnTapRow(func(row int) { s.ticks.toggle(row); s.list.Refresh() })
	s.list.OnOpen = func(int) { s.enterDemo() }
	s.first = s.list
	s.alert = newSlot()
	s.action = widgets.NewButton("Entrer dans la démonstration", widgets.Primary, s.enterDemo).Icon("arrow-right").KeyHint("Entrée").Final()
	var reset *widgets.Button
	others := []fyne.CanvasObject{widgets.Spacer()}
	sizes := []float32{1}
	if s.d.Reset != nil {
		reset = widgets.NewButton("Remettre à zéro…", widgets.Flat, s.askReset).Compact()
		others, sizes = append(others, reset), append(sizes, 0)
	}
	if s.d.OpenDatabase != nil && s.d.Files != nil {
		others, sizes = append(others, widgets.NewButton("Ouvrir une vraie base…", widgets.Flat, s.choose).Compact()), append(sizes, 0)
	}
	others, sizes = append(others, widgets.Spacer()), append(sizes, 1)
	return []fyne.CanvasObject{
		widgets.HFlex(8, []float32{1, 0}, widgets.NewLabel("Entrer avec le rôle", widgets.SmallBold), widgets.NewKeyHints("Flèches", "choisir", "Espace", "cocher")),
		widgets.VFlex(0, []float32{-212}, s.list),
		s.action, widgets.HFlex(8, sizes, others...), s.alert.Container,
	}
}

func (s *Screen) drawRole(g *widgets.Gfx, row int, b widgets.Box) {
	l := roleLines[row]
	box, ic := theme.Px(18), theme.Px(16)
	widgets.CheckMark(g, b.X, b.Y+(b.H-box)/2, box, s.ticks.ticked[row], false)
	x := b.X + box + 8
	g.Icon(x, b.Y+(b.H-ic)/2, ic, l.icon, theme.Encre)
	x += ic + 8
	x += g.Text(x, b.Y, b.X+b.W-x, b.H, l.role.Label(), widgets.BodyBold) + 6
	g.Text(x, b.Y, b.X+b.W-x, b.H, l.detail, widgets.Small)
}

func (s *Screen) enterDemo() {
	chosen := s.ticks.chosen(s.list.Selected())
	var se *staff.Session
	s.run("Ouverture…", func(ctx context.Context) (err error) {
		se, err = s.d.Staff.SignInDemo(ctx, chosen...)
		return err
	}, func(err error) { s.alert.say(fault.Sentence(err)) }, func() { s.enter(se) })
}

// askReset makes the demonstration anew, once confirmed.
func (s *Screen) askReset() {
	widgets.Confirm(s.d.Canvas, "Remettre la démonstration à zéro\u00a0?", "Tout ce qui y a été saisi sera perdu et les données fictives du départ reviendront. Vos vraies bases ne sont pas concernées.", "Remettre à zéro", widgets.Danger, s.reset)
}

func (s *Screen) reset() {
	ctx, cancel := context.WithCancel(s.scope.Ctx())
	d := widgets.NewProgressDialog("Remise à zéro de la démonstration", cancel)
	d.Show(s.d.Canvas)
	s.scope.Go(ctx, func(ctx context.Context) error {
		return s.d.Reset(ctx, func(done, total int, what string) {
			s.scope.Do(func() { d.Report(done, total, what) })
		})
	}, func(err error) {
		cancel()
		d.Close()
		if err == nil { // the new demonstration brings its own door
			return
		}
		if !d.Asked() {
			s.d.Log(err)
			widgets.Message(s.d.Canvas, "Remise à zéro impossible", fault.Sentence(err))
		}
		s.look()
	})
}

package setup

import (
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// copyPage asks which copy is to be restored, and what opens it.
type copyPage struct {
	s             *Screen
	path          *widgets.TextField
	pathF         *widgets.Field
	choose        *widgets.Button
	how           *widgets.Choice
	phrase, login *widgets.TextField
	password      *widgets.PasswordField
	phraseF       *widgets.Field
	loginF, passF *widgets.Field
	secrets       *fyne.Container
	about         *widgets.Alert
	info          *backup.Info // of the file that is chosen, nil: not read
	box           fyne.CanvasObject
}

func newCopy(s *Screen) *copyPage {
	p := &copyPage{s: s, path: widgets.NewTextField().Icon("file").PlaceHolder("ardoise-2026-11-24.ardoise"), phrase: widgets.NewTextField().PlaceHolder("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"), login: widgets.NewTextField().Icon("user"), password: widgets.NewPasswordField()}
	p.pathF = widgets.NewField("Fichier de la sauvegarde", "Sur une clé USB, un disque ou un partage"+nbsp+": son nom finit par .ardoise.", p.path)
	p.choose = widgets.NewButton("Choisir le fichier…", widgets.Secondary, p.ask).Icon("folder")
	p.about = widgets.NewAlert(widgets.Info, "", "")
	p.about.Hide()
	p.how = widgets.NewChoice(widgets.Segments, func(string) { p.show() }, widgets.Option{ID: "phrase", Label: "Phrase de secours"}, widgets.Option{ID: "agent", Label: "Identifiant et mot de passe"})
	p.phraseF = widgets.NewField("Phrase de secours", "Les sept groupes de la feuille imprimée.", p.phrase)
	p.loginF, p.passF = widgets.NewField("Identifiant d’un administrateur", "Tel qu’il était le jour de la copie.", p.login), widgets.NewField("Mot de passe", "Celui de ce jour-là.", p.password)
	p.secrets = widgets.VBox(14)
	p.path.OnChanged = func(string) {
		p.info = nil
		p.pathF.SetError("")
		p.show()
	}
	p.phrase.OnChanged = func(string) { p.phraseF.SetError("") }
	p.login.OnChanged = func(string) { p.loginF.SetError("") }
	p.password.OnChanged = func(string) { p.passF.SetError("") }
	p.box = scroll(widgets.VBox(16, p.pathF, widgets.HBox(0, p.choose), p.about, p.secrets))
	p.show()
	return p
}

// show asks for a secret once the file is known to want one.
func (p *copyPage) show() {
	p.secrets.Objects = nil
	p.s.chain(p.path)
	switch {
	case p.info == nil:
		p.about.Hide()
	case !p.info.Sealed, p.info.Demo:
		p.about.Show()
	default:
		p.about.Show()
		p.secrets.Objects = []fyne.CanvasObject{widgets.NewField("Ce qui l’ouvre", "", p.how)}
		if p.how.Value() == "phrase" {
			p.secrets.Objects = append(p.secrets.Objects, p.phraseF)
			p.s.chain(p.phrase)
		} else {
			p.secrets.Objects = append(p.secrets.Objects, widgets.HFlex(16, []float32{1, 1}, p.loginF, p.passF))
			p.s.chain(p.login, &p.password.TextField)
		}
	}
	p.secrets.Refresh()
	if p.s.made[atCopy] == page(p) { // not while it is being made
		p.box.Refresh()
		p.s.label()
	}
}

func (p *copyPage) ask() {
	s := p.s
	var path string
	s.scope.Go(s.scope.Ctx(), func(ctx context.Context) (err error) {
		path, err = s.d.Files.Open(ctx, "Ouvrir une sauvegarde", "*.ardoise", "*.db", "*.dump")
		return err
	}, func(err error) {
		s.told(err)
		if err == nil && path != "" {
			p.path.SetText(path)
			p.peek()
		}
	})
}

// peek reads the clear beginning of the file: when it was made, what it wants.
func (p *copyPage) peek() {
	s, path := p.s, p.path.Text()
	var info backup.Info
	s.run("Lecture…", func(context.Context) (err error) {
		info, err = backup.Peek(path)
		return err
	}, func() {
		p.info = &info
		text := "Copie de la base «" + nbsp + info.Database + nbsp + "»"
		if !info.MadeAt.IsZero() {
			text += ", faite le " + calendar.DateOf(info.MadeAt).Long() + " à " + calendar.HourText(info.MadeAt)
		}
		detail := "Elle n’est pas scellée" + nbsp + ": elle s’ouvre sans mot de passe."
		if info.Sealed && !info.Demo {
			detail = "Elle est scellée. La phrase de secours l’ouvre toujours."
		}
		p.about.Set(widgets.Info, text+".", "")
		p.about.Detail(detail)
		p.show()
		switch {
		case !info.Sealed || info.Demo:
			s.d.Canvas.Focus(s.on)
		case p.how.Value() == "phrase":
			s.d.Canvas.Focus(p.phrase.FocusTarget())
		default:
			s.d.Canvas.Focus(p.login.FocusTarget())
		}
	})
}

func (p *copyPage) label() string { return "Fichier" }

func (p *copyPage) words() (head, text string) {
	return "Restaurer une sauvegarde", "La copie est d’abord ouverte et relue en entier. Vous verrez ce qu’elle contient avant qu’elle ne prenne sa place."
}
func (p *copyPage) content() fyne.CanvasObject { return p.box }
func (p *copyPage) enter()                     {}
func (p *copyPage) first() fyne.Focusable      { return p.choose }

func (p *copyPage) verb() (text, icon string) {
	if p.info == nil {
		return "Lire ce fichier", "eye"
	}
	return "Ouvrir la copie", "unlock"
}

func (p *copyPage) next(then func()) {
	s := p.s
	if p.path.Text() == "" {
		p.pathF.SetError("Choisissez le fichier de la sauvegarde.")
		s.d.Canvas.Focus(p.choose)
		return
	}
	if p.info == nil {
		p.peek()
		return
	}
	var secret backup.Secret
	if p.info.Sealed && !p.info.Demo {
		missing := func(f *widgets.Field, in *widgets.TextField, text string) bool {
			if in.Text() != "" {
				return false
			}
			f.SetError(text)
			s.d.Canvas.Focus(in.FocusTarget())
			return true
		}
		if p.how.Value() == "phrase" {
			if missing(p.phraseF, p.phrase, "Recopiez la phrase de secours.") {
				return
			}
			secret.Phrase = p.phrase.Text()
		} else {
			if missing(p.loginF, p.login, "Indiquez l’identifiant d’un administrateur.") || missing(p.passF, &p.password.TextField, "Indiquez son mot de passe.") {
				return
			}
			secret.Login, secret.Password = p.login.Text(), p.password.Text()
		}
	}
	path := p.path.Text()
	var opened *backup.Opened
	var view backup.Preview
	s.dropCopy()
	s.run("Vérification…", func(ctx context.Context) (err error) {
		opened, view, err = s.d.House.OpenCopy(ctx, path, secret)
		return err
	}, func() {
		s.a.copied, s.a.view = opened, view
		then()
	})
}

// restoringPage shows what the copy holds, then has it take its place.
type restoringPage struct {
	s     *Screen
	lines [][2]string
	table *widgets.Table
	box   fyne.CanvasObject
}

func newRestoring(s *Screen) *restoringPage {
	p := &restoringPage{s: s}
	p.table = widgets.NewTable([]widgets.Column{{ID: "head", Title: "Dans la copie", Width: 220}, {ID: "text", Title: ""}}, func(row, col int) widgets.Cell {
		if row >= len(p.lines) {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: p.lines[row][col], Bold: col == 0}
	}).RowHeight(36).NoSelection()
	p.box = widgets.NewPanel("", p.table).Flush()
	return p
}

func (p *restoringPage) label() string { return "Aperçu" }

func (p *restoringPage) words() (head, text string) {
	return "Ce que contient la copie", "Elle est entière et relue. Ce qui serait déjà à sa place est gardé à côté, sous un autre nom."
}
func (p *restoringPage) content() fyne.CanvasObject { return p.box }
func (p *restoringPage) first() fyne.Focusable      { return p.s.on }
func (p *restoringPage) verb() (text, icon string)  { return "Restaurer", "check" }

func (p *restoringPage) enter() {
	p.lines = copyLines(p.s.a.copied.Info, p.s.a.view, p.s.d.Place)
	p.table.SetCount(len(p.lines))
}

// copyLines says what a copy holds and where it would go.
func copyLines(info backup.Info, v backup.Preview, place string) [][2]string {
	out := [][2]string{
		{"Fichier", filepath.Base(info.Path)},
		{"Familles et enfants", fmt.Sprintf("%d familles, %d enfants", v.Then.Families, v.Then.Children)},
		{"Repas réservés", fmt.Sprint(v.Then.Bookings)},
		{"Porte-monnaie", v.Then.Wallets.String() + " en tout"},
	}
	if !v.Then.LastAt.IsZero() {
		out = append(out, [2]string{"Dernier travail", calendar.DateOf(v.Then.LastAt).Long() + " à " + calendar.HourText(v.Then.LastAt)})
	}
	if v.Older() {
		out = append(out, [2]string{"Version", "Plus ancienne" + nbsp + ": la base sera mise à jour à l’ouverture."})
	}
	return append(out, [2]string{"Sa place", place})
}

// goBack closes the copy: its clear content goes.
func (p *restoringPage) goBack() bool {
	p.s.dropCopy()
	return false
}

func (p *restoringPage) next(func()) {
	s := p.s
	if s.a.copied == nil {
		s.say(fault.New(fault.Invalid, "La copie n’est plus ouverte : revenez à la page précédente."))
		return
	}
	copied := s.a.copied
	s.a.copied = nil
	s.Close()
	s.d.House.Restore(copied)
}

// dropCopy closes the copy that is open, if any.
func (s *Screen) dropCopy() {
	if s.a.copied == nil {
		return
	}
	if err := s.a.copied.Close(); err != nil {
		s.d.Log(err)
	}
	s.a.copied = nil
}

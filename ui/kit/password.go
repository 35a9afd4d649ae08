package kit

import (
	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// JudgePassword says what the rule thinks of a password being typed: good is set
// when it may be kept.
func JudgePassword(password, login, name string) (sentence string, good bool) {
	if password == "" {
		return "13 caractères au moins, avec une lettre, un chiffre et un symbole. Coller est permis.", false
	}
	if err := staff.CheckPasswordFor(password, staff.CleanLogin(login), name); err != nil {
		return fault.Sentence(err), false
	}
	return "Ce mot de passe convient.", true
}

// PasswordRule is the line under a new password that judges it as it is typed.
type PasswordRule struct {
	*widgets.Painting
	Text string
	Good bool
	told bool // the field says it
}

// NewPasswordRule returns the line of an empty field.
func NewPasswordRule() *PasswordRule {
	r := &PasswordRule{}
	r.Text, r.Good = JudgePassword("", "", "")
	r.Painting = widgets.NewPainting(200, 36, func(g *widgets.Gfx, size fyne.Size) {
		if r.told {
			return
		}
		icon, ink := "circle-dashed", theme.Ardoise600
		if r.Good {
			icon, ink = "circle-check", theme.Succes
		}
		g.Icon(0, 1, theme.Px(14), icon, ink)
		g.Paragraph(theme.Px(20), 0, size.Width-theme.Px(20), r.Text, widgets.Small.With(ink))
	})
	r.Min = func() fyne.Size { // room for three lines: what follows stays where it is
		return fyne.NewSize(theme.Wide(200), 3*widgets.LineHeight(widgets.Small))
	}
	return r
}

// Judge says what is thought of what is typed now.
func (r *PasswordRule) Judge(password, login, name string) {
	text, good := JudgePassword(password, login, name)
	if r.Text != text || r.Good != good || r.told {
		r.Text, r.Good, r.told = text, good, false
		r.Refresh()
	}
}

// Check refuses a password where it may not be kept. The line is then silent: the
// field says it, until something else is typed.
func (r *PasswordRule) Check(password, login, name string) error {
	err := staff.CheckPasswordFor(password, staff.CleanLogin(login), name)
	if r.told = err != nil; r.told {
		r.Refresh()
	}
	return err
}

package inbox

import (
	"strings"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/ui/widgets"
)

func trimBody(s string) string { return strings.TrimSpace(s) }

// letterFields are the three lines of a letter that is written.
type letterFields struct{ to, subject, body *widgets.TextField }

func (l letterFields) letter() letter.Letter {
	return letter.Letter{To: strings.TrimSpace(l.to.Text()), Subject: strings.TrimSpace(l.subject.Text()), Body: strings.TrimSpace(l.body.Text()) + "\n"}
}

func letterForm(l letter.Letter) (*widgets.Form, letterFields) {
	fields := letterFields{widgets.NewTextField().Icon("mail"), widgets.NewTextField(), widgets.NewTextArea(12)}
	fields.to.SetText(l.To)
	fields.subject.SetText(l.Subject)
	fields.body.SetText(trimBody(l.Body))
	f := widgets.NewForm()
	f.Add(widgets.NewField("À", "", fields.to), func() error {
		if to := strings.TrimSpace(fields.to.Text()); !strings.Contains(to, "@") || strings.ContainsAny(to, " ,;") {
			return fault.New(fault.Invalid, "Écrivez une seule adresse, par exemple prenom.nom@exemple.fr.")
		}
		return nil
	})
	f.Add(widgets.NewField("Objet", "", fields.subject), notEmpty(fields.subject, "L’objet est obligatoire."))
	f.Add(widgets.NewField("Texte", "", fields.body), notEmpty(fields.body, "Le texte est vide."))
	return f, fields
}

func notEmpty(t *widgets.TextField, sentence string) func() error {
	return func() error {
		if strings.TrimSpace(t.Text()) == "" {
			return fault.New(fault.Invalid, "%s", sentence)
		}
		return nil
	}
}

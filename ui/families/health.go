package families

import (
	"context"
	"strings"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// openHealth reads a child's health notes (the reading is written in the trail)
// and lets the health role change them. Nothing of it is kept by the screen
// once the dialog is closed.
func (p *page) openHealth(c family.Child) {
	if !p.m.may.health {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", lacks(staff.Sante)))
		return
	}
	d := p.m.d.Family
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (family.Health, error) { return d.Health(ctx, c.ID) }, func(h family.Health, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.showHealth(c, h)
	})
}

type healthForm struct {
	form                     *widgets.Form
	allergens                *widgets.Choice
	allergies, plan, kitchen *widgets.TextField
	review                   *widgets.DateField
}

func (p *page) newHealthForm(h family.Health) *healthForm {
	f := &healthForm{form: widgets.NewForm(), allergies: widgets.NewTextField(), plan: widgets.NewTextArea(3), kitchen: widgets.NewTextArea(2), review: widgets.NewDateField(p.sh.Today)}
	var opts []widgets.Option
	for _, a := range family.Allergens {
		opts = append(opts, widgets.Option{ID: a.Code, Label: short(a.Label)})
	}
	f.allergens = widgets.NewMultiChoice(nil, opts...).Wrap()
	f.allergens.Set(h.Allergens...)
	f.allergies.SetText(h.Allergies)
	f.plan.SetText(h.CarePlan)
	f.kitchen.SetText(h.Kitchen)
	f.review.Set(h.ReviewOn)
	review := widgets.NewField("À revoir le", "", f.review)
	f.form.Watch(review, func() error { _, err := f.review.Value(); return err })
	f.form.Line(widgets.NewField("Allergènes (liste réglementaire)", "", f.allergens))
	f.form.Line(widgets.NewField("Allergies, en mots", "", f.allergies))
	f.form.Line(widgets.NewField("PAI", "Vide : pas de projet d’accueil individualisé.", f.plan))
	f.form.Line(widgets.HFlex(16, []float32{1, -160}, widgets.NewField("Consigne pour la cuisine", "Seule cette ligne, avec les allergènes, est lue par la cuisine.", f.kitchen), review))
	return f
}

// short cuts the law's words to what fits a chip.
func short(label string) string {
	switch {
	case strings.HasPrefix(label, "céréales"):
		return "gluten"
	case strings.HasPrefix(label, "anhydride"):
		return "sulfites"
	}
	return strings.TrimPrefix(label, "graines de ")
}

func (p *page) showHealth(c family.Child, h family.Health) {
	f := p.newHealthForm(h)
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Fiche santé de "+c.Name(), "Données réservées au rôle Santé. Cette lecture est journalisée.", f.form.Content(), "Enregistrer", widgets.Primary, func() {
		if !f.form.Validate() {
			return
		}
		next := family.Health{ChildID: c.ID, Allergens: f.allergens.Values(), Allergies: strings.TrimSpace(f.allergies.Text()), CarePlan: strings.TrimSpace(f.plan.Text()), Kitchen: strings.TrimSpace(f.kitchen.Text())}
		var err error
		if next.ReviewOn, err = f.review.Value(); err != nil {
			f.form.Refuse(err)
			return
		}
		d := p.m.d.Family
		p.write(func(ctx context.Context) error { return d.SetHealth(ctx, next) }, f.form.Refuse, func() {
			dlg.Close()
			p.sh.Done("Fiche santé de "+c.First+" modifiée", func() {
				p.write(func(ctx context.Context) error { return d.SetHealth(ctx, h) }, nil, p.refresh)
			})
			p.refresh()
		})
	})
	dlg.Width = 680
	dlg.First = f.allergens
	p.sh.Show(dlg)
}

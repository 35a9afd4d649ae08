package families

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// finder is a button that asks for a family and keeps the answer.
type finder struct {
	*widgets.Button
	p      *page
	not    int64 // the family that is asking
	id     int64
	name   string
	shown  []widgets.Option
	latest kit.Latest
	picked func()
}

func newFinder(p *page, not int64) *finder {
	f := &finder{p: p, not: not}
	f.Button = widgets.NewButton("Choisir la famille…", widgets.Secondary, f.open).Icon("search").Leading()
	return f
}

// SetError and FocusTarget let it stand in a Field.
func (f *finder) SetError(bool)               {}
func (f *finder) FocusTarget() fyne.Focusable { return f.Button }

func (f *finder) open() {
	picker := widgets.OpenPicker(f.Button, nil, "", f.pick)
	picker.Say("search", "", "Tapez un nom, un enfant, un téléphone, un numéro de famille.")
	picker.Filter = func(string) []widgets.Option { return f.shown }
	picker.Entry.OnChanged = func(text string) { f.find(text, picker) }
}

func (f *finder) find(text string, picker *widgets.Picker) {
	d := f.p.m.d.Family
	var hits []family.Hit
	f.latest.Go(f.p.sh.Runner(), f.p.sh.Ctx(), func(ctx context.Context) (err error) {
		hits, _, err = d.Search(ctx, text, family.Filter{}, 8)
		return err
	}, func(err error) {
		if err != nil {
			picker.Say("circle-alert", "", fault.Sentence(err))
			return
		}
		f.shown = nil
		for _, h := range hits {
			if h.ID != f.not {
				f.shown = append(f.shown, widgets.Option{ID: strconv.FormatInt(h.ID, 10), Label: "Famille " + h.Name, Detail: h.Number() + " · " + childNames(h), Icon: "family"})
			}
		}
		picker.Show(f.shown)
	})
}

func (f *finder) pick(o widgets.Option) {
	id, err := strconv.ParseInt(o.ID, 10, 64)
	if err != nil {
		return // not one of ours
	}
	f.id, f.name = id, o.Label
	f.SetLabel(o.Label + "  " + family.Number(id))
	if f.picked != nil {
		f.picked()
	}
}

// shareChild attaches a child to a second family (separated parents), or takes
// it away again.
func (p *page) shareChild(c family.Child) {
	if off := p.editOff(c); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	var dlg *widgets.Dialog
	form := widgets.NewForm()
	who := newFinder(p, c.FamilyID)
	weeks := widgets.NewRadioRows(nil,
		widgets.Option{ID: "1", Label: "Semaines impaires", Detail: "le second foyer réserve et paie"},
		widgets.Option{ID: "2", Label: "Semaines paires", Detail: "le second foyer réserve et paie"},
		widgets.Option{ID: "0", Label: "Consultation seule", Detail: "le premier foyer paie tout"})
	field := widgets.NewField("Second foyer", "Il existe déjà ? Cherchez-le ; sinon, créez d’abord la famille.", who)
	form.Add(field, func() error {
		if who.id == 0 {
			return fault.New(fault.Invalid, "Choisissez le second foyer.")
		}
		return nil
	})
	form.Line(widgets.NewField("Semaines du second foyer (numéros du calendrier)", "", weeks))
	for _, s := range c.Families {
		text := fault.French("Déjà partagé avec la famille " + s.Name + " (" + s.ParityLabel() + ").")
		form.Line(widgets.NewAlert(widgets.Info, text, "").Action("Retirer", func() {
			dlg.Close()
			p.unshare(c, s)
		}))
	}
	dlg = widgets.NewDialog("Second foyer de "+c.Name(), "Parents séparés : l’enfant n’a qu’une fiche, chaque foyer a son porte-monnaie.", form.Content(), "Rattacher", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		parity := map[string]int{"1": 1, "2": 2}[weeks.Value()]
		d := p.m.d.Family
		p.write(func(ctx context.Context) error { return d.Share(ctx, c.ID, who.id, parity) }, form.Refuse, func() {
			dlg.Close()
			p.sh.Done(c.First+" rattaché : "+who.name+", "+family.Shared{Parity: parity}.ParityLabel(), p.undoShare(c, who.id))
			p.refresh()
		})
	})
	dlg.Width, dlg.First = 600, who.Button
	p.sh.Show(dlg)
}

// undoShare brings back what tied the child to that family before.
func (p *page) undoShare(c family.Child, to int64) func() {
	d := p.m.d.Family
	for _, s := range c.Families {
		if s.FamilyID == to {
			return func() {
				p.write(func(ctx context.Context) error { return d.Share(ctx, c.ID, to, s.Parity) }, nil, p.refresh)
			}
		}
	}
	return func() {
		p.write(func(ctx context.Context) error { return d.Unshare(ctx, c.ID, to) }, nil, p.refresh)
	}
}

func (p *page) unshare(c family.Child, s family.Shared) {
	d := p.m.d.Family
	p.sh.Confirm("Retirer le second foyer", fault.French(c.First+" ne sera plus visible de la famille "+s.Name+". Les réservations déjà faites restent."), "Retirer", widgets.Danger, func() {
		p.write(func(ctx context.Context) error { return d.Unshare(ctx, c.ID, s.FamilyID) }, nil, func() {
			p.sh.Done("Second foyer de "+c.First+" retiré", func() {
				p.write(func(ctx context.Context) error { return d.Share(ctx, c.ID, s.FamilyID, s.Parity) }, nil, p.refresh)
			})
			p.refresh()
		})
	})
}

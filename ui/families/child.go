package families

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// childForm is the dialog of a child's file.
type childForm struct {
	form               *widgets.Form
	first, last, usage *widgets.TextField
	birth              *widgets.DateField
	sex, class, diet   *widgets.Select
	note, pickups      *widgets.TextField
	photo, left        *widgets.Check
}

// newChildForm offers the town’s diets, and the one the child (nil: a new one) already has.
func newChildForm(today func() calendar.Date, postal string, offered catalog.Diets, v *family.Child) *childForm {
	c := &childForm{
		form: widgets.NewForm(), first: widgets.NewTextField(), last: widgets.NewTextField(), usage: widgets.NewTextField(),
		birth: widgets.NewDateField(today).Required(), note: widgets.NewTextField(), pickups: widgets.NewTextArea(2),
		photo: widgets.NewCheck("Photographie autorisée", nil), left: widgets.NewCheck("A quitté l’école", nil),
	}
	c.sex = widgets.NewSelect(nil, widgets.Option{ID: "F", Label: "Fille"}, widgets.Option{ID: "M", Label: "Garçon"}, widgets.Option{ID: "", Label: "—"}).PlaceHolder("—")
	c.class = widgets.NewSelect(nil).Icon("school").PlaceHolder("Sans classe")
	var diets []widgets.Option
	now := catalog.DietStandard
	if v != nil {
		now = v.Diet
	}
	for _, d := range offered.Choices(now) {
		diets = append(diets, widgets.Option{ID: d.Code, Label: d.Label})
	}
	c.diet = widgets.NewSelect(nil, diets...).Icon("fork-knife")
	c.diet.Set(catalog.DietStandard)
	needed := func(in *widgets.TextField, what string) func() error {
		return func() error {
			if strings.TrimSpace(in.Text()) == "" {
				return fault.New(fault.Invalid, "%s est obligatoire.", what)
			}
			return nil
		}
	}
	first, last := widgets.NewField("Prénom", "", c.first), widgets.NewField("Nom de naissance", "", c.last)
	birth := widgets.NewField("Date de naissance", "", c.birth)
	people := widgets.NewField("Personnes autorisées à venir le chercher", "Une par ligne : Paule Favier ; 06 39 98 12 34 ; grand-mère", c.pickups)
	f := c.form
	f.Watch(first, needed(c.first, "Le prénom")).Watch(last, needed(c.last, "Le nom"))
	f.Watch(birth, func() error { _, err := c.birth.Value(); return err })
	f.Watch(people, func() error { _, err := parsePickups(c.pickups.Text(), postal); return err })
	f.Line(first, last)
	f.Line(widgets.NewField("Nom d’usage", "", c.usage), widgets.HFlex(16, []float32{1, 1}, birth, widgets.NewField("Sexe", "", c.sex)))
	f.Line(widgets.NewField("Classe", "", c.class), widgets.NewField("Régime", "Le choix du menu, jamais son motif.", c.diet))
	f.Line(people)
	f.Line(widgets.NewField("Note interne", "", c.note))
	return c
}

func (c *childForm) set(v family.Child) {
	c.first.SetText(v.First)
	c.last.SetText(v.Last)
	c.usage.SetText(v.Usage)
	c.birth.Set(v.Birth)
	c.sex.Set(v.Sex)
	c.diet.Set(v.Diet)
	c.note.SetText(v.Note)
	c.pickups.SetText(pickupLines(v.Pickups))
	c.photo.Set(v.PhotoOK)
	c.left.Set(v.State == family.Left)
}

// get reads the form over a child's entry.
func (c *childForm) get(v family.Child, classes []catalog.Class, postal string) (family.Child, error) {
	v.First, v.Last, v.Usage, v.Sex, v.Diet, v.Note = c.first.Text(), c.last.Text(), c.usage.Text(), c.sex.Value(), c.diet.Value(), c.note.Text()
	v.PhotoOK, v.State = c.photo.Checked(), family.Present
	if c.left.Checked() {
		v.State = family.Left
	}
	var err error
	if v.Birth, err = c.birth.Value(); err != nil {
		return v, err
	}
	if v.Pickups, err = parsePickups(c.pickups.Text(), postal); err != nil {
		return v, err
	}
	if id := c.class.Value(); id != "" {
		if v.ClassID, err = strconv.ParseInt(id, 10, 64); err != nil {
			return v, fault.Wrap(fault.Internal, err, "Cette classe n’existe pas.")
		}
	}
	for _, k := range classes {
		if k.ID == v.ClassID {
			v.Class, v.School, v.SchoolID = k.Name, k.School, k.SchoolID
		}
	}
	return v, nil
}

func classOptions(list []catalog.Class) (out []widgets.Option) {
	out = append(out, widgets.Option{ID: "0", Label: "Sans classe"})
	for _, k := range list {
		out = append(out, widgets.Option{ID: strconv.FormatInt(k.ID, 10), Label: k.Name, Detail: k.School})
	}
	return out
}

// editChild opens the file of a child; nil adds one.
func (p *page) editChild(c *family.Child) {
	off := p.addOff()
	if c != nil {
		off = p.editOff(*c)
	}
	if off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	fam, d, today := p.m.det.f, p.m.d, p.sh.Today()
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) ([]catalog.Class, error) {
		list, err := d.Catalog.Classes(ctx, calendar.SchoolYearOf(today))
		if err != nil || len(list) > 0 {
			return list, err
		}
		return d.Catalog.Classes(ctx, calendar.SchoolYearOf(today)+1)
	}, func(classes []catalog.Class, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.showChild(fam, c, classes)
	})
}

func (p *page) showChild(fam family.Family, c *family.Child, classes []catalog.Class) {
	form := newChildForm(p.sh.Today, fam.Postal, p.m.det.diets, c)
	form.class.SetOptions(classOptions(classes)...)
	title, verb := "Ajouter un enfant à la famille "+fam.Name, "Ajouter l’enfant"
	var base family.Child
	if c != nil {
		base, title, verb = *c, c.Name(), "Enregistrer"
		form.set(base)
		form.form.Line(form.photo, form.left)
		if base.ClassID != 0 && !hasClass(classes, base.ClassID) {
			form.class.SetOptions(append(classOptions(classes), widgets.Option{ID: strconv.FormatInt(base.ClassID, 10), Label: base.Class, Detail: base.School})...)
		}
		form.class.Set(strconv.FormatInt(base.ClassID, 10))
	} else {
		form.last.SetText(fam.Name)
		form.form.Line(form.photo)
	}
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog(title, "", form.form.Content(), verb, widgets.Primary, func() {
		if !form.form.Validate() {
			return
		}
		v, err := form.get(base, classes, fam.Postal)
		if err != nil {
			form.form.Refuse(err)
			return
		}
		var before *family.Child
		if c != nil {
			before = &base
		}
		p.keepChild(fam, before, v, dlg, form.form)
	})
	dlg.Width, dlg.First = 720, form.form.First()
	p.sh.Show(dlg)
}

func hasClass(list []catalog.Class, id int64) bool {
	for _, k := range list {
		if k.ID == id {
			return true
		}
	}
	return false
}

func (p *page) keepChild(fam family.Family, before *family.Child, v family.Child, dlg *widgets.Dialog, form *widgets.Form) {
	d := p.m.d.Family
	var back, now family.Child
	p.write(func(ctx context.Context) error {
		if before == nil {
			_, err := d.AddChild(ctx, fam.ID, v)
			return err
		}
		err := d.UpdateChild(ctx, v)
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err
		}
		var again error
		if now, again = d.Child(ctx, v.ID); again != nil {
			return errors.Join(err, again)
		}
		back = *before
		back.Version = now.Version
		return err
	}, func(err error) {
		if fault.KindOf(err) == fault.Conflict && before != nil && now.Version != v.Version {
			*before = now // typed again over what is there, knowingly
			err = fault.Wrap(fault.Conflict, err, "La fiche de %s a été modifiée entre-temps par un autre agent. Votre saisie est gardée : vérifiez-la, puis enregistrez de nouveau.", v.First)
		}
		form.Refuse(err)
	}, func() {
		dlg.Close()
		p.m.tab = tabChildren
		p.tabs.Set(tabChildren)
		if before == nil {
			p.sh.Done(v.First+" ajouté à la famille "+fam.Name, nil)
		} else {
			p.sh.Done("Fiche de "+v.First+" modifiée", func() {
				p.write(func(ctx context.Context) error { return d.UpdateChild(ctx, back) }, nil, p.refresh)
			})
		}
		p.refresh()
	})
}

// ask creates the access request of a line and opens it.
func (p *page) ask(c family.Child, d door) {
	name := serviceName(d.service, p.m.det.services)
	p.sh.Confirm("Demander l’accès : "+name, fault.French("Une demande est créée pour "+c.Name()+", année "+calendar.SchoolYearOf(p.sh.Today()).String()+". Les pièces se joignent ensuite dans Demandes."), "Créer la demande", widgets.Primary, func() {
		var q access.Request
		p.write(func(ctx context.Context) (err error) {
			q, err = p.m.d.Access.Submit(ctx, access.Asked{ChildID: c.ID, ServiceID: d.service.ID})
			return err
		}, nil, func() {
			p.sh.Done("Demande créée : "+c.First+", "+name, nil)
			p.sh.Navigate("requests", q.ID)
		})
	})
}

// why shows the reason of a refusal, and offers to ask again.
func (p *page) why(c family.Child, d door) {
	text := or(d.req.Reason, "Aucun motif n’est gardé.")
	if !d.req.DecidedAt.IsZero() {
		text += "\n" + fault.French("Refusée le "+calendar.DateOf(d.req.DecidedAt).Long()+".")
	}
	verb := "Nouvelle demande"
	if !p.m.may.desk {
		verb = ""
	}
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Refus : "+serviceName(d.service, p.m.det.services)+", "+c.First, text, nil, verb, widgets.Secondary, func() {
		dlg.Close()
		p.ask(c, d)
	})
	dlg.CancelWord = "Fermer"
	p.sh.Show(dlg)
}

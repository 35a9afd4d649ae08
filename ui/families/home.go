package families

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// homeTab is the household's form: guardians, address, quotient, notes.
type homeTab struct {
	p      *page
	base   family.Family // what the form was filled from
	filled household
	id     int64

	form     *widgets.Form
	name     *widgets.TextField
	adults   [2]adultFields
	address1 *widgets.TextField
	address2 *widgets.TextField
	postal   *widgets.TextField
	city     *widgets.TextField
	quotient *widgets.TextField
	from, to *widgets.DateField
	low      *widgets.MoneyField
	note     *widgets.TextField
	alert    *widgets.Alert
	notice   *fyne.Container // the alert with its inset, hidden with it
	saveB    *widgets.Button
	revert   *widgets.Button
	scroll   *container.Scroll
	box      *fyne.Container
}

type adultFields struct {
	civility                                      *widgets.Select
	first, last, usage, mobile, home, work, email *widgets.TextField
}

func newAdultFields(changed func()) adultFields {
	return adultFields{
		widgets.NewSelect(func(string) { changed() }, widgets.Option{ID: "", Label: "—"}, widgets.Option{ID: "Mme", Label: "Mme"}, widgets.Option{ID: "M.", Label: "M."}).PlaceHolder("—").Width(72),
		widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField().Icon("phone"),
		widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField().Icon("mail"),
	}
}

func (a adultFields) set(v adult) {
	for _, usual := range []string{"Mme", "M."} {
		if strings.EqualFold(strings.Trim(v.civility, ". "), strings.Trim(usual, ".")) {
			v.civility = usual // ONDE writes MME and M
		}
	}
	if v.civility != "Mme" && v.civility != "M." && v.civility != "" {
		a.civility.SetOptions(widgets.Option{ID: "", Label: "—"}, widgets.Option{ID: "Mme", Label: "Mme"}, widgets.Option{ID: "M.", Label: "M."}, widgets.Option{ID: v.civility, Label: v.civility})
	}
	a.civility.Set(v.civility)
	for f, s := range map[*widgets.TextField]string{a.first: v.first, a.last: v.last, a.usage: v.usage, a.mobile: v.mobile, a.home: v.home, a.work: v.work, a.email: v.email} {
		f.SetText(s)
	}
}

func (a adultFields) get() adult {
	return adult{a.civility.Value(), a.first.Text(), a.last.Text(), a.usage.Text(), a.mobile.Text(), a.home.Text(), a.work.Text(), a.email.Text()}
}

func (a adultFields) texts() []*widgets.TextField {
	return []*widgets.TextField{a.first, a.last, a.usage, a.mobile, a.home, a.work, a.email}
}

// line puts fields side by side; with large text they take two lines.
func line(f *widgets.Form, at int, sizes []float32, objs ...fyne.CanvasObject) {
	if !large() {
		f.Line(widgets.HFlex(16, sizes, objs...))
		return
	}
	f.Line(widgets.HFlex(16, sizes[:at], objs[:at]...))
	f.Line(widgets.HFlex(16, sizes[at:], objs[at:]...))
}

// addTo puts the fields of one guardian into a form.
func (a adultFields) addTo(f *widgets.Form, title string, required bool, postal func() string) {
	last, first := widgets.NewField("Nom de naissance", "", a.last), widgets.NewField("Prénom", "", a.first)
	mobile, email := widgets.NewField("Mobile", "", a.mobile), widgets.NewField("Courriel", "", a.email)
	home, work := widgets.NewField("Fixe", "", a.home), widgets.NewField("Travail", "", a.work)
	needed := func(in *widgets.TextField, other *widgets.TextField, what string) func() error {
		return func() error {
			if strings.TrimSpace(in.Text()+other.Text()) == "" && (required || !a.get().empty()) {
				return fault.New(fault.Invalid, "%s est obligatoire.", what)
			}
			return nil
		}
	}
	phone := func(in *widgets.TextField) func() error {
		return func() error {
			if _, ok := family.Phone(in.Text(), postal()); !ok {
				return fault.New(fault.Invalid, "Écrivez par exemple 06 39 98 12 34.")
			}
			return nil
		}
	}
	f.Watch(first, needed(a.first, a.first, "Le prénom")).Watch(last, needed(a.last, a.usage, "Le nom"))
	f.Watch(mobile, phone(a.mobile)).Watch(home, phone(a.home)).Watch(work, phone(a.work))
	f.Watch(email, func() error {
		if _, ok := family.CleanEmail(a.email.Text()); !ok {
			return fault.New(fault.Invalid, "Écrivez par exemple prenom.nom@exemple.fr.")
		}
		return nil
	})
	f.Line(widgets.NewLabel(title, widgets.CardTitle))
	line(f, 2, []float32{-96, 1, 1, 1}, widgets.NewField("Civilité", "", a.civility), first, last, widgets.NewField("Nom d’usage", "", a.usage))
	line(f, 2, []float32{1.4, 1, 1, 1}, email, mobile, home, work)
}

func newHomeTab(p *page) *homeTab {
	t := &homeTab{p: p, form: widgets.NewForm()}
	t.name, t.address1, t.address2 = widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField()
	t.postal, t.city = widgets.NewTextField().Width(96), widgets.NewTextField()
	t.quotient, t.low, t.note = widgets.NewTextField(), widgets.NewMoneyField(), widgets.NewTextArea(3)
	t.from, t.to = widgets.NewDateField(p.sh.Today), widgets.NewDateField(p.sh.Today)
	t.adults = [2]adultFields{newAdultFields(t.buttons), newAdultFields(t.buttons)}
	postal := t.postal.Text
	t.adults[0].addTo(t.form, "Premier responsable", true, postal)
	t.adults[1].addTo(t.form, "Second responsable", false, postal)
	t.addRest()
	t.alert = widgets.NewAlert(widgets.Warning, "", "")
	t.notice = widgets.Pad(16, 8, t.alert)
	t.notice.Hide()
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.revert = widgets.NewButton("Rétablir", widgets.Secondary, t.restore).Icon("undo")
	t.watch()
	t.scroll = container.NewVScroll(widgets.Pad(16, 16, t.form.Content()))
	t.box = widgets.VFlex(0, []float32{0, 1, 0, 0}, t.notice, t.scroll, widgets.NewDivider(),
		widgets.Pad(16, 12, widgets.HFlex(8, []float32{1, 0, 0}, widgets.Spacer(), t.revert, t.saveB)))
	return t
}

func (t *homeTab) addRest() {
	f := t.form
	quotient, from, to := widgets.NewField("Quotient familial", "", t.quotient), widgets.NewField("Valable du", "", t.from), widgets.NewField("au", "", t.to)
	low := widgets.NewField("Alerte de solde sous", "Vide : celle du service.", t.low)
	postal := widgets.NewField("Code postal", "", t.postal)
	f.Watch(quotient, func() error { _, err := parseQuotient(t.quotient.Text()); return err })
	f.Watch(from, func() error { _, err := t.from.Value(); return err })
	f.Watch(to, func() error {
		last, err := t.to.Value()
		if err != nil {
			return err
		}
		if first, ok := t.from.Value(); ok == nil && !last.IsZero() && last < first {
			return fault.New(fault.Invalid, "La fin est avant le début.")
		}
		return nil
	})
	f.Watch(low, func() error { _, err := parseLow(t.low.Text()); return err })
	f.Watch(postal, func() error {
		if s := strings.TrimSpace(t.postal.Text()); s != "" && len(s) != 5 && (t.base.Country == "" || t.base.Country == "FRANCE") {
			return fault.New(fault.Invalid, "Cinq chiffres, par exemple 01390.")
		}
		return nil
	})
	f.Line(widgets.NewLabel("Adresse", widgets.CardTitle))
	line(f, 2, []float32{1.4, 1, -112, 1}, widgets.NewField("Adresse", "", t.address1), widgets.NewField("Complément", "", t.address2), postal,
		widgets.NewField("Commune", "", t.city))
	f.Line(widgets.NewLabel("Tarif et suivi", widgets.CardTitle))
	line(f, 3, []float32{1, -148, -148, 1, 1}, quotient, from, to, low, widgets.NewField("Nom de la famille", "Vide : d’après les enfants.", t.name))
	f.Line(widgets.NewField("Note interne", "Jamais de donnée de santé ici : elle se range dans la fiche santé de l’enfant.", t.note))
}

// watch lights the buttons as soon as something is typed.
func (t *homeTab) watch() {
	all := []*widgets.TextField{t.name, t.address1, t.address2, t.postal, t.city, t.quotient, &t.from.TextField, &t.to.TextField, &t.low.TextField, t.note}
	for _, a := range t.adults {
		all = append(all, a.texts()...)
	}
	outer := map[*widgets.TextField]fyne.CanvasObject{&t.from.TextField: t.from, &t.to.TextField: t.to, &t.low.TextField: t.low}
	for _, f := range all {
		f.OnChanged = func(string) { t.buttons() }
		var shown fyne.CanvasObject = f // what the window knows of
		if o := outer[f]; o != nil {
			shown = o
		}
		settle := f.OnFocus
		f.OnFocus = func(on bool) {
			if settle != nil {
				settle(on)
			}
			if on {
				t.reveal(shown)
			}
		}
	}
}

// reveal scrolls the form so that the field with the keyboard is in sight.
func (t *homeTab) reveal(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	const air = 40 // the label above, the help below
	y := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(t.scroll).Y
	switch h := t.scroll.Size().Height; {
	case h == 0:
	case y < air:
		t.scroll.ScrollToOffset(fyne.NewPos(0, max(0, t.scroll.Offset.Y+y-air)))
	case y+o.Size().Height+air > h:
		t.scroll.ScrollToOffset(fyne.NewPos(0, t.scroll.Offset.Y+y+o.Size().Height+air-h))
	}
}

func (t *homeTab) get() household {
	h := household{
		name: t.name.Text(), address1: t.address1.Text(), address2: t.address2.Text(), postal: t.postal.Text(), city: t.city.Text(),
		quotient: t.quotient.Text(), quotientF: t.from.Text(), quotient2: t.to.Text(), low: t.low.Text(), note: t.note.Text(),
	}
	for i, a := range t.adults {
		h.guardians[i] = a.get()
	}
	return h
}

func (t *homeTab) fill(f family.Family) {
	h := householdOf(f)
	t.base, t.id = f, f.ID
	for field, s := range map[*widgets.TextField]string{
		t.name: h.name, t.address1: h.address1, t.address2: h.address2, t.postal: h.postal, t.city: h.city,
		t.quotient: h.quotient, &t.low.TextField: h.low, t.note: h.note,
	} {
		field.SetText(s)
	}
	t.from.Set(f.QuotientFrom)
	t.to.Set(f.QuotientTo)
	for i, a := range t.adults {
		a.set(h.guardians[i])
	}
	t.filled = t.get()
	t.form.Refuse(nil)
	t.notice.Hide()
	t.buttons()
}

func (t *homeTab) dirty() bool { return t.id != 0 && t.get() != t.filled }

func (t *homeTab) buttons() {
	off := t.saveOff()
	enable(t.saveB, off)
	enable(t.revert, off)
}

func (t *homeTab) saveOff() string {
	switch {
	case t.p.m.det == nil:
		return "Choisissez d’abord une famille."
	case !t.p.m.may.write:
		return lacks(staff.Accueil, staff.Admin)
	case !t.dirty():
		return "Rien n’a été modifié."
	}
	return ""
}

// show fills the form; what is being typed is kept, and a change made by
// somebody else meanwhile is told.
func (t *homeTab) show() {
	f := t.p.m.det.f
	if !t.dirty() || t.id != f.ID {
		t.fill(f)
		t.readOnly()
		return
	}
	if f.Version != t.base.Version {
		t.changed(f)
	}
}

// readOnly locks the fields for who may not write.
func (t *homeTab) readOnly() {
	lock := !t.p.m.may.write
	all := []*widgets.TextField{t.name, t.address1, t.address2, t.postal, t.city, t.quotient, &t.from.TextField, &t.to.TextField, &t.low.TextField, t.note}
	for _, a := range t.adults {
		all = append(all, a.texts()...)
		if lock {
			a.civility.Disable()
		}
	}
	for _, f := range all {
		f.SetReadOnly(lock)
	}
}

// changed keeps what was typed over a newer version and says what is in it.
func (t *homeTab) changed(now family.Family) {
	t.alert.Set(widgets.Warning, fault.French("Modifiée entre-temps par un autre agent : "+differences(householdOf(t.base), householdOf(now))+". Votre saisie est gardée : vérifiez, puis enregistrez, ou rétablissez la version de la base."), "")
	t.notice.Show()
	t.base.Version = now.Version
	t.box.Refresh()
}

// save writes what was typed.
func (t *homeTab) save() {
	if t.saveOff() != "" || !t.form.Validate() {
		return
	}
	before := t.p.m.det.f
	after, err := t.get().onto(t.base, t.p.sh.Today())
	if err != nil {
		t.form.Refuse(err)
		return
	}
	d := t.p.m.d
	var undo, now family.Family
	t.p.write(func(ctx context.Context) (err error) {
		undo, err = d.keep(ctx, before, after)
		if fault.KindOf(err) == fault.Conflict {
			if fresh, again := d.Family.Get(ctx, after.ID); again == nil {
				now = fresh
			}
		}
		return err
	}, func(err error) {
		if now.ID != 0 && now.Version != after.Version {
			t.changed(now)
			return
		}
		t.form.Refuse(err)
	}, func() {
		t.id = 0 // what is shown next is what was written
		if t.p.m.tab == tabHome {
			t.p.focus(t.p.tabs) // in a field, Ctrl+Z would undo letters
		}
		t.p.sh.Done("Famille "+or(after.Name, before.Name)+" modifiée", func() {
			t.p.write(func(ctx context.Context) error { return d.Family.Update(ctx, undo) }, nil, t.p.refresh)
		})
		t.p.refresh()
	})
}

// restore takes the base's version again.
func (t *homeTab) restore() {
	if t.p.m.det != nil {
		t.fill(t.p.m.det.f)
	}
}

// leave asks before typed changes are lost, then goes on.
func (t *homeTab) leave(then func()) {
	if !t.dirty() {
		then()
		return
	}
	t.p.sh.Confirm("Quitter sans enregistrer ?", "Les changements du foyer "+t.base.Name+" ne sont pas enregistrés.", "Abandonner les changements", widgets.Danger, func() {
		t.id = 0
		then()
	})
}

func day(d calendar.Date) string { return or(d.Short(), "—") }

package kitchen

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// transmit sends the sheet; it asks first when the kitchen has it already.
func (p *page) transmit() {
	if why := p.sheetRefusal(); why != "" {
		p.sh.Toast(why)
		return
	}
	h := p.sheet.h
	if h.Version > 0 && len(h.Changes) == 0 {
		p.sh.Confirm("Transmettre à nouveau\u00a0?", fmt.Sprintf("Rien n’a changé depuis la feuille n°\u00a0%d. La nouvelle portera le n°\u00a0%d et dira la même chose.", h.Version, h.Version+1), "Transmettre quand même", widgets.Primary, p.sendNow)
		return
	}
	p.sendNow()
}

func (p *page) sendNow() {
	service, day := p.service, p.day
	p.send.SetEnabled(false, "Transmission en cours.")
	var sent *booking.Headcount
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		sent, err = p.d.Booking.Send(ctx, service, day)
		return err
	}, func(err error) {
		if err != nil {
			p.send.SetEnabled(true, "")
			p.sh.Refused(err)
			return
		}
		p.sh.Done(fmt.Sprintf("Feuille n°\u00a0%d transmise\u00a0: %d\u00a0repas", sent.Version, sent.Total), nil)
		p.load()
	})
}

// askDay goes to another day.
func (p *page) askDay() {
	day := widgets.NewDateField(p.sh.Today).Required()
	day.Set(p.day)
	form := widgets.NewForm().Add(widgets.NewField("Jour", "Flèche bas\u00a0: le mois. + et –\u00a0: jour suivant, précédent. «\u00a0auj\u00a0», «\u00a0demain\u00a0», «\u00a05/9\u00a0».", day), func() error {
		_, err := day.Value()
		return err
	})
	var d *widgets.Dialog
	jump := func(to calendar.Date) func() {
		return func() {
			d.Close()
			p.goTo(to)
		}
	}
	next, ok := p.sheet.plan.NextOpen(p.sh.Today())
	near := widgets.NewButton("Prochain jour de service\u00a0: "+next.LongNoYear(), widgets.Secondary, jump(next)).Compact()
	if !ok {
		near.SetEnabled(false, "Aucun jour de service n’est prévu.")
	}
	d = widgets.NewDialog("Aller à un autre jour", "", widgets.VBox(14, form.Content(), widgets.HBox(8, near)), "Afficher", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		if to, err := day.Value(); err == nil {
			jump(to)()
		}
	})
	d.First = day.FocusTarget()
	p.sh.Show(d)
	day.SelectAll() // what is typed replaces the day shown
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// adultCell is one number of grown-ups being typed.
type adultCell struct {
	school int64
	diet   string
	was    int
	input  *widgets.TextField
}

// askAdults counts the grown-ups, school by school.
func (p *page) askAdults() {
	svc, ok := p.place.service(p.service)
	if !ok {
		return
	}
	service, day := p.service, p.day
	form := widgets.NewForm()
	var cells []*adultCell
	for _, school := range p.place.schoolsOf(svc) {
		form.Line(widgets.NewLabel(school.Name, widgets.BodyBold))
		var line []fyne.CanvasObject
		for _, diet := range adultDiets(p.sheet.h.Diets, p.sheet.h.Groups) {
			c := &adultCell{school: school.ID, diet: diet, was: p.adultsOf(school, diet), input: widgets.NewTextField()}
			c.input.SetText(strconv.Itoa(c.was))
			c.input.OnFocus = func(on bool) {
				if on {
					c.input.SelectAll() // a number is typed over, not added to
				}
			}
			f := widgets.NewField(p.sheet.h.Diets.Label(diet), "", c.input)
			form.Watch(f, func() error { _, err := count(c.input.Text()); return err })
			cells, line = append(cells, c), append(line, f)
		}
		form.Line(line...)
	}
	var d *widgets.Dialog
	d = widgets.NewDialog("Adultes du "+day.LongNoYear(), "Agents et enseignants qui déjeunent.", form.Content(), "Enregistrer", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		list := changed(cells)
		if len(list) == 0 {
			d.Close()
			return
		}
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error { return p.d.Booking.SetAdults(ctx, service, day, list) }, func(err error) {
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Adultes du "+day.Medium()+" enregistrés", nil)
			p.load()
		})
	})
	d.Width = 640
	d.First = form.First()
	p.sh.Show(d)
}

func (p *page) adultsOf(school catalog.School, diet string) (n int) {
	for _, g := range p.sheet.h.Groups {
		if g.AgeGroup == "adulte" && g.School == school.Name && g.Diet == diet {
			n += g.Count
		}
	}
	return n
}

// count reads a number of people; an empty field is nobody.
func count(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "Un nombre entier, 0 ou plus.")
	}
	return n, nil
}

// changed lists the cells that differ from what is kept.
func changed(cells []*adultCell) (out []booking.Adults) {
	for _, c := range cells {
		if n, err := count(c.input.Text()); err == nil && n != c.was {
			out = append(out, booking.Adults{SchoolID: c.school, Diet: c.diet, Count: n})
		}
	}
	return out
}

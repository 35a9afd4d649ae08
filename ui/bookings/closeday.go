package bookings

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// closingOff says why this agent cannot close a day, "" when they can.
func (v *weekView) closingOff() string {
	if v.sh.User().Has(string(staff.Accueil), string(staff.Admin)) {
		return ""
	}
	return "Fermer un jour demande le droit Accueil ou Administration."
}

// askClosing asks which days are closed, for whom and why. Nothing is cancelled
// before its effect has been shown.
func (v *weekView) askClosing() {
	if off := v.closingOff(); off != "" {
		v.sh.Toast(off)
		return
	}
	v.flush()
	day := v.sh.Today()
	if _, col := v.grid.Cell(); v.m.grid != nil && col < len(v.m.grid.Days) {
		day = max(day, v.m.grid.Days[col].Day)
	}
	first, last := widgets.NewDateField(v.sh.Today).Required(), widgets.NewDateField(v.sh.Today).Required()
	first.Set(day)
	last.Set(day)
	services := append(v.m.serviceOptions(), widgets.Option{ID: "0", Label: "Tous les services"})
	service := widgets.NewSelect(nil, services...)
	service.Set(id64(v.m.service))
	who := widgets.NewSelect(nil, v.m.closingClasses()...)
	who.Set("0")
	reason := widgets.NewTextField().PlaceHolder("grève, neige, sortie scolaire…")
	tell := widgets.NewCheck("Prévenir les familles", nil).Detail("un courriel par famille, avec ce qui est recrédité")
	fFirst, fLast := widgets.NewField("Du", "", first), widgets.NewField("Au", "", last)
	form := widgets.NewForm()
	form.Watch(fFirst, func() error { _, err := first.Value(); return err })
	form.Watch(fLast, func() error {
		to, err := last.Value()
		if from, err2 := first.Value(); err == nil && err2 == nil && to < from {
			return fault.New(fault.Invalid, "La fermeture finit avant de commencer.")
		}
		return err
	})
	form.Line(fFirst, fLast)
	form.Line(widgets.NewField("Service", "", service), widgets.NewField("Enfants", "", who))
	form.Add(widgets.NewField("Motif (obligatoire)", "Les familles le liront.", reason), func() error {
		if strings.TrimSpace(reason.Text()) == "" {
			return fault.New(fault.Invalid, "Écrivez le motif de la fermeture.")
		}
		return nil
	})
	form.Line(tell)
	var d *widgets.Dialog
	d = widgets.NewDialog("Fermer un jour", "Les réservations de ces jours sont annulées et recréditées, en une fois.", form.Content(), "Voir l’effet", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		c := booking.Closing{Reason: strings.TrimSpace(reason.Text()), Tell: tell.Checked(), ServiceID: number(service.Value()), ClassID: number(who.Value())}
		c.First, _ = first.Value() // both checked above
		c.Last, _ = last.Value()
		d.Main.SetEnabled(false, "Calcul en cours…")
		kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (*booking.ClosePlan, error) { return v.p.d.Booking.CloseDayPlan(ctx, c) }, func(plan *booking.ClosePlan, err error) {
			d.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			v.showClosing(plan, who.Value(), d)
		})
	})
	d.First = first.FocusTarget()
	v.sh.Show(d)
}

func number(id string) (n int64) {
	if _, err := fmt.Sscan(id, &n); err != nil {
		return 0
	}
	return n
}

// closingClasses offers everybody, or one class of the schools shown.
func (m *weekModel) closingClasses() []widgets.Option {
	out := []widgets.Option{{ID: "0", Label: "Tout le monde"}}
	s, _ := m.info()
	for _, k := range m.lists.classes {
		if s.Takes(k.SchoolID) {
			out = append(out, widgets.Option{ID: id64(k.ID), Label: k.Name, Detail: k.School})
		}
	}
	return out
}

// closingFacts says what a closing would do, one fact a line.
func closingFacts(p *booking.ClosePlan) (facts [][2]string) {
	add := func(label, value string) { facts = append(facts, [2]string{label, value}) }
	add("Réservations annulées", fmt.Sprint(len(p.Lines)-p.Waiting))
	add("Familles concernées", fmt.Sprint(p.Families))
	add("Recrédité aux porte-monnaie", p.Total.String())
	if p.Monthly != 0 {
		add("Retiré des factures du mois", p.Monthly.String())
	}
	if p.Waiting > 0 {
		add("Retirés de la liste d’attente", fmt.Sprint(p.Waiting))
	}
	if p.Present > 0 {
		add("Déjà pointés présents, gardés", fmt.Sprint(p.Present))
	}
	return facts
}

// closingGroups counts the bookings by day, service and class: "jeu. 26 nov.,
// Cantine, CE1".
func closingGroups(p *booking.ClosePlan) (labels []string, counts []int) {
	at := map[string]int{}
	for _, l := range p.Lines {
		label := l.Day.Medium() + ", " + strings.ToLower(l.Service)
		if l.Class != "" {
			label += ", " + l.Class
		}
		i, ok := at[label]
		if !ok {
			i = len(labels)
			at[label] = i
			labels, counts = append(labels, label), append(counts, 0)
		}
		counts[i]++
	}
	return labels, counts
}

const shownGroups = 8

// showClosing shows what would be cancelled and given back, and does it.
func (v *weekView) showClosing(plan *booking.ClosePlan, class string, behind *widgets.Dialog) {
	facts := closingFacts(plan)
	labels, counts := closingGroups(plan)
	row := theme.Px(24)
	n := len(facts) + min(len(labels), shownGroups+1)
	table := widgets.NewPainting(400, 0, func(g *widgets.Gfx, size fyne.Size) {
		y := float32(0)
		for i, f := range facts {
			st := widgets.Body
			if i < 3 {
				st = widgets.BodyBold
			}
			g.Text(0, y, size.Width*2/3, row, f[0], widgets.Body)
			g.Text(size.Width*2/3, y, size.Width/3, row, f[1], st.Right())
			y += row
		}
		y += 8
		g.HLine(0, y, size.Width, theme.Ardoise200)
		y += 4
		for i, l := range labels {
			if i == shownGroups {
				g.Text(0, y, size.Width, row, fmt.Sprintf("et %d autres lignes", len(labels)-i), widgets.Small)
				break
			}
			g.Text(0, y, size.Width*3/4, row, l, widgets.Small)
			g.Text(size.Width*3/4, y, size.Width/4, row, fmt.Sprint(counts[i]), widgets.Small.Right())
			y += row
		}
	})
	table.Min = func() fyne.Size { return fyne.NewSize(theme.Wide(300), float32(n)*row+16) }
	c := plan.Closing
	sub := upperFirst(calendar.RangeText(c.First, c.Last)) + ", " + v.closingWho(c, class) + " : " + c.Reason
	plan.Closing.Key = "fermeture-" + rand.Text()
	verb := "Fermer et recréditer"
	if len(plan.Lines) == 0 {
		verb = "Fermer"
	}
	behind.Close() // one sheet at a time; it comes back as it was
	agreed := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Effet de la fermeture", fault.French(sub), table, verb, widgets.Danger, func() {
		agreed = true
		d.Close()
		v.closeDay(plan, behind)
	})
	d.CancelWord = "Revenir"
	d.OnClose = func() {
		if !agreed {
			v.sh.Show(behind)
		}
	}
	v.sh.Show(d)
}

func (v *weekView) closingWho(c booking.Closing, class string) string {
	service := "tous les services"
	for _, o := range v.m.serviceOptions() {
		if o.ID == id64(c.ServiceID) {
			service = strings.ToLower(o.Label)
		}
	}
	if name := v.m.className(number(class)); name != "" {
		return service + ", classe " + name
	}
	return service
}

// closeDay does what was shown, under a bar: a whole day may be hundreds of
// bookings.
func (v *weekView) closeDay(plan *booking.ClosePlan, behind *widgets.Dialog) {
	var done *booking.ClosedDay
	v.sh.Progress("Fermeture en cours", func(ctx context.Context, report func(int, int, string)) (err error) {
		report(0, 1, "Annulation et recrédit…")
		done, err = v.p.d.Booking.CloseDay(ctx, plan)
		return err
	}, func(err error) {
		if err != nil {
			v.sh.Show(behind) // nothing typed is lost
			v.sh.Refused(err)
			return
		}
		text := "Fermeture " + calendar.RangeText(plan.Closing.First, plan.Closing.Last) + " : " + plural(done.Cancelled, "réservation annulée", "réservations annulées")
		v.sh.Done(fault.French(text+", "+done.Total.String()+" recrédités"), nil)
		v.load()
	})
}

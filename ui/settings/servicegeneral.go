package settings

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/money"
	"ardoise/ui/widgets"
)

// payWays are the means of payment, in the order of the desk.
var payWays = []string{"wallet", "card", "cheque", "cash", "transfer", "monthly"}

// generalPart is what a service is called, when it runs, how it is paid.
type generalPart struct {
	t   *servicesTab
	box *fyne.Container
	all fyne.CanvasObject
	top *widgets.Field
}

func newGeneralPart(t *servicesTab) *generalPart {
	p := &generalPart{t: t}
	e := &t.editor
	p.top = e.line("name", "Nom", "Sur les papiers et dans les courriels.", func(d *catalog.Draft) *string { return &d.Info.Name })
	short := e.line("short", "Nom court", "Sur les boutons et les listes.", func(d *catalog.Draft) *string { return &d.Info.Short })
	product := e.line("product", "Prestation", "Ce que lit la famille sur sa facture.", func(d *catalog.Draft) *string { return &d.Info.Product })
	days := e.several("weekdays", "Jours de service", "", func(d catalog.Draft) (out []string) {
		for _, w := range d.Info.Weekdays.Days() {
			out = append(out, strconv.Itoa(int(w)))
		}
		return out
	}, func(ids []string, d *catalog.Draft) { d.Info.Weekdays = weekdaysOf(ids) }, weekdayChoice()...)
	starts := e.parsed("starts_at", "Heure de début", "Par exemple 12:00.", "", func(d catalog.Draft) string { return d.Info.StartsAt.String() }, func(text string, d *catalog.Draft) (err error) {
		d.Info.StartsAt, err = calendar.ParseClock(text)
		return err
	})
	zone, _ := e.pick("zone", "Zone de vacances", "", func(d *catalog.Draft) *string { return (*string)(&d.Info.Zone) },
		widgets.Option{ID: "A", Label: "Zone A"}, widgets.Option{ID: "B", Label: "Zone B"}, widgets.Option{ID: "C", Label: "Zone C"})
	region, _ := e.pick("region", "Jours fériés", "", func(d *catalog.Draft) *string { return (*string)(&d.Info.Region) },
		widgets.Option{ID: string(calendar.Metropole), Label: "de métropole"}, widgets.Option{ID: string(calendar.AlsaceMoselle), Label: "d’Alsace-Moselle"})
	holidays := e.tick("in_holidays", "Ouvert pendant les vacances scolaires", "", func(d *catalog.Draft) *bool { return &d.Info.InHolidays })
	active := e.tick("active", "Proposé aux familles", "Décoché : rien ne se réserve plus, ce qui est fait reste.", func(d *catalog.Draft) *bool { return &d.Info.Active })
	var ways []widgets.Option
	for _, w := range payWays {
		ways = append(ways, widgets.Option{ID: w, Label: capital(catalog.PayLabel(w))})
	}
	pay := e.several("pay", "Moyens de paiement", "", func(d catalog.Draft) []string { return d.Info.Pay }, func(ids []string, d *catalog.Draft) { d.Info.Pay = ids }, ways...)
	waiting := e.number("waiting_days", "Jours de carence", "Non recrédités au début d’une absence justifiée, de 0 à 2.", "jours", 0, 2, func(d *catalog.Draft) *int { return &d.Info.WaitingDays })
	proof := e.number("proof_hours", "Délai du justificatif", "Pour remettre un certificat.", "heures", 0, 720, func(d *catalog.Draft) *int { return &d.Info.ProofHours })
	low := e.amount("low_balance", "Solde bas", "Avertir la famille en dessous.", func(d *catalog.Draft) *money.Cents { return &d.Info.LowBalance })
	p.box = widgets.VBox(14, p.top, sideBySide(220, short, product), days, sideBySide(150, starts, zone, region), sideBySide(240, holidays, active),
		widgets.NewDivider(), pay, sideBySide(170, waiting, proof, low))
	p.all = scrolled(widgets.Pad(10, 8, p.box))
	return p
}

func weekdaysOf(ids []string) (w calendar.Weekdays) {
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil {
			w = w.With(time.Weekday(n))
		}
	}
	return w
}

func (p *generalPart) content() fyne.CanvasObject { return p.all }
func (p *generalPart) first() fyne.Focusable      { return p.top.Input().FocusTarget() }
func (p *generalPart) show()                      {}
func (p *generalPart) add() (string, func())      { return "", nil }
func (p *generalPart) goTo(string)                { focusOn(p.t.sh, p.first()) }
func (p *generalPart) live(grown bool) {
	if grown {
		p.box.Refresh()
		p.all.Refresh()
	}
}

package bookings

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// load asks for the meals eaten without booking that are not paid.
func (s *weekSide) load() {
	v := s.v
	if v.m.service == 0 || !v.sh.User().Has(string(staff.Accueil), string(staff.Regie)) {
		return
	}
	service := v.m.service
	var list []booking.UnbookedMeal
	s.asking.Go(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (err error) {
		list, err = v.p.d.Booking.Unbooked(ctx, service, calendar.Date(0))
		return err
	}, func(err error) {
		if err != nil {
			s.settle.SetRight()
			s.settle.SetContent(widgets.NewEmptyState("circle-alert", "Liste indisponible", fault.Sentence(err), widgets.NewButton("Réessayer", widgets.Secondary, s.load).Compact()))
			return
		}
		if s.meals != nil && sameMeals(s.meals, list) {
			return // the buttons keep the keyboard
		}
		s.meals = list
		s.showMeals()
	})
}

func sameMeals(a, b []booking.UnbookedMeal) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// shownMeals is how many meals the panel lists; the others come up as these are
// settled.
const shownMeals = 12

func (s *weekSide) showMeals() {
	if len(s.meals) == 0 {
		s.settle.SetRight()
		text := "Les repas pris sans réservation et que le porte-monnaie n’a pas pu payer viennent ici."
		s.settle.SetContent(widgets.NewEmptyState("circle-check", "Rien à régulariser", text, nil))
		return
	}
	s.badge.Set(widgets.BadgeSpec{Icon: "triangle-alert", Text: plural(len(s.meals), "non réservé", "non réservés"), Tone: widgets.Warning})
	s.settle.SetRight(s.badge)
	var rows []fyne.CanvasObject
	for i, m := range s.meals {
		if i == shownMeals {
			rows = append(rows, widgets.NewDivider(), widgets.Pad(16, 10, widgets.NewLabel(fmt.Sprintf("et %d autres", len(s.meals)-i), widgets.Small)))
			break
		}
		if i > 0 {
			rows = append(rows, widgets.NewDivider())
		}
		rows = append(rows, s.meal(m))
	}
	s.settle.SetContent(widgets.VBox(0, append(rows, widgets.Spacer())...))
}

func (s *weekSide) meal(m booking.UnbookedMeal) fyne.CanvasObject {
	v := s.v
	where := calendar.WeekdayName(m.Day.Weekday()) + " " + fmt.Sprint(m.Day.Day())
	if m.Day.Month() != v.sh.Today().Month() || m.Day.Year() != v.sh.Today().Year() {
		where = m.Day.DayMonth()
	}
	if m.Class != "" {
		where = m.Class + ", " + where
	}
	about := fault.French(fmt.Sprintf("Repas hors réservation : %s ; solde %s", m.Price, m.Balance))
	pay := widgets.NewButton("Régulariser", widgets.Secondary, func() { v.askSettle(m) }).Compact()
	wallet := widgets.NewButton("Porte-monnaie", widgets.Secondary, func() { v.sh.Navigate("wallets", m.FamilyID) }).Hint("Recharger le porte-monnaie de la famille " + m.Family).Compact()
	who := newPairLine(widgets.BodyBold, widgets.Small)
	who.set(m.Child, where)
	return widgets.Pad(16, 10, widgets.VBox(8, widgets.VBox(2, who, widgets.NewLabel(about, widgets.Small)),
		container.New(&evenRow{gap: 8}, pay, wallet)))
}

// askSettle asks how a meal eaten without booking is paid.
func (v *weekView) askSettle(m booking.UnbookedMeal) {
	opts := []widgets.Option{
		{ID: booking.ByWallet, Label: "Porte-monnaie", Icon: "wallet", Detail: "solde " + m.Balance.String()},
		{ID: "card", Label: "Carte", Icon: "card", Detail: "terminal"},
		{ID: "cheque", Label: "Chèque", Icon: "cheque"},
		{ID: "cash", Label: "Espèces", Icon: "cash", Detail: "quittance"},
	}
	means := widgets.NewRadioRows(nil, opts...)
	means.Set(booking.ByWallet)
	if m.Balance < m.Price {
		means.Set("card")
	}
	ref := widgets.NewTextField().PlaceHolder("n° du chèque ou du ticket")
	form := widgets.NewForm().Add(widgets.NewField("Moyen de paiement", "", means), nil).Add(widgets.NewField("Référence", "", ref), nil)
	key := newKey()
	var d *widgets.Dialog
	title := fault.French("Régulariser " + m.Price.String())
	d = widgets.NewDialog(title, fmt.Sprintf("%s, %s, famille %s : un repas pris sans réservation.", m.Child, m.Day.LongNoYear(), m.Family), form.Content(), "Régulariser", widgets.Primary, func() {
		ask := booking.Settle{Key: key, Bookings: []int64{m.BookingID}, Means: means.Value(), Reference: strings.TrimSpace(ref.Text())}
		d.Main.SetEnabled(false, "Régularisation en cours…")
		kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (*booking.Done, error) { return v.p.d.Booking.Settle(ctx, ask) }, func(done *booking.Done, err error) {
			d.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			text := "Repas de " + m.Child + " régularisé, " + done.Total.String()
			if done.Receipt != nil {
				text += ", quittance " + done.Receipt.Number()
			}
			v.sh.Done(text, nil)
			v.side.load()
		})
	})
	d.First = means.FocusTarget()
	v.sh.Show(d)
}

package booking_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

func (w *world) catalog() *catalog.Service { return catalog.New(w.db) }

func (w *world) edit(fn func(*catalog.Draft)) (catalog.Summary, error) {
	w.t.Helper()
	d, err := w.catalog().Draft(w.ctx, w.canteen)
	if err != nil {
		w.t.Fatal(err)
	}
	d.Documents = []catalog.RequiredDocument{{Kind: "health_form", Months: 12}}
	fn(&d)
	_, sum, err := w.catalog().SaveDraft(w.ctx, d)
	return sum, err
}

func (w *world) edited(fn func(*catalog.Draft)) string {
	w.t.Helper()
	sum, err := w.edit(fn)
	if err != nil {
		w.t.Fatal(err, fault.Sentence(err))
	}
	return strings.ReplaceAll(strings.Join(sum.Notices, "\n"), "\u00a0", " ")
}

// A price that was charged is not written over: neither by a screen nor by a
// file. It ends, and another one follows.
func TestATariffThatPricedIsKept(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		for name, edit := range map[string]func(*catalog.Draft){
			"price":   func(d *catalog.Draft) { d.Tariffs[0].Meal++ },
			"bracket": func(d *catalog.Draft) { d.Tariffs[0].SiblingRank = 1 },
			"start":   func(d *catalog.Draft) { d.Tariffs[0].ValidFrom++ },
		} {
			_, err := w.edit(edit)
			flaws := catalog.FlawsOf(err)
			if fault.KindOf(err) != fault.Conflict || len(flaws) != 1 || flaws[0].Field != "tariffs[0]" || !strings.Contains(flaws[0].Text, "donnez-lui une date de fin et ajoutez le nouveau à la suite") {
				t.Errorf("%s: %v %v", name, err, flaws)
			}
		}
		other := catalog.Tariff{Label: "B", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2020-01-01"), QuotientMax: catalog.MaxQuotient, SiblingRank: 0}
		if _, err := w.edit(func(d *catalog.Draft) { d.Tariffs[0] = other; d.Tariffs[0].ValidFrom++ }); fault.KindOf(err) != fault.Conflict || catalog.FlawsOf(err)[0].Field != "tariffs" {
			t.Error("taken away:", err)
		}
		var file strings.Builder
		if err := w.catalog().Show(w.ctx, &file); err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(file.String(), `meal = "3,20"`, `meal = "3,30"`, 1)
		if _, err := w.catalog().Load(w.ctx, strings.NewReader(text), "prix.toml"); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "prix.toml, ligne ") ||
			!strings.Contains(fault.Sentence(err), "(valid_to)") {
			t.Error("a file writes over a price:", err)
		}
		// Its label may change, its end too; what is booked past it is told and kept.
		said := w.edited(func(d *catalog.Draft) {
			next := d.Tariffs[0]
			next.Meal = 350
			d.Tariffs = catalog.RenewTariff(d.Tariffs, 0, calendar.MustISO("2026-12-01"), next)
			d.Tariffs[0].Label = "ancien tarif"
		})
		if strings.Contains(said, "aucun tarif après") {
			t.Error(said)
		}
		if !strings.Contains(said, "Tarif « ancien tarif » : 1 repas est réservé à ce prix après le 30/11/2026. Ils le gardent.") {
			t.Error(said)
		}
		if got := w.count(`SELECT price FROM booking WHERE day = '2026-12-07'`); got != 420 {
			t.Errorf("a booked meal costs %d", got)
		}
		w.must(w.add(0, "2026-12-08"))
		if got := w.count(`SELECT price FROM booking WHERE day = '2026-12-08'`); got != 450 {
			t.Errorf("the next costs %d", got)
		}
		w.clean()
		if said = w.edited(func(d *catalog.Draft) {
			for i := range d.Tariffs {
				if d.Tariffs[i].Kind == catalog.ForBooking {
					d.Tariffs[i].ValidTo = min(d.Tariffs[i].ValidTo, calendar.MustISO("2027-07-31"))
				}
			}
		}); !strings.Contains(said, "aucun tarif après le 31/07/2027") {
			t.Error(said)
		}
		// The guard is the bookings' own: a tariff nobody was charged by changes in place.
		w.edited(func(d *catalog.Draft) {
			i := slices.IndexFunc(d.Tariffs, func(t catalog.Tariff) bool { return t.Kind == catalog.ForUnbooked })
			d.Tariffs[i].Meal = 700
		})
		w.sql(`UPDATE booking SET tariff_id = (SELECT MAX(id) FROM tariff WHERE service_id = $1 AND kind = 'booking')`, w.canteen)
		if _, err := w.edit(func(d *catalog.Draft) { d.Tariffs[0].Meal = 1 }); err != nil {
			t.Error("with the bookings elsewhere it may change:", err)
		}
	})
}

// Another cut-off is for what comes: a booking keeps the deadline it was judged
// by, and is cancelled by the new one.
func TestAnotherCutoffKeepsBookings(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-11-27", "2026-12-07"))
		said := w.edited(func(d *catalog.Draft) {
			d.Info.Book.Default = calendar.Cutoff{Form: calendar.DaysBefore, Days: 20, At: calendar.Clock{Hour: 10}}
			d.Info.Cancel.Default = calendar.Cutoff{Weekday: time.Thursday, WeeksBefore: 1, At: calendar.Clock{Hour: 12}}
		})
		if !strings.Contains(said, "2 repas sont réservés déjà avant ce changement. Ils restent, à leur prix ; leur annulation suivra la nouvelle date limite.") {
			t.Error(said)
		}
		w.clean() // each verdict still agrees with its own instant
		w.refused(fault.TooLate, w.add(0, "2026-12-08"))
		w.must(w.cancel(0, "2026-12-07"))
		if got := w.balance(0); got != 50_00-4_20 {
			t.Errorf("balance %s", got)
		}
		w.clean()
	})
}

// Fewer places than meals: the days are told, the meals stay, none is added;
// the counts of places are started anew, so that they stay right when a limit
// goes and comes back.
func TestFewerPlacesAreTold(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		limit := func(n int) func(*catalog.Draft) {
			return func(d *catalog.Draft) {
				d.Info.Capacity = &n
				if n < 0 {
					d.Info.Capacity = nil
				}
			}
		}
		w.edited(limit(3))
		for i := range 2 {
			w.fund(i, 50_00)
			w.must(w.add(i, "2026-12-07", "2026-12-08"))
		}
		w.edited(limit(-1))
		w.fund(2, 50_00)
		w.must(w.add(2, "2026-12-07"))
		if said := w.edited(limit(1)); !strings.Contains(said, "Cantine, lundi 7 décembre 2026 : 3 repas réservés pour 1 place. Les réservations restent, aucune ne s’ajoute.") ||
			!strings.Contains(said, "mardi 8 décembre 2026 : 2 repas réservés pour 1 place") {
			t.Error(said)
		}
		w.clean()
		w.fund(3, 50_00)
		if _, err := w.commit(w.add(3, "2026-12-07")); err == nil {
			t.Error("a meal beyond the places")
		}
		w.must(w.cancel(0, "2026-12-07"))
		w.must(w.cancel(2, "2026-12-07"))
		w.clean()
		w.edited(limit(2))
		w.must(w.add(3, "2026-12-07"))
		w.clean()
		// A limit that went unnoticed, as a statement of SQL would: the counts lie.
		w.sql(`UPDATE service SET capacity = NULL WHERE id = $1`, w.canteen)
		w.must(w.add(2, "2026-12-07"))
		if len(w.broken()) == 0 {
			t.Error("the planted fault is not seen")
		}
		w.edited(limit(5))
	})
}

// Days, schools and papers that change are told too.
func TestWhatFollowsOfAChangeIsTold(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07", "2026-12-08", "2026-12-14"))
		said := w.edited(func(d *catalog.Draft) {
			d.Info.Weekdays = calendar.NewWeekdays(time.Tuesday, time.Thursday)
			d.Documents = append(d.Documents, catalog.RequiredDocument{Kind: "insurance", Months: 12})
		})
		for _, want := range []string{
			"Cantine : 2 repas sont réservés, des jours qui ne seront plus servis (7 et 14 déc.). Rien n’est annulé",
			"« Fiche sanitaire », « Attestation d’assurance ») : 2 demandes ont été acceptées sans elle",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not in\n%s", want, said)
			}
		}
		school, err := w.catalog().SaveSchool(w.ctx, catalog.School{CommuneID: w.commune, Name: "Les Roseaux"})
		if err != nil {
			t.Fatal(err)
		}
		said = w.edited(func(d *catalog.Draft) { d.Schools = []catalog.TakenSchool{{SchoolID: school}}; d.Info.Active = false })
		for _, want := range []string{"Cantine, Les Étangs, Saint-Marcel : 3 repas sont réservés pour des enfants de cette école", "3 repas sont réservés encore"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not in\n%s", want, said)
			}
		}
		w.clean()
	})
}

// A sitting somebody eats at is not taken away; one that nobody does is.
func TestASittingWithMealsStays(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.edited(func(d *catalog.Draft) { d.Sittings = []catalog.Sitting{{Name: "A"}, {Name: "B"}} })
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		_, err := w.edit(func(d *catalog.Draft) { d.Sittings = d.Sittings[1:] })
		if flaws := catalog.FlawsOf(err); fault.KindOf(err) != fault.Conflict || len(flaws) != 1 || flaws[0].Field != "sittings" || !strings.Contains(flaws[0].Text, "avec 0 place") {
			t.Error(err)
		}
		w.edited(func(d *catalog.Draft) { d.Sittings = d.Sittings[:1] })
		if err := w.catalog().RemoveService(w.ctx, w.canteen); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "1 réservation") {
			t.Error(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM sitting WHERE service_id = $1`, w.canteen); n != 1 {
			t.Errorf("%d sittings", n)
		}
	})
}

// Days that are booked are not closed by a file, whatever it says; and if they
// are booked between the plan and the agreement, nothing is kept.
func TestAFileClosesNoBookedDay(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		const text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Pont\r\nDTSTART;VALUE=DATE:20261207\r\nDTEND;VALUE=DATE:20261208\r\nEND:VEVENT\r\n" +
			"BEGIN:VEVENT\r\nSUMMARY:Travaux\r\nDTSTART;VALUE=DATE:20261210\r\nDTEND;VALUE=DATE:20261212\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		for _, service := range []int64{0, w.canteen} {
			p, err := w.catalog().PlanClosures(w.ctx, strings.NewReader(text), service)
			if err != nil || p.Added != 1 || p.Refused != 1 || !strings.Contains(p.Lines[0].Reason, "Des repas sont réservés ces jours-là (1)") || !strings.Contains(p.Lines[0].Reason, "Fermer un jour…") {
				t.Fatalf("%+v %v", p, err)
			}
		}
		p, err := w.catalog().PlanClosures(w.ctx, strings.NewReader(text), w.canteen)
		if err != nil {
			t.Fatal(err)
		}
		w.must(w.add(0, "2026-12-10"))
		if err := w.catalog().CommitClosures(w.ctx, p); fault.KindOf(err) != fault.Conflict || w.count(`SELECT COUNT(*) FROM closure`) != 0 {
			t.Error("a day booked meanwhile is closed:", err)
		}
		if p, err = w.catalog().PlanClosures(w.ctx, strings.NewReader(text), w.evening); err != nil || p.Added != 2 {
			t.Errorf("nobody has booked the evening: %+v %v", p, err)
		}
		// Holidays do not cancel either: they are told.
		h := calendar.Holiday{Year: 2026, Zone: calendar.ZoneA, Name: "pont", First: calendar.MustISO("2026-12-07"), Last: calendar.MustISO("2026-12-10")}
		notices, err := w.catalog().SaveHoliday(w.ctx, calendar.Holiday{}, h)
		if err != nil || len(notices) != 1 || !strings.Contains(notices[0], "2 repas sont réservés ces jours-là") {
			t.Error(notices, err)
		}
		w.clean()
	})
}

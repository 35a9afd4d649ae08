package booking_test

import (
	"regexp"
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/letter"
)

// TestBookingLetters: what families read of a basket, of the waiting list and of
// a closing, by name and in French; and in the town's own words once it has some.
func TestBookingLetters(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		const day = "2026-12-07"
		w.sql(`UPDATE guardian SET civility = 'Mme'`)
		w.sql(`UPDATE child SET first = 'Éva'`)
		w.sql(`UPDATE commune SET name = 'Ambérieu'`)
		w.sql(`UPDATE family SET commune_id = $1`, w.commune)
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.fund(0, 20_00)
		w.fund(1, 20_00)
		first := w.add(0, day)
		first.SendRecap = true
		w.must(first)
		for _, i := range []int{2, 1} { // the first in the list has no money
			ask := w.add(i, day)
			ask.Waiting = true
			w.must(ask)
		}
		w.must(w.cancel(0, day))
		templates := letter.New(w.db)
		if _, err := templates.SaveTemplate(w.ctx, "booking.closed", "Pas de cantine {jours}", "{salutation}\n{montant rendu} vous reviennent.\n{réservations annulées}", 0); err != nil {
			t.Fatal(err)
		}
		p, err := w.s.CloseDayPlan(w.ctx, booking.Closing{Key: w.key(), ServiceID: w.canteen, First: calendar.MustISO(day), Last: calendar.MustISO("2026-12-08"), Reason: "grève", Tell: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.CloseDay(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		box, err := templates.Outbox(w.ctx, 20)
		if err != nil {
			t.Fatal(err)
		}
		wanted := map[string][]string{
			"Vos réservations du 24/11/2026":                         {"Bonjour Madame Favier0,\n\n", "\n– Réservation : Éva, Cantine, lundi 7 décembre 2026, 4,20 €\n", "Solde du porte-monnaie : 15,80 €.\n\nLa mairie d’Ambérieu\n"},
			"Une place s’est libérée pour Éva":                       {"Bonjour Madame Favier1,", "Éva a maintenant un repas réservé (Cantine) le lundi 7 décembre 2026.\n4,20 € ont été débités du porte-monnaie.\n"},
			"Place non attribuée à Éva":                              {"Bonjour Madame Favier2,", "elle n’a pas pu être donnée à Éva. ", "Éva reste sur la liste d’attente.\n"},
			"Pas de cantine du lundi 7 décembre au mardi 8 décembre": {"Bonjour Madame Favier1\n4,20 € vous reviennent.\n– Éva Favier, Cantine, lundi 7 décembre 2026\n"},
		}
		for _, o := range box {
			text := strings.ReplaceAll(o.Letter.Subject+"\n"+o.Letter.Body, "\u00a0", " ")
			if at := regexp.MustCompile(`[{}]|de [ÉA]|\n\n\n`).FindString(text); at != "" {
				t.Errorf("%q in %s", at, text)
			}
			closing, paid := strings.HasPrefix(o.Letter.Subject, "Pas de cantine"), strings.Contains(text, "Favier1")
			for _, s := range wanted[o.Letter.Subject] {
				if (!closing || paid) && !strings.Contains(text, s) {
					t.Errorf("lacks %q:\n%s", s, text)
				}
			}
			if !closing || paid {
				delete(wanted, o.Letter.Subject)
			} else if strings.Contains(text, "reviennent") { // who only waited gets nothing back: the line is not there
				t.Errorf("money that was never taken: %s", text)
			}
		}
		for s := range wanted {
			t.Errorf("no letter %q in %d", s, len(box))
		}
	})
}

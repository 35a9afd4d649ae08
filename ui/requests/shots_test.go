package requests

import (
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// story is the town of the mock-up.
func story(w *world) {
	w.full(w.request("Manon", "Berthet", w.canteen, 4, "mail"))
	w.request("Malo", "Combe", w.evening, 3, "desk")
	w.request("Léa", "Favier", w.evening, 1, "mail")
	w.request("Anna", "Perrichon", w.canteen, 0, "phone")
	h := w.request("Hugo", "Favier", w.evening, 7, "mail")
	g := w.request("Gabin", "Thévenet de la Grandière-Montmorillon", w.canteen, 12, "desk")
	r := w.request("Rose", "Balland", w.evening, 5, "desk")
	j := w.request("Jade", "Charvet", w.evening, 8, "mail")
	w.attach(r, "insurance")
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	q, err := w.access.Get(w.ctx, w.requests["Manon"])
	must(err)
	for i, it := range q.Checklist {
		until := it.Document.ValidTo
		if i == 2 {
			until = calendar.MustISO("2026-12-31")
		}
		must(w.access.MarkDocument(w.ctx, it.Document.ID, true, until, ""))
	}
	must(w.access.SetBankDetails(w.ctx, q.ID, "FR7630006000011234567890189", "AGRIFRPP", "Camille Berthet"))
	for _, id := range []int64{h, g} {
		_, err := w.access.AskMore(w.ctx, id, 0, "", nil)
		must(err)
	}
	_, err = w.access.Accept(w.ctx, r, 0, nil)
	must(err)
	_, err = w.access.Refuse(w.ctx, j, 0, "effectif complet", nil)
	must(err)
	_ = access.Accepted
}

func TestShots(t *testing.T) {
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t)
		story(w)
		p := w.show(staff.Accueil, staff.Sante, staff.Regie)
		p.act(0)
		w.shoot("demandes" + name)
		p.pick(w.requests["Gabin"])
		w.shoot("demandes-incomplete" + name)
		p.askMore()
		w.shoot("demandes-f7" + name)
		w.dialog().Close()
		p.create()
		w.shoot("demandes-nouvelle" + name)
		w.dialog().Close()
		w.win.Resize(fyne.NewSize(1224, 808))
	}
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.show(staff.Regie)
	w.shoot("demandes-vide")
}

package families

import (
	"os"
	"testing"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// TestShots draws every state into out/shots, to be looked at; it takes a
// minute, so it is asked for with ARDOISE_SHOTS=1.
func TestShots(t *testing.T) {
	if os.Getenv("ARDOISE_SHOTS") == "" {
		t.Skip("ARDOISE_SHOTS=1 draws them")
	}
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t, false)
		p := w.show(staff.Accueil, staff.Regie)
		for i, h := range p.m.got.rows {
			if len(h.Children) > 1 {
				p.pick(p.m.got.rows[i].ID)
				break
			}
		}
		w.shoot("familles" + name)
		for _, tab := range []string{tabHome, tabPapers, tabBookings, tabWallet, tabInvoices, tabHistory} {
			p.tabs.Set(tab)
			p.goTab(tab)
			w.shoot("familles-" + tab + name)
		}
		p.Open(kit.OpenFamily{ID: debtorOf(t, w, w.ctx(staff.Regie)), Tab: tabInvoices})
		w.shoot("familles-factures" + name)
		p.create()
		w.shoot("familles-nouvelle" + name)
		w.dialog().Close()
		p.duplicates()
		w.shoot("familles-doublons" + name)
		w.dialog().Close()
		c := p.m.det.f.Children[0]
		p.editChild(&c)
		w.shoot("familles-enfant" + name)
		w.dialog().Close()
		p.shareChild(c)
		w.shoot("familles-partage" + name)
		w.dialog().Close()
		p.importSchool()
		w.shoot("familles-import" + name)
		w.dialog().Close()
		w.clean()
	}
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	p := w.show(staff.Accueil, staff.Regie)
	for _, h := range p.m.got.rows[:12] {
		if h.Email == "" {
			continue
		}
		long := family.Draft{
			Name: "Thévenet de la Grandière-Montmorillon", Address1: "1, lotissement de la Grande-Prairie-des-Étangs-de-la-Dombes", Postal: "01390", City: "Saint-André-de-Corcy", Guardians: []family.Guardian{
				{First: "Marie-Charlotte-Élisabeth", Last: "Thévenet de la Grandière", Email: h.Email}, {First: "Jean-Baptiste", Last: "de Saint-Exupéry-Montmorillon", Mobile: "0639981299"},
			},
			Children: []family.Child{{First: "Anne-Apolline-Victoire", Last: "Thévenet de la Grandière-Montmorillon", Birth: tuesday.AddMonths(-80), Diet: "pai_panier", Note: "vient à vélo"}},
		}
		if _, err := w.o.Family.Create(w.sh.Context, long); err != nil {
			t.Fatal(err)
		}
	}
	p.Open("grandiere")
	w.shoot("familles-long")
	p.duplicates()
	w.shoot("familles-doublons-2")
	w.dialog().Close()
	dress(t, theme.Dark, 100)
	w = newWorld(t, false)
	p = w.show(staff.Sante)
	w.shoot("familles-sante")
	p.openHealth(p.m.det.f.Children[0])
	w.shoot("familles-fiche-sante")
	dress(t, theme.Light, 100)
	w = newWorld(t, true)
	w.show(staff.Accueil)
	w.shoot("familles-vide")
}

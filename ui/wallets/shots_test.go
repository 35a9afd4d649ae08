package wallets

import (
	"testing"

	"ardoise/data/staff"
	"ardoise/ui/theme"
)

func TestShots(t *testing.T) {
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t)
		p := w.show(staff.Accueil, staff.Regie)
		w.shoot("porte-monnaie-liste" + name)
		p.search.SetText("a")
		w.sh.Run.Fire(1e9)
		w.shoot("porte-monnaie-recherche" + name)
		p.choose(w.rich())
		w.shoot("porte-monnaie" + name)
		p.topUp()
		w.shoot("porte-monnaie-recharger" + name)
		w.dialog().Close()
		for i, r := range p.m.rows {
			if r.debit != "" {
				p.explain(i)
				break
			}
		}
		w.shoot("porte-monnaie-pourquoi" + name)
	}
}

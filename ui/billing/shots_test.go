package billing

import (
	"os"
	"testing"

	"ardoise/ui/theme"
)

// TestShots draws every state into out/shots, to be looked at; it is asked for
// with ARDOISE_SHOTS=1.
func TestShots(t *testing.T) {
	if os.Getenv("ARDOISE_SHOTS") == "" {
		t.Skip("ARDOISE_SHOTS=1 draws them")
	}
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t)
		p := w.show()
		w.shoot("facturation" + name)
		p.month.open(0)
		w.shoot("facturation-brouillon" + name)
		w.dialog().Close()
		p.issue()
		w.shoot("facturation-emettre" + name)
		w.dialog().Main.Press()
		w.shoot("facturation-emise" + name)
		p.month.open(0)
		w.shoot("facturation-facture" + name)
		w.dialog().Close()
		p.pay(p.selectedFamily())
		w.shoot("facturation-encaisser" + name)
		w.dialog().Close()
		p.choose(stepDebit)
		w.shoot("facturation-prelever" + name)
		p.debit.toggle(0)
		p.debit.which.Set("skipped")
		p.debit.skipped = true
		p.debit.showTable()
		w.shoot("facturation-laissees" + name)
		p.choose(stepRemind)
		w.shoot("facturation-relancer" + name)
		p.NextTab(1)
		w.shoot("facturation-caisse" + name)
		p.cash.closeDay()
		w.shoot("facturation-compter" + name)
		w.dialog().Close()
		p.cash.choice.Set(listJournal)
		p.cash.choose(listJournal)
		w.shoot("facturation-journal" + name)
		p.NextTab(1)
		w.shoot("facturation-chiffres" + name)
		p.NextTab(1)
		p.choose(stepDebit)
		p.debit.skipped = false
		p.debit.showTable()
		p.debit.open(1)
		w.shoot("facturation-mandat" + name)
	}
}

package setup

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/data/store"
	"ardoise/ui/theme"
)

// TestShots draws every page into out/shots, to be looked at; it is asked for with
// ARDOISE_SHOTS=1.
func TestShots(t *testing.T) {
	if os.Getenv("ARDOISE_SHOTS") == "" {
		t.Skip("ARDOISE_SHOTS=1 draws them")
	}
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		t.Run("at"+name, func(t *testing.T) { shots(t, name, percent) })
	}
}

func shots(t *testing.T, name string, percent int) {
	r := newWorld(t, theme.Light, percent)
	r.open()
	r.shoot("0-choix" + name)
	r.key(fyne.KeyReturn)
	r.typeHere("saint")
	r.shoot("1-commune" + name)
	r.key(fyne.KeyReturn)
	r.s.made[atCommune].(*communePage).another("École élémentaire publique intercommunale Marguerite-Yourcenar", "PS MS, GS CP, CE1 CE2, CM1 CM2")
	r.shoot("1-ecoles" + name)
	r.on()
	r.shoot("2-annee" + name)
	r.on()
	p := r.s.made[atCanteen].(*canteenPage)
	p.brackets[0].price.SetText("5,10")
	p.insert()
	p.brackets[0].upto.SetText("620")
	p.brackets[0].price.SetText("2,40")
	p.insert()
	r.on()
	r.shoot("3-cantine" + name)
	p.remove(p.brackets[1])
	r.on()
	r.typeHere("Nathalie Perret")
	r.on()
	r.shoot("4-agent" + name)
	a := r.s.made[atAgent].(*agentPage)
	a.password.SetText(password)
	a.again.SetText(password)
	r.on()
	r.shoot("5-phrase" + name)
	r.on()
	r.typeHere("0000")
	r.on()
	r.shoot("5-relire" + name)
	r.s.made[atPhrase].(*phrasePage).typed.SetText(secret)
	r.on()
	r.shoot("6-courriel" + name)
	r.on()
	r.shoot("7-resume" + name)

	r = newWorld(t, theme.Dark, percent)
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	r.s.made[atServer].(*serverPage).host.SetText("pg.mairie.lan")
	r.inn.found = data.Found{Content: store.Current, Town: true, Families: 148}
	r.on()
	r.shoot("8-serveur" + name)
	r.open()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	r.shoot("9-copie" + name)
	r.open()
	r.key(fyne.KeyEnd, fyne.KeyReturn)
	r.shoot("10-noethys" + name)
	path := filepath.Join("..", "..", "..", "shared", "data", "noethys", "EXEMPLE_cantine_DATA.dat")
	if _, err := os.Stat(path); err != nil {
		return
	}
	r.s.made[atNoethys].(*noethysPage).path.SetText(path)
	r.on()
	r.throughPhrase()
	r.shoot("11-reprise" + name)
}

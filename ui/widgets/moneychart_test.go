package widgets

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"ardoise/data/money"
	"ardoise/ui/theme"
)

func billed() *MoneyChart {
	c := NewMoneyChart("Facturé", "Impayé")
	c.Set(year())
	return c
}

// texts are what a painted widget shows now.
func texts(g *Gfx) string {
	var out []string
	for _, o := range g.objs {
		if t, ok := o.(*canvas.Text); ok && t.Visible() {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "|")
}

func TestMoneyChartByKeyboard(t *testing.T) {
	c := billed()
	w := show(t, c, 600, 260)
	w.Canvas().Focus(c)
	var went, opened []int
	c.OnSelect = func(i int) { went = append(went, i) }
	c.OnOpen = func(i int) { opened = append(opened, i) }
	press(c, fyne.KeyRight, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyHome, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyHome, fyne.KeyRight, fyne.KeyReturn)
	if s := fmt.Sprint(went, opened); s != "[10 9 0 11 0 1] [1]" {
		t.Errorf("went to and opened %s", s)
	}
	if s := texts(&c.g); !strings.Contains(s, "février 2026|Facturé|6\u202f310,00\u00a0€|Impayé|120,60\u00a0€") {
		t.Errorf("the legend does not give the chosen month: %s", s)
	}
	if c.Selected() != 1 {
		t.Errorf("at %d", c.Selected())
	}
}

func TestMoneyChartByPointer(t *testing.T) {
	c := billed()
	w := show(t, c, 600, 260)
	var went, opened []int
	c.OnSelect = func(i int) { went = append(went, i) }
	at := fyne.NewPos(c.plot.group(7)+c.plot.band()/2, c.plot.Y+20)
	if tip := c.g.tipAt(at); tip != "août 2026\u00a0: facturé –1\u202f180,20\u00a0€, impayé 0,00\u00a0€" {
		t.Errorf("tooltip %q", tip)
	}
	test.TapAt(c, at)
	test.TapAt(c, at) // nothing to open
	c.OnOpen = func(i int) { opened = append(opened, i) }
	test.TapAt(c, at)
	if s := fmt.Sprint(went, opened); s != "[7] [7]" || w.Canvas().Focused() != c {
		t.Errorf("went to and opened %s", s)
	}
}

func TestMoneyChartInWords(t *testing.T) {
	test.NewTempApp(t)
	c := billed()
	want := "De janvier 2026 à décembre 2026. " +
		"Facturé : 87 790,40 € au total, au plus haut 10 245,80 € (mars 2026), au plus bas –1 180,20 € (août 2026). " +
		"Impayé : 9 910,80 € au total, au plus haut 5 412,80 € (décembre 2026), au plus bas 0,00 € (janvier 2026)."
	plain := strings.NewReplacer("\u202f", " ", nbsp, " ")
	if s := plain.Replace(c.Summary()); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
	if s := plain.Replace(c.AccessibilityLabel()); s != want+" décembre 2026 : facturé 9 846,20 €, impayé 5 412,80 €" {
		t.Errorf("%s", s)
	}
	one := NewMoneyChart("SEPA", "")
	if one.Summary() != "Aucun montant" || one.Text(0) != "" || one.Selected() != -1 {
		t.Error("an empty chart says that it is")
	}
	one.Set([]MoneyGroup{{"déc.", "décembre 2026", []money.Cents{math.MaxInt64}}, {"janv.", "janvier 2027", []money.Cents{1}}})
	if s := one.Summary(); strings.Contains(s, "total") {
		t.Errorf("a sum beyond 64 bits is not said: %s", s)
	}
	if s := one.Text(1); s != "janvier 2027\u00a0: SEPA 0,01\u00a0€" {
		t.Errorf("%s", s)
	}
}

func TestMoneyChartEmptyOffersItsAction(t *testing.T) {
	c := NewMoneyChart("Facturé", "")
	n := 0
	c.Empty(NewEmptyState("chart", "Rien n’est encore facturé", "", NewButton("Calculer", Secondary, func() { n++ })))
	w := show(t, c, 300, 220)
	w.Canvas().Focus(c)
	press(c, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyReturn)
	if n != 1 {
		t.Errorf("pressed %d times", n)
	}
	c.Set([]MoneyGroup{{Label: "déc.", Name: "décembre 2026"}}) // no amount given: zero
	if !strings.Contains(texts(&c.g), "0,00") {
		t.Errorf("%s", texts(&c.g))
	}
}

func TestMoneyChartShowsEvenThreeCents(t *testing.T) {
	c := NewMoneyChart("Facturé", "")
	c.Set([]MoneyGroup{{"a", "a", []money.Cents{3}}, {"b", "b", []money.Cents{10_000_00}}, {"c", "c", []money.Cents{-3}}, {"d", "d", []money.Cents{0}}})
	show(t, c, 400, 260)
	base := c.plot.Y + c.axis.y(0, c.plot.H)
	var bars []string
	for _, o := range c.g.objs {
		if r, ok := o.(*canvas.Rectangle); ok && r.FillColor == theme.Of(theme.Ardoise500) && r.Size().Width == whole(c.plot.barW) {
			p, s := r.Position(), r.Size()
			bars = append(bars, fmt.Sprint(s.Height >= 2, p.Y < base-1))
		}
	}
	if s := fmt.Sprint(bars); s != "[true true true true true false]" {
		t.Errorf("bars (seen, above zero): %s", s)
	}
}

package widgets

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/money"
	"ardoise/ui/theme"
)

// monthEnd are the steps of the mock-up.
func monthEnd(onChoose func(int)) *Stepper {
	return NewStepper(onChoose,
		Step{"Calculer", "148 factures, le 21/12", StepDone}, Step{"Contrôler", "6 alertes, 3 écartées", StepToReview},
		Step{"Émettre", "en cours : 212 sur 340", StepNow}, Step{"Prélever", "87 prélèvements", StepToCome}, Step{"Relancer", "à partir du 20/01/2027", StepToCome})
}

// year is twelve months of amounts, one of them a month of credit notes.
func year() []MoneyGroup {
	var out []MoneyGroup
	for _, m := range []struct {
		label, name  string
		plain, other money.Cents
	}{
		{"janv.", "janvier 2026", 9_120_40, 0},
		{"févr.", "février 2026", 6_310_00, 120_60},
		{"mars", "mars 2026", 10_245_80, 84_00},
		{"avr.", "avril 2026", 7_540_20, 0},
		{"mai", "mai 2026", 8_312_60, 212_40},
		{"juin", "juin 2026", 9_906_00, 96_60},
		{"juil.", "juillet 2026", 1_204_00, 0},
		{"août", "août 2026", -1_180_20, 0},
		{"sept.", "septembre 2026", 9_410_80, 1_033_20},
		{"oct.", "octobre 2026", 7_870_00, 640_40},
		{"nov.", "novembre 2026", 9_204_60, 2_310_80},
		{"déc.", "décembre 2026", 9_846_20, 5_412_80},
	} {
		out = append(out, MoneyGroup{m.label, m.name, []money.Cents{m.plain, m.other}})
	}
	return out
}

func alerts() *ActionList {
	l := NewActionList(nil)
	l.Set([]ActionRow{
		{"circle-cross", Failure, "3 mandats caducs", "36 mois sans prélèvement", "Remplacer", "m"},
		{"help", Warning, "2 IBAN à confirmer", "changés depuis novembre", "Confirmer", "i"},
		{"triangle-alert", Warning, "1 facture à 0,00 €", "aucun repas en décembre", "Écarter", "z"},
	})
	return l
}

// invoices is the table of the mock-up, with its folded rows.
func invoices() *Table {
	names := []string{"Balland", "Benali", "Berthet", "Bouvier", "Charvet", "Combe", "Curtet", "Dupuis", "Favier", "Gauthier", "Guichard", "Jacquet", "", "Morel", "Nallet"}
	means := []string{"bank", "wallet", "bank", "bank", "cheque"}
	words := []string{"Prélèvement", "Porte-monnaie", "Prélèvement", "Prélèvement", "Chèque"}
	states := []BadgeSpec{{"check", "Émise", Success}, {"wallet", "Acquittée", Success}, {"check", "Émise", Success}, {"circle-cross", "Mandat caduc", Failure}, {"hourglass", "PDF en cours", Info}}
	t := NewTable([]Column{{ID: "n", Title: "N°", Width: 104}, {ID: "f", Title: "Famille"}, {ID: "e", Title: "Enfants", Spare: true}, {ID: "r", Title: "Repas", Width: 48, Right: true, Spare: true}, {ID: "m", Title: "Montant", Width: 80, Right: true}, {ID: "p", Title: "Règlement", Width: 120, Spare: true}, {ID: "s", Title: "État", Width: 140}}, func(r, c int) Cell {
		return [...]Cell{
			{Text: fmt.Sprintf("2026-12-%03d", r+1), Ink: theme.Ardoise600},
			{Text: names[r], Bold: true},
			{Text: "Camille, Paul, Zoé", Ink: theme.Ardoise600},
			{Text: "22"},
			{Text: "92,40\u00a0€", Bold: true},
			{Icon: means[r%5], Text: words[r%5], Ink: theme.Ardoise600},
			{Badge: &states[r%5]},
		}[c]
	})
	t.Group = func(r int) *GroupRow {
		if r == 12 {
			return &GroupRow{Title: "013 à 092", Text: "80 factures émises, repliées"}
		}
		return nil
	}
	t.RowHeight(36).SetCount(15)
	t.Select(3)
	return t
}

func progress() *ProgressCard {
	p := NewProgressCard("file", "Création des PDF")
	p.Report(212, 340, "148 factures, 87 avis, 105 relevés")
	p.Left("encore 40\u00a0s environ")
	p.Action("pause", "Pause", func() {})
	return p
}

// looks are the four ways every sheet is drawn.
var looks = []struct {
	look    theme.Look
	percent int
}{{theme.Light, 100}, {theme.Dark, 100}, {theme.Contrast, 100}, {theme.Light, 150}}

// TestGalleryBilling lays the parts out as the mock-up of the billing screen
// does: 1,192 px of steps, the table beside 320 px of cards. Text of 150 % gets
// no wider page.
func TestGalleryBilling(t *testing.T) {
	app := test.NewTempApp(t)
	for _, v := range looks {
		app.Settings().SetTheme(theme.New(v.look, v.percent))
		chart := NewMoneyChart("Facturé", "Impayé")
		chart.Set(year())
		filter := NewChoice(Segments, nil, Option{ID: "t", Label: "Toutes 148"}, Option{ID: "c", Label: "À contrôler 6"}, Option{ID: "e", Label: "Émises 92"})
		table := NewPanel("Factures de décembre 2026", invoices()).Right(filter, NewIconButton("filter", "Filtrer", nil)).Flush()
		side := VBox(16, progress(), NewPanel("Alertes", alerts()).Icon("triangle-alert").Right(NewBadge("", "6 factures", Warning)).Flush().Line(), NewPanel("Facturé et impayé", chart).Icon("chart"))
		page := VFlex(16, []float32{0, 1}, monthEnd(func(int) {}), HFlex(16, []float32{1, -320}, table, side))
		shoot(t, fmt.Sprintf("facturation-%s-%d", v.look, v.percent), background(Pad(16, 16, page)), fyne.NewSize(1224, 808), func(w fyne.Window) { w.Canvas().Focus(chart) })
	}
}

// TestGalleryCharts shows the chart and the steps at the widths and with the
// amounts that are hard for them.
func TestGalleryCharts(t *testing.T) {
	app := test.NewTempApp(t)
	for _, v := range looks {
		app.Settings().SetTheme(theme.New(v.look, v.percent))
		charts := make([]*MoneyChart, 5)
		for i := range charts {
			charts[i] = NewMoneyChart("Facturé", "Impayé")
		}
		one := NewMoneyChart("Encaissé", "")
		charts[0].Set(year())
		charts[1].Set(year()[8:])
		charts[2].Set([]MoneyGroup{{"août", "août 2026", []money.Cents{-42_00, -8_40}}, {"sept.", "septembre 2026", []money.Cents{0, 3}}})
		charts[3].Set([]MoneyGroup{{"déc.", "décembre 2026", []money.Cents{123_456_789_12, 98_000_00}}})
		one.Set(year())
		one.Select(7)
		steps := monthEnd(func(int) {})
		steps.focused, steps.cursor, steps.moved = true, 3, true
		shown := monthEnd(func(int) {})
		shown.SetShown(0)
		page := VFlex(
			16, []float32{0, 0, 1, 1},
			steps,
			HFlex(16, []float32{2, 1}, shown, monthEnd(nil)),
			HFlex(16, []float32{1, 1}, NewPanel("Douze mois", charts[0]), NewPanel("Quatre mois", charts[1])),
			HFlex(16, []float32{1, 1, 1, 1}, NewPanel("Avoirs", charts[2]), NewPanel("Un mois", charts[3]), NewPanel("Une série", one), NewPanel("Vide", charts[4])),
		)
		shoot(t, fmt.Sprintf("graphiques-%s-%d", v.look, v.percent), background(Pad(16, 16, page)), fyne.NewSize(1224, 8.08*float32(v.percent)), func(w fyne.Window) { w.Canvas().Focus(charts[0]) })
	}
}

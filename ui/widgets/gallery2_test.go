package widgets

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
)

// december is the month of the mock-up: widths, week marks, today, holidays.
func december() ([]GridDay, []GridSpan) {
	first := calendar.MustISO("2026-12-01")
	var days []GridDay
	for i := range 31 {
		d := first.Add(i)
		g := GridDay{Name: calendar.WeekdayShort(d.Weekday()), Day: fmt.Sprint(d.Day()), Today: d.Day() == 8}
		switch d.Weekday() {
		case 3:
			g.Kind, g.Name = DayNarrow, "me."
		case 0, 6:
			g.Kind, g.Name = DayOff, calendar.WeekdayInitial(d.Weekday())
		}
		if i >= 18 {
			g.Kind, g.Name = DayOff, calendar.WeekdayInitial(d.Weekday())
		}
		if _, w := d.ISOWeek(); i == 0 || d.Weekday() == 1 {
			g.Week = fmt.Sprintf("S %d", w)
		}
		days = append(days, g)
	}
	return days, []GridSpan{{From: 18, To: 30, Icon: "calendar-x", Title: "Vacances de Noël (zone A)", Lines: []string{"du 19 décembre au 3 janvier", "25 décembre : férié"}}}
}

func demoCell(row, col int) GridCell {
	p := GridCell{Fill: CellSolid, Tone: Success, Text: "P"}
	switch {
	case row == 0 && col == 3:
		return GridCell{Fill: CellLight, Tone: Info, Text: "J"}
	case row == 3 && col == 3:
		return GridCell{Fill: CellMuted, Text: "A"}
	case row == 5 && col == 2:
		return GridCell{Fill: CellLight, Tone: Failure, Text: "Ab"}
	case row == 3 && col == 16:
		return GridCell{Fill: CellOutline, Tone: Warning, Text: "–"}
	case (row == 1) && col < 7:
		return GridCell{Fill: CellDash, Text: "–"}
	case row == 1 && col < 10:
		return GridCell{Fill: CellMuted, Icon: "lock"}
	case row == 1:
		return GridCell{}
	case col < 8:
		return p
	case col == 9:
		return GridCell{Fill: CellLight, Tone: Accented, Text: "R", Corner: "lock"}
	case row == 0:
		return GridCell{Fill: CellOutline, Tone: Accented, Text: "+"}
	case row == 2 && col%2 == 0:
		return GridCell{Fill: CellLight, Tone: Accented, Text: "R"}
	case row == 3:
		return GridCell{Fill: CellLight, Tone: Accented, Text: "R"}
	}
	return GridCell{}
}

func monthGrid() *DayGrid {
	g := NewDayGrid("Service", demoCell)
	days, spans := december()
	rows := []GridRow{{Icon: "fork-knife", Label: "Cantine"}, {Icon: "sun", Label: "Matin"}, {Icon: "moon", Label: "Soir"}}
	rows2 := []GridRow{rows[0], {Icon: "sun", Label: "Matin", Banner: "Accès refusé le 30/11/2026 : effectif complet", BannerIcon: "circle-cross"}, rows[2]}
	g.Set(days, []GridGroup{
		{Title: "Léa", Detail: "CE1, Élémentaire Les Étangs", Right: "cantine : 5 repas, +5 au panier", Rows: rows},
		{Title: "Hugo", Detail: "GS, Maternelle Les Libellules", Right: "cantine : 10 repas, –1 au panier", Rows: rows2},
	}, spans...)
	return g
}

func classGrid() *WeekGrid {
	var lines []WeekRow
	names := []string{"Rose Balland", "Nino Bertrand", "Anna Combe", "Léa Favier", "Maël Girard", "Jules Guichard", "Élise Lacroix", "Sacha Morel", "Chloé Pernet", "Tom Rigaud", "Louise Thévenet", "Ewen Vial"}
	for _, cl := range []string{"CE1 — M. Roche", "CE2 — Mme Cottin"} {
		lines = append(lines, WeekRow{Heading: cl, Detail: "12 enfants"})
		for i, n := range names {
			r := WeekRow{Name: n, Extra: "Standard"}
			if i == 2 {
				r.Extra, r.ExtraStrong = "Sans porc", true
			}
			if i == 4 {
				r.Extra, r.ExtraStrong, r.ExtraIcon = "Repas adapté", true, "fork-knife"
			}
			lines = append(lines, r)
		}
	}
	w := NewWeekGrid("Enfant", "Régime", func(row, col int) GridCell {
		switch {
		case row == 6 && col == 1:
			return GridCell{Fill: CellLight, Tone: Failure, Text: "Ab", Word: "absent", Strong: true}
		case row == 8 && col == 1:
			return GridCell{Fill: CellLight, Tone: Warning, Text: "NR", Word: "non réservé", Strong: true}
		case col < 2 && row < 20:
			return GridCell{Fill: CellSolid, Tone: Success, Text: "P", Word: "présent"}
		case row%7 == 0:
			return GridCell{}
		case col < 2:
			return GridCell{Fill: CellLight, Tone: Accented, Text: "R", Word: "à pointer"}
		}
		return GridCell{Fill: CellLight, Tone: Accented, Text: "R", Word: "réservé"}
	})
	w.Set([]WeekDay{{"lundi 23", "3 cases à pointer", false}, {"mardi 24", "aujourd’hui", true}, {"jeudi 26", "clôture 16 h 00", false}, {"vendredi 27", "ouvert", false}}, lines,
		[]WeekTotal{{"Total des repas", []string{"22", "22", "20", "20"}}, {"Standard", []string{"16", "16", "14", "14"}}, {"Sans porc", []string{"3", "3", "4", "3"}}})
	w.row, w.col = 20, 1
	return w
}

func demoTable() *Table {
	names := []string{"Balland", "Benali", "Berthet", "Bouvier", "Charvet", "Combe", "Curtet"}
	t := NewTable([]Column{{ID: "n", Title: "N°", Width: 110}, {ID: "f", Title: "Famille", Sort: true}, {ID: "m", Title: "Montant", Width: 90, Right: true, Sort: true}, {ID: "e", Title: "État", Width: 140}}, func(r, c int) Cell {
		switch c {
		case 0:
			return Cell{Text: fmt.Sprintf("2026-12-%03d", r+1), Ink: theme.Ardoise600}
		case 1:
			return Cell{Text: names[r%7], Bold: true}
		case 2:
			return Cell{Text: "92,40 €", Bold: true}
		}
		return Cell{Badge: &BadgeSpec{"check", "Émise", Success}}
	})
	t.Jump = func(r int) string { return names[r%7] }
	t.RowHeight(36).SetCount(40)
	t.SortedBy("f", false)
	t.Select(3)
	return t
}

func demoList() *List {
	l := NewList(56, func(g *Gfx, r int, b Box, _ bool) {
		g.Text(b.X, b.Y+8, b.W-80, 20, "Famille Favier", BodyBold)
		g.Text(b.X+b.W-80, b.Y+8, 80, 20, "26,40 €", BodyBold.Right())
		g.Text(b.X, b.Y+30, b.W-140, 20, "Léa, Hugo", Small)
		s := BadgeSpec{"circle-dashed", "Dossier incomplet", Warning}
		w := BadgeWidth(s)
		g.Badge(b.X+b.W-w, b.Y+29, w, s)
	})
	l.SetCount(30)
	l.Select(2)
	return l
}

func TestGalleryGrids(t *testing.T) {
	app := test.NewTempApp(t)
	for _, v := range []struct {
		look    theme.Look
		percent int
	}{{theme.Light, 100}, {theme.Dark, 100}, {theme.Contrast, 100}, {theme.Light, 150}} {
		app.Settings().SetTheme(theme.New(v.look, v.percent))
		var s sheet
		mg, wg := monthGrid(), classGrid()
		mg.focused, mg.row, mg.col = true, 0, 10
		wg.focused = true
		s.put(NewPanel("", mg).Pad(16, 8), 16, 16, 872, 400)
		s.put(NewPanel("", wg).Pad(16, 8), 16, 430, 872, 456)
		s.put(NewPanel("Factures de décembre 2026", demoTable()).Flush(), 904, 16, 520, 300)
		s.put(NewPanel("Familles", demoList()).Flush(), 904, 330, 250, 260)
		ch := NewBarChart("Servis", "Aujourd’hui", "Prévus")
		ch.Set([]BarGroup{{"S 47", []Bar{{"L", 185, false, false}, {"M", 190, false, false}, {"J", 188, false, false}, {"V", 176, false, false}}}, {"S 48", []Bar{{"L", 184, false, false}, {"M", 186, true, false}, {"J", 191, false, true}, {"V", 179, false, true}}}})
		s.put(NewPanel("Repas servis", ch), 1170, 330, 254, 260)
		s.put(NewStepper(nil, Step{"Calculer", "le 21/12", StepDone}, Step{"Contrôler", "6 alertes", StepToReview}, Step{"Émettre", "en cours", StepNow}, Step{"Prélever", "", StepToCome}), 904, 604, 520, 80)
		s.put(NewTabs(nil, TabItem{ID: "f", Label: "Foyer"}, TabItem{ID: "e", Label: "Enfants", Count: 2}, TabItem{ID: "p", Label: "Pièces", Count: 6}), 904, 700, 520, 0)
		pb := NewProgressBar()
		pb.Set(62, 100)
		s.put(pb, 904, 760, 300, 0)
		l := NewList(56, nil)
		l.Failed("La base ne répond pas. Vérifiez le réseau.", func() {})
		s.put(NewPanel("", l).Flush(), 904, 776, 300, 116)
		s.put(NewMonthView(calendar.MustISO("2026-12-08"), calendar.MustISO("2026-12-24"), nil), 1210, 690, 0, 0)
		shoot(t, fmt.Sprintf("grilles-%s-%d", v.look, v.percent), background(s.box()), fyne.NewSize(14.4*float32(v.percent), 9*float32(v.percent)), nil)
	}
}

func TestGalleryDialog(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	o, _ := componentSheet()
	shoot(t, "dialogue", o, fyne.NewSize(1440, 900), func(w fyne.Window) {
		f := NewForm()
		today := func() calendar.Date { return calendar.MustISO("2026-12-08") }
		ref, who, date := NewTextField(), NewTextField(), NewDateField(today)
		date.Set(today())
		who.SetText("Élodie Favier")
		a, b, c := NewField("Référence (n° du chèque)", "", ref), NewField("Reçu de", "", who), NewField("Date", "", date)
		pay := NewRadioRows(nil, Option{ID: "e", Label: "Espèces", Icon: "cash"}, Option{ID: "c", Label: "Chèque", Icon: "cheque"}, Option{ID: "b", Label: "Carte", Icon: "card"}, Option{ID: "v", Label: "Virement", Icon: "bank"}).Columns(2)
		amount := NewChoice(Big, nil, Option{ID: "20", Label: "20 €"}, Option{ID: "50", Label: "50 €"}, Option{ID: "100", Label: "100 €"})
		amount.Set("50")
		f.Add(NewField("Montant", "", amount), nil)
		f.Add(NewField("Moyen de paiement", "", pay), nil)
		f.Line(a, b)
		ro := NewTextField()
		ro.SetText("2026-0463")
		ro.SetReadOnly(true)
		f.Line(NewField("Quittance n°", "", ro), c)
		ck := NewCheck("Imprimer la quittance", nil)
		ck.Set(true)
		f.Line(HBox(24, ck, NewCheck("L’envoyer par courriel", nil)))
		f.Line(NewAlert(Success, "Nouveau solde : ", "82,60 €").Icon("wallet"))
		d := NewDialog("Recharger le porte-monnaie", "Famille Favier, solde actuel : 32,60 €", f.Content(), "Encaisser 50,00 €", Primary, nil)
		d.First = ref.FocusTarget()
		d.Show(w.Canvas())
	})
}

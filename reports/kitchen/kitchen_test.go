package kitchen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ardoise/reports/page/pagetest"
)

var ctx = context.Background()

func made(t *testing.T, write func(w io.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func workbook(t *testing.T, s Sheet) []byte {
	t.Helper()
	return made(t, func(w io.Writer) error { return Workbook(ctx, w, s) })
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// rows reads a sheet back as stored, a row a line with | between cells.
func rows(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	got, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range got {
		b.WriteString(strings.Join(r, "|") + "\n")
	}
	return b.String()
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestWorkbookHoldsTheNumbers(t *testing.T) {
	f := open(t, workbook(t, sample()))
	if got := fmt.Sprint(f.GetSheetList()); got != "[Effectifs Noms PAI Mois]" {
		t.Fatalf("sheets %s", got)
	}
	contains(t, rows(t, f, "Effectifs"),
		"Effectifs du jeudi 26 novembre 2026",
		"École|Service|Régime|Maternelle|Élémentaire|Adultes|Total|Ajouts depuis n°\u00a02|Retraits depuis n°\u00a02",
		"Les Libellules|1ᵉʳ service|Standard|42|0|4|46|1",
		"Les Libellules||Total école|53|0|4|57|2|-1",
		"Les Étangs|1ᵉʳ service|Sous-total|0|59|5|64|2",
		"Les Étangs||Total école|0|97|5|102|2|-2",
		"École du Chêne|1ᵉʳ service|Végétarien|0|0|0|0||-1",
		"Total à préparer|||53|1330|10|1393|5|-4",
		"Toutes||Végétarien|3|5|0|8||-2",
	)
	contains(t, rows(t, f, "Noms"), "Les Libellules|PS|NOM00 Prénom|1ᵉʳ service|Standard|repas adapté", "=cmd|'/C calc'!A0")
	contains(t, rows(t, f, "PAI"), "Les Libellules|MS|Adam G.|1ᵉʳ service|Plat adapté|poisson|Omelette. Trousse : placard 2.|OUI")
	contains(t, rows(t, f, "Mois"), "46328|42|102|132|12|0|144", "Total|942|1734|2472|204|0|2676")
	for cell, want := range map[string]string{"H5": "+1", "I7": "–1", "D5": "42", "I5": ""} {
		if got, err := f.GetCellValue("Effectifs", cell); err != nil || got != want {
			t.Errorf("Effectifs!%s shows %q, want %q (%v)", cell, got, want, err)
		}
	}
	for _, name := range f.GetSheetList() {
		checkPrint(t, f, name)
	}
}

// checkPrint: A4, as wide as the paper, frozen and repeated header, print area.
func checkPrint(t *testing.T, f *excelize.File, name string) {
	t.Helper()
	lay, err := f.GetPageLayout(name)
	if err != nil || *lay.Size != 9 || *lay.FitToWidth != 1 {
		t.Errorf("%s: page layout %+v (%v)", name, lay, err)
	}
	if panes, err := f.GetPanes(name); err != nil || !panes.Freeze {
		t.Errorf("%s: header not frozen (%v)", name, err)
	}
	found := 0
	for _, n := range f.GetDefinedName() {
		if n.Scope == name && (n.Name == "_xlnm.Print_Area" || n.Name == "_xlnm.Print_Titles") {
			found++
		}
	}
	hf, err := f.GetHeaderFooter(name)
	if found != 2 || err != nil || !strings.Contains(hf.OddFooter, "24/11/2026") || !strings.Contains(hf.OddHeader, "Restaurant scolaire") {
		t.Errorf("%s: %d print names, %+v (%v)", name, found, hf, err)
	}
}

// Care plans are nowhere in what a reader without the right gets. With the right
// the same search finds them: the test can fail.
func TestPlansOnlyForThoseWhoMaySee(t *testing.T) {
	for _, may := range []bool{false, true} {
		s := sample()
		s.ShowPlans = may
		f := open(t, workbook(t, s))
		all := fmt.Sprint(f.GetSheetList())
		for _, name := range f.GetSheetList() {
			all += rows(t, f, name)
		}
		all += pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, s) }))
		for _, secret := range []string{"PAI et allergies", "arachide", "Omelette", "Adam G."} {
			if strings.Contains(all, secret) != may {
				t.Errorf("may see: %v, but %q found: %v", may, secret, !may)
			}
		}
	}
	s := sample()
	s.Plans = nil
	contains(t, rows(t, open(t, workbook(t, s)), "PAI"), "Aucun PAI ce jour.")
}

func TestPDF(t *testing.T) {
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, sample()) }))
	contains(t, got,
		"Effectifs du jeudi 26 novembre 2026", "Feuille n° 3, brouillon – écarts depuis la feuille n° 2 du 24/11/2026 à 9 h 05",
		"Total à préparer", "1 393", "+5 / –4", "DÉMONSTRATION", "Menu : Céleri", "Changements depuis la feuille n° 2",
		"PERNET Chloé", "+3", "9 h 20", "23 nov.", "Les Libellules – PS", "18 repas", "NOM69 Prénom", "repas adapté", "élève", "Page 5/5")
	sent := sample()
	sent.SentAt = madeAt
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, sent) })), "transmise le 24/11/2026 à 13 h 41")
}

func TestPeriod(t *testing.T) {
	f := open(t, made(t, func(w io.Writer) error { return PeriodWorkbook(ctx, w, period(2)) }))
	contains(t, rows(t, f, "Noms"), "Les Étangs|CE1|NOM0001 Prénom|Standard|1|1|1", "Total||||2|2|2")
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return PeriodPDF(ctx, w, period(0)) }))
	contains(t, got, "Effectifs de novembre 2026", "Lun. 02/11/2026", "2 676")

	wide := period(0) // more schools than a sheet is wide
	for i := range 20 {
		wide.Days[0].Counts = append(wide.Days[0].Counts, Count{School: fmt.Sprintf("École %02d", i), Diet: "Standard", N: 1000 + i})
	}
	wide.To = wide.To.Add(1)
	got = pagetest.Text(t, made(t, func(w io.Writer) error { return PeriodPDF(ctx, w, wide) }))
	contains(t, got, "du 1ᵉʳ novembre au 1ᵉʳ décembre 2026", "Par régime", "École 00", "École 19", "1 019")

	bad := period(0)
	bad.To = bad.From.Add(-1)
	if PeriodPDF(ctx, io.Discard, bad) == nil || PeriodWorkbook(ctx, io.Discard, bad) == nil {
		t.Error("a period that ends before it begins was printed")
	}
	for month, want := range map[int]string{4: "Effectifs d’avril 2026", 10: "Effectifs d’octobre 2026", 9: "Effectifs de septembre 2026"} {
		p := Period{Head: head, From: day.AddMonths(month - 11).FirstOfMonth(), To: day.AddMonths(month - 11).LastOfMonth()}
		if got := p.title(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAttendance(t *testing.T) {
	data := made(t, func(w io.Writer) error { return AttendancePDF(ctx, w, week()) })
	got := pagetest.Text(t, data)
	contains(t, got, "Pointage : CE1 – Les Étangs", "Semaine 48, du 23 au 27 novembre 2026", "Ab : absent", "Jeu.", "26 nov.",
		"Page 1/1", "Page 1/2", "Page 2/2")
	contains(t, strings.Join(strings.Fields(got), " "), "Repas réservés 24 12 24 19", "NOM00 Prénom Standard P NR Ab J")
	a := week()
	a.Classes[0].Children = nil
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return AttendancePDF(ctx, w, a) })), "Aucun enfant dans cette classe.")
	for _, bad := range []Attendance{{Head: head}, {Head: head, Days: a.Days}, {Head: head, Days: append(a.Days, a.Days...), Classes: a.Classes}} {
		if AttendancePDF(ctx, io.Discard, bad) == nil {
			t.Errorf("printed: %d days, %d classes", len(bad.Days), len(bad.Classes))
		}
	}
}

func TestEmptyDay(t *testing.T) {
	s := Sheet{Head: head, Date: day, Number: 1, ShowPlans: true, Month: &Period{Head: head, From: day, To: day}}
	f := open(t, workbook(t, s))
	contains(t, rows(t, f, "Effectifs"), "Aucun repas ce jour.")
	contains(t, rows(t, f, "Noms"), "Aucun enfant inscrit ce jour.")
	contains(t, rows(t, f, "Mois"), "Aucun jour de service sur cette période.")
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, s) })), "Aucun repas ce jour.", "Aucun PAI ce jour.", "Page 1/1")
}

func TestLibreOfficePrintsTheWorkbook(t *testing.T) {
	got := pagetest.Printed(t, workbook(t, sample()))
	contains(t, got, "Effectifs du jeudi 26 novembre 2026", "Saint-Marcel-en-Dombes · Restaurant scolaire", "Feuille n° 3, brouillon", "Établi le 24/11/2026 à 13 h 41",
		"1 393", "+5", "–4", "=cmd|'/C calc'!A0", "lun. 02/11/2026", "Appeler le 15 puis les parents au moindre")
	pages := strings.Split(got, "\f")
	if n := strings.Count(got, "Remarque"); n < 2 {
		t.Errorf("the header of Noms is repeated on %d pages of %d", n, len(pages))
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for name, write := range map[string]func(w io.Writer) error{
		"workbook":   func(w io.Writer) error { return Workbook(ctx, w, sample()) },
		"pdf":        func(w io.Writer) error { return PDF(ctx, w, sample()) },
		"period":     func(w io.Writer) error { return PeriodWorkbook(ctx, w, period(30)) },
		"period pdf": func(w io.Writer) error { return PeriodPDF(ctx, w, period(0)) },
		"attendance": func(w io.Writer) error { return AttendancePDF(ctx, w, week()) },
	} {
		if !bytes.Equal(made(t, write), made(t, write)) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestRefusals(t *testing.T) {
	negative := sample()
	negative.Counts[0].N = -1
	for name, s := range map[string]Sheet{"no date": {Head: head}, "negative": negative} {
		if Workbook(ctx, io.Discard, s) == nil || PDF(ctx, io.Discard, s) == nil {
			t.Errorf("%s: printed", name)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := Workbook(gone, io.Discard, sample()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled workbook: %v", err)
	}
	if err := PDF(gone, io.Discard, sample()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled PDF: %v", err)
	}
}

// The month of 1,500 children: a row a child, a column a day.
func BenchmarkMonthWorkbook1500(b *testing.B) {
	p := period(1500)
	for b.Loop() {
		if err := PeriodWorkbook(ctx, io.Discard, p); err != nil {
			b.Fatal(err)
		}
	}
}

func dayOf(children int) Sheet {
	s := sample()
	s.Names, s.Month = nil, nil
	for i := range children {
		s.Names = append(s.Names, Name{School: fmt.Sprintf("École %d", i/150), Class: fmt.Sprintf("Classe %d", i/25), Child: fmt.Sprintf("NOM%04d Prénom", i), Diet: "Standard"})
	}
	return s
}

func BenchmarkDayWorkbook1500(b *testing.B) {
	s := dayOf(1500)
	for b.Loop() {
		if err := Workbook(ctx, io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDayPDF1500(b *testing.B) {
	s := dayOf(1500)
	for b.Loop() {
		if err := PDF(ctx, io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

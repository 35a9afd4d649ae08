package accounts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

var ctx = context.Background()

func made(t testing.TB, write func(w io.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func workbook(t testing.TB, m Month) []byte {
	t.Helper()
	return made(t, func(w io.Writer) error { return Workbook(ctx, w, m) })
}

func rows(t *testing.T, f *excelize.File, name string) [][]string {
	t.Helper()
	all, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWorkbookSheets(t *testing.T) {
	m := month(120)
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.GetSheetList(), "|"); got != "Journal|Soldes par famille|Ventes par service et tarif|Encaissements par moyen|Impayés" {
		t.Errorf("sheets %q", got)
	}
	for _, p := range Parts() {
		all, hf := rows(t, f, p.String()), &excelize.HeaderFooterOptions{}
		if hf, err = f.GetHeaderFooter(p.String()); err != nil {
			t.Fatal(err)
		}
		contains(t, hf.OddHeader, "Saint-Marcel-en-Dombes · Régie de recettes « Cantine et garderie »")
		contains(t, hf.OddFooter, "Décembre 2026 · Ardoise 1.0", "04/01/2027 à 9\u00a0h\u00a012")
		lay, err := f.GetPageLayout(p.String())
		if err != nil || *lay.Size != 9 || *lay.FitToWidth != 1 {
			t.Errorf("%s: page %+v (%v)", p, lay, err)
		}
		panes, err := f.GetPanes(p.String())
		if err != nil || !panes.Freeze || panes.YSplit != 4 {
			t.Errorf("%s: panes %+v (%v)", p, panes, err)
		}
		if n, _ := m.figures(p); !hasRow(all, "Total") || len(all) < n+5 {
			t.Errorf("%s: %d rows and no total", p, len(all))
		}
	}
	// Real dates and amounts; names that look like formulas are text.
	if got := rows(t, f, "Journal")[4]; got[0] != "46357" || got[6] != "50" {
		t.Errorf("first entry %q", got)
	}
	for row := 5; row < 125; row++ {
		if formula, err := f.GetCellFormula("Soldes par famille", cell(t, 2, row)); err != nil || formula != "" {
			t.Errorf("row %d is the formula %q (%v)", row, formula, err)
		}
	}
	if got := rows(t, f, "Soldes par famille")[4]; got[1] != hostile[0] {
		t.Errorf("a hostile name became %q", got[1])
	}
}

func cell(t *testing.T, col, row int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func hasRow(all [][]string, first string) bool {
	for _, r := range all {
		if len(r) > 0 && r[0] == first {
			return true
		}
	}
	return false
}

// figures gives how many rows a part has and what its main column comes to.
func (m Month) figures(p Part) (n int, total money.Cents) {
	switch p {
	case JournalPart:
		return len(m.Journal), sum(m.Journal, func(e Entry) money.Cents { return e.Amount })
	case BalancesPart:
		return len(m.Balances), sum(m.Balances, func(b Balance) money.Cents { return b.DueClosing })
	case SalesPart:
		return len(m.Sales), sum(m.Sales, func(s Sale) money.Cents { return s.Total })
	case PaymentsPart:
		return len(m.Payments), sum(m.Payments, func(p Payment) money.Cents { return p.Amount })
	}
	return len(m.Unpaid), sum(m.Unpaid, func(u Unpaid) money.Cents { return u.Open })
}

func TestLibreOfficePrintsIt(t *testing.T) {
	got := pagetest.Printed(t, workbook(t, month(60)))
	contains(t, got, "Journal – décembre 2026", "Porte-monnaie F-0001", "01/12/2026", "=cmd|'/C calc'!A0", "Soldes par famille – décembre 2026",
		"Ventes par service et tarif – décembre 2026", "Tranche 5 – élémentaire", "Sous-total", "Encaissements par moyen – décembre 2026",
		"Par moyen de paiement", "Prélèvement", "-0,80 €", "Impayés au 31/12/2026", "1ʳᵉ relance", "Décembre 2026 · Ardoise 1.0",
		"60 familles", "30 factures", "04/01/2027 à 9 h 12")
	for _, p := range Parts() {
		if p == JournalPart || p == BalancesPart || p == UnpaidPart {
			continue
		}
		_, total := month(60).figures(p)
		contains(t, got, strings.ReplaceAll(total.Number(), "\u202f", " "))
	}
}

// Whatever is wrong in one sheet, the month is refused and nothing is written.
func TestPlantedDifferences(t *testing.T) {
	if err := month(60).Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Month)
		says   string
	}{
		"a sale lost":        {func(m *Month) { m.Sales = m.Sales[1:] }, "ventes «"},
		"a sale too many":    {func(m *Month) { m.Sales = append(m.Sales, Sale{"Étude", "Unique", 1, 100, 0, 100}) }, "ventes « Étude » : 0,00 € au journal"},
		"parts":              {func(m *Month) { m.Sales[0].Care++ }, "parts du tarif"},
		"a payment lost":     {func(m *Month) { m.Payments = m.Payments[1:] }, "encaissements «"},
		"another means":      {func(m *Month) { m.Payments[0].Means = "Troc" }, "encaissements «"},
		"a payment outside":  {func(m *Month) { m.Payments[0].Day = m.To + 1 }, "hors de la période"},
		"an entry lost":      {func(m *Month) { m.Journal = m.Journal[1:] }, "au journal"},
		"an entry changed":   {func(m *Month) { m.Journal[0].Amount++ }, "F-0001"},
		"an entry twice":     {func(m *Month) { m.Journal = append(m.Journal, m.Journal[1]) }, "au journal"},
		"an entry negative":  {func(m *Month) { m.Journal[0].Amount = -m.Journal[0].Amount }, "n° 1001"},
		"an entry outside":   {func(m *Month) { m.Journal[0].Date = m.From - 1 }, "hors de la période"},
		"a wallet":           {func(m *Month) { m.Balances[2].WalletClosing++ }, "porte-monnaie de la famille F-0003"},
		"a debt":             {func(m *Month) { m.Balances[1].DueOpening++ }, "dette de la famille F-0002"},
		"a family lost":      {func(m *Month) { m.Balances = m.Balances[1:] }, "F-0001"},
		"a family twice":     {func(m *Month) { m.Balances = append(m.Balances, Balance{Family: "F-0001"}) }, "deux fois"},
		"an unpaid lost":     {func(m *Month) { m.Unpaid = m.Unpaid[1:] }, "factures impayées"},
		"an unpaid changed":  {func(m *Month) { m.Unpaid[0].Open-- }, "F-0002"},
		"an unpaid stranger": {func(m *Month) { m.Unpaid = append(m.Unpaid, Unpaid{Invoice: "1", Family: "F-9999", Open: 1}) }, "F-9999"},
		"no period":          {func(m *Month) { m.From = 0 }, "période"},
		"an overflow":        {func(m *Month) { m.Balances[2].WalletOpening, m.Balances[2].WalletClosing = -1<<63, 1<<62 }, "trop grand"},
	} {
		m := month(60)
		c.change(&m)
		err := m.Check()
		if err == nil || !strings.Contains(plain(fault.Sentence(err)), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		var out bytes.Buffer
		if err := Workbook(ctx, &out, m); err == nil || out.Len() > 0 {
			t.Errorf("%s: written", name)
		}
		if err := CSV(ctx, &out, m, SalesPart); err == nil || out.Len() > 0 {
			t.Errorf("%s: written as CSV", name)
		}
	}
	m := month(60)
	m.Sales, m.Payments = nil, nil
	contains(t, plain(fault.Sentence(m.Check())), "; et 4 autres écarts. Rien n’a été écrit.", "(décembre 2026)")
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

// A change of one cent anywhere is seen, whatever the month.
func TestOneCentIsSeen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := month(rapid.IntRange(2, 30).Draw(rt, "families"))
		if err := m.Check(); err != nil {
			rt.Fatal(err)
		}
		by := rapid.SampledFrom([]money.Cents{1, -1, 10_000}).Draw(rt, "by")
		at := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "at") }
		switch rapid.IntRange(0, 4).Draw(rt, "sheet") {
		case 0:
			// What only goes to the Treasury is on no other sheet.
			if i := at(len(m.Journal)); m.Journal[i].Debit.Kind != Bank {
				m.Journal[i].Amount += by
			} else {
				m.Journal[i].Amount = 0
			}
		case 1:
			m.Balances[at(len(m.Balances))].WalletClosing += by
		case 2:
			m.Sales[at(len(m.Sales))].Total += by
		case 3:
			m.Payments[at(len(m.Payments))].Amount += by
		default:
			m.Unpaid[at(len(m.Unpaid))].Open += by
		}
		if m.Check() == nil {
			rt.Fatal("not seen")
		}
	})
}

func TestCSV(t *testing.T) {
	m := month(60)
	for _, p := range Parts() {
		got := string(made(t, func(w io.Writer) error { return CSV(ctx, w, m, p) }))
		n, _ := m.figures(p)
		if !strings.HasPrefix(got, "\uFEFF") || strings.Count(got, "\r\n") != n+1+strings.Count(got, "ligne 1\n") {
			t.Errorf("%s: %d lines for %d rows", p, strings.Count(got, "\r\n"), n)
		}
		if strings.Contains(got, ";=") || strings.Contains(got, "\n=") || strings.Contains(got, "\nTotal") || strings.Contains(got, "otal du jour") {
			t.Errorf("%s: a formula or a total", p)
		}
	}
	got := string(made(t, func(w io.Writer) error { return CSV(ctx, w, m, BalancesPart) }))
	contains(t, got, "F-0001;'=cmd|'/C calc'!A0;0,00;45,00;0,00;0,00;45,00\r\n", "F-0002;FAMILLE 0002 Élodie;1,00;1,00;15,00;24,70;-23,70\r\n")
	contains(t, string(made(t, func(w io.Writer) error { return CSV(ctx, w, m, UnpaidPart) })),
		"20260000002;F-0002;FAMILLE 0002 Élodie;02/11/2026;1ʳᵉ relance;15/12/2026;59;24,70\r\n")
	if err := CSV(ctx, io.Discard, m, Part(9)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no such part: %v", err)
	}
	for p, want := range map[Part]string{JournalPart: "journal.csv", UnpaidPart: "impayes.csv"} {
		if p.FileName() != want {
			t.Errorf("%s is %q", p, p.FileName())
		}
	}
}

func TestEmptyMonth(t *testing.T) {
	contains(t, pagetest.Printed(t, workbook(t, month(0))), "Aucune opération sur la période.", "Aucune vente sur la période.", "Aucune facture n’est impayée.")
}

func TestPeriodAndLateness(t *testing.T) {
	m := month(2)
	if m.period() != "décembre 2026" || m.late(Unpaid{DueOn: m.To}) != 0 || m.late(Unpaid{DueOn: m.To + 1}) != 0 || m.late(Unpaid{DueOn: m.To - 1}) != 1 {
		t.Error(m.period())
	}
	m.To--
	if m.period() != "du 1ᵉʳ au 30 décembre 2026" {
		t.Error(m.period())
	}
}

func TestCancelAndSameBytes(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := Workbook(stopped, io.Discard, month(9)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := CSV(stopped, io.Discard, month(9), JournalPart); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(workbook(t, month(60)), workbook(t, month(60))) {
		t.Error("two runs differ")
	}
}

func BenchmarkWorkbook1000Families(b *testing.B) {
	m := month(1000)
	b.ReportAllocs()
	for b.Loop() {
		if err := Workbook(ctx, io.Discard, m); err != nil {
			b.Fatal(err)
		}
	}
}

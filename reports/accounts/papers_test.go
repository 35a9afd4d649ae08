package accounts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

// papers are all the PDFs of the room, by file name.
func papers() map[string]func(w io.Writer) error {
	two := taxYear()
	two.To, two.Family = "Mme MARTIN", "F-0088"
	demo := head
	demo.Notice = "Démonstration"
	return map[string]func(w io.Writer) error{
		"attestation":  func(w io.Writer) error { return TaxPDF(ctx, w, head, taxYear()) },
		"attestations": func(w io.Writer) error { return AllTaxPDF(ctx, w, demo, []TaxYear{taxYear(), two}) },
		"versement":    func(w io.Writer) error { return SlipPDF(ctx, w, head, slip()) },
		"remise":       func(w io.Writer) error { return DepositPDF(ctx, w, head, deposit(45)) },
		"caisse":       func(w io.Writer) error { return ClosePDF(ctx, w, head, dailyClose()) },
	}
}

// TestPapersForTheEye leaves the PDFs where ARDOISE_PAPERS says, to be looked at.
func TestPapersForTheEye(t *testing.T) {
	dir := os.Getenv("ARDOISE_PAPERS")
	if dir == "" {
		t.Skip("set ARDOISE_PAPERS to a folder to look at the papers")
	}
	for name, write := range papers() {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), made(t, write), 0o600); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "mois.xlsx"), workbook(t, month(60)), 0o600); err != nil {
		t.Error(err)
	}
}

func TestSameInputSamePapers(t *testing.T) {
	for name, write := range papers() {
		if !bytes.Equal(made(t, write), made(t, write)) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestTaxYear(t *testing.T) {
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return TaxPDF(ctx, w, head, taxYear()) }))
	contains(t, got, "Attestation fiscale 2026", "M. et Mme FAVIER", "Famille n° F-0087", "Léa FAVIER", "02/01/2020", "oui", "12/05/2017", "non",
		"inconnue", "non établi", "352,00 €", "110,59 €", "704,00 €", "223,09 €", "927,09 €", "Janvier 2026", "Août 2026", "Décembre 2026", "84,11 €",
		"Garde payée pour les enfants de moins de 6 ans au 1ᵉʳ janvier 2026", "200 quater B", "Nathalie PERRET, régisseuse titulaire", "Fait à Saint-Marcel-en-Dombes, le 04/01/2027", "Page 1/1")
	merged := pagetest.Text(t, made(t, papers()["attestations"]))
	if n := strings.Count(merged, "Page 1/1"); n != 2 {
		t.Errorf("%d first pages", n)
	}
	contains(t, merged, "Mme MARTIN", "DÉMONSTRATION")
	own := taxYear()
	own.Text = "Les mots de la commune."
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return TaxPDF(ctx, w, head, own) })), "Les mots de la commune.")
}

// The sixth birthday on 1 January is one day too early.
func TestYoung(t *testing.T) {
	for birth, want := range map[string]bool{
		"2020-01-01": false, "2020-01-02": true, "2019-12-31": false, "2025-12-31": true, "2026-01-01": true, "2026-06-30": true, "2027-01-01": false,
	} {
		if got := (TaxChild{Birth: calendar.MustISO(birth)}).Young(2026); got != want {
			t.Errorf("born %s: %v", birth, got)
		}
	}
	if (TaxChild{}).Young(2026) {
		t.Error("nobody knows when this child was born")
	}
}

func TestTaxFiguresAgree(t *testing.T) {
	f, err := taxYear().figures()
	if err != nil {
		t.Fatal(err)
	}
	var byMonth, byChild taxSums
	for _, s := range f.months {
		byMonth = taxSums{byMonth.meals + s.meals, byMonth.care + s.care, byMonth.young + s.young}
	}
	for _, s := range f.children {
		byChild = taxSums{byChild.meals + s.meals, byChild.care + s.care, byChild.young + s.young}
	}
	if byMonth != f.year || byChild != f.year || f.year.young != 11059 {
		t.Errorf("by month %+v, by child %+v, year %+v", byMonth, byChild, f.year)
	}
}

func TestSlip(t *testing.T) {
	got := pagetest.Text(t, made(t, papers()["versement"]))
	contains(t, got, "Bordereau de versement n° 2026-12", "Recettes encaissées du 1ᵉʳ au 31 décembre 2026", "n° 2026-0451 à 2026-0512", "Espèces", "345,60 €",
		"Prélèvement", "6 120,40 €", "149", "9 066,80 €", "Neuf mille soixante-six euros", "Le régisseur", "Le comptable public", "Nathalie PERRET")
}

func TestDeposit(t *testing.T) {
	got := pagetest.Text(t, made(t, papers()["remise"]))
	contains(t, got, "Remise de chèques n° 2026-07", "Vendredi 18 décembre 2026", "TRPUFRP1", "45 chèques", "Mme FAVIER 45", "1234611", "Crédit Agricole Centre-Est",
		"2 043,90 €", "Reçu par", "Page 2/2")
}

func TestClose(t *testing.T) {
	got := pagetest.Text(t, made(t, papers()["caisse"]))
	contains(t, got, "Arrêté de caisse n° 2026-241", "Vendredi 18 décembre 2026", "50,00 €", "+185,50 €", "–4,20 €", "–100,00 €", "131,30 €", "129,30 €",
		"Écart (déficit)", "–2,00 €", "20 €", "40,00 €", "0,20 €", "500 €", "Carte bancaire", "–5,00 €", "Raison de l’écart", "rendues en trop", "Page 1/1")
	c := dailyClose()
	c.Others, c.Reason, c.Number = nil, "", ""
	c.Counted = append(c.Counted, Counted{100, 2})
	got = pagetest.Text(t, made(t, func(w io.Writer) error { return ClosePDF(ctx, w, head, c) }))
	contains(t, got, "Arrêté de caisse du 18/12/2026", "0,00 €")
	if strings.Contains(got, "Raison") || strings.Contains(got, "Autres moyens") || strings.Contains(got, "déficit") {
		t.Errorf("a close without a difference says\n%s", got)
	}
	c.Counted = append(c.Counted, Counted{1, 3})
	c.Reason = "Trois centimes trouvés."
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return ClosePDF(ctx, w, head, c) })), "Écart (excédent)", "+0,03 €")
}

func TestPaperRefusals(t *testing.T) {
	tax := func(change func(*TaxYear)) error {
		y := taxYear()
		change(&y)
		return TaxPDF(ctx, io.Discard, head, y)
	}
	versement := func(change func(*Slip)) error {
		s := slip()
		change(&s)
		return SlipPDF(ctx, io.Discard, head, s)
	}
	remise := func(change func(*Deposit)) error {
		s := deposit(3)
		change(&s)
		return DepositPDF(ctx, io.Discard, head, s)
	}
	caisse := func(change func(*Close)) error {
		c := dailyClose()
		change(&c)
		return ClosePDF(ctx, io.Discard, head, c)
	}
	for name, err := range map[string]error{
		"no summary":      AllTaxPDF(ctx, io.Discard, head, nil),
		"a short year":    tax(func(y *TaxYear) { y.Year = 26 }),
		"to nobody":       tax(func(y *TaxYear) { y.To = " " }),
		"nothing paid":    tax(func(y *TaxYear) { y.Children = []TaxChild{{Name: "Léa"}} }),
		"too much paid":   tax(func(y *TaxYear) { y.Children[0].Paid[0].Meals = 1<<63 - 1 }),
		"total too large": tax(func(y *TaxYear) { y.Children = []TaxChild{{Paid: [12]Paid{{1<<63 - 1, 1}}}} }),
		"slip number":     versement(func(s *Slip) { s.Number = "" }),
		"slip period":     versement(func(s *Slip) { s.To = s.From - 1 }),
		"slip empty":      versement(func(s *Slip) { s.Lines = nil }),
		"slip overflow":   versement(func(s *Slip) { s.Lines[0].Amount = 1<<63 - 1 }),
		"deposit number":  remise(func(s *Deposit) { s.Number = "" }),
		"deposit day":     remise(func(s *Deposit) { s.Day = 0 }),
		"deposit empty":   remise(func(s *Deposit) { s.Cheques = nil }),
		"a zero cheque":   remise(func(s *Deposit) { s.Cheques[1].Amount = 0 }),
		"a cheque twice":  remise(func(s *Deposit) { s.Cheques[1] = s.Cheques[0] }),
		"large cheques":   remise(func(s *Deposit) { s.Cheques[1].Amount = 1<<63 - 1 }),
		"close day":       caisse(func(c *Close) { c.Day = 0 }),
		"close movements": caisse(func(c *Close) { c.Received++ }),
		"close reason":    caisse(func(c *Close) { c.Reason = "" }),
		"close others":    caisse(func(c *Close) { c.Reason = ""; c.Counted = append(c.Counted, Counted{100, 2}) }),
		"a false note":    caisse(func(c *Close) { c.Counted[0].Value = 3000 }),
		"minus one note":  caisse(func(c *Close) { c.Counted[0].Count = -1 }),
		"a note twice":    caisse(func(c *Close) { c.Counted[0].Value = 2000 }),
		"too many notes":  caisse(func(c *Close) { c.Counted[0].Count = 1<<63 - 1 }),
	} {
		if fault.KindOf(err) != fault.Invalid || strings.Contains(fault.Sentence(err), " :") {
			t.Errorf("%s: %v", name, err)
		}
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := TaxPDF(stopped, io.Discard, head, taxYear()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestHostileNames(t *testing.T) {
	for _, h := range hostile {
		p := head
		p.Commune, p.Office, p.Address, p.Contact, p.Agent, p.Quality = h, h, []string{h, h}, h, h, h
		y := taxYear()
		y.To, y.Family, y.Address, y.Children[0].Name, y.Text = "x"+h, h, []string{h, h, h, h, h, h, h, h}, h, h
		s := slip()
		s.Lines[0].Means, s.First, s.InWords, s.Remark = h, h, h, h
		r := deposit(2)
		r.Cheques[0] = Cheque{h, h, h, h, 1}
		r.Account, r.Holder, r.InWords = h, h, h
		c := dailyClose()
		c.Others[0].Means, c.Reason, c.Number = h, "x"+h, h
		for _, write := range []func(w io.Writer) error{
			func(w io.Writer) error { return TaxPDF(ctx, w, p, y) },
			func(w io.Writer) error { return SlipPDF(ctx, w, p, s) },
			func(w io.Writer) error { return DepositPDF(ctx, w, p, r) },
			func(w io.Writer) error { return ClosePDF(ctx, w, p, c) },
		} {
			pagetest.Text(t, made(t, write))
		}
	}
}

// A figure is never cut: the largest amounts still show their last digit.
func TestLargeAmountsAreWhole(t *testing.T) {
	const huge = money.Cents(123_456_789_012_345)
	s := slip()
	s.Lines = []MeansSum{{"Virement", 1, huge}}
	if n := strings.Count(pagetest.Text(t, made(t, func(w io.Writer) error { return SlipPDF(ctx, w, head, s) })), "1 234 567 890 123,45 €"); n != 3 {
		t.Errorf("whole %d times", n)
	}
}

func BenchmarkTax1000InOneFile(b *testing.B) {
	var all []TaxYear
	for range 1000 {
		all = append(all, taxYear())
	}
	for b.Loop() {
		if err := AllTaxPDF(ctx, io.Discard, head, all); err != nil {
			b.Fatal(err)
		}
	}
}

package invoice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

var (
	ctx     = context.Background()
	hostile = []string{
		"=cmd|'/C calc'!A0", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "محمد الأمين", "\u202Eevil\u202C", strings.Repeat("Wilhelmine-Alexandrine ", 13),
		strings.Repeat("X", 300), "a\x00b", "ab\xff\xfecd", "ligne 1\nligne 2", "", " ",
	}
)

func made(t *testing.T, p Paper, one Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := PDF(ctx, &out, p, one); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// words is the text of a document, checked by qpdf, its spaces made one.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(pagetest.Text(t, pdf)), " ")
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func lacks(t *testing.T, text string, unwanted ...string) {
	t.Helper()
	for _, u := range unwanted {
		if strings.Contains(text, u) {
			t.Errorf("%q should not stand in\n%s", u, text)
		}
	}
}

func TestInvoice(t *testing.T) {
	got := words(t, made(t, paper, payable(1)))
	contains(t, got, "Facture n° 2026000101", "Prestations du 1ᵉʳ au 31 décembre 2026", "Émise par", "Régie de recettes « Cantine et garderie »", "Nathalie PERRET",
		"Régisseuse titulaire", "M. et Mme Élodie et Karim FAVIER", "05/01/2027", "F-0087", "À payer au plus tard le", "05/02/2027",
		"Quotient familial 742, valable jusqu’au 31/08/2027 · tarif « QF 3 : 601 à 900 »", "Pas de quotient familial connu : tarif le plus haut",
		"11 4,20 € 28,60 € 17,60 € 46,20 €", "Repas, sans réservation", "Repas, réservation tardive", "tarif majoré", "2 6,30 € 9,40 € 3,20 € 12,60 €",
		"Repas, jour de carence", "Repas, correction", "1 –5,10 € –3,00 € –2,10 € –5,10 €", "certificat (facture 2026000012)",
		"Sous-total 14 42,70 € 22,40 € 65,10 €", "Sous-total 8 20,80 € 12,80 € 33,60 €", "Sous-total 10 24,00 € 16,80 € 40,80 €",
		"Total 32 87,50 € 52,00 € 139,50 €", "Solde antérieur", "12,60 €", "Total à payer", "152,10 €",
		"En ligne, avec PayFiP", "123456,", "202600010100087", "Par chèque", "tribunal administratif de Lyon", "deux mois", "L. 1617-5")
	for _, days := range []string{"1ᵉʳ, 3, 4, 7, 8, 10, 11, 14, 15, 17", "et 18 déc.", "9 et 16 déc.", "27 nov."} {
		contains(t, got, days)
	}
	lacks(t, got, "DUPLICATA", "ACQUITTÉE", "Prélèvement", "Déjà réglé", "%!")
}

// A usual month of three children, with the code and the ways to pay, is one
// sheet; so is an eventful one that is debited.
func TestUsualMonthIsOnePage(t *testing.T) {
	inv := payable(1)
	for i := range inv.Children {
		c := &inv.Children[i]
		*c = child(c.Name, 420, 260, 1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22)
		c.Lines = append(c.Lines, Line{Date: day(9), Service: "Repas", What: Late, Price: 630, Meals: 470, Care: 160})
	}
	inv = summed(inv)
	inv.Online.Amount = inv.Total - inv.Paid
	for name, one := range map[string]Invoice{"usual": inv, "debited": debited(1), "paid": paid(1)} {
		if got := pagetest.Text(t, made(t, paper, one)); strings.Count(got, "\f") != 1 {
			t.Errorf("%s: %d pages\n%s", name, strings.Count(got, "\f"), got)
		}
	}
}

func TestDebited(t *testing.T) {
	inv := debited(1)
	got := words(t, made(t, paper, inv))
	contains(t, got, "Prélevée le", "05/01/2027 F-0087 20/01/2027 152,10 €", "Prélèvement automatique", "152,10 € le mercredi 20 janvier 2027.", "Vous n’avez rien à faire.",
		"Commune de Saint-Marcel-en-Dombes", "FR72ZZZ123456", "CANT-F0087-1", "FR76 •••• •••• •••• •••• •••• 189")
	lacks(t, got, "Comment payer", "Par chèque", "À payer au plus tard le")
	inv.Debit.Account = "FR76 3000 6000 0112 3456 7890 189" // whole by mistake
	contains(t, words(t, made(t, paper, inv)), "FR76 •••• •••• •••• •••• •••• 189")
	lacks(t, words(t, made(t, paper, inv)), "3000 6000")
	inv.Debit.Amount -= inv.Previous // the old balance was not put into the batch
	contains(t, words(t, made(t, paper, inv)), "139,50 € le mercredi", "Comment payer le reste, 12,60 €", "Par chèque", "À payer au plus tard le", "05/02/2027")
}

func TestKinds(t *testing.T) {
	got := words(t, made(t, paper, credit(1)))
	contains(t, got, "Avoir n° 2026000901", "Corrige la facture n° 2026000101 du 05/01/2027", "Émis par", "Nombre Prix unitaire dont repas dont encadr. Montant", "Motif : deux repas", "sortie scolaire : repas annulés",
		"17 et 18 déc.", "2 –4,20 € –5,20 € –3,20 € –8,40 €", "Montant de l’avoir –8,40 €", "vient en déduction", "deux mois")
	lacks(t, got, "Total à payer", "Comment payer", "À payer au plus tard")
	got = words(t, made(t, paper, corrective(1)))
	contains(t, got, "Facture rectificative n° 2026000901", "Corrige la facture n° 2026000101", "4,20 € au lieu de 3,30 €", "11 0,90 €", "9,90 €", "Total à payer", "19/02/2027")
	got = words(t, made(t, paper, paid(1)))
	contains(t, got, "ACQUITT", "le 12/01/2027", "05/01/2027 F-0087 12/01/2027 152,10 €", "Montant réglé", "Déjà réglé –152,10 €", "Total à payer 0,00 €")
	lacks(t, got, "Comment payer")
	p, inv := paper, usual(1)
	p.Notice, p.Heading, p.Tobacconist, inv.Duplicate = "Démonstration", "Avis des sommes à payer", "Chez un buraliste, en espèces jusqu’à 300 €.", true
	got = words(t, made(t, p, inv))
	contains(t, got, "Avis des sommes à payer n° 2026000101", "DÉMONSTRATION · DUPLICATA", "Chez un buraliste")
	inv.Previous = -20000
	got = words(t, made(t, paper, summed(inv)))
	contains(t, got, "Solde antérieur –200,00 €", "Solde en votre faveur 60,50 €", "Rien à payer", "05/01/2027 F-0087 0,00 €")
}

// What is not given leaves no label, no hole and no second page.
func TestBare(t *testing.T) {
	p := Paper{MadeAt: paper.MadeAt, Issuer: Issuer{Commune: "Saint-Marcel", Agent: "Nathalie PERRET", Quality: "Maire"}}
	c := Child{Name: "Léa", Flat: true, Lines: []Line{{Date: day(1), Service: "Repas", Price: 420}}}
	inv := summed(Invoice{Number: "1", IssuedOn: day(31), From: day(1), To: day(31), Due: day(31), Payer: Addressee{Name: "X"}, Children: []Child{c}})
	text := pagetest.Text(t, made(t, p, inv))
	contains(t, strings.Join(strings.Fields(text), " "), "Facture n° 1", "Repas 1ᵉʳ déc. 1 4,20 € 4,20 €", "tribunal administratif compétent", "Page 1/1")
	lacks(t, text, "Famille", "Comment payer", "Motif", "quotient", "Quotient", "dont repas", "Solde", "Déjà", "« »", ":  ")
	if strings.Contains(text, "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n") {
		t.Errorf("a hole:\n%s", text)
	}
	inv.Children = nil
	contains(t, words(t, made(t, p, summed(inv))), "Aucune prestation sur cette période.", "Rien à payer")
}

// An invoice that does not add up is refused, wherever the fault is.
func TestInvoiceMustAddUp(t *testing.T) {
	for name, change := range map[string]func(*Invoice){
		"line": func(i *Invoice) { i.Children[1].Lines[2].Price++ }, "meals": func(i *Invoice) { i.Children[0].Lines[0].Meals++ },
		"care": func(i *Invoice) { i.Children[2].Lines[1].Care-- }, "missing line": func(i *Invoice) { i.Children[0].Lines = i.Children[0].Lines[1:] },
		"child": func(i *Invoice) { i.Children[0].Total += 100 }, "child's meals": func(i *Invoice) { i.Children[0].Meals-- },
		"child's care": func(i *Invoice) { i.Children[0].Care++ }, "missing child": func(i *Invoice) { i.Children = i.Children[:2] },
		"total": func(i *Invoice) { i.Total++; i.ToPay++ }, "total meals": func(i *Invoice) { i.Meals++ }, "total care": func(i *Invoice) { i.Care++ },
		"previous": func(i *Invoice) { i.Previous++ }, "paid": func(i *Invoice) { i.Paid++ }, "to pay": func(i *Invoice) { i.ToPay-- },
		"two faults that make up for each other": func(i *Invoice) { i.Children[0].Total++; i.Children[1].Total-- },
		"beyond all numbers":                     func(i *Invoice) { i.Children[0].Lines[0].Price = 1 << 62; i.Children[0].Lines[1].Price = 1 << 62 },
	} {
		inv := usual(1)
		var out bytes.Buffer
		if err := PDF(ctx, &out, paper, inv); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		change(&inv)
		err := PDF(ctx, &out, paper, inv)
		if err == nil || out.Len() > 0 {
			t.Errorf("%s: printed", name)
		} else if !strings.Contains(fault.Sentence(err), "2026000101") {
			t.Errorf("%s: %s", name, fault.Sentence(err))
		}
	}
}

func TestInvoiceRefusals(t *testing.T) {
	for name, change := range map[string]func(*Invoice, *Paper){
		"no number": func(i *Invoice, _ *Paper) { i.Number = "" }, "letters": func(i *Invoice, _ *Paper) { i.Number = "2026-12-001" },
		"too long": func(i *Invoice, _ *Paper) { i.Number = strings.Repeat("1", 16) }, "no issue date": func(i *Invoice, _ *Paper) { i.IssuedOn = 0 },
		"no period": func(i *Invoice, _ *Paper) { i.From = 0 }, "period backwards": func(i *Invoice, _ *Paper) { i.From, i.To = i.To, i.From },
		"no agent": func(_ *Invoice, p *Paper) { p.Issuer.Agent = " " }, "no quality": func(_ *Invoice, p *Paper) { p.Issuer.Quality = "" },
		"no payer": func(i *Invoice, _ *Paper) { i.Payer.Name = "" }, "no due date": func(i *Invoice, _ *Paper) { i.Due = 0 },
		"negative bill":        func(i *Invoice, _ *Paper) { *i = credit(1); i.Kind = Bill },
		"positive credit note": func(i *Invoice, _ *Paper) { i.Kind, i.Corrects = Credit, "1" },
		"corrects nothing":     func(i *Invoice, _ *Paper) { i.Kind = Corrective },
		"paid and owed":        func(i *Invoice, _ *Paper) { i.PaidOn = day(31) },
		"debited credit note":  func(i *Invoice, _ *Paper) { *i = credit(1); i.Debit = debit(840) },
		"debit too large":      func(i *Invoice, _ *Paper) { i.Debit = debit(i.ToPay + 1) },
		"debit of nothing":     func(i *Invoice, _ *Paper) { i.Debit = debit(0) },
		"debit without date":   func(i *Invoice, _ *Paper) { i.Debit = debit(100); i.Debit.Date = 0 },
		"debit without ICS":    func(i *Invoice, _ *Paper) { i.Debit = debit(100); i.Debit.ICS = "" },
		"debit without RUM":    func(i *Invoice, _ *Paper) { i.Debit = debit(100); i.Debit.RUM = "" },
		"other link":           func(i *Invoice, _ *Paper) { i.Online = online(i.Total - i.Paid - 1) },
		"bad link":             func(i *Invoice, _ *Paper) { i.Online = online(i.Total - i.Paid); i.Online.Client = "12" },
	} {
		inv, p := usual(1), paper
		change(&inv, &p)
		if err := PDF(ctx, io.Discard, p, inv); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Many children, many lines: everything is there, over as many pages as it takes.
func TestLargeFamilies(t *testing.T) {
	inv := usual(1)
	inv.Children = nil
	for i := range 12 {
		c := child(fmt.Sprintf("Enfant%02d FAVIER", i), money.Cents(400+i), money.Cents(200), schoolDays...)
		c.Lines = append(c.Lines, Line{Date: day(2), Service: "Garderie du soir", Price: money.Cents(150 + i)})
		inv.Children = append(inv.Children, c)
	}
	inv = summed(inv)
	got := words(t, made(t, paper, inv))
	contains(t, got, inv.ToPay.Number()[:3], "Page 2/2", "Garderie du soir")
	for _, c := range inv.Children {
		contains(t, got, c.Name, plain(c.Total.String()))
	}
	inv.Children = inv.Children[:1]
	c := &inv.Children[0]
	c.Lines = nil
	for i := range 200 { // each at its own price: none can be brought together
		c.Lines = append(c.Lines, Line{Date: day(1 + i%28), Service: "Repas", Price: money.Cents(1000 + i)})
	}
	inv = summed(inv)
	text := pagetest.Text(t, made(t, paper, inv))
	for i := range 200 {
		contains(t, text, plain(money.Cents(1000+i).String()))
	}
	contains(t, text, "(suite)", "Sous-total", "200")
	if n := strings.Count(text, "\f"); n < 3 || n != strings.Count(text, "Prix unitaire") {
		t.Errorf("%d pages, %d headers", n, strings.Count(text, "Prix unitaire"))
	}
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func TestLargeAmountsAreWhole(t *testing.T) {
	inv := usual(1)
	inv.Children = []Child{child("Léa", 1_234_567_890_12, 1_000_000_000_00, 1)}
	contains(t, words(t, made(t, paper, summed(inv))), "1 234 567 890,12 €", "1 000 000 000,00 €", "234 567 890,12 €", "1 234 567 902,72 €")
}

func TestHostileNames(t *testing.T) {
	for _, h := range hostile {
		p := paper
		p.Issuer = Issuer{Commune: h, Service: h, Office: h, Address: []string{h, h, h, h, h, h}, Contact: h, Agent: h + "A", Quality: h + "Q"}
		p.Ways, p.Appeal, p.Tobacconist, p.Heading = []string{h, h}, h, h, h
		for _, inv := range []Invoice{debited(1), payable(1), paid(1)} {
			inv.Payer = Addressee{Name: h + "N", Address: []string{h, h, h, h, h, h, h, "01390 Ville"}, Family: h}
			inv.Reason, inv.PaidBy = h, h
			for i := range inv.Children {
				c := &inv.Children[i]
				c.Name, c.Class, c.Tariff = h, h, h
				for j := range c.Lines {
					c.Lines[j].Service, c.Lines[j].Detail, c.Lines[j].Tariff = h, h, h
				}
			}
			if inv.Debit != nil {
				inv.Debit.Creditor, inv.Debit.RUM, inv.Debit.Account, inv.Debit.ICS = h+"C", h+"R", h+"A", h+"I"
			}
			contains(t, words(t, made(t, p, inv)), "01390 Ville", "152,10 €")
		}
	}
}

func TestAllAndEach(t *testing.T) {
	const n = 300
	all := func(yield func(Invoice, error) bool) {
		for i := range n {
			if !yield(usual(i), nil) {
				return
			}
		}
	}
	var out bytes.Buffer
	told := 0
	progress := func(done, total int) {
		if told++; done != told || total != n {
			t.Fatalf("told %d of %d at %d", done, total, told)
		}
	}
	if err := AllPDF(ctx, &out, paper, all, n, progress); err != nil {
		t.Fatal(err)
	}
	got := pagetest.Text(t, out.Bytes())
	if strings.Count(got, "\f") != n || told != n {
		t.Errorf("%d pages, %d told", strings.Count(got, "\f"), told)
	}
	told = 0
	err := EachPDF(ctx, paper, all, n, func(inv Invoice, pdf []byte) error {
		if i := told; i%77 == 0 {
			contains(t, words(t, pdf), "Facture n° "+inv.Number, "Page 1/1")
		}
		if want := fmt.Sprint(2026000100 + told); inv.Number != want {
			t.Fatalf("%s handed over as %s", want, inv.Number)
		}
		return nil
	}, progress)
	if err != nil || told != n {
		t.Error(err, told)
	}
}

func TestAllRefusesWholeAndStops(t *testing.T) {
	bad := usual(3)
	bad.ToPay++
	var out bytes.Buffer
	if err := AllPDF(ctx, &out, paper, Seq([]Invoice{usual(1), usual(2), bad}), 3, nil); err == nil || out.Len() > 0 {
		t.Errorf("a wrong invoice among good ones: %v, %d bytes", err, out.Len())
	}
	if err := AllPDF(ctx, &out, paper, Seq[Invoice](nil), 0, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("none: %v", err)
	}
	gone := errors.New("base fermée")
	failing := func(yield func(Invoice, error) bool) {
		if yield(usual(1), nil) {
			yield(Invoice{}, gone)
		}
	}
	if err := AllPDF(ctx, &out, paper, failing, 2, nil); !errors.Is(err, gone) || out.Len() > 0 {
		t.Errorf("a failing sequence: %v", err)
	}
	handed := 0
	if err := EachPDF(ctx, paper, failing, 2, func(Invoice, []byte) error { handed++; return nil }, nil); !errors.Is(err, gone) {
		t.Errorf("a failing sequence: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	endless := func(yield func(Invoice, error) bool) {
		for i := 0; yield(usual(i), nil); i++ {
		}
	}
	if err := AllPDF(stopped, &out, paper, endless, 0, func(done, _ int) {
		if done == 40 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("cancelled: %v, %d bytes", err, out.Len())
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for name, one := range map[string]Document{"debited": debited(1), "payable": payable(1), "credit": credit(1), "reminder": reminder(3)} {
		if !bytes.Equal(made(t, paper, one), made(t, paper, one)) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

// many gives n invoices, one in each codes with a code: none of them is kept.
func many(n, codes int) iter.Seq2[Invoice, error] {
	return func(yield func(Invoice, error) bool) {
		for i := range n {
			inv := debited(i)
			if i%codes == 0 {
				inv = payable(i)
			}
			if !yield(inv, nil) {
				return
			}
		}
	}
}

// peak follows the memory Go holds in use, as a benchmark's figure.
type peak uint64

func (p *peak) look(done, _ int) {
	if done%64 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*p = max(*p, peak(m.HeapInuse+m.StackInuse))
	}
}

func BenchmarkInvoicesInOneFile(b *testing.B) {
	for _, c := range []struct{ n, codes int }{{1000, 10}, {1000, 1}, {10_000, 10}} {
		b.Run(fmt.Sprintf("%d, one code in %d", c.n, c.codes), func(b *testing.B) {
			var p peak
			var size counter
			for b.Loop() {
				size = 0
				if err := AllPDF(ctx, &size, paper, many(c.n, c.codes), c.n, p.look); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(p)/1e6, "peak-MB")
			b.ReportMetric(float64(size)/1e6, "file-MB")
		})
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func BenchmarkInvoicesEachItsFile(b *testing.B) {
	for _, c := range []struct{ n, codes int }{{1000, 10}, {1000, 1}, {10_000, 10}} {
		b.Run(fmt.Sprintf("%d, one code in %d", c.n, c.codes), func(b *testing.B) {
			var p peak
			size := 0
			for b.Loop() {
				size = 0
				err := EachPDF(ctx, paper, many(c.n, c.codes), c.n, func(_ Invoice, pdf []byte) error { size += len(pdf); return nil }, p.look)
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(p)/1e6, "peak-MB")
			b.ReportMetric(float64(size)/float64(c.n)/1e3, "kB/file")
		})
	}
}

func BenchmarkInvoicesOneByOne(b *testing.B) {
	inv := debited(1)
	for b.Loop() {
		if err := PDF(ctx, io.Discard, paper, inv); err != nil {
			b.Fatal(err)
		}
	}
}

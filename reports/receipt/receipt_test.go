package receipt

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

var (
	ctx     = context.Background()
	hostile = []string{
		"=cmd|'/C calc'!A0", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "\u202Eevil\u202C", strings.Repeat("Wilhelmine-Alexandrine ", 13),
		strings.Repeat("X", 300), "a\x00b", "ab\xff\xfecd", "ligne 1\nligne 2",
	}
)

func made(t *testing.T, write func(w io.Writer) error) []byte {
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

func TestReceipt(t *testing.T) {
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, paper, receipt(451)) }))
	contains(t, got, "Quittance n° 2026-0451", "Délivrée le jeudi 3 décembre 2026 à 10 h 12", "Régie de recettes « Cantine et garderie »",
		"Mme Élodie FAVIER", "Famille n° F-0087", "1 250,40 €", "Mille deux cent cinquante euros et quarante centimes", "Rechargement du porte-monnaie",
		"Chèque", "n° 1234567, Crédit Agricole", "Nouveau solde", "1 280,00 €", "le 03/12/2026", "Nathalie PERRET", "Page 1/1")
	if strings.Contains(got, "DUPLICATA") {
		t.Error("an original says duplicata")
	}
	r := receipt(452)
	r.Amount = math.MaxInt64 // the longest words wrap and stay whole
	contains(t, strings.Join(strings.Fields(pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, paper, r) }))), " "),
		"92 233 720 368 547 758,07 €", "Quatre-vingt-douze billiards", "et sept centimes")
	r.Amount, r.Cancels, r.Duplicate, r.NoBalance = -2000, "2026-0451", true, true
	p := paper
	p.Notice = "Démonstration"
	got = pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, p, r) }))
	contains(t, got, "DÉMONSTRATION · DUPLICATA", "Annulation de la somme de", "–20,00 €", "Moins vingt euros", "Annule la quittance", "n° 2026-0451")
	if strings.Contains(got, "Nouveau solde") {
		t.Error("a balance is shown that nobody gave")
	}
}

func TestReceiptRefusals(t *testing.T) {
	for name, change := range map[string]func(*Receipt){
		"no number": func(r *Receipt) { r.Number = " " },
		"zero":      func(r *Receipt) { r.Amount = 0 },
		"no date":   func(r *Receipt) { r.Date = r.Date.AddDate(-3000, 0, 0); *r = Receipt{Number: "1", Amount: 1} },
	} {
		r := receipt(1)
		change(&r)
		if err := PDF(ctx, io.Discard, paper, r); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := AllPDF(ctx, io.Discard, paper, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("none: %v", err)
	}
}

func TestStatement(t *testing.T) {
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return StatementPDF(ctx, w, paper, statement(60)) }))
	contains(t, got, "Relevé du porte-monnaie", "Du 1ᵉʳ novembre au 8 décembre 2026", "Famille FAVIER", "Solde reporté", "14,60 €",
		"Rechargement par chèque", "quittance 2026-0437", "33,60 €", "60 mouvements", "1 344,00 €", "1 005,70 €", "–323,70 €", "Page 2/2")
	empty := statement(0)
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return StatementPDF(ctx, w, paper, empty) })), "Aucun mouvement sur cette période.", "Page 1/1")
	many := pagetest.Text(t, made(t, func(w io.Writer) error { return StatementPDF(ctx, w, paper, statement(1000)) }))
	contains(t, many, "1 000 mouvements")
	if pages, heads := strings.Count(many, "\f"), strings.Count(many, "Libellé"); pages < 20 || pages != heads {
		t.Errorf("%d pages, %d headers", pages, heads)
	}
}

// A statement that does not add up is refused, at whatever place it is wrong.
func TestStatementMustAddUp(t *testing.T) {
	for name, change := range map[string]func(*Statement){
		"opening": func(s *Statement) { s.Opening++ },
		"closing": func(s *Statement) { s.Closing-- },
		"debit":   func(s *Statement) { s.Lines[1].Debit++ },
		"balance": func(s *Statement) { s.Lines[2].Balance++ },
		"order":   func(s *Statement) { s.Lines[0], s.Lines[4] = s.Lines[4], s.Lines[0] },
		"missing": func(s *Statement) { s.Lines = s.Lines[1:] },
		"huge":    func(s *Statement) { s.Lines[0].Credit = 1 << 62; s.Lines[3].Credit = 1 << 62 },
	} {
		s := statement(6)
		if err := StatementPDF(ctx, io.Discard, paper, s); err != nil {
			t.Fatal(err)
		}
		change(&s)
		if err := StatementPDF(ctx, io.Discard, paper, s); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
}

// A figure is never cut: the largest amounts still show their last digit.
func TestLargeAmountsAreWhole(t *testing.T) {
	const huge = money.Cents(1_234_567_890_123_45)
	s := Statement{Family: "X", From: 20_000, To: 20_010, Opening: huge, Closing: huge}
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return StatementPDF(ctx, w, paper, s) }))
	if n := strings.Count(got, "1 234 567 890 123,45 €"); n != 4 {
		t.Errorf("the balance stands %d times whole, want 4\n%s", n, got)
	}
}

func TestHostileNames(t *testing.T) {
	var all []Receipt
	for i, h := range hostile {
		all = append(all, Receipt{
			Number: fmt.Sprint(i + 1), Date: paper.MadeAt, From: h, Address: []string{h, h, h, h, h, h, h, h}, Family: h, Amount: money.Cents(i + 1),
			Means: h, Reference: h, Purpose: h, Children: []string{h, h}, Place: h, Cancels: h,
		})
		p := paper
		p.Issuer = Issuer{Commune: h, Service: h, Office: h, Address: []string{h, h}, Contact: h, Agent: h, Quality: h}
		s := Statement{Family: h, Number: h, Address: []string{h}, From: 20_000, To: 20_010, Lines: []Line{{Date: 20_001, Label: h, Detail: h}}}
		pagetest.Text(t, made(t, func(w io.Writer) error { return StatementPDF(ctx, w, p, s) }))
		pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, p, all[i]) }))
	}
	got := pagetest.Text(t, made(t, func(w io.Writer) error { return AllPDF(ctx, w, paper, all) }))
	contains(t, got, "=cmd|'/C calc'!A0", "ligne 1", "evil")
}

func TestSameInputSameBytes(t *testing.T) {
	for name, write := range map[string]func(w io.Writer) error{
		"receipt":   func(w io.Writer) error { return PDF(ctx, w, paper, receipt(1)) },
		"statement": func(w io.Writer) error { return StatementPDF(ctx, w, paper, statement(90)) },
	} {
		if !bytes.Equal(made(t, write), made(t, write)) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestAccountingDay(t *testing.T) {
	r := receipt(1)
	r.Day = calendar.NewDate(2026, 12, 2)
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, paper, r) })), "Date comptable", "02/12/2026")
}

func BenchmarkReceipts1000InOneFile(b *testing.B) {
	var all []Receipt
	for i := range 1000 {
		all = append(all, receipt(i+1))
	}
	for b.Loop() {
		if err := AllPDF(ctx, io.Discard, paper, all); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReceipts1000Files(b *testing.B) {
	for b.Loop() {
		for i := range 1000 {
			if err := PDF(ctx, io.Discard, paper, receipt(i+1)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A receipt that was annulled cannot pass for a payment once it is printed again.
func TestAnnulledReceipt(t *testing.T) {
	r := receipt(451)
	if strings.Contains(pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, paper, r) })), "nnul") {
		t.Error("a receipt that stands speaks of an annulment")
	}
	r.VoidedOn, r.Void, r.Duplicate = calendar.NewDate(2026, 12, 10), "chèque retourné impayé", true
	contains(t, pagetest.Text(t, made(t, func(w io.Writer) error { return PDF(ctx, w, paper, r) })), "Cette quittance est annulée", "jeudi 10 décembre 2026", "chèque retourné impayé")
}

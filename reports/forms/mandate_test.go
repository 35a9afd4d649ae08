package forms

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

var ctx = context.Background()

func made(t *testing.T, p Paper, m Mandate) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := MandatePDF(ctx, &out, p, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// onePage gives a form's text, its spaces made one.
func onePage(t *testing.T, pdf []byte) string {
	t.Helper()
	text := pagetest.Text(t, pdf)
	if n := strings.Count(text, "\f"); n != 1 {
		t.Errorf("%d pages\n%s", n, text)
	}
	return strings.Join(strings.Fields(text), " ")
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestMandate(t *testing.T) {
	got := onePage(t, made(t, paper, mandate))
	contains(t, got, Title, "Référence unique du mandat (RUM)", "CANT-F0087-1", "Commune de Saint-Marcel-en-Dombes", "1 place de la Mairie", "ICS : FR72ZZZ123456",
		"Mme Élodie FAVIER", "12 chemin des Étangs", "F R 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9", "A G R I F R P P",
		"Paiement récurrent", "Paiement ponctuel", "Fait à", "Signature du titulaire du compte", "À rendre à : Commune de Saint-Marcel-en-Dombes, Restaurant scolaire",
		Authorisation("Commune de Saint-Marcel-en-Dombes"), Rights)
}

// The words are those of formats.md, where the shared documents are at hand.
func TestWordsAreThoseOfTheBanqueDeFrance(t *testing.T) {
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	file, err := os.ReadFile(filepath.Join(dir, "docs", "formats.md"))
	if err != nil {
		t.Skipf("the shared documents are not at hand: %v", err)
	}
	doc := strings.ReplaceAll(string(file), "'", "’")
	for _, text := range []string{Authorisation("{créancier}"), Rights} {
		if !strings.Contains(doc, `"`+text+`"`) {
			t.Errorf("formats.md does not say %q", text)
		}
	}
}

func TestEmptyFormIsToFillIn(t *testing.T) {
	m := mandate
	m.RUM, m.IBAN, m.BIC, m.Debtor, m.Recurrence = "", "", "", Party{}, Unticked
	got := onePage(t, made(t, paper, m))
	contains(t, got, "attribuée par le service", "Nom et prénom", "Adresse", "Code postal et ville", "Fait à")
	filled := mandate
	filled.Place, filled.SignedOn, filled.Recurrence = "Saint-Marcel", calendar.NewDate(2026, 12, 8), OneOff
	got = onePage(t, made(t, paper, filled))
	contains(t, got, "Saint-Marcel", "08/12/2026")
	if bytes.Equal(made(t, paper, filled), made(t, paper, mandate)) {
		t.Error("a one-off mandate looks like a recurrent one")
	}
}

func TestMandateRefusals(t *testing.T) {
	for name, change := range map[string]func(*Mandate){
		"no creditor": func(m *Mandate) { m.Creditor.Name = " " }, "no address": func(m *Mandate) { m.Creditor.Address = nil },
		"no ICS": func(m *Mandate) { m.ICS = "" }, "long RUM": func(m *Mandate) { m.RUM = strings.Repeat("A", 36) },
		"IBAN": func(m *Mandate) { m.IBAN = "FR76 3000 6000 0112 3456 7890 188" }, "BIC": func(m *Mandate) { m.BIC = "AGRI" },
		"recurrence": func(m *Mandate) { m.Recurrence = 7 },
	} {
		m := mandate
		change(&m)
		if err := MandatePDF(ctx, io.Discard, paper, m); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the names, the form is one whole page, its words uncut and the longest
// account in its boxes.
func TestLongAndHostileNames(t *testing.T) {
	for _, h := range []string{
		"=cmd|'/C calc'!A0", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "محمد الأمين", "\u202Eevil\u202C", strings.Repeat("Wilhelmine-Alexandrine ", 13),
		strings.Repeat("X", 300), "a\x00b", "ab\xff\xfecd", "ligne 1\nligne 2", "漢字",
	} {
		p := Paper{Commune: h, Service: h, Contact: h, MadeAt: paper.MadeAt, Program: h, Notice: h}
		m := mandate
		m.Creditor, m.Debtor = Party{h, []string{h, h, h, h, h, h, h}}, Party{h, []string{h, h, h, h, h, h}}
		m.ICS, m.Place, m.IBAN = h, h, "MT84 MALT 0110 0001 2345 MTLC AST0 01S" // 31 signs
		got := onePage(t, made(t, p, m))
		contains(t, got, "13 mois en cas de prélèvement non autorisé.", "auprès de votre banque.", "Signature", "Page 1/1", "Joignez un RIB.")
		contains(t, strings.ReplaceAll(got, " ", ""), "MT84MALT011000012345MTLCAST001S")
	}
}

func TestSameInputSameBytes(t *testing.T) {
	if !bytes.Equal(made(t, paper, mandate), made(t, paper, mandate)) {
		t.Error("two runs differ")
	}
}

func BenchmarkMandate(b *testing.B) {
	for b.Loop() {
		if err := MandatePDF(ctx, io.Discard, paper, mandate); err != nil {
			b.Fatal(err)
		}
	}
}

package treasury

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"ardoise/data/fault"
	"ardoise/data/money"
)

var ctx = context.Background()

func file(t testing.TB, s Settings, b Bordereau) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(ctx, &out, s, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// schema finds the DGFiP's schemas, which are not ours to keep here.
func schema(t *testing.T) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "xsd", "pes", "PES_V2", "Rev0", "PES_Aller.xsd")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared schemas missing (set ARDOISE_SHARED): %v", err)
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatal("xmllint is required here and missing")
		}
		t.Skip("xmllint is missing: apt-get install libxml2-utils")
	}
	return path
}

// lint gives what xmllint says of the files; nothing when all are valid.
func lint(t *testing.T, xsd string, files ...[]byte) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", xsd}
	for i, f := range files {
		name := filepath.Join(dir, string(rune('a'+i/26))+string(rune('a'+i%26))+".xml")
		if err := os.WriteFile(name, f, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	out, err := exec.Command("xmllint", args...).CombinedOutput()
	if err == nil {
		return ""
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out)
}

// valued is any element of the file.
type valued struct {
	XMLName xml.Name
	V       string   `xml:"V,attr"`
	Inside  []valued `xml:",any"`
}

func (v valued) all(name string) (values []string) {
	for _, in := range v.Inside {
		if in.XMLName.Local == name {
			values = append(values, in.V)
		}
		values = append(values, in.all(name)...)
	}
	return values
}

func (v valued) one(t *testing.T, name string) string {
	t.Helper()
	values := v.all(name)
	if len(values) != 1 {
		t.Fatalf("%s stands %d times", name, len(values))
	}
	return values[0]
}

func read(t testing.TB, data []byte) (v valued) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if charset != "ISO-8859-1" {
			return nil, errors.New("charset " + charset)
		}
		return charmap.ISO8859_1.NewDecoder().Reader(in), nil
	}
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFileIsValid(t *testing.T) {
	xsd := schema(t)
	full := role(4)
	full.Pieces[0].Debtor = Debtor{Category: "22", Legal: "09", Last: "Département de l’Ain", Address: Address{Place: "Hôtel du Département", Postal: "01000", City: "Bourg"}}
	full.Pieces[1].Debit.OldRUM, full.Pieces[1].Debit.NewBank, full.Pieces[1].Debit.Other = "ANCIEN-1", true, true
	full.Pieces[3].Debit.OldIBAN, full.Pieces[3].Debit.Holder = "FR7630006000011234567890189", "Société « X » & fils"
	full.Pieces[2].Debtor.Address.Country, full.Pieces[2].Debtor.Address.Postal, full.Pieces[2].Debtor.Address.City = "140", "1204", "Genève"
	every := settings()
	every.Cle1, every.Capitals, every.Fonction, every.Affect, every.IdRegie, every.LibelleCol = true, false, "281", "CANTINE", "R12", "Budget principal"
	town := settings()
	town.NatPrel, town.NumeroFacture = "02", false
	for name, f := range map[string][]byte{
		"plain": file(t, settings(), role(3)), "all settings": file(t, every, full), "collected by the town": file(t, town, full),
	} {
		if said := lint(t, xsd, f); said != "" {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// The peer is worth what it refuses: each fault planted in a good file is seen.
func TestSchemaSeesPlantedFaults(t *testing.T) {
	xsd := schema(t)
	good := string(file(t, settings(), role(2)))
	for name, change := range map[string][2]string{
		"an empty name":      {`<Nom V="O'CONNOR"/>`, `<Nom V=""/>`},
		"a name too long":    {`O'CONNOR`, strings.Repeat("O", 39)},
		"a zero amount":      {`<MtHT V="16.80"/>`, `<MtHT V="0.00"/>`},
		"a missing element":  {`<TypAdr V="1"/>`, ``},
		"an unknown element": {`<TypAdr V="1"/>`, `<TypAdr V="1"/><Rue V="x"/>`},
		"another order":      {`<Majo V="0"/>`, `<TvaIntraCom V="0"/>`},
		"a wrong sequence":   {`<SequencePres V="03"/>`, `<SequencePres V="RCUR"/>`},
	} {
		bad := strings.ReplaceAll(good, change[0], change[1])
		if bad == good {
			t.Errorf("%s: nothing planted", name)
		}
		if lint(t, xsd, []byte(bad)) == "" {
			t.Errorf("%s: the schema does not see it", name)
		}
	}
}

func TestContents(t *testing.T) {
	s, b := settings(), role(2)
	s.Cle1 = true
	v := read(t, file(t, s, b))
	for name, want := range map[string]string{
		"TypFic": "PESORMC", "NomFic": "PESORMC_21010123400016_2026_0000011.xml", "IdPost": "001023", "LibellePoste": "SGC DE CHATILLON", "CodBud": "00",
		"DteStr": "2026-12-02", "TypBord": "06", "NbrPce": "2", "MtBordHt": "37.80", "DteAsp": "2026-12-03", "Objet": "Restauration scolaire, novembre 2026",
		"NatPrel": "01", "PerPrel": "07", "DtePrel": "2026-12-21", "MtPrel": "21.00", "SequencePres": "03", "DateSignMandat": "2026-09-01",
		"RefUniMdt": "CANT-2026-000087", "LibPrel": "Cantine de novembre + decembre - facture n 2026000101",
		"IBAN": "FR1420041010050500013M02606", "BIC": "PSSTFRPPLYO", "TitCpte": "O'CONNOR JULIEN",
	} {
		if got := v.one(t, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string][]string{
		"IdPce": {"1", "2"}, "TypPce": {"15", "15"}, "NumDette": {"2026000001", "2026000002"}, "NumeroFacture": {"2026000001", "2026000002"},
		"MtHT": {"16.80", "21.00"}, "Nature": {"588", "588"}, "CodProdLoc": {"CANT", "CANT"}, "Nom": {"FAVIER-LECOEUR", "O'CONNOR"}, "Prenom": {"ELODIE", "JULIEN"},
		"Civilite": {"MME", "M"}, "Adr1": {"BAT. B", "BAT. B"}, "Adr2": {"12 CHEMIN DES ETANGS", "12 CHEMIN DES ETANGS"}, "RefTiers": {"F-0001", "F-0002"},
	} {
		if got := strings.Join(v.all(name), "|"); got != strings.Join(want, "|") {
			t.Errorf("%s are %q, want %q", name, got, want)
		}
	}
	s.Capitals, s.Cle1 = false, false
	v = read(t, file(t, s, b))
	if got := v.all("Prenom"); got[0] != "Élodie" {
		t.Errorf("as typed: %q", got)
	}
	if len(v.all("Cle1")) != 0 || len(v.all("Cle2")) != 2 {
		t.Error("the keys are not those of the settings")
	}
}

func TestSameInputSameBytes(t *testing.T) {
	if !bytes.Equal(file(t, settings(), role(50)), file(t, settings(), role(50))) {
		t.Error("two runs differ")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteTellsWhatFails(t *testing.T) {
	if err := Write(ctx, failing{}, settings(), role(1)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a full disk: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := Write(stopped, io.Discard, settings(), role(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	b := role(2)
	b.Pieces[0].Amount, b.Pieces[1].Debtor.Last = 0, " "
	var out bytes.Buffer
	err := Write(ctx, &out, settings(), b)
	if fault.KindOf(err) != fault.Invalid || out.Len() != 0 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
	if got := fault.Sentence(err); !strings.Contains(got, "2 points") || !strings.Contains(got, "2026000001") || !strings.Contains(got, "0,00") {
		t.Errorf("sentence %q", got)
	}
}

func TestTotals(t *testing.T) {
	b := role(3)
	b.Pieces[1].Amount = maxAmount
	if found := Check(settings(), b); len(found) != 1 || !strings.Contains(found[0].Sentence, "total") {
		t.Errorf("%v", found)
	}
	b.Pieces[0].Amount = money.Cents(1) << 62
	b.Pieces[1].Amount = money.Cents(1) << 62
	if _, err := b.Total(); err == nil {
		t.Error("an overflow was summed")
	}
}

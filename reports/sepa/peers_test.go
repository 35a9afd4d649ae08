package sepa

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/page/pagetest"
)

// anyBatch draws a batch that our rules accept, with names from all of Unicode.
func anyBatch(t *rapid.T) Batch {
	b := batch(0)
	text := rapid.String()
	named := text.Filter(func(s string) bool { return strings.TrimSpace(s) != "" })
	b.Version = rapid.SampledFrom([]Version{V02, V08}).Draw(t, "version")
	b.MessageID = bank.Reference("M" + text.Draw(t, "message"))
	b.MessageID = strings.TrimRight(b.MessageID[:min(len(b.MessageID), maxMessageID)], "/")
	b.CollectOn = calendar.NextTarget(b.CollectOn.Add(rapid.IntRange(0, 300).Draw(t, "day")))
	b.BatchBooking = rapid.Bool().Draw(t, "batch booking")
	b.Creditor.Name = "Régie " + text.Draw(t, "creditor")
	b.Creditor.BIC = rapid.SampledFrom([]string{"", "TRPUFRP1", "AGRIFRPPXXX"}).Draw(t, "bic")
	b.UltimateCreditor = text.Draw(t, "ultimate")
	if rapid.Bool().Draw(t, "address") {
		b.Creditor.Town, b.Creditor.Country = "V"+text.Draw(t, "town"), "FR"
	}
	mandates := rapid.IntRange(1, 8).Draw(t, "debits")
	for i := range mandates {
		d := batch(i + 1).Debits[i]
		d.EndToEndID = bank.Reference(fmt.Sprint(i, "-", text.Draw(t, "reference")))
		d.Amount = money.Cents(rapid.Int64Range(int64(minAmount), int64(maxAmount)).Draw(t, "amount"))
		d.Sequence = rapid.SampledFrom(sequences).Draw(t, "sequence")
		d.UMR = fmt.Sprint(rapid.StringMatching(`[A-Z0-9-]{0,30}`).Draw(t, "umr"), i)
		d.Name, d.Remittance = named.Draw(t, "name"), text.Draw(t, "remittance")
		d.IBAN = rapid.SampledFrom(ibans).Draw(t, "iban")
		d.BIC = rapid.SampledFrom([]string{"", "AGRIFRPP", "CRLYFRPPXXX"}).Draw(t, "bic")
		d.SignedOn = calendar.MustISO("2009-11-01").Add(rapid.IntRange(0, 6200).Draw(t, "signed"))
		d.AccountChanged = d.Sequence != OneOff && rapid.Bool().Draw(t, "changed")
		b.Debits = append(b.Debits, d)
	}
	return b
}

// tree is a file read back by names only, to look at it with other eyes than the writer's.
type tree struct {
	XMLName  xml.Name
	Children []tree `xml:",any"`
	Text     string `xml:",chardata"`
}

func (n tree) all(name string) (found []tree) {
	for _, c := range n.Children {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
		found = append(found, c.all(name)...)
	}
	return found
}

func (n tree) one(name string) string {
	for _, c := range n.Children {
		if c.XMLName.Local == name {
			return strings.TrimSpace(c.Text)
		}
	}
	return ""
}

// soundness tells what is wrong with a file: an empty element, a character outside the EPC set, a sum, a length.
func soundness(text string) error {
	var root tree
	if err := xml.Unmarshal([]byte(text), &root); err != nil {
		return err
	}
	if err := leaves(root); err != nil {
		return err
	}
	cents := func(s string) money.Cents {
		n, err := money.Parse(s)
		if err != nil {
			n = -1
		}
		return n
	}
	var sum money.Cents
	count, seen := 0, map[string]bool{}
	for _, batch := range root.all("PmtInf") {
		if id := batch.one("PmtInfId"); len(id) > 35 || seen[id] {
			return fmt.Errorf("batch %q", id)
		}
		seen[batch.one("PmtInfId")] = true
		var part money.Cents
		debits := batch.all("DrctDbtTxInf")
		for _, d := range debits {
			part += cents(d.one("InstdAmt"))
			id := d.all("EndToEndId")[0].Text
			if len(id) > 35 || seen["e2e "+id] {
				return fmt.Errorf("reference %q", id)
			}
			seen["e2e "+id] = true
			if name := d.all("Dbtr")[0].one("Nm"); name == "" || len(name) > 70 {
				return fmt.Errorf("name %q", name)
			}
			if r := d.all("Ustrd"); len(r) > 0 && len(r[0].Text) > 140 {
				return fmt.Errorf("remittance %q", r[0].Text)
			}
		}
		if batch.one("NbOfTxs") != fmt.Sprint(len(debits)) || cents(batch.one("CtrlSum")) != part {
			return fmt.Errorf("batch of %d debits, %d cents says %s, %s", len(debits), part, batch.one("NbOfTxs"), batch.one("CtrlSum"))
		}
		sum, count = sum+part, count+len(debits)
	}
	if head := root.all("GrpHdr")[0]; head.one("NbOfTxs") != fmt.Sprint(count) || cents(head.one("CtrlSum")) != sum {
		return fmt.Errorf("file of %d debits, %d cents says %s, %s", count, sum, head.one("NbOfTxs"), head.one("CtrlSum"))
	}
	return nil
}

func leaves(n tree) error {
	if len(n.Children) == 0 {
		if n.Text == "" || !bank.IsPlain(n.Text) {
			return fmt.Errorf("%s holds %q", n.XMLName.Local, n.Text)
		}
	}
	for _, c := range n.Children {
		if err := leaves(c); err != nil {
			return err
		}
	}
	return nil
}

func TestAnyBatchIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBatch(t)
		var out bytes.Buffer
		totals, err := Write(ctx, &out, b)
		if err != nil {
			t.Fatal(err)
		}
		if totals.Count != len(b.Debits) {
			t.Fatalf("%+v", totals)
		}
		if err := soundness(out.String()); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
	})
}

// The planted faults of soundness: it finds each of them.
func TestSoundnessFinds(t *testing.T) {
	text := written(t, batch(4))
	if err := soundness(text); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"<NbOfTxs>4<", "<NbOfTxs>5<"},
		{"<CtrlSum>12.60<", "<CtrlSum>12.61<"},
		{">Elodie", ">Élodie"},
		{"FAVIER + fils", "FAVIER &amp; fils"},
		{"2026100001", "2026100002"},
		{"12.61", "12.62"},
		{"<Nm>Elodie FAVIER + fils</Nm>", "<Nm></Nm>"},
	} {
		if !strings.Contains(text, c[0]) {
			t.Fatalf("%q is not in the file", c[0])
		}
		if soundness(strings.Replace(text, c[0], c[1], 1)) == nil {
			t.Errorf("%q instead of %q is not found", c[1], c[0])
		}
	}
}

// valid has xmllint judge files against the schema of their version.
func valid(t *testing.T, v Version, files ...string) error {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	schema := filepath.Join(root, "xsd", "sepa", "pain.008.001."+string(v)+".xsd")
	if _, err := os.Stat(schema); err != nil {
		t.Skipf("shared schemas missing (set ARDOISE_SHARED): %v", err)
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatal("xmllint is required here and missing")
		}
		t.Skip("xmllint is missing: apt-get install libxml2-utils")
	}
	args := []string{"--noout", "--nonet", "--schema", schema}
	dir := t.TempDir()
	for i, text := range files {
		file := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil {
		return errors.New(string(out))
	}
	return nil
}

func TestFilesAreValid(t *testing.T) {
	for _, v := range []Version{V02, V08} {
		var files []string
		add := func(b Batch) {
			b.Version = v
			files = append(files, written(t, b))
		}
		add(batch(1))
		add(batch(300))
		for n := range 16 {
			add(rapid.Custom(anyBatch).Example(n))
		}
		if err := valid(t, v, files...); err != nil {
			t.Errorf("version %s: %v", v, err)
		}
		// xmllint can tell: an element out of place, one too long, one empty, the other version's BIC.
		for _, c := range [][2]string{
			{"<ChrgBr>SLEV</ChrgBr>", ""},
			{"<PmtMtd>DD</PmtMtd>", "<PmtMtd>XX</PmtMtd>"},
			{"<MndtId>CANTINE", "<MndtId>" + strings.Repeat("X", 36)},
			{"<Ustrd>Facture decembre - 8 repas</Ustrd>", "<Ustrd></Ustrd>"},
			{"FinInstnId>", "FinInstId>"},
		} {
			broken := strings.Replace(files[0], c[0], c[1], 1)
			if c[1] == "" {
				broken = strings.Replace(broken, "<PmtMtd>", c[0]+"<PmtMtd>", 1)
			}
			if broken == files[0] || valid(t, v, broken) == nil {
				t.Errorf("version %s with %q instead of %q passes", v, c[1], c[0])
			}
		}
	}
}

func TestSlipPDF(t *testing.T) {
	p, s := slip(120)
	for i, text := range hostile {
		s.Lines[i].Name, s.Lines[i+20].Family, s.LeftOut[0].Why = text, text, text
	}
	s.LeftOut[0].Why = "Mandat échu le 30/11/2026"
	s.SentOn = calendar.MustISO("2026-12-02")
	var out bytes.Buffer
	if err := SlipPDF(ctx, &out, p, s); err != nil {
		t.Fatal(err)
	}
	got := pagetest.Text(t, out.Bytes())
	for _, want := range []string{
		"Bordereau de prélèvement CANTINE-2026-12", "Prélèvement du jeudi 17 décembre 2026", "FR72ZZZ123456", "FR76 3000 6000 0112 3456 7890 189", "02/12/2026",
		"120 prélèvements", "1 583,40 €", "FRST (premier) : 24 · 316,20 €", "RCUR (récurrent) : 96 · 1 267,20 €", "CANTINE-F-0119-001", "2026100119", "13,79 €",
		"Total de la remise", "nouveau", "Familles non prélevées", "Famille PERRET", "Mandat échu le 30/11/2026", "Montant inférieur à 15 €, reporté", "56,00 €", "2 familles", "FR76 … 189",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if n := strings.Count(got, " RCUR  "); n < 96 {
		t.Errorf("only %d of 96 sequence types can be read", n)
	}
	if strings.Contains(strings.ReplaceAll(got, " ", ""), ibans[1]) {
		t.Error("the account of a family is shown whole")
	}
	if dir := os.Getenv("ARDOISE_KEEP"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "bordereau.pdf"), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, s = slip(0)
	s.LeftOut = nil
	if err := SlipPDF(ctx, io.Discard, p, s); err != nil {
		t.Errorf("an empty slip: %v", err)
	}
}

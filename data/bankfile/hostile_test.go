package bankfile

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"ardoise/data/fault"
)

const sample = `<OrgnlGrpInfAndSts><OrgnlMsgId>E</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>F1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Compte clôturé, 12 € de frais</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>`

func utf16Text(s string, little bool, mark bool) string {
	var b strings.Builder
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	for _, u := range units {
		if little {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		} else {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

func as(t *testing.T, set *charmap.Charmap, label string) string {
	t.Helper()
	text := strings.Replace(pain(sample), "UTF-8", label, 1)
	if set == charmap.ISO8859_1 {
		text = strings.ReplaceAll(text, "€", "EUR")
	}
	out, err := set.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	const want = "Compte clôturé, 12 € de frais"
	for name, text := range map[string]string{
		"utf-8":          pain(sample),
		"utf-8 mark":     "\uFEFF" + pain(sample),
		"no declaration": strings.TrimPrefix(pain(sample), `<?xml version="1.0" encoding="UTF-8"?>`),
		"latin 1":        as(t, charmap.ISO8859_1, "ISO-8859-1"),
		"latin 9":        as(t, charmap.ISO8859_15, "iso-8859-15"),
		"windows":        as(t, charmap.Windows1252, "windows-1252"),
		"utf-16 little":  utf16Text(strings.Replace(pain(sample), "UTF-8", "UTF-16", 1), true, true),
		"utf-16 big":     utf16Text(strings.Replace(pain(sample), "UTF-8", "UTF-16", 1), false, true),
		"mark wins":      "\uFEFF" + strings.Replace(pain(sample), "UTF-8", "ISO-8859-1", 1),
	} {
		f, err := Read(strings.NewReader(text), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.ReplaceAll(f.Items[0].ReasonText, "EUR", "€"); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	head := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:`
	for name, c := range map[string]struct{ text, word string }{
		"empty":            {"", "vide"},
		"spaces":           {" \n\t", "vide"},
		"a comment":        {"<!-- rien -->", "vide"},
		"text":             {"Bonjour", "n’est pas du XML"},
		"pdf":              {"%PDF-1.4\n", "n’est pas du XML"},
		"zip":              {"PK\x03\x04\x14\x00\x00\x00", "n’est pas"},
		"csv":              {"date;montant\n2026-12-01;12,50\n", "n’est pas du XML"},
		"html":             {"<!DOCTYPE html><html></html>", "DOCTYPE"},
		"html bare":        {"<html><body></body></html>", "n’est pas un message bancaire"},
		"no namespace":     {"<Document><CstmrPmtStsRpt/></Document>", "n’est pas un message bancaire"},
		"other namespace":  {`<Document xmlns="http://www.w3.org/1999/xhtml"/>`, "n’est pas un message bancaire"},
		"our own file":     {head + `pain.008.001.02"><CstmrDrctDbtInitn/></Document>`, "remise de prélèvements"},
		"transfers":        {head + `pain.001.001.03"/>`, "message pain.001"},
		"too old":          {head + `pain.002.001.02"><X/></Document>`, "001.03 ou une plus récente"},
		"too old camt":     {head + `camt.053.001.01"><X/></Document>`, "001.02 ou une plus récente"},
		"wrong message":    {head + `camt.054.001.02"><BkToCstmrStmt/></Document>`, "n’en a pas le contenu"},
		"foreign child":    {head + `camt.054.001.02"><x:BkToCstmrDbtCdtNtfctn xmlns:x="urn:x"/></Document>`, "n’en a pas le contenu"},
		"of transfers":     {pain(`<OrgnlGrpInfAndSts><OrgnlMsgId>E</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId></OrgnlGrpInfAndSts>`), "virements"},
		"of what":          {pain(``), "à quelle remise"},
		"doctype":          {`<!DOCTYPE d [<!ENTITY a "b">]>` + pain(sample), "DOCTYPE"},
		"doctype behind":   {strings.Replace(pain(sample), "?>", "?><!DOCTYPE d SYSTEM \"file:///etc/passwd\">", 1), "DOCTYPE"},
		"entity":           {strings.Replace(pain(sample), ">E<", ">&xxe;<", 1), "entité"},
		"twice":            {pain(sample) + strings.TrimPrefix(pain(sample), `<?xml version="1.0" encoding="UTF-8"?>`), "plusieurs documents"},
		"text behind":      {pain(sample) + "fin", "continue après sa fin"},
		"crossed":          {strings.Replace(pain(sample), "</Rsn>", "</Cd>", 1), "abîmé à la ligne"},
		"latin as utf-8":   {as(t, charmap.ISO8859_1, "UTF-8"), "encodage annoncé"},
		"ebcdic":           {strings.Replace(pain(sample), "UTF-8", "IBM037", 1), "« IBM037 »"},
		"utf-16 no mark":   {utf16Text(pain(sample), true, false), "encodage"},
		"utf-32":           {"\xFF\xFE\x00\x00<\x00\x00\x00", "encodage"},
		"says utf-16":      {strings.Replace(pain(sample), "UTF-8", "UTF-16", 1), "« UTF-16 »"},
		"amount in words":  {pain(strings.Replace(sample, "</TxInfAndSts>", `<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">douze</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>`, 1)), "montant « douze »"},
		"negative amount":  {camt("camt.054", "001.02", `<Ntry><Amt Ccy="EUR">-5</Amt></Ntry>`), "montant « -5 »"},
		"huge amount":      {camt("camt.054", "001.02", `<Ntry><Amt Ccy="EUR">999999999999999.99</Amt></Ntry>`), "trop grand"},
		"no such day":      {camt("camt.054", "001.02", `<Ntry><BookgDt><Dt>2026-02-30</Dt></BookgDt></Ntry>`), "date « 2026-02-30 »"},
		"deep":             {pain(strings.Repeat("<a>", 10_000)), "64 niveaux"},
		"long text":        {pain("<a>" + strings.Repeat("x", 300<<10) + "</a>"), "démesurée"},
		"long tag":         {pain("<a b='" + strings.Repeat("x", 300<<10) + "'/>"), "démesurée"},
		"long comment":     {pain("<!--" + strings.Repeat("<a>", 100<<10) + "-->"), "démesurée"},
		"long cdata":       {pain("<a><![CDATA[" + strings.Repeat("<a>", 100<<10) + "]]></a>"), "démesurée"},
		"long instruction": {pain("<?a " + strings.Repeat("<a>", 100<<10) + "?>"), "démesurée"},
	} {
		f, err := Read(strings.NewReader(c.text), Limits{})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(strings.ReplaceAll(fault.Sentence(err), "\u00a0", " "), c.word) {
			t.Errorf("%s: %v", name, err)
		}
		if f.Kind != "" || f.Items != nil {
			t.Errorf("%s: a refused file gives %+v", name, f)
		}
	}
}

// Wherever a file is cut, it is refused: half a file would leave debts closed that are open.
func TestCutAnywhere(t *testing.T) {
	for _, text := range []string{pain(sample), camt("camt.053", "001.02", `<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><!-- é --></Ntry>`), utf16Text(pain(sample), true, true)} {
		if _, err := Read(strings.NewReader(text), Limits{}); err != nil {
			t.Fatal(err)
		}
		for n := range len(text) - 1 {
			if _, err := Read(strings.NewReader(text[:n]), Limits{}); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("cut at %d of %d: %v", n, len(text), err)
			}
		}
	}
	_, err := Read(strings.NewReader(pain(sample)[:400]), Limits{})
	if !strings.Contains(fault.Sentence(err), "incomplet") {
		t.Errorf("cut: %v", err)
	}
}

// endless gives its head, then the body for ever.
type endless struct {
	head, body string
	at         int // in body
	read       int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) {
		m := copy(p[n:], e.body[e.at:])
		n, e.at = n+m, (e.at+m)%len(e.body)
	}
	e.read += int64(n)
	return n, nil
}

func TestEndless(t *testing.T) {
	for name, e := range map[string]*endless{
		"entries":    {head: strings.SplitAfter(camt("camt.053", "001.02", "@"), "</Acct>")[0], body: `<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>`},
		"spaces":     {body: "          "},
		"short tags": {head: painHead, body: "<a/>                                                  "},
		"characters": {head: painHead + "<a>", body: "x"},
		"nothing":    {body: "\x00"},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := Read(e, Limits{Bytes: 2_000_000})
		runtime.ReadMemStats(&after)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if e.read > 2_100_000 {
			t.Errorf("%s: %d bytes were read of an endless file", name, e.read)
		}
		if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 30_000_000 {
			t.Errorf("%s: %d bytes more are held", name, grown)
		}
	}
	if _, err := Read(&endless{head: painHead, body: "<a/>"}, Limits{Bytes: 1_000_000}); !strings.Contains(fault.Sentence(err), "dépasse 1 Mo") {
		t.Errorf("endless: %v", err)
	}
}

func TestLimits(t *testing.T) {
	text := pain(sample)
	if _, err := Read(strings.NewReader(text), Limits{Bytes: int64(len(text))}); err != nil {
		t.Errorf("a file of just the limit: %v", err)
	}
	if _, err := Read(strings.NewReader(text), Limits{Bytes: int64(len(text)) - 1}); !errors.Is(err, errTooBig) {
		t.Errorf("one byte more than the limit: %v", err)
	}
	tx := `<TxDtls><Refs><EndToEndId>F</EndToEndId></Refs><RtrInf/></TxDtls>`
	two := camt("camt.054", "001.02", `<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls>`+tx+tx+`</NtryDtls></Ntry>`)
	if f, err := Read(strings.NewReader(two), Limits{Items: 2}); err != nil || len(f.Items) != 2 {
		t.Errorf("just the limit of items: %v %v", f, err)
	}
	if _, err := Read(strings.NewReader(two), Limits{Items: 1}); !strings.Contains(fault.Sentence(err), "plus de 1 retours") {
		t.Errorf("too many items: %v", err)
	}
	if _, err := Read(strings.NewReader(text), Limits{Depth: 4}); !strings.Contains(fault.Sentence(err), "4 niveaux") {
		t.Errorf("depth: %v", err)
	}
	broken := io.MultiReader(strings.NewReader(text[:200]), iotest.ErrReader(errors.New("input/output error")))
	if _, err := Read(broken, Limits{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a disk that fails: %v", err)
	}
	if f, err := Read(iotest.OneByteReader(strings.NewReader(text)), Limits{}); err != nil || len(f.Items) != 1 {
		t.Errorf("byte by byte: %v", err)
	}
}

// What is somebody else's extension is passed over, even where it bears our names.
func TestExtensions(t *testing.T) {
	f := read(t, pain(strings.Replace(sample, "<TxSts>RJCT</TxSts>", `<TxSts>RJCT</TxSts><x:OrgnlEndToEndId xmlns:x="urn:x">F9</x:OrgnlEndToEndId><SplmtryData><Envlp><OrgnlEndToEndId>F8</OrgnlEndToEndId></Envlp></SplmtryData>`, 1)))
	if f.Items[0].EndToEndID != "F1" {
		t.Errorf("%+v", f.Items)
	}
	f = read(t, prefixed(pain(sample)))
	if f.Items[0].EndToEndID != "F1" {
		t.Errorf("with a prefix: %+v", f.Items)
	}
}

// prefixed gives every element of a document a prefix.
func prefixed(text string) string {
	text = strings.ReplaceAll(text, "xmlns=", "xmlns:p=")
	for i := 0; i < len(text)-1; i++ {
		if text[i] != '<' || text[i+1] == '?' {
			continue
		}
		if text[i+1] == '/' {
			i++
		}
		text = text[:i+1] + "p:" + text[i+1:]
	}
	return text
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(pain(sample)))
	f.Add([]byte(camt("camt.053", "001.08", `<Ntry><Amt Ccy="EUR">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-12-10</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>F1</EndToEndId></Refs><Chrgs><Rcrd><Amt Ccy="EUR">3</Amt></Rcrd></Chrgs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>`)))
	f.Add([]byte(utf16Text(pain(""), true, true)))
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-15"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.13"><BkToCstmrDbtCdtNtfctn><!-- x --><![CDATA[]]></BkToCstmrDbtCdtNtfctn></Document>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Read(strings.NewReader(string(data)), Limits{Bytes: 1 << 20, Items: 50})
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid || fault.Sentence(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(got.Items) > 50 || got.Kind == "" {
			t.Fatalf("%+v", got)
		}
		for _, i := range got.Items {
			if i.Amount < 0 || i.Fees < 0 || i.Status == "" || len([]rune(i.EndToEndID)) > 70 || len([]rune(i.ReasonText)) > 500 {
				t.Fatalf("%+v", i)
			}
		}
	})
}

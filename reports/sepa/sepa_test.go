package sepa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

var ctx = context.Background()

var ibans = []string{"FR7630006000011234567890189", "FR1420041010050500013M02606", "DE89370400440532013000", "BE68539007547034"}

// batch gives a batch of n debits that nothing is wrong with.
func batch(n int) Batch {
	b := Batch{
		Version: V02, MessageID: "CANTINE-2026-12", CreatedAt: time.Date(2026, 12, 1, 8, 5, 0, 0, time.UTC), CollectOn: calendar.MustISO("2026-12-17"), BatchBooking: true,
		Creditor: Creditor{Name: "Régie de Saint-Marcel-en-Dombes", ICS: "FR72ZZZ123456", IBAN: ibans[0], BIC: "TRPUFRP1"},
	}
	for i := range n {
		d := Debit{
			EndToEndID: fmt.Sprintf("20261%05d", i), Amount: money.Cents(1260 + i), Sequence: Recurrent, UMR: fmt.Sprintf("CANTINE-F-%04d-001", i),
			SignedOn: calendar.MustISO("2026-09-01"), Name: "Élodie FAVIER & fils", IBAN: ibans[i%len(ibans)], Remittance: "Facture décembre – 8 repas",
		}
		if i%5 == 0 {
			d.Sequence = First
		}
		if i%7 == 3 {
			d.AccountChanged, d.BIC = true, "AGRIFRPP"
		}
		b.Debits = append(b.Debits, d)
	}
	return b
}

func written(t testing.TB, b Batch) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := Write(ctx, &out, b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWrite(t *testing.T) {
	b := batch(2)
	b.UltimateCreditor, b.Creditor.Town, b.Creditor.Country = "Commune de Saint-Marcel", "Saint-Marcel", "FR"
	b.Debits[1].AccountChanged, b.Debits[1].BIC, b.Debits[1].Remittance = true, "AGRIFRPP", ""
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.02">
 <CstmrDrctDbtInitn>
  <GrpHdr>
   <MsgId>CANTINE-2026-12</MsgId>
   <CreDtTm>2026-12-01T09:05:00</CreDtTm>
   <NbOfTxs>2</NbOfTxs>
   <CtrlSum>25.21</CtrlSum>
   <InitgPty>
    <Nm>Regie de Saint-Marcel-en-Dombes</Nm>
   </InitgPty>
  </GrpHdr>
  <PmtInf>
   <PmtInfId>CANTINE-2026-12-FRST</PmtInfId>
   <PmtMtd>DD</PmtMtd>
   <BtchBookg>true</BtchBookg>
   <NbOfTxs>1</NbOfTxs>
   <CtrlSum>12.60</CtrlSum>
   <PmtTpInf>
    <SvcLvl>
     <Cd>SEPA</Cd>
    </SvcLvl>
    <LclInstrm>
     <Cd>CORE</Cd>
    </LclInstrm>
    <SeqTp>FRST</SeqTp>
   </PmtTpInf>
   <ReqdColltnDt>2026-12-17</ReqdColltnDt>
   <Cdtr>
    <Nm>Regie de Saint-Marcel-en-Dombes</Nm>
    <PstlAdr>
     <TwnNm>Saint-Marcel</TwnNm>
     <Ctry>FR</Ctry>
    </PstlAdr>
   </Cdtr>
   <CdtrAcct>
    <Id>
     <IBAN>FR7630006000011234567890189</IBAN>
    </Id>
   </CdtrAcct>
   <CdtrAgt>
    <FinInstnId>
     <BIC>TRPUFRP1</BIC>
    </FinInstnId>
   </CdtrAgt>
   <UltmtCdtr>
    <Nm>Commune de Saint-Marcel</Nm>
   </UltmtCdtr>
   <ChrgBr>SLEV</ChrgBr>
   <CdtrSchmeId>
    <Id>
     <PrvtId>
      <Othr>
       <Id>FR72ZZZ123456</Id>
       <SchmeNm>
        <Prtry>SEPA</Prtry>
       </SchmeNm>
      </Othr>
     </PrvtId>
    </Id>
   </CdtrSchmeId>
   <DrctDbtTxInf>
    <PmtId>
     <EndToEndId>2026100000</EndToEndId>
    </PmtId>
    <InstdAmt Ccy="EUR">12.60</InstdAmt>
    <DrctDbtTx>
     <MndtRltdInf>
      <MndtId>CANTINE-F-0000-001</MndtId>
      <DtOfSgntr>2026-09-01</DtOfSgntr>
     </MndtRltdInf>
    </DrctDbtTx>
    <DbtrAgt>
     <FinInstnId>
      <Othr>
       <Id>NOTPROVIDED</Id>
      </Othr>
     </FinInstnId>
    </DbtrAgt>
    <Dbtr>
     <Nm>Elodie FAVIER + fils</Nm>
    </Dbtr>
    <DbtrAcct>
     <Id>
      <IBAN>FR7630006000011234567890189</IBAN>
     </Id>
    </DbtrAcct>
    <RmtInf>
     <Ustrd>Facture decembre - 8 repas</Ustrd>
    </RmtInf>
   </DrctDbtTxInf>
  </PmtInf>
`
	got := written(t, b)
	head, tail, found := strings.Cut(got, "  <PmtInf>\n   <PmtInfId>CANTINE-2026-12-RCUR</PmtInfId>")
	if !found {
		t.Fatal("no second batch")
	}
	if d := cmp.Diff(want, head); d != "" {
		t.Error(d)
	}
	for _, part := range []string{
		"<AmdmntInd>true</AmdmntInd>", "<AmdmntInfDtls>\n       <OrgnlDbtrAcct>\n        <Id>\n         <Othr>\n          <Id>SMNDA</Id>",
		"<BIC>AGRIFRPP</BIC>", "<SeqTp>RCUR</SeqTp>", "<CtrlSum>12.61</CtrlSum>",
	} {
		if !strings.Contains(tail, part) {
			t.Errorf("%s is missing", part)
		}
	}
	if strings.Contains(tail, "RmtInf") {
		t.Error("an empty remittance is written")
	}
	b.Version = V08
	got = written(t, b)
	if !strings.Contains(got, "pain.008.001.08") || !strings.Contains(got, "<BICFI>TRPUFRP1</BICFI>") || strings.Contains(got, "<BIC>") {
		t.Error("version 08 is not written as such")
	}
}

// The golden figures of a batch of every sequence: worked out by hand.
func TestTotals(t *testing.T) {
	b := batch(0)
	for i, c := range []struct {
		s Sequence
		n money.Cents
	}{{Recurrent, 1260}, {First, 99_999_999_999}, {OneOff, 1}, {Recurrent, 40}, {Final, 2500}, {First, 1}} {
		d := batch(i + 1).Debits[i]
		d.Sequence, d.Amount, d.AccountChanged = c.s, c.n, false
		b.Debits = append(b.Debits, d)
	}
	want := Totals{Count: 6, Sum: 100_000_003_801, BySequence: []SequenceTotal{
		{First, "CANTINE-2026-12-FRST", 2, 100_000_000_000},
		{Recurrent, "CANTINE-2026-12-RCUR", 2, 1300},
		{OneOff, "CANTINE-2026-12-OOFF", 1, 1},
		{Final, "CANTINE-2026-12-FNAL", 1, 2500},
	}}
	var out bytes.Buffer
	got, err := Write(ctx, &out, b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if strings.Count(out.String(), "<PmtInf>") != 4 || !strings.Contains(out.String(), "<CtrlSum>1000000038.01</CtrlSum>") {
		t.Error("the file does not say so")
	}
}

// Each planted fault is found, at its debit, and nothing is written.
func TestCheck(t *testing.T) {
	day := calendar.MustISO
	for name, c := range map[string]struct {
		change func(*Batch)
		debit  int
		word   string
	}{
		"version":           {func(b *Batch) { b.Version = "09" }, -1, "version « 09 »"},
		"no message":        {func(b *Batch) { b.MessageID = "" }, -1, "référence de la remise manque"},
		"message accents":   {func(b *Batch) { b.MessageID = "Décembre" }, -1, "n’est pas admise"},
		"message slashes":   {func(b *Batch) { b.MessageID = "A//B" }, -1, "n’est pas admise"},
		"message long":      {func(b *Batch) { b.MessageID = strings.Repeat("A", 31) }, -1, "30 caractères"},
		"no instant":        {func(b *Batch) { b.CreatedAt = time.Time{} }, -1, "date de création"},
		"no day":            {func(b *Batch) { b.CollectOn = 0 }, -1, "date de prélèvement manque"},
		"sunday":            {func(b *Batch) { b.CollectOn = day("2026-12-20") }, -1, "fermées le dimanche 20 décembre 2026 : choisissez par exemple le lundi 21"},
		"christmas":         {func(b *Batch) { b.CollectOn = day("2026-12-25") }, -1, "lundi 28 décembre"},
		"good friday":       {func(b *Batch) { b.CollectOn = day("2027-03-26") }, -1, "mardi 30 mars"},
		"today":             {func(b *Batch) { b.CollectOn = day("2026-12-01") }, -1, "passée ou trop proche"},
		"wrong year":        {func(b *Batch) { b.CollectOn = day("2027-12-17") }, -1, "plus d’un an"},
		"no creditor":       {func(b *Batch) { b.Creditor.Name = " " }, -1, "nom du créancier"},
		"creditor in signs": {func(b *Batch) { b.Creditor.Name = "漢字" }, -1, "nom du créancier"},
		"ics":               {func(b *Batch) { b.Creditor.ICS = "FR73ZZZ123456" }, -1, "ICS"},
		"creditor iban":     {func(b *Batch) { b.Creditor.IBAN = "FR76" }, -1, "Compte du créancier"},
		"creditor bic":      {func(b *Batch) { b.Creditor.BIC = "TRPU" }, -1, "BIC"},
		"town alone":        {func(b *Batch) { b.Creditor.Town = "Bourg" }, -1, "ville et le pays"},
		"country alone":     {func(b *Batch) { b.Creditor.Country = "FR" }, -1, "ville et le pays"},
		"country":           {func(b *Batch) { b.Creditor.Town, b.Creditor.Country = "Bourg", "fr" }, -1, "deux lettres majuscules"},
		"empty":             {func(b *Batch) { b.Debits = nil }, -1, "aucun prélèvement"},
		"no reference":      {func(b *Batch) { b.Debits[2].EndToEndID = "" }, 2, "référence du prélèvement manque"},
		"bad reference":     {func(b *Batch) { b.Debits[2].EndToEndID = "a/" }, 2, "n’est pas admise"},
		"long reference":    {func(b *Batch) { b.Debits[2].EndToEndID = strings.Repeat("A", 36) }, 2, "n’est pas admise"},
		"same reference":    {func(b *Batch) { b.Debits[2].EndToEndID = b.Debits[0].EndToEndID }, 2, "sert déjà au prélèvement n° 1"},
		"nothing":           {func(b *Batch) { b.Debits[2].Amount = 0 }, 2, "au moins 0,01 €"},
		"negative":          {func(b *Batch) { b.Debits[2].Amount = -5 }, 2, "–0,05 €"},
		"too much":          {func(b *Batch) { b.Debits[2].Amount = 100_000_000_000 }, 2, "maximum"},
		"sequence":          {func(b *Batch) { b.Debits[2].Sequence = "RCURX" }, 2, "type de séquence"},
		"one-off moved":     {func(b *Batch) { b.Debits[2].Sequence, b.Debits[2].AccountChanged = OneOff, true }, 2, "ponctuel"},
		"no mandate":        {func(b *Batch) { b.Debits[2].UMR = "" }, 2, "RUM"},
		"bad mandate":       {func(b *Batch) { b.Debits[2].UMR = "É" }, 2, "RUM"},
		"unsigned":          {func(b *Batch) { b.Debits[2].SignedOn = 0 }, 2, "date de signature"},
		"signed later":      {func(b *Batch) { b.Debits[2].SignedOn = day("2026-12-02") }, 2, "après la création"},
		"no name":           {func(b *Batch) { b.Debits[2].Name = "\u00a0" }, 2, "titulaire"},
		"iban":              {func(b *Batch) { b.Debits[2].IBAN = "FR7630006000011234567890188" }, 2, "Compte à débiter : La clé"},
		"bic":               {func(b *Batch) { b.Debits[2].BIC = "12345678" }, 2, "BIC"},
		"mandate twice": {func(b *Batch) {
			b.Debits[3].UMR, b.Debits[3].IBAN, b.Debits[3].Sequence = b.Debits[1].UMR, b.Debits[1].IBAN, Final
		}, 3, "Regroupez"},
		"mandate elsewhere": {func(b *Batch) { b.Debits[3].UMR = b.Debits[1].UMR }, 3, "autre compte"},
	} {
		b := batch(5)
		if p := Check(b); p != nil {
			t.Fatal(p)
		}
		c.change(&b)
		found := Check(b)
		if len(found) != 1 || found[0].Debit != c.debit || !strings.Contains(plain(found[0].Sentence), c.word) {
			t.Errorf("%s: %+v", name, found)
		}
		var out bytes.Buffer
		if _, err := Write(ctx, &out, b); fault.KindOf(err) != fault.Invalid || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func TestRefusalSentence(t *testing.T) {
	b := batch(6)
	for i := range b.Debits {
		b.Debits[i].IBAN = ""
	}
	b.Debits[1].Name = ""
	_, err := Write(ctx, io.Discard, b)
	const want = "Le fichier de prélèvement n’a pas été écrit. Élodie FAVIER & fils : Compte à débiter : L’IBAN manque. Prélèvement n° 2 : Le nom du titulaire du compte manque. Prélèvement n° 2 : Compte à débiter : L’IBAN manque. 4 autres points sont à corriger."
	if got := plain(fault.Sentence(err)); got != want {
		t.Errorf("%s", got)
	}
}

func TestCheckAccepts(t *testing.T) {
	b := batch(6)
	// Two bills on one mandate; first after nothing, changed account; typed as people type.
	b.Debits[2].UMR, b.Debits[2].IBAN, b.Debits[2].Sequence = b.Debits[1].UMR, b.Debits[1].IBAN, Recurrent
	b.Debits[3].UMR, b.Debits[3].IBAN = " cantine-f-0003-001", "fr76 3000 6000 0112 3456 7890 189"
	b.Debits[4].Name = "漢字"
	b.Creditor.ICS = "fr72 zzz 123456"
	if p := Check(b); p != nil {
		t.Fatal(p)
	}
	got := written(t, b)
	if !strings.Contains(got, "<MndtId>CANTINE-F-0003-001</MndtId>") || !strings.Contains(got, "<Nm>NOTPROVIDED</Nm>") || !strings.Contains(got, "<Id>FR72ZZZ123456</Id>") {
		t.Error("what is typed is not brought into form")
	}
	if b.Debits[3].UMR != " cantine-f-0003-001" {
		t.Error("the caller's batch is changed")
	}
}

type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	if _, err := Write(ctx, &failing{100_000}, batch(1000)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("full disk: %v", err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := Write(stopped, io.Discard, batch(1000)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := batch(n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Write(ctx, io.Discard, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func slip(n int) (Paper, Slip) {
	b := batch(n)
	totals, err := Sum(b)
	if err != nil {
		panic(err)
	}
	s := Slip{MessageID: b.MessageID, FileName: "prelevement.xml", CreatedAt: b.CreatedAt, CollectOn: b.CollectOn, Creditor: b.Creditor, Totals: totals}
	for i, d := range b.Debits {
		s.Lines = append(s.Lines, SlipLine{
			Family: fmt.Sprintf("F-%04d", i), Name: d.Name, UMR: d.UMR, IBAN: d.IBAN, Reference: d.EndToEndID, Sequence: d.Sequence, Amount: d.Amount, Changed: d.AccountChanged,
		})
	}
	s.LeftOut = []LeftOut{{"F-0900", "Famille PERRET", 4550, "Mandat échu le 30/11/2026"}, {"F-0901", "Famille OBAMA", 1050, "Montant inférieur à 15 €, reporté"}}
	return Paper{Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", MadeAt: b.CreatedAt, Program: "Ardoise 1.0"}, s
}

var hostile = []string{"=cmd|'/C calc'!A0", "Léa 🎉👩‍👩‍👧", "שלום", "\u202Eevil", strings.Repeat("Wilhelmine-Alexandrine ", 13), strings.Repeat("X", 300), "a\x00b", "ab\xff\xfe"}

func TestSlipAddsUp(t *testing.T) {
	for name, change := range map[string]func(*Slip){
		"amount":       func(s *Slip) { s.Lines[1].Amount++ },
		"missing line": func(s *Slip) { s.Lines = s.Lines[1:] },
		"sequence":     func(s *Slip) { s.Lines[1].Sequence = First },
		"no sequence":  func(s *Slip) { s.Lines[1].Sequence = "" },
		"total":        func(s *Slip) { s.Totals.Sum-- },
		"part":         func(s *Slip) { s.Totals.BySequence = slices.Clone(s.Totals.BySequence); s.Totals.BySequence[0].Sum-- },
		"file":         func(s *Slip) { s.MessageID = "AUTRE" },
		"no day":       func(s *Slip) { s.CollectOn = 0 },
		"overflow":     func(s *Slip) { s.LeftOut[0].Amount, s.LeftOut[1].Amount = 1<<62, 1<<62 },
	} {
		p, s := slip(12)
		if err := SlipPDF(ctx, io.Discard, p, s); err != nil {
			t.Fatal(err)
		}
		change(&s)
		var out bytes.Buffer
		if err := SlipPDF(ctx, &out, p, s); err == nil || out.Len() > 0 {
			t.Errorf("%s: printed", name)
		}
	}
}

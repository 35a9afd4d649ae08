package bankfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

const painHead = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>RETOUR1</MsgId><CreDtTm>2026-12-09T08:30:00</CreDtTm></GrpHdr>
`

const painTail = `</CstmrPmtStsRpt></Document>`

func pain(body string) string { return painHead + body + painTail }

func read(t *testing.T, text string) File {
	t.Helper()
	f, err := Read(strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func same(t *testing.T, got, want any, opts ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, append(opts, cmpopts.EquateEmpty())...); d != "" {
		t.Error(d)
	}
}

func TestTwoRejects(t *testing.T) {
	f := read(t, pain(`
<OrgnlGrpInfAndSts><OrgnlMsgId>ENVOI-1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId><GrpSts>PART</GrpSts>
 <NbOfTxsPerSts><DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>ACCP</DtldSts></NbOfTxsPerSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>ENVOI-1-RCUR</OrgnlPmtInfId>
 <TxInfAndSts><OrgnlEndToEndId>F1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
  <StsRsnInf><Orgtr><Nm>Banque</Nm></Orgtr><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>COMPTE CLOS</AddtlInf><AddtlInf>VOIR  CLIENT</AddtlInf></StsRsnInf>
  <OrgnlTxRef><Amt><InstdAmt Ccy="EUR">12.5</InstdAmt></Amt>
   <CdtrSchmeId><Id><PrvtId><Othr><Id>FR72ZZZ123456</Id></Othr></PrvtId></Id></CdtrSchmeId>
   <MndtRltdInf><MndtId>CANTINE-F-1-001</MndtId></MndtRltdInf><Dbtr><Nm>FAVIER &amp; FILS</Nm></Dbtr>
   <CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></CdtrAcct></OrgnlTxRef></TxInfAndSts>
 <TxInfAndSts><OrgnlEndToEndId>F2</OrgnlEndToEndId><TxSts>ACCP</TxSts></TxInfAndSts>
 <TxInfAndSts><OrgnlEndToEndId>F3</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Prtry>x1</Prtry></Rsn></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts>`))
	same(t, f, File{
		Kind: StatusReport, Version: "001.03", MessageID: "RETOUR1", OriginalMessageID: "ENVOI-1", OriginalName: "pain.008.001.02",
		CreatedAt: time.Date(2026, 12, 9, 8, 30, 0, 0, calendar.Paris), Accounts: []string{"FR7630006000011234567890189"}, Creditors: []string{"FR72ZZZ123456"},
		Items: []Item{
			{
				Level: Transaction, OriginalMessageID: "ENVOI-1", OriginalBatchID: "ENVOI-1-RCUR", EndToEndID: "F1", MandateID: "CANTINE-F-1-001",
				Amount: 1250, Currency: "EUR", Reason: "AC04", ReasonText: "COMPTE CLOS ; VOIR CLIENT", Status: Rejected, DebtorName: "FAVIER & FILS",
				Account: "FR7630006000011234567890189", ICS: "FR72ZZZ123456",
			},
			{Level: Transaction, OriginalMessageID: "ENVOI-1", OriginalBatchID: "ENVOI-1-RCUR", EndToEndID: "F3", Reason: "X1", Status: Rejected},
		},
		Statuses: map[string]int{"PART": 1, "RJCT": 2, "ACCP": 1},
	}, cmpopts.IgnoreFields(File{}, "SHA256"))
	if len(f.SHA256) != 64 || !f.Items[0].Failed() {
		t.Errorf("%q %v", f.SHA256, f.Items[0])
	}
}

// A rejected file or batch concerns all below it, told or not.
func TestLevels(t *testing.T) {
	f := read(t, pain(`<OrgnlGrpInfAndSts><OrgnlMsgId>E</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>
<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>F1</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts>`))
	same(t, f.Items, []Item{
		{Level: WholeFile, OriginalMessageID: "E", Reason: "FF01", Status: Rejected},
		{Level: Transaction, OriginalMessageID: "E", OriginalBatchID: "B1", EndToEndID: "F1", Reason: "FF01", Status: Rejected},
	})
	f = read(t, pain(`<OrgnlGrpInfAndSts><OrgnlMsgId>E</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DT01</Cd></Rsn><AddtlInf>Date</AddtlInf></StsRsnInf></OrgnlPmtInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>B2</OrgnlPmtInfId><PmtInfSts>ACTC</PmtInfSts><TxInfAndSts><OrgnlEndToEndId>F2</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>B3</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DT01</Cd></Rsn></StsRsnInf>
<TxInfAndSts><OrgnlEndToEndId>F3</OrgnlEndToEndId><TxSts>ACCP</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>`))
	same(t, f.Items, []Item{
		{Level: Batch, OriginalMessageID: "E", OriginalBatchID: "B1", Reason: "DT01", ReasonText: "Date", Status: Rejected},
		{Level: Batch, OriginalMessageID: "E", OriginalBatchID: "B3", Reason: "DT01", Status: Rejected},
		{Level: Transaction, OriginalMessageID: "E", OriginalBatchID: "B3", EndToEndID: "F3", Reason: "AC01", Status: Rejected},
	})
	same(t, f.Statuses, map[string]int{"RJCT": 2, "ACTC": 1, "": 1, "ACCP": 1})
	f = read(t, pain(`<OrgnlGrpInfAndSts><OrgnlMsgId>E</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId><GrpSts>ACSP</GrpSts></OrgnlGrpInfAndSts>`))
	same(t, f.Items, []Item(nil))
}

func camt(kind, version, entries string) string {
	message, stmt := "BkToCstmrDbtCdtNtfctn", "Ntfctn"
	if kind == "camt.053" {
		message, stmt = "BkToCstmrStmt", "Stmt"
	}
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + kind + `.` + version + `"><` + message + `><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-12-11T06:00:00Z</CreDtTm></GrpHdr>
<` + stmt + `><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>` + entries + `</` + stmt + `></` + message + `></Document>`
}

func TestReturns(t *testing.T) {
	day := calendar.MustISO("2026-12-10")
	base := Item{Level: Transaction, EndToEndID: "F1", Currency: "EUR", Reason: "AM04", Status: Returned, BookedOn: day, Account: "FR7630006000011234567890189"}
	with := func(change func(*Item)) []Item { i := base; change(&i); return []Item{i} }
	entry := func(amount, side, more, details string) string {
		return `<Ntry><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + side + `</CdtDbtInd>` + more + `<BookgDt><Dt>2026-12-10</Dt></BookgDt><BkTxCd/><NtryDtls>` + details + `</NtryDtls></Ntry>`
	}
	const booked, newBooked = `<Sts>BOOK</Sts>`, `<Sts><Cd>BOOK</Cd></Sts>`
	tx := func(id, more string) string {
		return `<TxDtls><Refs><EndToEndId>` + id + `</EndToEndId></Refs>` + more + `<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>`
	}
	instd := `<AmtDtls><InstdAmt><Amt Ccy="EUR">50.00</Amt></InstdAmt></AmtDtls>`
	for name, c := range map[string]struct {
		version, entry string
		want           []Item
	}{
		"plain":            {"001.02", entry("50.00", "DBIT", booked, tx("F1", "")), with(func(i *Item) { i.Amount = 5000 })},
		"new status":       {"001.08", entry("50.00", "DBIT", newBooked, tx("F1", `<Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>`)), with(func(i *Item) { i.Amount = 5000 })},
		"charges told":     {"001.02", entry("53.00", "DBIT", booked, tx("F1", instd+`<Chrgs><Amt Ccy="EUR">2.00</Amt></Chrgs><Chrgs><Amt Ccy="EUR">1.00</Amt></Chrgs>`)), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"charges records":  {"001.08", entry("53.00", "DBIT", newBooked, tx("F1", `<Amt Ccy="EUR">53.00</Amt><Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="EUR">3.00</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`)), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"charges apart":    {"001.08", entry("50.00", "DBIT", newBooked, tx("F1", `<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>`)), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"charges within":   {"001.08", entry("53.00", "DBIT", newBooked, tx("F1", `<Amt Ccy="EUR">50.00</Amt><Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt></Rcrd></Chrgs>`)), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"charges unsaid":   {"001.02", entry("53.00", "DBIT", booked, tx("F1", instd)), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"charges of entry": {"001.02", entry("53.00", "DBIT", booked+`<Chrgs><Amt Ccy="EUR">3.00</Amt></Chrgs>`, tx("F1", "")), with(func(i *Item) { i.Amount, i.Fees = 5000, 300 })},
		"batch": {"001.02", entry("80.00", "DBIT", booked, `<Btch><MsgId>E</MsgId><PmtInfId>B</PmtInfId></Btch>`+tx("F1", instd)+tx("F2", `<AmtDtls><TxAmt><Amt Ccy="EUR">30</Amt></TxAmt></AmtDtls>`)), []Item{
			func() Item { i := base; i.Amount, i.OriginalMessageID, i.OriginalBatchID = 5000, "E", "B"; return i }(),
			func() Item {
				i := base
				i.EndToEndID, i.Amount, i.OriginalMessageID, i.OriginalBatchID = "F2", 3000, "E", "B"
				return i
			}(),
		}},
		"pending":        {"001.02", entry("50.00", "DBIT", `<Sts>PDNG</Sts>`, tx("F1", "")), nil},
		"credit":         {"001.02", entry("50.00", "CRDT", booked, tx("F1", "")), nil},
		"taken back":     {"001.02", entry("50.00", "CRDT", `<RvslInd>true</RvslInd>`+booked, tx("F1", "")), with(func(i *Item) { i.Amount, i.Status = 5000, Reversed })},
		"debit reversal": {"001.02", entry("50.00", "DBIT", `<RvslInd>true</RvslInd>`+booked, tx("F1", "")), with(func(i *Item) { i.Amount = 5000 })},
		"mixed": {"001.08", entry("50.00", "DBIT", newBooked, tx("F1", `<CdtDbtInd>CRDT</CdtDbtInd>`)+tx("F2", `<CdtDbtInd>CRDT</CdtDbtInd>`)), []Item{
			func() Item { i := base; i.Currency, i.Status = "", Reversed; return i }(), func() Item { i := base; i.EndToEndID, i.Currency, i.Status = "F2", "", Reversed; return i }(),
		}},
		"no reason":    {"001.02", entry("50.00", "DBIT", booked, `<TxDtls><Refs><EndToEndId>F1</EndToEndId></Refs><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd></TxDtls>`), with(func(i *Item) { i.Amount, i.Reason = 5000, "" })},
		"no details":   {"001.02", `<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><ValDt><DtTm>2026-12-09T23:30:00Z</DtTm></ValDt><AcctSvcrRef>R7</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd></Ntry>`, with(func(i *Item) { i.Amount, i.Reason, i.EndToEndID, i.BankReference = 5000, "", "", "R7" })},
		"other debit":  {"001.02", entry("50.00", "DBIT", booked, `<TxDtls><Refs><EndToEndId>F1</EndToEndId></Refs></TxDtls>`), nil},
		"not provided": {"001.02", entry("50.00", "DBIT", booked, tx("NOTPROVIDED", "")), with(func(i *Item) { i.Amount, i.EndToEndID = 5000, "" })},
		"yen":          {"001.02", strings.ReplaceAll(entry("50.125", "DBIT", booked, tx("F1", "")), "EUR", "TND"), with(func(i *Item) { i.Currency = "TND" })},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"camt.053", "camt.054"} {
				f := read(t, camt(kind, c.version, c.entry))
				same(t, f.Items, c.want)
				if string(f.Kind) != kind || f.Version != c.version || f.MessageID != "M1" || len(f.Accounts) != 1 || f.CreatedAt.Hour() != 7 {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func shared(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "bank", name))
	if err != nil {
		t.Skipf("shared data missing (set ARDOISE_SHARED): %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestOtherPeoplesFiles(t *testing.T) {
	for name, want := range map[string]File{
		"genkgo.camt053.v2.minimal.xml": {Kind: Statement, Version: "001.02", MessageID: "CAMT053RIB000000000001", Statuses: map[string]int{"BOOK": 1}, Accounts: []string{"NL26VAYB8060476890"}},
		"genkgo.camt054.v2.xml":         {Kind: Notification, Version: "001.02", MessageID: "AAAASESS-FP-ACCR001", Statuses: map[string]int{"BOOK": 1}},
		"genkgo.camt054.v8.xml":         {Kind: Notification, Version: "001.08", MessageID: "AAAASESS-FP-ACCR001", Statuses: map[string]int{"BOOK": 1}, Accounts: []string{"CH2801234000123456789"}},
		"hbci4java.test-camt-ruecklastschrift.xml": {
			Kind: DayReport, Version: "001.02", MessageID: "camt52_20210326134456__ONLINEBA", Statuses: map[string]int{"BOOK": 1},
			Items: []Item{{
				Level: Transaction, MandateID: "TEST1234", Amount: 5000, Currency: "EUR", Fees: 300, Reason: "MS03", ReasonText: "RUECKLASTSCHRIFT Sonstige Gruende",
				Status: Returned, BookedOn: calendar.MustISO("2021-03-26"), DebtorName: "Sven Schuldner",
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(shared(t, name), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			same(t, f, want, cmpopts.IgnoreFields(File{}, "SHA256", "CreatedAt"))
			if f.CreatedAt.IsZero() {
				t.Error("no instant")
			}
		})
	}
}

func TestCheckCreditor(t *testing.T) {
	const ours, theirs, ics = "FR76 3000 6000 0112 3456 7890 189", "FR1420041010050500013M02606", "FR72ZZZ123456"
	for name, c := range map[string]struct {
		file File
		ok   bool
	}{
		"nothing named":    {File{}, true},
		"our account":      {File{Accounts: []string{theirs, "FR7630006000011234567890189"}}, true},
		"another account":  {File{Accounts: []string{theirs}, Creditors: []string{ics}}, false},
		"our ICS":          {File{Creditors: []string{ics}}, true},
		"another creditor": {File{Creditors: []string{"DE98ZZZ09999999999"}}, false},
	} {
		err := c.file.CheckCreditor([]string{ours}, ics)
		if (err == nil) != c.ok || err != nil && (fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "rien n’a été importé")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (File{Accounts: []string{theirs}, Creditors: []string{"DE98ZZZ09999999999"}}).CheckCreditor(nil, ""); err != nil {
		t.Errorf("nothing of ours known: %v", err)
	}
}

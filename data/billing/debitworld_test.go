package billing_test

import (
	"bytes"
	"fmt"
	"strings"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
)

const (
	debitICS  = "FR72ZZZ123456"
	debitIBAN = "FR7630006000011234567890189"
)

var debitDay = calendar.MustISO("2026-12-10")

// debitAccount makes a French account number of a bank, with its RIB key and its
// check digits.
func debitAccount(code, n int) string {
	bban := fmt.Sprintf("%05d%05d%011d", code, 7, n)
	key := 97 - (89*code+15*7+3*n)%97
	bban += fmt.Sprintf("%02d", key)
	rest := 0
	for _, c := range bban + "152700" { // F=15, R=27
		rest = (rest*10 + int(c-'0')) % 97
	}
	iban := fmt.Sprintf("FR%02d%s", 98-rest, bban)
	if _, err := bank.ParseIBAN(iban); err != nil {
		panic(iban + ": " + err.Error())
	}
	return iban
}

// creditor fills the settings direct debits need.
func (w *world) creditor(change ...func(*billing.Settings)) {
	w.t.Helper()
	s, err := w.s.Settings(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Creditor, s.ICS, s.IBAN, s.BIC = "Commune de Saint-Marcel", debitICS, debitIBAN, "BDFEFRPP"
	for _, c := range change {
		c(&s)
	}
	if err := w.s.SetSettings(w.ctx, s); err != nil {
		w.t.Fatal(err)
	}
}

// mandate gives family i a mandate signed on 1 October 2026 under its own account.
func (w *world) mandate(i int) billing.Mandate {
	w.t.Helper()
	m, err := w.s.AddMandate(w.ctx, billing.NewMandate{FamilyID: w.families[i], IBAN: debitAccount(30006, 1000+i), BIC: "AGRIFRPP", SignedOn: calendar.MustISO("2026-10-01")})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// papers hands in a family's account and signed mandate, as access requests do.
func (w *world) papers(i int, iban string) {
	w.t.Helper()
	a := access.New(w.db)
	request := w.count(`SELECT MIN(id) FROM access_request WHERE family_id = $1`, w.families[i])
	if err := a.SetBankDetails(w.ctx, request, iban, "AGRIFRPP", "Élodie Favier"); err != nil {
		w.t.Fatal(err)
	}
	w.signature(i)
}

func (w *world) signature(i int) {
	w.t.Helper()
	if _, err := access.New(w.db).Attach(w.ctx, access.Attachment{FamilyID: w.families[i], Kind: "mandate", Name: "mandat.pdf", Content: strings.NewReader("%PDF-1.4\n" + fmt.Sprint(w.keys) + "\n%%EOF")}); err != nil {
		w.t.Fatal(err)
	}
	w.keys++
}

// billed gives every family a mandate and an invoice of 5 meals, issued on 24
// November.
func (w *world) billed() {
	w.t.Helper()
	w.creditor()
	for i := range w.families {
		w.mandate(i)
		w.meals(i, days("2026-11-02", 5)...)
	}
	w.issue(billing.Run{Month: november})
}

const debitSum = 5 * mealPrice

func (w *world) planDebits(a billing.DebitAsk) billing.DebitPlan {
	w.t.Helper()
	if a.CollectOn.IsZero() {
		a.CollectOn = debitDay
	}
	p, err := w.s.PlanDebits(w.ctx, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// build shows the plan, then builds it: as a screen does.
func (w *world) build(a billing.DebitAsk) billing.DebitBatch {
	w.t.Helper()
	p := w.planDebits(a)
	if p.Problem != "" {
		w.t.Fatal(p.Problem, p.Skipped)
	}
	b, err := w.s.BuildDebits(w.ctx, p.Ask, p.Digest)
	if err != nil {
		w.t.Fatal(err)
	}
	if b.Count != p.Count || b.Total != p.Total || len(b.Debits) != p.Count {
		w.t.Fatalf("planned %d for %s, built %+v", p.Count, p.Total, b)
	}
	return b
}

func (w *world) send(id int64) billing.DebitBatch {
	w.t.Helper()
	b, err := w.s.SendDebits(w.ctx, w.key(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) mandateOf(i int) billing.Mandate {
	w.t.Helper()
	list, err := w.s.Mandates(w.ctx, w.families[i])
	if err != nil || len(list) == 0 {
		w.t.Fatal(list, err)
	}
	return list[0]
}

// debitTables are those a mandate, a batch or a return may touch.
var debitTables = []string{
	"mandate", "mandate_event", "debit_batch", "debit", "debit_invoice", "bank_return", "bank_return_line", "operation", "transfer", "account", "settlement", "invoice",
	"outbox", "counter", "audit",
}

// rows counts the rows of everything, with what is owed and where it stands.
func (w *world) rows() string {
	w.t.Helper()
	var b strings.Builder
	for _, t := range debitTables {
		fmt.Fprintf(&b, "%s %d\n", t, w.count(`SELECT COUNT(*) FROM `+t))
	}
	fmt.Fprintf(&b, "open %d, state %d, version %d, balance %d, last %d", w.count(`SELECT CAST(COALESCE(SUM(open), 0) AS BIGINT) FROM invoice_balance`),
		w.count(`SELECT COUNT(*) FROM debit WHERE state = 'rejected'`), w.count(`SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM mandate`),
		w.count(`SELECT CAST(COALESCE(SUM(balance * id), 0) AS BIGINT) FROM account`), w.count(`SELECT CAST(COALESCE(SUM(last), 0) AS BIGINT) FROM counter`))
	return b.String()
}

// unchanged runs what must change nothing.
func (w *world) unchanged(name string, kind fault.Kind, words string, fn func() error) {
	w.t.Helper()
	before := w.rows()
	err := fn()
	if err == nil || fault.KindOf(err) != kind || !containsFold(fault.Sentence(err), words) {
		w.t.Errorf("%s: want %s « %s », got %v", name, kind, words, err)
	}
	if after := w.rows(); after != before {
		w.t.Errorf("%s changed something:\n%s\n--\n%s", name, before, after)
	}
}

// reject is one line of a bank's file.
type debitReject struct {
	e2e    string
	code   string
	amount money.Cents
}

func euros(c money.Cents) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// pain002 is the status report of a file, with the rejects of some of its debits.
func pain002(message string, rejects ...debitReject) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R-%s</MsgId><CreDtTm>2026-12-09T08:30:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>%s-RCUR</OrgnlPmtInfId>`, message, message, message)
	for _, r := range rejects {
		fmt.Fprintf(&b, `<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf>`, r.e2e, r.code)
		if r.amount != 0 {
			fmt.Fprintf(&b, `<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">%s</InstdAmt></Amt></OrgnlTxRef>`, euros(r.amount))
		}
		b.WriteString(`</TxInfAndSts>`)
	}
	return b.String() + `</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`
}

// refusedWhole is the status report of a file or of one of its batches refused whole.
func refusedWhole(message, batch, code string) string {
	why := `<StsRsnInf><Rsn><Cd>` + code + `</Cd></Rsn></StsRsnInf>`
	group, part := `<GrpSts>RJCT</GrpSts>`+why, ""
	if batch != "" {
		group, part = "", `<OrgnlPmtInfAndSts><OrgnlPmtInfId>`+batch+`</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>`+why+`</OrgnlPmtInfAndSts>`
	}
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId><CreDtTm>2026-12-09T08:30:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>` + message + `</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>` + group + `</OrgnlGrpInfAndSts>` + part + `</CstmrPmtStsRpt></Document>`
}

// camt054 is a bank's notice of returns on an account.
func camt054(account string, rejects ...debitReject) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-12-14T06:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>1</Id><Acct><Id><IBAN>%s</IBAN></Id></Acct>`, account)
	for _, r := range rejects {
		fmt.Fprintf(&b, `<Ntry><Amt Ccy="EUR">%s</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-12-14</Dt></BookgDt><BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>
<Amt Ccy="EUR">%s</Amt><RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>`, euros(r.amount), r.e2e, euros(r.amount), r.code)
	}
	return b.String() + `</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
}

// read shows what a file would do, then does it: the two agree.
func (w *world) read(text string) billing.Return {
	w.t.Helper()
	before := w.rows()
	plan, err := w.s.PlanReturn(w.ctx, "retour.xml", strings.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	if w.rows() != before {
		w.t.Fatal("a plan wrote something")
	}
	done, err := w.s.ReadReturn(w.ctx, `C:\banque\retour.xml`, bytes.NewReader([]byte(text)))
	if err != nil {
		w.t.Fatal(err)
	}
	if done.Matched != plan.Matched || done.Known != plan.Known || done.Unmatched != plan.Unmatched || done.Replayed != plan.Replayed || len(done.Lines) != len(plan.Lines) {
		w.t.Fatalf("planned %+v, done %+v", plan, done)
	}
	return done
}

// unguard takes a table's append-only trigger away.
func (w *world) unguard(table string) {
	w.t.Helper()
	if w.db.Engine() == store.Postgres {
		w.sql(`ALTER TABLE ` + table + ` DISABLE TRIGGER ` + table + `_append_only`)
		return
	}
	w.sql(`DROP TRIGGER ` + table + `_append_only_update`)
}

// try runs a statement that may be refused.
func (w *world) try(query string, args ...any) error {
	return w.db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
}

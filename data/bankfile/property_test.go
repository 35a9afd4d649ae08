package bankfile

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// A file is drawn as values, written as a bank would, and must read back as the same values.

type maker struct {
	t *rapid.T
	b strings.Builder
}

func (m *maker) add(format string, args ...any) { fmt.Fprintf(&m.b, format, args...) }

// element writes an optional element: absent, never empty.
func (m *maker) element(name, text string) {
	if text == "" {
		return
	}
	m.add("<%s>", name)
	if err := xml.EscapeText(&m.b, []byte(text)); err != nil {
		m.t.Fatal(err)
	}
	m.add("</%s>", name)
	if rapid.Bool().Draw(m.t, "space") {
		m.add("\n  <!-- & < suite -->")
	}
}

func (m *maker) amount(name string, c money.Cents) {
	m.add(`<%s Ccy="EUR">%d.%02d</%s>`, name, c/100, c%100, name)
}

func (m *maker) id(label string) string {
	return rapid.StringMatching(`[A-Z0-9][A-Z0-9/.+-]{0,33}`).Draw(m.t, label)
}

func (m *maker) maybe(label string) string {
	if rapid.Bool().Draw(m.t, label+"?") {
		return m.id(label)
	}
	return ""
}

func (m *maker) words(label string) string {
	if !rapid.Bool().Draw(m.t, label+"?") {
		return ""
	}
	s := rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r >= ' ' && r != 0xFFFE && r != 0xFFFF && r != 0xFFFD }), 1, 50, -1).Draw(m.t, label)
	return strings.Join(strings.Fields(s), " ")
}

func (m *maker) reason() string {
	return rapid.SampledFrom([]string{"", "AC04", "AM04", "MD06", "MS03", "ZZ99"}).Draw(m.t, "reason")
}

func (m *maker) cents() money.Cents {
	return money.Cents(rapid.Int64Range(1, 99_999_999_999).Draw(m.t, "amount"))
}

var made = time.Date(2026, 12, 9, 8, 30, 15, 0, calendar.Paris)

func (m *maker) status(wrap, status, reason, text string) {
	m.element(wrap, status)
	if reason != "" || text != "" {
		m.add("<StsRsnInf>")
		if reason != "" {
			m.add("<Rsn>")
			m.element("Cd", reason)
			m.add("</Rsn>")
		}
		m.element("AddtlInf", text)
		m.add("</StsRsnInf>")
	}
}

var someStatus = rapid.SampledFrom([]string{"", "RJCT", "ACCP", "ACTC", "PART", "PDNG"})

// drawPain draws a pain.002 and what must be read of it.
func drawPain(t *rapid.T, version string) (string, File) {
	m := &maker{t: t}
	party := func(name string, s string) { // a choice of party or bank since version 10
		if s == "" {
			return
		}
		m.add("<%s>", name)
		if version != "001.03" {
			m.add("<Pty>")
		}
		m.element("Nm", s)
		if version != "001.03" {
			m.add("</Pty>")
		}
		m.add("</%s>", name)
	}
	f := File{
		Kind: StatusReport, Version: version, MessageID: m.id("msg"), OriginalMessageID: m.id("original"), OriginalName: "pain.008.001.02",
		CreatedAt: made, Statuses: map[string]int{},
	}
	m.add(`<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.%s"><CstmrPmtStsRpt><GrpHdr>`, version)
	m.element("MsgId", f.MessageID)
	m.element("CreDtTm", made.Format("2006-01-02T15:04:05"))
	m.add("</GrpHdr><OrgnlGrpInfAndSts>")
	m.element("OrgnlMsgId", f.OriginalMessageID)
	m.element("OrgnlMsgNmId", f.OriginalName)
	file := Item{Level: WholeFile, OriginalMessageID: f.OriginalMessageID, Status: someStatus.Draw(t, "group"), Reason: m.reason(), ReasonText: m.words("text")}
	m.status("GrpSts", file.Status, file.Reason, file.ReasonText)
	m.add("</OrgnlGrpInfAndSts>")
	count := func(i Item) {
		if i.Status != "" || i.Level == Transaction {
			f.Statuses[i.Status]++
		}
	}
	count(file)
	if file.Failed() {
		f.Items = append(f.Items, file)
	}
	for range rapid.IntRange(0, 3).Draw(t, "batches") {
		b := file
		b.Level, b.OriginalBatchID, b.Status, b.Reason, b.ReasonText = Batch, m.id("batch"), someStatus.Draw(t, "batch status"), m.reason(), m.words("text")
		m.add("<OrgnlPmtInfAndSts>")
		m.element("OrgnlPmtInfId", b.OriginalBatchID)
		m.status("PmtInfSts", b.Status, b.Reason, b.ReasonText)
		count(b)
		if b.Failed() {
			f.Items = append(f.Items, b)
		}
		for range rapid.IntRange(0, 4).Draw(t, "debits") {
			i := b
			i.Level, i.EndToEndID, i.Status, i.Reason, i.ReasonText = Transaction, m.id("e2e"), someStatus.Draw(t, "status"), m.reason(), m.words("text")
			i.Amount, i.Currency, i.MandateID, i.DebtorName = m.cents(), "EUR", m.maybe("rum"), m.words("name")
			m.add("<TxInfAndSts>")
			m.element("OrgnlEndToEndId", i.EndToEndID)
			m.status("TxSts", i.Status, i.Reason, i.ReasonText)
			m.add("<OrgnlTxRef><Amt>")
			m.amount("InstdAmt", i.Amount)
			m.add("</Amt>")
			if i.MandateID != "" {
				m.add("<MndtRltdInf>")
				if version == "001.14" {
					m.add("<DrctDbtMndt>")
				}
				m.element("MndtId", i.MandateID)
				if version == "001.14" {
					m.add("</DrctDbtMndt>")
				}
				m.add("</MndtRltdInf>")
			}
			party("Dbtr", i.DebtorName)
			m.add("</OrgnlTxRef></TxInfAndSts>")
			count(i)
			// The level nearest to the debit that is rejected lends its reason.
			for _, above := range []Item{b, file} {
				if above.Failed() {
					i.Status = Rejected
					if i.Reason == "" && i.ReasonText == "" {
						i.Reason, i.ReasonText = above.Reason, above.ReasonText
					}
				}
			}
			if i.Failed() {
				f.Items = append(f.Items, i)
			}
		}
		m.add("</OrgnlPmtInfAndSts>")
	}
	m.add("</CstmrPmtStsRpt></Document>\n")
	return m.b.String(), f
}

// drawCamt draws a camt.054 of returns among other movements.
func drawCamt(t *rapid.T, version string) (string, File) {
	m, later := &maker{t: t}, version != "001.02"
	f := File{Kind: Notification, Version: version, MessageID: m.id("msg"), CreatedAt: made, Accounts: []string{"FR7630006000011234567890189"}, Statuses: map[string]int{}}
	m.add(`<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.%s"><BkToCstmrDbtCdtNtfctn><GrpHdr>`, version)
	m.element("MsgId", f.MessageID)
	m.element("CreDtTm", made.Format(time.RFC3339))
	m.add("</GrpHdr><Ntfctn><Id>1</Id><CreDtTm>2026-12-09T08:00:00</CreDtTm><Acct><Id><IBAN>%s</IBAN></Id></Acct>", f.Accounts[0])
	for range rapid.IntRange(0, 4).Draw(t, "movements") {
		status := rapid.SampledFrom([]string{"BOOK", "BOOK", "PDNG"}).Draw(t, "status")
		side := rapid.SampledFrom([]string{"DBIT", "DBIT", "CRDT"}).Draw(t, "side")
		day := calendar.MustISO("2026-01-01").Add(rapid.IntRange(0, 700).Draw(t, "day"))
		f.Statuses[status]++
		var whole money.Cents
		inner := &maker{t: t}
		for range rapid.IntRange(1, 3).Draw(t, "details") {
			i := Item{
				Level: Transaction, EndToEndID: m.maybe("e2e"), MandateID: m.maybe("rum"), OriginalBatchID: m.maybe("batch"), Amount: m.cents(), Currency: "EUR",
				Fees: money.Cents(rapid.IntRange(0, 1500).Draw(t, "fees")), Reason: m.reason(), ReasonText: m.words("text"), Status: Returned,
				DebtorName: m.words("name"), BookedOn: day, Account: f.Accounts[0],
			}
			returned := rapid.Bool().Draw(t, "returned")
			whole += i.Amount + i.Fees
			inner.detail(i, later, returned, side)
			if returned && side == "DBIT" && status == "BOOK" {
				f.Items = append(f.Items, i)
			}
		}
		m.add("<Ntry>")
		m.amount("Amt", whole)
		m.add("<CdtDbtInd>%s</CdtDbtInd>", side)
		if later {
			m.add("<Sts><Cd>%s</Cd></Sts>", status)
		} else {
			m.add("<Sts>%s</Sts>", status)
		}
		m.add("<BookgDt><Dt>%s</Dt></BookgDt><BkTxCd/><NtryDtls>%s</NtryDtls></Ntry>", day, inner.b.String())
	}
	m.add("</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n")
	return m.b.String(), f
}

func (m *maker) detail(i Item, later, returned bool, side string) {
	m.add("<TxDtls>")
	if i.OriginalBatchID+i.EndToEndID+i.MandateID != "" {
		m.add("<Refs>")
		m.element("PmtInfId", i.OriginalBatchID)
		m.element("EndToEndId", i.EndToEndID)
		m.element("MndtId", i.MandateID)
		m.add("</Refs>")
	}
	if later {
		m.amount("Amt", i.Amount+i.Fees)
		m.element("CdtDbtInd", side)
	}
	m.add("<AmtDtls><InstdAmt>")
	m.amount("Amt", i.Amount)
	m.add("</InstdAmt></AmtDtls><Chrgs>")
	if later {
		m.add("<Rcrd>")
	}
	m.amount("Amt", i.Fees)
	if later {
		m.add("</Rcrd>")
	}
	m.add("</Chrgs>")
	if i.DebtorName != "" {
		m.add("<RltdPties><Dbtr>")
		if later {
			m.add("<Pty>")
		}
		m.element("Nm", i.DebtorName)
		if later {
			m.add("</Pty>")
		}
		m.add("</Dbtr></RltdPties>")
	}
	if returned {
		m.add("<RtrInf>")
		if i.Reason != "" {
			m.add("<Rsn><Cd>%s</Cd></Rsn>", i.Reason)
		}
		m.element("AddtlInf", i.ReasonText)
		m.add("</RtrInf>")
	}
	m.add("</TxDtls>")
}

var drawn = map[string]func(*rapid.T, string) (string, File){"pain.002": drawPain, "camt.054": drawCamt}

func TestReadsBack(t *testing.T) {
	for kind, draw := range drawn {
		t.Run(kind, rapid.MakeCheck(func(t *rapid.T) {
			version := rapid.SampledFrom([]string{"001.03", "001.10", "001.14"}).Draw(t, "version")
			if kind == "camt.054" {
				version = rapid.SampledFrom([]string{"001.02", "001.08"}).Draw(t, "version")
			}
			text, want := draw(t, version)
			got, err := Read(strings.NewReader(text), Limits{})
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(File{}, "SHA256")); d != "" {
				t.Fatalf("%s\n%s", d, text)
			}
		}))
	}
}

// What we draw is what banks may send: xmllint finds it valid.
func TestDrawnFilesAreValid(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatal("xmllint is required here and missing")
		}
		t.Skip("xmllint is missing: apt-get install libxml2-utils")
	}
	schemas := filepath.Join(filepath.Dir(shared(t, "genkgo.camt054.v2.xml").Name()), "..", "..", "xsd", "sepa")
	dir := t.TempDir()
	for _, c := range [][2]string{{"pain.002", "001.10"}, {"pain.002", "001.14"}, {"camt.054", "001.02"}, {"camt.054", "001.08"}} {
		args := []string{"--noout", "--nonet", "--schema", filepath.Join(schemas, c[0]+"."+c[1]+".xsd")}
		for n := range 12 {
			text := rapid.Custom(func(t *rapid.T) string { s, _ := drawn[c[0]](t, c[1]); return s }).Example(n)
			file := filepath.Join(dir, fmt.Sprintf("%s.%s.%d.xml", c[0], c[1], n))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
		if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v: %s", c, err, out)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var body strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&body, `<Ntry><Amt Ccy="EUR">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-12-10</Dt></BookgDt><BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>F%d</EndToEndId></Refs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>`, n)
	}
	text := camt("camt.053", "001.02", body.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Read(strings.NewReader(text), Limits{})
		if err != nil || len(f.Items) != 10_000 {
			b.Fatal(err)
		}
	}
}

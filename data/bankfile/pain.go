package bankfile

import (
	"strings"

	"ardoise/data/fault"
)

// report is where a pain.002 has got to.
type report struct {
	group  verdict
	batch  verdict
	told   bool // the item of the batch has been given
	id     string
	tx     Item
	status verdict
}

// verdict is a status with its reason, at one level.
type verdict struct{ status, reason, text string }

func (v *verdict) because(code string) {
	if v.reason == "" {
		v.reason = code
	}
}

const (
	group       = "/OrgnlGrpInfAndSts"
	batch       = "/OrgnlPmtInfAndSts"
	transaction = batch + "/TxInfAndSts"
	original    = transaction + "/OrgnlTxRef"
)

var painTable = makePainTable()

func makePainTable() table {
	t := table{
		opens: map[string]func(*parser){
			batch: func(p *parser) { p.report.batch, p.report.id, p.report.told = verdict{}, "", false },
			transaction: func(p *parser) {
				p.tellBatch()
				p.report.tx, p.report.status = Item{Level: Transaction}, verdict{}
			},
		},
		closes: map[string]func(*parser, string){
			"/GrpHdr/MsgId":   func(p *parser, s string) { p.file.MessageID = id(s) },
			"/GrpHdr/CreDtTm": func(p *parser, s string) { p.file.CreatedAt = p.instant(s) },

			group:                   func(p *parser, _ string) { p.tellGroup() },
			group + "/OrgnlMsgId":   func(p *parser, s string) { p.file.OriginalMessageID = id(s) },
			group + "/OrgnlMsgNmId": (*parser).originalName,
			group + "/GrpSts":       func(p *parser, s string) { p.report.group.status = code(s) },

			batch:                    func(p *parser, _ string) { p.tellBatch() },
			batch + "/OrgnlPmtInfId": func(p *parser, s string) { p.report.id = id(s) },
			batch + "/PmtInfSts":     func(p *parser, s string) { p.report.batch.status = code(s) },

			transaction:                      func(p *parser, _ string) { p.tellTransaction() },
			transaction + "/OrgnlEndToEndId": func(p *parser, s string) { p.report.tx.EndToEndID = id(s) },
			transaction + "/TxSts":           func(p *parser, s string) { p.report.status.status = code(s) },
			transaction + "/AcctSvcrRef":     func(p *parser, s string) { p.report.tx.BankReference = id(s) },
			transaction + "/ChrgsInf/Amt":    func(p *parser, s string) { p.report.tx.Fees += p.amount(s) },

			original + "/IntrBkSttlmAmt": (*parser).originalAmount,
			original + "/Amt/InstdAmt":   (*parser).originalAmount,
			// Version 14 tells mandates of debits from those of transfers.
			original + "/MndtRltdInf/MndtId":             func(p *parser, s string) { p.report.tx.MandateID = id(s) },
			original + "/MndtRltdInf/DrctDbtMndt/MndtId": func(p *parser, s string) { p.report.tx.MandateID = id(s) },
			original + "/Dbtr/Nm":                        func(p *parser, s string) { p.report.tx.DebtorName = words(s) },
			original + "/Dbtr/Pty/Nm":                    func(p *parser, s string) { p.report.tx.DebtorName = words(s) },
			original + "/CdtrAcct/Id/IBAN":               func(p *parser, s string) { p.report.tx.Account = p.account(s) },
			original + "/CdtrSchmeId/Id/PrvtId/Othr/Id":  func(p *parser, s string) { p.report.tx.ICS = p.creditor(s) },
		},
	}
	for level, of := range map[string]func(*parser) *verdict{
		group:       func(p *parser) *verdict { return &p.report.group },
		batch:       func(p *parser) *verdict { return &p.report.batch },
		transaction: func(p *parser) *verdict { return &p.report.status },
	} {
		t.closes[level+"/StsRsnInf/Rsn/Cd"] = func(p *parser, s string) { of(p).because(code(s)) }
		t.closes[level+"/StsRsnInf/Rsn/Prtry"] = func(p *parser, s string) { of(p).because(code(s)) }
		t.closes[level+"/StsRsnInf/AddtlInf"] = func(p *parser, s string) { of(p).text = join(of(p).text, s) }
	}
	return t
}

func (p *parser) originalName(s string) {
	p.file.OriginalName = id(s)
	if strings.HasPrefix(p.file.OriginalName, "pain.001") {
		p.fail(fault.New(fault.Invalid, "Ce fichier répond à une remise de virements, pas de prélèvements : il est refusé."))
	}
}

func (p *parser) originalAmount(s string) {
	// The amount instructed stands behind that between the banks, and wins.
	currency := p.currency
	if n := p.amount(s); n != 0 {
		p.report.tx.Amount, p.report.tx.Currency = n, currency
	}
}

func (p *parser) tellGroup() {
	v := p.report.group
	if v.status == "" {
		return
	}
	p.file.Statuses[v.status]++
	if v.status == Rejected {
		p.add(Item{Level: WholeFile, OriginalMessageID: p.file.OriginalMessageID, Status: Rejected, Reason: v.reason, ReasonText: v.text})
	}
}

// tellBatch gives the item of a rejected batch, before the first of its debits.
func (p *parser) tellBatch() {
	v := p.report.batch
	if p.report.told || v.status == "" {
		return
	}
	p.report.told = true
	p.file.Statuses[v.status]++
	if v.status == Rejected {
		p.add(Item{
			Level: Batch, OriginalMessageID: p.file.OriginalMessageID, OriginalBatchID: p.report.id, Status: Rejected,
			Reason: v.reason, ReasonText: v.text,
		})
	}
}

func (p *parser) tellTransaction() {
	v := p.report.status
	p.file.Statuses[v.status]++
	rejected := v.status == Rejected
	for _, above := range []verdict{p.report.batch, p.report.group} {
		if above.status != Rejected {
			continue
		}
		rejected = true
		if v.reason == "" && v.text == "" {
			v.reason, v.text = above.reason, above.text
		}
	}
	if !rejected {
		return
	}
	i := p.report.tx
	i.OriginalMessageID, i.OriginalBatchID, i.Status = p.file.OriginalMessageID, p.report.id, Rejected
	i.Reason, i.ReasonText = v.reason, v.text
	p.add(i)
}

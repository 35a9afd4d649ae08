package bankfile

import (
	"ardoise/data/calendar"
	"ardoise/data/money"
)

// entry is one movement of a camt, and what is known of where it stands.
type entry struct {
	account       string // of the statement, for all its movements
	amount        money.Cents
	currency      string
	debit, rvsl   bool
	status        string
	booked, value calendar.Date
	family, sub   string // bank transaction code
	msgID         string
	batchID       string
	reference     string
	charges       charges
	count         int      // of its details
	found         []detail // those that look like returns
	tx            detail
}

// detail is one transaction of a movement.
type detail struct {
	item     Item
	returned bool   // it bears RtrInf
	way      string // CRDT, DBIT or not told
	family   string
	sub      string
	own      sum // Amt, from version 04 on
	moved    sum // AmtDtls/TxAmt
	first    sum // AmtDtls/InstdAmt: what was collected
	charges  charges
}

type sum struct {
	cents    money.Cents
	currency string
}

// charges add up what the bank takes for itself.
type charges struct {
	total money.Cents // TtlChrgsAndTaxAmt
	sum   money.Cents
	one   money.Cents // the record being read
	gift  bool        // … is a credit
	apart bool        // a record says that it is not in the amount
}

func (c *charges) end() {
	if !c.gift {
		c.sum += c.one
	}
	c.one, c.gift = 0, false
}

func (c charges) fees() money.Cents {
	if c.sum == 0 {
		return c.total
	}
	return c.sum
}

const (
	movement = "/S/Ntry"
	details  = movement + "/NtryDtls/TxDtls"
)

var camtTable = makeCamtTable()

func makeCamtTable() table {
	t := table{
		opens: map[string]func(*parser){
			"/S":                func(p *parser) { p.entry = entry{} },
			movement:            func(p *parser) { p.entry = entry{account: p.entry.account, found: p.entry.found[:0]} },
			details:             func(p *parser) { p.entry.tx = detail{item: Item{Level: Transaction}} },
			details + "/RtrInf": func(p *parser) { p.entry.tx.returned = true },
		},
		closes: map[string]func(*parser, string){
			"/GrpHdr/MsgId":   func(p *parser, s string) { p.file.MessageID = id(s) },
			"/GrpHdr/CreDtTm": func(p *parser, s string) { p.file.CreatedAt = p.instant(s) },
			"/S/Acct/Id/IBAN": func(p *parser, s string) { p.entry.account = p.account(s) },

			movement:                  func(p *parser, _ string) { p.tellEntry() },
			movement + "/Amt":         func(p *parser, s string) { p.entry.currency, p.entry.amount = p.currency, p.amount(s) },
			movement + "/CdtDbtInd":   func(p *parser, s string) { p.entry.debit = code(s) == "DBIT" },
			movement + "/RvslInd":     func(p *parser, s string) { p.entry.rvsl = yes(s) },
			movement + "/AcctSvcrRef": func(p *parser, s string) { p.entry.reference = id(s) },
			// A code at first, a choice later: the text of the outer element is then empty.
			movement + "/Sts": func(p *parser, s string) {
				if s := code(s); s != "" {
					p.entry.status = s
				}
			},
			movement + "/Sts/Cd":                     func(p *parser, s string) { p.entry.status = code(s) },
			movement + "/Sts/Prtry":                  func(p *parser, s string) { p.entry.status = code(s) },
			movement + "/BookgDt/Dt":                 func(p *parser, s string) { p.entry.booked = p.day(s) },
			movement + "/BookgDt/DtTm":               func(p *parser, s string) { p.entry.booked = calendar.DateOf(p.instant(s)) },
			movement + "/ValDt/Dt":                   func(p *parser, s string) { p.entry.value = p.day(s) },
			movement + "/ValDt/DtTm":                 func(p *parser, s string) { p.entry.value = calendar.DateOf(p.instant(s)) },
			movement + "/NtryDtls/Btch/MsgId":        func(p *parser, s string) { p.entry.msgID = id(s) },
			movement + "/NtryDtls/Btch/PmtInfId":     func(p *parser, s string) { p.entry.batchID = id(s) },
			movement + "/BkTxCd/Domn/Fmly/Cd":        func(p *parser, s string) { p.entry.family = code(s) },
			movement + "/BkTxCd/Domn/Fmly/SubFmlyCd": func(p *parser, s string) { p.entry.sub = code(s) },

			details: func(p *parser, _ string) { p.keep() },
		},
	}
	detailed(t)
	charged(t, movement+"/Chrgs", func(p *parser) *charges { return &p.entry.charges })
	charged(t, details+"/Chrgs", func(p *parser) *charges { return &p.entry.tx.charges })
	return t
}

// detailed adds what is read of one transaction.
func detailed(t table) {
	for path, read := range map[string]func(*detail, *parser, string){
		"/CdtDbtInd":                  func(d *detail, _ *parser, s string) { d.way = code(s) },
		"/Amt":                        func(d *detail, p *parser, s string) { d.own = p.money(s) },
		"/AmtDtls/TxAmt/Amt":          func(d *detail, p *parser, s string) { d.moved = p.money(s) },
		"/AmtDtls/InstdAmt/Amt":       func(d *detail, p *parser, s string) { d.first = p.money(s) },
		"/BkTxCd/Domn/Fmly/Cd":        func(d *detail, _ *parser, s string) { d.family = code(s) },
		"/BkTxCd/Domn/Fmly/SubFmlyCd": func(d *detail, _ *parser, s string) { d.sub = code(s) },
		"/Refs/MsgId":                 func(d *detail, _ *parser, s string) { d.item.OriginalMessageID = id(s) },
		"/Refs/PmtInfId":              func(d *detail, _ *parser, s string) { d.item.OriginalBatchID = id(s) },
		"/Refs/EndToEndId":            func(d *detail, _ *parser, s string) { d.item.EndToEndID = id(s) },
		"/Refs/MndtId":                func(d *detail, _ *parser, s string) { d.item.MandateID = id(s) },
		"/Refs/AcctSvcrRef":           func(d *detail, _ *parser, s string) { d.item.BankReference = id(s) },
		"/RtrInf/Rsn/Cd":              func(d *detail, _ *parser, s string) { d.item.Reason = code(s) },
		"/RtrInf/Rsn/Prtry":           func(d *detail, _ *parser, s string) { d.item.Reason = code(s) },
		"/RtrInf/AddtlInf":            func(d *detail, _ *parser, s string) { d.item.ReasonText = join(d.item.ReasonText, s) },
		// A party alone at first, a choice of party or bank later.
		"/RltdPties/Dbtr/Nm":                    func(d *detail, _ *parser, s string) { d.item.DebtorName = words(s) },
		"/RltdPties/Dbtr/Pty/Nm":                func(d *detail, _ *parser, s string) { d.item.DebtorName = words(s) },
		"/RltdPties/Cdtr/Id/PrvtId/Othr/Id":     func(d *detail, p *parser, s string) { d.item.ICS = p.creditor(s) },
		"/RltdPties/Cdtr/Pty/Id/PrvtId/Othr/Id": func(d *detail, p *parser, s string) { d.item.ICS = p.creditor(s) },
	} {
		t.closes[details+path] = func(p *parser, s string) { read(&p.entry.tx, p, s) }
	}
}

// charged adds what is read of charges: repeated in version 02, records later.
func charged(t table, path string, of func(*parser) *charges) {
	for _, record := range []string{path, path + "/Rcrd"} {
		t.closes[record+"/Amt"] = func(p *parser, s string) { of(p).one = p.amount(s) }
		t.closes[record+"/CdtDbtInd"] = func(p *parser, s string) { of(p).gift = code(s) == "CRDT" }
		t.closes[record+"/ChrgInclInd"] = func(p *parser, s string) { of(p).apart = of(p).apart || !yes(s) }
		t.closes[record] = func(p *parser, _ string) { of(p).end() }
	}
	t.closes[path+"/TtlChrgsAndTaxAmt"] = func(p *parser, s string) { of(p).total += p.amount(s) }
}

func yes(s string) bool { c := code(s); return c == "TRUE" || c == "1" }

func (p *parser) money(s string) sum {
	currency := p.currency
	return sum{p.amount(s), currency}
}

// keep holds a transaction back until its movement is read to the end, if it may be a return.
func (p *parser) keep() {
	p.entry.count++
	d := p.entry.tx
	if !d.returned && !unpaid(d.family, d.sub) && !unpaid(p.entry.family, p.entry.sub) {
		return
	}
	if p.room(len(p.entry.found)) {
		p.entry.found = append(p.entry.found, d)
	}
}

// unpaid tells the bank transaction codes of an issued direct debit that came back, which some banks give without a
// reason: unpaid, and reversed at the bank's or somebody's request (ISO 20022, BTC: PMNT-IDDT).
func unpaid(family, sub string) bool {
	return family == "IDDT" && (sub == "UPDD" || sub == "PRDD" || sub == "RCDD")
}

// tellEntry gives the items of a movement that is booked.
func (p *parser) tellEntry() {
	e := &p.entry
	p.file.Statuses[e.status]++
	if e.status != "BOOK" {
		return
	}
	if e.count == 0 && e.debit && unpaid(e.family, e.sub) {
		// No details: the agent sees the amount and the day, and looks for the rest.
		e.count, e.found = 1, append(e.found, detail{item: Item{Level: Transaction}})
	}
	for _, d := range e.found {
		i := d.item
		switch {
		case d.way == "DBIT" || d.way == "" && e.debit || e.debit && e.count == 1:
			i.Status = Returned
		case d.returned && (e.rvsl || e.debit):
			i.Status = Reversed // one of the two says credit: not for us to settle
		default:
			continue // a credit all over: a transfer that came back, not a debit
		}
		i.Account, i.BookedOn = e.account, e.booked
		if i.BookedOn.IsZero() {
			i.BookedOn = e.value
		}
		i.OriginalMessageID = or(i.OriginalMessageID, e.msgID)
		i.OriginalBatchID = or(i.OriginalBatchID, e.batchID)
		i.BankReference = or(i.BankReference, e.reference)
		e.price(&i, d)
		p.add(i)
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// price finds what was collected and what the return costs. Banks tell the amount collected (InstdAmt), or what moved
// with the charges in it, or both apart.
func (e *entry) price(i *Item, d detail) {
	alone := e.count == 1
	c := d.charges
	if c.fees() == 0 && alone {
		c = e.charges
	}
	fees := c.fees()
	moved := d.moved
	if moved.cents == 0 {
		moved = d.own
	}
	whole := sum{e.amount, e.currency}
	if moved.cents == 0 && alone {
		moved = whole
	}
	i.Fees = fees
	switch {
	case d.first.cents != 0:
		i.Amount, i.Currency = d.first.cents, d.first.currency
		if fees == 0 && alone && whole.currency == d.first.currency && whole.cents > d.first.cents {
			i.Fees = whole.cents - d.first.cents
		}
	case fees == 0 || c.apart || moved.cents <= fees || alone && moved.currency == whole.currency && moved.cents+fees == whole.cents:
		i.Amount, i.Currency = moved.cents, moved.currency
	default:
		i.Amount, i.Currency = moved.cents-fees, moved.currency
	}
}

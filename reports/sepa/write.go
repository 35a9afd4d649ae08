package sepa

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

const maxTown = 35 // TwnNm

// Write checks the batch and writes the file, in UTF-8 and with characters of the EPC set only. With a problem found
// nothing is written and the refusal (fault.Invalid) tells the first ones; Check gives them all. Debits go out one by
// one, so that memory does not grow with the file: cancelling ctx, or a full disk, leaves part of a file in w, which the
// caller must not keep.
func Write(ctx context.Context, w io.Writer, b Batch) (Totals, error) {
	ready, problems := prepare(b)
	if len(problems) > 0 {
		return Totals{}, refusal(b, problems)
	}
	totals, err := Sum(ready)
	if err != nil {
		return Totals{}, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := write(ctx, out, ready, totals); err != nil {
		if ctx.Err() != nil {
			return Totals{}, ctx.Err()
		}
		return Totals{}, fault.Wrap(fault.Unavailable, err, "Le fichier de prélèvement n’a pas pu être écrit : vérifiez la place libre et les droits du dossier.")
	}
	return totals, nil
}

func name(local string, attributes ...xml.Attr) xml.StartElement {
	return xml.StartElement{Name: xml.Name{Local: local}, Attr: attributes}
}

func write(ctx context.Context, out *bufio.Writer, b Batch, totals Totals) error {
	if _, err := out.WriteString(xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(out)
	e.Indent("", " ")
	space := xml.Attr{Name: xml.Name{Local: "xmlns"}, Value: "urn:iso:std:iso:20022:tech:xsd:pain.008.001." + string(b.Version)}
	document, message := name("Document", space), name("CstmrDrctDbtInitn")
	if err := tokens(e, document, message); err != nil {
		return err
	}
	if err := e.EncodeElement(header(b, totals), name("GrpHdr")); err != nil {
		return err
	}
	for _, part := range totals.BySequence {
		if err := writePart(ctx, e, b, part); err != nil {
			return err
		}
	}
	if err := tokens(e, message.End(), document.End()); err != nil {
		return err
	}
	if err := e.Close(); err != nil {
		return err
	}
	if err := out.WriteByte('\n'); err != nil {
		return err
	}
	return out.Flush()
}

func tokens(e *xml.Encoder, all ...xml.Token) error {
	for _, t := range all {
		if err := e.EncodeToken(t); err != nil {
			return err
		}
	}
	return nil
}

// writePart writes one PmtInf: what all its debits share, then each of them.
func writePart(ctx context.Context, e *xml.Encoder, b Batch, part SequenceTotal) error {
	element := name("PmtInf")
	if err := tokens(e, element); err != nil {
		return err
	}
	for _, field := range shared(b, part) {
		if err := e.EncodeElement(field.value, name(field.name)); err != nil {
			return err
		}
	}
	written := 0
	for i := range b.Debits {
		if b.Debits[i].Sequence != part.Sequence {
			continue
		}
		if written++; written%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := e.EncodeElement(transactionOf(b.Debits[i], b.Version), name("DrctDbtTxInf")); err != nil {
			return err
		}
	}
	return tokens(e, element.End())
}

// decimal writes cents as XML wants an amount: "1250.40".
func decimal(c money.Cents) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// The elements of the message. A pointer is an optional element, which is absent when nil and never empty.

type groupHeader struct {
	MsgID    string `xml:"MsgId"`
	Created  string `xml:"CreDtTm"`
	Count    int    `xml:"NbOfTxs"`
	Sum      string `xml:"CtrlSum"`
	Initiate party  `xml:"InitgPty"`
}

type party struct {
	Name    string   `xml:"Nm"`
	Address *address `xml:"PstlAdr"`
}

type address struct {
	Town    string `xml:"TwnNm"`
	Country string `xml:"Ctry"`
}

type account struct {
	IBAN  *string `xml:"Id>IBAN"`
	Other *string `xml:"Id>Othr>Id"`
}

// agent names a bank: BIC in version 02, BICFI later, or NOTPROVIDED.
type agent struct {
	BIC   *string `xml:"FinInstnId>BIC"`
	BICFI *string `xml:"FinInstnId>BICFI"`
	Other *string `xml:"FinInstnId>Othr>Id"`
}

type paymentType struct {
	Level      string   `xml:"SvcLvl>Cd"`
	Instrument string   `xml:"LclInstrm>Cd"`
	Sequence   Sequence `xml:"SeqTp"`
}

type scheme struct {
	ICS  string `xml:"Id>PrvtId>Othr>Id"`
	Name string `xml:"Id>PrvtId>Othr>SchmeNm>Prtry"`
}

type transaction struct {
	EndToEndID string      `xml:"PmtId>EndToEndId"`
	Amount     amount      `xml:"InstdAmt"`
	Mandate    mandate     `xml:"DrctDbtTx>MndtRltdInf"`
	Agent      agent       `xml:"DbtrAgt"`
	Debtor     party       `xml:"Dbtr"`
	Account    account     `xml:"DbtrAcct"`
	Remittance *remittance `xml:"RmtInf"`
}

type amount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type mandate struct {
	UMR      string     `xml:"MndtId"`
	SignedOn string     `xml:"DtOfSgntr"`
	Amended  *bool      `xml:"AmdmntInd"`
	Details  *amendment `xml:"AmdmntInfDtls"`
}

type amendment struct {
	Account account `xml:"OrgnlDbtrAcct"`
}

type remittance struct {
	Text string `xml:"Ustrd"`
}

func header(b Batch, totals Totals) groupHeader {
	return groupHeader{
		MsgID: b.MessageID, Created: b.CreatedAt.In(calendar.Paris).Format("2006-01-02T15:04:05"),
		Count: totals.Count, Sum: decimal(totals.Sum), Initiate: party{Name: bank.Name(b.Creditor.Name)},
	}
}

type field struct {
	name  string
	value any
}

// shared gives what stands in a PmtInf before its debits, in the order of the schema.
func shared(b Batch, part SequenceTotal) []field {
	creditor := party{Name: bank.Name(b.Creditor.Name)}
	if b.Creditor.Country != "" {
		creditor.Address = &address{Town: bank.Clean(b.Creditor.Town, maxTown), Country: b.Creditor.Country}
	}
	fields := []field{
		{"PmtInfId", part.BatchID},
		{"PmtMtd", "DD"},
		{"BtchBookg", b.BatchBooking},
		{"NbOfTxs", part.Count},
		{"CtrlSum", decimal(part.Sum)},
		{"PmtTpInf", paymentType{Level: "SEPA", Instrument: "CORE", Sequence: part.Sequence}},
		{"ReqdColltnDt", b.CollectOn.String()},
		{"Cdtr", creditor},
		{"CdtrAcct", account{IBAN: &b.Creditor.IBAN}},
		{"CdtrAgt", agentOf(b.Creditor.BIC, b.Version)},
	}
	if ultimate := bank.Name(b.UltimateCreditor); ultimate != "" {
		fields = append(fields, field{"UltmtCdtr", party{Name: ultimate}})
	}
	return append(fields,
		field{"ChrgBr", "SLEV"},
		field{"CdtrSchmeId", scheme{ICS: b.Creditor.ICS, Name: "SEPA"}})
}

var (
	notProvided = bank.NotProvided
	sameBank    = "SMNDA" // EPC: "same mandate, new debtor account"
	yes         = true
)

func agentOf(bic string, v Version) agent {
	switch {
	case bic == "":
		return agent{Other: &notProvided}
	case v == V02:
		return agent{BIC: &bic}
	}
	return agent{BICFI: &bic}
}

func transactionOf(d Debit, v Version) transaction {
	t := transaction{
		EndToEndID: d.EndToEndID,
		Amount:     amount{Currency: "EUR", Value: decimal(d.Amount)},
		Mandate:    mandate{UMR: d.UMR, SignedOn: d.SignedOn.String()},
		Agent:      agentOf(d.BIC, v),
		Debtor:     party{Name: bank.Name(d.Name)},
		Account:    account{IBAN: &d.IBAN},
	}
	if d.AccountChanged {
		t.Mandate.Amended, t.Mandate.Details = &yes, &amendment{Account: account{Other: &sameBank}}
	}
	if text := bank.Clean(d.Remittance, bank.MaxRemittance); text != "" {
		t.Remittance = &remittance{Text: text}
	}
	return t
}

// Package sepa is the room of the direct-debit file for the bank (pain.008, in
// versions 001.02 and 001.08) and of its slip on paper. It writes what it is
// given, after its own rules have found nothing wrong with it: which debits are
// due, which mandates are good and what happens once the file is sent is decided
// elsewhere. It asks no database and no clock. Amounts are cents of euro, days
// civil dates, the instant of creation is written as Paris time.
package sepa

import (
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// Version is the version of pain.008 the bank reads.
type Version string

// The two versions in use: "02" since 2009, "08" since 2023.
const (
	V02 Version = "02"
	V08 Version = "08"
)

// Sequence says which debit of its mandate this one is.
type Sequence string

// The sequence types of the CORE scheme. First is optional since 2016: Recurrent may come first.
const (
	First     Sequence = "FRST"
	Recurrent Sequence = "RCUR"
	OneOff    Sequence = "OOFF"
	Final     Sequence = "FNAL"
)

// sequences are in the order of the batches in the file.
var sequences = []Sequence{First, Recurrent, OneOff, Final}

// French gives the word of the slip.
func (s Sequence) French() string {
	switch s {
	case First:
		return "premier"
	case Recurrent:
		return "récurrent"
	case OneOff:
		return "ponctuel"
	case Final:
		return "dernier"
	}
	return string(s)
}

// Creditor is who collects.
type Creditor struct {
	Name    string // transliterated, at most 70 characters are written
	ICS     string
	IBAN    string
	BIC     string // may be empty
	Town    string // with Country, or neither: since November 2026 an address is structured or absent
	Country string // "FR"
}

// Debit is one collection.
type Debit struct {
	EndToEndID     string // unique in the file; written as it is, so it must be a reference of the EPC set
	Amount         money.Cents
	Sequence       Sequence
	UMR            string        // RUM of the mandate
	SignedOn       calendar.Date // of the mandate
	Name           string        // of the debtor; transliterated, at most 70 characters are written
	IBAN           string
	BIC            string // may be empty
	Remittance     string // transliterated, at most 140 characters are written; may be empty
	AccountChanged bool   // the mandate has moved to another account since the last debit (SMNDA)
}

// Batch is one file: debits of one creditor on one account, on one day.
type Batch struct {
	Version          Version
	MessageID        string    // at most 30 characters: BatchID makes the batches' identifiers of it
	CreatedAt        time.Time // the caller's clock
	Creditor         Creditor
	UltimateCreditor string        // transliterated; may be empty
	CollectOn        calendar.Date // a TARGET day
	BatchBooking     bool          // one credit a batch instead of one a debit
	Debits           []Debit
}

// Totals is what the file asks for.
type Totals struct {
	Count      int
	Sum        money.Cents
	BySequence []SequenceTotal // in the order of the file, only those that occur
}

// SequenceTotal is one PmtInf of the file.
type SequenceTotal struct {
	Sequence Sequence
	BatchID  string // its PmtInfId, which returns name
	Count    int
	Sum      money.Cents
}

// maxMessageID leaves room for "-FRST" within 35 characters.
const maxMessageID = 30

// BatchID gives the identifier (PmtInfId) of the debits of one sequence type in a file: the file has one batch for each,
// since date, account and ICS are the same for all.
func BatchID(messageID string, s Sequence) string { return messageID + "-" + string(s) }

// Sum adds a batch up as the file will: by sequence type and over all. An amount that does not fit is an error.
func Sum(b Batch) (Totals, error) {
	var t Totals
	for _, s := range sequences {
		part := SequenceTotal{Sequence: s, BatchID: BatchID(b.MessageID, s)}
		for i := range b.Debits {
			if b.Debits[i].Sequence != s {
				continue
			}
			var err error
			if part.Sum, err = money.Add(part.Sum, b.Debits[i].Amount); err != nil {
				return Totals{}, err
			}
			part.Count++
		}
		if part.Count == 0 {
			continue
		}
		var err error
		if t.Sum, err = money.Add(t.Sum, part.Sum); err != nil {
			return Totals{}, err
		}
		t.Count += part.Count
		t.BySequence = append(t.BySequence, part)
	}
	return t, nil
}

// Package bankfile is the room of what banks send back about direct debits: the
// status report (pain.002) and the account reports (camt.053, camt.054, and
// camt.052 which has the same shape), read from a stream into plain values. It
// never decides what a return means for an invoice or a mandate, keeps nothing,
// asks no database and no network, and holds no more of a file than the returns
// found in it. Whatever is wrong with a file is one French sentence.
package bankfile

import (
	"slices"
	"time"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// Kind is the message of ISO 20022 without its version.
type Kind string

// The messages that are read.
const (
	StatusReport Kind = "pain.002" // what became of a file of direct debits
	DayReport    Kind = "camt.052" // movements of the current day
	Statement    Kind = "camt.053" // account statement
	Notification Kind = "camt.054" // notice of single movements
)

// Level says what an item speaks of.
type Level int

// A whole file, one batch (PmtInf) of it, or one debit.
const (
	WholeFile Level = iota
	Batch
	Transaction
)

// String gives the stable machine name.
func (l Level) String() string {
	switch l {
	case WholeFile:
		return "file"
	case Batch:
		return "batch"
	}
	return "transaction"
}

// The statuses of items.
const (
	Rejected = "RJCT" // pain.002: never collected
	Returned = "RTRN" // camt: collected, then debited from the creditor's account
	Reversed = "RVSL" // camt: a credit with a reason of return, see Item.Failed
)

// Item is one debit, batch or file that came back. Empty and zero fields were not told.
type Item struct {
	Level             Level
	OriginalMessageID string // MsgId of the file sent
	OriginalBatchID   string // PmtInfId
	EndToEndID        string
	MandateID         string // RUM
	Amount            money.Cents
	Currency          string      // "EUR"
	Fees              money.Cents // what the bank charges for the return, not part of Amount
	Reason            string      // code as the bank wrote it, upper case: "AC04"; see bank.ReasonOf
	ReasonText        string      // what the bank adds in words
	Status            string      // Rejected, Returned or Reversed
	BookedOn          calendar.Date
	DebtorName        string
	Account           string // IBAN the movement is on, or the creditor's
	ICS               string // of the creditor; only a well-formed one
	BankReference     string // AcctSvcrRef: the bank's own reference of the movement
}

// Failed tells that the debit was not paid or was taken back. It is false for Reversed: a credit that bears a reason of
// return is mostly a return the bank takes back, but some banks mark the return itself so: a person decides.
func (i Item) Failed() bool { return i.Status == Rejected || i.Status == Returned }

// File is one file of a bank.
//
// A rejected file or batch of a pain.002 is an item of its level and concerns every debit below it, told or not; the
// debits the bank does list follow it, with their own reason or else with that of the level above.
type File struct {
	Kind              Kind
	Version           string    // "001.03"
	MessageID         string    // of this file
	OriginalMessageID string    // pain.002: MsgId of the file it answers
	OriginalName      string    // pain.002: "pain.008.001.02"; may be empty
	CreatedAt         time.Time // Paris; zero when not told
	Accounts          []string  // IBAN of the creditor that are named, each once
	Creditors         []string  // ICS that are named and well-formed, each once
	Items             []Item    // in the order of the file
	// Statuses counts what was read by status. pain.002: GrpSts, PmtInfSts and TxSts together, RJCT too; a debit without
	// a status of its own below a level that is not rejected counts under "". camt: entries by status (BOOK, PDNG…);
	// only booked ones give items.
	Statuses map[string]int
	SHA256   string // of the bytes read, in hexadecimal
}

// CheckCreditor refuses a file that names accounts or creditors (ICS) and none of ours: it was fetched for somebody
// else. Files that name neither pass: their references decide. An empty list of ours is no argument.
func (f File) CheckCreditor(ibans []string, ics string) error {
	if len(f.Accounts) > 0 && len(ibans) > 0 {
		for _, ours := range ibans {
			if normal, err := bank.ParseIBAN(ours); err == nil && slices.Contains(f.Accounts, normal) {
				return nil
			}
		}
		return fault.New(fault.Invalid, "Ce fichier concerne le compte %s, qui n’est pas celui de la commune : rien n’a été importé. Vérifiez que vous avez téléchargé le bon fichier.", bank.Mask(f.Accounts[0]))
	}
	if ours, err := bank.ParseICS(ics); err == nil && len(f.Creditors) > 0 && !slices.Contains(f.Creditors, ours) {
		return fault.New(fault.Invalid, "Ce fichier concerne le créancier %s, et non %s : rien n’a été importé. Vérifiez que vous avez téléchargé le bon fichier.", f.Creditors[0], ours)
	}
	return nil
}

// Limits bounds what a file may cost; a zero field takes the default.
type Limits struct {
	Bytes int64 // of the stream, 50 MB
	Depth int   // of elements in one another, 64
	Items int   // rejects and returns, 100,000
}

func (l Limits) orDefault() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 50_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Items <= 0 {
		l.Items = 100_000
	}
	return l
}

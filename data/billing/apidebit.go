package billing

import (
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// The states of a mandate.
const (
	MandateActive  = "active"
	MandateBlocked = "blocked" // the bank refused: a RIB is asked for
	MandateRevoked = "revoked"
	MandateEnded   = "ended" // used up: one-off, last collection, replaced
)

// Mandate is a family's signed authorisation to collect. The IBAN is sealed;
// only its masked form travels.
type Mandate struct {
	ID          int64
	FamilyID    int64
	Family      string
	UMR         string // the RUM
	Kind        string // recurrent, oneoff
	State       string
	Holder      string
	Masked      string
	BIC         string
	SignedOn    calendar.Date
	ValidTo     calendar.Date // the service's own twelve months
	LapsesOn    calendar.Date // 36 months after the last collection, or the signature
	CollectedOn calendar.Date // the last collection sent
	Sequence    string        // of the next collection: FRST, RCUR, FNAL, OOFF
	Amended     bool          // the account changed and the bank has not been told yet
	Reason      string
	Usable      bool   // may be collected under on the office's day
	Problem     string // French: why not
	Version     int64
}

// NewMandate is what a mandate is made of.
type NewMandate struct {
	FamilyID int64
	UMR      string // "" : made from the prefix and the family's number
	Kind     string // "" : recurrent
	Holder   string
	IBAN     string // "" : from the accepted documents of the family's request
	BIC      string
	SignedOn calendar.Date // no date: the document's
}

// MandateEvent is one thing that happened to a mandate.
type MandateEvent struct {
	At     time.Time
	Agent  string
	What   string
	Detail string
}

// DebitAsk asks for a batch of direct debits.
type DebitAsk struct {
	CollectOn calendar.Date
	Version   string  // "02" or "08"
	Families  []int64 // empty: all who can be collected from
	Leave     []int64
	DueBy     calendar.Date // invoices due until then; no date: all that is owed and to be collected
}

// DebitPlan is the batch before it is built.
type DebitPlan struct {
	Ask      DebitAsk
	Debits   []Debit
	Skipped  []SkippedDebit
	Count    int
	Total    money.Cents
	NotifyBy calendar.Date // last day of notice to the families
	SendBy   calendar.Date // last day the bank takes the file
	Problem  string        // French, "" when it can be built
	Digest   string
}

// SkippedDebit is a family left out of a batch, with why.
type SkippedDebit struct {
	FamilyID int64
	Family   string
	Amount   money.Cents
	Reason   string // French
}

// Debit is one collection.
type Debit struct {
	ID         int64
	BatchID    int64
	FamilyID   int64
	Family     string
	MandateID  int64
	UMR        string
	SignedOn   calendar.Date
	EndToEnd   string
	Sequence   string // FRST, RCUR, FNAL, OOFF
	Amount     money.Cents
	Holder     string
	Masked     string
	IBAN       string // only in DebitFile, for the bank
	BIC        string
	Amended    bool
	Invoices   []Share // Amount is what is collected of each
	State      string  // built, sent, rejected, dropped
	Reason     string  // ISO code of a reject
	RejectedOn calendar.Date
	Email      string
	Payer      string
	Address    []string
}

// DebitBatch is a file of direct debits.
type DebitBatch struct {
	ID        int64
	State     string // built, sent, dropped
	CollectOn calendar.Date
	Version   string
	MessageID string
	File      string // proposed name
	Count     int
	Total     money.Cents
	Rejected  int
	BuiltAt   time.Time
	SentAt    time.Time
	Agent     string
	Debits    []Debit // only where asked for
}

// Return is what reading a bank's file did.
type Return struct {
	ID        int64
	Kind      string // pain.002, camt.053, camt.054
	Matched   int
	Known     int // told before
	Unmatched int
	Lines     []ReturnLine
	Replayed  bool // the same file was read before
}

// ReturnLine is one reject of a bank's file.
type ReturnLine struct {
	EndToEnd string
	Amount   money.Cents
	Reason   string // ISO code
	Label    string // French
	Outcome  string // matched, known, unmatched
	Detail   string // French: what was done, or why nothing could be
	FamilyID int64
	Family   string
}

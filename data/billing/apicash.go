package billing

import (
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// JournalLine is one entry of the cash office's journal: a transfer.
type JournalLine struct {
	TransferID int64
	Operation  int64
	Day        calendar.Date
	At         time.Time
	Kind       string
	Label      string
	Debit      string // account codes
	Credit     string
	Family     string // "" : of no single family
	FamilyID   int64  // whose wallet or debt it moves today: the one it was merged into; 0: of none
	Receipt    string // "2026-0463": the one given, or annulled
	Amount     money.Cents
	Agent      string
}

// CashDay is a day of the cash office before and after its close.
type CashDay struct {
	Day      calendar.Date
	Closed   bool      // takes no cash any more: it was closed, or a later day was
	ClosedAt time.Time // zero: not counted itself
	Agent    string
	Opening  money.Cents // cash in the box in the morning, the float included
	In       money.Cents // cash taken
	Out      money.Cents // cash handed over or given back, receipts annulled
	Expected money.Cents
	Counted  money.Cents // closed days
	Pieces   map[money.Cents]int
	Reason   string
	Carried  money.Cents // counted less expected at the close before: a difference no entry has settled yet
	Means    []MeansSum  // all means of the day, by means
}

// Difference is counted less expected, 0 on a day that was not counted.
func (d CashDay) Difference() money.Cents {
	if d.ClosedAt.IsZero() {
		return 0
	}
	return d.Counted - d.Expected
}

// MeansSum is what came in by one means.
type MeansSum struct {
	Means string // cash, cheque, card, transfer, debit
	Count int
	Total money.Cents
}

// CashClose closes a day: what was counted, note by note.
type CashClose struct {
	Key     string
	Day     calendar.Date
	Counted money.Cents         // used where Pieces is empty
	Pieces  map[money.Cents]int // value of a note or coin in cents -> how many
	Reason  string              // obligatory where counted and expected differ
}

// The kinds of slips. A receipt is on one of each at most. Money leaves the cash
// office once: the first slip a receipt is on moves it (account cash:MEANS to
// treasury), the second only names it. A deposit of cheques carries the paper to
// the bank, when the agent goes there; the payment slip is the month's account to
// the public accountant, by means of payment, of all that came in.
const (
	SlipCheques = "cheques" // cheques handed to the bank
	SlipPayment = "payment" // the month's payment slip, all means
)

// Slip is what is handed over with a number. Receipts annulled before they were
// handed over are not on it.
type Slip struct {
	ID       int64  // 0: only planned
	Kind     string // SlipCheques, SlipPayment
	Number   string // "2026-003", per kind and year; "" : only planned
	Month    calendar.Month
	MadeOn   calendar.Date
	Agent    string
	Count    int         // receipts and entries
	Total    money.Cents // of receipts and entries
	Moved    money.Cents // of Total: what this slip moves, the rest was handed over before
	Means    []MeansSum  // by means, their sum is Total
	Receipts []SlipReceipt
	Entries  []SlipEntry
}

// SlipReceipt is one receipt on a slip.
type SlipReceipt struct {
	ReceiptID int64
	Number    string
	Means     string
	Payer     string
	Family    string
	Reference string
	Day       calendar.Date // accounting day
	Amount    money.Cents
	Before    bool // its money left with the other slip: cheques already at the bank
}

// SlipEntry is money on a payment slip that has no receipt: direct debits
// collected or rejected, cash given back to families, receipts annulled after
// they had been handed over.
type SlipEntry struct {
	TransferID int64
	Kind       string // payment, reject, refund, void
	Means      string
	Label      string
	Day        calendar.Date
	Amount     money.Cents // negative takes off

	account string // "cash:debit", "refund:cash"
}

// Lock is a month that takes no entry any more.
type Lock struct {
	Month    calendar.Month
	LockedAt time.Time
	Agent    string
}

// LockPlan says what stands against locking a month, in French sentences.
type LockPlan struct {
	Month    calendar.Month
	Lock     *Lock    // nil: not locked yet
	Blocks   []string // must be done first
	Warnings []string // to be looked at; the month can be locked all the same
}

// MonthBooks is everything the accountant takes away for a month. The sums of
// its parts agree to the cent: Check says where they do not.
type MonthBooks struct {
	Month    calendar.Month
	Journal  []JournalLine // in the order of days
	Accounts []AccountLine
	Families []FamilyBalance // in the order of names; those with nothing at either end and no movement are left out
	Sales    []SalesLine
	Payments []PaymentDay
	Unpaid   []Invoice // owed at the month's end: Open is what was owed then
	Lock     *Lock
}

// AccountLine is an account of the town over the month. Balances are credits less
// debits: what is in the cash office, owed by families or handed over is negative.
type AccountLine struct {
	Code    string // "cash:cheque", "sales:3", "due", "treasury"; "wallet" is all wallets together
	Label   string // French
	Opening money.Cents
	Debits  money.Cents
	Credits money.Cents
	Closing money.Cents
}

// FamilyBalance is a family at a month's ends.
type FamilyBalance struct {
	FamilyID      int64
	Family        string
	Merged        bool // since then one with another family
	WalletOpening money.Cents
	WalletClosing money.Cents
	DueOpening    money.Cents // owed on invoices
	DueClosing    money.Cents
}

// SalesLine is what was sold of a service at a tariff.
type SalesLine struct {
	Service string
	Tariff  string
	Pay     string // prepaid, monthly
	Count   int    // meals, those given back off
	Meal    money.Cents
	Care    money.Cents
	Total   money.Cents
}

// PaymentDay is what came in on a day by a means.
type PaymentDay struct {
	Day   calendar.Date
	Means string
	Count int
	Total money.Cents
}

// TaxYear is what a family paid in a year for its children's care.
type TaxYear struct {
	FamilyID int64
	Family   string
	Payer    string
	Address  []string
	Year     int
	Children []TaxChild
	Total    money.Cents
}

// TaxChild is one child's part.
type TaxChild struct {
	ChildID int64
	Name    string
	Birth   calendar.Date
	Young   bool            // under 6 on 1 January of the year (CGI art. 200 quater B)
	Months  [12]money.Cents // paid, by month of the meal
	Cares   [12]money.Cents // of Months, what is child care
	Care    money.Cents     // of which "encadrement" and child care
	Meal    money.Cents
	Total   money.Cents
}

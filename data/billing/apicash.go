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
	Receipt    string // "2026-0463"
	Amount     money.Cents
	Agent      string
}

// CashDay is a day of the cash office before and after its close.
type CashDay struct {
	Day      calendar.Date
	Closed   bool
	ClosedAt time.Time
	Agent    string
	Opening  money.Cents // cash in the box in the morning, the float included
	In       money.Cents // cash taken
	Out      money.Cents // cash handed over or given back
	Expected money.Cents
	Counted  money.Cents // closed days
	Pieces   map[money.Cents]int
	Reason   string
	Means    []MeansSum // all means of the day, by means
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

// The kinds of slips.
const (
	SlipCheques = "cheques" // cheques handed to the bank
	SlipPayment = "payment" // the month's payment slip, all means
)

// Slip is what is handed over with a number.
type Slip struct {
	ID       int64
	Kind     string
	Number   string // "2026-003"
	Month    calendar.Month
	MadeOn   calendar.Date
	Agent    string
	Count    int
	Total    money.Cents
	Means    []MeansSum
	Receipts []SlipReceipt
}

// SlipReceipt is one receipt on a slip.
type SlipReceipt struct {
	ReceiptID int64
	Number    string
	Means     string
	Payer     string
	Family    string
	Reference string
	Day       calendar.Date
	Amount    money.Cents
}

// Lock is a month that takes no entry any more.
type Lock struct {
	Month    calendar.Month
	LockedAt time.Time
	Agent    string
}

// MonthBooks is everything the accountant takes away for a month; sums of its
// parts agree (Month.Check of reports/accounts verifies).
type MonthBooks struct {
	Month    calendar.Month
	Journal  []JournalLine
	Families []FamilyBalance
	Sales    []SalesLine
	Payments []PaymentDay
	Unpaid   []Invoice
	Lock     *Lock
}

// FamilyBalance is a family at a month's ends.
type FamilyBalance struct {
	FamilyID      int64
	Family        string
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
	Care    money.Cents     // of which "encadrement" and child care
	Meal    money.Cents
	Total   money.Cents
}

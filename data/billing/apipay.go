package billing

import (
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

// Payment is money for invoices. It goes through the wallet in one operation:
// what comes in by cash, cheque, card or transfer is a top-up with its receipt,
// then the wallet pays the invoices, and what is too much stays there.
type Payment struct {
	Key       string
	FamilyID  int64
	Amount    money.Cents // what is given; by wallet: 0 pays what is owed
	Means     string      // cash, cheque, card, transfer, wallet
	Reference string
	Payer     string
	Invoices  []Share // whose, in this order; empty: oldest due first
}

// Share is what goes to one invoice.
type Share struct {
	InvoiceID int64
	Number    string
	Month     calendar.Month
	DueOn     calendar.Date
	Owed      money.Cents // before
	Amount    money.Cents // 0 in what is asked: as much as can be
	Left      money.Cents // after
}

// PaymentPlan is what a payment would do.
type PaymentPlan struct {
	Ask      Payment
	Family   string
	Shares   []Share
	Paid     money.Cents // to the invoices
	ToWallet money.Cents // too much: stays in the wallet
	Before   money.Cents // the wallet, before and after
	After    money.Cents
	Owed     money.Cents // by the family, before
	Problem  string      // French, "" when the plan can be committed
	Digest   string
}

// PaymentDone is what a payment did.
type PaymentDone struct {
	OperationID int64
	Replayed    bool
	Shares      []Share
	Paid        money.Cents
	ToWallet    money.Cents
	After       money.Cents     // the wallet
	Receipt     *ledger.Receipt // nil when paid from the wallet
}

// CreditNote asks for a credit note on one invoice: some of its lines, or a sum.
type CreditNote struct {
	Key       string
	InvoiceID int64
	Lines     []int       // ranks of its lines, from 0; empty: Amount
	Amount    money.Cents // above 0; 0 and no lines: the whole invoice
	Reason    string      // obligatory
}

// CreditPlan is what a credit note would do.
type CreditPlan struct {
	Ask      CreditNote
	Invoice  Invoice
	Lines    []Line      // negative
	Total    money.Cents // above 0: what is given back
	Reduces  money.Cents // of what is still owed on the invoice
	ToWallet money.Cents // already paid: goes to the wallet
	Digest   string
}

// ReminderPlan is whom to remind, at which step.
type ReminderPlan struct {
	On       calendar.Date
	Families []ReminderFamily
	Total    money.Cents
	Digest   string
}

// ReminderFamily is one letter.
type ReminderFamily struct {
	ReminderID int64 // 0 in a plan
	FamilyID   int64
	Family     string
	Payer      string
	Address    []string
	Email      string // "" : by post only
	Step       int    // 1 to 3: of all its invoices; a family may get a letter of each step
	Open       money.Cents
	Invoices   []Share // Owed is what is still to be paid
}

// FamilyAccount is a family's page: what it was invoiced, what it owes.
type FamilyAccount struct {
	FamilyID    int64
	Family      string
	Owed        money.Cents
	Wallet      money.Cents
	Invoices    []Invoice // the newest first
	Settlements []Settlement
	Mandate     *Mandate // the live one, nil: none
}

// MonthFigures is a month in a chart.
type MonthFigures struct {
	Month    calendar.Month
	Invoiced money.Cents // invoices less credit notes
	Prepaid  money.Cents // charged to wallets, less what was given back
	Paid     money.Cents // settled of the month's invoices
	Unpaid   money.Cents // still owed of the month's invoices
}

// Overview is the head of the Facturation screen for one month.
type Overview struct {
	Month     calendar.Month
	Invoices  int
	Total     money.Cents
	Debit     money.Cents // of Total, by direct debit
	Debits    int
	Owed      money.Cents
	Overdue   money.Cents
	Rejected  int
	LastRun   calendar.Date // no date: none issued
	Locked    bool
	Reminders int           // families a reminder is due to today
	RemindOn  calendar.Date // the first day a reminder of this month's invoices may leave
}

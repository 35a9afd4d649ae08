// Package billing is the room of month's end: what the meals of families that
// do not prepay cost (a run is a plan first, invoices after), what they paid and
// still owe, mandates and direct debits, what banks send back, reminders, and
// the cash office's closings. An issued invoice, a settlement and a slip never
// change: a correction is one more of them. The room never decides the price of
// a meal, never writes a file a bank or an accountant reads, and never sends mail.
package billing

import (
	"time"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Topic is published after a commit, with the ids of the families concerned.
const Topic = "billing"

const nbsp = "\u00a0"

// Check is the answer to one invariant.
type Check = ledger.Check

// Service is the door of the room for screens and commands.
type Service struct{ db *store.DB }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// What a line of an invoice stands for.
const (
	LineBooking    = "booking"     // a meal booked in time
	LineLate       = "late"        // booked by an agent past the cut-off, at its own price
	LineUnbooked   = "unbooked"    // eaten without booking
	LineWaitingDay = "waiting_day" // a justified absence's day that is not given back
	LineLateCancel = "late_cancel" // cancelled too late
	LineCorrection = "correction"  // of a meal invoiced before
	LineGesture    = "gesture"     // given back by a credit note although the meal stands
)

// LineLabels are the French words for what a line stands for.
var LineLabels = map[string]string{
	LineBooking: "réservation", LineLate: "réservation tardive", LineUnbooked: "repas sans réservation",
	LineWaitingDay: "jour de carence", LineLateCancel: "annulation hors délai", LineCorrection: "correction", LineGesture: "remise",
}

// How an invoice is to be paid.
const (
	PayDebit = "debit" // collected under a mandate
	PayOther = "other" // the family pays by a means of its choice
)

// The two kinds of numbered documents.
const (
	KindInvoice = "invoice"
	KindCredit  = "credit" // a credit note
)

// Line is one line of an invoice: one meal, or the correction of one.
type Line struct {
	BookingID int64 // 0: of no meal
	ChildID   int64
	Child     string // "Manon Berthet"
	ServiceID int64
	Service   string // "Cantine"
	Day       calendar.Date
	Kind      string // LineBooking, …
	Tariff    string // "tarif B"
	Quotient  *int   // that gave the bracket, nil: none on file
	Meal      money.Cents
	Care      money.Cents // the "encadrement" part
	Amount    money.Cents // Meal + Care; negative gives back
	Note      string
}

// Run is what is asked of a month's run.
type Run struct {
	Month calendar.Month
	DueOn calendar.Date // no date: issue day + the setting's days
	Leave []int64       // families an agent leaves out of this run: their meals stay to be invoiced
	Small []int64       // families invoiced although their sum is under the threshold
}

// State of a draft or of an invoice, as screens show it.
type State string

// The states of drafts (nothing is numbered yet) and of issued documents.
const (
	Ready      State = "ready"      // to be issued
	ToCredit   State = "to_credit"  // negative: a credit note would be issued
	Carried    State = "carried"    // under the threshold, put off to the next run
	Left       State = "left"       // left out by an agent
	Issued     State = "issued"     // to be paid
	Partly     State = "partly"     // paid in part
	Paid       State = "paid"       // nothing is owed
	Collecting State = "collecting" // in a direct-debit file
	Rejected   State = "rejected"   // its direct debit came back
	Overdue    State = "overdue"    // past its due date
	Credit     State = "credit"     // a credit note
)

var stateLabels = map[State]string{
	Ready: "À émettre", ToCredit: "Avoir à émettre", Carried: "Reportée", Left: "Écartée", Issued: "Émise", Partly: "Payée en partie", Paid: "Acquittée",
	Collecting: "En prélèvement", Rejected: "Prélèvement rejeté", Overdue: "Échue", Credit: "Avoir",
}

// Label is the word shown on screen.
func (s State) Label() string { return stateLabels[s] }

// Warning is something to look at before the run is issued.
type Warning struct {
	FamilyID int64
	Family   string
	Kind     string // WarnQuotient, …
	Reason   string // French, a whole sentence: what is wrong and what to do
}

// What a warning is about.
const (
	WarnQuotient  = "no_quotient"    // highest bracket for want of a quotient
	WarnMandate   = "mandate_lapsed" // pays by direct debit, the mandate is blocked or lapsed
	WarnUnmade    = "mandate_unmade" // a signed mandate is on file and was not created
	WarnAccess    = "no_access"      // meals without an accepted access
	WarnCarried   = "carried"        // under the threshold
	WarnNegative  = "negative"       // the family's lines come to less than nothing
	WarnZero      = "zero"           // they come to nothing
	WarnUnpaid    = "unsettled"      // prepaid meals eaten without booking and never charged
	WarnAddress   = "no_address"     // no postal address to write to
	WarnForgotten = "forgotten"      // meals of a month already invoiced that no invoice has
)

// WarnLabels are the French titles of warnings.
var WarnLabels = map[string]string{
	WarnQuotient: "sans quotient familial", WarnMandate: "mandat à remplacer", WarnUnmade: "mandat à créer", WarnAccess: "sans accès accepté", WarnCarried: "sous le seuil, à reporter",
	WarnNegative: "montant négatif", WarnZero: "facture à 0,00\u00a0€", WarnUnpaid: "repas non réglés", WarnAddress: "sans adresse postale", WarnForgotten: "repas jamais facturés",
}

// Draft is what one family would be invoiced.
type Draft struct {
	FamilyID  int64
	Family    string
	Children  string // "Tom, Rose"
	Meals     int    // lines that are meals served or booked; corrections down count negative
	MealPart  money.Cents
	CarePart  money.Cents
	Total     money.Cents
	Previous  money.Cents // owed already
	Pay       string      // PayDebit, PayOther
	MandateID int64       // 0: none
	State     State       // Ready, ToCredit, Carried, Left
	Warned    []string    // kinds of its warnings
	Lines     []Line

	payer   string
	address string
	carries []calendar.Month // put off, that this draft takes up
}

// Plan is what a run would issue. Nothing is written yet and nothing numbered.
type Plan struct {
	Run        Run
	Corrective bool // invoices of that month exist: only what changed since
	IssuedOn   calendar.Date
	DueOn      calendar.Date
	Drafts     []Draft // in the order of names, left-out and carried ones included
	Warnings   []Warning
	Count      int         // invoices and credit notes that would be issued
	Meals      int         // of those
	Total      money.Cents // of those
	Debit      money.Cents // of Total, to be collected
	PutOff     int         // drafts with meals that issuing puts off and that are not put off yet
	Digest     string      // of what was shown

	spent []putOff // open carries of which nothing is left to pay
}

// putOff is one month of one family whose meals wait for a later run.
type putOff struct {
	family int64
	month  calendar.Month
}

// Done is what issuing a run did.
type Done struct {
	RunID    int64
	Replayed bool // the key had been used before: nothing was done twice
	Invoices []Invoice
	Count    int
	Total    money.Cents
}

// Invoice is one numbered document. It never changes; Open and State are what
// became of it.
type Invoice struct {
	ID         int64
	Number     string // "2026000101"
	Kind       string // KindInvoice, KindCredit
	RunID      int64
	FamilyID   int64  // who owes it now
	Family     string // as it was called at issue
	Payer      string
	Address    []string
	Children   string // first names
	Month      calendar.Month
	IssuedOn   calendar.Date
	DueOn      calendar.Date
	Pay        string // PayDebit, PayOther
	MandateID  int64
	Meals      int
	Total      money.Cents // negative on a credit note
	Previous   money.Cents // owed by the family just before
	Open       money.Cents // still to be paid
	Corrects   string      // number of the invoice a credit note corrects, "" if of several
	Reason     string
	State      State
	Reminded   int           // last step, 0: none
	RemindedOn calendar.Date // the day of that step, in a month's books alone
	PaidOn     calendar.Date // the day nothing was left to pay; no date: something is, or there never was
	Lines      []Line        // only where asked for
}

// InvoiceFilter narrows lists of invoices; zero fields do not.
type InvoiceFilter struct {
	IDs      []int64 // nil: any; an empty list is none
	Month    calendar.Month
	RunID    int64
	FamilyID int64  // who owes now
	Text     string // number, family
	Owed     bool   // only what is still to be paid
	Lines    bool   // with their lines
	Limit    int    // 0: all
}

// Settlement is one payment, or its undoing, as an invoice sees it.
type Settlement struct {
	InvoiceID  int64
	Number     string
	TransferID int64
	Operation  int64
	Amount     money.Cents // negative reopens
	Kind       string      // payment, credit_note, reject, void
	Means      string      // wallet, debit, …
	Day        calendar.Date
	At         time.Time
	Label      string
	Agent      string
}

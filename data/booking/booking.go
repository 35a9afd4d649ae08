// Package booking is the room of meals: what may be booked or cancelled and at
// what price (a pure plan), the commit of a plan in one transaction, waiting
// lists, attendance, closures, the month and week grids, and the headcounts sent
// to the kitchen. There is one way to book a meal and it goes through here. The
// room never decides who has access, what a tariff says or how a balance is kept.
package booking

import (
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Topic is published after a commit, with the ids of the children concerned.
const (
	Topic = "booking"
)

const nbsp = "\u00a0"

// Service is the door of the room for screens and commands.
type Service struct{ db *store.DB }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// Item is one meal: a child, a service, a civil day.
type Item struct {
	ChildID   int64
	ServiceID int64
	Day       calendar.Date
}

// The states of a booking in the database.
const (
	Booked    = "booked"
	Waiting   = "waiting"
	Cancelled = "cancelled"
)

// How a booking is paid.
const (
	Prepaid = "prepaid"
	Monthly = "monthly"
)

// The verdict on a deadline, kept with the booking.
const (
	InTime     = "in_time"
	Overridden = "override"
	Unbooked   = "unbooked"
)

// The verdicts of a cancellation, kept with the booking.
const (
	CancelInTime    = "in_time"
	CancelLate      = "late"
	CancelOverride  = "override"
	CancelJustified = "justified"
	CancelClosure   = "closure"
	CancelWaiting   = "waiting"
)

// gives reports whether a cancellation gives back what was charged.
func gives(verdict string) bool {
	return verdict == CancelInTime || verdict == CancelOverride || verdict == CancelJustified || verdict == CancelClosure
}

// The ways of paying an Ask may name.
const (
	ByWallet  = "wallet"
	ByMonthly = "monthly"
)

// The kinds of justified absence.
const (
	Illness = "illness" // with a certificate, unpaid waiting days, a limit to hand it in
	Strike  = "strike"
	Teacher = "teacher" // teacher absent
	Trip    = "trip"    // school trip
	Other   = "other"   // with a note
)

// JustificationLabels are the French words for the kinds of justified absence.
var JustificationLabels = map[string]string{
	Illness: "maladie", Strike: "grève", Teacher: "enseignant absent", Trip: "sortie scolaire", Other: "autre motif",
}

// Justification is why an absence gives its meal back although it is late.
type Justification struct {
	Kind string
	Note string // of an illness none is kept: it would say which
}

// clean drops the note of an illness: what is kept of an absence is read by
// everybody and can never be taken out again.
func (j Justification) clean() Justification {
	if j.Note = strings.TrimSpace(j.Note); j.Kind == Illness {
		j.Note = ""
	}
	return j
}

// text is what the operation keeps; its instant says when a certificate came.
func (j Justification) text() string {
	t := JustificationLabels[j.Kind]
	switch {
	case j.Kind == Illness:
		t += ", certificat remis"
	case j.Note != "":
		t += ", " + j.Note
	}
	return t
}

// blank refuses an override whose reason is nothing but spaces.
func blank(override string) error {
	if override != "" && strings.TrimSpace(override) == "" {
		return fault.New(fault.Invalid, "Écrivez le motif pour passer outre la date limite"+nbsp+": il est conservé.")
	}
	return nil
}

// Ask is what is wanted: meals to add and to cancel, who pays and how.
type Ask struct {
	Key           string // idempotency key: one effect however often it is sent
	FamilyID      int64  // who pays; 0: by alternation, else the child's family
	Add           []Item
	Cancel        []Item
	Means         string // "" as the access says, wallet, card, cheque, cash, transfer, monthly
	Reference     string // cheque number, card ticket
	Payer         string // for the receipt; "": the first guardian
	Consent       ledger.Consent
	Override      string        // the reason to go past a cut-off; it lifts nothing else
	Justification Justification // of the cancellations past their cut-off
	Waiting       bool          // a place on the waiting list is accepted
	SendRecap     bool          // a summary goes to the outbox
	Mail          ledger.Mail   // the message it answers: its instant of receipt is the one cut-offs are judged by (data/mailbox only)
}

// Action is what a line does.
type Action string

// The actions of a line.
const (
	Add     Action = "add"
	Cancel  Action = "cancel"
	Justify Action = "justify" // an absence justified after the cut-off
)

// Verdict says whether a line will be done.
type Verdict string

// The verdicts of a line.
const (
	Accepted Verdict = "accepted"
	Refused  Verdict = "refused"
	Waits    Verdict = "waiting"
)

// Line is one meal of a plan.
type Line struct {
	Item
	Child    string // first name
	Service  string // "Cantine"
	Kind     string // the service's: canteen, morning, …
	FamilyID int64  // who pays
	Family   string
	Action   Action
	Verdict  Verdict
	Reason   string      // French: why refused, or what to know
	Refusal  fault.Kind  // of a refused line
	Price    money.Cents // to pay; positive comes back when cancelling
	Pay      string      // prepaid, monthly
	Tariff   string      // "tarif B"
	Note     string      // "pas de quotient familial…", "Jour de carence…"
	Cutoff   time.Time   // the last instant, also of a refused line
	Rule     string
	Late     bool // past its cut-off
	Already  bool // refused because it is already so: booked, or nothing there to cancel

	priceKind   string // booking, late
	verdict     string // of the deadline, or of the cancellation
	care        money.Cents
	tariffID    int64
	sittingID   int64
	bookingID   int64 // the booking cancelled, or the waiting place that an addition takes up
	justifyOnly bool  // marked justified, not given back (unpaid waiting day)
}

// FamilyTotal is what a plan means for one payer.
type FamilyTotal struct {
	FamilyID int64
	Name     string
	Total    money.Cents // to pay now; negative comes back
	Monthly  money.Cents // to be invoiced at the end of the month
	Before   money.Cents
	After    money.Cents
	Floor    money.Cents
	Missing  money.Cents // what the wallet lacks; 0 when enough or paid otherwise
	TopUp    money.Cents // what is cashed in, when paid by another means
}

// Plan is what an Ask would do, line by line. Nothing is written yet.
type Plan struct {
	Ask           Ask
	Lines         []Line
	Families      []FamilyTotal
	Total         money.Cents // to pay now by all; negative comes back
	Monthly       money.Cents // to be invoiced
	BalanceBefore money.Cents // of the payer when there is one, else the sum
	BalanceAfter  money.Cents
	Missing       money.Cents
	Covered       int    // when money is missing: how many of the meals asked for it pays
	Problem       string // French, "" when the plan can be committed
	Digest        string // of what was shown
}

// Accepted counts the lines that will be done.
func (p *Plan) Accepted() (n int) {
	for _, l := range p.Lines {
		if l.Verdict != Refused {
			n++
		}
	}
	return n
}

// Done is what a commit did.
type Done struct {
	OperationID  int64
	Replayed     bool // the key had been used before: nothing was done twice
	Lines        []Line
	Total        money.Cents
	BalanceAfter money.Cents // of the payer when there is one, else the sum
	Receipt      *ledger.Receipt
	Receipts     []ledger.Receipt // one a family that paid by another means
	Promoted     []Item           // who left the waiting list because a place came free
}

// unit gives what one booking of a service is called: "un repas réservé".
func unit(kind string) string {
	if kind == catalog.FullDay {
		return "une journée réservée"
	}
	return "un " + ledger.MealWord(kind, 1) + " réservé"
}

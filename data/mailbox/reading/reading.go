// Package reading understands what a family asks in its own words: which
// children, which days, and what is wanted of us. Rules that a person can read,
// no model from outside; each proposal says why it is made and which words made
// it. What is unclear is said to be unclear and never guessed. It is pure: the
// same words, day and family give the same proposals.
package reading

import (
	"time"

	"ardoise/data/calendar"
)

// Kind is what is wanted (the words of ctl.md).
type Kind string

// The kinds.
const (
	AccessRequest    Kind = "access_request"
	Book             Kind = "book"
	Cancel           Kind = "cancel"
	JustifiedAbsence Kind = "justified_absence"
	Documents        Kind = "documents"
	BankDetails      Kind = "bank_details"
	Bounce           Kind = "bounce"
	None             Kind = "none" // a question, thanks, anything a person reads
)

// Child is one child of the writer's family.
type Child struct {
	ID          int64
	First, Last string
	Sex         string // F, M, ""
}

// Service is what may be booked for the family's children.
type Service struct {
	ID   int64
	Kind string // catalog's: canteen, morning, evening, full_day…
	Name string // short: « Cantine »
	// Open says whether there is service on a day; why (French) where not.
	Open func(calendar.Date) (open bool, why string)
}

// File is an attachment as far as its words help.
type File struct {
	N        int    // its place in the message, from 0
	Name     string // "Fiche santé Cléa.pdf"
	Accepted bool   // judged good by its bytes
	Words    string // text found in it, "" (PDF text is not read)
}

// Input is one message and what is known of its writer.
type Input struct {
	Subject  string
	Text     string    // the family's own words
	Received time.Time // instant of receipt: relative days are counted from its day in Paris
	Children []Child   // of the writer's family; none when unknown
	Services []Service
	Files    []File
}

// Mark is a run of the text that a proposal rests on, in bytes of Input.Text.
type Mark struct {
	Start, End int
	Proposal   int    // index in Understood.Proposals
	What       string // day, child, intent, document, bank
}

// Skipped is a day that was named and is not proposed, with its reason in French.
type Skipped struct {
	Day calendar.Date `json:"day"`
	Why string        `json:"why"`
}

// FileGuess is which document a file seems to be ("" : not known).
type FileGuess struct {
	File  int    `json:"file"`  // File.N
	Kind  string `json:"kind"`  // catalog's document kinds: health_form, mandate, iban, medical_certificate…
	Child int64  `json:"child"` // 0: of the family, or not known
}

// Proposal is one thing to do, for one or several children together.
type Proposal struct {
	Kind      Kind            `json:"kind"`
	Children  []int64         `json:"children,omitempty"`
	ServiceID int64           `json:"service,omitempty"` // 0: not said and not to be guessed
	Days      []calendar.Date `json:"days,omitempty"`    // ascending, each a service day, but of a doubtful proposal
	Skipped   []Skipped       `json:"skipped,omitempty"`
	Files     []FileGuess     `json:"files,omitempty"`
	IBAN      string          `json:"iban,omitempty"` // without spaces, check digits right
	BIC       string          `json:"bic,omitempty"`
	Why       string          `json:"why"`             // French: what in the text says so
	Doubt     string          `json:"doubt,omitempty"` // French: what is unclear; "" : sure
}

// Sure reports whether nothing of the proposal is in doubt.
func (p Proposal) Sure() bool { return p.Doubt == "" }

// Understood is what was made of a message.
type Understood struct {
	Proposals []Proposal // in the order of the text; a message nothing was made of has one None
	Marks     []Mark     // ascending, not overlapping
	Summary   string     // one line in French: « Annulation : Hugo, jeu. 26 nov. », « Question », « Non compris »
}

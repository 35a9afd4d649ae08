// Package mailbox is the room of the post: messages of families are taken in over
// IMAP, each once, kept sealed, read by rules (message, reading), and turned into
// proposals that go through the same plans as at the counter, judged by the
// instant the message came. It also sends what waits in the outbox. It never
// deletes anything on a server, never changes an account number by itself, and
// never books or files but through the rooms below.
package mailbox

import (
	"sync"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/letter"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Topic is published when messages changed, with their ids; TopicAccount when
// accounts did.
const (
	Topic        = "mail"
	TopicAccount = "mailaccount"
)

const nbsp = "\u00a0"

// Service is the door of the room.
type Service struct {
	db   *store.DB
	out  outside
	post sender
	from source

	mu     sync.Mutex
	tokens map[int64]token // access tokens of accounts, in memory only
}

// New gives the service over an open database.
func New(db *store.DB) *Service {
	s := &Service{db: db, out: world(), tokens: map[int64]token{}}
	s.post.outlet = s.outletFor
	s.from = source{message: asShown, attachment: attachmentBytes, reread: restate}
	return s
}

// State is where a message stands.
type State string

// The states of a message.
const (
	Todo     State = "todo"   // something is proposed
	ToRead   State = "toread" // a person must read it: nothing sure is proposed, or a warning stands
	Applied  State = "applied"
	Answered State = "answered"
	Ignored  State = "ignored" // by an agent, or by itself (automatic answer, advertisement)
)

// Open reports whether the message still waits for someone.
func (s State) Open() bool { return s == Todo || s == ToRead }

// Item is a message as the list shows it.
type Item struct {
	ID, AccountID int64
	From          message.Address // who really wrote (inner sender of a forwarded message)
	Via           string          // who forwarded it, ""
	Subject       string
	Received      time.Time
	FamilyID      int64
	Family        string
	State         State
	Late          bool // closed, and something asked was past its cut-off
	Quiet, Aside  bool
	Kind          reading.Kind // of the first proposal: the icon
	Summary       string       // « Annulation : Hugo, jeu. 26 nov. »
	Files         int
	Proposals     int
	Warning       string // French, shown on the row: DMARC fails, same identifier, set aside and why
	Version       int64
}

// File is an attachment, judged.
type File struct {
	N        int    // its place, for Attachment
	Name     string // as the sender calls it: only ever shown
	Media    string // by its first bytes, "" refused
	Size     int64
	Pages    int // of a PDF where known, else 0
	Accepted bool
	Reason   string // French: why refused, or « HEIC : gardée, à ouvrir avec un autre programme »
	Kind     string // catalog's document kind it seems to be, ""
	Health   bool   // opens for the Santé role only
}

// Card is a proposal with what it would do today.
type Card struct {
	N       int // 1, 2, 3: the number in the text and on the card
	Choice  Choice
	Sure    bool
	Title   string   // « Annuler le repas de Hugo »
	Lines   []string // « Cantine, jeudi 26 novembre 2026 », « Recrédit : 4,20 € au porte-monnaie »
	Verdict Verdict
	Note    string          // the badge: « Dans le délai, clôture à 16 h 00 », « Déjà réservé : rien à faire »
	Why     string          // which words say so
	Doubt   string          // what is unclear
	Ticked  bool            // proposed for applying: sure, possible, and not bank details
	Bounce  *message.Bounce // of a delivery report: whose address, and why
	plan    *booking.Plan
	lines   []booking.Line // of the plan, this card's
}

// Verdict is what would become of a card.
type Verdict string

// The verdicts.
const (
	Possible Verdict = "possible"
	Nothing  Verdict = "nothing" // already so
	TooLate  Verdict = "late"
	Refused  Verdict = "refused"
	Unclear  Verdict = "unclear" // something must be chosen first
	Done     Verdict = "done"
)

// Choice is what an agent agrees to, taken from a proposal or made by hand.
type Choice struct {
	N         int
	Kind      reading.Kind
	Children  []int64
	ServiceID int64
	Days      []calendar.Date
	Files     []Filing
	IBAN, BIC string
	Holder    string
	Pay       string // of an access request: access.Prepaid or Monthly
	Absence   string // booking's kinds of justified absence
	Override  string // the reason to go past a cut-off
	Confirmed bool   // bank details: a person has checked with the family
}

// Filing is one attachment to file as a document.
type Filing struct {
	File    int
	Kind    string // catalog's
	ChildID int64  // 0: of the family
}

// Message is an open message with its cards.
type Message struct {
	Item
	To         string // « Cantine <cantine@mairie.example> »
	Text       string
	Own        [2]int // the family's own words in Text, bytes
	Marks      []Mark // in Text, ascending
	Files      []File
	Cards      []Card
	Auth       message.Auth
	Remarks    []string      // French: what could not be read, what is worth knowing
	Guardian   string        // « responsable de Léa et Hugo », "" unknown sender
	Children   []Kid         // of the family
	Candidates []Candidate   // families the sender may be, where not one
	Reply      letter.Letter // the answer proposed, To "" where none may be sent
	ReplyOff   string        // French: why none may be sent
	Actions    []Action      // what was done

	altered bool // its instant of receipt is not the one sealed when it was taken in
}

// Mark is a run of Message.Text, bytes.
type Mark struct {
	Start, End int
	Card       int // N of the card
	What       string
}

// Kid is a child an agent may choose.
type Kid struct {
	ID          int64
	First, Last string
	Class       string
}

// Candidate is a family that may have written.
type Candidate struct {
	ID   int64
	Name string
	Why  string // French
}

// Action is one thing done for a message.
type Action struct {
	Kind      reading.Kind
	Text      string // French
	At        time.Time
	Agent     string
	Operation int64
	UndoneAt  time.Time
}

// Decision is what an agent decides of a message.
type Decision struct {
	MessageID, Version int64
	Choices            []Choice      // ticked ones only, each as it is to be done
	Reply              letter.Letter // To "" : none
	Key                string        // idempotency key
}

// Plan is what a decision would do; nothing is written yet.
type Plan struct {
	Decision Decision
	Cards    []Card   // one a choice
	After    []Change // « Porte-monnaie Favier » 26,40 € → 30,60 €
	Reply    letter.Letter
	Total    money.Cents // comes back when negative
	Problem  string      // French: why it cannot be committed, ""
	Digest   string
}

// Change is one figure before and after.
type Change struct{ Label, Before, After string }

// Outcome is what a committed decision did.
type Outcome struct {
	MessageID  int64
	Replayed   bool
	Text       string // French, for the toast
	Operations []int64
	Undo       bool   // Undo takes it back
	NoUndo     string // French: why not
}

// Package access is the room of access requests: a child asks for a service and
// a school year, hands in supporting documents, and an agent decides. Documents
// and bank details are sealed; letters to families wait in the outbox. The room
// never books, never sends mail and never opens what it stores in clear on disk.
package access

import (
	"time"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// State is where a request stands.
type State string

// The states of a request, with the words of ctl.md.
const (
	Draft      State = "draft"
	Submitted  State = "submitted"
	Incomplete State = "incomplete"
	Accepted   State = "accepted"
	Refused    State = "refused"
	Suspended  State = "suspended"
)

var stateLabels = map[State]string{
	Draft: "Brouillon", Submitted: "À traiter", Incomplete: "Incomplète",
	Accepted: "Acceptée", Refused: "Refusée", Suspended: "Suspendue",
}

// Label is the word shown on screen.
func (s State) Label() string { return stateLabels[s] }

// Valid reports whether s is one of the six states.
func (s State) Valid() bool { _, ok := stateLabels[s]; return ok }

// How the family pays what is booked under an access.
const (
	Prepaid = "prepaid"
	Monthly = "monthly"
)

// Topic is what the store publishes when requests or documents change; ids are
// requests' ids (none when a document of a whole family changed).
const Topic = "request"

// Request is one access request with its checklist.
type Request struct {
	ID, ChildID, FamilyID, ServiceID int64
	Child, First, Family             string // "Manon Berthet", "Manon", "Berthet"
	Birth                            calendar.Date
	Class, School, Service, Short    string
	Year                             calendar.SchoolYear
	State                            State
	Channel, Pay                     string
	StartOn                          calendar.Date
	Weekdays                         string // ISO digits asked for, "" all
	ReceivedAt, DecidedAt            time.Time
	Reason                           string
	ValidTo                          calendar.Date // end of access; zero before acceptance
	Version                          int64
	Checklist                        []Item
	Missing                          []string // labels of what stands against acceptance
}

// Item is a line of the checklist: what is asked and what is there.
type Item struct {
	Kind, Label string
	Months      int // for how long such a document holds
	OK          bool
	Problem     string // French, empty when OK
	Document    *Document
}

// Document is a supporting document without its content.
type Document struct {
	ID, FamilyID, ChildID int64
	Kind, Label, Name     string
	Media                 string // judged by content
	Size                  int64  // bytes
	State, Reason         string // received, conform, rejected, replaced
	ReceivedOn, ValidTo   calendar.Date
}

// Service is the door to access requests.
type Service struct {
	db *store.DB
}

// New returns the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// FamilyKind reports whether a document of this kind is handed in once for all
// the children of a family.
func FamilyKind(kind string) bool { return familyKinds[kind] }

// familyKinds are documents handed in once for all the children of a family.
var familyKinds = map[string]bool{"iban": true, "mandate": true, "income": true}

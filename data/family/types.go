// Package family is the room of families: the account that pays, its guardians
// and children, separated parents, diets, sealed health notes, search,
// duplicates and merging. It never moves money (a hook of the ledger room
// does), never decides an access request, and deletes nobody.
package family

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// nbsp stands before French double punctuation.
const nbsp = "\u00a0"

// Topic is published with the ids of the families that changed; TopicChild with
// those of the children.
const (
	Topic      = "family"
	TopicChild = "child"
)

// States of a family.
const (
	Active   = "active"
	Archived = "archived"
	Merged   = "merged"
)

// States of a child.
const (
	Present = "active"
	Left    = "left"
)

// Service is the door of the room for screens and commands.
type Service struct {
	db    *store.DB
	index *index

	mu        sync.Mutex
	moveMoney func(tx *store.Tx, from, to int64) error
	merged    []mergedRoom // what other rooms bring over
	parts     []ExportPart
}

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db, index: newIndex(db)} }

// Close ends the search index's subscription.
func (s *Service) Close() { s.index.close() }

// MoveMoneyBy registers what moves a wallet's balance when two families are
// merged; without it a merge of a family that has money is refused.
func (s *Service) MoveMoneyBy(fn func(tx *store.Tx, from, to int64) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moveMoney = fn
}

// Family is the account that pays: one or two guardians, an address, a wallet.
type Family struct {
	ID           int64
	Name         string // "Favier": shown as "Famille Favier"
	Address1     string
	Address2     string
	Postal       string
	City         string
	Country      string
	CommuneID    int64 // where it resides, 0: outside the catalog
	Commune      string
	Quotient     *int // income quotient, nil: none on file
	QuotientFrom calendar.Date
	QuotientTo   calendar.Date
	LowBalance   *money.Cents // notice below, nil: the service's
	Note         string
	State        string
	MergedInto   int64
	AnonymisedOn calendar.Date // names and addresses are gone since, for good; 0: they are there
	Hold         string        // « ne pas purger », and why; "": nothing is held back
	Version      int64         // who writes must have read this one
	Guardians    []Guardian
	Children     []Child // its own, then those shared with it
	HasWallet    bool
	Balance      money.Cents
	Floor        money.Cents
}

// Number is the family's number on paper: "F-0087".
func (f Family) Number() string { return Number(f.ID) }

// Number writes a family's id as its number: "F-0087".
func Number(id int64) string { return fmt.Sprintf("F-%04d", id) }

// Address gives the address on one line.
func (f Family) Address() string {
	parts := slices.DeleteFunc([]string{f.Address1, f.Address2, strings.TrimSpace(f.Postal + " " + f.City)}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// QuotientOn gives the income quotient if it is valid that day.
func (f Family) QuotientOn(day calendar.Date) *int {
	if f.Quotient == nil || !f.QuotientFrom.IsZero() && day < f.QuotientFrom || !f.QuotientTo.IsZero() && day > f.QuotientTo {
		return nil
	}
	return f.Quotient
}

// Email gives the first address of its guardians, "" if none.
func (f Family) Email() string {
	for _, g := range f.Guardians {
		if g.Email != "" {
			return g.Email
		}
	}
	return ""
}

// Guardian is an adult of the family; phones are E.164 ("+33639981234").
type Guardian struct {
	ID       int64
	FamilyID int64
	Rank     int // 1 or 2
	Civility string
	Last     string
	Usage    string
	First    string
	Email    string // lower case
	Home     string
	Work     string
	Mobile   string
}

// Name gives "Élodie Favier", by the name in use.
func (g Guardian) Name() string {
	return strings.TrimSpace(g.First + " " + TitleName(firstOf(g.Usage, g.Last)))
}

// Child is one entry per child; FamilyID is who is billed.
type Child struct {
	ID        int64
	FamilyID  int64
	Last      string
	Usage     string
	First     string
	Birth     calendar.Date
	Sex       string // "", F, M
	INE       string
	ClassID   int64
	Class     string
	SchoolID  int64
	School    string
	Level     string // PS … CM2
	AgeGroup  string // maternelle, elementaire, adulte
	Diet      string
	PhotoOK   bool
	Note      string
	HasPlan   bool // a care plan (PAI) exists; what it says is the health notes'
	HasHealth bool // health notes exist
	State     string
	Anonymous bool // name and health are gone, for good
	Version   int64
	Families  []Shared // second families (separated parents)
	Shared    bool     // seen from a second family, not the one billed by default
	Pickups   []Pickup
}

// Name gives "Léa Favier", by the name in use.
func (c Child) Name() string {
	return strings.TrimSpace(c.First + " " + TitleName(firstOf(c.Usage, c.Last)))
}

// Shared is a second family of a child: Parity 1 pays odd ISO weeks, 2 even
// ones, 0 only sees.
type Shared struct {
	FamilyID int64
	Name     string
	Parity   int
}

// ParityLabel gives "semaines impaires".
func (s Shared) ParityLabel() string {
	switch s.Parity {
	case 1:
		return "semaines impaires"
	case 2:
		return "semaines paires"
	}
	return "consultation seule"
}

// Pickup is a person who may fetch a child.
type Pickup struct {
	Name  string
	Phone string
	Link  string
}

func firstOf(a ...string) string {
	for _, s := range a {
		if s != "" {
			return s
		}
	}
	return ""
}

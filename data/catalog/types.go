// Package catalog is the room of what the town hall offers: communes, schools,
// classes, services, tariffs, required documents, closures and the rules that
// go with them, loaded from a TOML file or changed one by one. It never knows a
// family or a child, and never moves money: it says what a meal would cost.
package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// nbsp stands before French double punctuation.
const nbsp = "\u00a0"

// Topic is what is published when the catalog changes.
const Topic = "catalog"

// Service is the door of the room for screens and commands.
type Service struct {
	db     *store.DB
	before store.CopyFirst
}

// Before sets what is done before a calendar is imported: the copy of the base.
// An error of it stops the import, unless the agent chose to go on without
// (NoCopy of the plan).
func (s *Service) Before(f func(ctx context.Context) error) { s.before.Set(f) }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// Commune is a town; INSEE is its five-character official code.
type Commune struct {
	ID     int64
	INSEE  string
	Name   string
	Postal string
}

// School belongs to a commune; a maternelle and an élémentaire under one head
// are one school.
type School struct {
	ID        int64
	CommuneID int64
	Commune   string
	Name      string
}

// Class is one class of one school year; Rank orders classes from the smallest
// children up.
type Class struct {
	ID       int64
	SchoolID int64
	School   string
	Year     calendar.SchoolYear
	Name     string
	Rank     int
}

// The kinds of service.
const (
	Canteen = "canteen"
	Morning = "morning"
	Evening = "evening"
	FullDay = "day"
)

// serviceKinds in the order screens show them, with their French labels.
var serviceKinds = []named{{Morning, "garderie du matin"}, {Canteen, "cantine"}, {Evening, "garderie du soir"}, {FullDay, "accueil de loisirs"}}

// payMeans are the ways of paying a service may offer.
var payMeans = []named{
	{"wallet", "porte-monnaie"},
	{"card", "carte bancaire"},
	{"cheque", "chèque"},
	{"cash", "espèces"},
	{"transfer", "virement"},
	{"monthly", "facture mensuelle"},
}

// DocumentKinds are the supporting documents a service may ask for.
var documentKinds = []named{
	{"health_form", "Fiche sanitaire"},
	{"iban", "Coordonnées bancaires (IBAN)"},
	{"mandate", "Mandat de prélèvement SEPA"},
	{"insurance", "Attestation d’assurance"},
	{"income", "Attestation de quotient familial"},
	{"exit", "Autorisation de sortie"},
	{"medical_certificate", "Certificat médical"},
	{"other", "Autre pièce"},
}

// ageGroups are those of a headcount.
var ageGroups = []named{{"maternelle", "maternelle"}, {"elementaire", "élémentaire"}, {"adulte", "adulte"}}

// The kinds of tariff: an ordinary booking, one made by an agent past the
// cut-off, a meal eaten without booking.
const (
	ForBooking  = "booking"
	ForLate     = "late"
	ForUnbooked = "unbooked"
)

var tariffKinds = []named{{ForBooking, "réservation"}, {ForLate, "réservation hors délai"}, {ForUnbooked, "repas non réservé"}}

// named is a code of the database and what a person reads.
type named struct{ code, label string }

func label(list []named, code string) string {
	for _, n := range list {
		if n.code == code {
			return n.label
		}
	}
	return code
}

func known(list []named, code string) bool {
	return slices.ContainsFunc(list, func(n named) bool { return n.code == code })
}

func codes(list []named) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.code
	}
	return strings.Join(out, ", ")
}

// KindLabel gives "cantine".
func KindLabel(kind string) string { return label(serviceKinds, kind) }

// PayLabel gives "porte-monnaie".
func PayLabel(means string) string { return label(payMeans, means) }

// DocumentLabel gives "Fiche sanitaire".
func DocumentLabel(kind string) string { return label(documentKinds, kind) }

// KnownDocument reports whether the kind of supporting document exists.
func KnownDocument(kind string) bool { return known(documentKinds, kind) }

// DocumentKinds lists the kinds of supporting document, in order of use.
func DocumentKinds() []string {
	out := make([]string, len(documentKinds))
	for i, n := range documentKinds {
		out[i] = n.code
	}
	return out
}

// AgeLabel gives "élémentaire".
func AgeLabel(group string) string { return label(ageGroups, group) }

// ServiceInfo is what is called a service on screen.
type ServiceInfo struct {
	ID          int64
	CommuneID   int64
	Commune     string
	Code        string // stable name in files: "cantine-saint-marcel"
	Name        string // "Service cantine, Saint-Marcel-en-Dombes"
	Short       string // "Cantine"
	Kind        string // canteen, morning, evening, day
	Product     string // "Réservation repas cantine"
	Weekdays    calendar.Weekdays
	Region      calendar.Region
	Zone        calendar.Zone
	InHolidays  bool           // open during school holidays too
	StartsAt    calendar.Clock // Paris
	Book        calendar.CutoffSet
	Cancel      calendar.CutoffSet
	Capacity    *int // places a day, nil: no limit
	Pay         []string
	WaitingDays int         // unpaid days of a justified absence, 0 to 2
	ProofHours  int         // hours to hand in a certificate
	LowBalance  money.Cents // notice below
	Active      bool
	Schools     []int64 // which schools it takes, in order of name
	Sittings    []Sitting

	schoolSitting map[int64]int64
	classSitting  map[int64]int64
}

// Sitting is one of the turns at table; Capacity nil: no limit.
type Sitting struct {
	ID       int64
	Name     string
	Capacity *int
}

// Takes reports whether the service takes children of the school.
func (s ServiceInfo) Takes(schoolID int64) bool { return slices.Contains(s.Schools, schoolID) }

// SittingFor gives the sitting of a class of a school: its own if it has one,
// else the school's, else the first of the service, 0 where there are none.
func (s ServiceInfo) SittingFor(classID, schoolID int64) int64 {
	if id := s.classSitting[classID]; id != 0 {
		return id
	}
	if id := s.schoolSitting[schoolID]; id != 0 {
		return id
	}
	if len(s.Sittings) > 0 {
		return s.Sittings[0].ID
	}
	return 0
}

// SittingName gives "1er service", "" for none.
func (s ServiceInfo) SittingName(id int64) string {
	for _, t := range s.Sittings {
		if t.ID == id {
			return t.Name
		}
	}
	return ""
}

// Offers reports whether a means of payment is offered.
func (s ServiceInfo) Offers(means string) bool { return slices.Contains(s.Pay, means) }

// Cutoff gives the last instant to act for a meal of that day, and the rule in
// words; purpose is "book" or "cancel".
func (s ServiceInfo) Cutoff(plan *calendar.Plan, day calendar.Date, purpose string) (time.Time, string) {
	if purpose == PurposeCancel {
		return s.Cancel.Limit(day, plan)
	}
	return s.Book.Limit(day, plan)
}

// What a cut-off is asked for.
const (
	PurposeBook   = "book"
	PurposeCancel = "cancel"
)

// RequiredDocument is a document a service asks for before it lets in.
type RequiredDocument struct {
	Kind      string
	Label     string
	Months    int  // of validity
	DebitOnly bool // only with monthly direct debit
}

// Closure is a run of days without service (both ends included).
type Closure struct {
	ID        int64
	ServiceID int64 // 0: every service
	ClassID   int64 // 0: everybody, else one class only
	First     calendar.Date
	Last      calendar.Date
	Reason    string
}

// weekdayDigits keeps a set of weekdays as the database does: ISO digits, "1245".
func weekdayDigits(w calendar.Weekdays) string {
	var b strings.Builder
	for _, d := range w.Days() {
		b.WriteString(strconv.Itoa((int(d)+6)%7 + 1))
	}
	return b.String()
}

func parseWeekdayDigits(s string) calendar.Weekdays {
	var w calendar.Weekdays
	for _, r := range s {
		if r >= '1' && r <= '7' {
			w = w.With(time.Weekday(int(r-'0') % 7))
		}
	}
	return w
}

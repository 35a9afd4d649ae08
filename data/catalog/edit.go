package catalog

import (
	"context"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// Draft is a service as a person edits it: all of what a catalog file says of
// one service, by ids. It is shown by Draft, judged by CheckDraft, planned by
// PlanDraft and kept by SaveDraft, through the same loader as a file.
type Draft struct {
	Info      ServiceInfo // ID 0: a new service; Schools and Sittings are told by the fields below
	Sittings  []Sitting   // ID 0: new; a missing one is taken away if nothing names it
	Schools   []TakenSchool
	Classes   []TakenClass
	Tariffs   []Tariff // ID 0: new; a missing one is taken away unless it priced a booking
	Documents []RequiredDocument
	Version   string // digest of what Draft showed: SaveDraft refuses another
}

// TakenSchool is a school the service takes, and the sitting of its children ("": the first).
type TakenSchool struct {
	SchoolID int64
	Sitting  string
}

// TakenClass is a class that eats at another sitting than its school.
type TakenClass struct {
	ClassID int64
	Sitting string
}

// Flaw is what is wrong with one field of a draft. Field is a stable path:
// "name", "book", "book.lundi", "tariffs[2].meal", "documents[0].months".
type Flaw struct {
	Field string
	Text  string // French, a whole sentence
}

var errNotYet = fault.New(fault.Internal, "Cette partie n’est pas encore écrite.")

// Draft gives a service as it is, ready to be edited.
func (s *Service) Draft(ctx context.Context, serviceID int64) (Draft, error) {
	return Draft{}, errNotYet
}

// CheckDraft judges a draft without the database: nil where it may be kept.
func CheckDraft(d Draft) []Flaw { return nil }

// PlanDraft says line by line what SaveDraft would change, and writes nothing.
func (s *Service) PlanDraft(ctx context.Context, d Draft) (Summary, error) {
	return Summary{}, errNotYet
}

// SaveDraft keeps a draft: one transaction, one journal entry. It refuses one
// whose Version is not what is there (somebody else changed it meanwhile).
func (s *Service) SaveDraft(ctx context.Context, d Draft) (id int64, sum Summary, err error) {
	return 0, Summary{}, errNotYet
}

// Preset is a canteen as most towns run it, to start from: Monday, Tuesday,
// Thursday and Friday at 12:00, to book the Thursday before at noon, to cancel
// the day before at 10:00, one bracket, the health form and the papers of a
// direct debit. schools are those it takes.
func Preset(c Commune, zone calendar.Zone, schools []School, today calendar.Date) Draft {
	return Draft{}
}

// SaveCommune keeps a commune (ID 0: a new one) and gives its id.
func (s *Service) SaveCommune(ctx context.Context, c Commune) (int64, error) { return 0, errNotYet }

// SaveSchool keeps a school (ID 0: a new one) and gives its id.
func (s *Service) SaveSchool(ctx context.Context, c School) (int64, error) { return 0, errNotYet }

// SaveClass keeps a class (ID 0: a new one) and gives its id; its rank follows its name unless set.
func (s *Service) SaveClass(ctx context.Context, c Class) (int64, error) { return 0, errNotYet }

// RemoveCommune, RemoveSchool, RemoveClass and RemoveService take away what
// nothing names; else Conflict says what names it and what to do instead.
func (s *Service) RemoveCommune(ctx context.Context, id int64) error { return errNotYet }

// RemoveSchool: see RemoveCommune.
func (s *Service) RemoveSchool(ctx context.Context, id int64) error { return errNotYet }

// RemoveClass: see RemoveCommune.
func (s *Service) RemoveClass(ctx context.Context, id int64) error { return errNotYet }

// RemoveService: see RemoveCommune. One that has served is made inactive instead (Draft.Info.Active).
func (s *Service) RemoveService(ctx context.Context, id int64) error { return errNotYet }

package mailbox

import (
	"context"
	"time"

	"ardoise/data/letter"
)

// Joined is a file joined to a letter.
type Joined struct {
	Name    string // "facture-2026000101.pdf"
	Content []byte
}

// Joiner makes the files of a letter from its object ("invoice:12"); nil for none.
type Joiner func(ctx context.Context, object string) ([]Joined, error)

// Sent counts what a run sent.
type Sent struct {
	Sent, Failed, Later int
	Next                time.Time // when the next try is due; zero: none
	Problem             string    // French: why sending stopped
}

// Send sends the letters that are due, at the account's rate, each once whatever
// happens. Any agent: it is the program that acts.
func (s *Service) Send(ctx context.Context, join Joiner) (r Sent, err error) { return r, errNotYet }

// Outgoing is a letter of the outbox with what became of it.
type Outgoing struct {
	letter.Outgoing
	AnswersID int64
	Attempts  int
	NextAt    time.Time
	SentAt    time.Time
	Problem   string // French
}

// Outbox lists letters by state (none: all), the newest first.
func (s *Service) Outbox(ctx context.Context, states []string, before int64, limit int) ([]Outgoing, error) {
	return nil, errNotYet
}

// Retry sends failed or doubtful letters again; Drop gives waiting, failed or
// doubtful ones up; Settle says that a doubtful one did leave. Accueil.
func (s *Service) Retry(ctx context.Context, ids ...int64) error { return errNotYet }

// Drop: see Retry.
func (s *Service) Drop(ctx context.Context, ids ...int64) error { return errNotYet }

// Settle: see Retry.
func (s *Service) Settle(ctx context.Context, ids ...int64) error { return errNotYet }

// Refusal is an address that refused a letter.
type Refusal struct {
	Address, Reason string
	Permanent       bool
	At              time.Time
	FamilyID        int64
	Family          string
}

// Refusals lists the addresses that are not written to any more.
func (s *Service) Refusals(ctx context.Context) ([]Refusal, error) { return nil, errNotYet }

// Lift says that an address works again. Accueil.
func (s *Service) Lift(ctx context.Context, address string) error { return errNotYet }

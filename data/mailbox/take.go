package mailbox

import (
	"context"
	"time"
)

// Delivery is one message as a server hands it over.
type Delivery struct {
	AccountID   int64 // 0: a file
	Folder      string
	UIDValidity uint32
	UID         uint32
	Received    time.Time // INTERNALDATE; zero for a file: its topmost Received, else its Date, never later than now
	Raw         []byte
}

// Taken is what became of a delivery.
type Taken struct {
	MessageID int64
	Known     bool   // its bytes had been taken in before
	Aside     string // French: why it was set aside, ""
}

// Take takes one message in: reads it, keeps it sealed, proposes. Taking it twice
// changes nothing. A message that cannot be read is kept, set aside with its
// reason. Accueil.
func (s *Service) Take(ctx context.Context, d Delivery) (t Taken, err error) {
	return t, errNotYet
}

// Fetched counts what a fetch brought.
type Fetched struct{ New, Known, Aside int }

// Fetch reads what is new in a mailbox (0: in all) and tells the server which
// messages were treated. Accueil.
func (s *Service) Fetch(ctx context.Context, accountID int64, report func(done, total int)) (f Fetched, err error) {
	return f, errNotYet
}

// Status is how a mailbox stands.
type Status struct {
	AccountID int64
	At        time.Time // of the last successful look
	Live      bool      // told by the server at once (IDLE)
	Problem   string    // French, "" when all is well
	Waiting   int       // messages still to fetch
}

// Watch keeps looking at every active mailbox until ctx ends, by IDLE where
// offered, else by polling; it reconnects with a growing delay. told hears each
// change of status. Accueil.
func (s *Service) Watch(ctx context.Context, told func(Status)) error { return errNotYet }

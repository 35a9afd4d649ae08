package mailbox

import (
	"context"
	"time"
)

// Filter chooses messages.
type Filter struct {
	AccountID int64   // 0: all
	States    []State // none: all
	Text      string  // in subject, sender, text; folded
	FamilyID  int64
	Before    int64 // message id: those below it, for the next page
	Limit     int   // 0: 200
}

// Counts are the numbers of the filters and the rail.
type Counts struct{ Todo, ToRead, Closed int }

// List gives messages, the newest first. Accueil.
func (s *Service) List(ctx context.Context, f Filter) (items []Item, counts Counts, err error) {
	return nil, counts, errNotYet
}

// Count is for the rail's badge: messages that wait for someone. Accueil.
func (s *Service) Count(ctx context.Context) (int, error) { return 0, errNotYet }

// Get opens a message: an open one is read again with what is known of the family
// today. Accueil; the opening is in the trail.
func (s *Service) Get(ctx context.Context, id int64) (*Message, error) { return nil, errNotYet }

// Attachment gives the bytes of one attachment; a health document opens for the
// Santé role only; each opening is in the trail.
func (s *Service) Attachment(ctx context.Context, id int64, n int) (content []byte, media, name string, err error) {
	return nil, "", "", errNotYet
}

// Original gives the message's bytes as they came. Accueil and Santé; in the trail.
func (s *Service) Original(ctx context.Context, id int64) ([]byte, error) { return nil, errNotYet }

// Read says what would be understood of one message; nothing is stored. at zero:
// as Delivery.Received of a file. Accueil.
func (s *Service) Read(ctx context.Context, raw []byte, at time.Time) (*Message, error) {
	return nil, errNotYet
}

// Several is Get for many, in the order of ids: what was understood, without what
// it would do today (the cards have no verdict), in a number of questions that does
// not depend on how many.
func (s *Service) Several(ctx context.Context, ids []int64) ([]*Message, error) {
	return nil, errNotYet
}

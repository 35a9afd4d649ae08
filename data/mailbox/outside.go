package mailbox

import (
	"context"
	"time"

	"ardoise/data/mailbox/wire"
)

// inbox is a signed-in reading server, for one goroutine.
type inbox interface {
	Folders(ctx context.Context) ([]string, error)
	Select(ctx context.Context, folder string) (wire.Selected, error)
	Examine(ctx context.Context, folder string) (wire.Selected, error)
	After(ctx context.Context, last uint32) ([]wire.Entry, error)
	Fetch(ctx context.Context, uid uint32, limit int64) ([]byte, error)
	Head(ctx context.Context, uid uint32) ([]byte, error)
	Mark(ctx context.Context, uids []uint32) error
	Move(ctx context.Context, uids []uint32, folder string) (moved bool, err error)
	Idle(ctx context.Context, atMost time.Duration) (news, supported bool, err error)
	Live() bool
	Close() error
}

// outside is what the room asks of the world; tests put something else there.
type outside struct {
	ring  keyring
	dial  func(ctx context.Context, at wire.Server, with wire.Credential) (inbox, error)
	greet func(ctx context.Context, at wire.Server, with wire.Credential) error // signs in to send, and leaves
	sign  func(r *wire.Registration)                                            // nil, or changes where one signs in
}

func world() outside {
	return outside{
		ring: keyring{
			keep:   func(name, value string) error { return wire.KeepSecret(keyringService, name, value) },
			read:   func(name string) (string, error) { return wire.ReadSecret(keyringService, name) },
			forget: func(name string) error { return wire.ForgetSecret(keyringService, name) },
		},
		dial: func(ctx context.Context, at wire.Server, with wire.Credential) (inbox, error) {
			in, err := wire.DialInbox(ctx, at, with)
			if err != nil {
				return nil, err
			}
			return in, nil
		},
		greet: func(ctx context.Context, at wire.Server, with wire.Credential) error {
			out, err := wire.DialOutbox(ctx, at, with)
			if err != nil {
				return err
			}
			return out.Close()
		},
	}
}

// keyringService is under what name our secrets stand in the system's keyring.
const keyringService = "Ardoise"

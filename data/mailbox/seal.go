package mailbox

import (
	"context"
	"encoding/json"
	"fmt"

	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/vault"
)

// The sealed parts of a message.
const (
	partHead     = "head"
	partBody     = "reading"
	partOriginal = "original"
)

// head is what the list shows of a message.
type head struct {
	From      message.Address `json:"from"`
	Via       string          `json:"via,omitempty"`
	Subject   string          `json:"subject,omitempty"`
	Kind      reading.Kind    `json:"kind,omitempty"`
	Summary   string          `json:"summary,omitempty"`
	Files     int             `json:"files,omitempty"`
	Proposals int             `json:"proposals,omitempty"`
	Warnings  []string        `json:"warnings,omitempty"` // French; of one set aside, the reason
	Received  string          `json:"received,omitempty"` // instant: the row's may not be another
}

// body is what was read of a message, enough to read it again without its
// original.
type body struct {
	To         string             `json:"to,omitempty"`
	Subject    string             `json:"subject,omitempty"` // the writer's: of a forwarded message, the inner one
	Text       string             `json:"text,omitempty"`
	Own        string             `json:"own,omitempty"`
	OwnAt      int                `json:"own_at"`  // of Own in Text
	Written    string             `json:"written"` // instant its relative days are counted from
	Auth       message.Auth       `json:"auth"`
	Quiet      string             `json:"quiet,omitempty"`   // French: why it is not answered
	Nothing    string             `json:"nothing,omitempty"` // French: nobody asks anything here (automatic answer, advertisement)
	Remarks    []string           `json:"remarks,omitempty"`
	Files      []File             `json:"files,omitempty"`
	Bounces    []message.Bounce   `json:"bounces,omitempty"`
	Understood reading.Understood `json:"understood"`
}

// sealLabel ties a sealed part to the message it belongs to.
func sealLabel(part, digest string) []byte { return []byte("mail_message:" + part + ":" + digest) }

// keyOf gives the data key of the session at work, or says that it is closed.
func keyOf(ctx context.Context) (*vault.Key, error) {
	session := staff.From(ctx)
	if session == nil || !session.Key.IsOpen() {
		return nil, fault.New(fault.Forbidden, "Le coffre est fermé : ouvrez votre session pour lire ou relever le courrier.")
	}
	return session.Key, nil
}

func sealJSON(key *vault.Key, part, digest string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("mailbox: %s: %w", part, err)
	}
	return key.Seal(plain, sealLabel(part, digest))
}

func openJSON(key *vault.Key, part, digest string, sealed []byte, v any) error {
	plain, err := key.Open(sealed, sealLabel(part, digest))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("mailbox: %s of %s: %w", part, digest, err)
	}
	return nil
}

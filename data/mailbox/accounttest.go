package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
)

// TestAccount tries what is typed, kept or not: signs in, opens the folders,
// greets the sending server. Nothing is changed, read or sent. Administration.
func (s *Service) TestAccount(ctx context.Context, a Account, with Secrets) ([]Check, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	var k secrets
	if a.ID != 0 {
		var err error
		if k, err = s.secretsOf(ctx, a.ID); err != nil {
			return nil, err
		}
	}
	k.take(with, a)
	var out []Check
	for _, t := range []struct {
		what, host string
		sending    bool
		try        func(context.Context, Account, wire.Credential) (string, error)
	}{{"Réception", a.IMAPHost, false, s.tryReading}, {"Envoi", a.SMTPHost, true, s.trySending}} {
		if t.host == "" {
			continue
		}
		c := Check{What: t.what}
		open, err := s.credentialFrom(ctx, a, k, t.sending)
		if err == nil {
			c.Text, err = t.try(ctx, a, open)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.OK = err == nil; err != nil {
			c.Text = fault.Sentence(err)
		}
		out = append(out, c)
	}
	return out, nil
}

// tryReading signs in and opens the folder without changing anything; done is
// looked for in the list.
func (s *Service) tryReading(ctx context.Context, a Account, with wire.Credential) (text string, err error) {
	box, err := s.out.dial(ctx, a.receiver(), with)
	if err != nil {
		s.refused(a.ID, err)
		return "", wire.Explain(err)
	}
	defer func() {
		if bye := box.Close(); bye != nil && err == nil && box.Live() {
			err = wire.Explain(bye)
		}
	}()
	folder, err := box.Examine(ctx, a.Folder)
	if err != nil {
		var no *wire.Refused
		if errors.As(err, &no) {
			return "", fault.Wrap(fault.Invalid, err, "La connexion est bonne, mais la boîte n’a pas de dossier « %s »%s.", a.Folder, s.folders(ctx, box))
		}
		return "", wire.Explain(err)
	}
	names, err := box.Folders(ctx)
	if err != nil {
		return "", wire.Explain(err)
	}
	if a.DoneFolder != "" && !slices.Contains(names, a.DoneFolder) {
		return "", fault.New(fault.Invalid, "La connexion est bonne, mais la boîte n’a pas de dossier « %s » où ranger les messages traités. Elle a : %s.", a.DoneFolder, listed(names))
	}
	return fault.French(fmt.Sprintf("Connexion réussie : « %s » contient %s.", a.Folder, plural(int(folder.Exists), "message", "messages"))), nil
}

// folders names what there is, to choose from.
func (s *Service) folders(ctx context.Context, box inbox) string {
	names, err := box.Folders(ctx)
	if err != nil || len(names) == 0 {
		return ""
	}
	return fault.French(". Elle a : " + listed(names))
}

func listed(names []string) string {
	const few = 12
	if len(names) > few {
		return strings.Join(names[:few], ", ") + "…"
	}
	return strings.Join(names, ", ")
}

func (s *Service) trySending(ctx context.Context, a Account, with wire.Credential) (string, error) {
	if err := s.out.greet(ctx, a.sending(), with); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "%s", wire.ExplainSend(err, a.sending(), a.Address))
	}
	return fault.French("Connexion réussie : le serveur est prêt à envoyer. Rien n’a été envoyé."), nil
}

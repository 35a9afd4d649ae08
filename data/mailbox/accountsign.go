package mailbox

import (
	"context"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Consent is a sign-in at Google or Microsoft under way.
type Consent struct {
	URL    string                          // to open in a browser
	Code   string                          // to type there (device flow), "" for the loopback flow
	Finish func(ctx context.Context) error // waits for the agreement and keeps the tokens; a ctx that is over gives up
}

func (s *Service) registration(a Account, k secrets) wire.Registration {
	r := wire.Registration{Provider: a.Auth, ClientID: a.ClientID, ClientSecret: k.ClientSecret, Tenant: a.Tenant, Address: a.Address, Now: s.db.Now}
	if s.out.sign != nil {
		s.out.sign(&r)
	}
	return r
}

// SignIn begins the sign-in of an account kept with Auth google or microsoft.
// Administration.
func (s *Service) SignIn(ctx context.Context, accountID int64) (*Consent, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	var a Account
	if err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = accountTx(tx, accountID)
		return err
	}); err != nil {
		return nil, err
	}
	if a.Auth == byPassword {
		return nil, fault.New(fault.Invalid, "La boîte « %s » s’ouvre par un mot de passe : choisissez d’abord Google ou Microsoft, puis enregistrez.", a.Name)
	}
	k, err := s.secretsOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	under, err := s.registration(a, k).Begin(ctx)
	if err != nil {
		return nil, wire.Explain(err)
	}
	return &Consent{URL: under.URL, Code: under.Code, Finish: func(ctx context.Context) error {
		if err := staff.Require(ctx, staff.Admin); err != nil {
			under.Drop()
			return err
		}
		got, err := under.Wait(ctx)
		if err != nil {
			return wire.Explain(err)
		}
		if err := s.db.Write(ctx, func(tx *store.Tx) error {
			tx.Publish(TopicAccount, a.ID)
			return staff.Audit(tx, "mail.account", accountObject(a.ID), "Boîte « "+a.Name+" » connectée à "+providerName(a.Auth))
		}); err != nil {
			return err
		}
		return s.keepTokens(ctx, a, got, true)
	}}, nil
}

// keepTokens keeps what a sign-in or a renewal gave: the access token in memory,
// what renews it with the mailbox's other secrets. agreed: somebody has just signed
// in, for the servers the account has now.
func (s *Service) keepTokens(ctx context.Context, a Account, got wire.Tokens, agreed bool) error {
	until := got.Expiry
	if until.IsZero() {
		until = s.db.Now().Add(10 * time.Minute)
	}
	s.mu.Lock()
	s.tokens[a.ID] = token{got.Access, until, a.servers()}
	s.mu.Unlock()
	k, err := s.secretsOf(ctx, a.ID)
	if err != nil || got.Refresh == "" || got.Refresh == k.Refresh {
		return err
	}
	if k.Refresh = got.Refresh; agreed {
		k.Servers = a.servers()
	}
	return s.keepSecrets(ctx, a.ID, k)
}

// renewed gives a fresh access token, and keeps what will renew it next.
func (s *Service) renewed(ctx context.Context, a Account, k secrets) (wire.Credential, error) {
	got, err := s.registration(a, k).Renew(ctx, wire.Tokens{Refresh: k.Refresh})
	if err != nil {
		return wire.Credential{}, wire.Explain(err)
	}
	return wire.Credential{Token: got.Access}, s.keepTokens(ctx, a, got, false)
}

// outletFor says how an account sends.
func (s *Service) outletFor(ctx context.Context, accountID int64) (at wire.Server, with wire.Credential, a Account, err error) {
	if err = s.db.Read(ctx, func(tx *store.Tx) error {
		a, err = accountTx(tx, accountID)
		return err
	}); err != nil {
		return at, with, a, err
	}
	with, err = s.credential(ctx, a, true)
	return a.sending(), with, a, err
}

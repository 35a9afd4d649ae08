package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Where what opens a mailbox is kept.
const (
	sealedHere    = "scellé dans la base"
	inThisKeyring = "dans le trousseau de ce poste"
)

// secrets are what opens a mailbox.
type secrets struct {
	Password     string `json:"password,omitempty"`
	SMTPPassword string `json:"smtp,omitempty"`
	ClientSecret string `json:"client,omitempty"`
	Refresh      string `json:"refresh,omitempty"` // of a sign-in at Google or Microsoft
	Servers      string `json:"servers,omitempty"` // the hosts they were typed for, and are given to
}

// take puts in what was typed for an account; what was left blank stays, and goes to
// no other host than it was typed for.
func (k *secrets) take(with Secrets, a Account) {
	switch {
	case with.Password != "":
		k.Servers = a.servers()
	case with.SMTPPassword != "":
		k.Servers += " " + a.SMTPHost
	}
	k.Password = firstOf(with.Password, k.Password)
	k.SMTPPassword = firstOf(with.SMTPPassword, k.SMTPPassword)
	k.ClientSecret = firstOf(with.ClientSecret, k.ClientSecret)
}

// servers are the hosts of an account, in one line.
func (a Account) servers() string { return a.IMAPHost + " " + a.SMTPHost }

// goTo refuses to hand what was typed for one host to another: who may change the
// server of a mailbox must not learn its password by it.
func (k *secrets) goTo(a Account, sending bool) error {
	host := a.IMAPHost
	if sending {
		host = a.SMTPHost
	}
	if k.Servers == "" || host == "" || slices.Contains(strings.Fields(k.Servers), host) {
		return nil
	}
	what := "saisissez de nouveau son mot de passe"
	if a.Auth != byPassword {
		what = "connectez-la de nouveau à " + providerName(a.Auth)
	}
	return fault.New(fault.Unavailable, "Le serveur de la boîte « %s » a changé (%s) : %s (Réglages, Courrier).", a.Name, host, what)
}

// keyring is the system's; tests have one of their own.
type keyring struct {
	keep   func(name, value string) error
	read   func(name string) (string, error)
	forget func(name string) error
}

// keyringName names a mailbox of this database: another database on the same
// workstation has numbers of its own.
func keyringName(key *vault.Key, id int64) string { return fmt.Sprintf("courrier %d %s", id, key.ID()) }

func secretLabel(id int64) []byte { return vault.AAD("mail_account", "secret", id) }

// inKeyring reports whether this workstation's keyring opens a mailbox.
func (s *Service) inKeyring(ctx context.Context, id int64) (there bool, where string) {
	key, err := keyOf(ctx)
	if err != nil {
		return false, ""
	}
	if _, err := s.out.ring.read(keyringName(key, id)); err != nil {
		return false, ""
	}
	return true, inThisKeyring
}

// secretsOf gives what opens a mailbox, nothing where nothing is kept here.
// What is sealed in the database is newer than the keyring, where both are.
func (s *Service) secretsOf(ctx context.Context, id int64) (k secrets, err error) {
	key, err := keyOf(ctx)
	if err != nil {
		return k, err
	}
	var sealed []byte
	if err := s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT secret FROM mail_account WHERE id = $1`, id).Scan(&sealed)
	}); err != nil {
		return k, fmt.Errorf("mailbox: secret of account %d: %w", id, err)
	}
	var plain []byte
	if len(sealed) > 0 {
		if plain, err = key.Open(sealed, secretLabel(id)); err != nil {
			return k, err
		}
	} else {
		text, err := s.out.ring.read(keyringName(key, id))
		if err != nil { // no keyring, or nothing in it: the same to whoever needs it
			return k, nil
		}
		plain = []byte(text)
	}
	if err := json.Unmarshal(plain, &k); err != nil {
		return k, fmt.Errorf("mailbox: secret of account %d: %w", id, err)
	}
	return k, nil
}

// sealSecrets keeps secrets sealed in the row of their mailbox.
func sealSecrets(tx *store.Tx, id int64, k secrets) error {
	key, err := keyOf(tx.Context())
	if err != nil {
		return err
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	sealed, err := key.Seal(plain, secretLabel(id))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE mail_account SET secret = $1 WHERE id = $2`, sealed, id)
	return err
}

// toKeyring brings secrets that were just sealed over to the keyring of this
// workstation, where it has one that takes them; else they stay sealed. Outside any
// transaction: a keyring may ask its owner something first.
func (s *Service) toKeyring(ctx context.Context, id int64, k secrets) error {
	key, err := keyOf(ctx)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := s.out.ring.keep(keyringName(key, id), string(plain)); err != nil {
		return nil // sealed they are, sealed they stay
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE mail_account SET secret = NULL WHERE id = $1`, id)
		return err
	})
}

// keepSecrets seals, then brings to the keyring.
func (s *Service) keepSecrets(ctx context.Context, id int64, k secrets) error {
	if err := s.db.Write(ctx, func(tx *store.Tx) error { return sealSecrets(tx, id, k) }); err != nil {
		return err
	}
	return s.toKeyring(ctx, id, k)
}

// token is an access token with its end.
type token struct {
	access  string
	until   time.Time
	servers string // of its account then
}

// forget drops a mailbox's token: it was changed, or the server refused it.
func (s *Service) forget(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, id)
}

// refused forgets a token the server would not have.
func (s *Service) refused(id int64, err error) {
	var failed *wire.Failed
	if errors.As(err, &failed) && failed.Token && failed.Step == wire.SigningIn {
		s.forget(id)
	}
}

// credential gives what a mailbox is opened with: to read it, or to send from it.
// A token is renewed where its end is near.
func (s *Service) credential(ctx context.Context, a Account, sending bool) (c wire.Credential, err error) {
	if a.Auth != byPassword {
		s.mu.Lock()
		t := s.tokens[a.ID]
		s.mu.Unlock()
		if t.access != "" && t.servers == a.servers() && s.db.Now().Add(time.Minute).Before(t.until) {
			return wire.Credential{Token: t.access}, nil
		}
	}
	k, err := s.secretsOf(ctx, a.ID)
	if err != nil {
		return c, err
	}
	return s.credentialFrom(ctx, a, k, sending)
}

func (s *Service) credentialFrom(ctx context.Context, a Account, k secrets, sending bool) (c wire.Credential, err error) {
	if err := k.goTo(a, sending); err != nil {
		return c, err
	}
	if a.Auth == byPassword {
		c.Password = k.Password
		if sending {
			c.Password = firstOf(k.SMTPPassword, k.Password)
		}
		if c.Password == "" {
			return c, fault.New(fault.Unavailable, "Le mot de passe de la boîte « %s » n’est pas connu sur ce poste : saisissez-le une fois (Réglages, Messagerie).", a.Name)
		}
		return c, nil
	}
	if k.Refresh == "" {
		return c, fault.New(fault.Unavailable, "La boîte « %s » n’est pas connectée à %s sur ce poste : connectez-la (Réglages, Messagerie).", a.Name, providerName(a.Auth))
	}
	return s.renewed(ctx, a, k)
}

func providerName(auth string) string {
	if auth == byGoogle {
		return "Google"
	}
	return "Microsoft"
}

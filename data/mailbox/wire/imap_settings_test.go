package wire_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

func TestCertificates(t *testing.T) {
	d := mailtest.Dovecot(t)
	try := func(s wire.Server) error {
		in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: d.Password()})
		if err == nil {
			err = in.Close()
		}
		return err
	}
	for _, security := range []string{wire.TLS, wire.StartTLS} {
		unknown := at(d, security)
		unknown.CA = nil
		said(t, try(unknown), fault.Invalid, "autorité inconnue", "ajoutez l’autorité de certification de votre mairie")
		if err := try(at(d, security)); err != nil {
			t.Errorf("with the authority added: %v", err)
		}
		spoilt := at(d, security)
		spoilt.CA = []byte("-----BEGIN nothing")
		said(t, try(spoilt), fault.Invalid, "PEM")
	}
	for kind, words := range map[mailtest.Certificate]string{
		mailtest.Expired: "a expiré", mailtest.NotYet: "n’est pas encore valable", mailtest.WrongName: "n’est pas au nom de « 127.0.0.1 »",
		mailtest.OtherAuthority: "autorité inconnue",
	} {
		d.Show(kind)
		said(t, try(at(d, wire.TLS)), fault.Invalid, words)
		said(t, try(at(d, wire.StartTLS)), fault.Invalid, words)
	}
	d.Show(mailtest.Good)
	if err := try(at(d, wire.TLS)); err != nil {
		t.Error(err)
	}
	if n := strings.Count(d.Log(), "Login: user="); n != 3 {
		t.Errorf("%d sign-ins: one went through a bad certificate", n)
	}
}

func TestWrongSettings(t *testing.T) {
	d := mailtest.Dovecot(t)
	try := func(change func(*wire.Server, *wire.Credential)) error {
		s, c := at(d, wire.TLS), wire.Credential{Password: d.Password()}
		change(&s, &c)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := wire.DialInbox(ctx, s, c)
		return err
	}
	said(t, try(func(_ *wire.Server, c *wire.Credential) { c.Password = "faux" }), fault.Invalid, "mot de passe", "Gmail et Microsoft demandent une connexion par leur page")
	said(t, try(func(s *wire.Server, _ *wire.Credential) { s.User = "autre@mairie.example" }), fault.Invalid, "« autre@mairie.example »")
	said(t, try(func(_ *wire.Server, c *wire.Credential) { c.Password = "a\r\na2 LOGOUT" }), fault.Invalid, "caractère interdit")
	said(t, try(func(_ *wire.Server, c *wire.Credential) { c.Token = "t" }), fault.Invalid, "Indiquez un mot de passe")
	said(t, try(func(s *wire.Server, _ *wire.Credential) { s.Port = d.Port }), fault.Invalid, "ne parle pas TLS", "STARTTLS")
	said(t, try(func(s *wire.Server, _ *wire.Credential) { s.Security = wire.StartTLS }), fault.Unavailable, "se tait", "choisissez « TLS »")
	said(t, try(func(s *wire.Server, _ *wire.Credential) { s.Port = mailtest.FreePort(t) }), fault.Unavailable, "refuse la liaison sur le port")
	said(t, try(func(s *wire.Server, _ *wire.Credential) { s.Host = "imap.nulle-part.invalid" }), fault.Invalid, "introuvable")
	changed := dialInbox(t, d)
	d.SetPassword("tout neuf")
	open(t, changed, "INBOX") // who is in stays in
	if err := try(func(*wire.Server, *wire.Credential) {}); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

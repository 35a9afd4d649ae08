package mailbox

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestAccountIsChecked(t *testing.T) {
	w := newHamlet(t, storetest.OpenSQLite(t))
	good := Account{Address: " Ecole@Mairie.example ", IMAPHost: "imap.mairie.example", SMTPHost: "smtp.mairie.example", Active: true}
	for word, change := range map[string]func(*Account){
		"Adresse":            func(a *Account) { a.Address = "cantine" },
		"Serveurs":           func(a *Account) { a.IMAPHost, a.SMTPHost = "", "" },
		"Réception":          func(a *Account) { a.IMAPHost = "https://imap.mairie.example/" },
		"Envoi":              func(a *Account) { a.SMTPHost = "smtp mairie" },
		"port":               func(a *Account) { a.IMAPPort = 70000 },
		"STARTTLS":           func(a *Account) { a.SMTPSecurity = "none" },
		"Relève":             func(a *Account) { a.PollSeconds = 5 },
		"lettres par minute": func(a *Account) { a.PerMinute = 1000 },
		"autre dossier":      func(a *Account) { a.DoneFolder = "inbox" },
		"expéditeurs":        func(a *Account) { a.AuthHost = "mx;mairie" },
		"certificat":         func(a *Account) { a.CA = "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----" },
		"application":        func(a *Account) { a.Auth = "google" },
		"mot de passe":       func(a *Account) { a.Auth = "pigeon" },
		"déjà":               func(a *Account) { a.Address = "cantine@mairie.example" },
	} {
		a := good
		change(&a)
		if _, err := w.s.SaveAccount(w.ctx, a, Secrets{}); err == nil || !strings.Contains(fault.Sentence(err), word) || strings.Contains(fault.Sentence(err), "SQL") {
			t.Errorf("%s: %v", word, err)
		}
	}
	id, err := w.s.SaveAccount(w.ctx, good, Secrets{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.s.Accounts(w.ctx)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if a := list[1]; a.ID != id || a.Address != "ecole@mairie.example" || a.Name == "" || a.IMAPPort != 993 || a.SMTPPort != 587 || a.PollSeconds != 120 || a.HasSecret {
		t.Errorf("%+v", a)
	}
	if _, err := w.s.SaveAccount(w.ctx, list[1], Secrets{}); err != nil {
		t.Error(err)
	}
	if _, err := w.s.SaveAccount(w.ctx, list[1], Secrets{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another's change is written over: %v", err)
	}
}

func TestSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		one := func() Account {
			list, err := w.s.Accounts(w.ctx)
			if err != nil {
				t.Fatal(err)
			}
			return list[0]
		}
		save := func(with Secrets) {
			if _, err := w.s.SaveAccount(w.ctx, one(), with); err != nil {
				t.Fatal(err)
			}
		}
		opens := func(reading, sending string) {
			t.Helper()
			for want, out := range map[string]bool{reading: false, sending: true} {
				if c, err := w.s.credential(w.ctx, one(), out); err != nil || c.Password != want {
					t.Errorf("%+v, %v, want %s", c, err, want)
				}
			}
		}
		save(Secrets{Password: "secret-un"})
		opens("secret-un", "secret-un")
		if a := one(); !a.HasSecret || a.Where != sealedHere {
			t.Errorf("%+v", a)
		}
		var sealed []byte
		if err := db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT secret FROM mail_account`).Scan(&sealed) }); err != nil || strings.Contains(string(sealed), "secret-un") {
			t.Errorf("in clear: %v", err)
		}
		// a keyring appears: what is typed goes there, and what is left blank follows
		ring, kept := memoryRing()
		w.s.out.ring = ring
		save(Secrets{SMTPPassword: "secret-deux"})
		opens("secret-un", "secret-deux")
		if a := one(); !a.HasSecret || a.Where != inThisKeyring || len(kept) != 1 {
			t.Errorf("%+v, %d in the keyring", a, len(kept))
		}
		if n := w.count(`SELECT COUNT(*) FROM mail_account WHERE secret IS NOT NULL`); n != 0 {
			t.Error("sealed in the database too")
		}
		save(Secrets{})
		opens("secret-un", "secret-deux")
		// another workstation has another keyring
		w.s.out.ring, _ = memoryRing()
		if _, err := w.s.credential(w.ctx, one(), false); !strings.Contains(fault.Sentence(err), "sur ce poste") {
			t.Errorf("without the keyring's entry: %v", err)
		}
		if a := one(); a.HasSecret {
			t.Errorf("%+v", a)
		}
		// it refuses what is too long: sealed
		long := ring
		long.keep = func(string, string) error { return wire.ErrTooLong }
		w.s.out.ring = long
		save(Secrets{Password: "secret-trois"})
		opens("secret-trois", "secret-deux")
		if a := one(); a.Where != sealedHere {
			t.Errorf("%+v", a)
		}
	})
}

func TestDropAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		ring, kept := memoryRing()
		w.s.out.ring = ring
		id, err := w.s.SaveAccount(w.ctx, Account{Address: "b@mairie.example", SMTPHost: "smtp.mairie.example", Active: true}, Secrets{Password: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.s.DropAccount(w.ctx, id, 7); fault.KindOf(err) != fault.Conflict {
			t.Errorf("dropped over another's change: %v", err)
		}
		if err := w.s.DropAccount(w.ctx, id, 1); err != nil || len(kept) != 0 {
			t.Errorf("%v, %d in the keyring", err, len(kept))
		}
		w.take(1, mailFrom(leaMail, "a", "b"))
		if err := w.s.DropAccount(w.ctx, w.account, 1); err != nil {
			t.Error(err)
		}
		list, err := w.s.Accounts(w.ctx)
		if err != nil || len(list) != 1 || list[0].Active {
			t.Errorf("%+v, %v", list, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM mail_message`); n != 1 {
			t.Error("the messages went with the mailbox")
		}
	})
}

func TestTestAccount(t *testing.T) {
	d := mailtest.Dovecot(t)
	w := newHamlet(t, storetest.OpenSQLite(t))
	a := Account{Address: "cantine@mairie.example", IMAPHost: d.Host, IMAPPort: d.PortTLS, IMAPUser: d.User, CA: string(d.CA)}
	fill(d, 0, 3)
	for word, c := range map[string]struct {
		change func(*Account)
		with   string
		ok     bool
	}{
		"3 messages":   {func(*Account) {}, d.Password(), true},
		"« Rien »":     {func(a *Account) { a.Folder = "Rien" }, d.Password(), false},
		"« Fini »":     {func(a *Account) { a.DoneFolder = "Fini" }, d.Password(), false},
		"mot de passe": {func(*Account) {}, "faux", false},
		"autorité":     {func(a *Account) { a.CA = "" }, d.Password(), false},
		"sur ce poste": {func(*Account) {}, "", false},
	} {
		b := a
		c.change(&b)
		list, err := w.s.TestAccount(w.ctx, b, Secrets{Password: c.with})
		if err != nil || len(list) != 1 || list[0].OK != c.ok || list[0].What != "Réception" || !strings.Contains(strings.ReplaceAll(list[0].Text, nbsp, " "), word) {
			t.Errorf("%s: %+v, %v", word, list, err)
		}
	}
	for _, m := range d.Messages("INBOX") {
		if len(m.Flags) > 0 {
			t.Errorf("trying has flagged a message: %v", m.Flags)
		}
	}
	if n := w.count(`SELECT COUNT(*) FROM mail_message`); n != 0 {
		t.Error("trying has taken messages in")
	}
}

// TestPasswordStaysWithItsServer: who may change the server of a mailbox does not
// learn its password by it, neither by trying nor by saving; nor on a workstation
// whose keyring has it.
func TestPasswordStaysWithItsServer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		ring, _ := memoryRing()
		w.s.out.ring = ring
		given := ""
		w.s.out.dial = func(_ context.Context, at wire.Server, with wire.Credential) (inbox, error) {
			given = at.Host + " " + with.Password + with.Token
			return nil, errors.New("no")
		}
		w.s.out.greet = func(_ context.Context, at wire.Server, with wire.Credential) error {
			given = at.Host + " " + with.Password + with.Token
			return nil
		}
		list, err := w.s.Accounts(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		a := list[0]
		a.SMTPHost = "smtp.mairie.example"
		save := func(with Secrets) {
			t.Helper()
			if _, err := w.s.SaveAccount(w.ctx, a, with); err != nil {
				t.Fatal(err)
			}
			a.Version++
		}
		save(Secrets{Password: "secret-un"})
		if c, err := w.s.credential(w.ctx, a, true); err != nil || c.Password != "secret-un" {
			t.Fatal(c, err)
		}
		for _, change := range []func(*Account){func(a *Account) { a.IMAPHost = "imap.voleur.example" }, func(a *Account) { a.SMTPHost = "smtp.voleur.example" }} {
			kept := a
			change(&a)
			for what, do := range map[string]func(){
				"trying": func() {
					if _, err := w.s.TestAccount(w.ctx, a, Secrets{}); err != nil {
						t.Error(err)
					}
				},
				"reading": func() {
					if _, err := w.s.credential(w.ctx, a, a.IMAPHost == kept.IMAPHost); fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Sentence(err), "saisissez de nouveau") {
						t.Errorf("%v", err)
					}
				},
			} {
				given = ""
				if do(); strings.Contains(given, "voleur") {
					t.Errorf("%s: %s", what, given)
				}
			}
			save(Secrets{})
			if _, err := w.s.credential(w.ctx, a, a.IMAPHost == kept.IMAPHost); err == nil {
				t.Error("saved, the new server is given the password")
			}
			kept.Version = a.Version
			a = kept
			save(Secrets{})
		}
		a.SMTPHost = "smtp2.mairie.example"
		save(Secrets{Password: "secret-deux"})
		if c, err := w.s.credential(w.ctx, a, true); err != nil || c.Password != "secret-deux" {
			t.Error("typed again, it is not used:", err)
		}
	})
}

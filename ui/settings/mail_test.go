package settings

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// fakeMail keeps accounts in a list.
type fakeMail struct {
	list    []mailbox.Account
	with    []mailbox.Secrets
	tested  []mailbox.Account
	checks  []mailbox.Check
	refuse  error
	consent *mailbox.Consent
}

func (f *fakeMail) Accounts(context.Context) ([]mailbox.Account, error) {
	return append([]mailbox.Account{}, f.list...), nil
}

func (f *fakeMail) SaveAccount(_ context.Context, a mailbox.Account, with mailbox.Secrets) (int64, error) {
	if f.refuse != nil {
		return 0, f.refuse
	}
	f.with = append(f.with, with)
	for i := range f.list {
		if f.list[i].ID == a.ID {
			f.list[i] = a
			return a.ID, nil
		}
	}
	a.ID = int64(len(f.list) + 1)
	f.list = append(f.list, a)
	return a.ID, nil
}

func (f *fakeMail) DropAccount(_ context.Context, id, _ int64) error {
	f.list[id-1].Active = false
	return nil
}

func (f *fakeMail) TestAccount(_ context.Context, a mailbox.Account, _ mailbox.Secrets) ([]mailbox.Check, error) {
	f.tested = append(f.tested, a)
	return f.checks, nil
}

func (f *fakeMail) SignIn(context.Context, int64) (*mailbox.Consent, error) { return f.consent, nil }

func (r *room) post() *mailTab {
	r.Helper()
	r.p.Open(tabMail)
	return r.p.made[tabMail].(*mailTab)
}

func cantine() mailbox.Account {
	return mailbox.Account{
		Name: "Cantine", Address: "cantine@mairie.example", Sender: "Mairie de Saint-Marcel", Auth: "password", IMAPHost: "imap.mairie.example", IMAPPort: 993, IMAPSecurity: "tls",
		Folder: "INBOX", DoneFolder: "Traités", PollSeconds: 120, SMTPHost: "smtp.mairie.example", SMTPPort: 587, SMTPSecurity: "starttls", PerMinute: 30, Active: true,
	}
}

func TestAMailboxIsTypedTriedAndKept(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	m := r.post()
	r.shoot("settings-mail-empty")
	if m.showing() {
		t.Fatal("a form without a mailbox")
	}
	m.create()
	m.save() // nothing is named yet
	if m.form.Summary() == "" || len(r.mail.list) != 0 {
		t.Fatal("an empty mailbox was taken")
	}
	m.put(cantine())
	m.ask["password"].SetText("un mot de passe")
	r.mail.checks = []mailbox.Check{{What: "Réception", OK: true, Text: "le dossier INBOX s’ouvre, 12 messages."}, {What: "Envoi", Text: "le certificat du serveur a expiré le 3 novembre 2026 : prévenez votre hébergeur."}}
	m.test()
	if len(r.mail.tested) != 1 || len(m.checks.Objects) != 2 || len(r.mail.list) != 0 || m.ask["password"].Text() == "" {
		t.Fatalf("tried %d, %d lines", len(r.mail.tested), len(m.checks.Objects))
	}
	r.shoot("settings-mail")
	m.save()
	if len(r.mail.list) != 1 || r.mail.with[0].Password != "un mot de passe" || m.ask["password"].Text() != "" || m.dirty() {
		t.Fatalf("kept %+v, secret still shown %q", r.mail.list, m.ask["password"].Text())
	}
	// a refusal keeps what was typed
	changed := r.mail.list[0]
	changed.SMTPHost = "autre.mairie.example"
	m.put(changed)
	r.mail.refuse = fault.New(fault.Conflict, "La boîte a été changée sur un autre poste.")
	m.save()
	if a, err := m.typed(m.base); err != nil || a.SMTPHost != changed.SMTPHost || !strings.Contains(m.form.Summary(), "autre poste") {
		t.Error("what was typed is lost", m.form.Summary())
	}
	// an event from elsewhere does not take it away either
	m.load()
	if a, err := m.typed(m.base); err != nil || a.SMTPHost != changed.SMTPHost {
		t.Error("an event took what was typed")
	}
	left := false
	if m.leave(func() { left = true }); !left || len(r.sh.Confirmed) != 1 {
		t.Error("left without asking", r.sh.Confirmed)
	}
}

func TestAKnownHostFillsTheServers(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	m := r.post()
	m.create()
	for _, p := range providers {
		m.fill(p.id)
		a := m.base
		for _, f := range m.fields {
			if err := f.read(&a); err != nil && a.Name != "" {
				t.Error(err)
			}
		}
		if a.IMAPHost != p.fill.IMAPHost || a.SMTPPort != p.fill.SMTPPort || a.Auth != p.fill.Auth {
			t.Errorf("%s: %+v", p.id, a)
		}
	}
}

func TestASignInOpensThePageAndWaits(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	a := cantine()
	a.ID, a.Auth = 1, "microsoft"
	r.mail.list = []mailbox.Account{a}
	done := false
	r.mail.consent = &mailbox.Consent{URL: "https://connexion.example/appareil", Code: "ABCD-1234", Finish: func(context.Context) error { done = true; return nil }}
	m := r.post()
	m.consent()
	if !done || len(r.urls) != 1 || len(r.sh.Dones) != 1 {
		t.Errorf("finished %v, pages %v, told %v", done, r.urls, r.sh.Dones)
	}
	m.remove()
}

func TestACertificateIsReadFromAFile(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	m := r.post()
	m.create()
	r.files.open = filepath.Join(t.TempDir(), "ca.pem")
	r.must(os.WriteFile(r.files.open, []byte("-----BEGIN CERTIFICATE-----\n"), 0o600))
	for _, f := range m.fields {
		f.show(cantine())
	}
	in := m.caField
	m.loadCA(in)
	if a, err := m.typed(m.base); err != nil || !strings.HasPrefix(a.CA, "-----BEGIN") {
		t.Errorf("%v %q", err, a.CA)
	}
	if len(m.shortcuts()) != 3 || m.shortcuts()[0].Key != fyne.KeyF2 {
		t.Error("shortcuts")
	}
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.mail.list = []mailbox.Account{cantine()}
	r.mail.list[0].ID = 1
	r.show()
	r.post()
	r.shoot("settings-mail-150")
}

func TestANewMailboxTakesTheKeyboardAndIsLeftUntouched(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	m := r.post()
	m.create()
	if first := m.form.First(); first == nil || r.sh.Canvas().Focused() != first {
		t.Fatal("the first field of a new mailbox has not the keyboard")
	}
	if m.dirty() {
		t.Error("a new mailbox is dirty before anything is typed")
	}
	m.ask["password"].SetText("x")
	if !m.dirty() {
		t.Error("a typed password would be lost without a word")
	}
}

package data_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestSecretsOfAWholeLife plants secrets through the doors of a new town, then does
// all that copies a base: a backup, its restore, the move to a server and back, a
// purge. None of the secrets lies in clear in any file that was written meanwhile,
// while the base is open or after, in the log, or in a row of the server.
func TestSecretsOfAWholeLife(t *testing.T) {
	root := t.TempDir()
	for name, dir := range map[string]string{"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "TMPDIR": "tmp"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, filepath.Join(root, dir))
	}
	server := storetest.EmptyPostgresURL(t)
	var log bytes.Buffer
	clock := storetest.NewClock()
	opt := data.Options{Clock: clock.Now, Cost: &stafftest.Fast, Machine: "ACCUEIL-2", Program: "Ardoise", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	town := newTown()
	const iban, post = "FR7630006000011234567890189", "Motdepasse-de-la-poste-7"
	secrets := []string{
		"zqxallergie", "zqxcuisine", "zqxpai", iban, "30006000011234567890189", "FR76 3000 6000 0112 3456 7890 189",
		stafftest.Password, post, town.Phrase, strings.ReplaceAll(town.Phrase, "-", ""), strings.ReplaceAll(town.Phrase, "-", " "),
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	searched := 0
	clean := func(when string) {
		t.Helper()
		must(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			raw, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) { // the witness, written beside and renamed
				return nil
			}
			searched++
			for _, s := range secrets {
				if bytes.Contains(raw, []byte(s)) || bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(s))) {
					t.Errorf("%s: %q lies in %s", when, s, path)
				}
			}
			return err
		}))
		for _, s := range secrets {
			if strings.Contains(log.String(), s) {
				t.Errorf("%s: the log tells %q", when, s)
			}
		}
	}

	path := filepath.Join(root, "mairie.db")
	o, err := data.Open(t.Context(), path, opt)
	must(err)
	must(o.SetUp(t.Context(), town))
	_, err = o.Staff.SignIn(t.Context(), town.Agent.Login, "pas "+stafftest.Password)
	if err == nil {
		t.Fatal("a wrong password opens")
	}
	se, err := o.Staff.SignIn(t.Context(), town.Agent.Login, stafftest.Password)
	must(err)
	ctx := staff.With(t.Context(), se)
	f, err := o.Family.Create(ctx, family.Draft{
		Name: "Favier", Guardians: []family.Guardian{{Last: "Favier", First: "Anne", Email: "favier@exemple.fr"}},
		Children: []family.Child{{Last: "Favier", First: "Zoé", Birth: calendar.MustISO("2018-05-01"), Level: "CE1"}},
	})
	must(err)
	must(o.Family.SetHealth(ctx, family.Health{ChildID: f.Children[0].ID, Allergens: []string{"lait"}, Allergies: "zqxallergie", CarePlan: "zqxpai", Kitchen: "zqxcuisine"}))
	_, err = o.Billing.AddMandate(ctx, billing.NewMandate{FamilyID: f.ID, Holder: "Anne Favier", IBAN: iban, BIC: "AGRIFRPPXXX", SignedOn: calendar.DateOf(clock.Now())})
	must(err)
	must(o.Family.Rectify(ctx, family.Rectification{FamilyID: f.ID, Who: "Mme Favier", How: "au guichet", What: "son compte est le FR76 3000 6000 0112 3456 7890 189, plus l’ancien"}))
	must(o.Family.Rectify(ctx, family.Rectification{FamilyID: f.ID, Who: "Mme Favier", How: "au guichet", What: "son compte est le fr7630006000011234567890189"}))
	_, err = o.Mailbox.SaveAccount(ctx, mailbox.Account{
		Name: "Cantine", Address: "cantine@exemple.fr", Sender: "Cantine", Auth: "password", SMTPHost: "smtp.exemple.fr", SMTPPort: 465, SMTPSecurity: "tls", SMTPUser: "cantine", PerMinute: 10, Active: true,
	}, mailbox.Secrets{Password: post})
	must(err)
	clean("at work") // the WAL and all
	made, err := o.Backup.Make(ctx)
	must(err)
	copied := made.Copies[0].Path
	_, err = o.Backup.Check(ctx, copied, backup.Secret{Phrase: town.Phrase})
	must(err)
	clean("after a copy")
	system := staff.System(t.Context())
	must(o.Staff.SignOut(ctx))
	_, err = o.MoveTo(system, server, opt, time.Now, nil)
	must(err)
	closing(t, o)

	there, err := data.Open(t.Context(), server, opt)
	must(err)
	serverClean(t, there, secrets)
	_, err = there.Backup.Make(system)
	must(err)
	back := filepath.Join(root, "retour.db")
	_, err = there.MoveTo(system, back, opt, time.Now, nil)
	must(err)
	closing(t, there)
	clean("after a move and back")

	b, err := data.OpenBackup(t.Context(), copied, backup.Secret{Phrase: town.Phrase})
	must(err)
	clean("while a copy is open")
	_, err = data.Restore(t.Context(), b, path, "Nathalie Perret", opt)
	must(err)
	must(b.Close())
	clock.Add(4 * 366 * 24 * time.Hour)
	o, err = data.Open(t.Context(), path, opt)
	must(err)
	se, err = o.Staff.SignIn(t.Context(), town.Agent.Login, stafftest.Password)
	must(err)
	ctx = staff.With(t.Context(), se)
	plan, err := o.Retention.PlanPurge(ctx)
	must(err)
	if plan.Count() > 0 {
		_, err = o.Retention.Purge(ctx, plan)
		must(err)
	}
	clean("after a restore and a purge")
	if health, err := o.Family.Health(ctx, f.Children[0].ID); err == nil && health.Allergies != "" && health.Allergies != "zqxallergie" {
		t.Errorf("%+v", health)
	}
	closing(t, o)
	clean("at the end")
	if searched < 20 || log.Len() == 0 {
		t.Errorf("%d files and %d bytes of log were searched: that proves nothing", searched, log.Len())
	}
}

// serverClean looks for words in every row of a PostgreSQL base.
func serverClean(t *testing.T, o *data.Office, words []string) {
	t.Helper()
	err := o.Store.Read(context.WithoutCancel(t.Context()), func(tx *store.Tx) error {
		tables, err := store.Tables(tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			for _, w := range words {
				var n int64
				if err := tx.QueryRow(`SELECT count(*) FROM "`+table.Name+`" AS x WHERE lower(x::text) LIKE '%' || lower($1) || '%' OR x::text LIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'`, w).Scan(&n); err != nil {
					return err
				}
				if n > 0 {
					t.Errorf("%q lies in %s of the server", w, table.Name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

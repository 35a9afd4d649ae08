package mailbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Account is a mailbox of the town hall. Passwords and tokens are not in it.
type Account struct {
	ID       int64
	Name     string // « Cantine »
	Address  string // lower case
	Sender   string // the name families see
	Auth     string // password, google, microsoft
	Tenant   string
	ClientID string

	IMAPHost, IMAPSecurity, IMAPUser string // IMAPHost "": nothing is read
	IMAPPort                         int
	Folder, DoneFolder               string
	Since                            calendar.Date // messages that came before it are not taken in; zero: all are
	PollSeconds                      int
	AuthHost                         string

	SMTPHost, SMTPSecurity, SMTPUser string // SMTPHost "": nothing is sent
	SMTPPort                         int
	PerMinute                        int

	CA      string // PEM
	Active  bool
	Version int64

	HasSecret bool   // a password or token is kept (here or in the keyring)
	Where     string // French: where it is kept
}

// firstDays are the days of old messages that a new mailbox brings.
const firstDays = 30

// NewAccount is what a new mailbox begins with: not with years of old messages.
func NewAccount(today calendar.Date) Account {
	return Account{
		Since: today.Add(-firstDays),
		Auth:  "password", IMAPPort: 993, IMAPSecurity: "tls", Folder: "INBOX", PollSeconds: 120,
		SMTPPort: 587, SMTPSecurity: "starttls", PerMinute: 30, Active: true,
	}
}

// Secrets are typed once and kept in the system's keyring, or sealed in the
// database where it has none. "" leaves what is there.
type Secrets struct {
	Password     string // IMAP, and SMTP unless it has its own
	SMTPPassword string
	ClientSecret string // Google's
}

// Check is one line of « Tester la connexion ».
type Check struct {
	What string // « Réception », « Envoi »
	OK   bool
	Text string // French: what works, or what is wrong and what to do
}

// accountReaders see the mailboxes, not what opens them.
var accountReaders = []staff.Role{staff.Accueil, staff.Admin}

const accountColumns = `id, name, address, sender, auth, tenant, client_id, imap_host, imap_security, imap_user, imap_port, folder, done_folder, NULLIF(since, ''), poll_seconds, auth_host,
	smtp_host, smtp_security, smtp_user, smtp_port, per_minute, ca, active, version, CASE WHEN secret IS NULL THEN 0 ELSE 1 END`

func scanAccount(r *sql.Rows) (a Account, err error) {
	err = r.Scan(&a.ID, &a.Name, &a.Address, &a.Sender, &a.Auth, &a.Tenant, &a.ClientID, &a.IMAPHost, &a.IMAPSecurity, &a.IMAPUser, &a.IMAPPort, &a.Folder, &a.DoneFolder, &a.Since, &a.PollSeconds, &a.AuthHost,
		&a.SMTPHost, &a.SMTPSecurity, &a.SMTPUser, &a.SMTPPort, &a.PerMinute, &a.CA, &a.Active, &a.Version, &a.HasSecret)
	if a.HasSecret {
		a.Where = sealedHere
	}
	return a, err
}

// accountsTx gives every mailbox, in order of age.
func accountsTx(tx *store.Tx) ([]Account, error) {
	return store.Collect(tx, scanAccount, `SELECT `+accountColumns+` FROM mail_account ORDER BY id`)
}

func accountTx(tx *store.Tx, id int64) (a Account, err error) {
	list, err := store.Collect(tx, scanAccount, `SELECT `+accountColumns+` FROM mail_account WHERE id = $1`, id)
	if err != nil {
		return a, err
	}
	if len(list) == 0 {
		return a, fault.New(fault.NotFound, "Cette boîte n’existe pas (ou plus).")
	}
	return list[0], nil
}

// Accounts lists the mailboxes. Administration and Accueil.
func (s *Service) Accounts(ctx context.Context) (list []Account, err error) {
	if err := staff.Require(ctx, accountReaders...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = accountsTx(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if !list[i].HasSecret {
			list[i].HasSecret, list[i].Where = s.inKeyring(ctx, list[i].ID)
		}
	}
	return list, nil
}

// SaveAccount checks and keeps a mailbox (ID 0: a new one). Administration.
func (s *Service) SaveAccount(ctx context.Context, a Account, with Secrets) (id int64, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return 0, err
	}
	if err := a.check(); err != nil {
		return 0, err
	}
	var k secrets
	if a.ID != 0 && with != (Secrets{}) {
		if k, err = s.secretsOf(ctx, a.ID); err != nil {
			return 0, err
		}
	}
	k.take(with, a)
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if id, err = a.keep(tx); err != nil {
			return err
		}
		if with != (Secrets{}) {
			if err := sealSecrets(tx, id, k); err != nil {
				return err
			}
		}
		tx.Publish(TopicAccount, id)
		return staff.Audit(tx, "mail.account", accountObject(id), "Boîte « "+a.Name+" » enregistrée")
	})
	if err != nil {
		return 0, err
	}
	s.forget(id)
	if with != (Secrets{}) {
		return id, s.toKeyring(ctx, id, k)
	}
	return id, nil
}

func accountObject(id int64) string { return fmt.Sprintf("mailbox:%d", id) }

// keep writes the row; another agent's change since is a conflict.
func (a *Account) keep(tx *store.Tx) (id int64, err error) {
	values := []any{
		a.Name, a.Address, a.Sender, a.Auth, a.Tenant, a.ClientID, a.IMAPHost, a.IMAPPort, a.IMAPSecurity, a.IMAPUser, a.Folder, a.DoneFolder, a.PollSeconds, a.AuthHost,
		a.SMTPHost, a.SMTPPort, a.SMTPSecurity, a.SMTPUser, a.PerMinute, a.CA, a.Active, a.Since.String(),
	}
	if a.ID == 0 {
		err = tx.QueryRow(`INSERT INTO mail_account (name, address, sender, auth, tenant, client_id, imap_host, imap_port, imap_security, imap_user, folder, done_folder, poll_seconds, auth_host,
			smtp_host, smtp_port, smtp_security, smtp_user, per_minute, ca, active, since, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) RETURNING id`, append(values, tx.Now())...).Scan(&id)
		return id, a.explain(err)
	}
	err = tx.QueryRow(`UPDATE mail_account SET name = $1, address = $2, sender = $3, auth = $4, tenant = $5, client_id = $6, imap_host = $7, imap_port = $8, imap_security = $9, imap_user = $10,
		folder = $11, done_folder = $12, poll_seconds = $13, auth_host = $14, smtp_host = $15, smtp_port = $16, smtp_security = $17, smtp_user = $18, per_minute = $19, ca = $20, active = $21, since = $22,
		version = version + 1 WHERE id = $23 AND version = $24 RETURNING id`, append(values, a.ID, a.Version)...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, changed("Cette boîte a changé")
	}
	return id, a.explain(err)
}

// explain says which address is already there.
func (a *Account) explain(err error) error {
	if name, ok := store.Unique(err); ok && name == "mail_account_address" {
		return fault.Wrap(fault.Conflict, err, "Une boîte a déjà l’adresse « %s » : modifiez celle-là.", a.Address)
	}
	return err
}

func changed(what string) error {
	return fault.New(fault.Conflict, "%s depuis son affichage : rien n’a été enregistré. Rouvrez-la, puis recommencez.", what)
}

// DropAccount takes a mailbox away; one that has brought or sent something is
// only put to rest, for its messages keep naming it. What opens it is forgotten on
// this workstation and in the database; nothing changes on the server.
// Administration.
func (s *Service) DropAccount(ctx context.Context, id, version int64) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		a, err := accountTx(tx, id)
		if err != nil {
			return err
		}
		if a.Version != version {
			return changed("Cette boîte a changé")
		}
		var used int
		if err := tx.QueryRow(`SELECT (SELECT COUNT(*) FROM mail_message WHERE account_id = $1) + (SELECT COUNT(*) FROM mail_place WHERE account_id = $1) + (SELECT COUNT(*) FROM outbox WHERE account_id = $1)`, id).Scan(&used); err != nil {
			return err
		}
		what := "Boîte « " + a.Name + " » supprimée"
		if used > 0 {
			what = "Boîte « " + a.Name + " » désactivée"
			_, err = tx.Exec(`UPDATE mail_account SET active = 0, secret = NULL, version = version + 1 WHERE id = $1`, id)
		} else if _, err = tx.Exec(`DELETE FROM mail_folder WHERE account_id = $1`, id); err == nil {
			_, err = tx.Exec(`DELETE FROM mail_account WHERE id = $1`, id)
		}
		if err != nil {
			return err
		}
		tx.Publish(TopicAccount, id)
		return staff.Audit(tx, "mail.account", accountObject(id), what)
	})
	if err != nil {
		return err
	}
	s.forget(id)
	key, err := keyOf(ctx)
	if err != nil { // nothing can be in a keyring under a name that needs the key
		return nil
	}
	if err := s.out.ring.forget(keyringName(key, id)); err != nil && !errors.Is(err, wire.ErrNoKeyring) {
		return fault.Wrap(fault.Unavailable, err, "La boîte est retirée, mais son mot de passe est resté dans le trousseau de ce poste : effacez-le à la main (Ardoise).")
	}
	return nil
}

package mailbox

import (
	"context"

	"ardoise/data/fault"
)

// errNotYet is what doors still to be built answer.
var errNotYet = fault.New(fault.Unavailable, "Pas encore.")

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

// NewAccount is what a new mailbox begins with.
func NewAccount() Account {
	return Account{
		Auth: "password", IMAPPort: 993, IMAPSecurity: "tls", Folder: "INBOX", PollSeconds: 120,
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

// Accounts lists the mailboxes. Administration and Accueil.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) { return nil, errNotYet }

// SaveAccount checks and keeps a mailbox (ID 0: a new one). Administration.
func (s *Service) SaveAccount(ctx context.Context, a Account, with Secrets) (id int64, err error) {
	return 0, errNotYet
}

// DropAccount stops using a mailbox; its messages stay, nothing is deleted on the
// server. Administration.
func (s *Service) DropAccount(ctx context.Context, id, version int64) error { return errNotYet }

// TestAccount tries what is typed, kept or not: signs in, opens the folders,
// greets the sending server. Nothing is changed, read or sent. Administration.
func (s *Service) TestAccount(ctx context.Context, a Account, with Secrets) ([]Check, error) {
	return nil, errNotYet
}

// Consent is a sign-in at Google or Microsoft under way.
type Consent struct {
	URL    string                          // to open in a browser
	Code   string                          // to type there (device flow), "" for the loopback flow
	Finish func(ctx context.Context) error // waits for the agreement and keeps the tokens
}

// SignIn begins the sign-in of an account kept with Auth google or microsoft.
// Administration.
func (s *Service) SignIn(ctx context.Context, accountID int64) (*Consent, error) {
	return nil, errNotYet
}

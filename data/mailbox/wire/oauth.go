package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/endpoints"
)

// The providers whose mailboxes are opened by their own page.
const (
	Google    = "google"
	Microsoft = "microsoft"
)

// providerOf tells whose server a host is, "" : neither's.
func providerOf(host string) string {
	switch {
	case hostOf(host, "gmail.com", "google.com", "googlemail.com"):
		return Google
	case hostOf(host, "office365.com", "outlook.com", "office.com", "hotmail.com", "live.com"):
		return Microsoft
	}
	return ""
}

// Registration is the town's own registration of this program at a provider's.
type Registration struct {
	Provider     string // Google or Microsoft
	ClientID     string
	ClientSecret string // Google's; Microsoft wants none
	Tenant       string // Microsoft's, "" : any
	Address      string // of the mailbox: the page proposes it
	Now          func() time.Time

	Endpoint *oauth2.Endpoint // nil: the provider's
	HTTP     *http.Client     // nil: one of ours
}

// Tokens are what a sign-in gives. Whoever has them reads the mailbox: they are
// kept sealed.
type Tokens struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expiry  time.Time `json:"expiry"` // of Access; zero: unsaid
}

// ConsentFailed is an error of a provider's sign-in.
type ConsentFailed struct {
	Provider string
	Renewing bool // while renewing what had been agreed
	Err      error
}

func (e *ConsentFailed) Error() string {
	return fmt.Sprintf("wire: sign-in at %s: %v", e.Provider, e.Err)
}

// Unwrap gives the cause.
func (e *ConsentFailed) Unwrap() error { return e.Err }

var (
	errNoClient  = errors.New("wire: the registration is not complete")
	errTenant    = errors.New("wire: this is no tenant")
	errExpired   = errors.New("wire: nobody agreed in time")
	errNoRefresh = errors.New("wire: the provider gave no token to renew")
	errPage      = errors.New("wire: the provider's page is not a page")
)

var (
	googleScopes    = []string{"https://mail.google.com/"}
	microsoftScopes = []string{
		"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access",
	}
	tenantName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,100}$`)
)

// consentPatience is how long a person has to agree, and oauthAnswer how long a
// provider has to answer.
var (
	consentPatience = 15 * time.Minute
	oauthAnswer     = 30 * time.Second
)

func (r Registration) config() (*oauth2.Config, error) {
	c := &oauth2.Config{ClientID: r.ClientID, ClientSecret: r.ClientSecret}
	switch {
	case r.ClientID == "":
		return nil, errNoClient
	case r.Provider == Google:
		c.Endpoint, c.Scopes = endpoints.Google, googleScopes
	case r.Provider == Microsoft:
		if r.Tenant != "" && !tenantName.MatchString(r.Tenant) {
			return nil, errTenant
		}
		c.Endpoint, c.Scopes = endpoints.AzureAD(r.Tenant), microsoftScopes
	default:
		return nil, errNoClient
	}
	if r.Endpoint != nil {
		c.Endpoint = *r.Endpoint
	}
	c.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return c, nil
}

// bound makes the library use our client, and ours alone obey ctx: its first
// request of the device flow does not.
func (r Registration) bound(ctx context.Context) context.Context {
	client := http.Client{}
	if r.HTTP != nil {
		client = *r.HTTP
	}
	if client.Timeout == 0 {
		client.Timeout = oauthAnswer
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = obeying{ctx: ctx, next: client.Transport}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return context.WithValue(ctx, oauth2.HTTPClient, &client)
}

type obeying struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (o obeying) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	stop := context.AfterFunc(o.ctx, func() { cancel(context.Cause(o.ctx)) })
	end := func() { stop(); cancel(nil) }
	resp, err := o.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = &ending{ReadCloser: resp.Body, end: end}
	return resp, nil
}

func (r Registration) failed(err error, renewing bool) error {
	if err == nil {
		return nil
	}
	return &ConsentFailed{Provider: r.Provider, Renewing: renewing, Err: err}
}

// tokens takes what the library got, with the expiry on our clock.
func (r Registration) tokens(t *oauth2.Token) (Tokens, error) {
	got := Tokens{Access: t.AccessToken, Refresh: t.RefreshToken}
	if t.ExpiresIn > 0 {
		got.Expiry = r.Now().Add(time.Duration(t.ExpiresIn) * time.Second).UTC().Truncate(time.Second)
	}
	if got.Refresh == "" {
		return Tokens{}, errNoRefresh
	}
	return got, nil
}

// early is how long before its end an access token is renewed.
const early = 3 * time.Minute

// Fresh gives tokens whose access is good for some minutes, renewed where need be;
// changed ones are to be kept, for some providers take the older ones back.
func (r Registration) Fresh(ctx context.Context, t Tokens) (fresh Tokens, changed bool, err error) {
	if t.Access != "" && (t.Expiry.IsZero() || r.Now().Add(early).Before(t.Expiry)) {
		return t, false, nil
	}
	fresh, err = r.Renew(ctx, t)
	return fresh, err == nil, err
}

// Renew gives new tokens whatever the time: the server refused the old ones.
func (r Registration) Renew(ctx context.Context, t Tokens) (Tokens, error) {
	conf, err := r.config()
	if err != nil {
		return Tokens{}, r.failed(err, true)
	}
	if t.Refresh == "" {
		return Tokens{}, r.failed(errNoRefresh, true)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, oauthAnswer, errSilent)
	defer cancel()
	got, err := conf.TokenSource(r.bound(ctx), &oauth2.Token{RefreshToken: t.Refresh}).Token()
	if err != nil {
		return Tokens{}, r.failed(err, true)
	}
	fresh, err := r.tokens(got)
	return fresh, r.failed(err, true)
}

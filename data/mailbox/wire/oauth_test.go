package wire_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

// provider plays Google or Microsoft: RFC 6749, 7636 (PKCE), 8628 (device) and
// 7662 (introspection).
type provider struct {
	*httptest.Server
	mu        sync.Mutex
	pending   int    // how often "not yet" is said to a device
	refuse    string // error code of the token page
	words     string // with a description
	status    int
	challenge string
	redirect  string
	access    string
	refresh   string
	issued    int
	asked     []url.Values
	user      string
	noRefresh bool
}

func provide(t *testing.T) *provider {
	t.Helper()
	p := &provider{status: http.StatusBadRequest, user: "cantine@mairie.example"}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /device", p.device)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /introspect", p.introspect)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client has left
	}
}

func (p *provider) no(w http.ResponseWriter, code string) {
	p.reply(w, p.status, map[string]any{"error": code, "error_description": p.words})
}

func (p *provider) device(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != "client" || !strings.Contains(r.FormValue("scope"), "offline_access") {
		p.no(w, "invalid_client")
		return
	}
	p.reply(w, 200, map[string]any{
		"device_code": "D", "user_code": "ABCD-1234", "verification_uri": "https://microsoft.example/devicelogin",
		"expires_in": 3, "interval": 1,
	})
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	p.challenge, p.redirect = q.Get("code_challenge"), q.Get("redirect_uri")
	p.asked = append(p.asked, q)
	back := url.Values{"state": {q.Get("state")}}
	if p.refuse != "" {
		back.Set("error", p.refuse)
	} else {
		back.Set("code", "C")
	}
	http.Redirect(w, r, p.redirect+"?"+back.Encode(), http.StatusFound)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		p.no(w, "invalid_request")
		return
	}
	p.asked = append(p.asked, r.Form)
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch kind := r.FormValue("grant_type"); {
	case p.refuse != "":
		p.no(w, p.refuse)
		return
	case kind == "urn:ietf:params:oauth:grant-type:device_code" && p.pending > 0:
		p.pending--
		p.no(w, "authorization_pending")
		return
	case kind == "urn:ietf:params:oauth:grant-type:device_code" && r.FormValue("device_code") == "D":
	case kind == "authorization_code" && r.FormValue("code") == "C" && r.FormValue("redirect_uri") == p.redirect &&
		base64.RawURLEncoding.EncodeToString(sum[:]) == p.challenge && r.FormValue("client_secret") == "secret":
	case kind == "refresh_token" && r.FormValue("refresh_token") == p.refresh:
	default:
		p.no(w, "invalid_grant")
		return
	}
	p.issued++
	p.access, p.refresh = fmt.Sprintf("access-%d", p.issued), fmt.Sprintf("refresh-%d", p.issued)
	out := map[string]any{"access_token": p.access, "token_type": "Bearer", "expires_in": 3600}
	if !p.noRefresh {
		out["refresh_token"] = p.refresh
	}
	p.reply(w, 200, out)
}

func (p *provider) introspect(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.FormValue("token") != p.access || p.access == "" {
		p.reply(w, 200, map[string]any{"active": false})
		return
	}
	p.reply(w, 200, map[string]any{"active": true, "username": p.user})
}

func (p *provider) registration(who string) wire.Registration {
	return wire.Registration{
		Provider: who, ClientID: "client", ClientSecret: "secret", Address: p.user, Now: time.Now,
		Endpoint: &oauth2.Endpoint{AuthURL: p.URL + "/authorize", TokenURL: p.URL + "/token", DeviceAuthURL: p.URL + "/device"},
	}
}

// browse opens an address as a browser would and gives the page.
func browse(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestDeviceFlow(t *testing.T) {
	p := provide(t)
	p.pending = 1
	c, err := p.registration(wire.Microsoft).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.URL != "https://microsoft.example/devicelogin" || c.Code != "ABCD-1234" {
		t.Errorf("%+v", c)
	}
	tokens, err := c.Wait(t.Context())
	if err != nil || tokens.Access != "access-1" || tokens.Refresh != "refresh-1" || time.Until(tokens.Expiry).Round(time.Minute) != time.Hour {
		t.Errorf("%+v %v", tokens, err)
	}
	b, err := json.Marshal(tokens)
	var back wire.Tokens
	if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil || back != tokens {
		t.Errorf("%s %v", b, err)
	}
	p.pending = 99
	c, err = p.registration(wire.Microsoft).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Wait(t.Context())
	said(t, err, fault.Invalid, "Le code a expiré", "Microsoft")
}

func TestLoopbackFlow(t *testing.T) {
	p := provide(t)
	c, err := p.registration(wire.Google).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if c.Code != "" || q.Get("code_challenge_method") != "S256" || q.Get("access_type") != "offline" || q.Get("scope") != "https://mail.google.com/" ||
		q.Get("login_hint") != p.user || !strings.HasPrefix(q.Get("redirect_uri"), "http://127.0.0.1:") {
		t.Errorf("%s", c.URL)
	}
	// somebody else's page sends a browser here
	for _, evil := range []string{"?code=X", "?code=X&state=guess", "?state=" + q.Get("state"), "other?code=X&state=" + q.Get("state")} {
		if status, page := browse(t, q.Get("redirect_uri")+evil); status != 400 || strings.Contains(page, "fait") {
			t.Errorf("%s: %d %s", evil, status, page)
		}
	}
	if status, page := browse(t, c.URL); status != 200 || !strings.Contains(page, "vous pouvez fermer cette page") {
		t.Errorf("%d %s", status, page)
	}
	tokens, err := c.Wait(t.Context())
	if err != nil || tokens.Refresh != "refresh-1" {
		t.Errorf("%+v %v", tokens, err)
	}
	if _, err := http.Get(q.Get("redirect_uri")); err == nil {
		t.Error("the port is still open")
	}
	// Microsoft's, which wants the name
	c, err = p.registration(wire.Microsoft).BeginLoopback(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.URL, "redirect_uri=http%3A%2F%2Flocalhost%3A") {
		t.Error(c.URL)
	}
	p.refuse = "access_denied"
	if _, page := browse(t, c.URL); !strings.Contains(page, "pas été accordée") {
		t.Error(page)
	}
	_, err = c.Wait(t.Context())
	said(t, err, fault.Invalid, "La connexion a été refusée sur la page de Microsoft")
	// nobody comes
	p.refuse = ""
	c, err = p.registration(wire.Google).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = c.Wait(ctx)
	said(t, err, fault.Unavailable, "Google")
}

// TestPKCE: without the verifier the agreement is worth nothing. The provider
// checks it; this sees that it does, and so that we send the right one above.
func TestPKCE(t *testing.T) {
	p := provide(t)
	c, err := p.registration(wire.Google).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	browse(t, c.URL)
	p.mu.Lock()
	p.challenge = "another"
	p.mu.Unlock()
	_, err = c.Wait(t.Context())
	said(t, err, fault.Invalid, "Reconnectez le compte")
}

func TestRenewal(t *testing.T) {
	p := provide(t)
	r := p.registration(wire.Microsoft)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r.Now = func() time.Time { return now }
	p.refresh = "refresh-0"
	old := wire.Tokens{Access: "access-0", Refresh: "refresh-0", Expiry: now.Add(3*time.Minute + time.Second)}
	if got, changed, err := r.Fresh(t.Context(), old); err != nil || changed || got != old {
		t.Errorf("%+v %v %v", got, changed, err)
	}
	now = now.Add(time.Second)
	got, changed, err := r.Fresh(t.Context(), old)
	if err != nil || !changed || got.Access != "access-1" || got.Refresh != "refresh-1" || !got.Expiry.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v %v %v", got, changed, err)
	}
	_, err = r.Renew(t.Context(), old) // taken back by the provider
	said(t, err, fault.Invalid, "n’est plus valable", "Reconnectez le compte")
	_, err = r.Renew(t.Context(), wire.Tokens{})
	said(t, err, fault.Invalid, "Reconnectez le compte")
	p.noRefresh = true // Google's way: the refresh token stays the same
	if got, err := r.Renew(t.Context(), got); err != nil || got.Refresh != "refresh-1" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestProviderRefuses(t *testing.T) {
	for _, c := range []struct {
		code, description string
		status            int
		kind              fault.Kind
		words             string
	}{
		{"access_denied", "", 400, fault.Invalid, "a été refusée sur la page"},
		{"authorization_declined", "", 400, fault.Invalid, "a été refusée sur la page"},
		{"expired_token", "", 400, fault.Invalid, "Le code a expiré"},
		{"invalid_client", "", 401, fault.Invalid, "ne reconnaît pas l’application"},
		{"invalid_client", "AADSTS7000218: The request body must contain", 401, fault.Invalid, "flux clients publics"},
		{"unauthorized_client", "AADSTS700016: Application not found", 400, fault.Invalid, "ne connaît pas cette application"},
		{"invalid_grant", "AADSTS65001: consent", 400, fault.Invalid, "L’administrateur"},
		{"invalid_grant", "", 400, fault.Invalid, "Reconnectez le compte"},
		{"invalid_scope", "", 400, fault.Invalid, "accès IMAP et SMTP"},
		{"server_error", "", 500, fault.Unavailable, "momentanément"},
		{"", "", 503, fault.Unavailable, "momentanément"},
		{"something_new", "", 400, fault.Invalid, "a refusé la connexion"},
	} {
		p := provide(t)
		p.refuse, p.words, p.status = c.code, c.description, c.status
		if c.code == "" {
			p.refuse = " "
		}
		_, err := p.registration(wire.Microsoft).Renew(t.Context(), wire.Tokens{Refresh: "r"})
		said(t, err, c.kind, c.words)
	}
	p := provide(t)
	p.noRefresh = true
	c, err := p.registration(wire.Microsoft).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Wait(t.Context())
	said(t, err, fault.Invalid, "accès durable")
	bad := p.registration(wire.Microsoft)
	bad.Tenant = "../x"
	_, err = bad.Begin(t.Context())
	said(t, err, fault.Invalid, "organisation")
	bad.ClientID = ""
	_, err = bad.Begin(t.Context())
	said(t, err, fault.Invalid, "L’identifiant d’application manque")
	p.Close()
	_, err = p.registration(wire.Microsoft).Begin(t.Context())
	said(t, err, fault.Unavailable, "ne répond pas")
}

// TestSilentProvider: the first request of the device flow obeys ctx too.
func TestSilentProvider(t *testing.T) {
	block := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-block }))
	defer s.Close()
	defer close(block)
	r := wire.Registration{
		Provider: wire.Microsoft, ClientID: "c", Now: time.Now,
		Endpoint: &oauth2.Endpoint{TokenURL: s.URL, DeviceAuthURL: s.URL},
	}
	for _, what := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := r.BeginDevice(ctx); return err },
		func(ctx context.Context) error { _, err := r.Renew(ctx, wire.Tokens{Refresh: "r"}); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		begin := time.Now()
		err := what(ctx)
		cancel()
		if time.Since(begin) > 2*time.Second {
			t.Errorf("took %v", time.Since(begin))
		}
		said(t, err, fault.Unavailable, "ne répond pas")
	}
}

// TestXOAuth2 signs in to Dovecot with a token that Dovecot has confirmed by our
// provider.
func TestXOAuth2(t *testing.T) {
	p := provide(t)
	d := mailtest.Dovecot(t, mailtest.OAuth(p.URL+"/introspect"))
	p.refresh = "refresh-0"
	tokens, err := p.registration(wire.Microsoft).Renew(t.Context(), wire.Tokens{Refresh: "refresh-0"})
	if err != nil {
		t.Fatal(err)
	}
	for _, security := range []string{wire.TLS, wire.StartTLS} {
		in, err := wire.DialInbox(t.Context(), at(d, security), wire.Credential{Token: tokens.Access})
		if err != nil {
			t.Fatalf("%v\n%s", err, d.Log())
		}
		open(t, in, "INBOX")
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		_, err = wire.DialInbox(t.Context(), at(d, security), wire.Credential{Token: "another"})
		said(t, err, fault.Invalid, "ne reconnaît plus l’autorisation", "Reconnectez le compte")
	}
	if n := strings.Count(d.Log(), "method=XOAUTH2"); n < 2 {
		t.Errorf("%d sign-ins by XOAUTH2", n)
	}
	dialInbox(t, d) // the password goes on working
}

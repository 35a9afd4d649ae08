package wire

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// ending tells when an answer has been read.
type ending struct {
	io.ReadCloser
	end func()
}

// Read reads; at the end, or on an error, nothing waits for it any more.
func (e *ending) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if err != nil {
		e.end()
	}
	return n, err
}

// Close closes.
func (e *ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// Consent is a sign-in under way: a person opens URL and agrees.
type Consent struct {
	URL  string
	Code string // to type there, "" : nothing is to be typed
	wait func(ctx context.Context) (Tokens, error)
	drop func()
}

// Wait waits until the person has agreed, or has not. Only once.
func (c *Consent) Wait(ctx context.Context) (Tokens, error) {
	defer c.Drop()
	ctx, cancel := context.WithTimeoutCause(ctx, consentPatience, errExpired)
	defer cancel()
	return c.wait(ctx)
}

// Drop gives the sign-in up.
func (c *Consent) Drop() {
	if c.drop != nil {
		c.drop()
	}
}

// Begin begins a sign-in in the way the provider allows: by a code typed on its
// page at Microsoft's, by the browser of this machine at Google's, which gives no
// mailbox to a typed code.
func (r Registration) Begin(ctx context.Context) (*Consent, error) {
	if r.Provider == Google {
		return r.BeginLoopback(ctx)
	}
	return r.BeginDevice(ctx)
}

// BeginDevice begins a sign-in by a code (RFC 8628), which may be typed on any
// machine.
func (r Registration) BeginDevice(ctx context.Context) (*Consent, error) {
	conf, err := r.config()
	if err != nil {
		return nil, r.failed(err, false)
	}
	asking, cancel := context.WithTimeoutCause(ctx, oauthAnswer, errSilent)
	defer cancel()
	given, err := conf.DeviceAuth(r.bound(asking))
	if err != nil {
		return nil, r.failed(err, false)
	}
	page, err := url.Parse(given.VerificationURI)
	if err != nil || page.Host == "" || page.Scheme != "https" && page.Scheme != "http" || given.UserCode == "" || given.DeviceCode == "" {
		return nil, r.failed(errPage, false)
	}
	return &Consent{URL: page.String(), Code: plainWords(given.UserCode), wait: func(ctx context.Context) (Tokens, error) {
		t, err := poll(r.bound(ctx), conf, given)
		if err != nil {
			return Tokens{}, r.failed(err, false)
		}
		got, err := r.tokens(t)
		return got, r.failed(err, false)
	}}, nil
}

// poll asks for the token at the pace the provider sets; a network that is away for
// a moment ends nothing.
func poll(ctx context.Context, conf *oauth2.Config, given *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	for {
		t, err := conf.DeviceAccessToken(ctx, given)
		var (
			away    *url.Error
			refused *oauth2.RetrieveError
		)
		switch {
		case err == nil:
			return t, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &away):
			return nil, errExpired // the code's own end
		case errors.As(err, &away), errors.As(err, &refused) && refused.Response.StatusCode >= 500:
			continue // it waits its interval first
		}
		return nil, err
	}
}

// BeginLoopback begins a sign-in in the browser of this machine, which the provider
// sends back to a port of ours with the agreement; PKCE makes it worthless to
// anybody else.
func (r Registration) BeginLoopback(ctx context.Context) (*Consent, error) {
	conf, err := r.config()
	if err != nil {
		return nil, r.failed(err, false)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, r.failed(err, false)
	}
	name := "127.0.0.1"
	if r.Provider == Microsoft {
		name = "localhost" // the one name it takes with any port
	}
	conf.RedirectURL = fmt.Sprintf("http://%s:%d/", name, listener.Addr().(*net.TCPAddr).Port)
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	back := make(chan url.Values, 1)
	server := &http.Server{
		Handler:           returning(state, back),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	drop := sync.OnceFunc(func() {
		// the page must reach the browser: a moment for it, then no more
		grace, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			if err := server.Close(); err != nil {
				return // it is closed already
			}
		}
		<-served
	})
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if r.Provider == Google {
		options = append(options, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	if r.Address != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", r.Address))
	}
	return &Consent{URL: conf.AuthCodeURL(state, options...), drop: drop, wait: func(ctx context.Context) (Tokens, error) {
		select {
		case <-ctx.Done():
			return Tokens{}, r.failed(context.Cause(ctx), false)
		case answer := <-back:
			if code := answer.Get("error"); code != "" {
				return Tokens{}, r.failed(&oauth2.RetrieveError{ErrorCode: code, ErrorDescription: plainWords(answer.Get("error_description"))}, false)
			}
			t, err := conf.Exchange(r.bound(ctx), answer.Get("code"), oauth2.VerifierOption(verifier))
			if err != nil {
				return Tokens{}, r.failed(err, false)
			}
			got, err := r.tokens(t)
			return got, r.failed(err, false)
		}
	}}, nil
}

// returning hears the browser come back. Whoever does not know the state is sent
// away and changes nothing.
func returning(state string, back chan<- url.Values) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		q := r.URL.Query()
		if r.Method != http.MethodGet || r.URL.Path != "/" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1 ||
			q.Get("code") == "" && q.Get("error") == "" {
			w.WriteHeader(http.StatusBadRequest)
			page(w, "Cette page ne répond qu’à la connexion en cours.")
			return
		}
		select {
		case back <- q:
		default: // it came already
		}
		if q.Get("error") != "" {
			page(w, "La connexion n’a pas été accordée. Vous pouvez fermer cette page et revenir dans Ardoise.")
			return
		}
		page(w, "C’est fait : vous pouvez fermer cette page et revenir dans Ardoise.")
	})
}

func page(w io.Writer, sentence string) {
	if _, err := fmt.Fprintf(w, "<!doctype html><html lang=\"fr\"><title>Ardoise</title><p>%s</p></html>", sentence); err != nil {
		return // the browser is gone; what matters has been heard
	}
}

package mailbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// provider is a sign-in service of the test's own: each renewal gives another
// token, and takes only the one it gave last.
type provider struct {
	*httptest.Server
	given int
	dead  bool
}

func newProvider(t *testing.T) *provider {
	p := &provider{}
	mux := http.NewServeMux()
	mux.HandleFunc("/device", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"device_code": "d", "user_code": "ABCD", "verification_uri": "https://login.example/device", "expires_in": 600, "interval": 1})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") != fmt.Sprint("refresh-", p.given) || p.dead {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		p.given++
		p.answer(w, map[string]any{"access_token": fmt.Sprint("access-", p.given), "refresh_token": fmt.Sprint("refresh-", p.given), "expires_in": 3600, "token_type": "Bearer"})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func TestSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := newProvider(t)
		w := newHamlet(t, db)
		w.s.out.sign = func(r *wire.Registration) {
			r.Endpoint = &oauth2.Endpoint{TokenURL: p.URL + "/token", DeviceAuthURL: p.URL + "/device", AuthURL: p.URL + "/auth"}
		}
		if _, err := w.s.SignIn(w.ctx, w.account); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a mailbox with a password: %v", err)
		}
		list, err := w.s.Accounts(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		a := list[0]
		a.Auth, a.ClientID = byMicrosoft, "client"
		if _, err := w.s.SaveAccount(w.ctx, a, Secrets{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.credential(w.ctx, a, false); !strings.Contains(fault.Sentence(err), "Microsoft") {
			t.Errorf("before the sign-in: %v", err)
		}
		c, err := w.s.SignIn(w.ctx, w.account)
		if err != nil {
			t.Fatal(err)
		}
		if c.Code != "ABCD" || c.URL != "https://login.example/device" {
			t.Errorf("%+v", c)
		}
		if err := c.Finish(w.ctx); err != nil {
			t.Fatal(err)
		}
		token := func(want string) {
			t.Helper()
			for _, sending := range []bool{false, true} {
				if c, err := w.s.credential(w.ctx, a, sending); err != nil || c.Token != want || c.Password != "" {
					t.Errorf("%+v, %v, want %s", c, err, want)
				}
			}
		}
		token("access-1") // in memory
		w.clock.Add(59*time.Minute + 30*time.Second)
		token("access-2") // its end was near: renewed, and what renews it next is kept
		again := New(db)
		again.out = w.s.out
		if c, err := again.credential(w.ctx, a, false); err != nil || c.Token != "access-3" {
			t.Errorf("another start: %+v, %v", c, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'mail.account' AND detail LIKE '%Microsoft%'`); n != 1 {
			t.Errorf("%d lines in the trail", n)
		}
		w.s.refused(w.account, &wire.Failed{Step: wire.SigningIn, Token: true})
		p.dead = true
		if _, err := w.s.credential(w.ctx, a, false); err == nil || strings.Contains(fault.Sentence(err), "invalid_grant") {
			t.Errorf("withdrawn: %v", err)
		}
	})
}

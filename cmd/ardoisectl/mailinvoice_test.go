//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/mailbox/mailtest"
)

// invoiced: a month's invoice leaves with its PDF.
func (v *village) invoiced(e *mailtest.Exim) {
	t := v.t
	v.now = time.Date(2026, 12, 1, 9, 0, 0, 0, calendar.Paris)
	v.ok("settings", "set", "billing.issuer_name=Perret", "billing.issuer_given=Nathalie", "billing.issuer_title=Régisseuse", "billing.contact=à la mairie")
	var run runJSON
	v.json(&run, "invoice", "issue", "--month", "2026-11")
	if run.Count != 1 {
		t.Fatalf("%+v", run)
	}
	before := len(e.Delivered(t))
	v.ok("mail", "send")
	all := e.Delivered(t)
	var found int
	for _, raw := range all {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		kind, with, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/mixed" {
			continue
		}
		found++
		if to := m.Header.Get("To"); !strings.Contains(to, "mickael.dumont@example.org") || !strings.HasPrefix(m.Header.Get("Auto-Submitted"), "auto-") {
			t.Errorf("%v", m.Header)
		}
		parts := multipart.NewReader(m.Body, with["boundary"])
		var names []string
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if name := p.FileName(); name != "" {
				names = append(names, name)
				body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
				if err != nil || !bytes.HasPrefix(body, []byte("%PDF")) {
					t.Errorf("%s begins with %q: %v", name, body[:min(len(body), 8)], err)
				}
				file := filepath.Join(t.TempDir(), "jointe.pdf")
				if err := os.WriteFile(file, body, 0o600); err != nil {
					t.Fatal(err)
				}
				says(t, file, run.Invoices[0].Number)
			}
		}
		if len(names) != 1 || !strings.Contains(names[0], run.Invoices[0].Number) || !strings.HasSuffix(names[0], ".pdf") {
			t.Errorf("joined: %q", names)
		}
	}
	if found != 1 || len(all) <= before {
		t.Errorf("%d letters with a file, %d letters then %d", found, before, len(all))
	}
}

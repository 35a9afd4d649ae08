package mailbox

import (
	"bytes"
	"io"
	"net/mail"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
)

// Stand-ins until the readers are merged.
func init() {
	readMessage = func(raw []byte, _ message.Options) (*message.Message, error) {
		p, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "Ce message n’a pas d’en-tête lisible.")
		}
		b, err := io.ReadAll(p.Body)
		if err != nil {
			return nil, err
		}
		m := &message.Message{HeaderID: strings.Trim(p.Header.Get("Message-ID"), "<>"), Subject: p.Header.Get("Subject")}
		if a, err := mail.ParseAddress(p.Header.Get("From")); err == nil {
			m.From = message.Address{Name: a.Name, Mail: strings.ToLower(a.Address)}
		}
		m.Text = strings.ReplaceAll(string(b), "\r\n", "\n")
		m.Own = m.Text
		m.Quiet = p.Header.Get("Auto-Submitted") == "auto-replied"
		if strings.Contains(p.Header.Get("Authentication-Results"), "dmarc=fail") {
			m.Auth = message.Auth{Host: "mx.mairie.example", DMARC: "fail"}
		}
		return m, nil
	}
	understood = func(in reading.Input) reading.Understood {
		p := reading.Proposal{Kind: reading.None, Why: "rien"}
		var marks []reading.Mark
		if i := strings.Index(in.Text, "annuler"); i >= 0 {
			p.Kind = reading.Cancel
			if len(in.Children) != 1 {
				p.Doubt = "enfant"
			}
			marks = []reading.Mark{{Start: i, End: i + 7, What: "intent"}}
		}
		return reading.Understood{Proposals: []reading.Proposal{p}, Marks: marks, Summary: "Vu"}
	}
}

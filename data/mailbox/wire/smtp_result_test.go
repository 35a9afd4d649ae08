package wire

import (
	"errors"
	"io"
	"net/textproto"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestJudge: what providers really answer, and what becomes of the letter.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		stage Stage
		code  int
		words string
		want  string // temporary, permanent, address, unsent, doubt
		text  string // part of the sentence
	}{
		{AtRecipient, 550, "5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Please try double-checking", "address", "n’existe pas ou n’est plus ouverte (550 5.1.1)"},
		{AtRecipient, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", "address", "(550 5.1.10)"},
		{AtRecipient, 550, "5.2.1 The email account that you tried to reach is disabled", "address", "n’est plus ouverte"},
		{AtRecipient, 550, "Requested action not taken: mailbox unavailable", "address", "(550)"},
		{AtRecipient, 553, "sorry, no mailbox here by that name", "address", "(553)"},
		{AtRecipient, 550, "5.7.1 Service unavailable, client host blocked using Spamhaus", "permanent", "indésirable"},
		{AtRecipient, 550, "blocked by policy", "permanent", "indésirable"},
		{AtRecipient, 554, "5.7.1 <x@y>: Recipient address rejected: Access denied", "permanent", "indésirable"},
		{AtRecipient, 552, "5.2.2 Over quota", "permanent", "est pleine"},
		{AtRecipient, 552, "mailbox is full", "permanent", "est pleine"},
		{AtRecipient, 452, "4.2.2 Over quota", "temporary", "est pleine pour l’instant"},
		{AtRecipient, 450, "4.2.0 Greylisted", "temporary", "n’a pas pris le message"},
		{AtRecipient, 451, "4.7.1 Please try again later", "temporary", "demande d’attendre"},
		{AtRecipient, 554, "5.7.1 <x@y>: Relay access denied", "unsent", "n’accepte pas les messages de cette boîte"},
		{AtRecipient, 530, "5.7.0 Must issue a STARTTLS command first", "unsent", "s’identifie"},
		{AtRecipient, 421, "4.7.0 Try again later, closing connection", "unsent", "demande d’attendre (421 4.7.0)"},
		{AtSender, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "unsent", "refuse que cette boîte envoie"},
		{AtSender, 452, "4.3.1 Insufficient system storage", "unsent", "demande d’attendre"},
		{AtSender, 454, "4.7.0 Too many login attempts", "unsent", "demande d’attendre"},
		{AtEnd, 550, "5.1.1 user unknown", "address", "n’existe pas"},
		{AtEnd, 550, "High probability of spam", "permanent", "indésirable"},
		{AtEnd, 554, "Transaction failed", "permanent", "Réponse du serveur : « Transaction failed »"},
		{AtEnd, 552, "5.3.4 Message size exceeds fixed limit", "permanent", "trop lourd"},
		{AtEnd, 451, "4.3.0 Temporary failure", "temporary", "n’a pas pris le message"},
		{AtEnd, 421, "4.4.2 Timeout, closing", "unsent", "demande d’attendre"},
		{AtEnd, 0, "", "doubt", "peut-être parti"},
		{AtData, 0, "", "unsent", "coupée avant l’envoi"},
		{AtSender, 0, "", "unsent", "coupée avant l’envoi"},
		{AtRecipient, 299, "nonsense", "unsent", "coupée avant l’envoi"},
	} {
		var err error = &textproto.Error{Code: c.code, Msg: c.words}
		if c.code == 0 {
			err = io.EOF
		}
		err = judge(c.stage, err)
		var (
			permanent *Permanent
			temporary *Temporary
			doubt     *Doubt
			unsent    *Unsent
		)
		got := ""
		switch {
		case errors.As(err, &permanent) && permanent.Address:
			got = "address"
		case errors.As(err, &permanent):
			got = "permanent"
		case errors.As(err, &temporary):
			got = "temporary"
		case errors.As(err, &doubt):
			got = "doubt"
		case errors.As(err, &unsent):
			got = "unsent"
		}
		text := strings.ReplaceAll(ExplainSend(err, Server{Host: "smtp.mairie.example", Port: 587}, "x@y.fr"), "\u00a0", " ")
		if got != c.want || !strings.Contains(text, c.text) {
			t.Errorf("%s %d %q: %s, want %s: %s", c.stage, c.code, c.words, got, c.want, text)
		}
		if strings.Contains(text, "wire:") || strings.Contains(text, "EOF") || !strings.HasSuffix(text, ".") {
			t.Errorf("%s", text)
		}
	}
}

// TestWordsAreBounded: a server's answer is one line of bounded length.
func TestWordsAreBounded(t *testing.T) {
	r, ok := replyOf(AtEnd, &textproto.Error{Code: 550, Msg: "5.0.0 " + strings.Repeat("é\x1b[31m\n", 500)})
	if !ok || r.Status != "5.0.0" || len(r.Words) > maxWords+len("…") || strings.ContainsAny(r.Words, "\n\x1b") || !utf8.ValidString(r.Words) {
		t.Errorf("%d %q", len(r.Words), r.Words)
	}
}

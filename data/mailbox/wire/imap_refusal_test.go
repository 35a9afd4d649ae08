package wire_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/wire"
)

// TestInboxRefusals: what a server says no to, in its words and in ours.
func TestInboxRefusals(t *testing.T) {
	for _, c := range []struct {
		answer string
		kind   fault.Kind
		words  string
	}{
		{"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", fault.Invalid, "Gmail et Microsoft demandent une connexion par leur page"},
		{"NO [ALERT] Application-specific password required: https://support.example (Failure)", fault.Invalid, "par leur page"},
		{"NO [AUTHENTICATIONFAILED] Account is locked out", fault.Invalid, "bloqué ou désactivé"},
		{"NO [CONTACTADMIN] Ask them", fault.Invalid, "bloqué ou désactivé"},
		{"NO [EXPIRED] Password expired", fault.Invalid, "a expiré"},
		{"NO [UNAVAILABLE] Temporary failure", fault.Unavailable, "pour l’instant"},
		{"NO [LIMIT] Too many connections", fault.Unavailable, "trop de connexions"},
		{"NO Maximum number of connections from user+IP exceeded", fault.Unavailable, "trop de connexions"},
		{"NO [PRIVACYREQUIRED] no", fault.Invalid, "trop peu protégée"},
		{"NO", fault.Invalid, "refuse l’utilisateur"},
		{"BAD eh", fault.Invalid, "refuse l’utilisateur"},
	} {
		s := play(t, wire.TLS, func(s *script) {
			s.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n")
			tag, _ := s.hear()
			s.say(tag + " " + c.answer + "\r\n")
			s.hear()
		})
		_, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
		said(t, err, c.kind, c.words)
	}
	for _, c := range []struct {
		answer string
		kind   fault.Kind
		words  string
	}{
		{"NO [OVERQUOTA] Quota exceeded", fault.Unavailable, "La boîte est pleine"},
		{"NO [NOPERM] Permission denied", fault.Invalid, "lecture"},
		{"NO [INUSE] busy", fault.Unavailable, "occupé"},
		{"NO eh", fault.Unavailable, "Réponse du serveur : « eh »"},
	} {
		s := play(t, wire.TLS, func(s *script) {
			s.opened("MOVE")
			for range 2 { // with the keyword, and without
				tag, _ := s.hear()
				s.say(tag + " " + c.answer + "\r\n")
			}
			s.hear()
		})
		in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Select(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		said(t, in.Mark(t.Context(), []uint32{1}), c.kind, c.words)
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestGoodbyeWhileWorking: a server that is put down says so.
func TestGoodbyeWhileWorking(t *testing.T) {
	s := play(t, wire.TLS, func(s *script) {
		s.opened("IDLE")
		s.hear()
		s.say("+ idling\r\n")
		s.say("* BYE Maintenance à 18 h\r\n")
	})
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	_, _, err = in.Idle(t.Context(), 10*time.Second)
	said(t, err, fault.Unavailable, "Réponse du serveur : « Maintenance à 18 h »")
}

// TestWhatMayBeMarked: by what a folder says it keeps.
func TestWhatMayBeMarked(t *testing.T) {
	for _, c := range []struct {
		name, flags, end string
		refuse           string // what the server takes nothing of
		want             string // what was asked, "" : nothing
	}{
		{"anything", `* OK [PERMANENTFLAGS (\Seen \Deleted \*)] x`, "OK [READ-WRITE] x", "", `(\Seen $ArdoiseDone)`},
		{"our keyword by name", `* OK [PERMANENTFLAGS (\Seen $ardoisedone)] x`, "OK x", "", `(\Seen $ArdoiseDone)`},
		{"no keyword", `* OK [PERMANENTFLAGS (\Answered \Seen)] x`, "OK x", "", `(\Seen)`},
		{"unsaid", `* FLAGS (\Seen)`, "OK x", "", `(\Seen $ArdoiseDone)`},
		{"keywords promised and refused", `* OK [PERMANENTFLAGS (\Seen \*)] x`, "OK x", "$ArdoiseDone", `(\Seen $ArdoiseDone)(\Seen)`},
		{"nothing", `* OK [PERMANENTFLAGS ()] x`, "OK x", "", ""},
		{"read-only", `* OK [PERMANENTFLAGS (\Seen \*)] x`, "OK [READ-ONLY] x", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := make(chan string, 9)
			s := play(t, wire.TLS, func(s *script) {
				s.login("")
				tag, _ := s.hear()
				s.say("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + c.flags + "\r\n" + tag + " " + c.end + "\r\n")
				for {
					tag, rest := s.hear()
					_, flags, store := strings.Cut(rest, "+FLAGS.SILENT ")
					if store {
						asked <- flags
					}
					switch {
					case tag == "":
						close(asked)
						return
					case store && c.refuse != "" && strings.Contains(flags, c.refuse):
						s.say(tag + " NO no keywords\r\n")
					default:
						s.say(tag + " OK\r\n")
					}
				}
			})
			in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
			if err != nil {
				t.Fatal(err)
			}
			box := open(t, in, "INBOX")
			err = in.Mark(t.Context(), []uint32{1})
			if (err != nil) != (c.want == "") || box.ReadOnly != (c.want == "") {
				t.Errorf("read-only %v, %v", box.ReadOnly, err)
			}
			if err := in.Close(); err != nil {
				t.Error(err)
			}
			got := ""
			for flags := range asked {
				got += flags
			}
			if got != c.want {
				t.Errorf("asked %q, want %q", got, c.want)
			}
		})
	}
}

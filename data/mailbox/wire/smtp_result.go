package wire

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Stage is how far a letter had come on its way to the server.
type Stage string

// The stages.
const (
	AtGreeting  Stage = "greeting" // connecting, TLS, EHLO
	AtSignIn    Stage = "sign-in"
	AtSender    Stage = "sender"    // MAIL FROM
	AtRecipient Stage = "recipient" // RCPT TO
	AtData      Stage = "data"      // while the letter was handed over
	AtEnd       Stage = "end"       // the letter was handed over whole
)

// Reply is what the server answered; Code 0: it said nothing.
type Reply struct {
	Stage  Stage
	Code   int    // 550
	Status string // 5.1.1, "" where the server gives none
	Words  string // the server's own, one line, without code and status
}

func (r Reply) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %d %s %s", r.Stage, r.Code, r.Status, r.Words))
}

// Temporary: the server refused this letter for now.
type Temporary struct{ Reply }

func (e *Temporary) Error() string { return "wire: refused for now at " + e.String() }

// Permanent: the server refused this letter for good. Address says that it is the
// recipient's address which does not exist or takes nothing any more.
type Permanent struct {
	Reply
	Address bool
}

func (e *Permanent) Error() string { return "wire: refused for good at " + e.String() }

// Doubt: the letter was handed over whole and the answer never came. It may have
// left.
type Doubt struct{ Cause error }

func (e *Doubt) Error() string { return fmt.Sprintf("wire: the answer never came: %v", e.Cause) }

// Unwrap gives the cause.
func (e *Doubt) Unwrap() error { return e.Cause }

// Unsent: the connection, the sign-in or the account failed. The letter is
// certain not to have left, and the next one would fare no better.
type Unsent struct {
	Reply
	Cause error
	Token bool // it was signed in with a token
}

func (e *Unsent) Error() string {
	return fmt.Sprintf("wire: not sent, at %s: %v", e.String(), e.Cause)
}

// Unwrap gives the cause.
func (e *Unsent) Unwrap() error { return e.Cause }

// Bounced gives what a delivery report says, as if the server had refused at once.
func Bounced(status, words string) *Permanent {
	r, _ := replyOf(AtEnd, &textproto.Error{Msg: words})
	r.Status = status
	return &Permanent{Reply: r, Address: refusesAddress(r)}
}

// maxWords is how much is kept of what a server says, in bytes.
const maxWords = 300

var statusFirst = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)`)

// replyOf reads the server's answer out of an error; ok is false where it is not one.
func replyOf(stage Stage, err error) (r Reply, ok bool) {
	r.Stage = stage
	var t *textproto.Error
	if !errors.As(err, &t) {
		return r, false
	}
	r.Code = t.Code
	var said []string
	for line := range strings.Lines(t.Msg) { // each line of an answer repeats the status
		line = oneLine(line)
		if m := statusFirst.FindStringSubmatch(line); m != nil {
			r.Status = m[1]
			line = line[len(m[0]):]
		}
		said = append(said, line)
	}
	r.Words = strings.TrimSpace(strings.Join(said, " "))
	if len(r.Words) > maxWords {
		cut := maxWords
		for !utf8.RuneStart(r.Words[cut]) {
			cut--
		}
		r.Words = r.Words[:cut] + "…"
	}
	return r, true
}

// accountWords are of answers to a recipient or a letter that are about us and
// would be given to every letter.
var accountWords = regexp.MustCompile(`(?i)\b(relay|relaying|authentication required|must authenticate|not authenticated|sender (?:address )?rejected|send(?:ing)? limit|quota of messages|too many messages|rate limit)`)

// policyWords are of refusals for what the letter is or whence it comes.
var policyWords = regexp.MustCompile(`(?i)spam|policy|polic[iy]|block|blacklist|black ?list|denied|reputation|dmarc|\bspf\b|dkim|content|virus|prohibit|not allowed|unsolicited|listed`)

// judge makes one of the four results of an error met while a letter was sent.
func judge(stage Stage, err error) error {
	r, ok := replyOf(stage, err)
	switch {
	case !ok && stage == AtEnd:
		return &Doubt{Cause: err}
	case !ok || r.Code < 400: // no answer, or one that makes no sense
		return &Unsent{Reply: r, Cause: err}
	case r.Code == 421 && stage == AtEnd:
		// RFC 5321: the server closes and has not taken the letter
		return &Unsent{Reply: r, Cause: err}
	case stage == AtGreeting, stage == AtSignIn, stage == AtSender,
		r.Code == 421, r.Code == 530, r.Code == 535, r.Code == 538,
		stage == AtRecipient && r.Code >= 500 && accountWords.MatchString(r.Words):
		return &Unsent{Reply: r, Cause: err}
	case r.Code < 500:
		return &Temporary{Reply: r}
	}
	return &Permanent{Reply: r, Address: refusesAddress(r)}
}

// refusesAddress: the mailbox does not exist or is closed, and not merely full or
// particular about what it takes.
func refusesAddress(r Reply) bool {
	switch {
	case strings.HasPrefix(r.Status, "5.1.") && r.Status != "5.1.7" && r.Status != "5.1.8": // those two: the sender's
		return true
	case r.Status == "5.2.1":
		return true
	case r.Status != "" && r.Status != "5.0.0":
		return false
	}
	return r.Stage == AtRecipient && (r.Code == 550 || r.Code == 551 || r.Code == 553 || r.Code == 556) && !policyWords.MatchString(r.Words)
}

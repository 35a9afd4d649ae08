// Package fault is the room of refusals: an error with a kind a program can
// test and a French sentence a person can act on. It never logs and never
// hides a cause: the chain stays reachable through errors.Is and errors.As.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what sort of refusal an error is; screens and exit codes depend on it.
type Kind int

// The kinds of refusal. Internal is the zero value: an error nobody foresaw.
const (
	Internal     Kind = iota
	Invalid           // what was typed cannot be right
	NotFound          // what was asked for is not there (any more)
	Conflict          // somebody or something else came first
	Forbidden         // the agent's roles do not allow it
	TooLate           // a cut-off has passed
	Insufficient      // not enough money, not enough places
	Unavailable       // database, disk or network does not answer
)

var names = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "too_late", "insufficient", "unavailable"}

// String returns the stable machine name used in JSON (ctl.md).
func (k Kind) String() string {
	if k < 0 || int(k) >= len(names) {
		return names[0]
	}
	return names[k]
}

// Error carries the sentence for the window and the cause for the log.
type Error struct {
	Kind     Kind
	Sentence string // French, says what happened and what to do
	Cause    error  // may be nil
}

// Error gives the whole chain, for the log; the window shows Sentence.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Kind.String() + ": " + e.Sentence + ": " + e.Cause.Error()
	}
	return e.Kind.String() + ": " + e.Sentence
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes every refusal of one kind match the kind's sentinel (ErrForbidden).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Sentence == "" && t.Cause == nil && t.Kind == e.Kind
}

// ErrForbidden matches every refusal for want of a right, with errors.Is.
var ErrForbidden error = &Error{Kind: Forbidden}

// New builds a refusal of kind k with a French sentence.
func New(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Sentence: French(fmt.Sprintf(format, args...))}
}

// Wrap builds a refusal of kind k around a cause that only the log will see.
func Wrap(k Kind, cause error, format string, args ...any) error {
	return &Error{Kind: k, Sentence: French(fmt.Sprintf(format, args...)), Cause: cause}
}

var french = strings.NewReplacer(
	" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»", " €", "\u00a0€", " %", "\u00a0%",
)

// French puts the no-break spaces French typography asks for around the marks
// of a sentence, so that nobody has to type them in the source.
func French(sentence string) string { return french.Replace(sentence) }

// De writes "de" before a name as French does: « de Léa », « d’Éva ». An h and a
// y count as consonants (« de Hugo », « de Yanis »): names do not say which of
// theirs are mute.
func De(name string) string {
	name = strings.TrimSpace(name)
	first, _ := utf8.DecodeRuneInString(name)
	if strings.ContainsRune("aàáâãäåæeèéêëiìíîïoòóôõöøœuùúûü", unicode.ToLower(first)) {
		return "d’" + name
	}
	return "de " + name
}

// KindOf returns the kind of the first refusal in the chain, Internal if none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Sentence returns what the window may show: never a Go error string.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Sentence != "" {
		return e.Sentence
	}
	return "Une erreur inattendue s’est produite. Rien n’a été modifié. Le détail est dans le journal technique : transmettez-le à votre assistance."
}

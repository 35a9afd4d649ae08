package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestKindNamesAreStable(t *testing.T) {
	for k, want := range map[Kind]string{
		Internal: "internal", Invalid: "invalid", NotFound: "not_found", Conflict: "conflict", Forbidden: "forbidden",
		TooLate: "too_late", Insufficient: "insufficient", Unavailable: "unavailable", Kind(-1): "internal", Kind(99): "internal",
	} {
		if got := k.String(); got != want {
			t.Errorf("kind %d is %q, want %q", int(k), got, want)
		}
	}
}

func TestChain(t *testing.T) {
	cause := errors.New("disk full")
	refusal := Wrap(Unavailable, cause, "La base « %s » ne répond pas.", "mairie")
	err := fmt.Errorf("commit: %w", refusal)
	if KindOf(err) != Unavailable {
		t.Errorf("kind %v", KindOf(err))
	}
	if got := Sentence(err); got != "La base «\u00a0mairie\u00a0» ne répond pas." {
		t.Errorf("sentence %q", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if !strings.Contains(err.Error(), "disk full") {
		t.Error("the log does not get the cause")
	}
	if strings.Contains(Sentence(err), "disk full") {
		t.Error("the window gets a Go error string")
	}
}

func TestUnforeseen(t *testing.T) {
	err := errors.New("sql: no rows in result set")
	if KindOf(err) != Internal || KindOf(nil) != Internal {
		t.Error("an unforeseen error must be internal")
	}
	if s := Sentence(err); strings.Contains(s, "sql") || !strings.Contains(s, "journal technique") {
		t.Errorf("sentence %q", s)
	}
}

func TestForbiddenMatchesByKindOnly(t *testing.T) {
	if !errors.Is(fmt.Errorf("book: %w", New(Forbidden, "Votre rôle ne permet pas de réserver.")), ErrForbidden) {
		t.Error("a refusal for want of a right must match ErrForbidden")
	}
	if errors.Is(New(Invalid, "Non."), ErrForbidden) {
		t.Error("another kind must not match")
	}
	if errors.Is(ErrForbidden, New(Forbidden, "Une phrase.")) {
		t.Error("a sentence is not a sentinel")
	}
}

func TestDe(t *testing.T) {
	for name, want := range map[string]string{
		"Léa": "de Léa", "Éva": "d’Éva", "éva": "d’éva", "Anne MARTIN": "d’Anne MARTIN", "Œdipe": "d’Œdipe", "Ômer": "d’Ômer", "Ïsaac": "d’Ïsaac",
		"Hugo": "de Hugo", "Yanis": "de Yanis", " Ugo": "d’Ugo", "": "de ", "4 enfants": "de 4 enfants", "E\u0301va": "d’E\u0301va",
	} {
		if got := De(name); got != want {
			t.Errorf("De(%q) = %q, want %q", name, got, want)
		}
	}
}

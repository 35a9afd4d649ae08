package family

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"ardoise/data/catalog"
)

// Fold gives the search key of a text: see catalog.Fold.
func Fold(s string) string { return catalog.Fold(s) }

// collator is not safe for concurrent use: each goroutine borrows one.
type collator struct {
	c *collate.Collator
	b collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{c: collate.New(language.French)} }}

// SortKey gives the bytes by which a name sorts in French, to be stored.
func SortKey(name string) []byte {
	k := collators.Get().(*collator)
	defer collators.Put(k)
	k.b.Reset()
	return append([]byte(nil), k.c.KeyFromString(&k.b, name)...)
}

// TitleName writes an upper-case name as people do: "DE LA TOUR-O'CONNOR"
// becomes "De La Tour-O’Connor". A name already in mixed case stays as it is.
func TitleName(s string) string {
	if strings.ToUpper(s) != s {
		return s
	}
	start := true
	return strings.Map(func(r rune) rune {
		up := start
		start = !unicode.IsLetter(r)
		switch {
		case r == '\'':
			return '’'
		case up:
			return r
		}
		return unicode.ToLower(r)
	}, s)
}

// squeeze cleans a typed name: one space between words, none around.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// cleanEmail lowers an address; ok is false when it cannot be one.
func cleanEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return "", true
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || strings.ContainsAny(s, " \t,;<>\"()") || strings.Count(s, "@") != 1 {
		return s, false
	}
	domain := s[at+1:]
	dot := strings.LastIndexByte(domain, '.')
	return s, dot > 0 && dot < len(domain)-1 && !strings.Contains(domain, "..")
}

// CleanEmail lowers and trims an address; ok is false when it cannot be one.
func CleanEmail(s string) (email string, ok bool) { return cleanEmail(s) }

// searchWords gives the words of a name as a person may type them: those of the
// fold, and those that an apostrophe or a hyphen joins ("o connor oconnor").
func searchWords(s string) string {
	out := Fold(s)
	for _, w := range strings.Fields(s) {
		f := Fold(w)
		if strings.Contains(f, " ") {
			out += " " + strings.ReplaceAll(f, " ", "")
		}
	}
	return out
}

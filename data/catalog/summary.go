package catalog

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Summary is what a change of the catalog did, or would do.
type Summary struct {
	Created   int
	Updated   int
	Unchanged int
	Removed   int
	Lines     []string // what changed, in French, one line each
	Notices   []string // what follows for what is already booked or accepted, in French; nothing of it is refused
}

func (s *Summary) changes() bool { return s.Created+s.Updated+s.Removed > 0 }

// Changes reports whether anything is changed.
func (s Summary) Changes() bool { return s.changes() }

// count notes one thing of the catalog; details say what changed of it.
func (s *Summary) count(what, name string, created, changed bool, details ...string) {
	switch {
	case created:
		s.Created++
		s.line(what, name, "ajout")
	case changed:
		s.Updated++
		if len(details) == 0 {
			details = []string{"modification"}
		}
		for _, d := range details {
			s.line(what, name, d)
		}
	default:
		s.Unchanged++
	}
}

func (s *Summary) removed(what, name string) {
	s.Removed++
	s.line(what, name, "retrait")
}

func (s *Summary) line(what, name, did string) {
	s.Lines = append(s.Lines, what+" « "+name+" »"+nbsp+": "+did)
}

func (s *Summary) notice(format string, args ...any) {
	s.Notices = append(s.Notices, fmt.Sprintf(format, args...))
}

// String gives the counts: "12 ajouts, 3 modifications, 40 inchangés, 1 retrait".
func (s Summary) String() string {
	return strings.Join([]string{
		plural(s.Created, "ajout"), plural(s.Updated, "modification"), plural(s.Unchanged, "inchangé"), plural(s.Removed, "retrait"),
	}, ", ")
}

// maxTrail bounds what one entry of the journal says of a change, in characters.
const maxTrail = 1500

// trail is the entry of the journal: what changed, as long as it is readable.
func (s Summary) trail() string {
	text := s.String()
	for i, l := range s.Lines {
		if utf8.RuneCountInString(text)+utf8.RuneCountInString(l) > maxTrail {
			return text + fmt.Sprintf(". … et %s", plural(len(s.Lines)-i, "autre ligne"))
		}
		text += ". " + l
	}
	return text
}

func plural(n int, word string) string {
	if n > 1 {
		word = strings.ReplaceAll(word, " ", "s ") + "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

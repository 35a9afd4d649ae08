// Package words is the room of the window's languages. The house writes French,
// in its sources; where an agent chose English, what is about to be drawn is
// looked up here, whole or by its pattern. What no dictionary knows stays
// French: a sentence is never half turned. Papers, letters and files are not
// its business: the law and the families read French.
package words

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// The languages of the window.
const (
	French  = "fr"
	English = "en"
)

// book is a dictionary: whole texts, and patterns with holes.
type book struct {
	whole    map[string]string
	byHead   map[string][]pattern // by the first word of the pattern
	headless []pattern            // those that begin with a hole

	mu    sync.Mutex
	known map[string]string // what was already looked up
}

// pattern is a French text with holes and its English one; parts are what
// stands between the holes.
type pattern struct {
	parts   []string
	english string
	weight  int // letters outside the holes: the closest pattern wins
}

// maxKnown bounds what is remembered; past it the table starts again.
const maxKnown = 8192

var open atomic.Pointer[book]

// Use makes the window speak a language; dictionary is what Parse reads, not
// needed for French.
func Use(language, dictionary string) error {
	if language != English {
		open.Store(nil)
		return nil
	}
	b, err := parse(dictionary)
	if err != nil {
		return err
	}
	open.Store(b)
	return nil
}

// Language is the one in use.
func Language() string {
	if open.Load() != nil {
		return English
	}
	return French
}

// Say gives a text as it is to be shown.
func Say(french string) string {
	b := open.Load()
	if b == nil || french == "" {
		return french
	}
	return b.say(french)
}

var hole = regexp.MustCompile(`\{(\d+)\}`)

// parse reads a dictionary: a line a text, French, a tab, English ("=": the
// same). \n stands for a line feed; {1}, {2} are what changes from one time to
// the next. Lines that begin with # are comments.
func parse(text string) (*book, error) {
	b := &book{whole: map[string]string{}, byHead: map[string][]pattern{}, known: map[string]string{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		french, english, ok := strings.Cut(line, "\t")
		if !ok || french == "" || english == "" {
			return nil, fmt.Errorf("words: line %d is no « French tab English »", n)
		}
		french, english = Plain(unescape(french)), unescape(english)
		if english == "=" {
			english = french
		}
		holes := hole.FindAllStringSubmatch(french, -1)
		if len(holes) == 0 {
			b.whole[french] = english
			continue
		}
		for _, h := range hole.FindAllStringSubmatch(english, -1) {
			if at, err := strconv.Atoi(h[1]); err != nil || at < 1 || at > len(holes) {
				return nil, fmt.Errorf("words: line %d: hole %s is not in the French", n, h[0])
			}
		}
		p := pattern{parts: hole.Split(french, -1), english: english}
		for _, part := range p.parts {
			p.weight += letters(part)
		}
		if head := firstWord(p.parts[0]); head != "" {
			b.byHead[head] = append(b.byHead[head], p)
		} else {
			b.headless = append(b.headless, p)
		}
	}
	return b, nil
}

func unescape(s string) string { return strings.ReplaceAll(s, `\n`, "\n") }

var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// Plain is a text with ordinary spaces: how the dictionary names it.
func Plain(s string) string { return spaces.Replace(s) }

// firstWord gives the first word of a pattern's beginning, whole words only:
// one that a hole may lengthen is no head.
func firstWord(s string) string {
	if i := strings.IndexByte(s, ' '); i > 0 {
		return s[:i]
	}
	return ""
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func (b *book) say(french string) string {
	b.mu.Lock()
	got, ok := b.known[french]
	b.mu.Unlock()
	if ok {
		return got
	}
	got, ok = b.turn(Plain(french), 0)
	if !ok {
		got = french
	}
	b.mu.Lock()
	if len(b.known) >= maxKnown {
		clear(b.known)
	}
	b.known[french] = got
	b.mu.Unlock()
	return got
}

// depth bounds how far holes are looked into.
const depth = 5

// turn gives the English of a text, ok false where nothing of it is known.
func (b *book) turn(s string, deep int) (string, bool) {
	if s == "" || deep > depth {
		return s, false
	}
	if e, ok := b.whole[s]; ok {
		return e, true
	}
	if e, ok := b.recased(s); ok {
		return e, true
	}
	if e, ok := b.match(s, deep); ok {
		return e, true
	}
	if e, ok := dates(s); ok {
		return e, true
	}
	if e, ok := b.counted(s, deep); ok {
		return e, true
	}
	return b.pieces(s, deep)
}

// recased finds a text whose first letter was made small or great on the way.
func (b *book) recased(s string) (string, bool) {
	first, n := utf8.DecodeRuneInString(s)
	other := unicode.ToUpper(first)
	if other == first {
		other = unicode.ToLower(first)
	}
	if other == first {
		return "", false
	}
	e, ok := b.whole[string(other)+s[n:]]
	if !ok {
		return "", false
	}
	head, m := utf8.DecodeRuneInString(e)
	if unicode.IsUpper(first) {
		return string(unicode.ToUpper(head)) + e[m:], true
	}
	return string(unicode.ToLower(head)) + e[m:], true
}

// match finds the closest pattern and fills its English with what stood in the holes.
func (b *book) match(s string, deep int) (string, bool) {
	var best *pattern
	var filled []string
	try := func(list []pattern) {
		for i := range list {
			p := &list[i]
			if best != nil && p.weight <= best.weight {
				continue
			}
			if got, ok := p.fill(s); ok {
				best, filled = p, got
			}
		}
	}
	if i := strings.IndexByte(s, ' '); i > 0 {
		try(b.byHead[s[:i]])
	}
	try(b.headless)
	if best == nil {
		return "", false
	}
	for i, f := range filled {
		e, ok := b.turn(f, deep+1)
		if ok {
			filled[i] = e
		} else if best.weight < thin && lowerWord.MatchString(f) {
			return "", false // little more than « le » between two holes: not what it was made for
		}
	}
	return hole.ReplaceAllStringFunc(best.english, func(h string) string {
		at, err := strconv.Atoi(h[1 : len(h)-1])
		if err != nil || at > len(filled) { // parse has looked
			return h
		}
		return filled[at-1]
	}), true
}

// thin is a pattern of fewer letters than this: its holes must be understood,
// or hold names and figures only.
const thin = 6

var lowerWord = regexp.MustCompile(`(?:^|[^\p{L}])\p{Ll}{2,}`)

// fill gives what stands in the holes of a pattern, each as short as can be.
func (p *pattern) fill(s string) (got []string, ok bool) {
	last := len(p.parts) - 1
	if !strings.HasPrefix(s, p.parts[0]) || !strings.HasSuffix(s, p.parts[last]) || len(s) < len(p.parts[0])+len(p.parts[last]) {
		return nil, false
	}
	end := len(s) - len(p.parts[last])
	at := len(p.parts[0])
	for _, part := range p.parts[1:last] {
		i := strings.Index(s[at:end], part)
		if i < 0 || part == "" {
			return nil, false
		}
		got = append(got, s[at:at+i])
		at += i + len(part)
	}
	return append(got, s[at:end]), true
}

var number = regexp.MustCompile(`^([+–-]?\d[\d .,]*(?: €)?) (\D.*)$`)

// counted turns « 12 repas réservés »: a number, then something known.
func (b *book) counted(s string, deep int) (string, bool) {
	m := number.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	e, ok := b.turn(m[2], deep+1)
	return m[1] + " " + e, ok
}

// joints are what texts are strung together with, the strongest first.
var joints = []string{"\n", " · ", " — ", ". ", " ; ", " : ", ", ", " / ", " et "}

var jointEnglish = map[string]string{" ; ": "; ", " : ": ": ", " et ": " and "}

// pieces turns a text strung together from known ones; a piece that is not
// known stays, as a name does.
func (b *book) pieces(s string, deep int) (string, bool) {
	if open, inner, ok := quoted(s); ok {
		if e, ok := b.turn(inner, deep+1); ok {
			return open + e + "”", true
		}
		return "", false
	}
	for _, j := range joints {
		if !strings.Contains(s, j) {
			continue
		}
		parts := strings.Split(s, j)
		any := false
		for i, p := range parts {
			if j == ". " && i < len(parts)-1 {
				p += "."
			}
			e, ok := b.turn(p, deep+1)
			if ok {
				any = true
				p = e
			}
			if j == ". " && i < len(parts)-1 {
				p = strings.TrimSuffix(p, ".")
			}
			parts[i] = p
		}
		if any {
			to := j
			if e := jointEnglish[j]; e != "" {
				to = e
			}
			return strings.Join(parts, to), true
		}
	}
	return "", false
}

func quoted(s string) (open, inner string, ok bool) {
	if strings.HasPrefix(s, "« ") && strings.HasSuffix(s, " »") && strings.Count(s, "« ") == 1 {
		return "“", strings.TrimSuffix(strings.TrimPrefix(s, "« "), " »"), true
	}
	return "", "", false
}

package reading

import (
	"strconv"
	"strings"

	"ardoise/data/calendar"
)

// maxSpans bounds what one message may name; more is for a person to read.
const maxSpans = 80

// maxText bounds what is read of one message: nobody asks for meals in more words;
// what is proposed from the beginning of a longer one is in doubt.
const maxText = 32 << 10

// rules lets tests take a guard away and see what then goes wrong.
type rules struct {
	noGuards, noQuestions, noNegation, noHedges, noLeftovers, noUnknown bool
}

// reader is one reading of one text.
type reader struct {
	in     Input
	s      string
	rules  rules
	today  calendar.Date
	toks   []token
	firsts [][]string
	lasts  [][]string

	owner []int  // by token: 1 + the span it belongs to
	kidAt []bool // by token: part of a child's name or of words for one
	used  []bool // by token: understood

	spans    []span
	whos     []who
	triggers []trigger
	pieces   []piece
	clauses  []clause

	allCaps      bool
	weekdaysIn   bool
	tooMuch      bool
	afterClosing bool
	closedAt     int
	postscript   int
	account      account
	docs         []docWord
}

// Understand reads one message.
func Understand(in Input) Understood { return understand(in, rules{}) }

func understand(in Input, ru rules) Understood {
	body := read(in, in.Text, ru)
	var subject *reader
	if s := strings.TrimSpace(in.Subject); s != "" && !isReply(s) {
		subject = read(in, s, ru)
	}
	w := writer{r: body, subject: subject}
	return w.write()
}

// isReply: « Re: », « TR: »: the subject is then somebody else's words.
func isReply(s string) bool {
	head, _, ok := strings.Cut(s, ":")
	if !ok {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(head)) {
	case "re", "ré", "rép", "rep", "tr", "fw", "fwd", "aw", "réf", "reponse", "réponse":
		return true
	}
	return false
}

// read does everything up to the clauses.
func read(in Input, text string, ru rules) *reader {
	long := len(text) > maxText
	if long {
		cut := maxText
		for cut > 0 && text[cut]&0xC0 == 0x80 {
			cut--
		}
		text = text[:cut]
	}
	r := &reader{in: in, s: text, rules: ru, today: calendar.DateOf(in.Received), toks: tokenize(text), closedAt: -1, postscript: -1}
	r.tooMuch = long
	n := len(r.toks)
	r.owner, r.kidAt, r.used = make([]int, n+1), make([]bool, n+1), make([]bool, n+1)
	for _, c := range in.Children {
		r.firsts = append(r.firsts, foldName(c.First))
		r.lasts = append(r.lasts, foldName(c.Last))
	}
	letters, upper := 0, 0
	for _, t := range r.toks {
		if t.sort == word {
			letters++
			if t.caps {
				upper++
			}
		}
	}
	r.allCaps = letters > 3 && upper*10 > letters*7
	r.findAccount()
	r.close()
	if !ru.noGuards {
		r.falseFriends()
	}
	r.findNames()
	r.findSpans()
	r.findGroups()
	r.findPronouns()
	r.refer()
	r.unknownSibling()
	r.parents()
	r.addressed()
	r.findTriggers()
	r.findDocs()
	r.findClauses()
	return r
}

var kin = set("frere soeur freres soeurs cousin cousine ami amie copain copine voisin voisine jumeau jumelle camarade demi correspondant")

// parents: « la maman de Tom » speaks of Tom without asking anything for him.
func (r *reader) parents() {
	for n := range r.whos {
		w := &r.whos[n]
		if r.at(w.from-1).is("de", "d") && r.at(w.from-2).is("maman", "papa", "mere", "pere", "parents", "anniversaire", "classe", "maitresse", "parent", "mamie", "tante", "cause") {
			w.parent = true
		}
		if r.at(w.from-1).is("de", "d") && kin[r.at(w.from-2).f] && !r.kidAt[w.from-2] {
			w.ids, w.doubt = nil, "« "+r.text(w.from-2, w.to)+" » : de quel enfant s’agit-il ?"
		}
		if r.at(w.from-1).is("bonjour", "bonsoir", "cher", "chere", "coucou", "salut", "hello", "merci") && (r.at(w.to).is(",", "(") || r.at(w.to).sort == stop || w.to >= len(r.toks)) {
			w.ids, w.doubt, w.parent = nil, "", true // somebody greeted
		}
		if r.at(w.from-1).f == "chez" {
			w.parent = true
		}
	}
}

func (r *reader) use(i int) {
	if i >= 0 && i < len(r.used) {
		r.used[i] = true
	}
}

// text gives the words from one token to another, on one line.
func (r *reader) text(from, to int) string {
	from, to = max(from, 0), min(to, len(r.toks))
	if from >= to {
		return ""
	}
	s := r.s[r.toks[from].start:r.toks[to-1].end]
	s = oneLine(s)
	const most = 80
	if len(s) > most {
		cut := most
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}

func (r *reader) anyOpen() func(calendar.Date) (bool, string) {
	for _, s := range r.in.Services {
		if s.Kind == "canteen" && s.Open != nil {
			return s.Open
		}
	}
	for _, s := range r.in.Services {
		if s.Open != nil {
			return s.Open
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func plural(n int, one, many string) string {
	if n < 2 {
		return itoa(n) + " " + one
	}
	return itoa(n) + " " + many
}

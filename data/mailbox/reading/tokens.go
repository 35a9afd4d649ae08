package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// sort of token.
type sort byte

const (
	word   sort = 'w' // letters, or letters and digits beginning with a letter (CE1, FR76)
	number sort = 'n' // ASCII digits
	punct  sort = 'p' // one sign
	stop   sort = 's' // the end of a sentence: . ! ? ; or a line end that ends one
)

// token is a run of the text.
type token struct {
	start, end int    // bytes
	f          string // folded: lower case, no accents, œ as oe
	raw        string
	sort       sort
	num        int  // of a number of at most 4 digits, else -1
	up         bool // begins with a capital
	caps       bool // two letters or more, all capitals
	glued      bool // nothing stands between it and the token before
	dead       bool // a guard took it out: no day, no child, no number
	line       bool // first of its line
}

func (t *token) is(words ...string) bool {
	for _, w := range words {
		if t.f == w {
			return true
		}
	}
	return false
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "Œ", "oe", "Æ", "ae")

// foldWord is the key under which words are compared; a sign without letters
// keeps its own.
func foldWord(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] >= 'A' && s[i] <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = norm.NFKD.String(ligatures.Replace(s))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// foldName gives the words of a name.
func foldName(s string) []string {
	var words []string
	for _, t := range tokenize(s) {
		if t.sort == word || t.sort == number {
			words = append(words, t.f)
		}
	}
	return words
}

// tokenize cuts a text. Apostrophes end a word and are not kept (« l’école »: l,
// école); hyphens between letters only divide words (« après-demain »).
func tokenize(s string) []token {
	toks := make([]token, 0, len(s)/5+8)
	line, lastEnd := true, -1
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		j := i + n
		t := token{start: i, num: -1, line: line, glued: lastEnd == i}
		switch {
		case r == '\n':
			toks = lineEnd(toks, s, i)
			line, i = true, j
			continue
		case unicode.IsLetter(r):
			j = wordEnd(s, j)
			t.sort = word
			t.up = unicode.IsUpper(r)
			t.raw = s[i:j]
			t.caps = t.up && utf8.RuneCountInString(t.raw) > 1 && strings.ToUpper(t.raw) == t.raw
			t.f = foldWord(t.raw)
		case r >= '0' && r <= '9':
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			t.sort, t.raw, t.f = number, s[i:j], s[i:j]
			if j-i <= 4 {
				t.num = atoi(t.raw)
			}
		case unicode.IsSpace(r) || r == '\'' || r == '’' || r == '´' || r == '`' || r == 'ʼ':
			i = j
			continue
		case r == '-' || r == '‑' || r == '‐':
			if between(s, i, j) {
				i, lastEnd = j, j
				continue
			}
			t.sort, t.raw, t.f = punct, s[i:j], "-"
		case r == '.' || r == '!' || r == '?' || r == ';' || r == '…':
			t.sort, t.raw, t.f = stop, s[i:j], string(r)
		default:
			t.sort, t.raw, t.f = punct, s[i:j], s[i:j]
		}
		t.end = j
		toks = append(toks, t)
		line, lastEnd, i = false, j, j
	}
	return toks
}

func wordEnd(s string, j int) int {
	for j < len(s) {
		r, n := utf8.DecodeRuneInString(s[j:])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && (r < '0' || r > '9') {
			break
		}
		j += n
	}
	return j
}

// between reports whether letters stand on both sides of a hyphen.
func between(s string, i, j int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[j:])
	return (unicode.IsLetter(before) || unicode.Is(unicode.Mn, before)) && unicode.IsLetter(after)
}

// openEnd are words no sentence ends with: a line that ends so goes on.
var openEnd = set("de d du des le la les l un une a au aux et ou que qu pour par sur en dans avec mon ma mes son sa ses ce cette chez ne n sans")

// lineEnd decides what a line end is: the end of a sentence, or of nothing (the
// writer's program broke a long line).
func lineEnd(toks []token, s string, i int) []token {
	if len(toks) == 0 {
		return toks
	}
	last := toks[len(toks)-1]
	if last.sort == stop {
		return toks
	}
	rest := s[i+1:]
	trimmed := strings.TrimLeft(rest, " \t\u00a0")
	blank := strings.HasPrefix(trimmed, "\n")
	next, _ := utf8.DecodeRuneInString(trimmed)
	begin := strings.LastIndexByte(s[:i], '\n') + 1
	bullet := next == '-' || next == '*' || next == '•' || next == '–'
	soft := bullet || unicode.IsLower(next) || unicode.IsDigit(next) || openEnd[last.f] || last.f == "," || i-begin >= 62
	if blank || !soft {
		return append(toks, token{start: i, end: i, f: "\n", sort: stop, num: -1})
	}
	if (bullet || unicode.IsLower(next) && i-begin < 40) && !openEnd[last.f] && last.sort != punct {
		return append(toks, token{start: i, end: i, f: ",", sort: punct, num: -1})
	}
	return toks
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// near reports one letter changed, added, left out, or two neighbours exchanged.
func near(a, b string) bool {
	if a == b {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return a[i:] == b[i+1:]
}

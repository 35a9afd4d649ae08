package store

import (
	"strings"
	"sync"
)

// The SQL of the house is written once, in PostgreSQL's manner. For SQLite two
// things change: `$1` becomes `?1` (a bare `$2 … $1` would be bound in order of
// appearance, silently wrong), and `= ANY($1)` with a list becomes
// `IN (SELECT value FROM json_each(?1))`.

var rewritten sync.Map // query text -> SQLite text; the program's texts are few

// rewriteCached is rewrite, remembered.
func rewriteCached(query string) string {
	if v, ok := rewritten.Load(query); ok {
		return v.(string)
	}
	out := rewrite(query)
	rewritten.Store(query, out)
	return out
}

// rewrite translates placeholders outside of strings, quoted names and comments.
func rewrite(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 8)
	for i := 0; i < len(query); {
		if n := opaque(query[i:]); n > 0 {
			b.WriteString(query[i : i+n])
			i += n
			continue
		}
		if n, num := anyList(query[i:]); n > 0 {
			b.WriteString("IN (SELECT value FROM json_each(?" + num + "))")
			i += n
			continue
		}
		if query[i] == '$' && i+1 < len(query) && isDigit(query[i+1]) && (i == 0 || !isWord(query[i-1])) {
			b.WriteByte('?')
			i++
			continue
		}
		b.WriteByte(query[i])
		i++
	}
	return b.String()
}

// opaque gives the length of a literal, quoted name or comment s begins with.
func opaque(s string) int {
	switch {
	case s[0] == '\'' || s[0] == '"':
		for i := 1; i < len(s); i++ {
			if s[i] != s[0] {
				continue
			}
			if i+1 < len(s) && s[i+1] == s[0] { // doubled: still inside
				i++
				continue
			}
			return i + 1
		}
		return len(s)
	case strings.HasPrefix(s, "--"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i + 1
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(s)
	}
	return 0
}

// anyList recognises `= ANY($12)` at the head of s and gives its length and number.
func anyList(s string) (n int, num string) {
	if s[0] != '=' {
		return 0, ""
	}
	i := 1
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if len(s) < i+3 || !strings.EqualFold(s[i:i+3], "ANY") {
		return 0, ""
	}
	i += 3
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if !strings.HasPrefix(s[i:], "($") {
		return 0, ""
	}
	i += 2
	from := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == from || i >= len(s) || s[i] != ')' {
		return 0, ""
	}
	return i + 1, s[from:i]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

package message

import (
	"bytes"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2/mediatype"
	"golang.org/x/net/idna"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// field is one header field: its name in lower case, its value unfolded, in the
// bytes it came in.
type field struct{ key, value string }

// head is a header in its order, topmost first.
type head []field

// parseHead reads what it can of a header: a line that is none is passed over.
func parseHead(raw []byte) (h head) {
	var value []byte
	key := ""
	flush := func() {
		if key != "" {
			h = append(h, field{key: key, value: string(bytes.TrimSpace(value))})
		}
		key, value = "", nil
	}
	for rest := raw; len(rest) > 0; {
		line, next := cutLine(rest)
		rest = next
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			value = append(append(value, ' '), bytes.TrimSpace(line)...)
			continue
		}
		flush()
		name, text, ok := bytes.Cut(line, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		if ok && len(name) > 0 && len(name) <= 76 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 127 }) {
			key, value = strings.ToLower(string(name)), append([]byte(nil), text...)
		}
	}
	flush()
	return h
}

// get returns the topmost value of a field, "" where it is missing.
func (h head) get(key string) string {
	for _, f := range h {
		if f.key == key {
			return f.value
		}
	}
	return ""
}

func (h head) all(key string) (values []string) {
	for _, f := range h {
		if f.key == key {
			values = append(values, f.value)
		}
	}
	return values
}

func (h head) has(key string) bool {
	for _, f := range h {
		if f.key == key {
			return true
		}
	}
	return false
}

// known says whether anything of the header is what an e-mail has.
func (h head) known() bool {
	for _, f := range h {
		switch f.key {
		case "from", "to", "subject", "date", "message-id", "received", "return-path", "sender", "mime-version", "content-type":
			return true
		}
	}
	return false
}

// kind is a Content-Type or a Content-Disposition that was read with leniency.
type kind struct {
	name   string // lower case, "" where there is none
	params map[string]string
}

var looseParam = regexp.MustCompile(`(?i);\s*(boundary|charset|name|filename)\s*=\s*(?:"([^"]*)"|([^;\s]*))`)

// media reads such a value; what the library refuses is read by its usual parameters only.
func media(value string) kind {
	if value == "" {
		return kind{}
	}
	if len(value) > 64<<10 {
		value = value[:64<<10]
	}
	value, _ = utf8Of(value)
	name, params, _, err := mediatype.Parse(value)
	if err == nil && name != "" {
		return kind{name: strings.ToLower(name), params: params}
	}
	first, _, _ := strings.Cut(value, ";")
	k := kind{name: strings.ToLower(strings.TrimSpace(first)), params: map[string]string{}}
	for _, found := range looseParam.FindAllStringSubmatch(value, 32) {
		if key := strings.ToLower(found[1]); k.params[key] == "" {
			k.params[key] = found[2] + found[3]
		}
	}
	return k
}

// utf8Of reads raw 8-bit header bytes: UTF-8 where they are, else windows-1252.
func utf8Of(raw string) (s string, mended bool) {
	if utf8.ValidString(raw) {
		return raw, false
	}
	decoded, err := charmap.Windows1252.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, "\ufffd"), true
	}
	return decoded, true
}

var encodedWord = regexp.MustCompile(`=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z-]{0,20})?\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes RFC 2047 words wherever they stand. Words of one charset
// side by side are put together first: a character may be cut between them.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending []byte
	charset, at := "", 0
	flush := func() {
		if len(pending) > 0 {
			text, _ := toUTF8(pending, charset)
			out.WriteString(text)
		}
		pending = nil
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between, word := s[at:m[0]], s[m[6]:m[7]]
		set := strings.ToLower(s[m[2]:m[3]])
		if at == 0 || strings.TrimSpace(between) != "" {
			flush()
			out.WriteString(between)
		}
		if set != charset {
			flush()
		}
		charset, at = set, m[1]
		if s[m[4]] == 'b' || s[m[4]] == 'B' {
			decoded, _ := unbase64([]byte(word))
			pending = append(pending, decoded...)
		} else {
			pending = append(pending, unquote([]byte(strings.ReplaceAll(word, "_", " ")), false)...)
		}
	}
	flush()
	out.WriteString(s[at:])
	return out.String()
}

// oneLine makes a header value fit to be shown: decoded, one line, no control
// characters, not too long.
func oneLine(raw string) (s string, mended bool) {
	s, mended = utf8Of(raw)
	return plainLine(decodeWords(s)), mended
}

// plainLine cleans text that is already decoded.
func plainLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = strings.TrimSpace(norm.NFC.String(s))
	if utf8.RuneCountInString(s) > maxLine {
		s = string([]rune(s)[:maxLine-1]) + "…"
	}
	return s
}

// hidden says that a character is not to be shown: controls, direction marks, what has no width.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Noncharacter_Code_Point, r) ||
		r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad' || r == '\u2028' || r == '\u2029'
}

// splitList cuts an address list at the commas that are outside quotes, <> and comments.
func splitList(s string) (parts []string) {
	start, depth, quoted, angle := 0, 0, false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case quoted:
			quoted = c != '"'
		case c == '"' && depth == 0:
			quoted = true
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ',' || c == ';') && !angle:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// addresses reads an address list, at most max of it.
func addresses(raw string, max int) (list []Address) {
	if len(raw) > 100<<10 {
		raw = raw[:100<<10]
	}
	raw, _ = utf8Of(raw)
	for _, one := range splitList(raw) {
		if a := address(one); a != (Address{}) {
			if list = append(list, a); len(list) == max {
				break
			}
		}
	}
	return list
}

// address reads one mailbox: « Name <a@b> », « a@b (Name) », « a@b », « Name [mailto:a@b] ».
func address(s string) Address {
	s = strings.TrimSpace(s)
	name, bare := "", s
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		bare, _, _ = strings.Cut(s[i+1:], ">")
		name = s[:i]
	} else if i := strings.Index(s, "[mailto:"); i >= 0 {
		bare, _, _ = strings.Cut(s[i+len("[mailto:"):], "]")
		name = s[:i]
	} else if i := strings.IndexByte(s, '('); i >= 0 && strings.Contains(s[:i], "@") {
		bare, name = s[:i], strings.TrimSuffix(strings.TrimSpace(s[i+1:]), ")")
	}
	mail := cleanMail(bare)
	if mail == "" && name == "" {
		name = s
	}
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	name = plainLine(decodeWords(strings.ReplaceAll(name, `\"`, `"`)))
	return Address{Name: strings.Trim(name, `"' `), Mail: mail}
}

var domainName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// cleanMail gives a mailbox in the one form it is compared in, "" where it is none.
func cleanMail(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, ':'); i >= 0 { // a group or a route
		s = s[i+1:]
	}
	s = strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || len(s) > 254 || at > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || hidden(r) || r == utf8.RuneError || strings.ContainsRune(`<>()[],;"\`, r)
	}) || strings.IndexByte(s, '@') != at {
		return ""
	}
	domain := s[at+1:]
	if !ascii([]byte(domain)) {
		var err error
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return ""
		}
	}
	if !domainName.MatchString(domain) {
		return ""
	}
	return s[:at+1] + domain
}

// instant reads a date a header gives; zero where it makes no sense.
func instant(s string) time.Time {
	s = strings.TrimSpace(s)
	if len(s) > 200 {
		return time.Time{}
	}
	t, err := mail.ParseDate(s)
	if err != nil {
		bare, _, _ := strings.Cut(s, "(")
		if t, err = mail.ParseDate(strings.TrimSpace(bare)); err != nil {
			return time.Time{}
		}
	}
	if t.Year() < 1990 || t.Year() > 2199 {
		return time.Time{}
	}
	return t
}

// received is the instant of the topmost Received field.
func (h head) received() time.Time {
	top := h.get("received")
	if i := strings.LastIndexByte(top, ';'); i >= 0 {
		return instant(top[i+1:])
	}
	return time.Time{}
}

// messageID gives a Message-ID without its brackets.
func messageID(raw string) string {
	s, _ := oneLine(raw)
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
	}
	s, _, _ = strings.Cut(s, ">")
	return strings.TrimSpace(s)
}

package message

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/unicode/norm"
)

// sextet gives the value of each character of base64, in both of its alphabets.
var sextet = func() (table [256]byte) {
	for i := range table {
		table[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

// unbase64 decodes what can be decoded: foreign bytes are passed over, a pad ends
// a group wherever it stands, and a cut group gives what it holds.
func unbase64(raw []byte) (out []byte, broken bool) {
	out = make([]byte, 0, len(raw)/4*3+3)
	var group uint32
	n := 0
	flush := func() {
		switch n {
		case 2:
			out = append(out, byte(group>>4))
		case 3:
			out = append(out, byte(group>>10), byte(group>>2))
		case 1:
			broken = true
		}
		group, n = 0, 0
	}
	for _, c := range raw {
		v := sextet[c]
		switch {
		case v != 0xff:
			group = group<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(group>>16), byte(group>>8), byte(group))
				group, n = 0, 0
			}
		case c == '=':
			flush()
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			broken = true
		}
	}
	if n != 0 {
		broken = true
	}
	flush()
	return out, broken
}

// unquote decodes quoted-printable; what is none stays as it is. In a body (lines)
// a line's trailing blanks go and a "=" at its end joins it to the next.
func unquote(raw []byte, lines bool) []byte {
	out := make([]byte, 0, len(raw))
	for rest := raw; len(rest) > 0; {
		line, next := rest, []byte(nil)
		end := []byte(nil)
		if lines {
			line, next = cutLine(rest)
			body := bytes.TrimRight(line, " \t\r\n")
			if bytes.HasSuffix(line, []byte("\n")) {
				end = []byte("\n")
			}
			if bytes.HasSuffix(body, []byte("=")) {
				body, end = body[:len(body)-1], nil
			}
			line = body
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) {
				high, low := unhex(line[i+1]), unhex(line[i+2])
				if high < 16 && low < 16 {
					out = append(out, high<<4|low)
					i += 2
					continue
				}
			}
			out = append(out, line[i])
		}
		out = append(out, end...)
		rest = next
	}
	return out
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// guess is how the charset of a text was found.
type guess int

const (
	asSaid    guess = iota
	guessed         // nothing was said and there are 8-bit bytes
	corrected       // what was said is not true, or not known here
)

// toUTF8 reads text in the charset its sender claims, when that can be; else
// UTF-8 where it is valid, else windows-1252.
func toUTF8(raw []byte, charset string) (string, guess) {
	charset = strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"'`))
	charset = strings.TrimPrefix(charset, "charset=")
	how := guessed
	switch charset {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968":
		if ascii(raw) {
			how = asSaid
		}
	case "utf-8", "utf8", "unicode-1-1-utf-8", "utf-8-mac":
		if how = corrected; utf8.Valid(raw) {
			how = asSaid
		}
	default:
		how = corrected
		encoding, err := htmlindex.Get(charset)
		if err != nil {
			break
		}
		if name, err := htmlindex.Name(encoding); err != nil || name == "replacement" {
			break
		}
		if decoded, err := encoding.NewDecoder().Bytes(raw); err == nil {
			return string(decoded), asSaid
		}
	}
	if utf8.Valid(raw) {
		return string(raw), how
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\ufffd"), corrected
	}
	return string(decoded), how
}

func ascii(raw []byte) bool {
	for _, c := range raw {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// cleanText makes decoded text fit to be shown: \n line ends, NFC, no hidden
// characters, no trailing blanks, at most two empty lines together, and not longer
// than maxText.
func cleanText(s string) (text string, cut bool) {
	s, cut = head8(s, 4*maxText)
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\v' || r == '\f' || unicode.Is(unicode.Zs, r):
			return ' '
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = norm.NFC.String(s)
	var out strings.Builder
	empty := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" {
			if empty++; empty > 2 {
				continue
			}
		} else {
			empty = 0
		}
		out.WriteString(line)
		out.WriteByte('\n')
	}
	text = strings.Trim(out.String(), "\n")
	text, more := head8(text, maxText)
	return strings.TrimRight(text, " \n"), cut || more
}

// unflow joins the lines that a mail program broke only to keep them short (RFC
// 3676): those that end in a blank and go on at the same depth of quotation.
func unflow(s string, deleteBlank bool) string {
	var out strings.Builder
	open, depth := false, 0
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		text := strings.TrimLeft(line, ">")
		level := len(line) - len(text)
		text = strings.TrimPrefix(text, " ")
		if open && (level != depth || text == "-- ") {
			open = false
			out.WriteByte('\n')
		}
		if !open && level > 0 {
			out.WriteString(strings.Repeat(">", min(level, 20)) + " ")
		}
		open, depth = strings.HasSuffix(text, " ") && text != "-- ", level
		if open && deleteBlank {
			text = text[:len(text)-1]
		}
		out.WriteString(text)
		if !open {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// head8 cuts a string to at most n bytes, between two characters.
func head8(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}

// cleanRaw keeps of bytes that are no text the lines that read like some.
func cleanRaw(raw []byte) string {
	var out strings.Builder
	for len(raw) > 0 && out.Len() < maxText {
		line, rest := cutLine(raw)
		raw = rest
		text, _ := toUTF8(line[:min(len(line), 4096)], "")
		odd, all := 0, 0
		for _, r := range text {
			if all++; hidden(r) && r != '\n' && r != '\r' && r != '\t' || r == utf8.RuneError {
				odd++
			}
		}
		if odd*4 <= all {
			out.WriteString(text)
		}
	}
	return out.String()
}

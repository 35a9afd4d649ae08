package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a server may say in one answer and to one command, besides the message
// that was asked for. The library builds words letter by letter and lists by
// recursion: a line without end would cost it the memory of the machine.
const (
	maxLine  = 16 << 10
	maxDepth = 40
	maxSmall = 64 << 10 // a literal where no message is expected
)

var (
	errLongLine = errors.New("wire: the server sends a line without end")
	errDeep     = errors.New("wire: the server nests lists without end")
	errChatter  = errors.New("wire: the server sends answers without end")
)

// bigLiteral: the server announces more bytes than may come.
type bigLiteral struct{ size int64 }

func (e *bigLiteral) Error() string { return fmt.Sprintf("wire: a literal of %d bytes", e.size) }

// lines is what the library's reader reads from: the connection within limits.
type lines struct {
	br      *bufio.Reader
	literal int64  // the largest allowed
	budget  int64  // bytes still allowed to this command
	used    int    // bytes of this answer outside its literals
	depth   int    // lists open, whatever quotes say
	head    []byte // how this answer begins
	last    rune
	before  rune
}

func newLines(r io.Reader) *lines {
	return &lines{br: bufio.NewReaderSize(r, 32<<10), literal: maxSmall}
}

// begin makes ready for the next answer.
func (l *lines) begin() { l.used, l.depth, l.head, l.last = 0, 0, l.head[:0], 0 }

func (l *lines) spend(n int) error {
	l.used += n
	l.budget -= int64(n)
	switch {
	case l.used > maxLine:
		return errLongLine
	case l.budget < 0:
		return errChatter
	}
	return nil
}

// ReadRune implements the library's reader.
func (l *lines) ReadRune() (rune, int, error) {
	r, n, err := l.br.ReadRune()
	if err != nil {
		return 0, 0, err
	}
	switch r {
	case '(', '[':
		l.depth++
	case ')', ']':
		l.depth--
	}
	if l.depth > maxDepth {
		return 0, 0, errDeep
	}
	if len(l.head) < 32 {
		l.head = append(l.head, string(r)...)
	}
	l.before, l.last = l.last, r
	return r, n, l.spend(n)
}

// UnreadRune implements the library's reader.
func (l *lines) UnreadRune() error {
	if err := l.br.UnreadRune(); err != nil {
		return err
	}
	switch l.last {
	case '(', '[':
		l.depth--
	case ')', ']':
		l.depth++
	}
	l.used--
	l.budget++
	l.last = l.before
	return nil
}

// ReadString implements the library's reader: a line's text, or a literal's size.
func (l *lines) ReadString(delim byte) (string, error) {
	var text []byte
	for {
		b, err := l.br.ReadByte()
		if err != nil {
			return "", err
		}
		if err := l.spend(1); err != nil {
			return "", err
		}
		text = append(text, b)
		if b == delim {
			break
		}
	}
	l.last = rune(delim)
	if delim != '}' {
		return string(text), nil
	}
	size := strings.TrimSuffix(strings.TrimSuffix(string(text), "}"), "+")
	n, err := strconv.ParseInt(size, 10, 64)
	switch {
	case err != nil: // the library says so
	case n > l.literal:
		return "", &bigLiteral{size: n}
	case n > maxSmall: // one message, not one after the other
		l.budget += n
		l.literal = maxSmall
	}
	return string(text), nil
}

// Read implements the library's reader: the bytes of a literal.
func (l *lines) Read(p []byte) (int, error) {
	n, err := l.br.Read(p)
	l.budget -= int64(n)
	if err == nil && l.budget < 0 {
		err = errChatter
	}
	l.last = 0
	return n, err
}

// skip reads to the end of a line that makes no sense.
func (l *lines) skip() error {
	if l.last == '\n' {
		return nil
	}
	_, err := l.ReadString('\n')
	return err
}

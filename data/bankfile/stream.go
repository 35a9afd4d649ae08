package bankfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"ardoise/data/fault"
)

var (
	errTooBig   = errors.New("bankfile: over the limit of bytes")
	errRun      = errors.New("bankfile: one text or tag is over the limit")
	errDoctype  = errors.New("bankfile: a DOCTYPE or other declaration")
	errEncoding = errors.New("bankfile: unknown encoding")
)

// source counts the bytes of the caller's stream and stops it at the limit, whatever comes behind.
type source struct {
	r    io.Reader
	left int64
	err  error // what the stream itself answered, io.EOF apart
}

func (s *source) Read(p []byte) (int, error) {
	if s.left <= 0 {
		// One byte more tells a file of just the limit from a longer one.
		var one [1]byte
		n, err := io.ReadFull(s.r, one[:])
		if n > 0 {
			return 0, errTooBig
		}
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
		return 0, err
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// maxRun bounds one text, tag, comment or CDATA section: encoding/xml holds each of them whole.
const maxRun = 256 << 10

type mode int

const (
	inText mode = iota
	afterLess
	afterBang
	inComment
	inCDATA
	inInstruction
)

// guard looks at the bytes before the parser does. It refuses declarations (a DOCTYPE is where entities are made) as
// soon as they begin, and anything that the parser would have to hold whole and that is too long.
type guard struct {
	r    io.Reader
	mode mode
	run  int
	last [2]byte // the two bytes before, to find the ends "-->", "]]>", "?>"
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	for _, b := range p[:n] {
		if fail := g.see(b); fail != nil {
			return 0, fail
		}
	}
	return n, err
}

func (g *guard) see(b byte) error {
	if g.run++; g.run > maxRun {
		return errRun
	}
	ends := false
	switch g.mode {
	case inText:
		if b == '<' {
			g.mode, g.run = afterLess, 0
		}
	case afterLess:
		switch b {
		case '!':
			g.mode = afterBang
		case '?':
			g.mode, g.last = inInstruction, [2]byte{}
		default:
			g.mode = inText
		}
	case afterBang:
		switch b {
		case '-':
			g.mode, g.last = inComment, [2]byte{}
		case '[':
			g.mode, g.last = inCDATA, [2]byte{}
		default:
			return errDoctype
		}
	case inComment:
		ends = b == '>' && g.last == [2]byte{'-', '-'}
	case inCDATA:
		ends = b == '>' && g.last == [2]byte{']', ']'}
	case inInstruction:
		ends = b == '>' && g.last[1] == '?'
	}
	if ends {
		g.mode, g.run = inText, 0
	}
	g.last = [2]byte{g.last[1], b}
	return nil
}

// charsets are the encodings banks use beside UTF-8.
var charsets = map[string]encoding.Encoding{
	"iso-8859-1": charmap.ISO8859_1, "iso8859-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1,
	"iso-8859-15": charmap.ISO8859_15, "iso8859-15": charmap.ISO8859_15, "latin9": charmap.ISO8859_15,
	"windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252, "us-ascii": charmap.ISO8859_1, "ascii": charmap.ISO8859_1,
}

// utf8Reader turns UTF-16 with its mark into UTF-8 and takes the mark of UTF-8 away; marked tells that the mark settled
// the encoding, whatever the declaration says.
func utf8Reader(r io.Reader) (out io.Reader, marked bool, err error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		if _, err := b.Discard(3); err != nil {
			return nil, false, err
		}
		return b, true, nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}) || bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return nil, false, errEncoding // UTF-32
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return transform.NewReader(b, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder()), true, nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, false, errEncoding // UTF-16 without its mark
	}
	return b, false, nil
}

// charsetReader answers the parser when the declaration names another encoding than UTF-8.
func charsetReader(marked bool) func(label string, input io.Reader) (io.Reader, error) {
	return func(label string, input io.Reader) (io.Reader, error) {
		if marked {
			return input, nil
		}
		if set, ok := charsets[strings.ToLower(strings.TrimSpace(label))]; ok {
			return transform.NewReader(input, set.NewDecoder()), nil
		}
		return nil, fault.Wrap(fault.Invalid, errEncoding, "Le fichier annonce l’encodage « %s », qui n’est pas lu : demandez à la banque un fichier en UTF-8.", clip(label, 30))
	}
}

package message

import (
	"bytes"
	"context"
	"time"

	"ardoise/data/fault"
)

// What else is bounded, so that no byte costs more than another.
const (
	maxHeader  = 2 << 20   // bytes of one part's header
	maxText    = 200 << 10 // bytes of text kept
	maxTextRaw = 8 << 20   // bytes of a text part that are looked at
	maxLine    = 998       // runes of a subject or a name
	maxInline  = 48 << 10  // bytes of a picture that may be a mere decoration
	maxByByte  = 32 << 20  // bytes times levels that enmime, which reads byte by byte at each level, is given
)

// limits can be raised by a test that wants to see what they prevent.
type limits struct {
	size, depth, parts, decoded, header int
	time                                time.Duration
}

var standard = limits{size: MaxSize, depth: MaxDepth, parts: MaxParts, decoded: MaxDecoded, header: maxHeader, time: MaxTime}

// budget is what is left of the limits while one message is read, the forwarded
// ones inside it included.
type budget struct {
	limits
	ctx            context.Context // ends when the time is over, with errTime as its cause
	parts, decoded int
	damaged        bool // a parser gave up before the end
	deepest, cost  int  // levels of the body scanned last; bytes times levels of all
}

// What a message is set aside for.
var (
	errEmpty   = fault.New(fault.Invalid, "Ce message est vide : il a été mis de côté. Demandez à l’expéditeur de le renvoyer.")
	errNoHead  = fault.New(fault.Invalid, "Ce message n’a aucun en-tête lisible (ni expéditeur, ni objet, ni date) : ce n’est sans doute pas un courriel. Il a été mis de côté.")
	errSize    = fault.New(fault.Invalid, "Ce message dépasse %d Mo : il a été mis de côté sans être lu. Ouvrez-le dans votre messagerie.", MaxSize>>20)
	errDepth   = fault.New(fault.Invalid, "Ce message contient plus de %d niveaux de parties imbriquées : il a été mis de côté sans être lu.", MaxDepth)
	errParts   = fault.New(fault.Invalid, "Ce message contient plus de %d parties : il a été mis de côté sans être lu.", MaxParts)
	errDecoded = fault.New(fault.Invalid, "Ce message dépasse %d Mo une fois décodé : il a été mis de côté.", MaxDecoded>>20)
	errHeader  = fault.New(fault.Invalid, "L’en-tête de ce message dépasse %d Mo : il a été mis de côté sans être lu.", maxHeader>>20)
	errTime    = fault.New(fault.Invalid, "La lecture de ce message demande plus de %d secondes : il a été mis de côté.", int(MaxTime/time.Second))
)

// late says that the time is over, or that nobody waits any more.
func (b *budget) late() error {
	if b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	return nil
}

// spend counts bytes that were decoded.
func (b *budget) spend(n int) error {
	if b.decoded += n; b.decoded > b.limits.decoded {
		return errDecoded
	}
	return nil
}

// cutLine returns the first line of raw with its end, and what follows.
func cutLine(raw []byte) (line, rest []byte) {
	if i := bytes.IndexByte(raw, '\n'); i >= 0 {
		return raw[:i+1], raw[i+1:]
	}
	return raw, nil
}

// splitHead cuts a message at its first empty line.
func splitHead(raw []byte) (head, body []byte) {
	for rest := raw; len(rest) > 0; {
		line, next := cutLine(rest)
		if blank(line) {
			return raw[:len(raw)-len(rest)], next
		}
		rest = next
	}
	return raw, nil
}

func blank(line []byte) bool { return len(bytes.TrimRight(line, "\r\n")) == 0 }

// scan walks once over the lines of a body, keeping nothing but the boundaries it
// is inside of: parts and depth are counted before anything is parsed. It counts
// as a part whatever one of the parsers could take for one.
func (b *budget) scan(boundary string, body []byte, depth int) error {
	stack := make([][]byte, 0, MaxDepth)
	if boundary != "" {
		stack = append(stack, []byte("--"+boundary))
	}
	inHead, at, lines := false, 0, 0
	b.deepest = 1
	defer func() { b.cost += b.deepest * len(body) }()
	for rest := body; len(rest) > 0; {
		line, next := cutLine(rest)
		start := len(body) - len(rest)
		rest = next
		if lines++; lines&0xfff == 0 {
			if err := b.late(); err != nil {
				return err
			}
		}
		if level, last := matches(stack, line); level >= 0 {
			inHead, at = !last, len(body)-len(rest)
			stack = stack[:level+1]
			if last {
				stack = stack[:level]
				continue
			}
			if b.parts++; b.parts > b.limits.parts {
				return errParts
			}
			if b.deepest = max(b.deepest, len(stack)); depth+len(stack) > b.limits.depth {
				return errDepth
			}
			continue
		}
		if !inHead {
			continue
		}
		if start-at > b.limits.header {
			return errHeader
		}
		if !blank(line) {
			continue
		}
		inHead = false
		if inner := media(parseHead(body[at:start]).get("content-type")).params["boundary"]; inner != "" {
			stack = append(stack, []byte("--"+inner))
		}
	}
	return nil
}

// matches finds the innermost boundary that a line begins with; last says that it
// is the closing one.
func matches(stack [][]byte, line []byte) (level int, last bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return -1, false
	}
	for i := len(stack) - 1; i >= 0; i-- {
		after, ok := bytes.CutPrefix(line, stack[i])
		switch {
		case !ok:
		case len(after) == 0 || after[0] == '\n' || after[0] == '\r' || after[0] == ' ' || after[0] == '\t':
			return i, false
		case bytes.HasPrefix(after, []byte("--")):
			return i, true
		}
	}
	return -1, false
}

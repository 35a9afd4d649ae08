package message

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message/textproto"
	"github.com/jhillyerd/enmime/v2"
)

// part is one node of a message, whichever library found it. Its content is still
// in its transfer encoding.
type part struct {
	typ, disposition kind
	encoding, id     string
	raw              []byte
	children         []*part
}

// newPart takes from a part's header what is of use here.
func newPart(get func(string) string) *part {
	encoding, _ := oneLine(get("Content-Transfer-Encoding"))
	id, _ := oneLine(get("Content-ID"))
	return &part{
		typ: media(get("Content-Type")), disposition: media(get("Content-Disposition")),
		encoding: strings.ToLower(strings.Trim(encoding, ` ";`)), id: strings.Trim(id, "<> "),
	}
}

// is reports whether the media type is one of these; "text/" is all of its kind.
func (p *part) is(types ...string) bool {
	for _, t := range types {
		if p.typ.name == t || strings.HasSuffix(t, "/") && strings.HasPrefix(p.typ.name, t) {
			return true
		}
	}
	return false
}

// watched is a body that stops being read when the time is over.
type watched struct {
	*bytes.Reader
	late func() error
}

// Read implements io.Reader.
func (w watched) Read(p []byte) (int, error) {
	if err := w.late(); err != nil {
		return 0, err
	}
	return w.Reader.Read(p)
}

// mimeFields are the only fields of the whole message the libraries get to see: a
// header of theirs that nothing can be wrong with.
var mimeFields = []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"}

// rewrite gives a message its body and a header in plain ASCII.
func (b *budget) rewrite(h head, boundary string, body []byte) io.Reader {
	var top strings.Builder
	for _, name := range mimeFields {
		value := h.get(strings.ToLower(name))
		if name == "Content-Type" {
			value = "text/plain"
			if boundary != "" {
				value = fmt.Sprintf("multipart/mixed; boundary=%q", boundary)
			}
		}
		value = strings.Map(func(r rune) rune {
			if r < ' ' || r > 126 {
				return -1
			}
			return r
		}, value)
		if value != "" && len(value) < 1000 {
			top.WriteString(name + ": " + value + "\r\n")
		}
	}
	top.WriteString("\r\n")
	return io.MultiReader(strings.NewReader(top.String()), watched{bytes.NewReader(body), b.late})
}

// tree finds the parts of a message: by enmime, where it gives up (or would take
// too long) by go-message, and where that gives up too raw is true and the body
// stands as it is.
func (b *budget) tree(h head, body []byte, depth int) (root *part, raw bool, err error) {
	root = newPart(h.get0)
	boundary := root.typ.params["boundary"]
	if boundary == "" || !root.is("multipart/") {
		root.raw = body
		return root, root.is("multipart/"), nil
	}
	if err := b.scan(boundary, body, depth); err != nil {
		return nil, false, err
	}
	parsers := []func(head, *part, []byte, int) error{b.byEnmime, b.byGoMessage}
	if b.cost > maxByByte {
		parsers = parsers[1:]
	}
	for _, parse := range parsers {
		root.children = nil
		err := guarded(func() error { return parse(h, root, body, depth) })
		if err == nil && len(root.children) > 0 {
			return root, false, nil
		}
		if late := b.late(); late != nil {
			return nil, false, late
		}
		if errors.Is(err, errParts) || errors.Is(err, errDepth) {
			return nil, false, err
		}
	}
	root.children, root.raw = nil, body
	return root, true, nil
}

// get0 is get for a field in its written form.
func (h head) get0(key string) string { return h.get(strings.ToLower(key)) }

// crashed is a panic of a library, told as an error.
type crashed struct{ what any }

func (c crashed) Error() string { return fmt.Sprint("a library panicked: ", c.what) }

// guarded turns a panic into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if what := recover(); what != nil {
			if limit, ok := what.(error); ok && (errors.Is(limit, errParts) || errors.Is(limit, errDepth)) {
				err = limit
				return
			}
			err = crashed{what}
		}
	}()
	return f()
}

// byEnmime lets enmime find the parts. It asks for each part's media type here,
// which is where it is stopped if it finds more parts than the scan did.
func (b *budget) byEnmime(h head, root *part, body []byte, depth int) error {
	asked := 0
	parser := enmime.NewParser(enmime.RawContent(true), enmime.MaxStoredPartErrors(10),
		enmime.MultipartWOBoundaryAsSinglePart(true), enmime.DisableTextConversion(true),
		enmime.SetCustomParseMediaType(func(value string) (string, map[string]string, []string, error) {
			if asked++; asked > 2*b.limits.parts+10 {
				panic(errParts)
			}
			k := media(value)
			return k.name, k.params, nil, nil
		}))
	top, err := parser.ReadParts(b.rewrite(h, root.typ.params["boundary"], body))
	if err != nil {
		return err
	}
	count := 0
	root.children, err = b.fromEnmime(top.FirstChild, depth+1, &count)
	return err
}

func (b *budget) fromEnmime(first *enmime.Part, depth int, count *int) (list []*part, err error) {
	if first != nil && depth > b.limits.depth {
		return nil, errDepth
	}
	for p := first; p != nil; p = p.NextSibling {
		if *count++; *count > b.limits.parts {
			return nil, errParts
		}
		one := newPart(p.Header.Get)
		if one.typ.name == "" && p.ContentType != "" {
			one.typ.name = p.ContentType
		}
		one.raw, p.Content = p.Content, nil
		if one.children, err = b.fromEnmime(p.FirstChild, depth+1, count); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// byGoMessage lets go-message find them.
func (b *budget) byGoMessage(_ head, root *part, body []byte, depth int) error {
	count := 0
	return b.walk(root, bufio.NewReader(watched{bytes.NewReader(body), b.late}), depth+1, &count)
}

func (b *budget) walk(parent *part, r io.Reader, depth int, count *int) error {
	if depth > b.limits.depth {
		return errDepth
	}
	reader := textproto.NewMultipartReader(r, parent.typ.params["boundary"])
	for {
		found, err := reader.NextPart()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil // a missing end is no reason to lose what came before
		case err != nil && len(parent.children) > 0:
			b.damaged = true
			return nil
		case err != nil:
			return err
		}
		if *count++; *count > b.limits.parts {
			return errParts
		}
		one := newPart(found.Header.Get)
		parent.children = append(parent.children, one)
		if one.is("multipart/") && one.typ.params["boundary"] != "" {
			if err := b.walk(one, found, depth+1, count); err != nil {
				return err
			}
			continue
		}
		if one.raw, err = io.ReadAll(found); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
	}
}

// content decodes a part's transfer encoding and counts what it gives; at most
// max bytes of it are decoded (0: all).
func (b *budget) content(p *part, max int) (content []byte, broken bool, err error) {
	raw := p.raw
	if max > 0 && len(raw) > max {
		raw = raw[:max]
	}
	switch p.encoding {
	case "base64":
		content, broken = unbase64(raw)
	case "quoted-printable":
		content = unquote(raw, true)
	case "", "7bit", "8bit", "binary":
		if content = raw; p.is("message/rfc822", "message/global") {
			return content, false, nil // what is inside counts for itself
		}
	default:
		content, broken = raw, true
	}
	return content, broken, b.spend(len(content))
}

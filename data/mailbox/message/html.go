package message

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// signed are the names mail programs give to the block of a signature, which gets
// the line that marks one in plain text.
var signed = regexp.MustCompile(`^(x_)*(gmail_signature|moz-signature|Signature|ms-outlook-mobile-signature|protonmail_signature_block)( |$)`)

// page turns HTML into lines of text, reading it once from front to back: no tree
// is built, so that a hundred thousand nested elements cost no more than text.
type page struct {
	out     strings.Builder
	line    strings.Builder
	blanks  bool      // a blank waits for the next word
	empty   int       // empty lines asked for before the next one
	quotes  int       // blockquotes around
	pre     int       // pre elements around
	skip    atom.Atom // element whose content is not shown
	nesting int       // how many of it are open
	any     bool      // a line was written
	word    bool      // the last paragraph is Word's, which writes each line as one
}

// fromHTML gives the text a person would see. Quoted blocks get "> " as in plain
// text, so that both are treated alike.
func fromHTML(source string, late func() error) (text string, cut bool, err error) {
	z := html.NewTokenizer(strings.NewReader(source))
	p := &page{}
	for n := 1; ; n++ {
		if n&0xfff == 0 {
			if err := late(); err != nil {
				return "", false, err
			}
		}
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			p.breakLine(0)
			if !errors.Is(z.Err(), io.EOF) {
				cut = true
			}
			return p.out.String(), cut, nil
		case html.TextToken:
			if p.skip == 0 {
				p.words(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			p.open(z, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.close(atom.Lookup(name))
		}
		if p.out.Len()+p.line.Len() > 2*maxText {
			p.breakLine(0)
			return p.out.String(), true, nil
		}
	}
}

// words writes text, its blanks run together.
func (p *page) words(s string) {
	if p.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				p.breakLine(0)
			}
			p.line.WriteString(line)
		}
		return
	}
	for i, word := range strings.FieldsFunc(s, isBlank) {
		if p.line.Len() > 0 && (i > 0 || p.blanks || isBlank(rune(s[0]))) {
			p.line.WriteByte(' ')
		}
		p.line.WriteString(word)
		p.blanks = false
	}
	if s != "" && isBlank(rune(s[len(s)-1])) {
		p.blanks = true
	}
}

func isBlank(r rune) bool { return r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '\f' }

// breakLine ends the line that is being written; before the next one there are at
// least so many empty lines.
func (p *page) breakLine(empty int) {
	defer func() { p.blanks = false }()
	if p.line.Len() > 0 || p.pre > 0 {
		for range p.empty {
			p.write("")
		}
		p.empty = 0
		p.write(p.line.String())
		p.line.Reset()
	}
	if p.any {
		p.empty = max(p.empty, empty)
	}
}

func (p *page) write(line string) {
	p.out.WriteString(strings.TrimRight(strings.Repeat("> ", min(p.quotes, 5))+line, " "))
	p.out.WriteByte('\n')
	p.any = true
}

// open treats a start tag.
func (p *page) open(z *html.Tokenizer, closed bool) {
	raw, more := z.TagName()
	name := atom.Lookup(raw)
	if p.skip != 0 {
		if name == p.skip && !closed {
			p.nesting++
		}
		return
	}
	class, id, unseen := attributes(z, more)
	switch name {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Object, atom.Iframe, atom.Svg, atom.Select, atom.Noscript, atom.Textarea,
		atom.Noframes, atom.Noembed:
		unseen = true
	}
	if unseen && !closed && !void(name) && name != 0 {
		p.skip, p.nesting = name, 1
		return
	}
	if signed.MatchString(class) || signed.MatchString(id) {
		p.breakLine(0)
		p.line.WriteString("--")
		p.breakLine(0)
	}
	switch name {
	case atom.Br:
		if p.line.Len() == 0 {
			p.empty = min(p.empty+1, 2)
			if !p.any {
				p.empty = 0
			}
			return
		}
		p.breakLine(0)
	case atom.Blockquote:
		p.breakLine(0)
		p.quotes++
	case atom.Pre:
		p.breakLine(0)
		p.pre++
	case atom.Li:
		p.breakLine(0)
		p.line.WriteString("- ")
	case atom.Td, atom.Th:
		p.blanks = true
	default:
		if name == atom.P {
			p.word = strings.Contains(class, "Mso")
		}
		p.breakFor(name)
	}
}

// breakFor breaks the line around a block.
func (p *page) breakFor(name atom.Atom) {
	switch name {
	case atom.P:
		if p.word {
			p.breakLine(0)
			return
		}
		p.breakLine(1)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.breakLine(1)
	case atom.Div, atom.Tr, atom.Table, atom.Ul, atom.Ol, atom.Hr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dl, atom.Dt,
		atom.Dd, atom.Body, atom.Center, atom.Address, atom.Form, atom.Fieldset, atom.Main, atom.Nav, atom.Aside, atom.Figure, atom.Head:
		p.breakLine(0)
	}
}

// close treats an end tag.
func (p *page) close(name atom.Atom) {
	if p.skip != 0 {
		if name == p.skip {
			if p.nesting--; p.nesting == 0 {
				p.skip = 0
			}
		}
		return
	}
	switch name {
	case atom.Blockquote:
		p.breakLine(0)
		p.quotes = max(0, p.quotes-1)
	case atom.Pre:
		p.breakLine(0)
		p.pre = max(0, p.pre-1)
	case atom.Li:
		p.breakLine(0)
	default:
		p.breakFor(name)
	}
}

// attributes reads what is of use of a tag: its class, and whether it is hidden
// as the first lines of advertisements are.
func attributes(z *html.Tokenizer, more bool) (class, id string, unseen bool) {
	for n := 0; more && n < 100; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "class":
			class = string(value)
		case "id":
			id = string(value)
		case "hidden":
			unseen = true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(string(value)), ""))
			for _, trick := range []string{"display:none", "visibility:hidden", "mso-hide:all", "max-height:0", "font-size:0"} {
				if at := strings.Index(style, trick); at >= 0 && !digit(style[at+len(trick):]) {
					unseen = true
				}
			}
		}
	}
	return class, id, unseen
}

// digit says that a number goes on: « font-size:0.9em » is not « font-size:0 ».
func digit(s string) bool { return s != "" && (s[0] == '.' || s[0] >= '0' && s[0] <= '9') }

// void says that an element has no content and no end tag.
func void(name atom.Atom) bool {
	switch name {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source,
		atom.Track, atom.Wbr:
		return true
	}
	return false
}

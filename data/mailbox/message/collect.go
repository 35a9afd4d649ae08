package message

import (
	"errors"
	"path"
	"regexp"
	"runtime"
	"strings"
	"unicode/utf8"
)

// collector gathers text, attachments and the forwarded message from the parts.
type collector struct {
	*budget
	m      *Message
	o      Options
	texts  []string
	cids   map[string]bool // pictures that a text shows
	images map[int]string  // attachment -> its Content-ID
	report []byte          // the fields of a delivery report
	cut    bool            // text was left out
	said   bool            // a variant in plain text was found: HTML is looked at for its pictures only
	origin string          // Message-ID of ours that came back
}

// text adds a piece of text.
func (c *collector) text(s string) {
	if strings.TrimSpace(s) != "" {
		c.texts = append(c.texts, s)
	}
}

// attached says that a part is a joined file rather than something to be read.
func (p *part) attached() bool {
	return p.disposition.name == "attachment" || p.fileName() != "" || !p.is("", "text/plain", "text/html", "text")
}

// fileName is the name a part gives itself, as it came.
func (p *part) fileName() string {
	if name := p.disposition.params["filename"]; name != "" {
		return name
	}
	return p.typ.params["name"]
}

// walk goes through a part and what is inside.
func (c *collector) walk(p *part, parent string, depth int) error {
	switch {
	case len(p.children) > 0 && p.is("multipart/alternative"):
		return c.alternative(p, depth)
	case len(p.children) > 0:
		for _, child := range p.children {
			if err := c.walk(child, p.typ.name, depth+1); err != nil {
				return err
			}
		}
		return nil
	case p.is("multipart/"):
		return nil // nothing inside
	case p.is("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"):
		return nil
	case p.is("message/delivery-status", "message/disposition-notification", "message/global-delivery-status"):
		content, _, err := c.content(p, maxHeader)
		c.report = append(append(c.report, content...), "\n\n"...)
		return err
	case p.is("message/rfc822", "message/global"):
		return c.forwarded(p, parent, depth)
	case parent == "multipart/alternative" && p.is("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"):
		return nil
	case p.is("text/rfc822-headers"):
		content, _, err := c.content(p, maxHeader)
		c.origin = messageID(parseHead(content).get("message-id"))
		return err
	case p.attached():
		return c.attach(p, parent)
	}
	text, err := c.read(p)
	c.text(text)
	return err
}

// alternative takes the first variant in plain text that says something, else
// the last that does; files are taken of all.
func (c *collector) alternative(p *part, depth int) error {
	outer, before := c.texts, c.said
	var chosen []string
	for _, child := range p.children {
		c.texts = nil
		if err := c.walk(child, p.typ.name, depth+1); err != nil {
			return err
		}
		if len(c.texts) == 0 || c.said && !before {
			continue
		}
		chosen, c.said = c.texts, before || child.is("text/plain", "")
	}
	c.texts, c.said = append(outer, chosen...), before
	return nil
}

// read gives the text of a part.
func (c *collector) read(p *part) (string, error) {
	content, broken, err := c.content(p, maxTextRaw)
	if err != nil {
		return "", err
	}
	if broken {
		c.m.remark("Une partie du texte était mal codée : ce qui se lit est montré.")
	}
	c.cut = c.cut || len(p.raw) > maxTextRaw
	text, how := toUTF8(content, p.typ.params["charset"])
	switch how {
	case guessed:
		c.m.remark("Le message ne dit pas son jeu de caractères : les accents ont été devinés.")
	case corrected:
		c.m.remark("Le jeu de caractères annoncé n’est pas le bon : les accents ont été devinés.")
	}
	if !p.is("text/html") {
		if strings.EqualFold(p.typ.params["format"], "flowed") {
			text = unflow(text, strings.EqualFold(p.typ.params["delsp"], "yes"))
		}
		return text, nil
	}
	c.pictures(text)
	if c.said {
		return "", nil
	}
	text, cut, err := fromHTML(text, c.late)
	c.cut = c.cut || cut
	return text, err
}

var cidLink = regexp.MustCompile(`(?i)cid:([^"'\s>)]{1,200})`)

// pictures notes which pictures an HTML text shows.
func (c *collector) pictures(html string) {
	for _, found := range cidLink.FindAllStringSubmatch(html, 1000) {
		c.cids[strings.ToLower(found[1])] = true
	}
}

// forwarded reads a message inside the message.
func (c *collector) forwarded(p *part, parent string, depth int) error {
	raw, _, err := c.content(p, 0)
	if err != nil {
		return err
	}
	if parent == "multipart/report" || returned.MatchString(c.m.From.Mail) {
		top, _ := splitHead(raw[:min(len(raw), maxHeader)])
		c.origin = messageID(parseHead(top).get("message-id"))
		return nil
	}
	if c.m.Inner != nil {
		c.m.remark("Plusieurs messages sont joints : seul le premier est lu, les autres sont des pièces jointes.")
		return c.attach(p, parent)
	}
	p.raw = nil
	if len(raw) > 4<<20 {
		runtime.GC() // each level leaves copies behind; together they must stay small
	}
	inner, err := c.message(raw, c.o, depth+1)
	switch {
	case errors.Is(err, errNoHead):
		c.m.remark("Le message joint n’a pas d’en-tête lisible : il est gardé comme pièce jointe.")
		p.raw, p.encoding = raw, ""
		return c.attach(p, parent)
	case err != nil:
		return err
	}
	c.m.Inner = inner
	c.m.remark("Un message est joint : rien ne prouve qu’il vient de l’expéditeur qu’il indique.")
	return nil
}

// attach keeps a joined file.
func (c *collector) attach(p *part, parent string) error {
	content, broken, err := c.content(p, 0)
	if err != nil {
		return err
	}
	name := cleanName(decodeWords(p.fileName()))
	if broken {
		c.m.remark("La pièce jointe « " + name + " » est abîmée : ce qui a pu être décodé est gardé.")
	}
	if p.is("application/ms-tnef") || strings.EqualFold(name, "winmail.dat") {
		c.m.remark("Les pièces jointes sont dans un fichier propre à Outlook (winmail.dat), qui n’est pas ouvert : demandez à la famille de les renvoyer autrement.")
	}
	if p.is("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted") {
		c.m.remark("Ce message est chiffré ou signé d’une façon qui n’est pas lue ici : ouvrez-le dans votre messagerie.")
	}
	if p.id != "" && p.is("image/") && p.disposition.name != "attachment" && len(content) <= maxInline {
		if c.images == nil {
			c.images = map[int]string{}
		}
		c.images[len(c.m.Attachments)] = strings.ToLower(p.id)
	}
	declared := plainLine(p.typ.name)
	c.m.Attachments = append(c.m.Attachments, Attachment{Name: name, Declared: declared, Content: content})
	return nil
}

// cleanName makes a name fit to be shown, by the rules of access.CleanName.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "\ufffd"), `\`, "/"))
	name = plainLine(name)
	if utf8.RuneCountInString(name) > 120 {
		name = string([]rune(name)[:120])
	}
	name = strings.TrimSpace(name)
	if name == "" || name == "." || name == "/" || name == ".." {
		return "document"
	}
	return name
}

// finish puts the text together once every part was seen.
func (c *collector) finish() {
	text, cut := cleanText(strings.Join(c.texts, "\n\n"))
	c.m.Text = text
	if cut || c.cut {
		c.m.remark("Le texte de ce message est très long : seul son début est montré.")
	}
	for i, id := range c.images {
		c.m.Attachments[i].Inline = c.cids[id]
	}
}

package message

import (
	"context"
	"errors"
	"strings"

	"ardoise/data/fault"
)

// Read turns the bytes of an e-mail into a Message. An error is a refusal (Invalid)
// that says in French why the message is set aside whole, or that of ctx. An
// attachment that was not encoded may be a run of raw, which must not be written
// to afterwards.
func Read(ctx context.Context, raw []byte, o Options) (*Message, error) {
	return readWithin(ctx, raw, o, standard)
}

// readWithin is Read with limits of its own.
func readWithin(ctx context.Context, raw []byte, o Options, l limits) (m *Message, err error) {
	ctx, done := context.WithTimeoutCause(ctx, l.time, errTime)
	defer done()
	b := &budget{limits: l, ctx: ctx}
	if len(raw) > l.size {
		return nil, errSize
	}
	if len(strings.TrimSpace(string(raw[:min(len(raw), 4096)]))) == 0 {
		return nil, errEmpty
	}
	err = guarded(func() (err error) {
		m, err = b.message(raw, o, 0)
		return err
	})
	if err != nil {
		return nil, refusal(err)
	}
	return m, nil
}

// refusal makes a sentence of a panic; the other errors have theirs.
func refusal(err error) error {
	var crash crashed
	if errors.As(err, &crash) {
		return fault.Wrap(fault.Invalid, err, "Ce message n’a pas pu être lu : sa composition est défectueuse. Il a été mis de côté ; ouvrez-le dans votre messagerie.")
	}
	return err
}

// message reads one message, the outer (depth 0) or a forwarded one.
func (b *budget) message(raw []byte, o Options, depth int) (*Message, error) {
	if depth > b.limits.depth {
		return nil, errDepth
	}
	if err := b.late(); err != nil {
		return nil, err
	}
	raw = skipMbox(raw)
	top, body := splitHead(raw)
	if len(top) > b.limits.header {
		return nil, errHeader
	}
	h := parseHead(top)
	if !h.known() {
		return nil, errNoHead
	}
	m := &Message{}
	m.envelope(h)
	if b.parts++; b.parts > b.limits.parts {
		return nil, errParts
	}
	root, asRaw, err := b.tree(h, body, depth)
	if err != nil {
		return nil, err
	}
	c := &collector{budget: b, m: m, o: o, cids: map[string]bool{}}
	if b.damaged {
		m.remark("La fin de ce message est abîmée : des pièces jointes peuvent manquer.")
	}
	if asRaw {
		m.remark("La composition de ce message est défectueuse : son texte est montré tel quel.")
		c.text(cleanRaw(root.raw[:min(len(root.raw), maxTextRaw)]))
	} else if err := c.walk(root, "", depth); err != nil {
		return nil, err
	}
	c.finish()
	m.Auth = c.auth(h)
	m.quiet(h, root, o)
	m.bounces(h, c)
	m.split(0)
	return m, nil
}

// skipMbox passes over the « From » line of a mailbox file and empty first lines.
func skipMbox(raw []byte) []byte {
	for len(raw) > 0 {
		line, rest := cutLine(raw)
		if !blank(line) && !strings.HasPrefix(string(line[:min(len(line), 6)]), "From ") {
			break
		}
		raw = rest
	}
	return raw
}

// envelope takes over what the header says.
func (m *Message) envelope(h head) {
	mended := false
	m.Subject, mended = oneLine(h.get("subject"))
	m.HeaderID = messageID(h.get("message-id"))
	m.Date, m.Received = instant(h.get("date")), h.received()
	for _, f := range h.all("from") {
		if _, bad := utf8Of(f); bad {
			mended = true
		}
	}
	if mended {
		m.remark("L’objet ou l’expéditeur était écrit sans codage : ses accents ont été devinés.")
	}
	senders := addresses(strings.Join(h.all("from"), ", "), 50)
	m.From = pick(senders)
	if m.From.Mail == "" {
		if a := pick(addresses(h.get("sender"), 5)); a.Mail != "" && len(senders) == 0 {
			m.From = a
		}
	}
	switch {
	case m.From.Mail == "":
		m.remark("Ce message n’a pas d’adresse d’expéditeur lisible.")
	case reachable(senders) > 1:
		m.remark("Ce message nomme plusieurs expéditeurs : seul le premier est retenu.")
	}
	m.ReplyTo = pick(addresses(h.get("reply-to"), 5))
	m.To = addresses(strings.Join(append(h.all("to"), h.all("cc")...), ", "), 200)
}

// reachable counts the addresses that can be written to.
func reachable(list []Address) (n int) {
	for _, a := range list {
		if a.Mail != "" {
			n++
		}
	}
	return n
}

// pick chooses the first address that can be written to.
func pick(list []Address) Address {
	for _, a := range list {
		if a.Mail != "" {
			return a
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return Address{}
}

// remark notes once what was mended or could not be read.
func (m *Message) remark(sentence string) {
	sentence = fault.French(sentence)
	for _, known := range m.Remarks {
		if known == sentence {
			return
		}
	}
	m.Remarks = append(m.Remarks, sentence)
}

package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
)

const (
	benchMails    = 1000   // messages of a morning after the holidays
	benchMailSize = 60_000 // bytes of each
	benchPage     = 200    // messages of a list
)

// benchPost is what the works of the post are done with, on the copy.
type benchPost struct {
	c       *officeCopy
	writers []family.Hit // families that can be written to, with a child
	paper   string       // what each message has joined, in base64
	many    int          // messages a run takes in
	turn    int          // messages taken in so far
	newest  []int64
	decides mailbox.Decision
}

// mailWorks measure the post on the copy: no server takes part. A small
// demonstration takes as many messages in as it has families, of the thousand.
func (c *officeCopy) mailWorks() ([]work, error) {
	hits, _, err := c.o.Family.List(c.ctx, family.Filter{}, 0, benchMails)
	if err != nil {
		return nil, err
	}
	b := &benchPost{c: c, paper: benchPaper()}
	for _, h := range hits {
		if h.Email != "" && len(h.Children) > 0 {
			b.writers = append(b.writers, h)
		}
	}
	if len(b.writers) == 0 {
		return nil, nil // nobody writes
	}
	b.many = min(benchMails, len(hits))
	part := func(d time.Duration) time.Duration { return d * time.Duration(b.many) / benchMails }
	return []work{
		{
			name: "Courriels de 60 ko, reçus et lus", most: part(10 * time.Second), long: true, detail: count(b.many, "message avec sa pièce", "messages avec leur pièce"), run: b.take,
		},
		{name: "Courrier, la liste", most: 100 * time.Millisecond, detail: fmt.Sprintf("%d messages au plus", benchPage), run: b.list},
		{name: "Courriel ouvert, avec ses propositions", most: 50 * time.Millisecond, detail: "relu avec ce qui est connu aujourd’hui", run: b.open},
		{name: "Courriel, plan de ce qu’il demande", most: 50 * time.Millisecond, detail: "pièce à classer et réponse", run: b.plan},
	}, nil
}

// benchPaper is a PDF as large as a message may want, folded as mail does.
func benchPaper() string {
	content := make([]byte, (benchMailSize-1200)*70/100)
	r := rand.NewChaCha8([32]byte{1})
	for i := range content {
		content[i] = byte(r.Uint64())
	}
	copy(content, "%PDF-1.4\n")
	copy(content[len(content)-7:], "\n%%EOF\n")
	var folded strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(content)), 76) {
		folded.Write(line)
		folded.WriteString("\r\n")
	}
	return folded.String()
}

// message is one that nobody wrote before.
func (b *benchPost) message() []byte {
	h := b.writers[b.turn%len(b.writers)]
	b.turn++
	first := h.Children[0].First
	return fmt.Appendf(nil, "From: %[1]s\r\nTo: cantine@mairie.example\r\nSubject: Fiche =?utf-8?q?=E2=84=96?= %[2]d\r\nMessage-ID: <mesure.%[2]d@example.org>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=\"m\"\r\n\r\n--m\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour,\r\n\r\nVoici la fiche sanitaire de %[3]s pour la cantine.\r\n\r\nCordialement\r\n"+
		"--m\r\nContent-Type: application/pdf; name=fiche-sanitaire.pdf\r\nContent-Disposition: attachment; filename=fiche-sanitaire.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%[4]s--m--\r\n",
		h.Email, b.turn, first, b.paper)
}

// take takes messages in, each in a transaction of its own.
func (b *benchPost) take() error {
	o := b.c.o
	b.newest = b.newest[:0]
	for range b.many {
		got, err := o.Mailbox.Take(b.c.ctx, mailbox.Delivery{Received: o.Store.Now(), Raw: b.message()})
		if err != nil {
			return err
		}
		b.newest = append(b.newest, got.MessageID)
	}
	return nil
}

func (b *benchPost) list() error {
	_, _, err := b.c.o.Mailbox.List(b.c.ctx, mailbox.Filter{Limit: benchPage})
	return err
}

func (b *benchPost) open() error {
	_, err := b.c.o.Mailbox.Get(b.c.ctx, b.newest[0])
	return err
}

// plan works out what the message asks for; the warm-up run finds one.
func (b *benchPost) plan() error {
	if b.decides.MessageID == 0 {
		if err := b.decide(); err != nil {
			return err
		}
	}
	p, err := b.c.o.Mailbox.Plan(b.c.ctx, b.decides)
	if err == nil && p.Problem != "" {
		err = fault.New(fault.Insufficient, "La mesure d’un courriel n’a pas pu se faire : %s", p.Problem)
	}
	return err
}

// decide looks for a message that asks for something sure.
func (b *benchPost) decide() error {
	for _, id := range b.newest[:min(len(b.newest), 50)] {
		m, err := b.c.o.Mailbox.Get(b.c.ctx, id)
		if err != nil {
			return err
		}
		for _, c := range m.Cards {
			if c.Ticked {
				b.decides = mailbox.Decision{MessageID: m.ID, Version: m.Version, Key: newKey(), Choices: []mailbox.Choice{c.Choice}, Reply: m.Reply}
				return nil
			}
		}
	}
	return fault.New(fault.Insufficient, "La mesure d’un courriel n’a pas pu se faire : rien de sûr n’est proposé.")
}

package mailbox

import (
	"slices"
	"strings"

	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
)

// sameIdentifier warns of a Message-ID that another message has.
const sameIdentifier = "Même identifiant qu’un autre message, contenu différent" + nbsp + ": à vérifier."

// understand reads the words of a message with what is known of its family, and
// fills what the list shows of it.
func understand(f *facts, familyID int64, h *head, b *body) error {
	in, err := f.input(familyID, b)
	if err != nil {
		return err
	}
	if b.Understood = reading.Understand(in); b.Nothing != "" && (familyID == 0 || !tangible(b.Understood)) {
		b.Understood = reading.Understood{Summary: b.Nothing, Proposals: []reading.Proposal{{Kind: reading.None, Why: b.Quiet}}}
	}
	b.guess()
	h.Summary, h.Kind, h.Proposals = b.Understood.Summary, reading.None, 0
	for i, p := range b.Understood.Proposals {
		if i == 0 {
			h.Kind = p.Kind
		}
		if p.Kind != reading.None {
			h.Proposals++
		}
	}
	return nil
}

// guess says of each file which document it seems to be.
func (b *body) guess() {
	for i := range b.Files {
		b.Files[i].Kind, b.Files[i].Health = "", false
	}
	for _, p := range b.Understood.Proposals {
		for _, g := range p.Files {
			if i := slices.IndexFunc(b.Files, func(f File) bool { return f.N == g.File }); i >= 0 && b.Files[i].Accepted {
				b.Files[i].Kind, b.Files[i].Health = g.Kind, healthKind(g.Kind)
			}
		}
	}
}

// healthKind reports whether a kind of document opens for the Santé role only.
func healthKind(kind string) bool { return kind == "health_form" || kind == "medical_certificate" }

// sure reports whether a proposal could be applied as it stands.
func sure(u reading.Understood) bool {
	return slices.ContainsFunc(u.Proposals, func(p reading.Proposal) bool { return p.Kind != reading.None && p.Sure() })
}

// tangible reports whether a message names what it wants: days, papers, an account.
func tangible(u reading.Understood) bool {
	return slices.ContainsFunc(u.Proposals, func(p reading.Proposal) bool {
		return p.Kind != reading.None && len(p.Days)+len(p.Files)+len(p.IBAN) > 0
	})
}

// openState is where a message that waits for a person stands.
func openState(familyID int64, h *head, b *body) State {
	if len(h.Warnings) > 0 || familyID == 0 || !sure(b.Understood) {
		return ToRead
	}
	return Todo
}

// firstState is where a message stands when it has been taken in. What a machine
// sent is put away by the program itself, unless it brings a family's message, tells
// of an address that is no more, or comes from a family and asks for something.
func (p *parsed) firstState(familyID int64) State {
	if p.msg != nil && p.head.Kind != reading.Bounce && p.msg.Inner == nil && (p.msg.Quiet || p.msg.List) {
		if familyID != 0 && tangible(p.body.Understood) { // a mail program marks what a parent wrote too
			return ToRead
		}
		return Ignored
	}
	return openState(familyID, &p.head, &p.body)
}

// warn says what a person must look at before believing the message.
func (p *parsed) warn(f *facts, familyID int64, ours []string, sameID bool) {
	warn := func(text string) { p.head.Warnings = append(p.head.Warnings, text) }
	if sameID {
		warn(sameIdentifier)
	}
	if p.msg == nil {
		return
	}
	a := p.msg.Auth
	switch {
	case a.DMARC == "fail":
		warn("L’adresse de l’expéditeur n’est pas confirmée (DMARC" + nbsp + ": échec)" + nbsp + ": vérifiez auprès de la famille.")
	case a.DMARC != "pass" && a.SPF == "fail" && a.DKIM != "pass":
		warn("L’adresse de l’expéditeur n’est pas confirmée (SPF" + nbsp + ": échec)" + nbsp + ": vérifiez auprès de la famille.")
	}
	switch from := p.msg.From.Mail; {
	case p.writer.Mail == from:
	case trusted(from, ours) && a.DMARC != "" && a.DMARC != "pass": // anybody writes our name on an envelope
		warn("Transféré par " + show(p.msg.From) + ", adresse de la mairie que le serveur n’a pas confirmée (DMARC" + nbsp + ": " + a.DMARC + ")" + nbsp + ": l’expéditeur est à vérifier.")
	case !trusted(from, ours) && (familyID == 0 || f.writer(from) != familyID):
		warn("Transféré par " + show(p.msg.From) + ", qui n’est ni de la mairie ni de la famille" + nbsp + ": l’expéditeur est à vérifier.")
	}
}

// public are hosts where anybody has an address: having one there too proves
// nothing.
var public = []string{
	"gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "yahoo.fr", "yahoo.com", "orange.fr",
	"wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com", "proton.me", "gmx.fr",
	"googlemail.com", "live.com", "msn.com", "ymail.com", "me.com", "mac.com", "aol.com", "aol.fr", "neuf.fr", "cegetel.net", "club-internet.fr",
	"aliceadsl.fr", "numericable.fr", "noos.fr", "nordnet.fr", "bouyguestelecom.fr", "gmx.com", "protonmail.com", "mailo.com", "ik.me",
}

// trusted reports whether an address is one of the town hall's: one of its
// mailboxes, or of the same domain.
func trusted(address string, ours []string) bool {
	if slices.Contains(ours, address) {
		return true
	}
	_, domain, ok := strings.Cut(address, "@")
	return ok && !slices.Contains(public, domain) && slices.ContainsFunc(ours, func(o string) bool { return strings.HasSuffix(o, "@"+domain) })
}

// bounced tells the room's outbox of addresses that refused a letter, and makes
// what the list says of it.
func (p *parsed) bounced() {
	var dead, slow []string
	for _, b := range p.body.Bounces {
		if b.Permanent {
			dead = append(dead, b.Address)
		} else {
			slow = append(slow, b.Address)
		}
	}
	switch {
	case len(dead) > 0:
		p.head.Kind, p.head.Summary = reading.Bounce, "Adresse refusée"+nbsp+": "+strings.Join(dead, ", ")
		p.head.Warnings = append(p.head.Warnings, "Un rapport dit que nos lettres à "+strings.Join(dead, ", ")+" n’arrivent plus"+nbsp+": vérifiez l’adresse avec la famille.")
		p.body.Understood = reading.Understood{Summary: p.head.Summary, Proposals: []reading.Proposal{{Kind: reading.Bounce, Why: detail(p.body.Bounces)}}}
		p.head.Proposals = 1
	case len(slow) > 0:
		p.head.Summary = "Remise retardée" + nbsp + ": " + strings.Join(slow, ", ")
	}
}

func detail(list []message.Bounce) string {
	var out []string
	for _, b := range list {
		out = append(out, strings.TrimSpace("le serveur répond "+b.Status+" pour "+b.Address))
	}
	return strings.Join(out, " ; ")
}

// restate reads an open message again, for instance when its family has been
// said: what the list shows and where it stands follow. The caller has checked
// and raised the version.
func restate(tx *store.Tx, id int64) error {
	o, err := openMessage(tx, id)
	if err != nil || !o.state.Open() || o.aside {
		return err
	}
	if o.head.Kind != reading.Bounce {
		f, err := factsOf(tx, nil, o.families())
		if err != nil {
			return err
		}
		if err := understand(f, o.familyID, &o.head, &o.body); err != nil {
			return err
		}
	}
	head, err := sealJSON(o.key, partHead, o.digest, o.head)
	if err != nil {
		return err
	}
	body, err := sealJSON(o.key, partBody, o.digest, o.body)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE mail_message SET head = $1, reading = $2, state = $3 WHERE id = $4`, head, body, string(openState(o.familyID, &o.head, &o.body)), id)
	return err
}

package demo

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/mailbox"
)

// letterFile is a file that comes with a message of the demonstration.
type letterFile struct {
	name    string
	content []byte
}

// wrote is one message of the demonstration.
type wrote struct {
	from, mail string
	subject    string
	text       string
	headers    []string
	files      []letterFile
	back       int // days before today
	hour, min  int
}

// bytes are the message as a server would hand it over.
func (l wrote) bytes(at time.Time, n int) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("From: %s <%s>", mime.QEncoding.Encode("utf-8", l.from), l.mail)
	line("To: Cantine <cantine@example.org>")
	line("Subject: %s", mime.QEncoding.Encode("utf-8", l.subject))
	line("Date: %s", at.In(calendar.Paris).Format(time.RFC1123Z))
	line("Message-ID: <demo-%d@example.org>", n)
	line("MIME-Version: 1.0")
	for _, h := range l.headers {
		line("%s", h)
	}
	line("Content-Type: multipart/mixed; boundary=demo")
	line("")
	line("--demo")
	line("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n")
	folded(&b, []byte(l.text))
	for _, f := range l.files {
		line("--demo")
		line("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"%s\"\r\n", f.name)
		folded(&b, f.content)
	}
	line("--demo--")
	return []byte(b.String())
}

// folded writes bytes in base64 lines.
func folded(b *strings.Builder, content []byte) {
	text := base64.StdEncoding.EncodeToString(content)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
}

// mail is what the families wrote in the last days; nothing was answered yet.
func (m *maker) mail() error {
	if m.size.Families > manyFamilies {
		return nil // a size to be measured
	}
	a := mailbox.NewAccount(m.today)
	a.Name, a.Address, a.Sender = "Cantine", "cantine@example.org", "Mairie de Saint-Marcel, cantine"
	a.IMAPHost, a.SMTPHost, a.Active = "imap.example.org", "smtp.example.org", false // a demonstration asks nothing of the network
	m.at(calendar.NewDate(int(m.year), time.August, 21).At(9, 0))
	id, err := m.o.Mailbox.SaveAccount(m.ctx, a, mailbox.Secrets{})
	if err != nil {
		return err
	}
	m.at(m.now)
	list, err := m.wroteAll()
	if err != nil {
		return err
	}
	for n, l := range list {
		at := m.today.Add(-l.back).At(l.hour, l.min)
		if at.After(m.now) {
			at = m.now.Add(-time.Duration(n+1) * time.Minute)
		}
		m.at(at)
		if _, err := m.o.Mailbox.Take(m.ctx, mailbox.Delivery{AccountID: id, Folder: "INBOX", UIDValidity: 1, UID: uint32(n + 1), Received: at, Raw: l.bytes(at, n)}); err != nil {
			return fmt.Errorf("message %d: %w", n+1, err)
		}
	}
	m.at(m.now)
	return nil
}

// wroteAll lists the messages, the oldest first.
func (m *maker) wroteAll() (list []wrote, err error) {
	list = m.wroteStrangers()
	days := m.nextDays(6)
	if len(days) < 6 {
		return list, nil
	}
	long := func(i int) string { return days[i].LongNoYear() }
	for _, w := range []struct {
		k         int // which family writes
		back      int
		hour, min int
		subject   string
		text      func(first string) string
		files     []letterFile
	}{
		{7, 4, 18, 4, "Cantine, demande d’accès", func(f string) string {
			return "Bonjour,\n\nJe souhaite inscrire " + f + " à la cantine. Vous trouverez ci-joint la fiche sanitaire.\n\nMerci beaucoup"
		}, []letterFile{{"fiche-sanitaire.pdf", paper("Fiche sanitaire", "Document fictif de démonstration")}}},
		{11, 3, 8, 12, "Assurance", func(f string) string {
			return "Bonjour,\nvoici l’attestation d’assurance scolaire de " + f + ".\nBonne journée"
		}, []letterFile{{"attestation-assurance.pdf", paper("Attestation d’assurance scolaire", "Document fictif de démonstration")}}},
		{16, 1, 9, 14, "Question", func(string) string {
			return "Bonjour, à partir de quel âge les enfants mangent-ils au second service ? Et faut-il apporter une serviette ? Merci."
		}, nil},
		{21, 0, 7, 52, "Réservation", func(f string) string {
			return "Bonjour,\n\nPourriez-vous réserver la cantine pour " + f + " " + long(2) + " et " + long(3) + " s’il vous plaît ?\n\nMerci d’avance"
		}, nil},
		{26, 0, 8, 31, "absence", func(f string) string {
			return "Bonjour, " + f + " est malade et ne mangera pas à la cantine " + long(0) + ". Cordialement"
		}, nil},
	} {
		if w.k >= len(m.homes) || len(m.homes[w.k].f.Guardians) == 0 || m.homes[w.k].f.Email() == "" {
			continue
		}
		h := m.homes[w.k]
		list = append(list, wrote{
			from: h.mother + " " + h.last, mail: h.f.Email(), subject: w.subject, text: w.text(h.f.Children[0].First), files: w.files, back: w.back, hour: w.hour, min: w.min,
		})
	}
	favier, err := m.wroteFavier()
	return append(list, favier...), err
}

// wroteFavier is the message of the help pages: two children, three wishes, a
// document and a photograph that cannot be shown.
func (m *maker) wroteFavier() ([]wrote, error) {
	h := m.homes[0]
	if h.last != "Favier" || h.f.Email() == "" {
		return nil, nil
	}
	days, err := m.hugoEats(h)
	if err != nil || len(days) < 2 {
		return nil, err
	}
	text := "Bonjour,\n\nHugo a rendez-vous chez l’orthodontiste " + days[0].LongNoYear() + ", il ne mangera donc pas à la cantine ce jour-là. " +
		"En revanche, Léa et lui mangeront bien " + days[1].LongNoYear() + ".\n" +
		"Je vous joins aussi l’attestation d’assurance de Hugo et une photo.\n\nMerci et bonne journée,\nÉlodie Favier"
	return []wrote{{
		from: h.mother + " " + h.last, mail: h.f.Email(), subject: "Hugo absent " + calendar.WeekdayName(days[0].Weekday()), text: text, hour: 9, min: 30,
		files: []letterFile{
			{"assurance-hugo.pdf", paper("Attestation d’assurance scolaire", "Enfant : Hugo Favier", "Document fictif de démonstration")},
			{"IMG_2041.heic", append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 512)...)},
		},
	}}, nil
}

// hugoEats are days of a week that can still be changed on which the Faviers'
// second child is booked at the canteen.
func (m *maker) hugoEats(h *home) (days []calendar.Date, err error) {
	from := m.today.Monday().Add(7)
	if m.today.Weekday() >= time.Thursday || m.today.Weekday() == time.Sunday {
		from = from.Add(7)
	}
	list, _, err := m.o.Booking.Upcoming(m.ctx, h.f.ID, from, 40)
	for _, c := range list {
		if c.Child == "Hugo" && c.Kind == catalog.Canteen {
			days = append(days, c.Day)
		}
	}
	return days, err
}

// wroteStrangers are the messages that no family wrote, or that ask for nothing.
func (m *maker) wroteStrangers() []wrote {
	return []wrote{
		{from: "La lettre des cantines", mail: "lettre@example.net", subject: "Nos nouveautés de saison", text: "Bonjour,\n\nDécouvrez nos plateaux compartimentés.", headers: []string{"List-Unsubscribe: <mailto:lettre@example.net>", "Precedence: bulk"}, back: 5, hour: 6, min: 30},
		{from: "Mail Delivery System", mail: "mailer-daemon@example.org", subject: "Undelivered Mail Returned to Sender", text: "This is the mail system.\n\n<ancienne.adresse@example.org>: host mx.example.org said: 550 5.1.1 User unknown\n", headers: []string{"Auto-Submitted: auto-replied", "Return-Path: <>"}, back: 4, hour: 7, min: 10},
		{from: "Camille", mail: "camille.inconnue@example.net", subject: "inscription", text: "Bonjour, nous venons d’arriver dans la commune. Comment inscrire ma fille à la cantine ?", back: 2, hour: 17, min: 45},
	}
}

// nextDays are the next service days of the first canteen, from tomorrow on.
func (m *maker) nextDays(n int) (days []calendar.Date) {
	for _, s := range m.services {
		if s.Kind != catalog.Canteen {
			continue
		}
		day := m.today
		for len(days) < n {
			next, ok := m.plans[s.ID].NextOpen(day)
			if !ok {
				return nil
			}
			days = append(days, next)
			day = next
		}
		return days
	}
	return nil
}

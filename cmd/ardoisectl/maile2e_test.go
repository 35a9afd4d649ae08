//go:build unix

package main

import (
	"bytes"
	"mime"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store/storetest"
)

const ourAddress = mailtest.SMTPUser // the same at both servers

// served sets the mailbox as an agent would, for a Dovecot and, where there is
// one, an Exim of the test's own.
func (v *village) served(d *mailtest.IMAP, e *mailtest.Exim, more ...string) {
	v.t.Helper()
	ca := string(d.CA)
	args := []string{
		"mail", "account", ourAddress, "name=Cantine", "sender=Mairie de Saint-Marcel", "imap_host=" + d.Host, "imap_port=" + number10(int64(d.PortTLS)), "auth_host=mx.mairie.example",
	}
	v.env["ARDOISE_MAIL_PASSWORD"] = d.Password()
	if e != nil {
		ca += string(e.Authority.PEM)
		args = append(args, "smtp_host="+e.Host, "smtp_port="+number10(int64(e.Submission)), "per_minute=600")
		v.env["ARDOISE_SMTP_PASSWORD"] = mailtest.SMTPPassword
	}
	v.ok(append(append(args, "ca="+write(v.t, "ca.pem", ca)), more...)...)
	delete(v.env, "ARDOISE_MAIL_PASSWORD")
	delete(v.env, "ARDOISE_SMTP_PASSWORD")
}

type fetchedJSON struct{ New, Known, Aside int }

func (v *village) fetch() (f fetchedJSON) {
	v.t.Helper()
	v.json(&f, "mail", "fetch")
	return f
}

// TestPostByCommands treats the mailbox of Saint-Marcel with commands only, from a
// real Dovecot to a real Exim, on both engines.
func TestPostByCommands(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { postDay(t, newCtl(t, filepath.Join(t.TempDir(), "mairie.db"))) })
	t.Run("postgres", func(t *testing.T) { postDay(t, newCtl(t, storetest.PostgresURL(t))) })
}

func postDay(t *testing.T, c *ctl) {
	d, e := mailtest.Dovecot(t), mailtest.StartExim(t, mailtest.EximOptions{})
	v := newVillage(t, c)
	v.now = time.Date(2026, 11, 9, 9, 0, 0, 0, calendar.Paris) // two weeks before
	v.admit("Louis", "LEGRAND", "prepaid", "2026-11-26")
	v.admit("Éloïse", "LAURENT", "prepaid")
	for _, first := range []string{"Maël", "Inès", "Côme"} {
		v.admit(first, "LEFÈVRE", "prepaid", "2026-12-01")
	}
	v.admit("Loïc", "LUCAS", "prepaid", "2026-11-27")
	v.admit("Timéo", "DUBOIS", "prepaid", "2026-12-03")
	v.admit("Fatou", "DUMONT", "monthly", "2026-11-16", "2026-11-17", "2026-11-19", "2026-12-04")
	v.admit("Maëlys", "MEUNIER", "prepaid", "2026-11-23")
	v.admit("Cléa", "ROUSSEAU", "prepaid", "2026-12-07", "2026-12-08") // of the father whose address will bounce
	v.served(d, e)
	var checks []struct {
		What, Text string
		OK         bool
	}
	v.json(&checks, "mail", "test", ourAddress)
	if len(checks) != 2 || !checks[0].OK || !checks[1].OK || checks[0].What != "Réception" {
		t.Fatalf("%+v", checks)
	}
	v.takeCorpus(d)
	v.treat()
	v.answered(e)
	v.bounced(d, e)
	v.told(d)
	v.invoiced(e)
	v.clean()
}

// takeCorpus has the whole corpus come in on the morning of the 23rd, and looks at
// what the list says of it.
func (v *village) takeCorpus(d *mailtest.IMAP) {
	t := v.t
	var files []string
	for i, m := range v.truth() {
		files = append(files, m.File)
		raw := v.message(m.File)
		if len(raw) == 0 {
			raw = []byte("\r\n") // no server keeps a message of nothing
		}
		d.Append("INBOX", raw, morning.Add(time.Duration(i-60)*time.Minute))
	}
	v.now = morning
	if f := v.fetch(); f != (fetchedJSON{New: len(files) - 1, Known: 1, Aside: 4}) {
		t.Errorf("first fetch: %+v", f)
	}
	if f := v.fetch(); f != (fetchedJSON{}) {
		t.Errorf("second fetch: %+v", f)
	}
	list := v.list()
	if len(list) != len(files)-1 {
		t.Fatalf("%d messages", len(list))
	}
	slices.SortFunc(list, func(a, b mailItem) int { return int(a.ID - b.ID) })
	n := 0
	for _, m := range v.truth() {
		if m.Action == "duplicate" {
			continue
		}
		for _, bad := range m.differences(list[n]) {
			t.Errorf("listed, %s: %s", m.File, bad)
		}
		v.ids[m.File] = list[n].ID
		n++
	}
	if m := list[10]; m.Warning == "" || m.State != "toread" { // 12: the same Message-ID
		t.Errorf("%+v", m)
	}
}

// treat applies what is sure with an answer and files the rest, message by message.
func (v *village) treat() {
	t := v.t
	var applied, left []string
	for _, m := range v.truth() {
		id := v.ids[m.File]
		if id == 0 {
			continue
		}
		var item mailItem
		v.json(&item, "mail", "show", number10(id))
		if item.State == "ignored" { // by itself
			left = append(left, m.File[:2])
			continue
		}
		var plan mailPlanJSON
		apply := []string{"mail", "apply", number10(id), "--reply", "--json"}
		switch m.File[:2] {
		case "02": // too late to be given back: nothing is done but on a person's word
			if r := v.run(apply...); r.code != exitRefused || !strings.Contains(r.out, "Rien de sûr") {
				t.Errorf("%s: exit %d: %s%s", m.File, r.code, r.out, r.err)
			}
			apply = append(apply, "--only", "1")
		case "05":
			apply = append(apply, "--only", "1,2")
		case "13":
			apply = append(apply, "--key", "courriel-13")
		}
		r := v.run(apply...)
		if r.code == exitDone {
			decode(t, r.out, &plan)
			if !plan.Done || plan.Text == "" {
				t.Errorf("%s: %+v", m.File, plan)
			}
			applied = append(applied, m.File[:2])
			if r := v.run(apply...); m.File[:2] == "13" && (r.code != exitDone || !strings.Contains(r.out, `"replayed":true`)) {
				t.Errorf("%s, the same key again: exit %d: %s", m.File, r.code, r.out)
			} else if m.File[:2] != "13" && (r.code != exitRefused || !strings.Contains(r.out, "déjà été traité")) {
				t.Errorf("%s, again: exit %d: %s", m.File, r.code, r.out)
			}
			continue
		}
		if r.code != exitRefused || !strings.Contains(r.out, "Rien de sûr") {
			t.Errorf("%s: exit %d: %s%s", m.File, r.code, r.out, r.err)
		}
		v.ok("mail", "ignore", number10(id))
		left = append(left, m.File[:2])
	}
	if got, want := strings.Join(applied, " "), "01 02 05 09 10 13 14 16 18"; got != want { // 03 is from the parent who is not billed
		t.Errorf("applied %s, want %s; left %s", got, want, strings.Join(left, " "))
	}
	if open := v.list("--state", "todo,toread"); len(open) != 0 {
		t.Errorf("still open: %+v", open)
	}
	v.meals()
	v.clean()
}

// meals looks at what the messages did.
func (v *village) meals() {
	t := v.t
	for day, want := range map[string]int{
		"2026-11-26": 0, "2026-11-27": 0, "2026-11-30": 0, "2026-12-01": 3, "2026-12-03": 1, "2026-12-04": 0, "2026-12-07": 2, "2026-12-17": 1,
	} {
		var h headcountJSON
		v.json(&h, "headcount", "--service", canteen, "--date", day)
		if h.Total != want {
			t.Errorf("%s: %d meals, want %d", day, h.Total, want)
		}
	}
	var list []requestJSON
	_, clea := v.child("Cléa", "CLÉMENT")
	v.json(&list, "requests", "list", "--child", number10(clea))
	if len(list) != 1 || list[0].Status != "submitted" {
		t.Errorf("Cléa: %+v", list)
	}
}

// answered sends, and looks at what left.
func (v *village) answered(e *mailtest.Exim) {
	t := v.t
	v.now = v.now.Add(time.Minute) // an answer can be taken back for half of one
	var waiting []letterJSON
	v.json(&waiting, "mail", "outbox", "--state", "waiting")
	var sent sentJSON
	v.json(&sent, "mail", "send")
	if sent.Sent != len(waiting) || sent.Failed != 0 || sent.Later != 0 || len(waiting) < 10 {
		t.Errorf("%d waited: %+v", len(waiting), sent)
	}
	v.json(&sent, "mail", "send")
	if sent.Sent != 0 {
		t.Errorf("sent again: %+v", sent)
	}
	answers := map[string]string{} // Message-ID of a family's to who was answered
	for _, raw := range e.Delivered(t) {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		to := m.Header.Get("Envelope-to")
		if strings.Contains(to, "remi.rousseau") || !strings.Contains(m.Header.Get("From"), ourAddress) || m.Header.Get("Message-ID") == "" || m.Header.Get("Date") == "" {
			t.Errorf("%v", m.Header)
		}
		if answered := m.Header.Get("In-Reply-To"); answered != "" {
			if m.Header.Get("Auto-Submitted") != "auto-replied" || answers[answered] != "" || !strings.HasPrefix(header(t, m, "Subject"), "Re\u00a0: ") {
				t.Errorf("%v", m.Header)
			}
			answers[answered] = to
		}
	}
	for _, m := range v.truth() {
		id := originalID(t, v.message(m.File))
		to, done := answers[id]
		wanted := slices.Contains([]string{"01", "02", "05", "09", "10", "14", "16", "18"}, m.File[:2]) // 13 had no Message-ID to name
		writer := m.Sender
		if m.Inner != "" {
			writer = m.Inner
		}
		switch {
		case id == "" || m.Action == "duplicate" || m.File[:2] == "12": // no name, or the name of another
		case done != wanted || done && !strings.Contains(to, writer):
			t.Errorf("%s: answered %v to %q", m.File, done, to)
		}
		delete(answers, id)
	}
	if len(answers) > 0 {
		t.Errorf("more answers: %v", answers)
	}
	var letters []letterJSON
	v.json(&letters, "mail", "outbox")
	for _, l := range letters {
		if l.Answers != 0 && !strings.Contains(l.Body, "La mairie de Saint-Marcel") {
			t.Errorf("signed by another town: %s", l.Body)
		}
		if l.Answers == v.ids["18-absence-justifiee-apres-coup.eml"] && !strings.Contains(plain(l.Body), "jour de carence : le montant reste dû") {
			t.Errorf("it does not say what is to be paid: %s", l.Body)
		}
	}
	if !slices.ContainsFunc(letters, func(l letterJSON) bool { return l.Answers == v.ids["13-sans-message-id.eml"] && l.State == "sent" }) {
		t.Error("the message without a Message-ID was not answered")
	}
}

func originalID(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return m.Header.Get("Message-ID")
}

func header(t *testing.T, m *mail.Message, name string) string {
	t.Helper()
	text, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get(name))
	if err != nil {
		t.Error(err)
	}
	return text
}

// bounced: the corpus's report names no letter of ours and blocks nobody; one that
// does stops what we would write, not what the family may ask.
func (v *village) bounced(d *mailtest.IMAP, e *mailtest.Exim) {
	t := v.t
	const father = "remi.rousseau@example.org"
	wrote := func(n, day string) string {
		t.Helper()
		d.Append("INBOX", []byte("From: "+father+"\r\nTo: cantine@mairie.example\r\nSubject: Cantine\r\nMessage-ID: <r"+n+"@example.org>\r\n\r\nBonjour, merci d'annuler le repas de Clea le "+day+".\r\n"), v.now)
		if f := v.fetch(); f.New != 1 {
			t.Fatalf("%+v", f)
		}
		return number10(v.list()[0].ID)
	}
	blocked := func() bool {
		t.Helper()
		var list []struct {
			Address   string
			Permanent bool
		}
		v.json(&list, "mail", "refused")
		return len(list) == 1 && list[0].Address == father && list[0].Permanent
	}
	if blocked() {
		t.Error("a report about no letter of ours blocks an address")
	}
	v.ok("mail", "apply", wrote("1", "lundi 7 decembre"), "--reply")
	v.now = v.now.Add(time.Minute)
	v.ok("mail", "send")
	before, ours := 0, ""
	for _, raw := range e.Delivered(t) {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if before++; strings.Contains(m.Header.Get("Envelope-to"), father) {
			ours = m.Header.Get("Message-ID")
		}
	}
	report := strings.ReplaceAll(string(v.message("07-rapport-de-non-remise.eml")), "<sent-1@mairie.example>", ours)
	d.Append("INBOX", []byte(strings.Replace(report, "dsn5@", "dsn6@", 1)), v.now)
	v.fetch()
	if ours == "" || !blocked() {
		t.Fatalf("a report about %q blocks nobody: %s", ours, v.ok("mail", "refused"))
	}
	v.ok("mail", "ignore", number10(v.list()[0].ID)) // read
	id := wrote("2", "mardi 8 decembre")
	v.turned("refuse nos courriels", "mail", "apply", id, "--reply")
	v.ok("mail", "apply", id)
	v.ok("mail", "send")
	if after := len(e.Delivered(t)); after != before {
		t.Errorf("%d letters, then %d", before, after)
	}
	v.ok("mail", "lift", father)
	if blocked() {
		t.Error("lifted, and blocked")
	}
}

// treatedThere reports whether the server was told that a message is treated.
func treatedThere(m mailtest.Message) bool {
	return slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, wire.Keyword) })
}

// told: what was treated is marked on the server, or moved where it is so set, and
// nothing is ever taken away.
func (v *village) told(d *mailtest.IMAP) {
	t := v.t
	count := len(v.truth()) + 3 // and the father's, and their report
	v.fetch()
	list := d.Messages("INBOX")
	if len(list) != count {
		t.Fatalf("%d messages of %d on the server", len(list), count)
	}
	for _, m := range list {
		if !treatedThere(m) {
			t.Errorf("message %d has %v", m.UID, m.Flags)
		}
	}
	d.CreateFolder("Traités")
	v.ok("mail", "account", ourAddress, "done_folder=Traités")
	d.Append("INBOX", []byte("From: a@example.net\r\nSubject: Bonjour\r\nMessage-ID: <n1@example.net>\r\n\r\nBonjour, à bientôt.\r\n"), v.now)
	if f := v.fetch(); f.New != 1 {
		t.Fatalf("%+v", f)
	}
	if list := d.Messages("INBOX"); len(list) != count+1 || treatedThere(list[count]) {
		t.Errorf("before: %+v", list)
	}
	v.ok("mail", "ignore", number10(v.list()[0].ID))
	v.fetch()
	if in, done := d.Messages("INBOX"), d.Messages("Traités"); len(in) != count || len(done) != 1 {
		t.Errorf("%d in the mailbox, %d treated", len(in), len(done))
	}
	if f := v.fetch(); f.New != 0 {
		t.Errorf("%+v", f)
	}
}

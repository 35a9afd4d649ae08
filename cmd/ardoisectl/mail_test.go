package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
)

// morning is when the town hall opens its mail: Monday 23 November 2026.
var morning = time.Date(2026, 11, 23, 10, 30, 0, 0, calendar.Paris)

// village is a real database with the school and the families of Saint-Marcel,
// who wrote the messages of the shared corpus.
type village struct {
	*ctl
	corpus string // the folder of the messages
	ids    map[string]int64
}

func newVillage(t *testing.T, c *ctl) *village {
	t.Helper()
	shared := sharedFolder(t)
	v := &village{ctl: c, corpus: filepath.Join(shared, "data", "mail"), ids: map[string]int64{}}
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // the keyring of whoever runs the tests is left alone
	c.now = morning
	c.env["ARDOISE_PASSWORD"] = password
	c.ok("admin", "create", "nperret", "--name", "Nathalie Perret")
	c.user = "nperret"
	c.ok("catalog", "load", write(t, "dombes.toml", string(assets.Dombes)))
	lists := filepath.Join(shared, "data", "onde", "saint-marcel")
	c.ok("import", "onde", "--school", "École de Saint-Marcel", "--pupils", filepath.Join(lists, "eleves.csv"), "--guardians", filepath.Join(lists, "responsables.csv"))
	return v
}

func sqliteVillage(t *testing.T) *village {
	t.Helper()
	return newVillage(t, newCtl(t, filepath.Join(t.TempDir(), "mairie.db")))
}

func (v *village) message(name string) []byte {
	v.t.Helper()
	b, err := os.ReadFile(filepath.Join(v.corpus, name))
	if err != nil {
		v.t.Fatal(err)
	}
	return b
}

// take hands messages in as files, without a server.
func (v *village) take(raws ...[]byte) (ids []int64) {
	v.t.Helper()
	ctx := context.Background()
	o, err := data.Open(ctx, v.db, data.Options{Clock: func() time.Time { return v.now }, Cost: cost, MustExist: true})
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() {
		if err := o.Close(); err != nil {
			v.t.Error(err)
		}
	}()
	s, err := o.Staff.SignIn(ctx, v.user, password)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, raw := range raws {
		got, err := o.Mailbox.Take(staff.With(ctx, s), mailbox.Delivery{Received: morning.Add(-time.Hour), Raw: raw})
		if err != nil {
			v.t.Fatal(err)
		}
		ids = append(ids, got.MessageID)
	}
	return ids
}

func (v *village) list(args ...string) (list []mailItem) {
	v.t.Helper()
	v.json(&list, append([]string{"mail", "list"}, args...)...)
	return list
}

func (v *village) clean() {
	v.t.Helper()
	if r := v.run("verify"); r.code != exitDone {
		v.t.Errorf("verify: exit %d\n%s%s", r.code, r.out, r.err)
	}
}

// turned wants a refusal with its sentence, on either engine.
func (v *village) turned(sentence string, args ...string) {
	v.t.Helper()
	if r := v.run(args...); r.code != exitRefused || !strings.Contains(plain(r.out+r.err), sentence) {
		v.t.Errorf("%v: exit %d, wanted « %s »\n%s%s", args, r.code, sentence, r.out, r.err)
	}
}

// child finds a child by first name and family name, and the family.
func (v *village) child(first, last string) (family, child int64) {
	v.t.Helper()
	var found []familyJSON
	v.json(&found, "families", "search", last+" "+first)
	for _, f := range found {
		for _, k := range f.Children {
			if k.FirstName == first && strings.EqualFold(k.LastName, last) {
				return f.ID, k.ID
			}
		}
	}
	v.t.Fatalf("no child %s %s: %+v", first, last, found)
	return 0, 0
}

// admit gives a child its access to the canteen, the family money, and meals.
func (v *village) admit(first, last, pay string, days ...string) (family, child int64) {
	v.t.Helper()
	family, child = v.child(first, last)
	var q requestJSON
	v.json(&q, "requests", "submit", "--child", number10(child), "--service", canteen, "--pay", pay)
	v.ok("requests", "attach", number10(q.ID), write(v.t, "fiche.pdf", pdf), "--kind", "health_form")
	if pay == "monthly" {
		v.ok("requests", "attach", number10(q.ID), write(v.t, "mandat.pdf", pdf), "--kind", "mandate")
		v.ok("requests", "attach", number10(q.ID), "--iban", "FR76 3000 6000 0112 3456 7890 189", "--bic", "AGRIFRPP", "--holder", last)
	}
	v.json(&q, "requests", "accept", number10(q.ID))
	if q.Status != "accepted" {
		v.t.Fatalf("request of %s not accepted: %+v", first, q)
	}
	if pay != "monthly" {
		v.ok("wallet", "topup", number10(family), "60,00", "--means", "cash")
	}
	if len(days) > 0 {
		v.ok("book", "--child", number10(child), "--service", canteen, "--dates", strings.Join(days, ","), "--consent", "famille, inscription")
	}
	return family, child
}

// truth is what a right intake makes of a message of the corpus; a key that is
// not here fails the test that reads it.
type truth struct {
	File      string     `json:"file"`
	Sender    string     `json:"sender"`
	Inner     string     `json:"inner_sender"`
	Child     []string   `json:"child"`
	Children  [][]string `json:"children"`
	Action    string     `json:"action"`
	Dates     []string   `json:"dates"`
	Book      []string   `json:"book"`
	Cancel    []string   `json:"cancel"`
	Documents []string   `json:"documents"`
	IBAN      string     `json:"iban"`
	BIC       string     `json:"bic"`
	Accepted  *int       `json:"accepted"`
	Refused   *int       `json:"refused"`
	Reply     *bool      `json:"reply"`
	Address   string     `json:"address"`
	Permanent bool       `json:"permanent"`
	Note      string     `json:"note"`
}

func (v *village) truth() []truth {
	v.t.Helper()
	var all struct {
		On       string   `json:"received_on"`
		Days     []string `json:"service_days"`
		Messages []truth  `json:"messages"`
	}
	d := json.NewDecoder(strings.NewReader(string(v.message("truth.json"))))
	d.DisallowUnknownFields() // what it says of a message is looked at, all of it
	if err := d.Decode(&all); err != nil {
		v.t.Fatal(err)
	}
	if len(all.Messages) < 22 {
		v.t.Fatalf("%d messages", len(all.Messages))
	}
	return all.Messages
}

// TestMailRead: mail read says of each message of the corpus what truth.json says,
// in the words of ctl.md, and stores nothing.
func TestMailRead(t *testing.T) {
	v := sqliteVillage(t)
	v.ok("mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example", "auth_host=mx.mairie.example")
	before := dump(t, v.db)
	for _, want := range v.truth() {
		var m mailItem
		v.json(&m, "mail", "read", filepath.Join(v.corpus, want.File))
		for _, bad := range want.differences(m) {
			t.Errorf("%s (%s): %s", want.File, want.Action, bad)
		}
	}
	if after := dump(t, v.db); after != before {
		t.Error("reading changed the database:", firstDifference(before, after))
	}
}

// TestTruthIsLookedAt: the comparison sees what a wrong reading would say.
func TestTruthIsLookedAt(t *testing.T) {
	one, no := 1, false
	want := truth{
		Sender: "a@example.org", Child: []string{"Louis", "LEGRAND"}, Action: "cancel", Dates: []string{"2026-11-26"}, Documents: []string{"health form"},
		IBAN: "FR76", BIC: "AGRI", Accepted: &one, Refused: &one, Reply: &no, Address: "b@example.org", Permanent: true,
	}
	good := func() mailItem {
		return mailItem{From: "a@example.org", State: "todo", Proposals: []mailProposal{{
			Kind: "cancel", Child: "Louis LEGRAND", Dates: []calendar.Date{calendar.MustISO("2026-11-26")}, Documents: []string{"health_form"},
			IBAN: "FR76", BIC: "AGRI", Address: "b@example.org", Permanent: true, Confidence: "sure",
		}}, Attachments: []mailFile{{Accepted: true}, {}}}
	}
	if bad := want.differences(good()); len(bad) != 0 {
		t.Fatal(bad)
	}
	for what, spoil := range map[string]func(m *mailItem){
		"sender": func(m *mailItem) { m.From = "c@example.org" }, "child": func(m *mailItem) { m.Proposals[0].Child = "Hugo LEGRAND" },
		"kind": func(m *mailItem) { m.Proposals[0].Kind = "book" }, "day": func(m *mailItem) { m.Proposals[0].Dates = nil },
		"document": func(m *mailItem) { m.Proposals[0].Documents = nil }, "iban": func(m *mailItem) { m.Proposals[0].IBAN = "" },
		"bic": func(m *mailItem) { m.Proposals[0].BIC = "" }, "files": func(m *mailItem) { m.Attachments[1].Accepted = true },
		"refused": func(m *mailItem) { m.Attachments = m.Attachments[:1] }, "reply": func(m *mailItem) { m.Reply = true },
		"address": func(m *mailItem) { m.Proposals[0].Address = "" }, "permanent": func(m *mailItem) { m.Proposals[0].Permanent = false },
		"more":  func(m *mailItem) { m.Proposals = append(m.Proposals, mailProposal{Kind: "book", Confidence: "sure"}) },
		"twice": func(m *mailItem) { m.Proposals = append(m.Proposals, m.Proposals[0]) },
	} {
		m := good()
		spoil(&m)
		if len(want.differences(m)) == 0 {
			t.Error("not seen:", what)
		}
	}
	for what, c := range map[string]struct {
		action string
		m      mailItem
	}{
		"a review is closed":          {"review", mailItem{State: "ignored"}},
		"a review is taken for sure":  {"review", mailItem{State: "todo", Proposals: []mailProposal{{Kind: "bank_details", Confidence: "sure"}}}},
		"a stranger has a family":     {"unmatched", mailItem{State: "toread", Family: 3}},
		"a question is an order":      {"none", mailItem{State: "todo", Proposals: []mailProposal{{Kind: "book", Confidence: "sure"}}}},
		"a stranger's words are done": {"unmatched", mailItem{State: "toread", Proposals: []mailProposal{{Kind: "book", Confidence: "sure"}}}},
	} {
		if len((truth{Action: c.action}).differences(c.m)) == 0 {
			t.Error("not seen:", what)
		}
	}
}

// truthKinds are the kinds of ctl.md that an action of truth.json asks for.
var truthKinds = map[string][]string{
	"access request": {"access_request"}, "cancel": {"cancel"}, "book": {"book"}, "book+cancel": {"book", "cancel"}, "documents": {"documents"},
	"justified absence": {"justified_absence"}, "bounce": {"bounce"}, "none": {}, "review": {}, "unmatched": {}, "duplicate": {"documents"},
}

var truthDocuments = map[string]string{"health form": "health_form", "SEPA mandate": "mandate", "medical certificate": "medical_certificate"}

// differences tells where an item of the machine's form is not what the truth says.
func (w truth) differences(m mailItem) (bad []string) {
	say := func(what string, got any) {
		text, err := json.Marshal(got)
		if err != nil {
			text = []byte(err.Error())
		}
		bad = append(bad, what+": "+string(text))
	}
	kinds, known := truthKinds[w.Action]
	if !known {
		say("an action the test does not know", w.Action)
	}
	if sender := w.Inner; sender != "" && (m.From != sender || !strings.Contains(m.Via, w.Sender)) || sender == "" && w.Sender != "" && m.From != w.Sender {
		say("written by", []string{m.From, m.Via})
	}
	if w.Reply != nil && m.Reply != *w.Reply {
		say("an answer may be sent", m.Reply)
	}
	switch w.Action {
	case "review", "unmatched":
		if m.State != "toread" || w.Action == "unmatched" && m.Family != 0 {
			say("state, family", []any{m.State, m.Family})
		}
	case "none":
		if m.State == "todo" || len(m.Proposals) == 1 && m.Proposals[0].Kind != "none" {
			say("state", m.State)
		}
	}
	w.proposals(m, kinds, say)
	w.files(m, say)
	return bad
}

func (w truth) proposals(m mailItem, kinds []string, say func(string, any)) {
	for _, p := range m.Proposals {
		// papers and bank details may come beside what they are sent for
		beside := p.Kind == "documents" && w.Documents != nil || p.Kind == "bank_details" && w.IBAN != ""
		if p.Confidence == "sure" && p.Kind != "none" && !slices.Contains(kinds, p.Kind) && !beside {
			say("proposed too", p)
		}
	}
	for _, kind := range kinds {
		var mine []mailProposal
		for _, p := range m.Proposals {
			if p.Kind == kind {
				mine = append(mine, p)
			}
		}
		if len(mine) == 0 {
			say("not proposed "+kind, m.Proposals)
			continue
		}
		days := w.Dates
		switch {
		case w.Action == "book+cancel" && kind == "book":
			days = w.Book
		case w.Action == "book+cancel":
			days = w.Cancel
		}
		w.proposal(mine, days, say)
	}
}

// proposal compares one kind of proposals, one a child.
func (w truth) proposal(mine []mailProposal, days []string, say func(string, any)) {
	var names, wanted, papers []string
	for _, p := range mine {
		names = append(names, p.Child)
		papers = append(papers, p.Documents...)
		var got []string
		for _, d := range p.Dates {
			got = append(got, d.String())
		}
		if !slices.Equal(got, days) && w.Action != "duplicate" {
			say("days", got)
		}
		if p.Address != w.Address || p.Permanent != w.Permanent {
			say("bounced", p)
		}
	}
	for _, child := range append(slices.Clone(w.Children), w.Child) {
		if len(child) > 0 {
			wanted = append(wanted, strings.Join(child, " "))
		}
	}
	slices.Sort(names)
	slices.Sort(wanted)
	if len(wanted) > 0 && !slices.Equal(names, wanted) {
		say("children", names)
	}
	for _, d := range w.Documents {
		if truthDocuments[d] == "" || !slices.Contains(papers, truthDocuments[d]) {
			say("no "+d, papers)
		}
	}
	if w.IBAN != "" && !slices.ContainsFunc(mine, func(p mailProposal) bool { return p.IBAN == w.IBAN && p.BIC == w.BIC }) {
		say("account", mine)
	}
}

func (w truth) files(m mailItem, say func(string, any)) {
	accepted, refused := 0, 0
	for _, f := range m.Attachments {
		if f.Accepted {
			accepted++
		} else {
			refused++
		}
	}
	if w.Accepted != nil && accepted != *w.Accepted || w.Refused != nil && refused != *w.Refused {
		say("files", m.Attachments)
	}
}

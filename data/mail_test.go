package data_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/importer"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// mailTruth is what a right intake makes of a message.
type mailTruth struct {
	File, Sender, Action, Address, IBAN, BIC string
	Inner                                    string `json:"inner_sender"`
	Child                                    []string
	Children                                 [][]string
	Dates, Book, Cancel, Documents           []string
	Accepted, Refused                        *int
	Permanent                                bool
}

func sharedFile(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	name := filepath.Join(append([]string{root, "data"}, path...)...)
	if _, err := os.Stat(name); err != nil {
		t.Skipf("the shared data is not here: %v", err)
	}
	return name
}

func sharedBytes(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(sharedFile(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// saintMarcel is the town whose families wrote the messages of the corpus.
func saintMarcel(t *testing.T, db *store.DB) (*data.Office, *mailbox.Service) {
	t.Helper()
	o := data.Over(db, &staff.MemoryHead{})
	ctx := stafftest.Session(t, db, staff.Roles...)
	if _, err := o.Catalog.Load(ctx, bytes.NewReader(assets.Dombes), "dombes.toml"); err != nil {
		t.Fatal(err)
	}
	plan, err := o.Importer.PlanONDE(ctx, importer.ONDE{
		School: "École de Saint-Marcel",
		Pupils: sharedBytes(t, "onde", "saint-marcel", "eleves.csv"), Guardians: sharedBytes(t, "onde", "saint-marcel", "responsables.csv"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Importer.CommitONDE(ctx, plan); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Mailbox.SaveAccount(ctx, mailbox.Account{Address: "cantine@mairie.example", IMAPHost: "imap.mairie.example", AuthHost: "mx.mairie.example", Active: true}, mailbox.Secrets{}); err != nil {
		t.Fatal(err)
	}
	storetest.ClockOf(db).Set(time.Date(2026, 11, 23, 11, 0, 0, 0, calendar.Paris))
	return o, o.Mailbox
}

// TestSaintMarcelMail: every message of the corpus gives what truth.json says,
// read alone and taken in.
func TestSaintMarcelMail(t *testing.T) {
	var truth struct{ Messages []mailTruth }
	if err := json.Unmarshal(sharedBytes(t, "mail", "truth.json"), &truth); err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, s := saintMarcel(t, db)
		ctx := stafftest.Session(t, db, staff.Accueil)
		taken := map[int64]string{}
		for i, want := range truth.Messages {
			raw := sharedBytes(t, "mail", want.File)
			if want.Action != "duplicate" {
				m, err := s.Read(ctx, raw, time.Time{})
				if err != nil {
					t.Fatalf("%s: %v", want.File, err)
				}
				if want.File != "12-meme-identifiant-autre-contenu.eml" || i < 1 {
					compareMail(t, "read", want, m)
				}
			}
			got, err := s.Take(ctx, mailbox.Delivery{AccountID: 1, Folder: "INBOX", UIDValidity: 1, UID: uint32(i + 1), Received: time.Date(2026, 11, 23, 10, 30, 0, 0, calendar.Paris), Raw: raw})
			if err != nil {
				t.Fatalf("%s: %v", want.File, err)
			}
			if got.Known != (want.Action == "duplicate") {
				t.Errorf("%s: known %v", want.File, got.Known)
			}
			if was := taken[got.MessageID]; was != "" && want.Action != "duplicate" {
				t.Errorf("%s is %s", want.File, was)
			}
			taken[got.MessageID] = want.File
			m, err := s.Get(ctx, got.MessageID)
			if err != nil {
				t.Fatalf("%s: %v", want.File, err)
			}
			compareMail(t, "taken", want, m)
		}
		if len(taken) != len(truth.Messages)-1 {
			t.Errorf("%d messages are there, of %d files with one twice", len(taken), len(truth.Messages))
		}
	})
}

var mailKinds = map[string][]reading.Kind{
	"access request": {reading.AccessRequest}, "cancel": {reading.Cancel}, "book": {reading.Book}, "book+cancel": {reading.Book, reading.Cancel},
	"documents": {reading.Documents}, "justified absence": {reading.JustifiedAbsence}, "bounce": {reading.Bounce}, "none": nil,
}

// compareMail tells where a message is not what the truth says of it.
func compareMail(t *testing.T, how string, want mailTruth, m *mailbox.Message) {
	t.Helper()
	bad := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s (%s): %s", want.File, how, want.Action, fmt.Sprintf(format, args...))
	}
	if sender := firstOfMail(want.Inner, want.Sender); sender != "" && m.From.Mail != sender {
		bad("written by %s, not %s", m.From.Mail, sender)
	}
	switch want.Action {
	case "duplicate":
		return
	case "review":
		if m.State != mailbox.ToRead || how == "taken" && m.Warning == "" {
			bad("state %s, warning %q", m.State, m.Warning)
		}
		return
	case "unmatched":
		if m.FamilyID != 0 || m.State != mailbox.ToRead || slices.ContainsFunc(m.Cards, func(c mailbox.Card) bool { return c.Ticked }) {
			bad("family %d, state %s, cards %+v", m.FamilyID, m.State, m.Cards)
		}
		return
	}
	compareCards(bad, want, m)
	accepted, refused := 0, 0
	for _, f := range m.Files {
		if f.Accepted {
			accepted++
		} else {
			refused++
		}
	}
	if want.Accepted != nil && accepted != *want.Accepted || want.Refused != nil && refused != *want.Refused {
		bad("%d accepted, %d refused: %+v", accepted, refused, m.Files)
	}
}

func firstOfMail(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func compareCards(bad func(string, ...any), want mailTruth, m *mailbox.Message) {
	days := map[reading.Kind][]string{reading.Book: want.Book, reading.Cancel: want.Cancel}
	kinds := mailKinds[want.Action]
	if len(kinds) == 1 {
		days[kinds[0]] = want.Dates
	}
	children := want.Children
	if len(want.Child) > 0 {
		children = append(children, want.Child)
	}
	for _, kind := range kinds {
		i := slices.IndexFunc(m.Cards, func(c mailbox.Card) bool { return c.Choice.Kind == kind })
		if i < 0 {
			bad("no %s among %+v", kind, m.Cards)
			continue
		}
		c := m.Cards[i]
		if got := dayTexts(c.Choice.Days); !slices.Equal(got, days[kind]) && len(days[kind])+len(got) > 0 && kind != reading.Bounce {
			bad("%s on %v, want %v (%s)", kind, got, days[kind], c.Doubt)
		}
		if want.IBAN != "" && !slices.ContainsFunc(m.Cards, func(c mailbox.Card) bool { return c.Choice.IBAN == want.IBAN && c.Choice.BIC == want.BIC }) {
			bad("no card has the account")
		}
		compareChildren(bad, children, c, m)
		compareFilings(bad, want, m)
	}
	for _, c := range m.Cards {
		if c.Sure && !slices.Contains(kinds, c.Choice.Kind) && c.Choice.Kind != reading.None && !(want.Documents != nil && c.Choice.Kind == reading.Documents) && !(want.IBAN != "" && c.Choice.Kind == reading.BankDetails) {
			bad("%s is proposed too", c.Choice.Kind)
		}
	}
}

func dayTexts(list []calendar.Date) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.String())
	}
	return out
}

func compareChildren(bad func(string, ...any), children [][]string, c mailbox.Card, m *mailbox.Message) {
	var got, want []string
	for _, id := range c.Choice.Children {
		for _, k := range m.Children {
			if k.ID == id {
				got = append(got, k.First+" "+strings.ToUpper(k.Last))
			}
		}
	}
	for _, f := range c.Choice.Files {
		for _, k := range m.Children {
			if k.ID == f.ChildID && !slices.Contains(got, k.First+" "+strings.ToUpper(k.Last)) {
				got = append(got, k.First+" "+strings.ToUpper(k.Last))
			}
		}
	}
	for _, child := range children {
		want = append(want, strings.Join(child, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) > 0 && !slices.Equal(got, want) {
		bad("%s for %v, want %v", c.Choice.Kind, got, want)
	}
}

func compareFilings(bad func(string, ...any), want mailTruth, m *mailbox.Message) {
	names := map[string]string{"health form": "health_form", "SEPA mandate": "mandate", "medical certificate": "medical_certificate"}
	for _, d := range want.Documents {
		if !slices.ContainsFunc(m.Files, func(f mailbox.File) bool { return f.Kind == names[d] }) {
			bad("no file is a %s: %+v", d, m.Files)
		}
	}
}

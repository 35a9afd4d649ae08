package requests

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/letter"
)

func day(s string) calendar.Date { return calendar.MustISO(s) }

func TestStandingOfADocument(t *testing.T) {
	today := day("2026-11-24")
	doc := func(state, until string) *access.Document {
		return &access.Document{State: state, ValidTo: day(until), ReceivedOn: day("2026-11-20"), Reason: "illisible"}
	}
	for _, c := range []struct {
		name string
		it   access.Item
		want standing
		text string
	}{
		{"nothing", access.Item{}, missing, "à fournir"},
		{"rejected", access.Item{Document: doc("rejected", "2027-11-22")}, rejected, "refusée\u00a0: illisible"},
		{"lapsed", access.Item{Document: doc("conform", "2026-11-23"), Problem: "échue depuis le 23/11/2026"}, lapsed, "échue"},
		{"soon", access.Item{OK: true, Document: doc("conform", "2026-12-31")}, endsSoon, "à renouveler dans 37 jours"},
		{"tomorrow", access.Item{OK: true, Document: doc("conform", "2026-11-25")}, endsSoon, "à renouveler demain"},
		{"last day", access.Item{OK: true, Document: doc("conform", "2026-11-24")}, endsSoon, "à renouveler aujourd’hui"},
		{"limit", access.Item{OK: true, Document: doc("conform", "2027-01-24")}, conform, "valable jusqu’au 24/01/2027"},
		{"received", access.Item{OK: true, Document: doc("received", "2027-11-22")}, toCheck, "reçue le 20/11/2026, à vérifier"},
		{"received, soon", access.Item{OK: true, Document: doc("received", "2026-12-01")}, toCheck, "à renouveler dans 7 jours"},
	} {
		got, text := stand(c.it, today)
		if got != c.want || !strings.Contains(text, c.text) {
			t.Errorf("%s: %v %q, want %v with %q", c.name, got, text, c.want, c.text)
		}
	}
}

func TestWords(t *testing.T) {
	q := access.Request{
		Class: "CE2", School: "Les Étangs", Birth: day("2018-06-01"), StartOn: day("2026-11-30"), Weekdays: "124", Channel: "mail", Pay: access.Monthly,
		ReceivedAt: time.Date(2026, 11, 20, 18, 22, 0, 0, calendar.Paris),
	}
	if got := identity(q, day("2026-11-24")); got != "CE2, Les Étangs · 8\u00a0ans (01/06/2018)" {
		t.Errorf("identity %q", got)
	}
	b, s, a := wanted(q)
	if got := b + s + a; got != "À partir du lundi 30 novembre 2026, les lundi, mardi et jeudi, payé chaque mois" {
		t.Errorf("wanted %q", got)
	}
	if got := received(q); got != "Reçue le vendredi 20 novembre 2026 à 18\u00a0h\u00a022, par courriel" {
		t.Errorf("received %q", got)
	}
	if got := chipLabel(1, 4) + ", " + chipLabel(2, 1) + ", " + chipLabel(3, 0); got != "À traiter\u00a04, Incomplète\u00a01, Suspendues" {
		t.Errorf("chips %q", got)
	}
	for n, want := range map[int64]string{12: "12\u00a0octets", 1536: "2\u00a0Ko", 3 << 20: "3\u00a0Mo"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestNextAfterADecision(t *testing.T) {
	m := newModel(Deps{}, rights{})
	for i, s := range []access.State{access.Submitted, access.Incomplete, access.Submitted, access.Accepted} {
		m.rows = append(m.rows, access.Request{ID: int64(i + 1), State: s})
	}
	for id, want := range map[int64]int64{1: 3, 2: 3, 3: 1, 4: 1} {
		if got := m.nextAfter(id); got != want {
			t.Errorf("after %d: %d, want %d", id, got, want)
		}
	}
	m.rows = m.rows[:1]
	if got := m.nextAfter(1); got != 0 {
		t.Errorf("after the only one: %d", got)
	}
}

func TestWhyADecisionCannotBeTaken(t *testing.T) {
	for _, c := range []struct {
		state               access.State
		missing             []string
		may                 rights
		accept, ask, refuse string // words of the reason, "" possible
	}{
		{access.Submitted, nil, rights{desk: true}, "", "", ""},
		{access.Submitted, []string{"IBAN"}, rights{desk: true}, "Il manque\u00a0: IBAN", "", ""},
		{access.Submitted, nil, rights{cash: true, health: true}, "Accueil", "Accueil", "Accueil"},
		{access.Accepted, nil, rights{desk: true}, "déjà ouvert", "ouvert", "ne se refuse plus"},
		{access.Suspended, []string{"IBAN"}, rights{desk: true}, "Il manque", "", "ne se refuse plus"},
		{access.Refused, nil, rights{desk: true}, "refusée", "refusée", "refusée"},
	} {
		m := newModel(Deps{}, c.may)
		m.det = &detail{q: access.Request{State: c.state, Missing: c.missing}}
		for i, got := range []string{m.acceptOff(), m.askOff(), m.refuseOff()} {
			want := []string{c.accept, c.ask, c.refuse}[i]
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s, action %d: %q, want %q", c.state, i, got, want)
			}
		}
	}
}

func TestAnEditedLetterSurvivesReloadingButNotANewVersion(t *testing.T) {
	m := newModel(Deps{}, rights{desk: true})
	m.show(detail{q: access.Request{ID: 1, Version: 1}, decision: access.Accepted, letter: letter.Letter{Body: "a"}})
	if m.letterFor(access.Accepted) != nil {
		t.Error("the proposal as it is needs no letter of ours")
	}
	m.det.letter.Body, m.det.edited = "mine", true
	m.show(detail{q: access.Request{ID: 1, Version: 1}, decision: access.Accepted, letter: letter.Letter{Body: "a"}})
	if l := m.letterFor(access.Accepted); l == nil || l.Body != "mine" {
		t.Errorf("lost what was written: %v", l)
	}
	if m.letterFor(access.Refused) != nil {
		t.Error("a letter of acceptance would leave with a refusal")
	}
	m.show(detail{q: access.Request{ID: 1, Version: 2}, decision: access.Accepted, letter: letter.Letter{Body: "b"}})
	if m.letterFor(access.Accepted) != nil {
		t.Error("a letter about an older version stayed")
	}
}

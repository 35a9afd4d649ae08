package inbox

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/ui/widgets"
)

func testModel() *model {
	n := 0
	m := newModel(Deps{NewKey: func() string { n++; return strings.Repeat("k", n) }}, rights{desk: true})
	m.cur = 1
	m.show(favier())
	return m
}

func TestFilters(t *testing.T) {
	m := testModel()
	for chip, want := range map[string][]mailbox.State{
		chipAll: nil, chipTodo: {mailbox.Todo}, chipToRead: {mailbox.ToRead}, chipClosed: {mailbox.Applied, mailbox.Answered, mailbox.Ignored},
	} {
		m.chip, m.text = chip, "  favier "
		if f := m.filter(); !slices.Equal(f.States, want) || f.Text != "favier" || f.Limit != pageSize {
			t.Errorf("%s: %+v", chip, f)
		}
	}
	if !m.clear() || m.filtered() || m.clear() {
		t.Error("clear")
	}
}

func TestNextOpenGoesRoundAndEnds(t *testing.T) {
	m := testModel()
	item := func(id int64, s mailbox.State) mailbox.Item { return mailbox.Item{ID: id, State: s} }
	m.rows = []mailbox.Item{item(1, mailbox.Todo), item(2, mailbox.Applied), item(3, mailbox.ToRead), item(4, mailbox.Ignored)}
	for from, want := range map[int64]int64{1: 3, 2: 3, 3: 1, 4: 1, 99: 1} {
		if got := m.nextOpen(from); got != want {
			t.Errorf("after %d: %d, not %d", from, got, want)
		}
	}
	m.rows = m.rows[:2]
	if got := m.nextOpen(1); got != 0 {
		t.Errorf("none waits: %d", got)
	}
	if m.beside(1) != 2 || m.beside(-1) != 0 {
		t.Error("beside")
	}
	m.cur = 99
	if m.beside(1) != 1 {
		t.Error("beside a message the list does not hold")
	}
}

// bankTicked looks for what must never be: bank details ticked before a person
// has checked them.
func bankTicked(m *model) bool {
	return slices.ContainsFunc(m.cards, func(c card) bool {
		return c.ticked && c.Choice.Kind == reading.BankDetails && !c.Choice.Confirmed
	})
}

func TestBankDetailsAreNeverTickedByThemselves(t *testing.T) {
	m := testModel()
	msg := favier()
	msg.Cards = append(msg.Cards, mailbox.Card{N: 4, Choice: mailbox.Choice{N: 4, Kind: reading.BankDetails, IBAN: "FR7630006000011234567890189"}, Verdict: mailbox.Possible, Sure: true, Ticked: true})
	m.show(msg)
	if bankTicked(m) {
		t.Error("ticked although nobody checked")
	}
	if !m.asks(3) {
		t.Error("a key would tick them")
	}
	m.cards[3].ticked = true // planted fault: the guard gone
	if !bankTicked(m) {
		t.Error("this test cannot fail")
	}
	m.cards[3].ticked = false
	c := m.cards[3].Choice
	c.Confirmed = true
	m.edit(3, c)
	if bankTicked(m) || !m.cards[3].ticked {
		t.Error("checked by a person, they are ticked")
	}
}

func TestTicksAndDecision(t *testing.T) {
	m := testModel()
	key := m.key
	if got := m.decision(); len(got.Choices) != 2 || got.Choices[0].N != 1 || got.Choices[1].N != 3 || got.Reply.To != "elodie.favier@example.org" || got.Reply.Body != "" || got.Version != 1 || got.Key != key {
		t.Errorf("as proposed: %+v", got)
	}
	if off := m.tickOff(1); !strings.Contains(off, "rien à faire") {
		t.Errorf("a card with nothing to do: %q", off)
	}
	if m.tickOff(7) == "" {
		t.Error("a card that is not there")
	}
	m.toggle(0)
	if got := m.decision(); len(got.Choices) != 1 || got.Choices[0].N != 3 || got.Key == key {
		t.Errorf("without the first: %+v", got)
	}
	m.noReply = true
	if got := m.decision(); got.Reply != (letter.Letter{}) {
		t.Errorf("no answer: %+v", got.Reply)
	}
	m.noReply, m.byHand, m.reply.Body = false, true, "À la main"
	if got := m.decision(); got.Reply.Body != "À la main" {
		t.Errorf("by hand: %+v", got.Reply)
	}
	m.toggle(2)
	if off := m.applyOff(); !strings.Contains(off, "coché") {
		t.Errorf("nothing ticked: %q", off)
	}
	m.may.desk = false
	if off := m.applyOff(); !strings.Contains(off, "Accueil") {
		t.Errorf("rights: %q", off)
	}
}

func TestEditedChoicesGoIntoTheDecisionAndStayWithThePlan(t *testing.T) {
	m := testModel()
	c := m.cards[0].Choice
	c.Days = []calendar.Date{day("2026-11-27")}
	m.edit(0, c)
	n := m.add(mailbox.Choice{Kind: reading.Book, Children: []int64{11}, ServiceID: 1, Days: c.Days})
	d := m.decision()
	if len(d.Choices) != 3 || d.Choices[0].Days[0] != c.Days[0] || d.Choices[2].N != 4 || n != 3 {
		t.Fatalf("%+v", d.Choices)
	}
	m.planned(&mailbox.Plan{Cards: []mailbox.Card{{N: 1, Title: "Annuler le repas du 27", Verdict: mailbox.Possible}}}, nil)
	if k := m.cards[0]; k.Title != "Annuler le repas du 27" || len(k.Choice.Days) != 1 || k.Why == "" || !k.ticked {
		t.Errorf("%+v", k)
	}
	if m.show(favier()) || m.cards[0].Title != "Annuler le repas du 27" || len(m.cards) != 4 {
		t.Error("the same version came again: the agent's work is lost")
	}
	newer := favier()
	newer.Version = 2
	if !m.show(newer) || len(m.cards) != 3 {
		t.Error("another version must replace, and say so")
	}
	closed := favier()
	closed.Version, closed.State = 3, mailbox.Applied
	m.show(closed)
	if m.ticked() != 0 || m.open() {
		t.Error("a closed message has ticks")
	}
}

func TestWhyNothingCanBeApplied(t *testing.T) {
	m := testModel()
	m.planned(&mailbox.Plan{Problem: "Il manque 3 €."}, nil)
	if m.applyOff() != "Il manque 3 €." {
		t.Error(m.applyOff())
	}
	m.planned(nil, fault.New(fault.Unavailable, "La base ne répond pas."))
	if m.applyOff() != "La base ne répond pas." {
		t.Error(m.applyOff())
	}
	m.planned(nil, errors.New("sql: boom"))
	if off := m.applyOff(); off == "" || strings.Contains(off, "boom") {
		t.Errorf("a Go error reaches the agent: %q", off)
	}
	m.msg.State = mailbox.Ignored
	if m.applyOff() == "" || m.ignoreOff() != "" || m.replyOff() == "" {
		t.Error("an ignored message is only reopened")
	}
	m.msg.ReplyOff = "Message automatique."
	if m.replyOff() != "Message automatique." {
		t.Error(m.replyOff())
	}
}

func TestShownKeepsMarksOnTheirWords(t *testing.T) {
	m := testModel()
	words := func() (out []string) {
		text, marks, _ := m.shown()
		for _, k := range marks {
			out = append(out, k.Label+text[k.Start:k.End])
		}
		return out
	}
	want := []string{"1jeudi 26 novembre", "2vendredi 27", "2lundi 30 novembre", "3attestation d’assurance"}
	text, _, more := m.shown()
	if !more || strings.Contains(text, "Pensez") || !slices.Equal(words(), want) {
		t.Errorf("%q %v", text, words())
	}
	m.whole = true
	if text, _, _ := m.shown(); !strings.Contains(text, "Pensez") || !slices.Equal(words(), want) {
		t.Errorf("%q %v", text, words())
	}
	m.whole = false
	m.msg.Text = "en tête " + m.msg.Text
	m.msg.Own = [2]int{len("en tête "), len("en tête ") + len(favierText)}
	for i := range m.msg.Marks {
		m.msg.Marks[i].Start += len("en tête ")
		m.msg.Marks[i].End += len("en tête ")
	}
	if !slices.Equal(words(), want) {
		t.Errorf("own words further on: %v", words())
	}
	child := m.msg.Marks[1]
	child.What, child.Start, child.End = "child", strings.Index(m.msg.Text, "Léa"), strings.Index(m.msg.Text, "Léa")+len("Léa")
	m.msg.Marks = []mailbox.Mark{child, {Start: strings.Index(m.msg.Text, "vendredi"), End: strings.Index(m.msg.Text, " 27"), Card: 2, What: "day"}, {Start: strings.Index(m.msg.Text, "27 et"), End: strings.Index(m.msg.Text, " et lundi"), Card: 2, What: "day"}}
	if _, marks, _ := m.shown(); len(marks) != 2 || !marks[0].Plain || marks[1].Plain || !slices.Equal(words(), []string{"2Léa", "2vendredi 27"}) {
		t.Errorf("a child's name bears no number, one date in two parts is one: %v", words())
	}
	m.msg.Own = [2]int{5, 100000}
	if text, _, more := m.shown(); more || text != m.msg.Text {
		t.Error("senseless bounds show the whole text")
	}
}

func TestAVeryLongTextIsCut(t *testing.T) {
	m := testModel()
	m.msg.Text = strings.Repeat("é", 5<<20)
	m.msg.Own, m.msg.Marks = [2]int{0, len(m.msg.Text)}, nil
	text, _, _ := m.shown()
	if len(text) > longText+200 || !strings.Contains(text, "l’original") || strings.ContainsRune(text, '\uFFFD') {
		t.Errorf("%d bytes", len(text))
	}
}

func TestDraft(t *testing.T) {
	d := draft{Choice: mailbox.Choice{N: 2, Kind: reading.Cancel, Days: []calendar.Date{day("2026-11-27")}}}
	if d.addDay(0) || !d.addDay(day("2026-11-26")) || !d.addDay(day("2026-11-26")) || len(d.Days) != 2 || d.Days[0] != day("2026-11-26") {
		t.Errorf("%v", d.Days)
	}
	d.off = []calendar.Date{day("2026-11-27")}
	c, err := d.choice(typed{children: []int64{11}, service: 1, override: " certificat ", absence: "illness", iban: "x"})
	if err != nil || len(c.Days) != 1 || c.Override != "" || c.Absence != "" || c.IBAN != "" || c.N != 2 {
		t.Errorf("%+v %v", c, err)
	}
	d.late = true
	if c, _ = d.choice(typed{override: " certificat "}); c.Override != "certificat" {
		t.Errorf("%+v", c)
	}
	d.addDay(day("2026-11-27"))
	if len(d.kept()) != 2 {
		t.Error("a day typed again comes back")
	}
	b := draft{Choice: mailbox.Choice{Kind: reading.BankDetails}}
	if _, err := b.choice(typed{iban: "FR00", confirmed: true}); err == nil {
		t.Error("a wrong IBAN")
	}
	if c, err := b.choice(typed{iban: "FR76 3000 6000 0112 3456 7890 189", holder: " É. Favier ", confirmed: true}); err != nil || c.IBAN != "FR7630006000011234567890189" || c.Holder != "É. Favier" || !c.Confirmed {
		t.Errorf("%+v %v", c, err)
	}
	f := draft{Choice: mailbox.Choice{Kind: reading.Documents}}
	if _, err := f.choice(typed{}); err == nil {
		t.Error("no document at all")
	}
	q := draft{Choice: mailbox.Choice{Kind: reading.AccessRequest, IBAN: "FR76"}}
	if !q.wants("checked") || q.wants("iban") {
		t.Error("an access request with an account asks for the check only")
	}
	if c, _ := q.choice(typed{confirmed: true}); c.IBAN != "FR76" || !c.Confirmed {
		t.Errorf("%+v", c)
	}
}

func TestWords(t *testing.T) {
	today := day("2026-11-24")
	for at, want := range map[time.Time]string{
		now: "13" + nbsp + "h" + nbsp + "46", now.AddDate(0, 0, -1): "lun. 23", now.AddDate(0, 0, -6): "mer. 18", now.AddDate(0, 0, -8): "16 nov.",
		now.AddDate(-1, 0, 0): "24/11/2025", {}: "",
	} {
		if got := when(at, today); got != want {
			t.Errorf("%v: %q, not %q", at, got, want)
		}
	}
	for n, want := range map[int64]string{5: "5", 184 << 10: "184", 6501171: "6,2", 3 << 20: "3"} {
		if got := sizeText(n); !strings.HasPrefix(got, want+nbsp) {
			t.Errorf("%d: %q", n, got)
		}
	}
	for it, want := range map[mailbox.State]string{mailbox.Todo: "À traiter", mailbox.ToRead: "À lire", mailbox.Applied: "Appliqué", mailbox.Answered: "Répondu", mailbox.Ignored: "Ignoré"} {
		if got := badge(mailbox.Item{State: it}); got.Text != want || got.Icon == "" {
			t.Errorf("%s: %+v", it, got)
		}
	}
	late := mailbox.Item{State: mailbox.Answered, Late: true, Kind: reading.Cancel}
	if n, warn := note(late); badge(late).Tone != widgets.Failure || n != "réponse envoyée" || warn {
		t.Error("late")
	}
	if n, warn := note(mailbox.Item{Warning: "DMARC"}); n != "DMARC" || !warn {
		t.Error("a warning is a warning")
	}
	if writer(mailbox.Item{From: message.Address{Mail: "a@b"}}) != "a@b" || writer(mailbox.Item{}) == "" || subject(mailbox.Item{}) == "" {
		t.Error("a message without names")
	}
	for v, tone := range map[mailbox.Verdict]widgets.Tone{mailbox.Nothing: widgets.Neutral, mailbox.TooLate: widgets.Failure, mailbox.Refused: widgets.Failure, mailbox.Unclear: widgets.Warning, mailbox.Done: widgets.Success} {
		if got := look(card{Card: mailbox.Card{Verdict: v, Sure: true}}); got.Tone != tone || got.Text == "" {
			t.Errorf("%s: %+v", v, got)
		}
	}
	if copyName(mailbox.File{Name: `../..\a:b.exe`, Media: "application/pdf"}) != "-..-a-b.pdf" {
		t.Error(copyName(mailbox.File{Name: `../..\a:b.exe`, Media: "application/pdf"}))
	}
	if !strings.Contains(fileText(mailbox.File{Size: 10, Media: "application/pdf", Pages: 3}), "PDF de 3") {
		t.Error("pages")
	}
}

func TestPost(t *testing.T) {
	w := newWorld(t)
	w.story()
	var p post
	p.take(postbag{letters: w.mail.letters, refusals: w.mail.refusals})
	p.narrow(chipTrouble, "")
	if len(p.rows) != 2 || p.cur != 22 || p.number(chipTrouble) != 2 || p.number(chipWaiting) != 1 {
		t.Errorf("%+v", p.rows)
	}
	p.narrow(chipAll, "FACTURE")
	if len(p.rows) != 1 || p.letter().ID != 23 {
		t.Errorf("%+v", p.rows)
	}
	m := &model{may: rights{desk: true}, post: p}
	if m.retryOff() != "" || m.dropOff() != "" || m.settleOff() == "" {
		t.Error("a failed letter is sent again or dropped, not settled")
	}
	for _, o := range w.mail.letters {
		if text, _ := postText(o, false); text == "" || strings.Contains(text, "%!") {
			t.Errorf("%s: %q", o.State, text)
		}
	}
	if at := filed(w.mail.letters[0]); at.IsZero() {
		t.Error("the instant of a letter")
	}
	if !filed(mailbox.Outgoing{}).IsZero() {
		t.Error("no instant is none")
	}
}

// The verdict of the receiving server is shown: good, bad, and nothing where
// nobody believed said anything.
func TestTheSendersVerdictIsShown(t *testing.T) {
	for _, c := range []struct {
		auth message.Auth
		line string
		warn bool
	}{
		{message.Auth{}, "Adresse connue\u00a0: famille Favier", false},
		{message.Auth{Host: "mx.mairie.example", DMARC: "pass", SPF: "pass"}, "Adresse connue, vérifiée (DMARC)\u00a0: famille Favier", false},
		{message.Auth{Host: "mx.mairie.example", DMARC: "fail", SPF: "fail"}, "Adresse connue, expéditeur non vérifié\u00a0: famille Favier", true},
		{message.Auth{Host: "mx.ailleurs.example", DMARC: "fail", Unverified: true}, "Adresse connue, expéditeur non vérifié\u00a0: famille Favier", true},
		{message.Auth{Host: "mx.ailleurs.example", DMARC: "pass", Unverified: true}, "Adresse connue\u00a0: famille Favier", false},
	} {
		m := &mailbox.Message{Item: mailbox.Item{FamilyID: 1, Family: "Favier"}, Auth: c.auth}
		if line, _ := known(m); line != c.line || (authWarning(m) != "") != c.warn {
			t.Errorf("%+v: %q, %q", c.auth, line, authWarning(m))
		}
	}
}

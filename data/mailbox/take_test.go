package mailbox

import (
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const leaMail = "lea@example.org"

func TestTakeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		raw := mailFrom("Élodie <"+leaMail+">", "cantine", "Merci d'annuler le repas de Hugo jeudi.", "Message-ID: <a@b>")
		first := w.take(1, raw)
		if first.Known || first.Aside != "" {
			t.Fatalf("first: %+v", first)
		}
		for _, d := range []Taken{w.take(1, raw), w.take(7, raw)} {
			if d.MessageID != first.MessageID || !d.Known {
				t.Errorf("again: %+v", d)
			}
		}
		if n, p, o := w.count(`SELECT COUNT(*) FROM mail_message`), w.count(`SELECT COUNT(*) FROM mail_place`), w.count(`SELECT COUNT(*) FROM mail_original`); n != 1 || p != 2 || o != 1 {
			t.Errorf("%d messages, %d places, %d originals", n, p, o)
		}
		m := w.get(first.MessageID)
		if m.FamilyID != home || m.Family != "Favier" || m.State != Todo || m.Guardian != "responsable de Hugo" || len(m.Children) != 1 {
			t.Errorf("%+v", m)
		}
		if len(m.Marks) != 3 || m.Text[m.Marks[0].Start:m.Marks[0].End] != "annuler" || m.Text[m.Marks[2].Start:m.Marks[2].End] != "jeudi" {
			t.Errorf("marks %+v", m.Marks)
		}
		if b, err := w.s.Original(w.ctx, first.MessageID); err != nil || string(b) != raw {
			t.Errorf("original: %v", err)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'mail.original'`); n != 1 {
			t.Error("the opening left no trail")
		}
	})
}

func TestStates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		w.family("Uns", "deux@example.org", "Zoé")
		w.family("Autres", "deux@example.org", "Ana")
		for i, c := range []struct {
			raw     string
			state   State
			warning string
			sure    int // candidates
		}{
			{mailFrom(leaMail, "a", "Merci d'annuler le repas de Hugo jeudi."), Todo, "", 0},
			{mailFrom(leaMail, "b", "Une question."), ToRead, "", 0},
			{mailFrom("inconnu@example.net", "c", "Merci d'annuler le repas de Hugo jeudi."), ToRead, "", 0},
			{mailFrom("deux@example.org", "d", "Merci d'annuler le repas de Hugo jeudi."), ToRead, "", 2},
			{mailFrom(leaMail, "e", "Je suis absente.", "Auto-Submitted: auto-replied"), Ignored, "", 0},
			{mailFrom(leaMail, "f", "Merci d'annuler le repas de Hugo jeudi.", "Authentication-Results: mx.mairie.example; dmarc=fail"), ToRead, "DMARC", 0},
			{mailFrom(leaMail, "g", "Merci d'annuler le repas de Hugo jeudi.", "Message-ID: <x@y>"), Todo, "", 0},
			{mailFrom(leaMail, "h", "Merci d'annuler le repas de Hugo jeudi !", "Message-ID: <x@y>"), ToRead, "Même identifiant", 0},
			{"\x00\x01\x02 rien", ToRead, "en-tête", 0},
			{"", ToRead, "vide", 0},
		} {
			got := w.take(uint32(i+1), c.raw)
			m := w.get(got.MessageID)
			if m.State != c.state || !strings.Contains(m.Warning, c.warning) || (m.Warning == "") != (c.warning == "") || len(m.Candidates) != c.sure {
				t.Errorf("%d: state %s, warning %q, %d candidates", i, m.State, m.Warning, len(m.Candidates))
			}
		}
		items, counts, err := w.s.List(w.ctx, Filter{})
		if err != nil || len(items) != 10 || counts != (Counts{Todo: 2, ToRead: 7, Closed: 1}) {
			t.Errorf("%d items, %+v, %v", len(items), counts, err)
		}
		if n, err := w.s.Count(w.ctx); n != 9 || err != nil {
			t.Errorf("badge %d %v", n, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM mail_message WHERE state = 'ignored' AND agent_id = 0 AND decided_at <> ''`); n != 1 {
			t.Error("the automatic answer was not put away by the program")
		}
	})
}

func TestListPagesAndSearches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		for i := range 7 {
			w.take(uint32(i+1), mailFrom(leaMail, "sujet", strings.Repeat("x", i)+" été à la mer"))
		}
		one := w.take(9, mailFrom("Jo <jo@example.net>", "Réclamation", "rien")).MessageID
		var seen []int64
		var before int64
		for range 10 {
			page, _, err := w.s.List(w.ctx, Filter{Before: before, Limit: 3})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, it := range page {
				seen = append(seen, it.ID)
			}
			before = page[len(page)-1].ID
		}
		if len(seen) != 8 || seen[0] != one {
			t.Errorf("pages: %v", seen)
		}
		for text, want := range map[string]int{"ETE mer": 7, "reclamation jo": 1, "favier": 7, "absent": 0} {
			if got, _, err := w.s.List(w.ctx, Filter{Text: text}); err != nil || len(got) != want {
				t.Errorf("%q: %d, %v", text, len(got), err)
			}
		}
		if got, _, err := w.s.List(w.ctx, Filter{Text: "mer", Limit: 2}); err != nil || len(got) != 2 {
			t.Errorf("a short page: %d, %v", len(got), err)
		}
		if got, _, err := w.s.List(w.ctx, Filter{States: []State{Todo}}); err != nil || len(got) != 0 {
			t.Errorf("todo: %d, %v", len(got), err)
		}
	})
}

// TestSealed: nothing a family wrote is in clear in the database, and a part
// moved to another message does not open.
func TestSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		a := w.take(1, mailFrom(leaMail, "secretissime", "secretissime annuler")).MessageID
		b := w.take(2, mailFrom(leaMail, "autre", "annuler")).MessageID
		for _, q := range []string{`SELECT head FROM mail_message WHERE id = $1`, `SELECT reading FROM mail_message WHERE id = $1`, `SELECT sealed FROM mail_original WHERE message_id = $1`} {
			var blob []byte
			if err := db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(q, a).Scan(&blob) }); err != nil {
				t.Fatal(err)
			}
			if len(blob) == 0 || strings.Contains(string(blob), "secretissime") {
				t.Errorf("in clear: %s", q)
			}
		}
		w.exec(`UPDATE mail_message SET head = (SELECT o.head FROM mail_message o WHERE o.id = $1) WHERE id = $2`, a, b)
		if _, err := w.s.Get(w.ctx, b); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a head of another message opens: %v", err)
		}
		closed := stafftest.Session(t, db, staff.Accueil)
		session := *staff.From(closed) //nolint:govet // a copy without its key
		session.Key = nil
		if _, err := w.s.Take(staff.With(closed, &session), Delivery{Raw: []byte("x")}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("taken in without a key: %v", err)
		}
	})
}

// TestMarkedByAProgram: a mail program's mark does not put away what a family asks;
// a machine's message that asks nothing is.
func TestMarkedByAProgram(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		ask := "Bonjour, merci d’annuler la cantine de Hugo jeudi 26 novembre."
		for i, c := range []struct {
			from, subject, text, header string
			want                        State
		}{
			{leaMail, "Cantine", ask, "X-Auto-Response-Suppress: All", ToRead},
			{leaMail, "Cantine", ask + " ", "Precedence: bulk", ToRead},
			{leaMail, "Réponse automatique : absence", "Je suis absente du bureau.", "Auto-Submitted: auto-replied", Ignored},
			{"promo@example.net", "Cantine", ask, "List-Unsubscribe: <mailto:x@example.net>", Ignored},
		} {
			m := w.get(w.take(uint32(i+1), mailFrom(c.from, c.subject, c.text, c.header)).MessageID)
			if m.State != c.want || m.State == ToRead && (len(m.Cards) == 0 || m.Cards[0].Ticked || m.Reply.To != "") {
				t.Errorf("%s: %s, %+v, answer to %q", c.header, m.State, m.Cards, m.Reply.To)
			}
		}
	})
}

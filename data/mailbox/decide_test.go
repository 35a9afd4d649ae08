package mailbox

import (
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestCards: each kind, possible, too late, already so, unclear.
func TestCards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27")
		w.now("2026-11-24 13:46:00")
		in, now := "2026-11-23 07:16:00", "2026-11-24 11:00:00"
		for _, c := range []struct {
			what, received string
			p              reading.Proposal
			verdict        Verdict
			ticked         bool
			title, note    string
			lines          string
		}{
			{"cancel", in, w.wants(reading.Cancel, w.hugo, "2026-11-26"), Possible, true, "Annuler le repas de Hugo", "Reçu dans le délai (clôture mardi 24 nov. à 10 h 00)", "Cantine, jeudi 26 novembre 2026|Recrédit : 4,20 € au porte-monnaie"},
			{"cancel two", in, w.wants(reading.Cancel, w.hugo, "2026-11-26", "2026-11-27"), Possible, true, "Annuler 2 repas de Hugo", "Reçu dans le délai", "Cantine, jeudi 26 et vendredi 27 novembre|Recrédit : 8,40 € au porte-monnaie"},
			{"cancel nothing", in, w.wants(reading.Cancel, w.lea, "2026-11-26"), Nothing, false, "Annuler le repas de Léa", "Rien de réservé ce jour-là", ""},
			{"cancel partly", in, w.wants(reading.Cancel, w.hugo, "2026-11-26", "2026-11-30"), Possible, true, "", "1 sur 2 possible", "Lun. 30 nov., Hugo : Hugo n’a rien de réservé ce jour-là."},
			{"book", in, w.wants(reading.Book, w.lea, "2026-11-26"), Possible, true, "Réserver Léa", "Reçu dans le délai", "À payer : 4,20 €"},
			{"book again", in, w.wants(reading.Book, w.hugo, "2026-11-26"), Nothing, false, "Réserver Hugo", "Déjà réservé : rien à faire", ""},
			{"book late", now, w.wants(reading.Book, w.lea, "2026-11-24"), TooLate, false, "", "Délai passé depuis lundi 23 nov. à 10 h 00", ""},
			{"book in time, now late", "2026-11-24 09:00:00", w.wants(reading.Book, w.lea, "2026-11-24"), TooLate, false, "", "Délai passé depuis lundi 23 nov. à 10 h 00", ""},
			{"book tomorrow, came in time", "2026-11-23 09:00:00", w.wants(reading.Book, w.lea, "2026-11-24"), Possible, true, "", "Reçu dans le délai (clôture lundi 23 nov. à 10 h 00)", ""},
			{"no access", in, w.wants(reading.Book, w.clea, "2026-11-26"), Refused, false, "", "Aucune demande d’accès", ""},
			{"no child", in, reading.Proposal{Kind: reading.Book, ServiceID: w.canteen, Days: days("2026-11-26"), Doubt: "Quel enfant ?"}, Unclear, false, "Réserver", "Choisissez l’enfant", ""},
			{"in doubt", in, reading.Proposal{Kind: reading.Book, Children: []int64{w.lea}, ServiceID: w.canteen, Days: days("2026-11-26"), Doubt: "Peut-être"}, Unclear, false, "", "", ""},
			{"no motive", in, w.wants(reading.JustifiedAbsence, w.hugo, "2026-11-26"), Unclear, false, "Justifier l’absence de Hugo", "Choisissez le motif", ""},
			{"a request", in, w.wants(reading.AccessRequest, w.clea), Possible, true, "Demander l’accès à la cantine pour Cléa", "", "Année scolaire 2026-2027, paiement au fil de l’eau"},
			{"a request made before", in, w.wants(reading.AccessRequest, w.lea), Nothing, false, "", "Demande déjà déposée : rien à faire", "demande déjà déposée (acceptée)"},
			{"an account", in, reading.Proposal{Kind: reading.BankDetails, IBAN: goodIBAN}, Unclear, false, "Changer les coordonnées bancaires", "À vérifier avec la famille par téléphone", "Compte au dossier : aucun|Nouveau compte : FR14 •••• •••• •••• •••• •••• 606"},
			{"a wrong account", in, reading.Proposal{Kind: reading.BankDetails, IBAN: "FR1420041010050500013M02607"}, Refused, false, "", "", ""},
			{"no file", in, reading.Proposal{Kind: reading.Documents}, Unclear, false, "Classer une pièce", "Aucune pièce lisible", ""},
		} {
			got := w.card(w.arrives(c.received, letterIn{}, c.p))
			plain := func(s string) string { return strings.ReplaceAll(s, nbsp, " ") }
			lines := plain(strings.Join(got.Lines, "|"))
			if got.Verdict != c.verdict || got.Ticked != c.ticked || !strings.Contains(got.Title, c.title) || !strings.HasPrefix(plain(got.Note), c.note) || !strings.Contains(lines, c.lines) {
				t.Errorf("%s: %s, ticked %v, %q, %q, %q", c.what, got.Verdict, got.Ticked, got.Title, got.Note, lines)
			}
		}
	})
}

const goodIBAN = "FR1420041010050500013M02606"

// TestReceiptIsTheInstant: a message that came in time is applied after the
// cut-off as if at once; one that came late gives nothing back.
func TestReceiptIsTheInstant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		before := w.balance()
		inTime := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		w.now("2026-11-24 13:46:00")
		p := w.plan(w.decision(inTime))
		if p.Total != -420 || len(p.After) != 2 || p.After[0] != (Change{"Porte-monnaie LEGRAND", before.String(), (before + 420).String()}) ||
			p.After[1] != (Change{"Cantine, jeudi 26", "1 repas", "0 repas"}) {
			t.Errorf("plan: %s, %+v", p.Total, p.After)
		}
		out := w.apply(w.decision(inTime))
		if got := w.balance(); got != before+420 || w.live(w.hugo, "2026-11-26") {
			t.Errorf("balance %s, was %s", got, before)
		}
		if out.Text != "1 repas annulé, réponse préparée" || len(out.Operations) != 2 {
			t.Errorf("outcome %+v", out)
		}
		if m := w.get(inTime); m.State != Applied || m.Late || m.Cards[0].Verdict != Done || len(m.Actions) != 2 {
			t.Errorf("message %s, late %v, %s, %d actions", m.State, m.Late, m.Cards[0].Verdict, len(m.Actions))
		}
		if n := w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'cancel' AND mail_id = $1 AND received_at < at AND consent_who = 'Delphine Legrand' AND consent_how LIKE 'courriel du lundi 23 novembre 2026 à 7%'`, inTime); n != 1 {
			t.Errorf("%d operations say whose message they are for", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE answers_id = $1 AND kind = 'mail.answer' AND next_at > created_at AND address = 'delphine@example.org'`, inTime); n != 1 {
			t.Errorf("%d answers wait", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'mail.apply' AND object = $1`, object(inTime)); n != 1 {
			t.Errorf("%d lines in the trail", n)
		}
	})
}

// TestCameLate: a late cancellation gives the place back and no money, a late
// booking needs a reason, and a day that is past is not booked for anything.
func TestCameLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27")
		w.now("2026-11-24 13:46:00")
		before := w.balance()
		late := w.arrives("2026-11-24 10:00:01", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		if c := w.card(late); c.Verdict != TooLate || c.Ticked {
			t.Errorf("a second too late: %s, ticked %v", c.Verdict, c.Ticked)
		}
		if said := w.get(late).Reply.Body; said == "" || strings.Contains(said, "annul") {
			t.Errorf("nobody chose to cancel, and the family is told: %q", said)
		}
		d := w.decision(late)
		d.Choices = []Choice{w.card(late).Choice}
		if out := w.apply(d); out.Undo || out.NoUndo == "" {
			t.Errorf("a late cancellation may be undone: %+v", out)
		}
		if w.live(w.hugo, "2026-11-26") || w.balance() != before || !w.get(late).Late {
			t.Errorf("balance %s, was %s", w.balance(), before)
		}
		add := w.arrives("2026-11-24 10:00:01", letterIn{}, w.wants(reading.Book, w.lea, "2026-11-26"))
		d = w.decision(add)
		d.Choices = []Choice{w.card(add).Choice}
		if p := w.plan(d); !strings.Contains(p.Problem, "Délai passé") {
			t.Errorf("problem %q", p.Problem)
		}
		_, err := w.s.Apply(w.ctx, w.plan(d))
		w.refused(fault.TooLate, err)
		d.Choices[0].Override = "Accord de la directrice"
		w.apply(d)
		if !w.live(w.lea, "2026-11-26") {
			t.Error("not booked although the reason was written")
		}
		// Only an answer: it is too late, and that is what is said.
		again := w.arrives("2026-11-24 10:00:01", letterIn{}, w.wants(reading.Book, w.lea, "2026-11-24"))
		p := w.plan(w.decision(again))
		if !strings.Contains(p.Reply.Body, "n’a pas pu être réservé") {
			t.Errorf("the answer says %q", p.Reply.Body)
		}
		w.apply(w.decision(again))
		if m := w.get(again); m.State != Answered || !m.Late {
			t.Errorf("%s, late %v", m.State, m.Late)
		}
	})
}

// TestDayPast: a message that came in time and is read when the day is over.
func TestDayPast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		before := w.balance()
		cancel := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		book := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Book, w.lea, "2026-11-26"))
		w.now("2026-11-27 09:00:00")
		if c := w.card(book); c.Verdict != TooLate || c.Ticked {
			t.Errorf("booking a day past: %s", c.Verdict)
		}
		d := w.decision(book)
		d.Choices = []Choice{w.card(book).Choice}
		d.Choices[0].Override = "Reçu à temps"
		if p := w.plan(d); p.Problem == "" {
			t.Error("a day past may be booked")
		}
		w.apply(w.decision(cancel))
		if w.balance() != before+420 {
			t.Errorf("balance %s, was %s", w.balance(), before)
		}
	})
}

// TestOneDecision: what is cancelled pays for what is booked, in one operation.
func TestOneDecision(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04") // 1,20 € left
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Book, w.lea, "2026-11-27"), w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		if m := w.get(id); m.Cards[0].Ticked || !strings.Contains(m.Cards[0].Note, "Il manque") || !m.Cards[1].Ticked {
			t.Errorf("cards %+v", m.Cards)
		}
		d := w.decision(id)
		d.Choices = []Choice{w.get(id).Cards[0].Choice}
		if p := w.plan(d); !strings.Contains(p.Problem, "Il manque 3,00"+nbsp+"€ au porte-monnaie") {
			t.Errorf("problem %q", p.Problem)
		}
		_, err := w.s.Apply(w.ctx, w.plan(d))
		w.refused(fault.Insufficient, err)
		d.Choices = []Choice{w.get(id).Cards[0].Choice, w.get(id).Cards[1].Choice}
		out := w.apply(d)
		if !w.live(w.lea, "2026-11-27") || w.live(w.hugo, "2026-11-26") || w.balance() != 120 || len(out.Operations) != 2 {
			t.Errorf("balance %s, %+v", w.balance(), out)
		}
	})
}

// TestMonthly: a family invoiced by the month pays and gets back nothing at once.
func TestMonthly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `UPDATE access_request SET pay = 'monthly' WHERE child_id = $1`, w.hugo)
			return nil
		})
		before := w.balance()
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"), w.wants(reading.Book, w.hugo, "2026-11-27"))
		m := w.get(id)
		if a, b := strings.Join(m.Cards[0].Lines, "|"), strings.Join(m.Cards[1].Lines, "|"); !strings.Contains(a, "Ne sera pas facturé"+nbsp+": 4,20"+nbsp+"€") || !strings.Contains(b, "À facturer en fin de mois"+nbsp+": 4,20"+nbsp+"€") {
			t.Errorf("%q, %q", a, b)
		}
		if !strings.Contains(m.Reply.Body, "est annulé et ne sera pas facturé (4,20"+nbsp+"€).") || !strings.Contains(m.Reply.Body, "est réservé et compté sur la facture du mois (4,20"+nbsp+"€).") {
			t.Errorf("%q", m.Reply.Body)
		}
		out := w.apply(w.decision(id))
		if w.balance() != before || w.live(w.hugo, "2026-11-26") || !w.live(w.hugo, "2026-11-27") || !out.Undo {
			t.Errorf("balance %s, %+v", w.balance(), out)
		}
	})
}

// TestOtherAbsences: a strike gives the meal back after the day, an other motive
// keeps the message as its note; neither is undone from here.
func TestOtherAbsences(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27")
		before := w.balance()
		w.now("2026-11-30 09:00:00")
		for _, c := range []struct{ day, motive, kept string }{{"2026-11-26", "strike", "grève"}, {"2026-11-27", "other", "autre motif, selon le courriel du vendredi 27 novembre 2026"}} {
			id := w.arrives("2026-11-27 08:00:00", letterIn{}, w.wants(reading.JustifiedAbsence, w.hugo, c.day))
			d := w.decision(id)
			d.Choices = []Choice{w.card(id).Choice}
			if got := w.plan(d).Problem; !strings.Contains(got, "Choisissez le motif") {
				t.Errorf("problem %q", got)
			}
			d.Choices[0].Absence = c.motive
			if out := w.apply(d); out.Undo || !strings.Contains(out.NoUndo, "absence justifiée") {
				t.Errorf("%+v", out)
			}
			if n := w.count(`SELECT COUNT(*) FROM operation WHERE mail_id = $1 AND kind = 'justify' AND reason LIKE $2`, id, c.kept+"%"); n != 1 {
				t.Errorf("%s: %d operations", c.motive, n)
			}
		}
		if w.balance() != before+840 {
			t.Errorf("balance %s, was %s", w.balance(), before)
		}
	})
}

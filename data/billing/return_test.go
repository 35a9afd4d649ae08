package billing_test

import (
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// sentBatch bills all families and sends their batch; the clock goes on to the
// day before the collection.
func (w *world) sentBatch() billing.DebitBatch {
	w.t.Helper()
	w.billed()
	b := w.build(billing.DebitAsk{})
	b = w.send(b.ID)
	w.at("2026-12-09")
	return b
}

func TestReturnsByReason(t *testing.T) {
	cases := []struct{ code, state, letter, line string }{
		{"AC01", "blocked", "nouveau relevé d’identité", "nouveau RIB"},
		{"AC04", "blocked", "nouveau relevé d’identité", "nouveau RIB"},
		{"AC06", "blocked", "nouveau relevé d’identité", "nouveau RIB"},
		{"MD01", "revoked", "signer un nouveau mandat", "révoqué"},
		{"MD06", "active", "Si vous contestez", "remboursement"},
		{"MD07", "blocked", "Plus rien ne sera prélevé", "décidez de la suite"},
		{"MS02", "active", "Prenez contact", "contact avec la famille"},
		{"MS03", "active", "Prenez contact", "contact avec la famille"},
		{"AM04", "active", "seconde fois", "seconde fois"},
		{"BE05", "active", "Prenez contact", "ICS"},
		{"ZZ99", "active", "Prenez contact", "présentez de nouveau"},
	}
	each(t, len(cases), func(t *testing.T, w *world) {
		b := w.sentBatch()
		rejects := make([]debitReject, len(cases))
		for i, c := range cases {
			rejects[i] = debitReject{b.Debits[i].EndToEnd, c.code, debitSum}
		}
		text := pain002(b.MessageID, rejects...)
		done := w.read(text)
		if done.Matched != len(cases) || done.Known+done.Unmatched != 0 || done.Kind != "pain.002" {
			t.Fatalf("%+v", done)
		}
		for i, c := range cases {
			d := b.Debits[i]
			if l := done.Lines[i]; l.EndToEnd != d.EndToEnd || l.Amount != debitSum || l.Reason != c.code || l.FamilyID != d.FamilyID || !containsFold(l.Detail, c.line) {
				t.Errorf("%s: %+v", c.code, l)
			}
			var state string
			for n := range w.families {
				if w.families[n] == d.FamilyID {
					state = w.mandateOf(n).State
				}
			}
			if state != c.state {
				t.Errorf("%s: mandate %s", c.code, state)
			}
			if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'debit.returned' AND family_id = $1 AND body LIKE '%' || $2 || '%' AND body LIKE '%21,00%'`, d.FamilyID, c.letter); n != 1 {
				t.Errorf("%s: %d letters", c.code, n)
			}
		}
		if n := w.count(`SELECT CAST(SUM(open) AS BIGINT) FROM invoice_balance`); n != int64(b.Total) {
			t.Errorf("owed again: %d", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM transfer WHERE kind = 'reject' AND on_day = '2026-12-09'`); int(n) != len(cases) {
			t.Errorf("%d reversals today", n)
		}
		if n := w.count(`SELECT balance FROM account WHERE code = 'cash:debit'`); n != 0 {
			t.Errorf("cash:debit is at %d", n)
		}
		once(t, w, b, text, rejects)
	})
}

// once: the same file, the same rejects in another file, by another message.
func once(t *testing.T, w *world, b billing.DebitBatch, text string, rejects []debitReject) {
	t.Helper()
	before := w.rows()
	again := w.read(text)
	if !again.Replayed || again.Matched != 0 || again.Known != len(rejects) || len(again.Lines) != len(rejects) || w.rows() != before {
		t.Errorf("again: %+v", again)
	}
	owed := w.count(`SELECT CAST(SUM(open) AS BIGINT) FROM invoice_balance`)
	for _, other := range []string{text + "\n", camt054(debitIBAN, rejects...), refusedWhole(b.MessageID, "", "FF01"), refusedWhole(b.MessageID, b.MessageID+"-RCUR", "DT01")} {
		done := w.read(other)
		// The refusal of the whole lists only debits without a line: here all are known.
		if done.Matched != 0 || done.Unmatched != 0 || done.Known != len(rejects) || done.Replayed {
			t.Errorf("%+v", done)
		}
	}
	if now := w.count(`SELECT CAST(SUM(open) AS BIGINT) FROM invoice_balance`); now != owed {
		t.Errorf("owed %d, then %d", owed, now)
	}
	list, err := w.s.Returns(w.ctx, november.Add(1))
	if err != nil || len(list) != 5 || list[4].Matched != len(rejects) || len(list[4].Lines) != len(rejects) || list[4].Lines[0].Family == "" || list[4].Lines[0].Label == "" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = w.s.Returns(w.ctx, november); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if got, err := w.s.Batch(w.ctx, b.ID); err != nil || got.Rejected != len(rejects) || got.Debits[0].State != billing.DebitRejected || got.Debits[0].Reason != "AC01" || got.Debits[0].RejectedOn.String() != "2026-12-09" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWholeFileOrBatchRefused(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.billed()
		w.creditor(func(s *billing.Settings) { s.First = true })
		w.sql(`UPDATE mandate SET next_sequence = 'RCUR', collected_on = '2026-10-15' WHERE family_id = $1`, w.families[2])
		b := w.send(w.build(billing.DebitAsk{}).ID)
		// One batch of two: the account refused is ours, no family's is blocked, none is written to.
		done := w.read(refusedWhole(b.MessageID, b.MessageID+"-FRST", "AC01"))
		if done.Matched != 2 || done.Unmatched != 0 || !containsFold(done.Lines[0].Detail, "toute la remise") {
			t.Fatalf("%+v", done)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'debit.returned'`); n != 0 {
			t.Errorf("%d letters", n)
		}
		for i, want := range []string{"FRST", "FRST", "RCUR"} {
			if m := w.mandateOf(i); !m.Usable || m.Sequence != want {
				t.Errorf("mandate %d: %+v", i, m)
			}
		}
		// The file, with the debit listed below it: its reason is the file's, not the family's.
		listed := strings.Replace(refusedWhole(b.MessageID, "", "AC01"), "</CstmrPmtStsRpt>",
			`<OrgnlPmtInfAndSts><OrgnlPmtInfId>L</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>`+b.Debits[2].EndToEnd+`</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>`, 1)
		done = w.read(listed)
		if done.Matched != 1 || done.Known != 2 || !w.mandateOf(2).Usable {
			t.Errorf("%+v", done)
		}
		if p := w.planDebits(billing.DebitAsk{}); p.Count != 3 {
			t.Errorf("all may be presented again: %+v", p.Skipped)
		}
		// A batch of the file that we do not know.
		if done = w.read(refusedWhole(b.MessageID, "AUTRE-LOT", "FF01")); done.Unmatched != 1 || done.Matched != 0 {
			t.Errorf("%+v", done)
		}
	})
}

func TestWhatDoesNotMatchIsShown(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		b := w.sentBatch()
		e := func(i int) string { return b.Debits[i].EndToEnd }
		done := w.read(camt054(debitIBAN,
			debitReject{e(0), "AM04", debitSum - 1},
			debitReject{"INCONNU-1", "AM04", debitSum},
			debitReject{e(1), "AC04", debitSum},
			debitReject{e(1), "AC04", debitSum},
			debitReject{"NOTPROVIDED", "MS03", debitSum},
		))
		if done.Matched != 1 || done.Known != 1 || done.Unmatched != 3 {
			t.Fatalf("%+v", done)
		}
		for i, words := range []string{"montant", "aucun prélèvement", "de nouveau dus", "deux fois", "ne dit pas quel"} {
			if !containsFold(done.Lines[i].Detail, words) {
				t.Errorf("%+v", done.Lines[i])
			}
		}
		if w.account(0).Owed != 0 || w.account(1).Owed != debitSum {
			t.Error("the wrong debts are open")
		}
		// A return after the collection leaves the sequence where it is.
		if m := w.mandateOf(1); m.State != billing.MandateBlocked || m.Reason[:4] != "AC04" {
			t.Errorf("%+v", m)
		}
		// A new account answers it; a late return of the old one does not block it again.
		m, err := w.s.AmendMandate(w.ctx, w.mandateOf(1).ID, debitAccount(10071, 9), "", "")
		if err != nil || !m.Usable || !m.Amended {
			t.Errorf("%+v, %v", m, err)
		}
		if _, err := w.s.AmendMandate(w.ctx, w.mandateOf(2).ID, debitAccount(10071, 8), "", ""); err != nil {
			t.Fatal(err)
		}
		done = w.read(camt054(debitIBAN, debitReject{e(2), "AC04", debitSum}))
		if m := w.mandateOf(2); !m.Usable || !containsFold(done.Lines[0].Detail, "a changé depuis") {
			t.Errorf("%+v, %+v", m, done.Lines)
		}
		// A deceased payer's mandate waits for a person, not for a RIB.
		w.read(camt054(debitIBAN, debitReject{e(3), "MD07", debitSum}))
		if m, err := w.s.AmendMandate(w.ctx, w.mandateOf(3).ID, debitAccount(10071, 7), "", ""); err != nil || m.State != billing.MandateBlocked || containsFold(m.Problem, "RIB") {
			t.Errorf("%+v, %v", m, err)
		}
		// A statement without returns is read, and there is nothing to do.
		if done = w.read(camt054(debitIBAN)); len(done.Lines) != 0 || done.ID == 0 {
			t.Errorf("%+v", done)
		}
	})
}

func TestPresentedOnceMore(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		b := w.sentBatch()
		w.read(pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AM04", 0}, debitReject{b.Debits[1].EndToEnd, "MD06", 0}))
		p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO("2026-12-28")})
		if p.Count != 1 || len(p.Skipped) != 1 || !containsFold(p.Skipped[0].Reason, "rembourser") {
			t.Fatalf("%+v", p)
		}
		// Named by an agent who has spoken with the family, the other goes too.
		if p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO("2026-12-28"), Families: w.families}); p.Count != 2 {
			t.Errorf("%+v", p)
		}
		b = w.send(w.build(billing.DebitAsk{CollectOn: calendar.MustISO("2026-12-28")}).ID)
		if w.account(0).Owed != 0 {
			t.Error("still owed")
		}
		w.at("2026-12-29")
		w.read(camt054(debitIBAN, debitReject{b.Debits[0].EndToEnd, "AM04", debitSum}))
		p = w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO("2027-01-14"), Families: w.families[:1]})
		if p.Count != 0 || len(p.Skipped) != 1 || !containsFold(p.Skipped[0].Reason, "deux fois sans provision") || p.Problem == "" {
			t.Errorf("%+v", p)
		}
		if a := w.account(0); a.Owed != debitSum || a.Mandate == nil || !a.Mandate.Usable {
			t.Errorf("%+v", a)
		}
		// It is paid at the desk in the end.
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: debitSum, Means: "cash"})
		if w.account(0).Owed != 0 {
			t.Error("still owed")
		}
	})
}

func TestOneOffAndLastComeBack(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.billed()
		w.sql(`UPDATE mandate SET kind = 'oneoff', next_sequence = 'OOFF' WHERE family_id = $1`, w.families[0])
		w.sql(`UPDATE mandate SET next_sequence = 'FNAL' WHERE family_id <> $1`, w.families[0])
		b := w.send(w.build(billing.DebitAsk{}).ID)
		if _, err := w.s.AddMandate(w.ctx, billing.NewMandate{FamilyID: w.families[2], IBAN: debitAccount(30006, 5), SignedOn: calendar.MustISO("2026-11-24")}); err != nil {
			t.Fatal(err)
		}
		w.at("2026-12-09")
		w.read(pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AM04", 0}, debitReject{b.Debits[1].EndToEnd, "AC04", 0}, debitReject{b.Debits[2].EndToEnd, "AM04", 0}))
		if m := w.mandateOf(0); m.State != billing.MandateActive || m.Sequence != "OOFF" {
			t.Errorf("never collected, it may serve: %+v", m)
		}
		if m := w.mandateOf(1); m.State != billing.MandateEnded {
			t.Errorf("its account is closed: %+v", m)
		}
		if list, err := w.s.Mandates(w.ctx, w.families[2]); err != nil || len(list) != 2 || list[1].State != billing.MandateEnded || !list[0].Usable {
			t.Errorf("there is a newer one: %+v, %v", list, err)
		}
	})
}

// Files that are not for us, or were made to harm, change nothing.
func TestForeignAndHostileFiles(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		b := w.sentBatch()
		e2e := b.Debits[0].EndToEnd
		good := pain002(b.MessageID, debitReject{e2e, "AC04", debitSum})
		const theirs = "FR1420041010050500013M02606"
		for name, c := range map[string]struct{ text, words string }{
			"another creditor's message":  {pain002("AUTRE-1", debitReject{"X1", "AC04", 100}), "n’a pas été faite ici"},
			"another creditor's file":     {refusedWhole("AUTRE-1", "", "FF01"), "n’a pas été faite ici"},
			"another account":             {camt054(theirs, debitReject{e2e, "AC04", debitSum}), "n’est pas celui de la commune"},
			"another ICS":                 {strings.Replace(good, `<OrgnlTxRef>`, `<OrgnlTxRef><CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id></Othr></PrvtId></Id></CdtrSchmeId>`, 1), "concerne le créancier"},
			"truncated":                   {good[:len(good)-40], "incomplet"},
			"entities":                    {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + good[strings.Index(good, "<Document"):], "DOCTYPE"},
			"an outside entity":           {`<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`, "DOCTYPE"},
			"an encoding nobody has":      {strings.Replace(good, "UTF-8", "EBCDIC-7", 1), "encodage"},
			"broken UTF-8":                {strings.Replace(good, e2e, "\xff\xfe\xfa", 1), ""},
			"no XML":                      {"IBAN;MONTANT\n1;2\n", ""},
			"nothing":                     {"", ""},
			"another message":             {strings.ReplaceAll(good, "pain.002.001.03", "pain.008.001.02"), ""},
			"an amount without end":       {strings.Replace(good, "21.00", strings.Repeat("9", 400), 1), ""},
			"a text of a hundred million": {strings.Replace(good, "R-"+b.MessageID, strings.Repeat("A", 60_000_000), 1), ""},
		} {
			w.unchanged(name, fault.Invalid, c.words, func() error { _, err := w.s.ReadReturn(w.ctx, name, strings.NewReader(c.text)); return err })
			w.unchanged(name, fault.Invalid, c.words, func() error { _, err := w.s.PlanReturn(w.ctx, name, strings.NewReader(c.text)); return err })
		}
		// An account that is ours, a return that is not of a debit made here: shown, nothing else.
		if done := w.read(camt054(debitIBAN, debitReject{"LOYER-12", "AC04", 100})); done.Unmatched != 1 {
			t.Errorf("%+v", done)
		}
		// Our own message, a reference that is not ours.
		if done := w.read(pain002(b.MessageID, debitReject{`'; DROP TABLE debit; --`, "AC04", 100})); done.Unmatched != 1 {
			t.Errorf("%+v", done)
		}
	})
}

func TestReturnOfABatchNotSent(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.billed()
		b := w.build(billing.DebitAsk{})
		text := pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AC04", debitSum})
		w.unchanged("not marked", fault.Conflict, "n’est pas marquée comme envoyée", func() error {
			_, err := w.s.ReadReturn(w.ctx, "r.xml", strings.NewReader(text))
			return err
		})
		w.send(b.ID)
		if done := w.read(text); done.Matched != 1 {
			t.Errorf("%+v", done)
		}
		// In a locked month nothing is entered.
		w.at("2026-12-01")
		w.meals(0, days("2026-12-03", 5)...)
		w.sql(`UPDATE mandate SET state = 'active', reason = ''`)
		w.issue(billing.Run{Month: november.Add(1)})
		b = w.send(w.build(billing.DebitAsk{CollectOn: calendar.MustISO("2027-01-14")}).ID)
		w.sql(`INSERT INTO period_lock (period, locked_at, agent) VALUES ('2026-12', '2026-12-31T00:00:00Z', 'x')`)
		w.unchanged("locked", fault.Conflict, "verrouillé", func() error {
			_, err := w.s.ReadReturn(w.ctx, "r.xml", strings.NewReader(pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AC04", money.Cents(0)})))
			return err
		})
		if b.State != billing.DebitSent {
			t.Error(b.State)
		}
	})
}

// What comes a second time was not announced by the invoice: the family is told
// anew, as long before as the first time.
func TestSecondPresentationIsAnnouncedAnew(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		b := w.sentBatch()
		w.read(pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AM04", debitSum}))
		for day, want := range map[string]int{"2026-12-18": 0, "2026-12-23": 1} { // 9 days and 14 days on
			p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO(day)})
			if p.Count != want || want == 0 && (len(p.Skipped) != 1 || !containsFold(p.Skipped[0].Reason, "Prévenue trop tard")) {
				t.Errorf("%s: %d collected, %+v", day, p.Count, p.Skipped)
			}
		}
	})
}

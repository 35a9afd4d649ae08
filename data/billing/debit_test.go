package billing_test

import (
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
)

func TestDebitPlanProblems(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.billed()
		for name, c := range map[string]struct {
			day, version, words string
			change              func(*billing.Settings)
		}{
			"good":            {"2026-12-10", "02", "", nil},
			"good, new":       {"2026-12-10", "08", "", nil},
			"Christmas":       {"2026-12-25", "08", "choisissez le lundi 28 décembre 2026", nil},
			"next year's":     {"2027-12-27", "08", "plus d’un an", nil},
			"Saturday":        {"2026-12-12", "08", "14 décembre", nil},
			"Good Friday":     {"2027-03-26", "08", "30 mars 2027", nil},
			"1 May":           {"2027-05-01", "08", "3 mai 2027", nil},
			"today":           {"2026-11-24", "08", "n’est pas à venir", nil},
			"yesterday":       {"2026-11-23", "08", "n’est pas à venir", nil},
			"tomorrow":        {"2026-11-25", "08", "La banque veut le fichier 2 jours ouvrés avant", nil},
			"other version":   {"2026-12-10", "03", "02 ou 08", nil},
			"no ICS":          {"2026-12-10", "08", "ICS", func(s *billing.Settings) { s.ICS = "" }},
			"no account":      {"2026-12-10", "08", "Compte du créancier", func(s *billing.Settings) { s.IBAN = "" }},
			"nobody's name":   {"2026-12-10", "08", "nom du créancier", func(s *billing.Settings) { s.Creditor = " " }},
			"14 July is open": {"2027-07-14", "08", "", nil}, // a holiday in France, not for the euro
		} {
			if c.change != nil {
				w.creditor(c.change)
			}
			p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO(c.day), Version: c.version})
			if (p.Problem == "") != (c.words == "") || !containsFold(p.Problem, c.words) {
				t.Errorf("%s: %q", name, p.Problem)
			}
			if c.words != "" {
				w.unchanged(name, fault.Conflict, c.words, func() error { _, err := w.s.BuildDebits(w.ctx, p.Ask, p.Digest); return err })
			}
			if c.change != nil {
				w.creditor()
			}
		}
		// What got into the settings by another way is caught as well.
		for name, value := range map[string]string{"creditor.ics": "FR73ZZZ123456", "creditor.iban": "FR7630006000011234567890188", "creditor.bic": "NOBIC"} {
			w.sql(`UPDATE setting SET value = $2 WHERE name = $1`, name, value)
			if p := w.planDebits(billing.DebitAsk{}); p.Problem == "" {
				t.Errorf("a bad %s goes", name)
			}
			w.creditor()
		}
		_, err := w.s.PlanDebits(w.ctx, billing.DebitAsk{})
		refused(t, err, fault.Invalid, "jour du prélèvement")
	})
}

func TestFamiliesLeftOutAreListedWithWhy(t *testing.T) {
	each(t, 8, func(t *testing.T, w *world) {
		w.billed()
		m := func(i int) int64 { return w.mandateOf(i).ID }
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(w.s.BlockMandate(w.ctx, m(1), "la famille conteste"))
		must(w.s.RevokeMandate(w.ctx, m(2), "révoqué par la famille"))
		w.sql(`UPDATE mandate SET valid_to = '2026-12-09' WHERE id = $1`, m(3))
		w.sql(`UPDATE mandate SET signed_on = '2023-12-09' WHERE id = $1`, m(4))
		w.pay(billing.Payment{FamilyID: w.families[6], Amount: debitSum, Means: "cash"})
		w.sql(`UPDATE invoice_balance SET due_on = '2027-03-01' WHERE family_id = $1`, w.families[7])
		p := w.planDebits(billing.DebitAsk{Leave: []int64{w.families[5]}, DueBy: calendar.MustISO("2027-01-31")})
		w.sql(`UPDATE invoice_balance SET due_on = (SELECT i.due_on FROM invoice i WHERE i.id = invoice_balance.invoice_id)`)
		if p.Count != 1 || p.Total != debitSum || p.Debits[0].FamilyID != w.families[0] || p.Debits[0].Payer != "Mme Élodie Favier0" || p.Debits[0].Email == "" || len(p.Debits[0].Address) != 2 ||
			p.NotifyBy.String() != "2026-11-26" || p.SendBy.String() != "2026-12-08" {
			t.Errorf("%+v", p)
		}
		want := []string{"conteste", "révoqué par la famille", "douze mois", "36 mois", "par un agent"}
		if len(p.Skipped) != len(want) {
			t.Fatalf("%+v", p.Skipped)
		}
		for i, s := range p.Skipped {
			if s.FamilyID != w.families[i+1] || s.Amount != debitSum || !containsFold(s.Reason, want[i]) {
				t.Errorf("%+v", s)
			}
		}
		// One day earlier both mandates still hold.
		if p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO("2026-12-09")}); p.Count != 5 {
			t.Errorf("%+v", p.Skipped)
		}
		// By name: only those, and who owes nothing is told.
		p = w.planDebits(billing.DebitAsk{Families: []int64{w.families[6], w.families[0], w.families[0]}})
		if p.Count != 1 || len(p.Skipped) != 1 || !containsFold(p.Skipped[0].Reason, "rien n’est à prélever") || p.Skipped[0].Family == "" {
			t.Errorf("%+v", p)
		}
	})
}

func TestFamiliesAreToldInTime(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.billed() // issued on 24 November
		for _, c := range []struct {
			today, collect string
			goes           bool
		}{
			{"2026-11-26", "2026-12-10", true},  // 14 days: the notice is still in time
			{"2026-11-27", "2026-12-10", true},  // it is not, but the invoice was
			{"2026-12-01", "2026-12-08", true},  // the invoice, exactly 14 days before
			{"2026-12-01", "2026-12-07", false}, // 13 days before
			{"2026-12-01", "2026-12-15", true},
		} {
			w.at(c.today)
			p := w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO(c.collect)})
			if (p.Count == 1) != c.goes {
				t.Errorf("%+v: %+v", c, p)
			}
			if !c.goes && (len(p.Skipped) != 1 || !containsFold(p.Skipped[0].Reason, "prévenue trop tard") || p.Problem == "") {
				t.Errorf("%+v: %+v", c, p)
			}
		}
		// A newer invoice of the same family waits, the older one goes.
		w.at("2026-12-01")
		w.meals(0, days("2026-12-03", 5)...)
		w.issue(billing.Run{Month: november.Add(1)})
		p := w.planDebits(billing.DebitAsk{})
		if p.Count != 1 || p.Total != debitSum || len(p.Skipped) != 1 || p.Skipped[0].Amount != debitSum {
			t.Errorf("%+v", p)
		}
		if p = w.planDebits(billing.DebitAsk{CollectOn: calendar.MustISO("2026-12-15")}); p.Count != 1 || p.Total != 2*debitSum || len(p.Debits[0].Invoices) != 2 {
			t.Errorf("both: %+v", p)
		}
	})
}

func TestBuildSendDrop(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.billed()
		p := w.planDebits(billing.DebitAsk{})
		w.meals(0, days("2026-11-12", 5)...)
		w.issue(billing.Run{Month: november}) // a corrective run: another invoice
		w.unchanged("what was shown has changed", fault.Conflict, "a changé depuis l’affichage", func() error { _, err := w.s.BuildDebits(w.ctx, p.Ask, p.Digest); return err })
		closed := staff.With(w.ctx, &staff.Session{AgentID: 1, Name: "Fermé", Roles: []staff.Role{staff.Regie}})
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error {
			_, err := w.s.BuildDebits(closed, billing.DebitAsk{CollectOn: debitDay}, "")
			return err
		})
		b := w.build(billing.DebitAsk{})
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error { _, err := w.s.DebitFile(closed, b.ID); return err })
		w.unchanged("no batch", fault.NotFound, "n’existe pas", func() error { _, err := w.s.SendDebits(w.ctx, "k0", 999); return err })
		if b.State != billing.DebitBuilt || b.Version != "08" || b.Total != 4*debitSum || b.MessageID != "ARD-SDD-261124-0001" || b.File != b.MessageID+".xml" || b.Agent == "" || b.BuiltAt.IsZero() {
			t.Errorf("%+v", b)
		}
		d := b.Debits[0]
		if d.EndToEnd != "ARD-000001F"+"00"+pad(w.families[0]) || d.Amount != 2*debitSum || len(d.Invoices) != 2 || d.IBAN != "" || d.Sequence != "RCUR" || d.UMR == "" || d.SignedOn.IsZero() {
			t.Errorf("%+v", d)
		}
		// Reserved: in no other batch, not to be paid otherwise, its mandate not to be changed.
		if p = w.planDebits(billing.DebitAsk{}); p.Count != 0 || len(p.Skipped) != 3 || !containsFold(p.Skipped[0].Reason, "remise préparée pour le 10/12/2026") {
			t.Errorf("%+v", p)
		}
		if pay, err := w.s.PlanPayment(w.ctx, billing.Payment{FamilyID: w.families[0], Amount: debitSum, Means: "cash"}); err != nil || pay.Paid != 0 {
			t.Errorf("%+v, %v", pay, err)
		}
		w.unchanged("amend", fault.Conflict, "remise préparée", func() error {
			_, err := w.s.AmendMandate(w.ctx, d.MandateID, debitAccount(10071, 5), "", "")
			return err
		})
		w.unchanged("revoke", fault.Conflict, "remise préparée", func() error { return w.s.RevokeMandate(w.ctx, d.MandateID, "x") })
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'debit.notice'`); n != 3 {
			t.Errorf("%d notices", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'debit.notice' AND body LIKE '%21,00%' AND body LIKE '%jeudi 10 décembre 2026%' AND body LIKE '%FR72ZZZ123456%' AND body LIKE '%ARD-F-%'`); n != 2 {
			t.Errorf("%d notices say all", n)
		}
		// Dropped, all is free again and the notices are taken back.
		w.unchanged("no reason", fault.Invalid, "motif", func() error { return w.s.DropDebits(w.ctx, b.ID, "") })
		if err := w.s.DropDebits(w.ctx, b.ID, "mauvaise date"); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'debit.notice'`); n != 0 {
			t.Errorf("%d notices of a dropped batch", n)
		}
		w.unchanged("dropped", fault.Conflict, "abandonnée", func() error { return w.s.DropDebits(w.ctx, b.ID, "encore") })
		w.unchanged("dropped", fault.Conflict, "abandonnée", func() error { _, err := w.s.SendDebits(w.ctx, "k0", b.ID); return err })
		w.unchanged("dropped", fault.Conflict, "abandonnée", func() error { _, err := w.s.DebitFile(w.ctx, b.ID); return err })
		b = w.build(billing.DebitAsk{Version: "02"})
		sent(t, w, b)
	})
}

// sent goes on with a batch of three families: the file, then the money.
func sent(t *testing.T, w *world, b billing.DebitBatch) {
	t.Helper()
	file, err := w.s.DebitFile(w.ctx, b.ID)
	if err != nil || len(file.Debits) != 3 {
		t.Fatalf("%+v, %v", file, err)
	}
	for i, d := range file.Debits {
		if d.IBAN != debitAccount(30006, 1000+i) {
			t.Errorf("%s has %s", d.Family, d.IBAN)
		}
	}
	if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'debit.file'`); n != 1 {
		t.Errorf("%d readings in the trail", n)
	}
	done, err := w.s.SendDebits(w.ctx, "send-1", b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if done.State != billing.DebitSent || done.SentAt.IsZero() || done.Debits[0].State != billing.DebitSent {
		t.Errorf("%+v", done)
	}
	before := w.rows()
	again, err := w.s.SendDebits(w.ctx, "send-1", b.ID)
	if err != nil || again.State != billing.DebitSent || w.rows() != before {
		t.Errorf("again: %+v, %v", again, err)
	}
	w.unchanged("another key", fault.Conflict, "déjà été marquée", func() error { _, err := w.s.SendDebits(w.ctx, "send-2", b.ID); return err })
	w.unchanged("the key of something else", fault.Conflict, "autre contenu", func() error { _, err := w.s.SendDebits(w.ctx, "send-1", b.ID-1); return err })
	w.unchanged("drop", fault.Conflict, "déjà envoyée", func() error { return w.s.DropDebits(w.ctx, b.ID, "trop tard") })
	if a := w.account(0); a.Owed != 0 {
		t.Errorf("owed after: %s", a.Owed)
	}
	if n := w.count(`SELECT COUNT(*) FROM transfer WHERE kind = 'payment' AND on_day = '2026-12-10'`); n != 3 {
		t.Errorf("%d payments on the day of the collection", n)
	}
	if n := w.count(`SELECT balance FROM account WHERE code = 'cash:debit'`); n != -int64(b.Total) {
		t.Errorf("cash:debit is at %d", n)
	}
	m := w.mandateOf(0)
	if m.CollectedOn != debitDay || m.LapsesOn.String() != "2029-12-10" || m.Sequence != "RCUR" {
		t.Errorf("%+v", m)
	}
	list, err := w.s.Batches(w.ctx, november.Add(1))
	if err != nil || len(list) != 2 || list[0].ID != b.ID {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = w.s.Batches(w.ctx, november); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// What is paid or corrected behind a batch's back, or stopped by a bank, does not go.
func TestBatchThatNoLongerHolds(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.billed()
		b := w.build(billing.DebitAsk{})
		w.sql(`UPDATE mandate SET state = 'blocked', reason = 'AC04 Compte clôturé' WHERE family_id = $1`, w.families[0])
		w.unchanged("file", fault.Conflict, "n’est plus utilisable (AC04", func() error { _, err := w.s.DebitFile(w.ctx, b.ID); return err })
		w.sql(`UPDATE mandate SET state = 'active', reason = ''`)
		w.sql(`UPDATE invoice_balance SET open = open - 1 WHERE family_id = $1`, w.families[1])
		w.unchanged("paid", fault.Conflict, "a été payée ou corrigée", func() error { _, err := w.s.SendDebits(w.ctx, "k", b.ID); return err })
		w.sql(`UPDATE invoice_balance SET open = open + 1 WHERE family_id = $1`, w.families[1])
		w.sql(`INSERT INTO period_lock (period, locked_at, agent) VALUES ('2027-01', $1, 'x')`, w.clock.Now())
		if p := w.planDebits(billing.DebitAsk{}); !containsFold(p.Problem, "verrouillé") {
			t.Errorf("%q", p.Problem)
		}
		w.unchanged("locked", fault.Conflict, "verrouillé", func() error { _, err := w.s.SendDebits(w.ctx, "k", b.ID); return err })
	})
}

func TestSequences(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.billed()
		w.creditor(func(s *billing.Settings) { s.First = true })
		w.sql(`UPDATE mandate SET kind = 'oneoff', next_sequence = 'OOFF' WHERE family_id = $1`, w.families[1])
		b := w.build(billing.DebitAsk{})
		if b.Debits[0].Sequence != "FRST" || b.Debits[1].Sequence != "OOFF" {
			t.Errorf("%+v", b.Debits)
		}
		if m := w.mandateOf(0); m.Sequence != "FRST" {
			t.Error("a mandate moved on before its file was sent")
		}
		w.send(b.ID)
		if m := w.mandateOf(0); m.Sequence != "RCUR" || !m.Usable {
			t.Errorf("%+v", m)
		}
		if m := w.mandateOf(1); m.State != billing.MandateEnded || m.Usable || m.Reason == "" {
			t.Errorf("%+v", m)
		}
		w.unchanged("a one-off is over", fault.Conflict, "plus en vigueur", func() error { return w.s.LastCollection(w.ctx, w.mandateOf(1).ID) })
		if err := w.s.LastCollection(w.ctx, w.mandateOf(0).ID); err != nil {
			t.Fatal(err)
		}
		w.at("2026-12-11")
		w.meals(0, days("2026-12-03", 5)...)
		w.issue(billing.Run{Month: november.Add(1)})
		b = w.build(billing.DebitAsk{CollectOn: calendar.MustISO("2027-01-08")})
		if b.Count != 1 || b.Debits[0].Sequence != "FNAL" {
			t.Errorf("%+v", b)
		}
		w.send(b.ID)
		if m := w.mandateOf(0); m.State != billing.MandateEnded || m.CollectedOn.String() != "2027-01-08" {
			t.Errorf("%+v", m)
		}
		// The family may sign a new one.
		if m, err := w.s.AddMandate(w.ctx, billing.NewMandate{FamilyID: w.families[0], IBAN: debitAccount(30006, 77), SignedOn: calendar.MustISO("2026-12-11")}); err != nil || !strings.HasSuffix(m.UMR, "-002") || m.Sequence != "FRST" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestAccountAmended(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.billed()
		amend := func(i, bank, n int) billing.Mandate {
			t.Helper()
			m, err := w.s.AmendMandate(w.ctx, w.mandateOf(i).ID, debitAccount(bank, n), "", "")
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		// The bank has seen no account yet: there is nothing to amend for it.
		if m := amend(0, 30006, 1); m.Amended || m.BIC != "" || m.Holder == "" {
			t.Errorf("%+v", m)
		}
		amend(0, 30006, 1000)
		w.send(w.build(billing.DebitAsk{}).ID)
		w.at("2026-12-11")
		for i := range 3 {
			w.meals(i, days("2026-12-03", 5)...)
		}
		w.issue(billing.Run{Month: november.Add(1)})
		if m := amend(0, 30006, 2); !m.Amended || m.Sequence != "RCUR" {
			t.Errorf("same bank: %+v", m)
		}
		amend(1, 10071, 3)
		if m := amend(1, 10071, 4); !m.Amended || m.Sequence != "RCUR" { // twice before it is told
			t.Errorf("other bank: %+v", m)
		}
		w.creditor(func(s *billing.Settings) { s.First = true })
		if m := w.mandateOf(1); m.Sequence != "FRST" {
			t.Errorf("other bank, town with FRST: %+v", m)
		}
		if m := amend(1, 30006, 1001); m.Amended || m.Sequence != "RCUR" { // back to what the bank knows
			t.Errorf("changed back: %+v", m)
		}
		amend(1, 10071, 4)
		b := w.build(billing.DebitAsk{CollectOn: calendar.MustISO("2027-01-08")})
		for i, want := range []struct {
			amended bool
			seq     string
		}{{true, "RCUR"}, {true, "FRST"}, {false, "RCUR"}} {
			if d := b.Debits[i]; d.Amended != want.amended || d.Sequence != want.seq {
				t.Errorf("debit %d: %+v", i, d)
			}
		}
		w.send(b.ID)
		for i := range 2 {
			if m := w.mandateOf(i); m.Amended || m.Sequence != "RCUR" {
				t.Errorf("told: %+v", m)
			}
		}
		// Never collected after all: it is told again.
		w.read(pain002(b.MessageID, debitReject{b.Debits[1].EndToEnd, "AM04", 0}))
		if m := w.mandateOf(1); !m.Amended || m.Sequence != "FRST" {
			t.Errorf("after the reject: %+v", m)
		}
	})
}

func TestTreasuryReferences(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.billed()
		w.creditor(func(s *billing.Settings) { s.Treasury, s.TreasuryService, s.TreasuryCode = true, "CANTINE", "001012" })
		b := w.build(billing.DebitAsk{})
		if b.MessageID != "CANTINE-DFT-SDD-26328-001" || b.File != "CANTINE-DFT-SDD-26328-001.xml" || b.Debits[0].EndToEnd != "1D0010120000001F00"+pad(w.families[0]) {
			t.Errorf("%+v", b)
		}
		if err := w.s.DropDebits(w.ctx, b.ID, "essai"); err != nil {
			t.Fatal(err)
		}
		if b = w.build(billing.DebitAsk{}); b.MessageID != "CANTINE-DFT-SDD-26328-002" {
			t.Errorf("%+v", b)
		}
	})
}

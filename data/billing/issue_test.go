package billing_test

import (
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

func containsFold(text, words string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(words))
}

// days gives n service days (Mon, Tue, Thu, Fri) from a day on.
func days(from string, n int) (out []string) {
	for d := calendar.MustISO(from); len(out) < n; d = d.Add(1) {
		if strings.ContainsRune("1245", rune('0'+int(d.Weekday()))) {
			out = append(out, d.String())
		}
	}
	return out
}

func TestRunOfAMonth(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 8)...)
		w.meals(1, days("2026-11-02", 3)...) // 12,60 €: under the threshold
		w.meals(2, days("2026-11-02", 4)...)
		w.excuse(2, "2026-11-02", "in_time")
		w.excuse(2, "2026-11-03", "late") // still due
		w.meals(2, "2026-11-26", "2026-12-01")
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil {
			t.Fatal(err)
		}
		if p.Count != 2 || p.Total != 12*mealPrice || p.Corrective || len(p.Drafts) != 3 {
			t.Fatalf("%+v", p)
		}
		if d := p.Drafts[1]; d.State != billing.Carried || d.Total != 3*mealPrice {
			t.Errorf("small sum: %+v", d)
		}
		if d := p.Drafts[2]; d.Meals != 4 || d.CarePart != 4*carePart || d.Lines[0].Kind != billing.LineLateCancel {
			t.Errorf("cancelled meals: %+v", d)
		}
		done := w.issue(billing.Run{Month: november})
		if done.Invoices[0].Number != "2026000001" || done.Invoices[1].Number != "2026000002" {
			t.Errorf("%+v", done.Invoices)
		}
		list, err := w.s.Invoices(w.ctx, billing.InvoiceFilter{Month: november, Lines: true})
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		v := list[0]
		if v.Total != 8*mealPrice || v.Open != v.Total || v.State != billing.Issued || v.Payer != "Mme Élodie Favier0" || len(v.Lines) != 8 || v.DueOn.String() != "2026-12-24" ||
			v.Children != "Léa" || strings.Join(v.Address, "|") != "2 rue des Carpes|01390 Saint-Marcel" {
			t.Errorf("%+v", v)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'billing.invoice'`); n != 2 {
			t.Errorf("%d letters", n)
		}
		// Nothing changed since: nothing to issue.
		_, err = w.s.Issue(w.ctx, w.key(), billing.Run{Month: november, Small: nil}, "")
		refused(t, err, fault.Invalid, "rien à facturer")
		// What was put off comes with the next month.
		w.at("2026-12-31")
		w.meals(1, days("2026-12-01", 2)...)
		december := november.Add(1)
		if p, err = w.s.Plan(w.ctx, billing.Run{Month: december}); err != nil || len(p.Drafts) != 2 {
			t.Fatalf("%+v, %v", p.Drafts, err)
		}
		if d := p.Drafts[0]; d.Total != 5*mealPrice || d.State != billing.Ready || d.Previous != 0 {
			t.Errorf("carried: %+v", d)
		}
		w.issue(billing.Run{Month: december})
		if n := w.count(`SELECT COUNT(*) FROM invoice_carry WHERE invoice_id IS NULL`); n != 1 { // family 2's meal of December
			t.Errorf("%d sums still put off", n)
		}
	})
}

func TestCorrectiveRun(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 6)...)
		w.meals(1, days("2026-11-02", 6)...)
		w.issue(billing.Run{Month: november})
		w.pay(billing.Payment{FamilyID: w.families[1], Amount: 6 * mealPrice, Means: "cheque", Reference: "CA 12"})
		// One meal of family 0 excused, five added; family 1 has two excused, all paid.
		w.excuse(0, "2026-11-02", "closure")
		w.meals(0, days("2026-11-12", 5)...)
		w.excuse(1, "2026-11-02", "justified")
		w.excuse(1, "2026-11-03", "closure")
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil {
			t.Fatal(err)
		}
		if !p.Corrective || len(p.Drafts) != 2 || p.Drafts[0].Total != 4*mealPrice || p.Drafts[0].Meals != 4 || p.Drafts[1].State != billing.ToCredit {
			t.Fatalf("%+v", p.Drafts)
		}
		if w.issue(billing.Run{Month: november}); t.Failed() {
			return
		}
		if a := w.account(0); a.Owed != 10*mealPrice {
			t.Errorf("family 0 owes %s", a.Owed)
		}
		if a := w.account(1); a.Owed != 0 || a.Wallet != 2*mealPrice || a.Invoices[0].State != billing.Credit || a.Invoices[0].Number != "2026000004" {
			t.Errorf("family 1: %+v", a)
		}
		// Rebooked on the very day given back: invoiced anew, as another meal.
		w.meals(1, "2026-11-02")
		if p, err = w.s.Plan(w.ctx, billing.Run{Month: november, Small: w.families}); err != nil || p.Total != mealPrice || p.Drafts[0].Lines[0].Kind != billing.LineBooking {
			t.Errorf("%+v, %v", p.Drafts, err)
		}
	})
}

func TestIssueOnceWhateverHappens(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 5)...)
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil {
			t.Fatal(err)
		}
		w.meals(1, days("2026-11-02", 5)...)
		_, err = w.s.Issue(w.ctx, "k", billing.Run{Month: november}, p.Digest)
		refused(t, err, fault.Conflict, "ont changé depuis")
		if n := w.count(`SELECT COUNT(*) FROM invoice`); n != 0 {
			t.Fatalf("%d invoices of a refused run", n)
		}
		one, err := w.s.Issue(w.ctx, "k", billing.Run{Month: november}, "")
		if err != nil {
			t.Fatal(err)
		}
		two, err := w.s.Issue(w.ctx, "k", billing.Run{Month: november}, "")
		if err != nil || !two.Replayed || two.RunID != one.RunID || two.Count != one.Count || len(two.Invoices) != 2 {
			t.Errorf("again: %+v, %v", two, err)
		}
		_, err = w.s.Issue(w.ctx, "k", billing.Run{Month: november, Leave: w.families[:1]}, "")
		refused(t, err, fault.Conflict, "autre contenu")
		if n := w.count(`SELECT last FROM counter WHERE name = 'invoice:2026:'`); n != 2 {
			t.Errorf("the counter is at %d", n)
		}
	})
}

func TestLeftOutAndSmall(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 5)...)
		w.meals(1, "2026-11-02")
		w.issue(billing.Run{Month: november, Leave: w.families[:1], Small: w.families[1:]})
		if a, b := w.account(0), w.account(1); len(a.Invoices) != 0 || b.Owed != mealPrice {
			t.Errorf("%+v %+v", a, b)
		}
		w.issue(billing.Run{Month: november}) // what was left out is still there
		if a := w.account(0); a.Owed != 5*mealPrice {
			t.Errorf("%+v", a)
		}
	})
}

func TestWarnings(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for i := range 3 {
			w.meals(i, days("2026-11-02", 5)...)
		}
		w.sql(`UPDATE family SET quotient = NULL, address1 = '' WHERE id = $1`, w.families[0])
		w.sql(`UPDATE access_request SET state = 'suspended' WHERE family_id = $1`, w.families[1])
		w.sql(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
			VALUES ($1, 'RUM-1', 'recurrent', 'active', 'x', $2, 'FR76', '2025-11-01', '2026-10-31', 'RCUR', '2025-11-01T00:00:00Z')`, w.families[2], []byte{1})
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, x := range p.Warnings {
			got[x.Kind] = x.FamilyID
			if strings.ContainsAny(x.Reason, "%!") || len(x.Reason) < 20 {
				t.Errorf("« %s »", x.Reason)
			}
		}
		want := map[string]int64{billing.WarnQuotient: w.families[0], billing.WarnAddress: w.families[0], billing.WarnAccess: w.families[1], billing.WarnMandate: w.families[2]}
		for kind, family := range want {
			if got[kind] != family {
				t.Errorf("%s: family %d, want %d", kind, got[kind], family)
			}
		}
		if len(got) != len(want) || p.Drafts[2].Pay != billing.PayOther {
			t.Errorf("%v, %s", got, p.Drafts[2].Pay)
		}
		w.sql(`UPDATE mandate SET valid_to = '2027-10-31'`)
		done := w.issue(billing.Run{Month: november})
		if v := done.Invoices[2]; v.Pay != billing.PayDebit || v.MandateID == 0 {
			t.Errorf("%+v", v)
		}
	})
}

func TestNumbersStayWhole(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		s, err := w.s.Settings(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.meals(0, days("2026-11-02", 5)...)
		s.Office = "07"
		if err := w.s.SetSettings(w.ctx, s); err != nil {
			t.Fatal(err)
		}
		if done := w.issue(billing.Run{Month: november}); done.Invoices[0].Number != "202607000001" {
			t.Errorf("%s", done.Invoices[0].Number)
		}
		w.at("2027-01-08")
		w.meals(0, days("2026-12-01", 5)...)
		if done := w.issue(billing.Run{Month: november.Add(1)}); done.Invoices[0].Number != "202707000001" || done.Total != money.Cents(5*mealPrice) {
			t.Errorf("%+v", done)
		}
	})
}

package billing_test

import (
	"context"
	"slices"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
)

func TestMandatesFromAcceptedDocuments(t *testing.T) {
	each(t, 5, func(t *testing.T, w *world) {
		iban := debitAccount(30006, 4711)
		w.papers(0, iban)
		w.papers(1, debitAccount(30006, 4712))
		w.sql(`UPDATE access_request SET state = 'suspended' WHERE family_id = $1`, w.families[1]) // not accepted
		w.papers(2, debitAccount(30006, 4713))
		w.sql(`UPDATE document SET state = 'rejected', reason = 'illisible' WHERE family_id = $1 AND kind = 'mandate'`, w.families[2])
		w.papers(3, debitAccount(30006, 4714))
		w.sql(`UPDATE document SET valid_to = '2026-11-20' WHERE family_id = $1 AND kind = 'iban'`, w.families[3])
		made, skipped, err := w.s.AddAcceptedMandates(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(made) != 1 || len(skipped) != 3 {
			t.Fatalf("%+v\n%+v", made, skipped)
		}
		m := made[0]
		if m.FamilyID != w.families[0] || m.Holder != "Élodie Favier" || m.BIC != "AGRIFRPP" || m.SignedOn.String() != "2026-11-24" || m.ValidTo.String() != "2027-11-23" ||
			m.LapsesOn.String() != "2029-11-24" || !m.Usable || m.Sequence != "RCUR" || m.Kind != billing.MandateRecurrent || m.UMR != "ARD-"+number(w.families[0])+"-001" {
			t.Errorf("%+v", m)
		}
		for i, words := range []string{"Aucun mandat signé", "échues depuis le 20/11/2026", "Aucun mandat signé"} {
			if !containsFold(skipped[i].Reason, words) {
				t.Errorf("%s: %q", skipped[i].Family, skipped[i].Reason)
			}
		}
		if got, err := w.s.MandateAccount(w.ctx, m.ID); err != nil || got != iban {
			t.Errorf("%q, %v", got, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'mandate.read'`); n != 1 {
			t.Errorf("%d readings in the trail", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE detail LIKE '%' || $1 || '%'`, iban[8:20]); n != 0 {
			t.Error("the IBAN is in the trail")
		}
		// Once made, not again; once revoked, not from the same paper.
		if made, _, err = w.s.AddAcceptedMandates(w.ctx); err != nil || len(made) != 0 {
			t.Errorf("%+v, %v", made, err)
		}
		if err := w.s.RevokeMandate(w.ctx, m.ID, "à la demande de la famille"); err != nil {
			t.Fatal(err)
		}
		made, skipped, err = w.s.AddAcceptedMandates(w.ctx)
		if err != nil || len(made) != 0 || !slices.ContainsFunc(skipped, func(s billing.SkippedDebit) bool {
			return s.FamilyID == w.families[0] && containsFold(s.Reason, "a déjà servi")
		}) {
			t.Errorf("%+v, %+v, %v", made, skipped, err)
		}
		// A new signature makes a new mandate, under the next reference.
		w.signature(0)
		if made, _, err = w.s.AddAcceptedMandates(w.ctx); err != nil || len(made) != 1 || made[0].UMR != "ARD-"+number(w.families[0])+"-002" {
			t.Errorf("%+v, %v", made, err)
		}
		events, err := w.s.MandateEvents(w.ctx, m.ID)
		if err != nil || len(events) != 2 || events[0].What != "signed" || events[1].What != "revoked" || events[1].Detail != "à la demande de la famille" || events[0].Agent == "" {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func number(family int64) string { return "F-" + pad(family) }

func pad(n int64) string {
	s := ""
	for ; n > 0 || len(s) < 4; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

func TestMandatesRefused(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		signed, iban := calendar.MustISO("2026-10-01"), debitAccount(30006, 1)
		taken := w.mandate(1)
		closed := staff.With(context.Background(), &staff.Session{AgentID: 1, Name: "Fermé", Roles: []staff.Role{staff.Regie}})
		for name, c := range map[string]struct {
			n     billing.NewMandate
			kind  fault.Kind
			words string
		}{
			"no signature":     {billing.NewMandate{IBAN: iban}, fault.Invalid, "sans signature"},
			"signed tomorrow":  {billing.NewMandate{IBAN: iban, SignedOn: calendar.MustISO("2026-11-25")}, fault.Invalid, "à venir"},
			"signed long ago":  {billing.NewMandate{IBAN: iban, SignedOn: calendar.MustISO("2025-11-24")}, fault.Invalid, "plus de 12 mois"},
			"wrong key":        {billing.NewMandate{IBAN: "FR7630006000011234567890188", SignedOn: signed}, fault.Invalid, "clé de l’IBAN"},
			"outside SEPA":     {billing.NewMandate{IBAN: "BR1500000000000010932840814P2", SignedOn: signed}, fault.Invalid, "zone SEPA"},
			"wrong BIC":        {billing.NewMandate{IBAN: iban, BIC: "AGRIFR", SignedOn: signed}, fault.Invalid, "n’est pas un BIC"},
			"wrong RUM":        {billing.NewMandate{IBAN: iban, UMR: "CANTINE/É", SignedOn: signed}, fault.Invalid, "référence de mandat"},
			"long RUM":         {billing.NewMandate{IBAN: iban, UMR: "A123456789012345678901234567890123456", SignedOn: signed}, fault.Invalid, "35 au plus"},
			"RUM taken":        {billing.NewMandate{IBAN: iban, UMR: taken.UMR, SignedOn: signed}, fault.Conflict, "déjà prise"},
			"unknown kind":     {billing.NewMandate{IBAN: iban, Kind: "twice", SignedOn: signed}, fault.Invalid, "récurrent ou ponctuel"},
			"a second one":     {billing.NewMandate{FamilyID: w.families[1], IBAN: iban, SignedOn: signed}, fault.Conflict, "déjà un mandat"},
			"nobody":           {billing.NewMandate{FamilyID: 999, IBAN: iban, SignedOn: signed}, fault.NotFound, "n’existe"},
			"no documents":     {billing.NewMandate{SignedOn: signed}, fault.Invalid, "n’est pas au dossier"},
			"not even a shape": {billing.NewMandate{IBAN: "<script>", SignedOn: signed}, fault.Invalid, "IBAN"},
		} {
			if c.n.FamilyID == 0 {
				c.n.FamilyID = w.families[0]
			}
			w.unchanged(name, c.kind, c.words, func() error { _, err := w.s.AddMandate(w.ctx, c.n); return err })
		}
		good := billing.NewMandate{FamilyID: w.families[0], IBAN: iban, SignedOn: signed}
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error { _, err := w.s.AddMandate(closed, good); return err })
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error { _, _, err := w.s.AddAcceptedMandates(closed); return err })
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error { _, err := w.s.MandateAccount(closed, taken.ID); return err })
		w.unchanged("closed vault", fault.Forbidden, "coffre est fermé", func() error { _, err := w.s.AmendMandate(closed, taken.ID, iban, "", ""); return err })
		w.unchanged("not the desk's", fault.Forbidden, "Régie", func() error {
			_, err := w.s.MandateAccount(stafftest.Session(t, nil, staff.Accueil), taken.ID)
			return err
		})
		w.unchanged("no reason", fault.Invalid, "motif", func() error { return w.s.BlockMandate(w.ctx, taken.ID, " ") })
		w.unchanged("not blocked", fault.Conflict, "n’est pas bloqué", func() error { return w.s.UnblockMandate(w.ctx, taken.ID, "réglé") })
		w.unchanged("same account", fault.Invalid, "déjà le compte", func() error {
			_, err := w.s.AmendMandate(w.ctx, taken.ID, debitAccount(30006, 1001), "", "")
			return err
		})
		w.unchanged("no newer paper", fault.Invalid, "plus récent", func() error { _, err := w.s.RenewMandate(w.ctx, taken.ID, 0); return err })
		w.unchanged("no newer signature", fault.Invalid, "plus récente", func() error { _, err := w.s.RenewMandate(w.ctx, taken.ID, signed); return err })
		w.unchanged("no mandate", fault.NotFound, "n’existe pas", func() error { return w.s.LastCollection(w.ctx, 999) })
		if err := w.s.RevokeMandate(w.ctx, taken.ID, "x"); err != nil {
			t.Fatal(err)
		}
		for name, fn := range map[string]func() error{
			"amend":  func() error { _, err := w.s.AmendMandate(w.ctx, taken.ID, iban, "", ""); return err },
			"renew":  func() error { _, err := w.s.RenewMandate(w.ctx, taken.ID, signed); return err },
			"revoke": func() error { return w.s.RevokeMandate(w.ctx, taken.ID, "x") },
			"last":   func() error { return w.s.LastCollection(w.ctx, taken.ID) },
			"block":  func() error { return w.s.BlockMandate(w.ctx, taken.ID, "x") },
		} {
			w.unchanged(name+" what is over", fault.Conflict, taken.UMR, fn)
		}
	})
}

// The office's day decides: the service's twelve months, the 36 without a collection.
func TestMandateDays(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.creditor()
		m := w.mandate(0)
		if m.ValidTo.String() != "2027-09-30" || m.LapsesOn.String() != "2029-10-01" {
			t.Fatalf("%+v", m)
		}
		at := func(day, words string) {
			t.Helper()
			w.at(day)
			if got := w.mandateOf(0); got.Usable != (words == "") || !containsFold(got.Problem, words) {
				t.Errorf("%s: %q", day, got.Problem)
			}
		}
		at("2027-09-30", "")
		at("2027-10-01", "plus de douze mois")
		if _, err := w.s.RenewMandate(w.ctx, m.ID, calendar.MustISO("2027-10-01")); err != nil {
			t.Fatal(err)
		}
		at("2027-10-01", "")
		at("2028-09-30", "")
		at("2028-10-01", "plus de douze mois")
		w.signature(0)
		if _, err := w.s.RenewMandate(w.ctx, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		at("2029-09-30", "")
		if _, err := w.s.RenewMandate(w.ctx, m.ID, calendar.MustISO("2029-09-30")); err != nil {
			t.Fatal(err)
		}
		at("2029-10-01", "")
		at("2029-10-02", "36 mois")
		_, err := w.s.RenewMandate(w.ctx, m.ID, calendar.MustISO("2029-10-02"))
		refused(t, err, fault.Conflict, "caduc")
		// A collection gives 36 more months, the day of the collection counting.
		w.sql(`UPDATE mandate SET collected_on = '2029-10-01'`)
		at("2029-10-02", "")
		w.sql(`UPDATE mandate SET valid_to = '2039-10-01'`)
		at("2032-10-01", "")
		at("2032-10-02", "36 mois")
	})
}

func TestBlockAndUnblock(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		m := w.mandate(0)
		if err := w.s.BlockMandate(w.ctx, m.ID, "la famille conteste"); err != nil {
			t.Fatal(err)
		}
		if got := w.mandateOf(0); got.State != billing.MandateBlocked || got.Usable || !containsFold(got.Problem, "la famille conteste") || containsFold(got.Problem, "RIB") {
			t.Errorf("%+v", got)
		}
		if err := w.s.UnblockMandate(w.ctx, m.ID, "réglé au téléphone"); err != nil {
			t.Fatal(err)
		}
		if got := w.mandateOf(0); !got.Usable || got.Reason != "" || got.Version != 3 {
			t.Errorf("%+v", got)
		}
	})
}

// One live mandate a family, and one owner for a reference: in the schema.
func TestMandateRulesAreInTheSchema(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		m := w.mandate(0)
		for _, q := range []string{
			`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
				SELECT family_id, 'AUTRE', kind, 'blocked', holder, sealed, masked, signed_on, valid_to, next_sequence, created_at FROM mandate`,
			`UPDATE mandate SET state = 'revoked', reason = ''`,
			`DELETE FROM mandate`,
			`UPDATE mandate_event SET detail = 'x'`,
		} {
			if err := w.try(q); err == nil {
				t.Errorf("the schema took: %s", q)
			}
		}
		if err := w.try(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
			SELECT $1, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at FROM mandate`, w.families[1]); err == nil {
			t.Error("a reference of two mandates")
		}
		// The sealed number opens for its own mandate only.
		other := w.mandate(1)
		w.sql(`UPDATE mandate SET sealed = (SELECT x.sealed FROM mandate x WHERE x.id = $1) WHERE id = $2`, other.ID, m.ID)
		_, err := w.s.MandateAccount(w.ctx, m.ID)
		refused(t, err, fault.Unavailable, "ne s’ouvre pas")
	})
}

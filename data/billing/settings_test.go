package billing_test

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/fault"
)

// TestSettingsByName: every setting can be read and written by its name, as
// people type it, and what is wrong is refused before anything is kept.
func TestSettingsByName(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		names := billing.SettingNames()
		if len(names) < 38 || !slices.Contains(names, "creditor.iban") || !slices.Contains(names, "pes.key1") {
			t.Fatalf("%d names: %v", len(names), names)
		}
		s, err := w.s.Settings(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ name, typed, kept string }{
			{"billing.contact", "  04 99 00 12 34 ", "04 99 00 12 34"},
			{"billing.threshold", "12,50", "1250"},
			{"billing.due_days", "21", "21"},
			{"billing.tobacconist", "oui", "1"},
			{"debit.first", "non", "0"},
			{"creditor.iban", "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"},
			{"creditor.ics", "fr72zzz123456", "FR72ZZZ123456"},
			{"debit.umr_prefix", "dombes", "DOMBES"},
		} {
			if err := s.Set(c.name, c.typed); err != nil {
				t.Fatal(err)
			}
			if err := w.s.SetSettings(w.ctx, s); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if s, err = w.s.Settings(w.ctx); err != nil || s.Value(c.name) != c.kept {
				t.Errorf("%s is kept as %q, want %q (%v)", c.name, s.Value(c.name), c.kept, err)
			}
		}
		for _, c := range []struct{ name, typed, sentence string }{
			{"billing.due_days", "bientôt", "un nombre entier"},
			{"billing.tobacconist", "peut-être", "oui ou non"},
			{"billing.threshold", "quinze", "montant"},
			{"billing.couleur", "bleu", "n’existe pas"},
			{"creditor.iban", "FR7612345", "IBAN"},
			{"creditor.ics", "FR00ZZZ123456", "ICS"},
			{"payfip.url", "http://exemple", "https"},
			{"pes.siret", "123", "SIRET"},
		} {
			wrong := s
			if err := wrong.Set(c.name, c.typed); err == nil {
				err = w.s.SetSettings(w.ctx, wrong)
				refused(t, err, fault.Invalid, c.sentence)
			} else if !strings.Contains(fault.Sentence(err), c.sentence) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if after, err := w.s.Settings(w.ctx); err != nil || after != s {
			t.Errorf("a refused setting was kept: %+v, %v", after, err)
		}
		if s.Value("billing.couleur") != "" {
			t.Error("an unknown setting has a value")
		}
	})
}

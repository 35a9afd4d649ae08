package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMonthsEndBadInput: what the issue names gets a clear French sentence, and
// nothing has changed.
func TestMonthsEndBadInput(t *testing.T) {
	w := newTown(t)
	family := number10(w.garance)
	const good = "FR14 2004 1010 0505 0001 3M02 606"
	set := func(sentence string, pair ...string) {
		t.Helper()
		w.refused(exitRefused, sentence, append([]string{"settings", "set"}, pair...)...)
	}
	set("IBAN", "creditor.iban=FR7612345")
	set("ICS", "creditor.ics=FR00ZZZ123456")
	set("BIC", "creditor.bic=ABC")
	set("n’existe pas", "creditor.couleur=bleu")
	set("nombre entier", "billing.contact=ici", "billing.due_days=bientôt") // all or none
	w.ok("settings", "set", "creditor.iban="+good, "creditor.ics=FR72ZZZ123456", "billing.issuer_name=Perret", "billing.issuer_given=Nathalie", "billing.issuer_title=Régisseuse")

	w.refused(exitRefused, "signé", "mandate", "add", "--family", family, "--iban", good)
	w.refused(exitRefused, "IBAN", "mandate", "add", "--family", family, "--iban", "FR1420041010050500013M02607", "--holder", "Élise Garance", "--signed", "2026-11-02")
	w.refused(exitRefused, "à venir", "mandate", "add", "--family", family, "--iban", good, "--holder", "Élise Garance", "--signed", "2027-11-02")
	w.refused(exitRefused, "n’existe pas", "mandate", "add", "--family", "99999", "--iban", good, "--signed", "2026-11-02")
	var made mandateJSON
	w.json(&made, "mandate", "add", "--family", family, "--iban", good, "--holder", "Élise Garance", "--signed", "2026-11-02")
	if made.RUM == "" || !made.Usable || strings.Contains(made.IBAN, "3M02606") {
		t.Errorf("made: %+v", made)
	}
	w.refused(exitRefused, "déjà un mandat", "mandate", "add", "--family", family, "--iban", good, "--signed", "2026-11-02")
	w.refused(exitRefused, "n’existe pas", "mandate", "revoke", "999", "--reason", "essai")

	out := filepath.Join(t.TempDir(), "remise.xml")
	w.refused(exitRefused, "TARGET", "sepa", "build", "--collect", "2026-12-25", "--out", out)
	w.refused(exitRefused, "ne peut être prélevée", "sepa", "build", "--collect", "2026-12-30", "--out", out)
	w.refused(exitRefused, "n’existe pas", "sepa", "sent", "7")
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused batch left a file")
	}
	for sentence, body := range map[string]string{
		"DOCTYPE":   `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Document>&a;</Document>`,
		"incomplet": `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr>`,
		"vide":      "",
	} {
		w.refused(exitRefused, sentence, "sepa", "return", write(t, "retour.xml", body))
	}
	w.refused(exitRefused, "n’existe pas", "sepa", "return", filepath.Join(t.TempDir(), "absent.xml"))

	w.refused(exitRefused, "n’existe pas", "invoice", "show", "2026000001")
	w.refused(exitRefused, "n’existe pas", "invoice", "credit", "--invoice", "2026000001", "--reason", "essai")
	w.refused(exitRefused, "rien à facturer", "invoice", "issue", "--month", "2026-11")
	w.refused(exitRefused, "à payer", "invoice", "pay", "--family", family, "--amount", "10", "--means", "cash")
	w.refused(exitRefused, "n’est pas terminé", "cash", "lock", "--month", "2026-11")
	w.refused(exitRefused, "rien à verser", "cash", "slip", "--kind", "payment", "--month", "2026-11")
	w.refused(exitRefused, "à venir", "cash", "close", "--date", "2026-12-24", "--counted", "0")
	w.refused(exitRefused, "pas de rôle", "export", "treasury", "--month", "2026-11", "--out", out)
	w.clean()
}

func TestPieces(t *testing.T) {
	got, err := pieces("50=2,20=4,0,50=15 0,01=3")
	if err != nil || len(got) != 4 || got[50_00] != 2 || got[50] != 15 || got[1] != 3 || got[20_00] != 4 {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "50", "50=", "=3", "a=1", "0,5,5=1"} {
		if got, err := pieces(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

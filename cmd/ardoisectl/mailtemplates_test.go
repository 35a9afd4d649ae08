package main

import (
	"strings"
	"testing"
)

func TestMailTemplates(t *testing.T) {
	w := newTown(t)
	var list []templateJSON
	w.json(&list, "mail", "templates")
	if len(list) < 16 || list[0].Name != "access.accepted" || list[0].Title != "Accès accepté" || len(list[0].Fields) < 5 || list[0].Changed {
		t.Fatalf("%d templates, %+v", len(list), list[0])
	}
	if out := w.ok("mail", "templates"); !strings.Contains(out, "Annonce de prélèvement") || !strings.Contains(out, "d’origine") {
		t.Error(out)
	}
	if out := w.ok("mail", "template", "wallet.low"); !strings.Contains(out, "{de commune}") || !strings.Contains(out, ": il reste {solde}\n") {
		t.Error(out)
	}
	if out := w.ok("mail", "template", "wallet.low", "--subject", "Il reste {solde} !", "--preview"); !strings.Contains(out, "Il reste 3,60\u00a0€\u00a0!") || !strings.Contains(out, "La mairie d’Ambérieu-en-Dombes") {
		t.Error(out)
	}
	var one templateJSON
	if w.json(&one, "mail", "template", "wallet.low"); one.Changed {
		t.Error("a preview was kept")
	}
	w.json(&one, "mail", "template", "wallet.low", "--subject", "Il reste {solde}", "--body", write(t, "texte.txt", "{salutation},\r\nRechargez.\r\n"))
	if !one.Changed || one.Subject != "Il reste {solde}" || one.Body != "{salutation},\nRechargez." || one.Version != 1 {
		t.Errorf("%+v", one)
	}
	w.stdin = "{salutation}\nDe l’entrée.\n"
	w.json(&one, "mail", "template", "wallet.low", "--body", "-")
	if one.Subject != "Il reste {solde}" || !strings.Contains(one.Body, "De l’entrée.") {
		t.Errorf("%+v", one)
	}
	w.stdin = ""
	w.refused(exitRefused, "{couleur}", "mail", "template", "wallet.low", "--subject", "{couleur}")
	w.refused(exitRefused, "mail templates", "mail", "template", "wallet.lost")
	w.refused(exitRefused, "n’existe pas", "mail", "template", "wallet.low", "--body", "/nulle/part.txt")
	w.refused(exitUsage, "--restore", "mail", "template", "wallet.low", "--restore", "--preview")
	w.refused(exitUsage, "NOM", "mail", "template")
	if w.json(&one, "mail", "template", "wallet.low", "--restore"); one.Changed || one.Version != 3 {
		t.Errorf("%+v", one)
	}
	w.clean()
}

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestKeysOfMailJSON holds the keys of ctl.md for the post.
func TestKeysOfMailJSON(t *testing.T) {
	v := sqliteVillage(t)
	const item = "id from subject family state proposals proposals[].kind proposals[].child proposals[].dates proposals[].confidence proposals[].reason " +
		"attachments attachments[].name attachments[].type attachments[].accepted attachments[].reason received family_name via reply aside warning summary " +
		"proposals[].documents proposals[].card proposals[].child_id"
	v.keys(item, "mail", "read", filepath.Join(v.corpus, "01-demande-acces.eml"))
	v.keys("proposals[].iban proposals[].bic proposals[].verdict", "mail", "read", filepath.Join(v.corpus, "01-demande-acces.eml"))
	ids := v.take(v.message("01-demande-acces.eml"), v.message("07-rapport-de-non-remise.eml"), v.message("02-annulation-un-jour.eml"))
	v.keys(item, "mail", "list") // a key of the items
	v.keys("[].proposals[].address [].proposals[].permanent", "mail", "list")
	v.keys(item, "mail", "show", number10(ids[0]))
	v.keys("message cards cards[].n cards[].kind cards[].title cards[].lines cards[].verdict cards[].note after problem done replayed text", "mail", "apply", number10(ids[0]), "--dry-run")
	v.keys("message cards done text replayed", "mail", "apply", number10(ids[0]), "--reply")
	v.keys("[].id [].family [].to [].subject [].body [].kind [].state [].created [].sent [].attempts [].next [].problem [].answers", "mail", "outbox")
	v.keys("[].address [].reason [].permanent [].at [].family", "mail", "refused")
	v.keys("id address name imap_host smtp_host active secret version", "mail", "account", "cantine@mairie.example", "imap_host=127.0.0.1", "imap_port=9", "smtp_host=127.0.0.1", "smtp_port=9")
	v.keys("[].id [].address [].imap_host [].smtp_host [].active", "mail", "accounts")
	v.keys("count", "mail", "ignore", number10(ids[2]))
	for want, args := range map[string][]string{
		`[{"what":"Réception","ok":false,"text":"`:        {"mail", "test", "cantine@mairie.example"},
		`"sent":0,"failed":0,"later":1,"next":"2026-11-2`: {"mail", "send"},
	} {
		v.now = v.now.Add(time.Minute)
		if r := v.run(append(args, "--json")...); r.code != exitEnvironment || !strings.Contains(r.out, want) {
			t.Errorf("%v: exit %d, wanted %s: %s%s", args, r.code, want, r.out, r.err)
		}
	}
	v.clean()
}

// TestMailBadInput: what cannot be done is refused with a sentence, and nothing
// has changed.
func TestMailBadInput(t *testing.T) {
	v := sqliteVillage(t)
	v.refused(exitRefused, "n’existe pas", "mail", "show", "99")
	v.refused(exitRefused, "n’existe pas", "mail", "apply", "99")
	v.refused(exitRefused, "n’existe pas", "mail", "apply", "99", "--key", "k")
	v.refused(exitRefused, "n’existe pas", "mail", "ignore", "99")
	v.refused(exitRefused, "n’existe pas", "mail", "family", "99", "1")
	v.refused(exitUsage, "n’est pas un numéro de message", "mail", "show", "douze")
	v.refused(exitUsage, "le numéro d’un message", "mail", "ignore")
	v.refused(exitUsage, "RFC 3339", "mail", "read", filepath.Join(v.corpus, "02-annulation-un-jour.eml"), "--at", "hier")
	v.refused(exitRefused, "n’existe pas", "mail", "read", filepath.Join(t.TempDir(), "absent.eml"))
	v.refused(exitRefused, "est un dossier", "mail", "read", t.TempDir())
	v.refused(exitUsage, "--state veut", "mail", "list", "--state", "ouvert")
	v.refused(exitUsage, "--state veut", "mail", "outbox", "--state", "parti")
	v.refused(exitUsage, "n’est pas un numéro de famille", "mail", "list", "--family", "Legrand")
	v.refused(exitRefused, "Aucune boîte", "mail", "test", "cantine@mairie.example")
	v.refused(exitRefused, "Aucune boîte", "mail", "stop", "cantine@mairie.example")
	v.refused(exitUsage, "NOM=VALEUR", "mail", "account", "cantine@mairie.example", "imap_host")
	v.refused(exitUsage, "n’est pas un réglage de boîte", "mail", "account", "cantine@mairie.example", "couleur=bleu")
	v.refused(exitRefused, "veut un nombre", "mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example", "imap_port=mille")
	v.refused(exitRefused, "oui ou non", "mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example", "active=peut-être")
	v.refused(exitRefused, "n’existe pas", "mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example", "ca=/nulle/part.pem")
	v.refused(exitRefused, "ne contient pas de certificat", "mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example", "ca="+write(t, "ca.pem", "rien"))
	v.refused(exitRefused, "indiquez au moins", "mail", "account", "cantine@mairie.example", "name=Cantine")
	v.refused(exitRefused, "a changé d’état", "mail", "retry", "12")
	v.refused(exitRefused, "a changé d’état", "mail", "drop", "12")
	v.refused(exitRefused, "a changé d’état", "mail", "settle", "12")
	v.refused(exitUsage, "le numéro d’un courriel", "mail", "retry")
	v.ok("mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example")
	v.refused(exitEnvironment, "mot de passe de la boîte", "mail", "fetch") // none was given
	v.clean()
}

// TestMailApply: what is applied is what was sure, once; what is not sure, or
// touches an account, only on a person's word.
func TestMailApply(t *testing.T) {
	v := sqliteVillage(t)
	v.now = time.Date(2026, 11, 9, 9, 0, 0, 0, morning.Location())
	v.admit("Timéo", "DUBOIS", "prepaid", "2026-12-03")
	v.now = morning
	ids := v.take(v.message("13-sans-message-id.eml"), v.message("17-simple-question.eml"), v.message("01-demande-acces.eml"), v.message("15-usurpation-rib.eml"), v.message("06-reponse-automatique.eml"),
		[]byte("From: mickael.dumont@example.org\r\nSubject: RIB\r\nMessage-ID: <rib@example.org>\r\n\r\nBonjour, voici notre nouvel IBAN : FR76 3000 6000 0112 3456 7890 189.\r\n"))
	v.now = v.now.Add(time.Second)
	sure, question, demand, forged, automatic, account := number10(ids[0]), number10(ids[1]), number10(ids[2]), number10(ids[3]), number10(ids[4]), number10(ids[5])
	v.refused(exitRefused, "Rien de sûr", "mail", "apply", question)
	v.refused(exitRefused, "pas d’action n° 4", "mail", "apply", sure, "--only", "4")
	v.refused(exitRefused, "pas d’action n° un", "mail", "apply", sure, "--only", "un")
	v.refused(exitRefused, "Rien de sûr", "mail", "apply", forged)
	v.refused(exitRefused, "déjà été traité par le programme", "mail", "ignore", automatic)
	v.refused(exitRefused, "vérifi", "mail", "apply", account, "--only", "1") // bank details on nobody's word
	v.refused(exitUsage, "--out", "mail", "show", demand, "--attachment", "0")
	v.refused(exitRefused, "n’a pas cette pièce", "mail", "show", demand, "--attachment", "9", "--out", filepath.Join(t.TempDir(), "x.pdf"))

	if said := plain(v.ok("mail", "show", sure)); !strings.Contains(said, "Annuler le repas de Timéo") || !strings.Contains(said, "Recrédit : 5,90 €") || !strings.Contains(said, "Parce que : « Annuler »") {
		t.Error(said)
	}
	if said := plain(v.ok("mail", "show", forged)); strings.Count(said, "DMARC") != 1 {
		t.Error("a warning is not said once:", said)
	}
	if said := plain(v.ok("mail", "apply", sure, "--dry-run")); !strings.Contains(said, "Porte-monnaie") || !strings.Contains(said, "→") {
		t.Error(said)
	}
	if m := v.shown(sure); m.State != "todo" {
		t.Errorf("a dry run did something: %+v", m)
	}
	first := plain(v.ok("mail", "apply", sure, "--reply", "--key", "courriel-1"))
	if !strings.Contains(first, "1 repas annulé, réponse préparée.") {
		t.Error(first)
	}
	before := dump(t, v.db)
	var again mailPlanJSON
	v.json(&again, "mail", "apply", sure, "--reply", "--key", "courriel-1")
	if !again.Done || !again.Replayed || again.Text != "1 repas annulé, réponse préparée" {
		t.Errorf("%+v", again)
	}
	if said := plain(v.ok("mail", "apply", sure, "--key", "courriel-1")); !strings.Contains(said, "Déjà fait, rien n’est fait de nouveau : 1 repas annulé") {
		t.Error(said)
	}
	if after := dump(t, v.db); after != before {
		t.Error("the same key twice:", firstDifference(before, after))
	}
	v.refused(exitRefused, "autre contenu", "mail", "apply", demand, "--key", "courriel-1")
	v.refused(exitRefused, "déjà été traité par Nathalie Perret", "mail", "apply", sure, "--only", "1", "--key", "courriel-2")
	v.refused(exitRefused, "déjà été traité par Nathalie Perret", "mail", "ignore", sure)
	v.ok("mail", "undo", sure)
	if m := v.shown(sure); m.State != "todo" || m.Proposals[0].Verdict != "possible" {
		t.Errorf("taken back: %+v", m)
	}
	v.ok("mail", "apply", sure) // without an answer
	v.ok("mail", "apply", account, "--only", "1", "--confirmed")
	if m := v.shown(account); m.State != "applied" {
		t.Errorf("%+v", m)
	}
	v.ok("mail", "ignore", question, forged)
	v.ok("mail", "ignore", "--reopen", question)
	if m := v.shown(question); m.State != "toread" {
		t.Errorf("reopened: %+v", m)
	}
	v.stranger()
	v.savedParts(demand)
	v.anotherAgent(demand)
	v.clean()
}

func (v *village) shown(id string) (m mailItem) {
	v.t.Helper()
	v.json(&m, "mail", "show", id)
	return m
}

// TestAnswerSaysWhatWasDone: a late cancellation that nobody chose is not told to
// the family as done.
func TestAnswerSaysWhatWasDone(t *testing.T) {
	v := sqliteVillage(t)
	v.now = time.Date(2026, 11, 9, 9, 0, 0, 0, morning.Location())
	v.admit("Loïc", "LUCAS", "prepaid", "2026-11-27")
	v.now = morning
	id := number10(v.take(v.message("05-reservation-recurrente-et-annulation.eml"))[0])
	v.ok("mail", "apply", id, "--reply")
	var letters []letterJSON
	v.json(&letters, "mail", "outbox")
	if body := plain(letters[0].Body); letters[0].Answers == 0 || !strings.Contains(body, "5 repas de Loïc") || strings.Contains(body, "27 novembre") {
		t.Errorf("%+v", letters[0])
	}
	var h headcountJSON
	if v.json(&h, "headcount", "--service", canteen, "--date", "2026-11-27"); h.Total != 1 {
		t.Errorf("%d meals on the 27th", h.Total)
	}
	v.clean()
}

// stranger: who wrote is said by a person, and the message is read again.
func (v *village) stranger() {
	t := v.t
	id := number10(v.take([]byte("From: papi@example.net\r\nSubject: Cantine\r\nMessage-ID: <papi@example.net>\r\n\r\nBonjour, merci d'annuler le repas de Louis jeudi 3 décembre.\r\n"))[0])
	v.refused(exitRefused, "Choisissez d’abord la famille", "mail", "apply", id, "--only", "1")
	family, louis := v.child("Louis", "LEGRAND")
	v.refused(exitRefused, "famille", "mail", "family", id, "9999")
	var m mailItem
	v.json(&m, "mail", "family", id, number10(family))
	if m.Family != family || len(m.Proposals) != 1 || m.Proposals[0].ChildID != louis || m.Proposals[0].Kind != "cancel" {
		t.Errorf("%+v", m)
	}
	if list := v.list("--family", number10(family)); len(list) != 1 || list[0].Family != family {
		t.Errorf("%+v", list)
	}
	if list := v.list("--text", "papi"); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	v.ok("mail", "ignore", id)
}

// savedParts writes the original and its files, as they came.
func (v *village) savedParts(id string) {
	t := v.t
	dir := t.TempDir()
	v.ok("mail", "show", id, "--original", "--out", filepath.Join(dir, "a.eml"))
	v.ok("mail", "show", id, "--attachment", "0", "--out", filepath.Join(dir, "a.pdf"))
	original, err := os.ReadFile(filepath.Join(dir, "a.eml"))
	if err != nil || !slices.Equal(original, v.message("01-demande-acces.eml")) {
		t.Errorf("the original differs: %v", err)
	}
	if file, err := os.ReadFile(filepath.Join(dir, "a.pdf")); err != nil || !strings.HasPrefix(string(file), "%PDF") {
		t.Errorf("%v, %.10q", err, file)
	}
}

// anotherAgent: the post is the reception's; another may not look, nor do again
// what was done.
func (v *village) anotherAgent(id string) {
	t := v.t
	v.env["ARDOISE_NEW_PASSWORD"] = other
	v.ok("admin", "agents", "add", "cuisine", "--roles", "cuisine")
	v.ok("admin", "agents", "add", "martin", "--roles", "accueil")
	v.user, v.env["ARDOISE_PASSWORD"] = "martin", other
	v.turned("Il manque le rôle « Santé »", "mail", "show", id, "--attachment", "0", "--out", filepath.Join(t.TempDir(), "a.pdf"))
	v.turned("Il manque le rôle « Santé »", "mail", "show", id, "--original", "--out", filepath.Join(t.TempDir(), "a.eml"))
	v.turned("Il manque le rôle « Administration »", "mail", "account", "cantine@mairie.example", "imap_host=imap.mairie.example")
	v.ok("mail", "apply", id)
	v.user, v.env["ARDOISE_PASSWORD"] = "nperret", password
	v.turned("déjà été traité par martin", "mail", "apply", id, "--only", "1")
	v.user, v.env["ARDOISE_PASSWORD"] = "cuisine", other
	for _, args := range [][]string{{"list"}, {"show", id}, {"apply", id}, {"ignore", id}, {"fetch"}, {"outbox"}, {"accounts"}, {"watch"}, {"read", filepath.Join(v.corpus, "02-annulation-un-jour.eml")}} {
		v.turned("Il manque le rôle", append([]string{"mail"}, args...)...)
	}
	v.user, v.env["ARDOISE_PASSWORD"] = "nperret", password
	if m := v.shown(id); m.State != "applied" {
		t.Errorf("%+v", m)
	}
}

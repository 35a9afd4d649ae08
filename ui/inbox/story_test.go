package inbox

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
)

func day(iso string) calendar.Date { return calendar.MustISO(iso) }

const favierText = "Bonjour,\nHugo a rendez-vous chez l’orthodontiste jeudi 26 novembre, il ne mangera donc pas à la cantine ce jour-là. En revanche, Léa et lui mangeront bien vendredi 27 et lundi 30 novembre.\nJe vous joins enfin son attestation d’assurance et une photo de l’ordonnance.\nMerci et bonne journée,\nÉlodie Favier"

const favierQuote = "\n\nLe 23 novembre, la mairie a écrit :\n> Pensez à l’assurance de Hugo."

func mark(words string, card int) mailbox.Mark {
	at := strings.Index(favierText, words)
	return mailbox.Mark{Start: at, End: at + len(words), Card: card, What: "day"}
}

// favier is the message of the mock-up.
func favier() *mailbox.Message {
	m := &mailbox.Message{
		Item: mailbox.Item{
			ID: 1, From: message.Address{Name: "Élodie Favier", Mail: "elodie.favier@example.org"}, Subject: "Hugo absent jeudi",
			Received: time.Date(2026, 11, 24, 11, 30, 0, 0, calendar.Paris), FamilyID: 8, Family: "Favier", State: mailbox.Todo,
			Kind: reading.Cancel, Summary: "Annulation : Hugo, jeu. 26 nov.", Files: 2, Proposals: 3, Version: 1,
		},
		Text: favierText + favierQuote, Own: [2]int{0, len(favierText)},
		Marks:    []mailbox.Mark{mark("jeudi 26 novembre", 1), mark("vendredi 27", 2), mark("lundi 30 novembre", 2), mark("attestation d’assurance", 3)},
		Guardian: "responsable de Léa et Hugo",
		Children: []mailbox.Kid{{ID: 11, First: "Léa", Last: "Favier", Class: "CM1"}, {ID: 12, First: "Hugo", Last: "Favier", Class: "CE1"}},
		Files: []mailbox.File{
			{N: 0, Name: "assurance-hugo-2026-2027.pdf", Media: "application/pdf", Size: 184 << 10, Pages: 1, Accepted: true, Kind: "insurance"},
			{N: 1, Name: "IMG_2041.heic", Size: 6501171, Reason: "format HEIC non admis (PDF, JPEG, PNG)"},
		},
		Reply: letter.Letter{
			To: "elodie.favier@example.org", Subject: "Re: Hugo absent jeudi",
			Body: "Bonjour Madame Favier, le repas de Hugo du jeudi 26 novembre est annulé et 4,20 € sont recrédités. Son assurance est enregistrée. La photo n’a pas pu être lue : renvoyez-la en JPEG ou en PDF.\n",
		},
	}
	m.Cards = []mailbox.Card{
		{
			N: 1, Choice: mailbox.Choice{N: 1, Kind: reading.Cancel, Children: []int64{12}, ServiceID: 1, Days: []calendar.Date{day("2026-11-26")}}, Sure: true, Ticked: true,
			Title: "Annuler le repas de Hugo", Lines: []string{"Cantine, jeudi 26 novembre 2026", "Recrédit : 4,20 € au porte-monnaie"}, Verdict: mailbox.Possible,
			Note: "Dans le délai, clôture à 16 h 00", Why: "« ne mangera pas », « jeudi 26 novembre »",
		},
		{
			N: 2, Choice: mailbox.Choice{N: 2, Kind: reading.Book, Children: []int64{11, 12}, ServiceID: 1, Days: []calendar.Date{day("2026-11-27"), day("2026-11-30")}}, Sure: true,
			Title: "Réserver Léa et Hugo", Lines: []string{"Vendredi 27 et lundi 30 novembre"}, Verdict: mailbox.Nothing, Note: "Déjà réservé : rien à faire",
		},
		{
			N: 3, Choice: mailbox.Choice{N: 3, Kind: reading.Documents, Files: []mailbox.Filing{{File: 0, Kind: "insurance", ChildID: 12}}}, Ticked: true,
			Title: "Classer l’assurance scolaire", Lines: []string{"Dossier de Hugo, jusqu’au 31/08/2027", "Débloque : périscolaire matin et soir"}, Verdict: mailbox.Possible,
			Note: "Date lue dans la pièce : à vérifier",
		},
	}
	return m
}

// small is a message of the list with one sure proposal, or none.
func small(id int64, name, summary string, at time.Time, s mailbox.State, k reading.Kind) *mailbox.Message {
	m := &mailbox.Message{Item: mailbox.Item{
		ID: id, From: message.Address{Name: name, Mail: "famille@example.org"}, Subject: summary, Received: at, FamilyID: 5, Family: strings.Fields(name)[1],
		State: s, Kind: k, Summary: summary, Version: 1,
	}, Text: "Bonjour, " + summary + ".", Children: []mailbox.Kid{{ID: 50, First: "Inès", Last: "Benali"}}, Reply: letter.Letter{To: "famille@example.org", Subject: "Re", Body: "Bonjour, c’est fait.\n"}}
	if s == mailbox.Todo {
		m.Cards = []mailbox.Card{{
			N: 1, Choice: mailbox.Choice{N: 1, Kind: k, Children: []int64{50}, ServiceID: 1, Days: []calendar.Date{day("2026-11-30"), day("2026-12-01")}}, Sure: true, Ticked: true,
			Title: kindTitle(k), Lines: []string{"Cantine, lun. 30 nov. et mar. 1ᵉʳ déc."}, Verdict: mailbox.Possible, Note: "Dans le délai, clôture jeudi à 16 h 00",
		}}
	}
	return m
}

// story is the mailbox of the mock-up.
func (w *world) story() {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, calendar.Paris)
	}
	w.mail.accounts = []mailbox.Account{{ID: 1, Address: "cantine@example.org", IMAPHost: "imap.example.org", Active: true}}
	vernet := small(3, "Paul Vernet", "Non compris : à lire", at(24, 9, 14), mailbox.ToRead, reading.None)
	vernet.FamilyID, vernet.Family, vernet.From.Mail = 0, "", "pv-perso@example.net"
	vernet.Candidates = []mailbox.Candidate{{ID: 7, Name: "Vernet", Why: "même nom que Paul Vernet, père de Jules"}}
	vernet.Text = "Bonjour, est-ce que le menu de jeudi contient des œufs ? Et à quelle heure ferme l’accueil du soir ?"
	late := small(5, "Claire Curtet", "Annulation : Timéo, mar. 24 nov.", at(23, 18, 2), mailbox.Answered, reading.Cancel)
	late.Late = true
	bad := small(6, "Camille Berthet", "Demande : cantine, Manon", at(20, 10, 0), mailbox.Applied, reading.AccessRequest)
	bad.Files = nil
	bad.Item.Files = 5
	news := small(8, "Lettre d’information", "Publicité : rien à faire", at(19, 8, 0), mailbox.Ignored, reading.None)
	news.Quiet = true
	w.mail.messages = []*mailbox.Message{
		favier(),
		small(2, "Karim Benali", "Réservation : Inès, lun. 30 nov. et mar. 1ᵉʳ déc.", at(24, 10, 52), mailbox.Todo, reading.Book),
		vernet,
		small(4, "Sophie Combe", "Pièce : assurance scolaire, Anna", at(23, 16, 40), mailbox.Applied, reading.Documents),
		late, bad,
		small(7, "Marc Bouvier", "Réservation : Noé et Lucie, semaine 48", at(20, 9, 0), mailbox.Applied, reading.Book),
		news,
	}
	w.mail.letters = []mailbox.Outgoing{
		{Outgoing: outgoing(21, "elodie.favier@example.org", "Re: Hugo absent jeudi", waiting)},
		{Outgoing: outgoing(22, "claire.curtet@example.org", "Re: Annulation de mardi", doubt)},
		{Outgoing: outgoing(23, "ancienne@example.net", "Facture 2026000101", failed), Attempts: 1, Problem: "l’adresse n’existe plus (550 5.1.1). Demandez-en une autre à la famille."},
		{Outgoing: outgoing(24, "marc.bouvier@example.org", "Réservation confirmée", sent), SentAt: at(20, 9, 5)},
	}
	w.mail.refusals = []mailbox.Refusal{{Address: "ancienne@example.net", Reason: "l’adresse n’existe plus (5.1.1)", Permanent: true, At: at(22, 9, 0), FamilyID: 3, Family: "Charvet"}}
}

func outgoing(id int64, to, subject, state string) letter.Outgoing {
	return letter.Outgoing{
		ID: id, Letter: letter.Letter{To: to, Subject: subject, Body: "Bonjour,\n\nVotre demande est bien enregistrée.\n\nLa mairie de Saint-Marcel\n"}, Kind: "answer", State: state,
		Since: "2026-11-23T09:30:00Z",
	}
}

var conflict = fault.New(fault.Conflict, "Ce message vient d’être traité par un autre agent.")

// hard is what breaks screens: long words, many files, a liar, bank details, a
// message nobody can read, a mailbox that does not answer.
func (w *world) hard() {
	w.story()
	w.stand.Problem = "La boîte « cantine@example.org » ne répond pas : le serveur imap.example.org refuse le mot de passe. Vérifiez-le dans Réglages, Messagerie. Nouvel essai à 13 h 50."
	m := favier()
	m.From.Name = "Marie-Élisabeth Thévenet de la Grandière-Montmorillon, pour les enfants Thévenet et de la Grandière"
	m.From.Mail = "marie-elisabeth.thevenet.de.la.grandiere.montmorillon@messagerie-familiale.example.org"
	m.Via = "secretariat@mairie.example"
	m.Subject = "Annulation de la cantine et du périscolaire pour toute la semaine prochaine, et aussi une question sur la facture de novembre que nous n’avons pas comprise"
	m.Auth = message.Auth{Host: "mx.example", DMARC: "fail"}
	m.Remarks = []string{"Le jeu de caractères n’était pas annoncé : le texte est lu comme windows-1252."}
	m.Text = strings.Repeat("Bonjour, anticonstitutionnellementanticonstitutionnellementanticonstitutionnellement et la suite. ", 30)
	m.Own, m.Marks = [2]int{0, len(m.Text)}, []mailbox.Mark{{Start: 0, End: 20, Card: 1}}
	m.Reply.Body = strings.Repeat("Une longue réponse, ligne après ligne.\n", 20)
	for i := range 38 {
		m.Files = append(m.Files, mailbox.File{N: i + 2, Name: fmt.Sprintf("photo-%02d-d-un-nom-vraiment-tres-long-comme-en-donnent-les-telephones.jpg", i), Media: "image/jpeg", Size: 3 << 20, Accepted: true})
	}
	m.Item.Files, m.Item.Warning = 40, "DMARC : expéditeur non vérifié"
	m.Cards[0].Verdict, m.Cards[0].Note, m.Cards[0].Ticked = mailbox.TooLate, "Hors délai : la clôture était le lundi 23 novembre à 16 h 00, le message est arrivé mardi", false
	m.Cards[1].Verdict, m.Cards[1].Note, m.Cards[1].Doubt = mailbox.Unclear, "À préciser", "« les enfants » : Léa, Hugo ou les deux ?"
	aside := small(2, "Expéditeur Illisible", "", now.Add(-2*time.Hour), mailbox.ToRead, reading.BankDetails)
	aside.Cards = []mailbox.Card{{N: 1, Choice: mailbox.Choice{N: 1, Kind: reading.BankDetails, IBAN: "FR7630006000011234567890189", Holder: "Paul Vernet"}, Ticked: true, Title: "Changer les coordonnées bancaires", Lines: []string{"FR76 3000 •••• 0189"}, Verdict: mailbox.Possible, Note: "À vérifier avec la famille"}}
	aside.Aside, aside.Warning, aside.Text = true, "Mis de côté : 12 000 parties emboîtées, la limite est de 200.", ""
	aside.ReplyOff = "Message automatique : on n’y répond pas."
	aside.Reply = letter.Letter{}
	w.mail.messages = append([]*mailbox.Message{m, aside}, w.mail.messages[2:]...)
}

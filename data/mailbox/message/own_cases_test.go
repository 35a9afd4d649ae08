package message

var ownCases = []oneCase{
	{"answer above", plain("Re: x", "Oui pour le 3.\n\nLe 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\n> Et le 4 ?\n>\n> Et le 5 ?\n"), want{own: "Oui pour le 3."}},
	{"on three lines", plain("Re: x", "Oui.\n\nLe ven. 20 nov. 2026 à 10:02, Restauration scolaire de Saint-Aubin\n<c@mairie.example>\na écrit :\n\n> Et le 4 ?\n"), want{own: "Oui."}},
	{"unmarked quote", plain("Re: x", "Oui.\n\nLe lun. 23 nov. 2026 à 07:05, Mairie <c@mairie.example> a écrit :\n\nAnnulez le 4 et le 5.\nLa mairie"), want{own: "Oui."}},
	{"english", plain("Re: x", "Yes.\n\nOn Fri, Nov 20, 2026 at 10:02 AM Mairie <c@mairie.example> wrote:\n> Et le 4 ?"), want{own: "Yes."}},
	{"without a date", plain("Re: x", "Oui.\n\nMairie <c@mairie.example> a écrit :\n> Le 4 ?"), want{own: "Oui."}},
	{"outlook", plain("RE: x", "Oui.\n\nDe : Mairie <c@mairie.example>\nEnvoyé : vendredi 20 novembre 2026 10:02\nÀ : Nadia BREL\nObjet : x\n\nLe 4 ?"), want{own: "Oui."}},
	{"outlook with rule and stars", plain("RE: x", "Oui.\n________________________________\n*De :* Mairie <c@mairie.example>\n*Envoyé :* vendredi 20 novembre 2026\n*À :* Nadia BREL\n*Objet :* x\n\nLe 4 ?"), want{own: "Oui."}},
	{"original message", plain("RE: x", "Oui.\n\n-----Message d'origine-----\nDe : Mairie\nEnvoyé : vendredi\nObjet : x\n\nLe 4 ?"), want{own: "Oui."}},
	{"answer below", plain("Re: x", "Le 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\n> Mange-t-il le 4 ?\n\nNon, pas le 4."), want{own: "Non, pas le 4."}},
	{"answers in between", plain("Re: x", "Bonjour\n\nLe 20/11/2026 à 10:02, Mairie a écrit :\n> Le 4 ?\nNon.\n> Le 5 ?\nOui.\n"), want{own: "Bonjour\nNon.\nOui.", apart: true}},
	{"a quote broken by a program", plain("Re: x", "Oui.\n\n> Merci de nous dire avant le vingt-quatre novembre si votre enfant est\nprésent le 4\n> ou non.\n"), want{own: "Oui."}},
	{"words that look like a quote's header", plain("x", "Le 12 novembre le médecin a écrit :\nrepos trois jours.\nTom ne mangera pas."), want{own: "Le 12 novembre le médecin a écrit :\nrepos trois jours.\nTom ne mangera pas."}},
	{"words that look like a block", plain("x", "De : mardi\nÀ : jeudi\nTom mangera."), want{own: "De : mardi\nÀ : jeudi\nTom mangera."}},
	{"nothing but a quote", plain("Re: x", "Le 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\nLe 4 ?\nNon."), want{noOwn: true, remark: "relisez"}},
	{"dashes", plain("x", "Tom mange le 4.\n\n-- \nNadia BREL\n12 rue des Acacias\nOuverte le lundi"), want{own: "Tom mange le 4."}},
	{"telephone", plain("x", "Tom mange le 4.\n\nEnvoyé de mon iPhone"), want{own: "Tom mange le 4."}},
	{"telephone before a quote", plain("Re: x", "Tom mange le 4.\n\nEnvoyé depuis l’application Mail Orange\n\n\nLe 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\n> x"), want{own: "Tom mange le 4."}},
	{"outlook for a telephone", plain("x", "Tom mange le 4.\nObtenir Outlook pour Android<https://aka.example>"), want{own: "Tom mange le 4."}},
	{"cordially", plain("x", "Tom mange le 4.\n\nBien cordialement,\n\nNadia BREL\nMaman de Tom\n06 12 34 56 78\n12 rue des Acacias\n01480 Saint-Aubin\nnadia.brel@example.org"), want{own: "Tom mange le 4."}},
	{"cordially in a line", plain("x", "Tom mange le 4.\nMerci, cordialement, Nadia Brel"), want{own: "Tom mange le 4."}},
	{"thanks and a name", plain("x", "Tom mange le 4.\nMerci d’avance,\nLouis BREL"), want{own: "Tom mange le 4.\nMerci d’avance,"}},
	{"a postscript stays", plain("x", "Tom mange le 4.\nCordialement,\nNadia\nPS : Léa ne mange pas le 5."), want{own: "Tom mange le 4.\nCordialement,\nNadia\nPS : Léa ne mange pas le 5."}},
	{"words after the formula stay", plain("x", "Bonjour\nCordialement\nTom ne mangera pas jeudi"), want{own: "Bonjour\nCordialement\nTom ne mangera pas jeudi"}},
	{"disclaimer", plain("x", "Tom mange le 4.\n\nNadia\n\nCe message et ses pièces jointes sont confidentiels et destinés à leur seul destinataire.\nMerci de le détruire avant le 30/11."), want{own: "Tom mange le 4.\n\nNadia"}},
	{"formula in the middle", plain("x", "Cordialement invités, nous mangerons le 4."), want{own: "Cordialement invités, nous mangerons le 4."}},
}

var forwardCases = []oneCase{
	{
		"gmail", plain("Fwd: Tom", "Pour info.\n\n---------- Forwarded message ---------\nDe : Aline Roy <Aline.Roy@example.org>\nDate: lun. 23 nov. 2026 à 07:05\nSubject: Tom absent\nTo: <secretariat@mairie.example>\n\n\nTom ne mange pas le 4.\nCordialement\nAline Roy"),
		want{own: "Pour info.", inner: "aline.roy@example.org", innerOwn: "Tom ne mange pas le 4.", innerSubject: "Tom absent", remark: "rien ne le prouve"},
	},
	{
		"thunderbird", plain("Fwd: Tom", "-------- Message transféré --------\nSujet : 	Tom absent\nDate : 	Mon, 23 Nov 2026 07:05:00 +0100\nDe : 	Aline Roy <aline.roy@example.org>\nPour : 	secretariat@mairie.example\n\nTom ne mange pas le 4."),
		want{noOwn: true, inner: "aline.roy@example.org", innerOwn: "Tom ne mange pas le 4.", innerSubject: "Tom absent"},
	},
	{
		"apple", plain("Tr: Tom", "Voir dessous\n\n> Début du message transféré :\n> \n> De: Aline Roy <aline.roy@example.org>\n> Objet: Tom absent\n> Date: 23 novembre 2026 à 07:05:00 UTC+1\n> À: secretariat@mairie.example\n> \n> Tom ne mange pas le 4.\n"),
		want{own: "Voir dessous", inner: "aline.roy@example.org", innerOwn: "Tom ne mange pas le 4."},
	},
	{
		"outlook", plain("TR: Tom", "\n________________________________\nDe : Aline Roy <aline.roy@example.org<mailto:aline.roy@example.org>>\nEnvoyé : lundi 23 novembre 2026 07:05\nÀ : Secrétariat <secretariat@mairie.example>\nObjet : Tom absent\n\nTom ne mange pas le 4."),
		want{noOwn: true, inner: "aline.roy@example.org", innerOwn: "Tom ne mange pas le 4."},
	},
	{
		"twice", plain("TR: TR: Tom", "De : Paul <paul@mairie.example>\nEnvoyé : lundi\nÀ : moi\nObjet : TR: Tom\n\nDe : Aline Roy <aline.roy@example.org>\nEnvoyé : dimanche\nÀ : Paul\nObjet : Tom\n\nTom ne mange pas le 4."),
		want{inner: "aline.roy@example.org"},
	},
	{"an answer to a forward is none", plain("Re: Fwd: Tom", "Bien reçu.\n\nLe 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\n> ---------- Forwarded message ---------\n> De : Aline Roy <aline.roy@example.org>\n> Date: x\n> Subject: y\n>\n> z"), want{own: "Bien reçu."}},
	{"a marker alone is none", plain("x", "---------- Forwarded message ---------\nBonjour"), want{own: "---------- Forwarded message ---------\nBonjour"}},
	{
		"attached", mixed(hello, "Content-Type: message/rfc822\n\nFrom: Aline <aline.roy@example.org>\nSubject: Tom\nContent-Type: text/plain\n\nPas le 4.", "Content-Type: application/pdf; name=a.pdf\n\nPDF"),
		want{own: "Bonjour à vous", inner: "aline.roy@example.org", innerOwn: "Pas le 4.", innerSubject: "Tom", files: []string{"a.pdf=PDF"}},
	},
	{"attached in base64", mixed(hello, "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYUBleGFtcGxlLm9yZwoKUGFzIGxlIDQu"), want{inner: "a@example.org", innerOwn: "Pas le 4."}},
	{"attached twice", mixed(hello, "Content-Type: message/rfc822\n\nFrom: a@example.org\n\nun", "Content-Type: message/rfc822\n\nFrom: b@example.org\n\ndeux"), want{inner: "a@example.org", files: []string{"document=From: b@example.org\n\ndeux"}, remark: "Plusieurs messages"}},
	{"attached without a header", mixed(hello, "Content-Type: message/rfc822\n\nrien"), want{files: []string{"document=rien"}, remark: "message joint"}},
	{"nothing but a message", "From: s@mairie.example\nContent-Type: message/rfc822\n\nFrom: a@example.org\n\nun", want{inner: "a@example.org", innerOwn: "un", noOwn: true}},
}

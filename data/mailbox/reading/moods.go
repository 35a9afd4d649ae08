package reading

import (
	"strings"
)

// command: annuler, inscrire and their forms.
func (r *reader) command(t trigger, s piece) (trigger, bool) {
	i := t.from
	tok := &r.toks[i]
	if r.otherThing(i, s) {
		t.act = actTold
		return t, true
	}
	denied, only := false, false
	if !r.rules.noNegation {
		denied, only = r.negation(i, t.to, s)
	}
	if only {
		t.doubt = "« ne … que » : que faut-il changer exactement ?"
	}
	form := verbForm(tok)
	switch {
	case denied:
		t.negated = true
		t.act = actTold
		t.doubt = "« ne pas " + tok.raw + " » : rien n’est proposé, à lire."
	case form == formNoun:
		t.noun = true
		r.nounMood(&t, s)
		if d := r.stated(i, s); d != "" {
			t.doubt = d
		}
	case r.auxiliary(i, s):
		t.act, t.past = actTold, true
	case r.be(i, s) && form != formInf && form != formImp:
		t.act = actTold
	case form == formPart && r.near(i, s, 2, "etant"):
		t.act = actTold
	case form == formPart && i > s.from && !r.near(i, s, 2, "de", "d", "merci", "svp", "bonjour"):
		t.doubt = "« " + tok.raw + " » : est-ce une demande, ou est-ce déjà fait ?"
	case form == formInf || form == formPart:
		r.infinitiveMood(&t, s)
	case form == formImp:
		if r.near(i, s, 3, "vous", "si", "quand") {
			t.doubt = "« vous " + tok.raw + " » : est-ce une demande ?"
		}
	default:
		r.firstPerson(&t, s)
	}
	return t, true
}

type verbal byte

func verbForm(t *token) verbal {
	f := t.f
	raw := strings.ToLower(t.raw)
	switch {
	case strings.HasSuffix(f, "tion") || strings.HasSuffix(f, "tions") || strings.HasSuffix(f, "ssion") || f == "ajout" || f == "rajout" || f == "ajouts":
		return formNoun
	case strings.HasSuffix(f, "er") || strings.HasSuffix(f, "ire") || strings.HasSuffix(f, "tre") || strings.HasSuffix(f, "oir") || strings.HasSuffix(f, "ir"):
		return formInf
	case strings.HasSuffix(f, "ez"):
		return formImp
	case strings.HasSuffix(raw, "é") || strings.HasSuffix(raw, "és") || strings.HasSuffix(raw, "ée") || strings.HasSuffix(raw, "ées"):
		return formPart
	}
	return formOther
}

func (r *reader) near(i int, s piece, n int, words ...string) bool {
	for j := i - 1; j >= s.from && j >= i-n; j-- {
		if r.toks[j].is(words...) {
			return true
		}
	}
	return false
}

// nounMood: « annulation jeudi » asks, « suite à l’annulation de jeudi » does not.
func (r *reader) nounMood(t *trigger, s piece) {
	for j := t.from - 1; j >= s.from && j >= t.from-6; j-- {
		k := &r.toks[j]
		switch {
		case k.is("suite", "apres", "confirmation", "confirmer", "confirme", "erreur", "concernant", "sujet", "recu", "recue", "lors", "votre", "vos", "depuis", "bulletin", "dossier", "formulaire", "fiche", "cette", "portail", "site", "frais", "nouvelle-", "delai", "possibilite", "conditions", "modalites", "avant"):
			t.act = actTold
			return
		case k.f == ",":
			return
		case k.f == "confirme" && r.near(j, s, 3, "je", "j", "nous"):
		case k.f == "pour" && r.at(j-1).is("merci", "remercie", "remercions", "parfait", "ok"):
			t.act = actTold
			return
		case k.is("demande", "demander", "noter", "informe", "signale", "signaler", "prendre", "pour", "objet", "bonjour", ":", "de", "d", "l", "la", "une", "les", "cas", "souhaite", "svp", "merci", "proceder", "faire", "a", "compte", "en", "besoin", "mon", "ma", "un", ",", "par", "contre", "et", "-", "cantine", "repas", "premiere", "vous", "mais", "puis", "nouvelle"):
		case r.kidAt[j] || r.owner[j] > 0 || verbClass(k) != 0:
			return
		default:
			t.doubt = "« " + r.text(t.from, t.to) + " » : est-ce une demande ?"
			return
		}
	}
}

// infinitiveMood looks for who asks: « merci de », « pouvez-vous », « je souhaite ».
func (r *reader) infinitiveMood(t *trigger, s piece) {
	unsure := "« " + r.text(max(s.from, t.from-3), t.to) + " » : est-ce une demande ?"
	for j := t.from - 1; j >= s.from && j >= t.from-16; j-- {
		k := &r.toks[j]
		switch {
		case k.is("inutile", "pas", "plus", "aucun", "jamais") && !r.used[j]: // « pas besoin de réserver »
			t.doubt = unsure
			return
		case k.is("besoin", "demande", "utile", "possibilite") && r.denies(j, s), k.f == "demande" && (strings.HasSuffix(k.raw, "é") || r.auxiliary(j, s)): // « j’ai demandé d’annuler »
			t.doubt = unsure
			return
		case k.is("pouvez", "pourriez", "pourrez") && (r.at(j-1).is("si", "vous") && r.at(j-2).is("si", "que") || r.at(j-1).is("ne", "n")):
			t.doubt = unsure
			return
		case k.is("merci", "veuillez", "pouvez", "pourriez", "souhaite", "souhaitons", "souhaiterais", "souhaiterai", "souhaiterions", "voudrais", "voudrai", "voudrions", "aimerais",
			"aimerai", "aimerions", "desire", "desirons", "faut", "faudrait", "faudra", "besoin", "demande", "prie", "svp", "stp", "remercie", "remercions", "mercie", "pourrez", "pouver", "pouriez", "mrc", "bonjour", "veux", "veuillé", "prierai", "possibilité"):
			return
		case k.is("oublie", "pu", "pouvoir", "compte", "comptons", "comptais", "espere", "envisage", "puis", "dois", "doit", "devais", "peux", "comment", "peut", "essaye", "essaie", "voulais", "voulait", "vais", "viens", "pense", "hesite", "evite", "eviter", "possible", "serait", "reussi", "arrive", "permet", "avant", "impossible", "sans", "devoir", "souhaitais", "avez", "avoir", "allez", "vient", "reussis", "pouvait", "autorise", "preferer", "prefere", "saurais", "propose", "proposez", "devons", "allons", "pouvons"):
			t.doubt = unsure
			if k.is("pu", "viens", "avoir") && r.at(j+1).is("d", "de", "pas") || k.f == "pu" {
				t.act = actTold
			}
			return
		case k.is("comme", "quand", "si") || k.f == "?":
			t.doubt = unsure
			return
		}
	}
	if (t.from-s.from > 6 || r.at(t.from-1).f == "pour") && !r.leadIn(t.from, s) {
		t.doubt = unsure
	}
}

// leadIn: a bare infinitive after a comma, « et » or « pour » is a demand too.
func (r *reader) leadIn(i int, s piece) bool {
	b := r.at(i - 1)
	if b.f == "pour" {
		return r.near(i, s, 12, "ecris", "contacte", "permets", "mail", "message", "reviens")
	}
	if b.is("l", "la", "le", "les", "d", "de") {
		b = r.at(i - 2)
	}
	return b.is(",", "et", "pour", "mais", ":", "donc", "a", "revanche", "contre", "puis", "aussi", "egalement", "-") || r.kidAt[i-1] || r.owner[i-1] > 0
}

// firstPerson: « j’annule » does it here and now; « il annule » does not.
func (r *reader) firstPerson(t *trigger, s piece) {
	f := r.toks[t.from].f
	if r.near(t.from, s, 3, "j", "je", "on", "nous") && !strings.HasSuffix(f, "ai") && !strings.HasSuffix(f, "ais") && !strings.HasSuffix(f, "rons") && !strings.HasSuffix(f, "ions") {
		return
	}
	if i := t.from; (i == s.from || r.at(i-1).is("bonjour", ",", "svp", "merci", "et")) && len(f) <= 8 {
		return // « annule jeudi stp »
	}
	t.doubt = "« " + r.text(t.from, t.to) + " » : est-ce une demande ?"
}

// otherThing reports that what is cancelled or booked is no meal.
func (r *reader) otherThing(i int, s piece) bool {
	for j := i + 1; j < s.to && j <= i+5; j++ {
		t := &r.toks[j]
		if t.is("repas", "cantine", "midi") || r.kidAt[j] || r.owner[j] > 0 && j > i+3 || t.f == "," {
			return false
		}
		if otherThings[t.f] && !(t.is("commande", "demande", "menu", "dossier", "cours") && r.inSentence(s, "cantine", "repas")) {
			return true
		}
	}
	return false
}

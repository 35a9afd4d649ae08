package reading

import "slices"

// leftovers: words about time that no day took, numbers, negations.
func (r *reader) leftovers(c *clause) {
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		if r.owner[i] > 0 || t.dead || r.kidAt[i] || r.used[i] {
			continue
		}
		switch {
		case t.f == "journee" && r.at(i-1).f == "la" && (r.at(i+1).is("de", "du", "d") || r.at(i-2).f == "toute"),
			t.f == "jours" && r.at(i-1).f == "les" && (r.at(i+1).is("de", ":") || r.at(i+2).f == ":"), t.f == "suivants" && r.at(i+1).f == ":",
			t.f == "vacances" && r.at(i-1).f == "en", t.f == "noel" && r.at(i-1).f == "de" && r.at(i-2).f == "repas":
		case timeWords[t.f] && !(t.f == "des" || t.f == "journee" && r.at(i-1).f == "bonne" || t.is("midi", "midis") || t.f == "a"):
			if t.is("soir", "matin", "soiree", "matinee") && r.at(i-1).f == "ce" {
				c.doubt("« ce " + t.raw + " » : s’agit-il du repas d’aujourd’hui ?")
				continue
			}
			c.doubt("« " + r.text(i-1, i+1) + " » n’a pas été compris comme un jour.")
		case verbClass(t) == clsPresent && c.trig.act == actCancel && (r.dayOrKid(i-1) || r.dayOrKid(i+1)):
			c.doubt("« " + r.text(i-1, i+2) + " » : réserver ou annuler ?") // « absent jeudi vendredi présent »
		case t.is("celui", "celle", "ceux", "celles") && r.at(i+1).is("d", "de", "du", "suivant", "suivante", "qui", "prochain"):
			c.doubt("« " + r.text(i, i+3) + " » : quel jour est-ce ?")
		case t.is("avant", "apres", "ici", "vers", "courant") && r.dayOrKid(i+1):
			c.doubt("« " + r.text(i, i+3) + " » : à partir de quel jour, jusqu’à quel jour ?")
		case t.f == "apres" && r.at(i+1).f == "midi":
			c.doubt("« après-midi » : le repas de midi est-il en cause ?")
		case t.sort == number && !r.counted(i+1) && (!r.at(i+1).is("/") || r.at(i+2).sort == number && r.at(i+2).num > 12):
			c.doubt("« " + r.text(i, i+2) + " » : que veut dire ce nombre ?")
		case t.is("jamais", "ni", "aucun", "aucune", "plus") && !(t.f == "plus" && (r.at(i-1).is("non", "de", "en") || r.at(i+1).is("tot", "tard", "loin", "grand"))):
			c.doubt("« " + r.text(i-1, i+2) + " » : réserver ou annuler ?")
		case c.trig.negated && r.at(i-1).is("pas") && t.is("tout", "toute", "toutes", "tous", "bien", "beaucoup", "vraiment", "forcement", "tellement"):
			c.doubt("« " + r.text(i-1, i+1) + " » : annuler, ou seulement une partie ?")
		case t.f == "pas" && !r.at(i+1).is("mal", "grave", "trop"):
			c.doubt("« " + r.text(i-1, i+2) + " » : réserver ou annuler ?")
		case t.is("oui", "non") && !(t.f == "non" && r.at(i+1).f == "plus"):
			c.doubt("« " + r.text(i-1, i+1) + " » : réserver ou annuler ?")
		}
		if _, _, _, ok := r.weekday(i); ok {
			c.doubt("« " + t.raw + " » : de quel jour s’agit-il ?")
		}
		if months[t.f] != 0 && t.sort == word {
			c.doubt("« " + t.raw + " » : quels jours de ce mois ?")
		}
	}
}

var hedgePhrases = [][]string{
	{"peut", "etre"},
	{"sans", "doute"},
	{"a", "confirmer"},
	{"je", "pense"},
	{"je", "crois"},
	{"en", "principe"},
	{"au", "cas"},
	{"sais", "pas"},
	{"pas", "sur"},
	{"pas", "sure"},
	{"pas", "certain"},
	{"pas", "certaine"},
	{"une", "semaine", "sur"},
	{"un", "jour", "sur"},
	{"sur", "deux"},
	{"a", "voir"},
	{"a", "priori"},
	{"ou", "bien"},
	{"sous", "reserve"},
	{"il", "se", "peut"},
	{"sans", "nouvelle"},
	{"sans", "nouvelles"},
	{"sans", "reponse"},
	{"sans", "retour"},
	{"a", "moins"},
	{"tous", "les", "deux", "jours"},
	{"de", "plus"},
	{"en", "plus"},
	{"la", "place", "de"},
	{"lieu", "de"},
	{"la", "place", "d"},
	{"lieu", "d"},
}

const hedgeReach = 60

// hedged: what is said with « si », « peut-être », « ou » is not sure.
func (r *reader) hedged(c *clause) {
	// A sentence of hundreds of words is no sentence: the words around are enough.
	for i := max(c.sentence.from, c.from-hedgeReach); i < min(c.sentence.to, c.to+hedgeReach); i++ {
		t := &r.toks[i]
		if t.dead || r.owner[i] > 0 && !t.is("ou") || r.kidAt[i] {
			continue
		}
		inside := i >= c.from && i < c.to
		switch {
		case t.f == "si" && !r.at(i+1).is("possible", "besoin", "necessaire", "jamais", "bien", "tard", "tardivement") && !r.within(i, c.sentence, 4, "possible") && !(r.at(i+1).is("vous") && r.at(i+2).is("plait", "pouvez", "pouviez", "voulez")):
			c.doubt("« " + r.text(i, i+4) + " » : c’est sous condition.")
		case t.f == "ou" && t.raw != "où" && inside && r.choice(i):
			c.doubt("« " + r.text(i-1, i+2) + " » : l’un ou l’autre ?")
		case t.f == "soit" && r.within(i, c.sentence, 8, "soit"):
			c.doubt("« " + r.text(i, i+4) + " » : l’un ou l’autre ?")
		case hedges[t.f] && inside && !r.used[i] && !(t.f == "comme" && !r.at(i+1).is("d", "convenu", "prevu", "prevue", "la", "l", "vu", "habitude", "toujours")) && !(t.f == "pardon" && i < c.from+3):
			c.doubt("« " + r.text(i, i+2) + " » : à lire.")
		}
		if inside && t.is("avec", "sans", "puis") && (r.kidNear(i+1) || t.f == "puis" && r.kidNear(i-1)) && !r.at(i-1).is("et") {
			c.doubt("« " + r.text(i-1, i+2) + " » : pour quels enfants, quels jours ?")
		}
		for _, words := range hedgePhrases {
			ok := true
			for n, w := range words {
				ok = ok && r.at(i+n).f == w
			}
			if ok && !r.used[i] && !r.used[i+len(words)-1] {
				c.doubt("« " + r.text(i, i+len(words)) + " » : ce n’est pas dit pour sûr.")
			}
		}
	}
}

// unknown: a word that this room does not know may turn the sense of those it does.
func (r *reader) unknown(c *clause) {
	for _, p := range c.core {
		for i := p.from; i < p.to; i++ {
			t := &r.toks[i]
			if t.sort != word || t.dead || r.owner[i] > 0 || r.kidAt[i] || r.used[i] || r.known(t) {
				continue
			}
			c.doubt("« " + r.text(i-1, i+2) + " » : le mot « " + t.raw + " » n’est pas connu ici, à lire.")
			return
		}
	}
}

func (r *reader) known(t *token) bool {
	return vocabulary[t.f] || plainWords[t.f] || mealWords[t.f] || chain[t.f] || subjects[t.f] || illness[t.f] || otherReasons[t.f] ||
		titles[t.f] || refs[t.f] || links[t.f] || harmless[t.f] || verbClass(t) != 0 || len(t.f) == 1
}

func (r *reader) kidNear(i int) bool { return i >= 0 && i < len(r.kidAt) && r.kidAt[i] }

// choice reports « ou » between days, children or verbs.
func (r *reader) choice(i int) bool {
	for _, j := range []int{i + 1, i + 2} {
		if j < len(r.toks) && (r.owner[j] > 0 || r.kidAt[j] || verbClass(&r.toks[j]) != 0) {
			return true
		}
	}
	return false
}

var chain = set(`aura auront ne n y en pas plus sera seront est sont a ont va vont pourra pourront peut peuvent donc bien aussi egalement etait etaient ete
	exceptionnellement finalement malheureusement encore toujours seulement tres surement normalement ici restera reste doit serait avait fut jamais s t l`)

var subjects = set(`il elle ils elles qui et donc aussi que qu enfant enfants fils fille filles garcon mais lui eux deux trois svp merci bonjour est l
	: , ( ) cantine midi repas ou puis fait absence bonsoir madame monsieur alors par contre revanche ainsi enfin soit car`)

var (
	nameLeads = set("de d pour que qu et , avec inscrire inscrivez desinscrire desinscrivez annuler annulez reserver enfant fils fille : prenommee prenomme petit petite ajouter rajouter absence")
	mealWords = set("le la les l d de du des un une repas cantine a au aux pour midi dejeuner reservation inscription svp son sa ses mon ma mes leur leurs notre nos votre exceptionnellement egalement aussi repas et scolaire restaurant stp merci bien tous toutes restauration presence y absence en sur ce cette ces")
)

// leads may stand before a first name without making it another matter.
var leads = set(`bjr slt bsr coucou hello finalement exceptionnellement malheureusement enfin chercher recuperer emmener mettre prevoir ainsi egalement de d pour que qu et mon ma notre nos mes fils fille enfant enfants petit petite grand grande garcon bonjour bonsoir mais donc car cantine repas
	absence noter svp merci est sera aussi prenomme prenommee pas non oui ou puis quand si dejeuner notez les midi annulation reservation inscription stp c stp alors
	, : ( ) - & + * • – " « a retour sortir famille eleve prenoms prenom`)

// led: « sans Léa », « avec Léa », « contre Léa » name a child for something else.
func (r *reader) led(c *clause) {
	for _, w := range c.whos {
		i := w.from - 1
		b := r.at(i)
		if b.is("de", "d", "des") && i > c.sentence.from && (counts[r.at(i-1).f] > 0 || r.at(i-1).is("un", "une", "aucun", "aucune", "certains", "certaines", "plusieurs", "seul", "seule", "moitie")) ||
			b.is("de", "d") && w.from > c.trig.from && c.trig.subject >= 0 && r.at(i-1).is("repas", "place", "cote") {
			c.doubt("« " + r.text(i-1, w.to) + " » : de quels enfants s’agit-il ?")
		}
		if !w.named || i < c.sentence.from || b.sort != word || b.dead || r.owner[i] > 0 || r.kidAt[i] || leads[b.f] || verbClass(b) != 0 || r.used[i] && !b.is("sans", "avec") || kin[b.f] && r.at(i-1).is("sa", "son", "ma", "mon", "petite", "petit", "grande", "grand", "leur") {
			continue
		}
		c.doubt("« " + r.text(i, w.to) + " » : est-ce pour cet enfant ?")
	}
}

// strangers: who the clause speaks of besides the family's children.
func (r *reader) strangers(c *clause, known bool) {
	r.led(c)
	t := c.trig
	if t.subject >= 0 {
		j := t.subject - 1
		for j >= c.sentence.from && (chain[r.toks[j].f] && !r.kidAt[j] || r.used[j] && !r.kidAt[j] && r.toks[j].is("ne", "n", "pas", "plus")) {
			j--
		}
		for _, w := range c.whos {
			if w.parent && w.to == j+1 {
				c.doubt("« " + r.text(w.from-2, t.to) + " » : de qui s’agit-il ?")
			}
		}
		if b := r.at(j); j >= c.sentence.from && !r.kidAt[j] && r.owner[j] == 0 && !subjects[b.f] && b.sort == word {
			c.doubt("« " + r.text(j, t.to) + " » : de qui s’agit-il ?")
		}
	}
	for i := c.from; i < c.to; i++ {
		x := &r.toks[i]
		if x.sort != word || !x.up || x.dead || r.kidAt[i] || r.owner[i] > 0 || vocabulary[x.f] || r.allCaps || x.caps || len(x.f) < 2 || verbClass(x) != 0 {
			continue
		}
		if i > c.sentence.from && nameLeads[r.at(i-1).f] {
			c.doubt(quote(x.raw) + " n’est pas un enfant connu de cette famille : qui est-ce ?")
		}
	}
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is("cousin", "cousine", "voisin", "voisine", "copain", "copine", "ami", "amie", "neveu", "niece", "camarade", "cousins") && !r.at(i-1).is("chez") && !r.near(i, c.sentence, 3, "chez", "par", "avec") {
			c.doubt("« " + r.text(i-1, i+1) + " » : de quel enfant s’agit-il ?")
		}
	}
	if !t.command || known && len(c.whos) > 0 {
		return
	}
	for j := t.to; j < c.to; j++ {
		x := &r.toks[j]
		if mealWords[x.f] || x.sort != word {
			if x.sort != word {
				return
			}
			continue
		}
		if !vocabulary[x.f] && !r.kidAt[j] && r.owner[j] == 0 && !x.dead && !r.used[j] && !plainWords[x.f] && !hedges[x.f] && len(x.f) > 2 {
			c.doubt("« " + r.text(t.from, j+1) + " » : de qui ou de quoi s’agit-il ?")
		}
		return
	}
}

// miscounted: « 3 repas » and another number of days.
func (r *reader) miscounted(c *clause, days, kids int) string {
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		n := counts[t.f]
		if t.sort == number && t.num > 0 {
			n = t.num
		}
		if n > 1 && !t.dead && r.owner[i] == 0 && r.at(i+1).is("repas", "jours", "fois") && n != days && n != days*kids {
			return "« " + r.text(i, i+2) + " », mais " + plural(days, "jour nommé", "jours nommés") + " : lesquels ?"
		}
	}
	return ""
}

// taken reports that the message takes back an earlier one.
func (r *reader) taken() bool {
	for i, t := range r.toks {
		if t.is("precedent", "dernier") && r.at(i+1).is("message", "mail", "courriel") || t.is("mail", "message", "courriel") && r.at(i+1).is("precedent") && r.near(i, piece{0, len(r.toks)}, 8, "ignorez", "ignorer", "annule", "compte", "erreur", "remplace", "corrige") ||
			t.is("ignorez", "ignorer") || t.f == "annule" && r.at(i+1).f == "et" && r.at(i+2).f == "remplace" || t.f == "compte" && r.near(i, piece{0, len(r.toks)}, 4, "tenez", "tenir") && r.near(i, piece{0, len(r.toks)}, 5, "ne", "pas") {
			return true
		}
	}
	return false
}

// brings reports that a clause only says what is joined: « je vous joins aussi
// l’attestation de Hugo ».
func (r *reader) brings(c *clause) bool {
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is("joins", "joint", "jointe", "joints", "jointes", "voici", "pj", "transmets", "attestation", "certificat", "fiche", "photo") {
			return len(r.in.Files) > 0
		}
	}
	return false
}

// strays are days that stand alone, in no clause that asks for anything.
func (r *reader) strays() []string {
	var out []string
	for n := range r.clauses {
		c := &r.clauses[n]
		// « Pouvez-vous annuler Léa jeudi ? Et Tom lundi ? »: the second asks with the first
		more := r.at(c.from).f == "et" && (len(c.spans) > 0 || slices.ContainsFunc(c.whos, who.meant))
		if c.trig != nil || c.taken || c.question && !more || len(out) > 2 {
			continue
		}
		if more && c.question || r.heads(c) && len(c.spans) > 0 {
			out = append(out, r.text(c.from, c.to))
			continue
		}
		if r.inSentence(piece{c.from, c.to}, "pardon", "erreur", "oups", "zut", "rectification", "rectificatif", "plutot", "correction", "contraire") ||
			len(c.spans) > 0 && r.inSentence(piece{c.from, c.to}, "non", "oui", "ou") {
			out = append(out, r.text(c.from, c.to))
			continue
		}
		if len(c.spans) == 0 {
			if slices.ContainsFunc(c.whos, who.meant) && !r.brings(c) && r.inSentence(piece{c.from, c.to}, "pareil", "idem", "meme", "aussi", "egalement", "non", "oui", "si", "pas") {
				out = append(out, r.text(c.from, c.to))
			}
			continue
		}
		if !r.extraIn(c) {
			out = append(out, r.text(c.from, c.to))
		}
	}
	return out
}

package reading

import "slices"

// selfWords open a correction of what the same message has just said; a mail is
// written in one go, and its author leaves the wrong half standing.
var (
	selfWords   = set("euh oups oupss erratum rectification rectificatif rectifie correction contrordre contreordre zut")
	selfPhrases = [][]string{
		{"voulais", "dire"},
		{"veux", "dire"},
		{"suis", "trompe"},
		{"suis", "trompee"},
		{"me", "trompe"},
		{"erreur", "de", "ma", "part"},
		{"mon", "erreur"},
		{"non", "pardon"},
		{"pardon", "non"},
		{"en", "fait", "non"},
		{"ah", "non"},
		{"enfin", "non"},
		{"enfin", "plutot"},
		{"finalement", "non"},
		{"non", "plutot"},
		{"ou", "plutot"},
		{"non", "desole"},
		{"non", "desolee"},
		{"me", "reprends"},
		{"temps", "pour", "moi"},
		{"autant", "pour", "moi"},
	}
)

// corrected gives the words by which the author takes back something said in the
// same message, "" for none: which half holds is for a person to say.
func (r *reader) corrected() string {
	for i := range r.toks {
		t := &r.toks[i]
		if t.sort != word || t.dead || r.kidAt[i] {
			continue
		}
		if selfWords[t.f] || t.f == "pardon" && i > 0 && (r.dayOrKid(i+1) || r.at(i+1).f == "," && r.dayOrKid(i+2)) {
			return r.text(i, i+2)
		}
		for _, words := range selfPhrases {
			if r.spells(i, words) {
				return r.text(i, i+len(words))
			}
		}
	}
	return ""
}

func (r *reader) spells(i int, words []string) bool {
	for n, w := range words {
		if r.at(i+n).f != w {
			return false
		}
	}
	return true
}

// dayOrKid reports that a day or a child's name stands here.
func (r *reader) dayOrKid(i int) bool {
	return i >= 0 && i < len(r.toks) && (r.owner[i] > 0 || r.kidAt[i])
}

// away reports words for a table that is not the canteen's: « à la maison », « chez
// sa mamie »; « chez le dentiste » is no table.
func (r *reader) away(i int) bool {
	t, next := r.at(i), r.at(i+1)
	return t.is("maison", "domicile", "dehors", "ailleurs") ||
		t.f == "chez" && next.is("moi", "nous", "lui", "elle", "eux", "son", "sa", "ses", "leur", "leurs", "mon", "ma", "mes", "notre",
			"mamie", "mamy", "papi", "papy", "papa", "maman", "tata", "tonton", "nounou", "un", "une")
}

// twoTables: « lundi à la maison et mardi à la cantine », « à la cantine lundi et
// mardi chez mamie »: one verb for two tables does not tell which day goes where.
func (r *reader) twoTables(c *clause) {
	t := c.trig
	if !t.meal || t.command {
		return
	}
	place := -1
	for i := t.to; i < c.sentence.to; i++ {
		x := &r.toks[i]
		if verbClass(x) != 0 || r.owner[i] == 0 && x.is("il", "elle", "ils", "elles", "je", "nous", "on", "qui", "car", "parce") {
			return
		}
		switch {
		case place < 0 && r.away(i):
			place = i
			if t.act == actBook {
				c.doubt("« " + r.text(i-1, i+2) + " » : quels repas sont pris à la cantine, lesquels ailleurs ?")
				return
			}
		case place >= 0 && x.is("cantine", "self", "refectoire") && r.at(i-1).f == "la" && r.at(i-2).f == "a":
			c.doubt("« " + r.text(place-1, i+1) + " » : quels repas sont pris à la cantine, lesquels ailleurs ?")
			return
		}
	}
}

// unknownSibling: « sa sœur » whom the family does not have here says that it has
// more children than are known; « elle » may then be another than the one girl.
func (r *reader) unknownSibling() {
	for _, w := range r.whos {
		if w.doubt == "" || len(w.ids) > 0 || w.pronoun != "soeur" && w.pronoun != "frere" {
			continue
		}
		other := map[string]string{"soeur": "elle", "frere": "il"}[w.pronoun]
		for n := range r.whos {
			if p := &r.whos[n]; p.pronoun == other && p.doubt == "" && p.guessed {
				p.doubt = "« " + r.text(p.from, p.to) + " », et « " + r.text(w.from, w.to) + " » n’est pas connu ici : de quel enfant s’agit-il ?"
			}
		}
	}
}

// addressed: a first name alone on the first line, before a comma, may be whom the
// mail is written to when others are named below.
func (r *reader) addressed() {
	if len(r.whos) < 2 {
		return
	}
	w := &r.whos[0]
	if w.from == 0 && w.named && r.at(w.to).f == "," && r.lineEnds(w.to) {
		w.doubt = "« " + r.text(0, w.to) + " » : est-ce un enfant concerné, ou à qui le message est adressé ?"
	}
}

// lineEnds reports that a new line follows the token.
func (r *reader) lineEnds(i int) bool {
	if i+1 >= len(r.toks) {
		return true
	}
	for _, b := range []byte(r.s[r.toks[i].end:r.toks[i+1].start]) {
		if b == '\n' {
			return true
		}
	}
	return r.toks[i+1].f == "\n"
}

// exception takes « toute la semaine, mais pas vendredi » as « sauf vendredi »: the
// day is one of the period, and not the next of its name.
func (r *reader) exception(cur *clause, g *segment) bool {
	if cur.trig.act != actBook || len(g.spans) == 0 || len(g.whos) > 0 || len(cur.spans) == 0 || r.hasForm(cur.spans, fList) {
		return false
	}
	first := g.spans[0].from
	for i := g.from; i < first; i++ {
		if r.toks[i].f != "pas" {
			continue
		}
		if i+1 != first {
			return false
		}
		for n := range g.spans {
			if g.spans[n].form != fList && g.spans[n].form != fEvery {
				return false
			}
			g.spans[n].except = true
		}
		r.use(i)
		return true
	}
	return false
}

// stated gives the doubt of a noun of which the sentence tells something: « la
// réservation de Tom est annulée » asks for nothing, or for the contrary.
func (r *reader) stated(i int, s piece) string {
	for j := i + 1; j < s.to; j++ {
		t := &r.toks[j]
		if t.dead || r.owner[j] > 0 {
			continue
		}
		if t.is(",", ":", "(", ";", "-", "car", "et", "mais") || pronouns[t.f] && !t.is("l") {
			return ""
		}
		if t.is("est", "sont", "sera", "seront", "etait", "etaient", "ont", "avait", "doit", "devait", "devra") || t.f == "a" && t.raw == "a" && r.at(j+1).is("ete", "bien", "deja") {
			return "« " + r.text(i-1, j+3) + " » : est-ce une demande ?"
		}
	}
	return ""
}

// useNeither marks the « ne » and each « ni » of a sentence as understood.
func (r *reader) useNeither(ne int, s piece) {
	r.use(ne)
	for j := ne; j < s.to; j++ {
		if r.toks[j].f == "ni" {
			r.use(j)
		}
	}
}

// heads reports a clause that begins with a child's name and a colon.
func (r *reader) heads(c *clause) bool {
	for _, w := range c.whos {
		if w.named && w.from <= c.from+1 && r.at(w.to).f == ":" {
			return true
		}
	}
	return false
}

// inverted reports a question put by its order of words, with or without its mark:
// « faut-il », « mangera-t-elle », « doit-on ».
func (r *reader) inverted(s piece) bool {
	for i := s.from; i < s.to-1; i++ {
		j := i + 1
		if r.at(j).f == "t" && r.hyphen(j) {
			j++
		}
		if r.hyphen(i) && (j == i+1 || r.hyphen(i+1)) && r.at(j).is("il", "elle", "ils", "elles", "on", "je") {
			return true
		}
	}
	return false
}

// hyphen reports a hyphen and nothing else between the token and the next.
func (r *reader) hyphen(i int) bool {
	return i+1 < len(r.toks) && r.toks[i].sort == word && r.s[r.toks[i].end:r.toks[i+1].start] == "-"
}

// denies reports « pas », « plus », « aucun » right before a word: « pas besoin ».
func (r *reader) denies(i int, s piece) bool {
	for j := i - 1; j >= s.from && j >= i-3 && r.toks[j].f != ","; j-- {
		if r.toks[j].is("pas", "plus", "aucun", "aucune", "jamais", "sans") {
			return true
		}
	}
	return false
}

// turns are words that take back, in their segment, what was asked before it.
var turns = set("mais or cependant pourtant toutefois seulement")

// cleft: « Pour Léa, c’est Tom qui mangera » tells one child from another.
func (r *reader) cleft(c *clause) {
	for _, w := range c.whos {
		if w.from > c.from && !slices.Equal(idsOf(c.whos), w.ids) && r.at(w.from-1).is("est", "sera") && r.at(w.to).f == "qui" {
			c.doubt("« " + r.text(w.from-2, w.to+1) + " » : pour quel enfant ?")
		}
	}
}

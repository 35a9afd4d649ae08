package reading

import (
	"slices"
)

// segment is what stands between two commas or linking words.
type segment struct {
	piece
	trigs []trigger
	spans []span
	whos  []who
	why   bool // begins with car, parce que…
	extra bool // has words of its own besides days, children and small words
}

var links = set(", et mais puis donc car alors sinon ( ) : ou parce puisque tandis - ainsi & ")

var reasonLinks = set("car parce puisque vu cause raison suite comme")

// plainWords may stand beside a day without saying anything more.
var plainWords = set(`lieu aussi egalement pour le la les de du des d l a au aux et svp stp merci cantine repas midi puis ainsi que bonjour bonsoir
	en on sur dans ce cette svp non plus pas inclus compris prochain meme ce-jour donc mais par contre revanche avance exceptionnellement
	malade malades restaurant scolaire dejeuner ou un une bien cordialement ok y il elle ils elles sera seront madame monsieur jour jours date dates suivantes suivants journee`)

// clauses cuts the sentences into clauses.
func (r *reader) findClauses() {
	for _, s := range r.sentences() {
		var cur *clause
		for _, g := range r.segments(s) {
			cur = r.place(cur, g, s)
		}
	}
	for n := range r.clauses {
		c := &r.clauses[n]
		c.question = !r.rules.noQuestions && r.isQuestion(c)
	}
}

// segments cuts one sentence.
func (r *reader) segments(s piece) []segment {
	var out []segment
	begin := s.from
	flush := func(to int) {
		if to > begin {
			out = append(out, r.segment(piece{begin, to}))
		}
		begin = to
	}
	nt := 0 // triggers so far in the segment
	ti := r.firstTrigger(s.from)
	for i := s.from; i < s.to; i++ {
		for ti < len(r.triggers) && r.triggers[ti].to <= i {
			if r.triggers[ti].from >= begin {
				nt++
			}
			ti++
		}
		if r.owner[i] > 0 || r.kidAt[i] && !pronouns[r.toks[i].f] {
			continue
		}
		t := &r.toks[i]
		inTrigger := ti < len(r.triggers) && i >= r.triggers[ti].from && i < r.triggers[ti].to
		switch {
		case inTrigger:
		case links[t.f] && !r.joinsNames(i):
			flush(i)
			nt = 0
		case nt > 0 && pronouns[t.f] && t.is("je", "j", "nous", "on", "il", "elle", "ils", "elles") && !r.at(i-1).is("que", "qu", "si", "quand", "est", "a"):
			flush(i)
			nt = 0
		}
	}
	flush(s.to)
	return out
}

func (r *reader) firstTrigger(from int) int {
	n, _ := slices.BinarySearchFunc(r.triggers, from, func(t trigger, at int) int { return t.from - at })
	return n
}

var mealNouns = set("cantine repas garderie periscolaire etude gouter dejeuner")

// joinsNames reports « Léa et Tom », « Léa, Tom ».
func (r *reader) joinsNames(i int) bool {
	if r.at(i).f == "et" && mealNouns[r.at(i-1).f] {
		for j := i + 1; j <= i+2; j++ {
			if mealNouns[r.at(j).f] {
				return true // « cantine et garderie »
			}
		}
	}
	if i == 0 || !r.kidAt[i-1] || r.at(i).f == ":" {
		return false
	}
	for j := i + 1; j <= i+2 && j < len(r.toks); j++ {
		if r.kidAt[j] || r.at(j).is("lui", "elle") && r.at(i).f == "et" && !r.at(j+1).is("ne", "n", "mange", "mangera", "sera") {
			// « Léa jeudi et Tom vendredi » are two.
			return true
		}
		if !r.at(j).is("et", "pour", "de", "d") {
			return false
		}
	}
	return false
}

func (r *reader) segment(p piece) segment {
	g := segment{piece: p}
	for n := r.firstTrigger(p.from); n < len(r.triggers) && r.triggers[n].from < p.to; n++ {
		g.trigs = append(g.trigs, r.triggers[n])
	}
	n, _ := slices.BinarySearchFunc(r.spans, p.from, func(s span, at int) int { return s.from - at })
	for ; n < len(r.spans) && r.spans[n].from < p.to; n++ {
		g.spans = append(g.spans, r.spans[n])
	}
	n, _ = slices.BinarySearchFunc(r.whos, p.from, func(w who, at int) int { return w.from - at })
	for ; n < len(r.whos) && r.whos[n].from < p.to; n++ {
		g.whos = append(g.whos, r.whos[n])
	}
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if i < p.from+3 && reasonLinks[t.f] {
			g.why = true
		}
		if t.sort == word && !t.dead && r.owner[i] == 0 && !r.kidAt[i] && !r.used[i] && !plainWords[t.f] {
			g.extra = true
		}
	}
	return g
}

func (g segment) core() []piece {
	if len(g.trigs) > 0 || len(g.spans) > 0 {
		return []piece{g.piece}
	}
	return nil
}

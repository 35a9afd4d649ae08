package reading

import (
	"slices"
	"strings"
	"unicode"
)

// words of a file's name or content.
func wordsOf(s string) []token {
	const most = 4000
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	s = strings.NewReplacer("_", " ", ".", " ", "-", " ").Replace(s)
	return tokenize(s)
}

// fileKind judges a file by its name, then by the words found in it.
func fileKind(f File) string {
	for _, s := range []string{f.Name, f.Words} {
		toks := wordsOf(s)
		at := func(i int) *token {
			if i < len(toks) {
				return &toks[i]
			}
			return &nothing
		}
		kind := ""
		for i := range toks {
			if d, ok := docAt(at, i); ok && d.kind != "" {
				if kind != "" && kind != d.kind {
					return "" // two things at once: a person looks
				}
				kind = d.kind
			}
		}
		if kind != "" {
			return kind
		}
	}
	return ""
}

// documents makes the proposals of the attachments, the access request and the
// bank account.
func (w *writer) documents() {
	r := w.r
	guesses, unknown := w.guess()
	access := w.accessRequest()
	abs := slices.IndexFunc(w.out, func(d draft) bool { return d.p.Kind == JustifiedAbsence })
	var rest []FileGuess
	for _, g := range guesses {
		if g.Kind == "medical_certificate" && abs >= 0 && access < 0 {
			p := &w.out[abs].p
			if g.Child == 0 && len(p.Children) == 1 {
				g.Child = p.Children[0]
			}
			p.Files = append(p.Files, g)
			continue
		}
		rest = append(rest, g)
	}
	var marks []Mark
	for _, d := range r.docs {
		marks = append(marks, r.mark(d.from, d.to, "document"))
	}
	at := len(r.s)
	if len(marks) > 0 {
		at = marks[0].Start
	}
	if access >= 0 {
		p := &w.out[access].p
		p.Files = append(rest, unknown...)
		if len(unknown) > 0 {
			addDoubt(p, w.namesOf(unknown)+"\u00a0: de quelle pièce s’agit-il\u00a0?")
		}
		w.out[access].marks = append(w.out[access].marks, marks...)
	} else {
		w.filed(rest, unknown, marks, at)
	}
	w.bankDetails(access)
}

func (w *writer) filed(known, unknown []FileGuess, marks []Mark, at int) {
	r := w.r
	if len(known) > 0 {
		d := draft{p: Proposal{Kind: Documents, Files: known, Why: w.whyFiles(known)}, at: at, marks: marks}
		for _, g := range known {
			if g.Child != 0 && !slices.Contains(d.p.Children, g.Child) {
				d.p.Children = append(d.p.Children, g.Child)
			}
			if g.Child == 0 && ofChild[g.Kind] {
				addDoubt(&d.p, capital(DocumentName(g.Kind))+"\u00a0: de quel enfant\u00a0?")
			}
		}
		w.out = append(w.out, d)
		marks = nil
	}
	if len(unknown) > 0 {
		d := draft{p: Proposal{Kind: Documents, Files: unknown, Why: "Pièce jointe " + w.namesOf(unknown)}, at: at, marks: marks}
		addDoubt(&d.p, w.namesOf(unknown)+"\u00a0: de quelle pièce s’agit-il\u00a0?")
		w.out = append(w.out, d)
	}
	if len(r.in.Files) == 0 && len(r.docs) > 0 && len(w.out) == 0 && r.joins() {
		w.out = append(w.out, draft{p: Proposal{
			Kind: Documents, Why: quote(r.text(r.docs[0].from, r.docs[0].to)),
			Doubt: "Une pièce est annoncée, mais rien n’est joint.",
		}, at: at, marks: marks})
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// joins reports that the text says it brings something.
func (r *reader) joins() bool {
	for i, t := range r.toks {
		if t.is("joint", "jointe", "joints", "jointes", "voici", "piece", "pieces", "joins", "attache", "attachee", "trouverez", "pj", "envoie", "transmets") && !r.at(i-1).is("pas") {
			return true
		}
	}
	return false
}

func (w *writer) namesOf(list []FileGuess) string {
	var names []string
	for _, g := range list {
		for _, f := range w.r.in.Files {
			if f.N == g.File && len(names) < 6 {
				names = append(names, quote(oneLine(f.Name)))
			}
		}
	}
	return listText(names)
}

func (w *writer) whyFiles(list []FileGuess) string {
	var parts []string
	for _, g := range list {
		if len(parts) < 6 {
			parts = append(parts, w.namesOf([]FileGuess{g})+"\u00a0: "+DocumentName(g.Kind))
		}
	}
	return strings.Join(parts, ", ")
}

// guess says what each accepted file is: by its own words, else by the only
// document that the text or the subject speaks of and no other file is.
func (w *writer) guess() (known, unknown []FileGuess) {
	taken := map[string]bool{}
	var open []File
	for _, f := range w.r.in.Files {
		if !f.Accepted {
			continue
		}
		if k := fileKind(f); k != "" {
			taken[k] = true
			known = append(known, FileGuess{File: f.N, Kind: k})
			continue
		}
		open = append(open, f)
	}
	said := w.said(taken)
	for _, f := range open {
		if len(open) == 1 && len(said) == 1 && said[0] != "" {
			known = append(known, FileGuess{File: f.N, Kind: said[0]})
		} else {
			unknown = append(unknown, FileGuess{File: f.N})
		}
	}
	for n := range known {
		if ofChild[known[n].Kind] {
			known[n].Child = w.childOf(known[n].File)
		}
	}
	slices.SortFunc(known, func(a, b FileGuess) int { return a.File - b.File })
	return known, unknown
}

// said gives the documents spoken of that no file is yet.
func (w *writer) said(taken map[string]bool) []string {
	var out []string
	for _, r := range []*reader{w.r, w.subject} {
		if r == nil {
			continue
		}
		for _, d := range r.docs {
			if !taken[d.kind] && !slices.Contains(out, d.kind) {
				out = append(out, d.kind)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

// childOf says whose a file is: named in it, else the only child spoken of.
func (w *writer) childOf(file int) int64 {
	for _, f := range w.r.in.Files {
		if f.N != file {
			continue
		}
		for _, s := range []string{f.Name, f.Words} {
			toks := wordsOf(s)
			var found []int64
			for n, words := range w.r.firsts {
				for i := range toks {
					if len(words) > 0 && toks[i].f == words[0] && (len(words) == 1 || i+1 < len(toks) && toks[i+1].f == words[1]) {
						found = append(found, w.r.in.Children[n].ID)
						break
					}
				}
			}
			if len(found) == 1 {
				return found[0]
			}
			if len(found) > 1 {
				return 0
			}
		}
	}
	var ids []int
	for _, r := range []*reader{w.r, w.subject} {
		if r == nil {
			continue
		}
		for _, x := range r.whos {
			if x.doubt != "" {
				return 0
			}
			ids = union(ids, x.ids)
		}
	}
	if len(ids) == 0 && len(w.r.in.Children) == 1 {
		ids = []int{0}
	}
	if len(ids) == 1 {
		return w.r.in.Children[ids[0]].ID
	}
	return 0
}

// accessRequest adds the request for access, and gives its place, -1 for none.
func (w *writer) accessRequest() int {
	r := w.r
	at, why := -1, ""
	if w.access != nil {
		at, why = 0, quote(w.accessText())
	} else if i := r.accessWords(); i >= 0 {
		at, why = r.toks[i].start, quote(r.text(i-1, i+4))
	}
	if at < 0 || slices.ContainsFunc(w.out, func(d draft) bool { return d.p.Kind == Book || d.p.Kind == Cancel }) {
		return -1
	}
	d := draft{p: Proposal{Kind: AccessRequest, Why: why}, at: at}
	k := w.accessKids()
	for _, id := range k.ids {
		d.p.Children = append(d.p.Children, r.in.Children[id].ID)
	}
	addDoubt(&d.p, k.doubt)
	if w.access != nil {
		from := r
		if !slices.ContainsFunc(r.clauses, func(c clause) bool { return c.trig == w.access.trig }) {
			from = w.subject
		}
		from.hedged(w.access)
		from.strangers(w.access, len(k.ids) > 0)
		s := w.servicesOf(from, w.access)
		d.p.ServiceID = s[0].id
		addDoubt(&d.p, s[0].doubt)
		for _, x := range w.access.doubts {
			addDoubt(&d.p, x)
		}
	} else {
		s := r.one([]string{"canteen"}, "cantine")
		d.p.ServiceID = s.id
		addDoubt(&d.p, s.doubt)
	}
	w.out = append(w.out, d)
	return len(w.out) - 1
}

func (w *writer) accessText() string {
	for _, r := range []*reader{w.r, w.subject} {
		if r != nil && slices.ContainsFunc(r.clauses, func(c clause) bool { return c.trig == w.access.trig }) {
			return r.text(w.access.trig.from, min(w.access.to, w.access.trig.from+8))
		}
	}
	return ""
}

func (w *writer) accessKids() kids {
	r := w.r
	if w.access != nil {
		var k kids
		for _, x := range w.access.whos {
			if !x.parent {
				k.ids = union(k.ids, x.ids)
				if k.doubt == "" {
					k.doubt = x.doubt
				}
			}
		}
		if len(k.ids) > 0 || k.doubt != "" {
			return k
		}
	}
	k := w.elsewhere(r)
	if len(k.ids) == 0 && k.doubt == "" {
		switch len(r.in.Children) {
		case 0:
			k.doubt = unknownFamily
		case 1:
			k.ids = []int{0}
		default:
			k.doubt = "Aucun enfant n’est nommé : " + r.firstNamesOr() + " ?"
		}
	}
	return k
}

// accessWords finds « l’accès à la cantine », « demande d’accès ».
func (r *reader) accessWords() int {
	for i, t := range r.toks {
		if t.is("acces") && !t.dead && r.inSentence(piece{max(0, i-6), min(len(r.toks), i+8)}, "cantine", "demande", "restaurant", "pieces") && !r.inSentence(piece{max(0, i-6), min(len(r.toks), i+8)}, "portail", "site", "code", "internet", "parking") {
			return i
		}
	}
	return -1
}

const neverAlone = "Le compte ne change jamais sans qu’une personne ait vérifié avec la famille."

// bankDetails: an account is never taken over without a person.
func (w *writer) bankDetails(access int) {
	r := w.r
	a := r.account
	said := r.changesAccount() || w.subject != nil && w.subject.changesAccount()
	if a.at == 0 && !said {
		return
	}
	if access >= 0 && !said {
		p := &w.out[access].p
		p.IBAN, p.BIC = a.iban, a.bic
		addDoubt(p, a.doubt)
		w.out[access].marks = append(w.out[access].marks, r.mark(a.from, a.to, "bank"))
		return
	}
	d := draft{p: Proposal{Kind: BankDetails, IBAN: a.iban, BIC: a.bic, Why: "Les mots sur le compte bancaire", Doubt: neverAlone}, at: len(r.s)}
	if a.at > 0 {
		d.at = r.toks[a.from].start
		d.p.Why = quote(r.text(a.from, a.to))
		d.marks = append(d.marks, r.mark(a.from, a.to, "bank"))
	}
	addDoubt(&d.p, a.doubt)
	if a.iban == "" && a.doubt == "" {
		addDoubt(&d.p, "Aucun IBAN n’est écrit dans le texte.")
	}
	// A RIB that comes with it belongs to it.
	for n := range w.out {
		p := &w.out[n].p
		if p.Kind != Documents {
			continue
		}
		for _, g := range p.Files {
			if g.Kind == "iban" {
				d.p.Files = append(d.p.Files, g)
			}
		}
		p.Files = slices.DeleteFunc(p.Files, func(g FileGuess) bool { return g.Kind == "iban" })
	}
	w.out = slices.DeleteFunc(w.out, func(x draft) bool { return x.p.Kind == Documents && len(x.p.Files) == 0 && len(d.p.Files) > 0 })
	w.out = append(w.out, d)
}

// oneLine shows a file's name without what would break a line.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

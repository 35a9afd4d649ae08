package reading

import (
	"strings"

	"ardoise/data/bank"
)

// docKinds: words by which families call documents, the longer first.
var docKinds = []struct {
	words []string
	kind  string
}{
	{[]string{"fiche", "d", "inscription"}, "?"},
	{[]string{"fiche", "de", "paie"}, "income"},
	{[]string{"fiche", "de", "paye"}, "income"},
	{[]string{"fiche", "sanitaire"}, "health_form"},
	{[]string{"fiche", "sante"}, "health_form"},
	{[]string{"fiche", "de", "sante"}, "health_form"},
	{[]string{"fiche", "de", "renseignements"}, "health_form"},
	{[]string{"fiche", "de", "liaison"}, "health_form"},
	{[]string{"fiche", "renseignements"}, "health_form"},
	{[]string{"fiche"}, "health_form"},
	{[]string{"mandat"}, "mandate"},
	{[]string{"autorisation", "de", "prelevement"}, "mandate"},
	{[]string{"prelevement", "sepa"}, "mandate"},
	{[]string{"mandate"}, "mandate"},
	{[]string{"rib"}, "iban"},
	{[]string{"releve", "d", "identite", "bancaire"}, "iban"},
	{[]string{"releve", "identite", "bancaire"}, "iban"},
	{[]string{"iban"}, "iban"},
	{[]string{"assurance"}, "insurance"},
	{[]string{"responsabilite", "civile"}, "insurance"},
	{[]string{"attestation", "de", "quotient"}, "income"},
	{[]string{"attestation", "caf"}, "income"},
	{[]string{"attestation", "de", "la", "caf"}, "income"},
	{[]string{"avis", "d", "imposition"}, "income"},
	{[]string{"avis", "d", "impot"}, "income"},
	{[]string{"avis", "imposition"}, "income"},
	{[]string{"quotient"}, "income"},
	{[]string{"caf"}, "income"},
	{[]string{"autorisation", "de", "sortie"}, "exit"},
	{[]string{"autorisation", "sortie"}, "exit"},
	{[]string{"certificat", "medical"}, "medical_certificate"},
	{[]string{"certificat", "du", "medecin"}, "medical_certificate"},
	{[]string{"certificat", "de", "scolarite"}, "?"},
	{[]string{"certificat"}, "medical_certificate"},
	{[]string{"certif"}, "medical_certificate"},
	{[]string{"ordonnance"}, "?"},
	{[]string{"pai"}, "?"},
	{[]string{"jugement"}, "?"},
	{[]string{"justificatif"}, "?"},
	{[]string{"attestation"}, "?"},
	{[]string{"livret", "de", "famille"}, "?"},
}

// DocumentName is the French name of a kind of document, "" for one not known.
func DocumentName(kind string) string {
	switch kind {
	case "health_form":
		return "fiche sanitaire"
	case "mandate":
		return "mandat de prélèvement"
	case "iban":
		return "RIB"
	case "insurance":
		return "assurance scolaire"
	case "income":
		return "justificatif de revenus"
	case "exit":
		return "autorisation de sortie"
	case "medical_certificate":
		return "certificat médical"
	}
	return ""
}

// ofChild are the kinds that belong to one child.
var ofChild = map[string]bool{"health_form": true, "insurance": true, "exit": true, "medical_certificate": true}

// docWord is a document that the text speaks of.
type docWord struct {
	from, to int
	kind     string // "" : a document nobody here knows
}

func docAt(at func(int) *token, i int) (docWord, bool) {
	for _, d := range docKinds {
		ok := true
		for n, w := range d.words {
			f := at(i + n).f
			if f != w && !(len(w) > 3 && f == w+"s") {
				ok = false
				break
			}
		}
		if ok {
			k := d.kind
			if k == "?" {
				k = ""
			}
			return docWord{from: i, to: i + len(d.words), kind: k}, true
		}
	}
	return docWord{}, false
}

// findDocs finds the documents that the text speaks of.
func (r *reader) findDocs() {
	for i := 0; i < len(r.toks) && len(r.docs) < maxSpans; i++ {
		if r.toks[i].sort != word || r.closedAt >= 0 && i >= r.closedAt {
			continue
		}
		if d, ok := docAt(r.at, i); ok {
			if d.kind == "iban" && r.account.at > 0 && (r.account.from == d.to || r.account.from == d.to+1) {
				continue
			}
			if d.kind == "" && r.at(i).f == "attestation" {
				if next, ok := r.docNear(i + 1); ok {
					d = docWord{from: i, to: next.to, kind: next.kind}
				}
			}
			r.docs = append(r.docs, d)
			i = d.to - 1
		}
	}
}

// docNear reads « attestation d’assurance ».
func (r *reader) docNear(i int) (docWord, bool) {
	for j := i; j < i+3; j++ {
		if d, ok := docAt(r.at, j); ok && d.kind != "" {
			return d, true
		}
		if !r.at(j).is("d", "de", "la", "l", "scolaire") {
			break
		}
	}
	return docWord{}, false
}

// account is what the text says of a bank account.
type account struct {
	at, from, to int // at: 1 + first token
	iban, bic    string
	doubt        string
	bicFrom      int // 1 + token of the BIC
}

// findAccount finds an IBAN and a BIC, and takes them out of the other searches.
func (r *reader) findAccount() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.is("bic", "swift") && r.account.bic == "" {
			for j := i + 1; j < i+4; j++ {
				if f := r.at(j).raw; len(f) == 8 || len(f) == 11 {
					if bic, err := bank.ParseBIC(f); err == nil && bic != "" {
						r.account.bic, r.account.bicFrom = bic, j+1
						r.kill(j, j+1)
						break
					}
				}
			}
		}
		if r.account.at > 0 || t.sort != word || len(t.f) < 2 || len(t.f) > 34 || !startsIBAN(t.raw) && !(len(t.f) == 2 && r.at(i+1).sort == number && r.at(i-1).is("iban", ":", "rib")) {
			continue
		}
		r.iban(i)
	}
}

func startsIBAN(s string) bool {
	return len(s) >= 4 && letter(s[0]) && letter(s[1]) && s[2] >= '0' && s[2] <= '9' && s[3] >= '0' && s[3] <= '9'
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

func (r *reader) iban(i int) {
	var b strings.Builder
	last := -1
	var refusal error
	for j := i; j < len(r.toks) && j < i+16 && b.Len() < 34; j++ {
		t := &r.toks[j]
		if t.sort != word && t.sort != number {
			if t.is("-", ".") && t.glued {
				continue
			}
			break
		}
		if t.sort == word && j > i && len(t.raw) > 11 || j > i && t.sort == word && !strings.ContainsAny(t.raw, "0123456789") && len(t.raw) > 4 || t.f == "bic" {
			break
		}
		b.WriteString(t.raw)
		iban, err := bank.ParseIBAN(b.String())
		if err == nil {
			r.account.iban, last, refusal = iban, j, nil
			break
		}
		if b.Len() >= 14 {
			refusal, last = err, j
		}
		if t.sort == word && j > i && !strings.ContainsAny(t.raw, "0123456789") {
			last = j - 1
			break
		}
	}
	if last < 0 {
		return
	}
	r.account.at, r.account.from, r.account.to = i+1, i, last+1
	if refusal != nil && r.account.iban == "" {
		r.account.doubt = "Un IBAN est écrit, mais il n’est pas juste : à demander à la famille."
	}
	r.kill(i, last+1)
}

// changesAccount: « changement de RIB », « notre compte a changé ».
func (r *reader) changesAccount() bool {
	for _, s := range r.sentences() {
		if r.inSentence(s, "rib", "iban", "banque", "bancaire", "bancaires", "compte") &&
			r.inSentence(s, "change", "changement", "nouveau", "nouvel", "nouvelle", "nouvelles", "changer", "changee", "modifier", "modification") &&
			!r.inSentence(s, "prendre") {
			return true
		}
	}
	return false
}

package message

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	mobile     = regexp.MustCompile(`(?i)^(envoyé (de m(on|a) |depuis |à partir d|avec (la messagerie|l[’']application|proton|yahoo|spark|mailo|bluemail)|via )|sent (from|with|via) (my |mail|outlook|yahoo|proton|the )|obtenir outlook pour|obtenez outlook|get outlook for|télécharge[rz] outlook|provenance\s*:\s*courrier|envoyé à l’aide)`)
	disclaimer = regexp.MustCompile(`(?i)^[*_\s]*((ce|le présent) (message|courriel|courrier|mail|e-mail)( électronique)?,?( et| ainsi| est| peut| contient| \(|,)[^\n]*(confiden|destin|virus)|this (e-?mail|message)[^\n]*(confiden|intended|virus)|l[’']absence de virus dans ce|garanti sans virus|cet e-?mail a été vérifié|pensez à l[’']environnement|avant d[’']imprimer|please consider the environment|confidentialité\s*:)`)
	closing    = regexp.MustCompile(`(?i)^((merci( beaucoup| d[’']avance| par avance)?|en vous remerciant|je vous remercie|bonne (journée|soirée|fin de journée|réception))[ ,.!;]*(et |à vous[ ,.!]*)?)?(bien |très |plus |sincèrement )?(cordialement|cordialemnt|cdlt|cdt|bien à vous|(mes |nos |avec mes |avec nos )?(meilleures |sincères |respectueuses |cordiales )?salutations( distinguées)?|bonne (journée|soirée|fin de journée)( à vous)?|respectueusement|à bientôt|amicalement|kind regards|best regards|regards)[ ,.!;:]*`)
	thanks     = regexp.MustCompile(`(?i)^(un grand )?merci( beaucoup| bien| d[’']avance| par avance)?[ ,.!;]*$`)
	postscript = regexp.MustCompile(`(?i)^(p\.?\s?-?s\.?|n\.?b\.?|post[- ]scriptum)\b`)
	contact    = regexp.MustCompile(`(?i)^(t[ée]l|port|mob|gsm|fax|mail|e-?mail|courriel|adresse|www\.|https?://)|@|(\d[ .-]?){9,}|^\d{5}\s|\b\d{1,4}\s?(bis|ter)?,?\s+(rue|avenue|av\.|bd|boulevard|chemin|allée|impasse|place|route|lotissement|résidence|lieu)`)
	dated      = regexp.MustCompile(`(?i)\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|\d{1,2}/\d{1,2})\b|\d{1,2}\s?[h:]\s?\d{0,2}\b`)
	asking     = regexp.MustCompile(`(?i)annul|inscri|réserv|mang|absen|malad|cantine|repas|garderie|merci de|pouvez|svp|s[’']il vous|facture|iban|rib\b|\?`)
)

// family words that may stand in a signature without a capital.
var kin = map[string]bool{
	"maman": true, "papa": true, "mère": true, "père": true, "parents": true, "famille": true, "tuteur": true, "tutrice": true,
	"pour": true, "avec": true, "dans": true, "élève": true,
}

// trimSignature cuts from the end of a run what is no part of the writer's words.
// It is careful: a line that could mean something keeps all that stands before it.
func trimSignature(run []line) []line {
	for range 8 {
		before := len(run)
		run = trimBlank(run)
		if n := len(run); n > 0 && len(run[n-1].text) < 120 && mobile.MatchString(run[n-1].text) && !dated.MatchString(run[n-1].text) {
			run = run[:n-1]
		}
		run = cutDisclaimer(run)
		run = cutDashes(run)
		run = cutClosing(run)
		if len(run) == before {
			break
		}
	}
	return run
}

func trimBlank(run []line) []line {
	for len(run) > 0 && run[0].text == "" {
		run = run[1:]
	}
	for len(run) > 0 && (run[len(run)-1].text == "" || rule.MatchString(run[len(run)-1].text)) {
		run = run[:len(run)-1]
	}
	return run
}

// cutDisclaimer cuts a last paragraph that speaks of secrecy, viruses or trees.
func cutDisclaimer(run []line) []line {
	start, size := len(run), 0
	for start > 0 && run[start-1].text != "" {
		start--
		size += len(run[start].text)
	}
	if start < len(run) && size < 3000 && disclaimer.MatchString(run[start].text) {
		return run[:start]
	}
	return run
}

// cutDashes cuts at the line « -- » that begins a signature by convention.
func cutDashes(run []line) []line {
	for i, seen := len(run)-1, 0; i >= 0 && seen <= 12; i-- {
		if run[i].text == "--" || run[i].text == "—" && seen <= 6 {
			return run[:i]
		}
		if run[i].text != "" {
			seen++
		}
		if asking.MatchString(run[i].text) && dated.MatchString(run[i].text) {
			return run // somebody goes on writing below it
		}
	}
	return run
}

// cutClosing cuts « Cordialement » and the few lines of name, telephone and
// address after it, when there is nothing else to the end.
func cutClosing(run []line) []line {
	for i, after := len(run)-1, 0; i >= 0 && after <= 6; i-- {
		text := run[i].text
		if text == "" {
			continue
		}
		if found := closing.FindString(text); found != "" {
			if rest := text[len(found):]; rest == "" || signs(rest) {
				return run[:i]
			}
		}
		if after > 0 && thanks.MatchString(text) {
			return run[:i+1]
		}
		if !signs(text) {
			return run
		}
		after++
	}
	return run
}

// signs says that a line can be of a signature and can be nothing else.
func signs(text string) bool {
	if utf8.RuneCountInString(text) > 80 || postscript.MatchString(text) || asking.MatchString(text) {
		return false
	}
	if contact.MatchString(text) {
		return true
	}
	if dated.MatchString(text) || strings.ContainsAny(text, "0123456789") {
		return false
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '’' && r != '\'' })
	if len(words) > 8 {
		return false
	}
	name := false
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		name = name || unicode.IsUpper(first)
		if utf8.RuneCountInString(word) >= 4 && !unicode.IsUpper(first) && !kin[strings.ToLower(word)] {
			return false
		}
	}
	return name
}

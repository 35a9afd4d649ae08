package letter

import (
	"strings"
	"testing"

	"ardoise/data/fault"
)

var someFields = []Field{{Name: "prénom", Of: true}, {Name: "pièces manquantes"}, {Name: "montant"}, {Name: "commune", Of: true}}

func TestFill(t *testing.T) {
	for _, c := range []struct {
		what, text string
		values     Facts
		want       string
	}{
		{"plain", "Bonjour,\n\nÀ bientôt.", nil, "Bonjour,\n\nÀ bientôt."},
		{"a field", "Pour {prénom} : {montant}.", Facts{"prénom": "Léa", "montant": "4,20 €"}, "Pour Léa : 4,20 €."},
		{"however it is typed", "{ Prenom } {PIÈCES  manquantes} {Pièces\u00a0manquantes} {pie\u0300ces manquantes}", Facts{"prénom": "Léa", "pièces manquantes": "x"}, "Léa x x x"},
		{"a vowel", "l’accès {de prénom}", Facts{"prénom": "Éva"}, "l’accès d’Éva"},
		{"a consonant", "l’accès {de prénom}", Facts{"prénom": "Manon"}, "l’accès de Manon"},
		{"several lines", "À payer :\n{pièces manquantes}\nMerci.", Facts{"pièces manquantes": "– a\r\n– b\n"}, "À payer :\n– a\n– b\nMerci."},
		{"a line with nothing to say", "a\nReste {montant}.\nb", Facts{}, "a\nb"},
		{"a paragraph with nothing to say", "a\n\nReste {montant}.\n\nb", Facts{}, "a\n\nb"},
		{"two of them", "a\n\nReste {montant}.\n\n{prénom}\n\nb", Facts{}, "a\n\nb"},
		{"the first", "{prénom}\n\nb", Facts{}, "b"},
		{"the last", "a\n\n{de commune}", Facts{}, "a"},
		{"blank lines that were wanted", "a\n\n\nb {montant}", Facts{"montant": "1"}, "a\n\n\nb 1"},
		{"half a line", "La pièce {pièces manquantes} {de prénom} arrive.", Facts{"pièces manquantes": "RIB"}, "La pièce RIB arrive."},
		{"half a line, at its end", "Pour {montant} {de prénom}", Facts{"montant": "1"}, "Pour 1"},
		{"half a line, before a stop", "Pour {montant} {de prénom}.", Facts{"montant": "1"}, "Pour 1."},
		{"half a line, at its beginning", "{prénom} a {montant}", Facts{"montant": "1"}, "a 1"},
		{"half a line, before another", "Pour {prénom} {montant}", Facts{"montant": "1"}, "Pour 1"},
		{"a value is not a template", "{prénom} {montant}", Facts{"prénom": "{montant}", "montant": "1"}, "{montant} 1"},
		{"a value cannot hide a character", "{prénom}", Facts{"prénom": "Lé\x00a\x1b"}, "Léa"},
		{"no value at all", "{prénom}", nil, ""},
	} {
		p, err := parse(c.text, someFields)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if got := p.fill(c.values); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, wanted := range map[string][]string{
		"Bonjour {nom}":                      {"Le champ « {nom} »", "n’existe pas", "{prénom}, {de prénom}, {pièces manquantes}, {montant}, {commune}, {de commune}"},
		"a\nb\n{nom}":                        {"Ligne 3 : le champ « {nom} »"},
		"Bonjour {prénom":                    {"{prénom", "n’est pas refermée"},
		"Bonjour {prénom\n}":                 {"Ligne 1", "n’est pas refermée"},
		"Bonjour {{prénom}}":                 {"n’est pas refermée"},
		"Bonjour prénom}":                    {"accolade fermante est seule"},
		"{}":                                 {"« {} »", "n’existe pas"},
		"{de montant}":                       {"« {de montant} »", "n’existe pas"},
		"{d’prénom}":                         {"n’existe pas"},
		"{" + strings.Repeat("x", 500) + "}": {"x…"},
	} {
		_, err := parse(text, someFields)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for _, s := range wanted {
			if !strings.Contains(strings.ReplaceAll(fault.Sentence(err), "\u00a0", " "), s) {
				t.Errorf("%q lacks %q: %s", text, s, fault.Sentence(err))
			}
		}
	}
}

// FuzzParse: no text panics; one that is taken has its braces in pairs and
// leaves none behind; one that is refused says so in a sentence.
func FuzzParse(f *testing.F) {
	for _, s := range registry {
		f.Add(s.body, "Éva", "")
	}
	for _, text := range []string{"", "{", "}", "{{prénom}}", "{prénom", "{de prénom} {montant}", "{\n}", "\xff{prénom}", "{prénom}\r\n \r{montant}"} {
		f.Add(text, "Ô{\n", "\x00 ")
	}
	f.Fuzz(func(t *testing.T, text, one, two string) {
		p, err := parse(text, someFields)
		if err != nil {
			if s := fault.Sentence(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(s, "champ") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if strings.Count(text, "{") != strings.Count(text, "}") {
			t.Fatalf("%q is taken", text)
		}
		braces := strings.NewReplacer("{", "", "}", "")
		one, two = braces.Replace(one), braces.Replace(two)
		for _, v := range []Facts{nil, {"prénom": one}, {"prénom": one, "montant": two, "pièces manquantes": one, "commune": two}} {
			if got := p.fill(v); strings.ContainsAny(got, "{}\x00\r") {
				t.Fatalf("%q with %q gives %q", text, v, got)
			}
		}
	})
}

package invoice

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/fault"
	"ardoise/data/money"
)

func TestPayFiPLink(t *testing.T) {
	got, err := online(15210).Link()
	want := "https://paiement.example.org/tpa/paiement.web?numcli=123456&exer=2026&refdet=202600010100087&objet=Cantine%20d%C3%A9cembre%202026%20F-0087" +
		"&montant=15210&mel=elodie.favier%40example.org&saisie=X"
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	f := *online(1)
	f.Base, f.Mail, f.Object, f.Return, f.Entry = "https://paiement.example.org/p?", "", "", "https://mairie.example.org/retour?de=1", "A"
	if got, err = f.Link(); err != nil || got != "https://paiement.example.org/p?numcli=123456&exer=2026&refdet=202600010100087&montant=1&urlcl=https%3A%2F%2Fmairie.example.org%2Fretour%3Fde%3D1&saisie=A" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestPayFiPRefusals(t *testing.T) {
	for name, change := range map[string]func(*PayFiP){
		"no base": func(f *PayFiP) { f.Base = "" }, "plain http": func(f *PayFiP) { f.Base = "http://paiement.example.org/" },
		"no host": func(f *PayFiP) { f.Base = "https:///x" }, "query": func(f *PayFiP) { f.Base += "?montant=1" }, "fragment": func(f *PayFiP) { f.Base += "#a" },
		"password": func(f *PayFiP) { f.Base = "https://a:b@example.org/" }, "space": func(f *PayFiP) { f.Base += "/a b" }, "script": func(f *PayFiP) { f.Base = "javascript:alert(1)" },
		"numcli short": func(f *PayFiP) { f.Client = "12345" }, "numcli long": func(f *PayFiP) { f.Client = "1234567" }, "numcli letters": func(f *PayFiP) { f.Client = "12345a" },
		"numcli other digits": func(f *PayFiP) { f.Client = "١٢٣" }, "exer": func(f *PayFiP) { f.Year = 26 }, "refdet short": func(f *PayFiP) { f.Reference = "12345" },
		"refdet long": func(f *PayFiP) { f.Reference = strings.Repeat("1", 31) }, "refdet hyphen": func(f *PayFiP) { f.Reference = "2026-000101" },
		"refdet accent": func(f *PayFiP) { f.Reference = "référence" }, "objet": func(f *PayFiP) { f.Object = strings.Repeat("é", 101) },
		"objet control": func(f *PayFiP) { f.Object = "a\nb" }, "objet bytes": func(f *PayFiP) { f.Object = "\xff" }, "nothing": func(f *PayFiP) { f.Amount = 0 },
		"negative": func(f *PayFiP) { f.Amount = -1 }, "mel": func(f *PayFiP) { f.Mail = "elodie" }, "mel with a name": func(f *PayFiP) { f.Mail = "A <a@example.org>" },
		"urlcl": func(f *PayFiP) { f.Return = "retour" }, "saisie": func(f *PayFiP) { f.Entry = "" }, "saisie W": func(f *PayFiP) { f.Entry = "W" },
		"saisie small": func(f *PayFiP) { f.Entry = "x" },
	} {
		f := *online(15210)
		change(&f)
		if got, err := f.Link(); fault.KindOf(err) != fault.Invalid || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	f := *online(15210)
	f.Object, f.Reference = strings.Repeat("é", 100), strings.Repeat("z", 30)
	if _, err := f.Link(); err != nil {
		t.Errorf("the longest: %v", err)
	}
	f.Reference = "ABC123"
	if _, err := f.Link(); err != nil {
		t.Errorf("the shortest: %v", err)
	}
}

// Whatever the object says, the parameters that count stay what they are.
func TestPayFiPLinkReadsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := *online(money.Cents(rapid.Int64Range(1, 1<<40).Draw(rt, "amount")))
		f.Object = rapid.String().Draw(rt, "object")
		link, err := f.Link()
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				rt.Fatal(err)
			}
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Host != "paiement.example.org" {
			rt.Fatal(link, err)
		}
		q := u.Query()
		if q.Get("objet") != f.Object || q.Get("montant") != strings.TrimSpace(q.Get("montant")) || len(q["montant"]) != 1 || q.Get("saisie") != "X" || q.Get("numcli") != "123456" {
			rt.Fatalf("%q reads back as %v", link, q)
		}
	})
}

func BenchmarkCode(b *testing.B) {
	for b.Loop() {
		if _, err := newCode(online(15210)); err != nil {
			b.Fatal(err)
		}
	}
}

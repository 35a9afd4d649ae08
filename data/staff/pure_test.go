package staff

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct{ password, login, name, says string }{
		{"Brume-tenace-47", "", "", ""},
		{"étang-brumeux-12", "", "", ""},
		{"xK9#mQ2$vL7!p", "", "", ""},
		{"cheval pile agrafe 4!", "", "", ""},
		{"Brume-tena-47", "", "", ""}, // 13 exactly
		{"Brume-ten-47", "", "", "13 caractères"},
		{"éàüïôçé-4", "", "", "13 caractères"}, // characters, not bytes
		{"Brume tenace 47", "", "", "un symbole"},
		{"Brume-tenace-xx", "", "", "un chiffre"},
		{"1234-5678-9012-3", "", "", "une lettre"},
		{"", "", "", "au moins 13 caractères, une lettre, un chiffre, un symbole"},
		{"Motdepasse-123!", "", "", "facile à deviner"},
		{"M0td3p@ss3-2026!", "", "", "facile à deviner"},
		{"MOTDEPASSE!!2026", "", "", "facile à deviner"},
		{"Azertyuiop123!", "", "", "facile à deviner"},
		{"P@ssw0rd!P@ssw0rd1", "", "", "facile à deviner"},
		{"Bonjour-Soleil-2026", "", "", "facile à deviner"},
		{"mairie-mairie-01", "", "", "facile à deviner"},
		{"aaaaaaaaaaaaa1!", "", "", "facile à deviner"},
		{"1!1!1!1!1!1!a", "", "", "facile à deviner"},
		{"Corinne.Morel-2026!", "corinne.morel", "Corinne Morel", "facile à deviner"},
		{"C0rinne-M0rel-2026!", "cm", "Corinne Morel", "facile à deviner"},
		{"Corinne.Morel-2026!", "", "", ""},
		{strings.Repeat("aB3-", 65), "", "", "trop long"},
	} {
		err := CheckPasswordFor(c.password, c.login, c.name)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q refused: %v", c.password, err)
		case c.says != "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), c.says)):
			t.Errorf("%q: %v, want %q", c.password, err, c.says)
		}
	}
}

func TestCheckPasswordNeedsItsList(t *testing.T) {
	kept := commonWords
	defer func() { commonWords = kept }()
	commonWords = nil
	if CheckPassword("Motdepasse-123!") != nil {
		t.Error("the list of common words refuses nothing: the table above does not test it")
	}
}

func TestRequire(t *testing.T) {
	ctx := context.Background()
	at := func(roles ...Role) context.Context { return With(ctx, &Session{Roles: roles}) }
	locked, ended := at(Roles...), at(Roles...)
	From(locked).locked.Store(true)
	From(ended).stale.Store(true)
	for _, c := range []struct {
		name string
		ctx  context.Context
		need []Role
		says string
	}{
		{"nobody", ctx, nil, "Personne n’est connecté"},
		{"taken away", With(at(Admin), nil), nil, "Personne n’est connecté"},
		{"anybody signed in", at(Cuisine), nil, ""},
		{"the role", at(Cuisine), []Role{Cuisine}, ""},
		{"one of them", at(Cuisine, Regie), []Role{Accueil, Regie}, ""},
		{"administration is not everything", at(Admin), []Role{Sante}, "Il manque le rôle «\u00a0Santé\u00a0»"},
		{"two would do", at(Cuisine), []Role{Accueil, Regie}, "«\u00a0Accueil\u00a0» ou «\u00a0Régie\u00a0»"},
		{"three would do", at(Cuisine), []Role{Accueil, Regie, Sante}, "«\u00a0Accueil\u00a0», «\u00a0Régie\u00a0» ou «\u00a0Santé\u00a0»"},
		{"locked", locked, []Role{Accueil}, "verrouillée"},
		{"locked, any", locked, nil, "verrouillée"},
		{"ended", ended, nil, "ont changé"},
		{"the program", System(ctx), []Role{Sante}, ""},
	} {
		err := Require(c.ctx, c.need...)
		if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, fault.ErrForbidden) || !strings.Contains(fault.Sentence(err), c.says)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

var noon = time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)

func TestDelaysGrow(t *testing.T) {
	var a attempts
	var last time.Duration
	for n := 1; n <= maxFailures; n++ {
		a = a.fail(noon)
		wait := a.until.Sub(noon)
		if wait < last || n >= 3 && wait == 0 {
			t.Errorf("after %d failures the wait is %v, before it was %v", n, wait, last)
		}
		last = wait
	}
	if last != lockFor {
		t.Errorf("the tenth failure locks for %v", last)
	}
	if got := fault.Sentence(a.sentence(noon)); !strings.Contains(got, "bloqué jusqu’à 12\u00a0h\u00a015") {
		t.Error(got)
	}
	if got := fault.Sentence(attempts{failures: 7}.sentence(noon)); got != "Mot de passe refusé, encore 3\u00a0essais." {
		t.Error(got)
	}
	if got := fault.Sentence(attempts{failures: 9}.sentence(noon)); got != "Mot de passe refusé, encore 1\u00a0essai." {
		t.Error(got)
	}
}

// Whatever an earlier clock wrote, nobody waits more than lockFor from now on,
// and a lock that has begun is not shortened by looking at it.
func TestWrongClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := attempts{failures: rapid.IntRange(0, 12).Draw(t, "failures")}.fail(noon.Add(time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, "wrong by")) * time.Second))
		now := noon
		for range 5 {
			a, _ = a.settle(now)
			if a.until.Sub(now) > lockFor {
				t.Fatalf("still %v to wait", a.until.Sub(now))
			}
			now = now.Add(4 * time.Minute)
		}
		if a, _ = a.settle(now); a.refusal(now) != nil {
			t.Fatalf("20 minutes later: %v", a.refusal(now))
		}
	})
	a := attempts{}
	for range maxFailures {
		a = a.fail(noon)
	}
	for _, c := range []struct {
		after  time.Duration
		locked bool
	}{{0, true}, {lockFor - time.Second, true}, {lockFor, false}, {lockFor + time.Hour, false}} {
		if got, _ := a.settle(noon.Add(c.after)); (got.refusal(noon.Add(c.after)) != nil) != c.locked {
			t.Errorf("%v after: locked is not %v", c.after, c.locked)
		}
	}
	if got, changed := (attempts{4, noon}).settle(noon.Add(forgetAfter + time.Second)); got.failures != 0 || !changed {
		t.Error("old failures still count")
	}
}

func TestHashTellsFieldsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := auditRow{at: "2026-11-24T12:46:00Z", agentID: 1, agent: rapid.String().Draw(t, "agent"), action: "a.b", object: "c:1", detail: rapid.String().Draw(t, "detail")}
		h := string(r.hash(genesis))
		for name, change := range map[string]func(*auditRow){
			"moved a letter": func(r *auditRow) { r.action, r.object = r.action+r.object[:1], r.object[1:] },
			"detail":         func(r *auditRow) { r.detail += "x" },
			"agent":          func(r *auditRow) { r.agentID++ },
			"instant":        func(r *auditRow) { r.at = "2026-11-24T12:46:01Z" },
		} {
			other := r
			change(&other)
			if string(other.hash(genesis)) == h {
				t.Fatalf("%s: same hash", name)
			}
		}
		if string(r.hash([]byte(h))) == h {
			t.Fatal("the previous hash does not count")
		}
	})
}

func TestHeadFile(t *testing.T) {
	f := HeadFile{filepath.Join(t.TempDir(), "deep", "a.audit")}
	if h, err := f.Load(); err != nil || !h.IsZero() {
		t.Fatalf("no file: %v, %v", h, err)
	}
	want := Head{7, auditRow{}.hash(genesis)}
	for range 2 {
		if err := f.Save(want); err != nil {
			t.Fatal(err)
		}
	}
	if h, err := f.Load(); err != nil || h.ID != 7 || string(h.Hash) != string(want.Hash) {
		t.Fatalf("%v, %v", h, err)
	}
	if left, err := filepath.Glob(f.Path + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, text := range []string{"", "7", "7 zz", "7 abcd", "-1 " + strings.Repeat("00", 32)} {
		if err := os.WriteFile(f.Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Load(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%q taken for a head: %v", text, err)
		}
	}
}

func TestIBANIsMasked(t *testing.T) {
	for in, want := range map[string]string{
		"IBAN FR7630006000011234567890189 saisi":         "IBAN FR76 •••• saisi",
		"IBAN FR76 3000 6000 0112 3456 7890 189 saisi":   "IBAN FR76 •••• saisi",
		"Réservation : 5 repas, Hugo, famille F-0087":    "Réservation : 5 repas, Hugo, famille F-0087",
		"Reçu 2026-0463, 120,00 € par chèque n° 1234567": "Reçu 2026-0463, 120,00 € par chèque n° 1234567",
	} {
		got := ibanLike.ReplaceAllStringFunc(in, func(s string) string { return s[:4] + " ••••" })
		if got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

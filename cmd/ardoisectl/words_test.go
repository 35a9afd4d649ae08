package main

import (
	"bytes"
	"strings"
	"testing"

	"ardoise/data/importer"
)

// TestRefusedBasketIsTheSameWithAKey: a caller that gives a key reads the same
// answer, lines and error, as one that gives none.
func TestRefusedBasketIsTheSameWithAKey(t *testing.T) {
	w := newTown(t)
	w.rich()
	ask := []string{"book", "--child", number10(w.ysoline), "--service", canteen, "--consent", "Mme Garance, téléphone", "--json", "--dates"}
	if r := w.run(append(ask, "2026-12-07", "--key", "panier-1")...); r.code != exitDone {
		t.Fatal(r)
	}
	for _, days := range []string{"2026-12-07", "2026-12-05", "2026-12-05,2026-12-06"} { // booked already, closed, both closed
		plain := w.run(append(ask, days)...)
		keyed := w.run(append(ask, days, "--key", "panier-2")...)
		if plain.code != exitRefused || keyed != plain || !strings.Contains(plain.out, `"lines":[{`) || !strings.Contains(plain.out, `"error":{`) {
			t.Errorf("%s:\n%+v\n%+v", days, plain, keyed)
		}
	}
	r := w.run(append(ask, "2026-12-05", "--key", "panier-1")...)
	if r.code != exitRefused || !strings.Contains(r.out, "autre contenu") || !strings.Contains(r.out, `"lines":[{`) {
		t.Errorf("a key used for something else: %+v", r)
	}
	w.clean()
}

func TestCutoffOfAClosedDay(t *testing.T) {
	w := newTown(t)
	for day, why := range map[string]string{"2026-12-05": "samedi", "2026-12-25": "Noël", "2026-12-22": "vacances"} {
		w.refused(exitRefused, "est fermé le", "cutoff", "--service", canteen, "--date", day)
		if r := w.run("cutoff", "--service", canteen, "--date", day); !strings.Contains(strings.ToLower(r.err), strings.ToLower(why)) {
			t.Errorf("%s: %s", day, r.err)
		}
	}
	w.ok("cutoff", "--service", canteen, "--date", "2026-12-07")
}

func TestEmptyCatalogIsRefused(t *testing.T) {
	w := newTown(t)
	for name, text := range map[string]string{"vide.toml": "", "notes.toml": "# rien\n\n"} {
		w.refused(exitRefused, "ce fichier est vide", "catalog", "load", write(t, name, text))
	}
}

func TestSignedCounts(t *testing.T) {
	for _, c := range []struct {
		plus, minus int
		want        string
	}{{0, 1, "–1"}, {2, 0, "+2"}, {3, 2, "+3, –2"}, {0, 0, ""}} {
		if got := signed(c.plus, c.minus); got != c.want {
			t.Errorf("%d %d: %q", c.plus, c.minus, got)
		}
	}
}

// TestManyRefusalsAreToldTogether: one line a cause for people, unless each is
// asked for; JSON keeps them all.
func TestManyRefusalsAreToldTogether(t *testing.T) {
	list := []importer.Refusal{{File: "eleves.csv", Line: 9, Who: "REY Ada", Reason: "La ligne est coupée.", Kind: "truncated"}}
	for _, line := range []int{2, 4, 5, 6, 7, 12, 13} {
		list = append(list, importer.Refusal{File: "responsables.csv", Line: line, Who: "X", Reason: "Il ne nomme personne.", Kind: "nobody"})
	}
	var out bytes.Buffer
	sayRefused(&out, list, false)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "ligne 9, REY Ada") || !strings.Contains(lines[1], "7 lignes pour une même cause (2, 4 à 7, 12, 13)") {
		t.Errorf("%q", lines)
	}
	out.Reset()
	sayRefused(&out, list, true)
	if n := strings.Count(out.String(), "\n"); n != len(list) {
		t.Errorf("%d lines, want %d", n, len(list))
	}
	if n := len(refusalsJSON(list)); n != len(list) {
		t.Errorf("%d in JSON", n)
	}
}

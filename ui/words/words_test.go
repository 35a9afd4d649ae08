package words

import (
	"strings"
	"testing"
)

const sample = `# a comment
Annuler	Cancel
cantine	canteen
Porte-monnaie	Wallet
repas réservés	meals booked
Fermeture {1} ajoutée	Closure {1} added
Fermeture {1}	Closing of {1}
{1} à {2}	{1} at {2}
Dernière sauvegarde : {1}	Last backup: {1}
La sauvegarde n’est pas faite. {1}	The backup was not made. {1}
Le disque est plein.	The disk is full.
Deux lignes\nici	Two lines\nhere
SEPA	=
{1}, le {2}	{1}, on {2}
Semaine du {1} au {2}	Week from {1} to {2}
`

func TestSay(t *testing.T) {
	if Say("Annuler") != "Annuler" || Language() != French {
		t.Fatal("French is not left alone")
	}
	if err := Use(English, sample); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Use(French, ""); err != nil {
			t.Error(err)
		}
	})
	for french, want := range map[string]string{
		"Annuler":                             "Cancel",
		"annuler":                             "cancel",
		"Cantine":                             "Canteen",
		"SEPA":                                "SEPA",
		"Léa Petit":                           "Léa Petit",
		"12\u00a0repas réservés":              "12 meals booked",
		"1\u202f250 repas réservés":           "1 250 meals booked",
		"Fermeture 12/12/2026 ajoutée":        "Closure 12/12/2026 added",
		"Fermeture lundi 14 décembre ajoutée": "Closure Monday 14 December added",
		"Dernière sauvegarde\u00a0: jeudi 26 novembre 2026 à 10\u00a0h\u00a000": "Last backup: Thursday 26 November 2026 at 10:00",
		"La sauvegarde n’est pas faite. Le disque est plein.":                   "The backup was not made. The disk is full.",
		"Deux lignes\nici":                  "Two lines\nhere",
		"cantine, Léa":                      "canteen, Léa",
		"Cantine · Porte-monnaie":           "Canteen · Wallet",
		"«\u00a0Porte-monnaie\u00a0»":       "“Wallet”",
		"«\u00a0inconnu\u00a0»":             "«\u00a0inconnu\u00a0»",
		"Marseille":                         "Marseille", // not the month of March
		"Mme Mai":                           "Mme Mai",
		"Mardi":                             "Tuesday",
		"Semaine du 1er mars au 5 mars":     "Week from 1 March to 5 March",
		"Facture 2026000101, le 3 mars":     "Facture 2026000101, on 3 March",
		"Vérifiez d’abord, le nom a changé": "Vérifiez d’abord, le nom a changé",
		"":                                  "",
	} {
		if got := Say(french); got != want {
			t.Errorf("%q is said %q, want %q", french, got, want)
		}
		if got := Say(french); got != want {
			t.Errorf("%q is said %q the second time", french, got)
		}
	}
	if got := Say(Say("Dernière sauvegarde : jeudi 26 novembre")); got != "Last backup: Thursday 26 November" {
		t.Errorf("twice: %q", got)
	}
}

func TestSayForgetsWithoutEnd(t *testing.T) {
	b, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxKnown {
		b.say(strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune(0x4e00+i)))
	}
	if len(b.known) > maxKnown {
		t.Errorf("%d texts kept", len(b.known))
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no tab":       "Annuler Cancel",
		"no English":   "Annuler\t",
		"no French":    "\tCancel",
		"holes differ": "Fermeture {1}\tClosing {2}",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	if err := Use(English, sample); err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := Use(French, ""); err != nil {
			b.Error(err)
		}
	}()
	for b.Loop() {
		Say("Fermeture lundi 14 décembre ajoutée")
	}
}

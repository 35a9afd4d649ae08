package receipt

import (
	"strings"

	"ardoise/data/money"
)

var units = [...]string{
	"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf",
	"dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
}

var tens = [...]string{2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}

// scales are the nouns above the thousand; unlike « mille » they take an s.
var scales = [...]struct {
	size uint64
	name string
}{
	{1_000_000_000_000_000, "billiard"},
	{1_000_000_000_000, "billion"},
	{1_000_000_000, "milliard"},
	{1_000_000, "million"},
}

// Words writes an amount in French as a receipt states it: « mille deux cent
// cinquante euros et quarante centimes ». Spelling before the 1990 reform, as
// public cash offices use it.
func Words(c money.Cents) string {
	sign, u := "", uint64(c)
	if c < 0 {
		sign, u = "moins ", -u
	}
	euros, cents := u/100, u%100
	switch {
	case cents == 0:
		return sign + eurosInWords(euros)
	case euros == 0:
		return sign + centsInWords(cents)
	}
	return sign + eurosInWords(euros) + " et " + centsInWords(cents)
}

func eurosInWords(n uint64) string {
	switch {
	case n <= 1:
		return integer(n) + " euro"
	case n%1_000_000 == 0:
		return integer(n) + " d’euros" // « un million d’euros »: the scales are nouns
	}
	return integer(n) + " euros"
}

func centsInWords(n uint64) string {
	if n <= 1 {
		return integer(n) + " centime"
	}
	return integer(n) + " centimes"
}

func integer(n uint64) string {
	if n == 0 {
		return units[0]
	}
	var parts []string
	for _, s := range scales {
		if q := n / s.size; q > 0 {
			name := s.name
			if q > 1 {
				name += "s"
			}
			// « deux cents millions »: before a noun the s stays.
			parts = append(parts, below1000(q, true)+" "+name)
			n %= s.size
		}
	}
	if q := n / 1000; q > 0 {
		if q > 1 {
			// « deux cent mille », « quatre-vingt mille »: no s before mille.
			parts = append(parts, below1000(q, false))
		}
		parts = append(parts, "mille")
		n %= 1000
	}
	if n > 0 {
		parts = append(parts, below1000(n, true))
	}
	return strings.Join(parts, " ")
}

// below1000 writes 1 to 999; plural lets « cents » and « quatre-vingts » take
// their s, which they do only at the end of a number.
func below1000(n uint64, plural bool) string {
	hundreds, rest := n/100, n%100
	if hundreds == 0 {
		return below100(rest, plural)
	}
	text := "cent"
	if hundreds > 1 {
		text = units[hundreds] + " cent"
		if rest == 0 && plural {
			text += "s"
		}
	}
	if rest > 0 {
		text += " " + below100(rest, plural)
	}
	return text
}

func below100(n uint64, plural bool) string {
	if n < 20 {
		return units[n]
	}
	ten, unit := n/10, n%10
	if ten == 7 || ten == 9 { // soixante-dix, quatre-vingt-dix: count from ten
		ten, unit = ten-1, unit+10
	}
	text := tens[ten]
	switch {
	case unit == 0 && ten == 8 && plural:
		return text + "s"
	case unit == 0:
		return text
	case (unit == 1 || unit == 11) && ten != 8:
		return text + " et " + units[unit]
	}
	return text + "-" + units[unit]
}

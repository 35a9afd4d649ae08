package phrase

import (
	"bytes"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

func TestPhraseCanBeReadBack(t *testing.T) {
	s := Sheet{Database: "saint-marcel.db", Agent: "Hélène Borel", Phrase: "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", Program: "Ardoise 1.0", MadeAt: calendar.MustISO("2026-11-24").At(13, 46)}
	var b bytes.Buffer
	if err := PDF(t.Context(), &b, s); err != nil {
		t.Fatal(err)
	}
	text := pagetest.Text(t, b.Bytes())
	for _, want := range []string{s.Phrase, "saint-marcel.db", "Hélène Borel", "mardi 24 novembre 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the sheet:\n%s", want, text)
		}
	}
}

func TestNoPhraseNoSheet(t *testing.T) {
	err := PDF(t.Context(), &bytes.Buffer{}, Sheet{MadeAt: calendar.MustISO("2026-11-24").At(8, 0)})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}

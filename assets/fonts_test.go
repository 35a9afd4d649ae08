package assets

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

// What French documents print must be drawn, not shown as an empty box.
const needed = "ABCXYZabcxyz0123456789àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ" +
	"«»‹›’‘“”–—…·•°№ᵉʳ€%&@#/\\|_-+=*<>()[]{}!?;:,.'\"\u00a0\u202f\u2011łŁžŽšŠđĐñÑøØåÅßğşıİαωΑΩбяБЯ\uFFFD"

func TestFontsHaveTheGlyphsOfOurDocuments(t *testing.T) {
	for name, data := range map[string][]byte{"regular": FontRegular(), "bold": FontBold()} {
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range needed {
			if i, err := f.GlyphIndex(nil, r); err != nil || i == 0 {
				t.Errorf("%s: no glyph for %q U+%04X (%v)", name, r, r, err)
			}
		}
	}
}

func TestFontsAreFreshCopies(t *testing.T) {
	for name, get := range map[string]func() []byte{"regular": FontRegular, "bold": FontBold} {
		a := get()
		first := a[0]
		a[0] ^= 0xFF
		if b := get(); b[0] != first {
			t.Errorf("%s: a write into one copy is seen in the next", name)
		}
	}
	if len(FontRegular())+len(FontBold()) > 400_000 {
		t.Error("the fonts have grown: check the subset")
	}
}

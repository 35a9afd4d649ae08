package assets_test

import (
	"bytes"
	"strings"
	"testing"

	"ardoise/assets"
)

func TestEveryIconIsOneRecolourableDrawing(t *testing.T) {
	names := assets.IconNames()
	if len(names) < 80 {
		t.Fatalf("only %d icons embedded", len(names))
	}
	for _, n := range names {
		b := assets.Icon(n)
		if !bytes.Contains(b, []byte(`viewBox="0 0 24 24"`)) {
			t.Errorf("%s is not on the 24 px grid", n)
		}
		if !strings.Contains(string(b), assets.IconInk) || bytes.Contains(b, []byte("stroke=")) {
			t.Errorf("%s is not a filled path in the common ink", n)
		}
	}
	if assets.Icon("no-such-drawing") != nil {
		t.Error("an unknown icon must be nil")
	}
	for _, n := range []string{"circle-x", "chef", "clipboard"} {
		if assets.Icon(n) == nil {
			t.Errorf("alias %s leads nowhere", n)
		}
	}
}

func TestLogoAndTranslations(t *testing.T) {
	if !bytes.Contains(assets.Logo(), []byte("<svg")) || !bytes.Contains(assets.French(), []byte("Annuler")) {
		t.Error("logo or French words missing")
	}
}

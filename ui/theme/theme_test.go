package theme

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
)

func TestEveryTokenHasItsColourInEveryLook(t *testing.T) {
	for tok := range light {
		for name, p := range map[Look]palette{Dark: dark, Contrast: contrast} {
			if _, ok := p[tok]; !ok {
				t.Errorf("%s has no %s", name, tok)
			}
		}
	}
	if got := light[Accent]; got.R != 0x0a || got.G != 0x6c || got.B != 0x68 || got.A != 255 {
		t.Errorf("accent is %v", got)
	}
	if got := light[Voile]; got.A != 0x73 {
		t.Errorf("the scrim is %v, 45 %% wanted", got)
	}
}

func TestThemeAnswersTheToolkit(t *testing.T) {
	th := New("unknown", 120)
	if th.Look() != Light || th.Percent() != 120 {
		t.Errorf("%s %d", th.Look(), th.Percent())
	}
	if c := th.Color(fynetheme.ColorNamePrimary, fynetheme.VariantDark); c != light[Accent] {
		t.Errorf("primary is %v whatever the system wants", c)
	}
	if th.Font(fyne.TextStyle{Bold: true, Underline: true}) == nil || th.Size(fynetheme.SizeNameText) != 13*1.2 {
		t.Error("font or size missing")
	}
	if th.Icon(fynetheme.IconNameVisibility) == nil || th.Icon(fynetheme.IconNameConfirm) == nil {
		t.Error("an icon is missing")
	}
}

func TestIconTakesTheColour(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(New(Light, 100))
	if r := Icon("lock", Erreur); !bytes.Contains(r.Content(), []byte("#ce0500")) || bytes.Contains(r.Content(), []byte("#18222b")) {
		t.Error("the lock is not red")
	}
	a.Settings().SetTheme(New(Dark, 100))
	if r := Icon("lock", Erreur); bytes.Contains(r.Content(), []byte("#ce0500")) {
		t.Error("the dark look shows the light look's red")
	}
	if Icon("no such icon", Encre) == nil {
		t.Error("an unknown icon must still draw something")
	}
}

func TestToolkitSpeaksFrench(t *testing.T) {
	test.NewTempApp(t)
	if err := LoadFrench(); err != nil {
		t.Fatal(err)
	}
	if got := lang.L("Copy"); got != "Copier" {
		t.Errorf("Copy is %q", got)
	}
	if u, c := lang.L("Undo"), lang.L("Cancel"); u == c {
		t.Errorf("undo and cancel are both %q", u)
	}
}

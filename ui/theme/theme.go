// Package theme is the room of the look: named colours (light, dark, high
// contrast), text sizes with the agent's scale, icons in the colour asked for,
// and the fyne.Theme that gives the same look to the toolkit's own widgets.
// It draws nothing and knows no screen.
package theme

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynetheme "fyne.io/fyne/v2/theme"

	"ardoise/assets"
)

// Look is one of the three palettes.
type Look string

// The looks offered; Light is what a new installation shows.
const (
	Light    Look = "light"
	Dark     Look = "dark"
	Contrast Look = "contrast"
)

// Theme is the fyne.Theme of Ardoise.
type Theme struct {
	look    Look
	palette palette
	scale   float32
}

// New returns a theme; percent is the text scale, kept between 100 and 150.
func New(look Look, percent int) *Theme {
	p := light
	switch look {
	case Dark:
		p = dark
	case Contrast:
		p = contrast
	default:
		look = Light
	}
	return &Theme{look: look, palette: p, scale: float32(min(max(percent, 100), 150)) / 100}
}

// Look tells which palette this theme shows.
func (t *Theme) Look() Look { return t.look }

// Percent tells the text scale, 100 to 150.
func (t *Theme) Percent() int { return int(math.Round(float64(t.scale * 100))) }

var fallback = New(Light, 100)

// Active returns the running theme: the application's if it is ours, else the light one.
func Active() *Theme {
	if a := fyne.CurrentApp(); a != nil {
		if t, ok := a.Settings().Theme().(*Theme); ok {
			return t
		}
	}
	return fallback
}

// Of returns the active colour of a token; None is transparent.
func Of(tok Token) color.Color {
	if tok == None {
		return color.Transparent
	}
	if c, ok := Active().palette[tok]; ok {
		return c
	}
	return color.Transparent
}

// Size of text in px before the agent's scale.
const (
	Hero    float32 = 44 // hero figure
	Total   float32 = 28 // totals
	Page    float32 = 20 // page and dialog title
	Panel   float32 = 16 // panel title
	Card    float32 = 14 // card title, rail
	Body    float32 = 13 // body, cells
	Small   float32 = 12 // help, headers, badges
	KeyHint float32 = 11 // key hints and narrow day heads only
)

// Text scales a text size by the agent's choice.
func Text(px float32) float32 { return px * Active().scale }

// Px scales a height or an icon with the text, rounded to whole pixels.
func Px(px float32) float32 {
	s := Active().scale
	if s == 1 {
		return px
	}
	return float32(math.Round(float64(px * s)))
}

// Wide scales a fixed width by half of the text scale: wide enough for longer
// words without eating the page.
func Wide(px float32) float32 {
	return float32(math.Round(float64(px * (1 + (Active().scale-1)/2))))
}

var iconCache sync.Map

// Icon returns a drawing filled with the colour of a token; an unknown name
// gives a plain circle, so a typing mistake is seen and does not crash.
func Icon(name string, ink Token) fyne.Resource {
	c := color.NRGBAModel.Convert(Of(ink)).(color.NRGBA)
	key := fmt.Sprintf("%s-%02x%02x%02x.svg", name, c.R, c.G, c.B)
	if r, ok := iconCache.Load(key); ok {
		return r.(fyne.Resource)
	}
	src := assets.Icon(name)
	if src == nil {
		src = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#18222b" d="M12 4C16.4 4 20 7.6 20 12C20 16.4 16.4 20 12 20C7.6 20 4 16.4 4 12C4 7.6 7.6 4 12 4Z"/></svg>`)
	}
	ink16 := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	r := fyne.NewStaticResource(key, bytes.ReplaceAll(src, []byte(assets.IconInk), []byte(ink16)))
	iconCache.Store(key, r)
	return r
}

// Logo returns the coloured drawing.
func Logo() fyne.Resource { return fyne.NewStaticResource("ardoise-logo.svg", assets.Logo()) }

// LoadFrench makes the toolkit speak French whatever the machine's language:
// the same words are loaded under fr and under en, the toolkit's last resort.
func LoadFrench() error {
	for _, l := range []fyne.Locale{"fr", "en"} {
		if err := lang.AddTranslationsForLocale(assets.French(), l); err != nil {
			return fmt.Errorf("theme: French words under %s: %w", l, err)
		}
	}
	return nil
}

// fyneNames gives the toolkit's roles their house colour.
var fyneNames = map[fyne.ThemeColorName]Token{
	fynetheme.ColorNameBackground: Ardoise50, fynetheme.ColorNameButton: Blanc, fynetheme.ColorNameDisabledButton: Ardoise100,
	fynetheme.ColorNameDisabled: Ardoise600, fynetheme.ColorNameError: Erreur, fynetheme.ColorNameFocus: AccentLigne,
	fynetheme.ColorNameForeground: Encre, fynetheme.ColorNameForegroundOnError: SurAccent, fynetheme.ColorNameForegroundOnPrimary: SurAccent,
	fynetheme.ColorNameForegroundOnSuccess: SurAccent, fynetheme.ColorNameForegroundOnWarning: SurAccent,
	fynetheme.ColorNameHeaderBackground: Blanc, fynetheme.ColorNameHover: Ardoise100, fynetheme.ColorNameHyperlink: Accent,
	fynetheme.ColorNameInnerWindowBorder: Ardoise300, fynetheme.ColorNameInputBackground: Blanc, fynetheme.ColorNameInputBorder: Ardoise400,
	fynetheme.ColorNameMenuBackground: Blanc, fynetheme.ColorNameOverlayBackground: Blanc, fynetheme.ColorNamePlaceHolder: Ardoise600,
	fynetheme.ColorNamePressed: Ardoise200, fynetheme.ColorNamePrimary: Accent, fynetheme.ColorNameScrollBar: Ardoise300,
	fynetheme.ColorNameScrollBarBackground: None, fynetheme.ColorNameSelection: AccentClair, fynetheme.ColorNameSeparator: Ardoise200,
	fynetheme.ColorNameShadow: Ombre, fynetheme.ColorNameSuccess: Succes, fynetheme.ColorNameWarning: Alerte,
}

// Color answers house tokens and the toolkit's names; the system's wish for
// dark or light is ignored, because the agent chooses the look in Ardoise.
func (t *Theme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if c, ok := t.palette[n]; ok {
		return c
	}
	if tok, ok := fyneNames[n]; ok {
		if tok == None {
			return color.Transparent
		}
		return t.palette[tok]
	}
	v := fynetheme.VariantLight
	if t.look == Dark {
		v = fynetheme.VariantDark
	}
	return fynetheme.DefaultTheme().Color(n, v)
}

// Font is Noto Sans, regular or bold. Underline is dropped on purpose: the
// toolkit's face is the same with and without it.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	s.Underline = false
	return fynetheme.DefaultTheme().Font(s)
}

// Icon gives the toolkit's own icons, with ours where the meaning is the same.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource {
	switch n {
	case fynetheme.IconNameVisibility:
		return Icon("eye", Ardoise600)
	case fynetheme.IconNameVisibilityOff:
		return Icon("eye-off", Ardoise600)
	case fynetheme.IconNameArrowDropDown:
		return Icon("chevron-down", Ardoise600)
	}
	return fynetheme.DefaultTheme().Icon(n)
}

// Size gives the toolkit's widgets our measures.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case fynetheme.SizeNameText:
		return Body * t.scale
	case fynetheme.SizeNameCaptionText:
		return Small * t.scale
	case fynetheme.SizeNameHeadingText:
		return Page * t.scale
	case fynetheme.SizeNameSubHeadingText:
		return Panel * t.scale
	case fynetheme.SizeNameInlineIcon:
		return 16 * t.scale
	case fynetheme.SizeNameInnerPadding:
		return 8
	case fynetheme.SizeNamePadding:
		return 4
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameSelectionRadius, fynetheme.SizeNameMenuRadius, fynetheme.SizeNamePopupRadius:
		return 4
	case fynetheme.SizeNameDialogRadius, fynetheme.SizeNameCardRadius:
		return 6
	case fynetheme.SizeNameScrollBar:
		return 8
	case fynetheme.SizeNameScrollBarSmall:
		return 4
	case fynetheme.SizeNameModalBlurRadius:
		return 0 // a blurred page costs a frame without a GPU
	}
	return fynetheme.DefaultTheme().Size(n)
}

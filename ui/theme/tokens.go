package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Token names a colour of the house; it is also a Fyne colour name, so the
// toolkit's own widgets can be asked for it.
type Token = fyne.ThemeColorName

// The palette of the mock-ups. In the dark and high-contrast looks the same
// names give the colour with the same role.
const (
	None         Token = ""             // nothing is drawn
	Encre        Token = "encre"        // text
	Ardoise900   Token = "ardoise900"   // rail, toast, slate card
	Ardoise800   Token = "ardoise800"   // selected rail entry
	Ardoise700   Token = "ardoise700"   // rail lines, avatar
	Ardoise600   Token = "ardoise600"   // secondary text, icons
	Ardoise500   Token = "ardoise500"   // muted text, bars
	Ardoise400   Token = "ardoise400"   // field borders, never text
	Ardoise300   Token = "ardoise300"   // strong lines
	Ardoise200   Token = "ardoise200"   // 1 px lines
	Ardoise100   Token = "ardoise100"   // neutral fill, closed days
	Ardoise50    Token = "ardoise50"    // page background
	Blanc        Token = "blanc"        // cards
	Craie        Token = "craie"        // on slate only
	Accent       Token = "accent"       // primary, focus, selection
	AccentFonce  Token = "accentFonce"  // pressed primary, key hint on primary
	AccentClair  Token = "accentClair"  // selected fill
	Succes       Token = "succes"       // done
	SuccesClair  Token = "succesClair"  // its light fill
	Erreur       Token = "erreur"       // refused, debt
	ErreurClair  Token = "erreurClair"  // its light fill
	Alerte       Token = "alerte"       // to watch
	AlerteClair  Token = "alerteClair"  // its light fill
	Info         Token = "info"         // to handle, being done
	InfoClair    Token = "infoClair"    // its light fill
	SurAccent    Token = "surAccent"    // text on solid accent, success, error
	SurArdoise   Token = "surArdoise"   // text on the rail and the toast
	SurArdoise2  Token = "surArdoise2"  // secondary text on the rail
	SurCraie     Token = "surCraie"     // text on chalk
	Voile        Token = "voile"        // scrim under a dialog
	Ombre        Token = "ombre"        // shadow of a dialog
	AccentLigne  Token = "accentLigne"  // border of a light accent fill
	SuccesLigne  Token = "succesLigne"  // border of a light success fill
	ErreurLigne  Token = "erreurLigne"  // border of a light error fill
	AlerteLigne  Token = "alerteLigne"  // border of a light warning fill
	InfoLigne    Token = "infoLigne"    // border of a light info fill
	FocusAnneau  Token = "focusAnneau"  // ring around a focused cell
	FocusArdoise Token = "focusArdoise" // ring around what is focused on slate
)

// hex reads #rrggbb or #rrggbbaa; the palettes below are constants, so a bad
// one is a programming fault that the palette test finds.
func hex(s string) color.NRGBA {
	var v [4]uint8
	v[3] = 255
	for i := 0; i+2 < len(s) && i/2 < 4; i += 2 {
		v[i/2] = nibble(s[i+1])<<4 | nibble(s[i+2])
	}
	return color.NRGBA{R: v[0], G: v[1], B: v[2], A: v[3]}
}

func nibble(c byte) uint8 {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0
}

type palette map[Token]color.NRGBA

var light = palette{
	Encre: hex("#18222b"), Ardoise900: hex("#1f2c37"), Ardoise800: hex("#2c3c49"), Ardoise700: hex("#3b4d5b"),
	Ardoise600: hex("#465766"), Ardoise500: hex("#586a79"), Ardoise400: hex("#7b8c99"), Ardoise300: hex("#b4c2cc"),
	Ardoise200: hex("#d5dde3"), Ardoise100: hex("#e8edf1"), Ardoise50: hex("#f3f6f8"), Blanc: hex("#ffffff"),
	Craie: hex("#a9dccd"), Accent: hex("#0a6c68"), AccentFonce: hex("#085653"), AccentClair: hex("#e0f1ee"),
	Succes: hex("#18753c"), SuccesClair: hex("#e3f4e8"), Erreur: hex("#ce0500"), ErreurClair: hex("#fdecea"),
	Alerte: hex("#b34000"), AlerteClair: hex("#fdf0e3"), Info: hex("#0063cb"), InfoClair: hex("#e6f0fb"),
	SurAccent: hex("#ffffff"), SurArdoise: hex("#ffffff"), SurArdoise2: hex("#b4c2cc"), SurCraie: hex("#18222b"),
	Voile: hex("#18222b73"), Ombre: hex("#18222b38"),
	AccentLigne: hex("#9fcdc6"), SuccesLigne: hex("#a8d5b6"), ErreurLigne: hex("#f3b5b1"), AlerteLigne: hex("#efc9a3"), InfoLigne: hex("#a9cbf0"),
	FocusAnneau: hex("#18222b"), FocusArdoise: hex("#a9dccd"),
}

// dark keeps the roles: text light on slate, the rail darker than the page.
var dark = palette{
	Encre: hex("#eef2f5"), Ardoise900: hex("#0f161c"), Ardoise800: hex("#243441"), Ardoise700: hex("#3b4d5b"),
	Ardoise600: hex("#bccad4"), Ardoise500: hex("#a3b3bf"), Ardoise400: hex("#8496a3"), Ardoise300: hex("#5a6c7a"),
	Ardoise200: hex("#3a4a57"), Ardoise100: hex("#2b3945"), Ardoise50: hex("#151e25"), Blanc: hex("#1e2932"),
	Craie: hex("#a9dccd"), Accent: hex("#6fd0bd"), AccentFonce: hex("#a9dccd"), AccentClair: hex("#1c3f40"),
	Succes: hex("#7fd69b"), SuccesClair: hex("#1b3a28"), Erreur: hex("#ff9a93"), ErreurClair: hex("#47211f"),
	Alerte: hex("#ffb27a"), AlerteClair: hex("#432b18"), Info: hex("#8fc1ff"), InfoClair: hex("#1b3350"),
	SurAccent: hex("#0f161c"), SurArdoise: hex("#ffffff"), SurArdoise2: hex("#b4c2cc"), SurCraie: hex("#18222b"),
	Voile: hex("#000000a0"), Ombre: hex("#00000080"),
	AccentLigne: hex("#3d7f78"), SuccesLigne: hex("#3c7a52"), ErreurLigne: hex("#97504b"), AlerteLigne: hex("#8d5c33"), InfoLigne: hex("#3f6ea3"),
	FocusAnneau: hex("#ffffff"), FocusArdoise: hex("#a9dccd"),
}

// contrast is black on white with strong lines: every text at 7:1 or more.
var contrast = palette{
	Encre: hex("#000000"), Ardoise900: hex("#000000"), Ardoise800: hex("#26333d"), Ardoise700: hex("#575757"),
	Ardoise600: hex("#1a1a1a"), Ardoise500: hex("#262626"), Ardoise400: hex("#000000"), Ardoise300: hex("#000000"),
	Ardoise200: hex("#595959"), Ardoise100: hex("#e6e6e6"), Ardoise50: hex("#ffffff"), Blanc: hex("#ffffff"),
	Craie: hex("#c8fff0"), Accent: hex("#00403d"), AccentFonce: hex("#002624"), AccentClair: hex("#d3f5ef"),
	Succes: hex("#00401a"), SuccesClair: hex("#ddf7e4"), Erreur: hex("#8f0000"), ErreurClair: hex("#ffe6e3"),
	Alerte: hex("#6b2600"), AlerteClair: hex("#ffefdc"), Info: hex("#003c80"), InfoClair: hex("#e0eeff"),
	SurAccent: hex("#ffffff"), SurArdoise: hex("#ffffff"), SurArdoise2: hex("#ffffff"), SurCraie: hex("#000000"),
	Voile: hex("#000000b0"), Ombre: hex("#00000080"),
	AccentLigne: hex("#00403d"), SuccesLigne: hex("#00401a"), ErreurLigne: hex("#8f0000"), AlerteLigne: hex("#6b2600"), InfoLigne: hex("#003c80"),
	FocusAnneau: hex("#000000"), FocusArdoise: hex("#ffff00"),
}

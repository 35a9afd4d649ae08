// Icons, logo and the toolkit's French words; ui/theme decides their colour.

package assets

import (
	"embed"
	"sort"
	"strings"
)

//go:embed icons/*.svg
var icons embed.FS

//go:embed logo.svg
var logo []byte

//go:embed translations/fr.json
var french []byte

// IconInk is the fill every icon is drawn with; recolouring replaces it.
const IconInk = "#18222b"

// Icon returns the drawing of that name (24 px grid, one filled path), nil if
// there is none. A few names of the mock-ups that have no drawing of their own
// are answered with the nearest one.
func Icon(name string) []byte {
	if near, ok := aliases[name]; ok {
		name = near
	}
	b, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil // unknown name: the caller draws a plain circle instead
	}
	return b
}

// aliases maps the words of the mock-ups onto the drawings we have.
var aliases = map[string]string{
	"circle-x": "circle-cross", "clipboard": "request", "chef": "kitchen",
	"euro": "cash", "pin": "home", "x": "cross", "utensils": "fork-knife",
	"login": "logout", "reply": "undo", "up-down": "chevron-down",
}

// IconNames lists the drawings, sorted.
func IconNames() []string {
	entries, err := icons.ReadDir("icons")
	if err != nil {
		return nil // cannot happen: the folder is embedded
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".svg"))
	}
	sort.Strings(out)
	return out
}

// Logo returns the coloured drawing (SVG, 64 px grid).
func Logo() []byte { return logo }

// French returns the toolkit's own words in French (JSON, go-i18n form).
func French() []byte { return french }

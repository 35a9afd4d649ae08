// Package assets is the room of embedded files: fonts, icons, calendars, pages.
// It holds bytes and hands them out; it never decides anything.
package assets

import _ "embed"

// The fonts are kept as strings: nobody can write into them.
var (
	//go:embed fonts/NotoSans-Regular.ttf
	fontRegular string
	//go:embed fonts/NotoSans-Bold.ttf
	fontBold string
)

// FontRegular returns Noto Sans (Latin, Greek, Cyrillic, punctuation) as a
// TrueType file, in a fresh copy each time: gofpdf writes into the bytes it is
// given, so two documents must never share them.
func FontRegular() []byte { return []byte(fontRegular) }

// FontBold returns Noto Sans Bold, in a fresh copy each time (see FontRegular).
func FontBold() []byte { return []byte(fontBold) }

package assets

import "embed"

// Help holds the pages of the help, one a screen: French Markdown (headings,
// paragraphs, lists, bold, `keys`) whose picture is one of Screenshots.
//
//go:embed help/*.md
var Help embed.FS

// Screenshots holds the pictures of the screens that the help shows, as
// "make screenshots" takes them.
//
//go:embed screenshots/*.png
var Screenshots embed.FS

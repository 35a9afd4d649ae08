package assets

import _ "embed"

//go:embed translations/english.tsv
var english string

// English returns the window's dictionary: a line a text, French, a tab,
// English (ui/words reads it).
func English() string { return english }

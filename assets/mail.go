package assets

import "embed"

// Mail holds the templates of the letters to families as the program brings
// them, one file a template of data/letter: plain French with fields in braces,
// the first line the subject.
//
//go:embed mail/*.txt
var Mail embed.FS

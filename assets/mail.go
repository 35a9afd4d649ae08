package assets

import "embed"

// Mail holds the templates of the letters to families (text/template); the
// first line of each is the subject.
//
//go:embed mail/*.txt
var Mail embed.FS

package assets

import _ "embed"

// AppIcon is the program's icon (PNG, 512 px), the same the packager uses.
//
//go:embed icon.png
var AppIcon []byte

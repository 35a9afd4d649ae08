package assets

import _ "embed"

// Dombes is the catalog the program comes with: the 36 communes of the Dombes
// and example services in two of them, as TOML for catalog.Load.
//
//go:embed catalog/dombes.toml
var Dombes []byte

package staff

import (
	"ardoise/data/store"
	"ardoise/data/vault"
)

// DemoTx is IsDemo inside a transaction of a higher floor: what a demonstration
// must never do (send a letter) asks it first.
func DemoTx(tx *store.Tx) (bool, error) { return isDemo(tx) }

// DemoKey opens the wrapping of a demonstration, for who reads one of its
// copies: everything in it is fictitious, its phrase is no secret.
func DemoKey(w vault.Wrapping) (*vault.Key, error) { return w.Unwrap(demoPhrase) }

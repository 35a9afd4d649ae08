package staff

import "ardoise/data/store"

// DemoTx is IsDemo inside a transaction of a higher floor: what a demonstration
// must never do (send a letter) asks it first.
func DemoTx(tx *store.Tx) (bool, error) { return isDemo(tx) }

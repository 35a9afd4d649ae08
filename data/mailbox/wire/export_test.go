package wire

import "time"

// SetGrace shortens the moment of grace; the function given back restores it.
func SetGrace(d time.Duration) func() {
	old := graceEnd
	graceEnd = d
	return func() { graceEnd = old }
}

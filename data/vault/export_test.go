package vault

import "bytes"

// Master gives the key's bytes to the tests that look for them where they must not be.
func Master(k *Key) []byte { return bytes.Clone(k.master) }

// HoldsMaster reports whether the key's bytes are in raw.
func HoldsMaster(k *Key, raw []byte) bool { return bytes.Contains(raw, k.master) }

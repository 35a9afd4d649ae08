package store

// The judges of network shares.
var (
	ShareKind    = shareKind
	NetworkShare = networkShare
)

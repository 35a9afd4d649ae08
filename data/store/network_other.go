//go:build !linux && !windows

package store

import "golang.org/x/sys/unix"

// networkShare gives the kind of network share dir is on, "" when it is local.
func networkShare(dir string) string {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil || st.Flags&unix.MNT_LOCAL != 0 {
		return ""
	}
	return unix.ByteSliceToString(st.Fstypename[:])
}

package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// forget drops what the system remembers of a synced file, so that reading it
// again asks the disk. It is a wish: where it is not granted nothing is lost.
func forget(f *os.File) {
	if raw, err := f.SyscallConn(); err == nil {
		granted := raw.Control(func(fd uintptr) { err = unix.Fadvise(int(fd), 0, 0, unix.FADV_DONTNEED) })
		if granted != nil || err != nil {
			return
		}
	}
}

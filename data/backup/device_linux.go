package backup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// deviceOf names the disk a path lies on, "" for one that forgets: memory keeps
// nothing, and counts as no place. Two parts of one disk are one disk.
func deviceOf(path string) (string, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return "", err
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return "", err
	}
	if kind := uint32(fs.Type); kind == unix.TMPFS_MAGIC || kind == unix.RAMFS_MAGIC { //nolint:unconvert // its size is the processor's
		return "", nil
	}
	dev := fmt.Sprintf("%d:%d", unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev))) //nolint:unconvert // its size is the processor's
	whole, err := filepath.EvalSymlinks("/sys/dev/block/" + dev)
	if err != nil {
		return dev, nil //nolint:nilerr // a share, or a container: the number is all there is
	}
	if _, err := os.Stat(filepath.Join(whole, "partition")); err == nil {
		whole = filepath.Dir(whole)
	}
	return strings.TrimPrefix(whole, "/sys/devices/"), nil
}

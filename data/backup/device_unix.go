//go:build unix && !linux

package backup

import (
	"fmt"
	"syscall"
)

// deviceOf names the volume a path lies on by its number.
func deviceOf(path string) (string, error) {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return "", err
	}
	return fmt.Sprint(st.Dev), nil
}

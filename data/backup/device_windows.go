package backup

import (
	"os"
	"path/filepath"
	"strings"
)

// deviceOf names the volume a path lies on: its letter, or the share.
func deviceOf(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return strings.ToLower(filepath.VolumeName(whole)), nil
}

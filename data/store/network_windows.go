package store

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// networkShare gives the kind of network share dir is on, "" when it is local.
func networkShare(dir string) string {
	volume := filepath.VolumeName(dir)
	if len(volume) > 2 && volume[0] == '\\' && volume[:4] != `\\?\` {
		return "UNC"
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return ""
	}
	if windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "lecteur réseau " + volume
	}
	return ""
}

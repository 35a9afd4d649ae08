package store_test

import (
	"testing"

	"ardoise/data/store"
)

func TestNetworkShares(t *testing.T) {
	const mounts = `36 35 98:0 / / rw,noatime shared:1 - ext4 /dev/root rw
40 36 0:32 / /mnt/mairie\040commune rw - fuse.sshfs secretaire@serveur:/ rw
41 36 0:33 / /mnt/mairie\040commune/usb rw - fuseblk /dev/sdb1 rw
42 36 0:34 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
`
	for _, c := range []struct {
		magic int64
		dir   string
		want  string
	}{
		{0xEF53, "/srv", ""},      // ext4
		{0x01021994, "/tmp", ""},  // tmpfs
		{0x9123683E, "/data", ""}, // btrfs
		{0x794C7630, "/", ""},     // overlay
		{0x6969, "/srv", "NFS"},
		{0xFF534D42, "/srv", "CIFS"},
		{0xFE534D42, "/srv", "SMB2"},
		{0x01021997, "/mnt/c", "9P"},
		{0x65735546, "/mnt/mairie commune/x", "fuse.sshfs"},
		{0x65735546, "/mnt/mairie commune/usb/x", ""},
		{0x65735546, "/mnt/mairie commune bis", "ext4"}, // not below: FUSE, and not known as local
		{0x65735546, "/run/user/1000/gvfs/smb-share", "fuse.gvfsd-fuse"},
	} {
		if got := store.ShareKind(c.magic, c.dir, mounts); got != c.want {
			t.Errorf("%x %s: %q, want %q", c.magic, c.dir, got, c.want)
		}
	}
	if got := store.NetworkShare(t.TempDir()); got != "" {
		t.Errorf("a local folder is said to be on %s", got)
	}
}

package store

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// shareKinds are file systems whose locks and shared memory SQLite cannot rely on.
var shareKinds = map[int64]string{
	0x6969:     "NFS",
	0x517B:     "SMB",
	0xFF534D42: "CIFS",
	0xFE534D42: "SMB2",
	0x564C:     "NCP",
	0x5346414F: "AFS",
	0x6B414653: "AFS",
	0x73757245: "Coda",
	0x00C36400: "Ceph",
	0x0BD00BD0: "Lustre",
	0x01021997: "9P",
}

const fuseMagic = 0x65735546

// localFuse are FUSE file systems of a local disk; any other is taken for a
// distant one.
var localFuse = map[string]bool{"fuseblk": true, "fuse.lxcfs": true, "fuse.mergerfs": true, "fuse.fuse-overlayfs": true, "fuse.ntfs-3g": true, "fuse.gocryptfs": true, "fuse.encfs": true}

// networkShare gives the kind of network share dir is on, "" when it is local.
func networkShare(dir string) string {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "" // opening the file will say what is wrong
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		mounts = nil // without it a FUSE system cannot be told local: refused
	}
	return shareKind(int64(st.Type)&0xFFFFFFFF, dir, string(mounts))
}

// shareKind judges a file system by its magic number, and FUSE by its mount.
func shareKind(magic int64, dir, mounts string) string {
	if kind, ok := shareKinds[magic]; ok {
		return kind
	}
	if magic != fuseMagic {
		return ""
	}
	kind, best := "fuse", -1
	for line := range strings.Lines(mounts) {
		before, after, found := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if !found || len(fields) < 5 || len(strings.Fields(after)) == 0 {
			continue
		}
		point := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\134`, `\`).Replace(fields[4])
		inside := dir == point || point == "/" || strings.HasPrefix(dir, point+"/")
		if inside && len(point) >= best {
			best, kind = len(point), strings.Fields(after)[0]
		}
	}
	if localFuse[kind] {
		return ""
	}
	return kind
}

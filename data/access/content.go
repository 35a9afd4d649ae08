package access

import (
	"bytes"
	"image"
	_ "image/jpeg" // the two picture formats a family may send
	_ "image/png"
	"path"
	"strings"
	"unicode"

	"ardoise/data/fault"
)

// MaxSize is the largest document taken in, in bytes.
const MaxSize = 25 << 20

// maxPixels keeps a small file from asking for a huge picture in memory.
const maxPixels = 80_000_000

// Judge says what a document is by looking at its bytes, never at its name or
// at what the sender calls it. A truncated or disguised file is refused; a HEIC
// picture is taken in and cannot be looked at.
func Judge(content []byte) (media string, err error) {
	media, err = Sniff(content)
	if err != nil || !strings.HasPrefix(media, "image/") || media == HEIC {
		return media, err
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return "", fault.Wrap(fault.Invalid, err, "Cette image est abîmée ou incomplète : redemandez-la à la famille.")
	}
	return media, nil
}

// isPDF accepts the header anywhere in the first kilobyte, as readers do.
func isPDF(b []byte) bool {
	return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-"))
}

// CleanName keeps the last part of a file name, without control characters and
// no longer than 120 runes: it is only ever shown, never used as a path.
func CleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "\ufffd"), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "" || name == "." || name == "/" {
		return "document"
	}
	return name
}

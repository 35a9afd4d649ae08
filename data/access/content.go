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
// at what the sender calls it. A truncated or disguised file is refused.
func Judge(content []byte) (media string, err error) {
	switch {
	case len(content) == 0:
		return "", fault.New(fault.Invalid, "Le fichier est vide : redemandez-le à la famille.")
	case len(content) > MaxSize:
		return "", fault.New(fault.Invalid, "Le fichier dépasse 25 Mo : demandez un document plus léger ou une photo.")
	case isPDF(content):
		if !bytes.Contains(content[max(0, len(content)-2048):], []byte("%%EOF")) {
			return "", fault.New(fault.Invalid, "Ce PDF est incomplet : sa fin manque. Redemandez-le à la famille.")
		}
		return "application/pdf", nil
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG, quel que soit son nom. Demandez le document dans l’un de ces formats.")
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width*cfg.Height > maxPixels {
		return "", fault.New(fault.Invalid, "Cette image est trop grande (%d × %d points) : demandez une photo plus petite.", cfg.Width, cfg.Height)
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return "", fault.Wrap(fault.Invalid, err, "Cette image est abîmée ou incomplète : redemandez-la à la famille.")
	}
	return "image/" + format, nil
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

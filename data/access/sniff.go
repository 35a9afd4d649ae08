package access

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"

	"ardoise/data/fault"
)

// HEIC is the media type of the pictures of recent telephones: kept as they are,
// and not shown.
const HEIC = "image/heic"

// Sniff says what a document is by its first bytes and its end, without
// unfolding a picture: what it costs does not depend on what it holds. Judge
// also looks at the picture itself.
func Sniff(content []byte) (media string, err error) {
	switch {
	case len(content) == 0:
		return "", fault.New(fault.Invalid, "Le fichier est vide : redemandez-le à la famille.")
	case len(content) > MaxSize:
		return "", fault.New(fault.Invalid, "Le fichier dépasse 25 Mo : demandez un document plus léger ou une photo.")
	}
	if why := foreign(content); why != "" { // before PDF: an archive may hold one in its first bytes
		return "", fault.New(fault.Invalid, "%s", why)
	}
	switch {
	case isPDF(content):
		if !bytes.Contains(content[max(0, len(content)-2048):], []byte("%%EOF")) {
			return "", fault.New(fault.Invalid, "Ce PDF est incomplet : sa fin manque. Redemandez-le à la famille.")
		}
		return "application/pdf", nil
	case isHEIC(content):
		if !wholeBoxes(content) {
			return "", fault.New(fault.Invalid, "Cette image est abîmée ou incomplète : redemandez-la à la famille.")
		}
		return HEIC, nil
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "Ce fichier n’est ni un PDF, ni une photo JPEG, PNG ou HEIC, quel que soit son nom. Demandez le document dans l’un de ces formats.")
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width*cfg.Height > maxPixels {
		return "", fault.New(fault.Invalid, "Cette image est trop grande (%d × %d points) : demandez une photo plus petite.", cfg.Width, cfg.Height)
	}
	end := map[string][]byte{"jpeg": {0xFF, 0xD9}, "png": []byte("IEND")}[format]
	if !bytes.Contains(content[max(0, len(content)-64<<10):], end) {
		return "", fault.New(fault.Invalid, "Cette image est abîmée ou incomplète : redemandez-la à la famille.")
	}
	return "image/" + format, nil
}

// foreign names what is refused by its first bytes, so that the family can be
// told what to send instead; "" for what may be a document.
func foreign(b []byte) string {
	starts := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(b, []byte(m)) })
	}
	switch {
	case starts("PK\x03\x04") && (bytes.Contains(b[:min(len(b), 4096)], []byte("[Content_Types].xml")) || bytes.Contains(b[:min(len(b), 4096)], []byte("mimetypeapplication/vnd.oasis"))),
		starts("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "{\\rtf"):
		return "Fichier de bureautique (Word, Excel…) : il n’est pas ouvert. Ce n’est ni un PDF, ni une photo : demandez le document en PDF."
	case starts("PK\x03\x04", "PK\x05\x06", "Rar!\x1A\x07", "7z\xBC\xAF\x27\x1C", "\x1F\x8B", "BZh", "\xFD7zXZ\x00", "\x28\xB5\x2F\xFD", "MSCF"), len(b) > 262 && string(b[257:262]) == "ustar":
		return "Archive : elle n’est jamais ouverte. Ce n’est ni un PDF, ni une photo : demandez chaque document à part."
	case isProgram(b), starts("#!", "\x7FELF", "\xCA\xFE\xBA\xBE", "\xCF\xFA\xED\xFE", "\xCE\xFA\xED\xFE", "L\x00\x00\x00\x01\x14\x02\x00"):
		return "Programme : il n’est jamais gardé ni ouvert. Ce n’est ni un PDF, ni une photo, quel que soit son nom."
	}
	return ""
}

// isProgram recognises what Windows runs.
func isProgram(b []byte) bool { return bytes.HasPrefix(b, []byte("MZ")) && len(b) >= 64 }

// brands are those of HEIC and HEIF pictures.
var brands = []string{"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"}

func isHEIC(b []byte) bool {
	return len(b) >= 16 && string(b[4:8]) == "ftyp" && slices.Contains(brands, string(b[8:12]))
}

// wholeBoxes reports whether the boxes of an ISO media file end where the file
// does.
func wholeBoxes(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 8 {
			return false
		}
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch size {
		case 0: // to the end of the file
			return true
		case 1:
			if len(b) < 16 {
				return false
			}
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		}
		if size < head || size > uint64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return true
}

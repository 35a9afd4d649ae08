package importer

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"ardoise/data/fault"
)

// maxText bounds a text file, in bytes: ten thousand children weigh 2 MB.
const maxText = 64 << 20

// decode reads the bytes of a text file whatever program wrote it: UTF-8 with
// or without its mark, UTF-16 with its mark, else Windows-1252. What is not a
// text is refused with a word on what it looks like.
func decode(data []byte, name string) (string, error) {
	switch {
	case len(data) == 0:
		return "", fault.New(fault.Invalid, "Le fichier %s est vide.", name)
	case len(data) > maxText:
		return "", fault.New(fault.Invalid, "Le fichier %s est trop gros (64 Mo au plus).", name)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "", fault.New(fault.Invalid, "Le fichier %s est un classeur, pas un fichier CSV"+nbsp+": enregistrez-le au format CSV, ou donnez le fichier d’origine.", name)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return "", fault.New(fault.Invalid, "Le fichier %s est un ancien classeur Excel (.xls), qui n’est pas lu"+nbsp+": enregistrez-le au format CSV.", name)
	case bytes.HasPrefix(data, []byte("%PDF")):
		return "", fault.New(fault.Invalid, "Le fichier %s est un PDF, pas un fichier CSV.", name)
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return utf16Text(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return utf16Text(data[2:], binary.BigEndian), nil
	case bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0:
		return "", fault.New(fault.Invalid, "Le fichier %s n’est pas un texte lisible"+nbsp+": enregistrez-le au format CSV (UTF-8 ou Windows).", name)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return clean(string(data)), nil
	}
	if cut := trimRune(data); utf8.Valid(cut) && bytes.IndexFunc(cut, func(r rune) bool { return r >= 0x80 }) >= 0 {
		return clean(string(cut)), nil // UTF-8 cut in the middle of a letter
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "Le fichier %s n’est pas un texte lisible.", name)
	}
	return clean(string(text)), nil
}

// trimRune drops the beginning of a letter that the end of the file cuts.
func trimRune(data []byte) []byte {
	for i := 1; i <= 3 && i <= len(data); i++ {
		if utf8.RuneStart(data[len(data)-i]) {
			return data[:len(data)-i]
		}
	}
	return data
}

func utf16Text(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return clean(string(utf16.Decode(units)))
}

// clean drops what no database takes and brings odd spaces to plain ones.
func clean(s string) string {
	return strings.NewReplacer("\x00", "", "\u00a0", " ", "\u202f", " ").Replace(s)
}

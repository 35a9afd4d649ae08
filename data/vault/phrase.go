package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"

	"ardoise/data/fault"
)

// letters has no I, L, O, U: what is printed cannot be misread.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	groupSize  = 4
	groupCount = 7 // six at random (120 bits), the seventh checks the others
)

// RecoveryPhrase draws a phrase of seven groups of four letters or digits. It
// is shown and printed once and kept nowhere.
func RecoveryPhrase() string {
	raw := make([]byte, (groupCount-1)*groupSize)
	rand.Read(raw) //nolint:errcheck // never fails
	for i, b := range raw {
		raw[i] = letters[b%32]
	}
	return grouped(string(raw) + checkGroup(string(raw)))
}

func checkGroup(body string) string {
	sum := sha256.Sum256([]byte("ardoise phrase " + body))
	out := make([]byte, groupSize)
	for i := range out {
		out[i] = letters[sum[i]%32]
	}
	return string(out)
}

func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%groupSize == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// NormalPhrase reads a phrase as people type it (small letters, spaces, O for
// 0, I or L for 1) and finds typing mistakes before any slow derivation.
func NormalPhrase(typed string) (string, error) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r == 'O':
			b.WriteByte('0')
		case r == 'I' || r == 'L':
			b.WriteByte('1')
		case strings.ContainsRune(letters, r):
			b.WriteRune(r)
		case strings.ContainsRune(" -–—\u00a0\u202f\t\r\n.", r):
		default:
			return "", fault.New(fault.Invalid, "La phrase de secours ne contient pas de «\u00a0%c\u00a0»\u00a0: recopiez-la telle qu’elle a été imprimée.", r)
		}
	}
	s := b.String()
	if len(s) != groupCount*groupSize {
		return "", fault.New(fault.Invalid, "La phrase de secours compte %d groupes de %d signes\u00a0: %d signes ont été saisis sur %d.", groupCount, groupSize, len(s), groupCount*groupSize)
	}
	body := s[:len(s)-groupSize]
	if checkGroup(body) != s[len(body):] {
		return "", fault.New(fault.Invalid, "La phrase de secours contient une faute de frappe\u00a0: comparez chaque groupe avec la feuille imprimée.")
	}
	return grouped(s), nil
}

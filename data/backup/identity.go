package backup

import (
	"fmt"
	"strings"

	"filippo.io/age"

	"ardoise/data/vault"
)

// identityUse names what is derived from a town's data key: the age identity
// that opens its copies. Its public half is kept in the setting recipientKey, so
// that a copy can be made with no key in memory.
const identityUse = "backup age x25519 1"

// identityOf gives the identity that follows from a data key; nil when the key
// is closed.
func identityOf(k *vault.Key) (*age.X25519Identity, error) {
	scalar := k.Derive(identityUse)
	if scalar == nil {
		return nil, nil
	}
	text, err := bech32("AGE-SECRET-KEY-", scalar)
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(text)
}

// recipientOf is the public half, "" when the key is closed.
func recipientOf(k *vault.Key) (string, error) {
	id, err := identityOf(k)
	if id == nil || err != nil {
		return "", err
	}
	return id.Recipient().String(), nil
}

const (
	bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech32Sum     = 6
)

// bech32 writes bytes after a prefix as BIP 173 says: age reads its identities
// in that form only.
func bech32(prefix string, raw []byte) (string, error) {
	lower := strings.ToLower(prefix)
	for _, c := range lower {
		if c < 33 || c > 126 {
			return "", fmt.Errorf("backup: %q cannot begin a bech32 text", prefix)
		}
	}
	var fives []byte
	var held, bits uint
	for _, b := range raw {
		held, bits = held<<8|uint(b), bits+8
		for bits >= 5 {
			bits -= 5
			fives = append(fives, byte(held>>bits)&31)
		}
	}
	if bits > 0 {
		fives = append(fives, byte(held<<(5-bits))&31)
	}
	var spread []byte
	for i := range len(lower) {
		spread = append(spread, lower[i]>>5)
	}
	spread = append(spread, 0)
	for i := range len(lower) {
		spread = append(spread, lower[i]&31)
	}
	sum := polymod(append(append(spread, fives...), make([]byte, bech32Sum)...)) ^ 1
	for i := range bech32Sum {
		fives = append(fives, byte(sum>>(5*(bech32Sum-1-i)))&31)
	}
	var out strings.Builder
	out.WriteString(lower + "1")
	for _, five := range fives {
		out.WriteByte(bech32Letters[five])
	}
	if lower != prefix {
		return strings.ToUpper(out.String()), nil
	}
	return out.String(), nil
}

// polymod is the checksum of BIP 173.
func polymod(values []byte) uint32 {
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}

// Package vault is the strong-room: the data key that seals health notes,
// IBANs and documents, and its wrappings (one for each agent, one for the
// printed recovery phrase). It never decides who may read, never writes a key
// or a secret anywhere in clear, and never logs.
package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"ardoise/data/fault"
)

const (
	keySize = chacha20poly1305.KeySize
	// sealVersion is the first byte of everything sealed, so that another
	// cipher can one day live beside this one.
	sealVersion = 1
	overhead    = 1 + chacha20poly1305.NonceSizeX + 16
)

// Key is the data key of one database, in memory only. A nil or closed Key is
// a closed strong-room: it refuses politely. A Key may be used by many
// goroutines, also while another one closes it.
type Key struct {
	mu     sync.RWMutex
	master []byte // nil when closed
	seal   cipher.AEAD
	digest []byte
}

// NewKey draws a new data key.
func NewKey() *Key {
	master := make([]byte, keySize)
	rand.Read(master) //nolint:errcheck // crypto/rand.Read never fails: it ends the program instead
	k := &Key{}
	k.fill(master)
	return k
}

// fill derives one key per use from the master, so that a digest can never
// tell anything about what is sealed.
func (k *Key) fill(master []byte) {
	sealing := derive(master, "ardoise seal")
	aead, err := chacha20poly1305.NewX(sealing)
	if err != nil {
		panic("vault: " + err.Error()) // only for a key of another size: a programming error
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.master, k.seal, k.digest = master, aead, derive(master, "ardoise digest")
}

func derive(master []byte, use string) []byte {
	out, err := hkdf.Key(sha256.New, master, nil, use, keySize)
	if err != nil {
		panic("vault: " + err.Error()) // only for a longer output than HKDF gives
	}
	return out
}

func closed() error {
	return fault.New(fault.Forbidden, "Le coffre est fermé\u00a0: ouvrez la session avec votre mot de passe pour lire ou écrire ces données.")
}

// IsOpen reports whether the key is there.
func (k *Key) IsOpen() bool {
	if k == nil {
		return false
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.master != nil
}

// Close forgets the key (idle lock, end of session); whoever still holds this
// Key gets a refusal from then on.
func (k *Key) Close() {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.master)
	clear(k.digest)
	k.master, k.seal, k.digest = nil, nil, nil
}

// Reopen takes over another key's material, after an unlock: those who kept
// this Key go on with it.
func (k *Key) Reopen(from *Key) error {
	if k == nil || from == nil {
		return closed()
	}
	from.mu.RLock()
	master := append([]byte(nil), from.master...)
	from.mu.RUnlock()
	if len(master) == 0 {
		return closed()
	}
	k.fill(master)
	return nil
}

// AAD names the place of a sealed value (table, column, id of the owner), so
// that it cannot be opened anywhere else.
func AAD(table, column string, owner int64) []byte {
	return []byte(table + ":" + column + ":" + strconv.FormatInt(owner, 10))
}

// Seal encrypts plain and ties it to aad: version byte, nonce, ciphertext and tag.
func (k *Key) Seal(plain, aad []byte) ([]byte, error) {
	if k == nil {
		return nil, closed()
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.seal == nil {
		return nil, closed()
	}
	return sealWith(k.seal, plain, aad), nil
}

// Open gives back what was sealed with the same key and the same aad; anything
// else (a changed bit, another row, another key) is refused as Conflict.
func (k *Key) Open(sealed, aad []byte) ([]byte, error) {
	if k == nil {
		return nil, closed()
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.seal == nil {
		return nil, closed()
	}
	plain, err := openWith(k.seal, sealed, aad)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, err, "Cette donnée scellée a été modifiée ou ne vient pas de cette base\u00a0: elle n’est pas lisible. Reprenez une sauvegarde ou saisissez-la de nouveau.")
	}
	return plain, nil
}

func sealWith(aead cipher.AEAD, plain, aad []byte) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, overhead+len(plain))
	out[0] = sealVersion
	rand.Read(out[1:]) //nolint:errcheck // never fails
	return aead.Seal(out, out[1:], plain, aad)
}

func openWith(aead cipher.AEAD, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < overhead {
		return nil, errShort
	}
	if sealed[0] != sealVersion {
		return nil, errVersion
	}
	nonce, body := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	return aead.Open(nil, nonce, body, aad)
}

// Digest is a keyed hash (HMAC-SHA-256, 32 bytes): equal values can be found
// without being readable. nil when the key is closed.
func (k *Key) Digest(b []byte) []byte {
	if k == nil {
		return nil
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.digest == nil {
		return nil
	}
	mac := hmac.New(sha256.New, k.digest)
	mac.Write(b)
	return mac.Sum(nil)
}

// Derive gives 32 bytes that follow from the key and the name of their use, for
// a room that needs a key of its own (the identity of backups); nil when the key
// is closed. Each use has its name: none tells anything of another.
func (k *Key) Derive(use string) []byte {
	if k == nil {
		return nil
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.master == nil {
		return nil
	}
	return derive(k.master, "ardoise use "+use)
}

// ID names the key without telling anything of it; kept in the setting
// data_key so that a database is never sealed with two keys.
func (k *Key) ID() string {
	sum := k.Digest([]byte("ardoise key id"))
	if sum == nil {
		return ""
	}
	return hex.EncodeToString(sum[:8])
}

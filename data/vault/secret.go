package vault

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

var (
	errShort   = errors.New("sealed value too short")
	errVersion = errors.New("sealed value of an unknown version")
	errPHC     = errors.New("not an Argon2id string this program accepts")
)

// Params are the costs of Argon2id.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Strong is what every real password and wrapping uses: 64 MiB, two passes.
var Strong = Params{Memory: 64 << 10, Time: 2, Threads: 1}

const (
	saltSize  = 16
	maxMemory = 1 << 20 // 1 GiB: a tampered string must not exhaust the machine
	maxTime   = 16
	maxLanes  = 16
)

var b64 = base64.RawStdEncoding

// slots bounds how many derivations run together: each takes Params.Memory.
var slots = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))

func stretch(secret string, salt []byte, p Params) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	// NFC: the same é typed on two systems must be the same password.
	return argon2.IDKey([]byte(norm.NFC.String(secret)), salt, p.Time, p.Memory, p.Threads, keySize)
}

func header(p Params, salt []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s", argon2.Version, p.Memory, p.Time, p.Threads, b64.EncodeToString(salt))
}

func newSalt() []byte {
	salt := make([]byte, saltSize)
	rand.Read(salt) //nolint:errcheck // never fails
	return salt
}

// HashPassword gives the PHC string to keep for a password.
func HashPassword(password string, p Params) string {
	salt := newSalt()
	return header(p, salt) + "$" + b64.EncodeToString(stretch(password, salt, p))
}

// CheckPassword compares in constant time; old says that the string was made
// with other costs than want and should be made again. An empty or foreign
// string never matches.
func CheckPassword(phc, password string, want Params) (ok, old bool) {
	p, salt, sum, err := parsePHC(phc)
	if err != nil || len(sum) != keySize {
		return false, false
	}
	return subtle.ConstantTimeCompare(stretch(password, salt, p), sum) == 1, p != want
}

// parsePHC reads "$argon2id$v=19$m=..,t=..,p=..$salt[$sum]".
func parsePHC(phc string) (p Params, salt, sum []byte, err error) {
	part := strings.Split(phc, "$")
	if len(part) < 5 || len(part) > 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); err != nil {
		return p, nil, nil, errors.Join(errPHC, err)
	}
	if p.Memory < 8 || p.Memory > maxMemory || p.Time < 1 || p.Time > maxTime || p.Threads < 1 || p.Threads > maxLanes {
		return p, nil, nil, errPHC
	}
	if salt, err = b64.DecodeString(part[4]); err != nil || len(salt) < 8 {
		return p, nil, nil, errors.Join(errPHC, err)
	}
	if len(part) == 6 {
		if sum, err = b64.DecodeString(part[5]); err != nil {
			return p, nil, nil, errors.Join(errPHC, err)
		}
	}
	return p, salt, sum, nil
}

// NoPassword gives a PHC string no password matches, that takes as long to
// refuse as a real one: for logins that do not exist.
func NoPassword(p Params) string {
	sum := make([]byte, keySize)
	rand.Read(sum) //nolint:errcheck // never fails
	return header(p, newSalt()) + "$" + b64.EncodeToString(sum)
}

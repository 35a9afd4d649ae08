package wire

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

// KeyringService is under what name our secrets stand in the system's keyring.
const KeyringService = "Ardoise"

// maxSecret is the most Windows takes, in bytes; so that a file carried to another
// machine behaves the same, it is the most anywhere.
const maxSecret = 2560

// keyringPatience is how long the keyring may take. It may ask its owner to unlock
// it, and where nobody is there to answer it never does.
var keyringPatience = 20 * time.Second

// Why a secret cannot be in the keyring: the caller seals it instead.
var (
	ErrNoKeyring = errors.New("wire: the system has no keyring that answers")
	ErrTooLong   = errors.New("wire: the secret is too long for the keyring")
	ErrNoSecret  = errors.New("wire: the keyring has no such secret")
)

// KeepSecret puts a secret into the system's keyring. ErrTooLong, ErrNoKeyring:
// seal it instead.
func KeepSecret(service, name, value string) error {
	if len(value) > maxSecret {
		return ErrTooLong
	}
	_, err := ask(func() (string, error) { return "", keyring.Set(service, name, value) })
	return err
}

// ReadSecret gives a secret back; ErrNoSecret where it is not there.
func ReadSecret(service, name string) (string, error) {
	return ask(func() (string, error) { return keyring.Get(service, name) })
}

// ForgetSecret takes a secret out of the keyring; one that is not there is no fault.
func ForgetSecret(service, name string) error {
	_, err := ask(func() (string, error) { return "", keyring.Delete(service, name) })
	if errors.Is(err, ErrNoSecret) {
		return nil
	}
	return err
}

// ask puts a question to the keyring, for so long. A late answer is thrown away.
func ask(question func() (string, error)) (string, error) {
	if !haveKeyring() {
		return "", ErrNoKeyring
	}
	type answer struct {
		value string
		err   error
	}
	heard := make(chan answer, 1)
	go func() {
		value, err := question()
		heard <- answer{value, err}
	}()
	late := time.NewTimer(keyringPatience)
	defer late.Stop()
	select {
	case a := <-heard:
		switch {
		case a.err == nil:
			return a.value, nil
		case errors.Is(a.err, keyring.ErrNotFound):
			return "", ErrNoSecret
		case errors.Is(a.err, keyring.ErrSetDataTooBig):
			return "", ErrTooLong
		}
		return "", fmt.Errorf("%w: %w", ErrNoKeyring, a.err)
	case <-late.C:
		return "", ErrNoKeyring
	}
}

// haveKeyring tells at once where there is nobody to ask. Without a session bus the
// library would start one of its own, which holds no keyring and outlives us.
var haveKeyring = func() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(dir + "/bus")
	return err == nil
}

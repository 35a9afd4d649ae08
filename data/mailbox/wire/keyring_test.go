package wire

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// The provider of the library is one for the process: these tests run in order.
func TestKeyring(t *testing.T) {
	t.Run("none", testNoKeyring) // before the mock takes the system's place
	had := haveKeyring
	t.Cleanup(func() { haveKeyring = had })
	haveKeyring = func() bool { return true }
	keyring.MockInit()
	if _, err := ReadSecret(KeyringService, "1"); !errors.Is(err, ErrNoSecret) {
		t.Error(err)
	}
	long := strings.Repeat("é", maxSecret/2)
	for _, secret := range []string{"mot de passe é", "", long} {
		if err := KeepSecret(KeyringService, "1", secret); err != nil {
			t.Error(err)
		}
		if got, err := ReadSecret(KeyringService, "1"); err != nil || got != secret {
			t.Errorf("%q %v", got, err)
		}
	}
	if err := KeepSecret(KeyringService, "1", long+"x"); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	if got, err := ReadSecret(KeyringService, "1"); err != nil || got != long {
		t.Errorf("a secret too long changed what was there: %v", err)
	}
	for range 2 {
		if err := ForgetSecret(KeyringService, "1"); err != nil {
			t.Error(err)
		}
	}
	if _, err := ReadSecret(KeyringService, "1"); !errors.Is(err, ErrNoSecret) {
		t.Error(err)
	}
	for said, want := range map[error]error{errors.New("locked"): ErrNoKeyring, keyring.ErrSetDataTooBig: ErrTooLong, keyring.ErrNotFound: ErrNoSecret} {
		keyring.MockInitWithError(said)
		if err := KeepSecret(KeyringService, "1", "x"); !errors.Is(err, want) {
			t.Errorf("%v: %v", said, err)
		}
	}
}

// testNoKeyring: a machine without a session answers at once, and one whose
// keyring never answers in the time set.
func testNoKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if os.PathSeparator == '\\' {
		t.Skip("skipped: Windows always has a keyring")
	}
	ask3 := func(within time.Duration) {
		t.Helper()
		begin := time.Now()
		_, err := ReadSecret(KeyringService, "x")
		err2, err3 := KeepSecret(KeyringService, "x", "y"), ForgetSecret(KeyringService, "x")
		for _, err := range []error{err, err2, err3} {
			if !errors.Is(err, ErrNoKeyring) {
				t.Error(err)
			}
		}
		if took := time.Since(begin); took > within {
			t.Errorf("took %v", took)
		}
	}
	ask3(50 * time.Millisecond)
	t.Setenv("XDG_RUNTIME_DIR", "")
	ask3(50 * time.Millisecond)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nobody") // named, and nobody there
	ask3(time.Second)
	set(t, &keyringPatience, 30*time.Millisecond)
	begin := time.Now()
	if _, err := ask(func() (string, error) { time.Sleep(3 * time.Second); return "late", nil }); !errors.Is(err, ErrNoKeyring) || time.Since(begin) > time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

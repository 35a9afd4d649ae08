package vault

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

var quick = Params{Memory: 64, Time: 1, Threads: 1}

func TestSealOpenRoundTrip(t *testing.T) {
	k := NewKey()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		aad := AAD("child", rapid.StringMatching(`[a-z_]{1,12}`).Draw(t, "column"), rapid.Int64().Draw(t, "owner"))
		sealed, err := k.Seal(plain, aad)
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) >= 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the plain text shows")
		}
		again, err := k.Seal(plain, aad)
		if err != nil || bytes.Equal(sealed, again) {
			t.Fatalf("sealed twice alike (%v): the nonce is not drawn anew", err)
		}
		got, err := k.Open(sealed, aad)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}

// refused says that a value was refused for the right reason.
func refused(t *rapid.T, k *Key, sealed, aad []byte, what string) {
	plain, err := k.Open(sealed, aad)
	if err == nil || plain != nil || fault.KindOf(err) != fault.Conflict {
		t.Fatalf("%s: got %q, %v", what, plain, err)
	}
}

func TestOpenRefusesWhatWasTouched(t *testing.T) {
	k, other := NewKey(), NewKey()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain")
		owner := rapid.Int64Range(1, 1000).Draw(t, "owner")
		sealed, err := k.Seal(plain, AAD("health", "allergies", owner))
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(sealed)
		flipped[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		refused(t, k, flipped, AAD("health", "allergies", owner), "one bit changed")
		refused(t, k, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")], AAD("health", "allergies", owner), "cut")
		refused(t, k, sealed, AAD("health", "allergies", owner+1), "moved to another row")
		refused(t, k, sealed, AAD("health", "care_plan", owner), "moved to another column")
		refused(t, k, sealed, AAD("family", "allergies", owner), "moved to another table")
		refused(t, other, sealed, AAD("health", "allergies", owner), "another key")
	})
}

func TestClosedKeyRefuses(t *testing.T) {
	k := NewKey()
	twin := &Key{}
	if err := twin.Reopen(k); err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal([]byte("gluten"), nil)
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	k.Close()
	for name, shut := range map[string]*Key{"closed": k, "nil": nil, "zero": {}} {
		if _, err := shut.Seal([]byte("x"), nil); !errors.Is(err, fault.ErrForbidden) || !strings.Contains(fault.Sentence(err), "coffre est fermé") {
			t.Errorf("%s key: Seal gave %v", name, err)
		}
		if _, err := shut.Open(sealed, nil); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("%s key: Open gave %v", name, err)
		}
		if shut.Digest([]byte("x")) != nil || shut.ID() != "" || shut.IsOpen() {
			t.Errorf("%s key still says something", name)
		}
		shut.Close()
		if _, err := Make(Recovery, "phrase", shut, quick); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("%s key: wrapped: %v", name, err)
		}
		if err := shut.Reopen(k); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("%s key: reopened from a closed one: %v", name, err)
		}
	}
	if got, err := twin.Open(sealed, nil); err != nil || string(got) != "gluten" {
		t.Errorf("the twin shares memory with the closed key: %q, %v", got, err)
	}
	if err := k.Reopen(twin); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(sealed, nil); err != nil || string(got) != "gluten" {
		t.Errorf("after Reopen: %q, %v", got, err)
	}
}

func TestDigestIsKeyed(t *testing.T) {
	a, b := NewKey(), NewKey()
	if !bytes.Equal(a.Digest([]byte("x")), a.Digest([]byte("x"))) || bytes.Equal(a.Digest([]byte("x")), a.Digest([]byte("y"))) {
		t.Error("a digest does not tell equal from different")
	}
	if bytes.Equal(a.Digest([]byte("x")), b.Digest([]byte("x"))) || a.ID() == b.ID() {
		t.Error("a digest does not depend on the key")
	}
}

func TestPasswordHash(t *testing.T) {
	phc := HashPassword("Brume-tenace-47", quick)
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Error(phc)
	}
	for _, c := range []struct {
		name, phc, password string
		want                Params
		ok, old             bool
	}{
		{"right", phc, "Brume-tenace-47", quick, true, false},
		{"decomposed accents are the same", HashPassword("e\u0301tang-Vert-12", quick), "étang-Vert-12", quick, true, false},
		{"other costs wanted", phc, "Brume-tenace-47", Params{64, 2, 1}, true, true},
		{"wrong", phc, "Brume-tenace-48", quick, false, false},
		{"empty column", "", "", quick, false, false},
		{"no hash at the end", header(quick, newSalt()), "", quick, false, false},
		{"empty hash at the end", header(quick, newSalt()) + "$", "", quick, false, false},
		{"another function", strings.Replace(phc, "argon2id", "argon2i", 1), "Brume-tenace-47", quick, false, false},
		{"a cost that would exhaust the machine", strings.Replace(phc, "m=64,", "m=4294967295,", 1), "Brume-tenace-47", quick, false, false},
		{"no cost", strings.Replace(phc, "t=1,", "t=0,", 1), "Brume-tenace-47", quick, false, false},
		{"garbage", "$$$$$", "Brume-tenace-47", quick, false, false},
		{"nobody's", NoPassword(quick), "Brume-tenace-47", quick, false, false},
	} {
		ok, old := CheckPassword(c.phc, c.password, c.want)
		if ok != c.ok || ok && old != c.old {
			t.Errorf("%s: ok %v, old %v", c.name, ok, old)
		}
	}
	if first, second := HashPassword("a", quick), HashPassword("a", quick); first == second {
		t.Error("the salt is not drawn anew")
	}
	if (Strong != Params{Memory: 65536, Time: 2, Threads: 1}) {
		t.Error("the costs of real passwords changed: ", Strong)
	}
}

func TestRecoveryPhrase(t *testing.T) {
	p := RecoveryPhrase()
	if len(p) != 34 || p == RecoveryPhrase() {
		t.Fatalf("phrase %q", p)
	}
	for _, typed := range []string{
		p, strings.ToLower(p), " " + strings.ReplaceAll(p, "-", " ") + "\n",
		strings.NewReplacer("0", "o", "1", "l").Replace(p), strings.ReplaceAll(p, "-", "\u00a0–\u00a0"),
	} {
		if got, err := NormalPhrase(typed); err != nil || got != p {
			t.Errorf("%q read as %q, %v", typed, got, err)
		}
	}
	swapped := []byte(p)
	swapped[0] = letters[(strings.IndexByte(letters, swapped[0])+1)%32]
	for name, typed := range map[string]string{"one letter wrong": string(swapped), "short": p[:30], "long": p + "0", "foreign sign": "é" + p[1:], "empty": ""} {
		if _, err := NormalPhrase(typed); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkPassword(b *testing.B) {
	phc := HashPassword("Brume-tenace-47", Strong)
	for b.Loop() {
		CheckPassword(phc, "Brume-tenace-47", Strong)
	}
}

func BenchmarkSealDocument(b *testing.B) { // one scanned page of 1 MB
	k, page := NewKey(), make([]byte, 1<<20)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		sealed, err := k.Seal(page, nil)
		if err == nil {
			_, err = k.Open(sealed, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

package backup

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	admins, keepers := []staff.Role{staff.Admin}, []staff.Role{staff.Admin, staff.Regie}
	stafftest.Rights(t, New(db, Options{}), map[string][]staff.Role{
		"Settings": admins, "SaveSettings": admins, "Make": keepers, "MakeIn": keepers, "Day": admins, "State": admins, "Copies": admins,
		"Check": admins, "Open": admins, "Preview": admins, "BeforeRestore": admins, "Migrated": admins,
		"BeforeImport": {staff.Accueil, staff.Cuisine, staff.Admin}, "KeepKey": stafftest.Anyone, "Machine": stafftest.Open,
	}, stafftest.Contexts(t, db))
}

// age reads the identity we write, and it is the one of these bytes.
func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "scalar")
		text, err := bech32("AGE-SECRET-KEY-", raw)
		if err != nil {
			t.Fatal(err)
		}
		id, err := age.ParseX25519Identity(text)
		if err != nil || id.String() != text {
			t.Fatalf("%v: %v", id, err)
		}
	})
	// the test vector of BIP 173 for a prefix and no data
	if got, err := bech32("a", nil); err != nil || got != "a12uel5l" {
		t.Errorf("%q, %v", got, err)
	}
	k := vault.NewKey()
	one, err := recipientOf(k)
	two, err2 := recipientOf(k)
	other, err3 := recipientOf(vault.NewKey())
	if err != nil || err2 != nil || err3 != nil || one != two || one == other || !strings.HasPrefix(one, "age1") {
		t.Errorf("%q %q %q", one, two, other)
	}
	k.Close()
	if got, err := recipientOf(k); got != "" || err != nil {
		t.Errorf("a closed key gives %q, %v", got, err)
	}
}

// There and back on both engines, by each of the secrets, and by no other.
func TestRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		m := w.make()
		c := m.Copies[0]
		if len(m.Copies) != 1 || m.Second != nil || !c.Sealed || filepath.Ext(c.Path) != Ext || filepath.Dir(c.Path) != w.dir || c.Outside {
			t.Fatalf("%+v", m)
		}
		if info, err := os.Stat(c.Path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != c.Bytes {
			t.Errorf("%v, %v", info, err)
		}
		info, err := Peek(c.Path)
		if err != nil || !info.Sealed || info.Program != "Ardoise 0.5.0" || info.Engine != db.Engine() || info.Schema != store.LatestVersion() || !slices.Equal(info.Logins, []string{admin}) {
			t.Errorf("%+v, %v", info, err)
		}
		for name, secret := range map[string]Secret{
			"phrase":             {Phrase: strings.ToLower(w.phrase)},
			"administrator":      {Login: " " + strings.ToUpper(admin), Password: password},
			"session":            {Key: staff.From(w.ctx).Key},
			"foreign key + word": {Key: vault.NewKey(), Login: admin, Password: password},
		} {
			o, err := Open(t.Context(), c.Path, secret, t.TempDir())
			if err != nil || !o.Proven || o.Engine != db.Engine() {
				t.Errorf("%s: %+v, %v", name, o, err)
				continue
			}
			w.must(o.Close())
		}
		for name, x := range map[string]struct {
			secret Secret
			kind   fault.Kind
			words  string
		}{
			"nothing":        {Secret{}, fault.Forbidden, "est scellée"},
			"wrong phrase":   {Secret{Phrase: vault.RecoveryPhrase()}, fault.Forbidden, "n’ouvre pas cette sauvegarde"},
			"mistyped":       {Secret{Phrase: "0" + w.phrase[1:29]}, fault.Invalid, "signes"},
			"wrong password": {Secret{Login: admin, Password: "Autre-Chose-2026"}, fault.Forbidden, "n’ouvrent pas cette sauvegarde"},
			"nobody":         {Secret{Login: "personne", Password: password}, fault.Forbidden, "n’ouvrent pas cette sauvegarde"},
			"another town":   {Secret{Key: vault.NewKey()}, fault.Forbidden, "est scellée"},
		} {
			dir := t.TempDir()
			_, err := Open(t.Context(), c.Path, x.secret, dir)
			refused(t, err, x.kind, x.words)
			if left := files(t, dir); len(left) > 0 {
				t.Errorf("%s leaves %v", name, left)
			}
		}
		w.write(`UPDATE family SET name = 'APRÈS'`)
		o := w.open(c.Path, Secret{Phrase: w.phrase})
		target := filepath.Join(t.TempDir(), "rendue.db")
		if db.Engine() == store.Postgres {
			target = storetest.EmptyPostgresURL(t)
			refused(t, Restore(t.Context(), o, filepath.Join(t.TempDir(), "x.db")), fault.Invalid, "PostgreSQL", "migrate")
		}
		w.must(Restore(t.Context(), o, target))
		again := storetest.Open(t, target)
		var name string
		w.must(again.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT name FROM family`).Scan(&name) }))
		if name != marker {
			t.Errorf("%q came back", name)
		}
	})
}

// An agent who is no administrator, and one who is no more, open nothing.
func TestOnlyAdministratorsOpen(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	id, err := w.staff.CreateAgent(w.ctx, staff.NewAgent{Login: "k.simon", Name: "Karim Simon", Password: "Galet-poreux-81", Roles: []staff.Role{staff.Accueil}})
	w.must(err)
	c := w.make().Copies[0]
	_, err = Open(t.Context(), c.Path, Secret{Login: "k.simon", Password: "Galet-poreux-81"}, t.TempDir())
	refused(t, err, fault.Forbidden)
	if bytes.Contains(body(t, c.Path), []byte("k.simon")) {
		t.Error("the head names an agent who cannot open it")
	}
	w.must(w.staff.SetRoles(w.ctx, id, staff.Admin))
	w.db.SetClock(storetest.ClockOf(w.db).Now)
	o := w.open(w.make().Copies[0].Path, Secret{Login: "k.simon", Password: "Galet-poreux-81"})
	if !o.Proven {
		t.Error("a new administrator does not open")
	}
}

// Nothing of the base can be read in a copy, beside it, or in the log.
func TestPlantedSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		tmp := t.TempDir()
		t.Setenv("TMPDIR", tmp)
		w := newTown(t, db)
		key := staff.From(w.ctx).Key
		health, err := key.Seal([]byte("allergie aux arachides, PAI"), nil)
		w.must(err)
		w.write(`INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at) SELECT id, 'DUPONT', 'Zoé', '2018-01-01', 'elementaire', '', $1, '' FROM family`, []byte("x"))
		w.write(`INSERT INTO health (child_id, sealed, updated_at) SELECT id, $1, '' FROM child`, health)
		usb := filepath.Join(t.TempDir(), "usb")
		w.must(os.MkdirAll(usb, 0o700))
		w.settings(func(s *Settings) { s.Second = usb })
		m := w.make()
		_, err = w.s.MakeIn(w.ctx, filepath.Join(usb, "autre"))
		w.must(err)
		o, err := w.s.Open(w.ctx, m.Copies[0].Path, Secret{Phrase: w.phrase})
		w.must(err)
		plain := body(t, o.plain)
		found := bytes.Contains(plain, []byte(marker))
		if db.Engine() == store.SQLite && !found {
			t.Error("the marker is not in the base: the search proves nothing")
		}
		w.must(o.Close())
		places := append(files(t, w.dir), append(files(t, usb), files(t, tmp)...)...)
		if len(places) < 3 {
			t.Fatalf("only %v was searched", places)
		}
		for _, path := range places {
			if strings.Contains(path, "ardoise-template") {
				continue
			}
			raw := body(t, path)
			for _, secret := range []string{marker, "arachides", "SQLite format 3", "PGDMP", password, w.phrase, strings.ReplaceAll(w.phrase, "-", ""), string(key.Derive(identityUse))} {
				if bytes.Contains(raw, []byte(secret)) {
					t.Errorf("%q lies in %s", secret, path)
				}
			}
		}
		if strings.Contains(w.log.String(), marker) || strings.Contains(w.log.String(), password) {
			t.Error("the log tells:", w.log)
		}
		for _, dir := range []string{filepath.Dir(db.Path()), filepath.Dir(w.dir)} {
			if left, err := filepath.Glob(filepath.Join(dir, ".ardoise-travail-*")); err != nil || len(left) > 0 {
				t.Errorf("clear work is left: %v %v", left, err)
			}
		}
	})
}

// One byte changed, or some cut off, anywhere: refused.
func TestTouchedFiles(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	c := w.make().Copies[0]
	whole := body(t, c.Path)
	start := bytes.Index(whole, []byte("age-encryption.org"))
	if start < 0 {
		t.Fatal("no age stream")
	}
	at := []int{0, 5, len(magic), len(magic) + 3, start, start + 30, len(whole) - 1, len(whole) - 20}
	for i := range 60 {
		at = append(at, len(magic)+4+i*7%(start-len(magic)-4), start+i*(len(whole)-start)/60)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "touchée"+Ext)
	try := func(what string, raw []byte) {
		t.Helper()
		w.must(os.WriteFile(path, raw, 0o600))
		for name, secret := range map[string]Secret{"phrase": {Phrase: w.phrase}, "session": {Key: staff.From(w.ctx).Key}} {
			if o, err := Open(t.Context(), path, secret, t.TempDir()); err == nil {
				t.Errorf("%s, opened by %s: %+v", what, name, o.Info)
			} else if fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: no sentence: %v", what, err)
			}
		}
	}
	for _, i := range at {
		raw := bytes.Clone(whole)
		raw[i] ^= 1
		try("byte "+string(raw[i:i+1])+" changed", raw)
	}
	for _, n := range []int{0, 3, len(magic) + 2, start - 1, start + 100, len(whole) / 2, len(whole) - 1} {
		try("cut", whole[:n])
	}
	try("prolonged", append(bytes.Clone(whole), 0))
	// the same file untouched, so that the refusals mean something
	w.must(os.WriteFile(path, whole, 0o600))
	w.open(path, Secret{Phrase: w.phrase})
}

// A head that promises somebody else's way in leads nowhere: the wrapping of an
// attacker's key on a copy of the town, and a whole copy made by an attacker.
func TestForgedHead(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	c := w.make().Copies[0]
	raw := body(t, c.Path)
	h, was, err := readHead(bytes.NewReader(raw))
	w.must(err)
	forged, err := vault.Make(vault.Recovery, vaultPhrase, vault.NewKey(), stafftest.Fast)
	w.must(err)
	h.Wraps = []wrap{{Holder: vault.Recovery, KDF: forged.KDF, Sealed: forged.Sealed}}
	begin, err := h.encoded()
	w.must(err)
	path := filepath.Join(t.TempDir(), "forgée"+Ext)
	w.must(os.WriteFile(path, append(begin, raw[len(was):]...), 0o600))
	_, err = Open(t.Context(), path, Secret{Phrase: vaultPhrase}, t.TempDir())
	refused(t, err, fault.Conflict, "abîmée")
	// the town's own key finds the head changed
	_, err = Open(t.Context(), path, Secret{Key: staff.From(w.ctx).Key}, t.TempDir())
	refused(t, err, fault.Conflict, "abîmée")
}

var vaultPhrase = vault.RecoveryPhrase()

// Planted faults between the writing and the reading: the copy does not count
// and does not stay.
func TestSpoiledWhileWriting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		for name, spoil := range map[string]func(raw []byte) []byte{
			"a bit":   func(raw []byte) []byte { raw[len(raw)/2] ^= 8; return raw },
			"the end": func(raw []byte) []byte { return raw[:len(raw)-5] },
			"nothing": func([]byte) []byte { return nil },
		} {
			beforeReading = func(path string) { w.must(os.WriteFile(path, spoil(body(t, path)), 0o600)) }
			_, err := w.s.Make(w.ctx)
			beforeReading = func(string) {}
			refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite", "relu du disque")
			if left := files(t, w.dir); len(left) > 0 {
				t.Errorf("%s: %v stays", name, left)
			}
		}
		st, err := w.s.State(w.ctx)
		if err != nil || st.Last.ID != 0 || st.Trouble == "" {
			t.Errorf("%+v, %v", st, err)
		}
		w.make()
		if st, err = w.s.State(w.ctx); err != nil || st.Last.ID == 0 || st.Trouble != "" {
			t.Errorf("after: %+v, %v", st, err)
		}
	})
}

// A base that has no agent has no key and nothing sealed: its copy is plain and
// says so; older plain copies are still opened.
func TestPlainCopies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		s := New(db, Options{Folder: dir, Machine: "X", device: disks})
		m, err := s.Make(staff.System(t.Context()))
		if err != nil || m.Copies[0].Sealed || filepath.Ext(m.Copies[0].Path) == Ext {
			t.Fatalf("%+v, %v", m, err)
		}
		o, err := Open(t.Context(), m.Copies[0].Path, Secret{}, t.TempDir())
		if err != nil || o.Sealed || o.Proven || o.Engine != db.Engine() {
			t.Fatalf("%+v, %v", o, err)
		}
		got, err := s.Check(staff.System(t.Context()), m.Copies[0].Path, Secret{})
		if err != nil || !got.Known || !got.Whole {
			t.Errorf("%+v, %v", got, err)
		}
		letter := filepath.Join(dir, "lettre.txt")
		if err := os.WriteFile(letter, []byte("Bonjour"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), letter, Secret{}, t.TempDir())
		refused(t, err, fault.Invalid, "n’est pas une sauvegarde d’Ardoise")
		_, err = Open(t.Context(), filepath.Join(dir, "rien"), Secret{}, t.TempDir())
		refused(t, err, fault.NotFound, "introuvable")
		_, err = Open(t.Context(), dir, Secret{}, t.TempDir())
		refused(t, err, fault.Invalid, "est un dossier")
	})
}

// Somebody writes another public key into the base: the next session puts it
// right, the trail tells, and the copies made for the stranger do not count.
func TestAStrangersKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		good := w.make().Copies[0]
		foe, err := age.GenerateX25519Identity()
		w.must(err)
		w.write(`UPDATE setting SET value = $1 WHERE name = 'backup.recipient'`, foe.Recipient().String())
		storetest.ClockOf(db).Add(3600e9)
		bad := w.make().Copies[0]
		st, err := w.s.State(w.ctx)
		w.must(err)
		if st.Last.ID != bad.ID {
			t.Fatal("the fault is not planted")
		}
		w.signIn(admin, password)
		if st, err = w.s.State(w.ctx); err != nil || st.Last.ID != good.ID {
			t.Errorf("the stranger's copy counts: %+v, %v", st.Last, err)
		}
		if n := w.count(`SELECT count(*) FROM audit WHERE action = 'backup.key' AND detail LIKE '%changée en dehors%'`); n != 1 {
			t.Errorf("%d entries tell", n)
		}
		w.write(`UPDATE setting SET value = 'n’importe quoi' WHERE name = 'backup.recipient'`)
		_, err = w.s.Make(w.ctx)
		refused(t, err, fault.Conflict, "clé publique", "ouvrez une session")
	})
}

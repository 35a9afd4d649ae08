package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// The day's copy is made once, from its hour on, by the workstation whose task
// it is.
func TestDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		sys := staff.System(t.Context())
		clock := storetest.ClockOf(db)
		day := func(s *Service, now bool) bool {
			t.Helper()
			_, done, err := s.Day(sys, now)
			w.must(err)
			return done
		}
		if db.Engine() == store.Postgres {
			if day(w.s, false) {
				t.Error("no workstation was named, and one made the copy")
			}
			w.settings(func(s *Settings) { s.Machine = "ACCUEIL-1" })
		}
		clock.Set(calendar.MustISO("2026-11-25").At(9, 59))
		w.settings(func(s *Settings) { s.Hour = 10 })
		if day(w.s, false) {
			t.Error("made before its hour")
		}
		other := New(db, Options{Machine: "ACCUEIL-2", Folder: t.TempDir(), device: disks})
		clock.Set(calendar.MustISO("2026-11-25").At(10, 0))
		if db.Engine() == store.Postgres && day(other, false) {
			t.Error("made by a workstation whose task it is not")
		}
		if !day(w.s, false) || day(w.s, false) || day(other, false) || day(w.s, true) {
			t.Error("not made once")
		}
		clock.Set(calendar.MustISO("2026-11-25").At(23, 59))
		if day(w.s, false) {
			t.Error("made twice a day")
		}
		clock.Set(calendar.MustISO("2026-11-26").At(0, 30))
		if day(w.s, false) {
			t.Error("made before its hour, on the next day")
		}
		if !day(w.s, true) { // a scheduler's word
			t.Error("not made though asked for")
		}
		clock.Set(calendar.MustISO("2026-11-27").At(11, 0))
		w.settings(func(s *Settings) { s.Daily = false })
		if day(w.s, false) {
			t.Error("made though switched off")
		}
		w.settings(func(s *Settings) { s.Daily = true })
		// another program is at it; half an hour later it is taken for dead
		w.write(`INSERT INTO setting (name, value) VALUES ('backup.claim', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, store.Instant(db.Now()))
		if day(w.s, false) {
			t.Error("made while another program makes it")
		}
		clock.Add(31 * time.Minute)
		if !day(w.s, false) {
			t.Error("a dead program's claim holds for ever")
		}
		if n := w.count(`SELECT count(*) FROM backup_copy WHERE cause = 'daily'`); n != 3 {
			t.Errorf("%d copies", n)
		}
	})
}

// A demonstration is not copied by itself; it is when one asks.
func TestDemoIsNotCopiedByItself(t *testing.T) {
	db := storetest.OpenSQLite(t)
	rooms := staff.New(db, &staff.MemoryHead{})
	if _, err := rooms.SetUpDemo(staff.System(t.Context())); err != nil {
		t.Fatal(err)
	}
	s := New(db, Options{Folder: t.TempDir(), device: disks})
	if _, done, err := s.Day(staff.System(t.Context()), false); err != nil || done {
		t.Errorf("%v, %v", done, err)
	}
	se, err := rooms.SignInDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.KeepKey(staff.With(t.Context(), se)); err != nil {
		t.Fatal(err)
	}
	m, err := s.Make(staff.System(t.Context()))
	if err != nil || !m.Copies[0].Sealed {
		t.Fatalf("%+v, %v", m, err)
	}
	o, err := Open(t.Context(), m.Copies[0].Path, Secret{}, t.TempDir()) // its phrase is everybody's
	if err != nil || !o.Demo {
		t.Fatalf("%+v, %v", o, err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if err := rooms.Close(); err != nil {
		t.Error(err)
	}
}

// A stick that is not there: the first copy is made, the sentence says what to
// do, nothing is written in the stick's place, and the next time it is tried.
func TestSecondPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		usb := filepath.Join(t.TempDir(), "usb")
		w.must(os.MkdirAll(usb, 0o700))
		w.settings(func(s *Settings) { s.Second = usb })
		m := w.make()
		if m.Second != nil || len(m.Copies) != 2 || m.Copies[1].Place != Second || !m.Copies[1].Outside || m.Copies[0].Outside {
			t.Fatalf("%+v", m)
		}
		if a, b := body(t, m.Copies[0].Path), body(t, m.Copies[1].Path); string(a) != string(b) {
			t.Error("the second copy is another")
		}
		st, err := w.s.State(w.ctx)
		if err != nil || st.Outside.ID != m.Copies[1].ID || st.Late(db.Now().Add(Late)) || !st.Late(db.Now().Add(Late+time.Second)) {
			t.Errorf("%+v, %v", st, err)
		}
		w.must(os.Rename(usb, usb+"-poche"))
		storetest.ClockOf(db).Add(24 * time.Hour)
		m = w.make()
		if len(m.Copies) != 1 {
			t.Fatalf("%+v", m)
		}
		refused(t, m.Second, fault.Unavailable, "n’est pas là", "branchez la clé", "prochaine sauvegarde")
		if _, err := os.Stat(usb); !os.IsNotExist(err) {
			t.Error("a folder took the stick's place")
		}
		if st, err = w.s.State(w.ctx); err != nil || st.Trouble == "" || st.Outside.MadeAt.Equal(st.Last.MadeAt) {
			t.Errorf("%+v, %v", st, err)
		}
		w.must(os.Rename(usb+"-poche", usb))
		storetest.ClockOf(db).Add(24 * time.Hour)
		m = w.make()
		if st, err = w.s.State(w.ctx); err != nil || st.Trouble != "" || st.Outside.ID != m.Copies[1].ID {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

// After a restore the base has forgotten the copies made since: they are found
// again, and no other file is; one that is checked counts.
func TestForgottenCopiesAreFoundAgain(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	old := w.make().Copies[0]
	storetest.ClockOf(w.db).Add(time.Hour)
	since := w.make().Copies[0]
	w.must(os.WriteFile(filepath.Join(w.dir, "faux"+Ext), []byte("rien"), 0o600))
	other := newTown(t, storetest.OpenSQLite(t))
	w.must(os.WriteFile(filepath.Join(w.dir, "ailleurs"+Ext), body(t, other.make().Copies[0].Path), 0o600))
	target := filepath.Join(t.TempDir(), "rendue.db")
	w.must(Restore(t.Context(), w.open(old.Path, Secret{Phrase: w.phrase}), target))
	again := storetest.Open(t, target)
	storetest.ClockOf(again).Add(2 * time.Hour)
	s := New(again, Options{Machine: "ACCUEIL-1", Folder: w.dir, device: disks})
	if _, err := s.Make(w.ctx); err != nil {
		t.Fatal(err)
	}
	list, err := s.Copies(w.ctx)
	w.must(err)
	if len(list) != 3 || list[1].Path != since.Path || !list[1].VerifiedAt.IsZero() || list[1].Cause != Asked {
		t.Fatalf("%+v", list)
	}
	if _, err := s.Check(w.ctx, since.Path, Secret{}); err != nil {
		t.Error(err)
	}
	if list, err = s.Copies(w.ctx); err != nil || list[1].VerifiedAt.IsZero() {
		t.Errorf("%+v, %v", list[1], err)
	}
}

// A clock that ran ahead for a day does not silence the reminder for years.
func TestAClockThatRanAhead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		usb := filepath.Join(t.TempDir(), "usb")
		w.must(os.MkdirAll(usb, 0o700))
		w.settings(func(s *Settings) { s.Second = usb })
		right := w.make()
		storetest.ClockOf(db).Set(calendar.MustISO("2031-05-01").At(9, 0))
		w.make()
		storetest.ClockOf(db).Set(calendar.MustISO("2026-12-20").At(9, 0))
		st, err := w.s.State(w.ctx)
		if err != nil || st.Outside.ID != right.Copies[1].ID || !st.Late(db.Now()) {
			t.Errorf("%+v, %v", st.Outside, err)
		}
		if n := len(files(t, usb)); n != 2 {
			t.Errorf("%d files are left", n)
		}
	})
}

func TestSettingsAreJudged(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	good, err := w.s.Settings(w.ctx)
	w.must(err)
	if !good.Daily || good.Here != w.dir || good.Rule != DefaultRule || good.Second != "" {
		t.Errorf("%+v", good)
	}
	file := filepath.Join(t.TempDir(), "fichier")
	w.must(os.WriteFile(file, nil, 0o600))
	for name, c := range map[string]struct {
		change func(*Settings)
		words  string
	}{
		"hour":       {func(s *Settings) { s.Hour = 24 }, "0 à 23"},
		"no days":    {func(s *Settings) { s.Rule.Days = 0 }, "jours va de 1"},
		"months":     {func(s *Settings) { s.Rule.Months = 121 }, "mois"},
		"no folder":  {func(s *Settings) { s.Here = "  " }, "Indiquez le dossier"},
		"relative":   {func(s *Settings) { s.Here = "copies" }, "chemin complet"},
		"a file":     {func(s *Settings) { s.Here = file }, "ne peut pas être créé"},
		"twice":      {func(s *Settings) { s.Second = w.dir + "/" }, "le même"},
		"absent":     {func(s *Settings) { s.Second = "/nulle/part" }, "n’est pas là"},
		"second rel": {func(s *Settings) { s.Second = "usb" }, "chemin complet"},
	} {
		bad := good
		c.change(&bad)
		err := w.s.SaveSettings(w.ctx, bad)
		said := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
		if err == nil || !strings.Contains(said, c.words) {
			t.Errorf("%s: %s", name, said)
		}
		if now, err := w.s.Settings(w.ctx); err != nil || now != good {
			t.Errorf("%s: kept %+v, %v", name, now, err)
		}
	}
}

// Files are removed as the rule says, and only ours: what somebody put in the
// place of a copy stays, so does what no record names, and what was asked for
// in a folder of one's own.
func TestThinningOut(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	clock := storetest.ClockOf(w.db)
	clock.Set(calendar.MustISO("2026-09-01").At(12, 0))
	usb := filepath.Join(t.TempDir(), "usb")
	w.must(os.MkdirAll(usb, 0o700))
	w.settings(func(s *Settings) { s.Second = usb })
	mine, err := w.s.MakeIn(w.ctx, t.TempDir())
	w.must(err)
	holiday := filepath.Join(w.dir, "vacances.jpg")
	w.must(os.WriteFile(holiday, []byte("photo"), 0o600))
	var first Made
	for n := range 25 {
		clock.Set(calendar.MustISO("2026-09-01").Add(n).At(12, 0))
		m, done, err := w.s.Day(staff.System(t.Context()), false)
		if err != nil || !done {
			t.Fatal(done, err)
		}
		if n == 0 {
			first = m
			w.must(os.WriteFile(m.Copies[0].Path, []byte("un autre fichier"), 0o600)) // somebody's
		}
		if n == 1 {
			w.must(os.Remove(m.Copies[1].Path)) // gone by hand
		}
		if n == 10 {
			w.must(os.Rename(usb, usb+"-poche")) // the stick is away for three days
			w.must(os.MkdirAll(filepath.Dir(usb), 0o700))
		}
		if n == 13 {
			w.must(os.Rename(usb+"-poche", usb))
		}
	}
	if !strings.Contains(string(body(t, first.Copies[0].Path)), "autre fichier") {
		t.Error("somebody's file was replaced")
	}
	for _, path := range []string{holiday, mine.Path} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	list, err := w.s.Copies(w.ctx)
	w.must(err)
	byPlace := map[Place]int{}
	for _, c := range list {
		byPlace[c.Place]++
		if _, err := os.Stat(c.Path); err != nil {
			t.Errorf("listed and not there: %v", err)
		}
	}
	// 25 September: 19 to 25, the Sundays 6 and 13, and 1 September's stranger
	if byPlace[Here] != 10 || byPlace[Second] != 9 || byPlace[Elsewhere] != 1 {
		t.Errorf("%v", byPlace)
	}
	if n := len(files(t, w.dir)); n != 11 { // with the photograph
		t.Errorf("%d files: %v", n, files(t, w.dir))
	}
	if n := w.count(`SELECT count(*) FROM backup_copy WHERE removed_at <> ''`); n < 20 {
		t.Errorf("%d removals are noted", n)
	}
}

// What a restore would change: figures, and what would be lost, in the words of
// the trail.
func TestPreview(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.note("family.create", "Famille créée")
		c := w.make().Copies[0]
		storetest.ClockOf(db).Add(time.Hour)
		for range 22 {
			w.note("booking.commit", "Réservation de Zoé, mardi 1ᵉʳ décembre")
		}
		w.note("health.read", "lecture")
		w.note("wallet.topup", "Rechargement de 50,00 €")
		w.write(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ('NOUVELLE', 'n', $1, '')`, []byte("n"))
		o := w.open(c.Path, Secret{Phrase: w.phrase})
		p, err := w.s.Preview(w.ctx, o)
		w.must(err)
		if p.Then.Families != 1 || p.Now.Families != 2 || p.Apart || !p.Known || p.Older() || p.Total != 23 || len(p.Last) != shownLost {
			t.Errorf("%s", text(p))
		}
		if p.Last[0].Detail != "Rechargement de 50,00 €" || p.Last[0].Label != "Porte-monnaie" || !p.Last[0].At.Equal(db.Now()) || p.Last[0].Agent != "Hélène Borel" {
			t.Errorf("%+v", p.Last[0])
		}
		if len(p.Kinds) != 2 || p.Kinds[0] != (LostKind{"booking", "Réservation", 22}) || p.Kinds[1].Count != 1 {
			t.Errorf("%+v", p.Kinds)
		}
		if p.Then.LastAt.IsZero() || !p.Now.LastAt.After(p.Then.LastAt) || p.Then.Entries == 0 {
			t.Errorf("%s", text(p))
		}
		if p, err = o.Preview(t.Context(), nil); err != nil || p.Now != nil || p.Then.Families != 1 {
			t.Errorf("without a base: %s, %v", text(p), err)
		}
		// another town's
		other := newTown(t, storetest.OpenSQLite(t))
		other.note("family.create", "Ailleurs")
		if p, err = o.Preview(t.Context(), other.db); err != nil || !p.Apart || p.Known {
			t.Errorf("another town: %s, %v", text(p), err)
		}
	})
}

// Checking a file again tells a whole one from a spoilt one, with and without
// the key.
func TestCheck(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	c := w.make().Copies[0]
	sys := staff.System(t.Context())
	got, err := w.s.Check(sys, c.Path, Secret{})
	if err != nil || !got.Known || got.Whole {
		t.Errorf("without a key: %+v, %v", got, err)
	}
	if got, err = w.s.Check(w.ctx, c.Path, Secret{}); err != nil || !got.Known || !got.Whole {
		t.Errorf("in a session: %+v, %v", got, err)
	}
	raw := body(t, c.Path)
	raw[len(raw)/2] ^= 1
	w.must(os.WriteFile(c.Path, raw, 0o600))
	for _, ctx := range []Secret{{}, {Phrase: w.phrase}} {
		_, err = w.s.Check(sys, c.Path, ctx)
		refused(t, err, fault.Conflict, "abîmée")
	}
	moved := filepath.Join(t.TempDir(), "ailleurs"+Ext)
	w.must(os.WriteFile(moved, raw, 0o600))
	_, err = w.s.Check(sys, moved, Secret{})
	refused(t, err, fault.Forbidden, "ne la connaît pas")
}

// Before an import: the copy, or no import; nothing to lose, nothing to copy.
func TestBeforeImport(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	w.must(w.s.BeforeImport(w.ctx))
	list, err := w.s.Copies(w.ctx)
	if err != nil || len(list) != 1 || list[0].Cause != Import {
		t.Fatalf("%+v, %v", list, err)
	}
	w.must(os.RemoveAll(w.dir))
	w.must(os.WriteFile(w.dir, nil, 0o600)) // a file where the folder was
	refused(t, w.s.BeforeImport(w.ctx), fault.Unavailable, "import n’a pas commencé", "sans sauvegarde")
	empty := New(storetest.OpenSQLite(t), Options{Folder: w.dir, device: disks})
	w.must(empty.BeforeImport(staff.System(t.Context())))
}

// The copy before a migration is sealed where the old base has a key.
func TestBeforeMigration(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	var found Copy
	keep := Keeper(w.dir, "Ardoise 0.6.0", &found)
	w.must(w.db.Copy(t.Context(), func(c *store.Copy) error {
		_, err := keep(t.Context(), c)
		return err
	}))
	if !found.Sealed || found.Cause != Migration || filepath.Ext(found.Path) != Ext {
		t.Errorf("%+v", found)
	}
	w.must(w.s.Migrated(staff.System(t.Context()), found))
	st, err := w.s.State(w.ctx)
	if err != nil || st.Last.Path != found.Path {
		t.Errorf("%+v, %v", st, err)
	}
	w.open(found.Path, Secret{Phrase: w.phrase})
	keep = Keeper("", "Ardoise 0.6.0", &found) // nobody has chosen a folder
	w.must(w.db.Copy(t.Context(), func(c *store.Copy) error {
		_, err := keep(t.Context(), c)
		return err
	}))
	if filepath.Dir(found.Path) != filepath.Join(filepath.Dir(w.db.Path()), "sauvegardes") {
		t.Errorf("kept in %s", found.Path)
	}
}

func TestLocalServer(t *testing.T) {
	for address, want := range map[string]bool{
		"postgres://a@/x?host=/var/run/postgresql": true, "postgres://localhost/x": true, "postgres://127.0.0.1:5432/x": true, "postgres://[::1]/x": true,
		"postgres://serveur.mairie.fr/x": false, "postgres://10.0.0.4/x": false,
	} {
		if got := localServer(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestDeviceOf(t *testing.T) {
	here, err := deviceOf(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := deviceOf(filepath.Dir(t.TempDir())); err != nil || again != here {
		t.Errorf("%q and %q, %v", here, again, err)
	}
	if _, err := deviceOf("/nulle/part"); err == nil {
		t.Error("a path that is not there has a disk")
	}
	if dev, err := deviceOf("/dev/shm"); err == nil && dev != "" {
		t.Errorf("memory counts as a disk: %q", dev)
	}
}

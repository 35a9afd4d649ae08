package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// served connects the town's mailbox to a server of the test's own.
func (w *hamlet) served(d *mailtest.IMAP, change ...func(*Account)) Account {
	w.t.Helper()
	list, err := w.s.Accounts(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	a := list[0]
	a.IMAPHost, a.IMAPPort, a.IMAPSecurity, a.IMAPUser, a.CA = d.Host, d.PortTLS, wire.TLS, d.User, string(d.CA)
	for _, c := range change {
		c(&a)
	}
	if _, err := w.s.SaveAccount(w.ctx, a, Secrets{Password: d.Password()}); err != nil {
		w.t.Fatal(err)
	}
	a.Version++
	return a
}

func (w *hamlet) fetch() Fetched {
	w.t.Helper()
	f, err := w.s.Fetch(w.ctx, 0, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// fill puts n messages into the server's folder.
func fill(d *mailtest.IMAP, from, n int) {
	for i := range n {
		d.Append("INBOX", []byte(mailFrom(leaMail, fmt.Sprint("message ", from+i), "annuler "+strings.Repeat("texte ", 50))), storetest.Start.Add(-time.Hour))
	}
}

// all looks that the first n messages are there, each once.
func (w *hamlet) all(n int) {
	w.t.Helper()
	items, _, err := w.s.List(w.ctx, Filter{Limit: 5000})
	if err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, it := range items {
		seen[it.Subject]++
	}
	for i := range n {
		if s := fmt.Sprint("message ", i); seen[s] != 1 {
			w.t.Errorf("%s is there %d times", s, seen[s])
		}
	}
	if len(items) != n {
		w.t.Errorf("%d messages, want %d", len(items), n)
	}
}

func TestFetchAndMark(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		w.served(d)
		fill(d, 0, 25)
		d.Append("INBOX", []byte("\x01\x02 rien de lisible"), storetest.Start)
		if f := w.fetch(); f != (Fetched{New: 26, Aside: 1}) {
			t.Errorf("%+v", f)
		}
		if f := w.fetch(); f != (Fetched{}) {
			t.Errorf("again: %+v", f)
		}
		for _, m := range d.Messages("INBOX") {
			if len(m.Flags) > 0 && !slices.Equal(m.Flags, []string{`\Recent`}) {
				t.Fatalf("flagged before anybody decided: %v", m.Flags)
			}
		}
		w.exec(`UPDATE mail_message SET state = 'ignored', decided_at = taken_at WHERE id = (SELECT MIN(id) FROM mail_message)`)
		w.fetch()
		marked := 0
		for _, m := range d.Messages("INBOX") {
			if slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, wire.Keyword) }) {
				marked++
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM mail_message WHERE marked = 1`); marked != 1 || n != 1 {
			t.Errorf("%d marked on the server, %d noted", marked, n)
		}
		it, _, err := w.s.List(w.ctx, Filter{Limit: 1})
		if err != nil || it[0].Received.After(storetest.Start) {
			t.Errorf("received %v, %v", it[0].Received, err)
		}
	})
}

func TestFetchMovesTheTreated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		d.CreateFolder("Traités")
		a := w.served(d, func(a *Account) { a.DoneFolder = "Traités" })
		fill(d, 0, 3)
		w.fetch()
		w.exec(`UPDATE mail_message SET state = 'ignored', decided_at = taken_at WHERE id = (SELECT MIN(id) FROM mail_message)`)
		w.fetch()
		if n, m := len(d.Messages("INBOX")), len(d.Messages("Traités")); n != 2 || m != 1 {
			t.Errorf("%d left, %d moved", n, m)
		}
		// the town reads the other folder one day: nothing is there twice
		a.Folder, a.DoneFolder = "Traités", ""
		w.served(d, func(b *Account) { b.Folder, b.DoneFolder = "Traités", "" })
		if f := w.fetch(); f != (Fetched{Known: 1}) {
			t.Errorf("moved: %+v", f)
		}
		w.all(3)
		w.served(d, func(b *Account) { b.Folder, b.DoneFolder = "INBOX", "Envolé" })
		w.exec(`UPDATE mail_message SET state = 'ignored', decided_at = taken_at WHERE marked = 0`)
		if _, err := w.s.Fetch(w.ctx, 0, nil); !strings.Contains(fault.Sentence(err), "Envolé") {
			t.Errorf("a done folder that is gone: %v", err)
		}
		if n := len(d.Messages("INBOX")); n != 2 {
			t.Errorf("%d messages left in the mailbox", n)
		}
	})
}

func TestFetchAfterTheFolderIsNumberedAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.served(d)
		fill(d, 0, 30)
		w.fetch()
		d.ResetUIDValidity("INBOX")
		fill(d, 30, 2)
		if f := w.fetch(); f != (Fetched{New: 2, Known: 30}) {
			t.Errorf("%+v", f)
		}
		w.all(32)
		if n := w.count(`SELECT COUNT(*) FROM mail_place`); n != 62 {
			t.Errorf("%d places", n)
		}
	})
}

func TestFetchThroughARestart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.served(d)
		fill(d, 0, 70)
		var once sync.Once
		f, err := w.s.Fetch(w.ctx, 0, func(done, _ int) {
			if done >= 20 {
				once.Do(d.Restart)
			}
		})
		if err == nil || fault.KindOf(err) != fault.Unavailable || f.New == 0 || f.New == 70 {
			t.Errorf("in the middle: %+v, %v", f, err)
		}
		if g := w.fetch(); f.New+g.New != 70 || g.Known != 0 {
			t.Errorf("first %+v, then %+v", f, g)
		}
		w.all(70)
	})
}

func TestFetchSaysWhatIsWrong(t *testing.T) {
	d := mailtest.Dovecot(t)
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.served(d)
	fill(d, 0, 2)
	problem := func(words string) {
		t.Helper()
		f, err := w.s.Fetch(w.ctx, 0, nil)
		if text := fault.Sentence(err); err == nil || !strings.Contains(strings.ToLower(text), words) || f != (Fetched{}) {
			t.Errorf("want %q: %v", words, err)
		}
	}
	right := d.Password()
	time.Sleep(1100 * time.Millisecond) // Dovecot looks at its passwords once a second
	d.SetPassword("autre")
	problem("mot de passe")
	time.Sleep(1100 * time.Millisecond)
	d.SetPassword(right)
	d.Stop()
	problem("refuse la liaison")
	d.Start()
	d.Show(mailtest.Expired)
	problem("expiré")
	d.Show(mailtest.Good)
	w.served(d, func(a *Account) { a.Folder = "Ailleurs" })
	problem("dossier")
	w.served(d, func(a *Account) { a.Folder = "INBOX" })
	w.exec(`UPDATE mail_account SET secret = NULL`)
	problem("n’est pas connu sur ce poste")
	w.served(d)
	w.fetch()
	w.all(2)
}

// TestTwoWorkstations fetch one mailbox at once: nothing twice, nothing lost.
func TestTwoWorkstations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.served(d)
		fill(d, 0, 60)
		address := db.Path()
		if db.Engine() == store.Postgres {
			address = db.URL()
		}
		other := New(storetest.Open(t, address))
		other.out.ring = noRing
		var all sync.WaitGroup
		var got [2]Fetched
		for i, s := range []*Service{w.s, other} {
			all.Go(func() {
				f, err := s.Fetch(w.ctx, 0, nil)
				if err != nil {
					t.Errorf("workstation %d: %v", i, err)
				}
				got[i] = f
			})
		}
		all.Wait()
		if got[0].New+got[1].New != 60 {
			t.Errorf("%+v", got)
		}
		t.Logf("%+v", got)
		w.all(60)
	})
}

// TestFetchOnAFullDisk: nothing is half there, and the rest comes when there is room.
func TestFetchOnAFullDisk(t *testing.T) {
	d := mailtest.Dovecot(t)
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.served(d)
	for i := range 60 {
		d.Append("INBOX", []byte(mailFrom(leaMail, fmt.Sprint("message ", i), strings.Repeat("x", 10_000))), storetest.Start)
	}
	pages := w.count(`PRAGMA page_count`)
	w.id(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+100))
	f, err := w.s.Fetch(w.ctx, 0, nil)
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Sentence(err), "disque") || f.New == 60 {
		t.Fatalf("%+v, %v", f, err)
	}
	w.all(f.New)
	w.id(`PRAGMA max_page_count = 1000000`)
	if g := w.fetch(); f.New+g.New != 60 {
		t.Errorf("%+v, then %+v", f, g)
	}
	w.all(60)
}

// TestOldMailStaysWhereItIs: a mailbox that begins on a day brings nothing older,
// does not look at it again, and reads what came after.
func TestOldMailStaysWhereItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		d := mailtest.Dovecot(t)
		for i := range 30 {
			d.Append("INBOX", []byte(mailFrom(leaMail, fmt.Sprint("old ", i), "bonjour")), storetest.Start.AddDate(0, 0, -40))
		}
		fill(d, 0, 3)
		a := w.served(d, func(a *Account) { a.Since = calendar.DateOf(storetest.Start).Add(-30) })
		if f := w.fetch(); f.New != 3 {
			t.Fatalf("%+v", f)
		}
		w.all(3)
		for i := range 5 {
			d.Append("INBOX", []byte(mailFrom(leaMail, fmt.Sprint("late ", i), "bonjour")), storetest.Start.AddDate(0, 0, -41))
		}
		var looked int
		if f, err := w.s.Fetch(w.ctx, a.ID, func(_, total int) { looked = total }); err != nil || f.New != 0 || looked != 5 {
			t.Errorf("%+v %v, %d looked at", f, err, looked)
		}
		if _, err := w.s.Fetch(w.ctx, a.ID, func(_, total int) { looked = total }); err != nil || looked != 0 {
			t.Errorf("old mail is looked at again: %d, %v", looked, err)
		}
	})
}

//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/store/storetest"
)

// numberedMail is a message of its own, sent before the morning.
func numberedMail(n int) []byte {
	return fmt.Appendf(nil, "From: delphine.legrand@example.org\r\nTo: cantine@mairie.example\r\nSubject: message %d\r\nMessage-ID: <m%d@example.org>\r\nDate: Mon, 23 Nov 2026 07:16:00 +0100\r\n\r\nBonjour, merci de me rappeler au sujet de la cantine.\r\n%s", n, n, strings.Repeat("Texte.\r\n", 200))
}

func fill(d *mailtest.IMAP, from, to int) {
	for n := from; n < to; n++ {
		d.Append("INBOX", numberedMail(n), morning.Add(-time.Hour))
	}
}

// once wants the first n messages, each once.
func (v *village) once(n int) {
	v.t.Helper()
	seen := map[string]int{}
	for _, m := range v.list() {
		seen[m.Subject]++
	}
	if len(seen) != n {
		v.t.Errorf("%d messages, want %d", len(seen), n)
	}
	for subject, times := range seen {
		if times != 1 {
			v.t.Errorf("%s is there %d times", subject, times)
		}
	}
}

// TestPostFaults: what goes wrong with the servers is told in French with the
// status of the environment, and the work goes on when it is over.
func TestPostFaults(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { postFaults(t, newCtl(t, filepath.Join(t.TempDir(), "mairie.db"))) })
	t.Run("postgres", func(t *testing.T) { postFaults(t, newCtl(t, storetest.PostgresURL(t))) })
}

func postFaults(t *testing.T, c *ctl) {
	d, e := mailtest.Dovecot(t), mailtest.StartExim(t, mailtest.EximOptions{})
	v := newVillage(t, c)
	v.refused(exitRefused, "Aucune boîte n’est relevée", "mail", "fetch")
	v.admit("Louis", "LEGRAND", "prepaid") // a letter waits
	v.refused(exitEnvironment, "Aucune boîte n’est réglée pour l’envoi", "mail", "send")
	v.served(d, e)

	fill(d, 0, 5)
	d.Stop()
	v.refused(exitEnvironment, "refuse la liaison", "mail", "fetch")
	v.refused(exitEnvironment, "Réception : ", "mail", "test", ourAddress)
	d.Start()
	if f := v.fetch(); f != (fetchedJSON{New: 5}) {
		t.Errorf("%+v", f)
	}
	v.inTheMiddle(d)
	d.SetPassword("un autre")
	v.refused(exitEnvironment, "mot de passe", "mail", "fetch")
	v.served(d, e)
	d.Show(mailtest.Expired)
	v.refused(exitEnvironment, "certificat", "mail", "fetch")
	v.refused(exitEnvironment, "certificat", "mail", "test", ourAddress)
	d.Show(mailtest.Good)
	fill(d, 305, 310)
	if f := v.fetch(); f != (fetchedJSON{New: 5}) {
		t.Errorf("%+v", f)
	}
	d.ResetUIDValidity("INBOX")
	if f := v.fetch(); f != (fetchedJSON{Known: 310}) {
		t.Errorf("numbered anew: %+v", f)
	}
	v.once(310)
	v.twoAtOnce(d)
	v.noSending(e)
	v.clean()
}

// inTheMiddle stops the server while messages come in.
func (v *village) inTheMiddle(d *mailtest.IMAP) {
	t := v.t
	fill(d, 5, 305)
	over := make(chan result)
	go func() { over <- v.run("mail", "fetch") }()
	time.Sleep(300 * time.Millisecond)
	d.Stop()
	r := <-over
	if r.code == exitDone {
		t.Log("the server was too slow to go: everything had come in")
	} else if r.code != exitEnvironment || r.err == "" || strings.Contains(r.err, "[") {
		t.Errorf("exit %d: %s%s", r.code, r.out, r.err)
	}
	t.Logf("gone in the middle: %d came in; %s", len(v.list())-5, r.err)
	d.Start()
	v.fetch()
	v.once(305)
}

// twoAtOnce has two programs take the same messages in.
func (v *village) twoAtOnce(d *mailtest.IMAP) {
	t := v.t
	fill(d, 310, 400)
	var all sync.WaitGroup
	results := make([]result, 2)
	for i := range results {
		all.Go(func() { results[i] = v.run("mail", "fetch", "--json") })
	}
	all.Wait()
	brought := 0
	for _, r := range results {
		var f fetchedJSON
		if r.code != exitDone {
			t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
		}
		decode(t, r.out, &f)
		brought += f.New
	}
	if brought != 90 {
		t.Errorf("%d new messages, want 90: %+v", brought, results)
	}
	v.once(400)
}

// noSending: the server of the letters is gone, then back.
func (v *village) noSending(e *mailtest.Exim) {
	t := v.t
	e.Stop(t)
	v.problem("ne peut pas être joint", "mail", "send")
	e.Start(t)
	v.now = v.now.Add(10 * time.Minute)
	var sent sentJSON
	v.json(&sent, "mail", "send")
	if sent.Sent != 1 || len(e.Delivered(t)) != 1 {
		t.Errorf("%+v, %d delivered", sent, len(e.Delivered(t)))
	}
}

// problem wants the status of the environment and a sentence; what waits may note
// that it was tried.
func (v *village) problem(sentence string, args ...string) {
	v.t.Helper()
	if r := v.run(args...); r.code != exitEnvironment || !strings.Contains(plain(r.out+r.err), sentence) {
		v.t.Errorf("%v: exit %d, wanted « %s »\n%s%s", args, r.code, sentence, r.out, r.err)
	}
}

// watcher is mail watch in a process of its own.
type watcher struct {
	cmd *exec.Cmd
	mu  sync.Mutex
	err bytes.Buffer
}

// Write keeps what the process says on its streams, in the order it says it.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err.Write(p)
}

func (w *watcher) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return plain(w.err.String())
}

func (v *village) watch() *watcher {
	v.t.Helper()
	w := &watcher{cmd: exec.Command(os.Args[0], "--db", v.db, "--user", v.user, "--now", v.now.Format(time.RFC3339), "mail", "watch")}
	w.cmd.Env = append(os.Environ(), asCommand+"=1", "ARDOISE_PASSWORD="+password)
	w.cmd.Stdout, w.cmd.Stderr = w, w
	if err := w.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	return w
}

// eventually waits until what holds, and gives how long that took.
func eventually(t *testing.T, what string, w *watcher, holds func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for !holds() {
		if time.Since(begun) > time.Minute {
			t.Fatalf("%s: not within a minute\n%s", what, w.said())
		}
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(begun)
}

// TestMailWatch: a process of its own takes in what comes and sends what waits,
// through a server that goes and comes back, until it is told to stop.
func TestMailWatch(t *testing.T) {
	d, e := mailtest.Dovecot(t), mailtest.StartExim(t, mailtest.EximOptions{})
	v := sqliteVillage(t)
	v.served(d, e)
	w := v.watch()
	defer func() {
		if w.cmd.ProcessState == nil {
			if err := w.cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}()
	fill(d, 0, 1)
	eventually(t, "the first message", w, func() bool { return len(v.list()) == 1 })
	fill(d, 1, 2)
	took := eventually(t, "a message told by the server", w, func() bool { return len(v.list()) == 2 })
	if took > 10*time.Second {
		t.Errorf("a message came in after %v", took)
	}
	v.admit("Louis", "LEGRAND", "prepaid")
	sent := eventually(t, "a letter", w, func() bool { return len(e.Delivered(t)) == 1 })
	d.Stop()
	eventually(t, "the problem", w, func() bool { return strings.Contains(w.said(), "refuse la liaison") })
	fill2 := numberedMail(2)
	d.Start()
	d.Append("INBOX", fill2, morning.Add(-time.Hour))
	back := eventually(t, "a message after the restart", w, func() bool {
		return len(v.list()) == 3 && strings.Contains(w.said(), "La relève fonctionne de nouveau.")
	})
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v\n%s", err, w.said())
	}
	t.Logf("a message taken in after %v, a letter sent after %v, back after %v, ended in %v", took, sent, back, time.Since(begun))
	if said := w.said(); strings.Count(said, "refuse la liaison") != 1 || !strings.Contains(said, "1 courriel envoyé") || !strings.HasSuffix(said, "Arrêté.\n") {
		t.Errorf("it said:\n%s", said)
	}
	v.clean()
}

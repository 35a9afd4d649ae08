//go:build unix

package mailbox

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestSendingChild is the other program of the tests below, not a test.
func TestSendingChild(t *testing.T) {
	url := os.Getenv("ARDOISE_MAIL_DB")
	if url == "" {
		t.Skip("skipped: it is started by TestKilled and TestKilledInFlight")
	}
	port, err := strconv.Atoi(os.Getenv("ARDOISE_MAIL_PORT"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(os.Getenv("ARDOISE_MAIL_CA"))
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, url)
	d := &desk{t: t, db: db, s: New(db), with: wire.Credential{Password: mailtest.SMTPPassword}}
	d.server = wire.Server{Host: "localhost", Port: port, Security: wire.TLS, User: mailtest.SMTPUser, CA: ca}
	d.s.post.outlet = d.outlet
	d.ctx = stafftest.Session(t, db, staff.Accueil)
	fmt.Println("begun")
	r, err := d.s.Send(d.ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("ended %+v\n", r)
}

// sendingChild starts one, under another program where wrapped, and waits until it
// begins.
func (d *desk) sendingChild(port int, wrapped ...string) *exec.Cmd {
	d.t.Helper()
	ca := filepath.Join(d.t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, d.server.CA, 0o600); err != nil {
		d.t.Fatal(err)
	}
	line := append(wrapped, os.Args[0], "-test.run=^TestSendingChild$", "-test.v")
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), "ARDOISE_MAIL_DB="+address(d.db), "ARDOISE_MAIL_PORT="+strconv.Itoa(port), "ARDOISE_MAIL_CA="+ca)
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "begun" {
			return cmd
		}
	}
	if wrapped == nil {
		d.t.Errorf("the child said nothing: %v", lines.Err())
	}
	return cmd // struck before it began
}

// kill ends it as a power cut would.
func (d *desk) kill(cmd *exec.Cmd) {
	d.t.Helper()
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		d.t.Error(err)
	}
	if err := cmd.Wait(); err == nil {
		d.t.Log("it had ended before")
	}
}

// TestKilled: a program that sends is killed at random moments, time and again.
// Nothing leaves twice, nothing is lost, and only what was under way is doubtful.
func TestSendKilled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		const letters = 90
		for range letters {
			d.post("a@b.fr")
		}
		kills, inFlight := 0, 0
		for ; kills < 8 && d.states()["waiting"] > 0; kills++ {
			before := d.states()["sending"]
			child := d.sendingChild(e.SMTPS)
			time.Sleep(time.Duration(10+rand.IntN(150)) * time.Millisecond)
			d.kill(child)
			n := d.states()["sending"] - before
			if n > 1 {
				t.Errorf("%d letters under way at once", n)
			}
			inFlight += n
		}
		d.onceEach(e, letters, inFlight)
		t.Logf("%d kills", kills)
	})
}

// onceEach lets the time of what was under way pass, sends the rest and looks at
// what the server holds.
func (d *desk) onceEach(e *mailtest.Exim, letters, inFlight int) {
	t := d.t
	t.Helper()
	d.clock.Add(claimLife - time.Second)
	if n := d.states()["doubt"]; n != 0 {
		t.Errorf("%d in doubt before their time", n)
	}
	d.clock.Add(2 * time.Second)
	for d.states()["waiting"] > 0 {
		if r := d.send(); r.Problem != "" {
			t.Fatalf("%+v", r)
		}
		d.clock.Add(time.Minute)
	}
	d.send()
	n, delivered := d.states(), e.Count(t)
	t.Logf("%d were struck under way; in the end %v, %d delivered", inFlight, n, len(delivered))
	if n["sent"]+n["doubt"] != letters || n["doubt"] != inFlight {
		t.Errorf("%v, %d were under way", n, inFlight)
	}
	known := 0
	for header, id := range d.headers() {
		times, state := delivered[header], d.get(id).State
		if times > 1 || state == "sent" && times != 1 {
			t.Errorf("letter %d is %s and was delivered %d times", id, state, times)
		}
		known += times
	}
	if known != len(delivered) || len(e.Delivered(t)) != known {
		t.Errorf("%d delivered, %d known", len(e.Delivered(t)), known)
	}
}

// TestKilledAtWrites: the program dies at the Nth write or sync of its database,
// hence also between the server's answer and our note of it.
func TestKilledAtWrites(t *testing.T) {
	if out, err := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "/bin/true").CombinedOutput(); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatalf("strace is required here: %v %s", err, out)
		}
		t.Skipf("skipped: strace cannot be used here: %v %s", err, out)
	}
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	d := newDesk(t, storetest.OpenSQLite(t), eximServer(e))
	letters, inFlight := 0, 0
	for round := 0; round < 30 && inFlight < 3; round++ {
		for d.states()["waiting"] < 10 {
			d.post("a@b.fr")
			letters++
		}
		when := 3 + round%7 // each thread counts its own
		before := d.states()["sending"]
		child := d.sendingChild(e.SMTPS, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", fmt.Sprintf("inject=fsync,fdatasync:signal=SIGKILL:when=%d", when))
		if err := child.Wait(); err == nil {
			t.Logf("at %d nothing struck", when)
		}
		inFlight += d.states()["sending"] - before
	}
	if inFlight == 0 {
		t.Error("no letter was struck under way: nothing was put to the test")
	}
	d.onceEach(e, letters, inFlight)
}

// TestKilledInFlight: the program dies after the server took a letter and before it
// could write that down. With a naive "try again" the letter leaves twice.
func TestKilledInFlight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, planted := range []bool{false, true} {
			s := (&mailtest.Scripted{HangEnd: "muet@b.fr"}).Start(t)
			d := &desk{t: t, db: db, s: New(db), clock: storetest.ClockOf(db), with: wire.Credential{Password: "x"}}
			d.ctx = stafftest.Session(t, db, staff.Accueil)
			if !planted {
				d.account("Cantine", mailtest.SMTPUser, 600)
			}
			d.server = scriptedServer(s)
			d.s.post.outlet = d.outlet
			id := d.post("muet@b.fr")
			child := d.sendingChild(s.Port)
			for end := time.Now().Add(20 * time.Second); len(s.Letters()) == 0 && time.Now().Before(end); {
				time.Sleep(5 * time.Millisecond)
			}
			d.kill(child)
			if o := d.get(id); o.State != "sending" || len(s.Letters()) != 1 {
				t.Fatalf("%s, %d letters", o.State, len(s.Letters()))
			}
			s.Speak()
			if planted {
				kept := abandonedQuery
				defer func() { abandonedQuery = kept }()
				abandonedQuery = strings.Replace(abandonedQuery, "'doubt'", "'waiting'", 1)
			}
			d.send()
			d.clock.Add(claimLife + time.Second)
			d.send()
			o, n := d.get(id), len(s.Letters())
			switch {
			case planted && n < 2:
				t.Errorf("this test cannot fail: naively tried again, the letter left %d times", n)
			case !planted && (n != 1 || o.State != "doubt" || !strings.Contains(o.Problem, "s’est arrêté pendant l’envoi")):
				t.Errorf("%d times, %s %q", n, o.State, o.Problem)
			}
		}
	})
}

// TestThreeHundred prints how long 300 letters take.
func TestThreeHundred(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: a measure")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		for range 300 {
			d.post("a@b.fr")
		}
		begun := time.Now()
		r := d.send()
		took := time.Since(begun)
		if r.Sent != 300 {
			t.Fatalf("%+v", r)
		}
		t.Logf("300 letters: %.2f s, %.0f a second", took.Seconds(), 300/took.Seconds())
		if n := len(e.Count(t)); n != 300 {
			t.Errorf("%d delivered", n)
		}
	})
}

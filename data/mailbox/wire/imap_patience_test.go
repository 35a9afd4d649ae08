package wire

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"

	"ardoise/data/fault"
)

// set changes a patience for a test.
func set(t *testing.T, what *time.Duration, d time.Duration) {
	t.Helper()
	old := *what
	*what = d
	t.Cleanup(func() { *what = old })
}

// piped gives an Inbox as if signed in, and its other end.
func piped(t *testing.T) (*Inbox, net.Conn) {
	t.Helper()
	here, there := net.Pipe()
	in := &Inbox{conn: &watched{Conn: here}, caps: map[string]bool{"IDLE": true}, box: Selected{Folder: "INBOX"}, seen: true, keyword: true}
	in.speak(in.conn)
	t.Cleanup(func() {
		in.conn.cut(io.EOF)
		if err := there.Close(); err != nil {
			t.Error(err)
		}
	})
	return in, there
}

func TestIdleIsRenewed(t *testing.T) {
	if imapRenew >= 29*time.Minute {
		t.Fatalf("IDLE is renewed after %v", imapRenew)
	}
	set(t, &imapRenew, 150*time.Millisecond)
	in, there := piped(t)
	rounds := make(chan int, 1)
	go func() {
		n, r := 0, bufio.NewReader(there)
		defer func() { rounds <- n }()
		for n < 3 {
			line, err := r.ReadString('\n')
			if err != nil || !strings.HasSuffix(line, " IDLE\r\n") {
				t.Errorf("%q %v", line, err)
				return
			}
			if _, err := io.WriteString(there, "+ idling\r\n"); err != nil {
				t.Error(err)
				return
			}
			if n == 2 {
				if _, err := io.WriteString(there, "* 4 EXISTS\r\n"); err != nil {
					t.Error(err)
					return
				}
			}
			if done, err := r.ReadString('\n'); err != nil || done != "DONE\r\n" {
				t.Errorf("%q %v", done, err)
				return
			}
			tag, _, _ := strings.Cut(line, " ")
			if _, err := io.WriteString(there, tag+" OK\r\n"); err != nil {
				t.Error(err)
				return
			}
			n++
		}
	}()
	news, supported, err := in.Idle(t.Context(), 10*time.Second)
	if n := <-rounds; n != 3 || !news || !supported || err != nil {
		t.Errorf("%d rounds, %v %v %v", n, news, supported, err)
	}
}

func TestSilenceEnds(t *testing.T) {
	set(t, &imapStill, 100*time.Millisecond)
	for _, what := range []func(*Inbox) error{
		func(in *Inbox) error { _, err := in.After(context.Background(), 0); return err },
		func(in *Inbox) error { _, _, err := in.Idle(context.Background(), time.Minute); return err }, // no "+" ever
	} {
		in, there := piped(t)
		go func() {
			if _, err := io.Copy(io.Discard, there); err != nil {
				return
			}
		}()
		begin := time.Now()
		err := what(in)
		if !errors.Is(err, errSilent) || time.Since(begin) > 2*time.Second || in.Live() {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if told := Explain(err); fault.KindOf(told) != fault.Unavailable || !strings.Contains(fault.Sentence(told), "ne répond plus") {
			t.Error(told)
		}
	}
}

// TestWithoutItsLimits takes the guards of lines away, one by one, and sees what
// they hold back come through.
func TestWithoutItsLimits(t *testing.T) {
	read := func(l *lines) error {
		l.begin()
		_, err := imap.ReadResp(imap.NewReader(l))
		return err
	}
	for _, c := range []struct {
		name, text string
		want       error
		away       func(*lines)
	}{
		{"a long line", "* X " + strings.Repeat("y", maxLine) + "\r\n", errLongLine, func(l *lines) { l.used = -maxLine }},
		{"deep lists", "* X " + strings.Repeat("(", maxDepth+1) + "y" + strings.Repeat(")", maxDepth+1) + "\r\n", errDeep, func(l *lines) { l.depth = -maxDepth }},
		{"much", "* X " + strings.Repeat("y", 300) + "\r\n", errChatter, func(l *lines) { l.budget = maxLine }},
	} {
		l := newLines(strings.NewReader(c.text))
		l.budget = 200
		if c.want != errChatter {
			l.budget = 1 << 20
		}
		if err := read(l); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		l = newLines(strings.NewReader(c.text))
		l.budget = 1 << 20
		l.begin()
		c.away(l)
		if _, err := imap.ReadResp(imap.NewReader(l)); err != nil {
			t.Errorf("%s, without its guard: %v", c.name, err)
		}
	}
	text := "* 1 FETCH (UID 1 BODY[] {70000}\r\n" + strings.Repeat("z", 70000) + ")\r\n"
	l := newLines(strings.NewReader(text))
	l.budget = 1 << 20
	var big *bigLiteral
	if err := read(l); !errors.As(err, &big) || big.size != 70000 {
		t.Error(err)
	}
	l = newLines(strings.NewReader(text))
	l.budget, l.literal = 1<<20, 70000
	if err := read(l); err != nil {
		t.Error(err)
	}
}

// TestPanicIsAnError: the library indexes what a server may leave out.
func TestPanicIsAnError(t *testing.T) {
	in, _ := piped(t)
	err := in.run(t.Context(), Working, time.Second, func() error { var none []any; _ = none[in.tags]; return nil })
	if !errors.Is(err, errGarbled) || in.Live() {
		t.Error(err)
	}
}

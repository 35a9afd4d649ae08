package mailbox

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// withPDF is a message of about size bytes with a PDF joined.
func withPDF(from, subject, text string, size int) string {
	pdf := make([]byte, max(200, (size-900)*70/100))
	r := rand.NewChaCha8([32]byte{byte(len(subject))})
	r.Read(pdf) //nolint:errcheck // never fails
	copy(pdf, "%PDF-1.4\n"+subject+"\n")
	copy(pdf[len(pdf)-8:], "\n%%EOF\n")
	coded := base64.StdEncoding.EncodeToString(pdf)
	var b strings.Builder
	for len(coded) > 76 {
		b.WriteString(coded[:76] + "\r\n")
		coded = coded[76:]
	}
	b.WriteString(coded + "\r\n")
	return "From: " + from + "\r\nTo: cantine@mairie.example\r\nSubject: " + subject + "\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n--b\r\n" +
		"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"fiche.pdf\"\r\n\r\n" + b.String() + "--b--\r\n"
}

// peak watches Go's memory in use until stop is called, which gives the most seen
// above what there was.
func peak() (stop func() uint64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapInuse + m.StackInuse
	var most atomic.Uint64
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if now := m.HeapInuse + m.StackInuse; now > before && now-before > most.Load() {
				most.Store(now - before)
			}
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(done); <-over; return most.Load() }
}

// TestThousandMessages: what quality asks of a morning after the holidays.
func TestThousandMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const many = 1000
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		for i := range 300 {
			w.family(fmt.Sprint("Famille", i), fmt.Sprintf("f%d@example.org", i), "Hugo", "Léa")
		}
		w.served(d)
		for i := range many {
			d.Append("INBOX", []byte(withPDF(fmt.Sprintf("f%d@example.org", i%300), fmt.Sprint("message ", i), "Bonjour, merci d'annuler la cantine de Hugo jeudi 26 novembre et vendredi.", 60_000)), storetest.Start.Add(-time.Hour))
		}
		stop, begun := peak(), time.Now()
		f := w.fetch()
		took, memory := time.Since(begun), stop()
		t.Logf("%s: %d messages of 60 kB taken in and read in %.2f s, %d MB of memory", db.Engine(), f.New, took.Seconds(), memory>>20)
		if f != (Fetched{New: many}) {
			t.Errorf("%+v", f)
		}
		if memory > 100<<20 {
			t.Errorf("too large: %d MB", memory>>20)
		}
	})
}

// TestLargeMessage: what one message may cost at most, taken in by the door.
func TestLargeMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	deep := "From: a@example.org\r\nMIME-Version: 1.0\r\n"
	for i := range 10_000 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n", i, i)
	}
	for name, c := range map[string]struct {
		raw   string
		aside bool
	}{
		"25 MB":       {withPDF(leaMail, "gros", "Ci-joint.", 25<<20-400_000), false},
		"too large":   {withPDF(leaMail, "trop gros", "Ci-joint.", 28<<20), true},
		"10,000 deep": {deep, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHamlet(t, storetest.OpenSQLite(t))
			w.family("Favier", leaMail, "Hugo")
			stop, begun := peak(), time.Now()
			got := w.take(1, c.raw)
			took, memory := time.Since(begun), stop()
			t.Logf("%d bytes: %.2f s, %d MB", len(c.raw), took.Seconds(), memory>>20)
			if (got.Aside != "") != c.aside {
				t.Errorf("set aside: %q", got.Aside)
			}
			if memory > 256<<20 { // how long is printed: what else the machine does is no fault of ours
				t.Errorf("too large: %d MB", memory>>20)
			}
			if m := w.get(got.MessageID); c.aside != (m.Aside && m.State == ToRead) || name != "10,000 deep" && m.From.Mail != leaMail {
				t.Errorf("%+v", m.Item)
			}
		})
	}
}

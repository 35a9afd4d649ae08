package message

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ardoise/data/fault"
)

// FuzzRead holds Read to its promises on whatever bytes: no panic, clean text,
// own words that are part of it, limits, a French reason, and no more than 10 s.
func FuzzRead(f *testing.F) {
	for _, one := range cases {
		f.Add([]byte(one.raw))
	}
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data", "mail", "*.eml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 64<<10 {
			f.Add(raw)
		}
	}
	o := Options{AuthHost: "mx.mairie.example", Own: []string{"cantine@mairie.example"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		start := time.Now()
		m, err := Read(context.Background(), raw, o)
		if took := time.Since(start); took > MaxTime {
			t.Errorf("%v for %d bytes", took, len(raw))
		}
		var crash crashed
		if errors.As(err, &crash) {
			t.Fatalf("a crash was caught: %v", err)
		}
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || m != nil {
				t.Fatalf("refused with %v and %v", err, m)
			}
			return
		}
		check(t, m)
		if again, err := Read(context.Background(), raw, o); err != nil || again.Text != m.Text || again.Own != m.Own {
			t.Error("read twice, it is not the same")
		}
	})
}

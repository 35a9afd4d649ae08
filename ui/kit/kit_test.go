package kit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"ardoise/ui/kit"
)

// lazy is a runner that keeps results until they are let go: the order in which
// slow answers come back is the test's.
type lazy struct{ back []func() }

func (l *lazy) Go(ctx context.Context, work func(context.Context) error, done func(error)) {
	err := work(ctx)
	l.back = append(l.back, func() { done(err) })
}
func (l *lazy) Do(f func())                            { f() }
func (l *lazy) After(_ time.Duration, f func()) func() { l.back = append(l.back, f); return func() {} }

func TestScopeDropsWhatComesLate(t *testing.T) {
	l := &lazy{}
	s := kit.NewScope(context.Background(), l)
	got := 0
	s.Go(s.Ctx(), func(context.Context) error { return nil }, func(error) { got++ })
	s.After(time.Second, func() { got++ })
	s.Close()
	for _, f := range l.back {
		f()
	}
	s.Do(func() { got++ })
	if got != 0 || s.Ctx().Err() == nil {
		t.Errorf("%d late results", got)
	}
	// planted fault: without the scope they arrive
	l.back = nil
	l.Go(context.Background(), func(context.Context) error { return nil }, func(error) { got++ })
	l.back[0]()
	if got != 1 {
		t.Error("the runner itself must deliver, or this test shows nothing")
	}
}

func TestLatestKeepsTheLastAnswer(t *testing.T) {
	l := &lazy{}
	var latest kit.Latest
	var got []string
	ask := func(text string) {
		latest.Go(l, context.Background(), func(context.Context) error { return nil }, func(error) { got = append(got, text) })
	}
	ask("f")
	ask("fa")
	l.back[1]()
	l.back[0]() // the first question answers last
	if len(got) != 1 || got[0] != "fa" {
		t.Errorf("answers %v", got)
	}
}

func TestLoadHandsValueAndError(t *testing.T) {
	boom := errors.New("boom")
	kit.Load(&kit.Sync{}, context.Background(), func(context.Context) (int, error) { return 3, boom }, func(n int, err error) {
		if n != 3 || !errors.Is(err, boom) {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestSyncFiresInTime(t *testing.T) {
	s := &kit.Sync{}
	got := ""
	s.After(6*time.Second, func() { got += "6" })
	stop := s.After(time.Second, func() { got += "1" })
	s.After(2*time.Second, func() { got += "2" })
	stop()
	s.Fire(5 * time.Second)
	if got != "2" {
		t.Errorf("after 5 s: %q", got)
	}
	s.Fire(6 * time.Second)
	if got != "26" {
		t.Errorf("after 6 s: %q", got)
	}
}

func TestUserRoles(t *testing.T) {
	u := kit.User{Roles: []string{"accueil", "regie"}}
	if !u.Has() || !u.Has("sante", "regie") || u.Has("sante") {
		t.Error("roles are read wrongly")
	}
}

func TestAsyncDoneRunsAfterWork(t *testing.T) {
	test.NewTempApp(t) // fyne.Do needs a driver
	done := make(chan error, 1)
	kit.Async{}.Go(context.Background(), func(context.Context) error { return errors.New("x") }, func(err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("the error is lost")
	}
}

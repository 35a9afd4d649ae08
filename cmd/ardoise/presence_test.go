package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
)

// TestPresenceIsSaid: at the sign-in, each minute, when asked; an error of the
// server ends nothing; somebody else's ending ends it, once, with its sentence.
func TestPresenceIsSaid(t *testing.T) {
	run, se := &kit.Sync{}, &staff.Session{AgentID: 1, Roles: staff.Roles}
	said, looked, why, refusal := 0, 0, []string{}, error(nil)
	p := &presence{
		here: func(context.Context) error { said++; return refusal }, still: func(context.Context) error { looked++; return refusal },
		runner: run, log: slog.New(slog.DiscardHandler), ended: func(text string) { why = append(why, text) },
	}
	p.event(staff.TopicPresence)
	if said+looked != 0 {
		t.Fatal("nobody is there")
	}
	p.start(staff.With(t.Context(), se))
	if run.Fire(staff.SeenEvery); said != 2 {
		t.Errorf("said %d times", said)
	}
	for _, topic := range []string{staff.TopicPresence, staff.TopicAgent, "*", "booking"} {
		p.event(topic)
	}
	if looked != 3 || said != 2 {
		t.Errorf("looked %d times, said %d", looked, said)
	}
	refusal = fault.New(fault.Unavailable, "Panne.")
	run.Fire(staff.SeenEvery)
	refusal = nil
	run.Fire(staff.SeenEvery)
	if said != 4 || len(why) != 0 {
		t.Errorf("after a failure: said %d, %v", said, why)
	}
	p.say() // locked: told at once, and the timer begins anew
	run.Fire(staff.SeenEvery)
	if said != 6 {
		t.Errorf("said %d times", said)
	}
	p.end()
	run.Fire(staff.SeenEvery)
	if said != 6 {
		t.Error("said after the end")
	}
}

// TestEndedSessionIsTold goes through the real room: the window whose session an
// administrator ended hears the sentence once.
func TestEndedSessionIsTold(t *testing.T) {
	db := storetest.OpenSQLite(t)
	s := staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast), staff.At("ACCUEIL-2", "Ardoise"))
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := s.SetUpDemo(staff.System(t.Context())); err != nil {
		t.Fatal(err)
	}
	se, err := s.SignInDemo(t.Context(), staff.Accueil)
	if err != nil {
		t.Fatal(err)
	}
	why := []string{}
	p := &presence{here: s.Here, still: s.StillHere, runner: &kit.Sync{}, log: slog.New(slog.DiscardHandler), ended: func(text string) { why = append(why, text) }}
	p.start(staff.With(t.Context(), se))
	admin := stafftest.Session(t, db, staff.Admin)
	list, err := s.Present(admin)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.EndSession(admin, list[0].ID); err != nil {
		t.Fatal(err)
	}
	p.event("*")
	p.event("*")
	if len(why) != 1 || !strings.Contains(why[0], "Un administrateur a fermé votre session") {
		t.Errorf("%q", why)
	}
}

// TestFootSaysWhatIsWrong: a clock that is ahead or behind, a server away.
func TestFootSaysWhatIsWrong(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	url := storetest.PostgresURL(t)
	for ahead, want := range map[time.Duration]string{
		2 * time.Hour: "L’horloge de ce poste avance de 2 h : Ardoise suit celle du serveur", -125 * time.Minute: "L’horloge de ce poste retarde de 2 h 05", 0: "",
		time.Minute: "", 5 * time.Minute: "avance de 5 min", 80 * time.Hour: "avance de 3 jours",
	} {
		o, err := data.Open(t.Context(), url, data.Options{Clock: func() time.Time { return time.Now().Add(ahead) }, RealClock: true, Cost: &stafftest.Fast})
		if err != nil {
			t.Fatal(err)
		}
		st, err := status{o}.Status(staff.System(t.Context()))
		if err != nil || !strings.Contains(strings.ReplaceAll(st.Warning, "\u00a0", " "), want) || (want == "") != (st.Warning == "") {
			t.Errorf("%s: %q, %v", ahead, st.Warning, err)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
	o := openAs(t, url)
	told := make(chan struct{}, 10)
	defer o.Store.Subscribe(func(store.Event) { told <- struct{}{} })()
	start := storetest.StopServer(t)
	<-told
	st, err := status{o}.Status(staff.System(t.Context()))
	if err != nil || !strings.Contains(st.Warning, "ne répond plus depuis") || st.Database == "" {
		t.Errorf("%+v %v", st, err)
	}
	start()
	for end := time.Now().Add(20 * time.Second); ; {
		<-told
		if st, err = (status{o}).Status(staff.System(t.Context())); err == nil && st.Warning == "" && st.Counts != "" {
			break
		}
		if time.Now().After(end) {
			t.Fatal(st, err)
		}
	}
}

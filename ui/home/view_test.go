package home

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/booking"
	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func open(t *testing.T, roles ...staff.Role) (*world, *page) {
	t.Helper()
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	return w, w.show(roles...)
}

func TestTheDeskSeesTheDay(t *testing.T) {
	w, p := open(t, staff.Accueil, staff.Regie)
	if p.today.h.Children == 0 || p.next.h.Day <= p.b.today || len(p.counters.Objects) != 4 {
		t.Fatalf("today %+v", p.today.h)
	}
	if w.win.Canvas().Focused() != p.list {
		t.Error("the list of tasks has the keyboard")
	}
	// Enter opens the first task.
	p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(w.sh.Navigated) != 1 || w.sh.Navigated[0] != p.tasks[0].section {
		t.Errorf("went to %v", w.sh.Navigated)
	}
	p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if w.sh.Navigated[1] != p.tasks[1].section || w.sh.Args[1] != p.tasks[1].arg {
		t.Errorf("went to %v %v", w.sh.Navigated, w.sh.Args)
	}
	// Counters and cards lead where the work is.
	for _, o := range p.counters.Objects {
		test.Tap(o.(*widgets.Pressable))
	}
	if got := strings.Join(w.sh.Navigated[2:], " "); got != "requests inbox wallets families" {
		t.Errorf("counters: %s", got)
	}
	if w.sh.Args[5] != family.BadgeExpiring {
		t.Errorf("args %v", w.sh.Args)
	}
	test.Tap(p.today.Pressable)
	if d := w.sh.Args[len(w.sh.Args)-1].(kit.OpenDay); d.Day != p.b.today {
		t.Errorf("card: %+v", d)
	}
	test.Tap(p.count.act)
	if d := w.sh.Args[len(w.sh.Args)-1].(kit.OpenDay); d.Day != p.b.cut.day || w.sh.Navigated[len(w.sh.Navigated)-1] != "bookings" {
		t.Errorf("countdown: %+v", d)
	}
	w.clean()
}

func TestHabitualsAreCounted(t *testing.T) {
	_, p := open(t, staff.Accueil)
	p.b.cut.habitual = []booking.Habitual{{ChildID: 7}, {ChildID: 8}}
	p.count.refresh()
	if p.count.act.Label() != "Voir les 2 enfants" {
		t.Errorf("%q", p.count.act.Label())
	}
	test.Tap(p.count.act)
	if d := p.sh.(*kit.FakeShell).Args[0].(kit.OpenDay); len(d.Children) != 2 || d.Children[1] != 8 {
		t.Errorf("%+v", d)
	}
}

func TestTheKitchenSeesNoFamilyAndNoMoney(t *testing.T) {
	w, p := open(t, staff.Cuisine)
	if p.b.families != 0 || p.b.low != nil || p.b.submitted != nil || p.b.expiring != nil || p.b.cut.habitual != nil {
		t.Errorf("read %+v", p.b)
	}
	for _, c := range p.b.counters(p.may) {
		if c.section != "kitchen" {
			t.Errorf("counter %q leads to %s", c.title, c.section)
		}
	}
	for _, x := range p.tasks {
		if x.section != "kitchen" {
			t.Errorf("task %q", x.what)
		}
	}
	test.Tap(p.count.act)
	if w.sh.Navigated[0] != "kitchen" {
		t.Errorf("went to %v", w.sh.Navigated)
	}
	w.clean()
}

func TestEveryRoleLoads(t *testing.T) {
	for _, r := range staff.Roles {
		w, p := open(t, r)
		if !p.loaded {
			t.Errorf("%s: nothing loaded", r)
		}
		w.clean()
	}
}

func TestMinutesPass(t *testing.T) {
	w, p := open(t, staff.Accueil)
	before := left(p.b.at, p.b.cut.at)
	day := p.b.cut.day
	w.sh.Clock = w.sh.Clock.Add(time.Hour)
	w.sh.Run.Fire(time.Minute)
	if after := left(p.b.at, p.b.cut.at); after == before {
		t.Errorf("still %s", after)
	}
	// Past the cut-off everything is read again, and the next one counts down.
	w.sh.Clock = p.b.cut.at.Add(time.Minute)
	w.sh.Run.Fire(time.Minute)
	if p.b.cut.day <= day {
		t.Errorf("cut-off of %s again", p.b.cut.day)
	}
	p.Close()
	at := p.b.at
	w.sh.Clock = w.sh.Clock.Add(time.Hour)
	w.sh.Run.Fire(time.Minute)
	if !p.b.at.Equal(at) {
		t.Error("a closed page still ticks")
	}
}

func TestEventsReadAgain(t *testing.T) {
	w, p := open(t, staff.Accueil, staff.Cuisine)
	v := p.b.next.Version
	if _, err := w.o.Booking.Send(w.sh.Context, p.b.service.ID, p.b.next.Day); err != nil {
		t.Fatal(err)
	}
	p.OnEvent(kit.Event{Topic: "agent"})
	w.sh.Run.Fire(time.Second)
	if p.b.next.Version != v {
		t.Error("an event of no concern read again")
	}
	p.OnEvent(kit.Event{Topic: booking.TopicHeadcount})
	w.sh.Run.Fire(time.Second)
	if p.b.next.Version != v+1 || !strings.HasPrefix(p.next.badge.Text, "Transmise") {
		t.Errorf("version %d, %s", p.b.next.Version, p.next.badge.Text)
	}
}

func TestFirstDay(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t, true)
	p := w.show(staff.Admin, staff.Accueil)
	if p.stack.Objects[0] != p.guide.box || len(p.guide.rows.Objects) != 6 {
		t.Fatal("no guide")
	}
	w.clean()
}

func TestARefusalIsToldAndTriedAgain(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t, false)
	fail := errors.New("disk")
	w.deps.Service = func(_ context.Context) (int64, error) { return 0, fail }
	p := w.show(staff.Accueil)
	if p.stack.Objects[0] != p.note || p.note.Title() == "" {
		t.Fatal("the failure is not told")
	}
	fail = nil
	p.reload()
	if p.stack.Objects[0] != p.board {
		t.Error("the board is not back")
	}
}

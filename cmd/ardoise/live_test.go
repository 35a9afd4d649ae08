package main

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

func openAs(t *testing.T, url string) *data.Office {
	t.Helper()
	o, err := data.Open(t.Context(), url, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// bookable finds a prepaid family whose first child may book in February.
func bookable(t *testing.T, ctx context.Context, o *data.Office) (*booking.MonthGrid, booking.Item) {
	t.Helper()
	hits, _, err := o.Family.Search(ctx, "", family.Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		g, err := o.Booking.Month(ctx, h.ID, 2027, time.February)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range g.Children {
			for _, s := range c.Services {
				if s.Gate == "" && s.Pay == booking.Prepaid && s.Booked == 0 {
					return g, booking.Item{ChildID: c.ChildID, ServiceID: s.ServiceID}
				}
			}
		}
	}
	t.Fatal("nobody can book")
	return nil, booking.Item{}
}

// TestTwoOfficesHearEachOther: ten bookings in one program; the other hears of
// each, with the families concerned, and reads them.
func TestTwoOfficesHearEachOther(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	url := storetest.PostgresURL(t)
	one, two := openAs(t, url), openAs(t, url)
	if _, err := demo.Create(t.Context(), one, demo.Size{Families: 12, Seed: 5}, nil); err != nil {
		t.Fatal(err)
	}
	ctx := staff.System(t.Context())
	g, item := bookable(t, ctx, one)
	if _, err := one.Ledger.TopUp(ctx, ledger.TopUp{Key: "live", FamilyID: g.FamilyID, Amount: 9000, Means: "cash"}); err != nil {
		t.Fatal(err)
	}
	heard := make(chan store.Event, 1000)
	defer two.Store.Subscribe(func(e store.Event) { heard <- e }, booking.Topic)()
	for len(heard) > 0 {
		<-heard
	}
	var longest, sum time.Duration
	n := 0
	for item.Day = calendar.MustISO("2027-02-01"); n < 5; item.Day = item.Day.Add(1) {
		_, err := one.Booking.Book(ctx, booking.Ask{Key: "live" + item.Day.String(), FamilyID: g.FamilyID, Add: []booking.Item{item}, Means: "wallet", Consent: ledger.Consent{Who: "x", How: "telephone"}})
		if err != nil && item.Day.Weekday() != time.Wednesday && item.Day.Weekday() != time.Saturday && item.Day.Weekday() != time.Sunday {
			t.Fatal(err)
		}
		if err != nil {
			continue
		}
		n++
		recorded := time.Now()
		select {
		case e := <-heard:
			took := time.Since(recorded)
			longest, sum = max(longest, took), sum+took
			if !e.Remote {
				t.Errorf("%+v", e)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("not heard")
		}
		there, err := two.Booking.Month(ctx, g.FamilyID, 2027, time.February)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range there.Children {
			for _, s := range c.Services {
				if c.ChildID == item.ChildID && s.ServiceID == item.ServiceID && s.Booked != n {
					t.Errorf("the other reads %d booked, wanted %d", s.Booked, n)
				}
			}
		}
	}
	t.Logf("heard after %s on average, %s at the most", (sum / time.Duration(n)).Round(10*time.Microsecond), longest.Round(10*time.Microsecond))
}

// listening counts what a page starts.
type listening struct {
	*kit.FakeShell
	run *counter
}

func (l listening) Runner() kit.Runner { return l.run }

type counter struct {
	kit.Sync
	started int
}

func (c *counter) Go(ctx context.Context, work func(context.Context) error, done func(error)) {
	c.started++
	c.Sync.Go(ctx, work, done)
}

func (c *counter) After(d time.Duration, f func()) func() {
	c.started++
	return c.Sync.After(d, f)
}

// hears is what each screen shows, in the words of what is published.
var hears = map[string][]string{
	"home":     {"booking", "family", "child", "request", "wallet", "catalog", "headcount", "mail", "outbox"},
	"families": {"family", "child", "request", "wallet", "billing", "booking", "catalog"},
	"requests": {"request", "family", "child", "catalog"},
	"bookings": {"booking", "wallet", "request", "child", "family", "catalog"},
	"kitchen":  {"booking", "headcount", "catalog", "child"},
	"wallets":  {"wallet", "family", "child"},
	"billing":  {"billing", "wallet", "family", "child", "booking", "request"},
	"inbox":    {"mail", "mailaccount", "outbox", "booking", "family", "child", "request", "wallet", "catalog"},
	"settings": {},
}

// TestEveryScreenHears: each screen reads again when what it shows was changed
// elsewhere, and when it is not known what was; not when somebody came or went.
func TestEveryScreenHears(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	db := storetest.OpenSQLite(t)
	o := data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	if _, err := demo.Create(t.Context(), o, demo.Size{Families: 12, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	se, err := o.Staff.SignInDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hits, _, err := o.Family.Search(staff.With(t.Context(), se), "", family.Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := test.NewTempWindow(t, nil)
	d := &desk{app: app, window: w, log: slog.New(slog.DiscardHandler), clock: db.Now, runner: &kit.Sync{}, ctx: t.Context(), office: o}
	seen := 0
	for _, section := range d.sections() {
		topics, ok := hears[section.ID]
		if !ok {
			t.Errorf("nobody said what %s hears", section.ID)
		}
		seen++
		sh := kit.NewFakeShell(w.Canvas(), db.Now())
		sh.Context = staff.With(t.Context(), se)
		sh.Agent = kit.User{Name: se.Name, Ctx: sh.Context}
		for _, r := range se.Roles {
			sh.Agent.Roles = append(sh.Agent.Roles, string(r))
		}
		l := listening{sh, &counter{}}
		page := section.New(l)
		if p, ok := page.(kit.Opener); ok && section.ID != "settings" {
			p.Open(hits[0].ID) // what is shown of nobody needs no reading
			l.run.Fire(time.Hour)
		}
		for _, topic := range append([]string{"*"}, topics...) {
			before := l.run.started
			page.OnEvent(kit.Event{Topic: topic})
			if l.run.started == before {
				t.Errorf("%s does not read again after %q", section.ID, topic)
			}
			l.run.Fire(time.Hour)
		}
		for _, topic := range []string{"audit", store.Link, staff.TopicPresence} {
			before := l.run.started
			page.OnEvent(kit.Event{Topic: topic})
			if l.run.started != before && !slices.Contains(topics, topic) {
				t.Errorf("%s reads again after %q", section.ID, topic)
			}
		}
		page.Close()
	}
	if seen != len(hears) {
		t.Errorf("%d screens looked at", seen)
	}
}

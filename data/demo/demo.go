// Package demo is the room of the demonstration: a fictitious corner of the
// Dombes, of any size, made through the same inside functions as real work. It
// touches no database that is not empty or a demonstration, and nothing in it
// is about anybody.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Size of a demonstration.
type Size struct {
	Families int    // 0: communes and services only
	Days     int    // service days from September on; 0: up to three weeks from today
	Seed     uint64 // same seed, same families
	Monthly  bool   // every family pays at the end of the month: what month's end is measured on
}

// Default is the size the program opens with.
var Default = Size{Families: 148, Seed: 1}

// manyFamilies is from where on a demonstration is made to be measured rather
// than looked at.
const manyFamilies = 500

// Result counts what was made.
type Result struct {
	Families, Children, Bookings int
}

// ready marks a demonstration that was made to its end.
const ready = "demo_ready"

// Ready reports whether the office holds a finished demonstration.
func Ready(ctx context.Context, o *data.Office) (ok bool, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		v, err := catalog.SettingTx(tx, ready, "")
		ok = v == "1"
		return err
	})
	return ok, err
}

// Create fills an empty database. The office's clock is moved through the
// school year while it works and put back at the end.
func Create(ctx context.Context, o *data.Office, size Size, report func(done, total int, what string)) (res Result, err error) {
	if size.Families < 0 || size.Families > 200_000 || size.Days < 0 || size.Days > 200 {
		return res, fault.New(fault.Invalid, "Une démonstration a de 0 à 200 000 familles et de 0 à 200 jours de service.")
	}
	done, err := Ready(ctx, o)
	if err != nil {
		return res, err
	}
	if done {
		return res, fault.New(fault.Conflict, "Cette base est déjà une démonstration : remettez-la à zéro d’abord.")
	}
	if report == nil {
		report = func(int, int, string) {}
	}
	if ctx, err = o.Staff.SetUpDemo(staff.System(ctx)); err != nil {
		return res, err
	}
	m := newMaker(ctx, o, size, report)
	defer o.Store.SetClock(m.clock)
	if err := m.run(); err != nil {
		return res, err
	}
	return m.res, nil
}

// maker holds what the making of one demonstration needs from step to step.
type maker struct {
	ctx    context.Context
	o      *data.Office
	size   Size
	rnd    *rand.Rand
	report func(done, total int, what string)
	clock  func() time.Time // the office's own, put back at the end
	now    time.Time
	today  calendar.Date
	year   calendar.SchoolYear

	services []catalog.ServiceInfo
	all      []*wish
	pending  int // requests with papers left for the desk to decide
	plans    map[int64]*calendar.Plan
	tariffs  map[int64][]catalog.Tariff
	schools  map[int64]catalog.School
	homes    []*home
	res      Result
}

func newMaker(ctx context.Context, o *data.Office, size Size, report func(int, int, string)) *maker {
	now := o.Store.Now()
	today := calendar.DateOf(now)
	return &maker{
		ctx: ctx, o: o, size: size, rnd: rand.New(rand.NewPCG(size.Seed, 7)), report: report,
		clock: o.Store.Clock(), now: now, today: today, year: calendar.SchoolYearOf(today),
		plans: map[int64]*calendar.Plan{}, tariffs: map[int64][]catalog.Tariff{}, schools: map[int64]catalog.School{},
	}
}

// at moves the office's clock, never past the present.
func (m *maker) at(t time.Time) {
	if t.After(m.now) {
		t = m.now
	}
	m.o.Store.SetClock(func() time.Time { return t })
}

func (m *maker) run() error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"Communes et services", m.catalog},
		{"Familles et enfants", m.families},
		{"Santé", m.carePlans},
		{"Demandes d’accès", m.requests},
		{"Réservations", m.bookings},
		{"Cuisine", m.kitchen},
		{"Factures et régie", m.billing},
		{"Courrier", m.mail},
		{"Fin", m.finish},
	}
	if m.size.Families == 0 {
		steps = append(steps[:1], steps[len(steps)-1])
	}
	for i, s := range steps {
		m.report(i, len(steps), s.what)
		if err := s.do(); err != nil {
			return fmt.Errorf("demo: %s: %w", s.what, err)
		}
		if err := m.ctx.Err(); err != nil {
			return err
		}
	}
	m.report(len(steps), len(steps), "")
	return nil
}

func (m *maker) catalog() error {
	m.at(calendar.NewDate(int(m.year), time.August, 20).At(9, 0))
	if _, err := m.o.Catalog.Load(m.ctx, bytes.NewReader(assets.Dombes), "dombes.toml"); err != nil {
		return err
	}
	return m.o.Store.Read(m.ctx, func(tx *store.Tx) (err error) {
		if m.services, err = catalog.ServicesTx(tx); err != nil {
			return err
		}
		if m.plans, err = catalog.PlansTx(tx, m.services); err != nil {
			return err
		}
		list, err := catalog.TariffsTx(tx)
		if err != nil {
			return err
		}
		for _, t := range list {
			m.tariffs[t.ServiceID] = append(m.tariffs[t.ServiceID], t)
		}
		schools, err := catalog.SchoolsTx(tx)
		for _, s := range schools {
			m.schools[s.ID] = s
		}
		return err
	})
}

// finish marks the demonstration as whole, at the present instant.
func (m *maker) finish() error {
	m.at(m.now)
	return m.o.Store.Write(m.ctx, func(tx *store.Tx) error { return catalog.SetSettingTx(tx, ready, "1") })
}

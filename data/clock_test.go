package data_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

// TestADoubtfulDateIsAsked: a machine that says it is years later is asked before
// the base is opened; who says that the date is right opens it.
func TestADoubtfulDateIsAsked(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	url := filepath.Join(t.TempDir(), "ardoise.db")
	at := func(later time.Duration, real, sure bool) (*data.Office, error) {
		return data.Open(t.Context(), url, data.Options{Clock: func() time.Time { return storetest.Start.Add(later) }, Cost: &stafftest.Fast, RealClock: real, DateSure: sure})
	}
	o, err := at(0, true, false) // a new base has nothing to compare with
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Staff.Bootstrap(t.Context(), "nperret", "Nadia Perret", stafftest.Password, staff.Admin); err != nil {
		t.Fatal(err)
	}
	closing(t, o)
	const day = 24 * time.Hour
	for _, c := range []struct {
		later      time.Duration
		real, sure bool
		ok         bool
	}{{399 * day, true, false, true}, {401 * day, true, false, false}, {5000 * day, true, false, false}, {5000 * day, true, true, true}, {5000 * day, false, false, true}, {-5000 * day, true, false, true}} {
		o, err := at(c.later, c.real, c.sure)
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		if err == nil {
			closing(t, o)
			continue
		}
		if !errors.Is(err, data.ErrDate) || !strings.Contains(fault.Sentence(err), "mardi 24 novembre 2026") {
			t.Error(err)
		}
	}
}

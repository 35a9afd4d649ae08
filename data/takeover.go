package data

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"ardoise/data/importer"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// TakeOver is a new town with what Noethys knew, made beside the place where its
// base is to be. Until Commit nothing is there; killed or given up, it is made anew.
type TakeOver struct {
	Plan *importer.NoethysPlan

	office         *Office
	path, building string
}

// building is where a base is made whole before it takes its place.
func building(path string) string { return path + ".reprise" }

// PrepareTakeOver makes the town beside path and reads the file of Noethys: the
// plan is to be shown, then committed or dropped.
func PrepareTakeOver(ctx context.Context, path string, opt Options, t Town, in importer.Noethys) (out *TakeOver, err error) {
	if store.IsServer(path) {
		return nil, errServerOnly
	}
	x := &TakeOver{path: path, building: building(path)}
	if err := x.clear(); err != nil {
		return nil, err
	}
	if x.office, err = Open(ctx, x.building, opt); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			out, err = nil, errors.Join(err, x.Drop())
		}
	}()
	if err := x.office.SetUp(ctx, t); err != nil {
		return nil, err
	}
	x.office.Importer.Before(nil) // nothing to lose in a base that is being made
	in.Commune = t.Catalog.Commune.INSEE
	x.Plan, err = x.office.Importer.PlanNoethys(staff.System(ctx), in)
	return x, err
}

// Commit writes the plan that was shown, and puts the base in its place.
func (x *TakeOver) Commit(ctx context.Context, agent staff.NewAgent) error {
	se, err := x.office.Staff.SignIn(ctx, agent.Login, agent.Password)
	if err != nil {
		return err
	}
	if err := x.office.Importer.CommitNoethys(staff.With(ctx, se), x.Plan); err != nil {
		return err
	}
	if err := x.office.Close(); err != nil {
		return err
	}
	x.office = nil
	if err := store.Restore(ctx, x.building, x.path); err != nil {
		return err
	}
	return x.clear()
}

// Drop gives the take-over up and leaves nothing.
func (x *TakeOver) Drop() error {
	var err error
	if x.office != nil {
		err = x.office.Close()
		x.office = nil
	}
	return errors.Join(err, x.clear())
}

// clear removes what a take-over, this one or one that was killed, left beside.
func (x *TakeOver) clear() error {
	for _, end := range []string{"", "-wal", "-shm", ".lock", ".audit"} {
		if err := os.Remove(x.building + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

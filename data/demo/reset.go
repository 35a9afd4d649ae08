package demo

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"ardoise/data"
	"ardoise/data/fault"
)

// Remove deletes a demonstration's file, and only a demonstration's, so that it
// can be made anew. A file that is not there is no error.
func Remove(ctx context.Context, path string, opt data.Options) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	opt.MustExist, opt.Unsound = true, true // a broken demonstration is a reason to make it anew
	o, err := data.Open(ctx, path, opt)
	if err != nil {
		return err
	}
	is, err := o.Staff.IsDemo(ctx)
	if err = errors.Join(err, o.Close()); err != nil {
		return err
	}
	if !is {
		return fault.New(fault.Forbidden, "« %s » n’est pas une démonstration : rien n’a été effacé.", path)
	}
	for _, end := range []string{"-wal", "-shm", ".audit", ""} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.Unavailable, err, "La démonstration n’a pas pu être effacée : fermez les autres fenêtres d’Ardoise, puis recommencez.")
		}
	}
	return nil
}

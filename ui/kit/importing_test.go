package kit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/ui/kit"
)

func TestImportingAsksBeforeItGoesWithoutACopy(t *testing.T) {
	sh := kit.NewFakeShell(test.NewWindow(nil).Canvas(), time.Now())
	var first store.CopyFirst
	first.Set(func(context.Context) error { return fault.New(fault.Unavailable, "Le disque est plein.") })
	tries, ends := 0, []error{}
	work := func(ctx context.Context, without bool) error {
		tries++
		note, err := first.Copy(ctx, without)
		if err == nil && note == "" {
			t.Error("nothing says that there is no copy")
		}
		return err
	}
	kit.Importing(sh, work, func(err error) { ends = append(ends, err) })
	var stopped store.CopyFailed
	if tries != 2 || len(ends) != 2 || len(sh.Confirmed) != 1 || ends[1] != nil && ends[0] != nil {
		t.Fatalf("%d tries, ends %v, asked %v", tries, ends, sh.Confirmed)
	}
	if !errors.As(errors.Join(ends...), &stopped) {
		t.Errorf("the failed copy is not told: %v", ends)
	}
	kit.Importing(sh, func(context.Context, bool) error { return fault.New(fault.Conflict, "Le plan a changé.") }, func(err error) { ends = append(ends, err) })
	if len(sh.Confirmed) != 1 || fault.KindOf(ends[len(ends)-1]) != fault.Conflict {
		t.Errorf("another refusal asks to go on: %v %v", sh.Confirmed, ends)
	}
}

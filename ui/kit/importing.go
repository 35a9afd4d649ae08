package kit

import (
	"context"
	"errors"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/ui/widgets"
)

// Importing runs an import and tells done its end. Where the copy of the base that
// goes before it could not be made, done is told so and the agent is asked whether
// to go on without: work is then run again with without set.
func Importing(sh Shell, work func(ctx context.Context, without bool) error, done func(error)) {
	var run func(without bool)
	run = func(without bool) {
		sh.Runner().Go(sh.Ctx(), func(ctx context.Context) error { return work(ctx, without) }, func(err error) {
			done(err)
			AskCopy(sh, err, func() { run(true) })
		})
	}
	run(false)
}

// AskCopy asks, after an import that a missing copy stopped, whether to go on
// without it; it reports whether err was that.
func AskCopy(sh Shell, err error, without func()) bool {
	var stopped store.CopyFailed
	if !errors.As(err, &stopped) {
		return false
	}
	sh.Confirm("La sauvegarde préalable a échoué", fault.Sentence(err), "Importer sans sauvegarde", widgets.Danger, without)
	return true
}

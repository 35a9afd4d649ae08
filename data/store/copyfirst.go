package store

import "context"

// CopyFirst is what the rooms that import share: the copy of the base that goes
// before, made by a room above them. Its zero value makes none.
type CopyFirst struct {
	make func(ctx context.Context) error
}

// Set says how the copy is made; nil: none.
func (c *CopyFirst) Set(f func(ctx context.Context) error) { c.make = f }

// Copy makes it, and gives the words for the trail where the agent chose to go
// on without. An error of it stops the import, as CopyFailed.
func (c *CopyFirst) Copy(ctx context.Context, without bool) (note string, err error) {
	switch {
	case c.make == nil:
		return "", nil
	case without:
		return " Sans sauvegarde préalable, par choix de l’agent.", nil
	}
	if err := c.make(ctx); err != nil {
		return "", CopyFailed{err}
	}
	return "", nil
}

// CopyFailed says that an import was stopped because the copy that goes before
// it could not be made: the agent may choose to go on without.
type CopyFailed struct{ error }

// Unwrap gives the refusal.
func (c CopyFailed) Unwrap() error { return c.error }

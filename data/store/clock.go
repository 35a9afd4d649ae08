package store

import "time"

// Clock gives the clock in use, so that who moves it (the generator of
// demonstrations) can put it back.
func (db *DB) Clock() func() time.Time { return *db.clock.Load() }

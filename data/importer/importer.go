// Package importer is the room of lists that come from elsewhere: the school
// head's ONDE extractions, spreadsheets of families, calendars. An import is a
// plan, shown, then committed whole. The room never guesses: what it cannot
// read it refuses with the line and the reason.
package importer

import "ardoise/data/store"

// Service is the door of the room for screens and commands.
type Service struct{ db *store.DB }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

package main

import "fyne.io/fyne/v2"

// metadata is what the program knows of itself. FyneApp.toml at the root tells the packager the same; a plain "go build"
// does not read that file, so main hands these values to app.SetMetadata before it makes the application.
// A test holds the two together.
func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID:      "fr.ardoise.bureau",
		Name:    "Ardoise",
		Version: "0.1.0",
		Build:   1,
		// What the tag migrated_fynedo says to the compiler, said to the running program: every call to Fyne from
		// another goroutine goes through fyne.Do.
		Migrations: map[string]bool{"fyneDo": true},
	}
}

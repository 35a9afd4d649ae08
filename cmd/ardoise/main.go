// Command ardoise is the desktop program.
package main

import (
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	a := app.NewWithID("fr.ardoise.bureau")
	w := a.NewWindow("Ardoise")
	w.SetContent(widget.NewLabel("Ardoise"))
	w.ShowAndRun()
}

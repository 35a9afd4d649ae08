// Command ardoise is the desktop program: it reads its flags, opens its log and
// its window, and hands over to the office behind the desk.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"gopkg.in/natefinch/lumberjack.v2"

	"ardoise/assets"
	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/reports/preview"
	"ardoise/ui/theme"
	"ardoise/ui/words"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == preview.ChildArg {
		if err := preview.Child(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(os.Args[1:], os.Stderr))
}

// run is the program without the process: it returns the exit status.
func run(args []string, errw io.Writer) int {
	flags := flag.NewFlagSet("ardoise", flag.ContinueOnError)
	flags.SetOutput(errw)
	demo := flags.Bool("demo", false, "ouvre la base de démonstration (gardée d’une fois à l’autre)")
	db := flags.String("db", os.Getenv("ARDOISE_DB"), "base à ouvrir : chemin d’un fichier ou postgres://…")
	now := flags.String("now", "", "instant RFC 3339 à prendre pour maintenant (essais et démonstrations)")
	saveTo := flags.String("save-to", "", "dossier où enregistrer les fichiers sans demander (essais, postes sans boîte de dialogue)")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	clock := time.Now
	if *now != "" {
		t, err := time.Parse(time.RFC3339, *now)
		if err != nil {
			fmt.Fprintln(errw, "--now veut un instant RFC 3339, par exemple 2026-11-24T13:46:00+01:00")
			return 2
		}
		clock = movingFrom(t)
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		fmt.Fprintln(errw, "Aucun écran ici : Ardoise a besoin d’un bureau graphique. Sans écran, utilisez « ardoisectl » ou « make run ».")
		return 3
	}
	log, closeLog, err := openLog()
	if err != nil {
		fmt.Fprintln(errw, fault.Sentence(err))
		return 3
	}
	defer closeLog()
	app.SetMetadata(metadata())
	a := app.NewWithID(metadata().ID)
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.AppIcon))
	speak(a, log)
	d := newDesk(a, log, clock, *now == "")
	d.saveTo = *saveTo
	if err := d.start(*db, *demo); err != nil {
		fmt.Fprintln(errw, fault.Sentence(err))
		return 3
	}
	d.window.ShowAndRun()
	d.close()
	return 0
}

// speak gives the window and the toolkit the language chosen on this workstation.
func speak(a fyne.App, log *slog.Logger) {
	language := a.Preferences().StringWithFallback(prefLanguage, words.French)
	err := words.Use(language, assets.English())
	if language == words.French {
		err = theme.LoadFrench()
	}
	if err != nil {
		log.Error("translations", "err", err)
	}
}

// movingFrom is a clock that starts at t and goes on from there.
func movingFrom(t time.Time) func() time.Time {
	start := time.Now()
	return func() time.Time { return t.Add(time.Since(start)) }
}

// openLog writes the technical log beside the databases: no personal data, at
// most a few megabytes.
func openLog() (*slog.Logger, func(), error) {
	dir, err := data.Folder()
	if err != nil {
		return nil, nil, err
	}
	w := &lumberjack.Logger{Filename: filepath.Join(dir, "ardoise.log"), MaxSize: 5, MaxBackups: 3, MaxAge: 90}
	log := slog.New(slog.NewTextHandler(w, nil))
	return log, func() {
		if err := w.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}, nil
}

package main

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"github.com/ncruces/zenity"

	"ardoise/data/fault"
)

// files shows the system's own file dialogs, and Fyne's where the system has
// none. It is called away from the window's thread and waits for the answer.
type files struct{ d *desk }

// Open asks for an existing file; "" is given up.
func (f files) Open(ctx context.Context, title string, patterns ...string) (string, error) {
	opts := []zenity.Option{zenity.Title(title), zenity.Context(ctx)}
	if len(patterns) > 0 {
		opts = append(opts, zenity.FileFilters{{Name: title, Patterns: patterns, CaseFold: true}})
	}
	path, err := zenity.SelectFile(opts...)
	return f.answer(ctx, path, err, func(got chan<- answer) {
		fd := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if r == nil {
				got <- answer{err: err}
				return
			}
			got <- answer{r.URI().Path(), r.Close()}
		}, f.d.window)
		if len(patterns) > 0 {
			ext := make([]string, len(patterns))
			for i, p := range patterns {
				ext[i] = filepath.Ext(p)
			}
			fd.SetFilter(storage.NewExtensionFileFilter(ext))
		}
		fd.Show()
	})
}

// Save asks where to write; "" is given up. The system asks before it replaces.
func (f files) Save(ctx context.Context, title, name string) (string, error) {
	if f.d.saveTo != "" {
		return filepath.Join(f.d.saveTo, filepath.Base(name)), nil
	}
	path, err := zenity.SelectFileSave(zenity.Title(title), zenity.Filename(name), zenity.ConfirmOverwrite(), zenity.Context(ctx))
	return f.answer(ctx, path, err, func(got chan<- answer) {
		fd := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
			if w == nil {
				got <- answer{err: err}
				return
			}
			got <- answer{w.URI().Path(), w.Close()}
		}, f.d.window)
		fd.SetFileName(name)
		fd.Show()
	})
}

type answer struct {
	path string
	err  error
}

// answer takes the system's word, or asks in the window where there is no
// system dialog to show.
func (f files) answer(ctx context.Context, path string, err error, ask func(chan<- answer)) (string, error) {
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, zenity.ErrCanceled), ctx.Err() != nil:
		return "", nil
	}
	got := make(chan answer, 1)
	f.d.runner.Do(func() { ask(got) })
	select {
	case a := <-got:
		return a.path, a.err
	case <-ctx.Done():
		return "", nil
	}
}

// Folder asks for a folder; "" is given up.
func (f files) Folder(ctx context.Context, title string) (string, error) {
	if f.d.saveTo != "" {
		return f.d.saveTo, nil
	}
	path, err := zenity.SelectFile(zenity.Title(title), zenity.Directory(), zenity.Context(ctx))
	return f.answer(ctx, path, err, func(got chan<- answer) {
		dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
			if dir == nil {
				got <- answer{err: err}
				return
			}
			got <- answer{path: dir.Path()}
		}, f.d.window).Show()
	})
}

// View opens a file with whatever the system opens such files with.
func (f files) View(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := f.d.app.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Aucun programme ne s’ouvre pour ce fichier. Il est ici : %s", abs)
	}
	return nil
}

// openURL opens a page in the system's browser.
func (d *desk) openURL(address string) error {
	u, err := url.Parse(address)
	if err == nil {
		err = d.app.OpenURL(u)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le navigateur ne s’est pas ouvert : ouvrez vous-même la page %s.", address)
	}
	return nil
}

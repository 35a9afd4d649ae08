// Package cmd holds no code of its own, only the test that keeps the house in order: which floor imports which, where SQL,
// Fyne, the clock, goroutines and floating point may stand. CONTRIBUTING.md tells the same in words.
package cmd

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = ".."

// tops are the folders that hold sources; others of the root (bin, out, ...) are not read.
var tops = []string{"assets", "cmd", "data", "reports", "ui"}

// perFile are the rules that look at one source file at a time.
var perFile = map[string]func(source) []string{
	"SQL": strayingSQL, "clock": straysToClock, "floats": floats, "goroutines": goroutines,
	"actions": unnamedActions,
}

func TestLayersOfImports(t *testing.T) {
	list := exec.Command("go", "list", "-e", "-tags", "migrated_fynedo", "-deps",
		"-json=ImportPath,Imports,TestImports,XTestImports,Deps,Error", "./...")
	list.Dir = root
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	all, err := readList(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, p := range all {
		path, ok := inHouse(p.ImportPath)
		if !ok {
			continue
		}
		ours++
		if p.Error != nil {
			t.Errorf("%s: %s", path, p.Error.Err)
		}
	}
	if ours < 5 {
		t.Fatalf("go list named %d packages of this module: this test looks at nothing", ours)
	}
	for _, fault := range slices.Concat(wrongArrows(all), crossed(all)) {
		t.Error(fault)
	}
}

func TestLayersOfSources(t *testing.T) {
	all := readSources(t)
	read := map[string]bool{}
	for _, s := range all {
		for _, rule := range perFile {
			for _, fault := range rule(s) {
				t.Error(fault)
			}
		}
		for _, warning := range outgrown(s) {
			t.Log("warning: " + warning)
		}
		read[s.path] = true
	}
	for _, fault := range undocumented(all) {
		t.Error(fault)
	}
	for path := range clocks {
		if !read[path] {
			t.Errorf("%s has leave to read the clock and is gone: take it off the list", path)
		}
	}
}

// readSources parses every Go file of the repository, for whatever system it is built.
func readSources(t *testing.T) (all []source) {
	t.Helper()
	for _, top := range tops {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			s, err := parse(filepath.ToSlash(name), string(text))
			if err != nil {
				return err
			}
			all = append(all, s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 5 {
		t.Fatalf("%d sources found: this test looks at nothing", len(all))
	}
	return all
}

func parse(path, text string) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{path: path, set: set, file: file, lines: strings.Count(text, "\n")}, err
}

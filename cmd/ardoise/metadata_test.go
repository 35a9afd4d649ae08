package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// root is the repository's top folder, seen from this package's.
const root = "../.."

// packager is the part of FyneApp.toml that the running program repeats.
type packager struct {
	Details struct {
		Icon, Name, ID, Version string
		Build                   int
	}
	Migrations map[string]bool
}

// differences tells where FyneApp.toml and the program's own metadata say something else; "" where they agree.
func differences(source []byte, of fyne.AppMetadata) (string, error) {
	var file packager
	if err := toml.Unmarshal(source, &file); err != nil {
		return "", err
	}
	said := fyne.AppMetadata{
		ID: file.Details.ID, Name: file.Details.Name, Version: file.Details.Version, Build: file.Details.Build,
		Migrations: file.Migrations,
	}
	return cmp.Diff(said, of), nil
}

func TestMetadataAgreesWithFyneApp(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	diff, err := differences(source, metadata())
	if err != nil {
		t.Fatal(err)
	}
	if diff != "" {
		t.Errorf("FyneApp.toml (-) and metadata.go (+) differ:\n%s", diff)
	}

	// Planted fault: each value of the file changed in turn must be noticed.
	for _, change := range [][2]string{
		{`"fr.ardoise.bureau"`, `"fr.ardoise.autre"`},
		{`Name = "Ardoise"`, `Name = "Tableau"`},
		{`"0.1.0"`, `"9.9.9"`},
		{"Build = 1", "Build = 2"},
		{"fyneDo = true", "fyneDo = false"},
	} {
		changed := strings.Replace(string(source), change[0], change[1], 1)
		if changed == string(source) {
			t.Errorf("FyneApp.toml does not hold %s: change this test with it", change[0])
			continue
		}
		if diff, err := differences([]byte(changed), metadata()); err != nil || diff == "" {
			t.Errorf("%s instead of %s was not noticed (error: %v)", change[1], change[0], err)
		}
	}
}

func TestIconIsWhatFyneAppNames(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var file packager
	if err := toml.Unmarshal(source, &file); err != nil {
		t.Fatal(err)
	}
	picture, err := os.Open(filepath.Join(root, file.Details.Icon))
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Close()
	size, err := png.DecodeConfig(picture)
	if err != nil {
		t.Fatal(err)
	}
	if size.Width != size.Height || size.Width < 512 {
		t.Errorf("the icon is %d by %d; packagers want a square of 512 or more", size.Width, size.Height)
	}
}

// Package pagetest is for tests only: it reads documents back with programs made
// by others (poppler, qpdf, LibreOffice). Where one is missing the test is
// skipped with a word, or fails when ARDOISE_REQUIRE_PEERS is 1.
package pagetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Run runs a tool on a file holding data; the argument FILE stands for it.
func Run(t testing.TB, data []byte, tool string, args ...string) string {
	t.Helper()
	need(t, tool)
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", tool, err, out)
	}
	return string(out)
}

func need(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s is required here and missing", tool)
	}
	t.Skipf("%s is missing: apt-get install poppler-utils qpdf libreoffice-calc-nogui", tool)
}

// Text checks a PDF with qpdf and gives its text, no-break spaces made plain.
func Text(t testing.TB, pdf []byte) string {
	t.Helper()
	Run(t, pdf, "qpdf", "--check", "FILE")
	return plain(Run(t, pdf, "pdftotext", "-layout", "FILE", "-"))
}

func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// Printed gives the text of a workbook as LibreOffice prints it in French, page
// headers and footers included. A workbook that LibreOffice would have to
// repair is refused: without a window it converts nothing.
func Printed(t testing.TB, workbook []byte) string {
	t.Helper()
	need(t, "soffice")
	need(t, "pdftotext")
	dir := t.TempDir()
	file := filepath.Join(dir, "classeur.xlsx")
	if err := os.WriteFile(file, workbook, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, file)
	cmd.Env = append(os.Environ(), "LC_ALL=fr_FR.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v: %s", err, out)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "classeur.pdf"))
	if err != nil {
		t.Fatalf("LibreOffice converted nothing: %s", out)
	}
	return plain(Run(t, pdf, "pdftotext", "-layout", "FILE", "-"))
}

package preview

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"

	"ardoise/data/fault"
)

// TestMain lets the test binary be its own child, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildArg {
		if err := Child(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func twoPages(t *testing.T) []byte {
	p := gofpdf.New("P", "mm", "A4", "")
	for range 2 {
		p.AddPage()
		p.SetFillColor(200, 0, 0)
		p.Rect(50, 50, 100, 100, "F")
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPage(t *testing.T) {
	img, pages, err := Page(context.Background(), "", twoPages(t), 1, 50)
	if err != nil {
		t.Fatal(err)
	}
	if pages != 2 {
		t.Errorf("pages = %d, want 2", pages)
	}
	if b := img.Bounds(); b.Dx() < 400 || b.Dx() > 430 {
		t.Errorf("A4 at 50 dpi is %v wide", b)
	}
	if r, g, _, _ := img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/3).RGBA(); r < 0xb000 || g > 0x1000 {
		t.Errorf("the red square is not there: %x %x", r, g)
	}
}

func TestHostilePDFIsRefused(t *testing.T) {
	whole := twoPages(t)
	for name, pdf := range map[string][]byte{
		"empty": nil, "not a PDF": []byte("GIF89a"), "cut short": whole[:200],
		"garbage": append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0xff, 0x00, 0x31}, 10000)...),
	} {
		_, _, err := Page(context.Background(), "", pdf, 0, 50)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "PDF") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, _, err := Page(context.Background(), "", whole, 7, 50); err == nil {
		t.Error("page 8 of 2 was rendered")
	}
}

package invoice

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"

	"ardoise/reports/page/pagetest"
)

const pointsPerMM = 72 / 25.4

// region gives the text of a rectangle of the first page, in millimetres.
func region(t *testing.T, pdf []byte, x, y, w, h float64) string {
	t.Helper()
	at := func(v float64) string { return strconv.Itoa(int(v * pointsPerMM)) }
	out := pagetest.Run(t, pdf, "pdftotext", "-l", "1", "-x", at(x), "-y", at(y), "-W", at(w), "-H", at(h), "-layout", "FILE", "-")
	return strings.Join(strings.Fields(out), " ")
}

// What any window of a DL envelope may show is the address and nothing else, and
// what it always shows is the whole address.
func TestEnvelopeWindow(t *testing.T) {
	p := paper
	p.Issuer.Address = []string{"Hôtel de ville", "1 place de la Mairie", "BP 12", "01390 Saint-Marcel", "France"}
	p.Issuer.Office = strings.Repeat("Régie de recettes ", 9)
	p.Issuer.Contact = strings.Repeat("04 00 00 00 00 · ", 20)
	long := Addressee{
		Name:    "M. Jean-Christophe Wilhelm de La Rochefoucauld-Montbel et Mme Marie-Bernadette Castelnau d’Auros",
		Address: []string{"Appartement 12, escalier B", "Résidence des Étangs", "Lieu-dit du Grand Étang aux Hérons Cendrés de la Dombes", "BP 40012", "12 chemin des Étangs", "01390 Saint-Marcel-en-Dombes"},
		Family:  "F-0087",
	}
	for name, to := range map[string]Addressee{"usual": usual(1).Payer, "long": long, "short": {Name: "Mme X", Address: []string{"01390 Saint-Marcel"}}} {
		inv, r := debited(1), reminder(1)
		inv.Payer, r.Payer = to, to
		for _, one := range []Document{inv, r} {
			pdf := made(t, p, one)
			always := region(t, pdf, 100, 55, 90, 25)
			reach := region(t, pdf, 90, 44, 110, 46)
			if always != reach || !strings.HasSuffix(always, to.Address[len(to.Address)-1]) || !strings.HasPrefix(always, to.Name[:5]) {
				t.Errorf("%s: the window always shows\n%s\nand may show\n%s", name, always, reach)
			}
			for _, line := range append([]string{to.Name}, to.Address...) {
				if !strings.Contains(strings.ReplaceAll(always, "- ", "-"), line) {
					t.Errorf("%s: %q is not in the window: %s", name, line, always)
				}
			}
		}
	}
}

// The code on paper is the code of the link, module by module, and a click on it
// opens the link.
func TestCodeOnPaper(t *testing.T) {
	inv := payable(1)
	pdf := made(t, paper, inv)
	link, err := inv.Online.Link()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(pdf, []byte("/URI ("+link+")")) {
		t.Error("no click on the code")
	}
	m := regexp.MustCompile(`/Rect \[([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+)\]`).FindSubmatch(pdf)
	if m == nil {
		t.Fatal("no rectangle")
	}
	var at [4]float64 // left, top, right, bottom in points, from the page's foot
	for i := range at {
		if at[i], err = strconv.ParseFloat(string(m[i+1]), 64); err != nil {
			t.Fatal(err)
		}
	}
	const dpi = 600
	pixel := func(points float64) int { return int(points * dpi / 72) }
	width := pixel(at[2] - at[0])
	top := pixel(841.89 - max(at[1], at[3]))
	// One gray byte a pixel, after a header of three lines.
	image := pagetest.Run(t, pdf, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-x", fmt.Sprint(pixel(at[0])), "-y", fmt.Sprint(top), "-W", fmt.Sprint(width), "-H", fmt.Sprint(width), "FILE")
	dots := image[len(image)-width*width:]
	want, err := qr.Encode(link, qr.L, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	n := want.Bounds().Dx()
	for row := range n {
		for col := range n {
			r, _, _, _ := want.At(col, row).RGBA()
			x, y := (2*col+1)*width/(2*n), (2*row+1)*width/(2*n)
			if dark := dots[y*width+x] < 128; dark != (r == 0) {
				t.Fatalf("module %d, %d is dark: %v", col, row, dark)
			}
		}
	}
}

package kitchen

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"ardoise/reports/page/pagetest"
)

// The sheet has a subtotal for each group of schools delivered together, on both
// papers; with one group only there is nothing to tell apart.
func TestDeliveriesHaveSubtotals(t *testing.T) {
	s := sample()
	s.Counts = []Count{
		{School: "Les Étangs", AgeGroup: "Maternelle", Diet: "Standard", N: 11},
		{School: "Les Libellules", AgeGroup: "Maternelle", Diet: "Sans porc", N: 5},
		{School: "Chêne", AgeGroup: "Maternelle", Diet: "Standard", N: 7},
		{School: "", AgeGroup: "Adultes", Diet: "Standard", N: 2},
	}
	s.Deliveries = []Delivery{{"Tournée du nord", []string{"Les Étangs", "Les Libellules"}}, {"Sur place", []string{"Chêne", ""}}}
	var pdf, book bytes.Buffer
	if err := PDF(context.Background(), &pdf, s); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(pagetest.Text(t, pdf.Bytes())), " ")
	for _, want := range []string{"Livraison : Tournée du nord (Les Étangs, Les Libellules)", "Total Tournée du nord 16", "Livraison : Sur place (Chêne)", "Total Sur place 7 2 9"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if err := Workbook(context.Background(), &book, s); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(pagetest.Printed(t, book.Bytes())), " "); !strings.Contains(text, "Par groupe de livraison") || !strings.Contains(text, "Total livraison") {
		t.Errorf("the workbook has no deliveries: %s", text)
	}
	sum := 0
	for _, d := range deliveries(s.Counts, s.Deliveries, nil) {
		sum += d.total.n
	}
	if sum != 25 {
		t.Errorf("the deliveries add up to %d of 25", sum)
	}
	for what, groups := range map[string][]Delivery{"none": nil, "one": s.Deliveries[:1], "one that eats": {s.Deliveries[1], {"Ailleurs", []string{"x"}}}} {
		counts := s.Counts
		if what == "one that eats" {
			counts = counts[2:]
		}
		if deliveries(counts, groups, nil) != nil {
			t.Errorf("%s: subtotals of nothing", what)
		}
	}
}

package schoolyear

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

var paper = Paper{
	Commune: "Saint-Marcel-en-Dombes", Service: "Services périscolaires", Contact: "04 74 00 00 00", Year: "2027-2028", Program: "Ardoise",
	MadeAt: time.Date(2027, 5, 20, 7, 0, 0, 0, time.UTC),
}

func letters() []Letter {
	return []Letter{
		{
			Name: "Famille Perrin", Number: "F-0003", Address: []string{"3 rue Haute", "01390 Saint-Marcel"}, Subject: "Famille Perrin\u00a0: vos demandes pour 2027-2028",
			Body: "Bonjour,\n\nLes accès de vos enfants sont à redemander\u00a0:\n\n– Hugo, Cantine\u00a0: à fournir – Fiche sanitaire\n\nRépondez avant le 18 juin.\n\nLa mairie de Saint-Marcel\n",
		},
		{
			Name: "Famille de Montgolfier-Larochefoucauld d’Ambérieu-en-Dombes et autres lieux très longs", Number: "F-0004", Address: []string{"12 impasse du Très-Long-Chemin-des-Étangs-de-la-Dombes, bâtiment C", "01330 Villars-les-Dombes"},
			Subject: "Vos demandes pour 2027-2028", Body: strings.Repeat("– Éva, Cantine\u00a0: à fournir – Fiche sanitaire\n", 60),
		},
	}
}

func TestLetters(t *testing.T) {
	var out bytes.Buffer
	told := 0
	if err := LettersPDF(context.Background(), &out, paper, letters(), func(n int) { told = n }); err != nil {
		t.Fatal(err)
	}
	got := pagetest.Text(t, out.Bytes())
	flat := strings.Join(strings.Fields(got), " ")
	for _, want := range []string{"Famille Perrin", "3 rue Haute", "01390 Saint-Marcel", "F-0003", "le 20 mai 2027", "– Hugo, Cantine : à fournir – Fiche sanitaire", "La mairie de Saint-Marcel", "Famille de Montgolfier"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if told != 2 || strings.Count(got, "Éva, Cantine") != 60 || strings.Count(got, "\f") != 3 {
		t.Errorf("told %d, %d lines, %d pages", told, strings.Count(got, "Éva, Cantine"), strings.Count(got, "\f"))
	}
	if dir := os.Getenv("ARDOISE_SAMPLES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "demandes.pdf"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := LettersPDF(context.Background(), io.Discard, paper, nil, nil); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if err := LettersPDF(context.Background(), io.Discard, paper, []Letter{{Name: "x"}}, nil); fault.KindOf(err) != fault.Invalid {
		t.Error("a letter without text is printed:", err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if err := LettersPDF(over, io.Discard, paper, letters(), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestLeaversWorkbook(t *testing.T) {
	list := []Leaving{
		{Number: "F-0003", Family: "Perrin", Refund: 4160, Invoices: 0, Mandate: true, Todo: "rembourser 41,60 €", Children: []Leaver{{"Hugo Perrin", "Les Étangs", "CM2 M. Gris", calendar.MustISO("2027-07-31"), 2}}},
		{Number: "F-0004", Family: "=1+1", Owed: 1234, Overdraw: 500, ToInvoice: 420, Invoices: 2, Staying: 1, Archived: true, Children: []Leaver{{"Ida Dubois", "Baneins", "CE2", calendar.MustISO("2027-07-31"), 0}}},
	}
	var out bytes.Buffer
	if err := LeaversWorkbook(context.Background(), &out, paper, list); err != nil {
		t.Fatal(err)
	}
	got := pagetest.Printed(t, out.Bytes())
	flat := strings.Join(strings.Fields(got), " ")
	for _, want := range []string{"Sortants, année 2027-2028", "Perrin", "41,60", "12,34", "5,00", "4,20", "Hugo Perrin", "CM2 M. Gris", "31/07/2027", "Total"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	var empty bytes.Buffer
	if err := LeaversWorkbook(context.Background(), &empty, paper, nil); err != nil {
		t.Fatal(err)
	}
	if got := pagetest.Printed(t, empty.Bytes()); !strings.Contains(got, "Aucun sortant.") {
		t.Error(got)
	}
}

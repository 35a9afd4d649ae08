package menu

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

func sample(weeks int, long bool) Menu {
	m := Menu{
		Commune: "Saint-Marcel-en-Dombes", Service: "Cantine", Program: "Ardoise", Title: "Menus de décembre 2026",
		MadeAt: time.Date(2026, 11, 24, 12, 46, 0, 0, time.UTC),
		Legend: []string{"céréales contenant du gluten", "crustacés", "œufs", "poissons", "arachides", "soja", "lait", "fruits à coque", "céleri", "moutarde", "graines de sésame", "anhydride sulfureux et sulfites", "lupin", "mollusques"},
	}
	monday := calendar.MustISO("2026-11-30")
	for i := range weeks {
		w := Week{Label: fmt.Sprintf("Semaine %d\ndu %s", 49+i, monday.DayMonth()), State: "1 menu végétarien"}
		for k := range 7 {
			d := Day{Date: monday.Add(k), Meals: 112, Adapted: 2, Aside: monday.Add(k).Month() != time.December}
			switch {
			case k == 2 || k > 4:
				d.Closed = "pas de service le " + calendar.WeekdayName(d.Date.Weekday())
			case i == 1 && k == 0:
			default:
				name := "Colin pané"
				if long {
					name = "Parmentier de lentilles corail et de patates douces de la ferme des Étangs, chapelure de pain d’épices maison"
				}
				d.Dishes = []Dish{
					{"Entrée", "Céleri rémoulade", []int{3, 9, 10}, true},
					{"Plat", name, []int{1, 4}, false},
					{"Garniture", "Riz", nil, true},
					{"Laitage", "Fromage blanc", []int{7}, true},
					{"Dessert", "=Pomme", nil, true},
				}
				d.Vegetarian = k == 3
				if d.Aside {
					d.Dishes[1].Name = "Plat de novembre"
				}
			}
			w.Days = append(w.Days, d)
		}
		m.Weeks = append(m.Weeks, w)
		monday = monday.Add(7)
	}
	return m
}

func write(t *testing.T, m Menu) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(context.Background(), &b, m); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("ARDOISE_SHOTS"); dir != "" {
		name := strings.NewReplacer("/", "-", " ", "").Replace(t.Name())
		if err := os.WriteFile(filepath.Join(dir, name+fmt.Sprintf("-%d-%t", len(m.Weeks), m.Internal)+".pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func words(t *testing.T, pdf []byte) string {
	return strings.Join(strings.Fields(pagetest.Text(t, pdf)), " ")
}

func TestFamiliesCopy(t *testing.T) {
	m := sample(3, false)
	m.Balance = []string{"Quatre semaines sur quatre."}
	text := words(t, write(t, m))
	for _, want := range []string{
		"Menus de décembre 2026", "Saint-Marcel-en-Dombes", "Lundi", "Vendredi", "Colin pané (1, 4)", "Céleri rémoulade (3, 9, 10)", "Menu végétarien", "Menu à venir",
		"1 céréales contenant du gluten", "14 mollusques", "1ᵉʳ déc.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for _, internal := range []string{"112", "à vérifier", "Quatre semaines", "1 menu", "novembre"} {
		if strings.Contains(text, internal) {
			t.Errorf("the copy for families says %q", internal)
		}
	}
	if strings.Contains(text, "Mercredi") {
		t.Error("a day that is never served has a column")
	}
	m.Internal = true
	text = words(t, write(t, m))
	for _, want := range []string{"112 repas, dont 2 adaptés à vérifier", "Quatre semaines sur quatre.", "1 menu", "Exemplaire interne"} {
		if !strings.Contains(text, want) {
			t.Errorf("internal: no %q in %s", want, text)
		}
	}
}

// Long names wrap, weeks stay whole, the legend is on every page.
func TestLongNames(t *testing.T) {
	pdf := write(t, sample(5, true))
	info := pagetest.Run(t, pdf, "pdfinfo", "FILE")
	if !strings.Contains(info, "841.89 x 595.28") {
		t.Errorf("not A4 lying down: %s", info)
	}
	text := words(t, pdf)
	pages := strings.Count(text, "Page ")
	if n := strings.Count(text, "14 mollusques"); pages < 2 || n != pages {
		t.Errorf("%d pages, %d legends", pages, n)
	}
	if strings.Contains(text, "maison…") || !strings.Contains(text, "Établi le") {
		t.Error(text)
	}
}

func TestSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sample(5, true)), write(t, sample(5, true))) {
		t.Error("the same menus give two papers")
	}
}

func TestRefusals(t *testing.T) {
	empty, wrong := sample(0, false), sample(1, false)
	wrong.Weeks[0].Days[3].Dishes[0].Numbers = []int{15}
	for kind, m := range map[fault.Kind]Menu{fault.NotFound: empty, fault.Internal: wrong} {
		for _, write := range []func() error{
			func() error { return PDF(context.Background(), &bytes.Buffer{}, m) },
			func() error { return Workbook(context.Background(), &bytes.Buffer{}, m) },
		} {
			if err := write(); fault.KindOf(err) != kind {
				t.Errorf("%v", err)
			}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if Workbook(ctx, &bytes.Buffer{}, sample(2, false)) == nil || PDF(ctx, &bytes.Buffer{}, sample(2, false)) == nil {
		t.Error("written after it was given up")
	}
}

func TestWorkbookIsText(t *testing.T) {
	var b bytes.Buffer
	if err := Workbook(context.Background(), &b, sample(2, false)); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(pagetest.Printed(t, b.Bytes())), " ")
	for _, want := range []string{"=Pomme", "Colin pané", "céréales contenant du gluten, poissons", "Garniture"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

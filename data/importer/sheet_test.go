package importer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/store/storetest"
)

func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSpreadsheets(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		kid, adult := one()
		r.commit(t, small(kid, adult)) // gives the class
		head := []any{"Nom enfant", "Prénom enfant", "Date de naissance", "Classe", "Nom responsable", "Prénom responsable", "Portable", "E-mail", "Adresse", "CP", "Ville", "QF", "Régime", "Nom responsable 2", "Prénom responsable 2"}
		rows := [][]any{
			head,
			{"BENALI", "Inès", 43538, "CP Mme Rey", "BENALI", "Karim", 611223355, "Karim@Example.org", "3 rue Neuve", 1990, "Baneins", 874, "Sans porc", "BENALI", "Sonia"},
			{"BENALI", "Noé", "2021-05-02", "", "BENALI", "Karim", 611223355, "Karim@Example.org", "3 rue Neuve", 1990, "Baneins", 874},
			{"PETIT", "Zoé", "31/02/2019", "", "PETIT", "Luc"},
			{"", "", "", "", "SEUL", "Jean", "", "", "9 rue Seule", "01390", "Saint-Marcel"},
			{"ROUX", "Léa", "14/03/2019", "CM9", "ROUX", "Anne", "", "", "12 rue des Écoles", "01390", "SAINT-MARCEL"},
		}
		for name, data := range map[string][]byte{"familles.xlsx": workbook(t, rows...), "familles.csv": csvOf(rows)} {
			p, err := r.PlanFamilies(r.ctx, importer.Sheet{Name: name, Data: data})
			if err != nil || p.Created != 2 || p.Unchanged != 1 || p.FamiliesCreated != 2 || len(p.Refused) != 1 || p.Refused[0].Kind != "date" || p.Refused[0].Line != 4 {
				t.Fatalf("%s: %v %+v", name, err, p)
			}
		}
		p, err := r.PlanFamilies(r.ctx, importer.Sheet{Name: "familles.xlsx", Data: workbook(t, rows...)})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CommitFamilies(r.ctx, p); err != nil {
			t.Fatal(err)
		}
		hits, n, err := r.family.Search(r.ctx, "benali ines", family.Filter{}, 0)
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		f, err := r.family.Get(r.ctx, hits[0].ID)
		if err != nil || len(f.Children) != 2 || len(f.Guardians) != 2 || *f.Quotient != 874 || f.Commune != "Baneins" || f.Guardians[0].Mobile != "+33611223355" || f.Guardians[0].Email != "karim@example.org" {
			t.Fatalf("%+v %v", f, err)
		}
		if c := f.Children[0]; c.Birth.String() != "2019-03-14" || c.Class != "CP Mme Rey" || c.Diet != "sans_porc" {
			t.Errorf("%+v", c)
		}
		again, err := r.PlanFamilies(r.ctx, importer.Sheet{Name: "familles.xlsx", Data: workbook(t, rows...)})
		if err != nil || again.Changes() {
			t.Errorf("again: %v %+v", err, again.Lines)
		}
	})
}

func csvOf(rows [][]any) []byte {
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			fmt.Fprint(&b, v)
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

func TestSheetHeaders(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	words, err := importer.ParseWords(strings.NewReader("# essai\nPapa = last1\n\"Son prénom\" = first1\n"))
	if err != nil || len(words) != 2 {
		t.Fatal(words, err)
	}
	p, err := r.PlanFamilies(r.ctx, importer.Sheet{Data: []byte("Papa;Son prénom;Ville\nROUX;Jean;Baneins\n"), Words: words})
	if err != nil || p.FamiliesCreated != 1 {
		t.Fatalf("%v %+v", err, p)
	}
	for text, want := range map[string]string{"x = y": "Champs possibles", "rien": "en-tête = champ"} {
		if _, err := importer.ParseWords(strings.NewReader(text)); err == nil || !strings.Contains(sentence(err), want) {
			t.Error(text, err)
		}
	}
	if _, err := r.PlanFamilies(r.ctx, importer.Sheet{Data: []byte("Papa;Ville\nROUX;Baneins\n")}); err == nil || !strings.Contains(sentence(err), "« Nom responsable », « Prénom responsable »") {
		t.Error(err)
	}
}

func zipOf(t *testing.T, name string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(make([]byte, size))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSheetsRefused(t *testing.T) {
	r := open(t, storetest.OpenSQLite(t))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"bomb":      {zipOf(t, "xl/workbook.xml", 129<<20), "trop gros"},
		"ods":       {zipOf(t, "content.xml", 10), "OpenDocument"},
		"zip":       {zipOf(t, "photo.jpg", 10), "n’est pas un classeur .xlsx"},
		"xls":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ".xls"},
		"cut":       {workbook(t, []any{"a"})[:400], "abîmé"},
		"bad inner": {zipOf(t, "xl/workbook.xml", 10), "ne peut pas être lu"},
		"no rows":   {workbook(t, []any{"Nom responsable"}), "aucune ligne"},
	} {
		_, err := r.PlanFamilies(r.ctx, importer.Sheet{Name: "f", Data: c.data})
		if got := sentence(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package widgets

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/ui/theme"
)

const articleText = "# Titre de la page\n\n![Écran](../screenshots/01.png)\n\nUn **mot gras**, puis\n`Ctrl+Entrée`.\n\n## Gestes\n\n3. **Trois.** `F9`\n4. Quatre\n\n- point, `P`\n"

func TestArticleIsCutIntoBlocks(t *testing.T) {
	p := ParseArticle([]byte(articleText))
	if p.Title != "Titre de la page" || p.Picture != "../screenshots/01.png" {
		t.Errorf("title %q, picture %q", p.Title, p.Picture)
	}
	var got []string
	for _, b := range p.blocks {
		got = append(got, b.mark+"|"+b.plain())
	}
	want := []string{"|Un mot gras, puis Ctrl+Entrée.", "|Gestes", "3.|Trois. F9", "4.|Quatre", "•|point, P"}
	if !slices.Equal(got, want) {
		t.Errorf("blocks %q, want %q", got, want)
	}
	var keys []string
	for _, b := range p.blocks {
		for _, w := range b.words {
			if w.key {
				keys = append(keys, w.text)
			}
		}
	}
	if !slices.Equal(keys, []string{"Ctrl+Entrée", "F9", "P"}) {
		t.Errorf("keys %q", keys)
	}
	if w := p.blocks[0].words; w[0].style.Bold || !w[1].style.Bold || !w[2].style.Bold || w[3].text != "," || !w[3].glued || w[3].style.Bold {
		t.Errorf("bold words %+v", w)
	}
}

func TestArticleWrapsInsideItsWidth(t *testing.T) {
	app := test.NewTempApp(t)
	for _, percent := range []int{100, 150} {
		app.Settings().SetTheme(theme.New(theme.Light, percent))
		page := ParseArticle([]byte("# T\n\nAppuyez sur `Ctrl+Maj+Tab`, **tout de suite**, pour aller à l’onglet d’avant\u00a0: `Ctrl+Tab` revient.\n\n- un point assez long pour aller à la ligne, avec `Page suiv.`\n"))
		a := NewArticle()
		a.Set(page)
		heights := map[float32]float32{}
		for _, w := range []float32{260, 900} {
			a.lay(w)
			heights[w] = a.height
			for _, p := range a.pieces {
				if p.x+p.w > w+1 {
					t.Errorf("%d %%, width %v: %q ends at %v", percent, w, p.text, p.x+p.w)
				}
			}
		}
		if heights[260] <= heights[900] {
			t.Errorf("%d %%: heights %v", percent, heights)
		}
	}
}

func TestArticleScrollsWithTheKeyboard(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 100))
	a := NewArticle()
	text := "# T\n"
	for i := range 40 {
		text += fmt.Sprintf("\nParagraphe %d.\n", i)
	}
	w := test.NewWindow(a)
	defer w.Close()
	w.Resize(fyne.NewSize(400, 300))
	a.Set(ParseArticle([]byte(text)))
	w.Canvas().Focus(a)
	at := func(k fyne.KeyName) float32 {
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		return a.Offset()
	}
	page := at(fyne.KeyPageDown)
	if line := at(fyne.KeyDown); page <= 0 || line <= page {
		t.Errorf("page %v, line %v", page, line)
	}
	end := at(fyne.KeyEnd)
	if up := at(fyne.KeyPageUp); up >= end {
		t.Errorf("end %v, up %v", end, up)
	}
	if home := at(fyne.KeyHome); home != 0 {
		t.Errorf("home %v", home)
	}
	at(fyne.KeyEnd)
	a.Set(ParseArticle([]byte(text)))
	if a.Offset() != 0 {
		t.Error("another page does not begin at its top")
	}
}

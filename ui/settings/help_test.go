package settings

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/assets"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (r *room) help() *helpTab {
	r.Helper()
	t, ok := r.p.made[tabHelp].(*helpTab)
	if !ok {
		r.Fatal("the help was not made")
	}
	return t
}

func (r *room) press(key fyne.KeyName) {
	r.Helper()
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
}

// strayPages lists pages that no line of the list shows, and lines without page.
func strayPages(files []string, pages []helpPage) (out []string) {
	var ids []string
	for _, p := range pages {
		if p.id != helpKeys && p.id != helpLimits {
			ids = append(ids, p.id+".md")
		}
	}
	for _, f := range files {
		if !slices.Contains(ids, f) {
			out = append(out, f+" is shown nowhere")
		}
	}
	for _, id := range ids {
		if !slices.Contains(files, id) {
			out = append(out, id+" is missing")
		}
	}
	return out
}

func TestTheListHasEveryPageAndNoOther(t *testing.T) {
	entries, err := assets.Help.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if out := strayPages(files, helpPages); len(out) > 0 {
		t.Error(strings.Join(out, "; "))
	}
	// planted faults: a page nobody shows, a line that leads nowhere
	if len(strayPages(append(files, "surprise.md"), helpPages)) != 1 || len(strayPages(files[1:], helpPages)) != 1 {
		t.Error("a stray page is not seen")
	}
}

func TestHelpIsReadWithTheKeyboard(t *testing.T) {
	r := newRoom(t).made(staff.Cuisine)
	r.p.Open(kit.OpenHelp{Page: "bookings"})
	r.p.Focus()
	h := r.help()
	if r.p.tabs.Value() != tabHelp || helpPages[h.list.Selected()].id != "bookings" {
		t.Fatalf("shown: %q, row %d", r.p.tabs.Value(), h.list.Selected())
	}
	if r.w.Canvas().Focused() != fyne.Focusable(h.list) {
		t.Fatal("the list has not the keyboard")
	}
	r.tabKey()
	if r.w.Canvas().Focused() != fyne.Focusable(h.article) {
		t.Error("Tab does not go from the list to the text")
	}
	r.tabKey()
	if r.w.Canvas().Focused() != fyne.Focusable(h.shot.Pressable) {
		t.Error("Tab does not go from the text to the picture")
	}
	h.focus()
	r.w.Resize(fyne.NewSize(1000, 500))
	r.press(fyne.KeyPageDown)
	down := h.article.Offset()
	if down <= 0 || helpPages[h.list.Selected()].id != "bookings" {
		t.Errorf("Page down: offset %v, row %d", down, h.list.Selected())
	}
	r.press(fyne.KeyPageUp)
	if h.article.Offset() != 0 {
		t.Errorf("Page up: offset %v", h.article.Offset())
	}
	r.press(fyne.KeyPageDown)
	r.press(fyne.KeyDown)
	if helpPages[h.list.Selected()].id != "bookings-class" || h.article.Offset() != 0 {
		t.Errorf("Down: row %d, offset %v", h.list.Selected(), h.article.Offset())
	}
	r.press(fyne.KeyReturn)
	if d := r.dialog(); d.First == nil || r.w.Canvas().Focused() != d.First {
		t.Error("the enlarged picture has not the keyboard")
	}
	r.press(fyne.KeyEscape)
	if widgets.TopDialog(r.w.Canvas()) != nil {
		t.Fatal("Escape does not close the picture")
	}
	h.choose("no such page")
	if helpPages[h.list.Selected()].id != "bookings-class" {
		t.Error("an unknown page moved the list")
	}
	r.w.Resize(fyne.NewSize(1000, 360))
	h.choose(helpKeys)
	r.press(fyne.KeyPageDown)
	if h.fixed[helpKeys].scroll.Offset.Y <= 0 || h.article.Offset() != 0 {
		t.Error("Page down does not turn the keys")
	}
	for _, id := range []string{helpKeys, helpLimits, "billing-debits"} { // nothing to enlarge
		h.choose(id)
		h.enlarge()
		if widgets.TopDialog(r.w.Canvas()) != nil {
			t.Errorf("%s: something was enlarged", id)
		}
	}
}

func TestEveryPictureOfTheHelpIsThere(t *testing.T) {
	for _, p := range helpPages {
		if page := loadHelp(p.id); page.Picture != "" {
			if _, _, err := loadShot(page.Picture); err != nil {
				t.Errorf("%s: %v", p.id, err)
			}
		}
	}
	if _, _, err := loadShot("../screenshots/99-rien.png"); err == nil {
		t.Error("a missing picture is not told")
	}
}

// What the pictures add to the program stays under 3 MB.
func TestThePicturesStaySmall(t *testing.T) {
	entries, err := assets.Screenshots.ReadDir("screenshots")
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if len(entries) < 13 || total > 3_000_000 {
		t.Errorf("%d pictures, %d bytes", len(entries), total)
	}
}

func TestHelpIsDrawnAtEverySize(t *testing.T) {
	for _, c := range []struct {
		look    theme.Look
		percent int
	}{{theme.Light, 100}, {theme.Light, 150}, {theme.Dark, 100}, {theme.Contrast, 150}} {
		percent := fmt.Sprint(c.look, "-", c.percent)
		t.Run(percent, func(t *testing.T) {
			r := newRoom(t)
			r.app.Settings().SetTheme(theme.New(c.look, c.percent))
			r.made(staff.Accueil)
			for _, id := range []string{"home", "bookings", "billing", "billing-debits", "inbox", helpKeys, helpLimits} {
				r.p.Open(kit.OpenHelp{Page: id})
				r.p.Focus()
				r.shoot(fmt.Sprintf("aide-%s-%s", id, percent))
			}
			r.p.Open(kit.OpenHelp{Page: "home"})
			r.help().enlarge()
			r.dialog()
			r.shoot(fmt.Sprintf("aide-agrandie-%s", percent))
		})
	}
}

package requests

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

func TestFiltersEscapeAndEmptyStates(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	p := w.show(everything...)
	if p.list.Len() != 0 || p.m.det != nil || !p.empty.Visible() {
		t.Error("an empty town hall shows a request")
	}
	w.request("Manon", "Berthet", w.canteen, 4, "mail")
	w.request("Malo", "Combe", w.evening, 3, "desk")
	p.OnEvent(kit.Event{Topic: access.Topic})
	if p.list.Len() != 2 || p.m.det == nil {
		t.Fatalf("after the event: %d", p.list.Len())
	}
	p.search.SetText("combe")
	w.sh.Run.Fire(time.Second)
	if p.list.Len() != 1 || p.m.rows[0].First != "Malo" {
		t.Errorf("filtered: %d", p.list.Len())
	}
	p.search.SetText("zzz")
	w.sh.Run.Fire(time.Second)
	if p.list.Len() != 0 {
		t.Errorf("no match: %d", p.list.Len())
	}
	if !p.Escape() || p.list.Len() != 2 || p.search.Text() != "" || p.Escape() {
		t.Errorf("Escape: %d rows, text %q", p.list.Len(), p.search.Text())
	}
	p.Open(string(access.Accepted))
	if p.list.Len() != 0 || p.chips.Value() != "accepted" {
		t.Errorf("by state: %d, %q", p.list.Len(), p.chips.Value())
	}
	if p.m.det != nil {
		t.Error("a request the filter hides is still shown")
	}
	p.Open(w.requests["Malo"])
	if p.m.det == nil || p.m.det.q.First != "Malo" || p.list.Len() != 2 {
		t.Errorf("by id: %+v", p.m.det)
	}
	p.Open("berthet")
	if p.list.Len() != 1 || p.search.Text() != "berthet" {
		t.Errorf("by text: %d", p.list.Len())
	}
	n, err := Section(w.deps).Count(w.ctx)
	if err != nil || n != 2 {
		t.Errorf("count on the rail: %d %v", n, err)
	}
}

func TestAPDFThatDoesNotOpenSaysSo(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.attach(w.request("Malo", "Combe", w.evening, 3, "desk"), "insurance")
	good := w.deps.Preview
	w.deps.Preview = nil
	if Section(w.deps).New == nil {
		t.Fatal("no page")
	}
	w.deps.Preview = good
	p := w.show(everything...)
	p.m.d.Preview = func(context.Context, []byte, int, int) (image.Image, int, error) {
		return nil, 0, errors.New("broken")
	}
	p.act(0)
	if p.pane.trouble == "" || p.pane.image.Visible() || p.pane.note.Title() != "Aperçu impossible" {
		t.Errorf("trouble %q, note %q", p.pane.trouble, p.pane.note.Title())
	}
	if p.pane.copy.Disabled() {
		t.Error("a copy can still be saved")
	}
}

func TestAHEICPhotoIsKeptAndSaysSo(t *testing.T) {
	dress(t, theme.Light, 100)
	w := newWorld(t)
	photo := "\x00\x00\x00\x10ftypheic\x00\x00\x00\x00\x00\x00\x00\x08mdat"
	if _, err := w.access.Attach(w.ctx, access.Attachment{RequestID: w.request("Malo", "Combe", w.evening, 3, "desk"), Kind: "insurance", Name: "photo.jpg", Content: strings.NewReader(photo)}); err != nil {
		t.Fatal(err)
	}
	p := w.show(everything...)
	p.act(0)
	if !strings.Contains(p.pane.trouble, "Photo HEIC") || p.pane.image.Visible() || p.pane.copy.Disabled() {
		t.Errorf("trouble %q", p.pane.trouble)
	}
	if d := p.item().Document; copyName(*d) != "photo.heic" {
		t.Errorf("a copy is called %s", copyName(*d))
	}
}

package inbox

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// now is the instant of the mock-up.
var now = time.Date(2026, 11, 24, 13, 46, 0, 0, calendar.Paris)

// The service must have every door the screen uses.
var _ Mail = (*mailbox.Service)(nil)

// post office of the tests: messages in memory, every call written down.
type fakeMail struct {
	accounts []mailbox.Account
	messages []*mailbox.Message // the newest first
	letters  []mailbox.Outgoing
	refusals []mailbox.Refusal
	applied  []*mailbox.Plan
	undone   []string
	calls    []string
	fail     map[string]error // by door
	problem  string           // of the next plans
	keepOpen bool             // Apply leaves the message as it is
}

func (f *fakeMail) did(call string, args ...any) error {
	f.calls = append(f.calls, strings.TrimSpace(call+" "+fmt.Sprint(args...)))
	return f.fail[call]
}

func (f *fakeMail) count(call string) (n int) {
	for _, c := range f.calls {
		if strings.Fields(c)[0] == call {
			n++
		}
	}
	return n
}

func (f *fakeMail) find(id int64) *mailbox.Message {
	for _, m := range f.messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (f *fakeMail) Accounts(context.Context) ([]mailbox.Account, error) {
	return f.accounts, f.did("Accounts")
}

func (f *fakeMail) List(_ context.Context, q mailbox.Filter) (out []mailbox.Item, c mailbox.Counts, err error) {
	if err := f.did("List"); err != nil {
		return nil, c, err
	}
	for _, m := range f.messages {
		switch m.State {
		case mailbox.Todo:
			c.Todo++
		case mailbox.ToRead:
			c.ToRead++
		default:
			c.Closed++
		}
		text := strings.ToLower(m.Subject + " " + m.From.Name)
		if (len(q.States) == 0 || slices.Contains(q.States, m.State)) && strings.Contains(text, strings.ToLower(q.Text)) {
			out = append(out, m.Item)
		}
	}
	return out, c, nil
}

func (f *fakeMail) Count(context.Context) (n int, err error) {
	for _, m := range f.messages {
		if m.State.Open() {
			n++
		}
	}
	return n, f.did("Count")
}

func (f *fakeMail) Get(_ context.Context, id int64) (*mailbox.Message, error) {
	if err := f.did("Get", id); err != nil {
		return nil, err
	}
	m := *f.find(id)
	m.Cards = slices.Clone(m.Cards)
	return &m, nil
}

func (f *fakeMail) Attachment(_ context.Context, id int64, n int) ([]byte, string, string, error) {
	return []byte("%PDF-1.4"), "application/pdf", "piece.pdf", f.did("Attachment", id, n)
}

func (f *fakeMail) Original(_ context.Context, id int64) ([]byte, error) {
	return []byte("From: a\r\n\r\nb"), f.did("Original", id)
}

func (f *fakeMail) Fetch(context.Context, int64, func(int, int)) (mailbox.Fetched, error) {
	return mailbox.Fetched{New: 2, Aside: 1}, f.did("Fetch")
}

func (f *fakeMail) Plan(_ context.Context, d mailbox.Decision) (*mailbox.Plan, error) {
	if err := f.did("Plan", len(d.Choices)); err != nil {
		return nil, err
	}
	p := &mailbox.Plan{Decision: d, Reply: d.Reply, Problem: f.problem, Digest: d.Key}
	if d.Reply.To != "" && d.Reply.Body == "" { // worded by the service
		p.Reply = f.find(d.MessageID).Reply
	}
	for _, c := range d.Choices {
		card := mailbox.Card{N: c.N, Choice: c, Sure: true, Verdict: mailbox.Possible, Title: kindTitle(c.Kind), Note: "Dans le délai, clôture à 16 h 00"}
		for _, k := range f.find(d.MessageID).Cards {
			if k.N == c.N {
				card = k
				if c.Override != "" || !slices.Equal(k.Choice.Days, c.Days) {
					card.Verdict, card.Note = mailbox.Possible, "Avec votre motif"
				}
			}
		}
		card.Choice = c
		p.Cards = append(p.Cards, card)
	}
	p.After = []mailbox.Change{
		{Label: "Porte-monnaie Favier", Before: "26,40 €", After: "30,60 €"},
		{Label: "Les Libellules, jeudi 26", Before: "54 repas", After: "53 repas"},
		{Label: "Dossier de Hugo", Before: "2 sur 3", After: "3 sur 3 pièces"},
	}
	return p, nil
}

func (f *fakeMail) Apply(_ context.Context, p *mailbox.Plan) (*mailbox.Outcome, error) {
	if err := f.did("Apply", p.Decision.MessageID); err != nil {
		return nil, err
	}
	f.applied = append(f.applied, p)
	m := f.find(p.Decision.MessageID)
	m.State = mailbox.Applied
	if len(p.Decision.Choices) == 0 {
		m.State = mailbox.Answered
	}
	if f.keepOpen {
		m.State = mailbox.Todo
	}
	m.Version++
	return &mailbox.Outcome{MessageID: m.ID, Text: "Courrier de " + m.From.Name + " appliqué", Undo: m.State == mailbox.Applied}, nil
}

func (f *fakeMail) set(call string, s mailbox.State, ids []int64) error {
	if err := f.did(call, ids); err != nil {
		return err
	}
	for _, id := range ids {
		f.find(id).State = s
		f.find(id).Version++
	}
	return nil
}

func (f *fakeMail) Ignore(_ context.Context, ids ...int64) error {
	return f.set("Ignore", mailbox.Ignored, ids)
}

func (f *fakeMail) Reopen(_ context.Context, ids ...int64) error {
	return f.set("Reopen", mailbox.Todo, ids)
}

func (f *fakeMail) Undo(_ context.Context, id int64, key string) (*mailbox.Outcome, error) {
	f.undone = append(f.undone, key)
	return &mailbox.Outcome{MessageID: id, Text: "Application annulée"}, f.set("Undo", mailbox.Todo, []int64{id})
}

func (f *fakeMail) SetFamily(_ context.Context, id, version, family, guardian int64) error {
	if err := f.did("SetFamily", id, version, family, guardian); err != nil {
		return err
	}
	m := f.find(id)
	m.FamilyID, m.Family, m.Guardian, m.Candidates = family, "Vernet", "responsable de Jules", nil
	m.Version++
	return nil
}

func (f *fakeMail) Outbox(context.Context, []string, int64, int) ([]mailbox.Outgoing, error) {
	return f.letters, f.did("Outbox")
}

func (f *fakeMail) turn(call, state string, ids []int64) error {
	for i := range f.letters {
		if slices.Contains(ids, f.letters[i].ID) {
			f.letters[i].State = state
		}
	}
	return f.did(call, ids)
}

func (f *fakeMail) Retry(_ context.Context, ids ...int64) error { return f.turn("Retry", waiting, ids) }

func (f *fakeMail) Drop(_ context.Context, ids ...int64) error { return f.turn("Drop", dropped, ids) }

func (f *fakeMail) Settle(_ context.Context, ids ...int64) error {
	return f.turn("Settle", sent, ids)
}

func (f *fakeMail) Refusals(context.Context) ([]mailbox.Refusal, error) {
	return f.refusals, f.did("Refusals")
}

func (f *fakeMail) Lift(_ context.Context, address string) error {
	f.refusals = slices.DeleteFunc(f.refusals, func(r mailbox.Refusal) bool { return r.Address == address })
	return f.did("Lift", address)
}

// world is the screen over the post office of the tests.
type world struct {
	t     *testing.T
	mail  *fakeMail
	deps  Deps
	stand mailbox.Status
	files *fakeFiles
	sh    *kit.FakeShell
	win   fyne.Window
	p     *page
	keys  int
	drawn []int
}

type fakeFiles struct{ save string }

func (f *fakeFiles) Open(context.Context, string, ...string) (string, error) { return "", nil }
func (f *fakeFiles) Save(_ context.Context, _, name string) (string, error) {
	if f.save == "" {
		return "", nil
	}
	return filepath.Join(f.save, name), nil
}
func (f *fakeFiles) View(string) error { return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, mail: &fakeMail{fail: map[string]error{}}, files: &fakeFiles{}}
	w.stand = mailbox.Status{At: now.Add(-time.Minute)}
	w.deps = Deps{
		Mail:   w.mail,
		Status: func() []mailbox.Status { return []mailbox.Status{w.stand} },
		NewKey: func() string { w.keys++; return fmt.Sprint("k", w.keys) },
		Services: func(context.Context) ([]catalog.ServiceInfo, error) {
			return []catalog.ServiceInfo{{ID: 1, Short: "Cantine", Commune: "Saint-Marcel", Active: true}, {ID: 2, Short: "Périscolaire soir", Commune: "Saint-Marcel", Active: true}}, nil
		},
		Search: func(_ context.Context, text string) (out []Family, err error) {
			for _, f := range []Family{{7, "Vernet", "Jules"}, {8, "Favier", "Léa, Hugo"}} {
				if strings.Contains(strings.ToLower(f.Name), strings.ToLower(text)) {
					out = append(out, f)
				}
			}
			return out, nil
		},
		People: func(_ context.Context, id int64) ([]Person, error) {
			return []Person{{70, "Paul Vernet", "paul@example.org"}, {71, "Anne Vernet", ""}}, nil
		},
		Preview: func(_ context.Context, pdf []byte, page, _ int) (image.Image, int, error) {
			if !strings.HasPrefix(string(pdf), "%PDF") {
				return nil, 0, errors.New("not a PDF")
			}
			w.drawn = append(w.drawn, page)
			return paper(), 2, nil
		},
	}
	return w
}

// paper is a white page with some lines.
func paper() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 620, 877))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	for y := 60; y < 800; y += 24 {
		draw.Draw(m, image.Rect(60, y, 560-(y*7)%200, y+8), image.NewUniform(color.Gray{180}), image.Point{}, draw.Src)
	}
	return m
}

// show opens the screen for an agent with roles.
func (w *world) show(roles ...staff.Role) *page {
	w.t.Helper()
	w.win = test.NewWindow(container.NewStack())
	w.t.Cleanup(w.win.Close)
	w.win.SetPadded(false)
	w.sh = kit.NewFakeShell(w.win.Canvas(), now)
	w.sh.Chooser = w.files
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	w.sh.Agent = kit.User{Name: "Nathalie Perret", Roles: names}
	w.p = Section(w.deps).New(w.sh).(*page)
	w.win.SetContent(w.p.Content())
	w.win.Resize(fyne.NewSize(1224, 808))
	w.keyboard()
	w.p.Focus()
	return w.p
}

// keyboard sends keys no part used to the page's shortcuts, as the shell does.
func (w *world) keyboard() {
	c := w.win.Canvas()
	run := func(key fyne.KeyName, mod fyne.KeyModifier) {
		if widgets.TopDialog(c) != nil || widgets.Covered(c) {
			return
		}
		for _, s := range w.p.Shortcuts() {
			if s.Key != key || s.Mod != mod {
				continue
			}
			if s.Off != nil {
				if why := s.Off(); why != "" {
					w.sh.Toast(why)
					return
				}
			}
			s.Run()
			return
		}
	}
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) { run(ev.Name, 0) })
	widgets.HandleShortcuts(c, func(s fyne.Shortcut) {
		if k, ok := s.(*desktop.CustomShortcut); ok {
			run(k.KeyName, k.Modifier)
		}
	})
	w.t.Cleanup(func() { widgets.HandleShortcuts(c, nil) })
}

// type_ sends a plain key to what has the keyboard.
func (w *world) key(k fyne.KeyName) {
	w.t.Helper()
	c := w.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: k})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: k})
}

// ctrl sends a key with Ctrl.
func (w *world) ctrl(k fyne.KeyName) {
	widgets.Press(w.win.Canvas(), &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl})
}

func (w *world) write(text string) {
	for _, r := range text {
		w.win.Canvas().Focused().TypedRune(r)
	}
}

func (w *world) dialog() *widgets.Dialog {
	w.t.Helper()
	d := widgets.TopDialog(w.win.Canvas())
	if d == nil {
		w.t.Fatalf("no dialog is open; toasts %q, refusals %v", w.sh.Toasts, w.sh.Refusals)
	}
	return d
}

// shoot writes the screen to out/shots (git-ignored).
func (w *world) shoot(name string) {
	w.t.Helper()
	size := w.win.Canvas().Size()
	w.win.Resize(size.AddWidthHeight(1, 1))
	w.win.Resize(size)
	dir := filepath.Join("..", "..", "out", "shots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, w.win.Canvas().Capture()), f.Close()); err != nil {
		w.t.Fatal(err)
	}
}

func dress(t *testing.T, look theme.Look, percent int) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(look, percent))
}

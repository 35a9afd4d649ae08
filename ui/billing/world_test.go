package billing

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/demo"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// world is a demonstration town hall on a real database, on 2 December 2026, and
// the screen over it.
type world struct {
	t     *testing.T
	db    *store.DB
	o     *data.Office
	ctx   context.Context
	files *fakeFiles
	sh    *kit.FakeShell
	win   fyne.Window
	p     *page
	keys  int
	wrote []string // names of papers asked for
}

// fakeFiles answers what a test wants and remembers what was opened in the viewer.
type fakeFiles struct {
	open, save, folder string
	viewed             []string
}

func (f *fakeFiles) Open(context.Context, string, ...string) (string, error) { return f.open, nil }
func (f *fakeFiles) Save(_ context.Context, _, name string) (string, error) {
	if f.save == "" {
		return "", nil
	}
	return filepath.Join(f.save, name), nil
}

func (f *fakeFiles) View(path string) error                         { f.viewed = append(f.viewed, path); return nil }
func (f *fakeFiles) Folder(context.Context, string) (string, error) { return f.folder, nil }

var november = calendar.NewMonth(2026, time.November)

func TestMain(m *testing.M) { storetest.Main(m) }

// town is a demonstration made once a process and copied for each test.
var town = sync.OnceValues(func() (body []byte, err error) {
	dir, err := os.MkdirTemp("", "ardoise-town-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "t.db")
	ctx := context.Background()
	o, err := data.Open(ctx, path, data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		return nil, err
	}
	_, err = demo.Create(ctx, o, demo.Size{Families: 60, Seed: 1}, nil)
	if err = errors.Join(err, o.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func newWorld(t *testing.T) *world {
	t.Helper()
	body, err := town()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, path)
	w := &world{t: t, db: db, files: &fakeFiles{}}
	w.o = data.Over(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast))
	t.Cleanup(func() {
		if err := w.o.Staff.Close(); err != nil {
			t.Error(err)
		}
	})
	w.day("2026-12-02")
	s, err := w.o.Staff.SignInDemo(context.Background(), staff.Accueil, staff.Regie) // opens the base's key: accounts are sealed
	if err != nil {
		t.Fatal(err)
	}
	w.ctx = staff.With(context.Background(), s)
	return w
}

// day moves the office's clock to a morning.
func (w *world) day(iso string) {
	storetest.ClockOf(w.db).Set(calendar.MustISO(iso).At(10, 12))
	if w.sh != nil {
		w.sh.Clock = w.db.Now()
	}
}

// paper is a report that only says that it was asked for.
func (w *world) paper(name string) func(context.Context, io.Writer) error {
	return func(_ context.Context, out io.Writer) error {
		w.wrote = append(w.wrote, name)
		_, err := io.WriteString(out, "%PDF "+name)
		return err
	}
}

func (w *world) papers() Papers {
	one := func(name string) func(context.Context, io.Writer, int64) error {
		return func(ctx context.Context, out io.Writer, id int64) error {
			return w.paper(fmt.Sprint(name, " ", id))(ctx, out)
		}
	}
	month := func(name string) func(context.Context, io.Writer, calendar.Month) error {
		return func(ctx context.Context, out io.Writer, m calendar.Month) error {
			return w.paper(name+" "+m.String())(ctx, out)
		}
	}
	return Papers{
		Invoices: func(ctx context.Context, out io.Writer, ids []int64) error {
			return w.paper(fmt.Sprint("invoices ", len(ids)))(ctx, out)
		},
		InvoiceFiles: func(ctx context.Context, dir string, ids []int64, step func(done, total int) error) error {
			for i := range ids {
				w.wrote = append(w.wrote, fmt.Sprint("file ", ids[i]))
				if err := step(i+1, len(ids)); err != nil {
					return err
				}
			}
			return nil
		},
		MandateForm: one("form"), DebitFile: one("debit file"), DebitSlip: one("debit slip"), DebitNotices: one("notices"), Slip: one("slip"),
		Reminders: func(ctx context.Context, out io.Writer, sent billing.ReminderPlan) error {
			return w.paper(fmt.Sprint("letters ", len(sent.Families)))(ctx, out)
		},
		Refusals: one("refusals"), Workbook: month("workbook"),
		CSV: func(ctx context.Context, dir string, m calendar.Month) error {
			w.wrote = append(w.wrote, "csv "+m.String()+" "+dir)
			return nil
		},
		Treasury: func(ctx context.Context, out io.Writer, m calendar.Month, n int) error {
			return w.paper(fmt.Sprint("treasury ", m, " ", n))(ctx, out)
		},
		TreasuryName: func(context.Context, calendar.Month, int) (string, error) { return "PES.xml", nil },
		CashDay: func(ctx context.Context, out io.Writer, d calendar.Date) error {
			return w.paper("day "+d.String())(ctx, out)
		},
		TaxYear: func(ctx context.Context, out io.Writer, year int, id int64) error {
			return w.paper(fmt.Sprint("tax ", year, " ", id))(ctx, out)
		},
	}
}

// show opens the screen for an agent of the cash office.
func (w *world) show() *page {
	w.t.Helper()
	w.win = test.NewWindow(container.NewStack())
	w.t.Cleanup(w.win.Close)
	w.win.SetPadded(false)
	w.sh = kit.NewFakeShell(w.win.Canvas(), w.db.Now())
	w.sh.Context, w.sh.Chooser = w.ctx, w.files
	w.sh.Agent = kit.User{Name: "Nathalie Perret", Roles: []string{"accueil", "regie"}, Ctx: w.ctx}
	d := Deps{
		Billing: w.o.Billing, Ledger: w.o.Ledger, Family: w.o.Family, Catalog: w.o.Catalog, Papers: w.papers(),
		Key: func() string { w.keys++; return fmt.Sprint("key-", w.keys) },
	}
	w.p = Section(d).New(w.sh).(*page)
	w.win.SetContent(w.p.Content())
	w.win.Resize(fyne.NewSize(1224, 808))
	w.p.Focus()
	return w.p
}

// issue numbers November's invoices.
func (w *world) issue() billing.Done {
	w.t.Helper()
	w.keys++
	done, err := w.o.Billing.Issue(w.ctx, fmt.Sprint("issue-", w.keys), billing.Run{Month: november}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func (w *world) dialog() *widgets.Dialog {
	w.t.Helper()
	d := widgets.TopDialog(w.win.Canvas())
	if d == nil {
		w.t.Fatal("no dialog is open", w.sh.Refusals, w.sh.Toasts)
	}
	return d
}

func (w *world) press(hint string) {
	w.t.Helper()
	for _, s := range w.p.Shortcuts() {
		if s.Hint == hint {
			s.Run()
			return
		}
	}
	w.t.Fatalf("no shortcut %q", hint)
}

func key(k fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: k} }

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

// dress puts the house theme on and gives the test's application back after.
func dress(t *testing.T, look theme.Look, percent int) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(look, percent))
}

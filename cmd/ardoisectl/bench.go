package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/store"
)

// benchRow is one line of quality.md's table of peers, with our figure.
type benchRow struct {
	Work   string  `json:"work"`
	Peer   float64 `json:"peer_ms"`
	Most   float64 `json:"at_most_ms"`
	Ours   float64 `json:"ours_ms"`
	Ratio  float64 `json:"ratio"` // how many times faster than the peer
	OK     bool    `json:"ok"`
	Runs   int     `json:"runs"`
	Detail string  `json:"detail"`
}

type benchJSON struct {
	Families int        `json:"families"`
	Database string     `json:"database"`
	PeakMB   int        `json:"peak_mb"` // memory of this process; the peer: 1,060
	MostMB   int        `json:"at_most_mb"`
	Rows     []benchRow `json:"rows"`
}

// work is something a peer was measured at (peer 0: none was). prepare runs before each timed run
// and after the last one cleanup makes the database what it was.
type work struct {
	name       string
	peer, most time.Duration
	detail     string
	run        func() error
	undo       func() error // after each run, not timed
	long       bool         // seconds: three runs are enough
}

func (c *cli) benchCommand() *cobra.Command {
	runs := 15
	cmd := &cobra.Command{
		Use: "bench", Short: "mesure les travaux courants sur la base ouverte, en regard des logiciels comparables", Args: words(),
		Long: "Mesure, à chaud, la médiane de plusieurs essais de chaque travail, et la compare aux chiffres relevés chez les logiciels du même métier " +
			"(1 000 familles, 183 418 repas). Les écritures d’essai se font sur une copie (SQLite) ou sont annulées (PostgreSQL) : la base finit comme elle était. Pour la " +
			"facturation, les pairs facturaient toutes les familles : demo create --families 1000 --days 144 --monthly. Démonstrations seulement.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runs < 3 {
				return usage("--runs veut 3 au moins")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.bench(ctx, o, runs)
		},
	}
	cmd.Flags().IntVar(&runs, "runs", runs, "`NOMBRE` d’essais de chaque travail")
	return cmd
}

func (c *cli) bench(ctx context.Context, o *data.Office, runs int) error {
	demo, err := o.Staff.IsDemo(ctx)
	if err != nil {
		return err
	}
	if !demo {
		return fault.New(fault.Forbidden, "Les mesures écrivent puis annulent des réservations : elles ne se font que sur une démonstration (ardoisectl demo create --families 1000 --days 144).")
	}
	url := o.Store.URL()
	var out benchJSON
	if o.Store.Engine() == store.SQLite {
		out, err = c.benchCopy(ctx, o, runs)
	} else {
		out, err = benchHere(ctx, o, runs)
	}
	if err != nil {
		return err
	}
	out.Database, out.PeakMB, out.MostMB = url, peak(), 200
	return c.say(out, func(w io.Writer) { sayBench(w, out) })
}

// benchHere measures on the open database itself: what reads, and a booking that
// is undone. An issued invoice cannot be.
func benchHere(ctx context.Context, o *data.Office, runs int) (out benchJSON, err error) {
	jobs, families, err := benchWorks(ctx, o)
	if err != nil {
		return out, err
	}
	more, err := previewWork(ctx, o)
	if err != nil {
		return out, err
	}
	out, err = measure(append(jobs, more...), runs)
	out.Families = families
	return out, err
}

// benchCopy measures on a throw-away copy: the open database is closed before, so
// that the memory measured is that of one.
func (c *cli) benchCopy(ctx context.Context, o *data.Office, runs int) (out benchJSON, err error) {
	copied, err := newCopy(ctx, o)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, copied.remove()) }()
	c.office = nil
	if err = o.Close(); err != nil {
		return out, err
	}
	if err = copied.reset(); err != nil {
		return out, err
	}
	jobs, families, err := benchWorks(ctx, copied.o)
	if err != nil {
		return out, err
	}
	post, err := copied.mailWorks()
	if err != nil {
		return out, err
	}
	more, err := copied.works()
	if err != nil {
		return out, err
	}
	out, err = measure(slices.Concat(jobs, post, more), runs) // works may begin with a new copy
	out.Families = families
	return out, err
}

// measure times each work.
func measure(jobs []work, all int) (out benchJSON, err error) {
	out.Rows = []benchRow{}
	for _, j := range jobs {
		runs := all
		if j.long {
			runs = min(runs, 3)
		}
		debug.FreeOSMemory() // each work is measured as in a program of its own
		took, err := median(j, runs)
		if err != nil {
			return out, fmt.Errorf("bench: %s: %w", j.name, err)
		}
		out.Rows = append(out.Rows, benchRow{
			Work: j.name, Peer: ms(j.peer), Most: ms(j.most), Ours: ms(took), Ratio: float64(j.peer) / float64(max(took, 1)),
			OK: took <= j.most, Runs: runs, Detail: j.detail,
		})
	}
	return out, nil
}

// peak gives the most memory the process ever held, in MB: from the system
// where it tells (Linux), else what Go alone asked for.
func peak() int {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				if n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB"))); err == nil {
					return n >> 10
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.Sys >> 20)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// median warms a work up with one run, then times it.
func median(j work, runs int) (time.Duration, error) {
	times := make([]time.Duration, 0, runs)
	for i := range runs + 1 {
		start := time.Now()
		err := j.run()
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		if j.undo != nil {
			if err := j.undo(); err != nil {
				return 0, err
			}
		}
		if i > 0 {
			times = append(times, took)
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

func sayBench(w io.Writer, out benchJSON) {
	put(w, "%s, %s\n", out.Database, count(out.Families, "famille", "familles"))
	t := columns("Travail", ">Pair", ">Au plus", ">Ardoise", ">Rapport", "", "Détail")
	for _, r := range out.Rows {
		verdict := "tenu"
		if !r.OK {
			verdict = "DÉPASSÉ"
		}
		peer, ratio := "–", "–"
		if r.Peer > 0 {
			peer, ratio = figure(r.Peer), strings.Replace(fmt.Sprintf("%.0f fois", r.Ratio), ".", ",", 1)
		}
		t.row(r.Work, peer, figure(r.Most), figure(r.Ours), ratio, verdict, r.Detail)
	}
	verdict := "tenu"
	if out.PeakMB > out.MostMB {
		verdict = "DÉPASSÉ"
	}
	t.row("Mémoire au plus fort", "1060 Mo", fmt.Sprintf("%d Mo", out.MostMB), fmt.Sprintf("%d Mo", out.PeakMB), fmt.Sprintf("%d fois", 1060/max(1, out.PeakMB)), verdict, "tout le programme")
	t.print(w, "Rien à mesurer.")
}

func figure(milliseconds float64) string {
	if milliseconds >= 1000 {
		return strings.Replace(fmt.Sprintf("%.2f s", milliseconds/1000), ".", ",", 1)
	}
	return strings.Replace(fmt.Sprintf("%.1f ms", milliseconds), ".", ",", 1)
}

// subject is what the works are done with: a busy service, day, family and child.
type subject struct {
	service  int64
	day      calendar.Date
	family   int64
	words    []string
	items    []booking.Item
	families int
}

// benchWorks picks what to measure on: the service and the day with the most
// meals, the family with the most children, a child with 17 free days.
func benchWorks(ctx context.Context, o *data.Office) ([]work, int, error) {
	s, err := benchSubject(ctx, o)
	if err != nil {
		return nil, 0, err
	}
	day, month := s.day, s.day.FirstOfMonth()
	eaters, lines, err := sizes(ctx, o, s)
	if err != nil {
		return nil, 0, err
	}
	turn := 0
	jobs := []work{
		{name: "Liste de la cuisine, un mois", peer: 26 * time.Second, most: 100 * time.Millisecond, detail: month.MonthYear(), run: func() error {
			_, err := o.Booking.HeadcountMonth(ctx, s.service, day.Year(), int(day.Month()))
			return err
		}},
		{name: "Liste de la cuisine, un jour", peer: 790 * time.Millisecond, most: 20 * time.Millisecond, detail: fmt.Sprintf("%s, %d repas", day.Long(), eaters), run: func() error {
			_, err := o.Booking.Headcount(ctx, s.service, day)
			return err
		}},
		{name: "Vue du jour, tous les enfants", peer: 4 * time.Second, most: 100 * time.Millisecond, detail: fmt.Sprintf("%d enfants, toute la semaine", lines), run: func() error {
			_, err := o.Booking.Week(ctx, s.service, booking.WeekFilter{}, day.Monday())
			return err
		}},
		{name: "Mois d’une famille", peer: 330 * time.Millisecond, most: 20 * time.Millisecond, detail: family.Number(s.family), run: func() error {
			_, err := o.Booking.Month(ctx, s.family, day.Year(), day.Month())
			return err
		}},
		{name: "Recherche d’une famille", peer: 34 * time.Millisecond, most: 5 * time.Millisecond, detail: strings.Join(s.words, ", "), run: func() error {
			turn++
			_, _, err := o.Family.Search(ctx, s.words[turn%len(s.words)], family.Filter{}, 50)
			return err
		}},
	}
	if len(s.items) > 0 {
		jobs = append(jobs, bookWork(ctx, o, s))
	}
	return jobs, s.families, nil
}

// sizes counts how much the day's list and the week's grid hold.
func sizes(ctx context.Context, o *data.Office, s subject) (eaters, lines int, err error) {
	h, err := o.Booking.Headcount(ctx, s.service, s.day)
	if err != nil {
		return 0, 0, err
	}
	g, err := o.Booking.Week(ctx, s.service, booking.WeekFilter{}, s.day.Monday())
	if err != nil {
		return 0, 0, err
	}
	for _, k := range g.Classes {
		lines += len(k.Children)
	}
	return h.Total, lines, nil
}

// bookWork books a child's free days in one commit and cancels them again.
func bookWork(ctx context.Context, o *data.Office, s subject) work {
	consent := ledger.Consent{Who: "banc d’essai", How: "mesure"}
	return work{
		name: "17 repas d’un enfant, réservés", peer: 220 * time.Millisecond, most: 20 * time.Millisecond,
		detail: fmt.Sprintf("%d repas, plan et validation", len(s.items)),
		run: func() error {
			plan, err := o.Booking.Plan(ctx, booking.Ask{Key: newKey(), Add: s.items, Override: "mesure", Consent: consent})
			if err != nil {
				return err
			}
			if n := plan.Accepted(); n != len(s.items) || plan.Problem != "" {
				return fault.New(fault.Insufficient, "La mesure de réservation n’a pas pu se faire : %d repas sur %d. %s", n, len(s.items), plan.Problem)
			}
			_, err = o.Booking.Commit(ctx, plan)
			return err
		},
		undo: func() error {
			_, err := o.Booking.Book(ctx, booking.Ask{Key: newKey(), Cancel: s.items, Override: "mesure", Consent: consent})
			return err
		},
	}
}

package reading

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
)

// stranger is one phrase of a parent who never saw the rules.
type stranger struct {
	line      int
	trap      bool
	in        Input
	wanted    map[string]bool // "cancel Louis 2 2026-11-26": must be proposed
	allowed   map[string]bool // the same with those that may be left unclear
	something bool            // a proposal is expected, be it unclear
}

var bracedFiles = regexp.MustCompile(`\{([^}]*)\}`)

// readStrangers loads a table of the outsider's form (see outsider.txt).
func readStrangers(t *testing.T, path string) (list []stranger) {
	t.Helper()
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var head Input
	for i, line := range strings.Split(string(bytes), "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '@':
			head = strangerHead(t, line)
		default:
			list = append(list, strangerLine(t, head, i+1, line))
		}
	}
	return list
}

// strangerHead reads « @ 2026-11-18 14:00 Yanis:M +garderie ».
func strangerHead(t *testing.T, line string) (in Input) {
	t.Helper()
	words := strings.Fields(line)
	at, err := time.ParseInLocation("2006-01-02 15:04", words[1]+" "+words[2], calendar.Paris)
	if err != nil {
		t.Fatal(err)
	}
	plan := calendar.MustPlan(calendar.PlanSpec{
		Weekdays: calendar.SchoolWeek, Region: calendar.Metropole, Zone: calendar.ZoneA,
		SchoolHolidays: calendar.SchoolHolidays(), Use: calendar.ClosedInHolidays,
	})
	in = Input{Received: at, Services: []Service{{ID: 1, Kind: "canteen", Name: "Cantine", Open: plan.IsOpen}}}
	for i, word := range words[3:] {
		if word == "+garderie" {
			in.Services = append(in.Services,
				Service{ID: 2, Kind: "morning", Name: "Garderie du matin", Open: plan.IsOpen},
				Service{ID: 3, Kind: "evening", Name: "Garderie du soir", Open: plan.IsOpen})
			continue
		}
		first, sex, _ := strings.Cut(word, ":")
		in.Children = append(in.Children, Child{ID: int64(i + 11), First: first, Last: "Perrin", Sex: sex})
	}
	return in
}

// strangerLine reads « ! words {files} => expected ».
func strangerLine(t *testing.T, in Input, n int, line string) stranger {
	t.Helper()
	s := stranger{line: n, wanted: map[string]bool{}, allowed: map[string]bool{}}
	line, s.trap = strings.CutPrefix(line, "! ")
	words, want, ok := strings.Cut(line, " => ")
	if !ok {
		t.Fatalf("line %d: no =>", n)
	}
	if m := bracedFiles.FindStringSubmatch(words); m != nil {
		for i, name := range strings.Split(m[1], ", ") {
			in.Files = append(in.Files, File{N: i, Name: name, Accepted: true})
		}
		words = bracedFiles.ReplaceAllString(words, "")
	}
	in.Text = strings.ReplaceAll(strings.TrimSpace(words), `\n`, "\n")
	s.in = in
	for part := range strings.SplitSeq(want, ";") {
		part, loose := strings.CutPrefix(strings.TrimSpace(part), "~")
		s.something = s.something || part != "none"
		for _, atom := range wantedAtoms(t, in, n, strings.Fields(part)) {
			s.allowed[atom] = true
			if !loose {
				s.wanted[atom] = true
			}
		}
	}
	return s
}

// wantedAtoms spreads « cancel Léo Alice @soir 21/6 22/6 » over children and days.
func wantedAtoms(t *testing.T, in Input, n int, words []string) (atoms []string) {
	t.Helper()
	kind, services := words[0], []int{1}
	if kind == "doubt" || kind == "none" {
		return nil
	}
	var kids, days []string
	for _, w := range words[1:] {
		switch i := slices.Index([]string{"@cantine", "@matin", "@soir"}, w); {
		case i == 0:
		case i > 0 && services[0] == 1:
			services = []int{i + 1}
		case i > 0:
			services = append(services, i+1)
		case w[0] >= '0' && w[0] <= '9':
			days = append(days, strangerDay(t, in, n, w))
		default:
			kids = append(kids, w)
		}
	}
	if len(kids) == 0 { // documents of the family
		return []string{kind + " ?"}
	}
	if len(days) == 0 { // documents of a child
		days, services = []string{"-"}, []int{0}
	}
	for _, kid := range kids {
		for _, day := range days {
			for _, service := range services {
				atoms = append(atoms, fmt.Sprintf("%s %s %d %s", kind, kid, service, day))
			}
		}
	}
	return atoms
}

// strangerDay takes the year in which the day is nearest to the message.
func strangerDay(t *testing.T, in Input, n int, word string) string {
	t.Helper()
	var day, month int
	if _, err := fmt.Sscanf(word, "%d/%d", &day, &month); err != nil {
		t.Fatalf("line %d: %s: %v", n, word, err)
	}
	today := calendar.DateOf(in.Received)
	best := calendar.NewDate(today.Year(), time.Month(month), day)
	for _, year := range []int{today.Year() - 1, today.Year() + 1} {
		d := calendar.NewDate(year, time.Month(month), day)
		if max(d-today, today-d) < max(best-today, today-best) {
			best = d
		}
	}
	return best.String()
}

// spread gives the atoms of a proposal of the reading.
func spread(in Input, p Proposal) (atoms []string) {
	kind := map[Kind]string{
		Book: "book", Cancel: "cancel", JustifiedAbsence: "absence", Documents: "documents",
		AccessRequest: "access", BankDetails: "bank", Bounce: "bounce",
	}[p.Kind]
	days, service := []string{"-"}, int64(0)
	if p.Kind == Book || p.Kind == Cancel || p.Kind == JustifiedAbsence {
		days, service = nil, p.ServiceID
		for _, d := range p.Days {
			days = append(days, d.String())
		}
		if service == 0 && len(in.Services) == 1 {
			service = 1
		}
	}
	for _, c := range in.Children {
		if !slices.Contains(p.Children, c.ID) {
			continue
		}
		for _, d := range days {
			atoms = append(atoms, fmt.Sprintf("%s %s %d %s", kind, c.First, service, d))
		}
	}
	if len(atoms) == 0 {
		atoms = []string{kind + " ?"}
	}
	return atoms
}

// strangerScore counts a table.
type strangerScore struct {
	phrases, unclear, untouched    int
	sure, wrong, wanted, found     int
	sureOrUnclear, lost, falseTalk int
}

// judge reads a phrase and tells what was sure and wrong.
func (c *strangerScore) judge(s stranger) (wrong []string) {
	got := Understand(s.in)
	c.phrases++
	sure, unclear := map[string]bool{}, false
	var proposals [][]string
	for _, p := range got.Proposals {
		switch {
		case p.Kind == None:
		case !p.Sure():
			unclear = true
		default:
			atoms := spread(s.in, p)
			proposals = append(proposals, atoms)
			for _, a := range atoms {
				sure[a] = true
			}
		}
	}
	for _, atoms := range proposals {
		c.sure++
		if bad := strayed(s, atoms, sure, unclear); bad != "" {
			c.wrong++
			wrong = append(wrong, bad)
		}
	}
	for a := range s.wanted {
		c.wanted++
		switch {
		case sure[a]:
			c.found, c.sureOrUnclear = c.found+1, c.sureOrUnclear+1
		case unclear:
			c.sureOrUnclear++
		default:
			c.lost++
		}
	}
	switch {
	case unclear:
		c.unclear++
		if !s.something {
			c.falseTalk++
		}
	case len(sure) == 0:
		c.untouched++
	}
	return wrong
}

// strayed says what is wrong with one sure proposal: a kind, child or day that is not
// expected, or an expected day that is left out while nothing is said to be unclear.
func strayed(s stranger, atoms []string, sure map[string]bool, unclear bool) string {
	for _, a := range atoms {
		if !s.allowed[a] {
			return "not asked: " + a
		}
	}
	for a := range s.allowed {
		if !sure[a] && !unclear && strings.Fields(a)[0] == strings.Fields(atoms[0])[0] {
			return "left out: " + a
		}
	}
	return ""
}

func (c strangerScore) String() string {
	share := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	return fmt.Sprintf("%d phrases; sure proposals %d, right %d (%.1f %%); expected day-children %d: "+
		"sure %d (%.1f %%), sure or unclear %d (%.1f %%), lost %d; phrases unclear %d (%.1f %%), "+
		"of them asking nothing %d; phrases nothing was made of %d",
		c.phrases, c.sure, c.sure-c.wrong, share(c.sure-c.wrong, c.sure), c.wanted,
		c.found, share(c.found, c.wanted), c.sureOrUnclear, share(c.sureOrUnclear, c.wanted), c.lost,
		c.unclear, share(c.unclear, c.phrases), c.falseTalk, c.untouched)
}

// TestOutsider reads the tables of a parent who wrote them before any rule was read;
// the head of each says what its first, untouched run gave. Nine tables, 992 phrases:
// untouched, 82.6 % of the sure proposals of the first were right (90.7 % once its
// labels were mended), 91.7, 76.7, 62.5, 88.2, 76.1, 72.1 and 88.2 % of tables that
// are nearly all traps, 100 % of the last, where they are one in two.
func TestOutsider(t *testing.T) {
	tables, err := filepath.Glob("testdata/outsider*.txt")
	if err != nil || len(tables) == 0 {
		t.Fatal("no tables", err)
	}
	for _, path := range tables {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var score strangerScore
			for _, s := range readStrangers(t, path) {
				for _, bad := range score.judge(s) {
					t.Errorf("line %d: wrong and sure, %s\n\t%q", s.line, bad, s.in.Text)
				}
			}
			t.Log(score.String())
			// Doubting everything would be never wrong, and of no use.
			if score.lost > 0 || score.found*100 < score.wanted*65 {
				t.Errorf("expected days passed over, or too few sure: %s", score)
			}
		})
	}
}

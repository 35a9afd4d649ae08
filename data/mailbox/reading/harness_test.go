package reading

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
)

// The families of the tables.
var families = map[string][]Child{
	"HL": kidsNamed("Hugo M", "Léa F"),
	"L":  kidsNamed("Louis M"),
	"E":  kidsNamed("Éloïse F"),
	"3":  kidsNamed("Maël M", "Inès F", "Côme M"),
	"TZ": kidsNamed("Tom M", "Zoé F"),
	"CB": kidsNamed("Marie-Lou F", "Jean Baptiste M"),
	"AN": kidsNamed("Avril F", "Noël M"),
	"G":  kidsNamed("Emma F", "Chloé F", "Rose F"),
	"0":  nil,
}

func kidsNamed(list ...string) []Child {
	var out []Child
	for n, s := range list {
		first, sex, _ := strings.Cut(s, " ")
		if i := strings.LastIndexByte(s, ' '); i >= 0 {
			first, sex = s[:i], s[i+1:]
		}
		out = append(out, Child{ID: int64(n + 1), First: first, Last: "MARTIN", Sex: sex})
	}
	return out
}

var plan = calendar.MustPlan(calendar.PlanSpec{Weekdays: calendar.SchoolWeek, Zone: calendar.ZoneA, SchoolHolidays: calendar.SchoolHolidays()})

func planOpen(d calendar.Date) (bool, string) { return plan.IsOpen(d) }

func canteen() Service { return Service{ID: 1, Kind: "canteen", Name: "Cantine", Open: planOpen} }

func allServices() []Service {
	return []Service{
		canteen(),
		{ID: 2, Kind: "morning", Name: "Garderie matin", Open: planOpen},
		{ID: 3, Kind: "evening", Name: "Garderie soir", Open: planOpen},
	}
}

// wanted is one expected proposal.
type wanted struct {
	kind   Kind
	kids   []string
	days   []calendar.Date
	unsure bool // must be in doubt
	any    bool // whatever it says
}

// row is one line of a table:
//
//	DAY | FAMILY | words of the family => cancel Hugo 26/11; book Léa 27/11
//
// DAY is M (Monday 23 November 2026), or an ISO date; « cancel? » must be in doubt,
// « doubt » stands for anything in doubt or nothing at all; « none » for nothing.
type row struct {
	line           int
	day            calendar.Date
	family         string
	subject, text  string
	files          []File
	want           []wanted
	raw            string
	otherSvc, none bool
}

var kindWords = map[string]Kind{"book": Book, "cancel": Cancel, "absence": JustifiedAbsence, "documents": Documents, "bank": BankDetails, "access": AccessRequest}

func table(t testing.TB, name string) []row {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	var rows []row
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rows = append(rows, parseRow(t, n, line))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func parseRow(t testing.TB, n int, line string) row {
	t.Helper()
	left, want, ok := strings.Cut(line, "=>")
	parts := strings.SplitN(left, "|", 3)
	if !ok || len(parts) != 3 {
		t.Fatalf("line %d: %q", n, line)
	}
	r := row{line: n, family: strings.TrimSpace(parts[1]), raw: line}
	if d := strings.TrimSpace(parts[0]); d == "M" {
		r.day = calendar.MustISO("2026-11-23")
	} else {
		r.day = calendar.MustISO(d)
	}
	if rest, ok := strings.CutSuffix(r.family, "+"); ok {
		r.family, r.otherSvc = rest, true
	}
	if _, ok := families[r.family]; !ok {
		t.Fatalf("line %d: family %q", n, r.family)
	}
	text := strings.TrimSpace(parts[2])
	if rest, ok := strings.CutPrefix(text, "[objet "); ok {
		r.subject, text, _ = strings.Cut(rest, "]")
	}
	if i := strings.IndexByte(text, '{'); i >= 0 {
		for k, name := range strings.Split(strings.Trim(text[i:], "{} "), ",") {
			r.files = append(r.files, File{N: k, Name: strings.TrimSpace(name), Accepted: true})
		}
		text = text[:i]
	}
	r.text = strings.ReplaceAll(strings.TrimSpace(text), "\\n", "\n")
	for _, w := range strings.Split(want, ";") {
		w = strings.TrimSpace(w)
		switch w {
		case "none":
			r.none = true
			continue
		case "doubt":
			r.want = append(r.want, wanted{any: true, unsure: true})
			continue
		}
		fields := strings.Fields(w)
		x := wanted{}
		kind, unsure := strings.CutSuffix(fields[0], "?")
		x.unsure, x.kind = unsure, kindWords[kind]
		if x.kind == "" {
			t.Fatalf("line %d: kind %q", n, fields[0])
		}
		for _, f := range fields[1:] {
			if f[0] >= '0' && f[0] <= '9' {
				x.days = append(x.days, dayIn(t, f))
			} else {
				x.kids = append(x.kids, strings.ReplaceAll(f, "_", " "))
			}
		}
		r.want = append(r.want, x)
	}
	return r
}

// dayIn reads 26/11 (school year 2026-2027) or 5/1/28.
func dayIn(t testing.TB, s string) calendar.Date {
	t.Helper()
	p := strings.Split(s, "/")
	num := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		return n
	}
	m, y := num(p[1]), 2026
	if m < 8 {
		y++
	}
	if len(p) == 3 {
		y = 2000 + num(p[2])
	}
	return calendar.NewDate(y, time.Month(m), num(p[0]))
}

func (r row) input() Input {
	in := Input{Subject: r.subject, Text: r.text, Received: r.day.At(10, 12), Children: families[r.family], Services: []Service{canteen()}, Files: r.files}
	if r.otherSvc {
		in.Services = allServices()
	}
	return in
}

func (r row) kids(p Proposal) []string {
	var names []string
	for _, id := range p.Children {
		names = append(names, families[r.family][id-1].First)
	}
	slices.Sort(names)
	return names
}

// fits reports that a proposal says what was expected, in doubt or not.
func (r row) fits(p Proposal, w wanted) bool {
	want := slices.Clone(w.kids)
	slices.Sort(want)
	return p.Kind == w.kind && (len(want) == 0 && (p.Kind == Documents || p.Kind == BankDetails) || slices.Equal(r.kids(p), want)) && slices.Equal(p.Days, w.days)
}

// score of a table.
type score struct {
	rows, sure, sureRight, wantSure, gotSure, gotAny, doubtful, doubtRight, wantNone, quietNone int
	wrong, missed                                                                               []string
}

func grade(rows []row, ru rules) score {
	var s score
	for _, r := range rows {
		s.rows++
		u := understand(r.input(), ru)
		matched := make([]bool, len(u.Proposals))
		for n, p := range u.Proposals {
			if p.Kind == None {
				continue
			}
			right := slices.ContainsFunc(r.want, func(w wanted) bool { return !w.any && !(w.unsure && p.Sure()) && r.fits(p, w) })
			matched[n] = right
			if !p.Sure() {
				s.doubtful++
				if right {
					s.doubtRight++
				}
				continue
			}
			s.sure++
			if right {
				s.sureRight++
			} else {
				s.wrong = append(s.wrong, fmt.Sprintf("%d: %s\n      got %s", r.line, r.raw, told(u, r)))
			}
		}
		if r.none {
			s.wantNone++
			if !slices.ContainsFunc(u.Proposals, func(p Proposal) bool { return p.Kind != None }) {
				s.quietNone++
			}
		}
		for _, w := range r.want {
			if w.unsure {
				continue
			}
			s.wantSure++
			sure := slices.ContainsFunc(u.Proposals, func(p Proposal) bool { return p.Sure() && r.fits(p, w) })
			either := slices.ContainsFunc(u.Proposals, func(p Proposal) bool { return r.fits(p, w) })
			if sure || w.kind == BankDetails && either {
				s.gotSure++
			} else {
				s.missed = append(s.missed, fmt.Sprintf("%d: %s\n      got %s", r.line, r.raw, told(u, r)))
			}
			if either {
				s.gotAny++
			}
		}
	}
	return s
}

func told(u Understood, r row) string {
	var parts []string
	for _, p := range u.Proposals {
		s := string(p.Kind) + " " + strings.Join(r.kids(p), ",")
		for _, d := range p.Days {
			s += fmt.Sprintf(" %d/%d", d.Day(), d.Month())
		}
		for _, f := range p.Files {
			s += fmt.Sprintf(" file%d=%s", f.File, f.Kind)
		}
		if p.Doubt != "" {
			s += " ? " + p.Doubt
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ;; ")
}

func pct(a, b int) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d = %.1f %%", a, b, 100*float64(a)/float64(b))
}

func (s score) String() string {
	return fmt.Sprintf("%d phrases; sure: precision %s, recall %s; sure or unclear: precision %s, recall %s; nothing expected and nothing proposed: %s",
		s.rows, pct(s.sureRight, s.sure), pct(s.gotSure, s.wantSure), pct(s.sureRight+s.doubtRight, s.sure+s.doubtful), pct(s.gotAny, s.wantSure), pct(s.quietNone, s.wantNone))
}

// corpusTime is the receipt of the corpus: Monday 23 November 2026, 10 h 12.
var corpusTime = calendar.MustISO("2026-11-23").At(10, 12)

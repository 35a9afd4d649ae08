package bank

import (
	"regexp"
	"strings"
	"testing"
)

func TestReasonOf(t *testing.T) {
	for code, want := range map[string]Act{
		"AC01": AskRIB, "AC04": AskRIB, "AC06": AskRIB, "AM04": Again, "MD01": Revoke, "MD06": Refund, "MD07": Stop,
		"MS02": Contact, "MS03": Contact, "BE05": CheckICS, "AG01": Correct, "FF01": Correct, "ZZ99": Correct, " ac04 ": AskRIB, "": Contact,
	} {
		r := ReasonOf(code)
		if r.Act != want || r.Label == "" {
			t.Errorf("%q: %+v, want %v", code, r, want)
		}
	}
	if r := ReasonOf("zz99"); r.Known() || r.Code != "ZZ99" || r.Label != "Motif «\u00a0ZZ99\u00a0»" {
		t.Errorf("unknown: %+v", r)
	}
	if !ReasonOf("ac04").Known() || ReasonOf("").Known() {
		t.Error("known and unknown are mixed up")
	}
	stops := map[Act]bool{AskRIB: true, Revoke: true, Stop: true}
	for a := Correct; a <= CheckICS; a++ {
		if a.StopsMandate() != stops[a] || a.String() == "" || !strings.HasSuffix(a.Advice(), ".") {
			t.Errorf("%d: %q %q", a, a, a.Advice())
		}
	}
	if Act(-1).String() != "correct" || Act(99).String() != "correct" {
		t.Error("an act out of range")
	}
}

func TestReasonsAreISO(t *testing.T) {
	known := map[string]bool{}
	for _, row := range shared(t, "reject_reasons.csv") {
		known[row[1]] = true
	}
	shape := regexp.MustCompile(`^[A-Z0-9]{4}$`)
	all := Reasons()
	if len(all) < 50 {
		t.Fatalf("%d reasons", len(all))
	}
	for i, r := range all {
		if !shape.MatchString(r.Code) || !known[r.Code] || strings.HasSuffix(r.Label, ".") {
			t.Errorf("%+v is not on the list of ISO", r)
		}
		if i > 0 && all[i-1].Code >= r.Code {
			t.Errorf("%s stands behind %s", r.Code, all[i-1].Code)
		}
	}
}

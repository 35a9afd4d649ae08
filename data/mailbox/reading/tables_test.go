package reading

import "testing"

// The tables: phrases.txt the rules were written with; the others were written before
// their phrases were tried, and their heads say what the first run gave. A wrong sure
// proposal in any of them is a failure.
func TestTables(t *testing.T) {
	for _, tt := range []struct {
		file         string
		rows, recall int // at least; recall in percent of the expected sure proposals
	}{
		{"phrases", 250, 95},
		{"heldout", 120, 85},
		{"heldout2", 80, 85},
		{"heldout3", 70, 85},
		{"heldout4", 40, 85},
		{"heldout5", 50, 85},
		{"heldout6", 50, 85},
		{"heldout7", 35, 75},
	} {
		t.Run(tt.file, func(t *testing.T) {
			rows := table(t, "testdata/"+tt.file+".txt")
			s := grade(rows, rules{})
			t.Log(s)
			for _, w := range s.wrong {
				t.Errorf("wrong and sure: %s", w)
			}
			for _, m := range s.missed {
				t.Logf("missed: %s", m)
			}
			if len(rows) < tt.rows || s.gotSure*100 < s.wantSure*tt.recall {
				t.Errorf("%d phrases, recall %s: want %d and %d %%", len(rows), pct(s.gotSure, s.wantSure), tt.rows, tt.recall)
			}
		})
	}
}

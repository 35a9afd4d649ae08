package reading

import "testing"

// minRecall of sure proposals on the table the rules were written with, in percent.
const minRecall = 90

func TestPhrases(t *testing.T) {
	rows := table(t, "testdata/phrases.txt")
	s := grade(rows, rules{})
	t.Log(s)
	for _, w := range s.wrong {
		t.Errorf("wrong and sure: %s", w)
	}
	for _, m := range s.missed {
		t.Logf("missed: %s", m)
	}
	if len(rows) < 200 || s.gotSure*100 < s.wantSure*minRecall {
		t.Errorf("%d phrases, recall %s: want 200 and %d %%", len(rows), pct(s.gotSure, s.wantSure), minRecall)
	}
}

func TestHeldOut(t *testing.T) {
	rows := table(t, "testdata/heldout.txt")
	s := grade(rows, rules{})
	t.Log(s)
	for _, w := range s.wrong {
		t.Errorf("wrong and sure: %s", w)
	}
	for _, m := range s.missed {
		t.Logf("missed: %s", m)
	}
}

func TestHeldOutAgain(t *testing.T) {
	rows := table(t, "testdata/heldout2.txt")
	s := grade(rows, rules{})
	t.Log(s)
	for _, w := range s.wrong {
		t.Errorf("wrong and sure: %s", w)
	}
	for _, m := range s.missed {
		t.Logf("missed: %s", m)
	}
}

func TestHeldOutThird(t *testing.T) {
	rows := table(t, "testdata/heldout3.txt")
	s := grade(rows, rules{})
	t.Log(s)
	for _, w := range s.wrong {
		t.Errorf("wrong and sure: %s", w)
	}
	for _, m := range s.missed {
		t.Logf("missed: %s", m)
	}
}

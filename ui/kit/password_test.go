package kit

import "testing"

func TestJudgePassword(t *testing.T) {
	if text, good := JudgePassword("", "", ""); good || text == "" {
		t.Error("an empty field shows the rule")
	}
	if _, good := JudgePassword("helene.borel-2026!", "helene.borel", "Hélène Borel"); good {
		t.Error("a password built on the name is not good")
	}
	if _, good := JudgePassword("marronnier-48-ardoise-bleue", "x", "y"); !good {
		t.Error("a good one")
	}
}

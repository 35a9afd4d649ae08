package family

import "testing"

func TestCourtesy(t *testing.T) {
	for typed, want := range map[string]string{
		"MME": "Mme", "Mme": "Mme", "Mme.": "Mme", "MLLE": "Mme", "Madame": "Mme", " mme ": "Mme", "M.": "M.", "M": "M.", "MR": "M.", "MONSIEUR": "M.", "": "", "Dr": "Dr",
	} {
		if got := Courtesy(typed); got != want {
			t.Errorf("%q: %q, wanted %q", typed, got, want)
		}
	}
}

package calendar

import (
	"fmt"
	"testing"
)

func TestZonesOfTheDepartments(t *testing.T) {
	for code, want := range map[string]Zone{
		"01371": ZoneA, "01390": ZoneA, "69001": ZoneA, "75056": ZoneC, "31555": ZoneC, "59350": ZoneB, "67482": ZoneB, "06088": ZoneB,
		"33063": ZoneA, "34172": ZoneC, "35238": ZoneB, "2A004": "", "20000": "", "97411": "", "": "", "013": "",
	} {
		got, ok := ZoneOf(code)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", code, got, ok, want)
		}
	}
	// Every department of the mainland has one zone.
	n := 0
	for d := 1; d <= 95; d++ {
		code := fmt.Sprintf("%02d001", d)
		if d == 20 {
			continue
		}
		if _, ok := ZoneOf(code); !ok {
			t.Errorf("department %02d has no zone", d)
		}
		n++
	}
	if len(zoneOf) != n || n != 94 {
		t.Errorf("%d departments in the table, %d on the mainland", len(zoneOf), n)
	}
}

func TestRegionOfAlsaceAndMoselle(t *testing.T) {
	for code, want := range map[string]Region{"57463": AlsaceMoselle, "67000": AlsaceMoselle, "68066": AlsaceMoselle, "54395": Metropole, "01371": Metropole, "": Metropole} {
		if got := RegionOf(code); got != want {
			t.Errorf("%q: %s", code, got)
		}
	}
	if DepartmentOf("97411") != "974" || DepartmentOf("2a004") != "2A" {
		t.Error("overseas and Corsica")
	}
}

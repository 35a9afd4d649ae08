package calendar

import "strings"

// zoneDepartments gives the departments of each school-holiday zone. Source: the
// zones are lists of académies in the ministry's order on the school calendar
// (arrêté du 7 décembre 2022 for 2023 to 2026, taken up by that of 2026-2027),
// and an académie is a list of departments (code de l'éducation, R. 222-2).
//
//	A  Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers
//	B  Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, Orléans-Tours, Reims, Rennes, Strasbourg
//	C  Créteil, Montpellier, Paris, Toulouse, Versailles
//
// Corsica and the overseas departments have calendars of their own and no zone.
var zoneDepartments = map[Zone]string{
	ZoneA: "25 39 70 90  24 33 40 47 64  03 15 43 63  21 58 71 89  07 26 38 73 74  19 23 87  01 42 69  16 17 79 86",
	ZoneB: "04 05 13 84  02 60 80  59 62  54 55 57 88  44 49 53 72 85  06 83  14 27 50 61 76  18 28 36 37 41 45  08 10 51 52  22 29 35 56  67 68",
	ZoneC: "77 93 94  11 30 34 48 66  75  09 12 31 32 46 65 81 82  78 91 92 95",
}

var zoneOf = func() map[string]Zone {
	out := map[string]Zone{}
	for zone, list := range zoneDepartments {
		for _, d := range strings.Fields(list) {
			out[d] = zone
		}
	}
	return out
}()

// DepartmentOf gives the department of an INSEE or postal code: "01", "2A", "974",
// "" where the code is too short. A postal code of Corsica gives "20".
func DepartmentOf(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	switch {
	case len(code) < 5:
		return ""
	case strings.HasPrefix(code, "97"), strings.HasPrefix(code, "98"):
		return code[:3]
	}
	return code[:2]
}

// ZoneOf gives the school-holiday zone of a commune by its INSEE code, or failing
// that by its postal code; ok is false where none applies (Corsica, overseas).
func ZoneOf(code string) (zone Zone, ok bool) {
	zone, ok = zoneOf[DepartmentOf(code)]
	return zone, ok
}

// RegionOf gives the public holidays of a commune: those of Alsace and Moselle in
// the departments 57, 67 and 68 (code du travail, L. 3134-13).
func RegionOf(code string) Region {
	switch DepartmentOf(code) {
	case "57", "67", "68":
		return AlsaceMoselle
	}
	return Metropole
}

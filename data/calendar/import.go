package calendar

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"ardoise/data/fault"
)

// maxCalendar bounds an imported calendar, in bytes: the ministry's whole dataset
// since 2017 weighs under one mebibyte.
const maxCalendar = 16 << 20

// ParseCalendar reads a calendar of school holidays: the ministry's dataset in
// CSV, a table of the holidays alone (annee_scolaire, zone, libelle,
// premier_jour_vacances, dernier_jour_vacances, reprise) or an ICS file; the
// content tells which. zone serves an ICS file that does not
// name its own ("" refuses such a file). Records of other zones than A, B and C are
// left out, as are teachers' dates; records repeated by académie come once.
func ParseCalendar(r io.Reader, zone Zone) ([]Holiday, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCalendar+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le calendrier n’a pas pu être lu.")
	}
	if len(data) > maxCalendar {
		return nil, fault.New(fault.Invalid, "Ce fichier est trop gros pour un calendrier (16 Mo au plus).")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		data = fromLatin1(data)
	}
	var list []Holiday
	if bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(data[:min(len(data), 200)])), []byte("BEGIN:VCALENDAR")) {
		list, err = parseICS(string(data), zone)
	} else {
		list, err = parseMinistryCSV(data)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, "Ce fichier ne contient aucune période de vacances scolaires des zones A, B ou C.")
	}
	sortHolidays(list)
	return list, nil
}

// fromLatin1 reads a spreadsheet's re-saved file: every byte is a character.
func fromLatin1(data []byte) []byte {
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return []byte(string(runes))
}

var csvHeaders = map[string][]string{
	"name":       {"description", "libelle"},
	"population": {"population"},
	"start":      {"start_date", "date de debut", "premier_jour_vacances"},
	"end":        {"end_date", "date de fin", "reprise"}, // the day of return
	"last":       {"dernier_jour_vacances"},
	"zone":       {"zones", "zone"},
	"year":       {"annee_scolaire", "annee scolaire"},
}

func parseMinistryCSV(data []byte) ([]Holiday, error) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.Comma = ','
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	header, err := r.Read()
	if err != nil {
		return nil, csvError(err)
	}
	col := map[string]int{}
	for key, names := range csvHeaders {
		for i, h := range header {
			for _, name := range names {
				if fold(h) == name {
					col[key] = i
				}
			}
		}
	}
	for _, key := range []string{"name", "start", "end", "zone", "year"} {
		if _, ok := col[key]; !ok {
			return nil, fault.New(fault.Invalid, "Ligne 1 : la colonne « %s » manque. Il faut le fichier « calendrier scolaire » du ministère (Description, Population, Date de début, Date de fin, Zones, annee_scolaire) ou un fichier ICS.", csvHeaders[key][0])
		}
	}
	var list []Holiday
	seen := map[Holiday]bool{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := r.FieldPos(0)
		found, why := readRecord(record, col)
		if why != "" {
			return nil, fault.New(fault.Invalid, "Ligne %d : %s Rien n’a été importé.", line, why)
		}
		for _, h := range found {
			if !seen[h] {
				seen[h] = true
				list = append(list, h)
			}
		}
	}
}

func csvError(err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return fault.Wrap(fault.Invalid, err, "Ligne %d : le fichier CSV est abîmé (guillemets ou ligne coupée). Rien n’a été importé.", pe.Line)
	}
	return fault.Wrap(fault.Invalid, err, "Ce fichier est vide ou n’est pas un calendrier.")
}

// readRecord gives the holiday of one line in each of its zones, none when it is
// not one of ours, or why the line cannot be read.
func readRecord(record []string, col map[string]int) (list []Holiday, why string) {
	field := func(key string) string {
		i, ok := col[key]
		if !ok || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	if len(strings.Join(record, "")) == 0 {
		return nil, ""
	}
	for _, key := range []string{"name", "start", "end", "zone", "year"} {
		if i := col[key]; i >= len(record) {
			return nil, "la ligne est coupée (" + csvHeaders[key][0] + " manque)."
		}
	}
	_, table := col["last"] // a table of holidays has no other lines and need not call them so
	if fold(field("population")) == "enseignants" || !table && !isHoliday(field("name")) {
		return nil, ""
	}
	zones := zonesOf(field("zone"))
	if len(zones) == 0 {
		return nil, ""
	}
	year, err := ParseSchoolYear(field("year"))
	if err != nil {
		return nil, fault.Sentence(err)
	}
	start, back, why := span(field("start"), field("last"), field("end"))
	for _, zone := range zones {
		if why != "" {
			return nil, why
		}
		var h Holiday
		var keep bool
		if h, keep, why = makeHoliday(year, zone, field("name"), start, back); keep {
			list = append(list, h)
		}
	}
	return list, why
}

// zonesOf reads "Zone A", "B" or, for dates all three share, "ABC".
func zonesOf(text string) []Zone {
	if strings.EqualFold(text, "ABC") {
		return []Zone{ZoneA, ZoneB, ZoneC}
	}
	if z, err := ParseZone(text); err == nil {
		return []Zone{z}
	}
	return nil
}

// span reads the first day and the day of return; a table may give the last day
// instead, and none of the two where the end is not published yet.
func span(first, last, back string) (start, end Date, why string) {
	start, ok := readInstant(first)
	if !ok {
		return 0, 0, "« " + first + " » n’est pas une date de début."
	}
	switch {
	case back != "":
		if end, ok = readInstant(back); !ok {
			return 0, 0, "« " + back + " » n’est pas une date de fin."
		}
	case last != "":
		if end, ok = readInstant(last); !ok {
			return 0, 0, "« " + last + " » n’est pas une date de fin."
		}
		end = end.Add(1)
	default:
		end = start
	}
	return start, end, ""
}

// makeHoliday turns first day and day of return into first and last day. A record
// of no length is one day off, or a summer whose end is not published yet: that
// one runs to 31 August.
func makeHoliday(year SchoolYear, zone Zone, label string, start, back Date) (h Holiday, keep bool, why string) {
	h = Holiday{Year: year, Zone: zone, Name: holidayName(label), First: start, Last: back.Add(-1)}
	switch {
	case back < start: // told below
	case h.Name == nameEte && back <= start.Add(1):
		h.Last = max(start, NewDate(start.Year(), time.August, 31))
	case back == start:
		h.Last = start
	}
	why = h.flaw(label)
	return h, why == "", why
}

// flaw says what cannot be of a period, "" for nothing.
func (h Holiday) flaw(label string) string {
	switch {
	case h.Last < h.First:
		return "« " + label + " » finit avant de commencer."
	case h.Last > h.First.Add(120):
		return "« " + label + " » dure plus de quatre mois."
	case h.Last < h.Year.First().Add(-62) || h.First > h.Year.Last():
		return "« " + label + " » n’est pas dans l’année " + h.Year.String() + "."
	}
	return ""
}

// Validate refuses a period typed by hand that cannot be: the rules are those of
// an imported one.
func (h Holiday) Validate() error {
	if _, err := ParseZone(string(h.Zone)); err != nil || len(h.Zone) != 1 {
		return fault.New(fault.Invalid, "Choisissez la zone des vacances"+nbsp+": A, B ou C.")
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(h.Name)); {
	case n == 0:
		return fault.New(fault.Invalid, "Donnez un nom à ces vacances, par exemple « %s ».", nameNoel)
	case n > 80:
		return fault.New(fault.Invalid, "Le nom de ces vacances est trop long (80 caractères au plus).")
	}
	_, first := sane(h.First)
	_, last := sane(h.Last)
	if !first || !last {
		return fault.New(fault.Invalid, "Donnez le premier et le dernier jour de ces vacances.")
	}
	if why := h.flaw(h.Name); why != "" {
		return fault.New(fault.Invalid, "%s", why)
	}
	return nil
}

// HolidayNames lists the names the periods of a school year have, in its order.
// The first four make a year that one may plan on (YearKnown).
func HolidayNames() []string {
	return []string{nameToussaint, nameNoel, nameHiver, namePrintemps, nameAscension, nameEte}
}

// readInstant gives the civil day in Paris of an instant (the ministry writes
// 22:00 UTC for a Parisian midnight), or the day itself of a plain date.
func readInstant(s string) (Date, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		return sane(DateOf(t))
	}
	if t, err := time.Parse("02/01/2006", s); err == nil {
		return sane(NewDate(t.Year(), t.Month(), t.Day()))
	}
	d, err := ParseISO(s)
	if err != nil {
		return 0, false
	}
	return sane(d)
}

func sane(d Date) (Date, bool) { return d, d.Year() >= 2000 && d.Year() <= 2100 }

// isHoliday tells days off from the returns and pre-returns the dataset also has.
func isHoliday(label string) bool {
	s := fold(label)
	return strings.Contains(s, "vacances") || strings.Contains(s, "pont ") || strings.Contains(s, "ascension")
}

var zoneSuffix = regexp.MustCompile(`(?i)\s*[-–(]*\s*\bzones?\s+[ABC][ABC\s/,&-]*\)?\s*$`)

// holidayName gives the name of domain use; an unknown label is kept, in lower case first.
func holidayName(label string) string {
	label = strings.TrimSpace(zoneSuffix.ReplaceAllString(label, ""))
	s := fold(label)
	for _, k := range [...]struct{ word, name string }{
		{"toussaint", nameToussaint},
		{"noel", nameNoel},
		{"hiver", nameHiver},
		{"printemps", namePrintemps},
		{"ascension", nameAscension},
		{"d'ete", nameEte},
		{"vacances ete", nameEte},
		{"ete", nameEte},
	} {
		if k.word == s || len(k.word) > len("ete") && strings.Contains(s, k.word) {
			return k.name
		}
	}
	r, size := utf8.DecodeRuneInString(label)
	return strings.ToLower(string(r)) + strings.ReplaceAll(label[size:], "'", "’")
}

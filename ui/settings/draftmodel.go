package settings

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// editing is one service while it is being edited: what it was, what it would
// be, and what is wrong with it. Nothing of it is kept before SaveDraft.
type editing struct {
	was, draft catalog.Draft
	wrong      map[string]string // what cannot be read in a field, by its path
	touched    map[string]bool   // fields that were typed in: their flaws are shown
	refused    []catalog.Flaw    // what the database said of the draft as it is
	asked      bool              // somebody wanted to save: every flaw is shown
}

func newEditing(d catalog.Draft) *editing {
	e := &editing{was: cloneDraft(d), draft: cloneDraft(d), wrong: map[string]string{}, touched: map[string]bool{}}
	e.asked = d.Info.ID != 0 // a new service is not blamed for what nobody has typed yet
	return e
}

// cloneDraft copies a draft whole, its sets in one order: no list is the same as
// an empty one, and a school let go and taken again is no change.
func cloneDraft(d catalog.Draft) catalog.Draft {
	d.Info.Pay = cloneList(d.Info.Pay)
	slices.SortFunc(d.Info.Pay, func(a, b string) int { return slices.Index(payWays, a) - slices.Index(payWays, b) })
	d.Info.Book.ByWeekday, d.Info.Cancel.ByWeekday = cloneMap(d.Info.Book.ByWeekday), cloneMap(d.Info.Cancel.ByWeekday)
	d.Sittings, d.Schools, d.Classes = cloneList(d.Sittings), cloneList(d.Schools), cloneList(d.Classes)
	slices.SortFunc(d.Schools, func(a, b catalog.TakenSchool) int { return cmp.Compare(a.SchoolID, b.SchoolID) })
	slices.SortFunc(d.Classes, func(a, b catalog.TakenClass) int { return cmp.Compare(a.ClassID, b.ClassID) })
	d.Tariffs, d.Documents = cloneList(d.Tariffs), cloneList(d.Documents)
	return d
}

func cloneList[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

// dirty reports whether something was typed and not kept.
func (e *editing) dirty() bool {
	return len(e.wrong) > 0 || !reflect.DeepEqual(e.was, cloneDraft(e.draft))
}

// take puts what a field says into the draft; what cannot be read is noted and
// leaves the draft as it was.
func (e *editing) take(path string, read func(*catalog.Draft) error) {
	e.touched[path] = true
	next := cloneDraft(e.draft)
	if err := read(&next); err != nil {
		e.wrong[path] = fault.Sentence(err)
		return
	}
	delete(e.wrong, path)
	e.draft, e.refused = next, nil
}

// flaws is everything wrong with the draft, fields that cannot be read first.
func (e *editing) flaws() (out []catalog.Flaw) {
	for _, path := range slices.Sorted(maps.Keys(e.wrong)) {
		out = append(out, catalog.Flaw{Field: path, Text: e.wrong[path]})
	}
	for _, f := range catalog.CheckDraft(e.draft) {
		if e.wrong[f.Field] == "" {
			out = append(out, f)
		}
	}
	return append(out, e.refused...)
}

// shown are the flaws to show beside the fields: all once somebody wanted to
// save, before that those of the fields typed in.
func (e *editing) shown() map[string]string {
	out := map[string]string{}
	for _, f := range e.flaws() {
		if e.asked || e.touched[f.Field] || e.touched[head(f.Field)] {
			if out[f.Field] == "" {
				out[f.Field] = f.Text
			}
		}
	}
	return out
}

// head gives « tariffs » of « tariffs[2].meal », « book » of « book.lundi ».
func head(path string) string {
	if i := strings.IndexAny(path, "[."); i >= 0 {
		return path[:i]
	}
	return path
}

// The parts a service is edited in.
const (
	partGeneral = "general"
	partPlaces  = "places"
	partLimits  = "limits"
	partTariffs = "tariffs"
	partPapers  = "papers"
)

var partNames = map[string]string{partGeneral: "Général", partPlaces: "Écoles et tours", partLimits: "Dates limites", partTariffs: "Tarifs", partPapers: "Pièces"}

// partOf names the part where a field is.
func partOf(path string) string {
	switch head(path) {
	case "book", "cancel":
		return partLimits
	case "tariffs":
		return partTariffs
	case "documents":
		return partPapers
	case "sittings", "schools", "classes", "capacity":
		return partPlaces
	}
	return partGeneral
}

// flawLine says what is wrong in one line: « Tarifs : il manque… », and how many
// others there are.
func flawLine(flaws []catalog.Flaw) string {
	if len(flaws) == 0 {
		return ""
	}
	out := partNames[partOf(flaws[0].Field)] + nbsp + ": " + flaws[0].Text
	if n := len(flaws) - 1; n > 0 {
		out += " (et " + countOf(n, "autre point", "autres points") + ")"
	}
	return out
}

// starter is what a new service is made from.
type starter struct {
	kind    string
	commune catalog.Commune
	zone    calendar.Zone
	schools []catalog.School
	today   calendar.Date
}

// fresh gives the service to start from: the canteen most towns run, or the
// same with the hours, the names and the single price of another kind.
func (s starter) fresh() catalog.Draft {
	d := catalog.Preset(s.commune, s.zone, s.schools, s.today)
	i := &d.Info
	i.Kind = s.kind
	label := map[string]string{catalog.Morning: "Garderie du matin", catalog.Evening: "Garderie du soir", catalog.FullDay: "Accueil de loisirs"}[s.kind]
	if label != "" {
		i.Name, i.Short, i.Product = label+", "+s.commune.Name, label, label
		i.StartsAt = map[string]calendar.Clock{catalog.Morning: {Hour: 7, Minute: 30}, catalog.Evening: {Hour: 16, Minute: 30}, catalog.FullDay: {Hour: 8}}[s.kind]
		dayBefore := calendar.CutoffSet{Default: calendar.Cutoff{Form: calendar.DaysBefore, Days: 1, Count: calendar.OpenDays, At: calendar.Clock{Hour: 12}}}
		i.Book, i.Cancel = dayBefore, dayBefore
		for n := range d.Tariffs { // no meal is served: the whole price is care
			d.Tariffs[n].Care, d.Tariffs[n].Meal = d.Tariffs[n].Price(), 0
		}
	}
	if s.kind == catalog.FullDay {
		i.Weekdays = calendar.NewWeekdays(time.Wednesday)
	}
	return d
}

// Package kitchen is the room of papers for those who cook and those who count
// plates: the headcount of a day and of a period as workbook and PDF, and the
// attendance sheet. Its input is plain structs that the caller fills: it asks no
// right (whoever calls has asked it), reads no database and no clock, and shows
// neither a family nor money. Days are civil dates, instants are shown in Paris.
package kitchen

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// Head is what every paper of the kitchen says about itself.
type Head struct {
	Commune string    // "Saint-Marcel-en-Dombes"
	Service string    // "Restaurant scolaire"
	Program string    // "Ardoise 1.0"
	Notice  string    // "Démonstration"; may be empty
	MadeAt  time.Time // instant of the caller's clock, required
}

// Sheet is the headcount of one day. Order is the caller's: schools, sittings,
// age groups and diets appear in the order in which they first come.
type Sheet struct {
	Head
	Date   calendar.Date
	Number int // of this version, from 1
	// SentAt is when this version went to the kitchen; zero while it is a draft.
	SentAt time.Time
	// Previous is the last version sent, which Added and Removed count from; 0
	// when none was sent.
	Previous   int
	PreviousAt time.Time
	Menu       string // may be empty
	Allergens  string // of the menu; may be empty
	Counts     []Count
	// AgeGroups and Diets give the order of columns and rows; may be empty.
	AgeGroups, Diets []string
	Names            []Name
	Changes          []Change // who came and went since Previous
	// ShowPlans says that the reader may see care plans. When false no plan is
	// printed, whatever Plans holds.
	ShowPlans bool
	Plans     []Plan
	// Deliveries adds a subtotal for each group of schools delivered together; nil
	// or a single one adds nothing.
	Deliveries []Delivery
	// Month adds the sheet "Mois" to the workbook; may be nil.
	Month *Period
}

// Count is a number of meals of one kind. A kind that went to nothing stays,
// with N 0 and what was Removed.
type Count struct {
	School   string
	Sitting  string // "1ᵉʳ service"; may be empty everywhere
	AgeGroup string // "Maternelle", "Élémentaire", "Adultes"
	Diet     string // "Standard"
	N        int
	Added    int // since the last version sent, at least 0
	Removed  int // since the last version sent, at least 0
}

// Delivery is a group of schools, by name, whose meals leave together.
type Delivery struct {
	Name    string
	Schools []string
}

// Name is one eater. Child is the name as the reader may see it.
type Name struct {
	School, Class, Child, Sitting, Diet string
	Remark                              string // "repas adapté"; never health data
}

// Change is one eater (or N adults) who came (+) or went (–) since the last
// version sent.
type Change struct {
	Added         bool
	N             int // how many: for adults, who have no names; 0 means 1
	Child, School string
	Class, Diet   string
	At            time.Time // may be zero
}

// Plan is one care plan, as much of it as the kitchen needs.
type Plan struct {
	School, Class, Child, Sitting string
	Kind                          string // "Plat adapté", "Panier de la famille"
	Without                       string // "poisson, œuf"
	Instruction                   string
	OnMenu                        bool   // today's menu holds what must be avoided
	Dishes                        string // which dishes of it
}

// Period is a run of days, usually a month: how many meals each day.
type Period struct {
	Head
	From, To calendar.Date
	Days     []Day
	// Children adds a sheet of names by day to the workbook; may be empty.
	Children []ChildDays
}

// Day is one service day of a period.
type Day struct {
	Date   calendar.Date
	Counts []Count // Added and Removed are not used here
}

// ChildDays is which days of the period one child eats.
type ChildDays struct {
	School, Class, Child, Diet string
	Days                       []calendar.Date
}

func (h Head) meta(title string) page.Meta {
	return page.Meta{Title: title, Author: strings.TrimSpace(h.Commune + " " + h.Service), Program: h.Program, MadeAt: h.MadeAt}
}

func (h Head) section(title, subtitle string) page.Section {
	return page.Section{Commune: h.Commune, Service: h.Service, Title: title, Subtitle: subtitle, Notice: h.Notice, Version: h.Program}
}

func (h Head) info(title string) sheet.Info {
	return sheet.Info{Title: title, Commune: h.Commune, Service: h.Service, Version: h.Program, Notice: h.Notice, MadeAt: h.MadeAt}
}

func (s Sheet) title() string { return "Effectifs du " + s.Date.Long() }

// version names the sheet for its foot: "Feuille n° 3, brouillon · Ardoise 1.0".
func (s Sheet) version() string {
	v := fmt.Sprintf("Feuille n°\u00a0%d", s.Number)
	if s.SentAt.IsZero() {
		v += ", brouillon"
	}
	if s.Program != "" {
		v += " · " + s.Program
	}
	return v
}

// subtitle tells which version this is and what it is compared with.
func (s Sheet) subtitle() string {
	text := fmt.Sprintf("Feuille n°\u00a0%d, ", s.Number)
	if s.SentAt.IsZero() {
		text += "brouillon"
	} else {
		text += "transmise le " + calendar.DateOf(s.SentAt).Short() + " à " + calendar.HourText(s.SentAt)
	}
	if s.Previous > 0 {
		text += fmt.Sprintf(" – écarts depuis la feuille n°\u00a0%d", s.Previous)
		if !s.PreviousAt.IsZero() {
			text += " du " + calendar.DateOf(s.PreviousAt).Short() + " à " + calendar.HourText(s.PreviousAt)
		}
	}
	return text
}

func (s Sheet) check() error {
	if s.Date.IsZero() {
		return fault.New(fault.Invalid, "La feuille d’effectifs n’a pas de date.")
	}
	for _, c := range s.Counts {
		if c.N < 0 || c.Added < 0 || c.Removed < 0 {
			return fault.New(fault.Internal, "Un effectif de la feuille du %s est négatif\u00a0: elle n’a pas été imprimée.", s.Date.Short())
		}
	}
	return nil
}

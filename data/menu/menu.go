// Package menu is the room of what is served: the dishes of each day with their
// allergens, the weeks that have their vegetarian menu, which dish holds what a
// child must not eat. Menus are changed by a plan that is shown, then committed.
// It knows the fourteen allergens and what a care plan asks of the kitchen; it
// never knows who is booked (the booking room does), opens nothing that is
// sealed and writes no name of a child anywhere.
package menu

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

const nbsp = "\u00a0"

// Topic is published, with services’ ids, when menus change.
const Topic = "menu"

// KeptMonths is how long menus are kept, in months: the code rural (art.
// D. 230-28) has the documents on the menus of the last three months held at
// the inspectors’ disposal. Older ones go with the next menu that is written.
const KeptMonths = 3

// maxDishes is how many dishes a day may have, maxName how long a dish's name
// may be, in letters.
const (
	maxDishes = 20
	maxName   = 160
)

// The courses, by code.
const (
	Starter = "entree"
	Main    = "plat"
	Side    = "garniture"
	Dairy   = "laitage"
	Dessert = "dessert"
	Snack   = "gouter"
	Other   = "autre"
)

// Course is a part of the meal: its code and its French name.
type Course struct{ Code, Label string }

// Courses are the parts of a meal in the order they are served.
var Courses = []Course{
	{Starter, "Entrée"}, {Main, "Plat"}, {Side, "Garniture"}, {Dairy, "Laitage"}, {Dessert, "Dessert"}, {Snack, "Goûter"}, {Other, "Autre"},
}

// CourseLabel gives "Entrée".
func CourseLabel(code string) string {
	for _, c := range Courses {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

func courseRank(code string) int {
	return slices.IndexFunc(Courses, func(c Course) bool { return c.Code == code })
}

// Dish is one dish; Allergens are codes of the fourteen, in the order of the law.
type Dish struct {
	Course     string
	Name       string
	Allergens  []string
	Vegetarian bool
}

// Equal reports whether two dishes are the same.
func (d Dish) Equal(o Dish) bool {
	return d.Course == o.Course && d.Name == o.Name && d.Vegetarian == o.Vegetarian && slices.Equal(d.Allergens, o.Allergens)
}

// Day is what is served on one day.
type Day struct {
	Day    calendar.Date
	Open   bool
	Closed string // why not, when the service is closed
	Dishes []Dish // by course
}

// Text gives « Betteraves, poulet rôti, haricots verts ».
func (d Day) Text() string {
	names := make([]string, len(d.Dishes))
	for i, x := range d.Dishes {
		names[i] = x.Name
		if r, n := utf8.DecodeRuneInString(x.Name); i > 0 && unicode.IsUpper(r) && !shouting(x.Name) {
			names[i] = string(unicode.ToLower(r)) + x.Name[n:]
		}
	}
	return strings.Join(names, ", ")
}

// shouting tells a first word in capitals (« BLT maison »), left as it is.
func shouting(name string) bool {
	r := []rune(name)
	return len(r) > 1 && unicode.IsUpper(r[1])
}

// Allergens are the codes of all its dishes, in the order of the law.
func (d Day) Allergens() []string {
	var all []string
	for _, x := range d.Dishes {
		all = append(all, x.Allergens...)
	}
	return ordered(all)
}

// ordered gives codes once each, in the order of the law.
func ordered(codes []string) (out []string) {
	for _, a := range family.Allergens {
		if slices.Contains(codes, a.Code) {
			out = append(out, a.Code)
		}
	}
	return out
}

// neverVegetarian are allergens that a vegetarian dish cannot hold.
var neverVegetarian = []string{"poissons", "crustaces", "mollusques"}

// Vegetarian reports whether the day's menu is a vegetarian one: it has a main
// dish, every main dish is flagged vegetarian, and no dish beside it holds fish,
// crustaceans or molluscs. What else a starter may hold is not known to the
// program: whoever flags the main dish answers for the menu.
func (d Day) Vegetarian() bool {
	mains := false
	for _, x := range d.Dishes {
		if x.Course == Main {
			if !x.Vegetarian {
				return false
			}
			mains = true
		}
		if slices.ContainsFunc(x.Allergens, func(a string) bool { return slices.Contains(neverVegetarian, a) }) {
			return false
		}
	}
	return mains
}

// Version tells two states of a day apart.
func (d Day) Version() string { return versionOf(d.Dishes) }

func versionOf(dishes []Dish) string {
	var b strings.Builder
	for _, x := range dishes {
		b.WriteString(x.Course + "\x1f" + x.Name + "\x1f" + strings.Join(x.Allergens, ",") + "\x1f")
		if x.Vegetarian {
			b.WriteByte('v')
		}
		b.WriteByte('\x1e')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// clean brings dishes to what is kept, and refuses what cannot be right.
func clean(dishes []Dish) ([]Dish, error) {
	var out []Dish
	for _, x := range dishes {
		x.Name = strings.Join(strings.Fields(x.Name), " ")
		if x.Name == "" && len(x.Allergens) == 0 {
			continue
		}
		if err := check(x); err != nil {
			return nil, err
		}
		x.Allergens = ordered(x.Allergens)
		out = append(out, x)
	}
	if len(out) > maxDishes {
		return nil, fault.New(fault.Invalid, "Un menu a %d plats au plus.", maxDishes)
	}
	slices.SortStableFunc(out, func(a, b Dish) int { return courseRank(a.Course) - courseRank(b.Course) })
	return out, nil
}

func check(x Dish) error {
	switch {
	case x.Name == "":
		return fault.New(fault.Invalid, "Des allergènes sont cochés pour un plat sans nom (%s) : nommez le plat, ou décochez-les.", strings.ToLower(CourseLabel(x.Course)))
	case utf8.RuneCountInString(x.Name) > maxName:
		return fault.New(fault.Invalid, "Le nom « %s… » est trop long : %d lettres au plus.", string([]rune(x.Name)[:40]), maxName)
	case strings.ContainsFunc(x.Name, unicode.IsControl):
		return fault.New(fault.Invalid, "Le nom d’un plat tient sur une ligne.")
	case courseRank(x.Course) < 0:
		return fault.New(fault.Invalid, "« %s » n’est pas une partie du repas. Sont permis : %s.", x.Course, courseCodes())
	}
	for _, code := range x.Allergens {
		if !slices.ContainsFunc(family.Allergens, func(a family.Allergen) bool { return a.Code == code }) {
			return fault.New(fault.Invalid, "« %s » n’est pas l’un des 14 allergènes.", code)
		}
		if x.Vegetarian && slices.Contains(neverVegetarian, code) {
			return fault.New(fault.Invalid, "« %s » est dit végétarien et contient : %s. Corrigez l’un ou l’autre.", x.Name, family.AllergenLabel(code))
		}
	}
	return nil
}

func courseCodes() string {
	out := make([]string, len(Courses))
	for i, c := range Courses {
		out[i] = c.Code
	}
	return strings.Join(out, ", ")
}

// Hit is a dish that holds what somebody must not eat.
type Hit struct {
	Dish      string
	Allergens []string // codes
}

// Meets lists the dishes of a day that hold one of some allergens.
func (d Day) Meets(allergens []string) (hits []Hit) {
	for _, x := range d.Dishes {
		h := Hit{Dish: x.Name}
		for _, a := range x.Allergens {
			if slices.Contains(allergens, a) {
				h.Allergens = append(h.Allergens, a)
			}
		}
		if h.Allergens != nil {
			hits = append(hits, h)
		}
	}
	return hits
}

// Service is the door of the room for screens and commands.
type Service struct{ db *store.DB }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// writers may change what is served.
var writers = []staff.Role{staff.Cuisine, staff.Accueil}

// read runs a question any signed-in agent may ask: menus hang on school doors.
func read[T any](ctx context.Context, s *Service, fn func(*store.Tx) (T, error)) (out T, err error) {
	if err = staff.Require(ctx); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// service gives a service and its calendar.
func service(tx *store.Tx, id int64) (catalog.ServiceInfo, *calendar.Plan, error) {
	info, err := catalog.ServiceTx(tx, id)
	if err != nil {
		return info, nil, err
	}
	plan, err := catalog.PlanTx(tx, id)
	return info, plan, err
}

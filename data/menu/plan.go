package menu

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// Entry is a day to set; no dishes takes its menu away.
type Entry struct {
	Day    calendar.Date
	Dishes []Dish
	Seen   string // Day.Version of what was shown while it was typed; "": as it is when planned
}

// Change is some days of a service to set at once.
type Change struct {
	ServiceID int64
	Entries   []Entry
}

// What a line of a plan does.
const (
	Create    = "create"
	Replace   = "replace"
	Unchanged = "unchanged"
	Remove    = "remove"
	Refused   = "refused"
)

// Line is one day of a plan.
type Line struct {
	Day      calendar.Date
	Action   string
	Was, Now []Dish
	Why      string // of a refusal, a French sentence
}

// Plan is what a change would do, day by day; days refused are left as they are.
type Plan struct {
	ServiceID int64
	Service   string // "Cantine"
	Lines     []Line
	Digest    string // of all that was shown

	change Change
}

// Changes counts the days that would be written.
func (p *Plan) Changes() (n int) {
	for _, l := range p.Lines {
		if l.Action != Unchanged && l.Action != Refused {
			n++
		}
	}
	return n
}

// Refusals lists the days that are refused.
func (p *Plan) Refusals() (out []Line) {
	for _, l := range p.Lines {
		if l.Action == Refused {
			out = append(out, l)
		}
	}
	return out
}

// Only gives the refusal of a plan of one day, or nil.
func (p *Plan) Only() error {
	if len(p.Lines) == 1 && p.Lines[0].Action == Refused {
		return fault.New(fault.Invalid, "%s", p.Lines[0].Why)
	}
	return nil
}

// Summary says the plan in one sentence.
func (p *Plan) Summary() string {
	n := map[string]int{}
	for _, l := range p.Lines {
		n[l.Action]++
	}
	var parts []string
	add := func(action, one, many string) {
		switch n[action] {
		case 0:
		case 1:
			parts = append(parts, "1"+nbsp+one)
		default:
			parts = append(parts, fmt.Sprint(n[action])+nbsp+many)
		}
	}
	add(Create, "menu créé", "menus créés")
	add(Replace, "menu remplacé", "menus remplacés")
	add(Remove, "menu retiré", "menus retirés")
	add(Unchanged, "jour inchangé", "jours inchangés")
	add(Refused, "jour refusé", "jours refusés")
	if len(parts) == 0 {
		return "Rien à changer."
	}
	return strings.Join(parts, ", ") + "."
}

// Plan says day by day what a change would do; nothing is written.
func (s *Service) Plan(ctx context.Context, c Change) (p *Plan, err error) {
	if err := staff.Require(ctx, writers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planTx(tx, c)
		return err
	})
	return p, err
}

// CopyWeek plans the menus of one week on another, weekday by weekday. Days
// without a menu there leave the day here as it is.
func (s *Service) CopyWeek(ctx context.Context, serviceID int64, from, to calendar.Date) (p *Plan, err error) {
	if err := staff.Require(ctx, writers...); err != nil {
		return nil, err
	}
	from, to = from.Monday(), to.Monday()
	if from == to {
		return nil, fault.New(fault.Invalid, "La semaine à copier et la semaine à remplir sont la même.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		byDay, err := dishesTx(tx, serviceID, from, from.Add(6))
		if err != nil {
			return err
		}
		c := Change{ServiceID: serviceID}
		for i := range 7 {
			if dishes := byDay[from.Add(i)]; len(dishes) > 0 {
				c.Entries = append(c.Entries, Entry{Day: to.Add(i), Dishes: dishes})
			}
		}
		if len(c.Entries) == 0 {
			return fault.New(fault.NotFound, "La semaine du %s n’a pas de menu à copier.", from.DayMonth())
		}
		p, err = planTx(tx, c)
		return err
	})
	return p, err
}

// Oldest is the first day whose menu is still kept.
func Oldest(today calendar.Date) calendar.Date { return today.AddMonths(-KeptMonths) }

func planTx(tx *store.Tx, c Change) (*Plan, error) {
	info, open, err := service(tx, c.ServiceID)
	if err != nil {
		return nil, err
	}
	if len(c.Entries) == 0 {
		return nil, fault.New(fault.Invalid, "Il n’y a aucun jour à enregistrer.")
	}
	p := &Plan{ServiceID: c.ServiceID, Service: info.Short, change: c}
	first, last := c.Entries[0].Day, c.Entries[0].Day
	for _, e := range c.Entries {
		first, last = min(first, e.Day), max(last, e.Day)
	}
	if last > first.Add(731) {
		return nil, fault.New(fault.Invalid, "Ces menus vont du %s au %s : deux ans au plus à la fois. Vérifiez les dates.", first.Short(), last.Short())
	}
	was, err := dishesTx(tx, c.ServiceID, first, last)
	if err != nil {
		return nil, err
	}
	oldest := Oldest(calendar.DateOf(tx.Now()))
	twice := map[calendar.Date]bool{}
	for _, e := range c.Entries {
		if twice[e.Day] {
			return nil, fault.New(fault.Invalid, "Le %s est donné deux fois.", e.Day.LongNoYear())
		}
		twice[e.Day] = true
		if e.Seen != "" && e.Seen != versionOf(was[e.Day]) {
			return nil, stale(e.Day)
		}
		p.Lines = append(p.Lines, lineOf(e, was[e.Day], open, oldest))
	}
	slices.SortStableFunc(p.Lines, func(a, b Line) int { return int(a.Day - b.Day) })
	p.Digest = p.digest()
	return p, nil
}

func stale(day calendar.Date) error {
	return fault.New(fault.Conflict, "Le menu du %s a changé depuis l’affichage, relisez-le.", day.LongNoYear())
}

// lineOf judges one day.
func lineOf(e Entry, was []Dish, plan *calendar.Plan, oldest calendar.Date) Line {
	l := Line{Day: e.Day, Was: was}
	refuse := func(why string) Line {
		l.Action, l.Why = Refused, why
		return l
	}
	if e.Day.IsZero() {
		return refuse("Ce jour n’a pas de date.")
	}
	now, err := clean(e.Dishes)
	if err != nil {
		return refuse(fault.Sentence(err))
	}
	l.Now = now
	open, why := plan.IsOpen(e.Day)
	switch {
	case len(now) > 0 && !open:
		return refuse(fault.French("Le service est fermé le " + e.Day.LongNoYear() + " (" + why + ")."))
	case len(now) > 0 && e.Day < oldest:
		return refuse(fault.French(fmt.Sprintf("Le %s est trop ancien : les menus sont gardés %d mois.", e.Day.Short(), KeptMonths)))
	case slices.EqualFunc(was, now, Dish.Equal):
		l.Action = Unchanged
	case len(now) == 0:
		l.Action = Remove
	case len(was) == 0:
		l.Action = Create
	default:
		l.Action = Replace
	}
	return l
}

func (p *Plan) digest() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", p.ServiceID)
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "\x1d%s %s %s %s %s", l.Day, l.Action, versionOf(l.Was), versionOf(l.Now), l.Why)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Commit writes a plan: one transaction, one journal entry, and the menus that
// are older than KeptMonths are forgotten on the way. What was shown must still
// be what would be done.
func (s *Service) Commit(ctx context.Context, p *Plan) error {
	if err := staff.Require(ctx, writers...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		now, err := planTx(tx, p.change)
		if err != nil {
			return err
		}
		if now.Digest != p.Digest {
			return fault.New(fault.Conflict, "Les menus ont changé depuis l’affichage, relisez-les.")
		}
		if now.Changes() == 0 {
			return now.Only()
		}
		return now.write(tx)
	})
}

// Set plans and commits the menu of one day.
func (s *Service) Set(ctx context.Context, serviceID int64, e Entry) error {
	p, err := s.Plan(ctx, Change{ServiceID: serviceID, Entries: []Entry{e}})
	if err != nil {
		return err
	}
	return s.Commit(ctx, p)
}

func (p *Plan) write(tx *store.Tx) error {
	var days []string
	var rows [][]any
	var first, last calendar.Date
	for _, l := range p.Lines {
		if l.Action == Unchanged || l.Action == Refused {
			continue
		}
		if first.IsZero() {
			first = l.Day
		}
		last = l.Day
		days = append(days, l.Day.String())
		for i, d := range l.Now {
			rows = append(rows, []any{p.ServiceID, l.Day, i + 1, d.Course, d.Name, strings.Join(d.Allergens, ","), d.Vegetarian})
		}
	}
	if _, err := tx.Exec(`DELETE FROM dish WHERE service_id = $1 AND day = ANY($2)`, p.ServiceID, days); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM dish WHERE day < $1`, Oldest(calendar.DateOf(tx.Now()))); err != nil {
		return err
	}
	if err := bulk.Insert(tx, `INSERT INTO dish (service_id, day, rank, course, name, allergens, vegetarian)`, rows, ``); err != nil {
		return fmt.Errorf("menu: write: %w", err)
	}
	tx.Publish(Topic, p.ServiceID)
	text := "Menu du " + first.Short()
	if len(days) > 1 {
		text = fmt.Sprintf("%d menus, du %s au %s", len(days), first.Short(), last.Short())
	}
	return staff.Audit(tx, "menu.set", fmt.Sprintf("service:%d", p.ServiceID), p.Service+", "+text)
}

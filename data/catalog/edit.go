package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Draft is a service as a person edits it: all of what a catalog file says of
// one service, by ids. It is shown by Draft, judged by CheckDraft, planned by
// PlanDraft and kept by SaveDraft, through the same loader as a file.
type Draft struct {
	Info      ServiceInfo // ID 0: a new service; Schools and Sittings are told by the fields below
	Sittings  []Sitting   // ID 0: new; a missing one is taken away if nothing names it
	Schools   []TakenSchool
	Classes   []TakenClass
	Tariffs   []Tariff // ID 0: new; a missing one is taken away unless it priced a booking
	Documents []RequiredDocument
	Version   string // digest of what Draft showed: SaveDraft refuses another
}

// What a file or a new service says of these where it says nothing.
const (
	defaultProof  = 48   // hours
	defaultLow    = 1000 // cents
	defaultMonths = 12
)

// TakenSchool is a school the service takes, and the sitting of its children ("": the first).
type TakenSchool struct {
	SchoolID int64
	Sitting  string
}

// TakenClass is a class that eats at another sitting than its school.
type TakenClass struct {
	ClassID int64
	Sitting string
}

// Flaw is what is wrong with one field of a draft. Field is a stable path:
// "name", "book", "book.lundi", "tariffs[2].meal", "documents[0].months".
type Flaw struct {
	Field string
	Text  string // French, a whole sentence
}

// CheckDraft judges a draft without the database: nil where it may be kept, as
// far as what is typed can tell. The rules are those of a catalog file.
func CheckDraft(d Draft) []Flaw {
	d = d.clean()
	j := &judge{}
	if d.Info.CommuneID == 0 {
		j.bad("commune", "choisissez la commune du service")
	}
	j.service(&d)
	j.ids(&d)
	return j.said()
}

// said gives what was found wrong, as a screen says it.
func (j *judge) said() []Flaw {
	if len(j.flaws) == 0 {
		return nil
	}
	out := make([]Flaw, len(j.flaws))
	for i, f := range j.flaws {
		out[i] = Flaw{f.field, f.sentence()}
	}
	return out
}

// ids judges what only a draft has: numbers in the place of names.
func (j *judge) ids(d *Draft) {
	var schools, classes, sittings, tariffs []int64
	once := func(field string, seen *[]int64, id int64, what string) {
		if slices.Contains(*seen, id) {
			j.bad(field, "%s deux fois", what)
		}
		*seen = append(*seen, id)
	}
	for i, t := range d.Schools {
		field := fmt.Sprintf("schools[%d]", i)
		if t.SchoolID == 0 {
			j.bad(field, "choisissez l’école")
			continue
		}
		once(field, &schools, t.SchoolID, "cette école est choisie")
	}
	for i, t := range d.Classes {
		field := fmt.Sprintf("classes[%d]", i)
		if t.ClassID == 0 {
			j.bad(field, "choisissez la classe")
			continue
		}
		once(field, &classes, t.ClassID, "cette classe est choisie")
	}
	for i, t := range d.Sittings {
		if t.ID != 0 {
			once(fmt.Sprintf("sittings[%d]", i), &sittings, t.ID, "ce tour est écrit")
		}
	}
	for i, t := range d.Tariffs {
		if t.ID != 0 {
			once(fmt.Sprintf("tariffs[%d]", i), &tariffs, t.ID, "ce tarif est écrit")
		}
	}
}

// flawed is the cause of a refusal that has flaws of fields behind it.
type flawed []Flaw

func (f flawed) Error() string { return fmt.Sprintf("catalog: %d flaws", len(f)) }

// FlawsOf gives the fields behind a refusal of PlanDraft or SaveDraft, none for
// a refusal that is of no field.
func FlawsOf(err error) []Flaw {
	var f flawed
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// refuse makes one refusal of flaws: their sentences, one a line.
func refuse(kind fault.Kind, list []Flaw) error {
	if len(list) == 0 {
		return nil
	}
	var b strings.Builder
	for i, f := range list {
		if i == maxProblems {
			fmt.Fprintf(&b, "\n… et %d autres erreurs.", len(list)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.Text)
	}
	return fault.Wrap(kind, flawed(list), "%s", b.String())
}

// clean gives the draft as it is kept: without spaces around its texts, with
// what is left empty filled in. It shares nothing with the one it is given.
func (d Draft) clean() Draft {
	trim := func(texts ...*string) {
		for _, t := range texts {
			*t = strings.TrimSpace(*t)
		}
	}
	d.Info.Schools, d.Info.Sittings = nil, nil
	trim(&d.Info.Code, &d.Info.Name, &d.Info.Short, &d.Info.Product)
	d.Sittings, d.Schools, d.Classes = slices.Clone(d.Sittings), slices.Clone(d.Schools), slices.Clone(d.Classes)
	d.Tariffs, d.Documents = slices.Clone(d.Tariffs), slices.Clone(d.Documents)
	for i := range d.Sittings {
		trim(&d.Sittings[i].Name)
	}
	for i := range d.Schools {
		trim(&d.Schools[i].Sitting)
	}
	for i := range d.Classes {
		trim(&d.Classes[i].Sitting)
	}
	for i := range d.Tariffs {
		t := &d.Tariffs[i]
		t.ServiceID = d.Info.ID
		trim(&t.Label)
		if t.ValidTo.IsZero() {
			t.ValidTo = endless
		}
	}
	for i := range d.Documents {
		if r := &d.Documents[i]; strings.TrimSpace(r.Label) == "" {
			r.Label = DocumentLabel(r.Kind)
		}
		trim(&d.Documents[i].Label)
	}
	return d
}

// Draft gives a service as it is, ready to be edited.
func (s *Service) Draft(ctx context.Context, serviceID int64) (Draft, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return Draft{}, err
	}
	var d Draft
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		info, err := ServiceTx(tx, serviceID)
		if err != nil {
			return err
		}
		all, err := drafts(tx, []ServiceInfo{info})
		d = all[serviceID]
		return err
	})
	return d, err
}

// PlanDraft says line by line what SaveDraft would change, and writes nothing:
// the change is made and undone, so that what is shown is what would be.
func (s *Service) PlanDraft(ctx context.Context, d Draft) (Summary, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return Summary{}, err
	}
	var sum Summary
	err := s.rehearse(ctx, func(tx *store.Tx) (err error) {
		_, sum, err = SaveDraftTx(tx, d)
		return err
	})
	return sum, err
}

// SaveDraft keeps a draft: one transaction, one journal entry. It refuses one
// whose Version is not what is there (somebody else changed it meanwhile).
// A draft that changes nothing writes nothing.
func (s *Service) SaveDraft(ctx context.Context, d Draft) (id int64, sum Summary, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return 0, Summary{}, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		id, sum, err = SaveDraftTx(tx, d)
		return err
	})
	if err != nil {
		return 0, Summary{}, err
	}
	return id, sum, nil
}

// SaveDraftTx is SaveDraft inside a transaction.
func SaveDraftTx(tx *store.Tx, d Draft) (id int64, sum Summary, err error) {
	if err := refuse(fault.Invalid, CheckDraft(d)); err != nil {
		return 0, Summary{}, err
	}
	in := &incoming{draft: d.clean()}
	in.bad = func(field, text string) {
		in.flaws = append(in.flaws, Flaw{field, flaw{text: text}.sentence()})
	}
	l := &loader{tx: tx}
	if err := l.read(); err != nil {
		return 0, Summary{}, err
	}
	if d.Info.ID == 0 {
		l.deriveCode(in)
		if err := l.refusal([]*incoming{in}); err != nil {
			return 0, Summary{}, err
		}
	} else if now, ok := l.old[d.Info.ID]; !ok {
		return 0, Summary{}, fault.New(fault.NotFound, "Ce service n’existe plus"+nbsp+": quelqu’un l’a retiré pendant que vous le modifiiez.")
	} else if now.Version != d.Version {
		return 0, Summary{}, fault.New(fault.Conflict, "Le service « %s » a changé depuis l’affichage, relisez-le avant d’enregistrer"+nbsp+": rien n’a été modifié.", now.Info.Name)
	}
	if err := l.apply([]*incoming{in}); err != nil {
		return 0, Summary{}, err
	}
	id = in.draft.Info.ID
	if !l.sum.changes() {
		return id, l.sum, nil
	}
	tx.Publish(Topic)
	return id, l.sum, staff.Audit(tx, "catalog.service", "service:"+itoa(id), in.draft.Info.Name+nbsp+": "+l.sum.trail())
}

// deriveCode gives a new service without code one made of its name.
func (l *loader) deriveCode(in *incoming) {
	s := &in.draft.Info
	if s.Code != "" {
		return
	}
	key := strings.TrimPrefix(Fold(s.Name), "service ")
	s.Code = strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, key)
	s.Code = strings.Trim(s.Code, "-")
	for strings.Contains(s.Code, "--") {
		s.Code = strings.ReplaceAll(s.Code, "--", "-")
	}
	for _, o := range l.offers {
		if o.Code == s.Code || o.CommuneID == s.CommuneID && Fold(o.Name) == Fold(s.Name) {
			in.bad("name", "un service de ce nom existe déjà ("+o.Name+", "+o.Commune+")"+nbsp+": donnez un autre nom, ou modifiez celui-là")
			return
		}
	}
	if s.Code == "" {
		in.bad("code", "aucun code ne peut être tiré de ce nom"+nbsp+": donnez-en un, en minuscules, chiffres et tirets")
	}
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("catalog: a rehearsal is undone")

// rehearse runs fn and undoes it: what a plan says is what the change would do,
// for it is the same code over the same rows.
func (s *Service) rehearse(ctx context.Context, fn func(*store.Tx) error) error {
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

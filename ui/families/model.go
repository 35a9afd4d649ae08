// Package families is the room of the families screen: the list, one family's
// file by tabs, its forms, duplicates, and the import of a school's list. It
// decides nothing itself, shows health notes to the Santé role only, and never
// writes over what somebody else changed without saying so.
package families

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"ardoise/data/access"
	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/ledger"
	"ardoise/data/retention"
	"ardoise/data/staff"
)

// Deps is what the screen needs of the house.
type Deps struct {
	Family  *family.Service
	Catalog *catalog.Service
	Access  *access.Service
	Ledger  *ledger.Service
	Booking *booking.Service
	Staff   *staff.Service
	// Billing gives the tab Factures; nil: it says why it is empty.
	Billing *billing.Service
	// InvoicePDF writes a document; nil: it is not offered.
	InvoicePDF func(ctx context.Context, w io.Writer, invoiceID int64) error
	// Retention anonymises and holds back; nil: neither is offered.
	Retention *retention.Service
	// RightsPDF writes the readable document of an export; nil: the export has none.
	RightsPDF func(ctx context.Context, w io.Writer, d family.Dossier) error
	// Import reads and commits a school's list; nil: the entry is not offered.
	Import *importer.Service
}

const (
	nbsp     = "\u00a0"
	pageSize = 200 // families loaded at a time
	lines    = 14  // of the short lists (bookings, wallet)
	entries  = 200 // of the history
)

// rights are what the agent's roles allow here; the services check again.
type rights struct{ write, desk, papers, health, money, cash, admin bool }

func rightsOf(has func(...string) bool) rights {
	is := func(r ...staff.Role) bool {
		for _, x := range r {
			if has(string(x)) {
				return true
			}
		}
		return false
	}
	return rights{
		write: is(staff.Accueil, staff.Admin), desk: is(staff.Accueil), papers: is(staff.Accueil, staff.Sante),
		health: is(staff.Sante), money: is(staff.Accueil, staff.Regie), cash: is(staff.Regie), admin: is(staff.Admin),
	}
}

// lacks is the sentence of a disabled action.
func lacks(roles ...staff.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, "« "+r.Label()+" »")
	}
	return fault.French("Il faut le rôle " + strings.Join(names, " ou ") + " : demandez-le à un agent « Administration ».")
}

// The chips above the list; a chip is a badge of package family, or one of these.
const (
	chipAll      = "all"
	chipArchived = "archived"
)

// The orders of the list.
const (
	byName     = "name"
	byNameDown = "name-down"
	byBalance  = "balance"
)

// list is one loaded page of families.
type list struct {
	rows   []family.Hit
	total  int // that match the filter
	all    int // active families
	counts map[string]int
}

// folder is one family as it is shown.
type folder struct {
	f        family.Family
	requests []access.Request
	papers   []access.Document
	services []catalog.ServiceInfo
	required map[int64]int // documents a service asks for
	tariff   string        // « tarif B », "" when no service tells
	diets    catalog.Diets // their words
}

type model struct {
	d      Deps
	may    rights
	text   string
	chip   string
	sort   string
	limit  int
	got    list
	loaded bool
	cur    int64
	det    *folder
	tab    string
}

func newModel(d Deps, may rights) *model {
	return &model{d: d, may: may, chip: chipAll, sort: byName, limit: pageSize, tab: tabChildren}
}

func (m *model) filter() family.Filter {
	switch m.chip {
	case chipAll:
		return family.Filter{}
	case chipArchived:
		return family.Filter{Archived: true}
	}
	return family.Filter{Badge: m.chip}
}

func (m *model) filtered() bool { return m.chip != chipAll || strings.TrimSpace(m.text) != "" }

// clear takes every filter off; it reports whether there was one.
func (m *model) clear() bool {
	had := m.filtered()
	m.text, m.chip, m.limit = "", chipAll, pageSize
	return had
}

// query is a question to the list, taken on the window's thread.
type query struct {
	text, sort string
	filter     family.Filter
	limit      int
}

func (m *model) query() query {
	q := query{strings.TrimSpace(m.text), m.sort, m.filter(), m.limit}
	if q.sort != byName {
		q.limit = 0 // the whole list is needed to turn it round
	}
	return q
}

// load reads the list.
func (d Deps) load(ctx context.Context, q query) (l list, err error) {
	if l.rows, l.total, err = d.Family.Search(ctx, q.text, q.filter, q.limit); err != nil {
		return l, err
	}
	order(l.rows, q.sort)
	if l.counts, err = d.Family.Counts(ctx); err != nil {
		return l, err
	}
	l.all = l.counts[""]
	return l, nil
}

func order(rows []family.Hit, by string) {
	switch by {
	case byNameDown:
		slices.Reverse(rows)
	case byBalance:
		slices.SortStableFunc(rows, func(a, b family.Hit) int { return cmp.Compare(a.Balance, b.Balance) })
	}
}

func (m *model) apply(l list) { m.got, m.loaded = l, true }

func (m *model) more() bool { return len(m.got.rows) < m.got.total }

func (m *model) row(id int64) int {
	return slices.IndexFunc(m.got.rows, func(h family.Hit) bool { return h.ID == id })
}

// choose gives the family to show: the one that is, else the first of the list.
func (m *model) choose() int64 {
	switch {
	case m.cur != 0 && (m.row(m.cur) >= 0 || m.det != nil && m.det.f.ID == m.cur):
		return m.cur
	case len(m.got.rows) > 0:
		return m.got.rows[0].ID
	}
	return 0
}

// badge is what the list says of the family shown; "" when it is not in it.
func (m *model) badge() string {
	if m.det == nil {
		return ""
	}
	if i := m.row(m.det.f.ID); i >= 0 {
		return m.got.rows[i].Badge
	}
	return ""
}

// loadFolder reads one family with what goes with it.
func (d Deps) loadFolder(ctx context.Context, id int64, today calendar.Date) (det folder, err error) {
	if det.f, err = d.Family.Get(ctx, id); err != nil {
		return det, err
	}
	if det.services, err = d.Catalog.Services(ctx); err != nil {
		return det, err
	}
	if det.diets, err = d.Catalog.Diets(ctx); err != nil {
		return det, err
	}
	if det.requests, _, err = d.Access.Queue(ctx, access.Filter{FamilyID: id}, 0, 500); err != nil {
		return det, err
	}
	for _, c := range det.f.Children {
		if !c.Shared && len(c.Families) == 0 {
			continue // its requests are all this family's
		}
		more, _, err := d.Access.Queue(ctx, access.Filter{ChildID: c.ID}, 0, 100)
		if err != nil {
			return det, err
		}
		for _, q := range more {
			if !slices.ContainsFunc(det.requests, func(o access.Request) bool { return o.ID == q.ID }) {
				det.requests = append(det.requests, q)
			}
		}
	}
	if det.papers, err = d.Access.Documents(ctx, id); err != nil {
		return det, err
	}
	det.required = map[int64]int{}
	for _, s := range det.offered() {
		list, err := d.Catalog.Required(ctx, s.ID)
		if err != nil {
			return det, err
		}
		for _, r := range list {
			if !r.DebitOnly {
				det.required[s.ID]++
			}
		}
	}
	det.tariff, err = d.tariff(ctx, &det, today)
	return det, err
}

// offered lists the services that take one of the family's children.
func (det *folder) offered() (out []catalog.ServiceInfo) {
	for _, s := range det.services {
		if s.Active && slices.ContainsFunc(det.f.Children, func(c family.Child) bool { return s.Takes(c.SchoolID) }) {
			out = append(out, s)
		}
	}
	return out
}

// tariff names the canteen's bracket the family is in today.
func (d Deps) tariff(ctx context.Context, det *folder, today calendar.Date) (string, error) {
	for _, s := range det.offered() {
		if s.Kind != catalog.Canteen {
			continue
		}
		list, err := d.Catalog.Tariffs(ctx, s.ID)
		if err != nil {
			return "", err
		}
		for _, c := range det.f.Children {
			if !s.Takes(c.SchoolID) {
				continue
			}
			t, _, err := catalog.Pick(list, catalog.Criteria{Day: today, Quotient: det.f.QuotientOn(today), Resident: det.f.CommuneID == s.CommuneID, AgeGroup: c.AgeGroup})
			if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Invalid {
				return "", nil // no price for that day: the booking says so
			}
			return t.Label, err
		}
	}
	return "", nil
}

// door is one line of a child's access table.
type door struct {
	service catalog.ServiceInfo
	req     *access.Request // nil: never asked
}

// doors lists the services a child may ask for, with where each request stands.
// Of several requests for a service, the one of the latest year counts, and of
// one year the newest.
func (det *folder) doors(c family.Child, today calendar.Date) (out []door) {
	year := calendar.SchoolYearOf(today)
	for _, s := range det.services {
		d := door{service: s}
		for i, q := range det.requests {
			if q.ChildID == c.ID && q.ServiceID == s.ID && q.Year >= year && (d.req == nil || q.Year < d.req.Year || q.Year == d.req.Year && q.ID > d.req.ID) {
				d.req = &det.requests[i]
			}
		}
		if d.req != nil || s.Active && s.Takes(c.SchoolID) {
			out = append(out, d)
		}
	}
	return out
}

// tally counts the documents of a line: those in order and those asked for.
func (det *folder) tally(d door) (ok, of int) {
	if d.req == nil {
		return 0, det.required[d.service.ID]
	}
	for _, it := range d.req.Checklist {
		of++
		if it.OK {
			ok++
		}
	}
	return ok, of
}

// missing lists what a child's open requests still lack, each once.
func (det *folder) missing(c family.Child, today calendar.Date) (out []string) {
	for _, d := range det.doors(c, today) {
		if d.req == nil || d.req.State == access.Refused {
			continue
		}
		for _, label := range d.req.Missing {
			if !slices.Contains(out, label) {
				out = append(out, label)
			}
		}
	}
	return out
}

// papersOf sorts the documents: those that end first on top.
func (det *folder) sortedPapers() []access.Document {
	out := slices.Clone(det.papers)
	slices.SortStableFunc(out, func(a, b access.Document) int {
		return cmp.Or(cmp.Compare(a.ChildID, b.ChildID), strings.Compare(a.Label, b.Label))
	})
	return out
}

// child gives a child's first name, « Foyer » for the family itself.
func (det *folder) who(childID int64) string {
	for _, c := range det.f.Children {
		if c.ID == childID {
			return c.First
		}
	}
	return "Foyer"
}

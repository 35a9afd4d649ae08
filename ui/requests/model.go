// Package requests is the room of the access-request screen: the queue, one
// request with its papers, the letter that will leave and the decision. It
// decides nothing itself (package access does), writes no clear document to
// disk unless the agent asks for a copy, and never shows a health form without
// the Santé role.
package requests

import (
	"context"
	"image"
	"strings"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
)

// Hit is a child found by a search.
type Hit struct {
	ChildID              int64
	Child, Class, Family string
}

// Deps is what the screen needs of the house.
type Deps struct {
	Access  *access.Service
	Catalog *catalog.Service
	Family  *family.Service
	// Search finds children by name, for a new request; nil: the families' search.
	Search func(ctx context.Context, text string) ([]Hit, error)
	// Preview draws one page of a PDF, counted from 0, and says how many there
	// are. nil: reports/preview, in a child process of this program.
	Preview func(ctx context.Context, pdf []byte, page, dpi int) (image.Image, int, error)
}

// children finds the present children of the families a text means.
func (d Deps) children(ctx context.Context, text string) (out []Hit, err error) {
	if d.Search != nil {
		return d.Search(ctx, text)
	}
	hits, _, err := d.Family.Search(ctx, text, family.Filter{}, 20)
	for _, h := range hits {
		for _, c := range h.Children {
			if !c.Left && !c.Shared {
				out = append(out, Hit{ChildID: c.ID, Child: c.First + " " + family.TitleName(c.Last), Class: c.Class, Family: h.Name})
			}
		}
	}
	return out, err
}

// name writes a child's name as people do, whatever the file it came from.
func name(q access.Request) string {
	return strings.TrimSpace(q.First + " " + family.TitleName(strings.TrimSpace(strings.TrimPrefix(q.Child, q.First))))
}

const (
	nbsp     = "\u00a0"
	pageSize = 200 // requests loaded at a time
	soonDays = 60  // a document that ends within so many days is pointed out
)

// rights are what the agent's roles allow here; the services check again.
type rights struct{ desk, cash, health bool }

func rightsOf(has func(...string) bool) rights {
	return rights{desk: has(string(staff.Accueil)), cash: has(string(staff.Regie)), health: has(string(staff.Sante))}
}

func (r rights) bank() bool   { return r.desk || r.cash }
func (r rights) papers() bool { return r.desk || r.health }

// lacks is the sentence of a disabled action.
func lacks(role staff.Role) string {
	return fault.French("Il faut le rôle « " + role.Label() + " » : demandez-le à un agent « Administration ».")
}

// queue is one loaded page of requests.
type queue struct {
	rows     []access.Request
	counts   map[access.State]int
	services []catalog.ServiceInfo
}

// detail is one request as it is shown.
type detail struct {
	q        access.Request
	decision access.State // what the proposed letter is about; "" none
	letter   letter.Letter
	edited   bool // the agent changed the letter
	bank     access.BankDetails
	hasBank  bool
	revealed bool // the whole IBAN is shown
}

type model struct {
	d        Deps
	may      rights
	state    access.State
	service  int64
	text     string
	limit    int
	rows     []access.Request
	counts   map[access.State]int
	services []catalog.ServiceInfo
	loaded   bool
	cur      int64
	pinned   int64 // asked for by its number: stays though the list does not hold it
	det      *detail
}

func newModel(d Deps, may rights) *model { return &model{d: d, may: may, limit: pageSize} }

func (m *model) filter() access.Filter {
	f := access.Filter{ServiceID: m.service, Text: strings.TrimSpace(m.text)}
	if m.state != "" {
		f.States = []access.State{m.state}
	}
	return f
}

func (m *model) filtered() bool {
	return m.state != "" || m.service != 0 || strings.TrimSpace(m.text) != ""
}

// clear takes every filter off; it reports whether there was one.
func (m *model) clear() bool {
	had := m.filtered()
	m.pinned = 0
	m.state, m.service, m.text, m.limit = "", 0, "", pageSize
	return had
}

// loadQueue reads the queue; f and limit were taken on the window's thread.
func (d Deps) loadQueue(ctx context.Context, f access.Filter, limit int) (q queue, err error) {
	if q.rows, q.counts, err = d.Access.Queue(ctx, f, 0, limit); err != nil {
		return q, err
	}
	q.services, err = d.Catalog.Services(ctx)
	return q, err
}

func (m *model) apply(q queue) {
	m.rows, m.counts, m.services, m.loaded = q.rows, q.counts, q.services, true
}

// all is how many requests the filters of service and text leave.
func (m *model) all() (n int) {
	for _, c := range m.counts {
		n += c
	}
	return n
}

// more reports whether requests beyond the loaded ones exist.
func (m *model) more() bool {
	total := m.all()
	if m.state != "" {
		total = m.counts[m.state]
	}
	return len(m.rows) < total
}

func (m *model) row(id int64) int {
	for i, q := range m.rows {
		if q.ID == id {
			return i
		}
	}
	return -1
}

// choose gives the request to show: the one that is, else the first of the list.
func (m *model) choose() int64 {
	switch {
	case m.cur != 0 && (m.row(m.cur) >= 0 || m.cur == m.pinned):
		return m.cur
	case len(m.rows) > 0:
		return m.rows[0].ID
	}
	return 0
}

// nextAfter is the request an agent goes on with after deciding one: the next
// waiting for a decision, going round; 0 where there is none.
func (m *model) nextAfter(id int64) int64 {
	at := m.row(id)
	for i := 1; i < len(m.rows); i++ {
		if q := m.rows[(at+i+len(m.rows))%len(m.rows)]; q.State == access.Submitted && q.ID != id {
			return q.ID
		}
	}
	return 0
}

// loadDetail reads one request with what the roles let see.
func (d Deps) loadDetail(ctx context.Context, id int64, may rights) (det detail, err error) {
	if det.q, err = d.Access.Get(ctx, id); err != nil {
		return det, err
	}
	if det.decision = proposed(det.q); det.decision != "" && may.desk {
		if det.letter, err = d.Access.Letter(ctx, id, det.decision, ""); err != nil {
			return det, err
		}
	}
	if may.bank() {
		det.bank, det.hasBank, err = d.Access.BankDetails(ctx, det.q.FamilyID, false)
	}
	return det, err
}

// proposed is the decision the letter under the checklist announces.
func proposed(q access.Request) access.State {
	switch {
	case q.State == access.Accepted || q.State == access.Refused:
		return ""
	case len(q.Missing) > 0:
		return access.Incomplete
	}
	return access.Accepted
}

// show keeps an edited letter when the same version comes again.
func (m *model) show(det detail) {
	if old := m.det; old != nil && old.q.ID == det.q.ID {
		if old.q.Version == det.q.Version && old.decision == det.decision && old.edited {
			det.letter, det.edited = old.letter, true
		}
		if old.revealed && det.hasBank {
			det.bank, det.revealed = old.bank, true
		}
	}
	m.det = &det
}

// letterFor is what a decision sends: nil for the proposal as it is.
func (m *model) letterFor(s access.State) *letter.Letter {
	if m.det == nil || !m.det.edited || m.det.decision != s {
		return nil
	}
	l := m.det.letter
	return &l
}

// acceptOff, askOff and refuseOff say why a decision cannot be taken, "" when it can.
func (m *model) acceptOff() string {
	switch off := m.decideOff(); {
	case off != "":
		return off
	case m.det.q.State == access.Accepted:
		return "L’accès est déjà ouvert."
	case len(m.det.q.Missing) > 0:
		return fault.French("Il manque : " + strings.Join(m.det.q.Missing, ", ") + ". Demandez un complément (F7).")
	}
	return ""
}

func (m *model) askOff() string {
	off := m.decideOff()
	if off == "" && m.det.q.State == access.Accepted {
		off = "L’accès est ouvert : rejetez une pièce pour la redemander."
	}
	return fault.French(off)
}

func (m *model) refuseOff() string {
	off := m.decideOff()
	if off == "" && (m.det.q.State == access.Accepted || m.det.q.State == access.Suspended) {
		off = "L’accès est ouvert : il ne se refuse plus."
	}
	return fault.French(off)
}

func (m *model) decideOff() string {
	switch {
	case m.det == nil:
		return "Choisissez d’abord une demande."
	case !m.may.desk:
		return lacks(staff.Accueil)
	case m.det.q.State == access.Refused:
		return "Cette demande est refusée : enregistrez-en une nouvelle."
	}
	return ""
}

// seeOff says why a document cannot be opened.
func (m *model) seeOff(kind string) string {
	if kind == "health_form" && !m.may.health {
		return "La fiche sanitaire contient des données de santé : seuls les agents qui ont le rôle « Santé » la lisent, et chaque lecture est journalisée."
	}
	return ""
}

// schoolYears are those a new request may be for: the running one and the next.
func schoolYears(today calendar.Date) []calendar.SchoolYear {
	y := calendar.SchoolYearOf(today)
	return []calendar.SchoolYear{y, y + 1}
}

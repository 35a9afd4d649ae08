// Package signin is the room of the door: it asks who is there (a login and a
// password, or a role in a demonstration), lets in with the recovery phrase, and
// opens a locked screen again. A base without an agent is ui/setup's. It keeps no password longer than the question,
// and judges none: that is data/staff's.
package signin

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
)

// Deps is what the door needs. Staff, Runner and Canvas are needed.
type Deps struct {
	Staff  *staff.Service
	Runner kit.Runner
	Ctx    context.Context // nil: context.Background()
	Canvas fyne.Canvas
	Files  kit.Files
	Clock  func() time.Time

	Place    string // « Cantine et accueils de Saint-Marcel »
	Database string // « saint-marcel.db — ce poste (SQLite) »
	Version  string // « 1.0.0 »

	// Locked is the session to open again; nil asks who is there.
	Locked *staff.Session
	// Reset makes the demonstration anew; nil: not offered.
	Reset func(ctx context.Context, report func(done, total int, what string)) error
	// OpenDatabase opens another database in place of this one; nil: not offered.
	OpenDatabase func(path string)
	// Elsewhere asks for a new town, a server or a copy in place of this base; nil:
	// not offered.
	Elsewhere func()
	// Log keeps the cause of refusals; may be nil.
	Log func(error)
}

// mode is which of the doors is shown.
type mode int

const (
	opening    mode = iota
	askLogin        // login and password
	askRole         // demonstration
	recovering      // in by the phrase
	locked          // the same agent's password
)

// start is what the door learns before it asks anything.
type start struct {
	mode     mode
	idle     time.Duration
	contacts []string
}

// look finds out which door to show.
func look(ctx context.Context, d Deps) (s start, err error) {
	if s.idle, err = d.Staff.IdleAfter(ctx); err != nil {
		return s, err
	}
	if d.Locked != nil && !d.Locked.Ended() {
		s.mode = locked
		return s, nil
	}
	demo, err := d.Staff.IsDemo(ctx)
	if err != nil {
		return s, err
	}
	if demo {
		s.mode = askRole
		return s, nil
	}
	s.mode = askLogin
	s.contacts, err = d.Staff.Contacts(ctx)
	return s, err
}

// forgotten says whom to ask for a new password.
func forgotten(contacts []string) string {
	switch len(contacts) {
	case 0:
		return "Mot de passe oublié\u00a0? Demandez à un agent «\u00a0Administration\u00a0»."
	case 1:
		return "Mot de passe oublié\u00a0? Demandez à " + contacts[0] + ", qui administre Ardoise."
	}
	last := len(contacts) - 1
	return "Mot de passe oublié\u00a0? Demandez à " + strings.Join(contacts[:last], ", ") + " ou " + contacts[last] + ", qui administrent Ardoise."
}

// roleInfo is a line of the demonstration's door.
type roleInfo struct {
	role         staff.Role
	icon, detail string
}

var roleLines = []roleInfo{
	{staff.Accueil, "users", "familles, demandes, réservations"},
	{staff.Regie, "wallet", "porte-monnaie, quittances"},
	{staff.Sante, "care", "PAI et allergies"},
	{staff.Cuisine, "kitchen", "effectifs et régimes"},
	{staff.Admin, "settings", "réglages et comptes"},
}

// roles is which roles are ticked. Until the agent ticks one, the tick follows
// the cursor: choosing a single role takes no more than an arrow. The first tick
// keeps the role it stands on, the next ones add others or take them away.
type roles struct {
	ticked  map[int]bool
	touched bool
}

func newRoles() *roles { return &roles{ticked: map[int]bool{0: true}} }

func (r *roles) move(row int) {
	if !r.touched {
		r.ticked = map[int]bool{row: true}
	}
}

func (r *roles) toggle(row int) {
	if !r.touched {
		r.touched, r.ticked = true, map[int]bool{row: true}
		return
	}
	r.ticked[row] = !r.ticked[row]
}

// chosen gives the ticked roles, or the one under the cursor if none is.
func (r *roles) chosen(cursor int) (out []staff.Role) {
	for i, l := range roleLines {
		if r.ticked[i] {
			out = append(out, l.role)
		}
	}
	if out == nil && cursor >= 0 && cursor < len(roleLines) {
		out = []staff.Role{roleLines[cursor].role}
	}
	return out
}

// same refuses a repetition that differs.
func same(password, again string) error {
	if password != again {
		return fault.New(fault.Invalid, "Les deux mots de passe diffèrent : retapez le second.")
	}
	return nil
}

// filled refuses an empty field.
func filled(text, sentence string) error {
	if strings.TrimSpace(text) == "" {
		return fault.New(fault.Invalid, "%s", sentence)
	}
	return nil
}

// User makes of a session what the shell shows; ctx is what the session's
// context descends from.
func User(ctx context.Context, s *staff.Session) kit.User {
	u := kit.User{Name: s.Name, Initials: initials(s.Name), Ctx: staff.With(ctx, s)}
	var labels []string
	for _, r := range staff.Roles {
		if s.Has(r) {
			u.Roles = append(u.Roles, string(r))
			labels = append(labels, r.Label())
		}
	}
	if len(labels) == len(staff.Roles) {
		u.RolesText = "Tous les rôles"
		return u
	}
	for i := 1; i < len(labels); i++ {
		labels[i] = strings.ToLower(labels[i])
	}
	u.RolesText = strings.Join(labels, ", ")
	return u
}

// initials gives "HB" for "Hélène Borel".
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '.' })
	if len(words) == 0 {
		return "?"
	}
	out := []rune(words[0])[:1]
	if len(words) > 1 {
		out = append(out, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(out))
}

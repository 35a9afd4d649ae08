package inbox

import (
	"context"
	"crypto/rand"
	"image"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
)

// Mail is the part of *mailbox.Service this screen uses; what each door does is
// said there.
type Mail interface {
	Accounts(ctx context.Context) ([]mailbox.Account, error)
	List(ctx context.Context, f mailbox.Filter) ([]mailbox.Item, mailbox.Counts, error)
	Count(ctx context.Context) (int, error)
	Get(ctx context.Context, id int64) (*mailbox.Message, error)
	Attachment(ctx context.Context, id int64, n int) (content []byte, media, name string, err error)
	Original(ctx context.Context, id int64) ([]byte, error)
	Fetch(ctx context.Context, accountID int64, report func(done, total int)) (mailbox.Fetched, error)
	Plan(ctx context.Context, d mailbox.Decision) (*mailbox.Plan, error)
	Apply(ctx context.Context, p *mailbox.Plan) (*mailbox.Outcome, error)
	Ignore(ctx context.Context, ids ...int64) error
	Reopen(ctx context.Context, ids ...int64) error
	Undo(ctx context.Context, messageID int64, key string) (*mailbox.Outcome, error)
	SetFamily(ctx context.Context, messageID, version, familyID int64, guardianID int64) error
	Outbox(ctx context.Context, states []string, before int64, limit int) ([]mailbox.Outgoing, error)
	Retry(ctx context.Context, ids ...int64) error
	Drop(ctx context.Context, ids ...int64) error
	Settle(ctx context.Context, ids ...int64) error
	Refusals(ctx context.Context) ([]mailbox.Refusal, error)
	Lift(ctx context.Context, address string) error
}

// Family is a family found by a search.
type Family struct {
	ID       int64
	Name     string
	Children string // « Léa, Hugo »
}

// Person is a guardian an address may be filed under.
type Person struct {
	ID          int64
	Name, Email string
}

// Deps is what the screen needs of the house.
type Deps struct {
	Mail    Mail
	Catalog *catalog.Service
	Family  *family.Service
	// Services lists what can be booked; nil: the catalog's.
	Services func(ctx context.Context) ([]catalog.ServiceInfo, error)
	// Search finds families; nil: the families' search.
	Search func(ctx context.Context, text string) ([]Family, error)
	// People lists a family's guardians; nil: the family's.
	People func(ctx context.Context, id int64) ([]Person, error)
	// Preview draws one page of a PDF, counted from 0, and says how many there
	// are. nil: reports/preview, in a child process of this program.
	Preview func(ctx context.Context, pdf []byte, page, dpi int) (image.Image, int, error)
	// Status says how the mailboxes are being watched; nil: nobody watches.
	Status func() []mailbox.Status
	// NewKey makes idempotency keys; nil: random ones.
	NewKey func() string
}

// TopicStatus tells open screens that Deps.Status answers something new.
const TopicStatus = "mailstatus"

const (
	nbsp     = "\u00a0"
	pageSize = 200
)

func (d Deps) newKey() string {
	if d.NewKey != nil {
		return d.NewKey()
	}
	return "mail:" + rand.Text()
}

// status is how the mailboxes stand together: the last look that all of them
// had, and everything that is wrong.
func (d Deps) status() (all mailbox.Status) {
	if d.Status == nil {
		return all
	}
	for i, s := range d.Status() {
		if i == 0 || s.At.Before(all.At) {
			all.At = s.At
		}
		all.Waiting += s.Waiting
		if s.Problem != "" {
			all.Problem = strings.TrimSpace(all.Problem + "\n" + s.Problem)
		}
	}
	return all
}

func (d Deps) services(ctx context.Context) ([]catalog.ServiceInfo, error) {
	if d.Services != nil {
		return d.Services(ctx)
	}
	return d.Catalog.Services(ctx)
}

func (d Deps) search(ctx context.Context, text string) (out []Family, err error) {
	if d.Search != nil {
		return d.Search(ctx, text)
	}
	hits, _, err := d.Family.Search(ctx, text, family.Filter{}, 20)
	for _, h := range hits {
		names := make([]string, len(h.Children))
		for i, c := range h.Children {
			names[i] = c.First
		}
		out = append(out, Family{ID: h.ID, Name: h.Name, Children: strings.Join(names, ", ")})
	}
	return out, err
}

func (d Deps) people(ctx context.Context, id int64) (out []Person, err error) {
	if d.People != nil {
		return d.People(ctx, id)
	}
	f, err := d.Family.Get(ctx, id)
	for _, g := range f.Guardians {
		out = append(out, Person{ID: g.ID, Name: g.Name(), Email: g.Email})
	}
	return out, err
}

// rights are what the agent's roles allow here; the services check again.
type rights struct{ desk, health, admin bool }

func rightsOf(has func(...string) bool) rights {
	return rights{desk: has(string(staff.Accueil)), health: has(string(staff.Sante)), admin: has(string(staff.Admin))}
}

// lacks is the sentence of a disabled action.
func lacks(role staff.Role) string {
	return fault.French("Il faut le rôle « " + role.Label() + " » : demandez-le à un agent « Administration ».")
}

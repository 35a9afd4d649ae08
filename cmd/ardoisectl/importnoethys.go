package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data/importer"
)

// noethysJSON is the answer of import noethys: that of import onde, with the
// schools, classes, access requests, meals to come and balances.
type noethysJSON struct {
	ondeJSON
	Version  string               `json:"version"`
	Schools  []noethysSchoolJSON  `json:"schools"`
	Classes  []string             `json:"classes"`
	Requests []noethysRequestJSON `json:"requests"`
	Bookings []noethysMealJSON    `json:"bookings"`
	Balances []noethysBalanceJSON `json:"balances"`
	Taken    int64                `json:"taken"`
	Notices  []string             `json:"notices"`
}

type noethysSchoolJSON struct {
	Name    string `json:"name"`
	Commune string `json:"commune"`
	Action  string `json:"action"`
	Reason  string `json:"reason"`
}

type noethysRequestJSON struct {
	Child   string `json:"child"`
	Service string `json:"service"`
	Action  string `json:"action"`
	Reason  string `json:"reason"`
}

type noethysMealJSON struct {
	Child  string `json:"child"`
	Date   string `json:"date"`
	Price  int64  `json:"price"`
	Action string `json:"action"`
	Reason string `json:"reason"`
}

type noethysBalanceJSON struct {
	Account int64  `json:"account"`
	Family  string `json:"family"`
	Paid    int64  `json:"paid"`
	Served  int64  `json:"served"`
	Later   int64  `json:"later"`
	Balance int64  `json:"balance"`
	Action  string `json:"action"`
	Reason  string `json:"reason"`
}

type noethysFlags struct {
	commune, service string
	dryRun, lines    bool
	noBackup         bool
}

func (c *cli) importNoethys() *cobra.Command {
	var x noethysFlags
	cmd := &cobra.Command{
		Use: "noethys FICHIER", Short: "reprise d’une base Noethys (…_DATA.dat) : le plan, puis la reprise, tout ou rien", Args: words("le fichier"),
		Long: "Reprend les familles, les enfants, les écoles et les classes de l’année, les régimes, les soldes et les repas à venir d’un fichier de Noethys, qui est lu " +
			"sans être modifié. Un solde en faveur de la famille entre une fois dans son porte-monnaie ; une dette reste dans Noethys. Une demande d’accès est créée pour " +
			"chaque enfant de la cantine ; quand elle est acceptée, la même reprise réserve ses repas. Une seconde reprise du même fichier ne change rien d’autre.",
		Example: "  ardoisectl import noethys MAIRIE_DATA.dat --dry-run --lines",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.noethys(cmd.Context(), x, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&x.commune, "commune", "", "`COMMUNE` des écoles dont la ville n’est pas au catalogue")
	f.StringVar(&x.service, "service", "", "`CODE` du service de cantine (défaut\u00a0: celui de l’école, ou le seul)")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre le plan et n’écrit rien")
	f.BoolVar(&x.noBackup, "no-backup", false, noBackupHelp)
	f.BoolVar(&x.lines, "lines", false, "montre aussi chaque enfant, chaque solde et chaque repas")
	return cmd
}

func (c *cli) noethys(ctx context.Context, x noethysFlags, path string) error {
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	plan, err := o.Importer.PlanNoethys(ctx, importer.Noethys{Path: path, Commune: x.commune, Service: x.service})
	if err != nil {
		return err
	}
	if !x.dryRun {
		plan.NoCopy = x.noBackup
		if err := o.Importer.CommitNoethys(ctx, plan); err != nil {
			return err
		}
	}
	return c.say(noethysOut(plan, x.dryRun), func(w io.Writer) { sayNoethys(w, plan, x) })
}

func noethysOut(p *importer.NoethysPlan, dryRun bool) noethysJSON {
	out := noethysJSON{
		ondeJSON: importOut(&p.ONDEPlan, dryRun), Version: p.Version, Taken: int64(p.Taken()), Classes: append([]string{}, p.NewClasses...),
		Schools: []noethysSchoolJSON{}, Requests: []noethysRequestJSON{}, Bookings: []noethysMealJSON{}, Balances: []noethysBalanceJSON{}, Notices: []string{},
	}
	for _, s := range p.Schools {
		out.Schools = append(out.Schools, noethysSchoolJSON{s.Name, s.Commune, s.Action, s.Reason})
		out.NewSchool = out.NewSchool || s.Action == importer.Create
	}
	for _, q := range p.Requests {
		out.Requests = append(out.Requests, noethysRequestJSON{q.Child, q.Service, q.Action, q.Reason})
	}
	for _, m := range p.Meals {
		out.Bookings = append(out.Bookings, noethysMealJSON{m.Child, m.Day.String(), int64(m.Price), m.Action, m.Reason})
	}
	for _, b := range p.Balances {
		out.Balances = append(out.Balances, noethysBalanceJSON{b.Account, b.Family, int64(b.Paid), int64(b.Served), int64(b.Later), int64(b.Balance), b.Action, b.Reason})
	}
	for _, n := range p.Notices {
		out.Notices = append(out.Notices, n.Text)
	}
	return out
}

// noethysWord says what is done with a school, a balance, a request or a meal.
func noethysWord(action, taken string) string {
	switch action {
	case importer.Create, importer.Take:
		return taken
	case importer.Unchanged:
		return "déjà là"
	case importer.Already:
		return "déjà fait"
	}
	return "à faire"
}

// because ends a line with its reason, where there is one.
func because(word, reason string) string { return strings.TrimSpace(word + ". " + reason) }

func sayNoethys(w io.Writer, p *importer.NoethysPlan, x noethysFlags) {
	put(w, "Noethys %s\n", p.Version)
	for _, s := range p.Schools {
		put(w, "  école %s (%s)\u00a0: %s, %s\n", s.Name, s.Commune, noethysWord(s.Action, "créée"), because(count(len(s.NewClasses), "classe créée", "classes créées"), s.Reason))
	}
	if x.lines {
		t := columns("", "Enfant", "Né(e) le", "Classe", "Famille", "Détail")
		for _, l := range p.Lines {
			if l.Action != importer.Unchanged {
				t.row(importActions[l.Action], l.Child, l.Birth.Short(), l.Class, l.Family, l.Detail)
			}
		}
		t.print(w, "Aucun changement.")
	}
	balances := columns("", "Famille", ">Solde", "Pourquoi")
	for _, b := range p.Balances {
		if x.lines || b.Action == importer.LeftOut {
			balances.row(noethysWord(b.Action, "repris"), b.Family, b.Balance.String(), b.Reason)
		}
	}
	balances.print(w, "Aucun solde laissé.")
	sayMeals(w, p, x.lines)
	sayRefused(w, p.Refused, x.lines)
	for _, n := range p.Notices {
		where := n.File
		if n.Line != 0 {
			where = fmt.Sprintf("individu n° %d", n.Line)
		}
		put(w, "  à savoir : %s : %s\n", where, n.Text)
	}
	put(w, "%s\n", p.Summary())
	switch {
	case x.dryRun:
		put(w, "Rien n’a été écrit (--dry-run).\n")
	case p.Changes():
		put(w, "Reprise enregistrée.\n")
	default:
		put(w, "Rien à changer.\n")
	}
}

// sayMeals tells the requests and meals that wait for somebody, those of one
// child and one reason together unless each is asked for.
func sayMeals(w io.Writer, p *importer.NoethysPlan, each bool) {
	for _, q := range p.Requests {
		if each || q.Action == importer.LeftOut {
			put(w, "  demande d’accès de %s\u00a0: %s\n", q.Child, because(noethysWord(q.Action, "créée"), q.Reason))
		}
	}
	type group struct{ child, action, reason string }
	var order []group
	days := map[group][]string{}
	for _, m := range p.Meals {
		g := group{m.Child, m.Action, m.Reason}
		if !each && m.Action != importer.LeftOut {
			continue
		}
		if !slices.Contains(order, g) {
			order = append(order, g)
		}
		days[g] = append(days[g], m.Day.Short())
	}
	for _, g := range order {
		list := days[g]
		span := list[0]
		if len(list) > 1 {
			span = "du " + list[0] + " au " + list[len(list)-1]
		}
		put(w, "  %s de %s (%s)\u00a0: %s\n", count(len(list), "repas à venir", "repas à venir"), g.child, span, because(noethysWord(g.action, "réservé"), g.reason))
	}
}

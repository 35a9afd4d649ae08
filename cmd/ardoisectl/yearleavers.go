package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/schoolyear"
	"ardoise/reports/desk"
)

type yearLeaverFlags struct {
	year, left, on, out, key string
	cancel, archive, dryRun  bool
}

func (c *cli) yearLeavers() *cobra.Command {
	var x yearLeaverFlags
	cmd := &cobra.Command{
		Use: "leavers", Short: "les sortants, et ce qui reste entre la commune et leurs familles", Args: words(),
		Long: "Liste les familles qu’un enfant quitte : solde à rembourser, découvert, factures, mandat, réservations à annuler. Le remboursement se fait par « wallet refund ». " +
			"--cancel annule les réservations d’après le départ, --archive met de côté les familles parties qui n’ont plus rien à solder.",
		Example: "  ardoisectl year leavers --out sortants.xlsx\n  ardoisectl year leavers --left 128,131 --on 2027-07-31\n  ardoisectl year leavers --cancel --dry-run",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inYear(cmd.Context(), x.year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error { return c.leavers(ctx, o, y, x) })
		},
	}
	yearFlag(cmd, &x.year)
	f := cmd.Flags()
	f.StringVar(&x.left, "left", "", "`ENFANTS` partis, par leurs numéros séparés par des virgules")
	f.StringVar(&x.on, "on", "", "`JOUR` de leur départ (défaut : aujourd’hui)")
	f.StringVar(&x.out, "out", "", "`FICHIER` du classeur pour le comptable")
	f.BoolVar(&x.cancel, "cancel", false, "annule les réservations des sortants")
	f.BoolVar(&x.archive, "archive", false, "archive les familles parties qui n’ont plus rien à solder")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération : la même clé n’a qu’un effet")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

type yearLeaverJSON struct {
	ID     int64         `json:"child_id"`
	Child  string        `json:"child"`
	Class  string        `json:"class"`
	Left   bool          `json:"left"`
	On     calendar.Date `json:"left_on"`
	Coming int           `json:"bookings"`
}

type yearLeavingJSON struct {
	Family    int64            `json:"family_id"`
	Name      string           `json:"family"`
	Staying   int              `json:"staying"`
	Balance   money.Cents      `json:"balance"`
	Refund    money.Cents      `json:"refund"`
	Owed      money.Cents      `json:"owed"`
	ToInvoice money.Cents      `json:"to_invoice"`
	Mandate   bool             `json:"mandate"`
	Archived  bool             `json:"archived"`
	Todo      []string         `json:"todo"`
	Children  []yearLeaverJSON `json:"children"`
}

type yearLeaversJSON struct {
	Families  []yearLeavingJSON `json:"families"`
	Left      int64             `json:"left"`
	Cancelled int               `json:"cancelled"`
	Back      money.Cents       `json:"back"`
	Lost      money.Cents       `json:"lost"`
	Archived  int64             `json:"archived"`
	File      string            `json:"file"`
	DryRun    bool              `json:"dry_run"`
}

func (c *cli) leavers(ctx context.Context, o *data.Office, y calendar.SchoolYear, x yearLeaverFlags) error {
	out := yearLeaversJSON{Families: []yearLeavingJSON{}, DryRun: x.dryRun}
	if err := c.markLeft(ctx, o, x, &out); err != nil {
		return err
	}
	if x.cancel {
		plan, err := o.Year.PlanCancelling(ctx, y)
		if err != nil {
			return err
		}
		out.Cancelled, out.Back, out.Lost = len(plan.Lines), plan.Back, plan.Lost
		if !x.dryRun && len(plan.Lines) > 0 {
			if x.key == "" {
				x.key = newKey()
			}
			if _, err := o.Year.Cancel(ctx, x.key, plan); err != nil {
				return err
			}
		}
	}
	list, err := o.Year.Leavers(ctx, y)
	if err != nil {
		return err
	}
	if x.archive {
		if list, err = c.archiveLeavers(ctx, o, y, list, x.dryRun, &out); err != nil {
			return err
		}
	}
	view, err := o.Year.Overview(ctx, y)
	if err != nil {
		return err
	}
	if x.out != "" {
		if err := outputFile(x.out, func(w io.Writer) error { return desk.LeaversWorkbook(ctx, o, w, view.Year, list) }); err != nil {
			return err
		}
		out.File = filepath.Clean(x.out)
	}
	for _, f := range list {
		out.Families = append(out.Families, leavingOut(f))
	}
	return c.say(out, func(w io.Writer) { putLeavers(w, list, out, x) })
}

func (c *cli) markLeft(ctx context.Context, o *data.Office, x yearLeaverFlags, out *yearLeaversJSON) error {
	if x.left == "" {
		return nil
	}
	on, _, err := c.span(x.on, "", today(o))
	if err != nil {
		return err
	}
	var ids []int64
	for part := range strings.SplitSeq(x.left, ",") {
		id, err := number("d’enfant", part)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if x.dryRun {
		out.Left = int64(len(ids))
		return nil
	}
	out.Left, err = o.Year.Leave(ctx, ids, on)
	return err
}

func (c *cli) archiveLeavers(ctx context.Context, o *data.Office, y calendar.SchoolYear, list []schoolyear.LeavingFamily, dryRun bool, out *yearLeaversJSON) ([]schoolyear.LeavingFamily, error) {
	var ids []int64
	for _, f := range list {
		if f.Archivable() {
			ids = append(ids, f.FamilyID)
		}
	}
	out.Archived = int64(len(ids))
	if dryRun || len(ids) == 0 {
		return list, nil
	}
	if _, err := o.Year.Archive(ctx, ids); err != nil {
		return nil, err
	}
	return o.Year.Leavers(ctx, y)
}

func leavingOut(f schoolyear.LeavingFamily) yearLeavingJSON {
	one := yearLeavingJSON{
		Family: f.FamilyID, Name: f.Family, Staying: f.Staying, Balance: f.Balance, Refund: f.Refund(), Owed: f.Owed, ToInvoice: f.ToInvoice, Mandate: f.Mandate,
		Archived: f.State == "archived", Todo: append([]string{}, f.Todo()...), Children: []yearLeaverJSON{},
	}
	for _, l := range f.Leavers {
		one.Children = append(one.Children, yearLeaverJSON{l.ChildID, l.Child, l.Class, l.Left, l.LeftOn, l.Coming})
	}
	return one
}

func putLeavers(w io.Writer, list []schoolyear.LeavingFamily, out yearLeaversJSON, x yearLeaverFlags) {
	t := columns("Famille", "Enfants", ">Solde", ">Factures", "Reste à faire")
	var refund money.Cents
	for _, f := range list {
		var names []string
		for _, l := range f.Leavers {
			names = append(names, l.Child)
		}
		todo := strings.Join(f.Todo(), ", ")
		switch {
		case f.State == "archived":
			todo = "archivée"
		case !f.Gone():
			todo = strings.Trim(todo+", "+count(f.Staying, "enfant reste", "enfants restent"), ", ")
		}
		t.row(f.Number+" "+f.Family, strings.Join(names, ", "), f.Balance, f.Owed, todo)
		refund += f.Refund()
	}
	t.print(w, "Aucun sortant.")
	put(w, "%s, %s à rembourser.\n", count(len(list), "famille", "familles"), refund)
	if x.left != "" {
		put(w, "%s.\n", count(int(out.Left), "départ noté", "départs notés"))
	}
	if x.cancel {
		put(w, "%s : %s rendus, %s dus.\n", count(out.Cancelled, "réservation annulée", "réservations annulées"), out.Back, out.Lost)
	}
	if x.archive {
		put(w, "%s.\n", count(int(out.Archived), "famille archivée", "familles archivées"))
	}
	sayDry(w, x.dryRun)
}

type yearRequestFlags struct {
	year, replyBy, letters string
	lines, dryRun          bool
}

func (c *cli) yearRequests() *cobra.Command {
	var x yearRequestFlags
	cmd := &cobra.Command{
		Use: "requests", Short: "redemande les accès de l’année : brouillons, et un courriel par famille, une fois", Args: words(),
		Long: "Prépare une demande en brouillon pour chaque enfant qui reste et avait accès, service par service, et écrit une fois à chaque famille ce qui est à fournir. " +
			"Les familles sans adresse électronique sont listées ; --letters imprime leurs lettres.",
		Example: "  ardoisectl year requests --reply-by 2027-06-18 --dry-run\n  ardoisectl year requests --letters lettres.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inYear(cmd.Context(), x.year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
				return c.requestsOfYear(ctx, o, y, x)
			})
		},
	}
	yearFlag(cmd, &x.year)
	f := cmd.Flags()
	f.StringVar(&x.replyBy, "reply-by", "", "`JOUR` où répondre au plus tard (défaut : dans trois semaines)")
	f.StringVar(&x.letters, "letters", "", "`FICHIER` PDF des lettres aux familles sans adresse électronique")
	f.BoolVar(&x.lines, "lines", false, "montre aussi chaque demande")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

type yearRequestJSON struct {
	Child   int64    `json:"child_id"`
	Name    string   `json:"child"`
	Service string   `json:"service"`
	New     bool     `json:"new"`
	State   string   `json:"state"`
	Pay     string   `json:"pay"`
	Missing []string `json:"missing"`
	Valid   []string `json:"valid"`
}

type yearAskedJSON struct {
	Family  int64             `json:"family_id"`
	Name    string            `json:"family"`
	To      string            `json:"to"`
	Written bool              `json:"written_before"`
	Lines   []yearRequestJSON `json:"requests"`
}

type yearLeftOutJSON struct {
	Child   int64  `json:"child_id"`
	Name    string `json:"child"`
	Service string `json:"service"`
	Why     string `json:"why"`
}

type yearRequestsJSON struct {
	Year     string            `json:"year"`
	ReplyBy  calendar.Date     `json:"reply_by"`
	New      int               `json:"new"`
	There    int               `json:"there"`
	Letters  int               `json:"letters"`
	Written  int               `json:"written_before"`
	ByPost   int               `json:"by_post"`
	File     string            `json:"file"`
	Families []yearAskedJSON   `json:"families"`
	LeftOut  []yearLeftOutJSON `json:"left_out"`
	DryRun   bool              `json:"dry_run"`
}

func (c *cli) requestsOfYear(ctx context.Context, o *data.Office, y calendar.SchoolYear, x yearRequestFlags) error {
	ask := schoolyear.RequestAsk{Year: y}
	var err error
	if ask.ReplyBy, _, err = c.span(x.replyBy, "", today(o)); err != nil {
		return err
	}
	plan, err := o.Year.PlanRequests(ctx, ask)
	if err != nil {
		return err
	}
	out := requestsOut(plan, x.dryRun)
	if !x.dryRun {
		if _, err := o.Year.CommitRequests(ctx, plan); err != nil {
			return err
		}
	}
	if x.letters != "" {
		if err := outputFile(x.letters, func(w io.Writer) error { return desk.RequestLettersPDF(ctx, o, w, plan, nil) }); err != nil {
			return err
		}
		out.File = filepath.Clean(x.letters)
	}
	return c.say(out, func(w io.Writer) {
		t := columns("Famille", "Enfant", "Service", "Demande", "À fournir")
		if x.lines {
			for _, f := range plan.Families {
				for _, l := range f.Lines {
					state := "à créer"
					if !l.New {
						state = l.State.Label()
					}
					t.row(f.Number+" "+f.Family, l.Child, l.Service, state, strings.Join(l.Missing, ", "))
				}
			}
			t.print(w, "Aucune demande.")
		}
		for _, l := range plan.LeftOut {
			put(w, "  non redemandé : %s, %s (%s)\n", l.Child, l.Service, l.Why)
		}
		for _, f := range plan.Papers() {
			put(w, "  à écrire sur papier : %s %s\n", f.Number, f.Family)
		}
		put(w, "Année %s : %s, %s, %s ; %s, %s.\n", plan.Ask.Year, count(plan.New, "demande à créer", "demandes à créer"), count(plan.There, "demande déjà là", "demandes déjà là"),
			count(plan.ToWrite, "courriel", "courriels"), count(plan.Written, "famille déjà prévenue", "familles déjà prévenues"), count(plan.ByPost, "par la poste", "par la poste"))
		switch {
		case x.dryRun:
			sayDry(w, true)
		case plan.New+plan.ToWrite == 0:
			put(w, "Rien de nouveau à demander.\n")
		default:
			put(w, "Demandes enregistrées.\n")
		}
	})
}

func requestsOut(p schoolyear.RequestPlan, dryRun bool) yearRequestsJSON {
	out := yearRequestsJSON{
		Year: p.Ask.Year.String(), ReplyBy: p.Ask.ReplyBy, New: p.New, There: p.There, Letters: p.ToWrite, Written: p.Written, ByPost: p.ByPost,
		Families: []yearAskedJSON{}, LeftOut: []yearLeftOutJSON{}, DryRun: dryRun,
	}
	for _, f := range p.Families {
		one := yearAskedJSON{f.FamilyID, f.Family, f.To, f.Written, []yearRequestJSON{}}
		for _, l := range f.Lines {
			one.Lines = append(one.Lines, yearRequestJSON{l.ChildID, l.Child, l.Service, l.New, string(l.State), l.Pay, append([]string{}, l.Missing...), append([]string{}, l.Valid...)})
		}
		out.Families = append(out.Families, one)
	}
	for _, l := range p.LeftOut {
		out.LeftOut = append(out.LeftOut, yearLeftOutJSON{l.ChildID, l.Child, l.Service, l.Why})
	}
	return out
}

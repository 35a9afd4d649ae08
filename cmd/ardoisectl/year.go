package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/schoolyear"
)

func (c *cli) yearCommand() *cobra.Command {
	return group("year", "l’année scolaire qui vient : préparer, faire monter, comparer, solder, redemander",
		c.yearPlan(), c.yearOpen(), c.yearClasses(), c.yearTurn(), c.yearCompare(), c.yearLeavers(), c.yearRequests())
}

// yearFlag reads --year; empty: the year there is to prepare.
func yearFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "year", "", "`AAAA-AAAA` (défaut : l’année à préparer)")
}

func yearOf(text string) (calendar.SchoolYear, error) {
	if text == "" {
		return 0, nil
	}
	return calendar.ParseSchoolYear(text)
}

type yearCheckJSON struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Said string `json:"said"`
}

type yearStepJSON struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Said  string `json:"said"`
}

// yearJSON is where the preparation of a year stands; instants are empty until
// their step is done.
type yearJSON struct {
	Year      string          `json:"year"`
	Opened    string          `json:"opened_at"`
	TurnOn    calendar.Date   `json:"turn_on"`
	Classes   string          `json:"classes_at"`
	Turned    string          `json:"turned_at"`
	Requested string          `json:"requests_at"`
	Children  int             `json:"children"`
	Placed    int             `json:"placed"`
	Unplaced  int             `json:"unplaced"`
	Leaving   int             `json:"leaving"`
	Requests  int             `json:"requests"`
	Accepted  int             `json:"accepted"`
	ToSettle  int             `json:"families_to_settle"`
	Checks    []yearCheckJSON `json:"checks"`
	Steps     []yearStepJSON  `json:"steps"`
	DryRun    bool            `json:"dry_run"`
}

func yearOut(o schoolyear.Overview, dryRun bool) yearJSON {
	out := yearJSON{
		Year: o.Year.String(), Opened: instantOut(o.OpenedAt), TurnOn: o.TurnOn, Classes: instantOut(o.ClassesAt), Turned: instantOut(o.TurnedAt), Requested: instantOut(o.RequestsAt),
		Children: o.Children, Placed: o.Placed, Unplaced: o.Unplaced, Leaving: o.Leaving, Requests: o.Requests, Accepted: o.Accepted, ToSettle: o.ToSettle,
		Checks: []yearCheckJSON{}, Steps: []yearStepJSON{}, DryRun: dryRun,
	}
	for _, k := range o.Checks {
		out.Checks = append(out.Checks, yearCheckJSON{k.What, k.OK, k.Said})
	}
	for _, s := range o.Steps {
		out.Steps = append(out.Steps, yearStepJSON{s.ID, s.State, s.Said})
	}
	return out
}

var yearStates = map[string]string{schoolyear.Done: "fait", schoolyear.Now: "à faire", schoolyear.Todo: "plus tard"}

func putYear(w io.Writer, o schoolyear.Overview) {
	put(w, "Année scolaire %s\n\n", o.Year)
	t := columns("Étape", "", "Où on en est")
	for _, s := range o.Steps {
		t.row(s.Title, yearStates[s.State], s.Said)
	}
	t.print(w, "")
	put(w, "\n")
	for _, k := range o.Checks {
		mark := "oui"
		if !k.OK {
			mark = "NON"
		}
		put(w, "  %s  %s : %s\n", mark, k.What, k.Said)
	}
}

func (c *cli) yearPlan() *cobra.Command {
	var year string
	cmd := &cobra.Command{
		Use: "plan", Short: "où en est l’année qui vient, et ce qui reste", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inYear(cmd.Context(), year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
				view, err := o.Year.Overview(ctx, y)
				if err != nil {
					return err
				}
				return c.say(yearOut(view, true), func(w io.Writer) { putYear(w, view) })
			})
		},
	}
	yearFlag(cmd, &year)
	return cmd
}

// inYear enters the office for a command about a year.
func (c *cli) inYear(ctx context.Context, year string, do func(context.Context, *data.Office, calendar.SchoolYear) error) error {
	y, err := yearOf(year)
	if err != nil {
		return err
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	return do(ctx, o, y)
}

func (c *cli) yearOpen() *cobra.Command {
	var year, turnOn string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "open", Short: "ouvre l’année, une fois, à partir du 1er mai", Args: words(),
		Long: "Ouvre l’année qui vient. Ce qui manque (vacances inconnues, tarifs qui s’arrêtent) est dit et n’empêche rien. Les élèves monteront le --turn-on.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inYear(cmd.Context(), year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
				on, _, err := c.span(turnOn, "", today(o))
				if err != nil {
					return err
				}
				view, err := o.Year.Overview(ctx, y)
				if err == nil && !dryRun {
					view, err = o.Year.Open(ctx, view.Year, on)
				}
				if err != nil {
					return err
				}
				return c.say(yearOut(view, dryRun), func(w io.Writer) {
					putYear(w, view)
					sayDry(w, dryRun)
				})
			})
		},
	}
	yearFlag(cmd, &year)
	cmd.Flags().StringVar(&turnOn, "turn-on", "", "`JOUR` où les élèves montent (défaut : le 1er août)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

func sayDry(w io.Writer, dryRun bool) {
	if dryRun {
		put(w, "Rien n’a été écrit (--dry-run).\n")
	}
}

func (c *cli) yearTurn() *cobra.Command {
	var year string
	cmd := &cobra.Command{
		Use: "turn", Short: "fait monter les élèves, le jour venu ; le programme le fait aussi de lui-même", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inYear(cmd.Context(), year, func(ctx context.Context, o *data.Office, y calendar.SchoolYear) error {
				if y == 0 {
					view, err := o.Year.Overview(ctx, 0)
					if err != nil {
						return err
					}
					y = view.Year
				}
				moved, left, err := o.Year.Turn(ctx, y)
				if err != nil {
					return err
				}
				out := struct {
					Year  string `json:"year"`
					Moved int64  `json:"moved"`
					Left  int64  `json:"left"`
				}{y.String(), moved, left}
				return c.say(out, func(w io.Writer) {
					put(w, "Année %s : %s, %s.\n", y, count(int(moved), "élève monté", "élèves montés"), count(int(left), "parti", "partis"))
				})
			})
		},
	}
	yearFlag(cmd, &year)
	return cmd
}

// yearCompareJSON is a school's list beside the plan.
type yearCompareJSON struct {
	Year       string            `json:"year"`
	School     string            `json:"school"`
	Counts     map[string]int    `json:"counts"`
	NewClasses []string          `json:"new_classes"`
	NoClasses  []string          `json:"missing_classes"`
	Lines      []yearCompareLine `json:"lines"`
}

type yearCompareLine struct {
	What   string `json:"what"`
	ID     int64  `json:"child_id"`
	Child  string `json:"child"`
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
}

var comparedWords = map[string]string{
	schoolyear.Confirmed: "confirmé", schoolyear.Elsewhere: "ailleurs", schoolyear.Arrives: "nouveau", schoolyear.Returns: "revient", schoolyear.Missing: "absent d’ONDE",
}

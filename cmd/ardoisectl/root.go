package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/vault"
)

// Exit statuses, as ctl.md promises them.
const (
	exitDone = iota
	exitRefused
	exitUsage
	exitEnvironment
)

// cli is what every command shares: its flags, its streams and, once opened,
// the office and the session.
type cli struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	clock    func() time.Time

	db, user, now, lang string
	json                bool
	dateSure            bool // the machine's date is right, long as nothing was done
	unsound             bool // open a base that the quick check refuses: to verify or replace it

	office *data.Office
	secret string        // the agent's password, asked for once
	lines  *bufio.Reader // standard input, one line at a time
}

// checkFailed says that a report already printed tells of a failure.
type checkFailed struct{ error }

// environment is a database, a disk or a network that does not let us begin.
type environment struct{ error }

// Unwrap gives what the environment said.
func (e environment) Unwrap() error { return e.error }

// usageError is a mistake in the words of the command itself.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// cost is nil: passwords are as strong as they can be. Tests alone set it, for
// databases that live as long as they do.
var cost *vault.Params

// realClock is set by main: the clock is this machine's own. Tests choose theirs.
var realClock bool

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer, getenv func(string) string, clock func() time.Time) int {
	c := &cli{in: in, out: out, err: errw, getenv: getenv, clock: clock}
	c.lines = bufio.NewReader(in)
	c.json = slices.Contains(args, "--json") // also where the flags cannot be read
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = fault.Wrap(fault.Unavailable, err, "Interrompu avant la fin. Ce qui était déjà enregistré l’est toujours, rien n’est fait à moitié.")
	}
	if c.office != nil {
		if cerr := c.office.Close(); err == nil {
			err = cerr
		}
	}
	return c.finish(err)
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "ardoisectl",
		Short:         "Ardoise sans fenêtre : les mêmes opérations, pour les tâches planifiées et les serveurs",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("« %s » n’est pas une commande de « ardoisectl »", args[0])
			}
			return cmd.Help()
		},
	}
	c.speakFrench(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := root.PersistentFlags()
	f.StringVar(&c.db, "db", "", "`BASE` : chemin d’un fichier ou postgres://… (sinon ARDOISE_DB, sinon le dossier de l’utilisateur)")
	f.StringVar(&c.user, "user", "", "`AGENT` qui agit ; son mot de passe est lu dans ARDOISE_PASSWORD ou sur l’entrée standard")
	f.StringVar(&c.now, "now", "", "`INSTANT` RFC 3339 à prendre pour maintenant (essais et démonstrations)")
	f.BoolVar(&c.dateSure, "date-sure", false, "la date de ce poste est juste, même si rien n’a été enregistré depuis longtemps")
	f.BoolVar(&c.json, "json", false, "sortie pour les machines : clés stables, montants en centimes, dates AAAA-MM-JJ")
	f.StringVar(&c.lang, "lang", "fr", "`LANGUE` des messages de commande mal écrite\u00a0: fr ou en (l’aide et les réponses restent en français)")
	f.BoolP("help", "h", false, "affiche l’aide de la commande")
	root.AddCommand(
		c.demoCommand(), c.adminCommand(), c.catalogCommand(), c.importCommand(), c.familiesCommand(),
		c.requestsCommand(), c.bookCommand(), c.cancelCommand(), c.closeCommand(), c.attendCommand(),
		c.cutoffCommand(), c.headcountCommand(), c.menuCommand(), c.walletCommand(), c.receiptsCommand(), c.exportCommand(),
		c.invoiceCommand(), c.mandateCommand(), c.sepaCommand(), c.cashCommand(), c.settingsCommand(),
		c.mailCommand(), c.yearCommand(), c.verifyCommand(), c.purgeCommand(), c.backupCommand(), c.restoreCommand(), c.migrateCommand(), c.serverCommand(), c.benchCommand(),
	)
	return root
}

// finish prints what went wrong, in the form asked for, and gives the status.
func (c *cli) finish(err error) int {
	if err == nil {
		return exitDone
	}
	var env environment
	var failed checkFailed
	if errors.As(err, &failed) { // the report was already printed
		if errors.As(err, &env) {
			return exitEnvironment
		}
		return exitRefused
	}
	var u usageError
	code, kind, sentence := exitRefused, fault.KindOf(err).String(), fault.Sentence(err)
	switch {
	case errors.As(err, &u):
		code, kind, sentence = exitUsage, "usage", fault.French("Commande mal écrite : "+inFrench(u.Error())+". Voyez « ardoisectl --help ».")
		if c.lang == "en" {
			sentence = "Wrong usage: " + err.Error() + ". See `ardoisectl --help`."
		}
	case errors.As(err, &env), fault.KindOf(err) == fault.Unavailable, fault.KindOf(err) == fault.Internal:
		code = exitEnvironment
		if fault.KindOf(err) == fault.Internal {
			sentence += " [" + err.Error() + "]"
		}
	}
	if c.json {
		// The envelope of ctl.md: an error is JSON on standard output too.
		if werr := c.writeJSON(map[string]any{"error": map[string]string{"kind": kind, "message": sentence}}); werr != nil {
			return exitEnvironment
		}
		return code
	}
	if _, werr := fmt.Fprintln(c.err, sentence); werr != nil {
		return exitEnvironment
	}
	return code
}

func (c *cli) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return told(e.Encode(v))
}

// told explains an answer that could not be written. It comes after the work:
// nothing was undone by it.
func told(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.Unavailable, err, "La réponse n’a pas pu être écrite jusqu’au bout. Ce qui était demandé est peut-être fait : vérifiez-le avant de recommencer.")
}

// say prints the machine form or the human one.
func (c *cli) say(v any, human func(w io.Writer)) error {
	if c.json {
		return c.writeJSON(v)
	}
	w := bufio.NewWriter(c.out)
	human(w)
	return told(w.Flush())
}

func (c *cli) options() (data.Options, error) {
	clock := c.clock
	if c.now != "" {
		t, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			return data.Options{}, usage("--now veut un instant RFC 3339, par exemple 2026-11-24T13:46:00+01:00")
		}
		clock = func() time.Time { return t }
	}
	// What a person can act on is an error; the rest is no matter of a command.
	return data.Options{Clock: clock, RealClock: realClock && c.now == "", DateSure: c.dateSure, Log: slog.New(slog.DiscardHandler), Cost: cost, Program: "ardoisectl"}, nil
}

// path gives the database asked for, or the user's own.
func (c *cli) path() (string, error) {
	if db := cmp.Or(c.db, c.getenv("ARDOISE_DB")); db != "" {
		return db, nil
	}
	return data.DefaultPath("ardoise.db")
}

// open opens the office without signing anybody in.
func (c *cli) open(ctx context.Context, mustExist bool) (*data.Office, error) {
	opt, err := c.options()
	if err != nil {
		return nil, err
	}
	path, err := c.path()
	if err != nil {
		return nil, err
	}
	opt.MustExist, opt.Unsound = mustExist, c.unsound
	c.office, err = data.Open(ctx, path, opt)
	if errors.Is(err, data.ErrDate) {
		return nil, fault.Wrap(fault.Conflict, err, "%s Si elle est juste, ajoutez --date-sure.", fault.Sentence(err))
	}
	if err != nil {
		return nil, environment{err}
	}
	return c.office, nil
}

// create opens an office that may be new. undo takes a database away that the
// command made and could not fill: a refusal leaves no empty file behind.
func (c *cli) create(ctx context.Context) (o *data.Office, undo func(error) error, err error) {
	path, err := c.path()
	if err != nil {
		return nil, nil, err
	}
	_, missing := os.Stat(path)
	if o, err = c.open(ctx, false); err != nil {
		return nil, nil, err
	}
	file := o.Store.Path()
	return o, func(cause error) error {
		if cause == nil || file == "" || !errors.Is(missing, os.ErrNotExist) {
			return cause
		}
		c.office = nil
		return errors.Join(cause, o.Close(), removeDatabase(file), os.Remove(file+".lock"))
	}, nil
}

// removeDatabase removes a SQLite file and what goes with it.
func removeDatabase(file string) error {
	for _, suffix := range []string{"-wal", "-shm", "", ".audit"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » n’a pas pu être supprimé : vérifiez vos droits sur le dossier.", file+suffix)
		}
	}
	return nil
}

// enter opens the office and signs the agent in; a demonstration signs its
// agent in by itself.
func (c *cli) enter(ctx context.Context) (context.Context, *data.Office, error) {
	o, err := c.open(ctx, true)
	if err != nil {
		return ctx, nil, err
	}
	return c.signIn(ctx, o)
}

// unattended is enter for what a scheduler does alone and which shows nobody's
// data (backup, verify): without --user it is the program itself that acts.
func (c *cli) unattended(ctx context.Context) (context.Context, *data.Office, error) {
	o, err := c.open(ctx, true)
	if err != nil {
		return ctx, nil, err
	}
	if c.user == "" {
		return staff.System(ctx), o, nil
	}
	return c.signIn(ctx, o)
}

func (c *cli) signIn(ctx context.Context, o *data.Office) (context.Context, *data.Office, error) {
	demo, err := o.Staff.IsDemo(ctx)
	if err != nil {
		return ctx, nil, err
	}
	var s *staff.Session
	switch {
	case c.user != "":
		if c.secret == "" {
			if c.secret, err = c.password(); err != nil {
				return ctx, nil, err
			}
		}
		if s, err = o.Staff.SignIn(ctx, c.user, c.secret); err != nil {
			return ctx, nil, err
		}
	case demo:
		if s, err = o.Staff.SignInDemo(ctx, staff.Roles...); err != nil {
			return ctx, nil, err
		}
	default:
		return ctx, nil, fault.New(fault.Forbidden, "Dites qui agit : --user NOM, avec le mot de passe dans ARDOISE_PASSWORD ou sur l’entrée standard.")
	}
	debug.FreeOSMemory() // the password's hash took 64 MB for a moment; what follows has them back
	return staff.With(ctx, s), o, nil
}

func (c *cli) password() (string, error) {
	if p := c.getenv("ARDOISE_PASSWORD"); p != "" {
		return p, nil
	}
	return c.line("Le mot de passe manque : donnez-le dans ARDOISE_PASSWORD ou sur l’entrée standard.")
}

// line reads one line of standard input: what must not stand in a command.
func (c *cli) line(missing string) (string, error) {
	line, err := c.lines.ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fault.Wrap(fault.Invalid, err, "%s", missing)
	}
	return line, nil
}

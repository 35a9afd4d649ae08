package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// words refuses a command that has not exactly the words it needs; names are
// what the words mean.
func words(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage("il manque %s", strings.Join(names[len(args):], " et "))
		case len(args) > len(names):
			return usage("« %s » est de trop", args[len(names)])
		}
		return nil
	}
}

// group is a command that only holds others.
func group(use, short string, under ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return usage("« %s » n’est pas une commande de « %s »", args[0], cmd.CommandPath())
	}}
	g.AddCommand(under...)
	return g
}

// need refuses a missing flag.
func need(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return usage("l’option --%s est obligatoire", pairs[i])
		}
	}
	return nil
}

var numbered = regexp.MustCompile(`^(?:[Ff]-?)?0*([0-9]{1,18})$`)

// number reads an identifier; a family may be written F-0087.
func number(what, text string) (int64, error) {
	m := numbered.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, usage("« %s » n’est pas un numéro %s", text, what)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n == 0 {
		return 0, usage("« %s » n’est pas un numéro %s", text, what)
	}
	return n, nil
}

// day reads a date of the machine or of a person. A day that cannot be is a
// refusal, not wrong usage: the words of the command are right.
func (c *cli) day(text string, today calendar.Date) (calendar.Date, error) {
	text = strings.TrimSpace(text)
	if d, err := calendar.ParseISO(text); err == nil {
		return d, nil
	} else if iso.MatchString(text) {
		return 0, fault.Wrap(fault.Invalid, err, "La date « %s » n’existe pas : vérifiez le jour et le mois.", text)
	}
	return calendar.ParseTyped(text, today)
}

var iso = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// days reads "2026-12-01,2026-12-03".
func (c *cli) days(text string, today calendar.Date) (out []calendar.Date, err error) {
	for part := range strings.SplitSeq(text, ",") {
		d, err := c.day(part, today)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// span reads two dates that may be missing.
func (c *cli) span(from, to string, today calendar.Date) (a, b calendar.Date, err error) {
	if from != "" {
		if a, err = c.day(from, today); err != nil {
			return 0, 0, err
		}
	}
	if to != "" {
		if b, err = c.day(to, today); err != nil {
			return 0, 0, err
		}
	}
	if a != 0 && b != 0 && b < a {
		return 0, 0, fault.New(fault.Invalid, "La période finit le %s, avant de commencer le %s.", b.Short(), a.Short())
	}
	return a, b, nil
}

func today(o *data.Office) calendar.Date { return calendar.DateOf(o.Store.Now()) }

// service finds a service by its number or its code.
func service(ctx context.Context, o *data.Office, text string) (catalog.ServiceInfo, error) {
	list, err := o.Catalog.Services(ctx)
	if err != nil {
		return catalog.ServiceInfo{}, err
	}
	text = strings.TrimSpace(text)
	for _, s := range list {
		if strconv.FormatInt(s.ID, 10) == text || strings.EqualFold(s.Code, text) {
			return s, nil
		}
	}
	var codes []string
	for _, s := range list {
		codes = append(codes, strconv.FormatInt(s.ID, 10)+" "+s.Code)
	}
	return catalog.ServiceInfo{}, fault.New(fault.NotFound, "Le service « %s » n’existe pas. Services de cette base : %s.", text, cmp.Or(strings.Join(codes, ", "), "aucun"))
}

// class finds a class of this school year by its number or its name.
func class(ctx context.Context, o *data.Office, s catalog.ServiceInfo, text string, day calendar.Date) (catalog.Class, error) {
	all, err := o.Catalog.Classes(ctx, calendar.SchoolYearOf(day))
	if err != nil {
		return catalog.Class{}, err
	}
	var names []string
	for _, k := range all {
		if !s.Takes(k.SchoolID) {
			continue
		}
		if strconv.FormatInt(k.ID, 10) == strings.TrimSpace(text) || catalog.Fold(k.Name) == catalog.Fold(text) {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return catalog.Class{}, fault.New(fault.NotFound, "La classe « %s » n’existe pas dans ce service en %s. Classes : %s.", text, calendar.SchoolYearOf(day), cmp.Or(strings.Join(names, ", "), "aucune"))
}

// inputFile opens a file of the user's to be read.
func inputFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(fault.NotFound, err, "Le fichier « %s » n’existe pas.", path)
	case err != nil:
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être lu : vérifiez vos droits.", path)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fault.New(fault.Invalid, "« %s » est un dossier : indiquez un fichier.", path), f.Close())
	}
	return f, nil
}

// maxInput bounds what is read whole into memory.
const maxInput = 64 << 20

func inputBytes(path string) (b []byte, err error) {
	f, err := inputFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err = io.ReadAll(io.LimitReader(f, maxInput+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » n’a pas pu être lu jusqu’au bout.", path)
	}
	if len(b) > maxInput {
		return nil, fault.New(fault.Invalid, "Le fichier « %s » dépasse 64 Mo : ce n’est pas un fichier attendu ici.", path)
	}
	return b, nil
}

// outputFile writes a whole file or none: beside, then renamed.
func outputFile(path string, write func(w io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".ardoise-*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être écrit : vérifiez que le dossier existe et que vous pouvez y écrire.", path)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	disk := &disk{to: f}
	if err = write(disk); err != nil && disk.err == nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(err, f.Chmod(0o600), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » n’a pas pu être écrit : vérifiez la place libre.", path)
	}
	return nil
}

// disk remembers whether writing failed: whoever writes a file may hand that
// error on as it came, and nobody could act on it.
type disk struct {
	to  io.Writer
	err error
}

func (d *disk) Write(p []byte) (n int, err error) {
	if n, err = d.to.Write(p); err != nil {
		d.err = err
	}
	return n, err
}

// format gives the form of an output file by its name, one of those allowed.
func format(path string, allowed ...string) (string, error) {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if slices.Contains(allowed, ext) {
		return ext, nil
	}
	return "", usage("--out veut un nom de fichier en .%s", strings.Join(allowed, " ou ."))
}

// paris writes an instant as ctl.md wants it: RFC 3339 with the Paris offset.
func paris(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Paris).Format(time.RFC3339)
}

// number10 writes an identifier.
func number10(id int64) string { return strconv.FormatInt(id, 10) }

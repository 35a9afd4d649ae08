package backup

import (
	"context"
	"database/sql"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Settings of a town's copies. Folders are those of the workstation that makes
// the copies.
type Settings struct {
	Daily   bool   // one copy a day by itself
	Hour    int    // 0 to 23: the day's copy is made from that hour on
	Here    string // first folder
	Second  string // second folder: a stick, a share; "" for none
	Machine string // PostgreSQL: the workstation that makes the day's copy; "" for none yet
	Rule    Rule
}

// The names of the settings.
const (
	recipientKey = "backup.recipient"
	troubleKey   = "backup.trouble"
	claimKey     = "backup.claim"
	dailyKey     = "backup.daily"
	hourKey      = "backup.hour"
	hereKey      = "backup.here"
	secondKey    = "backup.second"
	machineKey   = "backup.machine"
	daysKey      = "backup.keep.days"
	weeksKey     = "backup.keep.weeks"
	monthsKey    = "backup.keep.months"
	beforeKey    = "backup.keep.before"
)

// Settings reads them.
func (s *Service) Settings(ctx context.Context) (set Settings, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return set, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		set, err = s.settingsTx(tx)
		return err
	})
	return set, err
}

func (s *Service) settingsTx(tx *store.Tx) (Settings, error) {
	set := Settings{Daily: true, Here: s.opt.Folder, Rule: DefaultRule}
	// A number that makes no sense was not written by us: what we have stays.
	numbers := map[string]*int{
		hourKey: &set.Hour, daysKey: &set.Rule.Days, weeksKey: &set.Rule.Weeks, monthsKey: &set.Rule.Months, beforeKey: &set.Rule.Before,
	}
	texts := map[string]*string{hereKey: &set.Here, secondKey: &set.Second, machineKey: &set.Machine}
	names := append(slices.Collect(maps.Keys(numbers)), dailyKey)
	names = slices.AppendSeq(names, maps.Keys(texts))
	err := store.Each(tx, func(r *sql.Rows) error {
		var name, value string
		if err := r.Scan(&name, &value); err != nil || value == "" {
			return err
		}
		if p := texts[name]; p != nil {
			*p = value
		} else if p := numbers[name]; p != nil {
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				*p = n
			}
		} else {
			set.Daily = value == "1"
		}
		return nil
	}, `SELECT name, value FROM setting WHERE name = ANY($1)`, names)
	return set, err
}

// Check judges the settings where they are typed; nothing is written but the
// folders, which are made where they are missing.
func (set Settings) Check() error {
	set = set.clean()
	if set.Hour < 0 || set.Hour > 23 {
		return fault.New(fault.Invalid, "L’heure de la sauvegarde va de 0 à 23.")
	}
	for _, n := range []struct {
		value, low, high int
		what             string
	}{{set.Rule.Days, 1, 365, "jours"}, {set.Rule.Weeks, 0, 53, "semaines"}, {set.Rule.Months, 0, 120, "mois"}, {set.Rule.Before, 1, 365, "jours avant un import"}} {
		if n.value < n.low || n.value > n.high {
			return fault.New(fault.Invalid, "Le nombre de %s va de %d à %d.", n.what, n.low, n.high)
		}
	}
	if err := CheckFolder(set.Here); err != nil {
		return err
	}
	if set.Second == "" {
		return nil
	}
	if set.Second == set.Here {
		return fault.New(fault.Invalid, "Le second dossier est le même que le premier : il ne protège de rien de plus. Choisissez une clé USB ou un partage.")
	}
	return checkSecond(set.Second)
}

func (set Settings) clean() Settings {
	for _, p := range []*string{&set.Here, &set.Second} {
		if *p = strings.TrimSpace(*p); *p != "" {
			*p = filepath.Clean(*p)
		}
	}
	set.Machine = strings.TrimSpace(set.Machine)
	return set
}

// CheckFolder says whether copies can be written into a folder; one that is
// missing is made.
func CheckFolder(dir string) error {
	dir = strings.TrimSpace(dir)
	if dir == "" {
		return fault.New(fault.Invalid, "Indiquez le dossier des sauvegardes.")
	}
	if !filepath.IsAbs(dir) {
		return fault.New(fault.Invalid, "« %s » n’est pas un chemin complet : choisissez le dossier avec « Parcourir… ».", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé : choisissez un dossier où vous avez le droit d’écrire.", dir)
	}
	return writable(dir)
}

// checkSecond never makes the folder: a stick that is not plugged in must not
// leave a folder of its name on the disk of the database.
func checkSecond(dir string) error {
	if !filepath.IsAbs(dir) {
		return fault.New(fault.Invalid, "« %s » n’est pas un chemin complet : choisissez le dossier avec « Parcourir… ».", dir)
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return fault.Wrap(fault.Unavailable, err, "Le second dossier « %s » n’est pas là : branchez la clé USB ou le partage. La copie y sera écrite à la prochaine sauvegarde.", dir)
	}
	return writable(dir)
}

func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".ardoise-*")
	if err == nil {
		err = probe.Close()
		if rerr := os.Remove(probe.Name()); err == nil {
			err = rerr
		}
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » est en lecture seule ou plein : choisissez un dossier où vous avez le droit d’écrire.", dir)
	}
	return nil
}

// SaveSettings keeps them once they are right.
func (s *Service) SaveSettings(ctx context.Context, set Settings) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	set = set.clean()
	if err := set.Check(); err != nil {
		return err
	}
	daily := "0"
	if set.Daily {
		daily = "1"
	}
	values := [][2]string{
		{dailyKey, daily},
		{hourKey, strconv.Itoa(set.Hour)},
		{hereKey, set.Here},
		{secondKey, set.Second},
		{machineKey, set.Machine},
		{daysKey, strconv.Itoa(set.Rule.Days)},
		{weeksKey, strconv.Itoa(set.Rule.Weeks)},
		{monthsKey, strconv.Itoa(set.Rule.Months)},
		{beforeKey, strconv.Itoa(set.Rule.Before)},
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		for _, v := range values {
			if err := catalog.SetSettingTx(tx, v[0], v[1]); err != nil {
				return err
			}
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "backup.settings", "setting:0", "Réglages des sauvegardes : "+set.text())
	})
}

// text says the settings in a line of the trail.
func (set Settings) text() string {
	out := "pas de copie automatique"
	if set.Daily {
		out = "une copie par jour à partir de " + strconv.Itoa(set.Hour) + " h"
	}
	out += ", dans « " + set.Here + " »"
	if set.Second != "" {
		out += " et « " + set.Second + " »"
	}
	return fault.French(out)
}

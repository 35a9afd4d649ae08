package families

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// maxList bounds what is read of a school's file, in bytes: a large school's is
// under one megabyte.
const maxList = 32 << 20

// lists is what an import is asked of.
type lists struct{ school, commune, pupils, guardians string }

// planSchool reads both files and plans; nothing is written.
func (d Deps) planSchool(ctx context.Context, l lists) (*importer.ONDEPlan, error) {
	in := importer.ONDE{School: l.school, Commune: l.commune, PupilsName: filepath.Base(l.pupils), GuardiansName: filepath.Base(l.guardians)}
	var err error
	if in.Pupils, err = readList(l.pupils); err != nil {
		return nil, err
	}
	if in.Guardians, err = readList(l.guardians); err != nil {
		return nil, err
	}
	return d.Import.PlanONDE(ctx, in)
}

func readList(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Unavailable, err, "« %s » ne peut pas être ouvert : vérifiez qu’il est toujours là.", filepath.Base(path))
	case info.Size() > maxList:
		return nil, fault.New(fault.Invalid, "« %s » est trop gros pour une liste d’école : choisissez le fichier CSV de ONDE.", filepath.Base(path))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "« %s » ne peut pas être lu.", filepath.Base(path))
	}
	return data, nil
}

// The parts of a plan shown.
const (
	showAll       = "all"
	showCreated   = importer.Create
	showUpdated   = importer.Update
	showUnchanged = importer.Unchanged
	showRefused   = "refused"
	showGone      = importer.Gone
	showNotices   = "notices"
)

// planRow is one line of the preview, ready made.
type planRow struct {
	badge  widgets.BadgeSpec
	where  string // line of the file
	who    string
	detail string
	ink    theme.Token
}

var planBadges = map[string]widgets.BadgeSpec{
	showCreated:   {Icon: "plus", Text: "Nouveau", Tone: widgets.Success},
	showUpdated:   {Icon: "edit", Text: "Modifié", Tone: widgets.Info},
	showUnchanged: {Icon: "check", Text: "Inchangé", Tone: widgets.Neutral},
	showGone:      {Icon: "logout", Text: "Plus au fichier", Tone: widgets.Warning},
	showRefused:   {Icon: "circle-cross", Text: "Refusé", Tone: widgets.Failure},
	showNotices:   {Icon: "info", Text: "Remarque", Tone: widgets.Info},
}

// planParts gives the filters of a plan with their counts; empty parts are left out.
func planParts(p *importer.ONDEPlan) []widgets.Option {
	out := []widgets.Option{{ID: showAll, Label: "Tout"}}
	add := func(id, word string) {
		if n := len(planRows(p, id)); n > 0 {
			out = append(out, widgets.Option{ID: id, Label: fmt.Sprintf("%s"+nbsp+"%d", word, n)})
		}
	}
	add(showRefused, "Refusés")
	add(showCreated, "Nouveaux")
	add(showUpdated, "Modifiés")
	add(showUnchanged, "Inchangés")
	add(showGone, "Plus au fichier")
	add(showNotices, "Remarques")
	return out
}

// planRows lists what one part of the plan holds, what needs an eye first.
func planRows(p *importer.ONDEPlan, part string) (out []planRow) {
	if part == showAll || part == showRefused {
		for _, r := range p.Refused {
			out = append(out, planRow{planBadges[showRefused], fmt.Sprintf("%s, l."+nbsp+"%d", r.File, r.Line), or(r.Who, "—"), r.Reason, theme.Erreur})
		}
	}
	line := func(l importer.Line) {
		where := ""
		if l.Line > 0 {
			where = fmt.Sprintf("l."+nbsp+"%d", l.Line)
		}
		who := l.Child
		if who == "" {
			who = "Famille " + l.Family
		}
		parts := []string{l.Detail, l.Class}
		if l.Child != "" && l.Family != "" {
			parts = append(parts, "famille "+l.Family)
		}
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		out = append(out, planRow{planBadges[l.Action], where, who, strings.Join(parts, " · "), theme.None})
	}
	for _, action := range []string{showCreated, showUpdated, showUnchanged} {
		if part != showAll && part != action {
			continue
		}
		for _, l := range p.Lines {
			if l.Action == action {
				line(l)
			}
		}
	}
	if part == showAll || part == showGone {
		for _, l := range p.Left {
			l.Action = showGone
			line(l)
		}
	}
	if part == showAll || part == showNotices {
		for _, n := range p.Notices {
			out = append(out, planRow{planBadges[showNotices], fmt.Sprintf("%s, l."+nbsp+"%d", n.File, n.Line), "", n.Text, theme.None})
		}
	}
	return out
}

// news says what the catalog will gain.
func news(p *importer.ONDEPlan) string {
	var out []string
	if p.NewSchool {
		out = append(out, "École à créer : "+p.School+" ; rattachez-la aux services dans Réglages")
	}
	if n := len(p.NewClasses); n > 0 {
		out = append(out, fmt.Sprintf("%d classe%s à créer : %s", n, plural(n), strings.Join(p.NewClasses, ", ")))
	}
	if len(out) == 0 {
		return ""
	}
	return fault.French(strings.Join(out, ". ") + ".")
}

// schoolOptions lists the schools known, then the way to name another.
func schoolOptions(list []catalog.School, communes []catalog.Commune) (out []widgets.Option) {
	names := map[int64]string{}
	for _, c := range communes {
		names[c.ID] = c.Name
	}
	for _, s := range list {
		out = append(out, widgets.Option{ID: id(s.ID), Label: s.Name, Detail: names[s.CommuneID], Icon: "school"})
	}
	return append(out, widgets.Option{ID: "0", Label: "Autre école…", Icon: "plus"})
}

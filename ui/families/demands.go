package families

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/retention"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// What a family may ask of the town hall about its data: to have it, to have it
// corrected, to have it gone.

// export asks whether health goes with it, then where, and writes everything held about
// the family.
func (p *page) export() {
	if off := p.writeOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	f := p.m.det.f
	health := widgets.NewCheck("Avec les données de santé", nil).Detail("Seulement si la famille les demande" + nbsp + ": l’ouverture est journalisée.")
	form := widgets.NewForm()
	form.Line(widgets.NewParagraph("Un seul fichier ZIP"+nbsp+": un document à lire (PDF), toutes les données (JSON), les pièces et les courriels.", widgets.Body))
	if p.m.may.health {
		form.Line(health)
	} else {
		form.Line(widgets.NewParagraph("Les données de santé n’y seront pas"+nbsp+": un agent qui a le rôle «"+nbsp+staff.Sante.Label()+nbsp+"» peut les ajouter.", widgets.Small))
	}
	form.Line(widgets.NewAlert(widgets.Warning, "Ce fichier n’est pas chiffré.", ""))
	form.Line(widgets.NewParagraph("Remettez-le en main propre à un responsable du foyer, après avoir vérifié qui il est, puis effacez votre copie.", widgets.Body))
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Exporter le dossier (droit d’accès)", "Famille "+f.Name, form.Content(), "Choisir où l’écrire…", widgets.Primary, func() {
		p.writeExport(f, p.m.may.health && health.Checked(), form.Refuse, dlg.Close)
	})
	dlg.First = dlg.Main
	if p.m.may.health {
		dlg.First = health
	}
	p.sh.Show(dlg)
}

func (p *page) writeExport(f family.Family, health bool, refuse func(error), close func()) {
	var path string
	p.write(func(ctx context.Context) (err error) {
		if path, err = p.sh.Files().Save(ctx, "Exporter le dossier de la famille "+f.Name, "dossier-"+f.Number()+".zip"); err != nil || path == "" {
			return err
		}
		o := family.ExportOptions{Health: health}
		if p.m.d.RightsPDF != nil {
			o.Paper = func(w io.Writer, d family.Dossier) error { return p.m.d.RightsPDF(ctx, w, d) }
		}
		return kit.WriteFile(path, func(w io.Writer) error { return p.m.d.Family.Export(ctx, f.ID, o, w) })
	}, refuse, func() {
		if path == "" {
			return // given up: the dialog stays
		}
		close()
		text := "Dossier de la famille " + f.Name + " exporté"
		if !health {
			text += ", sans la santé"
		}
		p.sh.Done(text+nbsp+": "+filepath.Base(path), nil)
	})
}

// rectify keeps on the trail that a correction was asked for; the correction itself is
// made in the tabs.
func (p *page) rectify() {
	if off := p.writeOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	f := p.m.det.f
	who, how, what := widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextArea(3)
	if len(f.Guardians) > 0 {
		who.SetText(f.Guardians[0].Name())
	}
	how.SetText("au guichet")
	on := widgets.NewDateField(p.sh.Today)
	on.Set(p.sh.Today())
	form := widgets.NewForm()
	filled := func(in interface{ Text() string }, sentence string) func() error {
		return func() error {
			if in.Text() == "" {
				return fault.New(fault.Invalid, "%s", sentence)
			}
			return nil
		}
	}
	form.Add(widgets.NewField("Qui la demande", "", who), filled(who, "Dites qui la demande."))
	form.Add(widgets.NewField("Comment", "Au guichet, par courrier, par courriel, par téléphone.", how), filled(how, "Dites comment elle a été demandée."))
	when := func() (calendar.Date, error) { return on.Value() }
	form.Add(widgets.NewField("Quand", "", on), func() error { _, err := when(); return err })
	form.Add(widgets.NewField("Ce qui est à corriger", "Gardé au journal : pas de données de santé.", what), filled(what, "Dites ce qui est à corriger."))
	form.Line(widgets.NewParagraph("Corrigez ensuite les onglets Foyer et Enfants"+nbsp+": le journal garde l’ancienne et la nouvelle valeur. Les quittances et les factures passées ne se réécrivent pas.", widgets.Small))
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Rectification demandée", "Famille "+f.Name, form.Content(), "Garder au journal", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		day, err := when()
		if err != nil {
			form.Refuse(err)
			return
		}
		r := family.Rectification{FamilyID: f.ID, Who: who.Text(), How: how.Text(), On: day, What: what.Text()}
		p.write(func(ctx context.Context) error { return p.m.d.Family.Rectify(ctx, r) }, form.Refuse, func() {
			dlg.Close()
			p.sh.Done("Demande gardée au journal", nil)
			p.goTab(tabHome)
			p.tabs.Set(tabHome)
			p.refresh()
		})
	})
	dlg.First = who.FocusTarget()
	p.sh.Show(dlg)
}

func (p *page) adminOff() string {
	if !p.m.may.admin {
		return lacks(staff.Admin)
	}
	return ""
}

// hold marks the file « ne pas purger », or lifts the mark.
func (p *page) hold() {
	if off := p.adminOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	f := p.m.det.f
	set := func(reason, said string, refuse func(error), then func()) {
		p.write(func(ctx context.Context) error { return p.m.d.Retention.SetHold(ctx, f.ID, reason) }, refuse, func() {
			then()
			p.sh.Done(said, nil)
			p.refresh()
		})
	}
	if f.Hold != "" {
		p.sh.Confirm("Ne plus retenir la famille "+f.Name+nbsp+"?", "Le dossier suit de nouveau les durées de conservation. Motif de la marque"+nbsp+": "+f.Hold+".", "Ne plus retenir", widgets.Primary, func() {
			set("", "Le dossier de la famille "+f.Name+" n’est plus retenu", nil, func() {})
		})
		return
	}
	why := widgets.NewTextField()
	form := widgets.NewForm()
	form.Add(widgets.NewField("Motif", "Litige, enquête, recours. Rien de ce dossier ne sera purgé tant que la marque est là.", why), func() error {
		if why.Text() == "" {
			return fault.New(fault.Invalid, "Dites pourquoi.")
		}
		return nil
	})
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Ne pas purger", "Famille "+f.Name, form.Content(), "Retenir le dossier", widgets.Primary, func() {
		if form.Validate() {
			set(why.Text(), "Dossier de la famille "+f.Name+" retenu", form.Refuse, dlg.Close)
		}
	})
	dlg.First = why.FocusTarget()
	p.sh.Show(dlg)
}

// anonymise shows what would go and what the law keeps, then does it once agreed to.
func (p *page) anonymise() {
	if off := p.adminOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	f := p.m.det.f
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (retention.Anonymisation, error) {
		return p.m.d.Retention.PlanAnonymise(ctx, f.ID)
	}, func(a retention.Anonymisation, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.showAnonymisation(a)
	})
}

func (p *page) showAnonymisation(a retention.Anonymisation) {
	line := func(text, icon string, ink theme.Token) fyne.CanvasObject {
		return widgets.HFlex(8, []float32{0, 1}, widgets.NewIcon(icon, ink, 16), widgets.NewParagraph(text, widgets.Body))
	}
	var objs []fyne.CanvasObject
	verb := "Anonymiser"
	if len(a.Refusals) > 0 {
		objs = append(objs, widgets.NewAlert(widgets.Warning, "Ce dossier ne peut pas encore être anonymisé.", ""))
	}
	for _, r := range a.Refusals {
		objs = append(objs, line(r, "circle-alert", theme.Erreur))
		verb = ""
	}
	if verb != "" {
		objs = append(objs, widgets.NewParagraph("Noms, adresses, téléphones, courriels, notes, santé, pièces et messages partent pour de bon. Montants, jours et numéros restent.", widgets.Body))
	}
	if verb == "" {
		objs = append(objs, widgets.NewLabel("Le moment venu", widgets.SmallBold))
	}
	for _, l := range a.Lines() {
		objs = append(objs, line(l, "circle-check", theme.Ardoise600))
	}
	if verb != "" {
		objs = append(objs, widgets.NewAlert(widgets.Warning, "C’est définitif.", ""),
			widgets.NewParagraph("Les sauvegardes d’avant gardent ces données jusqu’à leur propre effacement.", widgets.Body))
	}
	var dlg *widgets.Dialog
	busy := false
	dlg = widgets.NewDialog("Anonymiser la famille "+a.Family.Name, "Dossier n° "+a.Family.Number(), widgets.VBox(10, objs...), verb, widgets.Danger, func() {
		if busy {
			return
		}
		busy = true
		var traces error
		p.write(func(ctx context.Context) error {
			err := p.m.d.Retention.Anonymise(ctx, a)
			if errors.Is(err, retention.ErrTraces) {
				traces, err = err, nil
			}
			return err
		}, func(err error) {
			busy = false
			dlg.Close()
			p.sh.Refused(err)
		}, func() {
			dlg.Close()
			p.sh.Done("Le dossier "+a.Family.Number()+" est anonymisé", nil)
			if traces != nil {
				p.sh.Refused(traces)
			}
			p.refresh()
		})
	})
	dlg.Width = 620
	p.sh.Show(dlg)
}

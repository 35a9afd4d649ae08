package settings

import (
	"context"
	"strconv"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/ui/widgets"
)

// create asks what the new service is, and opens it ready to be completed.
func (t *servicesTab) create() {
	if len(t.place.communes) == 0 || len(t.place.schoolList) == 0 {
		t.sh.Confirm("Il faut d’abord une commune et une école", "Un service accueille les enfants d’une école. « Communes et écoles » les reçoit.", "Y aller", widgets.Primary, func() {
			t.sh.Navigate("settings", tabPlaces)
		})
		return
	}
	t.leave(t.askNew)
}

func (t *servicesTab) askNew() {
	kind := widgets.NewRadioRows(nil,
		widgets.Option{ID: catalog.Canteen, Label: "Cantine", Icon: "fork-knife", Detail: "lundi, mardi, jeudi, vendredi"},
		widgets.Option{ID: catalog.Morning, Label: "Garderie du matin", Icon: "sun", Detail: "avant la classe"},
		widgets.Option{ID: catalog.Evening, Label: "Garderie du soir", Icon: "moon", Detail: "après la classe"},
		widgets.Option{ID: catalog.FullDay, Label: "Accueil de loisirs", Icon: "star", Detail: "le mercredi"})
	var communes []widgets.Option
	for _, c := range t.place.communes {
		communes = append(communes, widgets.Option{ID: strconv.FormatInt(c.ID, 10), Label: c.Name, Detail: c.Postal})
	}
	commune := widgets.NewSelect(nil, communes...)
	commune.Set(communes[0].ID)
	zone := widgets.NewChoice(widgets.Segments, nil, widgets.Option{ID: "A", Label: "Zone A"}, widgets.Option{ID: "B", Label: "Zone B"}, widgets.Option{ID: "C", Label: "Zone C"})
	if len(t.place.services) > 0 {
		zone.Set(string(t.place.services[0].Zone))
	}
	form := widgets.NewForm().Add(widgets.NewField("Sorte de service", "", kind), nil).
		Add(widgets.NewField("Commune", "Les écoles de la commune sont cochées.", commune), nil).
		Add(widgets.NewField("Vacances scolaires", "", zone), nil).
		Line(widgets.NewParagraph("Le service est rempli comme dans la plupart des communes : jours, dates limites, une tranche, pièces. Vous ajustez, puis vous enregistrez.", widgets.Small))
	var d *widgets.Dialog
	going := false
	d = widgets.NewDialog("Nouveau service", "", form.Content(), "Continuer", widgets.Primary, func() {
		going = true
		d.Close()
		t.startNew(kind.Value(), commune.Value(), calendar.Zone(zone.Value()))
	})
	d.First, d.OnClose = kind, func() {
		if !going {
			t.load()
		}
	}
	t.sh.Show(d)
}

// startNew opens a service that is not kept yet.
func (t *servicesTab) startNew(kind, commune string, zone calendar.Zone) {
	s := starter{kind: kind, zone: zone, today: t.sh.Today()}
	for _, c := range t.place.communes {
		if strconv.FormatInt(c.ID, 10) == commune {
			s.commune = c
		}
	}
	for _, c := range t.place.schoolList {
		if c.CommuneID == s.commune.ID {
			s.schools = append(s.schools, c)
		}
	}
	var known dates
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		known, err = t.dates(ctx, 0)
		return err
	}, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.known = known
		t.at = len(t.place.services)
		t.begin(s.fresh())
		t.list.SetCount(t.at + 1)
		t.list.Select(t.at)
		t.tabs.Set(partGeneral)
		t.showPart()
		focusOn(t.sh, t.part().first())
	})
}

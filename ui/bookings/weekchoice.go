package bookings

import (
	"slices"
	"strconv"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/ui/widgets"
)

// takeLists keeps the choices, and makes a first one: the service to start with,
// else the first canteen; its first school, every class.
func (m *weekModel) takeLists(l weekLists) {
	l.services = slices.DeleteFunc(slices.Clone(l.services), func(s catalog.ServiceInfo) bool { return !s.Active })
	m.lists = l
	if m.known() || len(l.services) == 0 {
		return
	}
	if m.setService(l.start); m.known() {
		return
	}
	first := l.services[0]
	for _, s := range l.services {
		if s.Kind == catalog.Canteen {
			first = s
			break
		}
	}
	m.setService(first.ID)
}

func (m *weekModel) info() (catalog.ServiceInfo, bool) {
	for _, s := range m.lists.services {
		if s.ID == m.service {
			return s, true
		}
	}
	return catalog.ServiceInfo{}, false
}

func (m *weekModel) known() bool {
	_, ok := m.info()
	return ok
}

// setService turns to a service; the school stays where the service takes it.
func (m *weekModel) setService(id int64) {
	m.service = id
	s, ok := m.info()
	if !ok || s.Takes(m.school) && m.school != 0 {
		return
	}
	m.setSchool(0)
	if len(s.Schools) > 0 {
		m.setSchool(s.Schools[0])
	}
}

func (m *weekModel) setSchool(id int64) {
	m.school, m.classes = id, nil
}

// filter is what the booking room is asked for.
func (m *weekModel) filter() booking.WeekFilter {
	switch {
	case len(m.classes) > 0:
		return booking.WeekFilter{Classes: m.classes}
	case m.school != 0:
		return booking.WeekFilter{Schools: []int64{m.school}}
	}
	return booking.WeekFilter{}
}

func id64(n int64) string { return strconv.FormatInt(n, 10) }

func (m *weekModel) serviceOptions() []widgets.Option {
	towns := map[string]bool{}
	for _, s := range m.lists.services {
		towns[s.Commune] = true
	}
	out := make([]widgets.Option, len(m.lists.services))
	for i, s := range m.lists.services {
		out[i] = widgets.Option{ID: id64(s.ID), Label: s.Short, Icon: serviceIcons[s.Kind]}
		if len(towns) > 1 {
			out[i].Detail = s.Commune
		}
	}
	return out
}

func (m *weekModel) schoolOptions() []widgets.Option {
	s, _ := m.info()
	var out []widgets.Option
	for _, h := range m.lists.schools {
		if s.Takes(h.ID) {
			out = append(out, widgets.Option{ID: id64(h.ID), Label: h.Name})
		}
	}
	if len(out) > 1 {
		out = append(out, widgets.Option{ID: "0", Label: "Toutes les écoles"})
	}
	return out
}

// several is the class choice that opens a dialog.
const several = "several"

func (m *weekModel) classOptions() []widgets.Option {
	out := []widgets.Option{{ID: "", Label: "Toutes les classes"}}
	own := m.schoolClasses()
	for _, k := range own {
		out = append(out, widgets.Option{ID: id64(k.ID), Label: k.Name})
	}
	if len(m.classes) > 1 {
		out = append(out, widgets.Option{ID: m.classValue(), Label: m.classNames()})
	}
	if len(own) > 2 {
		out = append(out, widgets.Option{ID: several, Label: "Plusieurs classes…"})
	}
	return out
}

func (m *weekModel) schoolClasses() (out []catalog.Class) {
	for _, k := range m.lists.classes {
		if m.school != 0 && k.SchoolID == m.school {
			out = append(out, k)
		}
	}
	return out
}

// classValue is the class choice's id: "" for all, "12" or "12,13".
func (m *weekModel) classValue() string {
	ids := make([]string, len(m.classes))
	for i, k := range m.classes {
		ids[i] = id64(k)
	}
	return strings.Join(ids, ",")
}

// classNames says the chosen classes: "CE1 et CE2".
func (m *weekModel) classNames() string {
	var names []string
	for _, k := range m.lists.classes {
		if slices.Contains(m.classes, k.ID) {
			names = append(names, k.Name)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " et " + names[len(names)-1]
}

// className is one class's name.
func (m *weekModel) className(id int64) string {
	for _, k := range m.lists.classes {
		if k.ID == id {
			return k.Name
		}
	}
	return ""
}

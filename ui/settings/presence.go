package settings

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// whereText says where an agent is at work: « Sur ACCUEIL-2 depuis 8 h 12 ».
func whereText(there []staff.Presence, now time.Time) string {
	text := placeText(there[0], now)
	if n := len(there) - 1; n > 0 {
		text += fmt.Sprintf(" (+%d)", n)
	}
	return text
}

// whereLines says all of it, a line a place.
func whereLines(there []staff.Presence, now time.Time) string {
	lines := make([]string, len(there))
	for i, p := range there {
		lines[i] = placeText(p, now) + ", " + p.Program
	}
	return strings.Join(lines, "\n")
}

func placeText(p staff.Presence, now time.Time) string {
	text := "Sur " + p.Machine + " depuis "
	if p.Here {
		text = "Ici depuis "
	}
	if day := calendar.DateOf(p.Since); day != calendar.DateOf(now) {
		text += "le " + day.Short() + " à "
	}
	text += calendar.HourText(p.Since)
	if p.Locked {
		text += ", verrouillé"
	}
	return text
}

// elsewhere are an agent's sessions at other desks.
func (t *agentsTab) elsewhere(a staff.Agent) (out []staff.Presence) {
	for _, p := range t.places[a.ID] {
		if !p.Here {
			out = append(out, p)
		}
	}
	return out
}

// endSessions closes an agent's sessions at other desks, once confirmed.
func (t *agentsTab) endSessions() {
	a, ok := t.selected()
	if !ok || t.part.Disabled() {
		return
	}
	there := t.elsewhere(a)
	machines := make([]string, len(there))
	for i, p := range there {
		machines[i] = p.Machine
	}
	where := strings.Join(machines, ", ")
	t.sh.Confirm("Fermer la session de "+a.Name+"\u00a0?", "Sur "+where+", Ardoise revient à la porte et le dit. Ce qui est enregistré le reste\u00a0; ce qui y est seulement tapé est perdu.", "Fermer la session", widgets.Danger, func() {
		t.do(func(ctx context.Context) error {
			for _, p := range there {
				if err := t.d.Staff.EndSession(ctx, p.ID); err != nil {
					return err
				}
			}
			return nil
		}, "Session de "+a.Name+" fermée sur "+where)
	})
}

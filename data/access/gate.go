package access

import (
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// GateKey names a gate: a child before a service.
type GateKey struct{ ChildID, ServiceID int64 }

// Gate says whether a child may be booked at a service in a school year.
type Gate struct {
	RequestID int64
	State     State
	Pay       string // Prepaid or Monthly
	StartOn   calendar.Date
	ValidTo   calendar.Date
	Year      calendar.SchoolYear
	Reason    string // of a refusal, as the family was told
	today     calendar.Date
}

// Open answers for one day of the meal, with the sentence of a refusal. The
// documents must be good today, when the booking is made; a meal beyond their
// end may be booked, for the family is warned and has time to renew them.
func (g Gate) Open(day calendar.Date) (ok bool, why string) {
	switch {
	case g.RequestID == 0:
		return false, "Aucune demande d’accès à ce service pour l’année scolaire " + calendar.SchoolYearOf(day).String() + "."
	case g.State == Refused:
		return false, "L’accès a été refusé : " + g.Reason + "."
	case g.State == Incomplete:
		return false, "La demande d’accès est incomplète : " + g.Reason + "."
	case g.State == Suspended || g.State == Accepted && g.ValidTo < g.today:
		return false, "L’accès est suspendu depuis le " + g.ValidTo.Add(1).Short() + " : une pièce est à renouveler."
	case g.State != Accepted:
		return false, "La demande d’accès n’est pas encore acceptée."
	case g.StartOn != 0 && day < g.StartOn:
		return false, "L’accès n’est ouvert qu’à partir du " + g.StartOn.Short() + "."
	case !g.Year.Contains(day):
		return false, "L’accès vaut pour l’année scolaire " + g.Year.String() + " seulement."
	}
	return true, ""
}

// Gates loads the gates of some children for a school year, in one query. A
// key that is not in the map has no request: the zero Gate says so.
func Gates(tx *store.Tx, children []int64, year calendar.SchoolYear) (map[GateKey]Gate, error) {
	gates := map[GateKey]Gate{}
	today := calendar.DateOf(tx.Now())
	err := store.Each(tx, func(r *sql.Rows) error {
		var k GateKey
		g := Gate{Year: year, today: today}
		var start, end string
		if err := r.Scan(&g.RequestID, &k.ChildID, &k.ServiceID, &g.State, &g.Pay, &start, &end, &g.Reason); err != nil {
			return err
		}
		if err := g.StartOn.UnmarshalText([]byte(start)); err != nil {
			return err
		}
		if err := g.ValidTo.UnmarshalText([]byte(end)); err != nil {
			return err
		}
		gates[k] = g // a refused request comes first and gives way to a live one
		return nil
	}, `SELECT id, child_id, service_id, state, pay, start_on, valid_to, reason FROM access_request
		WHERE child_id = ANY($1) AND school_year = $2 ORDER BY CASE state WHEN 'refused' THEN 0 ELSE 1 END, id`, children, int(year))
	return gates, err
}

package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode/utf8"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// KitchenGroup is a delivery: the schools whose meals leave together. The sheet
// of the day has a subtotal for each, when there is more than one.
type KitchenGroup struct {
	ID      int64 // 0: a new one
	Name    string
	Schools []int64
}

// KitchenGroups are the deliveries in their order.
type KitchenGroups []KitchenGroup

// KitchenGroupsTx reads the deliveries and their schools, in one question.
func KitchenGroupsTx(tx *store.Tx) (list KitchenGroups, err error) {
	err = store.Each(tx, func(r *sql.Rows) error {
		var g KitchenGroup
		var school sql.NullInt64
		if err := r.Scan(&g.ID, &g.Name, &school); err != nil {
			return err
		}
		if n := len(list); n == 0 || list[n-1].ID != g.ID {
			list = append(list, g)
		}
		if school.Valid {
			last := &list[len(list)-1]
			last.Schools = append(last.Schools, school.Int64)
		}
		return nil
	}, `SELECT g.id, g.name, s.id FROM kitchen_group g LEFT JOIN school s ON s.kitchen_group_id = g.id ORDER BY g.rank, g.id, s.id`)
	return list, err
}

// Version tells two states of the deliveries apart.
func (l KitchenGroups) Version() string {
	var b strings.Builder
	for _, g := range l {
		b.WriteString(itoa(g.ID) + "\x1f" + g.Name)
		schools := slices.Clone(g.Schools)
		slices.Sort(schools)
		for _, id := range schools {
			b.WriteString("\x1f" + itoa(id))
		}
		b.WriteByte('\x1e')
	}
	return b.String()
}

// KitchenGroups gives the deliveries in their order.
func (s *Service) KitchenGroups(ctx context.Context) (KitchenGroups, error) {
	return read(ctx, s, KitchenGroupsTx)
}

// CheckKitchenGroupName judges one name where it is typed.
func CheckKitchenGroupName(text string) error {
	switch name := strings.TrimSpace(text); {
	case Fold(name) == "":
		return fault.New(fault.Invalid, "Donnez un nom à ce groupe de livraison.")
	case utf8.RuneCountInString(name) > 60:
		return fault.New(fault.Invalid, "Ce nom est trop long"+nbsp+": 60 lettres au plus.")
	}
	return nil
}

func (l KitchenGroups) check() error {
	names, of := map[string]bool{}, map[int64]string{}
	for _, g := range l {
		if err := CheckKitchenGroupName(g.Name); err != nil {
			return err
		}
		if names[Fold(g.Name)] {
			return fault.New(fault.Invalid, "Deux groupes s’appellent «"+nbsp+"%s"+nbsp+"». Distinguez-les.", g.Name)
		}
		names[Fold(g.Name)] = true
		for _, id := range g.Schools {
			if other, twice := of[id]; twice {
				return fault.New(fault.Invalid, "Une école n’est livrée que dans un groupe"+nbsp+": retirez-la de «"+nbsp+"%s"+nbsp+"» ou de «"+nbsp+"%s"+nbsp+"».", other, g.Name)
			}
			of[id] = g.Name
		}
	}
	return nil
}

// SaveKitchenGroups keeps the whole list, in its order: groups it does not name
// go, their schools are delivered in none. seen is the Version of what was shown.
func (s *Service) SaveKitchenGroups(ctx context.Context, l KitchenGroups, seen string) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		was, err := KitchenGroupsTx(tx)
		if err != nil {
			return err
		}
		if was.Version() != seen {
			return fault.New(fault.Conflict, "Les groupes de livraison ont changé depuis l’affichage, relisez-les.")
		}
		if err := writeKitchenGroups(tx, l); err != nil {
			return err
		}
		names := make([]string, len(l))
		for i, g := range l {
			names[i] = strings.TrimSpace(g.Name)
		}
		text := "Groupes de livraison" + nbsp + ": aucun"
		if len(names) > 0 {
			text = "Groupes de livraison" + nbsp + ": " + strings.Join(names, ", ")
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.kitchen_groups", "kitchen_group", text)
	})
}

func writeKitchenGroups(tx *store.Tx, l KitchenGroups) error {
	if _, err := tx.Exec(`UPDATE school SET kitchen_group_id = NULL WHERE kitchen_group_id IS NOT NULL`); err != nil {
		return err
	}
	keep := []int64{0}
	for _, g := range l {
		keep = append(keep, g.ID)
	}
	if _, err := tx.Exec(`DELETE FROM kitchen_group WHERE NOT (id = ANY($1))`, keep); err != nil {
		return err
	}
	// Names may have been exchanged: each is put aside before it is given anew.
	if _, err := tx.Exec(`UPDATE kitchen_group SET name = '?' || CAST(id AS TEXT)`); err != nil {
		return err
	}
	for i, g := range l { // a handful
		id, name := g.ID, strings.TrimSpace(g.Name)
		if id == 0 {
			if err := tx.QueryRow(`INSERT INTO kitchen_group (name, rank) VALUES ($1, $2) RETURNING id`, name, i+1).Scan(&id); err != nil {
				return err
			}
		} else if n, err := tx.Exec(`UPDATE kitchen_group SET name = $1, rank = $2 WHERE id = $3`, name, i+1, id); err != nil {
			return err
		} else if n == 0 {
			return fault.New(fault.NotFound, "Le groupe «"+nbsp+"%s"+nbsp+"» n’existe plus.", name)
		}
		if n, err := tx.Exec(`UPDATE school SET kitchen_group_id = $1 WHERE id = ANY($2)`, id, g.Schools); err != nil {
			return err
		} else if int(n) != len(g.Schools) {
			return fault.New(fault.NotFound, "Une école du groupe «"+nbsp+"%s"+nbsp+"» n’existe plus. Relisez la liste.", name)
		}
	}
	return nil
}

package family

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/vault"
)

// Allergen is one of the fourteen of the kitchen law: a code and its name.
type Allergen struct{ Code, Label string }

// Allergens are the fourteen, in the order of the law.
var Allergens = []Allergen{
	{"gluten", "céréales contenant du gluten"},
	{"crustaces", "crustacés"},
	{"oeufs", "œufs"},
	{"poissons", "poissons"},
	{"arachides", "arachides"},
	{"soja", "soja"},
	{"lait", "lait"},
	{"fruits_a_coque", "fruits à coque"},
	{"celeri", "céleri"},
	{"moutarde", "moutarde"},
	{"sesame", "graines de sésame"},
	{"sulfites", "anhydride sulfureux et sulfites"},
	{"lupin", "lupin"},
	{"mollusques", "mollusques"},
}

// AllergenLabel gives "fruits à coque".
func AllergenLabel(code string) string {
	for _, a := range Allergens {
		if a.Code == code {
			return a.Label
		}
	}
	return code
}

// Health is what only the health role reads of a child. It is sealed in the
// database.
type Health struct {
	ChildID   int64
	Allergens []string // codes of the fourteen
	Allergies string   // in words
	CarePlan  string   // the PAI; not empty means there is one
	Kitchen   string   // what the kitchen must do, nothing else
	ReviewOn  calendar.Date
}

// Kitchen is the part of it the kitchen reads.
type Kitchen struct {
	Instruction string
	Allergens   []string
}

type sealedHealth struct {
	Allergens []string `json:"allergens,omitempty"`
	Allergies string   `json:"allergies,omitempty"`
	CarePlan  string   `json:"care_plan,omitempty"`
}

type sealedKitchen struct {
	Instruction string   `json:"instruction,omitempty"`
	Allergens   []string `json:"allergens,omitempty"`
}

func healthAAD(child int64) []byte  { return vault.AAD("health", "sealed", child) }
func kitchenAAD(child int64) []byte { return vault.AAD("health", "kitchen", child) }

func key(ctx context.Context) *vault.Key {
	if s := staff.From(ctx); s != nil {
		return s.Key
	}
	return nil
}

// Health opens a child's health notes, for the health role; the reading is
// written in the trail. A child without notes gives empty ones.
func (s *Service) Health(ctx context.Context, childID int64) (h Health, err error) {
	if err := staff.Require(ctx, staff.Sante); err != nil {
		return h, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		c, err := ChildTx(tx, childID)
		if err != nil {
			return err
		}
		if h, err = healthTx(tx, key(ctx), childID); err != nil {
			return err
		}
		return staff.Audit(tx, "health.read", childObject(childID), "Données de santé "+fault.De(c.Name())+" lues")
	})
	return h, err
}

func healthTx(tx *store.Tx, k *vault.Key, childID int64) (Health, error) {
	h := Health{ChildID: childID}
	var sealed, kitchen []byte
	var review string
	err := tx.QueryRow(`SELECT sealed, kitchen, review_on FROM health WHERE child_id = $1`, childID).Scan(&sealed, &kitchen, &review)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	var main sealedHealth
	if err := openJSON(k, sealed, healthAAD(childID), &main); err != nil {
		return h, err
	}
	h.Allergens, h.Allergies, h.CarePlan = main.Allergens, main.Allergies, main.CarePlan
	if kitchen != nil {
		var part sealedKitchen
		if err := openJSON(k, kitchen, kitchenAAD(childID), &part); err != nil {
			return h, err
		}
		h.Kitchen = part.Instruction
	}
	h.ReviewOn, err = dateOf(review)
	return h, err
}

func openJSON(k *vault.Key, sealed, aad []byte, into any) error {
	plain, err := k.Open(sealed, aad)
	if err != nil {
		return err
	}
	defer clear(plain)
	if err := json.Unmarshal(plain, into); err != nil {
		return fault.Wrap(fault.Internal, err, "Une fiche santé scellée n’a pas la forme attendue.")
	}
	return nil
}

func sealJSON(k *vault.Key, v any, aad []byte) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return k.Seal(plain, aad)
}

// SetHealth seals a child's health notes, by the health role; empty notes take
// the entry away.
func (s *Service) SetHealth(ctx context.Context, h Health) error {
	return s.write(ctx, []staff.Role{staff.Sante}, func(tx *store.Tx) ([]int64, error) {
		c, err := ChildTx(tx, h.ChildID)
		if err != nil {
			return nil, err
		}
		if err := setHealthTx(tx, key(ctx), h); err != nil {
			return nil, err
		}
		tx.Publish(TopicChild, h.ChildID)
		return nil, staff.Audit(tx, "health.write", childObject(h.ChildID), "Données de santé "+fault.De(c.Name())+" modifiées")
	})
}

func setHealthTx(tx *store.Tx, k *vault.Key, h Health) error {
	for _, a := range h.Allergens {
		if !slices.ContainsFunc(Allergens, func(k Allergen) bool { return k.Code == a }) {
			return fault.New(fault.Invalid, "« %s » n’est pas l’un des quatorze allergènes.", a)
		}
	}
	if len(h.Allergens) == 0 && h.Allergies == "" && h.CarePlan == "" && h.Kitchen == "" {
		_, err := tx.Exec(`DELETE FROM health WHERE child_id = $1`, h.ChildID)
		return err
	}
	sealed, err := sealJSON(k, sealedHealth{h.Allergens, h.Allergies, h.CarePlan}, healthAAD(h.ChildID))
	if err != nil {
		return err
	}
	var kitchen []byte
	if h.Kitchen != "" || len(h.Allergens) > 0 {
		if kitchen, err = sealJSON(k, sealedKitchen{h.Kitchen, h.Allergens}, kitchenAAD(h.ChildID)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(`INSERT INTO health (child_id, sealed, kitchen, has_plan, review_on, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (child_id) DO UPDATE SET sealed = excluded.sealed, kitchen = excluded.kitchen, has_plan = excluded.has_plan,
		review_on = excluded.review_on, updated_at = excluded.updated_at`,
		h.ChildID, sealed, kitchen, h.CarePlan != "", h.ReviewOn.String(), store.Instant(tx.Now()))
	return err
}

// KitchenInstructions opens what the kitchen must do for children, for the
// kitchen and health roles; the reading is written in the trail. Children
// without instruction are left out.
func (s *Service) KitchenInstructions(ctx context.Context, children []int64) (out map[int64]Kitchen, err error) {
	if err := staff.Require(ctx, staff.Cuisine, staff.Sante); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if out, err = KitchenTx(tx, key(ctx), children); err != nil || len(out) == 0 {
			return err
		}
		ids := make([]int64, 0, len(out))
		for id := range out {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return staff.Audit(tx, "health.kitchen", childObject(ids[0]), fmt.Sprintf("Consignes de cuisine lues pour %d enfants", len(ids)))
	})
	return out, err
}

// KitchenTx opens the kitchen's part for children, in one question.
func KitchenTx(tx *store.Tx, k *vault.Key, children []int64) (map[int64]Kitchen, error) {
	type row struct {
		id     int64
		sealed []byte
	}
	rows, err := store.Collect(tx, func(r *sql.Rows) (v row, err error) {
		err = r.Scan(&v.id, &v.sealed)
		return v, err
	}, `SELECT child_id, kitchen FROM health WHERE child_id = ANY($1) AND kitchen IS NOT NULL`, children)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Kitchen, len(rows))
	for _, v := range rows {
		var part sealedKitchen
		if err := openJSON(k, v.sealed, kitchenAAD(v.id), &part); err != nil {
			return nil, err
		}
		out[v.id] = Kitchen(part)
	}
	return out, nil
}

// mergeHealth moves sealed notes to the kept entry of a double child: they are
// tied to their row, so they are opened and sealed again, and shown to nobody.
func mergeHealth(tx *store.Tx, k *vault.Key, p MergePlan) error {
	for _, c := range p.Same {
		if !c.fromNote {
			continue
		}
		h, err := healthTx(tx, k, c.FromID)
		if err != nil {
			return err
		}
		h.ChildID = c.IntoID
		if err := setHealthTx(tx, k, h); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM health WHERE child_id = $1`, c.FromID); err != nil {
			return err
		}
	}
	return nil
}

package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Diet is a menu choice, never its reason: a code of the schema, the word the
// town shows for it, and whether it is offered to families.
type Diet struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	Offered bool   `json:"offered"`
}

// Diets are the six of the schema, in the kitchen's order.
type Diets []Diet

// The diets that a care plan asks for: who may not read care plans sees a mask.
const (
	DietStandard = "standard"
	DietAdapted  = "pai_adapte" // the kitchen adapts the dish
	DietBasket   = "pai_panier" // the family brings the meal
)

// DietsSetting is the setting that keeps the town's own words.
const DietsSetting = "diets"

// maxDietLabel is how long a label may be, in letters: it stands in narrow columns.
const maxDietLabel = 32

// DefaultDiets are those of a town that has changed nothing.
func DefaultDiets() Diets {
	return Diets{
		{DietStandard, "Standard", true},
		{"sans_porc", "Sans porc", true},
		{"sans_viande", "Sans viande", true},
		{"vegetarien", "Végétarien", true},
		{DietAdapted, "PAI, repas adapté", true},
		{DietBasket, "PAI, panier-repas", true},
	}
}

// KnownDiet reports whether a code is one of the schema's.
func KnownDiet(code string) bool { return dietRank(code) >= 0 }

// dietRank is the place of a diet in the kitchen's order, -1 for none.
func dietRank(code string) int {
	return slices.IndexFunc(DefaultDiets(), func(d Diet) bool { return d.Code == code })
}

// DietCodes are the six codes in the kitchen's order.
func DietCodes() []string {
	all := DefaultDiets()
	out := make([]string, len(all))
	for i, d := range all {
		out[i] = d.Code
	}
	return out
}

// ForCarePlan reports whether a diet is one that a care plan asks for.
func ForCarePlan(code string) bool { return code == DietAdapted || code == DietBasket }

// Label is the word shown for a diet, everywhere: screens, sheets, exports. No
// diets at all (a value that was never read) gives the words of the house.
func (l Diets) Label(code string) string {
	for _, d := range l {
		if d.Code == code {
			return d.Label
		}
	}
	if len(l) == 0 {
		return DefaultDiets().or(code)
	}
	return code
}

func (l Diets) or(code string) string {
	for _, d := range l {
		if d.Code == code {
			return d.Label
		}
	}
	return code
}

// Choices are the diets a form may offer: those offered, and the one already
// chosen.
func (l Diets) Choices(now string) (out []Diet) {
	for _, d := range l {
		if d.Offered || d.Code == now {
			out = append(out, d)
		}
	}
	return out
}

// Offers reports whether a diet is offered.
func (l Diets) Offers(code string) bool {
	return slices.ContainsFunc(l, func(d Diet) bool { return d.Code == code && d.Offered })
}

// Code finds a diet by its code or by a label, the town's or the usual one.
func (l Diets) Code(text string) (string, bool) {
	key := Fold(text)
	for _, list := range []Diets{l, DefaultDiets()} {
		for _, d := range list {
			if key == Fold(d.Code) || key == Fold(d.Label) {
				return d.Code, true
			}
		}
	}
	return "", false
}

// ParseDiets reads the setting; "" or what cannot be read gives the words of
// the house, for a label must never stop a sheet.
func ParseDiets(text string) Diets {
	out := DefaultDiets()
	var kept Diets
	if text == "" || json.Unmarshal([]byte(text), &kept) != nil {
		return out
	}
	for i, d := range out {
		for _, k := range kept {
			if k.Code == d.Code && strings.TrimSpace(k.Label) != "" {
				out[i].Label, out[i].Offered = k.Label, k.Offered || d.Code == DietStandard
			}
		}
	}
	return out
}

// Version tells two states of the diets apart.
func (l Diets) Version() string {
	var b strings.Builder
	for _, d := range l {
		b.WriteString(d.Code + "\x1f" + d.Label + "\x1f")
		if d.Offered {
			b.WriteByte('+')
		}
		b.WriteByte('\x1e')
	}
	return b.String()
}

// DietsTx reads the diets, in one question.
func DietsTx(tx *store.Tx) (Diets, error) {
	text, err := SettingTx(tx, DietsSetting, "")
	return ParseDiets(text), err
}

// Diets gives the diets with the town's words.
func (s *Service) Diets(ctx context.Context) (Diets, error) { return read(ctx, s, DietsTx) }

// DietUse counts the children present by diet.
func (s *Service) DietUse(ctx context.Context) (map[string]int, error) { return read(ctx, s, dietUse) }

func dietUse(tx *store.Tx) (map[string]int, error) {
	out := map[string]int{}
	// This room knows the child table by name, only to count: what is in use is kept.
	err := store.Each(tx, func(r *sql.Rows) error {
		var code string
		var n int
		err := r.Scan(&code, &n)
		out[code] = n
		return err
	}, `SELECT diet, COUNT(*) FROM child WHERE state = 'active' GROUP BY diet`)
	return out, err
}

// reasons are words that would say why somebody eats otherwise. A diet says
// what is served: nothing here may tell a family's religion.
var reasons = []string{
	"halal", "hallal", "casher", "cacher", "kasher", "cascher", "kosher", "religion", "religieux", "religieuse", "confession", "confessionnel",
	"musulman", "musulmane", "islam", "juif", "juive", "catholique", "chretien", "protestant", "hindou", "bouddhiste", "careme", "ramadan",
}

// CheckDietLabel judges one label where it is typed.
func CheckDietLabel(code, text string) error {
	label := strings.TrimSpace(text)
	switch {
	case label == "":
		return fault.New(fault.Invalid, "Donnez un nom à ce régime"+nbsp+": il est montré sur les écrans et les feuilles.")
	case utf8.RuneCountInString(label) > maxDietLabel:
		return fault.New(fault.Invalid, "Ce nom est trop long"+nbsp+": %d lettres au plus, il tient dans une colonne.", maxDietLabel)
	case strings.ContainsFunc(label, unicode.IsControl):
		return fault.New(fault.Invalid, "Le nom d’un régime tient sur une ligne.")
	}
	for _, w := range strings.Fields(Fold(label)) {
		if slices.Contains(reasons, w) {
			return fault.New(fault.Invalid, "«"+nbsp+"%s"+nbsp+"» dit pourquoi l’enfant mange autrement. Un régime dit ce qui est servi, jamais son motif"+nbsp+": «"+nbsp+"%s"+nbsp+"», par exemple.", label, DefaultDiets().or(code))
		}
	}
	return nil
}

// check judges the whole list against what is in use.
func (l Diets) check(was Diets, use map[string]int) error {
	if len(l) != len(was) {
		return fault.New(fault.Invalid, "Il y a six régimes, ni plus ni moins"+nbsp+": leurs codes sont fixes.")
	}
	seen := map[string]string{}
	for i, d := range l {
		if d.Code != was[i].Code {
			return fault.New(fault.Invalid, "«"+nbsp+"%s"+nbsp+"» n’est pas un régime connu, ou n’est pas à sa place.", d.Code)
		}
		if err := CheckDietLabel(d.Code, d.Label); err != nil {
			return err
		}
		if other, twice := seen[Fold(d.Label)]; twice {
			return fault.New(fault.Invalid, "Deux régimes portent le même nom"+nbsp+": «"+nbsp+"%s"+nbsp+"» et «"+nbsp+"%s"+nbsp+"». Distinguez-les.", other, d.Label)
		}
		seen[Fold(d.Label)] = d.Label
		switch {
		case d.Offered:
		case d.Code == DietStandard:
			return fault.New(fault.Invalid, "Le premier régime est celui de tous"+nbsp+": il est toujours proposé.")
		case was[i].Offered && use[d.Code] > 0:
			return fault.New(fault.Conflict, "«"+nbsp+"%s"+nbsp+"» est le régime de %s"+nbsp+": donnez-leur-en un autre avant de ne plus le proposer.", was[i].Label, childrenText(use[d.Code]))
		}
	}
	return nil
}

func childrenText(n int) string {
	if n == 1 {
		return "1" + nbsp + "enfant"
	}
	return itoa(int64(n)) + nbsp + "enfants"
}

// SaveDiets keeps the labels and which diets are offered. seen is the Version of
// what was shown: a change made meanwhile by somebody else is not written over.
func (s *Service) SaveDiets(ctx context.Context, l Diets, seen string) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	l = slices.Clone(l)
	for i := range l {
		l[i].Label = strings.TrimSpace(l[i].Label)
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		was, err := DietsTx(tx)
		if err != nil {
			return err
		}
		if was.Version() != seen {
			return fault.New(fault.Conflict, "Les régimes ont changé depuis l’affichage, relisez-les.")
		}
		use, err := dietUse(tx)
		if err != nil {
			return err
		}
		if err := l.check(was, use); err != nil {
			return err
		}
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		if err := SetSettingTx(tx, DietsSetting, string(text)); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.diets", "setting:"+DietsSetting, "Régimes"+nbsp+": "+l.changes(was))
	})
}

// changes says for the journal what moved.
func (l Diets) changes(was Diets) string {
	var out []string
	for i, d := range l {
		if d.Label != was[i].Label {
			out = append(out, was[i].Label+" devient "+d.Label)
		}
		switch {
		case d.Offered && !was[i].Offered:
			out = append(out, d.Label+" proposé")
		case !d.Offered && was[i].Offered:
			out = append(out, d.Label+" n’est plus proposé")
		}
	}
	if len(out) == 0 {
		return "rien ne change"
	}
	return strings.Join(out, ", ")
}

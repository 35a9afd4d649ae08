package menu

import (
	"slices"
	"strconv"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/family"
)

// allergenWords are the words a caterer writes, folded, by code. The law's names
// (règlement UE n° 1169/2011, annexe II) come first, then what is commonly said.
var allergenWords = map[string][]string{
	"gluten":         {"gluten", "cereales contenant du gluten", "cereales", "cereale", "ble", "seigle", "orge", "avoine", "epeautre", "kamut", "froment"},
	"crustaces":      {"crustaces", "crustace", "crevettes", "crevette", "crabe", "homard", "langoustines"},
	"oeufs":          {"oeufs", "oeuf"},
	"poissons":       {"poissons", "poisson"},
	"arachides":      {"arachides", "arachide", "cacahuetes", "cacahuete"},
	"soja":           {"soja", "soya"},
	"lait":           {"lait", "lactose", "produits laitiers", "produit laitier", "lait et produits laitiers", "lait et lactose"},
	"fruits_a_coque": {"fruits a coque", "fruits a coques", "fruit a coque", "fruits a coque noix", "noix", "noisettes", "noisette", "amandes", "amande", "pistaches", "noix de cajou", "cajou", "noix de pecan", "macadamia"},
	"celeri":         {"celeri", "celeris"},
	"moutarde":       {"moutarde"},
	"sesame":         {"graines de sesame", "sesame", "graine de sesame"},
	"sulfites":       {"anhydride sulfureux et sulfites", "sulfites", "sulfite", "anhydride sulfureux", "so2", "dioxyde de soufre", "dioxyde de soufre et sulfites"},
	"lupin":          {"lupin", "lupins"},
	"mollusques":     {"mollusques", "mollusque", "moules", "huitres", "calamars", "calmar", "seiche"},
}

// byWord finds the code of a folded word.
var byWord = func() map[string]string {
	out := map[string]string{}
	for i, a := range family.Allergens {
		out[catalog.Fold(a.Code)] = a.Code
		out[catalog.Fold(a.Label)] = a.Code
		out[strconv.Itoa(i+1)] = a.Code // the numbers of our own papers
		for _, w := range allergenWords[a.Code] {
			out[w] = a.Code
		}
	}
	return out
}()

// none are words that say that there is no allergen.
var none = []string{"", "aucun", "aucun allergene", "neant", "sans", "sans allergene", "ras", "non", "0"}

// ParseAllergens reads « lait, gluten », « 1 ; 7 », « blé / œufs » into codes in
// the order of the law; unknown are the words that mean none of the fourteen.
func ParseAllergens(text string) (codes, unknown []string) {
	if strings.HasPrefix(strings.TrimSpace(text), "=") {
		return nil, []string{text} // a formula is not a list
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/+|\n()", r) }) {
		key := catalog.Fold(part)
		if slices.Contains(none, key) {
			continue
		}
		if code, ok := byWord[key]; ok {
			codes = append(codes, code)
			continue
		}
		several, ok := words(key)
		if !ok {
			unknown = append(unknown, strings.TrimSpace(part))
			continue
		}
		codes = append(codes, several...)
	}
	return ordered(codes), unknown
}

// words reads « lait et œufs », « gluten lait »: every word must be known.
func words(key string) (codes []string, ok bool) {
	list := strings.Fields(key)
	for i := 0; i < len(list); {
		if list[i] == "et" || list[i] == "ou" {
			i++
			continue
		}
		taken := 0
		for n := min(5, len(list)-i); n > 0; n-- { // the longest name first
			if code, known := byWord[strings.Join(list[i:i+n], " ")]; known {
				codes, taken = append(codes, code), n
				break
			}
		}
		if taken == 0 {
			return nil, false
		}
		i += taken
	}
	return codes, true
}

// SplitDish takes the allergens a dish's name ends with: « Colin pané (poisson,
// gluten) » is « Colin pané » and two codes. Brackets that say something else,
// even in part, stay in the name: « Tarte (maison) ».
func SplitDish(text string) (name string, codes []string) {
	text = strings.TrimSpace(text)
	open := strings.LastIndex(text, "(")
	if open <= 0 || !strings.HasSuffix(text, ")") {
		return text, nil
	}
	codes, unknown := ParseAllergens(text[open+1 : len(text)-1])
	switch {
	case len(codes) == 0:
		return text, nil
	case len(unknown) > 0:
		return text, codes // part of it is understood: nothing is lost
	}
	return strings.TrimSpace(text[:open]), codes
}

// courseWords are what a caterer calls the parts of a meal, folded.
var courseWords = map[string][]string{
	Starter: {"entree", "entrees", "hors d oeuvre", "hors d oeuvres", "potage"},
	Main:    {"plat", "plats", "plat principal", "plat chaud", "plat proteique", "viande poisson oeuf", "proteine", "vpo"},
	Side:    {"garniture", "garnitures", "accompagnement", "accompagnements", "legume", "legumes", "feculent", "feculents", "legumes feculents"},
	Dairy:   {"laitage", "laitages", "fromage", "fromages", "produit laitier", "produits laitiers", "fromage laitage", "fromage ou laitage"},
	Dessert: {"dessert", "desserts", "fruit", "fruits", "fruit dessert"},
	Snack:   {"gouter", "gouters", "collation"},
	Other:   {"autre", "autres", "pain", "divers", "menu", "menus", "plats du jour", "repas"},
}

// ParseCourse finds the part of the meal a word means, code or label.
func ParseCourse(text string) (code string, ok bool) {
	key := catalog.Fold(text)
	for _, c := range Courses {
		if key == c.Code || slices.Contains(courseWords[c.Code], key) {
			return c.Code, true
		}
	}
	return "", false
}

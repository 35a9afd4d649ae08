package demo

import (
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/menu"
)

// weekMenus are four weeks of plausible menus, Monday to Friday: starter, main
// dish, side, dairy, dessert; after a bar the allergens of each, « + » marks a
// vegetarian dish. One main dish a week is vegetarian.
var weekMenus = [][]string{
	{
		"Céleri rémoulade|celeri oeufs moutarde + / Colin pané|gluten poissons / Riz|+ / Fromage blanc|lait + / Pomme|+",
		"Carottes râpées|moutarde + / Hachis parmentier|lait / Salade verte|moutarde + / Yaourt nature|lait + / Compote de poire|+",
		"Soupe de potiron|lait celeri + / Poulet rôti|  / Haricots verts|+ / Comté|lait + / Crème au chocolat|lait oeufs +",
		"Taboulé|gluten + / Omelette aux fines herbes|oeufs lait + / Épinards à la crème|lait + / Petit-suisse|lait + / Clémentine|+",
		"Betteraves|moutarde + / Brandade de morue|poissons lait / Salade|moutarde + / Emmental|lait + / Banane|+",
	},
	{
		"Macédoine mayonnaise|oeufs moutarde + / Lentilles à la dombiste|celeri + / Carottes fondantes|+ / Cantal|lait + / Poire|+",
		"Concombre à la crème|lait + / Saucisse de Toulouse|sulfites / Purée|lait + / Yaourt aux fruits|lait + / Kiwi|+",
		"Salade de pâtes|gluten oeufs + / Sauté de dinde|gluten / Petits pois|+ / Saint-nectaire|lait + / Ananas|+",
		"Velouté de carottes|lait celeri + / Filet de lieu, sauce citron|poissons lait / Pommes vapeur|+ / Gouda|lait + / Gaufre de Bresse|gluten oeufs lait +",
		"Salade de chou|moutarde + / Bœuf bourguignon|sulfites gluten celeri / Coquillettes|gluten + / Fromage blanc|lait + / Raisin|+",
	},
	{
		"Pâté de campagne|oeufs sulfites / Poisson meunière|poissons gluten lait / Gratin de chou-fleur|lait gluten + / Mimolette|lait + / Orange|+",
		"Salade de betteraves|moutarde + / Escalope de volaille|gluten / Boulgour|gluten + / Yaourt nature|lait + / Tarte aux pommes|gluten oeufs lait +",
		"Potage de légumes|celeri + / Rôti de porc|moutarde / Gratin dauphinois|lait + / Petit-suisse|lait + / Salade de fruits|+",
		"Radis beurre|lait + / Lasagnes aux légumes|gluten lait oeufs + / Salade verte|moutarde + / Brie|lait + / Mandarine|+",
		"Œuf dur mayonnaise|oeufs moutarde + / Quenelle de brochet|poissons gluten lait oeufs crustaces / Riz|+ / Comté|lait + / Pomme au four|+",
	},
	{
		"Salade de lentilles|moutarde + / Couscous aux pois chiches|gluten celeri + / Semoule|gluten + / Yaourt brassé|lait + / Dattes|+",
		"Champignons à la grecque|+ / Steak haché|  / Frites au four|+ / Tomme|lait + / Flan pâtissier|gluten oeufs lait +",
		"Carottes et pommes râpées|moutarde + / Gratin de poisson|poissons lait gluten crustaces mollusques / Fondue de poireaux|lait + / Fromage frais|lait + / Clémentine|+",
		"Velouté de courge|lait + / Blanquette de dinde|lait gluten celeri / Riz pilaf|+ / Bleu de Gex|lait + / Biscuit aux noisettes|gluten fruits_a_coque oeufs +",
		"Salade d’endives aux noix|fruits_a_coque moutarde + / Jambon braisé|  / Purée de céleri|lait celeri + / Emmental|lait + / Poire au sirop|+",
	},
}

// dishes reads one line of weekMenus.
func dishes(line string) (out []menu.Dish) {
	for i, part := range strings.Split(line, " / ") {
		name, rest, _ := strings.Cut(part, "|")
		d := menu.Dish{Course: menu.Courses[i].Code, Name: strings.TrimSpace(name)}
		for _, word := range strings.Fields(rest) {
			if word == "+" {
				d.Vegetarian = true
			} else {
				d.Allergens = append(d.Allergens, word)
			}
		}
		out = append(out, d)
	}
	return out
}

// menus writes what a canteen serves, from four weeks ago to four weeks ahead;
// the last week is not finished, as menus come in little by little.
func (m *maker) menus(s catalog.ServiceInfo, plan *calendar.Plan) error {
	monday := m.today.Monday()
	c := menu.Change{ServiceID: s.ID}
	for _, d := range plan.OpenDays(monday.Add(-28), monday.Add(4*7+1)) {
		_, week := d.ISOWeek()
		if at := int(d - d.Monday()); at < len(weekMenus[0]) {
			c.Entries = append(c.Entries, menu.Entry{Day: d, Dishes: dishes(weekMenus[week%len(weekMenus)][at])})
		}
	}
	if len(c.Entries) == 0 {
		return nil
	}
	p, err := m.o.Menu.Plan(m.ctx, c)
	if err != nil {
		return err
	}
	return m.o.Menu.Commit(m.ctx, p)
}

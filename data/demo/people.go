package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"ardoise/data/calendar"
)

// The names below are common French first and last names put together by
// chance; nobody is meant.
var (
	lastNames = strings.Fields(`Balland Benali Berthet Bouvier Charvet Combe Curtet Dupuis Gauthier Guichard Girard Lacroix
		Morel Pernet Rigaud Thévenet Vial Blanc Ferrand Jacquet Maréchal Nallet Poncet Saïdi Vuillet Perrichon Amrani Brun
		Petit Vernet Rey Bernard Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Fournier Bonnet
		Dupont Lambert Fontaine Rousseau Vincent Muller Mercier Boyer Garnier Chevalier François Legrand Gautier Robin
		Clément Morin Nicolas Henry Roussel Mathieu Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour
		Meunier Brunet Blanchard Giraud Joly Rivière Lucas Brunel Gaillard Barbier Arnaud Martinez Gérard Roche Renard
		Schmitt Colin Caron Picard Fabre Roy Pinto Haddad Lopes Nguyen Kaya Diallo Traoré Pham Carvalho Ferreira Bourgeois
		Aubert Philippe Renaud Olivier Payet Lemoine Pierre Leblanc Rolland Bailly Hubert Royer Breton Poulain Cordier`)
	girls = strings.Fields(`Léa Manon Chloé Jade Louise Emma Alice Inès Lina Rose Anna Zoé Camille Lola Élise Margot Clara Nina
		Éva Mila Juliette Romane Agathe Lucie Sarah Lou Ambre Nora Yasmine Lila Maëlys Apolline Fatou Aïcha Jeanne Victoire
		Constance Capucine Soline Noémie Anaïs Éléonore`)
	boys = strings.Fields(`Hugo Malo Noé Jules Tom Adam Timéo Paul Gabin Nathan Sacha Maël Nino Ewen Axel Eliott Gabriel Léo Raphaël
		Arthur Louis Lucas Mohamed Yanis Rayan Ibrahim Côme Loïc Gaël Théo Martin Oscar Robin Simon Marius Baptiste Antoine
		Samuel Valentin Mathis Augustin Félix`)
	mothers = strings.Fields(`Élodie Camille Julie Sophie Aurélie Céline Émilie Marie Laure Virginie Nathalie Sandrine Stéphanie Caroline
		Audrey Hélène Fatima Leïla Mélanie Pauline Claire Anne Isabelle Delphine`)
	fathers = strings.Fields(`Julien Alain Nicolas Thomas Sébastien Mathieu Guillaume Frédéric Karim Olivier David Laurent Vincent Cédric
		Jérôme Benoît Romain Arnaud Mehdi Fabien Yann Grégory Loïc Pascal`)
	streets = []string{
		"chemin des Étangs", "rue des Écoles", "allée des Tilleuls", "route de Bourg", "place de l’Église", "rue du Lavoir",
		"impasse des Hérons", "montée du Château", "rue de la Mairie", "chemin du Moulin", "route de Villars", "rue des Carpes",
		"lotissement Les Aulnes", "chemin de la Grange", "rue du Four", "allée des Bruyères",
	}
)

// person is a child of the demonstration before it has a row.
type person struct {
	first, sex string
	birth      calendar.Date
	level      string
	diet       string
}

// household is a family of the demonstration before it has a row.
type household struct {
	last, second   string // second: the other guardian's name, "" when alone
	mother, father string
	street         string
	town, postal   string
	mail, mobile   string
	quotient       int // 0: none on file
	children       []person
}

// levels by age reached in the civil year the school year begins in.
var levels = map[int]string{3: "PS", 4: "MS", 5: "GS", 6: "CP", 7: "CE1", 8: "CE2", 9: "CM1", 10: "CM2"}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// one in n.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

// households makes n families, the first always the Faviers of the help pages.
func households(r *rand.Rand, n int, year calendar.SchoolYear) []household {
	out := make([]household, 0, n)
	var names []int // each name once before any comes again
	for i := range n {
		if len(names) == 0 {
			names = r.Perm(len(lastNames))
		}
		h := household{last: lastNames[names[0]], mother: pick(r, mothers), father: pick(r, fathers), town: "Saint-Marcel", postal: "01390"}
		names = names[1:]
		if i%10 >= 7 {
			h.town, h.postal = "Baneins", "01990"
		}
		h.street = fmt.Sprintf("%d, %s", 1+r.IntN(180), pick(r, streets))
		switch {
		case chance(r, 5):
			h.second = pick(r, lastNames)
		case chance(r, 6):
			h.father = ""
		}
		if !chance(r, 9) {
			h.quotient = 180 + r.IntN(1900)
		}
		h.mail = mail(h.mother, h.last, i)
		if chance(r, 14) {
			h.mail = ""
		}
		h.mobile = fmt.Sprintf("+336%08d", 39980000+i)
		for range 1 + r.IntN(2) + r.IntN(10)/9 {
			h.children = append(h.children, child(r, year))
		}
		out = append(out, h)
	}
	if n > 0 {
		out[0] = favier(year)
	}
	return out
}

func mail(first, last string, i int) string {
	return fmt.Sprintf("%s.%s%d@example.org", plain(first), plain(last), i)
}

var accents = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "É", "e", "ï", "i", "î", "i", "ô", "o", "ç", "c", "à", "a", "ü", "u", " ", "-", "’", "")

func plain(s string) string { return strings.ToLower(accents.Replace(s)) }

func child(r *rand.Rand, year calendar.SchoolYear) person {
	age := 3 + r.IntN(8)
	p := person{sex: "F", first: pick(r, girls), level: levels[age], diet: diet(r)}
	if chance(r, 2) {
		p.sex, p.first = "M", pick(r, boys)
	}
	p.birth = calendar.NewDate(int(year)-age, 1, 1).Add(r.IntN(365))
	return p
}

func diet(r *rand.Rand) string {
	switch n := r.IntN(100); {
	case n < 78:
		return "standard"
	case n < 88:
		return "sans_porc"
	case n < 91:
		return "sans_viande"
	case n < 97:
		return "vegetarien"
	case n < 99:
		return "pai_adapte"
	}
	return "pai_panier"
}

func favier(year calendar.SchoolYear) household {
	return household{
		last: "Favier", second: "Morel", mother: "Élodie", father: "Julien", street: "12, chemin des Étangs", town: "Saint-Marcel", postal: "01390",
		mail: "elodie.favier@example.org", mobile: "+33639981234", quotient: 874,
		children: []person{
			{first: "Léa", sex: "F", birth: calendar.NewDate(int(year)-7, 3, 14), level: "CE1", diet: "standard"},
			{first: "Hugo", sex: "M", birth: calendar.NewDate(int(year)-5, 2, 2), level: "GS", diet: "sans_porc"},
		},
	}
}

package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/menu"
	"ardoise/reports/desk"
)

func (c *cli) menuCommand() *cobra.Command {
	return group("menu", "menus : le mois, la saisie, la copie d’une semaine, le fichier du prestataire, le papier",
		c.menuShow(), c.menuSet(), c.menuCopy(), c.menuImport(), c.menuPrint())
}

type dishJSON struct {
	Course     string   `json:"course"`
	Name       string   `json:"name"`
	Allergens  []string `json:"allergens"`
	Vegetarian bool     `json:"vegetarian"`
}

type concernedJSON struct {
	FirstName   string   `json:"first_name"`
	Class       string   `json:"class"`
	School      string   `json:"school"`
	Presence    string   `json:"presence"` // booked, usual
	Basket      bool     `json:"basket"`
	Dishes      []string `json:"dishes"`
	Allergens   []string `json:"allergens"`
	Instruction string   `json:"instruction"`
}

type menuDayJSON struct {
	Date       calendar.Date   `json:"date"`
	Open       bool            `json:"open"`
	Closed     string          `json:"closed"`
	Vegetarian bool            `json:"vegetarian"`
	Allergens  []string        `json:"allergens"`
	Dishes     []dishJSON      `json:"dishes"`
	Adapted    int             `json:"adapted"`             // meals of care plans expected
	Concerned  []concernedJSON `json:"concerned,omitempty"` // with --care only
}

type menuWeekJSON struct {
	Monday     calendar.Date `json:"monday"`
	State      string        `json:"state"` // vegetarian, lacking, incomplete, closed
	Vegetarian int           `json:"vegetarian"`
	Days       int           `json:"days"`
}

type menuJSON struct {
	Service string         `json:"service"`
	Month   string         `json:"month"`
	Days    []menuDayJSON  `json:"days"`
	Weeks   []menuWeekJSON `json:"weeks"`
	Count   struct {
		Open       int `json:"open"`
		Typed      int `json:"typed"`
		Vegetarian int `json:"vegetarian"`
		Weeks      int `json:"weeks"`
		Served     int `json:"weeks_vegetarian"`
		Lacking    int `json:"weeks_lacking"`
	} `json:"count"`
}

func dishesJSON(list []menu.Dish) []dishJSON {
	out := []dishJSON{}
	for _, x := range list {
		out = append(out, dishJSON{x.Course, x.Name, codes(x.Allergens), x.Vegetarian})
	}
	return out
}

// codes is never null in JSON.
func codes(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (c *cli) menuShow() *cobra.Command {
	var serviceText, month string
	var care bool
	cmd := &cobra.Command{
		Use: "show", Short: "les menus d’un mois, et le compte des menus végétariens", Args: words(),
		Long: "Les menus d’un mois, jour par jour, avec leurs allergènes, et les semaines qui ont leur menu végétarien. --care dit aussi, pour les rôles Cuisine et Santé, " +
			"les enfants dont le plan d’accueil rencontre un plat : cette lecture est écrite au journal.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("service", serviceText); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			s, m, meals, err := readMenus(ctx, o, serviceText, month)
			if err != nil {
				return err
			}
			var plans map[int64]family.Kitchen
			if care {
				ids := make([]int64, len(meals.Children))
				for i, k := range meals.Children {
					ids[i] = k.ChildID
				}
				if plans, err = o.Family.KitchenInstructions(ctx, ids); err != nil {
					return err
				}
			}
			out := menusOut(s, m, meals, plans)
			return c.say(out, func(w io.Writer) { sayMenus(w, m, out) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&month, "month", "", "`AAAA-MM` (défaut\u00a0: le mois d’aujourd’hui)")
	f.BoolVar(&care, "care", false, "dit les enfants concernés par un plat (rôles Cuisine et Santé)")
	return cmd
}

// readMenus reads a month with who must be looked at.
func readMenus(ctx context.Context, o *data.Office, serviceText, month string) (s catalog.ServiceInfo, m menu.Month, meals booking.AdaptedMeals, err error) {
	if s, err = service(ctx, o, serviceText); err != nil {
		return s, m, meals, err
	}
	on := calendar.MonthOf(today(o))
	if month != "" {
		if on, err = calendar.ParseMonth(month); err != nil {
			return s, m, meals, err
		}
	}
	if m, err = o.Menu.Month(ctx, s.ID, on); err != nil {
		return s, m, meals, err
	}
	meals, err = o.Booking.Adapted(ctx, s.ID, m.From(), m.To())
	return s, m, meals, err
}

func menusOut(s catalog.ServiceInfo, m menu.Month, meals booking.AdaptedMeals, plans map[int64]family.Kitchen) menuJSON {
	out := menuJSON{Service: s.Code, Month: m.Month.String(), Days: []menuDayJSON{}, Weeks: []menuWeekJSON{}}
	for _, d := range m.Days() {
		x := menuDayJSON{Date: d.Day, Open: d.Open, Closed: d.Closed, Vegetarian: d.Vegetarian(), Allergens: codes(d.Allergens()), Dishes: dishesJSON(d.Dishes), Adapted: meals.Counts[d.Day]}
		for _, k := range meals.Children {
			presence, expected := k.Days[d.Day]
			hits := d.Meets(plans[k.ChildID].Allergens)
			if plans == nil || !expected || len(hits) == 0 {
				continue
			}
			y := concernedJSON{FirstName: k.First, Class: k.Class, School: k.School, Presence: string(presence), Basket: k.Basket(), Instruction: plans[k.ChildID].Instruction}
			met := menu.Day{}
			for _, h := range hits {
				y.Dishes = append(y.Dishes, h.Dish)
				met.Dishes = append(met.Dishes, menu.Dish{Allergens: h.Allergens})
			}
			y.Allergens = met.Allergens()
			x.Concerned = append(x.Concerned, y)
		}
		out.Days = append(out.Days, x)
	}
	for _, w := range m.Weeks {
		out.Weeks = append(out.Weeks, menuWeekJSON{w.Monday, string(w.State()), w.Vegetarian(), w.Open()})
	}
	n := m.Count()
	out.Count.Open, out.Count.Typed, out.Count.Vegetarian = n.Open, n.Typed, n.Vegetarian
	out.Count.Weeks, out.Count.Served, out.Count.Lacking = n.Weeks, n.Served, n.Lacking
	return out
}

func sayMenus(w io.Writer, m menu.Month, out menuJSON) {
	put(w, "%s, menus %s.\n", m.Service, desk.OfMonth(m.Month))
	for _, d := range out.Days {
		if !d.Open && len(d.Dishes) == 0 {
			continue
		}
		mark := ""
		if d.Vegetarian {
			mark = " [V, végétarien]"
		}
		put(w, "%s%s\n", d.Date.LongNoYear(), mark)
		for _, x := range d.Dishes {
			put(w, "  %s : %s%s\n", menu.CourseLabel(x.Course), x.Name, bracketed(x.Allergens))
		}
		if len(d.Dishes) == 0 {
			put(w, "  menu à saisir\n")
		}
		if d.Adapted > 0 {
			put(w, "  %s à vérifier\n", count(d.Adapted, "repas adapté", "repas adaptés"))
		}
		for _, k := range d.Concerned {
			basket := ""
			if k.Basket {
				basket = " (panier-repas de la famille)"
			}
			put(w, "  ! %s, %s%s : %s contient %s. %s\n", k.FirstName, k.Class, basket, strings.Join(k.Dishes, ", "), strings.Join(names(k.Allergens), ", "), k.Instruction)
		}
	}
	for _, text := range desk.MenuBalance(m) {
		put(w, "%s\n", text)
	}
}

func names(codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = family.AllergenLabel(code)
	}
	return out
}

func bracketed(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return " (" + strings.Join(names(codes), ", ") + ")"
}

func (c *cli) menuSet() *cobra.Command {
	var serviceText, date string
	var list []string
	var clear bool
	cmd := &cobra.Command{
		Use: "set", Short: "écrit le menu d’un jour", Args: words(),
		Long: "Écrit le menu d’un jour, à la place de celui qui s’y trouve. Un --dish par plat : « PARTIE=NOM », puis, après des points-virgules, ses allergènes et « végétarien ». " +
			"Les parties : entree, plat, garniture, laitage, dessert, gouter, autre. Les allergènes se disent en mots ou par leur numéro de 1 à 14.",
		Example: "  ardoisectl menu set --service cantine-saint-marcel --date 2026-12-07 --dish \"plat=Colin pané; poisson, gluten\" --dish \"dessert=Pomme\"\n" +
			"  ardoisectl menu set --service cantine-saint-marcel --date 2026-12-08 --dish \"plat=Dahl de lentilles; céleri; végétarien\"",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("service", serviceText, "date", date); err != nil {
				return err
			}
			if clear == (len(list) > 0) {
				return usage("donnez un --dish par plat, ou --clear pour retirer le menu")
			}
			dishes := make([]menu.Dish, len(list))
			for i, text := range list {
				var err error
				if dishes[i], err = dishOf(text); err != nil {
					return err
				}
			}
			return c.changeMenus(cmd.Context(), serviceText, func(ctx context.Context, o *data.Office, s catalog.ServiceInfo) (*menu.Plan, error) {
				day, err := c.day(date, today(o))
				if err != nil {
					return nil, err
				}
				return o.Menu.Plan(ctx, menu.Change{ServiceID: s.ID, Entries: []menu.Entry{{Day: day, Dishes: dishes}}})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&date, "date", "", "`JOUR`")
	f.StringArrayVar(&list, "dish", nil, "`PLAT`\u00a0: « plat=Colin pané; poisson, gluten »")
	f.BoolVar(&clear, "clear", false, "retire le menu de ce jour")
	return cmd
}

// dishOf reads « plat=Colin pané; poisson, gluten; végétarien ».
func dishOf(text string) (d menu.Dish, err error) {
	course, rest, ok := strings.Cut(text, "=")
	if d.Course, ok = courseIf(ok, course); !ok {
		return d, usage("« %s » : attendu PARTIE=NOM, par exemple plat=Colin", text)
	}
	parts := strings.Split(rest, ";")
	d.Name, d.Allergens = menu.SplitDish(parts[0])
	for _, p := range parts[1:] {
		if catalog.Fold(p) == "vegetarien" {
			d.Vegetarian = true
			continue
		}
		more, unknown := menu.ParseAllergens(p)
		if len(unknown) > 0 {
			return d, usage("« %s » n’est pas l’un des 14 allergènes", strings.Join(unknown, ", "))
		}
		d.Allergens = append(d.Allergens, more...)
	}
	return d, nil
}

func courseIf(ok bool, text string) (string, bool) {
	if !ok {
		return "", false
	}
	return menu.ParseCourse(text)
}

func (c *cli) menuCopy() *cobra.Command {
	var serviceText, from, to string
	cmd := &cobra.Command{
		Use: "copy", Short: "copie les menus d’une semaine vers une autre", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("service", serviceText, "from", from, "to", to); err != nil {
				return err
			}
			return c.changeMenus(cmd.Context(), serviceText, func(ctx context.Context, o *data.Office, s catalog.ServiceInfo) (*menu.Plan, error) {
				a, err := c.day(from, today(o))
				if err != nil {
					return nil, err
				}
				b, err := c.day(to, today(o))
				if err != nil {
					return nil, err
				}
				return o.Menu.CopyWeek(ctx, s.ID, a, b)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&from, "from", "", "un `JOUR` de la semaine à copier")
	f.StringVar(&to, "to", "", "un `JOUR` de la semaine à remplir")
	return cmd
}

type menuLineJSON struct {
	Date   calendar.Date `json:"date"`
	Action string        `json:"action"`
	Reason string        `json:"reason"`
	Dishes []dishJSON    `json:"dishes"`
}

type menuPlanJSON struct {
	Changes int            `json:"changes"`
	Days    []menuLineJSON `json:"days"`
}

func menuPlanOut(p *menu.Plan) menuPlanJSON {
	out := menuPlanJSON{Days: []menuLineJSON{}}
	if p == nil {
		return out
	}
	out.Changes = p.Changes()
	for _, l := range p.Lines {
		out.Days = append(out.Days, menuLineJSON{l.Day, l.Action, l.Why, dishesJSON(l.Now)})
	}
	return out
}

// changeMenus plans, commits and tells.
func (c *cli) changeMenus(ctx context.Context, serviceText string, plan func(context.Context, *data.Office, catalog.ServiceInfo) (*menu.Plan, error)) error {
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	s, err := service(ctx, o, serviceText)
	if err != nil {
		return err
	}
	p, err := plan(ctx, o, s)
	if err != nil {
		return err
	}
	if err := o.Menu.Commit(ctx, p); err != nil {
		return err
	}
	return c.say(menuPlanOut(p), func(w io.Writer) { sayMenuPlan(w, p) })
}

var menuActions = map[string]string{menu.Create: "créé", menu.Replace: "remplacé", menu.Unchanged: "inchangé", menu.Remove: "retiré", menu.Refused: "refusé"}

func sayMenuPlan(w io.Writer, p *menu.Plan) {
	for _, l := range p.Lines {
		text := menu.Day{Dishes: l.Now}.Text()
		if l.Action == menu.Refused {
			text = l.Why
		}
		put(w, "%s, %s : %s\n", l.Day.LongNoYear(), menuActions[l.Action], text)
	}
	put(w, "%s\n", p.Summary())
}

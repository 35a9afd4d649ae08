package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
)

type attendFlags struct {
	service, date, class, key, justify, note, reason string
	all                                              bool
}

func (c *cli) attendCommand() *cobra.Command {
	var a attendFlags
	cmd := &cobra.Command{
		Use: "attend [FICHIER]", Short: "pointe une classe : tous présents, ou d’après un fichier",
		Long: "Pointe une classe. --all-present marque présents tous ceux qui ont réservé et ne sont pas encore pointés. Sinon, un fichier CSV (;) de deux " +
			"colonnes : l’enfant (son numéro, ou son nom et son prénom) et la marque : P présent, Ab absent, J absence justifiée, NR a mangé sans réservation, - à pointer.",
		Example: "  ardoisectl attend --service cantine-saint-marcel --date 2026-11-24 --class \"CM1 M. Chanel\" --all-present",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return words("le fichier")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.all == (len(args) == 1) {
				return usage("donnez un FICHIER de pointage ou --all-present, l’un des deux")
			}
			return c.attend(cmd.Context(), a, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.service, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&a.date, "date", "", "`JOUR` pointé")
	f.StringVar(&a.class, "class", "", "`CLASSE`, par son nom ou son numéro (avec --all-present, toutes si absente)")
	f.BoolVar(&a.all, "all-present", false, "tous présents, ceux qui ne sont pas encore pointés")
	f.StringVar(&a.justify, "justify", "", "`MOTIF` des absences justifiées\u00a0: illness (défaut), strike, teacher, trip ou other")
	f.StringVar(&a.note, "note", "", "`TEXTE` qui complète le motif ; n’est pas gardé pour une maladie")
	f.StringVar(&a.reason, "override", "", "`MOTIF` pour accepter un certificat après sa limite")
	f.StringVar(&a.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

type attendedJSON struct {
	Date     calendar.Date `json:"date"`
	Marked   int           `json:"marked"`
	Credited money.Cents   `json:"credited"`
	Charged  money.Cents   `json:"charged"`
	ToSettle int           `json:"to_settle"`
	Notes    []string      `json:"notes"`
}

func (c *cli) attend(ctx context.Context, a attendFlags, args []string) error {
	if err := need("service", a.service, "date", a.date); err != nil {
		return err
	}
	if !a.all {
		if err := need("class", a.class); err != nil {
			return err
		}
	}
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	s, err := service(ctx, o, a.service)
	if err != nil {
		return err
	}
	day, err := c.day(a.date, today(o))
	if err != nil {
		return err
	}
	var k catalog.Class
	if a.class != "" {
		if k, err = class(ctx, o, s, a.class, day); err != nil {
			return err
		}
	}
	if a.key == "" {
		a.key = newKey()
	}
	var done *booking.Attended
	if a.all {
		done, err = o.Booking.AllPresent(ctx, a.key, s.ID, day, k.ID)
	} else {
		done, err = attendFile(ctx, o, a, s, day, k, args[0])
	}
	if err != nil {
		return err
	}
	out := attendedJSON{day, done.Marked, done.Credited, done.Charged, len(done.ToSettle), append([]string{}, done.Notes...)}
	return c.say(out, func(w io.Writer) {
		put(w, "%s, %s : %s.\n", s.Name, day.Long(), count(done.Marked, "enfant pointé", "enfants pointés"))
		if done.Credited != 0 || done.Charged != 0 {
			put(w, "Rendu : %s. Débité : %s.\n", done.Credited, done.Charged)
		}
		for _, n := range done.Notes {
			put(w, "  %s\n", n)
		}
	})
}

func attendFile(ctx context.Context, o *data.Office, a attendFlags, s catalog.ServiceInfo, day calendar.Date, k catalog.Class, path string) (*booking.Attended, error) {
	raw, err := inputBytes(path)
	if err != nil {
		return nil, err
	}
	children, err := o.Family.ClassChildren(ctx, k.ID)
	if err != nil {
		return nil, err
	}
	marks, err := readMarks(raw, children, k.Name)
	if err != nil {
		return nil, err
	}
	return o.Booking.Attend(ctx, booking.Attend{
		Key: a.key, ServiceID: s.ID, Day: day, Marks: marks, Override: a.reason,
		Justification: booking.Justification{Kind: a.justify, Note: a.note},
	})
}

var marksOf = map[string]string{
	"p": booking.Present, "present": booking.Present, "presente": booking.Present,
	"ab": booking.Absent, "absent": booking.Absent, "absente": booking.Absent,
	"j": booking.Justified, "justifie": booking.Justified, "justifiee": booking.Justified, "justified": booking.Justified,
	"nr": booking.Ate, "unbooked": booking.Ate,
	"none": booking.NoMark, "a pointer": booking.NoMark,
}

// readMarks reads a sheet of attendance; one line that cannot be read refuses
// the whole sheet, with its number.
func readMarks(raw []byte, children []family.Child, class string) ([]booking.Mark, error) {
	byName := map[string]int64{}
	known := map[int64]bool{}
	for _, k := range children {
		known[k.ID] = true
		for _, last := range []string{k.Last, k.Usage} {
			if last != "" {
				byName[catalog.Fold(last+" "+k.First)] = k.ID
				byName[catalog.Fold(k.First+" "+last)] = k.ID
			}
		}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = ';', -1, true
	var out []booking.Mark
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "La feuille de pointage est illisible : vérifiez les guillemets et enregistrez-la en CSV (séparateur ;). Rien n’a été pointé.")
		}
		if len(rec) < 2 {
			return nil, fault.New(fault.Invalid, "Ligne %d de la feuille de pointage : elle est coupée, il faut l’enfant et la marque. Rien n’a été pointé.", line)
		}
		who := strings.TrimSpace(rec[0])
		if len(out) == 0 && line == 1 && catalog.Fold(who) == "enfant" {
			continue
		}
		id, err := strconv.ParseInt(who, 10, 64)
		if err != nil {
			id = byName[catalog.Fold(who)]
		}
		if !known[id] {
			return nil, fault.New(fault.NotFound, "Ligne %d de la feuille de pointage : « %s » n’est pas dans la classe %s. Rien n’a été pointé.", line, who, class)
		}
		mark, ok := marksOf[catalog.Fold(rec[1])]
		if strings.TrimSpace(rec[1]) == "-" {
			mark, ok = booking.NoMark, true
		}
		if !ok {
			return nil, fault.New(fault.Invalid, "Ligne %d de la feuille de pointage : la marque « %s » n’existe pas. Marques : P, Ab, J, NR, -. Rien n’a été pointé.", line, rec[1])
		}
		out = append(out, booking.Mark{ChildID: id, Mark: mark})
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "La feuille de pointage est vide.")
	}
	return out, nil
}

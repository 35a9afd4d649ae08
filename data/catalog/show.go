package catalog

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Show writes the whole catalog as the TOML that Load reads: loading it back
// changes nothing.
func (s *Service) Show(ctx context.Context, w io.Writer) error {
	if err := staff.Require(ctx); err != nil {
		return err
	}
	var b strings.Builder
	if err := s.db.Read(ctx, func(tx *store.Tx) error { return showTx(tx, &b) }); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sheet writes TOML lines.
type sheet struct{ b *strings.Builder }

func (s sheet) table(name string) { fmt.Fprintf(s.b, "\n[[%s]]\n", name) }

func (s sheet) text(key, v string) {
	if v != "" {
		fmt.Fprintf(s.b, "%s = %s\n", key, quote(v))
	}
}

func (s sheet) plain(key, v string) {
	if v != "" {
		fmt.Fprintf(s.b, "%s = %s\n", key, v)
	}
}

func (s sheet) number(key string, n, def int) {
	if n != def {
		s.plain(key, strconv.Itoa(n))
	}
}

func (s sheet) optional(key string, n *int) {
	if n != nil {
		s.plain(key, strconv.Itoa(*n))
	}
}

func (s sheet) yes(key string, v, def bool) {
	if v != def {
		s.plain(key, strconv.FormatBool(v))
	}
}

// quote writes a TOML basic string.
func quote(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func amount(c money.Cents) string { return fmt.Sprintf("%d,%02d", int64(c)/100, int64(c)%100) }

func showTx(tx *store.Tx, b *strings.Builder) error {
	out := sheet{b}
	communes, err := CommunesTx(tx)
	if err != nil {
		return err
	}
	b.WriteString("# Catalogue d’Ardoise\n")
	if err := showCreditor(tx, out); err != nil {
		return err
	}
	insee := map[int64]string{}
	for _, c := range communes {
		insee[c.ID] = c.INSEE
		out.table("commune")
		out.text("insee", c.INSEE)
		out.text("name", c.Name)
		out.text("postal", c.Postal)
	}
	schools, err := showSchools(tx, out, insee)
	if err != nil {
		return err
	}
	services, err := ServicesTx(tx)
	if err != nil {
		return err
	}
	tariffs, err := TariffsTx(tx)
	if err != nil {
		return err
	}
	required, err := RequiredAllTx(tx)
	if err != nil {
		return err
	}
	classes, err := allClasses(tx)
	if err != nil {
		return err
	}
	codes := map[int64]string{0: ""}
	for _, s := range services {
		codes[s.ID] = s.Code
		showService(out, s, insee[s.CommuneID])
		showTables(out, s, schools, insee, classes)
		for _, t := range tariffs {
			if t.ServiceID == s.ID {
				showTariff(out, t)
			}
		}
		for _, d := range required[s.ID] {
			out.table("service.document")
			out.text("kind", d.Kind)
			out.text("label", d.Label)
			out.number("months", d.Months, 12)
			out.yes("debit_only", d.DebitOnly, false)
		}
	}
	return showClosures(tx, out, codes)
}

func showCreditor(tx *store.Tx, out sheet) error {
	name, err := SettingTx(tx, "creditor.name", "")
	if err != nil || name == "" {
		return err
	}
	out.b.WriteString("\n[creditor]\n")
	out.text("name", name)
	for _, key := range []string{"ics", "iban", "bic", "street", "postal", "city"} {
		v, err := SettingTx(tx, "creditor."+key, "")
		if err != nil {
			return err
		}
		out.text(key, v)
	}
	return nil
}

func showSchools(tx *store.Tx, out sheet, insee map[int64]string) (map[int64]School, error) {
	list, err := SchoolsTx(tx)
	if err != nil {
		return nil, err
	}
	classes, err := store.Collect(tx, scanClass, classSelect+`ORDER BY k.school_year, k.rank, k.name`)
	if err != nil {
		return nil, err
	}
	byID := map[int64]School{}
	for _, s := range list {
		byID[s.ID] = s
		out.table("school")
		out.text("commune", insee[s.CommuneID])
		out.text("name", s.Name)
		for _, k := range classes {
			if k.SchoolID == s.ID {
				out.table("school.class")
				out.text("year", k.Year.String())
				out.text("name", k.Name)
				out.number("rank", k.Rank, ClassRank(k.Name, ""))
			}
		}
	}
	return byID, nil
}

func showService(out sheet, s ServiceInfo, insee string) {
	out.table("service")
	out.text("code", s.Code)
	out.text("commune", insee)
	out.text("name", s.Name)
	out.text("short", s.Short)
	out.text("kind", s.Kind)
	out.text("product", s.Product)
	out.text("weekdays", s.Weekdays.String())
	out.text("region", string(s.Region))
	out.text("zone", string(s.Zone))
	out.yes("in_holidays", s.InHolidays, false)
	out.text("starts_at", s.StartsAt.String())
	out.plain("book", cutoffTable(s.Book))
	out.plain("cancel", cutoffTable(s.Cancel))
	out.optional("capacity", s.Capacity)
	means := make([]string, len(s.Pay))
	for i, p := range s.Pay {
		means[i] = quote(p)
	}
	out.plain("pay", "["+strings.Join(means, ", ")+"]")
	out.number("waiting_days", s.WaitingDays, 0)
	out.number("proof_hours", s.ProofHours, 48)
	out.text("low_balance", amount(s.LowBalance))
	out.yes("active", s.Active, true)
}

func cutoffTable(s calendar.CutoffSet) string {
	text := "{ " + defaultWord + " = " + quote(s.Default.String())
	for i := 1; i <= 7; i++ { // Monday first
		w := time.Weekday(i % 7)
		if c, ok := s.ByWeekday[w]; ok {
			text += ", " + calendar.WeekdayName(w) + " = " + quote(c.String())
		}
	}
	return text + " }"
}

func showTables(out sheet, s ServiceInfo, schools map[int64]School, insee map[int64]string, classes map[string]Class) {
	for _, t := range s.Sittings {
		out.table("service.sitting")
		out.text("name", t.Name)
		out.optional("capacity", t.Capacity)
	}
	for _, id := range s.Schools {
		out.table("service.school")
		out.text("name", schools[id].Name)
		out.text("commune", insee[schools[id].CommuneID])
		out.text("sitting", s.SittingName(s.schoolSitting[id]))
	}
	for _, key := range sortedKeys(classes) {
		if k := classes[key]; s.classSitting[k.ID] != 0 {
			out.table("service.class")
			out.text("school", k.School)
			out.text("year", k.Year.String())
			out.text("name", k.Name)
			out.text("sitting", s.SittingName(s.classSitting[k.ID]))
		}
	}
}

func showTariff(out sheet, t Tariff) {
	out.table("service.tariff")
	out.text("label", t.Label)
	if t.Kind != ForBooking {
		out.text("kind", t.Kind)
	}
	out.plain("valid_from", t.ValidFrom.String())
	if end := t.ValidTo.String(); end != "9999-12-31" {
		out.plain("valid_to", end)
	}
	out.number("quotient_min", t.QuotientMin, 0)
	out.number("quotient_max", t.QuotientMax, MaxQuotient)
	if t.Resident != nil {
		out.plain("resident", strconv.FormatBool(*t.Resident))
	}
	out.text("age_group", t.AgeGroup)
	out.number("sibling_rank", t.SiblingRank, 0)
	out.text("meal", amount(t.Meal))
	if t.Care > 0 {
		out.text("care", amount(t.Care))
	}
}

// showClosures leaves out those of one class: a trip is the booking room's.
func showClosures(tx *store.Tx, out sheet, codes map[int64]string) error {
	list, err := closures(tx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.ClassID != 0 {
			continue
		}
		out.table("closure")
		out.text("service", codes[c.ServiceID])
		out.plain("first", c.First.String())
		out.plain("last", c.Last.String())
		out.text("reason", c.Reason)
	}
	return nil
}

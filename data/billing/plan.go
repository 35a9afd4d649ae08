package billing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Plan prices a month: what each family that pays monthly would be invoiced, and
// what to look at first. Nothing is written and nothing numbered. Where the month
// was invoiced before, only what changed since is there.
func (s *Service) Plan(ctx context.Context, r Run) (p Plan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planIn(tx, r)
		return err
	})
	return p, err
}

func planIn(tx *store.Tx, r Run) (Plan, error) {
	if r.Month.IsZero() {
		return Plan{}, fault.New(fault.Invalid, "Choisissez le mois à facturer.")
	}
	f, err := loadFacts(tx, r)
	if err != nil {
		return Plan{}, err
	}
	return makePlan(f, r)
}

// makePlan is the run, computed from what was read: no input or output.
func makePlan(f *facts, r Run) (Plan, error) {
	p := Plan{Run: r, Corrective: f.ran, IssuedOn: f.today, DueOn: r.DueOn}
	if p.DueOn.IsZero() {
		p.DueOn = f.today.Add(f.settings.DueDays)
	}
	if p.DueOn < f.today {
		return p, fault.New(fault.Invalid, "La date d’échéance ne peut pas être passée"+nbsp+": choisissez un jour à partir du %s.", f.today.Short())
	}
	for _, family := range f.order {
		d := f.draft(family)
		months := d.byMonth()
		for _, month := range family.carries {
			if _, ok := months[month]; !ok {
				p.spent = append(p.spent, putOff{family.id, month})
			}
		}
		if len(d.Lines) == 0 {
			continue
		}
		f.judge(&p, d)
		if d.State == Carried && slices.ContainsFunc(d.Lines, func(l Line) bool { return !slices.Contains(family.carries, calendar.MonthOf(l.Day)) }) {
			p.PutOff++
		}
		p.Drafts = append(p.Drafts, *d)
		if d.State == Ready || d.State == ToCredit {
			p.Count++
			p.Meals += d.Meals
			p.Total += d.Total
			if d.Pay == PayDebit {
				p.Debit += d.Total
			}
		}
	}
	shown := p
	shown.Run.Leave, shown.Run.Small = sorted(r.Leave), sorted(r.Small)
	written := make([][2]string, len(p.Drafts)) // to whom: it is printed and never changes
	for i, d := range p.Drafts {
		written[i] = [2]string{d.payer, d.address}
	}
	digest, err := ledger.Digest([]any{shown, written})
	p.Digest = digest
	// What follows concerns no draft: it may change while the run is looked at.
	f.forgottenMeals(&p)
	f.unsettledMeals(&p)
	return p, err
}

func sorted(ids []int64) []int64 {
	out := slices.Clone(ids)
	if len(out) == 0 {
		return nil // none is none: an empty list has the digest of no list
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// byMonth sums a draft's lines by the months of their meals.
func (d *Draft) byMonth() map[calendar.Month]money.Cents {
	sums := map[calendar.Month]money.Cents{}
	for _, l := range d.Lines {
		sums[calendar.MonthOf(l.Day)] += l.Amount
	}
	return sums
}

// draft gathers a family's lines.
func (f *facts) draft(family *familyFacts) *Draft {
	d := &Draft{FamilyID: family.id, Family: family.name, Previous: family.owed, Pay: PayOther, payer: family.payer, address: family.address, carries: family.carries}
	children := map[int64]bool{}
	for _, m := range family.meals {
		l, ok := f.line(family, m)
		if !ok {
			continue
		}
		d.Lines = append(d.Lines, l)
		d.MealPart += l.Meal
		d.CarePart += l.Care
		d.Total += l.Amount
		switch {
		case l.Kind != LineCorrection:
			d.Meals++
		case !m.due():
			d.Meals--
		}
		children[m.child] = true
	}
	slices.SortFunc(d.Lines, func(a, b Line) int {
		switch {
		case a.Child != b.Child:
			return strings.Compare(a.Child, b.Child)
		case a.ChildID != b.ChildID:
			return int(a.ChildID - b.ChildID)
		case a.Day != b.Day:
			return int(a.Day - b.Day)
		case a.ServiceID != b.ServiceID:
			return int(a.ServiceID - b.ServiceID)
		}
		return int(a.BookingID - b.BookingID)
	})
	d.Children = f.firstNames(slices.Sorted(maps.Keys(children)))
	if family.mandate != nil && family.mandate.problem == "" && d.Total > 0 {
		d.Pay, d.MandateID = PayDebit, family.mandate.id
	}
	return d
}

// firstNames lists children, the oldest first: the order in which an invoice is
// read again (childNames).
func (f *facts) firstNames(children []int64) string {
	slices.SortStableFunc(children, func(a, b int64) int { return cmp.Compare(f.children[a].birth, f.children[b].birth) })
	var names []string
	for _, id := range children {
		if first := f.children[id].first; !slices.Contains(names, first) {
			names = append(names, first)
		}
	}
	return strings.Join(names, ", ")
}

// line is what one meal still costs: its price less what was invoiced of it. A
// meal that owes nothing and was never invoiced has no line.
func (f *facts) line(family *familyFacts, m meal) (Line, bool) {
	l := Line{
		BookingID: m.id, ChildID: m.child, Child: f.children[m.child].name, ServiceID: m.service, Service: f.services[m.service].short,
		Day: m.day, Kind: m.kind(), Tariff: f.tariffs[m.tariff].label,
	}
	if q := family.quotientOn(m.day); f.tariffs[m.tariff].gaveBy(q) {
		l.Quotient = q
	}
	rest := m.parts()
	if was, ok := f.invoiced[m.id]; ok {
		if rest = rest.minus(was.invoiced); !m.due() {
			rest = rest.minus(was.given) // what a credit note gave back is not given back twice
		}
		l.Kind, l.Note = LineCorrection, "annulé après facturation"
		switch {
		case m.due() && was.invoiced.zero():
			l.Kind, l.Note = m.kind(), "rétabli après correction"
		case m.due():
			l.Note = "prix revu après facturation"
		}
	}
	l.Meal, l.Care, l.Amount = rest.meal, rest.care, rest.meal+rest.care
	return l, !rest.zero()
}

// judge says what becomes of a draft, and what to look at in it.
func (f *facts) judge(p *Plan, d *Draft) {
	family := f.families[d.FamilyID]
	warn := func(kind, reason string, args ...any) {
		p.Warnings = append(p.Warnings, Warning{FamilyID: d.FamilyID, Family: d.Family, Kind: kind, Reason: fault.Sentence(fault.New(fault.Invalid, reason, args...))})
		d.Warned = append(d.Warned, kind)
	}
	switch {
	case slices.Contains(p.Run.Leave, d.FamilyID):
		d.State = Left
	case d.Total < 0:
		d.State = ToCredit
		warn(WarnNegative, "Les corrections dépassent les repas de %s"+nbsp+": un avoir de %s serait émis.", p.Run.Month.Label(), -d.Total)
	case d.Total == 0:
		d.State = Ready
		warn(WarnZero, "Les lignes se compensent"+nbsp+": la facture serait de 0,00"+nbsp+"€. Écartez-la, ou émettez-la pour solder les corrections.")
	case d.Total < f.settings.Threshold && !slices.Contains(p.Run.Small, d.FamilyID):
		d.State = Carried
		warn(WarnCarried, "%s, sous le seuil de %s"+nbsp+": les repas attendent la prochaine facture. Facturez quand même si la famille s’en va.", d.Total, f.settings.Threshold)
	default:
		d.State = Ready
	}
	if family.mandate != nil && family.mandate.problem != "" {
		warn(WarnMandate, "%s", family.mandate.problem)
	} else if family.mandate == nil && family.signed {
		warn(WarnUnmade, "Le mandat signé est au dossier mais n’a pas été créé"+nbsp+": créez-le pour prélever la famille.")
	}
	switch none, late := f.lacksQuotient(family, d); {
	case none > 0:
		warn(WarnQuotient, "Pas de quotient familial valable"+nbsp+": le tarif le plus haut est appliqué. Demandez l’attestation à la famille, puis retarifez ses repas.")
	case late > 0:
		warn(WarnQuotient, "Le quotient est arrivé après la réservation de %d repas"+nbsp+": ils sont encore au tarif d’avant. Retarifez-les, ou facturez-les ainsi.", late)
	}
	if who := f.lacksAccess(family, d); who != "" {
		warn(WarnAccess, "%s a des repas sans accès accepté au service"+nbsp+": vérifiez la demande avant de facturer.", who)
	}
	if d.address == "" {
		warn(WarnAddress, "L’adresse postale manque"+nbsp+": complétez la fiche de la famille.")
	}
}

// lacksQuotient counts the meals whose price hangs on a quotient: those without
// one on file, and those booked before the one on file was known.
func (f *facts) lacksQuotient(family *familyFacts, d *Draft) (none, late int) {
	for _, l := range d.Lines {
		switch {
		case l.Quotient != nil || l.Kind == LineCorrection || !f.services[l.ServiceID].brackets:
		case family.quotientOn(l.Day) == nil:
			none++
		default:
			late++
		}
	}
	return none, late
}

// lacksAccess names the first child that has meals of a service and a school
// year without an accepted request.
func (f *facts) lacksAccess(family *familyFacts, d *Draft) string {
	for _, l := range d.Lines {
		if l.Kind != LineCorrection && !f.access[gate{l.ChildID, l.ServiceID, calendar.SchoolYearOf(l.Day)}] {
			return l.Child
		}
	}
	return ""
}

// forgottenMeals tells of monthly meals of the two months before that were
// invoiced for others and never for this family: entered late, or left out.
func (f *facts) forgottenMeals(p *Plan) {
	for _, u := range f.forgotten {
		p.Warnings = append(p.Warnings, Warning{
			FamilyID: u.family, Family: u.name, Kind: WarnForgotten,
			Reason: fault.Sentence(fault.New(fault.Invalid, "%d repas de %s jamais facturés, pour %s"+nbsp+": revenez à ce mois et émettez sa régularisation.", u.count, u.month.Label(), u.total)),
		})
	}
}

// unsettledMeals tells of prepaid meals eaten without booking that nobody has
// paid: the wallet was empty. They are regularised in Réservations, not here.
func (f *facts) unsettledMeals(p *Plan) {
	for _, u := range f.unsettled {
		p.Warnings = append(p.Warnings, Warning{
			FamilyID: u.family, Family: u.name, Kind: WarnUnpaid,
			Reason: fault.Sentence(fault.New(fault.Invalid, "%d repas sans réservation pour %s, jamais débités du porte-monnaie"+nbsp+": régularisez-les.", u.count, u.total)),
		})
	}
}

// meal is one booking that pays monthly.
type meal struct {
	id, family, child, service, tariff int64
	day                                calendar.Date
	sort, state, attendance, cancelled string
	price, care                        money.Cents
}

// due reports whether the meal is to be paid: it stands, or was cancelled too late.
func (m meal) due() bool { return m.state == "booked" || m.cancelled == "late" }

// parts is what the meal costs.
func (m meal) parts() parts {
	if !m.due() {
		return parts{}
	}
	return parts{m.price - m.care, m.care}
}

// kind is what the line of a meal never invoiced stands for.
func (m meal) kind() string {
	switch {
	case m.cancelled == "late":
		return LineLateCancel
	case m.attendance == "justified":
		return LineWaitingDay
	case m.sort == "late":
		return LineLate
	case m.sort == "unbooked":
		return LineUnbooked
	}
	return LineBooking
}

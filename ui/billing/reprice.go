package billing

import (
	"context"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// reprice shows what the meals of some families would cost by what is on file
// now, and prices them anew once agreed to.
func (p *page) reprice(families []int64) {
	month := p.run.Month
	var plan billing.RepricePlan
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = p.d.Billing.PlanReprice(ctx, month, families)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
			return
		case len(plan.Meals) == 0:
			p.sh.Toast("Aucun repas ne changerait de prix" + nbsp + ": complétez d’abord le quotient.")
			return
		}
		key := p.d.newKey()
		text := plural(len(plan.Meals), "repas", "repas") + " de " + plural(plan.Families, "famille", "familles") + nbsp + ": " + plan.Will.String() + " au lieu de " + plan.Was.String() + ". Ce qui est déjà facturé garde son prix."
		p.sh.Confirm("Retarifer "+month.Label()+nbsp+"?", fault.French(text), "Retarifer", widgets.Primary, func() {
			p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
				_, err := p.d.Billing.Reprice(ctx, key, month, families, plan.Digest)
				return err
			}, func(err error) {
				if err != nil {
					p.sh.Refused(err)
					return
				}
				p.sh.Done(plural(len(plan.Meals), "repas retarifé", "repas retarifés")+nbsp+": "+plan.Will.String(), nil)
				p.changed()
			})
		})
	})
}

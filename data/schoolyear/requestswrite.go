package schoolyear

import (
	"context"
	"fmt"
	"strings"

	"ardoise/data/access"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// asks is what the letter says of the children, one line a child and service.
func (f RequestFamily) asks() string {
	var out []string
	for _, l := range f.Lines {
		if !l.New && l.State != access.Draft {
			continue
		}
		text := "– " + l.First + ", " + l.Service + nbsp + ": "
		if len(l.Missing) == 0 {
			text += "aucune pièce à fournir"
		} else {
			text += "à fournir" + nbsp + "– " + strings.Join(l.Missing, ", ")
		}
		if len(l.Valid) > 0 {
			text += nbsp + "; toujours valable" + nbsp + "– " + strings.Join(l.Valid, ", ")
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// CommitRequests drafts the requests of a plan that was shown and files its
// letters: one a family and year, whatever the number of times. It gives the plan
// as it stands.
func (s *Service) CommitRequests(ctx context.Context, shown RequestPlan) (p RequestPlan, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return p, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := opened(tx, shown.Ask.Year); err != nil {
			return err
		}
		if p, err = planRequests(tx, shown.Ask); err != nil {
			return err
		}
		if p.Digest != shown.Digest {
			return fault.New(fault.Conflict, "Les demandes ou les pièces ont changé depuis l’affichage. Rien n’a été écrit"+nbsp+": relisez la liste et validez de nouveau.")
		}
		if err := p.write(tx); err != nil {
			return err
		}
		done := p
		if p, err = planRequests(tx, shown.Ask); err != nil {
			return err
		}
		p.New, p.ToWrite = done.New, done.ToWrite
		return nil
	})
	return p, err
}

func (p RequestPlan) write(tx *store.Tx) error {
	var asked []access.Asked
	var letters []letter.Posting
	for _, f := range p.Families {
		for _, l := range f.Lines {
			if l.New {
				asked = append(asked, access.Asked{ChildID: l.ChildID, ServiceID: l.ServiceID, Year: p.Ask.Year, Pay: l.Pay, Weekdays: l.Weekdays, Channel: "desk", Draft: true})
			}
		}
		if f.To != "" && !f.Written && f.Asks() {
			letters = append(letters, letter.Posting{FamilyID: f.FamilyID, Letter: f.Letter, Kind: letterKind, Object: object(p.Ask.Year), Key: p.key(f.FamilyID)})
		}
	}
	if len(asked) == 0 && len(letters) == 0 {
		return nil
	}
	n, err := 0, error(nil)
	if len(asked) > 0 {
		if n, err = access.SubmitManyTx(tx, asked); err != nil {
			return err
		}
	}
	filed, err := letter.PostMany(tx, letters)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE school_year SET requests_at = $2 WHERE year = $1`, int64(p.Ask.Year), tx.Now()); err != nil {
		return err
	}
	tx.Publish(Topic, int64(p.Ask.Year))
	return staff.Audit(tx, "year.requests", object(p.Ask.Year), fmt.Sprintf("Demandes %s"+nbsp+": %d brouillons créés, %d familles prévenues par courriel, %d par la poste", p.Ask.Year, n, filed, p.ByPost))
}

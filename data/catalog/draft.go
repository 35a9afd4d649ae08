package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/store"
)

// drafts gives the services as drafts, by id, each with its version: two
// questions whatever their number.
func drafts(tx *store.Tx, services []ServiceInfo) (map[int64]Draft, error) {
	ids := make([]int64, len(services))
	for i, s := range services {
		ids[i] = s.ID
	}
	out := make(map[int64]Draft, len(services))
	if len(ids) == 0 {
		return out, nil
	}
	tariffs, err := TariffsTx(tx, ids...)
	if err != nil {
		return nil, err
	}
	required, err := RequiredAllTx(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		d := Draft{Info: s, Sittings: slices.Clone(s.Sittings), Documents: required[s.ID]}
		for _, id := range s.Schools {
			d.Schools = append(d.Schools, TakenSchool{id, s.SittingName(s.schoolSitting[id])})
		}
		for id, sitting := range s.classSitting {
			d.Classes = append(d.Classes, TakenClass{id, s.SittingName(sitting)})
		}
		slices.SortFunc(d.Classes, func(a, b TakenClass) int { return int(a.ClassID - b.ClassID) })
		for _, t := range tariffs {
			if t.ServiceID == s.ID {
				d.Tariffs = append(d.Tariffs, t)
			}
		}
		d = d.clean()
		d.Version = d.digest()
		out[s.ID] = d
	}
	return out, nil
}

// digest tells apart two states of a service: SHA-256 of all a draft holds.
func (d Draft) digest() string {
	h := sha256.New()
	line := func(values ...any) { fmt.Fprintf(h, "%#v\n", values) }
	line(append([]any{d.Info.ID}, serviceRow(d.Info)...)...)
	for _, t := range d.Sittings {
		line("sitting", t.ID, t.Name, nullInt(t.Capacity))
	}
	for _, t := range d.Schools {
		line("school", t.SchoolID, t.Sitting)
	}
	for _, t := range d.Classes {
		line("class", t.ClassID, t.Sitting)
	}
	for _, t := range d.Tariffs {
		line(append([]any{"tariff", t.ID}, tariffRow(t)...)...)
	}
	for _, r := range d.Documents {
		line("document", documentText(r))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func documentText(r RequiredDocument) string {
	return strings.Join([]string{r.Kind, r.Label, fmt.Sprint(r.Months), fmt.Sprint(r.DebitOnly)}, "|")
}

// sittingNamed gives the sitting of that name, nil for none.
func (d *Draft) sittingNamed(name string) *Sitting {
	for i := range d.Sittings {
		if d.Sittings[i].Name == name {
			return &d.Sittings[i]
		}
	}
	return nil
}

// sittingID gives the number of the sitting of that name, 0 for none.
func (d *Draft) sittingID(name string) int64 {
	if t := d.sittingNamed(name); t != nil {
		return t.ID
	}
	return 0
}

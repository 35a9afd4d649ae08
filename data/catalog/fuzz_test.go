package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store/storetest"
)

// wild draws a draft with anything in any field, near what is right and far from it.
func wild(t *rapid.T, base catalog.Draft) catalog.Draft {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", " ", "A", "B", "Cantine", "a\x00b", "\xff", "é’« »", "cantine-a"}), rapid.String())
	number := rapid.OneOf(rapid.IntRange(-2, 3), rapid.IntRange(0, 1000), rapid.Int())
	date := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date(rapid.OneOf(rapid.Int32Range(739000, 741000), rapid.Int32()).Draw(t, "day"))
	})
	optional := rapid.Custom(func(t *rapid.T) *int {
		if rapid.Bool().Draw(t, "none") {
			return nil
		}
		n := number.Draw(t, "n")
		return &n
	})
	clock := rapid.Custom(func(t *rapid.T) calendar.Clock {
		return calendar.Clock{Hour: rapid.IntRange(-1, 26).Draw(t, "h"), Minute: rapid.IntRange(-1, 61).Draw(t, "m")}
	})
	cutoff := rapid.Custom(func(t *rapid.T) calendar.Cutoff {
		return calendar.Cutoff{
			Form: calendar.CutoffForm(rapid.IntRange(-1, 3).Draw(t, "form")), Weekday: time.Weekday(rapid.IntRange(-1, 8).Draw(t, "weekday")),
			WeeksBefore: rapid.IntRange(-1, 9).Draw(t, "weeks"), Days: rapid.IntRange(-1, 61).Draw(t, "days"), Count: calendar.Counting(rapid.IntRange(-1, 3).Draw(t, "count")),
			Hours: rapid.IntRange(-1, 721).Draw(t, "hours"), Start: clock.Draw(t, "start"), At: clock.Draw(t, "at"), SkipClosed: rapid.Bool().Draw(t, "skip"),
		}
	})
	d := base
	d.Tariffs, d.Documents, d.Schools = slices.Clone(d.Tariffs), slices.Clone(d.Documents), slices.Clone(d.Schools)
	for range rapid.IntRange(1, 2).Draw(t, "edits") {
		switch rapid.IntRange(0, 14).Draw(t, "edit") {
		case 0:
			d.Info.Name = text.Draw(t, "name")
		case 1:
			d.Info.Code, d.Info.Short, d.Info.Product = text.Draw(t, "code"), text.Draw(t, "short"), text.Draw(t, "product")
		case 2:
			d.Info.Kind, d.Info.Zone = rapid.SampledFrom([]string{"canteen", "day", "x"}).Draw(t, "kind"), calendar.Zone(text.Draw(t, "zone"))
		case 3:
			d.Info.Weekdays = calendar.Weekdays(rapid.Uint8().Draw(t, "days"))
		case 4:
			d.Info.StartsAt = clock.Draw(t, "starts")
		case 5:
			d.Info.Book = calendar.CutoffSet{Default: cutoff.Draw(t, "default")}
		case 6:
			d.Info.Cancel.ByWeekday = map[time.Weekday]calendar.Cutoff{time.Weekday(rapid.IntRange(-1, 8).Draw(t, "of")): cutoff.Draw(t, "own")}
		case 7:
			d.Info.Capacity = optional.Draw(t, "capacity")
		case 8:
			d.Info.WaitingDays, d.Info.ProofHours, d.Info.LowBalance = number.Draw(t, "waiting"), number.Draw(t, "proof"), money.Cents(number.Draw(t, "low"))
		case 9:
			d.Info.Pay = rapid.SliceOfN(rapid.SampledFrom([]string{"wallet", "cash", "monthly", "x,y", ""}), 0, 4).Draw(t, "pay")
		case 10:
			d.Sittings = append(slices.Clone(d.Sittings), catalog.Sitting{ID: int64(rapid.IntRange(0, 1).Draw(t, "id")), Name: text.Draw(t, "sitting"), Capacity: optional.Draw(t, "places")})
		case 11:
			if len(d.Schools) > 0 {
				d.Schools[0] = catalog.TakenSchool{SchoolID: int64(rapid.IntRange(0, 3).Draw(t, "school")), Sitting: text.Draw(t, "at")}
			}
		case 12:
			v := d.Tariffs[0]
			v.ID = 0
			v.Label, v.ValidFrom, v.ValidTo = text.Draw(t, "label"), date.Draw(t, "from"), date.Draw(t, "to")
			v.Kind = rapid.SampledFrom([]string{"booking", "late", "unbooked", "x"}).Draw(t, "tariff")
			v.QuotientMin, v.QuotientMax, v.SiblingRank = number.Draw(t, "min"), number.Draw(t, "max"), number.Draw(t, "rank")
			v.Meal, v.Care = money.Cents(number.Draw(t, "meal")), money.Cents(number.Draw(t, "care"))
			d.Tariffs = append(d.Tariffs, v)
		case 13:
			d.Documents = append(d.Documents, catalog.RequiredDocument{Kind: rapid.SampledFrom(append(catalog.DocumentKinds(), "x")).Draw(t, "document"), Label: text.Draw(t, "called"), Months: number.Draw(t, "months")})
		case 14:
			d.Classes = []catalog.TakenClass{{ClassID: int64(rapid.IntRange(0, 2).Draw(t, "class")), Sitting: text.Draw(t, "turn")}}
		}
	}
	return d
}

// TestAnyDraftIsJudged: whatever is in a draft, it is either kept, and is then
// what a file would say, or refused in a sentence; never an error of the database.
func TestAnyDraftIsJudged(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	id := w.canteen(t).Info.ID
	kept, refused := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		base, err := w.s.Draft(context.WithoutCancel(w.ctx), id)
		if err != nil {
			r.Fatal(err)
		}
		d := wild(r, base)
		flaws := catalog.CheckDraft(d)
		for _, f := range flaws {
			if f.Field == "" || f.Text == "" {
				r.Fatalf("%+v", f)
			}
		}
		_, _, err = w.s.SaveDraft(w.ctx, d)
		if (len(flaws) > 0) != (fault.KindOf(err) == fault.Invalid && err != nil) {
			r.Fatalf("flaws %v, and yet %v", flaws, err)
		}
		if err != nil {
			refused++
			if fault.KindOf(err) == fault.Internal {
				r.Fatalf("%v", err)
			}
			return
		}
		kept++
		sum, err := w.s.PlanLoad(w.ctx, showReader(w, t), "show.toml")
		if err != nil || sum.Changes() {
			r.Fatalf("a file of it: %+v %v", sum, err)
		}
	})
	if kept == 0 || refused == 0 {
		t.Errorf("%d kept, %d refused: the drafts drawn show nothing", kept, refused)
	}
	t.Log(fmt.Sprint(kept, " kept, ", refused, " refused"))
}

func showReader(w *town, t *testing.T) *strings.Reader { return strings.NewReader(w.show(t)) }

package main

import (
	"slices"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
)

// TestMailApplyDecision: what a command line decides. The answer is worded by the
// plan for what is chosen, never for all that was ticked; an account is confirmed
// only where it is said.
func TestMailApplyDecision(t *testing.T) {
	m := &mailbox.Message{Item: mailbox.Item{ID: 12, Version: 3}, Reply: letter.Letter{To: "lea@example.org", Subject: "Re", Body: "Les deux sont annulés."}, Cards: []mailbox.Card{
		{N: 1, Ticked: true, Choice: mailbox.Choice{N: 1, Kind: reading.Cancel}},
		{N: 2, Ticked: true, Choice: mailbox.Choice{N: 2, Kind: reading.Book}},
		{N: 3, Choice: mailbox.Choice{N: 3, Kind: reading.BankDetails, IBAN: "FR7630006000011234567890189"}},
	}}
	for what, c := range map[string]struct {
		flags     applyFlags
		want      []int
		to        string
		confirmed bool
	}{
		"what is sure":           {applyFlags{reply: true}, []int{1, 2}, "lea@example.org", false},
		"one of them":            {applyFlags{only: "1", reply: true}, []int{1}, "lea@example.org", false},
		"no answer":              {applyFlags{only: "2"}, []int{2}, "", false},
		"an account, unchecked":  {applyFlags{only: "3"}, []int{3}, "", false},
		"an account, checked":    {applyFlags{only: "3", confirmed: true}, []int{3}, "", true},
		"confirmed, not the one": {applyFlags{confirmed: true}, []int{1, 2}, "", true},
	} {
		d, err := c.flags.decision(m)
		if err != nil {
			t.Fatal(what, err)
		}
		var got []int
		for _, ch := range d.Choices {
			got = append(got, ch.N)
			if ch.Confirmed != c.confirmed {
				t.Errorf("%s: confirmed %v", what, ch.Confirmed)
			}
		}
		if !slices.Equal(got, c.want) || d.Reply != (letter.Letter{To: c.to}) || d.Version != 3 || d.Key != "mail:12:3" {
			t.Errorf("%s: %v, %+v, %s", what, got, d.Reply, d.Key)
		}
	}
	for _, only := range []string{"4", "x"} {
		if _, err := (applyFlags{only: only}).decision(m); fault.KindOf(err) != fault.NotFound {
			t.Errorf("--only %s: %v", only, err)
		}
	}
	m.ReplyOff = "On n’y répond pas."
	if _, err := (applyFlags{reply: true}).decision(m); fault.KindOf(err) != fault.Invalid {
		t.Errorf("answered all the same: %v", err)
	}
}

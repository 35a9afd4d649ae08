package main

import (
	"io"
	"strconv"
	"time"

	"ardoise/data/backup"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

type figuresJSON struct {
	Families int    `json:"families"`
	Children int    `json:"children"`
	Bookings int    `json:"bookings"`
	Wallets  int64  `json:"wallets"`
	LastAt   string `json:"last_at"`
}

type lostKindJSON struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

type lostJSON struct {
	At     string `json:"at"`
	Agent  string `json:"agent"`
	Detail string `json:"detail"`
}

type previewJSON struct {
	MadeAt string         `json:"made_at"`
	Schema int64          `json:"schema"`
	Sealed bool           `json:"sealed"`
	Known  bool           `json:"known"`
	Apart  bool           `json:"apart"`
	Before *figuresJSON   `json:"before"` // the base as it is; null without one
	After  figuresJSON    `json:"after"`
	Lost   int            `json:"lost"`
	Kinds  []lostKindJSON `json:"lost_by_kind"`
	Last   []lostJSON     `json:"lost_last"`
}

func instantOut(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return store.Instant(t)
}

func figuresOut(f backup.Figures) figuresJSON {
	return figuresJSON{f.Families, f.Children, f.Bookings, int64(f.Wallets), instantOut(f.LastAt)}
}

func restoreOut(b *backup.Opened, p backup.Preview) previewJSON {
	out := previewJSON{
		MadeAt: instantOut(b.MadeAt), Schema: p.Schema, Sealed: b.Sealed, Known: p.Known, Apart: p.Apart,
		After: figuresOut(p.Then), Lost: p.Total, Kinds: []lostKindJSON{}, Last: []lostJSON{},
	}
	if p.Now != nil {
		now := figuresOut(*p.Now)
		out.Before = &now
	}
	for _, k := range p.Kinds {
		out.Kinds = append(out.Kinds, lostKindJSON{k.Kind, k.Count})
	}
	for _, l := range p.Last {
		out.Last = append(out.Last, lostJSON{instantOut(l.At), l.Agent, l.Detail})
	}
	return out
}

// instantText writes « 24/11/2026 à 9 h 05 ».
func instantText(t time.Time) string {
	if t.IsZero() {
		return "inconnu"
	}
	return calendar.DateOf(t).Short() + " à " + calendar.HourText(t)
}

func sayPreview(w io.Writer, b *backup.Opened, p backup.Preview) {
	if b.Sealed {
		put(w, "Sauvegarde du %s, ouverte et contrôlée en entier.\n", instantText(b.MadeAt))
	} else {
		put(w, "Copie en clair, contrôlée en entier.\n")
	}
	if p.Older() {
		put(w, "Elle est d’une version plus ancienne (schéma %d) : elle sera mise à jour à l’ouverture (schéma %d).\n", p.Schema, p.Program)
	}
	t := columns("", ">Aujourd’hui", ">Après la restauration")
	now := func(text func(backup.Figures) string) string {
		if p.Now == nil {
			return "—"
		}
		return text(*p.Now)
	}
	for _, line := range []struct {
		what string
		text func(backup.Figures) string
	}{
		{"Familles", func(f backup.Figures) string { return strconv.Itoa(f.Families) }},
		{"Enfants", func(f backup.Figures) string { return strconv.Itoa(f.Children) }},
		{"Réservations", func(f backup.Figures) string { return strconv.Itoa(f.Bookings) }},
		{"Porte-monnaie", func(f backup.Figures) string { return money.Cents(f.Wallets).String() }},
		{"Dernière écriture", func(f backup.Figures) string { return instantText(f.LastAt) }},
	} {
		t.row(line.what, now(line.text), line.text(p.Then))
	}
	t.print(w, "")
	if p.Now == nil {
		return
	}
	if p.Apart {
		put(w, "Attention : cette sauvegarde n’est pas un état passé de la base actuelle.\n")
	}
	if p.Total == 0 {
		put(w, "Rien de ce qui est enregistré aujourd’hui ne serait perdu.\n")
		return
	}
	put(w, "Serait perdu : %d opérations.\n", p.Total)
	kinds := columns("Quoi", ">Combien")
	for _, k := range p.Kinds {
		kinds.row(k.Label, k.Count)
	}
	kinds.print(w, "")
	put(w, "Les dernières :\n")
	last := columns("Le", "Agent", "Quoi")
	for _, l := range p.Last {
		last.row(instantText(l.At), l.Agent, l.Label+", "+l.Detail)
	}
	last.print(w, "")
}

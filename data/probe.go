package data

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Found is what Probe sees at an address.
type Found struct {
	Content  store.Content
	Town     bool // it has agents: one signs in
	Demo     bool
	Families int // of a base with this program's schema
}

// Probe says what is at an address (a path or postgres://…) and changes nothing
// there. What cannot be reached is refused with its reason.
func Probe(ctx context.Context, address string, opt Options) (f Found, err error) {
	if f.Content, err = store.Look(ctx, address); err != nil || f.Content != store.Current {
		f.Town = f.Content == store.Older || f.Content == store.Newer
		return f, err
	}
	opt.MustExist, opt.Unsound = true, true
	o, err := Open(ctx, address, opt)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if f.Town, err = o.Staff.HasAgents(ctx); err != nil {
		return f, err
	}
	if f.Demo, err = o.Staff.IsDemo(ctx); err != nil {
		return f, err
	}
	n, err := o.Figures(staff.System(ctx))
	f.Families = n.Families
	return f, err
}

// Usable reports whether this program may open what was found.
func (f Found) Usable() bool {
	return f.Content != store.Newer && f.Content != store.Strangers
}

// Text says to a person what was found, and what comes next.
func (f Found) Text() string {
	switch {
	case f.Content == store.Newer:
		return "Cette base est d’une version plus récente d’Ardoise. Installez la même version sur ce poste, puis revenez."
	case f.Content == store.Strangers:
		return "Cette base contient les tables d’un autre logiciel. Faites créer une base vide pour Ardoise."
	case f.Content == store.Older:
		return "Une base d’une version plus ancienne d’Ardoise. À l’ouverture, elle sera sauvegardée, puis mise à jour\u00a0: les autres postes devront l’être aussi."
	case f.Demo:
		return "Une base de démonstration."
	case !f.Town:
		return "La base est vide. Les étapes suivantes y créent votre commune."
	case f.Families == 1:
		return "Une base Ardoise avec 1 famille. Connectez-vous avec votre identifiant."
	}
	return fmt.Sprintf("Une base Ardoise avec %d familles. Connectez-vous avec votre identifiant.", f.Families)
}

// errServerOnly is for what is asked of the wrong engine.
var errServerOnly = fault.New(fault.Invalid, "La reprise de Noethys se fait dans un fichier de ce poste\u00a0: créez la commune, puis portez-la sur le serveur avec «\u00a0ardoisectl migrate\u00a0».")

// SplitPassword takes the password out of a server's address, so that the address
// may be kept where anybody can read it.
func SplitPassword(address string) (bare, password string) {
	u, err := url.Parse(address)
	if err != nil || !store.IsServer(address) {
		return address, ""
	}
	q := u.Query()
	password = q.Get("password")
	q.Del("password")
	u.RawQuery = q.Encode()
	if typed, ok := u.User.Password(); ok {
		password = typed
		u.User = url.User(u.User.Username())
	}
	return u.String(), password
}

// WithPassword puts it back.
func WithPassword(bare, password string) string {
	u, err := url.Parse(bare)
	if err != nil || password == "" || !store.IsServer(bare) {
		return bare
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

package requests

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// noUndo is why the toast of a decision offers no undo.
const noUndo = "Une décision écrit à la famille : elle ne s’annule pas d’un clic, elle se corrige par une autre décision."

func (p *page) buildActions() {
	p.accept = widgets.NewButton("Accepter", widgets.Primary, p.doAccept).Icon("check").KeyHint("Ctrl+Entrée").Hint(noUndo)
	p.ask = widgets.NewButton("Demander un complément", widgets.Secondary, p.askMore).Icon("undo").KeyHint("F7")
	p.refuse = widgets.NewButton("Refuser…", widgets.Danger, p.askRefuse).Icon("cross").KeyHint("F8")
	p.logged = widgets.NewPainting(0, 40, func(g *widgets.Gfx, size fyne.Size) {
		if p.pane == nil || p.pane.doc == 0 {
			return
		}
		const text = "Consultation journalisée"
		w := widgets.TextWidth(text, widgets.Small)
		ic := theme.Px(16)
		if w+ic+8 > size.Width {
			return // the text would be cut: the preview says it too
		}
		g.Icon(size.Width-w-ic-8, (size.Height-ic)/2, ic, "eye", theme.Ardoise600)
		g.Text(size.Width-w, 0, w+1, size.Height, text, widgets.Small)
	})
}

func (p *page) actions() fyne.CanvasObject {
	return widgets.Pad(16, 12, squeeze(8, p.accept, p.ask, p.refuse, p.logged))
}

func (p *page) showActions() {
	set := func(b *widgets.Button, off string) { b.SetEnabled(off == "" && !p.busy, off) }
	set(p.accept, p.m.acceptOff())
	set(p.ask, p.m.askOff())
	set(p.refuse, p.m.refuseOff())
}

// doAccept opens the access with the letter as it stands.
func (p *page) doAccept() {
	if off := p.m.acceptOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	q, letter, acc := p.m.det.q, p.m.letterFor(access.Accepted), p.m.d.Access
	p.decide(nil, nil, func(ctx context.Context) error {
		_, err := acc.Accept(ctx, q.ID, q.Version, letter)
		return err
	}, "Accès de "+q.First+" ouvert")
}

// decide runs a decision once, tells of it and goes to the next request. In a
// dialog the refusal stands in its form; a conflict closes it and reloads.
func (p *page) decide(d *widgets.Dialog, f *widgets.Form, work func(context.Context) error, done string) {
	if p.busy {
		return
	}
	p.busy = true
	p.showActions()
	id, to := p.m.cur, p.m.det.letter.To
	p.sh.Runner().Go(p.sh.Ctx(), work, func(err error) {
		p.busy = false
		conflict := fault.KindOf(err) == fault.Conflict
		if err == nil || conflict {
			if d != nil {
				d.Close()
			}
		}
		switch {
		case conflict: // somebody else came first: show what it is now
			p.sh.Refused(err)
		case err != nil && f != nil:
			f.Refuse(err)
		case err != nil:
			p.sh.Refused(err)
		default:
			end := ", courriel en attente d’envoi"
			if p.sh.Demo() {
				end = ", courriel retenu (démonstration)"
			}
			if strings.TrimSpace(to) == "" {
				end = ", famille sans adresse : prévenez-la"
			}
			p.sh.Done(fault.French(done+end), nil)
			p.sh.RefreshCounts()
			if next := p.m.nextAfter(id); next != 0 {
				p.m.cur, p.m.det = next, nil
				p.pane.forget()
				p.loadDetail(next)
			}
		}
		if err == nil || conflict {
			p.reload()
			if p.m.cur == id {
				p.loadDetail(id)
			}
		}
		p.showActions()
	})
}

// askMore is F7: what is missing, and the letter that says it.
func (p *page) askMore() {
	if off := p.m.askOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	acc := p.m.d.Access
	p.decisionDialog(choice{
		state: access.Incomplete, title: "Demander un complément", verb: "Demander le complément", kind: widgets.Primary,
		label: "Ce qui manque", empty: "Dites à la famille ce qu’elle doit compléter.", text: strings.Join(p.m.det.q.Missing, ", "), done: "Complément demandé pour " + p.m.det.q.First,
		run: func(ctx context.Context, q access.Request, text string, l *letter.Letter) error {
			_, err := acc.AskMore(ctx, q.ID, q.Version, text, l)
			return err
		},
	})
}

// askRefuse is F8: the reason is obligatory.
func (p *page) askRefuse() {
	if off := p.m.refuseOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	acc := p.m.d.Access
	p.decisionDialog(choice{
		state: access.Refused, title: "Refuser la demande", verb: "Refuser", kind: widgets.Danger,
		label: "Motif du refus", empty: "Le motif est obligatoire : la famille le recevra.", done: "Demande de " + p.m.det.q.First + " refusée",
		run: func(ctx context.Context, q access.Request, text string, l *letter.Letter) error {
			_, err := acc.Refuse(ctx, q.ID, q.Version, text, l)
			return err
		},
	})
}

// choice is a decision that needs words.
type choice struct {
	state                           access.State
	title, verb, label, empty, text string
	done                            string
	kind                            widgets.Kind
	run                             func(ctx context.Context, q access.Request, text string, l *letter.Letter) error
}

// decisionDialog asks for the words of a decision and shows the letter, which
// follows them until the agent rewrites it by hand.
func (p *page) decisionDialog(c choice) {
	q := p.m.det.q
	words := widgets.NewTextArea(2)
	words.SetText(c.text)
	fields := letterFields{widgets.NewTextField().Icon("mail"), widgets.NewTextField(), widgets.NewTextArea(8)}
	w := &writer{p: p, id: q.ID, state: c.state, fields: fields}
	if p.m.det.edited && p.m.det.decision == c.state {
		w.proposal = p.m.det.letter
		fields.set(w.proposal)
		w.byHand = true
	} else {
		w.write(c.text)
	}
	words.OnChanged = w.later
	f := widgets.NewForm().Add(widgets.NewField(c.label, "", words), func() error {
		if strings.TrimSpace(words.Text()) == "" {
			return fault.New(fault.Invalid, "%s", c.empty)
		}
		return nil
	})
	addLetter(f, fields)
	var d *widgets.Dialog
	d = widgets.NewDialog(c.title, fault.French(name(q)+", "+q.Short+". Le courriel part aussitôt : cette décision ne s’annule pas."), f.Content(), c.verb, c.kind, func() {
		if !f.Validate() {
			return
		}
		text, letter := strings.TrimSpace(words.Text()), w.letter()
		p.m.det.letter.To = fields.letter().To
		p.decide(d, f, func(ctx context.Context) error { return c.run(ctx, q, text, letter) }, c.done)
	})
	d.Width, d.First = 640, words.FocusTarget()
	d.OnClose = w.end
	p.sh.Show(d)
}

// writer keeps a letter in step with the words of a decision.
type writer struct {
	p        *page
	id       int64
	state    access.State
	fields   letterFields
	proposal letter.Letter
	byHand   bool // began from a rewritten letter: never overwritten
	stop     func()
	closed   bool
}

func (w *writer) touched() bool {
	l := w.fields.letter()
	return w.byHand || strings.TrimSpace(l.Body) != strings.TrimSpace(w.proposal.Body) || l.Subject != w.proposal.Subject || l.To != w.proposal.To
}

// letter is what goes with the decision: nil where the service's own will do.
func (w *writer) letter() *letter.Letter {
	if !w.touched() {
		return nil
	}
	l := w.fields.letter()
	return &l
}

func (w *writer) later(text string) {
	if w.stop != nil {
		w.stop()
	}
	w.stop = w.p.sh.Runner().After(300*time.Millisecond, func() {
		if !w.closed && !w.touched() {
			w.write(text)
		}
	})
}

func (w *writer) write(text string) {
	acc, id, state := w.p.m.d.Access, w.id, w.state
	var l letter.Letter
	w.p.sh.Runner().Go(w.p.sh.Ctx(), func(ctx context.Context) (err error) {
		l, err = acc.Letter(ctx, id, state, strings.TrimSpace(text))
		return err
	}, func(err error) {
		if w.closed {
			return
		}
		if err != nil {
			w.p.sh.Refused(err)
			return
		}
		w.proposal = l
		w.fields.set(l)
	})
}

func (w *writer) end() {
	w.closed = true
	if w.stop != nil {
		w.stop()
	}
}
